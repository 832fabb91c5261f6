// A real Debian root file system, opened both ways: dropped, and from a registry.

import assert from "node:assert/strict";

import { image, reference } from "../tools/images.mjs";
import { mustEqual, parseListing } from "../tools/listing.mjs";
import { push } from "../tools/registry.mjs";
import { WORDS } from "../page.mjs";

const SECONDS = 300;

export async function testDebianInThePage(test, registry) {
  const want = () => reference("debian/export.jsonl", "debian/umoci.jsonl");

  for (const path of ["debian/debian.docker.tar", "debian/debian.docker.tar.gz", "debian/debian.oci.tar"]) {
    await test(`a real Debian root file system dropped: verified, listing equals docker export: ${path}`, async (lamina) => {
      const start = performance.now();
      await lamina.drop(image(path));
      await lamina.verified({ seconds: SECONDS });
      console.log(`    verified after ${((performance.now() - start) / 1000).toFixed(1)} s`);
      mustEqual(parseListing(await lamina.export(WORDS.listing)), want());
    }, { seconds: SECONDS });
  }

  await test("its tree scrolls through thousands of rows with a few on the page, and no more at its end", async (lamina, page) => {
    await lamina.drop(image("debian/debian.docker.tar"));
    await lamina.verified({ seconds: SECONDS });
    // Filtered by kind, all directories that lead to a file are open.
    await page.getByRole("combobox", { name: "Filter by kind" }).selectOption({ label: "Files" });
    await page.waitForFunction(() => Number(document.querySelector("[role=treegrid]").getAttribute("aria-rowcount")) > 5000);
    const drawn = await lamina.tree.getByRole("row").count();
    assert.ok(drawn < 200, `${drawn} rows drawn`);
    await lamina.tree.focus();
    await lamina.tree.hover();
    for (let i = 0; i < 40; i += 1) await page.mouse.wheel(0, 1200);
    await page.keyboard.press("End");
    await page.waitForFunction(() => {
      const grid = document.querySelector("[role=treegrid]");
      return [...grid.querySelectorAll("[aria-rowindex]")].some((row) => row.getAttribute("aria-rowindex") === grid.getAttribute("aria-rowcount"));
    });
    const drawnAtTheEnd = await lamina.tree.getByRole("row").count();
    assert.ok(drawnAtTheEnd < 200, `${drawnAtTheEnd} rows drawn`);
  }, { seconds: SECONDS });

  await test("a real Debian root file system from a registry: verified, listing equals docker export", async (lamina) => {
    if (!registry) return;
    await push(registry, `docker-archive:${image("debian/debian.docker.tar")}`, "lamina-e2e/debian:1.0", "--format", "v2s2");
    await lamina.openAddress(`${registry.host}/lamina-e2e/debian:1.0`);
    await lamina.verified({ seconds: SECONDS });
    mustEqual(parseListing(await lamina.export(WORDS.listing)), want());
  }, { seconds: SECONDS, ...(registry && { hosts: [registry.host] }) });
}
