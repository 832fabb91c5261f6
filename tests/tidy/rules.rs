//! The rules: each looks at one file and gives its complaints.

use super::*;

/// The modules named by `crate::NAME` or `crate::{NAME, NAME::X}` in the code of a file.
fn named_modules(text: &str) -> Vec<String> {
    let all: String = code_lines(text)
        .flat_map(|(_, line)| [line, "\n"])
        .collect();
    let mut names = Vec::new();
    for (at, start) in all.match_indices("crate::") {
        if all[..at].ends_with(is_word) {
            continue;
        }
        let rest = &all[at + start.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.extend(words(rest).next().map(str::to_owned));
            continue;
        };
        let (mut depth, mut item) = (0_usize, String::new());
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    names.extend(words(&std::mem::take(&mut item)).next().map(str::to_owned))
                }
                _ => item.push(c),
            }
        }
        names.extend(words(&item).next().map(str::to_owned));
    }
    names
}

pub(super) fn imports_look_down(path: &str, text: &str) -> Vec<String> {
    let Some(own) = path
        .strip_prefix("src/")
        .and_then(|inside| inside.split('/').next())
    else {
        return Vec::new();
    };
    let modules = modules();
    let Some(module) = modules
        .iter()
        .find(|module| own.trim_end_matches(".rs") == module.name)
    else {
        return if own.ends_with(".rs") || own == "bin" {
            Vec::new()
        } else {
            vec![format!(
                "{path}: `{own}` has no rank yet: give it one in tests/tidy/"
            )]
        };
    };
    named_modules(text)
        .into_iter()
        .filter(|name| name != module.name && modules.iter().any(|module| module.name == name))
        .filter(|name| !module.may.contains(&name.as_str()))
        .map(|name| format!("{path}: `{}` must not import from `{name}`", module.name))
        .collect()
}

pub(super) fn file_says_what_it_is(path: &str, text: &str) -> Vec<String> {
    let first = text.lines().next().unwrap_or_default();
    let says = first
        .strip_prefix("//!")
        .is_some_and(|doc| doc.trim().len() > 3);
    if says {
        Vec::new()
    } else {
        vec![format!(
            "{path}: the first line must say, after `//!`, what the file is"
        )]
    }
}

pub(super) fn file_is_short(path: &str, text: &str) -> Vec<String> {
    let n_lines = text.lines().count();
    if n_lines <= MOST_LINES {
        Vec::new()
    } else {
        vec![format!(
            "{path}: {n_lines} lines, at most {MOST_LINES}: split it by state or by case"
        )]
    }
}

pub(super) fn features_are_asked_in_lib(path: &str, text: &str) -> Vec<String> {
    if path == "src/lib.rs" || path.starts_with("tests/tidy/") {
        return Vec::new();
    }
    code_lines(text)
        .filter(|(_, line)| line.contains("cfg") && line.contains("feature ="))
        .map(|(at, _)| format!("{path}:{at}: cargo features are asked for in src/lib.rs only"))
        .collect()
}

pub(super) fn browser_crates_stay_in_their_folders(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("src/")
        || BROWSER_FOLDERS
            .iter()
            .any(|folder| path.starts_with(folder))
    {
        return Vec::new();
    }
    code_lines(text)
        .filter(|(_, line)| {
            words(line).any(|word| BROWSER_CRATES.iter().any(|name| word.starts_with(name)))
        })
        .map(|(at, _)| {
            format!(
                "{path}:{at}: only {} may name the browser's crates",
                BROWSER_FOLDERS.join(", ")
            )
        })
        .collect()
}

pub(super) fn nothing_is_left_for_later(path: &str, text: &str) -> Vec<String> {
    if path.starts_with("tests/tidy/") {
        return Vec::new();
    }
    let later = [
        "TODO",
        "FIXME",
        "XXX",
        "todo!",
        "unimplemented!",
        "#[ignore",
    ];
    (1..)
        .zip(text.lines())
        .filter_map(|(at, line)| {
            later
                .iter()
                .find(|word| line.contains(*word))
                .map(|word| (at, word))
        })
        .map(|(at, word)| format!("{path}:{at}: `{word}`: do it now, or write an issue"))
        .collect()
}

/// Refuses words in place of the core's types: a word that is renamed would pass unnoticed.
pub(super) fn words_are_not_compared(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("src/ui/") && !path.starts_with("src/protocol/") {
        return Vec::new();
    }
    let is_bad = |line: &str| {
        [
            ".word ==",
            ".word.as_str()",
            ".word() == \"",
            ".kind == \"",
            ".code == \"",
            ".code() == \"",
            ".label == \"",
            "== \"mismatch\"",
        ]
        .iter()
        .any(|bad| line.contains(bad))
    };
    let lines = code_lines(text).filter(|(_, line)| is_bad(line));
    lines
        .map(|(number, _)| format!("{path}:{number}: compares a word as text: match the type"))
        .collect()
}

/// Refuses fields of messages that are texts where the core has a type.
pub(super) fn values_cross_as_their_types(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("src/protocol/") {
        return Vec::new();
    }
    let typed = [
        ("digest", "Digest"),
        ("refuted", "Digest"),
        ("image_id", "Digest"),
        ("diff_id", "DiffId"),
        ("chain_id", "ChainId"),
        ("platform", "Platform"),
        ("media_type", "MediaType"),
        ("change", "Change"),
        ("cause", "Cause"),
    ];
    let wrong = |line: &str| {
        let (name, kind) = line.split_once(": ")?;
        let name = name.trim_start().trim_start_matches("pub ");
        let is_text = words(kind).any(|word| ["String", "str"].contains(&word));
        let own = typed.iter().find(|(end, _)| {
            let before = name.strip_suffix(end);
            before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
        });
        own.filter(|_| is_text).map(|(_, kind)| *kind)
    };
    code_lines(text)
        .filter_map(|(number, line)| Some((number, wrong(line)?)))
        .map(|(number, kind)| format!("{path}:{number}: crosses as a text: use `{kind}`"))
        .collect()
}

/// Names that several public types have, each with the reason.
const SHARED_NAMES: &[(&str, &str)] = &[(
    "Error",
    "one of a folder, which everyone else writes with it: `io::Error`",
)];

/// Refuses two public types of one name: whoever looks for a name is to find one thing.
pub(super) fn public_names_are_unique(files: &BTreeMap<String, String>) -> Vec<String> {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("src/")) {
        for (number, line) in code_lines(text) {
            let mut words = words(line);
            let is_type = (words.next(), words.next());
            if let (Some("pub"), Some("struct" | "enum" | "trait" | "type")) = is_type
                && line.trim_start().starts_with("pub ")
                && let Some(name) = words.next()
            {
                found
                    .entry(name)
                    .or_default()
                    .push(format!("{path}:{number}"));
            }
        }
    }
    let is_shared = |name: &str| SHARED_NAMES.iter().any(|(shared, _)| *shared == name);
    found
        .into_iter()
        .filter(|(name, places)| places.len() > 1 && !is_shared(name))
        .map(|(name, places)| format!("{}: several types are named `{name}`", places.join(", ")))
        .collect()
}

/// Refuses paths in hexadecimal digits: a path crosses as its bytes.
pub(super) fn paths_are_not_digits(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("src/") {
        return Vec::new();
    }
    let lines = code_lines(text).filter(|(_, line)| line.contains("path_hex"));
    lines
        .map(|(number, _)| {
            format!("{path}:{number}: a path is an `ImagePath`, not a text of digits")
        })
        .collect()
}

/// Refuses a question word at the start of a doc paragraph: it would put a clause where the noun or the verb belongs.
/// The docs of the command's options are its help text, and are not meant.
pub(super) fn docs_begin_with_a_noun_or_a_verb(path: &str, text: &str) -> Vec<String> {
    let questions = ["What", "Whether", "How", "Where", "Who", "Which"];
    let asks = |doc: &str| questions.contains(&doc.split(|c| !is_word(c)).next().unwrap_or(""));
    let docs = text.lines().map(|line| {
        let line = line.trim_start();
        let doc = line.strip_prefix("///").or(line.strip_prefix("//!"));
        doc.map_or("", str::trim)
    });
    let with_line_before = std::iter::once("").chain(docs.clone()).zip(docs);
    let is_help = |at: usize| {
        let mut behind = text.lines().skip(at).map(str::trim_start);
        let item = behind.find(|line| !line.starts_with("///"));
        item.is_some_and(|item| item.starts_with("#[arg("))
    };
    (1..)
        .zip(with_line_before)
        .filter(|(at, (before, doc))| before.is_empty() && asks(doc) && !is_help(*at))
        .map(|(at, (_, doc))| format!("{path}:{at}: `{doc}`: begin with a noun or a verb"))
        .collect()
}

/// Literals of the parts that the kit draws, each with the kit's module for it.
const KIT: &[(&str, &str)] = &[
    ("class=\"button", "button"),
    ("classes!(\"button\"", "button"),
    ("class=\"notice\"", "notice"),
    ("class=\"notice ", "notice"),
    ("classes!(\"notice\"", "notice"),
    ("<dialog", "dialog"),
    ("role=\"dialog\"", "popover"),
    ("class=\"popover", "popover"),
    ("class=\"veil", "popover"),
    ("role=\"tablist\"", "tabs"),
    ("role=\"tab\"", "tabs"),
    ("role=\"menu", "menu"),
    ("role=\"progressbar\"", "progress"),
    ("class=\"progress", "progress"),
    ("role=\"separator\"", "splitter"),
    ("<table", "table"),
    ("<select", "field"),
    ("<textarea", "field"),
    ("class=\"input", "field"),
    ("class=\"segmented", "segmented"),
    ("class=\"side-sheet", "side_sheet"),
    ("role=\"gridcell\"", "tree_row"),
    ("class=\"spinner", "loader"),
];

/// Refuses a part of the page that the kit draws: its looks and its attributes are decided in one place.
pub(super) fn parts_are_the_kits(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("src/ui/") || path.starts_with("src/ui/kit/") {
        return Vec::new();
    }
    code_lines(text)
        .flat_map(|(number, line)| {
            let literals = KIT.iter().filter(|(literal, _)| line.contains(literal));
            literals.map(move |(literal, module)| {
                format!("{path}:{number}: `{literal}`: draw it with `ui::kit::{module}`")
            })
        })
        .collect()
}

pub(super) fn suites_run_in_both_rings(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("tests/suite/") {
        return Vec::new();
    }
    code_lines(text)
        .filter(|(_, line)| line.trim() == "#[test]" || line.trim() == "#[wasm_bindgen_test]")
        .map(|(at, _)| {
            format!("{path}:{at}: write #[wasm_bindgen_test(unsupported = test)], for both rings")
        })
        .collect()
}
