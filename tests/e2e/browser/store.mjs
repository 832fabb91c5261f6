// What the browser keeps of layers: nothing is downloaded twice, nothing unproved is kept or shown, and it can be cleared.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";

import { servePatched } from "../tools/patched.mjs";
import { push, startProxy } from "../tools/registry.mjs";
import { eventually } from "../tools/ring.mjs";
import { layerOf, write } from "../tools/written.mjs";
import { WORDS } from "../page.mjs";


// Whatever port a proxy takes.
const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };

const digestOf = ({ stored }) => `sha256:${createHash("sha256").update(stored).digest("hex")}`;

/** A layer of one file that hardly compresses, and its text. */
function layer(name) {
  const content = `this is ${name}\n${randomBytes(150_000).toString("hex").replace(/.{80}/g, "$&\n")}\n`;
  return { name, ...layerOf({ name: "etc/", dir: true }, { name: `etc/${name}`, content }) };
}

export async function testStore(test, registry) {
  const [base, one, two] = ["base", "one", "two"].map(layer);
  const names = new Map([base, one, two].map((layer) => [digestOf(layer), layer.name]));
  const image = (tag) => `/lamina-e2e/store:${tag}`;
  let pushed;
  const pushAll = () =>
    (pushed ??= (async () => {
      for (const [tag, layers] of [["one", [base, one]], ["two", [base, two]]]) {
        const file = await write(`store-${tag}.oci.tar`, { layers, name: `store:${tag}` });
        await push(registry, `oci-archive:${file}`, image(tag).slice(1));
      }
    })());

  /** A test with a proxy in front of the registry; `asked()` names the layers that were asked of it since the last call. */
  const storeTest = (name, body, { bytesPerSecond } = {}) =>
    test(name, async (lamina, page, context) => {
      await pushAll();
      const proxy = await startProxy(registry, { uncached: true, bytesPerSecond });
      const asked = () => proxy.takeBlobs().flatMap((digest) => names.get(digest) ?? []).sort().join(" ");
      try {
        await body({ lamina, page, context, asked, address: (tag) => `http://${proxy.host}${image(tag)}` });
      } finally {
        await proxy.stop();
      }
    }, { hosts: loopback });

  await storeTest("what was opened opens again after a reload without one layer being asked for, files with it", async ({ lamina, page, asked, address }) => {
    await lamina.openAddress(address("one"));
    await lamina.verified();
    assert.equal(asked(), "base one");
    await mustShow(lamina, one);
    assert.equal(asked(), "", "its files come from what was just kept");
    await page.reload();
    await lamina.verified();
    for (const at of [0, 1]) await lamina.layer(at).getByText(WORDS.exists).waitFor();
    await mustShow(lamina, base);
    assert.equal(asked(), "");
  });

  await storeTest("a second image on the same base downloads its own layers only", async ({ lamina, asked, address }) => {
    registry.takeLog();
    await lamina.openAddress(address("one"));
    await lamina.verified();
    assert.equal(asked(), "base one");
    await lamina.openAddress(address("two"));
    await lamina.layer(1).getByText("Verified").waitFor();
    await lamina.verified();
    await lamina.layer(0).getByText(WORDS.exists).waitFor();
    assert.equal(asked(), "two");
    await mustShow(lamina, base);
    assert.equal(asked(), "");
    // The registry's own log says the same.
    const answered = registry.takeLog().map((line) => /"GET \/v2\/lamina-e2e\/store\/blobs\/(sha256:[0-9a-f]+) HTTP\/1.1" 20[06] /.exec(line)?.[1]);
    assert.deepEqual(answered.flatMap((digest) => names.get(digest) ?? []).sort(), ["base", "one", "two"]);
  });

  await storeTest("two tabs that open an image at once both show it, and keep it once", async ({ lamina, page, context, asked, address }) => {
    const other = await another(lamina, context);
    await Promise.all([lamina, other].map((tab) => tab.openAddress(address("one"))));
    await Promise.all([lamina, other].map((tab) => tab.verified()));
    const files = await kept(page);
    assert.deepEqual(files.map(({ name }) => name).sort(), objects([base, one]), "each object once, and nothing unfinished");
    await Promise.all([mustShow(lamina, base), mustShow(other, one)]);
    asked();
    await Promise.all([page.reload(), other.page.reload()]);
    await Promise.all([lamina, other].map((tab) => tab.verified()));
    assert.equal(asked(), "");
  }, { bytesPerSecond: 400_000 });

  await storeTest("a page that is closed half-way leaves nothing that is ever shown, and the next one downloads it anew", async ({ lamina, page, context, asked, address }) => {
    const other = await another(lamina, context);
    await other.openAddress(address("one"));
    await other.page.getByText(/[\d.]+ kB \/ [\d.]+ kB/).first().waitFor();
    await eventually(async () => assert.ok((await kept(page)).some(({ name }) => name === `${blob(base)}.part`)));
    await other.page.close();
    await page.reload();
    await lamina.kept.getByText("0 layers").waitFor();
    assert.deepEqual(await kept(page), [], "what was unfinished is removed");
    asked();
    await lamina.openAddress(address("one"));
    await lamina.verified();
    assert.equal(asked(), "base one");
  }, { bytesPerSecond: 100_000 });

  await storeTest("the start page says what is kept, and Clear empties it", async ({ lamina, page, asked, address }) => {
    await lamina.kept.getByText(/^0 layers, 0 B of at most/).waitFor();
    await lamina.openAddress(address("one"));
    await lamina.verified();
    await lamina.goto("#/");
    await lamina.kept.getByText(/^2 layers, [3-4]\d\d kB of at most [\d.]+ [MG]B/).waitFor();
    await lamina.kept.getByRole("button", { name: WORDS.clear }).click();
    await lamina.kept.getByText(/^0 layers, 0 B/).waitFor();
    assert.deepEqual(await kept(page), []);
    // The image is open in its tab still, and goes on; the next page has nothing of it.
    await page.reload();
    asked();
    await lamina.openAddress(address("one"));
    await lamina.verified();
    assert.equal(asked(), "base one");
  });

  await storeTest("a person who wants nothing kept has nothing kept, also after a reload", async ({ lamina, page, asked, address }) => {
    await lamina.openAddress(address("one"));
    await lamina.verified();
    await lamina.goto("#/");
    await lamina.kept.getByText(/^2 layers/).waitFor();
    await lamina.kept.getByLabel(WORDS.keepAtMost).selectOption("nothing");
    await lamina.kept.getByText(/^0 layers, 0 B of at most 0 B/).waitFor();
    await page.reload();
    await lamina.kept.getByText(/^0 layers, 0 B of at most 0 B/).waitFor();
    asked();
    await lamina.openAddress(address("two"));
    await lamina.verified();
    assert.deepEqual(await kept(page), []);
    await page.reload();
    await lamina.verified();
    assert.equal(asked(), "base base two two");
  });

  await storeTest("a blob that was damaged in the browser's storage is found out, and its files come from the registry", async ({ lamina, page, asked, address }) => {
    await lamina.openAddress(address("one"));
    await lamina.verified();
    asked();
    await damage(page, blob(base));
    await page.reload();
    await lamina.verified();
    await mustShow(lamina, base);
    assert.match(asked(), /^base( base)*$/, "in ranges");
    assert.ok(!(await kept(page)).some(({ name }) => name === blob(base)), "the damaged one is removed");
  });

  await storeTest("an index that was damaged in the browser's storage is read anew, from the blob that is kept", async ({ lamina, page, asked, address }) => {
    await lamina.openAddress(address("one"));
    await lamina.verified();
    asked();
    await damage(page, `index-${blob(base).slice(5)}`);
    await page.reload();
    await lamina.verified();
    await lamina.layer(0).getByText("Verified").waitFor();
    await lamina.layer(1).getByText(WORDS.exists).waitFor();
    await mustShow(lamina, base);
    assert.equal(asked(), "");
    await page.reload();
    await lamina.verified();
    await lamina.layer(0).getByText(WORDS.exists).waitFor();
  });

  await storeTest("what is nobody's in the folder is removed, and nothing else of the page's storage", async ({ lamina, page }) => {
    await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle("lamina-store", { create: true });
      for (const name of ["foreign", "blob-sha256-00.x", "index-sha256-00.17", "blob-sha256-01.part"]) await folder.getFileHandle(name, { create: true });
      const nested = await folder.getDirectoryHandle("blob-sha256-02", { create: true });
      await nested.getFileHandle("deep", { create: true });
      await root.getFileHandle("of-another", { create: true });
    });
    await page.reload();
    await lamina.kept.getByText(/^0 layers/).waitFor();
    assert.deepEqual(await kept(page), []);
    await page.evaluate(async () => (await navigator.storage.getDirectory()).getFileHandle("of-another"));
  });

  await storeTest("a dropped file's layers are known again, and none of its bytes is kept", async ({ lamina, page }) => {
    const file = await write("store-dropped.oci.tar", { layers: [base, one], name: "store:dropped" });
    await lamina.drop(file);
    await lamina.verified();
    assert.deepEqual((await kept(page)).map(({ name }) => name).filter((name) => name.startsWith("blob")), []);
    await page.reload();
    // A page that is still being drawn may lose what is dropped on it.
    await page.getByRole("heading", { name: /was open here$/ }).waitFor();
    await lamina.drop(file);
    await lamina.verified();
    await lamina.layer(0).getByText(WORDS.known).waitFor();
    // What nobody has read in this file is in no sum of what is verified, until it is read.
    await lamina.header.getByText(WORDS.allKnown).first().waitFor();
    await page.getByText(/known, not read: layer 0, 1/).first().waitFor();
    await mustShow(lamina, base);
    await lamina.header.getByRole("button", { name: WORDS.verifyNow }).click();
    await lamina.header.getByText(/^All 2 layers verified/).first().waitFor();
    await lamina.layer(0).getByText("Verified").waitFor();
  });

  await storeTest("without a private file system everything is read as before, and memory keeps indexes while the page is open", async ({ lamina, page, asked, address }) => {
    const host = await hostWithoutStorage();
    try {
      const there = new lamina.constructor(page, host.origin);
      await there.goto();
      await there.kept.getByText("kept is gone when it is closed").waitFor();
      await there.openAddress(address("one"));
      await there.verified();
      await mustShow(there, base);
      assert.match(asked(), /^base( base)+ one$/, "its files are asked for in ranges");
      await there.goto("#/");
      await there.kept.getByText(/^2 layers/).waitFor();
      await there.openTabs.first().press("Delete");
      await there.openAddress(address("two"));
      await there.verified();
      assert.equal(asked(), "two");
    } finally {
      await host.stop();
    }
  });

  /** Opens the layer's file and sees its text. */
  async function mustShow(lamina, { name }) {
    await lamina.find(name, `etc/${name}`);
    await lamina.content.getByText(`this is ${name}`).first().waitFor();
  }
}

const blob = (layer) => `blob-${digestOf(layer).replace(":", "-")}`;

/** The names of the objects of layers: blobs and indexes. */
const objects = (layers) =>
  layers
    .flatMap((layer) => [
      blob(layer),
      `index-${blob(layer).slice(5)}`,
    ])
    .sort();

/** The page as it is where the browser gives it no storage: its worker finds none. */
const hostWithoutStorage = () => servePatched('Object.defineProperty(navigator, "storage", { get: () => undefined });');

/** Another tab of the same browser. */
async function another(lamina, context) {
  const page = await context.newPage();
  const other = new lamina.constructor(page, lamina.origin);
  await other.goto();
  return other;
}

/** The files of the store but for the notes of their use, as `{ name, size }`. */
function kept(page) {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("lamina-store", { create: true });
    const files = [];
    for await (const [name, handle] of folder) {
      if (!/\.\d+$/.test(name)) files.push({ name, size: handle.kind === "file" ? (await handle.getFile()).size : 0 });
    }
    return files;
  });
}

/** Turns some bytes in the middle of an object over, as a broken disk does. */
async function damage(page, name) {
  await page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("lamina-store");
    const handle = await folder.getFileHandle(name);
    const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
    const middle = bytes.length >> 1;
    bytes.subarray(middle, middle + 16).forEach((byte, i, part) => (part[i] = byte ^ 0xff));
    const writable = await handle.createWritable();
    await writable.write(bytes);
    await writable.close();
  }, name);
}
