// Serves the built page and runs everything that needs a browser.

import { fileURLToPath } from "node:url";

import { start } from "../tools/commands.mjs";
import { launchChromium, Pages, pageTest } from "./chromium.mjs";
import { testAddressBar } from "./address-bar.mjs";
import { testArtifact } from "./artifact.mjs";
import { testBox } from "./box.mjs";
import { testContainer } from "./container.mjs";
import { testDebianInThePage } from "./debian.mjs";
import { testEnginesInThePage } from "./engines.mjs";
import { testFindings } from "./findings.mjs";
import { testFirefox } from "./firefox.mjs";
import { testDeploy } from "./deploy.mjs";
import { testExporting } from "./exporting.mjs";
import { testExtension } from "./extension.mjs";
import { testGuide } from "./guide.mjs";
import { testDeaths, testHangs } from "./deaths.mjs";
import { testHostile } from "./hostile.mjs";
import { testKeyboard } from "./keyboard.mjs";
import { testLimits } from "./limits.mjs";
import { testLogin } from "./login.mjs";
import { testMoving } from "./moving.mjs";
import { testOpening } from "./opening.mjs";
import { testOverview } from "./overview.mjs";
import { testPackagesInThePage } from "./packages.mjs";
import { testParts } from "./parts.mjs";
import { testPaths } from "./paths.mjs";
import { testPolicy } from "./policy.mjs";
import { testProblems } from "./problems.mjs";
import { testReaders } from "./readers.mjs";
import { testProfiles } from "./profiles.mjs";
import { testPush } from "./push.mjs";
import { testRegistryInThePage } from "./registry.mjs";
import { testReplacing } from "./replacing.mjs";
import { testSample } from "./sample.mjs";
import { testServe } from "./serve.mjs";
import { testServers } from "./servers.mjs";
import { testSpace } from "./space.mjs";
import { testDockerfile } from "./dockerfile.mjs";
import { testSystem } from "./system.mjs";
import { testSpoiling } from "./spoiling.mjs";
import { testStates } from "./states.mjs";
import { testStore } from "./store.mjs";
import { testTocs } from "./tocs.mjs";
import { testTold } from "./told.mjs";

const serve = fileURLToPath(new URL("../../../scripts/serve.mjs", import.meta.url));

export async function testBrowsers(ring, { dist, registry, wants }) {
  const server = await start(process.execPath, [serve, dist, "0"], { ready: /(http:\/\/127\.0\.0\.1:\d+\/)/ });
  const origin = server.match[1];
  try {
    if (wants("chromium") || wants("shots")) await inChromium(ring, { origin, registry, wants, dist });
    if (wants("firefox")) await testFirefox(ring, { origin });
  } finally {
    await server.stop();
  }
}

async function inChromium(ring, { origin, registry, wants, dist }) {
  const browser = await launchChromium();
  if (!browser) {
    ring.skip("the page in Chromium", "no Chromium found (Debian: apt-get install chromium)");
    return;
  }
  try {
    const test = pageTest(ring, new Pages(browser, origin));
    const states = () => testStates(test, registry, { takesPictures: wants("shots") });
    if (!wants("chromium")) {
      await states();
      return;
    }
    await sideBySide(
      [
        () => testOpening(test),
        () => testOverview(test),
        () => testParts(test),
        () => testPaths(test),
        () => testMoving(test),
        () => testBox(test),
        () => testArtifact(test),
        () => testExporting(test),
        () => testContainer(test),
        () => testSample(test),
        () => testSpace(test),
        () => testSystem(test),
        () => testDockerfile(test),
        () => testPackagesInThePage(test),
        () => testFindings(test),
        () => testPolicy(test, origin),
        () => testHostile(test),
        () => testTold(test),
        () => testSpoiling(test),
        () => testServers(test),
        () => testLogin(test),
        () => testGuide(test),
        () => testProfiles(test),
        () => testDeploy(ring, browser, { origin, dist }),
        () => testExtension(ring, { dist }),
        () => testServe(ring, { browser, dist }),
        () => testEnginesInThePage(ring, { browser, dist }),
      ],
      // Those that ask the one registry and look into its log, one after another.
      [
        ...(registry ? [testRegistryInThePage, testStore, testTocs, testAddressBar, testKeyboard, testPush] : []),
        testProblems,
        testReplacing,
      ].map((part) => () => part(test, registry)),
    );
    // Alone: how many workers there are, and who dies first, are what these look at.
    await testLimits(test);
    await testReaders(test);
    await testDeaths(test);
    await testDebianInThePage(test, registry);
    // A worker that hangs is waited for, a minute long.
    await sideBySide([states], [() => testHangs(test)]);
  } finally {
    await browser.close();
  }
}

/** Runs lanes of parts beside each other, the parts of each in their order: what waits leaves its core to another. */
const sideBySide = (...lanes) =>
  Promise.all(
    lanes.map(async (parts) => {
      for (const part of parts) await part();
    }),
  );
