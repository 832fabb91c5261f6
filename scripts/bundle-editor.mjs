// Bundles the page's text editor, as a build hook of Trunk: www/editor.js with CodeMirror, as package-lock.json pins
// it, into one module of its own, which the page loads when a text is first edited. Its name changes with its content.

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const bundler = await import("esbuild").catch(() => {
  console.error("the text editor cannot be bundled without Node's packages: run scripts/setup-node (or npm ci)");
  process.exit(1);
});
const bundled = await bundler.build({
  entryPoints: ["www/editor.js"],
  bundle: true,
  format: "esm",
  minify: process.env.TRUNK_PROFILE === "release",
  target: ["chrome91", "firefox114", "safari16.4"],
  legalComments: "eof",
  write: false,
});
const [module] = bundled.outputFiles;
const hash = createHash("sha256").update(module.contents).digest("hex").slice(0, 16);
writeFileSync(join(process.env.TRUNK_STAGING_DIR, `editor-${hash}.js`), module.contents);
