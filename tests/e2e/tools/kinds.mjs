// Archives that engines read otherwise than other readers, or than each other: one of each kind, byte by byte.

import { END, digestOf, header, padding } from "./written.mjs";

const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc(padding(bytes.length))]);
export const file = (name, content, options = {}) => Buffer.concat([header(name, { size: content.length, ...options }), padded(Buffer.from(content))]);

/** A header whose fields are changed and its checksum made anew. */
export function changed(block, change) {
  change(block);
  block.write("        ", 148, "latin1");
  const sum = block.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** An extended header with these records. */
export function pax(records, type = "x", name = "pax") {
  const text = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = rest.length + 1;
    while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
    return `${length}${rest}`;
  });
  return file(name, text.join(""), { type });
}

const BASE = Buffer.concat([header("etc/", { type: "5", mode: 0o755 }), file("etc/base", "base"), file("run", "base run"), END]);

/**
 * The kinds: for each the upper layer, or the documents. `shown` is a code that must be told by `inspect`, in the header
 * of the page; without one the listing has to be what all engines extract.
 */
export const KINDS = [
  { name: "a plain layer", layer: file("etc/own", "own") },
  { name: "a name of thousands of dots", layer: Buffer.concat([pax({ path: `${"./".repeat(9000)}etc/evil` }), file("x", "evil")]) },
  { name: "a GNU prefix that is no time", layer: changed(file("name", "evil"), (block) => {
    block.write("ustar  \0", 257, "latin1");
    block.write("etc/hidden", 345, "latin1");
  }), shown: "gnu-prefix" },
  { name: "an empty map of a sparse file", layer: Buffer.concat([pax({ "GNU.sparse.map": "", "GNU.sparse.size": "4", "GNU.sparse.name": "etc/fine" }), file("etc/evil", "evil")]), shown: "sparse-records-ignored" },
  { name: "a long name against a PAX path", layer: Buffer.concat([pax({ path: "etc/fine" }), file("././@LongLink", "etc/evil\0", { type: "L" }), file("x", "evil")]) },
  { name: "a name that only looks like AUFS", layer: file(".wh..wh.evil/run", "evil"), shown: "aufs-name" },
  { name: "a device 0/0", layer: header("etc/base", { type: "3" }), shown: "device-zero" },
  { name: "an overlay attribute", layer: Buffer.concat([pax({ "SCHILY.xattr.trusted.overlay.opaque": "y" }), header("etc/", { type: "5", mode: 0o755 })]), shown: "overlay-attribute" },
  { name: "a global header with a name", layer: Buffer.concat([pax({ comment: "c" }, "g", "run"), file("etc/own", "own")]), shown: "global-header-name" },
  { name: "a whiteout after its file", layer: Buffer.concat([file("etc/own", "own"), file("etc/.wh.own", "")]), shown: "whiteout-after-entry" },
  { name: "a path twice", layer: Buffer.concat([file("etc/own", "own"), file("etc/own", "again")]), shown: "duplicate-path" },
  { name: "a whiteout before its directory", layer: Buffer.concat([file(".wh.etc", ""), header("etc/", { type: "5", mode: 0o755 }), file("etc/own", "own")]), shown: "whiteout-of-own-directory" },
  { name: "a whiteout before what is below it", layer: Buffer.concat([file(".wh.new", ""), file("new/own", "own")]), shown: "whiteout-of-own-directory" },
  { name: "a whiteout of the directory itself", layer: file("etc/.wh..", ""), shown: "invalid-whiteout" },
  { name: "a name above the root", layer: file("../evil", "evil"), shown: "above-root" },
  { name: "an owner beyond 32 bits", layer: Buffer.concat([pax({ uid: "4294967296" }), file("etc/own", "own")]), shown: "owner-cut" },
  { name: "a name beyond NAME_MAX", layer: Buffer.concat([pax({ path: `etc/${"n".repeat(300)}` }), file("x", "x")]), shown: "name-too-long" },
  { name: "an unknown type", layer: file("etc/odd", "odd", { type: "Z" }), shown: "unknown-type", status: 3 },
  { name: "one zero block", layer: Buffer.concat([Buffer.alloc(512), file("etc/evil", "evil")]), shown: "single-zero-block" },
  { name: "keys in two cases", config: (config) => config.replace('"User":"plain"', '"User":"plain","user":"root"'), shown: "several-keys", user: "root" },
  { name: "a member twice", config: (config) => config.replace('"User":"plain"', '"User":"plain","User":"root"'), shown: "several-keys", user: "root" },
  { name: "objects that are merged", config: (config) => config.replace('"os":"linux"', '"os":"linux","Config":{"User":"root","Cmd":["/other"]}'), shown: "several-keys", user: "plain" },
  { name: "layers in two cases", manifest: (manifest, [base]) => manifest.replace('"Layers":', `"Layers":["${base}","${base}"],"layers":`), shown: "several-keys" },
  { name: "two lists of images", twice: true, shown: "several-members" },
];

/** A docker-archive of the kind, as bytes. */
export function archiveOf({ layer = file("etc/own", "own"), layers = [BASE, Buffer.concat([layer, END])], config: alter = (text) => text, manifest: alterList = (text) => text, twice }) {
  const names = layers.map((_, at) => `layer${at}/layer.tar`);
  const config = alter(JSON.stringify({ architecture: "amd64", os: "linux", config: { User: "plain", Cmd: ["/run"] }, rootfs: { type: "layers", diff_ids: layers.map(digestOf) }, history: [] }));
  const list = (User) => {
    const text = config.replaceAll('"plain"', `"${User}"`);
    const name = `${digestOf(Buffer.from(text)).slice(7)}.json`;
    return { text, name, list: alterList(JSON.stringify([{ Config: name, RepoTags: ["kind:1"], Layers: names }]), names) };
  };
  const members = layers.map((bytes, at) => [names[at], bytes]);
  for (const { text, name, list: images } of twice ? [list("first"), list("last")] : [list("plain")]) {
    members.push([name, Buffer.from(text)], ["manifest.json", Buffer.from(images)]);
  }
  return Buffer.concat([...members.map(([name, bytes]) => file(name, bytes)), END]);
}
