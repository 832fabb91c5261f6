// What is no root file system: an artifact's blobs are listed, and saved under their names.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { writeArtifact } from "../tools/written.mjs";

const TYPE = "application/vnd.example.report";
const FILES = [
  { title: "report.json", mediaType: "application/json", content: '{"found": 0}\n' },
  { title: "folder/notes.txt", mediaType: "text/plain", content: "calm\n" },
];

/** An archive that holds an artifact of two files. */
export function artifact() {
  return writeArtifact("artifact.oci.tar", { type: TYPE, name: "report:1", files: FILES });
}

export async function testArtifact(test) {
  await test("an artifact's blobs are listed with title, type and size, and saved byte for byte", async (lamina, page) => {
    await lamina.drop(await artifact());
    await page.getByText(`an artifact of type ${TYPE}`).waitFor();
    const rows = page.getByRole("row").filter({ has: page.getByRole("button", { name: "Download" }) });
    assert.equal(await rows.count(), FILES.length);
    for (const [at, { title, mediaType, content }] of FILES.entries()) {
      const cells = await rows.nth(at).getByRole("cell").allInnerTexts();
      assert.deepEqual(cells.slice(0, 4), [String(at), title, mediaType, `${content.length} B`]);
      const saved = page.waitForEvent("download");
      await rows.nth(at).getByRole("button", { name: "Download" }).click();
      const download = await saved;
      assert.equal(download.suggestedFilename(), title.replace("/", "_"));
      assert.equal(await readFile(await download.path(), "utf8"), content);
    }
  });
}
