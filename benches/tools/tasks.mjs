// The long tasks of a page's own thread while something is done, by the browser's long-task observer.
//
// A task is also long when another program had the processor meanwhile. So each is looked up in the browser's own trace,
// which tells the time that the thread itself worked.

/** Does `work`; the tasks over 50 ms as `{ millis, worked }`, both in milliseconds, the longest first. */
export async function longTasks(page, work) {
  const trace = await startTrace(page);
  await page.evaluate(() => {
    window.laminaTasks = [];
    new PerformanceObserver((list) => window.laminaTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  });
  await work();
  // The observer hears of a task after its end.
  await page.waitForTimeout(200);
  const durations = await page.evaluate(() => window.laminaTasks);
  const traced = await trace.stop();
  return durations.map((millis) => ({ millis, worked: closest(traced, millis)?.worked ?? millis })).sort((one, other) => other.worked - one.worked);
}

/** The traced task of about this length; of several, the one that worked most. */
function closest(traced, millis) {
  const alike = traced.filter((task) => Math.abs(task.millis - millis) <= Math.max(8, millis * 0.05));
  return alike.sort((one, other) => other.worked - one.worked)[0];
}

async function startTrace(page) {
  const cdp = await page.context().newCDPSession(page);
  const events = [];
  cdp.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const includedCategories = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel"];
  await cdp.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories } });
  return {
    async stop() {
      const complete = new Promise((resolve) => cdp.once("Tracing.tracingComplete", resolve));
      await cdp.send("Tracing.end");
      await complete;
      await cdp.detach();
      return events
        .filter(({ name, ph, tdur }) => ph === "X" && tdur !== undefined && /RunTask$/.test(name))
        .map(({ dur, tdur }) => ({ millis: dur / 1000, worked: tdur / 1000 }));
    },
  };
}
