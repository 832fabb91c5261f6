// Shows what the worker measures, and leaves it in `window.laminaParts` for who drives the browser.

const seconds = Number(new URLSearchParams(location.search).get("seconds") ?? 1);
const list = document.querySelector("ol");
const worker = new Worker(`worker.js?seconds=${seconds}`);

worker.onmessage = ({ data }) => {
  if (data.done) {
    window.laminaParts = data.done;
    return;
  }
  list.appendChild(document.createElement("li")).append(`${data.name}: ${data.millis.toFixed(2)} ms`);
};
worker.onerror = ({ message }) => (window.laminaParts = { problem: message });
