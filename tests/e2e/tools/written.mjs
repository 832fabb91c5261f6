// Images that no tool would write, byte by byte: tar entries with any names, gzip layers of any size, any config.

import { createHash, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGzip, gzipSync } from "node:zlib";

const work = fileURLToPath(new URL("../../../target/e2e-images/work", import.meta.url));

const BLOCK = 512;
/** What ends a tar. */
export const END = Buffer.alloc(2 * BLOCK);
export const digestOf = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc(padding(bytes.length))]);

const octal = (value, digits) => `${value.toString(8).padStart(digits, "0")}\0`;

/** How many bytes fill the last block of a file of this size. */
export const padding = (size) => (BLOCK - (size % BLOCK)) % BLOCK;

/** One header of a ustar archive. */
export function header(name, { size = 0, type = "0", link = "", mode = 0o644, owner = 0 } = {}) {
  const block = Buffer.alloc(BLOCK);
  const put = (at, len, value) => Buffer.from(value).copy(block, at, 0, len);
  put(0, 100, name);
  put(100, 8, octal(mode, 7));
  put(108, 8, octal(owner, 7));
  put(116, 8, octal(owner, 7));
  put(124, 12, octal(size, 11));
  put(136, 12, "14000000000\0");
  put(148, 8, "        ");
  put(156, 1, type);
  put(157, 100, link);
  put(257, 8, "ustar\x0000");
  const sum = block.reduce((all, byte) => all + byte, 0);
  put(148, 8, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

/** One record of a PAX header: its length counts its own digits. */
function record(key, value) {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from("\n")]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/**
 * One entry: `{ name, content, link, dir, mode, xattrs }`; names, links and values are strings or Buffers of any bytes.
 * All of them stand in a PAX header, which takes what the ustar header cannot.
 */
export function entry({ name, content = "", link, dir = false, mode, xattrs = {} }) {
  const body = Buffer.from(content);
  const records = [record("path", name)];
  if (link !== undefined) records.push(record("linkpath", link));
  for (const [key, value] of Object.entries(xattrs)) records.push(record(`SCHILY.xattr.${key}`, value));
  const pax = Buffer.concat(records);
  const type = dir ? "5" : link === undefined ? "0" : "2";
  return Buffer.concat([header("pax", { size: pax.length, type: "x" }), padded(pax), header("entry", { size: body.length, type, mode }), padded(body)]);
}

/** A layer of these entries, as `{ stored, diffId }`. */
export function layerOf(...entries) {
  const tar = Buffer.concat([...entries.map(entry), END]);
  return { stored: gzipSync(tar), diffId: digestOf(tar) };
}

async function gzipped(pieces) {
  const gzip = createGzip();
  const stored = [];
  gzip.on("data", (piece) => stored.push(piece));
  const ended = new Promise((resolve, reject) => gzip.on("end", resolve).on("error", reject));
  const hash = createHash("sha256");
  for (const piece of pieces) {
    hash.update(piece);
    if (!gzip.write(piece)) await new Promise((resolve) => gzip.once("drain", resolve));
  }
  gzip.end();
  await ended;
  return { stored: Buffer.concat(stored), diffId: `sha256:${hash.digest("hex")}` };
}

/** A layer with one file of so many zeros: a bomb, when they are many. */
export function zeros(name, bytes) {
  const piece = Buffer.alloc(1 << 22);
  return gzipped((function* () {
    yield header(name, { size: bytes });
    for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, Math.min(left, piece.length));
    yield Buffer.alloc(padding(bytes));
    yield END;
  })());
}

/** A layer with one file of so many bytes that do not compress, and one of so many zeros. */
export function noiseAndZeros(name, noisy, bytes) {
  const piece = Buffer.alloc(1 << 22);
  return gzipped((function* () {
    yield Buffer.concat([header("noise.bin", { size: noisy }), padded(randomBytes(noisy))]);
    yield header(name, { size: bytes });
    for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, Math.min(left, piece.length));
    yield Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK);
    yield END;
  })());
}

/** A layer of so many empty files. */
export function manyFiles(count) {
  return gzipped((function* () {
    for (let at = 0; at < count; at += 1000) {
      yield Buffer.concat(Array.from({ length: Math.min(1000, count - at) }, (_, i) => header(`many/file-${at + i}`)));
    }
    yield END;
  })());
}

const document = (value) => Buffer.from(JSON.stringify(value));

/** The documents of an OCI layout by their paths, given what `make` tells of and a way to add a blob to them. */
function documents({ name, annotations = {} }, make) {
  const blobs = new Map();
  const blob = (bytes) => {
    const digest = digestOf(bytes);
    blobs.set(blobPath(digest), bytes);
    return { digest, size: bytes.length };
  };
  const manifest = { schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", ...make(blob), annotations };
  const described = { mediaType: manifest.mediaType, ...blob(document(manifest)), annotations: { "org.opencontainers.image.ref.name": name, ...annotations } };
  const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [described], annotations };
  return [["oci-layout", document({ imageLayoutVersion: "1.0.0" })], ["index.json", document(index)], ...blobs];
}

/** Where a layout has a blob. */
export const blobPath = (digest) => `blobs/sha256/${digest.slice(7)}`;

/** What a manifest says of an image: `stored` gives the descriptor of a layer's bytes. */
function imageOf({ layers, config = {} }, blob, stored) {
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) };
  const described = (layer) => ({ mediaType: `application/vnd.oci.image.layer.v1.tar${layer.plain ? "" : `+${layer.compression ?? "gzip"}`}`, ...stored(layer), annotations: layer.annotations });
  return {
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...blob(document({ os: "linux", architecture: "amd64", ...config, rootfs })) },
    layers: layers.map(described),
  };
}

/** The documents of an image whose layers, `{ digest, size, diffId, plain }`, are files already; as Docker's, with both lists. */
export function imageDocuments({ name, layers }) {
  let manifest;
  const written = documents({ name }, (blob) => (manifest = imageOf({ layers }, blob, ({ digest, size }) => ({ digest, size }))));
  const [Config, ...Layers] = [manifest.config, ...layers].map(({ digest }) => blobPath(digest));
  return [...written, ["manifest.json", document([{ Config, RepoTags: [`lamina/image:${name}`], Layers }])]];
}

/** An OCI archive of what `make` tells of, given a way to add a blob that gives its digest and size. */
async function layout(fileName, described, make) {
  const tar = Buffer.concat([...documents(described, make).flatMap(([path, bytes]) => [header(path, { size: bytes.length }), padded(bytes)]), END]);
  await mkdir(work, { recursive: true });
  const path = join(work, fileName);
  await writeFile(path, tar);
  return path;
}

/** An OCI archive of one image, in a file of this name in the folder for what tests write; gives its path. */
export function write(fileName, { layers, name, config = {}, annotations = {} }) {
  return layout(fileName, { name, annotations }, (blob) => imageOf({ layers, config }, blob, ({ stored }) => blob(stored)));
}

/** The same as `docker save` wrote it for years: documents without a digest of any layer's bytes. */
export async function writeDockerArchive(fileName, { layers, name }) {
  const config = document({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) } });
  const Config = `${digestOf(config).slice(7)}.json`;
  const Layers = layers.map((_, at) => `${at}/layer.tar`);
  const members = [[Config, config], ...layers.map(({ stored }, at) => [Layers[at], stored]), ["manifest.json", document([{ Config, RepoTags: [name], Layers }])]];
  const path = join(work, fileName);
  await mkdir(work, { recursive: true });
  await writeFile(path, Buffer.concat([...members.flatMap(([path, bytes]) => [header(path, { size: bytes.length }), padded(bytes)]), END]));
  return path;
}

/** The same of an artifact, which holds files of any type under their titles. */
export function writeArtifact(fileName, { type, name, files }) {
  return layout(fileName, { name }, (blob) => ({
    artifactType: type,
    config: { mediaType: "application/vnd.oci.empty.v1+json", ...blob(Buffer.from("{}")) },
    layers: files.map(({ title, mediaType, content }) => ({ mediaType, ...blob(Buffer.from(content)), annotations: { "org.opencontainers.image.title": title } })),
  }));
}
