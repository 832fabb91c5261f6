// The packages of real systems: what their own tools list is what Lamina lists, layer by layer.

import assert from "node:assert/strict";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { find, must, run } from "../tools/commands.mjs";
import { scratch } from "../tools/engines.mjs";
import { image } from "../tools/images.mjs";
import { askFor, inspect } from "../tools/lamina.mjs";
import { skip } from "../tools/ring.mjs";
import { syftPackages } from "../tools/syft.mjs";
import { digestOf, write } from "../tools/written.mjs";

const tool = (name, debian) => find(name) ?? skip(`no ${name} on PATH (Debian: apt-get install ${debian})`);

const packagesOf = async (place) => (await inspect(place)).images[0].packages;

/** The packages of an image that its final file system has, a line each. */
const installed = ({ packages }, kind) =>
  packages.filter((one) => one.installed && one.kind === kind).map((one) => [one.name, one.version, one.architecture ?? ""].join("\t")).sort();

/** What dpkg itself says of a folder's database, a line each: those whose files are there. */
async function dpkg(root) {
  const query = tool("dpkg-query", "dpkg");
  const format = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\n";
  const told = await must(query, [`--admindir=${join(root, "var/lib/dpkg")}`, "-W", `--showformat=${format}`]);
  const gone = ["not-installed", "config-files", "half-installed"];
  return told.split("\n").filter(Boolean).map((line) => line.split("\t")).filter(([status]) => !gone.includes(status)).map((words) => words.slice(1).join("\t")).sort();
}

/** Unpacks the paths that fit a pattern layer by layer into a folder; `after` is called after each layer. */
async function unpack(archive, folder, pattern, after = async () => {}) {
  const [{ Layers }] = JSON.parse(await must("tar", ["-xOf", archive, "manifest.json"]));
  for (const layer of Layers) {
    // A layer without such paths is no error here.
    await run("sh", ["-c", 'tar -xOf "$0" "$1" | tar -x -C "$2" --wildcards --no-anchored "$3"', archive, layer, folder, pattern]);
    await after();
  }
}

/** What dpkg says of a docker-archive's database after each layer. */
async function dpkgByLayer(archive, folder) {
  const told = [];
  await unpack(archive, folder, "var/lib/dpkg/status", async () => told.push(await dpkg(folder)));
  return told;
}

async function testDebianPackages(ring) {
  await ring.test("packages of a real Debian are those of dpkg-query, each with the layer that brought it", async () => {
    const archive = image("debian/debian.docker.tar");
    const list = await packagesOf(archive);
    const folder = await scratch();
    try {
      const byLayer = await dpkgByLayer(archive, folder);
      assert.ok(byLayer.at(-1).length > 90, `${byLayer.at(-1).length} packages`);
      assert.deepEqual(installed(list, "deb"), byLayer.at(-1));
      // What each layer added and removed, by asking dpkg after each.
      for (const [layer, lines] of byLayer.entries()) {
        const below = byLayer[layer - 1] ?? [];
        const added = lines.filter((line) => !below.includes(line));
        const events = (change) => list.packages.filter((one) => one.events.some((event) => event.layer === layer && event.change === change));
        const brought = events("added").map((one) => [one.name, one.events.find((event) => event.layer === layer).version, one.architecture ?? ""].join("\t"));
        assert.deepEqual(brought.sort(), added, `layer ${layer}`);
        const removed = below.filter((line) => !lines.includes(line)).map((line) => line.split("\t")[0]);
        assert.deepEqual(events("removed").map((one) => one.name).sort(), removed.sort(), `layer ${layer}`);
      }
      assert.deepEqual(list.gaps, []);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, { seconds: 600 });

  await ring.test("packages of a real Debian own the files that dpkg lists, and tell what the layers deleted", async () => {
    const list = await packagesOf(image("debian/debian.docker.tar"));
    const named = (name) => list.packages.find((one) => one.name === name);
    assert.ok(named("perl-base").owned_bytes > 1_000_000, JSON.stringify(named("perl-base")));
    assert.ok(named("bash").licences.some((licence) => licence.startsWith("GPL-3")), JSON.stringify(named("bash").licences));
    // The Dockerfile deletes manual pages and locales of packages, and writes files of its own.
    assert.ok(list.gone.deleted > 100, JSON.stringify(list.gone.deleted));
    assert.ok(list.gone.first.every(({ path, package: name }) => path && named(name)));
    // Files of no package are in none of dpkg's lists, which name some by the way of a merged /usr.
    const folder = await scratch();
    try {
      await unpack(image("debian/debian.docker.tar"), folder, "var/lib/dpkg/info/*.list");
      const info = join(folder, "var/lib/dpkg/info");
      const lists = await Promise.all((await readdir(info)).map((name) => readFile(join(info, name), "utf8")));
      const listed = new Set(lists.join("").split("\n").flatMap((path) => [path.slice(1), `usr${path}`]));
      assert.ok(listed.size > 5_000, `${listed.size} paths`);
      assert.ok(list.unowned.count > 100 && list.unowned.largest.length > 10, JSON.stringify(list.unowned.count));
      assert.deepEqual(list.unowned.largest.map(({ path }) => path).filter((path) => listed.has(path)), []);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const table = (await askFor(0, ["inspect", "--packages", image("debian/debian.docker.tar")])).stdout;
    assert.match(table, /^PACKAGE +VERSION +KIND/m);
    assert.match(table, /^bash +\S+ +deb +/m);
  }, { seconds: 600 });

  await ring.test("packages of a real Debian are those that syft lists", async () => {
    const archive = image("debian/debian.docker.tar");
    const [ours, theirs] = [await packagesOf(archive), await syftPackages(archive)];
    const lines = theirs.filter((one) => one.type === "deb").map((one) => `${one.name}\t${one.version}`).sort();
    assert.deepEqual(ours.packages.filter((one) => one.installed && one.kind === "deb").map((one) => `${one.name}\t${one.version}`).sort(), lines);
  }, { seconds: 600 });
}

/** Specs of three packages, of which one comes in a second layer and one is removed there. */
const spec = (name, version) => `Name: ${name}
Version: ${version}
Release: 1
Epoch: 2
Summary: A test
License: MIT AND Zlib
BuildArch: noarch
%description
A test.
%install
mkdir -p %{buildroot}/usr/share/${name}
head -c 5000 /dev/zero >%{buildroot}/usr/share/${name}/data
echo ${version} >%{buildroot}/usr/share/${name}/version
%files
/usr/share/${name}
`;

const SPECS = [["alpha", "1.0"], ["beta", "2.0"], ["gamma", "3.1"]];

async function rpmsBuilt(folder) {
  const rpmbuild = tool("rpmbuild", "rpm");
  for (const [name, version] of SPECS) {
    const file = join(folder, `${name}.spec`);
    await writeFile(file, spec(name, version));
    await must(rpmbuild, ["-bb", "--define", `_topdir ${folder}/build`, "--define", "_build_id_links none", file]);
  }
  return ([name, version]) => join(folder, "build/RPMS/noarch", `${name}-${version}-1.noarch.rpm`);
}

/** A layer of everything below a folder. */
async function layerOfFolder(root) {
  const file = `${root}.tar`;
  await must("tar", ["-cf", file, "--numeric-owner", "-C", root, "."]);
  const tar = await readFile(file);
  return { stored: gzipSync(tar), diffId: digestOf(tar) };
}

async function testRpm(ring, backend, database) {
  await ring.test(`packages of an rpm database in ${backend} are those of rpm -qa`, async () => {
    const rpm = tool("rpm", "rpm");
    const folder = await scratch();
    try {
      const built = await rpmsBuilt(folder);
      const root = join(folder, "root");
      await mkdir(join(root, "var/lib/rpm"), { recursive: true });
      const options = ["--root", root, "--dbpath", "/var/lib/rpm", "--define", `_db_backend ${backend}`];
      const queried = async () => (await must(rpm, [...options, "-qa", "--qf", "%{NAME}\t%{EVR}\t%{ARCH}\n"])).split("\n").filter(Boolean).sort();
      const made = await run(rpm, [...options, "--nodeps", "--noscripts", "-i", built(SPECS[0]), built(SPECS[1])]);
      if (made.stderr.includes("dummy database")) skip(`this rpm cannot write ${backend}`);
      assert.equal(made.status, 0, made.stderr);
      const lower = await layerOfFolder(root);
      const before = await queried();
      await must(rpm, [...options, "--nodeps", "--noscripts", "-i", built(SPECS[2])]);
      await must(rpm, [...options, "--nodeps", "--noscripts", "-e", "beta"]);
      const after = await queried();
      const upper = await layerOfFolder(root);
      const archive = await write(`rpm-${backend}.oci.tar`, { layers: [lower, upper], name: "1" });
      const list = await packagesOf(archive);
      assert.deepEqual(list.databases.map(({ file, packages, malformed }) => [file.path, packages, malformed]), [[`var/lib/rpm/${database}`, after.length, 0]]);
      assert.deepEqual(installed(list, "rpm"), after);
      assert.equal(before.length, 2);
      const [alpha, beta, gamma] = list.packages;
      assert.deepEqual([alpha.layer, beta.layer, gamma.layer], [0, 0, 1]);
      assert.deepEqual(beta.events.map(({ layer, change }) => [layer, change]), [[0, "added"], [1, "removed"]]);
      assert.deepEqual([alpha.version, alpha.licences, alpha.files, alpha.owned_bytes], ["2:1.0-1", ["MIT AND Zlib"], 2, 5004]);
      assert.equal(alpha.declared_bytes, 5004);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, { seconds: 300 });
}

async function testBerkeley(ring) {
  await ring.test("packages of an rpm database in Berkeley DB are those of the database it was made of", async () => {
    const [rpm, load] = [tool("rpm", "rpm"), tool("db5.3_load", "db5.3-util")];
    const folder = await scratch();
    try {
      const built = await rpmsBuilt(folder);
      const root = join(folder, "root");
      await mkdir(join(root, "var/lib/rpm"), { recursive: true });
      const options = ["--root", root, "--dbpath", "/var/lib/rpm", "--define", "_db_backend sqlite"];
      await must(rpm, [...options, "--nodeps", "--noscripts", "-i", ...SPECS.map(built)]);
      const told = (await must(rpm, [...options, "-qa", "--qf", "%{NAME}\t%{EVR}\t%{ARCH}\n"])).split("\n").filter(Boolean).sort();
      // Debian's rpm writes no Berkeley DB, so the headers that it wrote go into one by the database's own tool.
      const dump = [
        "import sqlite3, struct, sys",
        "rows = sqlite3.connect(sys.argv[1]).execute('select hnum, blob from Packages').fetchall()",
        "print('VERSION=3\\nformat=bytevalue\\ntype=hash\\ndb_pagesize=4096\\nHEADER=END')",
        "print(' 00000000\\n ' + struct.pack('<I', len(rows)).hex())",
        "[print(' ' + struct.pack('<I', n).hex() + '\\n ' + blob.hex()) for n, blob in rows]",
        "print('DATA=END')",
      ].join("\n");
      const database = join(root, "var/lib/rpm/rpmdb.sqlite");
      const text = await must("python3", ["-c", dump, database]);
      await rm(database);
      const dumped = join(folder, "dump");
      await writeFile(dumped, text);
      await must(load, ["-f", dumped, join(root, "var/lib/rpm/Packages")]);
      const list = await packagesOf(await write("rpm-bdb.oci.tar", { layers: [await layerOfFolder(root)], name: "1" }));
      assert.deepEqual(list.databases.map(({ file }) => file.path), ["var/lib/rpm/Packages"]);
      assert.deepEqual(installed(list, "rpm"), told);
      assert.deepEqual(list.packages.map(({ files, owned_bytes: bytes }) => [files, bytes]), [[2, 5004], [2, 5004], [2, 5004]]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, { seconds: 300 });
}

export async function testPackages(ring) {
  await testDebianPackages(ring);
  await testRpm(ring, "sqlite", "rpmdb.sqlite");
  await testRpm(ring, "ndb", "Packages.db");
  await testBerkeley(ring);
}
