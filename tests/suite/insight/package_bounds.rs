//! The bounds on the packages of an image: what is beyond them is told, and nothing false is said for lack of it.

use std::cell::Cell;
use std::rc::Rc;

use lamina::bounds::{Limits, PackageLimits};
use lamina::insight::packages::Standing;
use lamina::io::{self, Bytes, ErrorKind, LocalFuture, ReadAt};
use lamina::message::Message;
use lamina::source::archive::Input;
use lamina::workspace::{OpenImage, packages_task};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use super::packages::{check_lines, packages_within, stanza, told};
use super::system::{found, read};
use crate::archive::fixture::{docker_save, open_input};
use crate::support::{run, tar_of};

/// Checks the lines that begin with a word, by bounds other than those of a person.
fn check_within(change: impl Fn(&mut PackageLimits), layers: &str, word: &str, expected: &str) {
    let mut limits = Limits::DEFAULT;
    change(&mut limits.packages);
    let lines = told(&packages_within(layers, limits));
    let lines: Vec<String> = lines
        .into_iter()
        .filter(|line| line.starts_with(word))
        .collect();
    let expected: Vec<&str> = expected.lines().map(str::trim).collect();
    assert_eq!(lines, expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn states_read_in_part_remove_nothing() {
    let (a, b) = (stanza("a", "1"), stanza("b", "1"));
    // The bound on one database ends within the second stanza of the upper state.
    let long = stanza("c", &"1".repeat(99));
    let layers = format!("var/lib/dpkg/status = {a}{b}\n---\nvar/lib/dpkg/status = {a}{long}{b}");
    let most = (a.len() + b.len() - 2 * 5) as u64;
    check_within(
        |limits| limits.database_bytes = most,
        &layers,
        "deb",
        "deb a:amd64 0 in 0 added@0=1
         deb b:amd64 0 in 0 added@0=1",
    );
    // Records that cannot be read may be those of packages.
    check_lines(
        &format!("var/lib/dpkg/status = {a}{b}\n---\nvar/lib/dpkg/status = {a}rubbish\\n\\n"),
        "deb",
        "deb a:amd64 0 in 0 added@0=1
         deb b:amd64 0 in 0 added@0=1",
    );
    // Of a state that is not read at all, nothing is known.
    check_within(
        |limits| limits.databases_bytes = (a.len() + b.len() - 4) as u64,
        &format!("var/lib/dpkg/status = {a}\n---\nvar/lib/dpkg/status = {a}{b}"),
        "deb",
        "deb a:amd64 0 in 0 added@1?=1
         deb b:amd64 0 in 0 added@1?=1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_list_that_is_cut_has_no_torn_line() {
    let a = stanza("a", "1");
    check_within(
        |limits| limits.list_bytes = 8,
        &format!("var/lib/dpkg/status = {a}\nvar/lib/dpkg/info/a.list = /aa\\n/bb/cc\\n\naa = x"),
        "never",
        "",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn bounds_are_met_without_a_false_word() {
    let (a, b) = (stanza("a", "1"), stanza("b", "1"));
    let status = format!("var/lib/dpkg/status = {a}{b}");
    check_within(
        |limits| limits.packages = 1,
        &status,
        "database",
        "database var/lib/dpkg/status@0 1, 1 left out",
    );
    // The newest state goes first.
    check_within(
        |limits| limits.mentions = 2,
        &format!("{status}\n---\nvar/lib/dpkg/status = {b}"),
        "deb",
        "deb a:amd64 0 in 0 added@0=1 removed@1?=1
         deb b:amd64 0 in 0 added@1?=1",
    );
    check_within(
        |limits| limits.path_bytes = 12,
        "lib/apk/db/installed = P:a\\nV:1\\nF:x\\nR:y\\nF:z\\nR:y\\n\\n",
        "database",
        "database lib/apk/db/installed@0 1, 2 paths left out",
    );
    // Empty lists count, too.
    let lists: String = (0..20)
        .map(|n| format!("\nvar/lib/dpkg/info/x{n}.list ="))
        .collect();
    check_within(
        |limits| limits.files = 4,
        &format!("{status}{lists}"),
        "gap",
        "gap var/lib/dpkg/info at least 17 more, beyond the bound",
    );
    let folder: String = (0..9)
        .map(|n| format!("var/lib/dpkg/status.d/{n} = Package: p{n}\\nVersion: 1\\n\n"))
        .collect();
    check_within(
        |limits| limits.files = 4,
        &format!("{folder}---\nx = y\n---\ny = x"),
        "gap",
        "gap var/lib/dpkg/status.d at least 5 more, beyond the bound",
    );
    let mut limits = Limits::DEFAULT;
    limits.packages.files = 4;
    let list = packages_within(&format!("{folder}---\nx = y\n---\ny = x"), limits);
    assert_eq!(list.standing(Standing::Installed).count(), 4);
    assert_eq!(list.packages.len(), 4);
    // A folder that turns to another one is listed anew, so many times.
    check_within(
        |limits| limits.listings = 1,
        "one/a = Package: a\\nVersion: 1\\n\ntwo/a = Package: b\\nVersion: 1\\n\nvar/lib/dpkg/status.d -> ../../../one
         ---
         var/lib/dpkg/status.d -> ../../../two",
        "gap",
        "gap var/lib/dpkg/status.d at least 1 more, beyond the bound",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn links_are_followed_within_a_budget() {
    let a = stanza("a", "1");
    let list: String = (0..50).map(|n| format!("/l/{n}/../x\\n")).collect();
    check_within(
        |limits| limits.followed_link_bytes = 80,
        &format!(
            "l -> d/../d\nd/x = y\nvar/lib/dpkg/status = {a}\nvar/lib/dpkg/info/a.list = {list}"
        ),
        "gap",
        "gap  at least 47 more, beyond the bound",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_list_of_many_names_is_read_once() {
    let (status, info) = (stanza("a", "1"), "var/lib/dpkg/info");
    let names: String = (0..50)
        .map(|n| format!("\n{info}/x{n}.list => {info}/a.list"))
        .collect();
    let layers = format!("var/lib/dpkg/status = {status}\n{info}/a.list = @1000{names}");
    let mut image = found(&layers, &json!({}));
    read(&mut image, 0);
    let n_bytes = std::cell::Cell::new(0);
    let watch = |n| {
        n_bytes.set(n);
        None
    };
    run(packages_task(&image).unwrap().read(&watch));
    assert!((1000..2000).contains(&n_bytes.get()), "{}", n_bytes.get());
}

#[wasm_bindgen_test(unsupported = test)]
fn licences_that_are_not_read_are_not_called_missing() {
    let a = stanza("a", "1");
    let layers = format!(
        "var/lib/dpkg/status = {a}\nusr/share/doc/a/copyright = Format: x\\n\\nLicense: MIT\\n\\nLicense: Zlib\\n"
    );
    check_lines(&layers, "deb", "deb a:amd64 0 in 0 (MIT) (Zlib) added@0=1");
    check_within(
        |limits| limits.licences_bytes = 0,
        &layers,
        "deb",
        "deb a:amd64 0 in 0 (not read) added@0=1",
    );
    check_within(
        |limits| limits.licences = 1,
        &layers,
        "gap",
        "gap usr/share/doc/a/copyright at least 1 more, beyond the bound",
    );
}

/// A file that gives no bytes any more once it fell silent.
struct Falling {
    bytes: Bytes,
    is_silent: Cell<bool>,
    n_refused: Cell<u32>,
}

impl ReadAt for Falling {
    fn len_bytes(&self) -> u64 {
        self.bytes.len_bytes()
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        if !self.is_silent.get() {
            return self.bytes.read_at(offset, len);
        }
        self.n_refused.set(self.n_refused.get() + 1);
        let error = io::Error::new(ErrorKind::Silent, Message::verbatim("silent"));
        Box::pin(std::future::ready(Err(error)))
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_source_that_fell_silent_is_not_asked_for_each_file() {
    let status = stanza("a", "1");
    let lists: String = (0..30)
        .map(|n| format!("\nvar/lib/dpkg/info/x{n}.list = /x{n}\\n"))
        .collect();
    let tar = tar_of(&format!("var/lib/dpkg/status = {status}{lists}"));
    let bytes = Rc::new(Falling {
        bytes: Bytes::new(docker_save(&["a:1"], &[&tar]).tar()),
        is_silent: Cell::new(false),
        n_refused: Cell::new(0),
    });
    let name = "test.tar".to_owned();
    let source: Rc<dyn ReadAt> = bytes.clone();
    let opened = open_input(Input::File {
        name,
        bytes: source,
    });
    let mut image = OpenImage::new(opened.unwrap().images.remove(0), Limits::DEFAULT);
    read(&mut image, 0);
    let task = packages_task(&image).unwrap();
    bytes.is_silent.set(true);
    let list = run(task.read(&|_| None)).finish(&image);
    assert_eq!(list.gaps.len(), 31);
    assert!(bytes.n_refused.get() <= 2, "{}", bytes.n_refused.get());
    assert!(list.packages.is_empty() && list.unowned.is_none());
}

/// Without a budget for all paths together, each line would follow megabytes of links.
#[wasm_bindgen_test(unsupported = test)]
fn a_chain_of_long_links_is_followed_a_few_times_only() {
    let status = stanza("a", "1");
    let detour = "x/../".repeat(3_000);
    let links: String = (0..200)
        .map(|n| format!("l{n} -> {detour}l{}\n", n + 1))
        .collect();
    let list = "/l0/a\\n/l0/./a\\n".repeat(5_000);
    let layers = format!(
        "x/\nl200/a = x\n{links}var/lib/dpkg/status = {status}\nvar/lib/dpkg/info/a.list = {list}"
    );
    let list = packages_within(&layers, Limits::DEFAULT);
    let [package] = list.packages.as_slice() else {
        panic!("{:?}", list.packages);
    };
    // The one spelling is followed once, and the budget does not suffice for the other.
    assert_eq!(package.n_owned, 5_000);
    assert_eq!(package.owned_bytes, 1);
    check_within(
        |limits| limits.followed_link_bytes = 4 * 1024 * 1024,
        &layers,
        "gap",
        "gap  at least 10000 more, beyond the bound",
    );
}
