// One archive cannot spoil what the browser keeps of another: in either order, in two tabs, and after a reload.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";

import { twins } from "../tools/heavy.mjs";
import { layerOf, write, writeDockerArchive } from "../tools/written.mjs";
import { WORDS } from "../page.mjs";

const [TEXT, OTHER_TEXT] = ["what is expected", "another one 0000"];
const wanted = [{ name: "etc/", dir: true }, { name: "etc/genuine", content: `${TEXT}\n${"line\n".repeat(2000)}` }];

export async function testSpoiling(test) {
  await test("two gzip streams of one length over one tar leave each other's files readable, also after a reload", async (lamina, page) => {
    const [genuine, other] = twins(...wanted);
    const files = [
      await writeDockerArchive("twin-other.docker.tar", { layers: [other], name: "twin:other" }),
      await writeDockerArchive("twin-genuine.docker.tar", { layers: [genuine], name: "twin:genuine" }),
    ];
    const showBoth = async () => {
      for (const file of files) {
        await lamina.drop(file);
        await lamina.verified();
        await mustShow(lamina);
      }
    };
    await showBoth();
    await startAgain(lamina, page);
    await showBoth();
  });

  await test("an archive with other bytes under a digest that is kept is known, not read, and loses that when it is read", async (lamina, page) => {
    const [genuine, forged] = await withForged("forged");
    await lamina.drop(genuine);
    await lamina.verified();
    await startAgain(lamina, page);
    await lamina.drop(forged);
    await lamina.read();
    assert.equal(await lamina.header.getByText(WORDS.proved).count(), 0, "nobody has read it");
    const ask = lamina.header.getByRole("button", { name: WORDS.verifyNow });
    if (await ask.isVisible()) await ask.click();
    await mustBeRefused(lamina);
    await startAgain(lamina, page);
    await lamina.drop(genuine);
    await lamina.verified();
    await mustShow(lamina);
  });

  await test("an archive with other bytes that is read first keeps nothing, in its tab and in another", async (lamina, page, context) => {
    const [genuine, forged] = await withForged("forged-first");
    await lamina.drop(forged);
    await lamina.read();
    await mustBeRefused(lamina);
    const other = new lamina.constructor(await context.newPage(), lamina.origin);
    await other.goto();
    await other.drop(genuine);
    await other.verified();
    assert.equal(await other.layer(0).getByText(WORDS.known).count(), 0, "it was read, not known");
    await mustShow(other);
    await page.bringToFront();
    await lamina.drop(genuine);
    await lamina.verified();
    await mustShow(lamina);
    await lamina.openTabs.first().click();
    await mustBeRefused(lamina);
  });
}

/** An archive, and the same with other bytes of the same length under the digest of its layer. */
async function withForged(name) {
  const [folder, file] = wanted;
  const layer = layerOf(folder, file);
  const forged = layerOf(folder, { ...file, content: file.content.replace(TEXT, OTHER_TEXT) });
  assert.equal(forged.stored.length, layer.stored.length, "the two texts compress to one length");
  const genuine = await write(`${name}-genuine.oci.tar`, { layers: [layer], name: `${name}:genuine` });
  const bytes = await readFile(genuine);
  forged.stored.copy(bytes, bytes.indexOf(layer.stored));
  const path = genuine.replace("-genuine", "-other");
  await writeFile(path, bytes);
  return [genuine, path];
}

async function mustShow(lamina) {
  await lamina.find("genuine", "etc/genuine");
  await lamina.content.getByText(TEXT).first().waitFor();
}

async function mustBeRefused(lamina) {
  await lamina.header.getByText(/does not match|mismatch/i).first().waitFor();
  assert.equal(await lamina.header.getByText(WORDS.verified).count(), 0);
}

/** A page that knows only what the browser keeps. */
async function startAgain(lamina, page) {
  await page.goto("about:blank");
  await lamina.goto("#/");
}
