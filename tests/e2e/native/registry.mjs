// `lamina` and a real distribution registry that skopeo has filled.

import assert from "node:assert/strict";

import { closedPort } from "../tools/commands.mjs";
import { json, reference } from "../tools/images.mjs";
import { mustEqual } from "../tools/listing.mjs";
import { ask, inspect, ls, mustBeProved } from "../tools/lamina.mjs";
import { PUSHED } from "../tools/registry.mjs";

export async function testNativeRegistry(ring, registry) {
  for (const { name, reference: tag } of PUSHED) {
    await ring.test(`lamina ls of a registry's image equals docker export: ${name}`, async () => {
      mustEqual(await ls(`${registry.host}/${tag}`), reference());
    });
    await ring.test(`lamina inspect proves every layer of a registry's image: ${name}`, async () => {
      const { images } = await inspect(`${registry.host}/${tag}`);
      assert.equal(images.length, 1);
      mustBeProved(images[0]);
      assert.equal(images[0].comment, json("app/facts.json").message);
      assert.match(images[0].manifest_digest, /^sha256:[0-9a-f]{64}$/);
      for (const layer of images[0].layers) assert.equal(layer.verdict.digest, "ok");
    });
  }

  await ring.test("an image by its digest is the image of that digest", async () => {
    const [{ manifest_digest: digest }] = (await inspect(`${registry.host}/${PUSHED[0].reference}`)).images;
    mustEqual(await ls(`${registry.host}/lamina-e2e/app@${digest}`), reference());
  });

  for (const [name, place] of [
    ["a tag that is not there", () => `${registry.host}/lamina-e2e/app:none`],
    ["a repository that is not there", () => `${registry.host}/lamina-e2e/none:1.0`],
    ["a port where nothing listens", async () => `127.0.0.1:${await closedPort()}/lamina-e2e/app:1.0`],
  ]) {
    await ring.test(`${name} is named in one line, status 2`, async () => {
      const asked = await place();
      const { status, stderr } = await ask(["ls", asked]);
      assert.equal(status, 2, stderr);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
      assert.ok(stderr.includes(asked.split("/")[0]), `the registry's name in: ${stderr}`);
    });
  }
}
