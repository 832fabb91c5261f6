// The packages of languages: what pip, npm, go, cargo and jar made is what Lamina lists, beside those tools' own lists and
// syft's.

import assert from "node:assert/strict";
import { chmod, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

import { find, must, run } from "../tools/commands.mjs";
import { scratch } from "../tools/engines.mjs";
import { inspect } from "../tools/lamina.mjs";
import { skip } from "../tools/ring.mjs";
import { syftPackages } from "../tools/syft.mjs";
import { digestOf, writeDockerArchive } from "../tools/written.mjs";

const tool = (name, whence) => find(name, `/usr/local/go/bin/${name}`) ?? skip(`no ${name} on PATH (${whence})`);

/** Runs what may need a registry of packages: without one the test is skipped by name. */
async function fetched(what, command, args, options) {
  const { status, stderr } = await run(command, args, options);
  if (status !== 0) skip(`${what} cannot be had here: ${stderr.trim().split("\n").at(-1)}`);
}

const packagesOf = async (archive) => (await inspect(archive)).images[0].packages;
const lines = (packages, kind) => packages.filter((one) => (one.kind ?? one.type) === kind).map(({ name, version }) => `${name} ${version}`).sort();
const installed = ({ packages }, kind) => lines(packages.filter((one) => one.installed), kind);

/** Checks an archive's packages of a kind against syft's: both lists without what the other names, told with the reason. */
async function likeSyft(archive, kind, { ours = [], theirs = [] } = {}) {
  const [own, other] = [installed(await packagesOf(archive), kind), lines(await syftPackages(archive), kind)];
  const without = (all, differing) => [...new Set(all)].filter((line) => !differing.some((pattern) => pattern.test(line)));
  assert.deepEqual(without(own, ours), without(other, theirs));
}

/** An image of one layer: everything below a folder. */
async function archiveOf(root, name) {
  await must("tar", ["-cf", `${root}.tar`, "--numeric-owner", "-C", root, "."]);
  const tar = await readFile(`${root}.tar`);
  return writeDockerArchive(name, { layers: [{ stored: tar, diffId: digestOf(tar) }], name: "demo:1" });
}

/** Calls `use` with a folder that stands for the root of an image, and removes it. */
async function withRoot(use) {
  const folder = await scratch();
  try {
    const root = join(folder, "root");
    await mkdir(root);
    await use(root, folder);
  } finally {
    await run("chmod", ["-R", "u+w", folder]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function testPython(ring) {
  await ring.test("packages of a venv are those of pip and of syft, with the files that pip noted", () => withRoot(async (root) => {
    const venv = join(root, "venv");
    await must(tool("python3", "Debian: python3-venv"), ["-m", "venv", venv]);
    const pip = join(venv, "bin/pip");
    await fetched("requests", pip, ["install", "--quiet", "--disable-pip-version-check", "requests==2.32.3", "charset-normalizer==3.3.2", "idna==3.7", "urllib3==2.2.2", "certifi==2024.7.4"]);
    const told = JSON.parse(await must(pip, ["list", "--format", "json", "--disable-pip-version-check"]));
    const archive = await archiveOf(root, "python.docker.tar");
    const list = await packagesOf(archive);
    assert.deepEqual(installed(list, "python").filter((line) => told.some((one) => line === `${one.name} ${one.version}`)).length, told.length);
    const requests = list.packages.find(({ name }) => name === "requests");
    const shown = await must(pip, ["show", "--files", "--disable-pip-version-check", "requests"]);
    const files = shown.split("Files:\n")[1].split("\n").filter(Boolean);
    assert.equal(requests.files + requests.files_gone, files.length);
    assert.deepEqual(requests.licences, ["Apache-2.0"]);
    assert.match(requests.list.path, /requests-2\.32\.3\.dist-info\/RECORD$/);
    await likeSyft(archive, "python");
  }), { seconds: 300 });
}

async function testNode(ring) {
  await ring.test("packages of an npm project are those of npm and of syft", () => withRoot(async (root) => {
    const app = join(root, "app");
    await mkdir(app);
    await writeFile(join(app, "package.json"), JSON.stringify({ name: "demo", version: "1.0.0", license: "MIT", dependencies: { "is-odd": "3.0.1", debug: "4.3.4" } }));
    await fetched("is-odd", tool("npm", "Node.js"), ["install", "--prefix", app, "--ignore-scripts", "--no-audit", "--no-fund"]);
    const tree = JSON.parse(await must("npm", ["ls", "--all", "--json", "--prefix", app]));
    const named = new Set(["demo 1.0.0"]);
    const walk = (dependencies = {}) => Object.entries(dependencies).forEach(([name, one]) => {
      named.add(`${name} ${one.version}`);
      walk(one.dependencies);
    });
    walk(tree.dependencies);
    const archive = await archiveOf(root, "node.docker.tar");
    assert.deepEqual([...new Set(installed(await packagesOf(archive), "npm"))], [...named].sort());
    assert.ok(named.size >= 5, [...named].join());
    await likeSyft(archive, "npm");
  }), { seconds: 300 });
}

const GO_MAIN = 'package main\n\nimport (\n\t"fmt"\n\n\t"golang.org/x/text/language"\n)\n\nfunc main() { fmt.Println(language.English) }\n';
const GO_MOD = "module example.org/demo\n\ngo 1.21\n\nrequire golang.org/x/text v0.14.0\n";

async function testGo(ring) {
  await ring.test("modules of a Go program are those of `go version -m` and of syft", () => withRoot(async (root, folder) => {
    const go = tool("go", "go.dev");
    const source = join(folder, "demo");
    await mkdir(source);
    await writeFile(join(source, "main.go"), GO_MAIN);
    await writeFile(join(source, "go.mod"), GO_MOD);
    const env = { GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local", GOARCH: "amd64", GOOS: "linux", CGO_ENABLED: "0" };
    await fetched("golang.org/x/text", go, ["build", "-o", join(root, "demo"), "."], { cwd: source, env });
    // As distributions ship them: without the table of symbols.
    await fetched("golang.org/x/text", go, ["build", "-ldflags=-s -w", "-o", join(root, "stripped"), "."], { cwd: source, env });
    const told = await must(go, ["version", "-m", join(root, "demo")]);
    const words = told.split("\n").map((line) => line.trim().split("\t")).filter(([word]) => word === "mod" || word === "dep");
    const version = told.split("\n")[0].split(": ")[1];
    const expected = [...words.map(([, name, of]) => `${name} ${of}`), `stdlib ${version}`].sort();
    assert.equal(expected.length, 3);
    const archive = await archiveOf(root, "go.docker.tar");
    const list = await packagesOf(archive);
    // Both programs, each with the same.
    assert.deepEqual(installed(list, "go-module"), expected.flatMap((line) => [line, line]));
    const main = list.packages.filter(({ name }) => name === "example.org/demo");
    assert.deepEqual(main.map(({ record, files, architecture }) => [record.path, files, architecture]).sort(), [["demo", 1, "amd64"], ["stripped", 1, "amd64"]]);
    // What has no version is "(devel)" to Go; syft words it otherwise.
    await likeSyft(archive, "go-module", { ours: [/^example\.org\/demo /], theirs: [/^example\.org\/demo /] });
  }), { seconds: 300 });
}

async function testRust(ring) {
  await ring.test("crates of a program with the note of cargo-auditable are those of the note and of syft", () => withRoot(async (root, folder) => {
    const objcopy = tool("objcopy", "Debian: binutils");
    // cargo-auditable is not at hand: its section is written by objcopy into a program of this system.
    const note = { packages: [
      { name: "adler", version: "1.0.2", source: "crates.io" },
      { name: "cc", version: "1.0.83", source: "crates.io", kind: "build" },
      { name: "demo", version: "0.1.0", source: "local", dependencies: [0, 1], root: true },
    ] };
    const section = join(folder, "note");
    await writeFile(section, deflateSync(JSON.stringify(note)));
    await cp("/bin/true", join(folder, "true"), { dereference: true });
    await must(objcopy, ["--add-section", `.dep-v0=${section}`, join(folder, "true"), join(root, "demo")]);
    await chmod(join(root, "demo"), 0o755);
    const archive = await archiveOf(root, "rust.docker.tar");
    assert.deepEqual(installed(await packagesOf(archive), "rust-crate"), ["adler 1.0.2", "demo 0.1.0"]);
    await likeSyft(archive, "rust-crate");
  }), { seconds: 120 });
}

async function testJava(ring) {
  await ring.test("packages of Java archives, also of those within others, are those of syft", () => withRoot(async (root, folder) => {
    const jar = tool("jar", "Debian: default-jdk-headless");
    const pom = async (group, artifact, version) => {
      const place = join(folder, artifact, "META-INF/maven", group, artifact);
      await mkdir(place, { recursive: true });
      await writeFile(join(place, "pom.properties"), `version=${version}\ngroupId=${group}\nartifactId=${artifact}\n`);
      return join(folder, artifact);
    };
    const made = (file, content) => must(jar, ["--create", "--file", file, "-C", content, "."]);
    await made(join(root, "core-1.4.jar"), await pom("org.example", "core", "1.4"));
    await mkdir(join(folder, "plain"));
    await writeFile(join(folder, "plain/a.txt"), "a\n");
    await made(join(root, "plain-2.0.1.jar"), join(folder, "plain"));
    const web = await pom("org.example", "web", "3.1");
    await mkdir(join(web, "WEB-INF/lib"), { recursive: true });
    for (const name of ["core-1.4.jar", "plain-2.0.1.jar"]) await cp(join(root, name), join(web, "WEB-INF/lib", name));
    await made(join(root, "web-3.1.war"), web);
    const archive = await archiveOf(root, "java.docker.tar");
    const list = await packagesOf(archive);
    assert.deepEqual([...new Set(installed(list, "java-archive"))], ["core 1.4", "plain 2.0.1", "web 3.1"]);
    const core = list.packages.filter(({ name }) => name === "core");
    assert.deepEqual(core.map(({ record, source, files }) => [record.path, source, files]).sort(), [["core-1.4.jar", "org.example", 1], ["web-3.1.war", "org.example", 0]]);
    await likeSyft(archive, "java-archive");
  }), { seconds: 120 });
}

export async function testLanguages(ring) {
  await testPython(ring);
  await testNode(ring);
  await testGo(ring);
  await testRust(ring);
  await testJava(ring);
}
