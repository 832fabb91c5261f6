// Profiles that older versions filled: nothing that a person made is lost by an update. Caches may be.
//
// Each file of ../profiles was written by record-profile.mjs with the page of the version that its name says.

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { CHANGES, TEXT, give, unpack } from "../tools/profile.mjs";

const profiles = fileURLToPath(new URL("../profiles", import.meta.url));

export async function testProfiles(test) {
  for (const name of (await readdir(profiles)).filter((name) => name.endsWith(".json.gz"))) {
    await test(`a browser that ${name.replace(".json.gz", "")} filled: its list, container layer and unsaved image are there`, async (lamina, page) => {
      const profile = await unpack(join(profiles, name));
      // A page of the same origin without the program, which would read what is put in.
      await page.goto(`${lamina.origin}nothing`);
      await give(page, profile);
      await lamina.goto();
      const recent = page.getByRole("main").getByRole("listitem");
      for (const title of ["demo/app", "profile:2"]) await recent.filter({ hasText: title }).first().waitFor();
      // The image of a registry.
      await recent.filter({ hasText: "demo/app" }).getByRole("link").or(recent.filter({ hasText: "demo/app" }).getByRole("button")).first().click();
      await lamina.verified();
      // The unsaved image, with what its commit said.
      await page.getByRole("tab").first().click();
      await lamina.goto();
      await recent.filter({ hasText: "profile:2" }).getByRole("button", { name: /profile:2/ }).first().click();
      await lamina.verified();
      await lamina.part("History").click();
      await page.getByText("made before the update").first().waitFor();
      // The archive's container layer.
      const folder = await mkdtemp(join(tmpdir(), "lamina-profile-"));
      try {
        const file = join(folder, "profile.oci.tar");
        await writeFile(file, profile.archive);
        await lamina.goto();
        await lamina.chooseFile(file);
        await lamina.changes(...CHANGES);
        await lamina.find("kept.txt", "kept.txt");
        await lamina.content.getByText(TEXT.trim()).first().waitFor();
      } finally {
        await rm(folder, { recursive: true });
      }
      await lamina.verified();
    });
  }
}
