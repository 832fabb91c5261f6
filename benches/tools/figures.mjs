// Figures of several runs, and how they are written.

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of one figure of all runs; undefined when a run does not have it. */
export function of(runs, figure) {
  const values = runs.map(figure);
  return values.some((value) => value === undefined) ? undefined : median(values);
}

export const seconds = (millis) => (millis === undefined ? "" : millis === Infinity ? "over 120 s" : `${(millis / 1000).toFixed(2)} s`);
export const millis = (value) => (value === undefined ? "" : `${value.toFixed(value < 10 ? 1 : 0)} ms`);
export const megabytes = (bytes) => (bytes === undefined ? "" : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`);
export const kilobytes = (bytes) => `${Math.round(bytes / 1e3)} kB`;
export const ratio = (value) => (value === undefined || !Number.isFinite(value) ? "" : value.toFixed(2));

/** A table in Markdown. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at ? "---:" : "---"))), ...rows.map(line)].join("\n");
}
