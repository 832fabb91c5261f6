// The engines and tools that take archives: a Docker engine of our own, podman, skopeo, umoci, each in folders of its own.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { find, must, run, start } from "./commands.mjs";
import { skip } from "./ring.mjs";

/** A folder for one test's archives, with a short path, since sockets lie in it. */
export const scratch = () => mkdtemp(join(tmpdir(), "lamina-load-"));

function mustBeRoot(what) {
  if (process.getuid?.() !== 0) skip(`${what} needs root`);
}

/** A Docker engine without a network, and its client: `docker(...arguments)` gives what it prints. */
export async function startDocker() {
  mustBeRoot("a Docker engine of our own");
  const engine = find("dockerd");
  // The engine's own client, if there is one: a newer one on PATH may refuse an old engine.
  const client = find("/usr/bin/docker", "docker");
  if (!engine || !client) skip("no dockerd or docker on PATH (Debian: apt-get install docker.io)");
  const folder = await scratch();
  const host = `unix://${folder}/docker.sock`;
  const options = ["--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=vfs", `--data-root=${folder}/data`, `--exec-root=${folder}/exec`, `--pidfile=${folder}/docker.pid`, `--host=${host}`];
  const clear = () => rm(folder, { recursive: true, force: true });
  let server;
  try {
    server = await start(engine, options, { ready: /API listen on/, seconds: 60 });
  } catch (problem) {
    await clear();
    skip(`dockerd does not start here: ${problem.message.slice(-200)}`);
  }
  const env = { DOCKER_HOST: host, DOCKER_CONFIG: join(folder, "config"), DOCKER_CONTEXT: undefined };
  return {
    docker: (...args) => must(client, args, { env }),
    stop: () => server.stop().then(clear),
  };
}

/** What `docker load` makes of an archive: the names it prints, and the image's ID. */
export async function dockerLoad(docker, file) {
  const printed = await docker("load", "--input", file);
  const names = [...printed.matchAll(/^Loaded image(?: ID)?: (.*)$/gm)].map(([, name]) => name);
  const ids = await Promise.all(names.map((name) => docker("image", "inspect", "--format", "{{.Id}}", name)));
  return { names, ids: ids.map((id) => id.trim()) };
}

/** What `podman load` makes of an archive: the names it prints, and the IDs of all its images. */
export async function podmanLoad(file) {
  mustBeRoot("podman");
  const command = find("podman") ?? skip("no podman on PATH (Debian: apt-get install podman)");
  const folder = await scratch();
  try {
    const policy = join(folder, "policy.json");
    await writeFile(policy, '{"default": [{"type": "insecureAcceptAnything"}]}');
    const podman = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--tmpdir", join(folder, "tmp"), "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "none", "--log-level", "error"];
    const printed = await must(command, [...podman, "load", "--quiet", "--signature-policy", policy, "--input", file]);
    const ids = await must(command, [...podman, "images", "--no-trunc", "--format", "{{.ID}}"]);
    const names = [...printed.matchAll(/^Loaded image(?:\(s\))?: (.*)$/gm)].flatMap(([, list]) => list.split(","));
    return { names, ids: [...new Set(ids.split("\n").filter(Boolean))] };
  } finally {
    // What podman mounted for its own use goes with its folder.
    await run("umount", ["-l", join(folder, "root", "vfs")]).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }
}

/** What `skopeo inspect` says of an image, by transport: `docker-archive:FILE`, `oci-archive:FILE:TAG`. */
export async function skopeoInspect(place) {
  const command = find("skopeo") ?? skip("no skopeo on PATH (Debian: apt-get install skopeo)");
  return JSON.parse(await must(command, ["inspect", "--config", place]));
}

/** The root file system that `umoci unpack` makes of an OCI archive, as the folder it is in; call `done` afterwards. */
export async function umociUnpack(file, tag) {
  mustBeRoot("umoci, for owners and devices,");
  const command = find("umoci") ?? skip("no umoci on PATH (Debian: apt-get install umoci)");
  const folder = await scratch();
  const layout = join(folder, "layout");
  await mkdir(layout);
  await must("tar", ["-xf", file, "-C", layout]);
  await must(command, ["unpack", "--image", `${layout}:${tag}`, join(folder, "bundle")]);
  return { rootfs: join(folder, "bundle", "rootfs"), done: () => rm(folder, { recursive: true, force: true }) };
}
