// The guide to a private registry: what the reader types is in every command, and their registry is asked on request.

import assert from "node:assert/strict";

import { closedPort } from "../tools/commands.mjs";
import { startRegistry, push } from "../tools/registry.mjs";
import { layerOf, write } from "../tools/written.mjs";

const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };

export async function testGuide(test) {
  await test("the guide has the reader's names in its commands, and checks their registry", async (lamina, page) => {
    const registry = await startRegistry();
    try {
      const file = await write("guide.oci.tar", { layers: [layerOf({ name: "etc/motd" })], name: "guide:1" });
      for (const name of ["team/one:1", "team/two:1"]) await push(registry, `oci-archive:${file}`, name);
      await page.getByRole("link", { name: /Run a registry of your own/ }).click();
      await page.getByRole("heading", { level: 1, name: "A private registry, step by step" }).waitFor();
      assert.equal(await lamina.hash(), "#guide");
      await page.getByLabel("Registry (host and port)").fill(registry.host);
      await page.getByLabel("Image (repository and tag)").fill("shop/web:2");
      await page.getByText(`docker push ${registry.host}/shop/web:2`).waitFor();
      await page.getByText("so there is nothing to do for this one").waitFor();
      registry.takeLog();
      await page.getByRole("button", { name: "Check", exact: true }).click();
      await page.getByText("Your registry answers, and holds 2 repositories.").waitFor();
      assert.match(registry.takeLog().join("\n"), /_catalog/);
      // A reload shows the guide again, with what was typed.
      await page.reload();
      await page.getByRole("heading", { level: 1, name: "A private registry, step by step" }).waitFor();
      assert.equal(await page.getByLabel("Registry (host and port)").inputValue(), registry.host);
      await page.getByText(`docker push ${registry.host}/shop/web:2`).waitFor();
      // What cannot be a host is said to be none.
      await page.getByLabel("Registry (host and port)").fill("a b");
      await page.getByText("the commands show the example").waitFor();
      assert.ok(await page.getByRole("button", { name: "Check", exact: true }).isDisabled());
      // One that does not answer is told with the reason.
      await page.getByLabel("Registry (host and port)").fill(`127.0.0.1:${await closedPort()}`);
      await page.getByRole("button", { name: "Check", exact: true }).click();
      await page.getByText("The registry does not answer").waitFor();
    } finally {
      await registry.stop();
    }
  }, { hosts: loopback });

  await test("the guide in Chinese", async (lamina, page) => {
    await lamina.goto("#guide");
    await page.getByRole("heading", { level: 1, name: "一步一步搭建私有 registry" }).waitFor();
    await page.getByText("阿里云").waitFor();
  }, { locale: "zh-CN" });
}
