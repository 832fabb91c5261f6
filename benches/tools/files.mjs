// Names and contents of made-up files, the same in every run: trees as packages install them, bytes that do not shrink.

import { createCipheriv } from "node:crypto";

const PARTS = ["core", "tests", "locale", "doc", "dist", "types", "data", "plugins"];
const WORDS = ["reader", "writer", "index", "config", "stream", "cache", "parser", "server", "client", "format", "token", "layout"];
const ENDS = ["py", "js", "d.ts", "json", "md", "so", "h", "mo"];
const TEXT = Buffer.from("The quick brown fox jumps over the lazy dog while counting from one to a very large number. ".repeat(12));

/** The path of the file of this number: forty to a folder, sixteen folders to a package. */
export function filePath(number) {
  const folder = Math.floor(number / 40);
  const word = WORDS[(number * 7) % WORDS.length];
  return `${folderPath(folder)}/${word}_${number}.${ENDS[number % ENDS.length]}`;
}

function folderPath(folder) {
  return `usr/lib/package${Math.floor(folder / 16)}/${PARTS[folder % PARTS.length]}${folder % 16}`;
}

/** The folders above so many files from `first` on, each once and before what is in it. */
export function folders(first, count) {
  const found = new Set();
  for (let folder = Math.floor(first / 40); folder * 40 < first + count; folder += 1) {
    const names = folderPath(folder).split("/");
    for (let depth = 1; depth <= names.length; depth += 1) found.add(names.slice(0, depth).join("/"));
  }
  return [...found];
}

/** Content of a small file: 40 to 500 bytes, no two alike. */
export function smallText(number) {
  const length = 40 + ((number * 37) % 460);
  return Buffer.concat([Buffer.from(`file ${number}\n`), TEXT.subarray(number % 60, (number % 60) + length)]);
}

/** Pieces of bytes that do not compress, `bytes` altogether. */
export function* noise(bytes, seed) {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  const zeros = Buffer.alloc(1 << 20);
  for (let left = bytes; left > 0; left -= zeros.length) yield cipher.update(zeros.subarray(0, Math.min(left, zeros.length)));
}
