// The parts of reading an image, each by itself: natively by criterion, and in the browser by the bench's own page.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { must, start } from "../../tests/e2e/tools/commands.mjs";
import { millis, ratio, table } from "./figures.mjs";
import { withBrowser } from "./page.mjs";

const path = (place) => fileURLToPath(new URL(place, import.meta.url));
const home = path("../../target/bench/criterion");

/** Milliseconds of a turn by part, natively, and what a turn works through. */
async function native(quick) {
  await must(process.env.PARTS, ["--bench", "--noplot", ...(quick ? ["--quick"] : [])], { env: { CRITERION_HOME: home } });
  const found = new Map();
  for (const name of await readdir(join(home, "parts"))) {
    const read = async (file) => JSON.parse(await readFile(join(home, "parts", name, "new", file), "utf8"));
    const told = await read("benchmark.json").catch(() => undefined);
    if (told) found.set(told.function_id, { amount: told.throughput, millis: (await read("estimates.json")).median.point_estimate / 1e6 });
  }
  return found;
}

/** The same in Chromium, in a worker. */
async function inBrowser(quick) {
  const server = await start(process.execPath, [path("../../scripts/serve.mjs"), path("../../target/bench/page"), "0"], { ready: /(http:\/\/127\.0\.0\.1:\d+\/)/ });
  try {
    const done = await withBrowser(async (page) => {
      await page.goto(`${server.match[1]}?seconds=${quick ? 0.3 : 1}`);
      await page.waitForFunction(() => window.laminaParts);
      return page.evaluate(() => window.laminaParts);
    });
    if (done.problem) throw new Error(`the parts in the browser: ${done.problem}`);
    return new Map(done.map(({ name, millis }) => [name, millis]));
  } finally {
    await server.stop();
  }
}

const rate = (amount, millis) => (amount?.Bytes ? `${(amount.Bytes / millis / 1000).toFixed(0)} MB/s` : amount?.Elements ? `${(amount.Elements / millis / 1000).toFixed(1)} M/s` : "");

/** The table of both. */
export async function micro({ quick }) {
  console.log("the parts of reading an image");
  const [natively, browser] = [await native(quick), await inBrowser(quick)];
  const rows = [...browser].map(([name, wasm]) => {
    const { amount, millis: here } = natively.get(name) ?? {};
    return [name, millis(here), rate(amount, here), millis(wasm), rate(amount, wasm), ratio(wasm / here)];
  });
  return table(["part", "natively", "", "in the browser", "", "browser/native"], rows);
}
