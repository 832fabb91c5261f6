// The page as a browser shows it that lacks something: a copy of the built page whose worker takes it away first.
//
// What a test driver puts in the way of requests does not reach the workers that a worker starts, so the script itself
// is another one.

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { start } from "./commands.mjs";

const dist = fileURLToPath(new URL("../../../dist", import.meta.url));
const serve = fileURLToPath(new URL("../../../scripts/serve.mjs", import.meta.url));

/** Serves the page with `script` run first in each of its workers: `{ origin, stop }`. */
export async function servePatched(script) {
  const folder = await mkdtemp(join(tmpdir(), "lamina-page-"));
  await cp(dist, folder, { recursive: true });
  const [loader] = (await readdir(folder)).filter((name) => /^worker-.*_loader\.js$/.test(name));
  const own = await readFile(join(folder, loader), "utf8");
  await writeFile(join(folder, loader), `${script}\n${own}`);
  const server = await start(process.execPath, [serve, folder, "0"], { ready: /(http:\/\/127\.0\.0\.1:\d+\/)/ });
  return {
    origin: server.match[1],
    stop: () => server.stop().then(() => rm(folder, { recursive: true, force: true })),
  };
}
