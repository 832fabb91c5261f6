// How much memory the page takes: the proportional set size of its renderer process, which holds its workers too.

import { readFile, readdir } from "node:fs/promises";

import { peakWhile, pss } from "../../tests/e2e/tools/memory.mjs";

async function processes() {
  const found = [];
  for (const pid of (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    const [status, command] = await Promise.all(["status", "cmdline"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "")));
    const parent = /^PPid:\s*(\d+)/m.exec(status)?.[1];
    if (parent) found.push({ pid, parent, command: command.replaceAll("\0", " ") });
  }
  return found;
}

/** The renderer processes of the browser that runs on a profile. */
async function renderers(profile) {
  const all = await processes();
  const family = new Set(all.filter(({ command }) => command.includes(`--user-data-dir=${profile}`)).map(({ pid }) => pid));
  for (let grown = true; grown; ) {
    const more = all.filter(({ pid, parent }) => family.has(parent) && !family.has(pid));
    for (const { pid } of more) family.add(pid);
    grown = more.length > 0;
  }
  return all.filter(({ pid, command }) => family.has(pid) && command.includes("--type=renderer")).map(({ pid }) => pid);
}

/** The page's renderer: the largest one. `now` gives its bytes, `peak` what it takes at most while `work` runs. */
export async function rendererMemory(profile) {
  const sizes = await Promise.all((await renderers(profile)).map(async (pid) => ({ pid, bytes: await pss(pid) })));
  const largest = sizes.sort((one, other) => other.bytes - one.bytes)[0];
  if (!largest) return undefined;
  return {
    empty: largest.bytes,
    async peak(work) {
      const most = await peakWhile(work, () => pss(largest.pid), 100);
      return Math.max(most, await pss(largest.pid));
    },
  };
}
