// The native tools that do a part of the same work, on the same files.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { find, run } from "../../tests/e2e/tools/commands.mjs";

const ONCE_SECONDS = 120;

/** Milliseconds that a shell's line takes; `undefined` when it fails or takes longer than `seconds`. */
async function shell(line, { seconds } = {}) {
  const start = performance.now();
  const [command, args] = seconds ? ["timeout", [String(seconds), "bash", "-c", line]] : ["bash", ["-c", line]];
  const { status, stderr } = await run(command, args);
  const millis = performance.now() - start;
  if (status === 0) return millis;
  if (!seconds) throw new Error(`${line} ended with ${status}: ${stderr}`);
  return status === 124 ? Infinity : undefined;
}

const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;
const cat = ({ plain, file }) => (plain ? `cat ${quoted(file)}` : `gzip -dc ${quoted(file)}`);

/** Each layer decoded and hashed, then the stored file hashed: what proves an image. */
export const hashing = ({ layers, archive }) => shell([...layers.map((layer) => `${cat(layer)} | sha256sum >/dev/null`), `sha256sum ${quoted(archive)} >/dev/null`].join(" && "));

/** The same with the list of what is in each layer: the plain way to the same facts. */
export const listing = ({ layers, archive }) => shell(["set -o pipefail", ...layers.map((layer) => `${cat(layer)} | tee >(sha256sum >/dev/null) | tar t >/dev/null`), `sha256sum ${quoted(archive)} >/dev/null`].join(" && "));

/** Lamina's own command. */
export const inspect = (lamina, { archive }) => shell(`${quoted(lamina)} inspect --json ${quoted(archive)} >/dev/null`);

/** Tools that unpack or copy, once, where they are on PATH: milliseconds, Infinity for those that took too long. */
export async function once({ name, layout, archive }) {
  const folder = await mkdtemp(join(tmpdir(), "lamina-bench-"));
  const to = join(folder, "made");
  const tools = {
    "skopeo copy": ["skopeo", `skopeo --insecure-policy copy --quiet oci:${quoted(layout)} dir:${quoted(to)}`],
    "umoci unpack": ["umoci", `umoci unpack --image ${quoted(`${layout}:${name}`)} ${quoted(to)}`],
    dive: ["dive", `CI=true dive --source docker-archive ${quoted(archive)}`],
  };
  const taken = {};
  try {
    for (const [tool, [command, line]] of Object.entries(tools)) {
      if (find(command)) taken[tool] = await shell(line, { seconds: ONCE_SECONDS });
      await rm(to, { recursive: true, force: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return taken;
}
