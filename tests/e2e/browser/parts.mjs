// Parts of the page's programs: none is fetched before a first image is read, each comes when it is wanted, and one that
// does not come is told and asked for again.

import assert from "node:assert/strict";

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { find } from "../tools/commands.mjs";
import { eventually, skip } from "../tools/ring.mjs";
import { layerOf, write } from "../tools/written.mjs";
import { WORDS } from "../page.mjs";

const PART = /\/((?:app|worker)-[a-z0-9]+)-[0-9a-f]{16}\.wasm$/;

/** The parts that are asked for from now on, by name. */
function fetched(context) {
  const names = new Set();
  context.on("request", (request) => {
    const part = PART.exec(new URL(request.url()).pathname);
    if (part) names.add(part[1]);
  });
  return names;
}

const small = () => write("parts.oci.tar", { layers: [layerOf({ name: "one" }), layerOf({ name: "two" })], name: "parts:1" });

/** A file that is missing until it comes. */
async function missing(context, part) {
  let isGone = true;
  let tries = 0;
  await context.route(new RegExp(`/${part}-[0-9a-f]{16}\\.wasm$`), (route) => {
    tries += 1;
    return isGone ? route.fulfill({ status: 404, body: "" }) : route.continue();
  });
  return { tries: () => tries, comes: () => (isGone = false) };
}

export async function testParts(test) {
  const nothingDead = (page) => page.getByText(WORDS.nothingDead);
  const trouble = (page) => page.getByRole("alert").filter({ hasText: "A part of this page could not be loaded" });

  await test("no part of the programs is fetched with the page; what the Overview needs comes with a first image at the latest, and the rest ahead of being wanted", async (lamina, page, context) => {
    const names = fetched(context);
    await page.reload();
    await lamina.ready();
    assert.deepEqual([...names], []);
    await lamina.drop(await small());
    await page.getByText(/of content/).first().waitFor();
    assert.ok(names.has("app-details") && names.has("worker-analyses"), [...names].join(" "));
    await lamina.part(WORDS.space).click();
    await nothingDead(page).waitFor();
    await eventually(() => {
      for (const name of ["app-make", "app-lists", "worker-make", "worker-push", "worker-codecs"]) assert.ok(names.has(name), `${name} of ${[...names].join(" ")}`);
      assert.ok(!names.has("app-zh"));
    }, { seconds: 20 });
  });

  for (const part of ["app-details", "worker-analyses"]) {
    await test(`a part that does not come is told, and comes on the second try: ${part}`, async (lamina, page, context) => {
      const gone = await missing(context, part);
      await lamina.drop(await small());
      await lamina.verified();
      await lamina.part(WORDS.space).click();
      await trouble(page).getByText(/the server answers 404/).waitFor();
      assert.ok(gone.tries() > 0);
      gone.comes();
      await trouble(page).getByRole("button", { name: WORDS.retry }).click();
      await nothingDead(page).waitFor();
    });
  }

  for (const [tool, ending] of [["xz", "xz"], ["bzip2", "bz2"]]) {
    await test(`what ${tool} has compressed, a layer or a whole archive, is read by the part for it; without it that is told`, async (lamina, page, context) => {
      if (!find(tool)) skip(`no ${tool} on PATH`);
      const compressed = (bytes) => execFileSync(tool, ["--stdout"], { input: bytes, maxBuffer: 1 << 28 });
      const names = fetched(context);
      const gzip = layerOf({ name: "inside", content: "the content" });
      const layer = { ...gzip, stored: compressed(gunzipSync(gzip.stored)) };
      await lamina.drop(await write(`${ending}.oci.tar`, { layers: [layer], name: `${ending}:1` }));
      await lamina.verified();
      await lamina.row("inside").click();
      await page.getByText("the content").first().waitFor();
      const archive = await write(`whole-${ending}.oci.tar`, { layers: [layerOf({ name: "whole" })], name: "whole:1" });
      const whole = `${archive}.${ending}`;
      writeFileSync(whole, execFileSync(tool, ["--stdout", archive], { maxBuffer: 1 << 28 }));
      await lamina.drop(whole);
      await lamina.verified();
      await lamina.row("whole").waitFor();
      assert.ok(names.has("worker-codecs"), [...names].join(" "));
      // In a page that has not fetched it.
      const gone = await missing(context, "worker-codecs");
      await page.reload();
      await lamina.ready();
      await lamina.drop(whole);
      await page.getByRole("heading", { name: "A part of this page could not be loaded" }).waitFor();
      gone.comes();
      await page.getByRole("button", { name: WORDS.retry }).click();
      await lamina.row("whole").waitFor();
    });
  }

  await test("the Chinese words come with a Chinese browser, and on asking; without them the page speaks English and says so", async (lamina, page, context) => {
    const names = fetched(context);
    const gone = await missing(context, "app-zh");
    const chinese = page.getByRole("button", { name: "中文" });
    await chinese.click();
    await page.getByText("A part of this page could not be loaded").waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
    gone.comes();
    await chinese.click();
    await page.getByRole("tablist", { name: "已打开的内容" }).waitFor();
    await page.reload();
    await page.getByRole("tablist", { name: "已打开的内容" }).waitFor();
    assert.ok(names.has("app-zh"));
    // What a first image needs may have come ahead; nothing else has.
    assert.deepEqual([...names].filter((name) => !/chunk|app-zh|app-details/.test(name)), []);
  });
}
