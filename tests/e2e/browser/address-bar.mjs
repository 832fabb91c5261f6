// The address bar restores the view: registry, image, platform, layer, path; Back goes back; a dropped file is known again.

import assert from "node:assert/strict";

import { image, json, reference } from "../tools/images.mjs";
import { mustEqual, parseListing } from "../tools/listing.mjs";
import { WORDS } from "../page.mjs";
import { eventually } from "../tools/ring.mjs";

export async function testAddressBar(test, registry) {
  const hosts = [registry.host];
  const top = () => json("app/facts.json").diff_ids.length - 1;

  await test("after a reload the same registry, image, layer and path are shown", async (lamina, page) => {
    await lamina.openAddress(`${registry.host}/lamina-e2e/app:1.0`);
    await lamina.verified();
    await lamina.pickLayer(top()).click();
    await lamina.find("greeting", "etc/greeting");
    await lamina.content.getByText("hello, world").waitFor();
    await page.waitForFunction(() => location.hash.includes("path="));
    const hash = await lamina.hash();
    for (const part of [registry.host, "lamina-e2e/app:1.0", `view=layer:${top()}`, "path=/etc/greeting"]) {
      assert.ok(hash.includes(part), `'${part}' in ${hash}`);
    }
    await page.reload();
    await lamina.verified();
    await lamina.content.getByText("hello, world").waitFor();
    await eventually(async () => assert.equal(await lamina.view(`Layer ${top()}'s changes`).getAttribute("aria-pressed"), "true"));
    await eventually(async () => assert.equal(await lamina.hash(), hash));
  }, { hosts });

  await test("a link from elsewhere opens the image, the view and the path at once", async (lamina) => {
    await lamina.goto(`#/${registry.host}/lamina-e2e/app:oci-zstd?view=upto:0&path=/etc/greeting`);
    await lamina.content.getByText("helo, wrold").waitFor();
    await lamina.verified();
  }, { hosts });

  await test("a path with bytes that are not UTF-8 is kept in the address bar", async (lamina, page) => {
    await lamina.goto(`#/${registry.host}/lamina-e2e/app:1.0?path=/srv/names/latin1-caf%E9`);
    await lamina.verified();
    await lamina.content.getByText("latin1").first().waitFor();
    await page.reload();
    await lamina.content.getByText("latin1").first().waitFor();
  }, { hosts });

  await test("Back goes from the image to the tags, to the repositories, to the start", async (lamina, page) => {
    await lamina.openAddress(registry.host);
    await lamina.repository("lamina-e2e/app").click();
    await lamina.tag("1.0").click();
    await lamina.verified({ stays: true });
    await page.goBack();
    await lamina.tag("1.0").waitFor();
    await page.goBack();
    await lamina.repository("lamina-e2e/app").waitFor();
  }, { hosts });

  await test("what was opened before is on the start page and opens again", async (lamina, page) => {
    await lamina.openAddress(`${registry.host}/lamina-e2e/app:1.0`);
    await lamina.verified();
    await lamina.goto("#/");
    await page.reload();
    await page.getByRole("region", { name: WORDS.recent }).getByRole("link", { name: /lamina-e2e\/app:1\.0/ }).click();
    await lamina.verified();
  }, { hosts });

  await test("a dropped file is asked for after a reload by its name and image ID, and the view comes back with it", async (lamina, page) => {
    const file = image("app/app.docker.tar");
    await lamina.chooseFile(file);
    await lamina.verified();
    await lamina.find("greeting", "etc/greeting");
    await lamina.content.getByText("hello, world").waitFor();
    await page.waitForFunction(() => location.hash.includes("path="));
    await page.reload();
    await page.getByText("app.docker.tar").first().waitFor();
    const id = json("app/facts.json").image_id.slice(7, 19);
    await page.getByText(new RegExp(id)).first().waitFor();
    await lamina.chooseFile(file);
    await lamina.verified();
    await lamina.content.getByText("hello, world").waitFor();
    mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
  });
}
