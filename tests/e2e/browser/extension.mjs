// The page as a browser extension: it reads what the person allows it, host by host, and nothing else.
//
// Nobody can answer the browser's question here. It asks none for a host that the person allowed before: so each test begins
// by an installation that has the hosts, which then are written down in the browser's profile as allowed and not in use.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { packFolder, zipOf } from "../../../scripts/pack-extension.mjs";
import { find, must } from "../tools/commands.mjs";
import { image } from "../tools/images.mjs";
import { push, startClosedRegistry, startHub } from "../tools/registry.mjs";
import { skip } from "../tools/ring.mjs";
import { Lamina, WORDS } from "../page.mjs";
import { FLAGS, findChromium } from "./chromium.mjs";

const allowing = (origin) => `Allow this extension to read ${origin}`;
const asPattern = (origin) => `${origin}/*`;

/** Starts Chromium with the extension in a folder, and gives the page that its button opens. */
async function launch(folder, profile) {
  const { chromium } = createRequire(import.meta.url)("playwright-core");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    // Playwright's own headless mode takes no extensions.
    headless: false,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ["--headless=new", `--disable-extensions-except=${folder}`, `--load-extension=${folder}`, ...FLAGS],
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
  });
  context.setDefaultTimeout(30_000);
  const background = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  return { context, background };
}

/** Has the profile say that the extension's hosts were allowed once, and are not in use. */
async function putAside(profile, folder) {
  const file = join(profile, "Default", "Preferences");
  const preferences = JSON.parse(await readFile(file, "utf8"));
  const settings = Object.values(preferences.extensions.settings).find(({ path }) => path === folder);
  settings.runtime_granted_permissions = structuredClone(settings.granted_permissions);
  settings.active_permissions.explicit_host = [];
  await writeFile(file, JSON.stringify(preferences));
}

/** Runs a test in an extension that was allowed these origins once, and is allowed none now. */
async function withExtension(dist, origins, body) {
  if (!findChromium()) skip("no Chromium found (Debian: apt-get install chromium)");
  const home = await mkdtemp(join(tmpdir(), "lamina-extension-"));
  const [folder, profile] = [join(home, "extension"), join(home, "profile")];
  let running;
  try {
    packFolder(dist, folder, (manifest) => ({ ...manifest, host_permissions: origins.map(asPattern) }));
    running = await launch(folder, profile);
    await running.context.close();
    await putAside(profile, folder);
    packFolder(dist, folder);
    running = await launch(folder, profile);
    const { context, background } = running;
    const [page] = await Promise.all([context.waitForEvent("page"), background.evaluate(() => chrome.action.onClicked.dispatch({}))]);
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
    });
    const lamina = new Lamina(page, page.url().split("#")[0]);
    await lamina.ready();
    assert.deepEqual(await allowed(page), []);
    try {
      await body(lamina, page);
    } catch (problem) {
      problem.message += `\n${[...complaints, await lamina.seen()].join("\n")}`;
      problem.stack = problem.message;
      throw problem;
    }
    assert.deepEqual(complaints, []);
  } finally {
    await running?.context.close();
    await rm(home, { recursive: true, force: true });
  }
}

const allowed = (page) => page.evaluate(() => chrome.permissions.getAll().then(({ origins }) => origins));

/** A registry out of the box, with the test's image. */
async function closedRegistry() {
  const closed = await startClosedRegistry();
  await push(closed, `docker-archive:${image("app/app.docker.tar")}`, "lamina-e2e/app:1.0", "--format", "v2s2");
  return closed;
}

export async function testExtension(ring, { dist }) {
  await ring.test("the extension asks for a registry without CORS, then for its token server, then for its storage, each by name, and reads the image", async () => {
    const closed = await closedRegistry();
    const hub = await startHub(closed);
    const stages = [[hub.url, WORDS.problems.cors], [hub.tokens, "The token server does not let this page read it"], [hub.store, "The registry’s storage does not let this page read it"]];
    try {
      await withExtension(dist, stages.map(([origin]) => origin), async (lamina, page) => {
        await lamina.openAddress(`${hub.url}/lamina-e2e/app:1.0`);
        for (const [at, [origin, title]] of stages.entries()) {
          const button = page.getByRole("button", { name: allowing(origin), exact: true });
          await button.waitFor();
          await lamina.problem(title).waitFor();
          assert.equal(await page.getByRole("button", { name: /^Allow this extension/ }).count(), 1, "one host at a time");
          assert.deepEqual((await allowed(page)).sort(), stages.slice(0, at).map(([origin]) => asPattern(origin)).sort());
          await button.click();
        }
        await lamina.verified();
        await lamina.find("greeting", "etc/greeting");
        await lamina.content.getByText("hello, world").waitFor();
      });
    } finally {
      hub.stop();
      await closed.stop();
    }
  });

  await ring.test("a registry that the extension was not allowed stays refused, beside one that it was", async () => {
    const [mine, other] = [await closedRegistry(), await closedRegistry()];
    const [known, unknown] = [mine, other].map(({ host }) => `http://${host}`);
    try {
      await withExtension(dist, [known], async (lamina, page) => {
        await lamina.openAddress(`${mine.host}/lamina-e2e/app:1.0`);
        await page.getByRole("button", { name: allowing(known), exact: true }).click();
        await lamina.verified();
        await lamina.goto("#/");
        other.takeLog();
        await lamina.openAddress(`${other.host}/lamina-e2e/app:1.0`);
        const button = page.getByRole("button", { name: allowing(unknown), exact: true });
        await button.waitFor();
        await lamina.problem(WORDS.problems.cors).waitFor();
        // Chromium asks now, and nobody answers.
        await button.click();
        await page.waitForTimeout(1_000);
        assert.deepEqual(await allowed(page), [asPattern(known)]);
        await lamina.problem(WORDS.problems.cors).waitFor();
        assert.deepEqual(other.takeLog().filter((line) => line.includes("/manifests/")), [], "nothing of it was read");
      });
    } finally {
      await mine.stop();
      await other.stop();
    }
  });

  await ring.test("the extension pushes to a registry without CORS once it is allowed", async () => {
    const target = await startClosedRegistry();
    const origin = `http://${target.host}`;
    try {
      await withExtension(dist, [origin], async (lamina, page) => {
        await lamina.drop(image("app/app.docker.tar"));
        await lamina.verified();
        await lamina.push(`${target.host}/lamina-e2e/pushed:1.0`);
        await page.getByRole("dialog").getByRole("button", { name: allowing(origin), exact: true }).click();
        await lamina.pushed();
      });
      const { tags } = await (await fetch(`${origin}/v2/lamina-e2e/pushed/tags/list`)).json();
      assert.deepEqual(tags, ["1.0"]);
    } finally {
      await target.stop();
    }
  });

  await ring.test("the extension names no host and no script for other pages, and its zip holds the folder's files", async () => {
    const home = await mkdtemp(join(tmpdir(), "lamina-extension-"));
    try {
      const folder = join(home, "extension");
      packFolder(dist, folder);
      const manifest = JSON.parse(await must("cat", [join(folder, "manifest.json")]));
      assert.deepEqual([manifest.manifest_version, manifest.permissions, manifest.host_permissions, manifest.content_scripts, manifest.web_accessible_resources, manifest.externally_connectable], [3, ["webRequest"], undefined, undefined, undefined, undefined]);
      const zip = zipOf(folder);
      assert.ok(zip.equals(zipOf(folder)), "equal files give equal bytes");
      const unzip = find("unzip");
      if (!unzip) skip("no unzip on PATH (Debian: apt-get install unzip)");
      await writeFile(join(home, "extension.zip"), zip);
      await must(unzip, ["-q", join(home, "extension.zip"), "-d", join(home, "again")]);
      await must("diff", ["-r", folder, join(home, "again")]);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
}
