// Drop and browse in Firefox, by puppeteer-core over WebDriver BiDi: nothing of the flow is Chromium's alone.

import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { find } from "../tools/commands.mjs";
import { WRITERS, image, json, reference } from "../tools/images.mjs";
import { mustEqual, parseListing } from "../tools/listing.mjs";
import { eventually, skip } from "../tools/ring.mjs";

const findFirefox = () => find(process.env.FIREFOX, "firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox");

export async function testFirefox(ring, { origin }) {
  for (const { name, path } of [WRITERS[0], WRITERS[1], WRITERS.find((writer) => writer.path.includes("zstd.oci"))]) {
    await ring.test(`in Firefox a chosen archive is verified and its listing equals docker export: ${name}`, async () => {
      await inFirefox(origin, async (page, downloads) => {
        await choose(page, image(path));
        await says(page, /(All \d+ layers|1 layer) verified/);
        mustEqual(parseListing(await exported(page, downloads)), reference());
        const facts = json("app/facts.json");
        const seen = await page.evaluate(() => document.body.innerText);
        assert.ok(seen.includes(facts.author) && seen.includes(facts.message), "author and message are seen");
      });
    }, { seconds: 180 });
  }

  await ring.test("in Firefox a damaged layer is shown with both digests", async () => {
    await inFirefox(origin, async (page) => {
      const { stated, actual } = json("damaged/damaged.json").oci;
      await choose(page, image("damaged/flipped.oci.tar"));
      await says(page, new RegExp(stated));
      await says(page, new RegExp(actual));
    });
  }, { seconds: 180 });
}

async function inFirefox(origin, body) {
  const executablePath = findFirefox();
  if (!executablePath) skip("no Firefox found (Debian: apt-get install firefox-esr)");
  const module = createRequire(import.meta.url).resolve("puppeteer-core");
  const { default: puppeteer } = await import(pathToFileURL(module));
  const downloads = await mkdtemp(join(tmpdir(), "lamina-firefox-"));
  let browser;
  try {
    browser = await puppeteer.launch({
      browser: "firefox",
      executablePath,
      headless: true,
      defaultViewport: { width: 1440, height: 900 },
      extraPrefsFirefox: {
        "browser.download.folderList": 2,
        "browser.download.dir": downloads,
        "browser.download.alwaysOpenPanel": false,
        "browser.helperApps.neverAsk.saveToDisk": "application/octet-stream,application/json,application/jsonl,application/x-ndjson,text/plain",
        "intl.accept_languages": "en-US",
      },
    }).catch((problem) => skip(`Firefox does not start under WebDriver BiDi: ${problem.message.split("\n")[0]}`));
    const page = await browser.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${origin}#/`);
    await page.waitForSelector("input[type=file]");
    await body(page, downloads);
    assert.deepEqual(complaints, [], "the page threw");
  } finally {
    await browser?.close();
    await rm(downloads, { recursive: true, force: true });
  }
}

async function choose(page, file) {
  const input = await page.$("input[type=file]:not([webkitdirectory])");
  await input.uploadFile(file);
}

// Asked from here: what puppeteer would have the page ask itself it makes by `Function()`, which the page's policy forbids.
const says = (page, pattern) =>
  eventually(async () => assert.match(await page.evaluate(() => document.body.innerText), pattern), { seconds: 90 });

async function click(page, role, words) {
  const clicked = await page.evaluate(
    (role, words) => {
      const all = [...document.querySelectorAll(role)].filter((element) => element.checkVisibility() && element.innerText.trim().startsWith(words));
      all[0]?.click();
      return all.length;
    },
    role,
    words,
  );
  assert.ok(clicked, `a ${role} '${words}'`);
}

async function exported(page, downloads) {
  await click(page, "button", "Export");
  await page.waitForSelector("[role=menuitem]");
  await click(page, "[role=menuitem]", "Listing");
  for (let i = 0; i < 100; i += 1) {
    const files = await readdir(downloads);
    const done = files.filter((file) => !file.endsWith(".part"));
    if (done.length && !files.some((file) => file.endsWith(".part"))) {
      const text = await readFile(join(downloads, done[0]), "utf8");
      if (text) return text;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("no listing was downloaded");
}
