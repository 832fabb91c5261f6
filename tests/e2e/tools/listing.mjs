// Listings as JSON lines: read, checked for their form, and compared with what another tool says.

import { readFileSync } from "node:fs";

/** The fields in which Lamina has to agree with the engines. */
const COMPARED = ["type", "mode", "uid", "gid", "size", "linkname", "linkname_bytes"];

/** What Docker's engine puts into every container by itself (its init layer), over what the image has there. */
export const DOCKER_INIT_PATHS = [
  ".dockerenv",
  "dev",
  "dev/console",
  "dev/pts",
  "dev/shm",
  "etc",
  "etc/hostname",
  "etc/hosts",
  "etc/mtab",
  "etc/resolv.conf",
  "proc",
  "sys",
];

/** The bytes of a row's path, as a string of one character each: exact, and sorts as bytes do. */
function keyOf(row) {
  return row.path_bytes ? Buffer.from(row.path_bytes, "hex").toString("latin1") : Buffer.from(row.path).toString("latin1");
}

/** Rows by path. Refuses a listing that names a path twice. */
export function parseListing(text) {
  const rows = new Map();
  for (const line of text.split("\n")) {
    if (!line) continue;
    const row = JSON.parse(line);
    const key = keyOf(row);
    if (rows.has(key)) throw new Error(`the listing names '${row.path}' twice`);
    rows.set(key, row);
  }
  return rows;
}

export const readListing = (file) => parseListing(readFileSync(file, "utf8"));

/** The reference: `docker export`, with the paths of Docker's init layer as `umoci unpack` has them. */
export function referenceListing(exported, unpacked) {
  const rows = new Map([...exported].filter(([key]) => !DOCKER_INIT_PATHS.includes(key)));
  for (const path of DOCKER_INIT_PATHS) {
    if (unpacked.has(path)) rows.set(path, unpacked.get(path));
  }
  return rows;
}

/** Every difference in words; empty when both say the same. */
export function differences(actual, expected) {
  const found = [];
  for (const [key, want] of expected) {
    const have = actual.get(key);
    if (!have) {
      found.push(`missing: ${want.path}`);
      continue;
    }
    for (const field of COMPARED) {
      if (have[field] !== want[field]) {
        found.push(`${want.path}: ${field} is ${JSON.stringify(have[field])}, expected ${JSON.stringify(want[field])}`);
      }
    }
  }
  for (const [key, have] of actual) {
    if (!expected.has(key)) found.push(`not expected: ${have.path} (${have.type})`);
  }
  return found;
}

/** Throws with the first differences, if there is any. */
export function mustEqual(actual, expected) {
  if (expected.size === 0) throw new Error("the reference listing is empty");
  const found = differences(actual, expected);
  if (found.length) {
    const more = found.length > 12 ? `\n... and ${found.length - 12} more` : "";
    throw new Error(`${found.length} differences from the reference:\n${found.slice(0, 12).join("\n")}${more}`);
  }
}

/** Throws unless the rows are sorted by their path's bytes and each has the documented fields. */
export function mustBeWellFormed(text) {
  const rows = [...parseListing(text)];
  const form = { path: "string", type: "string", mode: "string", uid: "number", gid: "number", size: "number", linkname: "string", layer: "number" };
  rows.forEach(([key, row], i) => {
    if (i > 0 && !(rows[i - 1][0] < key)) throw new Error(`'${row.path}' is out of order`);
    for (const [field, type] of Object.entries(form)) {
      if (typeof row[field] !== type) throw new Error(`'${row.path}' has no ${type} '${field}'`);
    }
    if (!/^[0-7]{4}$/.test(row.mode)) throw new Error(`'${row.path}' has the mode '${row.mode}'`);
    if (row.path.startsWith("/") || row.path === "" || row.path === ".") throw new Error(`'${row.path}' is no relative path`);
  });
}
