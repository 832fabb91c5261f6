// What was measured on and with: cores, memory, processor, versions. No names of hosts, users or folders.

import { cpus, totalmem } from "node:os";

import { find, run } from "../../tests/e2e/tools/commands.mjs";
import { findChromium } from "../../tests/e2e/browser/chromium.mjs";

async function firstLine(command, ...args) {
  if (!command) return undefined;
  const { stdout, stderr } = await run(command, args);
  return (stdout || stderr).trim().split("\n")[0];
}

/** Lines of `[what, which]`. */
export async function machine() {
  const versions = [
    ["browser", await firstLine(findChromium(), "--version")],
    ["node", process.version],
    ["rustc", await firstLine(find("rustc"), "--version")],
    ["gzip", await firstLine(find("gzip"), "--version")],
    ["sha256sum", await firstLine(find("sha256sum"), "--version")],
    ["tar", await firstLine(find("tar"), "--version")],
    ["skopeo", await firstLine(find("skopeo"), "--version")],
    ["umoci", await firstLine(find("umoci"), "--version")],
    ["dive", await firstLine(find("dive"), "--version")],
  ];
  return [
    ["processor", `${cpus().length} cores, ${cpus()[0]?.model.trim()}`],
    ["memory", `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ...versions.filter(([, version]) => version),
  ];
}
