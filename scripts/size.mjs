// Sums what is in the current folder, a built page, and fails when it is over its bounds: see scripts/size.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const FIRST = 1_150_000;
const IMAGE = 1_310_000;
const LATER = 770_000;
const SAMPLE = 2_000_000;

// Everything that the page names and loads only when it is wanted.
const isLater = (file) => /^(editor|(app|worker)-[a-z0-9]+)-[0-9a-f]{16}\.(js|wasm)$/.test(file);

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

// What the Overview needs, on which an image opens: the files of these parts, as the page's scripts name them.
const forImages = new Set(
  readdirSync(".")
    .filter((file) => /^(parts|worker)-.*\.js$/.test(file))
    .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/"(?:details|analyses)":(\[[^\]]*\])/g)])
    .flatMap(([, names]) => JSON.parse(names)),
);

const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;
const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
const pad = (n) => String(n).padStart(9);

const sums = { first: [0, 0], image: [0, 0], later: [0, 0], sample: 0 };
for (const file of files(".").sort()) {
  const bytes = readFileSync(file);
  if (file.startsWith("v2/")) {
    sums.sample += bytes.length;
  } else if (!file.startsWith(".stage")) {
    const when = forImages.has(file) ? "image" : isLater(file) ? "later" : "first";
    const weighs = [gzip(bytes), brotli(bytes)];
    console.log(`${pad(weighs[0])} ${pad(weighs[1])}  ${when}  ${file}`);
    for (const at of [0, 1]) sums[when][at] += weighs[at];
  }
}
const { first, later, sample } = sums;
const image = [0, 1].map((at) => first[at] + sums.image[at]);
console.log(`size: the page opens with ${first[0]} bytes of at most ${FIRST} (${first[1]} by brotli), and has fetched ${image[0]} of at most ${IMAGE} (${image[1]} by brotli) when a first image is shown; on demand come ${later[0]} of at most ${LATER} (${later[1]} by brotli); the sample is ${sample} of at most ${SAMPLE}`);
const wrong = [
  [first[0] > FIRST, "what the page opens with is over its budget"],
  [image[0] > IMAGE, "what a first image takes is over its budget"],
  [!forImages.size, "no script names the parts that an image's Overview needs"],
  [later[0] > LATER, "what is fetched on demand is over its budget"],
  [sample > SAMPLE, "the sample is over its budget"],
  [!readdirSync(".").some((file) => file.startsWith("editor-")), "the text editor is missing from dist/: scripts/bundle-editor.mjs writes it"],
  [!readdirSync(".").some((file) => /^worker-push-/.test(file)), "the parts of the programs are missing from dist/: scripts/wasm/wasm-bindgen makes them"],
].filter(([is]) => is);
for (const [, why] of wrong) console.error(`size: error: ${why}`);
process.exit(wrong.length ? 1 : 0);
