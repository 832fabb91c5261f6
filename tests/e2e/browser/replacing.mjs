// Several things at a time: a second drop replaces a loading first, images stand side by side as tabs, work is cancelled.

import assert from "node:assert/strict";

import { image, reference } from "../tools/images.mjs";
import { mustEqual, parseListing } from "../tools/listing.mjs";
import { WORDS } from "../page.mjs";
import { eventually } from "../tools/ring.mjs";

export async function testReplacing(test) {
  await test("a second drop replaces a first that is still loading, cleanly", async (lamina, page) => {
    await lamina.drop(image("debian/debian.docker.tar.gz"));
    await page.getByText(/Opening debian\.docker\.tar\.gz|Decompressing/).first().waitFor();
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified();
    mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
    await eventually(async () => assert.equal(await lamina.openTabs.count(), 1, "the first has no tab any more"));
    assert.doesNotMatch(await lamina.seen(), /debian/);
  });

  await test("decompressing an archive shows progress and can be cancelled; the page is as before", async (lamina, page) => {
    await lamina.drop(image("debian/debian.docker.tar.gz"));
    await page.getByRole("progressbar").first().waitFor();
    await page.getByRole("button", { name: WORDS.cancel }).click();
    await page.getByRole("button", { name: "Choose a file" }).waitFor();
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified();
  });

  await test("two images side by side as tabs, each with its own view; closing one leaves the other", async (lamina, page) => {
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified();
    await lamina.pickLayer(0).click();
    await lamina.drop(image("copies/umoci.oci.tar"));
    await lamina.verified();
    await eventually(async () => assert.equal(await lamina.openTabs.count(), 2));
    await lamina.openTabs.first().click();
    await eventually(async () => assert.equal(await lamina.view("Layer 0's changes").getAttribute("aria-pressed"), "true"));
    await lamina.openTabs.last().click();
    mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
    await lamina.openTabs.last().press("Delete");
    await eventually(async () => assert.equal(await lamina.openTabs.count(), 1));
    await lamina.header.getByText("lamina-e2e/app:1.0").first().waitFor();
    void page;
  });

  await test("two archives dropped at once open as two tabs", async (lamina) => {
    await lamina.drop(image("app/app.docker.tar"), image("copies/podman.oci.tar"));
    await lamina.verified();
    await eventually(async () => assert.equal(await lamina.openTabs.count(), 2));
  });

  await test("a file that changes after it was opened is named as unreadable, not shown as something else", async (lamina, page) => {
    const { copyFile, mkdtemp, rm, appendFile } = await import("node:fs/promises");
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const folder = await mkdtemp(join(tmpdir(), "lamina-changing-"));
    try {
      const file = join(folder, "changing.tar");
      await copyFile(image("app/app.docker.tar"), file);
      await lamina.chooseFile(file);
      await lamina.verified();
      await appendFile(file, "more");
      await lamina.find("notes.txt", "usr/share/doc/greet/notes.txt");
      await lamina.panel.getByRole("alert").first().waitFor();
      void page;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
