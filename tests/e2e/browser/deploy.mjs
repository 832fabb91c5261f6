// The recipes under deploy/, with the real servers that they configure in front of a real registry: an image is pushed,
// seen in the catalog, and read again, in the page that the recipe serves, or from another address where it says so.

import assert from "node:assert/strict";

import { must } from "../tools/commands.mjs";
import { PAGE, buildContainer, startCaddy, startContainerNginx, startNginx } from "../tools/deployed.mjs";
import { lamina as command } from "../tools/lamina.mjs";
import { push, startClosedRegistry, startPullThrough, startRegistryWithPasswords, startRegistryWithTokens } from "../tools/registry.mjs";
import { skip } from "../tools/ring.mjs";
import { layerOf, write } from "../tools/written.mjs";
import { Pages } from "./chromium.mjs";

const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };
/** Where the recipes look for a registry. */
const REGISTRY = "127.0.0.1:5000";
/** `me:secret`, as `openssl passwd -apr1` writes it. */
const PASSWORDS = "me:$apr1$lamina00$4iEIB4kzlo71V/oVD3sUx.\n";

const image = () => write("deployed.oci.tar", { layers: [layerOf({ name: "etc/", dir: true }, { name: "etc/deployed", content: "behind a proxy\n" })], name: "deployed:1" });

export async function testDeploy(ring, browser, { origin, dist }) {
  /** One recipe in front of a registry that `registry` starts; `front` starts its server, which serves the page as well unless `isElsewhere`. */
  const recipe = (name, registry, front, { signsIn, isElsewhere } = {}) =>
    ring.test(`deploy/: ${name}`, async () => {
      const behind = await registry();
      const server = await front(behind).catch((problem) => behind.stop().then(() => Promise.reject(problem)));
      const { host } = server;
      try {
        await new Pages(browser, isElsewhere ? origin : `http://${host}/`).use(async (lamina, page) => {
          await lamina.chooseFile(await image());
          await lamina.verified();
          await lamina.push(`http://${host}/team/deployed:1`);
          if (signsIn) await lamina.signIn("me", "secret");
          await lamina.pushed();
          await page.keyboard.press("Escape");
          await lamina.openAddress(`http://${host}/`);
          await lamina.repository("team/deployed").click();
          await lamina.tag("1").click();
          await lamina.verified();
          await lamina.find("deployed", "etc/deployed");
          await lamina.content.getByText("behind a proxy").waitFor();
          // The sample lies beside the page, and not in the registry.
          if (!isElsewhere) {
            await lamina.openAddress(`http://${host}/demo/app:1.1`);
            await lamina.verified();
          }
        }, { hosts: loopback, name });
      } finally {
        await server.stop();
        await behind.stop();
      }
    });
  const nginx = (options = {}) => ({ host, tokens }) =>
    startNginx({ listens: "127.0.0.1:8080", name: "same-origin.conf", ...options, changes: [[REGISTRY, host], [PAGE, dist], ...(options.changes?.({ tokens }) ?? [])] });

  await recipe("nginx, page and registry at one address", startClosedRegistry, nginx());
  await recipe("nginx, a registry with a password", startRegistryWithPasswords, nginx(), { signsIn: true });
  await recipe("nginx, a password of its own", startClosedRegistry, nginx({ location: ["passwords.conf"], files: { passwords: PASSWORDS }, changes: () => [["/etc/nginx/lamina.htpasswd", "HERE/passwords"]] }), { signsIn: true });
  await recipe("nginx, a registry with a token server", startRegistryWithTokens, nginx({ http: ["token-map.conf"], server: ["token-server.conf"], location: ["token-challenge.conf"], changes: ({ tokens }) => [["http://127.0.0.1:5001/auth", tokens]] }), { signsIn: true });
  await recipe("nginx, for pages elsewhere", startRegistryWithPasswords, ({ host }) => startNginx({ listens: "127.0.0.1:8082", name: "cors.conf", changes: [[REGISTRY, host]] }), { signsIn: true, isElsewhere: true });
  await recipe("nginx as the container image runs it", startClosedRegistry, ({ host }) => startContainerNginx({ registry: host, page: dist }));
  await recipe("Caddy, page and registry at one address", startClosedRegistry, ({ host }) => startCaddy({ listens: "127.0.0.1:8080", name: "Caddyfile", changes: [[REGISTRY, host], [PAGE, dist]] }));
  await recipe("Caddy, for pages elsewhere", startRegistryWithPasswords, ({ host }) => startCaddy({ listens: "127.0.0.1:8082", name: "cors.Caddyfile", changes: [[REGISTRY, host]] }), { signsIn: true, isElsewhere: true });

  await ring.test("deploy/: a pull-through copy of a registry like Docker Hub", async () => {
    const upstream = await startClosedRegistry();
    try {
      await push(upstream, `oci-archive:${await image()}`, "library/deployed:1");
      const { host, stop } = await startPullThrough(upstream);
      try {
        await new Pages(browser, origin).use(async (lamina) => {
          await lamina.openAddress(`http://${host}/library/deployed:1`);
          await lamina.verified();
          await lamina.find("deployed", "etc/deployed");
          await lamina.content.getByText("behind a proxy").waitFor();
        }, { hosts: loopback, name: "pull-through" });
      } finally {
        await stop();
      }
    } finally {
      await upstream.stop();
    }
  });

  await ring.test("deploy/: the container image holds the page", async () => {
    if (!command()) skip("the command lamina is not built");
    const { archive, clear } = await buildContainer();
    try {
      const listed = await must(command(), ["ls", archive]);
      assert.match(listed, /index\.html/);
      assert.match(listed, /\.wasm/);
    } finally {
      await clear();
    }
  });
}
