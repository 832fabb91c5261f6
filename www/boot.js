// Starts the page: loads the WebAssembly that the page's <meta name="lamina-app"> names, and says so plainly when
// it cannot. Everything after that is Rust.

const app = document.querySelector('meta[name="lamina-app"]');

try {
  const bindings = await import(new URL(app.content, document.baseURI));
  await bindings.default({ module_or_path: new URL(app.dataset.wasm, document.baseURI) });
  document.documentElement.dataset.started = "";
} catch (problem) {
  const main = document.createElement("main");
  const line = (tag, text) => main.appendChild(document.createElement(tag)).append(text);
  main.setAttribute("role", "alert");
  if (problem instanceof WebAssembly.CompileError) {
    line("h1", "This browser is too old for Lamina · 浏览器版本过旧");
    line("p", "Lamina needs WebAssembly with SIMD: Chrome or Edge 91, Firefox 114, Safari 16.4, or newer.");
    line("p", "Lamina 需要支持 SIMD 的 WebAssembly：Chrome 或 Edge 91、Firefox 114、Safari 16.4 或更新版本。");
  } else {
    line("h1", "Lamina did not start · Lamina 未能启动");
    line("p", "Reload the page. If that does not help, a part of it may be missing on the server that you got it from.");
    line("p", "请重新加载页面。如果仍然失败，可能是提供此页面的服务器缺少某些文件。");
  }
  line("pre", String(problem));
  document.body.replaceChildren(main);
  throw problem;
}
