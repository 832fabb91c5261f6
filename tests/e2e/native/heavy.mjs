// What costs more than it weighs, given to the command: it ends soon, with little memory, and says what was left out.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";

import { HEAVY } from "../tools/heavy.mjs";
import { lamina } from "../tools/lamina.mjs";
import { peakOf } from "../tools/memory.mjs";

/** Runs `lamina inspect`: its exit status, what it said, and the most bytes that it held. */
async function inspected(file) {
  const child = spawn(lamina(), ["inspect", file], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (piece) => (said += piece));
  let [peak, going] = [0, true];
  const ended = new Promise((resolve, reject) => child.on("close", resolve).on("error", reject)).finally(() => (going = false));
  while (going) {
    peak = Math.max(peak, await peakOf(child.pid));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { status: await ended, said, peak };
}

export async function testHeavy(ring) {
  for (const [what, made] of HEAVY) {
    await ring.test(`${what} take the command to 1 GB at most, and what was left out is said`, async () => {
      const file = await made();
      const start = performance.now();
      const { status, said, peak } = await inspected(file);
      console.log(`    at most ${(peak / 1e6).toFixed(0)} MB, ${((performance.now() - start) / 1000).toFixed(1)} s`);
      assert.equal(status, 3, said);
      assert.match(said, /limit/);
      assert.ok(peak > 1e6 && peak < 1e9, `the command took ${peak} bytes`);
    }, { seconds: 600 });
  }
}
