// The Dockerfile beside the history: its lines, their layers and sizes, what the history does not hold.

import assert from "node:assert/strict";

import { image } from "../tools/images.mjs";
import { askFor } from "../tools/lamina.mjs";

export async function testDockerfile(test) {
  const opened = async (lamina, page, file) => {
    await lamina.drop(image(file));
    await lamina.verified();
    await lamina.part("History").click();
    await page.getByRole("button", { name: "Dockerfile", exact: true }).click();
  };

  await test("History shows the Dockerfile that the command prints, a line leads to its layer, in both languages", async (lamina, page) => {
    const file = "dockerfiles/service.buildah.tar";
    await opened(lamina, page, file);
    const table = page.getByRole("region", { name: "Dockerfile" });
    const lines = (await table.locator("code").allInnerTexts()).filter((line) => !line.startsWith("#"));
    const { stdout } = await askFor(0, ["dockerfile", image(file)]);
    assert.deepEqual(lines, stdout.trimEnd().split("\n").filter((line) => !line.startsWith("#")));
    const copied = table.getByRole("row").filter({ hasText: "COPY app.sh" });
    await copied.getByText("the sources' place").waitFor();
    await page.getByRole("button", { name: "中文" }).click();
    await copied.getByText("来源的位置").waitFor();
    await page.getByRole("button", { name: "EN", exact: true }).click();
    await copied.getByRole("button", { name: /^Go to layer/ }).click();
    await lamina.tree.waitFor();
  });

  await test("the Dockerfile of an image by the classic builder says that its base is not told", async (lamina, page) => {
    await opened(lamina, page, "dockerfiles/shells.classic.tar");
    await page.getByText("The history does not tell where the base image ends").waitFor();
    await page.getByText('ENV PATH=/usr/local/bin:/bin ANSWER="6 * 7 = 42" QUOTE="say \\"no\\""').waitFor();
  });
}
