// The relay of `lamina serve` beside curl, both from the same server: bytes a second, and the memory of the relay.

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

import { find, must, start } from "../../tests/e2e/tools/commands.mjs";
import { peakOf } from "../../tests/e2e/tools/memory.mjs";

const MIB = 1 << 20;
const GB = 1e9;
const dist = fileURLToPath(new URL("../../dist", import.meta.url));

/** A registry whose only blob has as many bytes as its name says: no disk stands between. */
async function endlessRegistry() {
  const piece = Buffer.alloc(MIB, "lamina");
  const server = createServer((request, response) => {
    const [, size] = /^\/v2\/bench\/blobs\/(\d+)$/.exec(request.url) ?? [];
    if (!size) return response.writeHead(404).end();
    let left = Number(size);
    response.writeHead(200, { "content-length": left, "content-type": "application/octet-stream" });
    const more = () => {
      while (left > 0) {
        const bytes = left < MIB ? piece.subarray(0, left) : piece;
        left -= bytes.length;
        if (!response.write(bytes)) return response.once("drain", more);
      }
      return response.end();
    };
    return more();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { base: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((resolve) => server.close(resolve)) };
}

/** Milliseconds that curl takes for a whole answer, whose bytes it counts. */
async function fetched(bytes, args) {
  const began = performance.now();
  const told = await must("curl", ["--silent", "--show-error", "--fail", "--output", "/dev/null", "--write-out", "%{size_download}", ...args]);
  if (Number(told) !== bytes) throw new Error(`${told} bytes came in place of ${bytes}`);
  return performance.now() - began;
}

/** Of each run the milliseconds of both; the peak memory after them, and after one blob of many gigabytes. */
export async function relaying(lamina, { quick }) {
  if (!find("curl")) {
    console.log("(relay) skipped: no curl on PATH");
    return undefined;
  }
  const bytes = quick ? 500e6 : 2 * GB;
  const large = quick ? 2 * GB : 10 * GB;
  const registry = await endlessRegistry();
  const program = await start(lamina, ["serve", "--port", "0", "--page", dist], { ready: /(http:\/\/127\.0\.0\.1:\d+)\/#lamina-token=(\w+)/ });
  try {
    const [, origin, token] = program.match;
    const session = JSON.parse(await must("curl", ["--silent", "--fail", "-X", "POST", "-H", `Origin: ${origin}`, "-H", `lamina-token: ${token}`, `${origin}/session`]));
    const direct = (size) => fetched(size, [`${registry.base}/v2/bench/blobs/${size}`]);
    const fields = { Origin: origin, "lamina-key": session.key, "lamina-registry": registry.base, "lamina-scheme": "named" };
    const named = Object.entries(fields).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
    const relayed = (size) => fetched(size, ["-X", "POST", ...named, "-H", `lamina-target: ${registry.base}/v2/bench/blobs/${size}`, `${origin}/relay`]);
    await relayed(1e6);
    const runs = [];
    for (let n = 0; n < 3; n += 1) runs.push({ curl: await direct(bytes), relay: await relayed(bytes) });
    const peak = await peakOf(program.pid);
    await relayed(large);
    const found = { bytes, runs, peak, large, largePeak: await peakOf(program.pid) };
    console.log(`(relay) ${JSON.stringify(found)}`);
    return found;
  } finally {
    await program.stop();
    await registry.stop();
  }
}
