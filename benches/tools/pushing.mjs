// Pushes the same image from the page and by the command, each into an empty registry: bytes a second of each.

import { must } from "../../tests/e2e/tools/commands.mjs";
import { startRegistry } from "../../tests/e2e/tools/registry.mjs";
import { inLayers, largeLayers } from "../cases.mjs";
import { image } from "./images.mjs";
import { withBrowser, withPage } from "./page.mjs";

const MIB = 1 << 20;

/** Milliseconds that `work` takes with a registry of its own; undefined where there is none. */
async function timed(work) {
  const registry = await startRegistry().catch((problem) => console.log(`  no registry: ${problem.message}`));
  if (!registry) return undefined;
  try {
    return await work(registry);
  } finally {
    await registry.stop();
  }
}

const byCommand = (lamina, { archive }) =>
  timed(async ({ host }) => {
    const began = performance.now();
    await must(lamina, ["push", archive, `${host}/bench/push:1`]);
    return performance.now() - began;
  });

const byPage = (origin, { archive }) =>
  timed(({ host }) =>
    withPage(origin, async (page) => {
      await page.open(archive);
      const { lamina } = page;
      await lamina.push(`${host}/bench/push:1`);
      const began = performance.now();
      await lamina.pushed({ seconds: 600 });
      return { page: performance.now() - began, compressing: await lamina.compressingRate() };
    }),
  );

/** Sends files into an empty registry as blobs, `atOnce` of them, by nothing but `fetch`: what the browser itself can do. */
const byBrowser = (origin, layers, atOnce) =>
  timed(({ host }) =>
    withBrowser(async (page) => {
      await page.goto(origin);
      await page.evaluate(() => {
        const input = Object.assign(document.createElement("input"), { type: "file", multiple: true, id: "files" });
        // Not in the body: the program clears it when it starts.
        document.documentElement.append(input);
      });
      await page.locator("#files").setInputFiles(layers.map(({ file }) => file));
      return page.evaluate(
        async ({ uploads, digests, atOnce }) => {
          const { files } = document.querySelector("#files");
          const began = performance.now();
          const left = [...files].map((file, n) => ({ file, digest: digests[n] }));
          const worker = async () => {
            for (let next = left.shift(); next; next = left.shift()) {
              const begun = await fetch(uploads, { method: "POST" });
              const address = new URL(begun.headers.get("Location"), uploads);
              address.searchParams.set("digest", next.digest);
              const { status } = await fetch(address, { method: "PUT", body: next.file });
              if (status !== 201) throw new Error(`the registry answered ${status}`);
            }
          };
          await Promise.all(Array.from({ length: atOnce }, worker));
          return performance.now() - began;
        },
        { uploads: `http://${host}/v2/bench/push/blobs/uploads/`, digests: layers.map(({ digest }) => digest), atOnce },
      );
    }),
  );

/** The same image as `docker save` writes it, with plain layers. */
async function dockerArchive(lamina, archive) {
  const file = archive.replace(/\.tar$/, ".docker.tar");
  await must(lamina, ["export", "--format", "docker-archive", "-o", file, archive]);
  return file;
}

/**
 * Of layers that are stored compressed, and of plain ones, which the push compresses: bytes, milliseconds by page and
 * command, and the rate that the page shows for the compressing.
 */
export async function pushing(origin, lamina, { quick }) {
  const [bytes, n_files] = quick ? [100 * MIB, 20_000] : [400 * MIB, 100_000];
  const kinds = [
    ["stored compressed", "push-gzip", () => largeLayers(bytes, 4).map((layer) => ({ ...layer, plain: false }))],
    ["compressed on the way", "push-plain", () => inLayers(n_files, 4).map((layer) => ({ ...layer, plain: true }))],
  ];
  const found = [];
  for (const [key, name, layers] of kinds) {
    const made = await image(`${name}${quick ? "-quick" : ""}`, layers);
    // A layout's layers go as they lie, byte for byte; those of a docker-archive are compressed.
    if (key === "compressed on the way") made.archive = await dockerArchive(lamina, made.archive);
    const runs = [];
    for (let n = 0; n < (quick ? 1 : 3); n += 1) {
      const command = await byCommand(lamina, made);
      const page = command && (await byPage(origin, made));
      // Bare requests send files as they lie: those of the other kind have to be compressed first.
      const isBare = page && key === "stored compressed";
      const browser = isBare ? await byBrowser(origin, made.layers, 1) : undefined;
      const browserAtOnce = isBare ? await byBrowser(origin, made.layers, 3) : undefined;
      if (page) runs.push({ command, ...page, browser, browserAtOnce });
    }
    console.log(`(push) ${key}: ${JSON.stringify(runs)}`);
    found.push({ key, bytes: made.layers.reduce((sum, { size }) => sum + size, 0), runs });
  }
  return found;
}
