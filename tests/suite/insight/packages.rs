//! The packages of an image: layers as text in, packages as text out, a line each.

use lamina::bounds::Limits;
use lamina::image::escape;
use lamina::insight::packages::{PackageKind, PackageList};
use lamina::insight::system::Gap;
use lamina::workspace::{LayerStatus, OpenImage, packages_task};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use super::system::{found, read};
use crate::support::run;

fn packages_of(layers: &str) -> PackageList {
    packages_within(layers, Limits::DEFAULT)
}

pub(super) fn packages_within(layers: &str, limits: Limits) -> PackageList {
    let image = found(layers, &json!({}));
    let mut image = OpenImage::new(image.found.clone(), limits);
    while let Some(layer) = image.next_waiting() {
        read(&mut image, layer);
    }
    let task = packages_task(&image).unwrap();
    run(task.read(&|_| None)).finish(&image)
}

/// The packages, then what is gone, what nobody owns and what was not read.
pub(super) fn told(list: &PackageList) -> Vec<String> {
    let mut lines: Vec<String> = list
        .packages
        .iter()
        .map(|package| {
            let events = package.events.iter().map(|event| {
                let doubt = if event.is_exact { "" } else { "?" };
                format!(
                    " {}@{}{doubt}={}",
                    event.change.word(),
                    event.layer.0,
                    event.version
                )
            });
            let licences: String = match &package.licences {
                Some(licences) => licences.iter().map(|l| format!(" ({l})")).collect(),
                None => " (not read)".to_owned(),
            };
            let gone = match package.n_gone {
                0 => String::new(),
                n => format!(" lacks {n}"),
            };
            let arch = match package.architecture.as_str() {
                "" => String::new(),
                arch => format!(":{arch}"),
            };
            format!(
                "{} {}{arch} {} in {}{gone}{licences}{}",
                package.kind.word(),
                package.name,
                package.owned_bytes,
                package.n_owned,
                events.collect::<String>()
            )
        })
        .collect();
    lines.extend(list.databases.iter().map(|database| {
        let (path, layer) = (escape(&database.file.path), database.file.layer.0);
        let bad = match database.n_malformed {
            0 => String::new(),
            n => format!(", {n} bad"),
        };
        let left_out = match database.n_left_out {
            0 => String::new(),
            n => format!(", {n} left out"),
        };
        let paths = match database.n_paths_left_out {
            0 => String::new(),
            n => format!(", {n} paths left out"),
        };
        let n = database.n_packages;
        format!("database {path}@{layer} {n}{bad}{left_out}{paths}")
    }));
    if let Some(unowned) = &list.unowned {
        let largest = unowned
            .largest
            .iter()
            .map(|file| format!(" {}={}@{}", escape(&file.path), file.bytes, file.layer.0));
        let largest: String = largest.collect();
        lines.push(format!("unowned {} {}:{largest}", unowned.n, unowned.bytes));
    }
    if list.gone.n_never > 0 {
        lines.push(format!("never there {}", list.gone.n_never));
    }
    lines.extend(list.gone.first.iter().map(|file| {
        let package = &list.packages[file.package as usize].name;
        format!(
            "gone {} of {package} by {}",
            escape(&file.path),
            file.deleted_by.0
        )
    }));
    lines.extend(list.gaps.iter().map(|gap| match gap {
        Gap::Layer { layer, why } => format!("gap layer {} {why}", layer.0),
        Gap::File { path, why } => format!("gap {} {why}", escape(path)),
    }));
    lines
}

fn check(layers: &str, expected: &str) {
    same(&packages_of(layers), expected);
}

fn same(list: &PackageList, expected: &str) {
    let expected: Vec<_> = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let actual = told(list);
    assert_eq!(actual, expected, "actual:\n{}", actual.join("\n"));
}

/// Checks the lines that begin with a word.
pub(super) fn check_lines(layers: &str, word: &str, expected: &str) {
    let lines = told(&packages_of(layers)).into_iter();
    let lines: Vec<String> = lines.filter(|line| line.starts_with(word)).collect();
    let expected: Vec<&str> = expected.lines().map(str::trim).collect();
    assert_eq!(lines, expected);
}

/// A stanza of dpkg's status.
pub(super) fn stanza(name: &str, version: &str) -> String {
    format!(
        "Package: {name}\\nStatus: install ok installed\\nArchitecture: amd64\\nVersion: {version}\\n\\n"
    )
}

#[wasm_bindgen_test(unsupported = test)]
fn debian_packages_own_files_through_links() {
    let (a, b, b2) = (stanza("a", "1-1"), stanza("b", "2"), stanza("b", "3"));
    check(
        &format!(
            "bin -> usr/bin\nusr/bin/a = @100\nusr/bin/ln => usr/bin/a\nusr/share/doc/a/copyright = Format: x\\n\\nFiles: *\\nLicense: MIT\\n
             var/lib/dpkg/status = {a}
             var/lib/dpkg/info/a.list = /.\\n/bin\\n/bin/a\\n/usr/bin/ln\\n/usr/share/doc/a\\n/usr/share/doc/a/copyright\\n/usr/share/man/a.1\\n
             ---
             usr/lib/b.so = @50
             var/lib/dpkg/status = {a}{b}
             var/lib/dpkg/info/b:amd64.list = /usr/lib\\n/usr/lib/b.so\\n/usr/lib/c.so\\n
             ---
             usr/lib/c.so = @7
             var/lib/dpkg/status = {a}{b2}
             app/run = @1000
             ---
             usr/lib/.wh.c.so ="
        ),
        "deb a:amd64 133 in 3 lacks 1 (MIT) added@0=1-1
         deb b:amd64 50 in 1 lacks 1 added@1=2 changed@2=3
         database var/lib/dpkg/status@2 2
         unowned 4 1273: app/run=1000@2 var/lib/dpkg/status=146@2 var/lib/dpkg/info/a.list=90@0 var/lib/dpkg/info/b:amd64.list=37@1
         never there 1
         gone usr/lib/c.so of b by 3",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn removed_packages_still_ship_below() {
    let (a, b) = (stanza("a", "1"), stanza("b", "2"));
    check(
        &format!(
            "usr/a = @10\nusr/b = @99
             var/lib/dpkg/status = {a}{b}
             var/lib/dpkg/info/a.list = /usr/a\\n
             var/lib/dpkg/info/b.list = /usr/b\\n
             ---
             var/lib/dpkg/status = {a}
             usr/.wh.b =
             var/lib/dpkg/info/.wh.b.list ="
        ),
        "deb a:amd64 10 in 1 added@0=1
         deb b:amd64 99 in 1 added@0=2 removed@1=2
         database var/lib/dpkg/status@1 1
         unowned 2 79: var/lib/dpkg/status=72@1 var/lib/dpkg/info/a.list=7@0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_database_that_is_deleted_removes_no_package() {
    let a = stanza("a", "1");
    check(
        &format!(
            "var/lib/dpkg/status = {a}\nvar/lib/dpkg/info/a.list = /usr/a\\n\nusr/a = @10\napp = @5
             ---
             var/lib/.wh.dpkg ="
        ),
        "deb a:amd64 10 in 1 added@0=1 database-gone@1=1
         database var/lib/dpkg/status@0 1
         unowned 1 5: app=5@0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_a_removed_package_leaves_below_is_what_its_list_had_then() {
    // dpkg keeps a package with configuration, and writes its list anew.
    let (a, list) = (stanza("a", "1"), "var/lib/dpkg/info/a.list");
    check_lines(
        &format!(
            "var/lib/dpkg/status = {a}\n{list} = /usr/bin/a\\n/etc/a.conf\\n\nusr/bin/a = @1000000\netc/a.conf = @9
             ---
             var/lib/dpkg/status = Package: a\\nStatus: deinstall ok config-files\\nVersion: 1\\n
             {list} = /etc/a.conf\\n\nusr/bin/.wh.a ="
        ),
        "deb",
        "deb a:amd64 1000009 in 2 added@0=1 removed@1=1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_list_with_the_architecture_counts_for_a_package_that_has_both() {
    let a = stanza("a", "1");
    check_lines(
        &format!(
            "var/lib/dpkg/status = {a}\nvar/lib/dpkg/info/a.list = /old\\n\nold = @5
             ---
             var/lib/dpkg/info/.wh.a.list =\nvar/lib/dpkg/info/a:amd64.list = /new\\n\nnew = @7\n.wh.old ="
        ),
        "deb",
        "deb a:amd64 7 in 1 added@0=1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn files_deleted_below_a_link_are_gone_and_not_never_there() {
    let a = stanza("a", "1");
    check_lines(
        &format!(
            "bin -> usr/bin\nusr/bin/a = x\nusr/bin/d/b = x
             var/lib/dpkg/status = {a}\nvar/lib/dpkg/info/a.list = /bin/a\\n/bin/d/b\\n/bin/never\\n
             ---
             usr/bin/.wh.a =\nusr/bin/.wh.d =\nusr/bin/.wh.never ="
        ),
        "gone",
        "gone bin/a of a by 1
         gone bin/d/b of a by 1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn each_package_names_the_database_that_has_it() {
    let (a, b, b2) = (stanza("a", "1"), stanza("b", "1"), stanza("b", "2"));
    let list = packages_of(&format!(
        "var/lib/dpkg/status = {a}{b}\nvar/lib/dpkg/info/b.list = /b\\n
         ---
         var/lib/dpkg/status = {b2}"
    ));
    let records = list.packages.iter().map(|package| {
        let list = package.list.as_ref();
        let list = list.map_or(String::new(), |list| {
            format!(" {}@{}", escape(&list.path), list.layer.0)
        });
        format!(
            "{} {}@{}{list}",
            package.name,
            escape(&package.record.path),
            package.record.layer.0
        )
    });
    let records: Vec<String> = records.collect();
    assert_eq!(
        records,
        [
            "a var/lib/dpkg/status@0",
            "b var/lib/dpkg/status@1 var/lib/dpkg/info/b.list@0",
        ]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_that_a_package_owns_under_another_name_takes_no_bytes_of_its_own() {
    check_lines(
        "lib/apk/db/installed = P:a\\nV:1\\nF:\\nR:one\\nF:lib/apk/db\\nR:installed\\n\\n\none = @100\ntwo => one",
        "unowned",
        "unowned 1 0:",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn removed_packages_of_many_names_are_counted_below() {
    let database = |names: &[&str]| {
        let records: String = names
            .iter()
            .map(|name| format!("P:{name}\\nV:1\\nF:\\nR:{name}\\nR:link\\n\\n"))
            .collect();
        format!("lib/apk/db/installed = {records}")
    };
    check_lines(
        &format!(
            "{}\na = @1\nb = @2\nlink => a\n---\n{}\n---\n{}",
            database(&["a", "b"]),
            database(&["b"]),
            database(&[])
        ),
        "apk",
        "apk a 1 in 2 added@0=1 removed@1=1
         apk b 3 in 2 added@0=1 removed@2=1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn distroless_has_a_database_for_each_package() {
    check(
        "var/lib/dpkg/status.d/base = Package: base-files\\nVersion: 12\\nArchitecture: amd64\\n
         var/lib/dpkg/status.d/base.md5sums = 0123  etc/motd\\n
         etc/motd = @5
         ---
         var/lib/dpkg/status.d/ssl = Package: openssl\\nVersion: 3\\n",
        "deb base-files:amd64 5 in 1 added@0=12
         deb openssl 0 in 0 added@1=3
         database var/lib/dpkg/status.d/base@0 1
         database var/lib/dpkg/status.d/ssl@1 1
         unowned 3 95: var/lib/dpkg/status.d/base=52@0 var/lib/dpkg/status.d/ssl=28@1 var/lib/dpkg/status.d/base.md5sums=15@0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn diverted_files_are_found_under_their_other_name() {
    let (dash, bash) = (stanza("bash", "1"), stanza("dash", "1"));
    check(
        &format!(
            "bin/sh = @3\nbin/sh.distrib = @40
             var/lib/dpkg/status = {dash}{bash}
             var/lib/dpkg/diversions = /bin/sh\\n/bin/sh.distrib\\ndash\\n
             var/lib/dpkg/info/bash.list = /bin/sh\\n
             var/lib/dpkg/info/dash.list = /bin/sh\\n"
        ),
        "deb bash:amd64 40 in 1 added@0=1
         deb dash:amd64 3 in 1 added@0=1
         database var/lib/dpkg/status@0 2
         unowned 4 195: var/lib/dpkg/status=150@0 var/lib/dpkg/diversions=29@0 var/lib/dpkg/info/bash.list=8@0 var/lib/dpkg/info/dash.list=8@0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn alpine_packages_bring_their_paths() {
    check(
        "lib/apk/db/installed = P:musl\\nV:1.2-r0\\nA:x86_64\\nL:MIT\\nF:lib\\nR:ld.so\\nR:gone\\n\\n
         lib/ld.so = @10
         ---
         lib/apk/db/installed = P:musl\\nV:1.2-r0\\nA:x86_64\\nL:MIT\\nF:lib\\nR:ld.so\\nR:gone\\n\\nP:zlib\\nV:1\\nL:Zlib\\n\\nrubbish\\n\\n",
        "apk musl:x86_64 10 in 1 lacks 1 (MIT) added@0=1.2-r0
         apk zlib 0 in 0 (Zlib) added@1=1
         database lib/apk/db/installed@1 2, 1 bad
         unowned 1 81: lib/apk/db/installed=81@1
         never there 1",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_no_database_is_a_gap() {
    check("a = x", "");
    check(
        "var/lib/rpm/Packages = rubbish",
        "gap var/lib/rpm/Packages in a form that is not read",
    );
    check(
        "var/lib/dpkg/status = \\xff\\n\\nPackage: a\\n\\n",
        "database var/lib/dpkg/status@0 0, 1 bad",
    );
    check(
        "var/lib/dpkg/status/",
        "gap var/lib/dpkg/status no regular file",
    );
    check(
        "var/lib/dpkg/status -> nowhere",
        "gap var/lib/dpkg/status a symbolic link that leads nowhere",
    );
    // What SQLite has not written into the database yet.
    check(
        "var/lib/rpm/rpmdb.sqlite-wal = x",
        "gap var/lib/rpm/rpmdb.sqlite-wal in a form that is not read",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn layers_that_are_not_read_are_told() {
    let status = stanza("a", "1");
    let layers = format!("var/lib/dpkg/status = {status}\n---\nx = y");
    let mut image = found(&layers, &json!({}));
    assert!(packages_task(&image).is_err());
    read(&mut image, 0);
    let list = run(packages_task(&image).unwrap().read(&|_| None)).finish(&image);
    let partly =
        "deb a:amd64 0 in 0 added@0=1\ndatabase var/lib/dpkg/status@0 1\ngap layer 1 not read";
    same(&list, partly);
    image.accept(1, LayerStatus::LeftOut);
    let list = run(packages_task(&image).unwrap().read(&|_| None)).finish(&image);
    same(&list, partly);
    // The layer that was left out may have brought what is there above it.
    let (a, b) = (stanza("a", "1"), stanza("b", "1"));
    let layers =
        format!("var/lib/dpkg/status = {a}\n---\nx = y\n---\nvar/lib/dpkg/status = {a}{b}");
    let mut image = found(&layers, &json!({}));
    read(&mut image, 0);
    image.accept(1, LayerStatus::LeftOut);
    read(&mut image, 2);
    let list = run(packages_task(&image).unwrap().read(&|_| None)).finish(&image);
    same(
        &list,
        "deb a:amd64 0 in 0 added@0=1
         deb b:amd64 0 in 0 added@2?=1
         database var/lib/dpkg/status@2 2
         gap layer 1 not read",
    );
}

/// Every package of every kind in one table, by kind and name.
#[wasm_bindgen_test(unsupported = test)]
fn kinds_stand_side_by_side() {
    let layers = format!(
        "var/lib/dpkg/status = {}\nlib/apk/db/installed = P:a\\nV:1\\n\\n",
        stanza("z", "1")
    );
    let list = packages_of(&layers);
    let kinds: Vec<_> = list.packages.iter().map(|package| package.kind).collect();
    assert_eq!(kinds, [PackageKind::Deb, PackageKind::Apk]);
}
