// Sets the theme before anything is drawn, so that no page flashes in the wrong one. A classic script in the head, which
// the browser waits for; the page calls `self.laminaTheme` when another is chosen.
//
// `data-theme` of the document is `light` or `dark`, whatever was chosen, so that www/css/tokens.css has each once.
{
  // `crate::ui::feature::frame::theme` keeps the choice there, as JSON: "light", "dark" or "system".
  const KEY = "lamina.theme";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;

  const show = () => {
    const theme = chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
    document.documentElement.dataset.theme = theme;
    document.querySelector('meta[name="color-scheme"]').content = theme;
  };

  try {
    chosen = JSON.parse(localStorage.getItem(KEY));
  } catch {
    // Nothing is kept where storage is forbidden.
  }
  self.laminaTheme = (theme) => {
    chosen = theme;
    show();
  };
  dark.addEventListener("change", show);
  show();
}
