// The Packages tab: the sample's packages as the report has them, sorted, filtered, and the way into the tree.

import assert from "node:assert/strict";

import { WORDS } from "../page.mjs";
import { eventually } from "../tools/ring.mjs";

export async function testPackagesInThePage(test) {
  const opened = async (lamina, page) => {
    await page.getByRole("link", { name: WORDS.sample }).click();
    await lamina.repository("demo/app").click();
    await lamina.tag("1.1-fixed").click();
    await lamina.verified();
    await lamina.part(WORDS.packages).click();
  };

  await test("the Packages tab lists the packages of the report, sorts and filters them, and leads to their records; in both languages", async (lamina, page) => {
    await opened(lamina, page);
    const table = page.getByRole("region", { name: WORDS.packages });
    await table.waitFor();
    const [{ packages }] = JSON.parse(await lamina.export(WORDS.report)).images;
    assert.ok(packages.packages.length >= 3, JSON.stringify(packages));
    const names = () => table.getByRole("rowheader").getByRole("button").allInnerTexts();
    const bySize = [...packages.packages].sort((one, other) => other.owned_bytes - one.owned_bytes);
    assert.equal((await names())[0], bySize[0].name);

    const head = (name) => table.getByRole("columnheader", { name });
    await head("Package").getByRole("button").click();
    assert.equal(await head("Package").getAttribute("aria-sort"), "ascending");
    const sorted = packages.packages.map(({ name }) => name).sort();
    await eventually(async () => assert.deepEqual(await names(), sorted));
    await head("Package").getByRole("button").click();
    await eventually(async () => assert.deepEqual(await names(), sorted.reverse()));

    await page.getByRole("searchbox", { name: "Filter by name, version or licence" }).fill("python3");
    await eventually(async () => assert.ok((await names()).every((name) => name.startsWith("python3"))));
    assert.ok((await names()).length > 0);
    await page.getByRole("searchbox", { name: "Filter by name, version or licence" }).fill("no such package");
    await page.getByText("No package fits the filter.").waitFor();
    await page.getByRole("searchbox", { name: "Filter by name, version or licence" }).fill("");

    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("region", { name: "软件包" }).waitFor();
    await page.getByRole("button", { name: "EN", exact: true }).click();

    await table.getByRole("button", { name: "bash", exact: true }).click();
    await lamina.panel.getByText("/var/lib/dpkg/status").first().waitFor();
  });

  await test("the Packages tab saves the bill of materials, with the packages of the report; in both languages", async (lamina, page) => {
    await opened(lamina, page);
    await page.getByRole("region", { name: WORDS.packages }).waitFor();
    const [{ packages }] = JSON.parse(await lamina.export(WORDS.report)).images;
    const expected = packages.packages.filter((one) => one.installed !== false).map(({ name }) => name);
    const saved = async (name) => {
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name, exact: true }).click();
      return JSON.parse(await lamina.downloaded(await download));
    };
    const spdx = await saved("Save as SPDX");
    assert.deepEqual(spdx.packages.slice(1).map(({ name }) => name), expected);
    await page.getByRole("button", { name: "中文" }).click();
    const cyclonedx = await saved("保存为 CycloneDX");
    assert.deepEqual(cyclonedx.components.map(({ name }) => name), expected);
    assert.equal(cyclonedx.metadata.timestamp, spdx.creationInfo.created);
  });

  await test("the Packages tab of an address opens again", async (lamina, page) => {
    await opened(lamina, page);
    await page.waitForURL(/part=packages/);
    await page.reload();
    await page.getByRole("region", { name: WORDS.packages }).waitFor();
  });
}
