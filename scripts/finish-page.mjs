// Finishes what Trunk has built, as its post_build hook: the worker's files get names that change with their content,
// the page learns the worker's name and the text editor's, and in release builds it carries the Content Security Policy.
//
// `make dev` keeps the page without the policy: Trunk's live reload is an inline script.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const dist = process.env.TRUNK_STAGING_DIR;
const isRelease = process.env.TRUNK_PROFILE === "release";
const read = (name) => readFileSync(join(dist, name), "utf8");

function replaceOnce(text, what, by) {
  if (text.split(what).length !== 2) throw new Error(`index.html should hold ${what} exactly once`);
  return text.replace(what, () => by);
}

// A classic worker: its script may come from any sub-path, and its imports are relative to it. The page's own worker
// fetches the WebAssembly; those that it starts itself get from it what it has compiled.
// Whoever started a worker hears of an error only when it is thrown outside of every promise.
const loaderOf = (name) => `importScripts("./${name}.js");
const begin = (from) => wasm_bindgen({ module_or_path: from }).catch((problem) => setTimeout(() => { throw problem; }));
if (self.name === "reader" || self.name === "hasher") addEventListener("message", ({ data }) => begin(data), { once: true });
else begin("./${name}_bg.wasm");
`;

// A worker that an old page started must not load the code of a newer build, so all of its files carry one hash.
const hash = createHash("sha256").update(read("worker.js")).update(readFileSync(join(dist, "worker_bg.wasm"))).update(loaderOf(""));
const name = `worker-${hash.digest("hex").slice(0, 16)}`;
renameSync(join(dist, "worker.js"), join(dist, `${name}.js`));
renameSync(join(dist, "worker_bg.wasm"), join(dist, `${name}_bg.wasm`));
writeFileSync(join(dist, `${name}_loader.js`), loaderOf(name));

const editors = readdirSync(dist).filter((file) => /^editor-[0-9a-f]{16}\.js$/.test(file));
if (editors.length !== 1) throw new Error(`one text editor should be bundled, and there are ${editors.length}`);

const names = `<meta name="lamina-worker" content="${name}_loader.js">
    <meta name="lamina-editor" content="${editors[0]}">`;
let page = read("index.html");
page = replaceOnce(page, "</title>", `</title>\n    ${names}`);
if (isRelease) {
  const policy = readFileSync("deploy/content-security-policy.txt", "utf8").trim();
  // Before everything that loads something: a policy holds only for what follows it.
  page = replaceOnce(
    page,
    '<meta charset="utf-8">',
    `<meta charset="utf-8">\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`,
  );
  const inline = page.match(/<script(?![^>]*\ssrc=)[^>]*>/);
  if (inline) throw new Error(`the page holds an inline script, which its policy forbids: ${inline[0]}`);
}
writeFileSync(join(dist, "index.html"), page);
