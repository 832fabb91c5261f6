// The Content Security Policy: the same in the page, on its headers and in the notes on hosting; and what it refuses.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { layerOf, write } from "../tools/written.mjs";

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src http: https: blob:; img-src 'self' blob:; style-src 'self'; style-src-attr 'unsafe-inline'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'";
// Whom a page may stand in, and whom it tells where one came from, count in headers only.
const HEADERS = {
  "content-security-policy": `${POLICY}; frame-ancestors 'none'`,
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const text = (path) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

export async function testPolicy(test, origin) {
  await test("the policy is one and the same in the page, on the page's and the worker's headers, and in the notes on hosting", async () => {
    const answer = await fetch(origin);
    const page = await answer.text();
    const mustSend = (answer, file) => {
      for (const [name, value] of Object.entries(HEADERS)) assert.equal(answer.headers.get(name), value, `${file}: ${name}`);
    };
    mustSend(answer, "the page");
    assert.deepEqual([...page.matchAll(/http-equiv="Content-Security-Policy" content="([^"]*)"/g)].map(([, policy]) => policy), [POLICY]);
    const loader = /<meta name="lamina-worker" content="([^"]*)">/.exec(page)[1];
    const script = loader.replace("_loader", "");
    for (const file of [loader, script, script.replace(".js", "_bg.wasm")]) {
      const answer = await fetch(new URL(file, origin));
      assert.equal(answer.status, 200, file);
      mustSend(answer, file);
      await answer.arrayBuffer();
    }
    assert.equal(text("deploy/content-security-policy.txt").trim(), POLICY);
    const readme = text("README.md").toLowerCase();
    for (const [name, value] of Object.entries(HEADERS)) assert.ok(readme.includes(`\n    ${name}: ${value}\n`), `the README has ${name} to copy`);
    assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)|\son\w+=|<style/i, "nothing in the page is inline");
  });

  await test("the policy refuses inline scripts, eval, foreign pictures, frames and styles, and lets the page work", async (lamina, page) => {
    const refused = await page.evaluate(async () => {
      const refused = [];
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => refused.push(effectiveDirective));
      const add = (name, attributes, content = "") => {
        const element = Object.assign(document.createElement(name), attributes);
        element.append(content);
        document.body.append(element);
      };
      add("script", {}, "window.hacked = 'inline'");
      add("style", {}, "body { display: none }");
      add("img", { src: "http://stranger.invalid/x.png" });
      add("iframe", { src: "https://stranger.invalid/" });
      add("script", { src: "http://stranger.invalid/x.js" });
      const button = document.body.appendChild(document.createElement("button"));
      button.setAttribute("onclick", "window.hacked = 'handler'");
      button.click();
      setTimeout("window.hacked = 'timer'");
      await new Promise((go) => setTimeout(go, 500));
      return { refused: [...new Set(refused)].sort(), hacked: window.hacked, isShown: getComputedStyle(document.body).display !== "none" };
    });
    assert.deepEqual(refused, {
      refused: ["frame-src", "img-src", "script-src", "script-src-attr", "script-src-elem", "style-src-elem"],
      hacked: undefined,
      isShown: true,
    });
    const cdp = await page.context().newCDPSession(page);
    const { exceptionDetails } = await cdp.send("Runtime.evaluate", { expression: "eval('1')", allowUnsafeEvalBlockedByCSP: false });
    assert.match(exceptionDetails.exception.description, /^EvalError/);
    await cdp.detach();
    const [engine] = await lamina.workers("engine");
    const worker = await engine.evaluate(async () => {
      const refused = [];
      addEventListener("securitypolicyviolation", ({ effectiveDirective }) => refused.push(effectiveDirective));
      setTimeout("self.hacked = 'timer'");
      await import("data:text/javascript,self.hacked = 'import'").catch(() => {});
      await new Promise((go) => setTimeout(go, 200));
      return { refused: [...new Set(refused)].sort(), hacked: self.hacked };
    });
    assert.deepEqual(worker, { refused: ["script-src", "script-src-elem"], hacked: undefined }, "the worker has the policy of its own header");
    await lamina.drop(await write("policy.oci.tar", { layers: [layerOf({ name: "calm" })], name: "calm:1" }));
    await lamina.verified();
    // They are asked for, and stopped before they leave.
  }, { expects: /policy|Refused|Content Security Policy|violates/i, hosts: ["stranger.invalid"] });
}
