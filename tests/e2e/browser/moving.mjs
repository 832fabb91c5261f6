// Moving about: Back and Forward, a reload, keys and clicks, and a window of little height.

import assert from "node:assert/strict";

import { layerOf, write } from "../tools/written.mjs";
import { WORDS } from "../page.mjs";
import { eventually } from "../tools/ring.mjs";

/** An image of twelve layers and more files than fit any window. */
const image = () => write("moving.oci.tar", {
  layers: [
    layerOf(
      { name: "etc/", dir: true },
      { name: "etc/hosts", content: "127.0.0.1 localhost\n" },
      { name: "etc/motd", content: "be nice\n" },
      { name: "big.bin", content: "x".repeat(5000) },
      { name: "lookup", link: "etc/hosts" },
      ...Array.from({ length: 40 }, (_, n) => ({ name: `file-${10 + n}`, content: "a" })),
    ),
    ...Array.from({ length: 10 }, (_, n) => layerOf({ name: `layer-${10 + n}`, content: "b" })),
    layerOf({ name: "etc/.wh.motd" }),
  ],
  name: "moving:1",
});

/** Where in the image the address bar says one is. */
const place = async (lamina) => (await lamina.hash()).replace(/^#file=[^&]*&id=[^&]*&?/, "");
const isAt = (lamina, expected, why) => eventually(async () => assert.equal(await place(lamina), expected, why));

export async function testMoving(test) {
  const opened = async (lamina) => {
    await lamina.drop(await image());
    await lamina.verified();
  };

  await test("Back and Forward return to each part, layer, path and link target", async (lamina, page) => {
    await opened(lamina);
    const way = ["part=files"];
    const goes = async (where, deed) => {
      await deed();
      await isAt(lamina, where, `after ${way.length} moves`);
      way.push(where);
    };
    await goes("part=history", () => lamina.part("History").click());
    await goes("part=space", () => lamina.part(WORDS.space).click());
    await goes("view=upto:0&path=/etc/motd", () => lamina.spaceRow(WORDS.dead, "/etc/motd").getByRole("button").first().click());
    await goes("view=layer:0&path=/etc/motd", () => lamina.view("Layer 0's changes").click());
    await goes("view=layer:0&path=/lookup", () => lamina.find("lookup"));
    await goes("view=layer:0&path=/etc/hosts", () => lamina.panel.getByRole("button", { name: /etc\/hosts/ }).click());
    for (const where of way.slice(0, -1).reverse()) {
      await page.goBack();
      await isAt(lamina, where, `Back on the way ${way.map((step) => `'${step}'`).join(", ")}`);
      // What is shown is what the address bar says.
      const part = { history: "History", space: WORDS.space, files: WORDS.files }[where.match(/^part=(\w+)/)?.[1]] ?? "Files";
      await eventually(async () => assert.equal(await lamina.part(part).getAttribute("aria-selected"), "true", `the part at '${where}'`));
      const path = where.match(/path=(.*)/)?.[1];
      if (path) await lamina.panel.getByText(path).first().waitFor();
      else await lamina.panel.waitFor({ state: "detached" });
    }
    for (const where of way.slice(1)) {
      await page.goForward();
      await isAt(lamina, where, "Forward");
    }
    await lamina.content.getByText("127.0.0.1 localhost").waitFor();
  });

  await test("rows that the arrow keys go through are one step of the history, and filters are none", async (lamina, page) => {
    await opened(lamina);
    await lamina.row("file-10").click();
    await isAt(lamina, "path=/file-10", "a click");
    await page.getByPlaceholder("Filter paths").fill("file");
    await lamina.tree.focus();
    for (let n = 1; n <= 4; n += 1) {
      await page.keyboard.press("ArrowDown");
      await isAt(lamina, `path=/file-${10 + n}`, "an arrow");
    }
    await page.goBack();
    await isAt(lamina, "path=/file-10", "Back from four arrows and a filter");
    await page.goBack();
    await isAt(lamina, "part=files", "Back from the click");
  });

  await test("a reload keeps all tabs, and each is read when it is shown", async (lamina, page) => {
    await page.getByRole("link", { name: WORDS.sample }).click();
    await lamina.repository("demo/app").click();
    await lamina.tag("latest").click();
    await lamina.verified();
    await lamina.part("History").click();
    await opened(lamina);
    const texts = async () => (await lamina.openTabs.allInnerTexts()).map((text) => text.trim());
    const before = await texts();
    assert.equal(before.length, 3, `a repository, its image and a file are open: ${before.join(", ")}`);
    await page.reload();
    await page.getByRole("button", { name: "Choose a file" }).waitFor();
    const after = await texts();
    assert.equal(after.length, 3, `after the reload: ${after.join(", ")}; before: ${before.join(", ")}`);
    assert.equal(await lamina.openTabs.nth(2).getAttribute("aria-selected"), "true", `the third of ${after.join(", ")} is shown`);
    await lamina.openTabs.nth(1).click();
    await lamina.verified();
    assert.match(await lamina.hash(), /demo\/app.*part=history$/);
    assert.deepEqual((await texts()).slice(0, 2), before.slice(0, 2));
    await page.goBack();
    await page.getByRole("button", { name: "Choose a file" }).waitFor();
  });

  await test("`/` goes to the address, Ctrl+F to the names; Size sorts the largest first; a click opens a directory", async (lamina, page) => {
    await opened(lamina);
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.id);
    await lamina.tree.focus();
    await page.keyboard.press("/");
    await eventually(async () => assert.equal(await focused(), WORDS.address, "what `/` goes to"));
    await page.waitForTimeout(100);
    assert.equal(await focused(), WORDS.address, "and stays there");
    await page.keyboard.press("Control+f");
    await eventually(async () => assert.equal(await focused(), WORDS.findByName, "what Ctrl+F goes to"));

    await lamina.column("Size").click();
    await eventually(async () => assert.ok((await lamina.rowNames()).indexOf("big.bin") <= 1, `by size: ${(await lamina.rowNames()).slice(0, 4).join(", ")}`));
    await lamina.column("Size").click();
    await eventually(async () => assert.notEqual((await lamina.rowNames())[0], "big.bin"));
    await lamina.column("Name").click();

    await lamina.row("etc").click();
    await lamina.row("hosts").waitFor();
    assert.equal(await lamina.panel.count(), 0, "a directory that is opened takes no room for a panel");
    await lamina.row("etc").click();
    await lamina.row("hosts").waitFor({ state: "detached" });
    await page.waitForTimeout(600);
    await lamina.row("etc").dblclick();
    await lamina.row("hosts").waitFor();
    await lamina.panel.getByText("/etc").first().waitFor();
  });

  await test("in a window of little height the page scrolls as a whole, eight rows of the tree are seen, nothing overlaps", async (lamina, page) => {
    await opened(lamina);
    await lamina.startContainer();
    const sizes = [[720, 450], [853, 480], [1440, 420], [390, 500], [640, 360]];
    for (const panel of [false, true]) {
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        if (panel && !(await lamina.panel.count())) await lamina.find("hosts", "etc/hosts");
        const where = `${width}x${height}${panel ? " with a path's panel" : ""}`;
        await eventually(async () => {
          const seen = await page.evaluate(layout);
          assert.ok(seen.page > height, `${where}: the page scrolls as a whole; it is ${seen.page} px high`);
          assert.ok(seen.rows >= 8, `${where}: ${seen.rows} rows are seen of a tree of ${seen.tree} px`);
          assert.deepEqual(seen.overlaps, [], `${where}: what overlaps`);
          assert.ok(seen.wide <= 0, `${where}: the page is ${seen.wide} px too wide`);
        });
      }
    }
  });

  await test("ten images that were opened before leave the start page in shape, and no panel scrolls for nothing", async (lamina, page) => {
    await page.evaluate(() => {
      const recent = Array.from({ length: 10 }, (_, n) => ({ kind: "file", name: `image-${n}.tar`, size_bytes: 1e8, image_id: `sha256:${String(n).repeat(64)}`, title: `team/image:${n}`, handle: null }));
      localStorage.setItem("lamina.recent", JSON.stringify(recent));
    });
    await page.reload();
    await page.getByRole("region", { name: WORDS.recent }).getByText("image-9.tar").waitFor();
    for (const language of ["中文", "EN"]) {
      await page.getByRole("button", { name: language, exact: true }).click();
      for (const [width, height] of [[1440, 900], [1024, 768], [390, 844], [720, 450]]) {
        await page.setViewportSize({ width, height });
        const open = await page.locator("main form[role=search]:visible").boundingBox();
        assert.ok(open.height < 60, `${language}, ${width}x${height}: field and button are ${open.height} px high`);
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await opened(lamina);
    const mustFit = async (where) => {
      for (const [width, height] of [[1440, 900], [1024, 768]]) {
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(100);
        const surplus = await page.locator("main [role=tabpanel]:visible").first().evaluate((panel) => panel.scrollHeight - panel.clientHeight);
        assert.equal(surplus, 0, `${where}, ${width}x${height}: the page scrolls by ${surplus} px`);
      }
    };
    await mustFit("twelve layers");
    await lamina.startContainer();
    await mustFit("with a container layer");
  });

  await test("Space counts the image, and tells apart what the container has not committed", async (lamina, page) => {
    await opened(lamina);
    await lamina.part(WORDS.space).click();
    const figures = () => Promise.all(["Content", "Dead"].map((name) => lamina.figure(name).innerText()));
    await page.getByRole("region", { name: WORDS.dead }).waitFor();
    const before = await figures();
    await lamina.part("Files").click();
    await lamina.startContainer();
    await lamina.row("big.bin").click();
    await page.keyboard.press("Delete");
    await lamina.changes("D /big.bin");
    await lamina.part(WORDS.space).click();
    await page.getByText(/With it, the content would be .*, .* of it dead/).waitFor();
    assert.deepEqual(await figures(), before, "the figures are the image's, before and after an edit");
    assert.equal(await lamina.spaceRow(WORDS.dead, "/big.bin").count(), 0, "what the container deleted is not dead in the image");
  });
}

/** Runs in the page: how high it is, how many rows are seen at once when the tree is scrolled to, and what lies over what. */
function layout() {
  const shown = (selector) => [...document.querySelectorAll(`.panel:not(.panel--away) ${selector}`)].filter((element) => element.checkVisibility());
  const box = (element) => element.getBoundingClientRect();
  const grid = shown(".tree__grid")[0];
  grid.scrollIntoView({ block: "end" });
  const frame = box(grid);
  const head = box(grid.querySelector(".tree__head"));
  const top = Math.max(head.bottom, 0);
  const bottom = Math.min(frame.bottom, innerHeight);
  const rows = [...grid.querySelectorAll(".tree__body .tree__row")].map(box).filter((row) => row.top >= top - 1 && row.bottom <= bottom + 1);
  const parts = [".image__head", ".image__tabs", ".files__layers", ".tools", ".edits", ".tree", ".files > .path"].flatMap((selector) => shown(selector).map((element) => ({ selector, ...box(element).toJSON() })));
  parts.unshift({ selector: ".bar", ...box(document.querySelector(".bar")).toJSON() });
  const overlaps = parts.flatMap((one, at) =>
    parts.slice(at + 1).flatMap((other) => {
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      return wide > 1 && high > 1 ? [`${one.selector} and ${other.selector} by ${Math.round(wide)}x${Math.round(high)} px`] : [];
    }),
  );
  const root = document.scrollingElement;
  return { page: root.scrollHeight, wide: root.scrollWidth - root.clientWidth, rows: rows.length, tree: Math.round(frame.height), overlaps };
}
