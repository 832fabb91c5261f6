// syft, the reference for lists of packages: `scripts/setup-peers` puts it into .tools.

import { fileURLToPath } from "node:url";

import { find, must } from "./commands.mjs";
import { skip } from "./ring.mjs";

const pinned = fileURLToPath(new URL("../../../.tools/peers/bin/syft", import.meta.url));

/** The packages that syft finds in an archive of `docker save`: `{ name, version, type, purl }` each. */
export async function syftPackages(archive) {
  const syft = find(pinned) ?? skip("no syft in .tools (scripts/setup-peers)");
  const env = { SYFT_CHECK_FOR_APP_UPDATE: "false" };
  const told = await must(syft, ["scan", "--quiet", "--output", "json", `docker-archive:${archive}`], { env });
  return JSON.parse(told).artifacts.map(({ name, version, type, purl }) => ({ name, version, type, purl }));
}
