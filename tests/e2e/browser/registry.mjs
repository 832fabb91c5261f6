// (b) A registry on another origin, from its catalog down; the same image in three forms.

import assert from "node:assert/strict";

import { json, reference } from "../tools/images.mjs";
import { mustEqual, parseListing } from "../tools/listing.mjs";
import { PUSHED, startProxy } from "../tools/registry.mjs";
import { WORDS } from "../page.mjs";

// Whatever port a proxy takes.
const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };

export async function testRegistryInThePage(test, registry) {
  const hosts = [registry.host];

  await test("(b) a registry's host and port, a repository, a tag: verified, listing equals docker export", async (lamina) => {
    await lamina.openAddress(registry.host);
    await lamina.repository("lamina-e2e/app").waitFor();
    // Other tests push repositories of their own here.
    const ours = (await lamina.names(WORDS.repositories)).filter((name) => name.startsWith("lamina-e2e/"));
    assert.deepEqual(ours.sort(), ["lamina-e2e/app", "lamina-e2e/by-umoci"]);
    await lamina.repository("lamina-e2e/app").click();
    await lamina.tag("1.0").waitFor();
    assert.deepEqual((await lamina.names(WORDS.tags)).sort(), ["1.0", "built", "oci-gzip", "oci-zstd"]);
    await lamina.tag("1.0").click();
    await lamina.verified();
    mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
    const seen = await lamina.about();
    const facts = json("app/facts.json");
    assert.ok(seen.includes(facts.author) && seen.includes(facts.message), seen);
  }, { hosts });

  for (const { name, reference: tag } of PUSHED.slice(1)) {
    await test(`(b) an image reference, the listing equals docker export: ${name}`, async (lamina) => {
      await lamina.openAddress(`${registry.host}/${tag}`);
      await lamina.verified();
      mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
    }, { hosts });
  }

  await test("(b) a scheme and a slash at the end of an address are understood", async (lamina) => {
    await lamina.openAddress(`http://${registry.host}/`);
    await lamina.repository("lamina-e2e/app").waitFor();
  }, { hosts });

  await test("(b) a layer that is known already is told apart from one that was read", async (lamina) => {
    await lamina.openAddress(`${registry.host}/lamina-e2e/app:1.0`);
    await lamina.verified();
    await lamina.goto("#/");
    await lamina.openAddress(`${registry.host}/lamina-e2e/app:built`);
    await lamina.verified();
  }, { hosts });

  await test("(b) a whole image is read without one CORS preflight", async (lamina) => {
    const proxy = await startProxy(registry);
    try {
      await lamina.openAddress(`http://${proxy.host}/lamina-e2e/app:1.0`);
      await lamina.verified();
      assert.ok(proxy.methods.get("GET") >= 10, "it was read through the proxy");
      assert.equal(proxy.methods.get("OPTIONS"), undefined);
    } finally {
      await proxy.stop();
    }
  }, { hosts: loopback });

  await test("long work shows bytes and can be stopped; what was read stays and the rest can be read on", async (lamina, page) => {
    const proxy = await startProxy(registry, { bytesPerSecond: 300_000 });
    try {
      await lamina.openAddress(`${proxy.host}/lamina-e2e/app:1.0`);
      await page.getByText(/[\d.]+ [kM]B \/ [\d.]+ [kM]B/).first().waitFor();
      await page.getByRole("button", { name: WORDS.stop, exact: true }).click();
      await page.getByRole("button", { name: "Read the layers" }).waitFor();
      assert.doesNotMatch(await lamina.header.innerText(), WORDS.verified);
    } finally {
      await proxy.stop();
    }
  }, { hosts: loopback });
}
