// The box that goes everywhere: to files of all layers, to layers, parts, tabs and tags, and commands by `>`.

import assert from "node:assert/strict";

import { image, json } from "../tools/images.mjs";
import { WORDS } from "../page.mjs";
import { eventually } from "../tools/ring.mjs";

export async function testBox(test) {
  const top = () => json("app/facts.json").diff_ids.length - 1;
  const field = (page) => page.getByRole("dialog").getByRole("combobox");
  const options = (page) => page.getByRole("dialog").getByRole("option");
  const foot = (page) => page.getByRole("dialog").getByRole("status");
  const openBox = async (page, key = "Control+k") => {
    await page.keyboard.press(key);
    await field(page).waitFor();
    await eventually(async () => assert.ok(await field(page).evaluate((one) => one === document.activeElement)));
  };
  const opened = async (lamina) => {
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified();
  };

  await test("the box goes to a file of any layer, marks what matches, and says what became of it", async (lamina, page) => {
    await opened(lamina);
    await openBox(page);
    await page.keyboard.type("etcgreeting");
    const hit = options(page).filter({ hasText: "/etc/greeting" }).first();
    await hit.waitFor();
    assert.ok((await hit.locator("mark").allInnerTexts()).join("").toLowerCase().startsWith("etc"), "the letters are marked");
    await page.keyboard.press("Enter");
    await lamina.content.getByText("hello, world").waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0, "the box is closed");
    await openBox(page, "Control+p");
    await page.keyboard.type("*.txt deleted:");
    const gone = options(page).filter({ hasText: "robots.txt" }).first();
    await gone.getByText(`deleted by layer ${top()}`).waitFor();
    await gone.click();
    await lamina.content.getByText("User-agent").waitFor();
    await page.goBack();
    await lamina.content.getByText("hello, world").waitFor();
  });

  await test("Enter in the box, and in the search beside the tree, waits for what is typed", async (lamina, page) => {
    await opened(lamina);
    await openBox(page);
    await page.keyboard.type("robots.txt");
    await options(page).filter({ hasText: "robots.txt" }).first().waitFor();
    // All at once, as a fast hand or a paste does.
    await field(page).fill("etc/greeting");
    await page.keyboard.press("Enter");
    await lamina.content.getByText("hello, world").waitFor();
    await lamina.part(WORDS.files).click();
    const find = page.getByRole("combobox", { name: WORDS.findByName });
    await find.fill("robots.txt");
    await page.getByRole("option").filter({ hasText: "robots.txt" }).first().waitFor();
    await find.fill("picture.png");
    await find.press("Enter");
    await eventually(async () => assert.match(await lamina.hash(), /picture\.png$/));
  });

  await test("a query that makes no sense is told; nothing found says where was looked", async (lamina, page) => {
    await opened(lamina);
    await openBox(page);
    await field(page).fill("sise:>1M");
    await foot(page).getByText("there is no sise:").waitFor();
    await field(page).fill("size:>900G");
    await foot(page).getByText("Not in any layer").waitFor();
    await field(page).fill("kind:link libgreet");
    await options(page).filter({ hasText: "libgreet.so" }).first().waitFor();
    await field(page).fill("owner:nobody-of-this-name");
    await foot(page).getByText("/etc/passwd").waitFor();
  });

  await test("the box goes to layers and parts, gives commands, and gives the focus back", async (lamina, page) => {
    await opened(lamina);
    await lamina.part(WORDS.files).click();
    await lamina.tree.focus();
    await openBox(page);
    await page.keyboard.press("Escape");
    await eventually(async () => assert.equal(await page.getByRole("dialog").count(), 0));
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "treegrid", "the focus is where it was");
    await openBox(page);
    await page.keyboard.type("layer 1");
    await options(page).first().getByText("lamina ls --layer 1").waitFor();
    await page.keyboard.press("Enter");
    await eventually(async () => assert.match(await lamina.hash(), /view=layer:1/));
    await openBox(page);
    await page.keyboard.type("history");
    await page.keyboard.press("Enter");
    await eventually(async () => assert.match(await lamina.hash(), /part=history/));
    await openBox(page);
    await page.keyboard.type(">show k");
    await options(page).first().getByText("?").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Go to a file, a layer").waitFor();
    await page.keyboard.press("Escape");
    await openBox(page);
    await page.keyboard.type("> 中文");
    await page.keyboard.press("Enter");
    await eventually(async () => assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN"));
  });

  await test("the box lists the tags of the repository, and opens by its button at 390 px in one line", async (lamina, page) => {
    await page.getByRole("link", { name: WORDS.sample }).click();
    await lamina.repository("demo/app").click();
    await lamina.tag("latest").waitFor();
    await openBox(page);
    await page.keyboard.type("tag 1.1-fixed");
    await options(page).filter({ hasText: "1.1-fixed" }).first().waitFor();
    await page.keyboard.press("Enter");
    await lamina.verified();
    await page.setViewportSize({ width: 390, height: 844 });
    const heights = await page.evaluate(() => {
      const go = document.querySelector(".bar__go").getBoundingClientRect();
      const tabs = document.querySelector(".bar .tabs").getBoundingClientRect();
      return { isBeside: go.top < tabs.bottom && go.bottom <= tabs.bottom + 8, overflow: document.documentElement.scrollWidth - innerWidth };
    });
    assert.ok(heights.isBeside && heights.overflow <= 0, JSON.stringify(heights));
    await page.getByRole("button", { name: "Go to …" }).click();
    await field(page).waitFor();
    const box = await page.getByRole("dialog").boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
  });
}
