// Hostile names, labels, files and answers: all of it is text on the page, and nothing of it runs, asks or reorders.

import assert from "node:assert/strict";
import { createServer } from "node:http";

import { eventually } from "../tools/ring.mjs";
import { layerOf, write } from "../tools/written.mjs";
import { WORDS } from "../page.mjs";

const IMG = `<img src=x onerror="window.hacked='img'">`;
const SCRIPT = `<script>window.hacked='script'</script>`;
const LINK = `javascript:window.hacked='link'`;
/** Overrides, an isolate left open, a zero-width space, a line break, an escape sequence, and how they are to be seen. */
const TURNS = "gpj\u202e\u2066\u200bexe\nnew\u001b[31m";
const TURNS_SEEN = "gpj⟨U+202E⟩⟨U+2066⟩⟨U+200B⟩exe␊new␛[31m";
const ALL = `${IMG}${SCRIPT}${LINK} ${TURNS}`;
const ALL_SEEN = `${IMG}${SCRIPT}${LINK} ${TURNS_SEEN}`;
/** A name may hold no slash. */
const FILE_IMG = IMG.replaceAll("/", "");
const WARNING = `${IMG.replaceAll('"', "'")} ${SCRIPT}`;
const LONG = "n".repeat(4096);
/** As long as a registry's names may be; longer ones are left out of its lists. */
const LONG_LISTED = "n".repeat(1024);

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked='svg'"><script>window.hacked='svg'</script><image href="http://stranger.invalid/x.png"/></svg>\n`;
const HTML = `<!doctype html><script>window.hacked='html'</script><img src="http://stranger.invalid/x.png" onerror="window.hacked='html'"><iframe src="javascript:parent.hacked='frame'"></iframe>\n`;

const MARKS = /[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u0000-\u0008\u000b-\u001f]/;

export async function hostileImage() {
  const turned = { name: TURNS, content: `turned: ${TURNS}\n`, xattrs: { "user.<script>": ALL, "user.turns": TURNS } };
  const bottom = layerOf(
    { name: "etc/", dir: true },
    { name: "etc/passwd", content: "root of the image\n" },
    { name: FILE_IMG, content: "named as a picture\n" },
    { name: "<script>window.hacked='name'<", content: "named as a script\n" },
    turned,
    { name: Buffer.from("latin1-caf\xe9", "latin1"), content: "no UTF-8\n" },
    { name: LONG, content: "a long name\n" },
    { name: "  two  spaces  ", content: "" },
    { name: "אבג-123.txt", content: "right to left by its letters\n" },
    { name: "picture.svg", content: SVG },
    { name: "page.html", content: HTML },
    { name: "up", link: "../../../../etc/passwd" },
    { name: "outside", link: "/../../etc/passwd" },
    { name: "script-link", link: LINK },
    { name: "web-link", link: "https://stranger.invalid/x" },
    { name: "markup-link", link: ALL },
  );
  // What is written twice is listed in the Space tab.
  const top = layerOf({ name: FILE_IMG, content: "calm\n" }, turned, { name: "etc/motd", content: "calm\n" });
  return write("hostile.oci.tar", {
    layers: [bottom, top],
    name: `${IMG}${TURNS}`,
    annotations: { [ALL]: ALL, "org.opencontainers.image.title": ALL },
    config: {
      architecture: `amd64${IMG}`,
      os: `linux${TURNS}`,
      author: ALL,
      created: `2026-01-01T00:00:00Z${IMG}`,
      docker_version: ALL,
      config: {
        Env: [`PATH=${ALL}`, ALL],
        Labels: { [ALL]: ALL },
        Cmd: [ALL],
        Entrypoint: [SCRIPT, TURNS],
        User: ALL,
        WorkingDir: ALL,
        StopSignal: ALL,
        Shell: [ALL],
        OnBuild: [ALL],
        ExposedPorts: { [`80/${IMG}`]: {} },
        Volumes: { [`/${ALL}`]: {} },
        Healthcheck: { Test: ["CMD", ALL] },
      },
      history: [
        { created: "2026-01-01T00:00:00Z", created_by: `RUN ${ALL}`, author: ALL, comment: ALL },
        { created: IMG, created_by: ALL, author: TURNS, comment: IMG, empty_layer: true },
        { created: "2026-01-01T00:00:00Z", created_by: `COPY ${LINK} /`, author: IMG, comment: LINK },
        { created_by: TURNS, empty_layer: true },
      ],
    },
  });
}

/** Nothing ran, nothing became markup, and nothing that cannot be seen is left in any text or attribute. */
async function mustBeCalm(page, where) {
  const found = await page.evaluate((marks) => {
    const mark = new RegExp(marks);
    const found = [];
    if (window.hacked !== undefined) found.push(`it ran: ${window.hacked}`);
    for (const element of document.body.querySelectorAll("script, iframe, object, embed, base, form[action], [onerror], [onload]")) found.push(`markup: ${element.outerHTML.slice(0, 80)}`);
    for (const { href } of document.querySelectorAll("a[href]")) {
      if (!href.startsWith(location.origin)) found.push(`a link outside: ${href.slice(0, 80)}`);
    }
    for (const img of document.querySelectorAll("img")) if (!img.src.startsWith("blob:")) found.push(`a picture: ${img.src}`);
    const walk = document.createTreeWalker(document, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE && mark.test(node.data)) found.push(`hidden in a text: ${JSON.stringify(node.data.slice(0, 80))}`);
      for (const { name, value } of node.attributes ?? []) {
        // What would reopen the page goes into links as it is, escaped by percent signs; what is copied is no attribute.
        if (mark.test(value)) found.push(`hidden in ${name}: ${JSON.stringify(value.slice(0, 80))}`);
      }
    }
    if (mark.test(document.title)) found.push("hidden in the title");
    return [...new Set(found)].slice(0, 5);
  }, MARKS.source);
  assert.deepEqual(found, [], where);
}

/** The page is as wide as the window, wide and narrow. */
async function mustFit(page, where) {
  for (const [width, height] of [[390, 844], [1440, 900]]) {
    await page.setViewportSize({ width, height });
    await eventually(async () => {
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, `${where}: ${overflow} px too wide at ${width} px`);
    });
  }
}

export async function testHostile(test) {
  await test("names, links, attributes and labels with markup, scripts and marks of direction are text, and nothing runs or is asked for", async (lamina, page) => {
    const path = await hostileImage();
    const asked = [];
    page.on("request", (request) => {
      if (!/^(blob|data):/.test(request.url())) asked.push(request.url());
    });
    await lamina.drop(path);
    await lamina.verified();
    const check = async (where) => {
      await mustBeCalm(page, where);
      await mustFit(page, where);
    };
    await check("the tree");
    assert.equal(await page.locator("h1:visible").first().innerText(), `${IMG}${TURNS_SEEN}`);
    assert.equal(await page.title(), `${IMG}${TURNS_SEEN} · Lamina`);
    for (const name of [FILE_IMG, "<script>window.hacked='name'<", TURNS_SEEN, "latin1-caf\\xe9", LONG, "אבג-123.txt"]) await named(page, name).waitFor();
    assert.equal(await page.locator("bdi.tree__name", { hasText: "two  spaces" }).evaluate((name) => name.textContent), "  two  spaces  ");
    for (const target of ["../../../../etc/passwd", "/../../etc/passwd", LINK, "https://stranger.invalid/x", ALL_SEEN]) {
      await page.locator(".tree__link bdi", { hasText: target }).first().waitFor();
    }
    await mustNotReorder(page);

    for (const link of ["up", "outside"]) {
      await named(page, link).click();
      await lamina.panel.getByRole("button", { name: "etc/passwd" }).click();
      await lamina.content.getByText("root of the image").waitFor();
      await check(`what ${link} leads to`);
    }
    for (const link of ["script-link", "web-link", "markup-link"]) {
      await named(page, link).click();
      await lamina.panel.getByText(link).first().waitFor();
      await eventually(async () => assert.equal(await lamina.panel.getByRole("link").count(), 0));
      await check(link);
    }
    await named(page, TURNS_SEEN).click();
    await lamina.content.getByText(`turned: ${TURNS_SEEN.split("␊")[0]}`).waitFor();
    await lamina.panel.getByText("user.<script>").first().waitFor();
    await lamina.panel.getByText(ALL_SEEN).first().waitFor();
    await check("attributes");
    await named(page, LONG).click();
    await lamina.content.getByText("a long name").waitFor();
    await check("a long name");

    for (const [file, content] of [["picture.svg", SVG], ["page.html", HTML]]) {
      await named(page, file).click();
      await lamina.content.getByText(content.slice(0, 30)).waitFor();
      assert.equal(await lamina.content.getByRole("button", { name: "Picture" }).count(), 0, `${file} is no picture`);
      await check(file);
    }

    await page.getByRole("button", { name: "Details of layer 0" }).click();
    await page.locator(".layer__raw pre").getByText(IMG).waitFor();
    await check("the details of a layer");
    for (const part of ["Overview", "Raw", "Configuration", "History", "Space", "Tags and annotations"]) {
      await lamina.part(part).click();
      await page.getByText(IMG).first().waitFor();
      await page.getByText(TURNS_SEEN.split("␊")[0]).first().waitFor();
      for (const summary of await page.locator("details:not([open]) > summary:visible").all()) await summary.click();
      await check(part);
    }
    await page.getByRole("button", { name: "中文" }).click();
    await check("中文");
    await page.getByRole("button", { name: "EN", exact: true }).click();

    await lamina.part("Files").click();
    const download = page.waitForEvent("download");
    await named(page, TURNS_SEEN).click();
    await lamina.content.getByRole("button", { name: "Download" }).click();
    assert.doesNotMatch((await download).suggestedFilename(), MARKS);
    await page.reload();
    await page.getByRole("button", { name: "Choose a file" }).first().waitFor();
    await check("the file that is wanted again");

    // A NUL ends what can be read of a layer, and the rest is shown.
    await lamina.goto("#/");
    await lamina.drop(await write("nul.oci.tar", { layers: [layerOf({ name: "calm" }), layerOf({ name: "nul\0name" })], name: "nul:1" }));
    await lamina.layer(1).getByText("a name holds a NUL byte").waitFor();
    await lamina.leaveOverview();
    await named(page, "calm").waitFor();
    await check("a NUL in a name");
    assert.deepEqual(asked.filter((url) => !url.startsWith(lamina.origin) || /\/x$|stranger/.test(url)), []);
  }, { seconds: 180 });

  await test("a registry's names, tags, errors and warnings are text, and nothing runs or is asked for", async (lamina, page) => {
    const registry = await hostileRegistry();
    try {
      await lamina.openAddress(registry.host);
      await page.getByRole("list", { name: WORDS.repositories }).waitFor();
      for (const name of [ALL_SEEN, LONG_LISTED, "ok/app"]) await page.getByRole("link", { name, exact: true }).waitFor();
      await mustBeCalm(page, "the catalog");
      await mustFit(page, "the catalog");
      await page.getByRole("link", { name: "ok/app", exact: true }).click();
      await page.getByRole("list", { name: WORDS.tags }).waitFor();
      for (const name of [ALL_SEEN, LONG_LISTED]) await page.getByRole("link", { name, exact: true }).waitFor();
      await mustBeCalm(page, "the tags");
      await mustFit(page, "the tags");
      await page.getByRole("link", { name: ALL_SEEN, exact: true }).click();
      await page.locator("h1:visible").first().waitFor();
      await mustBeCalm(page, "a tag that is no tag");
      await lamina.openAddress(`${registry.host}/ok/app:broken`);
      await lamina.problem(WORDS.problems.notFound).waitFor();
      await page.getByText("Exact message").last().click();
      await page.getByText(IMG).last().waitFor();
      await mustBeCalm(page, "an error");
      await mustFit(page, "an error");
      await lamina.openAddress(`${registry.host}/ok/app:failing`);
      await page.getByRole("heading", { name: "The registry has failed" }).waitFor();
      await mustBeCalm(page, "an error page of HTML");
      await lamina.openAddress(`${registry.host}/ok/app:1.0`);
      await lamina.verified();
      await page.getByText(/^Warnings: \d/).last().click();
      await page.locator(".image__warnings").getByText(WARNING).first().waitFor();
      await mustBeCalm(page, "warnings");
      await mustFit(page, "warnings");
    } finally {
      await registry.stop();
    }
  }, { hosts: { includes: (host) => host.startsWith("127.0.0.1:") }, seconds: 180 });
}

/** A row's name, exactly. */
const named = (page, name) => page.locator("bdi.tree__name").and(page.getByText(name, { exact: true })).first();

/** In each row the name stands left of what follows it: sizes and owners are where they are in every other row. */
async function mustNotReorder(page) {
  const wrong = await page.evaluate(() => [...document.querySelectorAll(".tree__row:has(.tree__name)")].filter((row) => {
    const cells = [...row.querySelectorAll(".tree__cell")].map((cell) => cell.getBoundingClientRect().left);
    const name = row.querySelector(".tree__name");
    return getComputedStyle(name).unicodeBidi !== "isolate" || cells.some((left, at) => at > 0 && left < cells[at - 1]);
  }).map((row) => row.innerText.slice(0, 60)));
  assert.deepEqual(wrong, []);
}

/** A registry that answers with hostile names, errors and headers, and with one image that is calm. */
async function hostileRegistry() {
  const { createHash } = await import("node:crypto");
  const layer = layerOf({ name: "calm", content: "calm\n" });
  const blobs = new Map();
  const put = (bytes) => {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    blobs.set(digest, bytes);
    return { digest, size: bytes.length };
  };
  const config = Buffer.from(JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [layer.diffId] } }));
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...put(config) },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", ...put(layer.stored) }],
  });
  const cors = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "*, Link, Warning, Docker-Content-Digest, WWW-Authenticate",
    // In a header every byte is a Latin-1 character.
    warning: `299 - "${WARNING} \x9b"`,
  };
  const names = [ALL, LONG_LISTED, LINK, "ok/app"];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    const answer = (status, body, headers = {}) => response.writeHead(status, { "content-type": "application/json", ...cors, ...headers }).end(body);
    const away = { link: `<http://stranger.invalid/v2/_catalog?last=${encodeURIComponent(IMG)}>; rel="next"` };
    if (path === "/v2/") return answer(200, "{}");
    if (path === "/v2/_catalog") return answer(200, JSON.stringify({ repositories: names }), away);
    if (path === "/v2/ok/app/tags/list") return answer(200, JSON.stringify({ name: ALL, tags: [ALL, LONG_LISTED, LINK, "1.0"] }), away);
    if (path === "/v2/ok/app/manifests/1.0") return answer(200, manifest, { "content-type": "application/vnd.oci.image.manifest.v1+json" });
    if (path === "/v2/ok/app/manifests/failing") return answer(500, HTML, { "content-type": "text/html" });
    const blob = blobs.get(path.split("/").at(-1));
    if (blob) return answer(200, blob, { "content-type": "application/octet-stream" });
    return answer(404, JSON.stringify({ errors: [{ code: ALL, message: ALL, detail: { [ALL]: ALL } }] }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}
