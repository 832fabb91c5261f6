// The container layer: an image edited and committed in the page, with a reload in between; then what a real Docker
// engine says of the new image.

import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { WORDS } from "../page.mjs";
import { find, must } from "../tools/commands.mjs";
import { dockerLoad, scratch, startDocker } from "../tools/engines.mjs";
import { layerOf, write } from "../tools/written.mjs";

/** A small image whose every path is known. */
const small = () => write("container.oci.tar", {
  layers: [
    layerOf({ name: "etc/", dir: true }, { name: "etc/greeting", content: "hello\n" }, { name: "etc/motd", content: "be nice\n" }, { name: "usr/", dir: true }, { name: "usr/bin/", dir: true }, { name: "usr/bin/tool", content: "#!/bin/sh\necho old\n" }),
  ],
  name: "container:1",
});

/** The first image's edits in the page: a changed text, a deleted file, a new file in a new directory. */
async function edit(lamina, page) {
  await lamina.startContainer();
  await lamina.find("greeting", "etc/greeting");
  await lamina.tool("Edit").click();
  await lamina.editorText("hello again\n", { at: "Control+End" });
  await page.keyboard.press("Control+s");
  await lamina.changes("C /etc", "C /etc/greeting");
  await page.keyboard.press("Escape");
  await lamina.editor.waitFor({ state: "detached" });
  await lamina.find("motd", "etc/motd");
  await lamina.row("motd").click();
  await page.keyboard.press("Delete");
  await lamina.changes("C /etc", "C /etc/greeting", "D /etc/motd");
  await lamina.row("usr").click();
  await lamina.tool("New file").click();
  await lamina.editField("Name").fill("share/app.conf");
  await page.getByRole("button", { name: "Apply" }).click();
  await lamina.changes(...EDITED);
}

const EDITED = ["C /etc", "C /etc/greeting", "D /etc/motd", "C /usr", "A /usr/share", "A /usr/share/app.conf"];

/** Commits in the page, and waits for the new image. */
async function commit(lamina, page, tag) {
  await lamina.part("Commit").click();
  await page.getByLabel("Message", { exact: true }).fill("a greeting of our own");
  await page.getByLabel("Author", { exact: true }).fill("A. Author");
  await page.getByLabel("Tags", { exact: true }).fill(tag);
  await page.getByRole("button", { name: "Commit", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: tag }).waitFor();
  await lamina.header.getByText(/layers? verified/).waitFor();
}

/** What Docker puts into every container, new each time. */
const OF_DOCKER = /^(\.dockerenv|dev|dev\/.*|etc\/(hostname|hosts|mtab|resolv\.conf))$/;

/** What `docker export` gives of an image, by path: what can change of it. */
async function exported(docker, folder, name) {
  const id = (await docker("create", name, "/bin/tool")).trim();
  const file = join(folder, `${id}.tar`);
  await docker("export", "--output", file, id);
  const root = join(folder, id);
  await mkdir(root);
  await must("tar", ["-xf", file, "-C", root]);
  const found = (type, what) => must("find", [root, "-mindepth", "1", ...type, "-printf", `%P\t%y %m ${what}\n`]);
  const lines = [await found(["-type", "d"], ""), await found(["!", "-type", "d"], "%s %T@")].join("").split("\n").filter(Boolean);
  const paths = lines.map((line) => line.split("\t")).filter(([path]) => !OF_DOCKER.test(path));
  return { root, paths: new Map(paths) };
}

/** As `docker diff` would say it of two root file systems. */
function difference(below, above) {
  const changes = new Set();
  for (const path of new Set([...below.keys(), ...above.keys()])) {
    if (below.get(path) === above.get(path)) continue;
    changes.add(`${!above.has(path) ? "D" : !below.has(path) ? "A" : "C"} /${path}`);
    // The directories that hold what is changed are changed themselves.
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const parent = path.slice(0, at);
      if (below.has(parent) && above.has(parent)) changes.add(`C /${parent}`);
    }
  }
  return [...changes].sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1));
}

export async function testContainer(test) {
  await test("an image is edited, with a reload in between, and committed; its list of changes is docker diff's", async (lamina, page) => {
    const file = await small();
    await lamina.chooseFile(file);
    await lamina.verified();
    await edit(lamina, page);
    // Undo and redo by keys.
    await lamina.tree.focus();
    await page.keyboard.press("Control+z");
    await lamina.changes("C /etc", "C /etc/greeting", "D /etc/motd");
    await page.keyboard.press("Control+Shift+z");
    await lamina.changes(...EDITED);
    // Names of whiteouts are refused with the reason, while one types.
    await lamina.tool("New file").click();
    await lamina.editField("Name").fill(".wh.bin");
    await page.getByText(/A name that begins with \.wh\./).waitFor();
    await page.getByRole("button", { name: "Apply" }).click();
    await lamina.changes(...EDITED);
    await lamina.editField("Name").press("Escape");
    // It is all there again.
    await page.reload();
    await lamina.chooseFile(file);
    await lamina.changes(...EDITED);
    // Text before and after.
    await lamina.part("Diff").click();
    await page.getByRole("button", { name: "Compare /etc/greeting" }).click();
    await page.getByText("hello again").waitFor();
    // The new image has a tab of its own.
    await commit(lamina, page, "container:2");
    assert.equal(await lamina.openTabs.count(), 2);
    await lamina.part("History").click();
    await page.getByText("a greeting of our own").first().waitFor();
  });

  await test("a committed image is marked, outlives a reload, and goes only when that is answered", async (lamina, page) => {
    await lamina.drop(await small());
    await lamina.verified();
    await lamina.startContainer();
    await lamina.row("usr").click();
    await page.keyboard.press("Delete");
    await lamina.changes("D /usr");
    await commit(lamina, page, "container:2");
    const tab = lamina.openTabs.filter({ hasText: "container:2" });
    assert.match(await tab.textContent(), new RegExp(WORDS.notSaved));
    await page.getByText(WORDS.keptUnsaved).waitFor();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "container:2" }).waitFor();
    await lamina.verified();
    await page.getByText(WORDS.keptUnsaved).waitFor();
    // Its tab asks, by the keyboard as well.
    const question = page.getByRole("dialog", { name: "container:2 is not saved" });
    const focused = (of) => page.evaluate(of);
    await tab.press("Delete");
    await question.waitFor();
    assert.equal(await focused(() => document.activeElement.textContent), WORDS.keepHere);
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    assert.equal(await focused(() => document.activeElement.getAttribute("role")), "tab");
    await page.keyboard.press("Delete");
    await question.getByRole("button", { name: WORDS.keepHere }).and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Enter");
    await tab.waitFor({ state: "detached" });
    // The start page lists it, and opens it.
    const line = page.getByRole("region", { name: WORDS.recent }).getByRole("listitem").filter({ hasText: WORDS.notSaved });
    await page.getByRole("button", { name: WORDS.newTab }).click();
    await line.getByRole("button").first().click();
    await page.getByText(WORDS.keptUnsaved).waitFor();
    await tab.press("Delete");
    await question.getByRole("button", { name: WORDS.discard }).click();
    await tab.waitFor({ state: "detached" });
    await page.getByRole("button", { name: WORDS.newTab }).click();
    await page.getByRole("region", { name: WORDS.recent }).waitFor();
    assert.equal(await line.count(), 0);
    await page.waitForFunction(async () => {
      const root = await navigator.storage.getDirectory();
      const kept = await root.getDirectoryHandle("lamina-unsaved");
      return (await kept.keys().next()).done;
    });
  });

  await test("files and folders are dropped on a directory of the container layer", async (lamina, page) => {
    const folder = await mkdtemp(join(tmpdir(), "lamina-upload-"));
    try {
      await mkdir(join(folder, "site", "empty"), { recursive: true });
      await writeFile(join(folder, "site", "index.html"), "<p>hello</p>");
      await writeFile(join(folder, "one.txt"), "1");
      await lamina.drop(await small());
      await lamina.verified();
      await lamina.startContainer();
      await lamina.dropOn(lamina.row("usr"), join(folder, "site"), join(folder, "one.txt"));
      await lamina.changes("C /usr", "A /usr/one.txt", "A /usr/site", "A /usr/site/empty", "A /usr/site/index.html");
      assert.equal(await lamina.openTabs.count(), 1, "they were not opened as archives");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  await test("a container layer is thrown away only when that is confirmed", async (lamina, page) => {
    const file = await small();
    await lamina.chooseFile(file);
    await lamina.verified();
    await lamina.startContainer();
    await lamina.row("usr").click();
    await page.keyboard.press("Delete");
    await lamina.changes("D /usr");
    await page.getByRole("button", { name: "Discard…" }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await lamina.changes("D /usr");
    await page.getByRole("button", { name: "Discard…" }).click();
    await page.getByRole("button", { name: "Discard", exact: true }).click();
    await page.getByRole("button", { name: WORDS.startContainer }).waitFor();
    await page.reload();
    await lamina.chooseFile(file);
    await lamina.verified();
    await page.getByRole("button", { name: WORDS.startContainer }).waitFor();
    assert.equal(await lamina.containerLayer.count(), 0);
  });

  await test("a text keeps its ends of lines, and nothing is lost without being asked", async (lamina, page) => {
    await lamina.drop(await write("crlf.oci.tar", { layers: [layerOf({ name: "a.ini", content: "a=1\r\nb=2\r\n" })], name: "crlf:1" }));
    await lamina.verified();
    await lamina.startContainer();
    await lamina.row("a.ini").click();
    await lamina.tree.focus();
    await page.keyboard.press("F4");
    await lamina.editorText("c=3\n", { at: "Control+End" });
    await page.keyboard.press("Escape");
    await page.getByRole("alertdialog").getByRole("button", { name: "Save" }).click();
    await lamina.editor.waitFor({ state: "detached" });
    await lamina.content.getByRole("button", { name: "Hex" }).click();
    await lamina.content.getByText("63 3d 33 0d 0a").first().waitFor().catch(async () => {
      assert.fail(`the new line should end as the others do: ${await lamina.content.innerText()}`);
    });
  });

  await test("EX-01 EX-02 a committed image is loaded by Docker: history, files and changes are those of the page", async (lamina, page) => {
    await page.addInitScript(() => delete window.showSaveFilePicker);
    await page.reload();
    await lamina.ready();
    const folder = await scratch();
    const engine = await startDocker();
    try {
      await lamina.drop(await small());
      await lamina.verified();
      const save = async (names, file) => {
        const [download] = await Promise.all([page.waitForEvent("download"), lamina.save("docker-archive", names)]);
        await copyFile(await download.path(), join(folder, file));
        return dockerLoad(engine.docker, join(folder, file));
      };
      await save("container:1", "below.tar");
      await edit(lamina, page);
      await commit(lamina, page, "container:2");
      const { names } = await save("container:2", "above.tar");
      assert.deepEqual(names, ["container:2"]);
      const history = (await engine.docker("history", "--no-trunc", "--format", "{{.CreatedBy}}\t{{.Comment}}\t{{.Size}}", "container:2")).trim().split("\n");
      assert.match(history[0], /^lamina commit\ta greeting of our own\t/);
      assert.equal((await engine.docker("image", "inspect", "--format", "{{.Author}}", "container:2")).trim(), "A. Author");
      const layers = JSON.parse(await engine.docker("image", "inspect", "--format", "{{json .RootFS.Layers}}", "container:2"));
      assert.equal(layers.length, 2);
      const below = await exported(engine.docker, folder, "container:1");
      const above = await exported(engine.docker, folder, "container:2");
      assert.deepEqual(difference(below.paths, above.paths), EDITED);
      assert.equal(await must(find("cat"), [join(above.root, "etc", "greeting")]), "hello\nhello again\n");
    } finally {
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }, { seconds: 240 });
}
