// Serves a built page as a plain static host does, for the tests: node scripts/serve.mjs [FOLDER] [PORT]
// People use `lamina serve`, whose page reads registries without CORS headers, too.
//
// On 127.0.0.1 only; port 0 or none takes a free one. The first line printed is the address; it ends on SIGTERM.
// Folders are served by their index.html, anything else that is not a file is 404: links into the page live behind #.

import { createReadStream, readFileSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = await realpath(resolve(process.argv[2] ?? "dist")).catch((problem) => {
  console.error(`serve: error: ${problem.message}: build the page first (scripts/build-page)`);
  process.exit(1);
});
const port = Number(process.argv[3] ?? 0);
const policy = readFileSync(
  fileURLToPath(new URL("../deploy/content-security-policy.txt", import.meta.url)),
  "utf8",
).trim();

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

// What README tells operators to send: nobody frames the page, no window that opens it reaches into it, no address leaves it.
const SAFETY = {
  "content-security-policy": `${policy}; frame-ancestors 'none'`,
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

// Files whose name changes with their content need not be asked for again.
const NAMED_BY_CONTENT = /-[0-9a-f]{16}(_bg|_loader)?\.(css|js|wasm|svg)$/;

function refuse(response, status, headers = {}) {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...SAFETY, ...headers });
  response.end(`${status}\n`);
}

// The file that a request's path names, or null; never one outside of the root, whatever links lie in it.
async function find(pathname) {
  const named = resolve(join(root, pathname));
  const path = await realpath(named).catch(() => null);
  if (path === null || (path !== root && !path.startsWith(root + sep))) return null;
  const found = await stat(path).catch(() => null);
  if (!found) return null;
  if (!found.isDirectory()) return pathname.endsWith("/") || !found.isFile() ? null : { path, ...pick(found) };
  // The path as it lies below the root, with one slash before it: two would name another host.
  if (!pathname.endsWith("/")) {
    const parts = relative(root, named).split(sep).filter(Boolean);
    return { redirect: `/${parts.map((part) => `${encodeURIComponent(part)}/`).join("")}` };
  }
  const index = join(path, "index.html");
  const page = await stat(index).catch(() => null);
  return page && { path: index, ...pick(page) };
}

const pick = ({ size, mtimeMs }) => ({ size, etag: `"${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}"` });

// One range of bytes, as [first, last]; undefined when the whole is wanted, null when it cannot be satisfied.
function rangeOf(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (!match[1] && !match[2])) return undefined;
  const first = match[1] ? Number(match[1]) : Math.max(0, size - Number(match[2]));
  const last = match[1] && match[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  return first <= last ? [first, last] : null;
}

async function answer(request, response) {
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, { allow: "GET, HEAD" });
  let pathname;
  try {
    // The path as it is sent: a URL that begins with two slashes names no host here.
    pathname = decodeURIComponent(request.url.replace(/[?#].*$/s, ""));
  } catch {
    return refuse(response, 400);
  }
  const file = pathname.includes("\0") ? null : await find(pathname);
  if (!file) return refuse(response, 404);
  if (file.redirect) return refuse(response, 301, { location: file.redirect });

  const headers = {
    "content-type": types[extname(file.path)] ?? "application/octet-stream",
    "accept-ranges": "bytes",
    "cache-control": NAMED_BY_CONTENT.test(file.path) ? "public, max-age=31536000, immutable" : "no-cache",
    ...SAFETY,
    etag: file.etag,
  };
  if (request.headers["if-none-match"] === file.etag) {
    response.writeHead(304, headers);
    return response.end();
  }
  const wanted = request.headers["if-range"] && request.headers["if-range"] !== file.etag ? undefined : request.headers.range;
  const range = rangeOf(wanted, file.size);
  if (range === null) return refuse(response, 416, { "content-range": `bytes */${file.size}` });
  const [first, last] = range ?? [0, file.size - 1];
  headers["content-length"] = last - first + 1;
  if (range) headers["content-range"] = `bytes ${first}-${last}/${file.size}`;
  response.writeHead(range ? 206 : 200, headers);
  if (request.method === "HEAD" || file.size === 0) return response.end();
  const stream = createReadStream(file.path, { start: first, end: last });
  stream.on("error", () => response.destroy());
  response.on("close", () => stream.destroy());
  stream.pipe(response);
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => (response.headersSent ? response.destroy() : refuse(response, 500)));
});
server.on("error", (problem) => {
  const reason = problem.code === "EADDRINUSE" ? `port ${port} is in use; choose another: PORT=8081 make run` : problem.message;
  console.error(`serve: error: ${reason}`);
  process.exit(1);
});
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    server.close();
    server.closeAllConnections();
    process.exit(0);
  });
}
