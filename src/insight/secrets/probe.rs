//! The machine that searches an image for secrets: it wants the files of all layers, takes their bytes, and ends in a
//! [`SecretList`].

use std::collections::BTreeSet;

use super::credentials;
use super::fate::Fates;
use super::files::NamedFile;
use super::hits::{Hit, Hits};
use super::text::Searcher;
use super::{SecretFate, SecretFinding, SecretList, SecretPlace, SecretStanding};
use crate::bounds::SecretLimits;
use crate::image::ImageConfig;
use crate::insight::system::{FileGap, Gap, LayerGap};
use crate::overlay::{EntryPlace, LayerIdx, Union};

/// Folders of tests, examples and documentation, in lower case.
const EXAMPLE_DIRS: [&str; 24] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "test_data",
    "test-data",
    "__tests__",
    "spec",
    "specs",
    "selftest",
    "fixture",
    "fixtures",
    "__fixtures__",
    "mocks",
    "__mocks__",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "doc",
    "docs",
    "man",
];

/// Endings of documentation and tests.
const EXAMPLE_ENDINGS: [&str; 12] = [
    ".md", ".mdx", ".rst", ".adoc", ".pod", "_test.go", "_test.py", "_test.rb", ".test.js",
    ".test.ts", ".spec.js", ".spec.ts",
];

/// A file that is searched.
#[derive(Clone, Debug)]
pub struct SearchedFile {
    path: Vec<u8>,
    content: EntryPlace,
    size_bytes: u64,
    len_bytes: u64,
    is_example: bool,
    named: Option<NamedFile>,
}

impl SearchedFile {
    /// Returns the number of bytes that are wanted: all of the file, up to a bound.
    pub fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    /// True if no more bytes are wanted, because the first ones show a file that is no text.
    pub fn is_done_after(&self, first: &[u8]) -> bool {
        !is_text(first) && !self.named.is_some_and(NamedFile::is_binary)
    }
}

/// Number of first bytes of a file that show whether it is text.
pub const SNIFFED_BYTES: u64 = 8 * 1024;

/// True for a text. Other files have a zero early on.
fn is_text(bytes: &[u8]) -> bool {
    let first = usize::try_from(SNIFFED_BYTES).unwrap_or(usize::MAX);
    let first = bytes.get(..first).unwrap_or(bytes);
    memchr::memchr(0, first).is_none()
}

/// Findings that are kept, and the number of the others.
#[derive(Default)]
struct Kept {
    findings: Vec<(SecretFinding, Option<EntryPlace>)>,
    n_left_out: u64,
}

/// A search in progress. It owns all that it needs, and borrows nothing of the image.
pub struct SecretProbe {
    limits: SecretLimits,
    searcher: Searcher,
    secrets: Kept,
    apart: Kept,
    n_searched: u64,
    n_binary: u64,
    n_cut: u64,
    n_unread: usize,
    gaps: BTreeSet<Gap>,
}

impl SecretProbe {
    /// Creates a search within bounds.
    pub fn new(limits: SecretLimits) -> SecretProbe {
        SecretProbe {
            limits,
            searcher: Searcher::new(),
            secrets: Kept::default(),
            apart: Kept::default(),
            n_searched: 0,
            n_binary: 0,
            n_cut: 0,
            n_unread: 0,
            gaps: BTreeSet::new(),
        }
    }

    /// Adds a gap that is known from elsewhere.
    pub fn note(&mut self, gap: Gap) {
        self.gaps.insert(gap);
    }

    /// Plans to search a file of a layer.
    pub fn file(&self, content: EntryPlace, path: Vec<u8>, size_bytes: u64) -> SearchedFile {
        SearchedFile {
            content,
            size_bytes,
            len_bytes: size_bytes.min(self.limits.file_bytes),
            is_example: is_example(&path),
            named: NamedFile::of(&path),
            path,
        }
    }

    /// Takes the first bytes of a file.
    pub fn take(&mut self, file: &SearchedFile, bytes: &[u8]) {
        self.n_searched = self.n_searched.saturating_add(1);
        let is_text = is_text(bytes);
        if !is_text {
            self.n_binary = self.n_binary.saturating_add(1);
        } else if file.size_bytes > file.len_bytes {
            self.n_cut = self.n_cut.saturating_add(1);
        }
        let mut hits = Hits::new(self.limits.of_file);
        if is_text {
            self.searcher.search_text(bytes, &mut hits);
        }
        if let Some(named) = file.named.filter(|named| is_text || named.is_binary()) {
            credentials::scan(named, bytes, &mut hits);
        }
        let (hits, n_left_out) = hits.finish();
        let kept = match file.is_example {
            true => &mut self.apart,
            false => &mut self.secrets,
        };
        kept.n_left_out = kept.n_left_out.saturating_add(n_left_out);
        let (mut line, mut counted) = (1_u32, 0);
        for mut hit in hits {
            let passed = bytes.get(counted..hit.at.start).unwrap_or_default();
            let n_lines = memchr::memchr_iter(b'\n', passed).count();
            line = line.saturating_add(u32::try_from(n_lines).unwrap_or(u32::MAX));
            counted = hit.at.start;
            if file.is_example {
                hit.standing = SecretStanding::Example;
            }
            let place = SecretPlace::File {
                path: file.path.clone(),
                layer: file.content.layer,
                line,
            };
            self.keep(hit, place, Some(file.content));
        }
    }

    /// Notes that a file could not be read.
    pub fn miss(&mut self, file: &SearchedFile, why: FileGap) {
        if self.n_unread < self.limits.unread_files {
            self.n_unread += 1;
            let path = file.path.clone();
            self.note(Gap::File { path, why });
        } else {
            self.miss_rest(file.content.layer);
        }
    }

    /// Notes that further files of a layer are not searched.
    pub fn miss_rest(&mut self, layer: LayerIdx) {
        let why = LayerGap::Incomplete;
        self.note(Gap::Layer { layer, why });
    }

    /// Searches the config.
    pub fn search_config(&mut self, config: &ImageConfig) {
        let searcher = std::mem::replace(&mut self.searcher, Searcher::new());
        let most = self.limits.of_file;
        searcher.search_config(config, most, &mut |place, hits| {
            let (hits, n_left_out) = hits.finish();
            self.secrets.n_left_out = self.secrets.n_left_out.saturating_add(n_left_out);
            for hit in hits {
                self.keep(hit, place.clone(), None);
            }
        });
        self.searcher = searcher;
    }

    /// Keeps a finding, unless there are too many of its kind.
    fn keep(&mut self, hit: Hit, place: SecretPlace, content: Option<EntryPlace>) {
        let kept = match hit.standing.is_secret() {
            true => &mut self.secrets,
            false => &mut self.apart,
        };
        if kept.findings.len() >= self.limits.findings {
            kept.n_left_out = kept.n_left_out.saturating_add(1);
            return;
        }
        let finding = SecretFinding {
            rule: hit.rule,
            place,
            value: hit.value,
            fate: SecretFate::Live,
            standing: hit.standing,
        };
        kept.findings.push((finding, content));
    }

    /// Returns the findings, by the union of the same image, whose own layers are its lowest `n_layers`.
    pub fn finish(self, union: &Union, n_layers: usize) -> SecretList {
        let (n_left_out, n_apart_left_out) = (self.secrets.n_left_out, self.apart.n_left_out);
        let kept = self.secrets.findings.into_iter().chain(self.apart.findings);
        let kept: Vec<_> = kept.collect();
        let contents: BTreeSet<EntryPlace> =
            kept.iter().filter_map(|(_, content)| *content).collect();
        let fates = Fates::of(union, n_layers, &contents);
        let with_fate = |(finding, content): (SecretFinding, Option<EntryPlace>)| SecretFinding {
            fate: content.map_or(SecretFate::Live, |content| fates.get(content)),
            ..finding
        };
        let mut findings: Vec<SecretFinding> = kept.into_iter().map(with_fate).collect();
        findings
            .sort_by(|a, b| (a.standing, &a.place, a.rule).cmp(&(b.standing, &b.place, b.rule)));
        SecretList {
            findings,
            n_left_out,
            n_apart_left_out,
            n_searched: self.n_searched,
            n_binary: self.n_binary,
            n_cut: self.n_cut,
            file_bytes: self.limits.file_bytes,
            gaps: self.gaps.into_iter().collect(),
        }
    }
}

/// True for a path in tests, examples or documentation.
fn is_example(path: &[u8]) -> bool {
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let (dirs, name) = path.rsplit_once('/').unwrap_or(("", &path));
    EXAMPLE_ENDINGS.iter().any(|ending| name.ends_with(ending))
        || name.starts_with("test_")
        || dirs.split('/').any(|dir| EXAMPLE_DIRS.contains(&dir))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn searched_by(limits: SecretLimits, path: &str, bytes: &[u8]) -> SecretList {
        let mut probe = SecretProbe::new(limits);
        let content = EntryPlace {
            layer: LayerIdx(0),
            entry: 0,
        };
        let file = probe.file(content, path.as_bytes().to_vec(), bytes.len() as u64);
        probe.take(&file, bytes);
        probe.finish(&Union::new(crate::bounds::Limits::DEFAULT), 0)
    }

    /// Returns the findings in one file, each a rule and a standing.
    pub(in super::super) fn searched(path: &str, bytes: &[u8]) -> Vec<(String, String)> {
        let list = searched_by(SecretLimits::DEFAULT, path, bytes);
        let told = list.findings.iter();
        told.map(|one| (one.rule.word().to_owned(), one.standing.word().to_owned()))
            .collect()
    }

    /// Returns lines of variables, each another secret.
    fn many(n: usize) -> String {
        (0..n)
            .map(|at| format!("T{at}_TOKEN=hunter{at:06}\n"))
            .collect()
    }

    #[test]
    fn tests_and_documentation_are_told_apart() {
        for (path, is) in [
            ("usr/share/doc/x/README", true),
            ("app/tests/key.pem", true),
            (
                "usr/lib/python3/site-packages/Crypto/SelfTest/keys.py",
                true,
            ),
            ("app/README.md", true),
            ("app/test_keys.py", true),
            ("app/key_test.go", true),
            ("app/key.pem", false),
            ("root/.npmrc", false),
            ("var/www/index.html", false),
            ("app/contest/key.pem", false),
        ] {
            assert_eq!(is_example(path.as_bytes()), is, "{path}");
        }
    }

    #[test]
    fn findings_beyond_the_bounds_are_counted() {
        let limits = SecretLimits {
            of_file: 5,
            findings: 3,
            ..SecretLimits::DEFAULT
        };
        let list = searched_by(limits, "a/.env", many(9).as_bytes());
        assert_eq!((list.findings.len(), list.n_left_out), (3, 6));
        assert_eq!((list.n_secrets(), list.n_apart()), (9, 0));
        let list = searched_by(limits, "docs/.env", many(9).as_bytes());
        assert_eq!((list.findings.len(), list.n_apart_left_out), (3, 6));
        assert_eq!((list.n_secrets(), list.n_apart()), (0, 9));
    }

    #[test]
    fn unread_files_are_named_up_to_the_bound() {
        let limits = SecretLimits {
            unread_files: 2,
            ..SecretLimits::DEFAULT
        };
        let mut probe = SecretProbe::new(limits);
        for entry in 0..5 {
            let layer = LayerIdx(3);
            let file = probe.file(EntryPlace { layer, entry }, vec![b'a'; entry as usize], 1);
            probe.miss(&file, FileGap::TooFar);
        }
        let list = probe.finish(&Union::new(crate::bounds::Limits::DEFAULT), 0);
        let layer = Gap::Layer {
            layer: LayerIdx(3),
            why: LayerGap::Incomplete,
        };
        assert_eq!(list.gaps.len(), 3);
        assert_eq!(list.gaps[0], layer);
    }

    #[test]
    fn lines_are_counted_from_one() {
        let list = searched_by(SecretLimits::DEFAULT, ".env", many(3).as_bytes());
        let lines = list.findings.iter().map(|finding| match finding.place {
            SecretPlace::File { line, .. } => line,
            _ => 0,
        });
        assert_eq!(lines.collect::<Vec<_>>(), [1, 2, 3]);
    }

    /// Texts that take minutes where a search is not linear.
    #[test]
    fn the_worst_texts_come_to_an_end() {
        let n_bytes = 1_000_000;
        let all_of = |piece: &str| piece.repeat(n_bytes / piece.len());
        let chain = |piece: &str, len: usize| {
            all_of(&format!("{}example ", piece.repeat(len / piece.len())))
        };
        let half = n_bytes / 2;
        let login = format!(
            "{{\"a\": \"{}\", \"auths\": {{{}\"z\": {{}}}}}}",
            "x".repeat(half),
            (0..half / 40)
                .map(|at| format!("\"{at}\": {{\"auth\": \"bWU6aHVudGVyMjI=\"}}, "))
                .collect::<String>()
        );
        let netrc = format!(
            "{} {}",
            "x".repeat(half),
            "password hunter22 ".repeat(half / 18)
        );
        for (path, text) in [
            ("a", all_of("sk-")),
            ("a", all_of("xoxb-")),
            ("a", all_of("glpat-")),
            ("a", chain("glpat-", 300)),
            ("a", chain("sk-", 200)),
            ("a", all_of("-----BEGIN PRIVATE KEY")),
            ("a", all_of("-----BEGIN PRIVATE KEY-----")),
            ("a", all_of("\\n\\")),
            ("a", all_of("secret_access_key=")),
            ("a", all_of("AccountKey=")),
            ("a", many(n_bytes / 22)),
            ("a/.env", many(n_bytes / 22)),
            ("a/.env", all_of("A_TOKEN=")),
            ("a/.git-credentials", all_of("://a:b@")),
            ("a/.netrc", netrc),
            ("a/.netrc", all_of("password ")),
            (".docker/config.json", login),
            (".docker/config.json", all_of("[")),
            (
                ".docker/config.json",
                format!("{{\"a\": [{}0]}}", all_of("0, ")),
            ),
        ] {
            searched(path, text.as_bytes());
        }
    }
}
