// Packs the built page as a browser extension (Manifest V3): a folder, which Chromium loads as it is, and a zip of it.
//
// node scripts/pack-extension.mjs [DIST [OUT]]: from DIST (dist) to OUT/extension and OUT/lamina-extension.zip (target).

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";

const project = fileURLToPath(new URL("../", import.meta.url));

/** Files of the page that an extension has no use for: the sample is a registry, which has an address of http. */
const LEFT_OUT = ["v2", ".nojekyll"];

function replaceOnce(text, what, by) {
  if (text.split(what).length !== 2) throw new Error(`index.html should hold ${what} exactly once`);
  return text.replace(what, () => by);
}

/** Puts the extension into a folder; `change` may make another manifest of it. */
export function packFolder(dist, folder, change = (manifest) => manifest) {
  rmSync(folder, { recursive: true, force: true });
  const isTaken = (path) => !LEFT_OUT.includes(relative(dist, path).split(sep)[0]);
  cpSync(dist, folder, { recursive: true, filter: isTaken });
  const own = join(project, "www/extension");
  for (const script of ["background.js", "hosts.js"]) cpSync(join(own, script), join(folder, script));

  const policy = readFileSync(join(project, "deploy/content-security-policy.txt"), "utf8").trim();
  let page = readFileSync(join(folder, "index.html"), "utf8");
  // The manifest has the policy: the page fetches its own files, which are not on http here.
  page = replaceOnce(page, `<meta http-equiv="Content-Security-Policy" content="${policy}">`, "");
  page = replaceOnce(page, "</title>", `</title>\n    <script src="hosts.js"></script>`);
  writeFileSync(join(folder, "index.html"), page);

  const [, version] = readFileSync(join(project, "Cargo.toml"), "utf8").match(/^version = "(\d+\.\d+\.\d+)"/m);
  const manifest = JSON.parse(readFileSync(join(own, "manifest.json"), "utf8"));
  const content_security_policy = { extension_pages: replaceOnce(policy, "connect-src ", "connect-src 'self' ") };
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(change({ ...manifest, version, content_security_policy }), null, 2)}\n`);
}

const filesOf = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replaceAll(sep, "/")).sort();

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => Array.from({ length: 8 }).reduce((crc) => (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0), byte));

/** The checksum of zip: Node has it from 20.15 on only. */
const crc32 = (bytes) => ~bytes.reduce((crc, byte) => (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff], -1) >>> 0;

/** The bytes of a zip with a folder's files. Equal files give equal bytes: no time of theirs is in it. */
export function zipOf(folder) {
  // 1 January 1980, the first day that a zip can name.
  const [METHOD, TIME, DAY, VERSION, UTF8] = [8, 0, 0x21, 20, 0x800];
  const [parts, directory] = [[], []];
  let at = 0;
  for (const name of filesOf(folder)) {
    const [bytes, path] = [readFileSync(join(folder, name)), Buffer.from(name)];
    const packed = deflateRawSync(bytes, { level: 9 });
    const about = Buffer.alloc(26);
    [VERSION, UTF8, METHOD, TIME, DAY].forEach((value, n) => about.writeUInt16LE(value, 2 * n));
    [crc32(bytes), packed.length, bytes.length].forEach((value, n) => about.writeUInt32LE(value, 10 + 4 * n));
    about.writeUInt16LE(path.length, 22);
    const local = [Buffer.from("PK\x03\x04"), about, path, packed];
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02"), Buffer.from([VERSION, 0]), about, rest, path);
    parts.push(...local);
    at += local.reduce((sum, part) => sum + part.length, 0);
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  const n = filesOf(folder).length;
  [8, 10].forEach((place) => end.writeUInt16LE(n, place));
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, entries, end]);
}

if (resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [dist = join(project, "dist"), out = join(project, "target")] = process.argv.slice(2);
  const folder = join(out, "extension");
  mkdirSync(out, { recursive: true });
  packFolder(dist, folder);
  writeFileSync(join(out, "lamina-extension.zip"), zipOf(folder));
  console.log(`${folder}: load it by "Load unpacked" on chrome://extensions, in developer mode\n${join(out, "lamina-extension.zip")}: the same, for a store`);
}
