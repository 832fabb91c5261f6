// CNCF distribution, started by the project's own configuration on a free loopback port with storage of its own.

import { sign } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
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
  let said = "";
  let taken = 0;
  try {
    const server = await start(command, ["serve", config], {
      hear: (text) => (said += text),
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
      /** The lines of its own log. */
      log: () => said.split("\n"),
      /** Those since this was called last. */
      takeLog: () => {
        const lines = said.slice(taken).split("\n");
        taken = said.length;
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

/** One with a configuration of its own, in which HERE stands for a folder with these files. */
async function serveText(text, files = {}) {
  const folder = await mkdtemp(join(tmpdir(), "lamina-config-"));
  const config = join(folder, "config.yml");
  await writeFile(config, text.replaceAll("HERE", folder));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  try {
    const registry = await serve(config);
    const stop = () => registry.stop().then(() => rm(folder, { recursive: true, force: true }));
    return { ...registry, stop };
  } catch (problem) {
    await rm(folder, { recursive: true, force: true });
    throw problem;
  }
}

/** One that sends no CORS headers. */
export const startClosedRegistry = () => serveText(WITHOUT_CORS);

/** One that a browser can read, and nobody can write. */
export async function startReadOnlyRegistry() {
  const text = await readFile(configuration, "utf8");
  return serveText(text.replace("storage:\n", "storage:\n  maintenance:\n    readonly:\n      enabled: true\n"));
}

/** `me:secret`, as htpasswd -B writes it. */
const PASSWORDS = "me:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

/**
 * One that asks for a name and a password (`me`, `secret`), at `host`; and at `proxied` the same behind a proxy that
 * answers OPTIONS itself: distribution asks for a password there, too, which no browser sends.
 */
export async function startRegistryWithPasswords() {
  const text = `${await readFile(configuration, "utf8")}\nauth:\n  htpasswd:\n    realm: lamina\n    path: HERE/passwords\n`;
  const registry = await serveText(text, { passwords: PASSWORDS });
  const proxy = await startWriteProxy(registry, { answersOptions: true });
  return { ...registry, proxied: proxy.host, stop: () => proxy.stop().then(registry.stop) };
}

/**
 * One whose tokens come from a server of its own, at `tokens`, for the name `me` and the password `secret`. Pages of
 * another address can read neither.
 */
export async function startRegistryWithTokens() {
  if (!find("openssl")) skip("no openssl found (Debian: apt-get install openssl)");
  const folder = await mkdtemp(join(tmpdir(), "lamina-tokens-"));
  await must("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "key.pem", "-out", "root.pem", "-subj", "/CN=tokens"], { cwd: folder });
  const [key, certificate] = await Promise.all(["key.pem", "root.pem"].map((name) => readFile(join(folder, name), "utf8")));
  const x5c = [certificate.replace(/-----[^-]*-----|\s/g, "")];
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const tokens = createServer((request, response) => {
    const [, login] = /^Basic (.*)$/.exec(request.headers.authorization ?? "") ?? [];
    if (login !== Buffer.from("me:secret").toString("base64")) return void response.writeHead(401, { "www-authenticate": 'Basic realm="tokens"' }).end();
    const { searchParams } = new URL(request.url, "http://tokens");
    const access = searchParams.getAll("scope").flatMap((scope) => scope.split(" ")).map((scope) => {
      const [, type, name, actions] = /^([^:]*):(.*):([^:]*)$/.exec(scope);
      return { type, name, actions: actions.split(",") };
    });
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: "lamina", aud: searchParams.get("service"), sub: "me", nbf: now - 10, iat: now, exp: now + 300, jti: String(Math.random()), access };
    const text = `${part({ typ: "JWT", alg: "RS256", x5c })}.${part(claims)}`;
    const token = `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ token, expires_in: 300 }));
  });
  await new Promise((resolve) => tokens.listen(0, "127.0.0.1", resolve));
  const realm = `http://127.0.0.1:${tokens.address().port}/auth`;
  const stop = async () => {
    tokens.close();
    tokens.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const registry = await serveText(`${WITHOUT_CORS}auth: {token: {realm: "${realm}", service: lamina-registry, issuer: lamina, rootcertbundle: HERE/root.pem}}\n`, { "root.pem": certificate });
    return { ...registry, tokens: realm, stop: () => registry.stop().then(stop) };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/** Docker Hub in small, in front of a registry: an anonymous token from another server, and blobs at a third, the registry. */
export async function startHub(registry) {
  const open = (answer) =>
    new Promise((resolve) => {
      const server = createServer(answer);
      server.listen(0, "127.0.0.1", () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` }));
    });
  const tokens = await open((_, response) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ token: "for-anybody" })));
  const hub = await open(async (request, response) => {
    if (request.headers.authorization !== "Bearer for-anybody") {
      return void response.writeHead(401, { "www-authenticate": `Bearer realm="${tokens.url}/token",service="hub"` }).end("{}");
    }
    const address = `http://${registry.host}${request.url}`;
    if (/\/blobs\/sha256:/.test(request.url) && request.method === "GET") return void response.writeHead(307, { location: address }).end();
    const answer = await fetch(address, { method: request.method, headers: request.headers.accept ? { accept: request.headers.accept } : {} });
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !["transfer-encoding", "connection"].includes(name)));
    response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
  });
  const stop = () => [tokens, hub].forEach(({ server }) => (server.close(), server.closeAllConnections()));
  return { url: hub.url, tokens: tokens.url, store: `http://${registry.host}`, stop };
}

/** The same with deploy/pull-through.yml in front of it: what a browser reads. */
export async function startPullThrough(registry) {
  const hub = await startHub(registry);
  try {
    const text = await readFile(fileURLToPath(new URL("../../../deploy/pull-through.yml", import.meta.url)), "utf8");
    const copy = await serveText(text.replace("https://registry-1.docker.io", hub.url));
    return { ...copy, stop: () => copy.stop().then(hub.stop) };
  } catch (problem) {
    hub.stop();
    throw problem;
  }
}

/**
 * A proxy that passes everything on as it is, but for what it is told: `cutSlice` breaks the connection at that slice of
 * a blob, before it or, with `half`, in its middle; once, or with `stays` until `mend` is called. `holdSlice` keeps that
 * slice for itself. `answersOptions` answers CORS preflights.
 */
export async function startWriteProxy(registry, { cutSlice, half, stays, holdSlice, answersOptions } = {}) {
  let [slices, cuts, mended] = [0, 0, false];
  let [tellHolding, tellDeleted] = [];
  const holding = new Promise((resolve) => (tellHolding = resolve));
  const deleted = new Promise((resolve) => (tellDeleted = resolve));
  const [name, port] = registry.host.split(":");
  const server = createServer((request, response) => {
    if (answersOptions && request.method === "OPTIONS") {
      response.writeHead(204, {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET, HEAD, OPTIONS, POST, PATCH, PUT, DELETE",
        "access-control-allow-headers": "Authorization, Accept, Content-Type, Content-Range, Range",
      });
      return response.end();
    }
    const isSlice = request.method === "PATCH" && request.url.includes("/blobs/uploads/");
    if (isSlice) slices += 1;
    if (isSlice && slices === holdSlice) return tellHolding();
    const isCut = isSlice && !mended && (stays ? slices >= cutSlice : slices === cutSlice);
    if (isCut) cuts += 1;
    if (isCut && !half) return request.socket.destroy();
    const onward = ask({ host: name, port, path: request.url, method: request.method, headers: { ...request.headers, host: registry.host } }, (answer) => {
      if (request.method === "DELETE") tellDeleted();
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    if (!isCut) return void request.pipe(onward);
    let passed = 0;
    request.on("data", (chunk) => {
      onward.write(chunk);
      passed += chunk.length;
      if (passed < Number(request.headers["content-length"]) / 2) return;
      onward.destroy();
      request.socket.destroy();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${server.address().port}`,
    slices: () => slices,
    cuts: () => cuts,
    mend: () => (mended = true),
    holding: () => holding,
    deleted: () => deleted,
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
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

/**
 * A proxy in front of a registry with passwords whose password can be changed: `me`, and `first` until `change` says
 * another. `changeAt` does so when a request comes that is meant. `proofs` are the logins that were sent.
 */
export async function startRevoking(registry) {
  const cors = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, OPTIONS, POST, PATCH, PUT, DELETE",
    "access-control-allow-headers": "Authorization, Accept, Content-Type, Content-Range, Range",
    "access-control-expose-headers": "WWW-Authenticate, Location, Range, Docker-Content-Digest",
  };
  const basic = (password) => `Basic ${Buffer.from(`me:${password}`).toString("base64")}`;
  const [proofs, passed] = [[], []];
  let [password, pending] = ["first", undefined];
  const [name, port] = registry.host.split(":");
  const server = createServer((request, response) => {
    if (request.method === "OPTIONS") return void response.writeHead(204, cors).end();
    if (pending?.isMeant(request)) [password, pending] = [pending.password, undefined];
    const proof = request.headers.authorization;
    if (proof) proofs.push(proof);
    if (proof !== basic(password)) {
      request.resume();
      return void response.writeHead(401, { ...cors, "www-authenticate": 'Basic realm="changing"' }).end("{}");
    }
    passed.push(`${request.method} ${request.url}`);
    const onward = ask({ host: name, port, path: request.url, method: request.method, headers: { ...request.headers, host: registry.host, authorization: basic("secret") } }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${server.address().port}`,
    proofs,
    passed,
    changeAt: (next, isMeant) => (pending = { password: next, isMeant }),
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}
