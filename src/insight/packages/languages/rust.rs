//! Reads what `cargo auditable` notes in programs of Rust: the crates that they are built of, as JSON that zlib packed.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use serde::Deserialize;

use super::super::PackageKind;
use super::super::record::{Record, Records, text};
use super::elf::Elf;

#[derive(Deserialize)]
struct Audit {
    packages: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    kind: Option<String>,
    #[serde(default)]
    root: bool,
}

/// Reads the crates of a program; nothing of one without such a note. What was only used to build it is no part of it.
pub(super) fn packages(path: &[u8], bytes: &[u8], records: &mut Records) {
    let Some(packed) = Elf::of(bytes).and_then(|elf| elf.section(b".dep-v0")) else {
        return;
    };
    let most = usize::try_from(records.budget.unpacked_bytes).unwrap_or(usize::MAX);
    let limits = records.budget.limits;
    let most = most.min(usize::try_from(limits.manifest_bytes).unwrap_or(usize::MAX));
    let Ok(text_of) = decompress_to_vec_zlib_with_limit(packed, most) else {
        // It may have more than is left, and is not tried again.
        records.take_unpacked(most as u64);
        return records.malformed();
    };
    records.take_unpacked(text_of.len() as u64);
    let Ok(audit) = serde_json::from_slice::<Audit>(&text_of) else {
        return records.malformed();
    };
    for one in audit.packages {
        if one.kind.is_some_and(|kind| kind != "runtime") {
            continue;
        }
        let mut record = Record::new(PackageKind::Rust);
        record.name = text(one.name.as_bytes(), limits.name_bytes);
        record.version = text(one.version.as_bytes(), limits.name_bytes);
        if record.name.is_empty() || record.version.is_empty() {
            records.malformed();
            continue;
        }
        if one.root {
            records.own(path, &mut record);
        }
        records.push(record);
    }
}

#[cfg(test)]
mod tests {
    use miniz_oxide::deflate::compress_to_vec_zlib;

    use super::super::super::record::Budget;
    use super::super::elf::tests::elf_of;
    use super::*;
    use crate::bounds::PackageLimits;

    fn check(note: &[u8], expected: &[&str], n_malformed: u32) {
        let mut records = Records::new(Budget::new(PackageLimits::DEFAULT));
        packages(b"app/run", &elf_of(&[(".dep-v0", note)]), &mut records);
        let told = records.installed.iter().map(|one| {
            let files = super::super::super::paths::tests::told(&one.paths);
            format!("{} {} {files}", one.name, one.version)
        });
        assert_eq!(told.collect::<Vec<_>>(), expected);
        assert_eq!(records.n_malformed, n_malformed);
    }

    #[test]
    fn programs_name_their_crates() {
        let json = r#"{"packages":[
            {"name":"adler","version":"0.2.3","source":"crates.io"},
            {"name":"cc","version":"1.0.0","source":"crates.io","kind":"build"},
            {"name":"hello","version":"0.1.0","source":"local","dependencies":[0,9],"root":true},
            {"name":"","version":"1","source":"local"}
        ]}"#;
        check(
            &compress_to_vec_zlib(json.as_bytes(), 6),
            &["adler 0.2.3 ", "hello 0.1.0 app/run"],
            1,
        );
    }

    #[test]
    fn notes_that_are_broken_are_counted() {
        let packed = compress_to_vec_zlib(b"{\"packages\":1}", 6);
        let zeros = compress_to_vec_zlib(&vec![0; 8 * 1024 * 1024], 6);
        for bad in [&b""[..], b"x", &packed, &packed[..9], &zeros] {
            check(bad, &[], 1);
        }
    }
}
