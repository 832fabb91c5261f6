// The page under measurement: Chromium on a profile of its own, with clocks inside the page.

import { createRequire } from "node:module";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { Lamina, WORDS } from "../../tests/e2e/page.mjs";
import { FLAGS, findChromium } from "../../tests/e2e/browser/chromium.mjs";
import { rendererMemory } from "./memory.mjs";
import { longTasks } from "./tasks.mjs";

export const profile = fileURLToPath(new URL("../../target/bench/profile", import.meta.url));

/** Runs in the page before its own code: notes when a file was dropped, and when all is verified and browsable. */
function clocks({ words, tree, files }) {
  const verified = new RegExp(words);
  const clock = (window.laminaClock = {});
  const forget = () => Object.assign(clock, { dropped: undefined, verified: undefined, wentToFiles: undefined, clicked: undefined, shown: undefined });
  forget();
  const has = ({ textContent }) => verified.test(textContent);
  const look = () => {
    const now = performance.now();
    if (clock.dropped && !clock.wentToFiles) {
      // The page opens on the Overview; what is measured is the way to the tree.
      const tab = [...document.querySelectorAll("[role=tab]")].find(({ textContent }) => textContent === files);
      tab?.click();
      clock.wentToFiles = tab && now;
    }
    if (clock.dropped && !clock.verified) {
      const headers = [...document.querySelectorAll("main header *")];
      const grid = document.querySelector(`[role=treegrid][aria-label="${tree}"]`);
      if (headers.some(has) && Number(grid?.getAttribute("aria-rowcount")) > 1) clock.verified = now;
    }
    if (clock.wanted && clock.clicked && !clock.shown && document.querySelector(clock.wanted)) clock.shown = now;
  };
  addEventListener("drop", () => (forget(), (clock.dropped = performance.now())), { capture: true });
  addEventListener("mousedown", () => (clock.clicked ??= performance.now()), { capture: true });
  addEventListener("DOMContentLoaded", () => new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["aria-rowcount"] }));
  // What the worker is asked, and when it answers: only looked at on the way.
  const open = new Set();
  clock.answers = { open, last: 0 };
  const post = Worker.prototype.postMessage;
  const heard = new WeakSet();
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.id) open.add(message.id);
    if (!heard.has(this)) {
      heard.add(this);
      this.addEventListener("message", ({ data }) => {
        if (open.delete(data?.id)) clock.answers.last = performance.now();
      });
    }
    return post.call(this, message, ...rest);
  };
  for (const type of ["input", "click"]) addEventListener(type, () => (clock.acted = performance.now()), { capture: true });
}

/** Starts the browser on the profile; `body` gets a page and its context. */
export async function withBrowser(body) {
  const { chromium } = createRequire(import.meta.url)("playwright-core");
  await mkdir(profile, { recursive: true });
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...FLAGS, "--disable-features=SpareRendererForSitePerProcess"],
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
  });
  try {
    context.setDefaultTimeout(600_000);
    return await body(context.pages()[0] ?? (await context.newPage()), context);
  } finally {
    await context.close();
  }
}

/** Opens the page in it, with clocks; `body` gets it. What is kept of earlier runs is removed. */
export function withPage(origin, body) {
  return withBrowser(async (page, context) => {
    await context.addInitScript(clocks, { words: WORDS.verified.source, tree: WORDS.tree, files: WORDS.files });
    await page.goto(`${origin}icon.svg`);
    await page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry("lamina-store", { recursive: true }).catch(() => {}));
    const measured = new MeasuredPage(page, origin);
    await measured.load();
    return body(measured);
  });
}

export class MeasuredPage {
  constructor(page, origin) {
    this.page = page;
    this.lamina = new Lamina(page, origin);
  }

  /** Loads the page anew and lets it come to rest: its worker is started and has rehearsed, nothing is left to do. */
  async load() {
    await this.page.goto("about:blank");
    await this.lamina.goto("#/");
    await this.lamina.kept.getByText(/\d+ layers?, /).waitFor();
    await this.page.waitForTimeout(2000);
  }

  memory = () => rendererMemory(profile);

  /** Drops a file; milliseconds until its tree is verified and browsable. */
  async open(file) {
    await this.lamina.drop(file);
    const { dropped, verified } = await this.clock("verified");
    await this.lamina.atRest();
    return verified - dropped;
  }

  /** Drops a file; the milliseconds that the longest task of the page's thread worked until the tree is there. Tracing slows what it looks at, so no time is taken. */
  async longestTask(file) {
    const tasks = await longTasks(this.page, async () => {
      await this.lamina.drop(file);
      await this.clock("verified");
    });
    return Math.max(0, ...tasks.map(({ worked }) => worked));
  }

  /** Waits until one of the clocks was set, and gives all. */
  async clock(name) {
    await this.page.waitForFunction((name) => window.laminaClock[name] !== undefined, name, { polling: 50, timeout: 120_000 });
    return this.page.evaluate(() => window.laminaClock);
  }

  /** Finds a file by its path and opens it; milliseconds from the press on its hit until its content is shown. */
  async openFile(path) {
    await this.page.evaluate((wanted) => Object.assign(window.laminaClock, { wanted, clicked: undefined, shown: undefined }), `section[aria-label="${WORDS.content}"] .lines__row`);
    await this.lamina.find(path);
    const { clicked, shown } = await this.clock("shown");
    return shown - clicked;
  }

  /** Does something that asks the worker; milliseconds from the event in the page until all is answered. */
  async ask(action) {
    await this.page.evaluate(() => (window.laminaClock.answers.last = 0));
    await action();
    // An answer may lead to the next question: all is answered when none is open for a while.
    await this.page.waitForFunction(() => {
      const { open, last } = window.laminaClock.answers;
      return open.size === 0 && last > 0 && performance.now() - last > 60;
    }, undefined, { timeout: 60_000 });
    return this.page.evaluate(() => window.laminaClock.answers.last - window.laminaClock.acted);
  }

  /** The slowest answer to each letter of a word that is typed into a field. */
  async type(field, word) {
    const times = [];
    for (let at = 1; at <= word.length; at += 1) times.push(await this.ask(() => field.fill(word.slice(0, at))));
    await field.fill("");
    await this.page.waitForTimeout(500);
    return Math.max(...times);
  }

  /** What a person does with a large tree, each in milliseconds until the worker has answered. */
  async tree() {
    const { page, lamina } = this;
    const column = (name) => lamina.tree.getByRole("columnheader", { name }).getByRole("button");
    const sorting = [];
    for (const name of ["Size", "Time", "Owner", "Name"]) sorting.push(await this.ask(() => column(name).click()));
    const switching = [await this.ask(() => lamina.pickLayer(1).click())];
    for (const view of ["Up to layer 1", "Layer 1's changes", "All layers"]) switching.push(await this.ask(() => lamina.view(view).click()));
    return {
      find: await this.type(page.getByRole("combobox", { name: WORDS.findByName }), "reader"),
      filter: await this.type(page.getByRole("searchbox", { name: "Filter rows by path" }), "config"),
      sort: Math.max(...sorting),
      view: Math.max(...switching),
    };
  }

  /** Bytes of the indexes that the browser keeps. */
  async keptIndex() {
    return this.page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("lamina-store");
      let bytes = 0;
      for await (const [name, handle] of folder) {
        if (name.startsWith("index-") && !/\.\d+$/.test(name)) bytes += (await handle.getFile()).size;
      }
      return bytes;
    });
  }
}
