// `lamina push` and `lamina copy` against a real distribution registry, read back by skopeo.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { find, must, run } from "../tools/commands.mjs";
import { image, json, reference } from "../tools/images.mjs";
import { mustEqual } from "../tools/listing.mjs";
import { lamina, ls } from "../tools/lamina.mjs";
import { startReadOnlyRegistry, startRegistryWithPasswords } from "../tools/registry.mjs";
import { skip } from "../tools/ring.mjs";

async function inspect(host, name, ...options) {
  const skopeo = find("skopeo");
  if (!skopeo) skip("no skopeo on PATH (Debian: apt-get install skopeo)");
  return JSON.parse(await must(skopeo, ["inspect", "--tls-verify=false", ...options, `docker://${host}/${name}`]));
}

/** Writes an OCI layout of the app for two platforms; the digits of the second one's manifest. */
async function layoutOfTwo(folder) {
  await must("tar", ["-xf", image("copies/skopeo-gzip.oci.tar"), "-C", folder]);
  const blobs = join(folder, "blobs/sha256");
  const put = async (document) => {
    const bytes = Buffer.from(JSON.stringify(document));
    const hex = createHash("sha256").update(bytes).digest("hex");
    await writeFile(join(blobs, hex), bytes);
    return { mediaType: document.mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const top = JSON.parse(await readFile(join(folder, "index.json"), "utf8"));
  const [amd64] = top.manifests;
  const manifest = JSON.parse(await readFile(join(blobs, amd64.digest.replace("sha256:", "")), "utf8"));
  const arm64 = await put({ mediaType: "application/vnd.oci.image.manifest.v1+json", ...manifest, annotations: { made: "for arm64" } });
  const platform = (entry, architecture) => ({ mediaType: entry.mediaType, digest: entry.digest, size: entry.size, platform: { os: "linux", architecture } });
  const index = await put({ schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [platform(amd64, "amd64"), platform(arm64, "arm64")] });
  await writeFile(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [index] }));
  return arm64.digest.replace("sha256:", "");
}

export async function testNativePush(ring, registry) {
  const command = lamina();

  await ring.test("lamina push sends an archive under several tags, and nothing twice", async () => {
    const args = ["push", image("app/app.docker.tar"), `${registry.host}/by-lamina/app:1`, "--tag", "latest"];
    const first = await run(command, args);
    assert.equal(first.status, 0, first.stderr);
    const lines = first.stdout.trim().split("\n");
    assert.deepEqual(lines.map((line) => line.split(" ")[0]), [`${registry.host}/by-lamina/app:1`, `${registry.host}/by-lamina/app:latest`]);
    const { Digest } = await inspect(registry.host, "by-lamina/app:latest");
    assert.ok(lines.every((line) => line.endsWith(Digest)), first.stdout);
    assert.equal((await inspect(registry.host, "by-lamina/app:1", "--config")).author, json("app/facts.json").author);
    mustEqual(await ls(`${registry.host}/by-lamina/app:1`), reference());
    const again = await run(command, args);
    assert.equal(again.status, 0, again.stderr);
    assert.ok(!/: pushed/.test(again.stderr), again.stderr);
  });

  await ring.test("lamina copy keeps every byte from registry to registry, and writes an archive", async () => {
    const source = `${registry.host}/lamina-e2e/app:oci-zstd`;
    const { status, stderr } = await run(command, ["copy", source, `http://${registry.host}/by-lamina/copy:1`]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /mounted from another repository/);
    const [from, to] = await Promise.all([inspect(registry.host, "lamina-e2e/app:oci-zstd"), inspect(registry.host, "by-lamina/copy:1")]);
    assert.equal(to.Digest, from.Digest);
    const folder = await mkdtemp(join(tmpdir(), "lamina-copy-"));
    try {
      const archive = join(folder, "app.tar");
      const written = await run(command, ["copy", source, archive]);
      assert.equal(written.status, 0, written.stderr);
      mustEqual(await ls(archive), reference());
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  await ring.test("lamina push sends the index with all platforms, one by choice, and names those that are not there", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lamina-platforms-"));
    const arm64 = await layoutOfTwo(folder);
    const push = (tag, ...options) => run(command, ["push", folder, `${registry.host}/by-lamina/two:${tag}`, ...options]);
    const platforms = async (tag) => {
      const raw = JSON.parse(await must(find("skopeo") ?? skip("no skopeo on PATH"), ["inspect", "--raw", "--tls-verify=false", `docker://${registry.host}/by-lamina/two:${tag}`]));
      return raw.manifests?.map((entry) => entry.platform.architecture).join(" ") ?? "one";
    };
    try {
      const all = await push("all");
      assert.equal(all.status, 0, all.stderr);
      assert.equal(await platforms("all"), "amd64 arm64");
      const one = await push("one", "--platform", "linux/amd64");
      assert.equal(one.status, 0, one.stderr);
      assert.match(one.stderr, /only linux\/amd64 is sent.*linux\/arm64/);
      assert.equal(await platforms("one"), "one");
      await rm(join(folder, "blobs/sha256", arm64));
      const refused = await push("present");
      assert.equal(refused.status, 2, refused.stderr);
      assert.match(refused.stderr, /linux\/arm64.*\n.*--present-platforms/);
      const present = await push("present", "--present-platforms");
      assert.equal(present.status, 0, present.stderr);
      assert.match(present.stderr, /left out.*linux\/arm64/);
      assert.equal(await platforms("present"), "amd64");
      assert.ok(present.stderr.includes(present.stdout.trim().split(" ")[1]), present.stderr);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  await ring.test("a registry with passwords: none, a wrong one, the right one, and docker's own configuration", async () => {
    const guarded = await startRegistryWithPasswords();
    const folder = await mkdtemp(join(tmpdir(), "lamina-docker-"));
    try {
      const target = `${guarded.host}/private/app:1`;
      const push = (options, input, env = {}) => run(command, ["push", image("app/app.docker.tar"), target, ...options], { input, env: { DOCKER_CONFIG: folder, ...env } });
      const stdin = ["--user", "me", "--password-stdin"];
      for (const refused of [await push([]), await push(stdin, "hunter2\n")]) {
        assert.equal(refused.status, 2, refused.stderr);
        assert.match(refused.stderr, /needs a login|the password is wrong/);
        assert.ok(!refused.stderr.includes("hunter2"), refused.stderr);
      }
      const pushed = await push(stdin, "secret\n");
      assert.equal(pushed.status, 0, pushed.stderr);
      await writeFile(join(folder, "config.json"), JSON.stringify({ auths: { [guarded.host]: { auth: Buffer.from("me:secret").toString("base64") } } }));
      const kept = await push([]);
      assert.equal(kept.status, 0, kept.stderr);
      const listed = await run(command, ["inspect", "--json", target], { env: { DOCKER_CONFIG: folder } });
      assert.equal(listed.status, 0, listed.stderr);
      const strangers = await run(command, ["inspect", "--json", target], { env: { DOCKER_CONFIG: "/nowhere" } });
      assert.equal(strangers.status, 2, strangers.stderr);
    } finally {
      await guarded.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  await ring.test("a registry that may not be written is told in one line, status 2", async () => {
    const closed = await startReadOnlyRegistry();
    try {
      const { status, stdout, stderr } = await run(command, ["push", image("app/app.docker.tar"), `${closed.host}/app:1`]);
      assert.equal(status, 2, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, /405.*read-only/);
    } finally {
      await closed.stop();
    }
  });
}
