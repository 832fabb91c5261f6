// The page's other threads: layers are read several at once, a large one is hashed beside its reading, and the page is
// there before any of them.

import assert from "node:assert/strict";

import { servePatched } from "../tools/patched.mjs";
import { eventually } from "../tools/ring.mjs";
import { layerOf, noiseAndZeros, write, zeros } from "../tools/written.mjs";

const reading = (lamina, layer) => lamina.layer(layer).getByText(/^(Reading|Extracting|Downloading)$/).first();

// Whatever port a patched page takes.
const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };

export async function testReaders(test) {
  await test("readers stand by before anything is opened, one with a hasher, and take what comes", async (lamina, page) => {
    const n = Math.min(await page.evaluate(() => navigator.hardwareConcurrency), 2);
    const standing = await eventually(async () => {
      const standing = [...(await lamina.workers("reader")), ...(await lamina.workers("hasher"))];
      assert.equal(standing.length, n + (n > 1 ? 1 : 0));
      return standing;
    });
    const all = async () => [...(await lamina.workers("reader")), ...(await lamina.workers("hasher"))];
    const open = async (name) => {
      const layers = ["a", "b"].map((layer) => layerOf({ name: `${name}-${layer}` }));
      await lamina.drop(await write(`${name}.oci.tar`, { layers, name: `${name}:1` }));
      await lamina.header.getByText(`${name}:1`).first().waitFor();
      await lamina.verified();
      await lamina.row(`${name}-b`).waitFor();
      return all();
    };
    // The practice image may have one of them when the first image comes: then one more is started.
    const first = await open("first");
    assert.ok(standing.every((worker) => first.includes(worker)) && first.length <= standing.length + 1, `${first.length} after ${standing.length}`);
    const second = await open("second");
    assert.ok(second.every((worker) => first.includes(worker)), "one more was started for an image though readers stood by");
  });

  await test("two layers of an image are read at once", async (lamina, page) => {
    const slow = [await zeros("a.bin", 800_000_000), await zeros("b.bin", 900_000_000), await zeros("c.bin", 700_000_000)];
    await lamina.drop(await write("slow.oci.tar", { layers: slow, name: "slow:1" }));
    const nCores = await page.evaluate(() => navigator.hardwareConcurrency);
    const n = Math.min(nCores, 4, slow.length);
    await eventually(async () => {
      const seen = await Promise.all(slow.map((_, layer) => reading(lamina, layer).isVisible()));
      assert.equal(seen.filter(Boolean).length, n, `${seen}`);
      assert.equal((await lamina.workers("reader")).length, n);
    });
    await lamina.verified({ seconds: 120 });
    for (const row of ["a.bin", "b.bin", "c.bin"]) await lamina.row(row).waitFor();
    // Nobody stays who has nothing to do, but for those that stand by.
    await eventually(async () => assert.equal((await lamina.workers("reader")).length, Math.min(nCores, 2)), { seconds: 20 });
  }, { seconds: 240 });

  await test("a large layer is hashed beside its reading, and what does not hold is told", async (lamina, page) => {
    const large = await noiseAndZeros("large.bin", 6_000_000, 600_000_000);
    await lamina.drop(await write("large.oci.tar", { layers: [large], name: "large:1" }));
    if ((await page.evaluate(() => navigator.hardwareConcurrency)) > 1) {
      await eventually(async () => assert.equal((await lamina.workers("hasher")).length, 1));
    }
    await lamina.verified({ seconds: 120 });
    const wrong = { ...large, diffId: large.diffId.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")) };
    await lamina.drop(await write("wrong.oci.tar", { layers: [wrong], name: "wrong:1" }));
    await lamina.layer(0).getByText(wrong.diffId.slice(7, 19)).first().waitFor({ timeout: 120_000 });
    await lamina.layer(0).getByText(large.diffId.slice(7, 19)).first().waitFor();
  }, { seconds: 240 });

  for (const [lacks, script] of [
    ["byte streams", "delete self.ReadableStreamBYOBReader;"],
    ["streams of files", "delete Blob.prototype.stream;"],
  ]) {
    await test(`a browser without ${lacks} has its files read by slices`, async (lamina, page) => {
      const host = await servePatched(`${script} self.laminaLacks = true;`);
      try {
        const there = new lamina.constructor(page, host.origin);
        await there.goto();
        const large = await noiseAndZeros("large.bin", 6_000_000, 20_000_000);
        await there.drop(await write("slices.oci.tar", { layers: [large, layerOf({ name: "small" })], name: "slices:1" }));
        await there.verified();
        await there.row("small").waitFor();
        // A worker that ends meanwhile answers nothing.
        const lacking = page.workers().map((worker) => Promise.race([worker.evaluate(() => self.laminaLacks), new Promise((go) => setTimeout(() => go("ended"), 2000))]));
        const seen = await Promise.all(lacking);
        assert.ok(seen.includes(true) && !seen.includes(undefined), `${seen}`);
      } finally {
        await host.stop();
      }
    }, { hosts: loopback });
  }

  await test("a reading that is stopped ends its readers at once", async (lamina) => {
    await lamina.drop(await write("slow.oci.tar", { layers: [await zeros("a.bin", 3_000_000_000)], name: "slow:1" }));
    await reading(lamina, 0).waitFor();
    const readers = await lamina.workers("reader");
    await lamina.openTabs.filter({ hasText: "slow:1" }).press("Delete");
    // The one that stands by stays.
    await eventually(async () => assert.equal((await lamina.workers("reader")).length, readers.length - 1));
    await lamina.drop(await write("quick.oci.tar", { layers: [layerOf({ name: "quick" })], name: "quick:1" }));
    await lamina.verified();
  }, { seconds: 120 });

  await test("the page is there before its worker's WebAssembly", async (lamina, page, context) => {
    let release;
    const released = new Promise((go) => { release = go; });
    await context.route(/worker-[0-9a-f]+_bg\.wasm/, async (route) => {
      await released;
      await route.continue();
    });
    await page.reload();
    await lamina.ready();
    await lamina.addressField.fill("registry.example/app");
    assert.equal(await lamina.addressField.inputValue(), "registry.example/app");
    await lamina.drop(await write("quick.oci.tar", { layers: [layerOf({ name: "quick" })], name: "quick:1" }));
    release();
    await lamina.verified();
  });

  await test("a browser without SIMD is told so, in both languages, and loads nothing more", async (lamina, page, context) => {
    await context.addInitScript(() => { WebAssembly.validate = () => false; });
    // A page of its own, whose requests none of an earlier page's workers can have made.
    const old = await context.newPage();
    const loaded = [];
    old.on("request", (request) => loaded.push(new URL(request.url()).pathname));
    await old.goto(page.url());
    const alert = old.getByRole("alert");
    await alert.getByRole("heading", { name: "This browser is too old for Lamina · 浏览器版本过旧" }).waitFor();
    await alert.getByText("Chrome or Edge 91, Firefox 114, Safari 16.4").waitFor();
    await alert.getByText("Chrome 或 Edge 91、Firefox 114、Safari 16.4").waitFor();
    assert.deepEqual(loaded.filter((path) => /\/worker-/.test(path)), []);
    assert.ok(loaded.some((path) => /\/boot-[0-9a-f]+\.js$/.test(path)), `what was loaded: ${loaded}`);
    assert.equal(await old.evaluate(() => document.documentElement.dataset.started), undefined);
  });
}
