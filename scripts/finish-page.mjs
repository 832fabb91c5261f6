// Finishes what Trunk has built, as its post_build hook: the worker's files and the parts of both programs get names that
// change with their content, the style sheet is bundled, the page learns the worker's name and the text editor's, and in
// release builds it carries the Content Security Policy.
//
// `make dev` keeps the page without the policy: Trunk's live reload is an inline script.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync, transformSync } from "esbuild";

const dist = process.env.TRUNK_STAGING_DIR;
const isRelease = process.env.TRUNK_PROFILE === "release";
const read = (name) => readFileSync(join(dist, name), "utf8");
const hashOf = (...contents) => contents.reduce((hash, content) => hash.update(content), createHash("sha256")).digest("hex").slice(0, 16);

function replaceOnce(text, what, by) {
  if (text.split(what).length !== 2) throw new Error(`index.html should hold ${what} exactly once`);
  return text.replace(what, () => by);
}

// The oldest browsers that the page runs in.
const target = ["chrome91", "firefox114", "safari16.4"];

// Takes a script or a style sheet, with all that it imports, into the page as one file; gives its name.
function bundled(from) {
  const [{ contents }] = buildSync({ entryPoints: [from], bundle: true, minify: isRelease, target, write: false }).outputFiles;
  const [, kind, ending] = from.match(/(\w+)\.(\w+)$/);
  const file = `${kind}-${hashOf(contents)}.${ending}`;
  writeFileSync(join(dist, file), contents);
  return file;
}

// wasm-bindgen writes its scripts to be read.
if (isRelease) {
  for (const script of readdirSync(dist).filter((file) => /^(app-[0-9a-f]+|worker)\.js$/.test(file))) {
    writeFileSync(join(dist, script), transformSync(read(script), { minify: true, target }).code);
  }
}

// What wasm-opt is told of the main modules holds for their parts.
const optimise = readFileSync("index.html", "utf8").match(/data-wasm-opt="(\w+)" data-wasm-opt-params="([^"]+)"/);

// Takes the parts of a program into the page; gives the script that fetches them, by the names that the program has for
// them. What several parts need is a file of its own, which wasm-split-cli lists in the module that it writes.
function partsOf(program) {
  const folder = join(process.env.LAMINA_PARTS, program);
  const names = {};
  if (existsSync(folder)) {
    const linked = readFileSync(join(folder, "__wasm_split.js"), "utf8");
    const files = {};
    const take = (name) => {
      files[name] ??= (() => {
        const from = join(folder, `${name}.wasm`);
        if (isRelease) execFileSync("wasm-opt", [from, "-o", from, `-O${optimise[1]}`, ...optimise[2].split(" ")], { stdio: ["ignore", "inherit", "ignore"] });
        const content = readFileSync(from);
        const file = `${program}-${name.replace(/^split_/, "").replace("_", "")}-${hashOf(content)}.wasm`;
        writeFileSync(join(dist, file), content);
        return file;
      })();
      return files[name];
    };
    const shared = Object.fromEntries([...linked.matchAll(/const (__chunk_\d+) = makeLoad\([^"]*"\.\/(\w+)\.wasm"/g)].map(([, name, file]) => [name, file]));
    for (const [, name, loader] of linked.matchAll(/export const __wasm_split_load_(\w+) = wrapAsyncCb\(makeLoad\(([^]*?\])\)\);/g)) {
      const own = loader.match(/"\.\/(\w+)\.wasm"/);
      const others = loader.match(/\[([^\]]*)\]$/)[1].split(", ").filter(Boolean);
      names[name] = [...others.map((other) => shared[other]), ...(own ? [own[1]] : [])].map(take);
    }
  }
  return readFileSync("www/parts.js", "utf8").replace('"the names of the files"', () => JSON.stringify(names));
}

// A classic worker: its script may come from any sub-path, and its imports are relative to it. The page's own worker
// fetches the WebAssembly; those that it starts itself get from it what it has compiled.
// Whoever started a worker hears of an error only when it is thrown outside of every promise.
const workerParts = partsOf("worker");
const loaderOf = (name) => `importScripts("./${name}.js");
const begin = (from) => (self.laminaMain = wasm_bindgen({ module_or_path: from })).catch((problem) => setTimeout(() => { throw problem; }));
if (self.name === "reader" || self.name === "hasher") addEventListener("message", ({ data }) => begin(data), { once: true });
else begin("./${name}_bg.wasm");
${workerParts}`;

// A worker that an old page started must not load the code of a newer build, so all of its files carry one hash.
const name = `worker-${hashOf(read("worker.js"), readFileSync(join(dist, "worker_bg.wasm")), loaderOf(""))}`;
renameSync(join(dist, "worker.js"), join(dist, `${name}.js`));
renameSync(join(dist, "worker_bg.wasm"), join(dist, `${name}_bg.wasm`));
writeFileSync(join(dist, `${name}_loader.js`), loaderOf(name));

const pageParts = partsOf("app");
const pagePartsName = `parts-${hashOf(pageParts)}.js`;
writeFileSync(join(dist, pagePartsName), pageParts);

const editors = readdirSync(dist).filter((file) => /^editor-[0-9a-f]{16}\.js$/.test(file));
if (editors.length !== 1) throw new Error(`one text editor should be bundled, and there are ${editors.length}`);

// Deferred scripts and modules run in the order of the page, so what fetches parts is there before the program.
const names = `<meta name="lamina-worker" content="${name}_loader.js">
    <meta name="lamina-editor" content="${editors[0]}">
    <script defer src="${pagePartsName}"></script>`;
let page = read("index.html");
page = replaceOnce(page, 'src="www/theme.js"', `src="${bundled("www/theme.js")}"`);
page = replaceOnce(page, 'href="www/css/page.css"', `href="${bundled("www/css/page.css")}"`);
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
