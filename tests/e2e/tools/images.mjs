// The images that images/make.sh made: which archives there are, and what each has to show.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { find, run } from "./commands.mjs";
import { readListing, referenceListing } from "./listing.mjs";
import { skip } from "./ring.mjs";

const project = fileURLToPath(new URL("../../../", import.meta.url));
export const folder = join(project, "target", "e2e-images");
const make = fileURLToPath(new URL("../images/make.sh", import.meta.url));

/** Makes one part, as root where that takes sudo. What cannot be made here is named as skipped, archive by archive. */
export async function makePart(ring, part) {
  const root = process.getuid?.() === 0;
  const sudo = !root && find("sudo");
  const able = sudo && (await run(sudo, ["-n", "true"])).status === 0;
  const [command, args] = able ? [sudo, ["-n", "env", `PATH=${process.env.PATH}`, make]] : [make, []];
  const { status, stdout, stderr } = await run(command, [...args, folder, part]);
  if (status !== 0) throw new Error(`images/make.sh ${part} ended with ${status}:\n${stdout}${stderr}`);
  const lines = stdout.split("\n").filter(Boolean);
  const skipped = lines.map((line) => /^skipped: (.*?): (.*)$/.exec(line)).filter(Boolean);
  if (skipped.length && !existsSync(join(folder, part, "stamp"))) skip(skipped[0][2]);
  for (const line of lines.filter((line) => !line.startsWith("skipped: "))) console.log(`    ${line}`);
  for (const [, name, reason] of skipped) ring.skip(name, reason);
}

/** The path of a made file; the running test is skipped when it could not be made here. */
export function image(path) {
  const file = join(folder, path);
  if (!existsSync(file)) skip(`'${path}' could not be made on this machine`);
  return file;
}

export const json = (path) => JSON.parse(readFileSync(image(path), "utf8"));

/** The reference of the test image, or of another part that has both listings. */
export function reference(exported = "app/export.jsonl", unpacked = "copies/umoci.jsonl") {
  return referenceListing(readListing(image(exported)), readListing(image(unpacked)));
}

/** The test image as each writer wrote it: all must give the same listing. The oldest form states no digests. */
export const WRITERS = [
  { name: "docker save", path: "app/app.docker.tar" },
  { name: "docker save | gzip", path: "app/app.docker.tar.gz" },
  { name: "docker save | zstd", path: "app/app.docker.tar.zst" },
  { name: "docker save | xz", path: "app/app.docker.tar.xz" },
  { name: "docker save | bzip2", path: "app/app.docker.tar.bz2" },
  { name: "Docker's oldest form, without manifest.json", path: "copies/oldest.docker.tar", claims: "nothing" },
  { name: "skopeo docker-archive", path: "copies/skopeo.docker.tar" },
  { name: "skopeo OCI archive, gzip layers", path: "copies/skopeo-gzip.oci.tar" },
  { name: "skopeo OCI archive, zstd layers", path: "copies/skopeo-zstd.oci.tar" },
  { name: "skopeo OCI archive, plain layers", path: "copies/skopeo-plain.oci.tar" },
  { name: "podman docker-archive", path: "copies/podman.docker.tar" },
  { name: "podman oci-archive", path: "copies/podman.oci.tar" },
  { name: "umoci, which packed the last layer itself", path: "copies/umoci.oci.tar" },
];

/** The same as folders. */
export const LAYOUTS = [
  { name: "skopeo OCI layout folder, gzip layers", path: "copies/skopeo-gzip" },
  { name: "skopeo OCI layout folder, zstd layers", path: "copies/skopeo-zstd" },
];

/** Archives of several images: how many, and by which name the test image and the one before its commit go in them. */
export const SEVERAL = [
  { name: "docker save of three images", path: "app/several.docker.tar", n: 3, repository: "lamina-e2e/app" },
  { name: "podman save --multi-image-archive", path: "copies/podman-several.docker.tar", n: 2, repository: "localhost/lamina-e2e/app" },
];

/** Root file systems that GNU tar packed flat, holes kept. */
export const FLAT = [
  { name: "GNU tar, old sparse format", path: "app/flat.gnu.tar" },
  { name: "GNU tar, PAX sparse format 0.1", path: "app/flat.pax-0.1.tar" },
  { name: "GNU tar, PAX sparse format 1.0, gzip", path: "app/flat.pax-1.0.tar.gz" },
];

/** What is no image, and must be refused with a reason. */
export const NOT_IMAGES = [
  { name: "a letter", path: "damaged/letter.txt" },
  { name: "an empty file", path: "damaged/empty.tar" },
  { name: "a zip", path: "damaged/letter.zip" },
  { name: "letters without end", path: "damaged/letters.bin" },
];
