// Images that cost more than they weigh: text that must be held, and zeros that must be decoded.

import { createHash } from "node:crypto";
import { createGzip, gzipSync } from "node:zlib";

import { digestOf, END, entry, header, padding, write } from "./written.mjs";

const MIB = 1 << 20;
const GIB = 1 << 30;

/** What every layer of an image begins with, hashed once: `diffId` goes on from it. */
class Beginning {
  constructor() {
    this.hash = createHash("sha256");
  }

  take(bytes) {
    this.hash.update(bytes);
    return bytes;
  }

  diffId(rest) {
    return `sha256:${this.hash.copy().update(rest).digest("hex")}`;
  }
}

/** The last bytes of a layer, which tell it from the others of its image. */
const ending = (at) => Buffer.concat([entry({ name: `layer-${at}`, content: `${at}\n` }), END]);

/** Layers of links with targets of 4,000 bytes: a megabyte stored each, and `mib` of text to be held. */
async function textLayers(count, mib) {
  const beginning = new Beginning();
  const gzip = createGzip();
  const stored = [];
  gzip.on("data", (piece) => stored.push(piece));
  const ended = new Promise((resolve, reject) => gzip.on("end", resolve).on("error", reject));
  for (let at = 0; at < (mib * MIB) / 4000; at += 1) {
    const link = beginning.take(entry({ name: `link${at}`, link: `${at}/${"t".repeat(3990)}` }));
    if (!gzip.write(link)) await new Promise((resolve) => gzip.once("drain", resolve));
  }
  gzip.end();
  await ended;
  // A gzip file may have several members, so that the first one is compressed once for all layers.
  return Array.from({ length: count }, (_, at) => ({ stored: Buffer.concat([...stored, gzipSync(ending(at))]), diffId: beginning.diffId(ending(at)) }));
}

const ZSTD_BLOCK = 128 * 1024;
const [RAW, REPEATED] = [0, 1];

/** The header of a zstd block (RFC 8878, section 3.1.1.2). */
function block(type, size, isLast = false) {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE((size << 3) | (type << 1) | Number(isLast), 0, 3);
  return bytes;
}

/** Layers of one file of so many zeros, each 128 KiB of them four bytes of zstd. */
function zstdLayers(count, zeros) {
  const beginning = new Beginning();
  // Magic number, and a window of 8 MiB.
  const stored = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68])];
  const head = beginning.take(header("zeros.bin", { size: zeros }));
  stored.push(block(RAW, head.length), head);
  const piece = Buffer.alloc(ZSTD_BLOCK);
  for (let left = zeros + padding(zeros); left > 0; left -= ZSTD_BLOCK) {
    const size = Math.min(left, ZSTD_BLOCK);
    beginning.take(piece.subarray(0, size));
    stored.push(block(REPEATED, size), Buffer.from([0]));
  }
  const shared = Buffer.concat(stored);
  return Array.from({ length: count }, (_, at) => {
    const last = ending(at);
    return { compression: "zstd", stored: Buffer.concat([shared, block(RAW, last.length, true), last]), diffId: beginning.diffId(last) };
  });
}

/** Makes an archive when it is first asked for. */
function once(name, layers) {
  let made;
  return () => (made ??= (async () => write(`${name}.oci.tar`, { layers: await layers(), name: "heavy:1" }))());
}

/** Images over the bounds of a whole image whose layers are each within theirs: what they are, and a way to make them. */
export const HEAVY = [
  ["20 layers that hold 8 GB of text in 47 MB", once("heavy-text", () => textLayers(20, 400))],
  ["900 zstd layers of a gigabyte in 33 MB", once("heavy-zstd", () => zstdLayers(900, GIB - 4096))],
];
/** The same for the page, which takes longer for each byte and each layer. */
export const HEAVY_FOR_PAGES = [
  ["20 layers that hold 1.2 GB of text in 7 MB", once("heavy-page-text", () => textLayers(20, 60))],
  ["300 zstd layers of a gigabyte in 11 MB", once("heavy-page-zstd", () => zstdLayers(300, GIB - 4096))],
];

/** Two gzip streams of one length over one tar: `[one, other]`, alike but for the time in their headers. */
export function twins(...entries) {
  const tar = Buffer.concat([...entries.map(entry), END]);
  const one = gzipSync(tar);
  const other = Buffer.from(one);
  other.writeUInt32LE(1_700_000_000, 4);
  return [one, other].map((stored) => ({ stored, diffId: digestOf(tar) }));
}
