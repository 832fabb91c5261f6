// What a verdict says where it stands: what engines make of an image otherwise, what is left out, and of whom a link asks.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { KINDS, archiveOf } from "../tools/kinds.mjs";
import { WORDS } from "../page.mjs";

const work = fileURLToPath(new URL("../../../target/e2e-images/work", import.meta.url));
// Whatever port a registry takes.
const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };

export async function testTold(test) {
  await test("what engines read otherwise stands in the header without a click, for each kind, and for none that is plain", async (lamina, page) => {
    await mkdir(work, { recursive: true });
    for (const [at, kind] of KINDS.entries()) {
      const path = join(work, `kind-${at}.tar`);
      await writeFile(path, archiveOf(kind));
      await lamina.goto("#/");
      await lamina.drop(path);
      await lamina.header.getByText(kind.status === 3 ? WORDS.incomplete : WORDS.verified).first().waitFor();
      const box = page.locator(".image__engines:visible");
      if (kind.shown) {
        await box.getByText(WORDS.engines).first().waitFor();
        assert.ok((await box.first().innerText()).split("\n").length > 1, `${kind.name}: a title alone`);
      } else {
        assert.equal(await box.count(), 0, kind.name);
      }
      await lamina.openTabs.first().press("Delete");
    }
  }, { seconds: 180 });

  await test("a layer of which something is left out is incomplete in layer, header and tab, and says what is missing", async (lamina, page) => {
    const path = join(work, "kind-incomplete.tar");
    await mkdir(work, { recursive: true });
    await writeFile(path, archiveOf(KINDS.find(({ status }) => status === 3)));
    await lamina.drop(path);
    await lamina.header.getByText(WORDS.incomplete).first().waitFor();
    await lamina.layer(1).getByText("Incomplete").first().waitFor();
    await lamina.layer(0).getByText("Verified").first().waitFor();
    assert.equal(await lamina.header.getByText(/^All [\d,]+ layers/).count(), 0, "no sum holds it");
    await page.getByText("etc/odd").first().waitFor();
  });

  await test("a link to a registry that was never opened here asks nothing before it is allowed, and asks once", async (lamina, page) => {
    let asked = 0;
    const server = createServer((request, response) => {
      asked += 1;
      response.writeHead(404, { "access-control-allow-origin": "*", "content-type": "application/json" });
      response.end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"none"}]}');
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${server.address().port}`;
    try {
      await page.goto(`${lamina.origin}#/http://${host}/team/app:1`);
      await page.getByRole("heading", { name: WORDS.linkAsks }).waitFor();
      await page.getByText(`It asks ${host}`).waitFor();
      await page.waitForTimeout(500);
      assert.equal(asked, 0, "something was asked before it was allowed");
      await page.getByRole("main").getByRole("button", { name: WORDS.openLink, exact: true }).click();
      await lamina.problem(WORDS.problems.notFound).waitFor();
      assert.ok(asked > 0);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }, { hosts: loopback });
}
