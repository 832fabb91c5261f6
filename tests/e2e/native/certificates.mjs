// Registries behind certificates that no public authority made: how the command trusts them, and what it says when not.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { find, must, run } from "../tools/commands.mjs";
import { lamina } from "../tools/lamina.mjs";
import { skip } from "../tools/ring.mjs";

export async function testCertificates(ring) {
  const test = (name, body, options) =>
    ring.test(name, async () => {
      if (!find("openssl")) skip("no openssl found (Debian: apt-get install openssl)");
      const folder = await mkdtemp(join(tmpdir(), "lamina-certificates-"));
      try {
        await certificates(folder);
        const server = await serve(folder, options);
        const list = (args = [], env = {}) =>
          run(lamina(), ["list", ...args, server.host], { env: { HOME: folder, DOCKER_CONFIG: join(folder, "none"), XDG_CONFIG_HOME: join(folder, "config"), SSL_CERT_FILE: "", ...env } });
        try {
          await body({ folder, list, ...server });
        } finally {
          server.stop();
        }
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });

  await test("a certificate that is not trusted is said to be that, and nothing is asked by http instead", async ({ list, heard }) => {
    const { status, stdout, stderr } = await list();
    assert.equal(status, 2, stderr);
    assert.match(stderr, /certificate/i);
    assert.match(stderr, /--ca-file/);
    assert.equal(stdout, "");
    assert.deepEqual(heard(), [], "no request came through, and none without TLS");
  });

  await test("a certificate is trusted by --ca-file, by SSL_CERT_FILE, by certs.d, and for one host by --insecure", async ({ folder, host, list }) => {
    const ca = join(folder, "ca.crt");
    const trusted = async (args, env) => {
      const { status, stdout, stderr } = await list(args, env);
      assert.equal(status, 0, stderr);
      assert.equal(stdout, "one\ntwo\n");
    };
    await trusted(["--ca-file", ca]);
    await trusted([], { SSL_CERT_FILE: ca });
    await trusted(["--insecure", host]);
    assert.equal((await list(["--insecure", "other.example"])).status, 2, "it is for one host");
    const own = join(folder, "config", "docker", "certs.d", host);
    await mkdir(own, { recursive: true });
    await writeFile(join(own, "ca.crt"), await readFile(ca));
    await trusted([]);
  });

  await test("a registry that wants a certificate gets the one that is given, or that lies in certs.d", async ({ folder, host, list }) => {
    const ca = join(folder, "ca.crt");
    const [certificate, key] = ["client.crt", "client.key"].map((name) => join(folder, name));
    assert.equal((await list(["--ca-file", ca])).status, 2, "without one it is refused");
    const given = await list(["--ca-file", ca, "--client-cert", certificate, "--client-key", key]);
    assert.equal(given.stdout, "one\ntwo\n", given.stderr);
    const own = join(folder, "config", "docker", "certs.d", host);
    await mkdir(own, { recursive: true });
    for (const [name, file] of [["ca.crt", ca], ["client.cert", certificate], ["client.key", key]]) await writeFile(join(own, name), await readFile(file));
    const kept = await list();
    assert.equal(kept.stdout, "one\ntwo\n", kept.stderr);
  }, { requestCert: true });
}

/** An authority, a server's certificate for this machine, and a client's. */
async function certificates(folder) {
  const openssl = (...args) => must("openssl", args, { cwd: folder });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  await openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=A private authority");
  for (const [name, extension] of [["server", "subjectAltName=IP:127.0.0.1"], ["client", "extendedKeyUsage=clientAuth"]]) {
    await openssl("req", ...key.slice(0, 4), "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    await writeFile(join(folder, `${name}.ext`), `${extension}\nbasicConstraints=CA:FALSE\n`);
    await openssl("x509", "-req", "-in", `${name}.csr`, "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-out", `${name}.crt`, "-extfile", `${name}.ext`);
  }
}

/** A registry of two repositories behind that certificate; `heard()` gives the paths that were asked for. */
async function serve(folder, { requestCert = false } = {}) {
  const read = (name) => readFile(join(folder, name));
  const heard = [];
  const server = createServer({ key: await read("server.key"), cert: await read("server.crt"), ca: await read("ca.crt"), requestCert, rejectUnauthorized: requestCert }, (request, response) => {
    heard.push(request.url);
    response.setHeader("Content-Type", "application/json");
    response.end(request.url.startsWith("/v2/_catalog") ? '{"repositories":["one","two"]}' : "{}");
  });
  // What comes without TLS at this port.
  server.on("tlsClientError", (error) => {
    if (/http request/i.test(error.message)) heard.push("plain http");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${server.address().port}`,
    heard: () => heard,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
