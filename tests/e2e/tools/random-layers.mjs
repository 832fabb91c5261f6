// Random layers of few names, so that whiteouts, links and entries of other types meet on the same paths; by a seed.

import { END, header } from "./written.mjs";
import { file, pax } from "./kinds.mjs";

/** Numbers from 0 to below 1, the same for the same seed. */
function numbers(seed) {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const NAMES = ["a", "b", "d/a", "d/b", "d/e/f", "d/e/g", "l/x", "l/y", "usr/lib/c", "lib/c", "./a", "d//a", "/d/b", "d/../b", "x", "x/y"];
const DIRS = ["d/", "d/e/", "l/", "usr/", "usr/lib/", "lib/", "x/", "d/e/f/", "./"];
const LINKS = [["l", "d"], ["l", "/d"], ["lib", "usr/lib"], ["x", "missing"], ["d/e", "../usr"], ["a", "b"], ["x", "x"], ["l", "../../d"]];
const WHITEOUTS = ["a", "b", "d/a", "d/e", "d", "l", "l/x", "lib", "lib/c", "usr/lib/c", "x", "missing", "d/missing"];
const OPAQUE = ["d/", "d/e/", "usr/lib/", "l/", "lib/", ""];

const PLAIN_NAMES = ["a", "b", "d/a", "d/b", "d/e/f", "d/e/g", "usr/lib/c", "usr/lib/g", "x", "y/z", "y/w/v"];
const PLAIN_DIRS = ["d/", "d/e/", "usr/", "usr/lib/", "y/", "d/e/f/", "./"];
const PLAIN_LINKS = [["l", "d"], ["lib", "usr/lib"], ["m", "missing"], ["d/k", "../usr"], ["n", "b"]];
const PLAIN_OPAQUE = ["d/", "d/e/", "usr/lib/", "y/"];

const whiteout = (path) => file(path.replace(/[^/]*$/, ".wh.$&"), "");

/** Two to four layers. The lowest has what the others meet; most have each name once, whiteouts first. */
export function randomLayers(seed) {
  const number = numbers(seed);
  const pick = (list) => list[Math.floor(number() * list.length)];
  const isOdd = number() < 0.3;
  const content = () => `${seed} ${number()}`;
  const dir = (name) => header(name, { type: "5", mode: 0o755 });
  const names = isOdd ? NAMES : PLAIN_NAMES;

  /** An entry as `[path, bytes]`, given the files of the layer so far. */
  const entry = (isBase, files) => {
    const kind = number();
    if (!isBase && kind < 0.3) {
      const path = pick(WHITEOUTS);
      return [`.wh.${path}`, whiteout(path)];
    }
    if (!isBase && kind < 0.38) {
      const path = `${pick(isOdd ? OPAQUE : PLAIN_OPAQUE)}.wh..wh..opq`;
      return [path, file(path, "")];
    }
    if (kind < 0.46) {
      const path = pick(isOdd ? DIRS : PLAIN_DIRS);
      return [path, dir(path)];
    }
    if (kind < 0.54) {
      const [path, link] = pick(isOdd ? LINKS : PLAIN_LINKS);
      return [path, header(path, { type: "2", link })];
    }
    const path = pick(names);
    if (kind < 0.62 && (isOdd || files.length)) return [path, header(path, { type: "1", link: isOdd ? pick(names) : pick(files) })];
    if (kind < 0.66) return [path, Buffer.concat([pax({ path }), file("other", content())])];
    files.push(path);
    return [path, file(path, content())];
  };

  return Array.from({ length: 2 + Math.floor(number() * 3) }, (_, at) => {
    const isBase = at === 0;
    const fixed = ["d/", "d/e/", "usr/", "usr/lib/"].map((path) => [path, dir(path)]).concat([["d/a", file("d/a", "base")], ["usr/lib/c", file("usr/lib/c", "base")]]);
    const entries = isBase ? fixed : [];
    const files = [];
    for (let left = 3 + Math.floor(number() * 8); left > 0; left -= 1) entries.push(entry(isBase, files));
    const seen = new Set();
    const once = entries.filter(([path]) => (isOdd && number() < 0.3) || (!seen.has(path.replace(/\/$/, "")) && seen.add(path.replace(/\/$/, ""))));
    const isMarker = ([path]) => path.includes(".wh.");
    const sorted = isOdd ? once : [...once.filter(isMarker), ...once.filter((each) => !isMarker(each))];
    return Buffer.concat([...sorted.map(([, bytes]) => bytes), END]);
  });
}
