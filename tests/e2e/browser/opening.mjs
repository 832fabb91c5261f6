// (a) and (c): an archive is dropped or chosen, every layer is verified, the exported listing is what the engine says.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { FLAT, LAYOUTS, SEVERAL, WRITERS, image, json, reference } from "../tools/images.mjs";
import { mustBeWellFormed, mustEqual, parseListing, readListing } from "../tools/listing.mjs";
import { ask, inspect, lamina as command } from "../tools/lamina.mjs";
import { WORDS } from "../page.mjs";

const [DOCKER] = WRITERS;

export async function testOpening(test) {
  await test("(a) a docker save archive dropped on the page: verified, listing equals docker export, author and message are seen", async (lamina) => {
    const facts = json("app/facts.json");
    await lamina.drop(image(DOCKER.path));
    await lamina.verified();
    const text = await lamina.export(WORDS.listing);
    mustBeWellFormed(text);
    mustEqual(parseListing(text), reference());
    assert.ok((await lamina.header.innerText()).includes(facts.name), "the name in the header");
    const seen = await lamina.about();
    assert.ok(seen.includes(facts.author), `the author in: ${seen}`);
    assert.ok(seen.includes(facts.message), `the message in: ${seen}`);
  });

  await test("(a) the same archive by the file button", async (lamina) => {
    await lamina.chooseFile(image(DOCKER.path));
    await lamina.verified();
    mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
  });

  await test("(a) the same archive dropped by a script's DataTransfer, without handles or entries", async (lamina) => {
    const file = image(DOCKER.path);
    await lamina.dropFromScript(basename(file), readFileSync(file).toString("base64"));
    await lamina.verified();
    mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
  });

  for (const { name, path, claims } of WRITERS.slice(1)) {
    await test(`(c) dropped, the listing equals docker export: ${name}`, async (lamina) => {
      await lamina.drop(image(path));
      if (claims === "nothing") await lamina.header.getByText(WORDS.unclaimed).waitFor();
      else await lamina.verified();
      mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
    });
  }

  for (const { name, path } of LAYOUTS) {
    await test(`AF-35 (c) a folder dropped, the listing equals docker export: ${name}`, async (lamina) => {
      await lamina.drop(image(path));
      await lamina.verified();
      mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
    });
  }
  await test("(c) a folder by the folder button, the listing equals docker export", async (lamina) => {
    await lamina.chooseFolder(image(LAYOUTS[0].path));
    await lamina.verified();
    mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
  });

  for (const { name, path, n, repository } of SEVERAL) {
    await test(`several images in one archive are offered, and each opens: ${name}`, async (lamina) => {
      await lamina.drop(image(path));
      await lamina.page.getByText(`${n} images`).first().waitFor();
      await lamina.foundImage(new RegExp(`${repository}:1\\.0`)).click();
      await lamina.verified();
      mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
    });
  }

  for (const { name, path } of FLAT) {
    await test(`a flat root file system is one layer: ${name}`, async (lamina) => {
      await lamina.drop(image(path));
      await lamina.read();
      mustEqual(parseListing(await lamina.export(WORDS.listing)), readListing(image("app/flat.jsonl")));
    });
  }

  await test("an image without layers, of configuration alone, is shown as such, not as a failure", async (lamina) => {
    await lamina.drop(image("copies/umoci-empty.oci.tar"));
    await lamina.page.getByRole("region", { name: WORDS.about }).getByText("Ada <ada@example.com>").first().waitFor();
    await lamina.page.getByText(/no layers|no files/).first().waitFor();
  });

  await test("lamina ls answers what the page answers, byte for byte; the reports agree", async (lamina) => {
    if (!command()) return;
    const file = image(DOCKER.path);
    await lamina.drop(file);
    await lamina.verified();
    for (const [line, options] of [[WORDS.listing, []], [WORDS.full, ["--full"]]]) {
      const { stdout } = await ask(["ls", ...options, file]);
      const [page, native] = [await lamina.export(line), stdout].map(withoutHashes);
      assert.equal(page, native, `lamina ls ${options}`);
    }
    const [page] = JSON.parse(await lamina.export(WORDS.report)).images;
    const [native] = (await inspect(file)).images;
    assert.deepEqual(page, native);
  });
}

// The page does not hash each file while it reads; the command does under --full.
const withoutHashes = (text) => text.replace(/,"sha256":"[0-9a-f]{64}"/g, "");
