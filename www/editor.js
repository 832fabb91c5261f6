// The page's text editor: CodeMirror, as the custom element <lamina-editor>. Glue only: what is edited, and what
// becomes of it, is Rust's (src/web/editor.rs). Bundled into a module of its own, which is loaded on first use.
//
// It lives in a shadow root because only there CodeMirror brings its styles as constructed style sheets, which the
// page's policy allows; in the document it would write <style> elements, which the policy forbids.

import { EditorState, Prec } from "@codemirror/state";
import {
  EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers,
} from "@codemirror/view";
import { defaultKeymap, history, historyKeymap, insertTab, indentLess } from "@codemirror/commands";
import { search, searchKeymap, highlightSelectionMatches } from "@codemirror/search";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";
import { css } from "@codemirror/legacy-modes/mode/css";
import { dockerFile } from "@codemirror/legacy-modes/mode/dockerfile";
import { javascript, json } from "@codemirror/legacy-modes/mode/javascript";
import { nginx } from "@codemirror/legacy-modes/mode/nginx";
import { perl } from "@codemirror/legacy-modes/mode/perl";
import { properties } from "@codemirror/legacy-modes/mode/properties";
import { python } from "@codemirror/legacy-modes/mode/python";
import { ruby } from "@codemirror/legacy-modes/mode/ruby";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import { html, xml } from "@codemirror/legacy-modes/mode/xml";
import { yaml } from "@codemirror/legacy-modes/mode/yaml";

const LANGUAGES = {
  css, dockerfile: dockerFile, html, javascript, json, nginx, perl, properties, python, ruby, shell, toml, xml, yaml,
};

// Colours are the page's tokens, which a shadow root inherits: light and dark come with them.
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.tagName, tags.heading, tags.modifier], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--added)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.escape], color: "var(--changed)" },
  { tag: [tags.comment, tags.meta], color: "var(--text-3)", fontStyle: "italic" },
  { tag: [tags.propertyName, tags.attributeName, tags.definition(tags.variableName)], color: "var(--text-2)", fontWeight: "600" },
  { tag: tags.invalid, color: "var(--deleted)" },
]);

const field = {
  height: "var(--control)", margin: "0", padding: "0 var(--space-8)", border: "1px solid var(--line-strong)",
  borderRadius: "var(--radius)", background: "var(--surface)", color: "var(--text)", font: "inherit",
};

const theme = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--surface)", color: "var(--text)", fontSize: "var(--fs)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", fontVariantLigatures: "none" },
  ".cm-content": { caretColor: "var(--accent)", padding: "var(--space-8) 0" },
  ".cm-gutters": { backgroundColor: "var(--surface-2)", color: "var(--text-3)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent-soft) 45%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--surface-3)", color: "var(--text)" },
  ".cm-content ::selection": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-specialChar": { color: "var(--deleted)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)" },
  ".cm-searchMatch": { backgroundColor: "var(--changed-soft)", outline: "1px solid var(--changed)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  ".cm-selectionMatch": { backgroundColor: "var(--surface-3)" },
  ".cm-panels": { backgroundColor: "var(--surface-2)", color: "var(--text)", fontFamily: "var(--font)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { display: "flex", flexWrap: "wrap", gap: "var(--space-4) var(--space-8)", alignItems: "center", padding: "var(--space-8)", paddingRight: "var(--space-40)" },
  ".cm-panel.cm-search br": { display: "none" },
  ".cm-panel.cm-search label": { display: "inline-flex", alignItems: "center", gap: "var(--space-4)", margin: "0", fontSize: "var(--fs)" },
  ".cm-panel.cm-search .cm-textfield": field,
  ".cm-panel.cm-search .cm-button": { ...field, backgroundImage: "none", cursor: "pointer" },
  ".cm-panel.cm-search [name=close]": { top: "var(--space-4)", right: "var(--space-4)", width: "var(--control)", height: "var(--control)", color: "var(--text-2)", fontSize: "var(--fs-l)" },
  ".cm-panel.cm-search :focus-visible": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
});

class LaminaEditor extends HTMLElement {
  /** Shows `text`; `save`, `leave` and `change` are called without arguments. Opened again, it starts anew. */
  open({ text, label, language, phrases, save, leave, change }) {
    this.view?.destroy();
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const mode = LANGUAGES[language];
    const command = (run) => () => {
      run();
      return true;
    };
    // Only what every line ends with is taken for the end of lines: bytes that are not edited stay what they are.
    const ends = text.match(/\r?\n/g) ?? [];
    const separator = ends.length > 0 && ends.every((end) => end === "\r\n") ? "\r\n" : "\n";
    const extensions = [
      EditorState.lineSeparator.of(separator),
      EditorState.phrases.of(phrases),
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocapitalize: "off" }),
      EditorView.updateListener.of((update) => update.docChanged && change()),
      lineNumbers(), highlightActiveLine(), highlightActiveLineGutter(), highlightSpecialChars(),
      history(), bracketMatching(), search({ top: true }), highlightSelectionMatches(),
      mode ? StreamLanguage.define(mode) : [], syntaxHighlighting(colours), theme,
      Prec.high(keymap.of([
        { key: "Mod-s", run: command(save), scope: "editor search-panel", preventDefault: true },
        { key: "Tab", run: insertTab, shift: indentLess },
      ])),
      keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap]),
      Prec.lowest(keymap.of([{ key: "Escape", run: command(leave) }])),
    ];
    const state = EditorState.create({ doc: text, extensions });
    this.view = new EditorView({ state, root, parent: root });
    this.view.focus();
  }

  /** What it shows now. */
  get text() {
    return this.view?.state.sliceDoc() ?? "";
  }

  connectedCallback() {
    // The page's own keys are for what is outside of the text.
    this.addEventListener("keydown", (event) => event.stopPropagation());
  }

  disconnectedCallback() {
    this.view?.destroy();
    this.view = undefined;
  }
}

customElements.define("lamina-editor", LaminaEditor);
