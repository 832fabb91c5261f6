// The relay of `lamina serve` beside curl, both from the same registry: bytes a second, and the memory of the relay; and
// nginx as a proxy before that registry, which shows what a relay can reach here.

import { createHash, randomFillSync } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { find, must, start } from "../../tests/e2e/tools/commands.mjs";
import { scratch } from "../../tests/e2e/tools/engines.mjs";
import { peakOf } from "../../tests/e2e/tools/memory.mjs";
import { startRegistry } from "../../tests/e2e/tools/registry.mjs";

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

/** Puts a blob of random bytes into a registry; returns its address. */
async function blobIn(base, bytes) {
  const content = randomFillSync(Buffer.alloc(bytes));
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const begun = await fetch(`${base}/v2/bench/relay/blobs/uploads/`, { method: "POST" });
  const upload = new URL(begun.headers.get("location"), base);
  upload.searchParams.set("digest", digest);
  const { status } = await fetch(upload, { method: "PUT", body: content, headers: { "content-type": "application/octet-stream" } });
  if (status !== 201) throw new Error(`the registry answered ${status}`);
  return `${base}/v2/bench/relay/blobs/${digest}`;
}

/** nginx as a proxy before a server, with buffers as large as the relay's; undefined where there is no nginx. */
async function startProxy(base) {
  const nginx = find("nginx", "/usr/sbin/nginx");
  if (!nginx) return undefined;
  const folder = await scratch();
  const socket = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => socket.once("listening", resolve));
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  const config = join(folder, "nginx.conf");
  const server = `listen 127.0.0.1:${port}; location / { proxy_pass ${base}; proxy_http_version 1.1; }`;
  const buffers = "proxy_max_temp_file_size 0; proxy_buffers 8 256k; proxy_buffer_size 256k; proxy_busy_buffers_size 512k;";
  await writeFile(config, `daemon off; master_process off; error_log stderr notice; pid ${folder}/pid; events {} http { access_log off; proxy_temp_path ${folder}/proxied; client_body_temp_path ${folder}/sent; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; ${buffers} server { ${server} } }`);
  const program = await start(nginx, ["-c", config], { ready: /start worker process|using the .* event method/ });
  return { base: `http://127.0.0.1:${port}`, stop: () => program.stop().then(() => rm(folder, { recursive: true, force: true })) };
}

/** The relay of `lamina serve`, and how curl asks it for a blob of a registry. */
async function startRelay(lamina) {
  const program = await start(lamina, ["serve", "--port", "0", "--page", dist], { ready: /(http:\/\/127\.0\.0\.1:\d+)\/#lamina-token=(\w+)/ });
  const [, origin, token] = program.match;
  const session = JSON.parse(await must("curl", ["--silent", "--fail", "-X", "POST", "-H", `Origin: ${origin}`, "-H", `lamina-token: ${token}`, `${origin}/session`]));
  const relayed = (base, size, url) => {
    const fields = { Origin: origin, "lamina-key": session.key, "lamina-registry": base, "lamina-scheme": "named", "lamina-target": url };
    const named = Object.entries(fields).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
    return fetched(size, ["-X", "POST", ...named, `${origin}/relay`]);
  };
  return { relayed, peak: () => peakOf(program.pid), stop: () => program.stop() };
}

/** Of each run the milliseconds of curl, nginx and the relay; the peak memory after them, and after one blob of many gigabytes. */
export async function relaying(lamina, { quick }) {
  if (!find("curl")) {
    console.log("(relay) skipped: no curl on PATH");
    return undefined;
  }
  const bytes = quick ? 250e6 : GB;
  const large = quick ? 2 * GB : 10 * GB;
  const real = await startRegistry();
  const endless = await endlessRegistry();
  const base = `http://${real.host}`;
  const relay = await startRelay(lamina);
  const proxy = await startProxy(base);
  try {
    const url = await blobIn(base, bytes);
    await relay.relayed(base, bytes, url);
    const runs = [];
    for (let n = 0; n < 5; n += 1) {
      const curl = await fetched(bytes, [url]);
      const nginx = proxy && (await fetched(bytes, [url.replace(base, proxy.base)]));
      runs.push({ curl, nginx, relay: await relay.relayed(base, bytes, url) });
    }
    const peak = await relay.peak();
    await relay.relayed(endless.base, large, `${endless.base}/v2/bench/blobs/${large}`);
    const found = { bytes, runs, peak, large, largePeak: await relay.peak() };
    console.log(`(relay) ${JSON.stringify(found)}`);
    return found;
  } finally {
    await relay.stop();
    await proxy?.stop();
    await endless.stop();
    await real.stop();
  }
}
