// Browsing: tree, layers, one path's history and content, export of a view; names that would be markup stay names.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { image, json, reference } from "../tools/images.mjs";
import { mustEqual, parseListing } from "../tools/listing.mjs";
import { WORDS } from "../page.mjs";
import { eventually } from "../tools/ring.mjs";

export async function testPaths(test) {
  const top = () => json("app/facts.json").diff_ids.length - 1;
  const opened = async (lamina) => {
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified();
  };

  await test("a path's panel tells its history over the layers and shows each version's content", async (lamina, page) => {
    await opened(lamina);
    await lamina.find("greeting", "etc/greeting");
    await lamina.content.getByText("hello, world").waitFor();
    await lamina.panel.getByRole("button", { name: "View the version of layer 0" }).click();
    await lamina.content.getByText("helo, wrold").waitFor();
    const download = page.waitForEvent("download");
    await lamina.content.getByRole("button", { name: "Download" }).click();
    assert.equal(await lamina.downloaded(await download), "helo, wrold\n");
  });

  await test("a file is shown as text, hex and picture; a symlink has a jump; what was deleted says where", async (lamina, page) => {
    await opened(lamina);
    await lamina.find("picture.png", "srv/site/pictures/picture.png");
    await page.waitForFunction(() => [...document.images].some((picture) => picture.naturalWidth === 16), null, { timeout: 10_000 });
    await lamina.panel.getByRole("button", { name: "Hex" }).click();
    await lamina.content.getByText("89 50 4e 47").waitFor().catch(() => lamina.content.getByText(/89/).first().waitFor());
    await lamina.find("libgreet.so", "usr/lib/libgreet.so");
    await lamina.panel.getByRole("button", { name: /libgreet\.so\.1\.2/ }).click();
    await lamina.content.getByText("not really a library").waitFor();
    await page.getByRole("combobox", { name: WORDS.findByName }).fill("robots.txt");
    await page.getByRole("option").getByText(`deleted by layer ${top()}`).waitFor();
    await lamina.find("robots.txt");
    await lamina.content.getByText("User-agent").waitFor();
  });

  await test("R-10 text of an image is never taken for markup", async (lamina, page) => {
    await opened(lamina);
    await lamina.find("notes.txt", "usr/share/doc/greet/notes.txt");
    await lamina.content.getByText('<script>document.title = "not run"</script>').waitFor();
    assert.notEqual(await page.title(), "not run");
    await lamina.find("bold", "<b>bold<b>");
    await lamina.panel.getByText("<b>bold<b>").first().waitFor();
    assert.equal(await page.locator("main b").count(), 0);
  });

  await test("a layer's own changes are those of docker diff, on the page as in its export", async (lamina) => {
    await opened(lamina);
    await lamina.pickLayer(top()).click();
    await lamina.row("etc").waitFor();
    const change = { added: "A", changed: "C", deleted: "D" };
    const own = (await lamina.export(WORDS.listing)).trim().split("\n").map((line) => JSON.parse(line)).map((row) => `${change[row.change]} /${row.path}`);
    assert.deepEqual(own.sort(), readFileSync(image("app/diff.txt"), "utf8").trim().split("\n").sort());
  });

  await test("the view up to a layer exports the union up to it", async (lamina) => {
    await opened(lamina);
    await lamina.pickLayer(top() - 1).click();
    await lamina.view(`Up to layer ${top() - 1}`).click();
    await lamina.row("etc").waitFor();
    mustEqual(parseListing(await lamina.export(WORDS.listing)), reference("app/built.jsonl"));
  });

  await test("configuration, history and annotations are what docker inspect says", async (lamina, page) => {
    await opened(lamina);
    await lamina.part("Configuration").click();
    for (const words of ["/srv/site", "8080/tcp", "Greeter", "问候"]) await page.getByText(words).first().waitFor();
    await lamina.part("History").click();
    await page.getByText(json("app/facts.json").message).first().waitFor();
    const config = await lamina.export(WORDS.config);
    const { createHash } = await import("node:crypto");
    assert.equal(`sha256:${createHash("sha256").update(config).digest("hex")}`, json("app/facts.json").image_id, "the config byte for byte");
  });

  await test("the language switches to 中文 and back, and is remembered", async (lamina, page) => {
    await opened(lamina);
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("button", { name: "导出" }).waitFor();
    // The language is the page's own doing: after a reload it stands only when the page has started.
    const speaks = (language) => page.locator(`html[lang="${language}"]`).waitFor({ state: "attached" });
    await speaks("zh-CN");
    await page.reload();
    await speaks("zh-CN");
    await page.getByRole("button", { name: "EN", exact: true }).click();
    await lamina.ready();
    await speaks("en");
  });

  await test("light, dark and the system's theme can be chosen, in both languages, and the choice is there before the page is", async (lamina, page) => {
    const theme = () => page.evaluate(() => `${document.documentElement.dataset.theme} ${document.querySelector("meta[name=color-scheme]").content}`);
    const choose = async (button, name) => {
      await page.getByRole("button", { name: button, exact: true }).click();
      await page.getByRole("menuitemradio", { name, exact: true }).click();
    };
    await page.emulateMedia({ colorScheme: "light" });
    assert.equal(await theme(), "light light");
    await page.emulateMedia({ colorScheme: "dark" });
    await eventually(async () => assert.equal(await theme(), "dark dark"));
    const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await choose("Theme", "Light");
    assert.equal(await theme(), "light light");
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), dark);
    // Before the program runs: a page that flashes in the wrong theme has it here.
    await page.addInitScript(() => addEventListener("DOMContentLoaded", () => { window.first = document.documentElement.dataset.theme; }));
    await page.reload();
    await lamina.ready();
    assert.equal(await page.evaluate(() => window.first), "light");
    await page.getByRole("button", { name: "中文" }).click();
    await choose("外观", "深色");
    assert.equal(await theme(), "dark dark");
    await choose("外观", "跟随系统");
    await page.emulateMedia({ colorScheme: "light" });
    await eventually(async () => assert.equal(await theme(), "light light"));
    await page.getByRole("button", { name: "EN", exact: true }).click();
  });

  await test("a browser set to Chinese gets Chinese from the start", async (lamina, page) => {
    await eventually(async () => assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN"));
    await eventually(async () => assert.match(await lamina.seen(), /[\u4e00-\u9fff]{4}/));
  }, { locale: "zh-CN" });
}
