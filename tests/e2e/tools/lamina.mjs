// The headless command: found, run, and its answers read.

import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";

import { find, run } from "./commands.mjs";
import { mustBeWellFormed, parseListing } from "./listing.mjs";

const built = (profile) => fileURLToPath(new URL(`../../../target/${profile}/lamina`, import.meta.url));

/** The command: what LAMINA names, else what was built, the quicker one first. */
export const lamina = () => find(process.env.LAMINA, built("release"), built("debug"));

/** Runs it; `from` is a file for its standard input. */
export function ask(args, { from } = {}) {
  return run(lamina(), args, { input: from && createReadStream(from), env: { NO_COLOR: "1" } });
}

/** Runs it and demands an exit status; a failure comes with what it said. */
export async function askFor(status, args, options) {
  const answer = await ask(args, options);
  if (answer.status !== status) {
    throw new Error(`lamina ${args.join(" ")} ended with ${answer.status}, expected ${status}: ${answer.stderr.trim()}`);
  }
  return answer;
}

/** The rows of `lamina ls`, after a look at their form. */
export async function ls(place, { options = [], status = 0, from } = {}) {
  const { stdout } = await askFor(status, ["ls", ...options, place], { from });
  mustBeWellFormed(stdout);
  return parseListing(stdout);
}

/** The document of `lamina inspect --json`. */
export async function inspect(place, { options = [], status = 0, from } = {}) {
  const { stdout } = await askFor(status, ["inspect", "--json", ...options, place], { from });
  return JSON.parse(stdout);
}

/** Throws unless every layer of an image was proved: nothing mismatched, and digest or diff_id are ok. */
export function mustBeProved(found) {
  if (!found.layers.length) throw new Error("no layers were told");
  found.layers.forEach(({ verdict, warnings }, i) => {
    const values = Object.values(verdict);
    if (values.includes("mismatch")) throw new Error(`layer ${i} does not match: ${JSON.stringify(verdict)}`);
    if (verdict.digest !== "ok" && verdict.diff_id !== "ok") throw new Error(`layer ${i} was not proved: ${JSON.stringify(verdict)}`);
    if (!Array.isArray(warnings)) throw new Error(`layer ${i} has no list of warnings`);
  });
}
