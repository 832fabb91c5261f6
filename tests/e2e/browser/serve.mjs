// The page served by `lamina serve` and `lamina open`: registries that send no CORS headers, behind a password, behind a
// token server and with blobs on another host; a push; files by ranges; and who may not use the relay.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";

import { startClosedRegistry } from "../tools/registry.mjs";
import { layerOf, write } from "../tools/written.mjs";
import { servedPages } from "./served.mjs";

const RELAYED = "Read through lamina serve on this computer: no CORS headers are needed.";
const LOST = "lamina serve does not read for this tab";
const BASIC = `Basic ${Buffer.from("me:secret").toString("base64")}`;

export async function testServe(ring, { browser, dist }) {
  const served = servedPages(ring, { dist, browser });
  const serve = ["serve", "--port", "0"];

  await served("an image of a registry without CORS headers opens, and its page says the way", serve, async ({ lamina, page }) => {
    await withHosts([imageOf()], async ([registry]) => {
      await lamina.openAddress(`http://${registry}/team/app:1`);
      await lamina.verified();
      await lamina.openAddress(`http://${registry}/team/app`);
      await page.getByText(RELAYED).first().waitFor();
      await page.reload();
      await lamina.ready();
      await lamina.openAddress(`http://${registry}/team/app:1`);
      await lamina.verified();
    });
  });

  await served("a registry with a password asks for it on the page", serve, async ({ lamina }) => {
    await withHosts([guarded(imageOf())], async ([registry]) => {
      await lamina.openAddress(`http://${registry}/team/app:1`);
      await lamina.signIn("me", "secret");
      await lamina.verified();
    });
  });

  // The port is part of the key in the configuration, so it is taken before.
  const [registry, stop] = await listening(guarded(imageOf()));
  await served("a login that docker keeps is used, and the page never has it", serve, async ({ lamina, page }) => {
    await lamina.openAddress(`http://${registry}/team/app:1`);
    await lamina.verified();
    const seen = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.body.innerText]));
    assert.ok(!seen.includes("secret") && !seen.includes(BASIC.slice(6)), "no password in the page");
  }, { config: { auths: { [registry]: { auth: BASIC.slice(6) } } } });
  stop();

  await served("a token server and a store on other ports are asked where the registry names them", serve, async ({ lamina }) => {
    const blobs = imageOf();
    const tokens = (_, response) => void response.writeHead(200, { "Content-Type": "application/json" }).end('{"token":"t1"}');
    const store = (request, response) => (request.headers.authorization ? void response.writeHead(400).end() : blobs(request, response));
    await withHosts([tokens, store], async ([tokenServer, storage]) => {
      const front = (request, response) => {
        if (request.headers.authorization !== "Bearer t1") return void response.writeHead(401, { "WWW-Authenticate": `Bearer realm="http://${tokenServer}/token",service="hub"` }).end();
        if (request.url.includes("/blobs/")) return void response.writeHead(307, { Location: `http://${storage}${request.url}?signature=x` }).end();
        blobs(request, response);
      };
      await withHosts([front], async ([registry]) => {
        await lamina.openAddress(`http://${registry}/library/redis:7`);
        await lamina.verified();
      });
    });
  });

  await served("an image is pushed to a registry without CORS headers", serve, async ({ lamina }) => {
    const registry = await startClosedRegistry();
    try {
      await lamina.drop(await write("serve-push.oci.tar", { layers: [layerOf({ name: "pushed" })], name: "pushed:1" }));
      await lamina.verified();
      await lamina.push(`http://${registry.host}/team/pushed:1`);
      await lamina.pushed();
      await lamina.page.keyboard.press("Escape");
      await lamina.openAddress(`http://${registry.host}/team/pushed:1`);
      await lamina.verified();
    } finally {
      await registry.stop();
    }
  });

  const file = await write("serve-open.oci.tar", { layers: [layerOf({ name: "opened" })], name: "opened:1" });
  await served("lamina open FILE: the image is there without a hand, and again after a reload", ["open", "--no-browser", file], async ({ lamina, page }) => {
    await lamina.verified();
    await lamina.row("opened").waitFor();
    await page.reload();
    await lamina.ready();
    await lamina.verified();
    await lamina.row("opened").waitFor();
  });

  const [other, stopOther] = await listening(imageOf());
  await served("lamina open IMAGE: the image is there without a hand", ["open", "--no-browser", `http://${other}/team/app:1`], async ({ lamina, page }) => {
    await lamina.verified();
    await page.waitForFunction((host) => location.hash.includes(host), other);
  });
  stopOther();

  await served("the key is in the tab alone, the address is good once, and no other page is heard", serve, async ({ page, context, origin, token, said }) => {
    await page.waitForFunction(() => sessionStorage.getItem("lamina.session"));
    const kept = await page.evaluate(() => ({ hash: location.hash, local: JSON.stringify({ ...localStorage }), cookie: document.cookie, key: JSON.parse(sessionStorage.getItem("lamina.session")).key }));
    assert.ok(!kept.hash.includes("token") && !kept.local.includes(kept.key) && kept.cookie === "", JSON.stringify(kept));
    const asked = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
    // A fragment is not sent.
    assert.ok(asked.every((name) => !name.split("#")[0].includes(kept.key)), asked.join("\n"));

    const second = await context.newPage();
    await second.goto(origin + token);
    await second.getByText(LOST).first().waitFor();

    // A page of another port, even one that knew the key.
    const evil = (_, response) => void response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html>");
    const reached = [];
    const target = (request, response) => (reached.push(request.url), void response.writeHead(200).end("{}"));
    await withHosts([evil, target], async ([host, registry]) => {
      const third = await browser.newContext().then((context) => context.newPage());
      await third.goto(`http://${host}/`);
      const outcome = await third.evaluate(
        ([url, key, registry]) => fetch(url, { method: "POST", headers: { "lamina-key": key, "lamina-target": `http://${registry}/v2/`, "lamina-registry": `http://${registry}` } }).then((answer) => answer.status, (error) => error.name),
        [`${origin}relay`, kept.key, registry],
      );
      assert.equal(outcome, "TypeError");
      const told = said().length;
      await third.evaluate((url) => fetch(url, { method: "POST", mode: "no-cors", body: "" }).catch(() => {}), `${origin}session`);
      await until(() => said().slice(told).includes("refused: the Origin of another page"), "the server refuses a page of another origin");
      assert.deepEqual(reached, [], "nothing was asked for it");
      await third.context().close();
    });
  });
}

/** Waits for a condition, ten seconds at most. */
async function until(holds, what) {
  for (let i = 0; i < 100 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(holds(), what);
}

/** Starts a server; gives `host:port` and what stops it. */
async function listening(answer) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => (server.close(), server.closeAllConnections());
  return [`127.0.0.1:${server.address().port}`, stop];
}

/** Runs `body` with servers that give these answers. */
async function withHosts(answers, body) {
  const all = await Promise.all(answers.map(listening));
  try {
    await body(all.map(([host]) => host));
  } finally {
    for (const [, stop] of all) stop();
  }
}

/** Answers those alone who say who they are. */
const guarded = (answer) => (request, response) => {
  if (request.headers.authorization !== BASIC) return void response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end();
  answer(request, response);
};

/** Answers for a registry of one image with one empty layer, without any CORS header. A preflight is refused. */
function imageOf() {
  const layer = Buffer.alloc(1024);
  const sha256 = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const config = JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [sha256(layer)] } });
  const type = "application/vnd.oci.image.manifest.v1+json";
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: sha256(config), size: config.length },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: sha256(layer), size: layer.length }],
  });
  return (request, response) => {
    const path = request.url.split("?")[0];
    const send = (content, type) => void response.writeHead(200, { "Content-Type": type, "Content-Length": content.length }).end(request.method === "HEAD" ? undefined : content);
    if (request.method === "OPTIONS") return void response.writeHead(405).end();
    if (path.includes("/manifests/")) return send(manifest, type);
    if (path.endsWith(sha256(config))) return send(config, "application/json");
    if (path.endsWith(sha256(layer))) return send(layer, "application/octet-stream");
    if (path.endsWith("/tags/list")) return send('{"tags":["1"]}', "application/json");
    if (path === "/v2/") return send("{}", "application/json");
    response.writeHead(404).end("{}");
  };
}
