// What an extension's page can do and another cannot: have the browser ask the person for a host. `web/extension.rs` calls
// it, by this object alone.

{
  // Where the answers of an origin have led, by that origin: a page does not see to which host it is redirected.
  const led = new Map();
  // More origins, or more places that one leads to, are not noted.
  const MOST = 64;

  // A name or an address and no more: an asterisk would be a pattern for many hosts.
  const isWeb = (origin) => /^https?:\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d+)?$/.test(origin);
  const asked = (origin) => ({ origins: [`${origin}/*`] });
  const isAllowed = (origin) => chrome.permissions.contains(asked(origin));

  const note = ({ url, redirectUrl, initiator }) => {
    const [from, to] = [new URL(url).origin, new URL(redirectUrl).origin];
    if (initiator !== location.origin || from === to || !isWeb(to)) return;
    if (!led.has(from) && led.size < MOST) led.set(from, new Set());
    const places = led.get(from);
    if (places && places.size < MOST) places.add(to);
  };

  // The browser tells an extension of the requests to hosts that it may read, and takes no listener before there is one.
  let listens = false;
  const listen = async () => {
    const { origins = [] } = await chrome.permissions.getAll();
    if (listens || !origins.length) return;
    listens = true;
    chrome.webRequest.onBeforeRedirect.addListener(note, { urls: ["http://*/*", "https://*/*"] });
  };
  listen();

  globalThis.laminaHosts = Object.freeze({
    /** The origins that have to be allowed before `origin` can be read: itself, or those that its answers have led to. */
    async missing(origin) {
      const found = [];
      const seen = new Set([origin]);
      for (const next of seen) {
        if (!isWeb(next)) continue;
        if (await isAllowed(next)) for (const place of led.get(next) ?? []) seen.add(place);
        else found.push(next);
      }
      return found;
    },

    /** Has the browser ask. True if the origin may be read now. */
    async allow(origin) {
      if (!isWeb(origin)) throw new Error(`${origin} is no origin of one host`);
      // At once: the browser asks only in answer to a click.
      const allowed = await chrome.permissions.request(asked(origin));
      if (allowed) await listen();
      return allowed;
    },
  });
}
