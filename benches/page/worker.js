// Runs each part for a while, as the page's worker would, and tells the median of its turns.

importScripts("./parts_wasm.js");

const least = Number(new URLSearchParams(location.search).get("seconds")) * 1000;

async function measure() {
  await wasm_bindgen({ module_or_path: "./parts_wasm_bg.wasm" });
  const done = wasm_bindgen.names().map((name, number) => {
    // The first turn is compiled while it runs.
    wasm_bindgen.turn(number);
    const times = [];
    const begin = performance.now();
    while (times.length < 3 || performance.now() - begin < least) {
      const start = performance.now();
      wasm_bindgen.turn(number);
      times.push(performance.now() - start);
    }
    const millis = times.sort((one, other) => one - other)[times.length >> 1];
    postMessage({ name, millis });
    return { name, millis };
  });
  postMessage({ done });
}

measure().catch((problem) => setTimeout(() => { throw problem; }));
