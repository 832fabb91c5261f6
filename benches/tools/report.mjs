// What was measured, in words: the figures that must be reached, and the tables behind them.

import { kilobytes, megabytes, millis, of, ratio, seconds, table } from "./figures.mjs";

const MIB = 1 << 20;

/** The ratios that are demanded: name, how it is computed, at most how much. What was not measured gives undefined. */
function demands(results, { transfer, base, pushed, relayed, opened }) {
  const by = Object.fromEntries(results.map((result) => [result.key, result]));
  const against = (key, figure) => by[key] && of(by[key].runs, (run) => run.page / figure(run));
  const page = (key) => by[key] && of(by[key].runs, (run) => run.page);
  const perByte = by.a && page("a") / by.a.image.decoded;
  const perEntry = (key) => by[key] && perByte && ((page(key) - perByte * by[key].image.decoded) / by[key].image.entries) * 1000;
  const each = (key) => by[key] && page(key) / by[key].image.entries;
  const memory = (key) => by[key] && most(by[key].runs, (run) => run.memory);
  const again = (key) => by[key] && of(by[key].runs, (run) => run.again / run.page);
  const longest = most(results.flatMap(({ runs }) => runs), (run) => run.longest);
  const slowest = (figure) => by.tree && of(by.tree.runs, (run) => run.tree?.[figure]);
  return [
    ["(a) page against `gzip -dc` piped to `sha256sum`, plus `sha256sum` of the file", against("a", (run) => run.hashing), 0.8, ratio],
    ["(b) page against the same over its layers", against("b", (run) => run.hashing), 0.75, ratio],
    ["(c) on top of (a) per byte, for each entry", perEntry("c"), 3, micros],
    ["(d) on top of (a) per byte, for each entry", perEntry("d"), 3, micros],
    ["(e) against (c), for each entry", by.c && by.e && each("e") / each("c"), 1, ratio],
    ["(e) against the same with files in place of whiteouts, for each entry", by.e0 && by.e && each("e") / each("e0"), 1, ratio],
    ["(g) against a tenth of it", by.g10 && by.g && page("g") / page("g10"), 11, ratio],
    ["(f) peak memory above the empty page", memory("f"), 300e6, megabytes],
    ["2 GiB in plain layers: peak memory above the empty page", memory("f2"), 300e6, megabytes],
    ["(g) peak memory above the empty page", memory("g"), 400e6, megabytes],
    ["(a) opened again from the store, against the first time", again("a"), 0.05, ratio],
    ["one file in the middle of (a): bytes inflated", by.a?.middle?.decoded_bytes, 8 * MIB, megabytes],
    ["longest task on the page's thread while streaming", longest, 50, longTask],
    ["find by name, for each letter typed", slowest("find"), 100, millis],
    ["filter by path, for each letter typed", slowest("filter"), 100, millis],
    ["sorting the tree by a column", slowest("sort"), 100, millis],
    ["switching the layer", slowest("view"), 100, millis],
    ["second image on the same base, from a registry: layers downloaded that it shares", base, 0, String],
    ["pushing layers that are stored compressed: the page's time against the command's", slower(pushed, "stored compressed"), 1 / 0.6, ratio],
    ["`lamina open` of an image of the local engine, to its tree, against `docker save` read to its end", opened && of(opened.runs, ({ tree, save }) => tree / save), 2, ratio],
    ["the relay of `lamina serve` against curl, from the same registry", relayed && of(relayed.runs, ({ relay, curl }) => relay / curl), 1 / 0.8, ratio],
    ["nginx as a proxy against curl, from the same registry: no bound of ours, and what a relay can reach here", relayed?.runs[0].nginx && of(relayed.runs, ({ nginx, curl }) => nginx / curl), Infinity, ratio],
    ["the relay's peak memory after one blob of many gigabytes, above that after smaller ones", relayed && relayed.largePeak - relayed.peak, 8 * MIB, megabytes],
    ["what the page weighs on the wire", transfer, 1150e3, kilobytes],
  ].filter(([, value]) => value !== undefined);
}

const micros = (value) => `${value.toFixed(2)} µs`;
const longTask = (value) => (value < 50 ? "below 50 ms" : millis(value));

function most(runs, figure) {
  const values = runs.map(figure).filter((value) => value !== undefined);
  return values.length ? Math.max(...values) : undefined;
}

/** How many times as long as the command the page takes for one kind of push. */
function slower(pushed, wanted) {
  const runs = pushed?.find(({ key }) => key === wanted)?.runs ?? [];
  return runs.length ? of(runs, ({ page, command }) => page / command) : undefined;
}

/** Each kind of push: its bytes, megabytes a second by page, command and bare requests of the browser, and what the page says of its compressor. */
const pushLines = (pushed) =>
  (pushed ?? [])
    .filter(({ runs }) => runs.length > 0)
    .map(({ key, bytes, runs }) => [
      key,
      megabytes(bytes),
      ...["page", "command", "browser", "browserAtOnce"].map((who) => (runs[0][who] === undefined ? "" : `${(bytes / 1000 / of(runs, (run) => run[who])).toFixed(0)} MB/s`)),
      runs.at(-1).compressing ?? "",
    ]);

function middleLine({ key, middle, runs }) {
  if (!middle) return [];
  const { decoded_bytes: decoded, stored_bytes: stored, size_bytes: size } = middle;
  return [[`(${key})`, millis(of(runs, (run) => run.middle)), megabytes(decoded), megabytes(stored), megabytes(size)]];
}

/** The whole report in Markdown. */
export function report(results, { machine, quick, transfer, base, pushed, relayed, opened, micro }) {
  const tools = [...new Set(results.flatMap(({ once }) => Object.keys(once ?? {})))];
  const times = results.map(({ key, title, image, runs, once = {} }) => [
    `(${key}) ${title}`,
    megabytes(image.decoded),
    image.entries.toLocaleString("en-US"),
    ...["page", "native", "hashing", "listing"].map((figure) => seconds(of(runs, (run) => run[figure]))),
    ratio(of(runs, (run) => run.page / run.hashing)),
    ratio(of(runs, (run) => run.page / run.listing)),
    ...tools.map((tool) => (tool in once ? seconds(once[tool]) || "failed" : "")),
  ]);
  const shapes = results.map(({ key, runs }) => [
    `(${key})`,
    megabytes(most(runs, (run) => run.memory)),
    megabytes(of(runs, (run) => run.index)),
    millis(of(runs, (run) => run.again)),
    ratio(of(runs, (run) => run.again / run.page)),
    longTask(most(runs, (run) => run.longest) ?? 0),
  ]);
  const runs = [...new Set(results.map(({ runs }) => runs.length))].sort().join(" to ");
  return `# Measured${quick ? ", quickly" : ""}

Medians of ${runs} runs; in each run the page, the command and the other tools read the same file one after the other.
${quick ? "The images of (c) to (g) are a fifth of their size.\n" : ""}
## What has to be reached

${table(["measure", "measured", "at most", ""], demands(results, { transfer, base, pushed, relayed, opened }).map(([name, value, bound, write]) => [name, write(value), write === longTask ? millis(bound) : write(bound), value <= bound ? "reached" : "**not reached**"]))}

## Time

Page: from the drop of the file to its tree, verified and browsable, in headless Chromium. Hashed: \`gzip -dc\` piped to
\`sha256sum\` for each layer, then \`sha256sum\` of the file. Listed: the same with \`tar t\` beside it.

${table(["image", "decoded", "entries", "page", "lamina inspect", "hashed", "listed", "page/hashed", "page/listed", ...tools], times)}

## Memory, store, the page's thread

Memory: what the renderer process, its workers with it, takes at most above the empty page (PSS).

${table(["image", "memory", "kept index", "opened again", "again/first", "longest task"], shapes)}

## One file in the middle

${table(["image", "shown after", "decoded", "read", "the file"], results.flatMap(middleLine))}

## Pushing into an empty registry on this machine

${table(["layers", "stored", "page", "lamina push", "nothing but `fetch`, one blob at a time", "the same, three at once", "compressing, as the page shows it"], pushLines(pushed))}
${micro ? `\n## Parts\n\n${micro}\n` : ""}
## Machine

${table(["", ""], machine)}
`;
}
