// What is measured: the images (a) to (g), how often, and how each is made. QUICK has smaller ones, and fewer runs.

import { header } from "../tests/e2e/tools/written.mjs";
import { filePath, folders, noise, smallText } from "./tools/files.mjs";
import { entry } from "./tools/images.mjs";
import { rootLayers, rootName } from "./tools/root-fs.mjs";

const MIB = 1 << 20;

/** A layer of the files of these numbers, with the folders above them. */
function files(first, count, { content = smallText, owner = 0 } = {}) {
  const above = folders(first, count);
  function* pieces() {
    for (const path of above) yield* entry(path, { folder: true, owner });
    for (let n = first; n < first + count; n += 1) yield* entry(filePath(n), { content: content(n), owner });
  }
  return { entries: above.length + count, pieces };
}

/** Small files in so many layers. */
export const inLayers = (count, layers, options) => Array.from({ length: layers }, (_, at) => files((count / layers) * at, count / layers, options));

const whiteout = (path) => path.replace(/[^/]+$/, ".wh.$&");

/** A layer that hides every so-manieth of the files up to `count`. */
function whiteouts(count, hidden) {
  function* pieces() {
    for (let n = 0; n < hidden; n += 1) yield header(whiteout(filePath(Math.floor(count / hidden) * n)), { mode: 0 });
  }
  return { entries: hidden, pieces };
}

/** Plain layers that share so many bytes of files, each of 8 MiB of noise; the last takes what is left. */
export const largeLayers = (bytes, layers) => Array.from({ length: layers }, (_, at) => large(Math.floor(bytes / layers), at + 1));

function large(bytes, seed) {
  const sizes = [];
  for (let left = bytes; left > 0; left -= 8 * MIB) sizes.push(Math.min(left, 8 * MIB));
  function* pieces() {
    for (const [at, size] of sizes.entries()) yield* entry(`srv/data${seed}/part${at}.bin`, { size, content: noise(size, seed * 64 + at) });
  }
  return { entries: sizes.length, plain: true, pieces };
}

const empty = () => Buffer.alloc(0);
const thousands = (n) => n.toLocaleString("en-US");

/** The cases. `image` makes, `runs` is how often each is measured; `middle` asks for a file in the middle as well. */
export async function cases({ quick }) {
  const part = (count) => (quick ? count / 5 : count);
  const [small, half, hidden, million, bytes] = [part(100_000), part(50_000), part(2_000), part(1_000_000), quick ? 200 * MIB : 1024 * MIB];
  const [often, seldom] = quick ? [2, 1] : [5, 3];
  const name = (letter) => `${letter}${quick && !"ab".includes(letter) ? "-quick" : ""}`;
  const list = [
    { key: "a", title: `one gzip layer: ${await rootName()}`, runs: often, middle: true, layers: () => rootLayers(1) },
    { key: "b", title: "the same content in eight gzip layers", runs: often, layers: () => rootLayers(8) },
    { key: "c", title: `${thousands(small)} small files in ten gzip layers`, runs: seldom, layers: () => inLayers(small, 10) },
    { key: "d", title: `${thousands(half)} files, and a layer that changes the owner of all`, runs: seldom, layers: () => [files(0, half), files(0, half, { owner: 1000 })] },
    { key: "e", title: `${thousands(half)} files, and ${thousands(hidden)} whiteouts`, runs: seldom, layers: () => [files(0, half), whiteouts(half, hidden)] },
    { key: "e0", title: `(e) with ${thousands(hidden)} files in place of its whiteouts`, runs: seldom, only: "page", layers: () => [files(0, half), files(half, hidden, { content: empty })] },
    { key: "f", title: `${bytes / MIB} MiB in five plain layers`, runs: seldom, middle: true, layers: () => largeLayers(bytes, 5) },
    { key: "g", title: `${thousands(million)} empty files in ten gzip layers`, runs: seldom, layers: () => inLayers(million, 10, { content: empty }) },
    { key: "g10", title: `a tenth of (g): ${thousands(million / 10)} empty files in ten gzip layers`, runs: seldom, only: "page", layers: () => inLayers(million / 10, 10, { content: empty }) },
  ];
  list.push({ key: "tree", title: `${thousands(million / 2)} empty files in eight gzip layers, to work with`, runs: seldom, only: "page", tree: true, layers: () => inLayers(million / 2, 8, { content: empty }) });
  if (!quick) list.push({ key: "f2", title: "2,048 MiB in five plain layers", runs: 1, only: "page", layers: () => largeLayers(2048 * MIB, 5) });
  return list.map((each) => ({ ...each, image: name(each.key) }));
}
