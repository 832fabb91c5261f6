// The engines of this machine on the start page of `lamina serve`: images of a real Docker engine and of podman, listed and
// opened by one click; an export that is cancelled; engines that do not answer.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { must } from "../tools/commands.mjs";
import { scratch, startContainerd, startDocker, startPodman } from "../tools/engines.mjs";
import { WRITERS, image } from "../tools/images.mjs";
import { ask } from "../tools/lamina.mjs";
import { parseListing } from "../tools/listing.mjs";
import { eventually } from "../tools/ring.mjs";
import { END, entry, layerOf, write, writeDockerArchive } from "../tools/written.mjs";
import { WORDS } from "../page.mjs";
import { servedPages } from "./served.mjs";

const [DOCKER] = WRITERS;

const SERVE = ["serve", "--port", "0"];

/** Starts an engine, and gives it one image of one file. */
const withImage = (start, name, file) => async () => {
  const engine = await start();
  const folder = await scratch();
  try {
    const tar = join(folder, "root.tar");
    await writeFile(tar, Buffer.concat([entry({ name: "etc/", dir: true }), entry({ name: file, content: `${file}\n` }), END]));
    await engine.docker("import", tar, name);
    return engine;
  } catch (problem) {
    await engine.stop();
    throw problem;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Adds a file to the open image, commits it under another name, and loads that back into the engine. */
async function editAndLoad({ lamina, page, engine }, tag, engineName) {
  await lamina.startContainer();
  await lamina.row("etc").click();
  await lamina.tool("New file").click();
  await lamina.editField("Name").fill("added-here");
  await page.getByRole("button", { name: "Apply" }).click();
  await lamina.changes("C /etc", "A /etc/added-here");
  await lamina.part("Commit").click();
  await page.getByLabel("Tags", { exact: true }).fill(tag);
  await page.getByRole("button", { name: "Commit", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: tag }).waitFor();
  await lamina.header.getByText(/layers? verified/).waitFor();
  await lamina.openPushDialog();
  await lamina.loadInto.getByRole("button", { name: `Load into ${engineName}` }).click();
  await lamina.loadInto.getByText(`${engineName} has the image now:`).waitFor();
  const told = await lamina.loadInto.getByRole("listitem").innerText();
  const [id] = /[0-9a-f]{64}/.exec(told);
  assert.ok(told.startsWith(tag), told);
  assert.match(await engine.docker("image", "inspect", "--format", "{{.Id}}", tag), new RegExp(id));
  // The file is in what a container of it sees.
  const container = (await engine.docker("create", tag, "/none")).trim();
  const folder = await scratch();
  try {
    const tar = join(folder, "export.tar");
    await engine.docker("export", "--output", tar, container);
    const names = (await must("tar", ["-tf", tar])).split("\n");
    assert.ok(names.includes("etc/added-here"), names.join("\n"));
  } finally {
    await rm(folder, { recursive: true, force: true });
    await engine.docker("rm", container);
  }
}

/** Gives an engine a container that has written, changed and deleted files, and still runs. */
const withContainer = (start) => async () => {
  const engine = await start();
  // A container that runs holds the engine's folders.
  const stop = () => engine.docker("rm", "--force", "web").catch(() => {}).then(engine.stop);
  try {
    const [name] = (await engine.docker("load", "--input", image(DOCKER.path))).match(/\S+$/m) ?? [];
    const work = "echo new >/srv/from-the-container; echo more >>/etc/greeting; rm /etc/removed; rm -r /var/lib/gone; chmod 600 /etc/empty; sleep 600";
    // podman would raise limits that it may not raise everywhere.
    await engine.docker("run", "--detach", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024", "--network=none", "--user=root", "--name=web", "--entrypoint=/bin/sh", name, "-c", work);
    // The last of its work is seen from outside.
    await eventually(async () => assert.match(await engine.docker("diff", "web"), /^C \/etc\/empty$/m), { seconds: 20 });
    return { ...engine, stop, nImages: await count(engine) };
  } catch (problem) {
    await stop();
    throw problem;
  }
};

const count = async (engine) => (await engine.docker("images", "--all", "--quiet", "--no-trunc")).split("\n").filter(Boolean).length;

/** What engines put into a running container, and no commit has. */
const OF_ENGINE = /^(\.dockerenv|dev|proc|sys|run|etc\/(hosts|hostname|resolv\.conf|mtab))(\/|$)/;

/** Opens a container from the list: the files are those of its export, its own layer is told, and nothing of it stays. */
async function lookIntoContainer({ lamina, page, engine }) {
  await lamina.engineImage("web").click();
  await lamina.verified();
  await lamina.part("Overview").click();
  await page.getByText("The container web as Lamina found it").first().waitFor();
  const shown = parseListing(await lamina.export(WORDS.listing));
  const folder = await scratch();
  try {
    const tar = join(folder, "export.tar");
    await engine.docker("export", "--output", tar, "web");
    const { stdout } = await ask(["ls", tar]);
    const told = (rows) => [...rows.values()].filter(({ path }) => !OF_ENGINE.test(path)).map(({ path, type, size, mode }) => `${path} ${type} ${size} ${mode}`).sort();
    assert.deepEqual(told(shown), told(parseListing(stdout)));
    assert.ok(told(shown).some((row) => row.startsWith("srv/from-the-container ")), "what it wrote");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  assert.equal(await count(engine), engine.nImages, "the image that stood for it is gone");
  assert.match(await engine.docker("ps"), /web/, "it still runs");
}

export async function testEnginesInThePage(ring, { browser, dist }) {
  const served = servedPages(ring, { browser, dist });

  await served("a new user's ten seconds: by two clicks, the address and the image, Docker's image is open", SERVE, async ({ lamina, page }) => {
    await lamina.engineImage("lamina-local:1").click();
    await lamina.verified();
    await lamina.row("from-docker").waitFor();
    // The program serves it again after a reload.
    await page.reload();
    await lamina.ready();
    await lamina.verified();
    await lamina.row("from-docker").waitFor();
  }, { engine: withImage(startDocker, "lamina-local:1", "from-docker"), seconds: 240 });

  await served("podman's image is listed and opened beside a Docker that does not run", SERVE, async ({ lamina }) => {
    await lamina.engines.getByText("Docker does not run here.").waitFor();
    await lamina.engineImage("localhost/lamina-local:1").click();
    await lamina.verified();
    await lamina.row("from-podman").waitFor();
  }, { engine: withImage(startPodman, "localhost/lamina-local:1", "from-podman"), seconds: 240 });

  await served("Docker's image is edited, committed, and loaded back: a container of it has the file", SERVE, async (all) => {
    await all.lamina.engineImage("lamina-local:1").click();
    await all.lamina.verified();
    await editAndLoad(all, "lamina-local:2", "Docker");
  }, { engine: withImage(startDocker, "lamina-local:1", "from-docker"), seconds: 240 });

  await served("podman's image is edited, committed, and loaded back: a container of it has the file", SERVE, async (all) => {
    await all.lamina.engineImage("localhost/lamina-local:1").click();
    await all.lamina.verified();
    await editAndLoad(all, "localhost/lamina-local:2", "podman");
  }, { engine: withImage(startPodman, "localhost/lamina-local:1", "from-podman"), seconds: 240 });

  for (const [name, start] of [["Docker", startDocker], ["podman", startPodman]]) {
    await served(`a container of ${name} is opened with its own layer on top, goes on, and leaves no image behind`, SERVE, lookIntoContainer, { engine: withContainer(start), seconds: 240 });
  }

  await served("lamina open --container opens a container by its name", ["open", "--no-browser", "--container", "web"], async ({ lamina }) => {
    await lamina.verified();
    await lamina.row("srv").click();
    await lamina.row("from-the-container").waitFor();
  }, { engine: withContainer(startDocker), seconds: 240 });

  await served("an image that is open already comes from the file that it was exported to", SERVE, async ({ lamina, page, engine }) => {
    await lamina.engineImage("quick:1").click();
    await lamina.verified();
    await page.getByRole("link", { name: "Lamina" }).first().click();
    await lamina.engineImage("quick:1").click();
    await lamina.verified();
    assert.equal(engine.exported, 1, "exported once");
  }, { engine: quickEngine });

  const archive = await write("engines-containerd.oci.tar", { layers: [layerOf({ name: "from-containerd" })], name: "1", annotations: { "io.containerd.image.name": "docker.io/library/lamina-local:1" } });
  await served("containerd's image is listed by its tool and opened", SERVE, async ({ lamina }) => {
    await lamina.engineImage("docker.io/library/lamina-local:1").click();
    await lamina.verified();
    await lamina.row("from-containerd").waitFor();
  }, {
    engine: async () => {
      const engine = await startContainerd("default");
      await engine.ctr("images", "import", "--no-unpack", archive).catch(async (problem) => {
        await engine.stop();
        throw problem;
      });
      return engine;
    },
  });

  await served("an export shows its progress, and ends when it is cancelled; a refusal is told in its row", SERVE, async ({ lamina, engine }) => {
    const row = lamina.engines.getByRole("listitem").filter({ hasText: "slow:1" });
    await lamina.engineImage("slow:1").click();
    await row.getByText(/^\d.* of about 100 MB/).waitFor();
    await row.getByRole("button", { name: "Cancel" }).click();
    await row.getByRole("progressbar").waitFor({ state: "detached" });
    await eventually(() => assert.equal(engine.ended, 1, "the engine is hung up on"), { seconds: 15 });
    await lamina.engineImage("broken:1").click();
    await lamina.engines.getByText("Docker refuses:").waitFor();
    await lamina.engines.getByText("500: no space left").waitFor();
    // A long list is filtered.
    await lamina.engines.getByRole("searchbox").fill("other7");
    await lamina.engineImage("other7:1").waitFor();
    assert.equal(await lamina.engines.getByRole("listitem").count(), 1);
  }, { engine: slowEngine });

  await served("an engine that does not run is told without noise, and how to start it", SERVE, async ({ lamina }) => {
    await lamina.engines.getByText("Docker does not run here.").waitFor();
    await lamina.engines.getByText("sudo systemctl start docker").waitFor();
    assert.deepEqual(await lamina.page.getByRole("alert").filter({ hasText: /\S/ }).allInnerTexts(), []);
  });
}

/** An engine with one image, which counts its exports. */
async function quickEngine() {
  const state = { exported: 0 };
  const bytes = await readFile(await writeDockerArchive("engines-quick.docker.tar", { layers: [layerOf({ name: "from-quick" })], name: "quick:1" }));
  const Id = `sha256:${"7".repeat(64)}`;
  return engineOf(state, (request, response) => {
    if (request.url === "/images/json") return response.end(JSON.stringify([{ Id, RepoTags: ["quick:1"], Size: 1e4, Created: 1.7e9 }]));
    if (request.url === "/images/quick:1/json") return response.end(JSON.stringify({ Id }));
    if (request.url !== "/images/quick:1/get") return response.end("[]");
    state.exported += 1;
    return response.end(bytes);
  });
}

/** An engine of which one image comes slowly and one not at all. */
async function slowEngine() {
  const state = { ended: 0 };
  const image = (name, n) => ({ Id: `sha256:${String(n).padStart(64, "0")}`, RepoTags: [name], Size: 1e8, Created: 1.7e9 - n });
  const images = [image("slow:1", 1), image("broken:1", 2), ...Array.from({ length: 12 }, (_, n) => image(`other${n}:1`, n + 3))];
  return engineOf(state, (request, response) => {
    if (request.url === "/images/json") return void response.end(JSON.stringify(images));
    if (request.url === "/version") return void response.end("{}");
    if (request.url.startsWith("/containers/json")) return void response.end("[]");
    if (request.url !== "/images/slow:1/get") return void response.writeHead(500).end('{"message":"no space left"}');
    const timer = setInterval(() => response.write(Buffer.alloc(100_000)), 50);
    response.on("close", () => (clearInterval(timer), (state.ended += 1)));
  });
}

/** An engine at a socket that answers so. */
async function engineOf(state, answer) {
  const folder = await scratch();
  const server = createServer(answer);
  const socket = join(folder, "docker.sock");
  await new Promise((resolve) => server.listen(socket, resolve));
  return Object.assign(state, {
    env: { DOCKER_HOST: `unix://${socket}` },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  });
}
