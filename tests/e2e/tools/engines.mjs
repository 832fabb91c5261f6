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

/**
 * A Docker engine without a network, and its client: `docker(...arguments)` gives what it prints. `env` leads other
 * clients to it.
 */
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
    env: { DOCKER_HOST: host },
    stop: () => server.stop().then(clear),
  };
}

/** podman's service at a socket, and its client, as `startDocker` gives them. */
export async function startPodman() {
  mustBeRoot("podman");
  const command = find("podman") ?? skip("no podman on PATH (Debian: apt-get install podman)");
  const folder = await scratch();
  await mkdir(join(folder, ".config/containers"), { recursive: true });
  await writeFile(join(folder, ".config/containers/policy.json"), '{"default": [{"type": "insecureAcceptAnything"}]}');
  const options = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--tmpdir", join(folder, "tmp"), "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "none"];
  const socket = `unix://${folder}/podman.sock`;
  const env = { HOME: folder, XDG_CONFIG_HOME: join(folder, ".config"), DOCKER_HOST: undefined, CONTAINER_HOST: undefined };
  // At this level it says when it listens.
  const server = await start(command, [...options, "--log-level", "info", "system", "service", "--time", "0", socket], { ready: /API service listening/, env, seconds: 60 });
  return {
    docker: (...args) => must(command, [...options, "--log-level", "error", ...args], { env }),
    env: { CONTAINER_HOST: socket },
    stop: async () => {
      await server.stop();
      // What podman mounted for its own use goes with its folder.
      await run("umount", ["-l", join(folder, "root", "vfs")]).catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** containerd at a socket of its own, and its client in a namespace: `ctr(...arguments)` gives what it prints. */
export async function startContainerd(namespace) {
  const daemon = find("containerd") ?? skip("no containerd on PATH");
  const client = find("ctr") ?? skip("no ctr on PATH");
  mustBeRoot("containerd");
  const folder = await scratch();
  const socket = join(folder, "c.sock");
  const config = join(folder, "config.toml");
  await writeFile(config, `version = 2\nroot = "${folder}/root"\nstate = "${folder}/state"\n[grpc]\n  address = "${socket}"\n[plugins."io.containerd.internal.v1.opt"]\n  path = "${folder}/opt"\n`);
  const server = await start(daemon, ["--config", config], { ready: /containerd successfully booted/, seconds: 30 });
  const options = ["--address", socket, "--namespace", namespace];
  return {
    ctr: (...args) => must(client, [...options, ...args]),
    tries: (...args) => run(client, [...options, ...args]),
    version: (await must(daemon, ["--version"])).trim().split(" ").slice(0, 3).join(" "),
    env: { CONTAINERD_ADDRESS: socket },
    stop: () => server.stop().then(() => rm(folder, { recursive: true, force: true })),
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
