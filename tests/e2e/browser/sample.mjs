// The sample registry of the page's own origin: opens on the first click, without a network.

import assert from "node:assert/strict";

import { WORDS } from "../page.mjs";
import { eventually } from "../tools/ring.mjs";

export async function testSample(test) {
  await test("the sample opens on the first click: a registry with repositories and tags that share a base", async (lamina, page) => {
    await page.getByRole("link", { name: WORDS.sample }).click();
    await page.getByRole("list", { name: WORDS.repositories }).getByRole("link").first().waitFor();
    const repositories = await lamina.names(WORDS.repositories);
    let tags = 0;
    for (const name of repositories) {
      await lamina.repository(name).click();
      await page.getByRole("list", { name: WORDS.tags }).getByRole("link").first().waitFor();
      tags += (await lamina.names(WORDS.tags)).length;
      await page.goBack();
      await lamina.repository(name).waitFor();
    }
    assert.ok(tags >= 3, `${tags} tags`);
  });

  await test("the sample's image is verified, has 1,000 entries, an author and a message, and a second platform", async (lamina, page) => {
    await page.getByRole("link", { name: WORDS.sample }).click();
    await lamina.repository("demo/app").click();
    await lamina.tag("latest").click();
    await lamina.verified();
    const rows = (await lamina.export(WORDS.listing)).trim().split("\n");
    assert.ok(rows.length >= 1000, `${rows.length} entries`);
    const [report] = JSON.parse(await lamina.export(WORDS.report)).images;
    assert.ok(report.author && report.comment, "author and message");
    await eventually(async () => assert.match(await lamina.about(), new RegExp(report.comment.split("\n")[0].replace(/[^\w ]/g, "."))));
    const platforms = page.getByRole("combobox", { name: "Platform" });
    const before = report.platform;
    const others = (await platforms.locator("option").allInnerTexts()).filter((text) => text !== before);
    assert.ok(others.length >= 1, "a second platform");
    await platforms.selectOption({ label: others[0] });
    await page.waitForFunction((other) => decodeURIComponent(location.hash).includes(`platform=${other}`), others[0]);
    await lamina.verified();
    const [switched] = JSON.parse(await lamina.export(WORDS.report)).images;
    assert.equal(switched.platform, others[0]);
  });
}
