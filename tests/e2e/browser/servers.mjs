// Servers that are not what they seem: one that says nothing, one that answers everything with a web page, one that takes
// the first tag alone; and registries of which a browser tells a page only that a request failed.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { find, must } from "../tools/commands.mjs";
import { skip } from "../tools/ring.mjs";
import { layerOf, write } from "../tools/written.mjs";

const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "Access-Control-Allow-Headers": "Authorization, Accept, Content-Type, Content-Range, Range",
  "Access-Control-Expose-Headers": "Location, Range, Docker-Content-Digest",
};

/** A key and a certificate for 127.0.0.1 that no authority has signed. */
async function selfSigned() {
  if (!find("openssl")) skip("no openssl found (Debian: apt-get install openssl)");
  const folder = await mkdtemp(join(tmpdir(), "lamina-certificate-"));
  try {
    await must("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "own.key", "-out", "own.crt", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], { cwd: folder });
    return { key: await readFile(join(folder, "own.key")), cert: await readFile(join(folder, "own.crt")) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function testServers(test) {
  const withServer = (name, answer, body, options) =>
    test(name, async (lamina, page) => {
      const create = options?.isSelfSigned ? createTlsServer.bind(null, await selfSigned()) : createServer;
      const server = create((request, response) => {
        if (request.method === "OPTIONS") return void response.writeHead(options?.refusesOptions ? 401 : 204, CORS).end();
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

  await withServer("a pause of minutes that a registry asks for is counted down", (_, response) => {
    response.writeHead(429, { ...CORS, "Access-Control-Expose-Headers": "Retry-After", "Retry-After": "125" }).end();
  }, async (lamina, page, host) => {
    await lamina.openAddress(`http://${host}/app:1`);
    await lamina.problem("The registry asks for a pause").waitFor();
    await page.getByRole("timer").getByText(/asked again in 2:0[0-3]\./).waitFor();
  });

  const names = JSON.stringify({ repositories: Array.from({ length: 1000 }, (_, n) => `app/${n}`) });
  await withServer("a list whose registry gives the same names again is said to be cut off", (request, response) => {
    response.writeHead(200, CORS).end(request.url.startsWith("/v2/_catalog") ? names : "{}");
  }, async (lamina, page, host) => {
    await lamina.openAddress(`http://${host}`);
    await page.getByRole("button", { name: "Load more" }).click();
    await page.getByText(/^The list may be cut off/).waitFor();
    assert.equal(await page.getByRole("button", { name: "Load more" }).count(), 0);
    await page.getByRole("button", { name: "Show all (1,000)" }).click();
    await page.getByRole("link", { name: "app/999", exact: true }).waitFor();
  });

  const cosigned = `sha256-${"0123456789abcdef".repeat(4)}`;
  const tags = JSON.stringify({ tags: [`${cosigned}.sig`, "latest", `${cosigned}.sbom`, "1.0"] });
  const image = guardedRegistry({ isOpen: true });
  await withServer("a repository that lists no tags opens by tag, and cosign's tags are told from images", (request, response) => {
    if (request.url.startsWith("/v2/unlisted/tags/list")) return void response.writeHead(404, CORS).end("404 page not found");
    if (request.url.startsWith("/v2/listed/tags/list")) return void response.writeHead(200, CORS).end(tags);
    image(request, response);
  }, async (lamina, page, host) => {
    await lamina.openAddress(`http://${host}/listed`);
    const links = page.getByRole("list", { name: "Repository" }).getByRole("link");
    await links.first().waitFor();
    assert.deepEqual(await links.allInnerTexts().then((texts) => texts.map((text) => text.replace(/\s+/g, " ").trim())), [
      "latest",
      "1.0",
      `${cosigned}.sbom bill of materials of 0123456789ab`,
      `${cosigned}.sig signature of 0123456789ab`,
    ]);
    await lamina.openAddress(`http://${host}/unlisted`);
    await page.getByRole("heading", { name: "This registry does not list the tags of a repository" }).waitFor();
    await page.getByRole("textbox", { name: "Tag or digest" }).fill(" latest ");
    await page.getByRole("textbox", { name: "Tag or digest" }).press("Enter");
    await lamina.verified();
    await page.getByRole("heading", { name: /unlisted:latest/ }).waitFor();
  });

  // A browser tells a page nothing of certificates: the page names them as a likely cause, and the way out.
  let n_asked = 0;
  await withServer("a registry with a certificate of its own is not asked by http, and accepting the certificate is named", () => (n_asked += 1), async (lamina, page, host) => {
    await lamina.openAddress(`https://${host}/app:1`);
    await lamina.problem("The registry does not answer").waitFor();
    await page.getByText("its certificate may not be trusted by this browser").first().waitFor();
    await page.getByText("accept its certificate").first().waitFor();
    assert.equal(n_asked, 0);
  }, { isSelfSigned: true });

  await withServer("a name for saving that is taken away comes back by Undo, and the registry's tag stays", image, async (lamina, page, host) => {
    await lamina.openAddress(`http://${host}/listed:latest`);
    await lamina.verified();
    await lamina.part("Tags and annotations").click();
    const name = `${host}/listed:latest`;
    const away = page.getByRole("button", { name: `Remove ${name}` });
    await away.click();
    await away.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: /listed:latest/ }).waitFor();
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await away.waitFor();
    assert.equal(await page.getByRole("button", { name: "Undo", exact: true }).count(), 0);
  });

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

  const told = (name, title, answer, options) =>
    withServer(name, answer, async (lamina, page, host) => {
      await lamina.openAddress(`http://${host}/app:1`);
      if (options?.signsIn) await lamina.signIn("me", "secret");
      // As the page of a problem, or on the row of a layer.
      await page.getByText(title, { exact: true }).first().waitFor();
    }, options);

  await told("a registry that answers OPTIONS with 401 is not told to add headers that are there", "The registry refuses what browsers ask first", guardedRegistry(), { refusesOptions: true, signsIn: true });
  await told("blobs behind a redirect to a store without CORS headers are told as that", "The registry’s storage does not let this page read it", imageRegistry((request, response) => {
    if (request.url.startsWith("/store/")) return void response.writeHead(200).end("bytes");
    response.writeHead(307, { ...CORS, Location: `http://localhost:${request.socket.localPort}/store/1` }).end();
  }), { hosts: { includes: (host) => /^(127\.0\.0\.1|localhost):/.test(host) } });
  await told("blobs of a connection that breaks are not told as a store's", "The registry does not answer", imageRegistry((request) => request.socket.destroy()));
  await told("an error without CORS headers is told where other answers came through", "An answer of the registry does not reach this page", imageRegistry((_, response) => void response.writeHead(502).end("bad gateway")));
  await told("a token server without CORS headers has a cure of its own", "The token server does not let this page read it", (request, response) => {
    if (request.url.startsWith("/token")) return void response.writeHead(200).end('{"token":"x"}');
    response.writeHead(401, { ...CORS, "Access-Control-Expose-Headers": "WWW-Authenticate", "WWW-Authenticate": `Bearer realm="http://localhost:${request.socket.localPort}/token"` }).end();
  }, { hosts: { includes: (host) => /^(127\.0\.0\.1|localhost):/.test(host) } });

  await withServer("a wrong password is said by the password's field", guardedRegistry(), async (lamina, page, host) => {
    await lamina.openAddress(`http://${host}/app:1`);
    await lamina.signIn("me", "wrong");
    const field = page.locator('input[type="password"][aria-invalid="true"]');
    await field.waitFor();
    const described = await field.evaluate((field) => document.getElementById(field.getAttribute("aria-describedby"))?.textContent);
    assert.match(described, /the password is wrong/);
  });

  await withServer("a password in an address signs in, and is nowhere in the page, its address and its history", guardedRegistry(), async (lamina, page, host) => {
    await lamina.openAddress(`http://me:secret@${host}/app:1`);
    await page.waitForFunction((host) => location.hash.includes(`${host}/app:1`), host);
    await lamina.verified();
    const clean = async () => {
      const seen = [page.url(), await page.title(), await page.content(), await lamina.addressField.inputValue()];
      seen.push(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])));
      assert.ok(!seen.join(" ").includes("secret"), "the password is nowhere");
    };
    await clean();
    await lamina.goto(`#/http://me:secret@${host}/app:2`);
    await page.waitForFunction((host) => location.hash.includes(`${host}/app:2`) && !location.hash.includes("@"), host);
    await clean();
    await page.goBack();
    await clean();
  });

  await withServer("a push whose Location is hidden names that, and not a form that is rare", registry({ hidesLocation: true }), async (lamina, page, host) => {
    await lamina.drop(await write("servers-location.oci.tar", { layers: [layerOf({ name: "three" })], name: "servers:3" }));
    await lamina.verified();
    await lamina.push(`http://${host}/app:1`);
    await page.getByRole("alert").getByText("The registry does not say where the bytes go").waitFor();
  });
}

/** A registry that keeps what it gets, in memory, and refuses one tag. */
function registry({ refuses, hidesLocation } = {}) {
  const kept = new Map();
  return (request, response, body) => {
    const url = new URL(request.url, "http://here");
    const reply = (status, headers = {}, content = "") => response.writeHead(status, { ...CORS, "Content-Length": content.length, ...headers }).end(request.method === "HEAD" ? undefined : content);
    if (url.pathname === "/v2/") return reply(200, {}, "{}");
    if (request.method === "POST") return reply(202, hidesLocation ? {} : { Location: "/v2/app/blobs/uploads/1" });
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
  const digest = `sha256:${"b".repeat(64)}`;
  const registry = imageOf({ digest, size: 3_000_000 }, `sha256:${"a".repeat(64)}`);
  return (request, response) => {
    if (!request.url.endsWith(digest)) return registry(request, response);
    response.writeHead(200, { ...CORS, "Content-Length": 3_000_000 });
    response.write(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]));
  };
}

/** A registry with an image, whose blobs are answered by `blobs`. */
function imageRegistry(blobs) {
  const registry = imageOf({ digest: `sha256:${"b".repeat(64)}`, size: 3 }, `sha256:${"a".repeat(64)}`);
  return (request, response) => (request.url.includes("/manifests/") || request.url === "/v2/" ? registry : blobs)(request, response);
}

/** A registry with an image of one empty layer, for all or for "me" with the password "secret". */
function guardedRegistry({ isOpen = false } = {}) {
  const layer = Buffer.alloc(1024);
  const digest = `sha256:${createHash("sha256").update(layer).digest("hex")}`;
  const registry = imageOf({ digest, size: layer.length, mediaType: "application/vnd.oci.image.layer.v1.tar" }, digest);
  const right = `Basic ${Buffer.from("me:secret").toString("base64")}`;
  return (request, response) => {
    if (!isOpen && request.headers.authorization !== right) return void response.writeHead(401, { ...CORS, "WWW-Authenticate": "Basic realm=x" }).end();
    if (request.url.endsWith(digest)) return void response.writeHead(200, CORS).end(layer);
    registry(request, response);
  };
}

/** Answers for the documents of an image of one layer. */
function imageOf(layer, diffId) {
  const config = JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [diffId] } });
  const configDigest = `sha256:${createHash("sha256").update(config).digest("hex")}`;
  const layers = [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", ...layer }];
  const manifest = { schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: configDigest, size: config.length }, layers };
  return (request, response) => {
    const send = (content, type) => void response.writeHead(200, { ...CORS, "Content-Type": type }).end(content);
    if (request.url.includes("/manifests/")) return send(JSON.stringify(manifest), manifest.mediaType);
    if (request.url.endsWith(configDigest)) return send(config, "application/json");
    return send("{}", "application/json");
  };
}
