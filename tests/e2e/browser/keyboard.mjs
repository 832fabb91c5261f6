// The whole flow by keyboard alone: no pointer from the start page to an exported listing.

import assert from "node:assert/strict";

import { image, reference } from "../tools/images.mjs";
import { mustEqual, parseListing } from "../tools/listing.mjs";
import { eventually } from "../tools/ring.mjs";

/** Presses Tab until what has the focus answers to role and name; fails after a round trip. */
async function tabTo(page, role, name, { backwards = false } = {}) {
  const target = page.getByRole(role, { name, exact: typeof name === "string" }).first();
  await target.waitFor();
  for (let i = 0; i < 120; i += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return target;
    await page.keyboard.press(backwards ? "Shift+Tab" : "Tab");
  }
  throw new Error(`Tab never comes to the ${role} '${name}'`);
}

/** What has the focus is seen to have it: an outline or a shadow that is not there without. */
async function mustShowFocus(page) {
  const shown = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  });
  if (!shown) {
    const what = await page.evaluate(() => document.activeElement.outerHTML.slice(0, 120));
    throw new Error(`the focus is not seen on ${what}`);
  }
}

export async function testKeyboard(test, registry) {
  const keyboard = (page) => page.keyboard;

  await test("by keyboard alone: address, repository, tag, tree, path, older version, export", async (lamina, page) => {
    const press = (...keys) => keys.reduce((before, key) => before.then(() => keyboard(page).press(key)), Promise.resolve());
    await press("/");
    await keyboard(page).type(registry.host);
    await press("Enter");
    await tabTo(page, "link", "lamina-e2e/app");
    await mustShowFocus(page);
    await press("Enter");
    await tabTo(page, "link", "1.0");
    await press("Enter");
    await lamina.verified();

    await tabTo(page, "treegrid", "Files of the image");
    await press("Home");
    await keyboard(page).type("etc");
    await page.waitForFunction(() => document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.innerText.includes("etc"));
    await press("ArrowRight");
    await lamina.row("greeting").waitFor();
    // Letters typed at once belong together: a new name begins after a pause.
    await page.waitForTimeout(800);
    await keyboard(page).type("greeting");
    await press("Enter");
    await lamina.content.getByText("hello, world").waitFor();

    await tabTo(page, "button", "View the version of layer 0");
    await press("Enter");
    await lamina.content.getByText("helo, wrold").waitFor();
    await press("Escape");
    await lamina.panel.waitFor({ state: "hidden" });
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "treegrid", "the focus goes back to the tree"));

    await tabTo(page, "button", "Export", { backwards: true });
    await mustShowFocus(page);
    await press("Enter");
    // Below the form for archives stand the answers for machines.
    await press("ArrowDown");
    const download = page.waitForEvent("download");
    await press("Enter");
    mustEqual(parseListing(await lamina.downloaded(await download)), reference());
  }, { hosts: [registry.host] });

  await test("by keyboard alone: a file is chosen, found in by name, a layer picked, the tab closed", async (lamina, page) => {
    // Waited for early: the browser has to be told before the key comes that the chooser is ours.
    const chooser = page.waitForEvent("filechooser");
    await tabTo(page, "button", "Choose a file");
    await keyboard(page).press("Enter");
    await (await chooser).setFiles(image("app/app.docker.tar"));
    await lamina.verified();

    await keyboard(page).press("Control+f");
    await keyboard(page).type("libmore");
    // While one types, the hits are those of the text before.
    await page.getByRole("listbox", { name: "Hits" }).getByRole("option").filter({ hasText: "libmore" }).first().waitFor();
    await keyboard(page).press("ArrowDown");
    await keyboard(page).press("Enter");
    await lamina.content.getByText("more").first().waitFor();

    // The layers are one stop of the Tab key; the arrows walk them, the newest on top, down to the base.
    await tabTo(page, "button", /^Layer \d+: /, { backwards: true });
    await mustShowFocus(page);
    await keyboard(page).press("End");
    await page.waitForFunction(() => location.hash.includes("view=layer:0"));

    await tabTo(page, "tab", "Files");
    await keyboard(page).press("ArrowRight");
    await eventually(async () => assert.equal(await lamina.part("Configuration").getAttribute("aria-selected"), "true"));
    await tabTo(page, "tab", "lamina-e2e/app:1.0", { backwards: true });
    await keyboard(page).press("Delete");
    await page.getByRole("button", { name: "Choose a file" }).waitFor();
  });
}
