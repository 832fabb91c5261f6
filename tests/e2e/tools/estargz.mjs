// A layer in the form of eStargz, byte by byte: no tool of Debian's writes it.

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

import { END, digestOf, entry } from "./written.mjs";

/** A gzip member whose extra field has the offset: what an eStargz layer ends with. */
function footer(offset) {
  const field = Buffer.from(`SG\x16\0${offset.toString(16).padStart(16, "0")}STARGZ`);
  const size = Buffer.alloc(2);
  size.writeUInt16LE(field.length);
  const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255]);
  return Buffer.concat([header, size, field, Buffer.from([1, 0, 0, 255, 255]), Buffer.alloc(8)]);
}

/** A layer of these entries as `{ stored, diffId, annotations }`; `edit` may change its table of contents before it is written. */
export function estargzOf(entries, edit = () => {}) {
  const members = [];
  const decoded = createHash("sha256");
  let offset = 0;
  const member = (bytes) => {
    if (bytes.length === 0) return;
    decoded.update(bytes);
    members.push(gzipSync(bytes));
    offset += members.at(-1).length;
  };
  const toc = { version: 1, entries: [] };
  let pending = Buffer.alloc(0);
  for (const each of entries) {
    const bytes = entry(each);
    const content = Buffer.from(each.content ?? "");
    const row = { name: each.name, type: each.dir ? "dir" : "reg", mode: 0o644, modtime: new Date(0o14000000000 * 1000).toISOString().replace(".000", "") };
    const start = bytes.length - Math.ceil(content.length / 512) * 512;
    pending = Buffer.concat([pending, bytes.subarray(0, start)]);
    if (content.length > 0) {
      member(pending);
      Object.assign(row, { size: content.length, offset, digest: digestOf(content) });
      member(content);
      pending = bytes.subarray(start + content.length);
    }
    toc.entries.push(row);
  }
  edit(toc);
  const json = Buffer.from(JSON.stringify(toc));
  member(pending);
  const at = offset;
  member(Buffer.concat([entry({ name: "stargz.index.json", content: json }), END]));
  members.push(footer(at));
  return {
    stored: Buffer.concat(members),
    diffId: `sha256:${decoded.digest("hex")}`,
    annotations: { "containerd.io/snapshot/stargz/toc.digest": digestOf(json) },
  };
}
