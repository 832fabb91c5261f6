// The button of the extension opens the page in a tab of its own. Nothing else happens in the background.

chrome.action.onClicked.addListener(() => chrome.tabs.create({ url: "index.html" }));

// The browser takes no SVG as a button's picture, so the page's own is drawn.
async function drawIcon() {
  const svg = await (await fetch("icon.svg")).text();
  const shapes = [...svg.matchAll(/<path fill="([^"]+)" d="([^"]+)"/g)];
  const drawn = (size) => {
    const context = new OffscreenCanvas(size, size).getContext("2d");
    context.scale(size / 24, size / 24);
    for (const [, colour, outline] of shapes) {
      context.fillStyle = colour;
      context.fill(new Path2D(outline));
    }
    return context.getImageData(0, 0, size, size);
  };
  await chrome.action.setIcon({ imageData: Object.fromEntries([16, 32, 48].map((size) => [size, drawn(size)])) });
}

chrome.runtime.onInstalled.addListener(drawIcon);
chrome.runtime.onStartup.addListener(drawIcon);
