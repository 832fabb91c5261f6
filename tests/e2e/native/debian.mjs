// A real Debian root file system through `lamina`: large enough to be one, and equal to what Docker exports.

import assert from "node:assert/strict";

import { image, reference } from "../tools/images.mjs";
import { mustEqual } from "../tools/listing.mjs";
import { inspect, ls } from "../tools/lamina.mjs";

export async function testDebian(ring) {
  await ring.test("the Debian image has 150 MB, 10,000 entries and three layers at least", async () => {
    const [{ layers }] = (await inspect(image("debian/debian.docker.tar"))).images;
    assert.ok(layers.length >= 3, `${layers.length} layers`);
    const bytes = layers.reduce((sum, layer) => sum + layer.decoded_bytes, 0);
    assert.ok(bytes >= 150_000_000, `${bytes} bytes`);
    assert.ok(reference("debian/export.jsonl", "debian/umoci.jsonl").size >= 10_000);
  }, { seconds: 600 });

  for (const path of ["debian/debian.docker.tar", "debian/debian.oci.tar"]) {
    await ring.test(`lamina ls equals docker export of a real Debian root file system: ${path}`, async () => {
      mustEqual(await ls(image(path)), reference("debian/export.jsonl", "debian/umoci.jsonl"));
    }, { seconds: 600 });
  }
}
