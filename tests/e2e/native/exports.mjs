// `lamina export`: what it writes is taken by every engine and tool, as the image that it was.

import assert from "node:assert/strict";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { dockerLoad, podmanLoad, scratch, skopeoInspect, startDocker, umociUnpack } from "../tools/engines.mjs";
import { image, reference } from "../tools/images.mjs";
import { askFor, inspect, ls } from "../tools/lamina.mjs";
import { mustEqual } from "../tools/listing.mjs";

const SOURCES = [
  { name: "docker save", path: "app/app.docker.tar" },
  { name: "gzip layers in an OCI archive", path: "copies/skopeo-gzip.oci.tar" },
  { name: "zstd layers in an OCI archive", path: "copies/skopeo-zstd.oci.tar", isZstd: true },
  { name: "podman's OCI archive", path: "copies/podman.oci.tar" },
];

export async function testExports(ring) {
  const folder = await scratch();
  const written = (at, kind) => join(folder, `${at}.${kind}.tar`);
  let engine;
  try {
    for (const [at, { name, path, isZstd }] of SOURCES.entries()) {
      const original = async () => (await inspect(image(path))).images[0];
      const write = async (kind, ...options) => {
        const file = written(at, kind);
        await askFor(0, ["export", ...options, "-o", file, image(path)]);
        return file;
      };
      const docker = () => write("docker", "--tag", `lamina-e2e/exported:${at}`, "--tag", `localhost:5000/again:${at}`);
      const oci = () => write("oci", "--format", "oci-archive", "--tag", `lamina-e2e/exported:${at}`);

      await ring.test(`EX-10 an exported archive has the same files, image ID and diff_ids: ${name}`, async () => {
        const { image_id, layers } = await original();
        for (const file of [await docker(), await oci()]) {
          mustEqual(await ls(file), reference());
          const again = (await inspect(file)).images[0];
          assert.equal(again.image_id, image_id);
          assert.deepEqual(again.layers.map((layer) => layer.diff_id), layers.map((layer) => layer.diff_id));
        }
      });

      await ring.test(`EX-08 docker load prints the names, and the image ID is unchanged: ${name}`, async () => {
        engine ??= await startDocker();
        const { names, ids } = await dockerLoad(engine.docker, await docker());
        assert.deepEqual(names.sort(), [`lamina-e2e/exported:${at}`, `localhost:5000/again:${at}`]);
        const { image_id } = await original();
        assert.deepEqual([...new Set(ids)], [image_id]);
        const container = (await engine.docker("create", names[0], "/bin/true")).trim();
        await engine.docker("export", "--output", written(at, "engine"), container);
        await engine.docker("rm", container);
        const [ours, engines] = [await ls(await write("rootfs", "--format", "rootfs")), await ls(written(at, "engine"))];
        // Docker adds its own files to a container.
        const own = new Set([".dockerenv", "dev", "dev/console", "dev/pts", "dev/shm", "etc", "etc/hostname", "etc/hosts", "etc/mtab", "etc/resolv.conf", "proc", "sys"]);
        const rest = (rows) => new Map([...rows].filter(([key]) => !own.has(key)));
        mustEqual(rest(ours), rest(engines));
      }, { seconds: 240 });

      await ring.test(`EX-08 podman load takes the docker-archive: ${name}`, async () => {
        const { names, ids } = await podmanLoad(await docker());
        assert.ok(names.some((loaded) => loaded.endsWith(`lamina-e2e/exported:${at}`)), names.join());
        assert.deepEqual(ids, [(await original()).image_id]);
      }, { seconds: 240 });

      await ring.test(`EX-09 podman load takes the OCI archive: ${name}`, async () => {
        const { names, ids } = await podmanLoad(await oci());
        assert.ok(names.some((loaded) => loaded.endsWith(`lamina-e2e/exported:${at}`)), names.join());
        assert.deepEqual(ids, [(await original()).image_id]);
      }, { seconds: 240 });

      await ring.test(`EX-10 skopeo reads both archives, and the same config: ${name}`, async () => {
        const { config } = await original();
        for (const place of [`docker-archive:${await docker()}:lamina-e2e/exported:${at}`, `oci-archive:${await oci()}:${at}`]) {
          const read = await skopeoInspect(place);
          assert.deepEqual(read.rootfs, config.rootfs);
          assert.equal(read.history.length, config.history.length);
        }
      });

      // umoci 0.4 reads no zstd; a layer's bytes are never changed for an OCI archive.
      if (!isZstd) {
        await ring.test(`EX-10 umoci unpacks the OCI archive: ${name}`, async () => {
          const { rootfs, done } = await umociUnpack(await oci(), String(at));
          try {
            const expected = [...reference().keys()].filter((path) => !path.includes("/"));
            assert.deepEqual((await readdir(rootfs)).sort(), expected.sort());
          } finally {
            await done();
          }
        });
      }

      await ring.test(`the root file system as tar has the same listing: ${name}`, async () => {
        mustEqual(await ls(await write("rootfs", "--format", "rootfs")), await ls(image(path)));
      });
    }
  } finally {
    await engine?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
