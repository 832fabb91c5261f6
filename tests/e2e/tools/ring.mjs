// The ring itself: runs named tests one after another, prints one line each, and counts. Knows nothing of Lamina.

/** Thrown by `skip(reason)`: the test cannot run on this machine, and says why. */
class Skipped extends Error {}

/** Ends the running test as skipped. */
export function skip(reason) {
  throw new Skipped(reason);
}

/** Checks again and again, since a page changes a moment after it is asked to; gives the last failure. */
export async function eventually(check, { seconds = 5 } = {}) {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await check();
    } catch (problem) {
      if (performance.now() > end) throw problem;
      await new Promise((go) => setTimeout(go, 50));
    }
  }
}

/** Counts and prints tests. `only` are words; with any given, a test runs only if its name holds all of them. */
export class Ring {
  passed = 0;
  failed = [];
  skipped = 0;

  constructor(only = []) {
    this.only = only.map((word) => word.toLowerCase());
  }

  wants(name) {
    return this.only.every((word) => name.toLowerCase().includes(word));
  }

  /** Runs one test; its failure is printed and counted, and does not stop the ring. */
  async test(name, body, { seconds = 120 } = {}) {
    if (!this.wants(name)) return;
    const start = performance.now();
    const took = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`took longer than ${seconds} s`)), seconds * 1000);
    });
    try {
      await Promise.race([body(), late]);
      this.passed += 1;
      console.log(`ok: ${name} (${took()})`);
    } catch (problem) {
      if (problem instanceof Skipped) {
        this.skip(name, problem.message);
        return;
      }
      this.failed.push(name);
      console.log(`FAILED: ${name} (${took()})`);
      console.log(indent(problem?.stack ?? String(problem)));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Names a test that cannot run here, and why. */
  skip(name, reason) {
    if (!this.wants(name)) return;
    this.skipped += 1;
    console.log(`skipped: ${name}: ${reason}`);
  }

  /** Prints the closing line; true when nothing failed. */
  close() {
    for (const name of this.failed) console.log(`failed: ${name}`);
    console.log(`e2e: ${this.passed} passed, ${this.failed.length} failed, ${this.skipped} skipped`);
    return this.failed.length === 0;
  }
}

const indent = (text) => text.replace(/^/gm, "    ");
