//! The modules of the library as its text has them: what each defines, declares and imports, and where a path leads.
//!
//! It reads tokens, not types: what a method belongs to is not seen. Tests inside the library do not count.

use std::collections::{BTreeMap, BTreeSet};

use super::is_word;

/// One module: a file, or an inline `mod` of `src/lib.rs`.
#[derive(Default)]
pub(super) struct Module {
    pub(super) file: String,
    items: BTreeSet<String>,
    /// Names that `use` brings, with their paths.
    uses: Vec<(String, Vec<String>)>,
    /// Those of them that are passed on by `pub use`.
    passed_on: Vec<(String, Vec<String>)>,
    /// The words of the code but for its imports.
    words: BTreeSet<String>,
    /// Paths that are written out in the code.
    paths: Vec<Vec<String>>,
}

/// All modules, by their paths from the root: `layer::codec`.
pub(super) struct Tree {
    modules: BTreeMap<Vec<String>, Module>,
}

type Tokens = Vec<String>;

/// The tokens of a file, without comments, texts and lifetimes.
fn tokens(text: &str) -> Tokens {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut at) = (Tokens::new(), 0);
    let ahead = |at: usize, n: usize| chars.get(at + n).copied().unwrap_or(' ');
    while at < chars.len() {
        let c = chars[at];
        if c == '/' && ahead(at, 1) == '/' {
            at += chars[at..].iter().take_while(|c| **c != '\n').count();
        } else if (c == 'r' || c == 'b') && is_raw_text(&chars[at..]) {
            let n_hashes = chars[at..].iter().skip_while(|c| **c != '#' && **c != '"');
            let n_hashes = n_hashes.take_while(|c| **c == '#').count();
            let end: Vec<char> = std::iter::once('"').chain(vec!['#'; n_hashes]).collect();
            at += chars[at..].iter().take_while(|c| **c != '"').count() + 1;
            at += chars[at..]
                .windows(end.len())
                .take_while(|w| *w != end)
                .count()
                + end.len();
        } else if c == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += 1 + usize::from(chars[at] == '\\');
            }
            at += 1;
        } else if c == '\'' && ahead(at, 1) == '\\' {
            at += 3;
            at += chars[at..].iter().take_while(|c| **c != '\'').count() + 1;
        } else if c == '\'' {
            at += if ahead(at, 2) == '\'' { 3 } else { 1 };
        } else if is_word(c) {
            let word: String = chars[at..].iter().take_while(|c| is_word(**c)).collect();
            at += word.chars().count();
            found.push(word);
        } else if c == ':' && ahead(at, 1) == ':' {
            found.push("::".to_owned());
            at += 2;
        } else {
            if !c.is_whitespace() {
                found.push(c.to_string());
            }
            at += 1;
        }
    }
    found
}

fn is_raw_text(chars: &[char]) -> bool {
    let mut rest = chars.iter().skip_while(|c| **c == 'b' || **c == 'r');
    let n_letters = chars
        .iter()
        .take_while(|c| **c == 'b' || **c == 'r')
        .count();
    let raw = chars.iter().take(n_letters).any(|c| *c == 'r');
    raw && n_letters <= 2 && rest.find(|c| **c != '#') == Some(&'"')
}

/// The position behind the bracket that closes the one at `at`.
fn behind(tokens: &[String], at: usize) -> usize {
    let mut depth = 0_usize;
    for (n, token) in tokens.iter().enumerate().skip(at) {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return n + 1;
        }
    }
    tokens.len()
}

/// The tokens without items that stand under `#[cfg(test)]`.
fn without_tests(tokens: &[String]) -> Tokens {
    let test = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut left, mut at) = (Tokens::new(), 0);
    while at < tokens.len() {
        if tokens[at..].iter().take(test.len()).eq(test.iter()) {
            at += test.len();
            while at < tokens.len() && tokens[at] != ";" && tokens[at] != "{" {
                at += 1;
            }
            at = if tokens.get(at).is_some_and(|token| token == "{") {
                behind(tokens, at)
            } else {
                at + 1
            };
        } else {
            left.push(tokens[at].clone());
            at += 1;
        }
    }
    left
}

/// Takes a tree of `use` apart: `a::{b, c as d}` brings `b` and `d`.
fn flatten(tokens: &[String], before: &[String], found: &mut Vec<(String, Vec<String>)>) {
    let mut path = before.to_vec();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "::" => {}
            "{" => {
                let end = behind(tokens, at);
                let mut start = at + 1;
                let mut n = at + 1;
                while n < end {
                    if tokens[n] == "{" {
                        n = behind(tokens, n);
                        continue;
                    }
                    if tokens[n] == "," || n + 1 == end {
                        flatten(&tokens[start..n], &path, found);
                        start = n + 1;
                    }
                    n += 1;
                }
                return;
            }
            "as" => {
                found.push((tokens[at + 1].clone(), path));
                return;
            }
            "self" if !path.is_empty() => {}
            word => path.push(word.to_owned()),
        }
        at += 1;
    }
    if path.len() > before.len() || tokens.first().is_some_and(|token| token == "self") {
        let name = path.last().cloned().unwrap_or_default();
        found.push((name, path));
    }
}

const DEFINING: &[&str] = &[
    "struct",
    "enum",
    "union",
    "fn",
    "trait",
    "type",
    "const",
    "static",
    "macro_rules",
];

impl Tree {
    /// Reads all files of the library but its tests.
    pub(super) fn of(files: &BTreeMap<String, String>) -> Tree {
        let mut tree = Tree {
            modules: BTreeMap::new(),
        };
        for (file, text) in files {
            let Some(inside) = file.strip_prefix("src/") else {
                continue;
            };
            let mut path: Vec<String> = inside
                .trim_end_matches(".rs")
                .split('/')
                .map(str::to_owned)
                .collect();
            if path[0] == "bin" || path.iter().any(|name| name == "tests") {
                continue;
            }
            if path
                .last()
                .is_some_and(|name| name == "mod" || name == "lib")
            {
                path.pop();
            }
            let tokens = without_tests(&tokens(text));
            tree.read(file, &tokens, path);
        }
        tree
    }

    fn read(&mut self, file: &str, tokens: &[String], path: Vec<String>) {
        let mut module = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        let mut at = 0;
        let mut depth = 0_usize;
        while at < tokens.len() {
            let next = tokens.get(at + 1).map_or("", String::as_str);
            match tokens[at].as_str() {
                "use" => {
                    let end = at
                        + tokens[at..]
                            .iter()
                            .take_while(|token| *token != ";")
                            .count();
                    let is_public = at > 0 && (tokens[at - 1] == "pub" || tokens[at - 1] == ")");
                    let list = if is_public {
                        &mut module.passed_on
                    } else {
                        &mut module.uses
                    };
                    flatten(&tokens[at + 1..end], &[], list);
                    at = end;
                    continue;
                }
                "mod" if depth == 0 && tokens.get(at + 2).is_some_and(|token| token == "{") => {
                    let end = behind(tokens, at + 2);
                    let inner = path.iter().cloned().chain([next.to_owned()]).collect();
                    self.read(file, &tokens[at + 3..end - 1], inner);
                    at = end - 1;
                }
                word if depth == 0 && DEFINING.contains(&word) => {
                    let name = if next == "!" { &tokens[at + 2] } else { next };
                    module.items.insert(name.to_owned());
                }
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            module.words.insert(tokens[at].clone());
            if next == "::"
                && (at == 0 || tokens[at - 1] != "::")
                && tokens[at].starts_with(is_word)
            {
                let mut written = vec![tokens[at].clone()];
                let mut n = at + 1;
                while tokens.get(n).is_some_and(|token| token == "::") {
                    let Some(word) = tokens.get(n + 1).filter(|token| token.starts_with(is_word))
                    else {
                        break;
                    };
                    written.push(word.clone());
                    n += 2;
                }
                module.paths.push(written);
            }
            at += 1;
        }
        self.modules.insert(path, module);
    }

    /// The file that defines what a path in a module leads to; none of another crate's item, and none of a bare module.
    fn definition(&self, from: &[String], path: &[String], hops: usize) -> Option<&str> {
        let mut place = from.to_vec();
        for (n, name) in path.iter().enumerate() {
            match name.as_str() {
                "crate" => place.clear(),
                "super" => {
                    place.pop()?;
                }
                "self" => {}
                _ => {
                    let module = self.modules.get(&place)?;
                    let inner: Vec<String> = place.iter().cloned().chain([name.clone()]).collect();
                    if module.items.contains(name) {
                        return Some(&module.file);
                    }
                    if self.modules.contains_key(&inner) {
                        place = inner;
                        continue;
                    }
                    let mut brought = module.uses.iter().chain(&module.passed_on);
                    let (_, brought) = brought.find(|(brought, _)| brought == name)?;
                    if hops == 0 || brought.len() == 1 {
                        return None;
                    }
                    let onward: Vec<String> =
                        brought.iter().chain(&path[n + 1..]).cloned().collect();
                    return self.definition(&place, &onward, hops - 1);
                }
            }
        }
        None
    }

    /// Each file's imports: pairs of a file and another that defines what it names.
    pub(super) fn edges(&self) -> BTreeSet<(String, String)> {
        let mut edges = BTreeSet::new();
        for (path, module) in &self.modules {
            // A re-export alone is no use of what it names.
            let passed_on = module.passed_on.iter();
            let named = passed_on.filter(|(name, _)| module.words.contains(name));
            let brought = module.uses.iter().chain(named).map(|(_, path)| path);
            for written in brought.chain(&module.paths) {
                if let Some(file) = self.definition(path, written, 8)
                    && file != module.file
                {
                    edges.insert((module.file.clone(), file.to_owned()));
                }
            }
        }
        edges
    }
}
