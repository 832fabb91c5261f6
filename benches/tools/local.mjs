// `lamina open IMAGE` with an image of a Docker engine of our own, beside `docker save IMAGE` read to its end: from the start
// of the command to the first tree in a browser that runs already.

import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { randomFillSync } from "node:crypto";

import { find, must, start } from "../../tests/e2e/tools/commands.mjs";
import { scratch, startDocker } from "../../tests/e2e/tools/engines.mjs";
import { END, entry } from "../../tests/e2e/tools/written.mjs";
import { Lamina } from "../../tests/e2e/page.mjs";
import { withBrowser } from "./page.mjs";

const MIB = 1 << 20;
const NAME = "lamina-bench:1";
const dist = fileURLToPath(new URL("../../dist", import.meta.url));

/** Imports an image of one layer with this many files of 1 MiB. */
async function imported(engine, nFiles) {
  const folder = await scratch();
  try {
    const tar = join(folder, "root.tar");
    const file = createWriteStream(tar);
    for (let n = 0; n < nFiles; n += 1) file.write(entry({ name: `data/${n}`, content: randomFillSync(Buffer.alloc(MIB)) }));
    file.end(END);
    await finished(file);
    await engine.docker("import", tar, NAME);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds that `docker save` takes for the whole archive. */
async function saved(engine) {
  const began = performance.now();
  await must("sh", ["-c", `docker save ${NAME} | cat >/dev/null`], { env: { ...engine.env, PATH: `/usr/bin:${process.env.PATH}` } });
  return performance.now() - began;
}

/** Milliseconds from the start of the command until the rows of the tree are there, and until all is verified. */
async function opened(lamina, engine, page) {
  const began = performance.now();
  const program = await start(lamina, ["open", "--no-browser", "--engine", "--page", dist, NAME], { env: engine.env, ready: /(http:\/\/127\.0\.0\.1:\d+\/)(#lamina-token=\w+)/ });
  try {
    const [, origin, token] = program.match;
    const printed = performance.now() - began;
    const shown = new Lamina(page, origin);
    await page.goto(`${origin}${token}`);
    await page.getByRole("tab", { name: "Files" }).click();
    await shown.row("data").waitFor();
    const tree = performance.now() - began;
    return { printed, tree };
  } finally {
    await program.stop();
  }
}

/** Of each run the milliseconds of both. */
export async function local(lamina, { quick }) {
  if (!find("dockerd")) {
    console.log("(local) skipped: no dockerd on PATH");
    return undefined;
  }
  const engine = await startDocker();
  try {
    await imported(engine, 100);
    const runs = await withBrowser(async (page) => {
      const runs = [];
      // The first run warms the engine's files and the browser's cache of compiled code.
      for (let n = 0; n < (quick ? 2 : 6); n += 1) runs.push({ save: await saved(engine), ...(await opened(lamina, engine, page)) });
      return runs.slice(1);
    });
    console.log(`(local) ${JSON.stringify(runs)}`);
    return { bytes: 100 * MIB, runs };
  } finally {
    await engine.stop();
  }
}
