// The Overview: an image opens on it, it says what is dead and why, its findings lead on, and keys walk from it into the files.

import assert from "node:assert/strict";

import { image } from "../tools/images.mjs";
import { ask, inspect, lamina as command } from "../tools/lamina.mjs";
import { layerOf, write } from "../tools/written.mjs";
import { WORDS } from "../page.mjs";
import { eventually } from "../tools/ring.mjs";

const FILE = "var/lib/apt/lists/packages";

/** An image whose second layer stores package lists of 3 MB, which the third deletes, and whose fourth is of the top. */
const wasteful = () => write("overview.oci.tar", {
  layers: [
    layerOf({ name: "etc/", dir: true }, { name: "etc/os-release", content: 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n' }, { name: "base.bin", content: "b".repeat(2e6) }),
    layerOf({ name: FILE, content: "p".repeat(3e6) }, { name: "app.bin", content: "a".repeat(1e6) }),
    layerOf({ name: "var/lib/apt/lists/.wh.packages" }),
    layerOf({ name: "motd", content: "hello\n" }),
  ],
  name: "wasteful:1",
});

export async function testOverview(test) {
  const opened = async (lamina) => {
    await lamina.drop(await wasteful());
    await lamina.verified({ stays: true });
  };
  const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.getAttribute("aria-label"));
  const finding = (page, text) => page.getByRole("region", { name: WORDS.findings }).getByRole("listitem").filter({ hasText: text });

  await test("an image opens on a sentence that says what it is, how much of it is dead, and why", async (lamina, page) => {
    await opened(lamina);
    assert.equal(await lamina.part(WORDS.overview).getAttribute("aria-selected"), "true");
    await page.getByText("Debian 12. 6.00 MB of content, half of it dead: apt’s package lists that layer 1 wrote and layer 2 deleted (3.00 MB).").waitFor();
    const header = await lamina.header.innerText();
    for (const part of ["wasteful:1", "3.00 MB visible", "3.00 MB dead"]) assert.ok(header.includes(part), `'${part}' in ${header}`);
    await finding(page, "deleted, and still stored").getByText("3.00 MB").waitFor();
    await finding(page, "Runs as root").waitFor();
    // The figures are the report's.
    const [{ analysis }] = JSON.parse(await lamina.export(WORDS.report)).images;
    assert.equal(analysis.dead_bytes, 3e6);
    await page.getByRole("region", { name: "Largest files" }).getByRole("button", { name: "base.bin" }).click();
    await lamina.row("base.bin").waitFor();
    await eventually(async () => assert.match(await lamina.hash(), /path=\/base\.bin$/));
    await page.goBack();
    await page.getByText(/of content/).first().waitFor();
  });

  await test("the best squash is one click away from its preparation, and makes an image without the dead bytes", async (lamina, page) => {
    await opened(lamina);
    const squash = finding(page, "Squash layers 1 to 3");
    await squash.getByText("−3.00 MB").waitFor();
    await squash.getByRole("button").click();
    await page.getByText("saves 3.00 MB").waitFor();
    await eventually(async () => assert.equal(await lamina.part("Commit").getAttribute("aria-selected"), "true"));
    await page.getByRole("button", { name: "Squash", exact: true }).click();
    await page.getByText(/3\.00 MB of content, none of it dead/).waitFor();
  });

  await test("the number of a layer says on hover what the layer is, and leads to it; with Shift, to all up to it", async (lamina, page) => {
    await opened(lamina);
    const chip = page.getByRole("region", { name: WORDS.findings }).getByRole("button", { name: "Go to layer 1" }).first();
    await chip.hover();
    await eventually(async () => assert.match(await chip.getAttribute("title"), /^Layer 1: .*\n.*B/));
    await chip.click();
    await eventually(async () => assert.match(await lamina.hash(), /view=layer:1$/));
    await page.goBack();
    await chip.click({ modifiers: ["Shift"] });
    await eventually(async () => assert.match(await lamina.hash(), /view=upto:1$/));
  });

  await test("by keys alone from the layers: the tree follows, Enter goes into it and opens a file, Esc leads out again", async (lamina, page) => {
    await opened(lamina);
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await eventually(async () => assert.match(await focused(page), /^Layer 3: /, "the topmost layer has the focus"));
    await press("ArrowDown");
    await eventually(async () => assert.match(await focused(page), /^Layer 2: /));
    await press("ArrowDown");
    await eventually(async () => assert.match(await lamina.hash(), /view=layer:1/));
    assert.equal(await lamina.part(WORDS.overview).getAttribute("aria-selected"), "true", "walking leaves the part as it is");
    await press("ArrowRight");
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "treegrid"));
    await press("]");
    await lamina.row("var").waitFor();
    await eventually(async () => assert.match(await lamina.hash(), /view=layer:2/));
    await press("]");
    await lamina.row("motd").waitFor();
    await press("Home", "Enter");
    await lamina.content.getByText("hello").waitFor();
    await press("Escape");
    await lamina.panel.waitFor({ state: "hidden" });
    await press("Escape");
    await eventually(async () => assert.match(await focused(page), /^Layer 3: /));
    await press("F6");
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "treegrid"));
    await press("F6");
    await eventually(async () => assert.match(await focused(page), /^Layer 3: /));
    // The tree is at most three Tabs away.
    await press("Tab", "Tab");
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "treegrid"));
    await press("?");
    await page.getByText("Show or hide these keys").waitFor();
    await press("Escape");
    await page.getByText("Show or hide these keys").waitFor({ state: "detached" });
  });

  await test("the tree begins at 112 px and has 30 rows in a window of 1440x900", async (lamina, page) => {
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified();
    await page.setViewportSize({ width: 1440, height: 900 });
    await lamina.tree.press("*");
    await eventually(async () => {
      const [top, rows] = await page.evaluate(() => {
        const box = (selector) => document.querySelector(`.panel:not(.panel--away) ${selector}`).getBoundingClientRect();
        return [box(".files__tree").top, (box(".tree__grid").height - box(".tree__head").height) / box(".tree__body .tree__row").height];
      });
      assert.ok(top <= 112, `the files begin at ${top} px`);
      assert.ok(rows >= 30, `${rows} rows`);
    });
  });

  await test("nothing moves in the Overview once it is drawn, while layers are read and added up", async (lamina, page) => {
    await page.evaluate(() => {
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) {
          if (!shift.hadRecentInput) window.shifts.push(...shift.sources.map(({ node }) => `${node?.className ?? node?.nodeName}: ${shift.value}`));
        }
      }).observe({ type: "layout-shift", buffered: false });
    });
    await opened(lamina);
    await page.getByText(/of content/).first().waitFor();
    await page.waitForTimeout(300);
    const shifts = await page.evaluate(() => window.shifts.filter((shift) => /^(overview|sizes|large|layer|finding)/.test(shift)));
    assert.deepEqual(shifts, []);
  });

  await test("the Raw part shows the documents, a digest in them leads to what it names", async (lamina, page) => {
    await opened(lamina);
    await lamina.part(WORDS.raw).click();
    const manifest = page.getByRole("region", { name: "Manifest" });
    const [report] = JSON.parse(await lamina.export(WORDS.report)).images;
    assert.ok((await manifest.innerText()).includes(report.manifest_digest));
    const config = JSON.parse(await page.getByRole("region", { name: "Configuration" }).locator("pre").innerText());
    assert.equal(config.rootfs.diff_ids.length, 4);
    await manifest.getByRole("button", { name: new RegExp(report.image_id) }).click();
    await eventually(async () => assert.equal(await focused(page), "Configuration"));
    await manifest.getByRole("button", { name: new RegExp(report.layers[3].digest) }).click();
    await lamina.row("motd").waitFor();
    await eventually(async () => assert.match(await lamina.hash(), /view=layer:3/));
  });

  await test("each view says its twin on the command line, and the command answers", async (lamina, page) => {
    const file = await wasteful();
    await opened(lamina);
    const twin = () => page.getByRole("main").locator("code:visible").first().innerText();
    await eventually(async () => assert.equal(await twin(), "lamina inspect --ref wasteful:1 overview.oci.tar"));
    await lamina.pickLayer(1).click();
    await eventually(async () => assert.equal(await twin(), "lamina ls --layer 1 --ref wasteful:1 overview.oci.tar"));
    if (!command()) return;
    const { stdout } = await ask(["ls", "--layer", "1", "--ref", "wasteful:1", file]);
    assert.ok(stdout.includes(FILE));
    assert.equal((await inspect(file)).images[0].analysis.dead_bytes, 3e6);
  });
}
