// The images that are measured: written once into target/bench/images, and kept until what makes them changes.
//
// Each is an OCI layout in a folder, whose layers the native tools read as files, and an archive of the same, which the
// page and the command open.

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";

import { END, blobPath, header, imageDocuments, padding } from "../../tests/e2e/tools/written.mjs";

export const images = fileURLToPath(new URL("../../target/bench/images", import.meta.url));
const sources = ["images.mjs", "files.mjs", "root-fs.mjs", "root-fs.sh", "../cases.mjs", "../../tests/e2e/tools/written.mjs"].map((name) => fileURLToPath(new URL(name, import.meta.url)));

/** Counts and hashes what passes. */
class Meter extends Transform {
  bytes = 0;
  hash = createHash("sha256");
  _transform(piece, _encoding, done) {
    this.bytes += piece.length;
    this.hash.update(piece);
    done(null, piece);
  }
  digest() {
    return `sha256:${this.hash.digest("hex")}`;
  }
}

/** Pieces of a tar, in larger ones: a stream of a million headers would take minutes. */
function* gathered(pieces) {
  let held = [];
  let bytes = 0;
  for (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    if (bytes >= 1 << 18) {
      yield Buffer.concat(held);
      [held, bytes] = [[], 0];
    }
  }
  yield Buffer.concat([...held, END]);
}

/** One entry of a tar as pieces; `content` is a Buffer or, with its size, an iterable of them. */
export function* entry(name, { content = Buffer.alloc(0), size = content.length, folder = false, owner = 0 } = {}) {
  yield folder ? header(`${name}/`, { type: "5", mode: 0o755, owner }) : header(name, { size, owner });
  if (content.length === undefined) yield* content;
  else yield content;
  yield Buffer.alloc(padding(size));
}

async function writeLayer(layout, { pieces, stream, plain, entries }) {
  const part = join(layout, "part");
  const [decoded, stored] = [new Meter(), new Meter()];
  const source = stream ? await stream() : Readable.from(gathered(pieces()));
  const coder = plain ? [] : [createGzip({ level: 6 }), stored];
  await pipeline(source, decoded, ...coder, createWriteStream(part));
  const diffId = decoded.digest();
  const layer = { digest: plain ? diffId : stored.digest(), size: plain ? decoded.bytes : stored.bytes, diffId, decoded: decoded.bytes, plain, entries };
  await rename(part, join(layout, blobPath(layer.digest)));
  return layer;
}

async function writeArchive(file, layout, documents, layers) {
  const members = [...documents.map(([path, bytes]) => ({ path, size: bytes.length, pieces: () => [bytes] })), ...[...new Map(layers.map((layer) => [layer.digest, layer])).values()].map(({ digest, size }) => ({ path: blobPath(digest), size, pieces: () => createReadStream(join(layout, blobPath(digest)), { highWaterMark: 1 << 20 }) }))];
  async function* tar() {
    for (const { path, size, pieces } of members) {
      yield header(path, { size });
      yield* pieces();
      yield Buffer.alloc(padding(size));
    }
    yield END;
  }
  await pipeline(Readable.from(tar()), createWriteStream(file));
}

/**
 * Makes an image, or finds it made: `{ archive, layout, layers, entries, decoded, stored }`. `layers` gives, of each
 * layer, its tar: as `pieces`, or as a `stream`.
 */
export async function image(name, layers) {
  const stamp = createHash("sha256");
  for (const source of sources) stamp.update(await readFile(source));
  const folder = join(images, name);
  const told = join(folder, "made.json");
  const key = stamp.digest("hex");
  const kept = existsSync(told) && JSON.parse(await readFile(told, "utf8"));
  if (kept?.key === key) return kept.image;
  console.log(`  making the image ${name}`);
  await rm(folder, { recursive: true, force: true });
  const layout = join(folder, "layout");
  await mkdir(join(layout, "blobs", "sha256"), { recursive: true });
  const written = [];
  for (const layer of await layers()) written.push(await writeLayer(layout, layer));
  const documents = imageDocuments({ name, layers: written });
  for (const [path, bytes] of documents) {
    await mkdir(dirname(join(layout, path)), { recursive: true });
    await writeFile(join(layout, path), bytes);
  }
  const archive = join(folder, "image.tar");
  await writeArchive(archive, layout, documents, written);
  const sum = (field) => written.reduce((all, layer) => all + layer[field], 0);
  const made = {
    name,
    archive,
    layout,
    layers: written.map((layer) => ({ ...layer, file: join(layout, blobPath(layer.digest)) })),
    entries: sum("entries"),
    decoded: sum("decoded"),
    stored: (await stat(archive)).size,
  };
  await writeFile(told, JSON.stringify({ key, image: made }));
  return made;
}
