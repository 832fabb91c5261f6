// The Space tab: the sample's dead bytes as its recipe makes them, and the way from a row into the tree.

import assert from "node:assert/strict";

import { WORDS } from "../page.mjs";
import { eventually } from "../tools/ring.mjs";

export async function testSpace(test) {
  const opened = async (lamina, page, repository, tag) => {
    await page.getByRole("link", { name: WORDS.sample }).click();
    await lamina.repository(repository).click();
    await lamina.tag(tag).click();
    await lamina.verified();
    await lamina.part(WORDS.space).click();
  };
  const cells = (row) => row.getByRole("cell").allInnerTexts();

  await test("the Space tab tells what is dead, which layer stored it, which hid it, and how", async (lamina, page) => {
    await opened(lamina, page, "demo/app", "1.1-fixed");
    // Three files of the package lists, removed one by one, in one row.
    assert.deepEqual(await cells(lamina.spaceRow(WORDS.dead, "/var/lib/apt/lists/")), ["80.0 kB", "1", "2", "removed by a whiteout"]);
    assert.deepEqual(await cells(lamina.spaceRow(WORDS.dead, "/srv/app/debug/")), ["8.00 kB", "3", "5", "removed by a whiteout"]);
    assert.deepEqual(await cells(lamina.spaceRow(WORDS.dead, "/usr/bin/ping")), ["5.00 kB", "0", "5", "removed by a whiteout"]);
    // The old front end, hidden whole by an opaque marker.
    assert.deepEqual((await cells(lamina.spaceRow(WORDS.dead, "/srv/app/static/"))).slice(1), ["3", "4", "hidden by an opaque directory"]);
    // What is written twice.
    assert.deepEqual((await cells(lamina.spaceRow(WORDS.repeated, "/etc/app/config.toml"))).slice(1), ["3"]);
    // The headline is what the report says.
    const [{ analysis }] = JSON.parse(await lamina.export(WORDS.report)).images;
    const size = (bytes) => (bytes < 1e6 ? `${(bytes / 1e3).toPrecision(3)} kB` : `${(bytes / 1e6).toPrecision(3)} MB`);
    assert.ok(analysis.dead_bytes > 93_000, `${analysis.dead_bytes} bytes`);
    assert.equal(await lamina.figure("Dead").innerText(), size(analysis.dead_bytes));
    assert.equal(await lamina.figure("Content").innerText(), size(analysis.stored_bytes));
    assert.equal(await lamina.figure("Visible").innerText(), size(analysis.stored_bytes - analysis.dead_bytes));
    assert.equal(await lamina.figure("dive's wasted bytes").innerText(), size(analysis.wasted_bytes));
    assert.equal(parseFloat(await lamina.figure("dive's score").innerText()), Math.floor(analysis.score * 1e4) / 100);
    // A bar for each layer, with its figures.
    const layers = page.getByRole("region", { name: WORDS.layers }).getByRole("row");
    assert.equal(await layers.count(), analysis.layers.length + 1);
    assert.deepEqual((await cells(layers.nth(2))).slice(-1), [size(analysis.layers[1].dead_bytes)]);
  });

  await test("a row of the Space tab leads to the path in the tree, as of the layer that stored it, with its history", async (lamina, page) => {
    await opened(lamina, page, "demo/app", "1.1-fixed");
    await page.getByRole("region", { name: WORDS.dead }).getByRole("button", { name: "/usr/bin/ping", exact: true }).click();
    await lamina.panel.getByText("whiteout of this name").waitFor();
    await eventually(async () => assert.match(await lamina.hash(), /view=upto:0&path=\/usr\/bin\/ping$/));
    await lamina.row("ping").waitFor();
    // A path that is gone is shown up to the last layer that had it.
    await lamina.part(WORDS.space).click();
    await page.getByRole("region", { name: WORDS.repeated }).getByRole("button", { name: "/srv/app/requirements.txt", exact: true }).click();
    await eventually(async () => assert.match(await lamina.hash(), /view=upto:4&path=\/srv\/app\/requirements\.txt$/));
    await lamina.row("requirements.txt").waitFor();
  });

  await test("an image without waste says so", async (lamina, page) => {
    await opened(lamina, page, "demo/base", "12");
    await page.getByText(WORDS.nothingDead).waitFor();
    assert.equal(await lamina.figure("Dead").innerText(), "0 B");
    assert.equal(await lamina.figure("dive's score").innerText(), "100.00 %");
    assert.equal(await page.getByRole("region", { name: WORDS.dead }).count(), 0);
  });
}
