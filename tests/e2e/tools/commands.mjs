// Other programs: found, run to their end, or started as servers that are stopped by their process id.

import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createServer } from "node:net";
import { delimiter, isAbsolute, join } from "node:path";

/** The path of the first of these commands or files that can be executed; undefined when there is none. */
export function find(...names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const name of names.filter(Boolean)) {
    const candidates = isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name));
    for (const candidate of candidates) {
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        // Not this one.
      }
    }
  }
  return undefined;
}

/** Runs a command to its end; what it printed comes as text. Never rejects for an exit status. */
export function run(command, args, { input, env, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: ["pipe", "pipe", "pipe"] });
    running.add(child);
    const out = [];
    const err = [];
    child.stdout.on("data", (chunk) => out.push(chunk));
    child.stderr.on("data", (chunk) => err.push(chunk));
    child.on("error", reject);
    child.on("close", (status, signal) => {
      running.delete(child);
      resolve({ status: status ?? signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
    // A program that reads no more of its input has said all it has to say.
    child.stdin.on("error", () => {});
    if (input && typeof input.pipe === "function") input.pipe(child.stdin);
    else child.stdin.end(input);
  });
}

/** Runs a command that must succeed. */
export async function must(command, args, options) {
  const { status, stdout, stderr } = await run(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

const running = new Set();

/** Starts a server; resolves with the match of `ready` in what it prints, and a `stop` that waits for its end. `hear` gets
 * all that it prints. */
export function start(command, args, { ready, env, seconds = 30, hear = () => {} }) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const ended = new Promise((resolve) => child.on("close", resolve)).then(() => running.delete(child));
  const stop = async () => {
    child.kill("SIGTERM");
    const hard = setTimeout(() => child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(hard);
  };
  return new Promise((resolve, reject) => {
    let printed = "";
    const fail = (why) => reject(new Error(`${command}: ${why}: ${printed.slice(-500)}`));
    const timer = setTimeout(() => stop().then(() => fail(`did not get ready in ${seconds} s`)), seconds * 1000);
    const look = (chunk) => {
      hear(chunk.toString());
      // What comes after that is only read so that the server does not wait for a reader.
      if (printed === null) return;
      printed += chunk;
      const match = ready.exec(printed);
      if (!match) return;
      clearTimeout(timer);
      printed = null;
      resolve({ match, stop, pid: child.pid });
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.on("error", reject);
    ended.then(() => {
      clearTimeout(timer);
      if (printed !== null) fail("ended before it was ready");
    });
  });
}

// Interrupted or not, nothing that was started here stays; what has children of its own ends them first.
process.on("exit", () => running.forEach((child) => child.kill("SIGTERM")));

/** A port of the loopback that nothing listens on (now; a moment later something may). */
export async function closedPort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
