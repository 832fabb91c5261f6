// A gzip bomb: stopped with a message while the page keeps answering, and read to its end when the person asks for it.

import assert from "node:assert/strict";

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
    await page.getByRole("button", { name: WORDS.stop }).waitFor();
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
    await page.getByRole("button", { name: WORDS.stop }).click();
    await lamina.layer(0).getByText("Stopped at a limit").first().waitFor();
    await lamina.row("bomb.bin").waitFor();
  }, { seconds: 300 });
}

/** While the other tab's layer 1 is not yet as it will be, this tab's tree answers questions, each within a second or two. */
async function answersWhileReading(lamina, until) {
  const { page } = lamina;
  await lamina.openTabs.filter({ hasText: "calm:1" }).click();
  let answers = 0;
  for (let at = 0; at < 200; at += 1) {
    if (await inBomb(page, until)) break;
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

/** Whether the second layer of the image whose page is hidden has this badge. */
const inBomb = (page, until) => page.evaluate((until) => [...document.querySelectorAll(".panel--away .layers .layer:nth-child(2) .badge")].some((badge) => badge.textContent === until), until);
