// Starts the page: loads the WebAssembly that the page's <meta name="lamina-app"> names, and says so plainly when
// it cannot. Everything after that is Rust.
//
// Written for browsers that are too old for the rest, so that they can be told so.

// A module with one function, () -> v128, that uses instructions of SIMD.
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

function isTooOld() {
  return typeof WebAssembly !== "object" || !WebAssembly.validate(SIMD);
}

async function start() {
  const app = document.querySelector('meta[name="lamina-app"]');
  const bindings = await import(new URL(app.content, document.baseURI));
  // What its parts work with, once they are wanted.
  self.laminaMain = bindings.default({ module_or_path: new URL(app.dataset.wasm, document.baseURI) });
  await self.laminaMain;
  document.documentElement.dataset.started = "";
}

function say(lines) {
  const main = document.createElement("main");
  main.setAttribute("role", "alert");
  for (const [tag, text] of lines) main.appendChild(document.createElement(tag)).textContent = text;
  document.body.textContent = "";
  document.body.appendChild(main);
}

if (isTooOld()) {
  say([
    ["h1", "This browser is too old for Lamina · 浏览器版本过旧"],
    ["p", "Lamina needs WebAssembly with SIMD: Chrome or Edge 91, Firefox 114, Safari 16.4, or newer."],
    ["p", "Lamina 需要支持 SIMD 的 WebAssembly：Chrome 或 Edge 91、Firefox 114、Safari 16.4 或更新版本。"],
  ]);
} else {
  start().catch((problem) => {
    say([
      ["h1", "Lamina did not start · Lamina 未能启动"],
      ["p", "Reload the page. If that does not help, a part of it may be missing on the server that you got it from."],
      ["p", "请重新加载页面。如果仍然失败，可能是提供此页面的服务器缺少某些文件。"],
      ["pre", String(problem)],
    ]);
    throw problem;
  });
}
