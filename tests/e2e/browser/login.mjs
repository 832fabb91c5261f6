// A password that is changed in the middle of work, and logins that the browser keeps.

import assert from "node:assert/strict";

import { image } from "../tools/images.mjs";
import { push, startRegistryWithPasswords, startRevoking } from "../tools/registry.mjs";
import { WORDS } from "../page.mjs";

const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };
const KEEP = /^Keep it in this browser's passwords/;
const USE_KEPT = "Use a kept login";

export async function testLogin(test) {
  /** A test with registries that ask for a password, each with the test's image. */
  const withRegistries = (name, n, body) =>
    test(name, async (lamina, page, context) => {
      const registry = await startRegistryWithPasswords();
      const proxies = [];
      try {
        await push(registry, `docker-archive:${image("app/app.docker.tar")}`, "lamina-e2e/app:1.0", "--format", "v2s2", "--dest-creds", "me:secret");
        for (let at = 0; at < n; at++) proxies.push(await startRevoking(registry));
        await body({ lamina, page, context, proxies });
      } finally {
        for (const proxy of proxies) await proxy.stop();
        await registry.stop();
      }
    }, { hosts: loopback });
  const formOf = (page) => page.getByRole("form", { name: WORDS.signIn });

  await withRegistries("a password that is changed while layers are read is asked for again, and the rest is read", 1, async ({ lamina, page, proxies: [proxy] }) => {
    await lamina.openAddress(`http://${proxy.host}/lamina-e2e/app:1.0`);
    await formOf(page).waitFor();
    // The config and one layer have come by then.
    let blobs = 0;
    proxy.changeAt("second", ({ method, url }) => method === "GET" && url.includes("/blobs/") && ++blobs > 2);
    await lamina.signIn("me", "first");
    await formOf(page).waitFor();
    await page.getByText("The name or the password is wrong", { exact: false }).first().waitFor();
    await formOf(page).getByRole("button", { name: WORDS.cancel, exact: true }).click();
    await formOf(page).waitFor({ state: "detached" });
    assert.doesNotMatch(await lamina.header.innerText(), WORDS.verified);
    const before = proxy.passed.filter((line) => line.includes("/blobs/"));
    await lamina.header.getByRole("button", { name: WORDS.again, exact: true }).click();
    await formOf(page).waitFor();
    await lamina.signIn("me", "second");
    await lamina.verified();
    const after = proxy.passed.filter((line) => line.includes("/blobs/")).slice(before.length);
    assert.ok(before.length > 0 && after.length > 0, "some were read before, some after");
    assert.deepEqual(after.filter((line) => before.includes(line)), [], "what was read is not read again");
  });

  await withRegistries("a password that is changed in the middle of a push is asked for again, and the push goes on", 1, async ({ lamina, page, proxies: [proxy] }) => {
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified();
    const isEnd = ({ method, url }) => method === "PUT" && url.includes("/blobs/uploads/");
    let ends = 0;
    proxy.changeAt("second", (request) => isEnd(request) && ++ends > 2);
    await lamina.push(`http://${proxy.host}/lamina-e2e/pushed:1.0`);
    await formOf(page).waitFor();
    await lamina.signIn("me", "first");
    await page.getByText("The name or the password is wrong", { exact: false }).first().waitFor();
    await lamina.signIn("me", "second");
    await lamina.pushed();
    const digests = proxy.passed.filter((line) => line.startsWith("PUT") && line.includes("digest=")).map((line) => /digest=([^&]+)/.exec(line)[1]);
    assert.ok(digests.length > 2, digests.join(" "));
    assert.equal(new Set(digests).size, digests.length, "no blob was sent twice");
  });

  await withRegistries("a login is kept when the person says so, for its registry alone, and is sent to no other", 2, async ({ lamina, page, context, proxies: [own, other] }) => {
    // Nobody can answer the browser's own question here: its store is one of the page's.
    await context.addInitScript(() => {
      globalThis.kept = JSON.parse(sessionStorage.kept ?? "[]");
      globalThis.PasswordCredential = class {
        constructor(data) {
          Object.assign(this, data);
        }
      };
      const store = async (login) => (kept.push({ ...login }), (sessionStorage.kept = JSON.stringify(kept)));
      const get = async ({ password, mediation }) => (password === true && mediation === "required" ? kept[0] : null);
      Object.defineProperty(navigator, "credentials", { value: { store, get } });
    });
    await page.reload();
    await lamina.openAddress(`http://${own.host}/lamina-e2e/app:1.0`);
    await formOf(page).waitFor();
    await formOf(page).getByRole("checkbox", { name: KEEP }).check();
    await lamina.signIn("me", "first");
    await lamina.verified();
    const id = `http://${own.host} me`;
    assert.deepEqual(await page.evaluate(() => kept), [{ id, password: "first" }]);

    await lamina.goto("#/");
    await lamina.openAddress(`http://${other.host}/lamina-e2e/app:1.0`);
    await formOf(page).getByRole("button", { name: USE_KEPT, exact: true }).click();
    const refusal = page.getByText(`This login is kept for http://${own.host}, and goes nowhere else.`);
    await refusal.waitFor();
    // As the browser's own filling in would have it.
    await lamina.signIn(id, "first");
    await refusal.waitFor();
    assert.deepEqual(other.proofs, [], "the other registry was sent no login");

    await page.reload();
    await lamina.goto("#/");
    await lamina.openAddress(`http://${own.host}/lamina-e2e/app:1.0`);
    const n = own.proofs.length;
    await formOf(page).getByRole("button", { name: USE_KEPT, exact: true }).click();
    await lamina.verified();
    assert.ok(own.proofs.length > n);
    assert.equal((await page.evaluate(() => kept)).length, 1, "what is not asked for is not kept");
  });
}
