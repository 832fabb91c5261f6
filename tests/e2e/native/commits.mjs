// `lamina commit`: what it commits is what a real engine commits of the same edits, and every engine takes it.

import assert from "node:assert/strict";
import { chmod, lchown, mkdir, readFile, readlink, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { dockerLoad, podmanLoad, scratch, skopeoInspect, startDocker, umociUnpack } from "../tools/engines.mjs";
import { askFor, inspect, ls } from "../tools/lamina.mjs";
import { mustEqual } from "../tools/listing.mjs";
import { layerOf, write } from "../tools/written.mjs";

const BASE = "lamina-e2e/base:1";
const COMMITTED = "lamina-e2e/committed:2";
const WHEN = "2024-02-29T12:00:00Z";
const LATER = new Date("2024-02-29T12:00:00Z");

const dir = (name) => ({ name, dir: true });

/** An image with what an edit can hit: directories over two layers, links, a directory that is to be replaced. */
async function base(folder) {
  const config = { config: { Env: ["PATH=/bin"], Cmd: ["old"], Labels: { kept: "yes" } }, history: [{ created_by: "one" }, { created_by: "two" }] };
  const lower = layerOf(
    dir("bin"), { name: "bin/app", content: "program" }, dir("etc"), { name: "etc/hosts", content: "127.0.0.1" },
    { name: "etc/old", content: "old" }, dir("srv"), dir("srv/data"), { name: "srv/data/a", content: "a" },
    { name: "srv/data/b", content: "b" }, dir("usr"), dir("usr/lib"), { name: "usr/lib/so", content: "code" },
    { name: "lib", link: "usr/lib" }, dir("move"), dir("move/me"), { name: "move/me/deep", content: "deep" },
  );
  const upper = layerOf(dir("etc"), { name: "etc/new", content: "new" });
  const oci = await write("commit-base.oci.tar", { layers: [lower, upper], name: "1", config });
  const file = join(folder, "base.tar");
  await askFor(0, ["export", "--tag", BASE, "-o", file, oci]);
  return file;
}

/** The edits as arguments. */
async function edits(folder) {
  const added = join(folder, "added");
  await mkdir(join(added, "sub"), { recursive: true });
  await writeFile(join(added, "one"), "one");
  await writeFile(join(added, "sub", "two"), "two");
  await chmod(join(added, "one"), 0o755);
  await writeFile(join(folder, "hosts"), "127.0.0.2 changed");
  return [
    "--delete", "etc/old", "--delete", "srv/data", "--rename", "move/me:moved", "--mkdir", "srv/data",
    "--add", `${added}:/opt`, "--add", `${join(folder, "hosts")}:/etc/hosts`, "--add", `${join(added, "one")}:/lib/`,
    "--symlink", "app:/bin/link", "--chmod", "4711:/bin/app", "--chown", "7:8:/usr/lib/so", "--time", WHEN,
  ];
}

/** The same edits in the folder that is a container's root. */
async function edited(root) {
  const at = (path) => join(root, path);
  const put = async (path, content, mode = 0o644) => {
    await writeFile(at(path), content);
    await chmod(at(path), mode);
    await utimes(at(path), LATER, LATER);
  };
  await rm(at("etc/old"));
  await rm(at("srv/data"), { recursive: true });
  await rename(at("move/me"), at("moved"));
  await mkdir(at("srv/data"));
  await mkdir(at("opt/sub"), { recursive: true });
  for (const made of ["srv/data", "opt", "opt/sub"]) await chmod(at(made), 0o755);
  await put("opt/one", "one", 0o755);
  await put("opt/sub/two", "two");
  await put("etc/hosts", "127.0.0.2 changed");
  await put("usr/lib/one", "one", 0o755);
  await symlink("app", at("bin/link"));
  await chmod(at("bin/app"), 0o4711);
  await lchown(at("usr/lib/so"), 7, 8);
}

/** The folder that is a container's root, in an engine that copies (vfs). */
async function rootOf(docker, container) {
  const data = (await docker("info", "--format", "{{.DockerRootDir}}")).trim();
  const mount = await readFile(join(data, "image", "vfs", "layerdb", "mounts", container, "mount-id"), "utf8");
  return join(data, "vfs", "dir", mount.trim());
}

// Docker adds its own files to a container.
const OWN = new Set([".dockerenv", "dev", "dev/console", "dev/pts", "dev/shm", "etc/hostname", "etc/mtab", "etc/resolv.conf", "proc", "sys"]);
const without = (rows, own) => new Map([...rows].filter(([path]) => !own.has(path)));

export async function testCommits(ring) {
  const folder = await scratch();
  const file = (name) => join(folder, name);
  let engine;
  const docker = async (...args) => {
    engine ??= await startDocker();
    return engine.docker(...args);
  };
  const said = ["--author", "Ada <ada@example.org>", "--message", "a commit of e2e", "--change", 'CMD ["sh", "-c", "x"]', "--change", "ENV A=1 P=$PATH:/x", "--change", "LABEL a=b", "--change", "WORKDIR /srv"];
  try {
    const from = await base(folder);
    const changes = await edits(folder);
    const commit = async (name, ...options) => {
      const { stdout } = await askFor(0, ["commit", ...changes, ...said, "--tag", COMMITTED, ...options, "-o", file(name), from]);
      return stdout.trim();
    };

    await ring.test("EX-02 docker load takes a committed image: its ID, author, message, settings and new layer", async () => {
      const id = await commit("docker.tar");
      engine ??= await startDocker();
      const { names, ids } = await dockerLoad(engine.docker, file("docker.tar"));
      assert.deepEqual([names, ids], [[COMMITTED], [id]]);
      const told = JSON.parse(await docker("image", "inspect", COMMITTED))[0];
      assert.equal(told.Author, "Ada <ada@example.org>");
      assert.equal(told.Comment, "a commit of e2e");
      assert.equal(told.Created, WHEN);
      assert.deepEqual(told.Config.Cmd, ["sh", "-c", "x"]);
      assert.deepEqual(told.Config.Env, ["PATH=/bin", "A=1", "P=/bin:/x"]);
      assert.deepEqual(told.Config.Labels, { a: "b", kept: "yes" });
      assert.equal(told.Config.WorkingDir, "/srv");
      assert.equal(told.RootFS.Layers.length, 3);
      const history = (await docker("history", "--no-trunc", "--format", "{{.CreatedBy}}|{{.Comment}}|{{.Size}}", COMMITTED)).trim().split("\n");
      assert.equal(history.length, 3);
      assert.match(history[0], /^lamina commit .*\|a commit of e2e\|[1-9]/);
    }, { seconds: 240 });

    await ring.test("docker diff of the same edits prints what lamina commit --diff prints", async () => {
      engine ??= await startDocker();
      await dockerLoad(engine.docker, from);
      const container = (await docker("create", BASE, "/bin/app")).trim();
      await edited(await rootOf(engine.docker, container));
      const theirs = (await docker("diff", container)).trim().split("\n").sort();
      const ours = (await askFor(0, ["commit", ...changes, "--diff", from])).stdout.trim().split("\n").sort();
      assert.deepEqual(ours, theirs);
      const byEngine = ["--author", "Ada <ada@example.org>", "--message", "a commit of e2e", ...said.slice(4)];
      await docker("commit", ...byEngine, container, "lamina-e2e/engine:2");
      await docker("rm", container);
      await docker("save", "--output", file("engine.tar"), "lamina-e2e/engine:2");
      await commit("docker.tar");
      const [our, their] = [await ls(file("docker.tar")), await ls(file("engine.tar"))];
      mustEqual(without(our, OWN), without(their, OWN));
      const settings = async (name) => (await inspect(file(name))).images[0].config;
      const [one, other] = [await settings("docker.tar"), await settings("engine.tar")];
      for (const key of ["Cmd", "Env", "Labels", "WorkingDir"]) assert.deepEqual(one.config[key], other.config[key], key);
      assert.equal(one.history.at(-1).author, other.history.at(-1).author);
      assert.equal(one.history.at(-1).comment, other.history.at(-1).comment);
    }, { seconds: 240 });

    await ring.test("docker export of a committed image shows the files that were committed", async () => {
      await commit("docker.tar");
      engine ??= await startDocker();
      await dockerLoad(engine.docker, file("docker.tar"));
      const container = (await docker("create", COMMITTED, "/bin/app")).trim();
      await docker("export", "--output", file("export.tar"), container);
      await docker("rm", container);
      // The engine empties the files that it mounts over.
      const own = new Set([...OWN, "etc", "etc/hosts"]);
      mustEqual(without(await ls(file("docker.tar")), own), without(await ls(file("export.tar")), own));
    }, { seconds: 240 });

    await ring.test("podman, skopeo and umoci take a committed image, compressed and plain", async () => {
      for (const [name, ...options] of [["gzip.oci.tar"], ["plain.oci.tar", "--plain"]]) {
        const id = await commit(name, "--format", "oci-archive", ...options);
        const { ids } = await podmanLoad(file(name));
        assert.deepEqual(ids, [id]);
        const config = await skopeoInspect(`oci-archive:${file(name)}:2`);
        assert.equal(config.history.at(-1).comment, "a commit of e2e");
        const { rootfs, done } = await umociUnpack(file(name), "2");
        try {
          assert.equal(await readFile(join(rootfs, "moved", "deep"), "utf8"), "deep");
          assert.equal(await readFile(join(rootfs, "etc", "hosts"), "utf8"), "127.0.0.2 changed");
          assert.equal(await readFile(join(rootfs, "usr", "lib", "one"), "utf8"), "one");
          assert.equal(await readlink(join(rootfs, "bin", "link")), "app");
          for (const gone of ["etc/old", "srv/data/a", "move/me"]) await assert.rejects(readFile(join(rootfs, gone)), { code: "ENOENT" });
        } finally {
          await done();
        }
      }
    }, { seconds: 240 });

    await ring.test("EX-03 the same commit twice is the same image, and another time is another", async () => {
      assert.equal(await commit("one.tar"), await commit("two.tar"));
      assert.deepEqual(await readFile(file("one.tar")), await readFile(file("two.tar")));
      const changed = changes.with(-1, "2024-03-01T00:00:00Z");
      const other = await askFor(0, ["commit", ...changed, ...said, "--tag", COMMITTED, "-o", file("three.tar"), from]);
      assert.notEqual(other.stdout.trim(), await commit("one.tar"));
    });
  } finally {
    await engine?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
