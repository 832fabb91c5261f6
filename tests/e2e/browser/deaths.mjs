// Dead workers. A reader takes its layer along and nothing else. With the worker that answers the page everything that
// was open is opened again, but for a layer that it had in hand itself. Layers that are left out are named.
//
// They are killed from outside, by the debugger: their code has nothing in it for this.

import assert from "node:assert/strict";

import { image } from "../tools/images.mjs";
import { eventually } from "../tools/ring.mjs";
import { layerOf, manyFiles, noiseAndZeros, write, zeros } from "../tools/written.mjs";
import { WORDS } from "../page.mjs";

/** What a browser and the panic hook print of a worker's death. */
const LAST_WORDS = /RuntimeError|unreachable|out of bounds|panicked|memory|forced by the test|null function|signature mismatch|closure/i;

const small = (name) => layerOf({ name, content: `this is ${name}\n` });

/** The ways to kill a worker, each run in it. */
const KILLS = {
  "an uncaught error": () => setTimeout(() => { throw new Error("forced by the test"); }),
  // Its own memory becomes nonsense: whatever it does next is a trap of WebAssembly.
  "a trap": async () => {
    const exports = await wasm_bindgen();
    new Uint8Array(exports.memory.buffer).fill(0xff);
  },
};

/** Takes all the memory that a worker may have. */
async function exhaust(worker) {
  const left = await worker.evaluate(async () => {
    const { memory } = await wasm_bindgen();
    let step = 16384;
    while (step >= 1) {
      try {
        memory.grow(step);
      } catch {
        step >>= 1;
      }
    }
    return memory.buffer.byteLength;
  });
  assert.ok(left > 1e9, `it grew to ${left} bytes only`);
}

const memoryOf = (worker) => worker.evaluate(async () => (await wasm_bindgen()).memory.buffer.byteLength);

const hang = (worker) => worker.evaluate(() => { setTimeout(() => { for (;;); }); });

export async function testDeaths(test) {
  for (const [how, kill] of Object.entries(KILLS)) {
    await test(`a reader killed by ${how} takes its layer along and nothing else, and the layer is named`, async (lamina, page) => {
      const victim = await write("victim.oci.tar", { layers: [small("bottom"), await zeros("slow.bin", 1_000_000_000), small("top")], name: "victim:1" });
      await openOthers(lamina, page);
      await lamina.drop(victim);
      await mustBeReading(lamina, 1);
      await toReaders(lamina, (reader) => reader.evaluate(kill));
      await mustGoOn(lamina, { layer: 1, row: "top" });

      // A reader that had nothing to do dies with its next sign of life, or is ended as idle.
      await eventually(async () => assert.deepEqual(await lamina.workers("reader"), []), { seconds: 30 });

      // The layer is read after all, since nothing is wrong with it.
      await lamina.layer(1).getByRole("button", { name: "Read layer 1 again" }).click();
      await lamina.verified({ seconds: 120 });
      await lamina.row("slow.bin").waitFor();

      // The next death over it leaves it out once more, and ends there.
      await lamina.layer(1).getByRole("button", { name: "Details of layer 1" }).click();
      await lamina.layer(1).getByRole("button", { name: "Read and verify again" }).click();
      await mustBeReading(lamina, 1);
      await toReaders(lamina, (reader) => reader.evaluate(kill));
      await mustGoOn(lamina, { layer: 1, row: "top" });
      await mustHaveOthers(lamina, page);
    }, { seconds: 300, expects: LAST_WORDS });

    await test(`a worker killed by ${how} is started again, and what its readers read is not left out`, async (lamina, page) => {
      const victim = await write("victim.oci.tar", { layers: [small("bottom"), await zeros("slow.bin", 1_000_000_000), small("top")], name: "victim:1" });
      await openOthers(lamina, page);
      await lamina.drop(victim);
      await mustBeReading(lamina, 1);
      const old = page.workers();
      await (await engine(lamina)).evaluate(kill);
      await lamina.banner.getByText(WORDS.restarted).waitFor();
      await lamina.verified({ seconds: 120 });
      await lamina.row("slow.bin").waitFor();
      await eventually(() => assert.ok(old.every((worker) => !page.workers().includes(worker)), "readers of the dead worker go on"));
      await mustHaveOthers(lamina, page);
    }, { seconds: 300, expects: LAST_WORDS });
  }

  await test("a reader that fails again before it is ended takes nothing else along", async (lamina, page) => {
    await lamina.drop(await write("victim.oci.tar", { layers: [small("bottom"), await zeros("slow.bin", 1_000_000_000)], name: "victim:1" }));
    await mustBeReading(lamina, 1);
    const before = await engine(lamina);
    await toReaders(lamina, (reader) => reader.evaluate(() => {
      for (let death = 0; death < 200; death += 1) setTimeout(() => { throw new Error("forced by the test"); });
    }));
    await lamina.banner.getByText(/The reader of one layer stopped/).waitFor();
    await page.waitForTimeout(500);
    assert.equal(await engine(lamina), before, "the worker that answers the page was started again");
  }, { expects: LAST_WORDS });

  await test("a hasher that dies takes its layer along and nothing else, and the layer is named", async (lamina) => {
    // Large enough as it is stored for a hasher of its own, and long enough to be met at work.
    const slow = await noiseAndZeros("slow.bin", 6_000_000, 1_000_000_000);
    await lamina.drop(await write("victim.oci.tar", { layers: [small("bottom"), slow], name: "victim:1" }));
    await mustBeReading(lamina, 1);
    const hasher = await eventually(async () => {
      const [hasher] = await lamina.workers("hasher");
      assert.ok(hasher, "no hasher is at work");
      return hasher;
    });
    await hasher.evaluate(KILLS["an uncaught error"]);
    await lamina.banner.getByText("It stopped while reading layer 1 of victim:1").waitFor();
    await lamina.layer(1).getByText("Left out").first().waitFor();
    await lamina.layer(1).getByRole("button", { name: "Read layer 1 again" }).click();
    await lamina.verified({ seconds: 120 });
  }, { seconds: 300, expects: LAST_WORDS });

  await test("a reader that runs out of memory takes its layer along and nothing else, and the layer is named", async (lamina, page) => {
    const victim = await write("victim.oci.tar", { layers: [small("bottom"), await manyFiles(600_000), small("top")], name: "victim:1" });
    await openOthers(lamina, page);
    await lamina.drop(victim);
    await mustBeReading(lamina, 1);
    // The one that has much to remember: another stands by.
    const busy = await eventually(async () => {
      for (const reader of await lamina.workers("reader")) if ((await memoryOf(reader)) > 8e6) return reader;
      throw new Error("no reader has taken memory");
    });
    await exhaust(busy);
    await mustGoOn(lamina, { layer: 1, row: "top" });
    assert.match(await lamina.banner.innerText(), /stopped: .*(unreachable|memory)/i);
    await eventually(() => assert.ok(!page.workers().includes(busy), "a reader without memory goes on"), { seconds: 30 });
    await mustHaveOthers(lamina, page);
  }, { seconds: 300, expects: LAST_WORDS });

  // Where it dies, taking a layer in or between, is the browser's to say: a layer that it had in hand is left out then.
  await test("a worker that runs out of memory is started again, and what was open is open again", async (lamina, page) => {
    const victim = await write("victim.oci.tar", { layers: [small("bottom"), await manyFiles(600_000), small("top")], name: "victim:1" });
    await openOthers(lamina, page);
    await lamina.drop(victim);
    await mustBeReading(lamina, 1);
    await exhaust(await engine(lamina));
    await lamina.banner.getByText(WORDS.restarted).waitFor();
    assert.match(await lamina.banner.innerText(), /stopped: .*(unreachable|memory)/i);
    for (const layer of [0, 2]) await lamina.layer(layer).getByText(/^(Verified|Known, not read)$/).first().waitFor({ timeout: 60_000 });
    await lamina.find("bottom");
    await lamina.content.getByText("this is bottom").waitFor();
    await mustHaveOthers(lamina, page);
  }, { seconds: 300, expects: LAST_WORDS });

  await test("a worker that dies over nothing is not started for ever", async (lamina, page) => {
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified();
    await lamina.find("greeting", "etc/greeting");
    await lamina.content.getByText("hello, world").waitFor();
    for (let death = 1; death <= 3; death += 1) {
      await (await engine(lamina)).evaluate(KILLS["an uncaught error"]);
      await lamina.banner.getByText(WORDS.restarted).waitFor();
      await lamina.verified();
      if (death === 1) await lamina.content.getByText("hello, world").waitFor();
      else await lamina.panel.waitFor({ state: "hidden" });
      await lamina.banner.getByRole("button", { name: "Dismiss" }).click();
    }
    await (await engine(lamina)).evaluate(KILLS["an uncaught error"]);
    await lamina.banner.getByText("it is not started again by itself").waitFor();
    await lamina.banner.getByRole("button", { name: "Start it and open all again" }).click();
    await lamina.verified();
    await lamina.banner.waitFor({ state: "hidden" });
  }, { seconds: 120, expects: LAST_WORDS });

  await test("a worker that does not start gets a page that says so, and starts once it can", async (lamina, page, context) => {
    await context.route(/worker-[0-9a-f]+_bg\.wasm/, (route) => route.fulfill({ status: 404, body: "gone" }));
    await page.reload();
    await lamina.problem(WORDS.problems.notStarted).waitFor();
    await context.unroute(/worker-[0-9a-f]+_bg\.wasm/);
    await page.getByRole("button", { name: WORDS.retry }).click();
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified();
  }, { expects: /wasm|WebAssembly|MIME|TypeError|CompileError/i });
}

/** Workers that give no sign of life; side by side, for each is waited for a minute. */
export async function testHangs(test) {
  await Promise.all([
    test("a reader that hangs is missed and ended", async (lamina, page) => {
      const victim = await write("hanging.oci.tar", { layers: [small("bottom"), await zeros("slow.bin", 1_000_000_000), small("top")], name: "victim:1" });
      await lamina.drop(victim);
      await mustBeReading(lamina, 1);
      const hung = await toReaders(lamina, hang);
      await lamina.banner.waitFor({ timeout: 90_000 });
      await mustGoOn(lamina, { layer: 1, row: "top" });
      assert.match(await lamina.banner.innerText(), /gives no sign of life/);
      await eventually(() => assert.ok(hung.every((reader) => !page.workers().includes(reader)), "a hanging reader goes on"), { seconds: 15 });
    }, { seconds: 300, expects: LAST_WORDS }),

    test("a worker that hangs is missed, ended and started again", async (lamina, page) => {
      await openOthers(lamina, page);
      const hung = await engine(lamina);
      await hang(hung);
      await lamina.banner.waitFor({ timeout: 90_000 });
      await lamina.banner.getByText(WORDS.restarted).waitFor();
      assert.match(await lamina.banner.innerText(), /gives no sign of life/);
      await eventually(() => assert.ok(!page.workers().includes(hung), "the hanging worker goes on"));
      await mustHaveOthers(lamina, page);
    }, { seconds: 300, expects: LAST_WORDS }),
  ]);
}

/** The worker that answers the page. */
async function engine(lamina) {
  const [engine] = await lamina.workers("engine");
  return engine;
}

/** Does something to every reader: those that have nothing to do concern no layer. */
async function toReaders(lamina, what) {
  const readers = await eventually(async () => {
    const readers = await lamina.workers("reader");
    assert.ok(readers.length > 0, "no reader is at work");
    return readers;
  });
  await Promise.all(readers.map(what));
  return readers;
}

/** Nothing was opened again, one layer is left out and named, and all else is there. */
async function mustGoOn(lamina, { layer, row }) {
  await lamina.banner.getByText(WORDS.readerStopped).waitFor();
  await lamina.banner.getByText(`It stopped while reading layer ${layer} of victim:1`).waitFor();
  await lamina.layer(layer).getByText("Left out").first().waitFor();
  await lamina.layer(layer).getByText("The reader stopped while reading this layer").waitFor();
  await lamina.header.getByText(`Layer ${layer}: left out`).waitFor();
  for (const other of [layer - 1, layer + 1]) await lamina.layer(other).getByText("Verified").first().waitFor();
  await lamina.find(row);
  await lamina.content.getByText(`this is ${row}`).waitFor();
}

async function mustBeReading(lamina, layer) {
  await lamina.layer(layer).getByText(/^(Reading|Extracting|Downloading)$/).first().waitFor();
}

/** An image whose History is shown, and the sample registry. */
async function openOthers(lamina, page) {
  await lamina.drop(image("app/app.docker.tar"));
  await lamina.verified();
  await lamina.part("History").click();
  await page.getByRole("table").getByText("RUN").or(page.getByRole("table").getByText("COPY")).first().waitFor();
  await page.getByRole("button", { name: WORDS.newTab }).click();
  await lamina.openAddress(new URL(lamina.origin).host);
  await page.getByRole("list", { name: WORDS.repositories }).waitFor();
}

/** The image and the registry of `openOthers` are open, and more can be opened. */
async function mustHaveOthers(lamina, page) {
  await lamina.openTabs.filter({ hasText: "lamina-e2e/app:1.0" }).first().click();
  await lamina.verified();
  assert.equal(await lamina.part("History").getAttribute("aria-selected"), "true");
  await lamina.openTabs.filter({ hasText: new URL(lamina.origin).host }).click();
  await page.getByRole("list", { name: WORDS.repositories }).getByRole("link").first().click();
  await page.getByRole("list", { name: WORDS.tags }).getByRole("link").first().waitFor();
  await page.goBack();
  await page.getByRole("list", { name: WORDS.repositories }).waitFor();

  await lamina.drop(image("app/flat.gnu.tar"));
  await lamina.header.getByText(WORDS.unclaimed).waitFor({ timeout: 60_000 });
  await lamina.openTabs.filter({ hasText: "flat.gnu.tar" }).press("Delete");
}
