// Exports from the page: what is saved is taken by real engines, and a file that the person chose is written in place.

import assert from "node:assert/strict";
import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { WORDS } from "../page.mjs";
import { dockerLoad, scratch, skopeoInspect, startDocker, umociUnpack } from "../tools/engines.mjs";
import { image, reference } from "../tools/images.mjs";
import { inspect, lamina as command, ls } from "../tools/lamina.mjs";
import { mustEqual } from "../tools/listing.mjs";

/** Browsers without the dialog for saving: the file goes through the private file system, and is downloaded. */
const withoutDialog = () => delete window.showSaveFilePicker;

/** A dialog that gives a file of the private file system, for nobody is there to choose one. */
const withDialog = () => {
  window.showSaveFilePicker = async ({ suggestedName }) => {
    window.suggested = suggestedName;
    if (window.dismisses) throw new DOMException("nobody wants it", "AbortError");
    const root = await navigator.storage.getDirectory();
    return root.getFileHandle("chosen.tar", { create: true });
  };
};

const chosenBytes = async () => {
  const root = await navigator.storage.getDirectory();
  const file = await (await root.getFileHandle("chosen.tar")).getFile();
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
};

export async function testExporting(test) {
  const folder = await scratch();
  const path = "app/app.docker.tar";
  const file = (name) => join(folder, name);
  const opened = async (lamina, script) => {
    const { page } = lamina;
    await page.addInitScript(script);
    await page.reload();
    await lamina.ready();
    await lamina.drop(image(path));
    await lamina.verified();
  };
  const download = async (lamina, choice, names, name) => {
    const [download] = await Promise.all([lamina.page.waitForEvent("download"), lamina.save(choice, names)]);
    await copyFile(await download.path(), file(name));
    return download.suggestedFilename();
  };
  try {
    await test("EX-08 EX-10 a docker-archive saved by the page is loaded by Docker, its image ID unchanged", async (lamina) => {
      await opened(lamina, withoutDialog);
      assert.equal(await download(lamina, "docker-archive", "lamina-e2e/page:1 localhost:5000/page:2", "page.docker.tar"), "lamina-e2e_page_1.docker.tar");
      const { image_id } = (await inspect(image(path))).images[0];
      if (command()) mustEqual(await ls(file("page.docker.tar")), reference());
      const engine = await startDocker();
      try {
        const { names, ids } = await dockerLoad(engine.docker, file("page.docker.tar"));
        assert.deepEqual(names.sort(), ["lamina-e2e/page:1", "localhost:5000/page:2"]);
        assert.deepEqual([...new Set(ids)], [image_id]);
      } finally {
        await engine.stop();
      }
    }, { seconds: 240 });

    await test("EX-09 EX-10 an OCI archive saved by the page is read by skopeo and unpacked by umoci", async (lamina) => {
      await opened(lamina, withoutDialog);
      await download(lamina, "oci-archive", "lamina-e2e/page:1", "page.oci.tar");
      const { config } = (await inspect(image(path))).images[0];
      assert.deepEqual((await skopeoInspect(`oci-archive:${file("page.oci.tar")}:1`)).rootfs, config.rootfs);
      const { done } = await umociUnpack(file("page.oci.tar"), "1");
      await done();
    }, { seconds: 240 });

    await test("EX-12 a directory, the root file system and a layer are saved as tar", async (lamina) => {
      await opened(lamina, withoutDialog);
      await download(lamina, "rootfs", undefined, "rootfs.tar");
      mustEqual(await ls(file("rootfs.tar")), reference());
      await download(lamina, "layer-0", undefined, "layer.tar");
      assert.ok((await ls(file("layer.tar"))).size > 0);
      await lamina.row("etc").dblclick();
      const [saved] = await Promise.all([lamina.page.waitForEvent("download"), lamina.panel.getByRole("button", { name: WORDS.saveDirectory }).click()]);
      assert.equal(saved.suggestedFilename(), "etc.tar");
    });

    await test("a file that the person chose is written in place, and a dialog that is closed saves nothing", async (lamina, page) => {
      await opened(lamina, withDialog);
      await page.evaluate(() => (window.dismisses = true));
      await lamina.save("docker-archive", "lamina-e2e/chosen:1");
      await page.evaluate(() => (window.dismisses = false));
      await lamina.saveForm.getByRole("button", { name: WORDS.save, exact: true }).click();
      await lamina.saveForm.waitFor({ state: "detached" });
      assert.equal(await page.evaluate(() => window.suggested), "lamina-e2e_chosen_1.docker.tar");
      await writeFile(file("chosen.tar"), Buffer.from(await page.evaluate(chosenBytes), "base64"));
      mustEqual(await ls(file("chosen.tar")), reference());
    });

    await test("a name that Docker refuses is refused with its reason, and the form stays", async (lamina, page) => {
      await opened(lamina, withoutDialog);
      await lamina.save("docker-archive", "NOT:1");
      await page.getByRole("alert").getByText(/NOT|lower-case/).first().waitFor();
      await lamina.saveForm.waitFor();
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
