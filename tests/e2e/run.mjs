// The end-to-end ring: real images, a real registry, real browsers. node tests/e2e/run.mjs [PART...] [--only WORD...]
//
// Parts: images native chromium firefox shots; without any, all. --only runs the tests whose names hold all the words.
// Prints one line a test, `skipped: NAME: reason` for what this machine cannot do, and a closing line; exit 1 when a
// test failed. Takes the built page in dist/ and the command in target/release or target/debug (LAMINA names another).

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { makePart } from "./tools/images.mjs";
import { lamina } from "./tools/lamina.mjs";
import { fill, startRegistry } from "./tools/registry.mjs";
import { Ring } from "./tools/ring.mjs";
import { testArchives, testWhatAnImageSays } from "./native/archives.mjs";
import { testCertificates } from "./native/certificates.mjs";
import { testCommits } from "./native/commits.mjs";
import { testDamaged } from "./native/damaged.mjs";
import { testDebian } from "./native/debian.mjs";
import { testEngines } from "./native/engines.mjs";
import { testHeavy } from "./native/heavy.mjs";
import { testDockerfiles } from "./native/dockerfiles.mjs";
import { testLanguages } from "./native/languages.mjs";
import { testPackages } from "./native/packages.mjs";
import { testNativePush } from "./native/push.mjs";
import { testSbom } from "./native/sbom.mjs";
import { testExports } from "./native/exports.mjs";
import { testNativeRegistry } from "./native/registry.mjs";

const project = fileURLToPath(new URL("../../", import.meta.url));
const known = ["images", "native", "chromium", "firefox", "shots"];
const asked = process.argv.slice(2);
const at = asked.includes("--only") ? asked.indexOf("--only") : asked.length;
const parts = asked.slice(0, at);
const only = asked.slice(at + 1);
const unknown = parts.filter((part) => !known.includes(part));
if (unknown.length) {
  console.error(`there is no part '${unknown[0]}'; parts: ${known.join(" ")}`);
  process.exit(2);
}
const wants = (part) => parts.length === 0 || parts.includes(part);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

const ring = new Ring(only);

async function images() {
  for (const part of ["app", "copies", "damaged", "debian", "dockerfiles"]) {
    await ring.test(`images by real tools are made or kept: ${part}`, () => makePart(ring, part), { seconds: 1800 });
  }
}

async function native(registry) {
  if (!lamina()) {
    await ring.test("the command lamina is built", () => {
      throw new Error("neither target/release/lamina nor target/debug/lamina is there: cargo build");
    });
    return;
  }
  await testArchives(ring);
  await testWhatAnImageSays(ring);
  await testDamaged(ring);
  await testHeavy(ring);
  await testCertificates(ring);
  await testEngines(ring);
  await testExports(ring);
  await testCommits(ring);
  if (registry) await testNativeRegistry(ring, registry);
  if (registry) await testNativePush(ring, registry);
  await testDebian(ring);
  await testPackages(ring);
  await testLanguages(ring);
  await testSbom(ring);
  await testDockerfiles(ring);
}

async function browsers(registry) {
  const dist = join(project, "dist");
  if (!existsSync(join(dist, "index.html"))) {
    await ring.test("the page is built", () => {
      throw new Error("dist/index.html is missing: scripts/build-page");
    });
    return;
  }
  const { testBrowsers } = await import("./browser/all.mjs");
  await testBrowsers(ring, { dist, registry, wants });
}

/** The registry with the images in it; undefined, and named as skipped or failed, when it cannot be had. */
async function registryWithImages() {
  let registry;
  const name = "a distribution registry serves what skopeo pushed";
  const forced = new Ring();
  await forced.test(name, async () => {
    registry = await startRegistry();
    await fill(registry);
  });
  ring.passed += forced.passed;
  ring.skipped += forced.skipped;
  ring.failed.push(...forced.failed);
  if (forced.passed) return registry;
  await registry?.stop();
  return undefined;
}

const start = performance.now();
if (wants("images")) await images();
let registry;
try {
  if (parts.length === 0 || parts.some((part) => part !== "images")) registry = await registryWithImages();
  if (wants("native")) await native(registry);
  if (["chromium", "firefox", "shots"].some(wants)) await browsers(registry);
} finally {
  await registry?.stop();
}
await rm(join(project, "target", "e2e-images", "work"), { recursive: true, force: true });
console.log(`took ${((performance.now() - start) / 1000).toFixed(0)} s`);
process.exit(ring.close() ? 0 : 1);
