// Bombs: stopped with a message while the page keeps answering, and read to their ends when the person asks for it.

import assert from "node:assert/strict";

import { HEAVY_FOR_PAGES } from "../tools/heavy.mjs";
import { peakOfPages } from "../tools/memory.mjs";
import { layerOf, write, zeros } from "../tools/written.mjs";
import { WORDS } from "../page.mjs";

const GIB = 1024 ** 3;

export async function testLimits(test) {
  await test("a gzip bomb is stopped at a limit while the page keeps answering, and read on to its end", async (lamina, page) => {
    const small = layerOf({ name: "etc/hosts", content: "127.0.0.1\n" });
    const top = layerOf({ name: "etc/motd", content: "above the bomb\n" });
    const calm = await write("calm.oci.tar", { layers: [layerOf({ name: "zero" }), layerOf({ name: "one" })], name: "calm:1" });
    const bomb = await write("bomb.oci.tar", { layers: [small, await zeros("bomb.bin", Math.floor(1.2 * GIB)), top], name: "bomb:1" });
    await lamina.drop(calm);
    await lamina.verified();

    await lamina.drop(bomb);
    await answersWhileReading(lamina, "Stopped at a limit");
    await lamina.openTabs.filter({ hasText: "bomb:1" }).click();
    await lamina.read();
    const row = lamina.layer(1);
    await row.getByText(/This layer expands to more than 1\.07 GB from 1\.25 MB/).waitFor();
    await row.getByText(/Limit expansion: 200 : 1; met: \d[\d,]* : 1\. Entries read before and shown: 1 \(1\.07 GB\)/).waitFor();
    await row.getByText(/Reading on takes time/).waitFor();
    await lamina.header.getByText("Layer 1: stopped at a limit").waitFor();
    await row.getByRole("button", { name: "Details of layer 1" }).click();
    await row.locator("dl.facts").getByText(/expansion: 200 : 1/).waitFor();
    await lamina.layer(2).getByText("Verified").first().waitFor();
    await lamina.find("motd", "etc/motd");
    await lamina.content.getByText("above the bomb").waitFor();

    await page.getByRole("button", { name: "中文" }).click();
    await page.getByText(/此层由 1\.25 MB 膨胀到 1\.07 GB 以上/).waitFor();
    await page.getByRole("button", { name: "EN" }).click();

    await row.getByRole("button", { name: "Read layer 1 on with a higher limit (3,200 : 1)" }).click();
    await page.getByRole("button", { name: WORDS.stop, exact: true }).waitFor();
    await answersWhileReading(lamina, "Verified");
    await lamina.openTabs.filter({ hasText: "bomb:1" }).click();
    await lamina.verified({ seconds: 180 });
    await lamina.row("bomb.bin").getByText("1.29 GB").waitFor();
  }, { seconds: 400 });

  await test("reading on can be stopped, and what was read before stays", async (lamina, page) => {
    const bomb = await write("bomb-again.oci.tar", { layers: [await zeros("bomb.bin", Math.floor(1.2 * GIB))], name: "bomb:2" });
    await lamina.drop(bomb);
    await lamina.read({ seconds: 120 });
    await lamina.layer(0).getByRole("button", { name: WORDS.higher }).or(lamina.layer(0).getByRole("button", { name: /^Read layer 0 on/ })).first().click();
    await page.getByRole("button", { name: WORDS.stop, exact: true }).click();
    await lamina.layer(0).getByText("Stopped at a limit").first().waitFor();
    await lamina.row("bomb.bin").waitFor();
  }, { seconds: 300 });

  for (const [what, made] of HEAVY_FOR_PAGES) {
    await test(`${what} take the page to 1.5 GB at most, beside an image that goes on answering`, async (lamina, page, context) => {
      const calm = await write("calm.oci.tar", { layers: [layerOf({ name: "zero" }), layerOf({ name: "one" })], name: "calm:1" });
      const heavy = await made();
      await lamina.drop(calm);
      await lamina.verified();
      const start = performance.now();
      const peak = await peakOfPages(context.browser(), async () => {
        await lamina.drop(heavy);
        await answersWhileReading(lamina, "Stopped at a limit", "last-child");
        await lamina.openTabs.filter({ hasText: "heavy:1" }).click();
        await lamina.read({ seconds: 300 });
      });
      console.log(`    at most ${(peak / 1e6).toFixed(0)} MB, ${((performance.now() - start) / 1000).toFixed(1)} s`);
      assert.ok(peak < 1.5e9, `the pages took ${peak} bytes`);
      assert.ok(peak > 50e6, `${peak} bytes cannot be what the pages take`);
      await lamina.header.getByText(/stopped at a limit/).first().waitFor();
      assert.equal(await lamina.header.getByText(WORDS.verified).count(), 0);
      await lamina.openTabs.filter({ hasText: "calm:1" }).click();
      await lamina.verified();
    }, { seconds: 600 });
  }
}

/** While the other tab's layer (1, or the last one) is not yet as it will be, this tab's tree answers questions, each within a second or two. */
async function answersWhileReading(lamina, until, which = "nth-child(2)") {
  const { page } = lamina;
  await lamina.openTabs.filter({ hasText: "calm:1" }).click();
  let answers = 0;
  for (let at = 0; at < 200; at += 1) {
    if (await inBomb(page, until, which)) break;
    const start = performance.now();
    const number = at % 2;
    await lamina.pickLayer(number).click();
    await lamina.row(["zero", "one"][number]).waitFor();
    const took = performance.now() - start;
    assert.ok(took < 5000, `an answer took ${took.toFixed(0)} ms`);
    answers += 1;
  }
  assert.ok(answers >= 2, `only ${answers} answers came while the bomb was read`);
}

/** Whether that layer of the image whose page is hidden has this badge. */
const inBomb = (page, until, which) =>
  page.evaluate(([until, which]) => [...document.querySelectorAll(`.panel--away .layers .layer:${which} .badge`)].some((badge) => badge.textContent === until), [until, which]);
