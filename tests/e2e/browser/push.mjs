// Pushing from the page: to a registry on another origin, through lost connections, past what is there; signing in.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { copyFile, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { find, must } from "../tools/commands.mjs";
import { image, json, reference } from "../tools/images.mjs";
import { mustEqual, parseListing } from "../tools/listing.mjs";
import { skip } from "../tools/ring.mjs";
import { push, startReadOnlyRegistry, startRegistryWithPasswords, startWriteProxy } from "../tools/registry.mjs";
import { layerOf, write } from "../tools/written.mjs";
import { WORDS } from "../page.mjs";

const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };

/** What skopeo says of an image in a registry. */
async function inspect(registry, name, ...options) {
  const skopeo = find("skopeo");
  if (!skopeo) skip("no skopeo on PATH (Debian: apt-get install skopeo)");
  return JSON.parse(await must(skopeo, ["inspect", "--tls-verify=false", ...options, `docker://${registry.host}/${name}`]));
}

/** An image of one layer that is sent in three slices: random bytes, which do not get smaller. */
const large = (name) => write(`${name}.oci.tar`, { name: "random:1", layers: [layerOf({ name: "random", content: randomBytes(10_000_000) })] });

export async function testPush(test, registry) {
  const uploads = () => registry.log().filter((line) => /"(PATCH|PUT) \/v2\/[^ ]*\/blobs\/uploads\//.test(line)).length;
  const mounts = () => registry.log().filter((line) => /"POST [^ ]*[?&]mount=[^ ]* HTTP\/1.1" 201/.test(line)).length;

  await test("(e) a dropped archive is tagged and pushed to a registry on another origin; skopeo pulls it", async (lamina, page) => {
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified();
    await lamina.push(`${registry.host}/pushed/app:1.0`, "latest");
    await lamina.pushed();
    assert.ok(await page.getByRole("dialog").getByText(/^Compressed for it: [\d.]+ [kM]B/).isVisible());
    const raw = await inspect(registry, "pushed/app:latest", "--raw");
    const facts = json("app/facts.json");
    const config = await inspect(registry, "pushed/app:1.0", "--config");
    assert.equal(config.author, facts.author);
    assert.ok(raw.layers.every(({ mediaType }) => mediaType.endsWith("gzip")), "plain layers are compressed, as docker push does");

    // Once more: nothing of it is sent again.
    const before = uploads();
    await page.getByRole("dialog").getByRole("button", { name: WORDS.startPush }).click();
    await page.getByRole("dialog").getByText("Layer already exists").nth(raw.layers.length).waitFor();
    await lamina.pushed();
    assert.equal(uploads(), before);

    // The catalog has it, and it opens from the dialog's link.
    await page.getByRole("dialog").getByRole("link", { name: "pushed/app:1.0" }).click();
    // Till then the header is that of the dropped archive.
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await lamina.verified();
    mustEqual(parseListing(await lamina.export(WORDS.listing)), reference());
    await lamina.goto("#/");
    await lamina.openAddress(registry.host);
    await lamina.repository("pushed/app").waitFor();
  }, { hosts: [registry.host] });

  await test("(e) an image of the registry goes to another repository by mounts, with its digest", async (lamina) => {
    await lamina.openAddress(`${registry.host}/lamina-e2e/app:oci-zstd`);
    await lamina.verified();
    const [before, sent] = [mounts(), uploads()];
    await lamina.push(`${registry.host}/pushed/mounted:1`);
    await lamina.pushed();
    const from = await inspect(registry, "lamina-e2e/app:oci-zstd");
    const to = await inspect(registry, "pushed/mounted:1");
    assert.equal(to.Digest, from.Digest, "byte for byte");
    assert.equal(mounts() - before, new Set(from.Layers).size, "every layer is mounted");
    assert.equal(uploads() - sent, 1, "and the configuration alone is sent");
  }, { hosts: [registry.host] });

  for (const [name, faults] of [
    ["between two slices", { cutSlice: 2 }],
    ["in the middle of a slice", { cutSlice: 2, half: true }],
  ]) {
    await test(`(e) a push that is cut ${name} goes on by itself`, async (lamina) => {
      const proxy = await startWriteProxy(registry, faults);
      try {
        await lamina.drop(await large("cut"));
        await lamina.verified();
        const repository = `pushed/cut-${faults.half ? "half" : "whole"}`;
        await lamina.push(`${proxy.host}/${repository}:1`);
        await lamina.pushed();
        assert.equal(proxy.cuts(), 1);
        assert.equal((await inspect(registry, `${repository}:1`)).Layers.length, 1);
      } finally {
        await proxy.stop();
      }
    }, { hosts: loopback });
  }

  await test("(e) a push whose connection stays away is gone on with by hand; one that is stopped is taken back", async (lamina, page) => {
    const proxy = await startWriteProxy(registry, { cutSlice: 2, stays: true });
    try {
      await lamina.drop(await large("away"));
      await lamina.verified();
      await lamina.push(`${proxy.host}/pushed/away:1`);
      await page.getByRole("dialog").getByRole("alert").waitFor({ timeout: 60_000 });
      proxy.mend();
      await page.getByRole("dialog").getByRole("button", { name: WORDS.pushAgain }).click();
      await lamina.pushed();
      assert.match((await inspect(registry, "pushed/away:1")).Digest, /^sha256:/);

      const held = await startWriteProxy(registry, { holdSlice: 2 });
      await lamina.goto("#/");
      await lamina.drop(await large("stopped"));
      await lamina.verified();
      await lamina.push(`${held.host}/pushed/stopped:1`);
      await held.holding();
      await page.getByRole("dialog").getByRole("button", { name: WORDS.stop, exact: true }).click();
      await held.deleted();
      await held.stop();
    } finally {
      await proxy.stop();
    }
  }, { hosts: loopback, seconds: 120 });

  await test("(e) a file that was written to after it was verified is not pushed", async (lamina, page) => {
    const file = join(tmpdir(), `lamina-e2e-${process.pid}-changed.tar`);
    await copyFile(image("copies/skopeo-gzip.oci.tar"), file);
    try {
      await lamina.drop(file);
      await lamina.verified();
      // One byte in the middle of a layer, the length as before.
      const changed = await open(file, "r+");
      const { size } = await changed.stat();
      const byte = Buffer.alloc(1);
      await changed.read(byte, 0, 1, size >> 1);
      await changed.write(Buffer.from([byte[0] ^ 1]), 0, 1, size >> 1);
      await changed.close();
      await lamina.push(`${registry.host}/changed/app:1`);
      await page.getByRole("dialog").getByRole("alert").first().waitFor();
      assert.equal((await fetch(`http://${registry.host}/v2/changed/app/manifests/1`)).status, 404);
    } finally {
      await rm(file);
    }
  }, { hosts: [registry.host] });

  await test("(e) a registry that may not be written says so, and stays as it was", async (lamina, page) => {
    const closed = await startReadOnlyRegistry();
    try {
      await lamina.drop(image("app/app.docker.tar"));
      await lamina.verified();
      await lamina.push(`${closed.host}/app:1`);
      await page.getByRole("dialog").getByText(/it may be read-only/).waitFor();
      const answer = await fetch(`http://${closed.host}/v2/_catalog`);
      assert.deepEqual((await answer.json()).repositories, []);
    } finally {
      await closed.stop();
    }
  }, { hosts: loopback });

  await test("(e) a registry with passwords: the page asks, a wrong one is told, the right one reads and pushes", async (lamina, page) => {
    const guarded = await startRegistryWithPasswords();
    try {
      await push(guarded, `oci:${image("copies/skopeo-gzip")}`, "private/app:1", "--dest-creds", "me:secret");
      await lamina.openAddress(`${guarded.proxied}/private/app:1`);
      await lamina.signIn("me", "wrong");
      await page.getByText(/the password is wrong/).first().waitFor({ state: "attached" });
      await lamina.signIn("me", "secret");
      await lamina.verified();
      await lamina.push(`${guarded.proxied}/private/copy:2`);
      await lamina.pushed();
      const { Digest } = await inspect(guarded, "private/copy:2", "--creds", "me:secret");
      assert.match(Digest, /^sha256:/);
      const seen = `${page.url()} ${await page.content()}`;
      assert.ok(!seen.includes("secret"), "the password is nowhere in the page or its address");
      const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
      assert.ok(!kept.includes("secret"));
    } finally {
      await guarded.stop();
    }
  }, { hosts: loopback });

  await test("(e) the dialog by keyboard, on a narrow screen, in Chinese", async (lamina, page) => {
    await lamina.drop(image("app/app.docker.tar"));
    await page.getByRole("button", { name: "推送", exact: true }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await page.waitForFunction(() => document.activeElement?.id.endsWith("-push-target"));
    const { x, width } = await dialog.boundingBox();
    assert.ok(x >= 0 && x + width <= 390, `${x} and ${width}`);
    await page.keyboard.press("Control+A");
    await page.keyboard.type(`${registry.host}/pushed/Narrow:1`);
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").waitFor();
    await dialog.getByRole("textbox").first().focus();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement?.id.endsWith("-push"));
  }, { hosts: [registry.host], viewport: { width: 390, height: 844 }, locale: "zh-CN" });
}
