// While layers stream, the page's thread is free: what a person does is answered at once.

import assert from "node:assert/strict";

import { image } from "../tools/images.mjs";
import { longTasks } from "../tools/tasks.mjs";

const SECONDS = 300;
const MOST_MILLIS = 50;

export async function testStreaming(test) {
  await test("no task of the page's thread works for more than 50 ms while a real image is read", async (lamina, page) => {
    const tasks = await longTasks(page, async () => {
      await lamina.drop(image("debian/debian.oci.tar"));
      await lamina.verified({ seconds: SECONDS });
    });
    const told = tasks.slice(0, 5).map(({ millis, worked }) => `${worked.toFixed(0)} of ${millis.toFixed(0)} ms`);
    console.log(`    tasks over ${MOST_MILLIS} ms: ${tasks.length}; the thread worked for ${told.join(", ") || "less"}`);
    assert.ok((tasks[0]?.worked ?? 0) <= MOST_MILLIS, `a task worked for ${tasks[0]?.worked} ms`);
  }, { seconds: SECONDS });
}
