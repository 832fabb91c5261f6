// `lamina` on what is damaged or no image at all: it says what, ends with the documented status, and shows the rest.

import assert from "node:assert/strict";

import { NOT_IMAGES, image, json, reference } from "../tools/images.mjs";
import { ask, inspect, ls } from "../tools/lamina.mjs";

export async function testDamaged(ring) {
  for (const [kind, path] of [["oci", "damaged/flipped.oci.tar"], ["docker", "damaged/flipped.docker.tar"]]) {
    await ring.test(`a damaged layer is named with both digests, status 3, the rest is told: ${kind}`, async () => {
      const { layer, stated, actual } = json("damaged/damaged.json")[kind];
      const { status, stderr } = await ask(["inspect", "--json", image(path)]);
      assert.equal(status, 3);
      assert.match(stderr, new RegExp(`layer ${layer}\\b`), "the layer is named");
      assert.ok(stderr.includes(stated), `the stated digest in: ${stderr}`);
      assert.ok(stderr.includes(actual), `the actual digest in: ${stderr}`);
      const { images } = await inspect(image(path), { status: 3 });
      images[0].layers.forEach(({ verdict }, i) => {
        const values = Object.values(verdict);
        assert.equal(values.includes("mismatch"), i === layer, `layer ${i}: ${JSON.stringify(verdict)}`);
      });
    });
    await ring.test(`what the other layers hold is listed as ever: ${kind}`, async () => {
      const rows = await ls(image(path), { status: 3 });
      const want = reference();
      for (const path of ["etc/greeting", "srv/site/index.html", "usr/lib/libmore.so", "opt/flip/again"]) {
        assert.deepEqual(rows.get(path)?.size, want.get(path).size, path);
      }
    });
  }

  for (const path of ["damaged/truncated.docker.tar", "damaged/truncated.docker.tar.gz"]) {
    await ring.test(`a truncated archive is called so and never passes for whole: ${path}`, async () => {
      const { status, stderr } = await ask(["ls", image(path)]);
      assert.ok(status === 2 || status === 3, `status ${status}`);
      assert.notEqual(stderr.trim(), "");
      assert.doesNotMatch(stderr, /panicked/);
    });
  }

  for (const { name, path } of NOT_IMAGES) {
    await ring.test(`what is no image is refused in one line that names it, status 2: ${name}`, async () => {
      const { status, stdout, stderr } = await ask(["ls", image(path)]);
      assert.equal(status, 2, stderr);
      assert.equal(stdout, "");
      const lines = stderr.trim().split("\n");
      assert.equal(lines.length, 1, stderr);
      assert.ok(lines[0].includes(path.split("/").at(-1)), `the file's name in: ${lines[0]}`);
    });
  }

  await ring.test("a file that is not there is named, status 2", async () => {
    const { status, stderr } = await ask(["ls", "./not-there.tar"]);
    assert.equal(status, 2);
    assert.match(stderr, /not-there\.tar/);
  });
}
