// CNCF distribution, started by the project's own configuration on a free loopback port with storage of its own.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { find, must, start } from "./commands.mjs";
import { image } from "./images.mjs";
import { skip } from "./ring.mjs";

const configuration = fileURLToPath(new URL("../../../deploy/docker-registry.yml", import.meta.url));

/** The same without a line on CORS: what a registry is out of the box. */
const WITHOUT_CORS = `version: 0.1
storage: {filesystem: {rootdirectory: /nowhere}}
http: {addr: "127.0.0.1:0"}
`;

async function serve(config) {
  const command = find("docker-registry", "registry");
  if (!command) skip("no docker-registry on PATH (Debian: apt-get install docker-registry)");
  const storage = await mkdtemp(join(tmpdir(), "lamina-registry-"));
  let log = "";
  try {
    const server = await start(command, ["serve", config], {
      said: (text) => (log += text),
      ready: /listening on (127\.0\.0\.1:\d+)/,
      env: {
        REGISTRY_HTTP_ADDR: "127.0.0.1:0",
        REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: storage,
        OTEL_TRACES_EXPORTER: "none",
      },
    });
    return {
      host: server.match[1],
      storage,
      /** The lines of its own log since this was called last. */
      takeLog: () => {
        const lines = log.split("\n");
        log = "";
        return lines;
      },
      stop: () => server.stop().then(() => rm(storage, { recursive: true, force: true })),
    };
  } catch (problem) {
    await rm(storage, { recursive: true, force: true });
    throw problem;
  }
}

/** A registry that a browser can use. */
export const startRegistry = () => serve(configuration);

/** One that sends no CORS headers. */
export async function startClosedRegistry() {
  const folder = await mkdtemp(join(tmpdir(), "lamina-config-"));
  const config = join(folder, "config.yml");
  await writeFile(config, WITHOUT_CORS);
  try {
    return await serve(config);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Copies an image into a registry by skopeo; `source` as skopeo names it. */
export async function push(registry, source, name, ...options) {
  const skopeo = find("skopeo");
  if (!skopeo) skip("no skopeo on PATH (Debian: apt-get install skopeo)");
  const target = `docker://${registry.host}/${name}`;
  await must(skopeo, ["--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false", ...options, source, target]);
}

/** The test image under one tag for each form that it has in registries. */
export const PUSHED = [
  { name: "Docker schema 2", reference: "lamina-e2e/app:1.0", source: () => `docker-archive:${image("app/app.docker.tar")}`, options: ["--format", "v2s2"] },
  { name: "OCI, gzip layers", reference: "lamina-e2e/app:oci-gzip", source: () => `oci:${image("copies/skopeo-gzip")}` },
  { name: "OCI, zstd layers", reference: "lamina-e2e/app:oci-zstd", source: () => `oci:${image("copies/skopeo-zstd")}` },
];

/** Two more, so that a catalog and tags are lists: the built image, and what umoci wrote. */
export const NEIGHBOURS = [
  { reference: "lamina-e2e/app:built", source: () => `docker-archive:${image("app/several.docker.tar")}:lamina-e2e/app:built`, options: ["--format", "v2s2"] },
  { reference: "lamina-e2e/by-umoci:1.0", source: () => `oci-archive:${image("copies/umoci.oci.tar")}` },
];

/** Pushes all of them. */
export async function fill(registry) {
  for (const { reference, source, options = [] } of [...PUSHED, ...NEIGHBOURS]) {
    await push(registry, source(), reference, ...options);
  }
}

/**
 * A server in front of a registry that counts the methods asked for, damages one blob, says of one gzip blob that gzip
 * is only how it was sent (so a browser decompresses it), slows all of them down, and forbids the browser's own cache
 * to keep any. `takeBlobs` gives the digests of the blobs asked for since it was called last, `takeRanges` the same with
 * the range of each.
 */
export async function startProxy(registry, { damage, encoded, bytesPerSecond, uncached } = {}) {
  const methods = new Map();
  const blobs = [];
  const ranges = [];
  const server = createServer(async (request, response) => {
    methods.set(request.method, (methods.get(request.method) ?? 0) + 1);
    const [, digest] = /\/blobs\/(sha256:[0-9a-f]+)$/.exec(request.url) ?? [];
    if (digest) blobs.push(digest);
    if (digest) ranges.push({ digest, range: request.headers.range });
    const headersOn = Object.fromEntries(["accept", "range", "origin"].filter((name) => request.headers[name]).map((name) => [name, request.headers[name]]));
    const asked = { method: request.method, headers: headersOn, redirect: "manual" };
    const answer = await fetch(`http://${registry.host}${request.url}`, asked).catch(() => null);
    if (!answer) return response.destroy();
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !["transfer-encoding", "connection", "content-encoding"].includes(name)));
    if (uncached) headers["cache-control"] = "no-store";
    if (encoded && request.url.endsWith(encoded)) headers["content-encoding"] = "gzip";
    response.writeHead(answer.status, headers);
    const body = Buffer.from(await answer.arrayBuffer());
    if (damage && request.url.endsWith(damage)) {
      const middle = body.length >> 1;
      body.subarray(middle, middle + 64).forEach((byte, i, part) => (part[i] = byte ^ 0xff));
    }
    const step = bytesPerSecond && request.url.includes("/blobs/") ? Math.ceil(bytesPerSecond / 10) : Math.max(body.length, 1);
    for (let at = 0; at < body.length && !response.destroyed; at += step) {
      response.write(body.subarray(at, at + step));
      if (at + step < body.length) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${server.address().port}`,
    methods,
    takeBlobs: () => blobs.splice(0),
    takeRanges: () => ranges.splice(0),
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}
