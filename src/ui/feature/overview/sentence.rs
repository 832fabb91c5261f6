//! The sentence that says first what an image is: its system, its content, how much of that is dead, and why.

use crate::protocol::{Basis, Overview, Strata, System, Waste, WasteKind, escape, visible_text};
use crate::ui::text::format;
use crate::ui::text::overview::OverviewWords;
use crate::ui::text::words::fill;

/// Largest number of causes in the sentence.
const MOST_CAUSES: usize = 2;
/// Largest number of places that are named of a cause.
const MOST_PLACES: usize = 2;

/// The sentence, in the parts that are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    /// The system, with a full stop; empty while it is not known.
    pub system: String,
    /// The content.
    pub content: String,
    /// The share of it that is dead.
    pub dead: String,
    /// Why it is, and the full stop.
    pub because: String,
}

impl Sentence {
    /// Returns the sentence as a text.
    pub fn text(&self) -> String {
        [
            self.system.as_str(),
            &self.content,
            &self.dead,
            &self.because,
        ]
        .concat()
    }
}

/// Returns the sentence about an image.
pub fn sentence(
    words: &OverviewWords,
    system: Option<&System>,
    strata: &Strata,
    overview: &Overview,
) -> Sentence {
    let system = system.and_then(|system| system_name(words, system));
    let system = system.map(|name| format!("{name}{} ", words.end));
    let causes = causes(words, strata.dead_bytes, overview);
    Sentence {
        system: system.unwrap_or_default(),
        content: fill(words.content_is, &[&format::size(strata.content_bytes)]),
        dead: dead(words, strata),
        because: match causes.is_empty() {
            true => words.end.to_owned(),
            false => format!("{}{causes}{}", words.because, words.end),
        },
    }
}

fn dead(words: &OverviewWords, strata: &Strata) -> String {
    let percent = format::percent(strata.dead_bytes, strata.content_bytes);
    match percent {
        _ if strata.dead_bytes == 0 => words.dead_none.to_owned(),
        0 => words.dead_little.to_owned(),
        45..=55 => words.dead_half.to_owned(),
        percent => fill(words.dead_percent, &[&format!("{percent} %")]),
    }
}

/// Returns the causes that hold a tenth of what is dead, the largest first.
fn causes(words: &OverviewWords, dead_bytes: u64, overview: &Overview) -> String {
    let is_large = |waste: &&Waste| waste.bytes >= dead_bytes / 10;
    let is_placed = |waste: &&Waste| !waste.places.is_empty();
    let large = overview.waste.iter().filter(is_large).filter(is_placed);
    let large = large.take(MOST_CAUSES);
    let causes: Vec<String> = large.map(|waste| cause(words, waste)).collect();
    match causes.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, other, ..] => fill(words.and, &[one, other]),
    }
}

fn cause(words: &OverviewWords, waste: &Waste) -> String {
    let what = places(words, waste);
    let (by, hidden_by) = (waste.stored_by.0.to_string(), waste.hidden_by.0.to_string());
    let bytes = format::size(waste.bytes);
    match waste.kind {
        WasteKind::Deleted => fill(words.waste_deleted, &[&what, &by, &hidden_by, &bytes]),
        WasteKind::Overwritten => fill(words.waste_overwritten, &[&what, &by, &hidden_by, &bytes]),
        WasteKind::Metadata => fill(words.waste_metadata, &[&what, &hidden_by, &bytes]),
        WasteKind::Again => fill(words.waste_again, &[&what, &hidden_by, &bytes]),
        WasteKind::Unreachable => fill(words.waste_unreachable, &[&what, &by, &bytes]),
    }
}

/// Returns the places of a cause by their use, or else by their paths; said to be most of it where others have a part.
pub(super) fn places(words: &OverviewWords, waste: &Waste) -> String {
    let mut named: Vec<String> = Vec::new();
    for place in &waste.places {
        let name = match place.known {
            Some(known) => (words.known)(known).to_owned(),
            None => path_text(&place.path, place.is_dir),
        };
        if !named.contains(&name) {
            named.push(name);
        }
    }
    let is_whole = waste.places_bytes == waste.bytes && named.len() <= MOST_PLACES;
    named.truncate(MOST_PLACES);
    let named = match named.as_slice() {
        [one, other] => fill(words.places, &[one, other]),
        named => named.concat(),
    };
    match is_whole {
        true => named,
        false => fill(words.mostly, &[&named]),
    }
}

/// Returns a path as text, from the root on; a directory ends in a slash.
pub(super) fn path_text(path: &[u8], is_dir: bool) -> String {
    let slash = if is_dir && !path.is_empty() { "/" } else { "" };
    visible_text(&format!("/{}{slash}", escape(path)))
}

/// Returns a short name of a system, as people say it: `Debian 12`. `None` if it is not known.
pub fn system_name(words: &OverviewWords, system: &System) -> Option<String> {
    let found = &system.distribution;
    let release = &found.release;
    let name = [&release.pretty_name, &release.name, &release.id];
    let name = name.into_iter().find(|name| !name.is_empty());
    match (found.basis, name) {
        (_, Some(name)) => {
            let short = name.split(" (").next().unwrap_or(name);
            Some(visible_text(&short.replace(" GNU/Linux", "")))
        }
        (Basis::Scratch, None) => Some(words.scratch.to_owned()),
        (Basis::Windows, None) => Some("Windows".to_owned()),
        (Basis::Busybox, None) => Some("BusyBox".to_owned()),
        (Basis::StatusD, None) => Some("Distroless".to_owned()),
        _ => None,
    }
}

/// Returns the user that a container runs as, with what the image's accounts say: `app (1000:1000)`. `None` for root.
pub fn runs_as(user: &str, system: Option<&System>) -> Option<String> {
    let user = user.trim();
    let name = user.split(':').next().unwrap_or_default();
    let accounts = system.map_or(&[][..], |system| &system.users.first);
    let number: Option<u32> = name.parse().ok();
    // A number is a user ID, also where an account has it as its name.
    let account = accounts.iter().find(|account| match number {
        Some(number) => account.uid == number,
        None => account.name == name,
    });
    let uid = number.or(account.map(|account| account.uid));
    if name.is_empty() || name == "root" || uid == Some(0) {
        return None;
    }
    let told = match account {
        Some(account) if account.name == name => {
            format!("{user} ({}:{})", account.uid, account.gid)
        }
        Some(account) => format!("{user} ({})", account.name),
        None => user.to_owned(),
    };
    Some(visible_text(&told))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{KnownPlace, LayerIdx, LayerSpace, RowsLeftOut, User, WastePlace};
    use crate::ui::text::Language;

    const MB: u64 = 1_000_000;

    fn waste(kind: WasteKind, by: (u32, u32), bytes: u64, places: &[WastePlace]) -> Waste {
        Waste {
            kind,
            stored_by: LayerIdx(by.0),
            hidden_by: LayerIdx(by.1),
            n_files: 2,
            bytes,
            places_bytes: bytes,
            places: places.to_vec(),
        }
    }

    fn place(path: &str, known: Option<KnownPlace>) -> WastePlace {
        WastePlace {
            path: path.as_bytes().to_vec(),
            node: None,
            is_dir: true,
            known,
        }
    }

    fn of(content: u64, dead: u64, waste: Vec<Waste>) -> (Strata, Overview) {
        let strata = Strata {
            content_bytes: content,
            dead_bytes: dead,
            layers: vec![LayerSpace::default()],
            hides_bytes: vec![0],
        };
        let overview = Overview {
            waste,
            waste_left_out: RowsLeftOut::default(),
            dirs: Vec::new(),
            files: Vec::new(),
            shipped: Vec::new(),
            squash: None,
        };
        (strata, overview)
    }

    #[test]
    fn the_sentence_says_what_is_dead_and_why() {
        let lists = place("var/lib/apt/lists", Some(KnownPlace::AptLists));
        let cache = place("var/cache/apt", Some(KnownPlace::AptCache));
        let mut system = System::default();
        system.distribution.release.pretty_name = "Debian GNU/Linux 12 (bookworm)".to_owned();
        let causes = vec![
            waste(WasteKind::Deleted, (1, 3), 161 * MB, &[lists, cache]),
            waste(WasteKind::Metadata, (2, 4), 30 * MB, &[place("app", None)]),
            waste(WasteKind::Deleted, (2, 3), MB, &[place("key", None)]),
        ];
        let (strata, overview) = of(403 * MB, 196 * MB, causes);
        let told = |language: Language, system| {
            sentence(OverviewWords::of(language), system, &strata, &overview).text()
        };
        assert_eq!(
            told(Language::English, Some(&system)),
            "Debian 12. 403 MB of content, half of it dead: apt’s package lists and apt’s cache that layer 1 wrote \
             and layer 3 deleted (161 MB) and a second copy of /app/ that layer 4 made for another owner or mode (30.0 MB)."
        );
        assert_eq!(
            told(Language::Chinese, None),
            "内容共 403 MB，一半已失效：第 1 层写入、第 3 层删除的 apt 软件包列表和 apt 缓存（161 MB），以及第 4 层为更改属主或权限而重复存储的 /app/（30.0 MB）。"
        );
    }

    #[test]
    fn the_share_is_told_in_words_that_are_true() {
        for (dead, expected) in [
            (0, "100 B of content, none of it dead."),
            (12, "100 B of content, 12 % of it dead."),
            (50, "100 B of content, half of it dead."),
            (90, "100 B of content, 90 % of it dead."),
        ] {
            let (strata, overview) = of(100, dead, Vec::new());
            let words = OverviewWords::of(Language::English);
            assert_eq!(sentence(words, None, &strata, &overview).text(), expected);
        }
    }

    #[test]
    fn a_user_is_told_with_what_the_image_says_of_it() {
        let mut system = System::default();
        system.users.first.push(User {
            name: "app".to_owned(),
            uid: 1000,
            gid: 100,
            home: String::new(),
            shell: String::new(),
        });
        for (user, expected) in [
            ("", None),
            ("root", None),
            ("0:0", None),
            ("0", None),
            ("app", Some("app (1000:100)")),
            ("app:staff", Some("app:staff (1000:100)")),
            ("1000", Some("1000 (app)")),
            ("1234:5", Some("1234:5")),
            ("nobody", Some("nobody")),
        ] {
            assert_eq!(runs_as(user, Some(&system)).as_deref(), expected, "{user}");
        }
        assert_eq!(runs_as("app", None).as_deref(), Some("app"));
    }
}
