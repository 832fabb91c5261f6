// Chromium, driven by playwright-core: one fresh context a test, watched for errors and for requests to strangers.

import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { find } from "../tools/commands.mjs";
import { Lamina } from "../page.mjs";

const failures = fileURLToPath(new URL("../../../target/e2e-failures", import.meta.url));

export const findChromium = () =>
  find(
    process.env.CHROMIUM,
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  );

/** What every Chromium here is started with: nothing of its own in the background. */
export const FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Starts it; undefined when there is none, or no playwright-core. */
export async function launchChromium() {
  const executablePath = findChromium();
  if (!executablePath) return undefined;
  // Resolved here, so that the parts without a browser run without node_modules.
  const { chromium } = createRequire(import.meta.url)("playwright-core");
  return chromium.launch({
    executablePath,
    // The sandbox refuses to run as root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: FLAGS,
  });
}

/** What browsers print by themselves for requests that fail: some tests fail them on purpose. */
const NETWORK_TALK = /Failed to load resource|blocked by CORS policy|net::ERR_/;

const NOTHING = /(?!)/;

/** Gives each test a page of its own, and fails a test whose page threw, broke its policy, or asked a stranger. */
export class Pages {
  constructor(browser, origin) {
    this.browser = browser;
    this.origin = origin;
  }

  /**
   * Opens the page and hands it to `body`; `hosts` are those that it may ask besides its own, `expects` is what it may
   * print, since the test makes it so.
   */
  async use(body, { hosts = [], expects = NOTHING, viewport = { width: 1440, height: 900 }, locale = "en-US", name = "page", open = "#/" } = {}) {
    const context = await this.browser.newContext({ acceptDownloads: true, viewport, locale });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    const complaints = [];
    const own = new URL(this.origin).host;
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
        console.error(`the policy forbids ${violatedDirective}: ${blockedURI}`);
      });
    });
    page.on("dialog", (dialog) => (complaints.push(`a dialog: ${dialog.message()}`), dialog.dismiss()));
    page.on("pageerror", (error) => {
      if (!expects.test(error.message)) complaints.push(`the page threw: ${error.message}`);
    });
    page.on("crash", () => complaints.push("the page crashed"));
    page.on("console", (message) => {
      if (message.type() === "error" && !NETWORK_TALK.test(message.text()) && !expects.test(message.text())) complaints.push(`the console says: ${message.text()}`);
    });
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (/^https?:$/.test(url.protocol) && url.host !== own && !hosts.includes(url.host)) complaints.push(`it asked a stranger: ${url.href}`);
    });
    const lamina = new Lamina(page, this.origin);
    try {
      await lamina.goto(open);
      await body(lamina, page, context);
      if (complaints.length) throw new Error([...new Set(complaints)].slice(0, 5).join("\n"));
    } catch (problem) {
      await mkdir(failures, { recursive: true });
      const file = join(failures, `${name.replace(/[^\w]+/g, "-").slice(0, 80)}.png`);
      await page.screenshot({ path: file, timeout: 5000 }).catch(() => {});
      problem.message += `${complaints.length ? `\n${complaints.slice(0, 5).join("\n")}` : ""}\n(picture: ${file}; Chromium ${this.browser.version()})`;
      problem.stack = problem.message;
      throw problem;
    } finally {
      await context.close();
    }
  }
}

/** A ring test on a page of its own. */
export function pageTest(ring, pages) {
  return (name, body, { seconds, ...options } = {}) => ring.test(name, () => pages.use(body, { ...options, name }), { seconds });
}
