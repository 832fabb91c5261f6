// How much memory a browser's pages or a command take, as the kernel counts it.

import { readFile } from "node:fs/promises";

const pss = async (pid) => kilobytes(await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => ""), /^Pss:\s*(\d+) kB/m);

const kilobytes = (text, pattern) => Number(pattern.exec(text)?.[1] ?? 0) * 1024;

/** Does `work`; the most bytes that all renderers of this browser take together meanwhile, workers among them. */
export async function peakOfPages(browser, work) {
  const cdp = await browser.newBrowserCDPSession();
  let [most, going] = [0, true];
  const sampling = (async () => {
    while (going) {
      const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
      const renderers = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => pss(id));
      const sizes = await Promise.all(renderers);
      most = Math.max(most, sizes.reduce((all, size) => all + size, 0));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  try {
    await work();
  } finally {
    going = false;
    await sampling;
    await cdp.detach();
  }
  return most;
}

/** The most bytes that a process has held so far; 0 when it is gone. */
export const peakOf = async (pid) => kilobytes(await readFile(`/proc/${pid}/status`, "utf8").catch(() => ""), /^VmHWM:\s*(\d+) kB/m);
