// The page as `lamina serve` and `lamina open` serve it: the program is started, and its page opened by the address that it
// prints.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { start } from "../tools/commands.mjs";
import { lamina as command } from "../tools/lamina.mjs";
import { skip } from "../tools/ring.mjs";
import { Pages } from "./chromium.mjs";

/**
 * A ring test on such a page. `engine` starts an engine of this machine, which the program finds by its `env`; without it
 * none is found. `config` is docker's configuration of the one who runs the program.
 */
export function servedPages(ring, { browser, dist }) {
  return (name, args, body, { config = {}, engine, seconds = 120, ...options } = {}) =>
    ring.test(name, async () => {
      if (!command()) skip("the command is not built: cargo build");
      const started = await engine?.();
      const home = await mkdtemp(join(tmpdir(), "lamina-serve-"));
      await writeFile(join(home, "config.json"), JSON.stringify(config));
      const none = { DOCKER_HOST: `unix://${home}/none.sock`, CONTAINER_HOST: "", CONTAINERD_ADDRESS: join(home, "none.sock") };
      const env = { HOME: home, DOCKER_CONFIG: home, XDG_CONFIG_HOME: home, XDG_RUNTIME_DIR: home, REGISTRY_AUTH_FILE: "", ...none, ...started?.env };
      let said = "";
      let program;
      try {
        program = await start(command(), [...args, "--page", dist], { env, hear: (chunk) => (said += chunk), ready: /(http:\/\/127\.0\.0\.1:\d+\/)(#lamina-token=\w+)/ });
        const [, origin, token] = program.match;
        // A page that asks anybody but its own server fails the test.
        await new Pages(browser, origin).use((lamina, page, context) => body({ lamina, page, context, origin, token, engine: started, said: () => said }), { name, open: token, ...options });
      } finally {
        await program?.stop();
        await started?.stop();
        await rm(home, { recursive: true, force: true });
      }
    }, { seconds });
}
