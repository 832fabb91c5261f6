// Servers that are not what they seem: one that says nothing, one that answers everything with a web page, one that takes
// the first tag alone.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";

import { layerOf, write } from "../tools/written.mjs";

const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "Access-Control-Allow-Headers": "*",
  "Access-Control-Expose-Headers": "Location, Range, Docker-Content-Digest",
};

export async function testServers(test) {
  const withServer = (name, answer, body, options) =>
    test(name, async (lamina, page) => {
      const server = createServer((request, response) => {
        if (request.method === "OPTIONS") return void response.writeHead(204, CORS).end();
        const body = [];
        request.on("data", (piece) => body.push(piece));
        request.on("end", () => answer(request, response, Buffer.concat(body)));
      });
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      try {
        await body(lamina, page, `127.0.0.1:${server.address().port}`);
      } finally {
        server.close();
        server.closeAllConnections();
      }
    }, { hosts: loopback, ...options });

  await withServer("a registry that says nothing is waited for with the seconds in sight, and not for ever", () => {}, async (lamina, page, host) => {
    await lamina.openAddress(`http://${host}/app:1`);
    await page.getByText(/^no answer for [5-9] s$/).first().waitFor();
    await lamina.problem("The registry does not answer").waitFor({ timeout: 60_000 });
    await page.getByText("nothing came for 30 seconds").first().waitFor({ state: "attached" });
  }, { seconds: 120 });

  await withServer("a layer that stops coming counts the seconds on its row", stallingRegistry(), async (lamina, page, host) => {
    await lamina.openAddress(`http://${host}/app:1`);
    await lamina.layer(0).getByText(/^no answer for \d+ s$/).waitFor();
  });

  await withServer("a web page that answers 200 to everything is no registry, and nothing is called pushed", (_, response) => {
    response.writeHead(200, { ...CORS, "Content-Type": "text/html" }).end("<!doctype html><title>Sign in here</title>");
  }, async (lamina, page, host) => {
    await lamina.drop(await write("servers.oci.tar", { layers: [layerOf({ name: "one" })], name: "servers:1" }));
    await lamina.verified();
    await lamina.push(`http://${host}/app:1`);
    await page.getByRole("alert").getByText("A web page answers there").waitFor();
    await page.getByRole("alert").getByText("Sign in here").waitFor();
    await page.getByRole("alert").getByText("No tag was changed.").waitFor();
    assert.equal(await page.getByText("The image is in the registry.").count(), 0);
  });

  await withServer("of two tags the one that was written and the one that was refused are told", registry({ refuses: "latest" }), async (lamina, page, host) => {
    await lamina.drop(await write("servers-tags.oci.tar", { layers: [layerOf({ name: "two" })], name: "servers:2" }));
    await lamina.verified();
    await lamina.push(`http://${host}/app:1`, "latest");
    const alert = page.getByRole("alert");
    await alert.getByText("Tags that point to the new image: 1", { exact: true }).waitFor();
    await alert.getByText("Tags that were not changed: latest", { exact: true }).waitFor();
    assert.equal(await alert.getByText("No tag was changed.").count(), 0);
  });
}

/** A registry that keeps what it gets, in memory, and refuses one tag. */
function registry({ refuses } = {}) {
  const kept = new Map();
  return (request, response, body) => {
    const url = new URL(request.url, "http://here");
    const reply = (status, headers = {}, content = "") => response.writeHead(status, { ...CORS, "Content-Length": content.length, ...headers }).end(request.method === "HEAD" ? undefined : content);
    if (url.pathname === "/v2/") return reply(200, {}, "{}");
    if (request.method === "POST") return reply(202, { Location: "/v2/app/blobs/uploads/1" });
    if (request.method === "PUT" && url.pathname.includes("/uploads/")) {
      kept.set(`/v2/app/blobs/${url.searchParams.get("digest")}`, { body });
      return reply(201);
    }
    if (request.method === "PUT") {
      if (url.pathname.endsWith(`/${refuses}`)) return reply(403, {}, '{"errors":[{"code":"DENIED","message":"this tag is kept"}]}');
      kept.set(url.pathname, { body, type: request.headers["content-type"] });
      kept.set("last", { body, type: request.headers["content-type"] });
      return reply(201);
    }
    const found = kept.get(url.pathname) ?? (url.pathname.includes("/manifests/sha256:") ? kept.get("last") : undefined);
    return found ? reply(200, found.type ? { "Content-Type": found.type } : {}, found.body) : reply(404, {}, "{}");
  };
}

/** A registry with an image whose layer begins and goes no further. */
function stallingRegistry() {
  const digest = (character) => `sha256:${character.repeat(64)}`;
  const config = JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [digest("a")] } });
  const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: digest("b"), size: 3_000_000 };
  return (request, response) => {
    const configDigest = `sha256:${createHash("sha256").update(config).digest("hex")}`;
    const manifest = { schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: configDigest, size: config.length }, layers: [layer] };
    const send = (content, type) => response.writeHead(200, { ...CORS, "Content-Type": type }).end(content);
    if (request.url.includes("/manifests/")) return send(JSON.stringify(manifest), manifest.mediaType);
    if (request.url.endsWith(configDigest)) return send(config, "application/json");
    if (request.url.includes("/blobs/")) {
      response.writeHead(200, { ...CORS, "Content-Length": layer.size });
      return response.write(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]));
    }
    return send("{}", "application/json");
  };
}
