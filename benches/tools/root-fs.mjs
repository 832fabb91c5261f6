// A real root file system as tars: Debian's by debootstrap, else the programs of the machine that measures.

import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, lstat, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { run } from "../../tests/e2e/tools/commands.mjs";
import { images } from "./images.mjs";

const script = fileURLToPath(new URL("root-fs.sh", import.meta.url));
const MOST_BYTES = 300e6;

/** Where it is, and what it is called in the table. */
async function find() {
  const folder = join(images, "root");
  const told = join(images, "root.txt");
  const kept = await readFile(told, "utf8").catch(() => "");
  if (kept) return { folder, name: kept };
  await rm(folder, { recursive: true, force: true });
  await mkdir(images, { recursive: true });
  console.log("  making a root file system by debootstrap");
  const { status, stdout, stderr } = await run(script, [folder]);
  if (status === 0) {
    await writeFile(told, "Debian by debootstrap");
    return { folder, name: "Debian by debootstrap" };
  }
  console.log(`  taking this machine's own files: ${(stdout || stderr).trim()}`);
  return { folder: "/usr", name: "this machine's /usr" };
}

/** All that is below a folder and can be read, in the order of paths, by name and size; up to so many bytes. */
async function walk(root) {
  const found = [];
  let bytes = 0;
  async function visit(path) {
    // Names are bytes: as latin1 each is a letter, and none is lost.
    const names = await readdir(Buffer.from(join(root, path), "latin1"), { encoding: "latin1" });
    for (const name of names.sort()) {
      if (bytes > MOST_BYTES) return;
      const at = path ? `${path}/${name}` : name;
      const full = Buffer.from(join(root, at), "latin1");
      const facts = await lstat(full);
      const readable = facts.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK;
      if (!facts.isSymbolicLink() && !(await access(full, readable).then(() => true, () => false))) continue;
      if (facts.isSocket()) continue;
      const size = facts.isFile() ? facts.size : 0;
      bytes += size;
      found.push({ path: at, size });
      if (facts.isDirectory()) await visit(at);
    }
  }
  await visit("");
  return found;
}

/** Its content in so many tars of about the same size, each as the layers of `image` are told. */
export async function rootLayers(count) {
  const { folder } = await find();
  const files = await walk(folder);
  const all = files.reduce((sum, { size }) => sum + size, 0);
  const parts = Array.from({ length: count }, () => []);
  let before = 0;
  for (const file of files) {
    parts[Math.min(count - 1, Math.floor((before / all) * count))].push(file.path);
    before += file.size;
  }
  return parts.map((paths) => ({ entries: paths.length, stream: () => tarOf(folder, paths) }));
}

/** What the root file system is, for the table. */
export const rootName = async () => (await find()).name;

function tarOf(folder, paths) {
  const tar = spawn("tar", ["-C", folder, "--numeric-owner", "--no-recursion", "--null", "-T", "-", "-cf", "-"], { stdio: ["pipe", "pipe", "inherit"] });
  tar.stdin.end(Buffer.from(paths.map((path) => `${path}\0`).join(""), "latin1"));
  tar.on("close", (status) => {
    if (status !== 0) tar.stdout.destroy(new Error(`tar ended with ${status}`));
  });
  return tar.stdout;
}
