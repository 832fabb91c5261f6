// Fills a browser's profile by a built page, and writes it into a file that later versions have to open:
//
//     node tests/e2e/record-profile.mjs DIST FILE

import { fileURLToPath } from "node:url";

import { launchChromium, Pages } from "./browser/chromium.mjs";
import { start } from "./tools/commands.mjs";
import { fill, pack, take } from "./tools/profile.mjs";

const [dist, file] = process.argv.slice(2);
const serve = fileURLToPath(new URL("../../scripts/serve.mjs", import.meta.url));
const server = await start(process.execPath, [serve, dist, "0"], { ready: /(http:\/\/127\.0\.0\.1:\d+\/)/ });
const browser = await launchChromium();
try {
  const origin = server.match[1];
  await new Pages(browser, origin).use(async (lamina, page) => {
    const archive = await fill(lamina, page);
    // What the engine still writes of it comes to its end.
    await page.waitForTimeout(2_000);
    const profile = await take(page);
    await pack(file, { origin, archive, ...profile });
    for (const [path, base64] of Object.entries(profile.files)) console.log(path, base64.length);
    console.log(Object.keys(profile.local).join(" "));
  });
} finally {
  await browser.close();
  await server.stop();
}
