// Serves the built page and runs everything that needs a browser.

import { fileURLToPath } from "node:url";

import { start } from "../tools/commands.mjs";
import { launchChromium, Pages, pageTest } from "./chromium.mjs";
import { testAddressBar } from "./address-bar.mjs";
import { testArtifact } from "./artifact.mjs";
import { testContainer } from "./container.mjs";
import { testDebianInThePage } from "./debian.mjs";
import { testFirefox } from "./firefox.mjs";
import { testExporting } from "./exporting.mjs";
import { testDeaths } from "./deaths.mjs";
import { testHostile } from "./hostile.mjs";
import { testKeyboard } from "./keyboard.mjs";
import { testLimits } from "./limits.mjs";
import { testOpening } from "./opening.mjs";
import { testPaths } from "./paths.mjs";
import { testPolicy } from "./policy.mjs";
import { testProblems } from "./problems.mjs";
import { testReaders } from "./readers.mjs";
import { testPush } from "./push.mjs";
import { testRegistryInThePage } from "./registry.mjs";
import { testReplacing } from "./replacing.mjs";
import { testSample } from "./sample.mjs";
import { testSpace } from "./space.mjs";
import { testStates } from "./states.mjs";
import { testStore } from "./store.mjs";
import { testStreaming } from "./streaming.mjs";
import { testTocs } from "./tocs.mjs";

const serve = fileURLToPath(new URL("../../../scripts/serve.mjs", import.meta.url));

export async function testBrowsers(ring, { dist, registry, wants }) {
  const server = await start(process.execPath, [serve, dist, "0"], { ready: /(http:\/\/127\.0\.0\.1:\d+\/)/ });
  const origin = server.match[1];
  try {
    if (wants("chromium") || wants("shots")) await inChromium(ring, { origin, registry, wants });
    if (wants("firefox")) await testFirefox(ring, { origin });
  } finally {
    await server.stop();
  }
}

async function inChromium(ring, { origin, registry, wants }) {
  const browser = await launchChromium();
  if (!browser) {
    ring.skip("the page in Chromium", "no Chromium found (Debian: apt-get install chromium)");
    return;
  }
  try {
    const test = pageTest(ring, new Pages(browser, origin));
    if (wants("chromium")) {
      await testOpening(test);
      await testPaths(test);
      await testArtifact(test);
      await testExporting(test);
      await testContainer(test);
      await testSample(test);
      await testSpace(test);
      await testProblems(test, registry);
      await testReplacing(test, registry);
      await testPolicy(test, origin);
      await testHostile(test);
      await testLimits(test);
      await testReaders(test);
      await testDeaths(test);
      if (registry) {
        await testRegistryInThePage(test, registry);
        await testStore(test, registry);
        await testTocs(test, registry);
        await testAddressBar(test, registry);
        await testKeyboard(test, registry);
        await testPush(test, registry);
      }
      await testDebianInThePage(test, registry);
      await testStreaming(test);
    }
    if (wants("chromium") || wants("shots")) await testStates(test, registry, { takesPictures: wants("shots") });
  } finally {
    await browser.close();
  }
}
