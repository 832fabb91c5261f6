// Real nginx and Caddy by the recipes of deploy/, in front of a real registry: what a recipe marks as YOURS is put in.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { closedPort, find, must, start } from "./commands.mjs";
import { skip } from "./ring.mjs";

const recipe = (name) => readFile(fileURLToPath(new URL(`../../../deploy/${name}`, import.meta.url)), "utf8");

/** Replaces text that must be there. */
function put(text, changes) {
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`the recipe does not say ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** Runs a server of which `write(folder)` has written the configuration and gives command and arguments. */
async function serve(port, write) {
  const folder = await mkdtemp(join(tmpdir(), "lamina-deployed-"));
  const clear = () => rm(folder, { recursive: true, force: true });
  try {
    const { command, args, env, ready } = await write(folder);
    const server = await start(command, args, { ready, env: { ...env, HOME: folder } });
    return { host: `127.0.0.1:${port}`, stop: () => server.stop().then(clear) };
  } catch (problem) {
    await clear();
    throw problem;
  }
}

/**
 * nginx with a server of deploy/nginx, adapted by `changes`; `http` names recipes that go beside it, `server` those beside
 * `location /v2/`, `location` those into it.
 */
export async function startNginx({ listens, name, changes, http = [], server = [], location = [], files = {} }) {
  const nginx = find("nginx", "/usr/sbin/nginx");
  if (!nginx) skip("no nginx found (Debian: apt-get install nginx-light)");
  const port = await closedPort();
  const texts = async (names) => (await Promise.all(names.map((name) => recipe(`nginx/${name}`)))).join("\n");
  const block = "location /v2/ {";
  const whole = put(await recipe(`nginx/${name}`), [[block, `${await texts(server)}\n${block}\n${await texts(location)}`]]);
  const text = put(`${await texts(http)}\n${whole}`, [[`listen ${listens};`, `listen 127.0.0.1:${port};`], ...changes]);
  return serveNginx(nginx, port, text, files);
}

/** Runs nginx with this text in its http block, in which HERE stands for a folder with these files. */
const serveNginx = (nginx, port, text, files = {}) =>
  serve(port, async (folder) => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
    // Its workers have to read the files of whoever runs the tests.
    const user = process.getuid?.() === 0 ? "user root;" : "";
    await writeFile(join(folder, "nginx.conf"), `${user}\ndaemon off;\npid ${folder}/pid;\nevents {}\nhttp {\naccess_log off;\n${temporary.join("\n")}\n${text.replaceAll("HERE", folder)}\n}\n`);
    return { command: nginx, args: ["-c", join(folder, "nginx.conf"), "-p", folder, "-e", "stderr", "-g", "error_log stderr notice;"], ready: /start worker processes/ };
  });

/** nginx as Containerfile's image runs it: its entry point has put the environment's values into container.conf. */
export async function startContainerNginx({ registry, page }) {
  const nginx = find("nginx", "/usr/sbin/nginx");
  if (!nginx) skip("no nginx found (Debian: apt-get install nginx-light)");
  const port = await closedPort();
  const text = put(await recipe("nginx/container.conf"), [["listen 8080;", `listen 127.0.0.1:${port};`], ["${REGISTRY}", registry], ["${NGINX_LOCAL_RESOLVERS}", "127.0.0.1"], [PAGE, page]]);
  return serveNginx(nginx, port, text);
}

/** Caddy with a file of deploy/caddy. */
export async function startCaddy({ listens, name, changes }) {
  const caddy = find("caddy");
  if (!caddy) skip("no caddy found (Debian: apt-get install caddy)");
  const port = await closedPort();
  const text = put(await recipe(`caddy/${name}`), [[`http://${listens}`, `http://127.0.0.1:${port}`], ...changes]);
  return serve(port, async (folder) => {
    await writeFile(join(folder, "Caddyfile"), `{\n\tadmin off\n}\n${text}`);
    return { command: caddy, args: ["run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")], ready: /serving initial configuration/, env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder } };
  });
}

/** What the recipe says of the files of a folder, so that a test can put other ones in. */
export const PAGE = "/usr/share/lamina";

/** Builds deploy/Containerfile's image by buildah, from nothing in place of nginx; gives its archive and the way to remove it. */
export async function buildContainer() {
  const buildah = find("buildah");
  if (!buildah) skip("no buildah found (Debian: apt-get install buildah)");
  if (process.getuid?.() !== 0) skip("buildah without root needs a user namespace");
  const project = fileURLToPath(new URL("../../../", import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), "lamina-containerfile-"));
  const clear = () => rm(folder, { recursive: true, force: true });
  try {
    const storage = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
    const archive = join(folder, "page.tar");
    await must(buildah, [...storage, "build", "--isolation", "chroot", "--build-arg", "BASE=scratch", "-f", join(project, "deploy/Containerfile"), "-t", "lamina-page", project]);
    await must(buildah, [...storage, "push", "lamina-page", `oci-archive:${archive}`]);
    return { archive, clear };
  } catch (problem) {
    await clear();
    throw problem;
  }
}
