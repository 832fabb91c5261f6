// The System tab: the sample's distribution, users and the way to the files that say so, as the report has them.

import assert from "node:assert/strict";

import { WORDS } from "../page.mjs";

export async function testSystem(test) {
  const opened = async (lamina, page) => {
    await page.getByRole("link", { name: WORDS.sample }).click();
    await lamina.repository("demo/app").click();
    await lamina.tag("1.1-fixed").click();
    await lamina.verified();
    await lamina.part(WORDS.system).click();
  };

  await test("the System tab names the distribution, its file and layer, and the users; a file opens in the tree; in both languages", async (lamina, page) => {
    await opened(lamina, page);
    const main = page.getByRole("main");
    const [{ system }] = JSON.parse(await lamina.export(WORDS.report)).images;
    const name = system.distribution.pretty_name;
    assert.ok(name, JSON.stringify(system.distribution));
    await main.getByRole("heading", { name: "Root file system" }).waitFor();
    await main.getByText(name).first().waitFor();
    await main.getByText("none in /boot and /lib/modules").waitFor();
    const users = main.locator("section.card").filter({ has: page.getByRole("heading", { name: /^Users/ }) });
    assert.deepEqual(await users.getByRole("rowheader").allInnerTexts(), system.users.first.map((user) => user.name));

    await page.getByRole("button", { name: "中文" }).click();
    await main.getByRole("heading", { name: "根文件系统" }).waitFor();
    await page.getByRole("button", { name: "EN", exact: true }).click();

    await main.getByRole("button", { name: "/etc/passwd" }).click();
    await lamina.panel.getByText("/etc/passwd").first().waitFor();
  });

  await test("the System tab of an address opens again", async (lamina, page) => {
    await opened(lamina, page);
    await page.waitForURL(/part=system/);
    await page.reload();
    await page.getByRole("main").getByRole("heading", { name: "Root file system" }).waitFor();
  });
}
