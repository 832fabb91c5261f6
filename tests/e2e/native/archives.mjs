// `lamina ls` and `lamina inspect` on every archive that real tools wrote, against what the engines say of it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { FLAT, LAYOUTS, SEVERAL, WRITERS, image, json, reference } from "../tools/images.mjs";
import { mustEqual, readListing } from "../tools/listing.mjs";
import { ask, askFor, inspect, ls, mustBeProved } from "../tools/lamina.mjs";

export async function testArchives(ring) {
  await ring.test("references: docker export and umoci unpack agree outside Docker's init layer", () => {
    mustEqual(readListing(image("copies/umoci.jsonl")), reference());
  });

  for (const { name, path, claims } of [...WRITERS, ...LAYOUTS]) {
    await ring.test(`lamina ls equals docker export: ${name}`, async () => {
      mustEqual(await ls(image(path)), reference());
    });
    const what = claims === "nothing" ? "claims no proof for layers without digests" : "proves every layer";
    await ring.test(`lamina inspect ${what}: ${name}`, async () => {
      const { images, warnings } = await inspect(image(path));
      assert.equal(images.length, 1, "one image");
      if (claims === "nothing") images[0].layers.forEach(({ verdict }) => assert.equal(verdict.digest, "absent"));
      else mustBeProved(images[0]);
      assert.deepEqual(warnings, [], "nothing to warn of in the archive");
    });
  }

  for (const { name, path } of WRITERS.slice(0, 2)) {
    await ring.test(`lamina ls - reads standard input: ${name}`, async () => {
      mustEqual(await ls("-", { from: image(path) }), reference());
    });
  }

  for (const { name, path, n, repository } of SEVERAL) {
    await ring.test(`several images in one archive, chosen by --ref: ${name}`, async () => {
      const file = image(path);
      const { images } = await inspect(file);
      assert.equal(images.length, n, "the number of images");
      mustEqual(await ls(file, { options: ["--ref", `${repository}:1.0`] }), reference());
      mustEqual(await ls(file, { options: ["--ref", `${repository}:built`] }), reference("app/built.jsonl"));
    });
  }

  for (const { name, path } of FLAT) {
    await ring.test(`a flat root file system as one layer: ${name}`, async () => {
      mustEqual(await ls(image(path)), readListing(image("app/flat.jsonl")));
    });
  }
  await ring.test("a flat root file system as one layer: docker export, Docker's init layer and all", async () => {
    mustEqual(await ls(image("app/export.tar")), readListing(image("app/export.jsonl")));
  });

  await ring.test("LS-47 an image without layers has an empty file system, and is no failure", async () => {
    const file = image("copies/umoci-empty.oci.tar");
    assert.equal((await askFor(0, ["ls", file])).stdout, "");
    assert.equal((await inspect(file)).images[0].author, "Ada <ada@example.com>");
  });

  await ring.test("LS-08 an opaque directory by umoci hides what was below", async () => {
    mustEqual(await ls(image("copies/umoci-opaque.oci.tar")), withInitPathsOf(readListing(image("copies/umoci-opaque.jsonl"))));
  });
}

// For the image with the opaque directory, what Docker's init layer replaces is as in the image that it was made from.
function withInitPathsOf(exported) {
  const rows = new Map(exported);
  const unpacked = readListing(image("copies/umoci.jsonl"));
  const fromImage = reference();
  for (const key of readListing(image("app/export.jsonl")).keys()) {
    if (!fromImage.has(key)) rows.delete(key);
    else if (rows.has(key) && key.startsWith("etc/")) rows.set(key, unpacked.get(key));
  }
  return rows;
}

export async function testWhatAnImageSays(ring) {
  await ring.test("docker commit's author and message are told, with the commit's own layer", async () => {
    const facts = json("app/facts.json");
    const { images } = await inspect(image("app/app.docker.tar"));
    const [found] = images;
    assert.deepEqual(found.tags, [facts.name]);
    assert.equal(found.image_id, facts.image_id);
    assert.equal(found.author, facts.author);
    assert.equal(found.comment, facts.message);
    assert.equal(found.created, facts.created);
    assert.deepEqual(found.layers.map((layer) => layer.diff_id), facts.diff_ids);
    const last = found.history.at(-1);
    assert.equal(last.author, facts.author);
    assert.equal(last.comment, facts.message);
    assert.equal(last.layer, facts.diff_ids.length - 1);
  });

  await ring.test("LS-43 a layer's own changes are those of docker diff", async () => {
    const top = json("app/facts.json").diff_ids.length - 1;
    const { stdout } = await askFor(0, ["ls", "--layer", String(top), image("app/app.docker.tar")]);
    const change = { added: "A", changed: "C", deleted: "D" };
    const own = stdout.trim().split("\n").map((line) => JSON.parse(line)).map((row) => `${change[row.change]} /${row.path}`);
    const docker = readFileSync(image("app/diff.txt"), "utf8").trim().split("\n");
    assert.deepEqual(own.sort(), docker.sort());
  });

  await ring.test("the union up to the layer before the commit is the image before it", async () => {
    const top = json("app/facts.json").diff_ids.length - 1;
    const rows = await ls(image("app/app.docker.tar"), { options: ["--upto", String(top - 1)] });
    mustEqual(rows, reference("app/built.jsonl"));
  });

  await ring.test("--full tells times, hashes, links, attributes and device numbers", async () => {
    const rows = await ls(image("app/app.docker.tar"), { options: ["--full"] });
    const greeting = rows.get("etc/greeting");
    assert.equal(greeting.sha256, createHash("sha256").update("hello, world\n").digest("hex"));
    assert.equal(typeof greeting.mtime, "number");
    assert.equal(rows.get("dev/lamina-null").dev, "1:3");
    assert.equal(rows.get("dev/lamina-disk").dev, "7:200");
    assert.ok(rows.get("usr/bin/cat").links.includes("usr/bin/busybox"), "the names of one content");
    const base = await ls(image("app/app.docker.tar"), { options: ["--full", "--upto", "0"] });
    for (const [path, name] of Object.entries(json("app/facts.json").xattrs_of_base)) {
      assert.ok(base.get(path).xattrs?.some((attribute) => attribute.name === name), `${path} has ${name}`);
    }
  });

  await ring.test("every answer is the same twice", async () => {
    const args = ["ls", "--full", image("app/app.docker.tar")];
    const [one, two] = [await ask(args), await ask(args)];
    assert.equal(one.stdout, two.stdout);
  });
}
