//! Chooses the entries that what is typed means.

use crate::ui::feature::palette::entries::BoxEntry;

/// The sign that begins commands.
pub const COMMANDS: char = '>';
/// Largest number of entries that are shown.
const MOST_ENTRIES: usize = 50;
/// Largest number of entries that stand before the paths that were found.
const MOST_BEFORE_PATHS: usize = 6;

/// Returns what is searched among paths; `None` if only commands are meant.
pub fn query_of(typed: &str) -> Option<&str> {
    (!typed.trim_start().starts_with(COMMANDS)).then(|| typed.trim())
}

/// Returns the entries that fit, best first: those that begin with what is typed, then the others, in their order.
pub fn fitting<'e>(entries: &'e [BoxEntry], typed: &str) -> Vec<&'e BoxEntry> {
    let typed = typed.trim().to_lowercase();
    let (only_commands, typed) = match typed.strip_prefix(COMMANDS) {
        Some(rest) => (true, rest),
        None => (false, typed.as_str()),
    };
    let words: Vec<&str> = typed.split_whitespace().collect();
    let offered = entries.iter().filter(|entry| match only_commands {
        true => entry.is_command,
        // Commands come when they are asked for.
        false => !entry.is_command || !words.is_empty(),
    });
    let mut found: Vec<((bool, bool, bool), &BoxEntry)> = offered
        .filter_map(|entry| {
            let label = entry.label.to_lowercase();
            let note = entry.note.to_lowercase();
            let fits = words
                .iter()
                .all(|word| begins_in(&label, word) || begins_in(&note, word));
            // What the name says goes before what the remark says.
            let is_named = words.iter().all(|word| begins_in(&label, word));
            let is_first = label.starts_with(typed.trim());
            fits.then_some(((entry.is_command, !is_first, !is_named), entry))
        })
        .collect();
    found.sort_by_key(|(order, _)| *order);
    let most = match words.is_empty() || only_commands {
        true => MOST_ENTRIES,
        false => MOST_BEFORE_PATHS,
    };
    found
        .into_iter()
        .take(most)
        .map(|(.., entry)| entry)
        .collect()
}

/// True if a word of the text begins with `word`. Text of other scripts has no spaces, and may have it anywhere.
fn begins_in(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| !before.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Check;
    use crate::ui::feature::palette::entries::{Around, entries};
    use crate::ui::state::image::ImageState;
    use crate::ui::state::image::tests::driver::{image, layer, read};
    use crate::ui::state::{ImagePlace, TabId};
    use crate::ui::text::palette::PaletteWords;
    use crate::ui::text::{Language, Text};

    fn page() -> Vec<BoxEntry> {
        let mut rows = vec![layer(0, read(Check::Ok)), layer(1, read(Check::Ok))];
        rows[0].command = "RUN chown 1 /app".to_owned();
        rows[1].command = "RUN apt-get install python3".to_owned();
        let state = ImageState::new(image(rows), &ImagePlace::default());
        let around = Around {
            tabs: vec![
                (TabId(0), String::new()),
                (TabId(1), "other/app".to_owned()),
            ],
            selected: TabId(0),
            repository: None,
            registry: None,
        };
        let words = PaletteWords::of(Language::English);
        entries(&around, Some(&state), Text::english(), words)
    }

    /// Checks the labels of the first entries.
    fn check(typed: &str, expected: &[&str]) {
        let all = page();
        let found = fitting(&all, typed);
        let labels: Vec<_> = found.iter().map(|entry| entry.label.as_str()).collect();
        assert_eq!(
            labels.get(..expected.len()),
            Some(expected),
            "{typed}: {labels:?}"
        );
    }

    #[test]
    fn places_are_found_by_their_words() {
        check("", &["Overview", "Files"]);
        check("pack", &["Packages"]);
        check("layer 1", &["Layer 1", "Layer 0"]);
        check("install", &["Layer 1"]);
        check("other", &["Tab other/app"]);
        assert!(fitting(&page(), "stall").is_empty());
        assert!(fitting(&page(), "*.pyc").is_empty());
    }

    #[test]
    fn commands_begin_with_a_sign() {
        check("> push", &["Push to a registry …"]);
        check(">show k", &["Show keys"]);
        check("theme dark", &["Theme: Dark"]);
        let all = page();
        assert!(fitting(&all, ">").iter().all(|entry| entry.is_command));
        assert!(fitting(&all, "").iter().all(|entry| !entry.is_command));
        assert_eq!((query_of(" >x"), query_of(" a b ")), (None, Some("a b")));
    }

    #[test]
    fn entries_tell_their_twins_and_their_keys() {
        let all = page();
        let of = |label: &str| all.iter().find(|entry| entry.label == label).expect(label);
        assert_eq!(of("Show keys").keys, ["?"]);
        let twin = of("Layer 1").twin.as_deref().expect("it has one");
        assert!(twin.starts_with("lamina ls --layer 1 "), "{twin}");
        assert!(
            of("Space")
                .twin
                .as_deref()
                .is_some_and(|twin| twin.starts_with("lamina check "))
        );
    }
}
