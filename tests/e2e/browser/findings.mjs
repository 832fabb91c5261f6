// The Findings tab: a secret that is deleted above, masked until it is asked for, and an image without any.

import assert from "node:assert/strict";

import { WORDS } from "../page.mjs";
import { layerOf, write } from "../tools/written.mjs";
import { eventually } from "../tools/ring.mjs";

// Put together here, so that no file of the project holds it.
const KEY = ["AKI", "AQ7RTUVWXYZ2345AB"].join("");

export async function testFindings(test) {
  await test("the Findings tab names a secret that a later layer deleted, masks it until asked, and leads to it; in both languages", async (lamina, page) => {
    const lower = layerOf({ name: "root", dir: true }, { name: "root/.aws", dir: true }, { name: "root/.aws/credentials", content: `[default]\naws_access_key_id = ${KEY}\n` });
    const upper = layerOf({ name: "root/.aws/.wh.credentials", content: "" });
    const config = { config: { Env: ["PATH=/bin"] }, history: [{ created_by: "COPY .aws /root/.aws" }, { created_by: "RUN rm /root/.aws/credentials" }] };
    await lamina.drop(await write("findings.oci.tar", { layers: [lower, upper], name: "1", config }));
    await lamina.verified();
    await lamina.part(WORDS.findings).click();
    const table = page.getByRole("region", { name: WORDS.secrets });
    const row = table.getByRole("row").filter({ hasText: "AWS access key ID" });
    await row.getByText("AKIA••••••••").waitFor();
    await row.getByText("deleted in layer").waitFor();
    assert.equal(await page.getByText(KEY).count(), 0);
    await row.getByRole("button", { name: "Show", exact: true }).click();
    await row.getByText(KEY).waitFor();
    await row.getByRole("button", { name: "Hide", exact: true }).click();
    await eventually(async () => assert.equal(await page.getByText(KEY).count(), 0));

    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("region", { name: "机密信息" }).waitFor();
    await page.getByRole("button", { name: "EN", exact: true }).click();

    // The Overview has the number, once somebody searched.
    await lamina.part(WORDS.overview).click();
    await page.getByText("1 secret in files, configuration or history").waitFor();
    await page.getByRole("button", { name: /^Show: 1 secret/ }).click();

    await row.getByRole("button", { name: "/root/.aws/credentials" }).click();
    await eventually(async () => assert.match(await lamina.hash(), /view=upto:0&path=\/root\/\.aws\/credentials$/));
  });

  await test("the Findings tab of the sample finds the token that a later layer only hides, and says what was searched", async (lamina, page) => {
    await page.getByRole("link", { name: WORDS.sample }).click();
    await lamina.repository("demo/app").click();
    await lamina.tag("1.1-fixed").click();
    await lamina.verified();
    await lamina.part(WORDS.findings).click();
    const row = page.getByRole("region", { name: WORDS.secrets }).getByRole("row").filter({ hasText: "/srv/app/.env" });
    await row.getByText("deleted in layer").waitFor();
    await row.getByText("this••••••••").waitFor();
    assert.ok(Number((await lamina.figure("Files searched").innerText()).replaceAll(",", "")) > 100);
  });

  await test("the Findings tab says what makes an image less safe, with its layer and what to do, leads to it, and speaks both languages", async (lamina, page) => {
    const layer = layerOf({ name: "bin", dir: true }, { name: "bin/su", content: "x", mode: 0o4755 }, { name: "etc", dir: true }, { name: "etc/shadow", content: "root::1:0:9:7:::\n" });
    const config = { config: { ExposedPorts: { "22/tcp": {} } }, history: [{ created_by: "RUN chmod u+s /bin/su" }] };
    await lamina.drop(await write("safety.oci.tar", { layers: [layer], name: "1", config }));
    await lamina.verified();
    await lamina.part(WORDS.findings).click();
    const table = page.getByRole("region", { name: "Safety" });
    const row = (text) => table.getByRole("row").filter({ hasText: text });
    await row("Setuid file").getByText("4755 0:0").waitFor();
    await row("Setuid file").getByText("RUN chmod u+s /bin/su").waitFor();
    await row("Setuid file").getByText("Remove the bit with chmod u-s").waitFor();
    await row("Account without a password").getByText("root", { exact: true }).waitFor();
    await row("Runs as root").getByText("Add a USER").waitFor();
    await row("22/tcp").waitFor();
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("region", { name: "安全性" }).getByText("setuid 文件").waitFor();
    await page.getByRole("button", { name: "EN", exact: true }).click();
    await row("Setuid file").getByRole("button", { name: "/bin/su" }).click();
    await eventually(async () => assert.match(await lamina.hash(), /path=\/bin\/su$/));
  });
}
