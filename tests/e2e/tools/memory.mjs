// How much memory a browser's pages or a command take, as the kernel counts it.

import { readFile } from "node:fs/promises";

const kilobytes = (text, pattern) => Number(pattern.exec(text)?.[1] ?? 0) * 1024;

/** The proportional set size of a process in bytes; 0 when it is gone. */
export const pss = async (pid) => kilobytes(await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => ""), /^Pss:\s*(\d+) kB/m);

/** The most bytes that a process has held so far; 0 when it is gone. */
export const peakOf = async (pid) => kilobytes(await readFile(`/proc/${pid}/status`, "utf8").catch(() => ""), /^VmHWM:\s*(\d+) kB/m);

/** Does `work`; the largest of what `sample` gives meanwhile, asked every so many milliseconds. */
export async function peakWhile(work, sample, millis) {
  let [most, going] = [0, true];
  const sampling = (async () => {
    while (going) {
      most = Math.max(most, await sample());
      await new Promise((resolve) => setTimeout(resolve, millis));
    }
  })();
  try {
    await work();
  } finally {
    going = false;
    await sampling;
  }
  return most;
}

/** Does `work`; the most bytes that all renderers of this browser take together meanwhile, workers among them. */
export async function peakOfPages(browser, work) {
  const cdp = await browser.newBrowserCDPSession();
  const sample = async () => {
    const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
    const sizes = await Promise.all(processInfo.filter(({ type }) => type === "renderer").map(({ id }) => pss(id)));
    return sizes.reduce((all, size) => all + size, 0);
  };
  try {
    return await peakWhile(work, sample, 200);
  } finally {
    await cdp.detach();
  }
}
