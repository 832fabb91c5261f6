//! Makes untrusted text visible: invisible characters, line breaks and changes of the reading direction are spelt
//! out.
//!
//! Names, commands, labels and messages come from an image or a registry. The page shows them as text in elements
//! of their own, and the command prints them to terminals and into documents. This module removes the harm that
//! text alone can still do.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Converts a text to one line. Control characters become their pictures (`␀`, `␊`). Characters that are invisible,
/// or that reorder the surrounding text, become their code point in angle brackets (`⟨U+202E⟩`).
pub fn visible_text(text: &str) -> String {
    visible(text, |c| is_shown(c) && c != '\t')
}

/// Like [`visible_text`], for a line of content: tabs stay.
pub fn visible_line(text: &str) -> String {
    visible(text, is_shown)
}

/// Like [`visible_text`], for several lines: line breaks and tabs are part of a command or a document.
pub fn visible_lines(text: &str) -> String {
    visible(text, |c| is_shown(c) || c == '\n')
}

/// Escapes such characters in a JSON document as `\u`, so that the values stay the same.
///
/// Outside of strings JSON contains none of them except line breaks, which stay.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c == '\n' || is_shown(c);
    if json.chars().all(is_plain) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 8);
    for c in json.chars() {
        if is_plain(c) {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    Cow::Owned(escaped)
}

/// Returns the columns of a character in a fixed-width font, as [`visible_line`] draws it: a rough rule that knows
/// East Asian letters. Placing tabs is left to the caller.
pub fn n_columns(c: char) -> u32 {
    match c {
        c if is_shown(c) => match c {
            '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' => 0,
            '\u{1100}'..='\u{115e}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}'
            | '\u{1f300}'..='\u{1faff}'
            | '\u{20000}'..='\u{3fffd}' => 2,
            _ => 1,
        },
        '\0'..='\u{7f}' => 1,
        '\u{80}'..='\u{ffff}' => 8,
        _ => 9,
    }
}

fn visible(text: &str, is_plain: impl Fn(char) -> bool) -> String {
    if text.chars().all(&is_plain) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if is_plain(c) => shown.push(c),
            '\0'..='\u{1f}' => {
                shown.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'));
            }
            '\u{7f}' => shown.push('\u{2421}'),
            c => shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(c))),
        }
    }
    shown
}

/// True if a browser draws the character in place. Tabs are drawn.
fn is_shown(c: char) -> bool {
    if c.is_ascii() {
        return c == '\t' || !c.is_ascii_control();
    }
    !(c.is_control() || is_direction(c) || is_blank(c))
}

/// True for marks that change the reading direction, which can make a name look like another one.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// True for characters without width or ink: Unicode's "default ignorable" characters, line and paragraph
/// separators. Variation selectors, which only choose a glyph's form, are excluded.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2028}'..='\u{2029}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shown: &str) {
        assert_eq!(visible_text(text), shown, "of {text:?}");
    }

    #[test]
    fn nothing_hides_in_a_text() {
        check("plain, café, 镜像, א, ❤️", "plain, café, 镜像, א, ❤️");
        check("a\tb", "a␉b");
        check("a\nb\r\x1b[0m\0\x7f", "a␊b␍␛[0m␀␡");
        check("\u{85}", "⟨U+0085⟩");
        check("x\u{202e}y", "x⟨U+202E⟩y");
        check(
            "\u{2067}\u{2069}\u{200f}\u{61c}",
            "⟨U+2067⟩⟨U+2069⟩⟨U+200F⟩⟨U+061C⟩",
        );
        check("pass\u{200b}wd\u{feff}", "pass⟨U+200B⟩wd⟨U+FEFF⟩");
        check("\u{2028}\u{ad}\u{3164}", "⟨U+2028⟩⟨U+00AD⟩⟨U+3164⟩");
        check("\u{e0041}", "⟨U+E0041⟩");
        check("<img src=x>&amp;", "<img src=x>&amp;");
    }

    #[test]
    fn lines_keep_what_makes_them_lines() {
        assert_eq!(visible_line("a\tb\n"), "a\tb␊");
        assert_eq!(visible_lines("a\tb\n\u{202e}\0"), "a\tb\n⟨U+202E⟩␀");
    }

    #[test]
    fn json_keeps_its_values() {
        let hostile = "a\u{7f}\u{9b}31m\u{202e}b\u{200b}\u{e0041}\u{feff}";
        let json = serde_json::to_string_pretty(&[hostile, "plain\n"]).expect("a list");
        let escaped = escape_json(&json);
        let back: Vec<String> = serde_json::from_str(&escaped).expect("the same list");
        assert_eq!(back, [hostile, "plain\n"]);
        assert!(
            escaped
                .chars()
                .all(|c| c == '\n' || (' '..='~').contains(&c))
        );
        assert_eq!(escape_json("{\"é\": 1}"), "{\"é\": 1}");
    }

    #[test]
    fn columns_are_those_of_what_is_drawn() {
        for text in ["a", "é", "\0", "\u{202e}", "\u{e0041}", "\u{200b}"] {
            let c = text.chars().next().expect("one");
            let drawn = visible_line(text).chars().count();
            assert_eq!(n_columns(c) as usize, drawn, "{text:?}");
        }
        assert_eq!(n_columns('镜'), 2);
    }
}
