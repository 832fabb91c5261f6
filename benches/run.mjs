// What `make bench` runs: the page, the command and other tools on the same images, side by side. scripts/bench builds
// what is measured, then: node benches/run.mjs [CASE]... with QUICK=1 for a short run; CASEs are a b c d e f g tree...
//
// Prints the tables; a whole run is written to benches/results/.

import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { must, run, start } from "../tests/e2e/tools/commands.mjs";
import { findChromium } from "../tests/e2e/browser/chromium.mjs";
import { cases } from "./cases.mjs";
import { image } from "./tools/images.mjs";
import { local } from "./tools/local.mjs";
import { machine } from "./tools/machine.mjs";
import { micro } from "./tools/micro.mjs";
import { pushing } from "./tools/pushing.mjs";
import { relaying } from "./tools/relaying.mjs";
import { withPage } from "./tools/page.mjs";
import * as peers from "./tools/peers.mjs";
import { report } from "./tools/report.mjs";
import { sharedLayers } from "./tools/shared.mjs";

const path = (place) => fileURLToPath(new URL(place, import.meta.url));
const quick = Boolean(process.env.QUICK);
const asked = process.argv.slice(2);
const { LAMINA: lamina, ONE_FILE: oneFile } = process.env;
const wants = (key) => asked.length === 0 || asked.includes(key);

if (!findChromium() || !existsSync(path("../dist/index.html")) || !lamina || !oneFile) {
  console.error("run scripts/bench, which builds what is measured");
  process.exit(2);
}

/** One run of one case in the page. */
function inPage(origin, { archive }, { middle, tree, samples }) {
  return withPage(origin, async (page) => {
    const memory = await page.memory();
    let opened;
    const open = async () => (opened = await page.open(archive));
    const peak = memory && samples ? await memory.peak(open) : await open().then(() => undefined);
    const figures = { page: opened, memory: peak === undefined ? undefined : peak - memory.empty };
    if (middle) figures.middle = await page.openFile(middle.path);
    if (tree) figures.tree = await page.tree();
    figures.index = await page.keptIndex();
    await page.load();
    figures.again = await page.open(archive);
    return figures;
  });
}

async function measure(origin, { key, title, runs, only, tree, middle: wantsMiddle, image: name, layers }) {
  console.log(`(${key}) ${title}`);
  const made = await image(name, layers);
  const middle = wantsMiddle && JSON.parse(await must(oneFile, [made.archive]));
  const result = { key, title, image: made, middle, runs: [] };
  for (let n = 0; n < runs; n += 1) {
    const figures = await inPage(origin, made, { middle, tree, samples: n === runs - 1 });
    figures.longest = await withPage(origin, (page) => page.longestTask(made.archive));
    if (only !== "page") {
      figures.native = await peers.inspect(lamina, made);
      figures.hashing = await peers.hashing(made);
      figures.listing = await peers.listing(made);
    }
    result.runs.push(figures);
    const told = Object.entries(figures).filter(([, value]) => value !== undefined);
    console.log(`  ${told.map(([what, value]) => `${what} ${typeof value === "object" ? JSON.stringify(value) : Math.round(value)}`).join(", ")}`);
  }
  if (only !== "page") result.once = await peers.once(made);
  return result;
}

async function transferSize() {
  const { stdout } = await run(path("../scripts/size"), []);
  const [, bytes] = /a first look fetches (\d+) bytes/.exec(stdout) ?? [];
  return bytes && Number(bytes);
}

const started = performance.now();
const server = await start(process.execPath, [path("../scripts/serve.mjs"), path("../dist"), "0"], { ready: /(http:\/\/127\.0\.0\.1:\d+\/)/ });
const results = [];
let base;
let parts;
let pushed;
let relayed;
let opened;
try {
  const origin = server.match[1];
  const list = await cases({ quick });
  // What is measured is the second visit: the browser keeps what it compiled of the page once the page is at rest.
  const first = list.find(({ key }) => key === "g10");
  const warm = await image(first.image, first.layers);
  await withPage(origin, async (page) => {
    await page.open(warm.archive);
    await page.page.waitForTimeout(3000);
  });
  for (const each of list.filter(({ key }) => wants(key))) results.push(await measure(origin, each));
  if (wants("shared")) base = await sharedLayers(origin);
  if (wants("push")) pushed = await pushing(origin, lamina, { quick });
  if (wants("relay")) relayed = await relaying(lamina, { quick });
  if (wants("local")) opened = await local(lamina, { quick });
  if (wants("micro")) parts = await micro({ quick });
} finally {
  await server.stop();
}
const text = report(results, { machine: await machine(), quick, transfer: await transferSize(), base, pushed, relayed, opened, micro: parts });
console.log(`\n${text}`);
const folder = path("results/");
await mkdir(folder, { recursive: true });
if (asked.length === 0) await writeFile(`${folder}${quick ? "quick" : "last"}.md`, text);
if (asked.length === 0 && !quick) {
  const map = path("../ARCHITECTURE.md");
  const shown = /<!-- bench -->\n[^]*<!-- \/bench -->/;
  await writeFile(map, (await readFile(map, "utf8")).replace(shown, () => `<!-- bench -->\n${text.match(/\n(\| measure[^]*?\n)\n/)[1]}<!-- /bench -->`));
}
console.log(`took ${((performance.now() - started) / 1000).toFixed(0)} s`);
process.exit(0);
