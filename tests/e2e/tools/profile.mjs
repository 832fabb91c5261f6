// What the page keeps in a browser, taken out of one and put into another: so that a profile that an older version
// filled can lie in a file.
//
// Handles of files (IndexedDB) cannot be taken out, and are none of it.

import { readFile, writeFile } from "node:fs/promises";
import { gunzipSync, gzipSync } from "node:zlib";

import { WORDS } from "../page.mjs";
import { layerOf, write } from "./written.mjs";

/** The changes of the container layer that [`fill`] leaves. */
export const CHANGES = ["A /kept.txt", "D /usr"];

/** Its text. */
export const TEXT = "this was typed before the update\n";

/**
 * Fills the profile of a new page: an image of the sample registry whose layers are kept, an archive with a container
 * layer, and an image that was committed and not saved. Gives the archive's file.
 */
export async function fill(lamina, page) {
  const [host] = lamina.origin.split("//")[1].split("/");
  await lamina.openAddress(`http://${host}/demo/app:1.1`);
  await lamina.verified();
  const layers = [layerOf({ name: "etc/", dir: true }, { name: "etc/greeting", content: "hello\n" }, { name: "usr/", dir: true }, { name: "usr/tool", content: "#!/bin/sh\n" })];
  const file = await write("profile.oci.tar", { layers, name: "profile:1" });
  await lamina.drop(file);
  await lamina.verified();
  await lamina.startContainer();
  await lamina.row("usr").click();
  await page.keyboard.press("Delete");
  await lamina.changes("D /usr");
  await lamina.tool("New file").click();
  await lamina.editField("Name").fill("/kept.txt");
  await page.getByRole("button", { name: "Apply" }).click();
  await lamina.changes(...CHANGES);
  await lamina.find("kept.txt", "kept.txt");
  await lamina.tool("Edit").click();
  await lamina.editorText(TEXT, { at: "Control+End" });
  await page.keyboard.press("Control+s");
  await page.keyboard.press("Escape");
  await lamina.editor.waitFor({ state: "detached" });
  await lamina.part("Commit").click();
  await page.getByLabel("Message", { exact: true }).fill("made before the update");
  await page.getByLabel("Author", { exact: true }).fill("A. Author");
  await page.getByLabel("Tags", { exact: true }).fill("profile:2");
  await page.getByRole("button", { name: "Commit", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "profile:2" }).waitFor();
  await page.getByText(WORDS.keptUnsaved).waitFor();
  return file;
}

/** Everything of the page's origin: localStorage, and the files of the private file system in base64. */
export const take = (page) =>
  page.evaluate(async () => {
    const files = {};
    const base64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
    const walk = async (folder, at) => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === "directory") await walk(handle, `${at}${name}/`);
        else files[at + name] = base64(await (await handle.getFile()).arrayBuffer());
      }
    };
    await walk(await navigator.storage.getDirectory(), "");
    return { local: { ...localStorage }, files };
  });

/** Puts it into the page's origin, whose other contents go. Texts that name the old origin name the new one. */
export async function give(page, { origin, local, files }) {
  const [then, now] = [origin, page.url()].map((url) => new URL(url).host);
  const renamed = Object.entries(local).map(([key, value]) => [key, value.replaceAll(then, now)]);
  await page.evaluate(
    async ({ renamed, files }) => {
      localStorage.clear();
      sessionStorage.clear();
      for (const [key, value] of renamed) localStorage.setItem(key, value);
      const root = await navigator.storage.getDirectory();
      for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
      for (const [path, base64] of Object.entries(files)) {
        const names = path.split("/");
        let folder = root;
        for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name, { create: true });
        const handle = await folder.getFileHandle(names.at(-1), { create: true });
        const out = await handle.createWritable();
        await out.write(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
        await out.close();
      }
    },
    { renamed, files },
  );
}

/** Writes a profile, with the archive that it knows, into a file. */
export async function pack(path, { origin, archive, ...profile }) {
  const text = JSON.stringify({ origin, archive: (await readFile(archive)).toString("base64"), ...profile });
  await writeFile(path, gzipSync(text, { level: 9 }));
}

/** Reads it again. */
export async function unpack(path) {
  const { archive, ...profile } = JSON.parse(gunzipSync(await readFile(path)));
  return { archive: Buffer.from(archive, "base64"), ...profile };
}
