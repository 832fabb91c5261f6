// Layers with a table of contents of their own: a tree without a download, never called verified; and layers of one piece.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { estargzOf } from "../tools/estargz.mjs";
import { push, startProxy } from "../tools/registry.mjs";
import { skip } from "../tools/ring.mjs";
import { layerOf, write } from "../tools/written.mjs";
import { WORDS } from "../page.mjs";

// Whatever port a proxy takes.
const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };

const NOISE = randomBytes(5_000_000).toString("latin1");
const ENTRIES = [
  { name: "etc/", dir: true },
  { name: "etc/noise", content: Buffer.from(NOISE, "latin1") },
  { name: "etc/small", content: "a few bytes of a large layer\n" },
];
const REPOSITORY = "lamina-e2e/tocs";

export async function testTocs(test, registry) {
  const image = async (tag, layer, ...options) => {
    const file = await write(`tocs-${tag}.oci.tar`, { layers: [layer], name: `tocs:${tag}` });
    await push(registry, `oci-archive:${file}`, `${REPOSITORY}:${tag}`, ...options);
  };

  /** A test with a proxy in front of the registry; `asked()` gives the ranges of the layer asked for since the last call. */
  const tocTest = (name, tag, make, body) =>
    test(name, async (lamina, page) => {
      await make();
      const { layers, config } = await (await fetch(`http://${registry.host}/v2/${REPOSITORY}/manifests/${tag}`, { headers: { accept: "application/vnd.oci.image.manifest.v1+json" } })).json();
      const proxy = await startProxy(registry, { uncached: true });
      const asked = () => proxy.takeRanges().filter(({ digest }) => digest !== config.digest).map(({ range }) => range ?? "all");
      try {
        await body({ lamina, page, asked, layer: layers[0], address: `http://${proxy.host}/${REPOSITORY}:${tag}` });
      } finally {
        await proxy.stop();
      }
    }, { hosts: loopback });

  const bytesOf = (range) => {
    const [from, to] = range.replace("bytes=", "").split("-").map(Number);
    return to - from + 1;
  };

  /** Listed from so many small ranges; a file opens by its own; one click verifies. */
  const listsAndVerifies = (nRanges) => async ({ lamina, page, asked, address }) => {
    await lamina.openAddress(address);
    await lamina.layer(0).getByText(WORDS.listed).waitFor();
    await lamina.leaveOverview();
    await lamina.row("etc").waitFor();
    const ranges = asked();
    assert.equal(ranges.length, nRanges, ranges.join(" "));
    assert.ok(ranges.every((range) => range !== "all" && bytesOf(range) < 200_000), ranges.join(" "));
    assert.match(await lamina.layer(0).innerText(), /[45]\.\d+ MB of 5\.\d+ MB not downloaded/);
    assert.match(await lamina.header.innerText(), /1 of 1 layer listed only, not verified/);
    await lamina.find("small", "etc/small");
    await lamina.content.getByText("a few bytes of a large layer").waitFor();
    await lamina.panel.getByText("checked against that table alone").waitFor();
    const file = asked();
    assert.ok(file.length === 1 && bytesOf(file[0]) < 20_000, file.join(" "));
    await page.reload();
    await lamina.layer(0).getByText(WORDS.listed).waitFor();
    // The file that was shown is shown again, by its own range.
    await lamina.content.getByText("a few bytes of a large layer").waitFor();
    asked();
    await lamina.layer(0).getByRole("button", { name: "Read layer 0 and verify it" }).click();
    await lamina.verified();
    assert.deepEqual(asked(), ["all"]);
    assert.equal(await lamina.layer(0).getByText(WORDS.listed).count(), 0);
    await page.reload();
    await lamina.layer(0).getByText(WORDS.exists).waitFor();
    assert.ok(asked().every((range) => range !== "all"), "what was verified is kept, and read no more");
  };

  await tocTest("zstd:chunked by a real writer: a tree from one range, a file by its own, verified at a click", "chunked", async () => {
    await image("chunked", layerOf(...ENTRIES), "--dest-compress-format", "zstd:chunked").catch((problem) => skip(`this skopeo writes no zstd:chunked: ${problem.message}`));
  }, listsAndVerifies(1));

  await tocTest("eStargz: a tree from two ranges, a file by its own, verified at a click", "estargz", () => image("estargz", estargzOf(ENTRIES)), listsAndVerifies(2));

  await tocTest("a table of contents that lies is found out when its layer is read, and told there", "lying", () => image("lying", estargzOf(ENTRIES, (toc) => toc.entries.push({ name: "etc/ghost", type: "reg", mode: 0o644 }))), async ({ lamina, address }) => {
    await lamina.openAddress(address);
    await lamina.layer(0).getByText(WORDS.listed).waitFor();
    await lamina.find("ghost", "etc/ghost");
    await lamina.header.getByRole("button", { name: WORDS.readAndVerify }).click();
    await lamina.verified();
    await lamina.layer(0).getByRole("button", { name: /details/i }).click();
    await lamina.layer(0).getByText(/etc\/ghost: .*told something else of 1 paths/).waitFor();
  });

  await tocTest("a table of contents that is broken costs nothing but the whole layer, and is told", "broken", () => image("broken", estargzOf(ENTRIES, (toc) => (toc.entries[1].offset = 1e15))), async ({ lamina, asked, address }) => {
    await lamina.openAddress(address);
    await lamina.verified();
    assert.equal(asked().at(-1), "all");
    await lamina.layer(0).getByRole("button", { name: /details/i }).click();
    await lamina.layer(0).getByText(/table of contents is malformed: a chunk lies outside/).waitFor();
  });

  const lines = () => randomBytes(60_000_000).toString("hex").replace(/.{80}/g, "$&\n");
  await test("a file far into a zstd layer of one frame says so, shows how far it is, and can be stopped", async (lamina) => {
    const file = await write("tocs-frame.oci.tar", { layers: [layerOf({ name: "a-before", content: lines() }, { name: "far", content: "found at the end\n" })], name: "tocs:frame" });
    await push(registry, `oci-archive:${file}`, `${REPOSITORY}:frame`, "--dest-compress-format", "zstd");
    await lamina.openAddress(`${registry.host}/${REPOSITORY}:frame`);
    await lamina.verified();
    await lamina.find("far");
    await lamina.content.getByText(/compressed in one piece and can only be decoded from its start: 12\d MB pass/).waitFor();
    await lamina.content.getByRole("progressbar").waitFor();
    await lamina.content.getByRole("button", { name: WORDS.stop, exact: true }).click();
    await lamina.content.getByRole("button", { name: WORDS.retry }).click();
    await lamina.content.getByText("found at the end").waitFor();
  }, { hosts: [registry.host], seconds: 180 });
}
