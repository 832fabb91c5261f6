// What engines run is what is shown, or the difference is told: each archive here is extracted by a real Docker engine
// (vfs), by podman (vfs) and by containerd (overlayfs), and held against `lamina ls` and `lamina inspect`.

import assert from "node:assert/strict";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { find, must, run } from "../tools/commands.mjs";
import { scratch, startContainerd, startDocker } from "../tools/engines.mjs";
import { KINDS, archiveOf } from "../tools/kinds.mjs";
import { ask } from "../tools/lamina.mjs";
import { randomLayers } from "../tools/random-layers.mjs";
import { skip } from "../tools/ring.mjs";

/** What a tar of a root file system holds: each path with its content. */
async function filesOf(tar, folder) {
  await mkdir(folder, { recursive: true });
  await must("tar", ["-xf", tar, "-C", folder, "--no-same-owner", "--exclude=dev/*"]);
  return walk(folder);
}

async function walk(folder) {
  const { stdout } = await run("sh", ["-c", `cd "$1" && find . -type f ! -path "./dev/*" ! -path "./proc/*" ! -path "./sys/*" ! -name .dockerenv ! -path "./etc/hostname" ! -path "./etc/hosts" ! -path "./etc/resolv.conf" ! -path "./etc/mtab" ! -path "./run/.containerenv" -size -1000k -exec sha256sum {} +`, "sh", folder]);
  const lines = stdout.split("\n").filter(Boolean).map((line) => /^\\?(\S+) {2}\.\/(.*)$/.exec(line));
  return new Map(lines.map(([, hash, path]) => [path, hash]));
}

/** What `lamina ls --full` says of the same. */
async function shownOf(archive) {
  const { stdout, status, stderr } = await ask(["ls", "--full", archive]);
  const rows = stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const files = rows.filter(({ type }) => type === "file").map(({ path, sha256 }) => [path.replace(/^\//, ""), sha256]);
  return { files: new Map(files), status, stderr };
}

/** The codes that stand in the page's header. */
async function toldOf(archive) {
  const { stdout } = await ask(["inspect", "--json", archive]);
  const { images } = JSON.parse(stdout);
  const [image] = images;
  return { codes: [...image.engines, ...image.layers.flatMap(({ engines }) => engines)].map(({ code }) => code), user: [image.config?.config?.User] };
}

/** How many random archives are tried; LAMINA_ENGINES_RANDOM sets another number. */
const N_RANDOM = Number(process.env.LAMINA_ENGINES_RANDOM ?? 12);

/**
 * Holds an archive as engines extract it against what is shown of it: `alike` when all agree, `told` when one differs
 * and the header says so, `refused` when one refuses it and the header says so.
 */
async function hold(engines, kind) {
  const folder = await scratch();
  try {
    const archive = join(folder, "kind.tar");
    await writeFile(archive, archiveOf(kind));
    const shown = await shownOf(archive);
    const { codes } = await toldOf(archive);
    if (kind.shown) assert.ok(codes.includes(kind.shown), `${codes} lack ${kind.shown}`);
    if (kind.status !== null) assert.equal(shown.status, kind.status ?? 0, shown.stderr);
    let outcome = "alike";
    let nExtracted = 0;
    for (const engine of engines) {
      const found = await engine.extract(archive, join(folder, engine.name)).catch((problem) => ({ refused: problem.message }));
      if (found.refused !== undefined) {
        assert.ok(codes.length, `${engine.name} refuses what is shown without a word: ${found.refused}`);
        outcome = "refused";
        continue;
      }
      nExtracted += 1;
      const same = JSON.stringify([...found.files].sort()) === JSON.stringify([...shown.files].sort());
      assert.ok(same || codes.length, `${engine.name} extracts other files, and nothing is told:\n${[...found.files].sort().join("\n")}\nshown:\n${[...shown.files].sort().join("\n")}`);
      if (!same && outcome === "alike") outcome = "told";
      // Docker is what is shown where no notice says otherwise.
      if (kind.user && found.user !== undefined) assert.equal(found.user, kind.user, engine.name);
    }
    if (!kind.shown && kind.status !== null) assert.ok(nExtracted > 0, "no engine extracts it");
    return outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function testEngines(ring) {
  let engines;
  await ring.test("engines that extract: a Docker engine, podman and containerd start", async () => {
    engines = await startEngines();
    console.log(`    ${engines.map(({ version }) => version).join("; ")}`);
  });
  if (!engines) return;
  try {
    for (const kind of KINDS) {
      await ring.test(`what engines run is what is shown, or told: ${kind.name}`, () => hold(engines, kind));
    }
    await ring.test("what engines run is what is shown, or told: random layers", async () => {
      const said = { alike: 0, told: 0, refused: 0 };
      const differences = [];
      for (let seed = 1; seed <= N_RANDOM; seed += 1) {
        try {
          said[await hold(engines, { layers: randomLayers(seed), status: null })] += 1;
        } catch (problem) {
          differences.push(`seed ${seed}: ${problem.message}`);
        }
      }
      console.log(`    ${N_RANDOM} random archives: ${said.alike} alike, ${said.told} with a difference that is told, ${said.refused} refused by an engine and told, ${differences.length} differences`);
      assert.deepEqual(differences, []);
      assert.ok(said.alike * 4 > N_RANDOM, "hardly any is plain enough to compare");
    }, { seconds: 60 + 10 * N_RANDOM });
  } finally {
    for (const engine of engines) await engine.stop();
  }
}

/** Those engines that start here. */
async function startEngines() {
  const started = [];
  const reasons = [];
  for (const begin of [dockerEngine, podmanEngine, containerdEngine]) {
    try {
      started.push(await begin());
    } catch (problem) {
      reasons.push(problem.message);
    }
  }
  if (!started.length) skip(reasons.join("; "));
  for (const reason of reasons) console.log(`    not here: ${reason.slice(0, 200)}`);
  return started;
}

async function dockerEngine() {
  const { docker, stop } = await startDocker();
  const version = (await docker("version", "--format", "{{.Server.Version}} ({{(index .Server.Components 0).Details.GoVersion}})")).trim();
  const driver = (await docker("info", "--format", "{{.Driver}}")).trim();
  return {
    name: "docker",
    version: `Docker ${version}, ${driver}`,
    stop,
    async extract(archive, folder) {
      await docker("load", "--input", archive);
      const user = (await docker("image", "inspect", "--format", "{{.Config.User}}", "kind:1")).trim();
      const container = (await docker("create", "kind:1", "/run")).trim();
      const tar = `${folder}.tar`;
      await docker("export", "--output", tar, container);
      await docker("rm", container);
      await docker("image", "rm", "--force", "kind:1");
      return { files: await filesOf(tar, folder), user };
    },
  };
}

async function podmanEngine() {
  const command = find("podman") ?? skip("no podman on PATH");
  if (process.getuid?.() !== 0) skip("podman needs root here");
  const folder = await scratch();
  const policy = join(folder, "policy.json");
  await writeFile(policy, '{"default": [{"type": "insecureAcceptAnything"}]}');
  const options = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--tmpdir", join(folder, "tmp"), "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "none", "--log-level", "error"];
  const podman = (...args) => must(command, [...options, ...args]);
  const version = (await must(command, ["--version"])).trim();
  return {
    name: "podman",
    version: `${version}, vfs`,
    async stop() {
      await run("umount", ["-l", join(folder, "root", "vfs")]).catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
    async extract(archive, folder) {
      const printed = await podman("load", "--quiet", "--signature-policy", policy, "--input", archive);
      const name = /Loaded image(?:\(s\))?: (\S+)/.exec(printed)[1];
      try {
        const user = (await podman("image", "inspect", "--format", "{{.User}}", name)).trim();
        const root = (await podman("image", "mount", name)).trim();
        const files = await walk(root);
        await podman("image", "unmount", name);
        return { files, user };
      } finally {
        await podman("image", "rm", "--force", name).catch(() => {});
      }
    },
  };
}

async function containerdEngine() {
  const { ctr, tries, version, stop } = await startContainerd("kind");
  return {
    name: "containerd",
    version: `${version}, overlayfs`,
    stop,
    async extract(archive, folder) {
      const printed = await ctr("images", "import", "--snapshotter", "overlayfs", archive);
      const name = /unpacking (\S+)/.exec(printed)?.[1] ?? "docker.io/library/kind:1";
      await mkdir(folder, { recursive: true });
      try {
        await ctr("images", "mount", "--snapshotter", "overlayfs", name, folder);
        return { files: await walk(folder) };
      } finally {
        await tries("images", "unmount", "--snapshotter", "overlayfs", "--rm", folder).catch(() => {});
        await run("umount", ["-l", folder]).catch(() => {});
        await ctr("images", "rm", name).catch(() => {});
        await readdir(folder).catch(() => []);
      }
    },
  };
}
