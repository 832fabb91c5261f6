//! Reads the database of Alpine's apk, as apk's manual describes `installed`: records of lines with a letter each,
//! parted by empty lines.

use super::PackageKind;
use super::paths::PathKind;
use super::record::{Budget, Record, Records, number, text};

/// Reads the database.
pub(super) fn installed(bytes: &[u8], budget: Budget) -> Records {
    let (most, most_licence) = (budget.limits.name_bytes, budget.limits.licence_text_bytes);
    let mut records = Records::new(budget);
    let mut record = Record::new(PackageKind::Apk);
    let mut dir: &[u8] = b"";
    let mut is_begun = false;
    let lines = bytes.split(|&byte| byte == b'\n');
    for line in lines.chain([&b""[..]]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            if is_begun {
                let whole = std::mem::replace(&mut record, Record::new(PackageKind::Apk));
                match whole.name.is_empty() || whole.version.is_empty() {
                    true => {
                        records.drop_paths(&whole);
                        records.malformed();
                    }
                    false => records.push(whole),
                }
            }
            (dir, is_begun) = (b"", false);
            continue;
        }
        is_begun = true;
        let Some((letter, value)) = split(line) else {
            continue;
        };
        match letter {
            b'P' => record.name = text(value, most),
            b'V' => record.version = text(value, most),
            b'A' => record.architecture = text(value, most),
            b'L' => record.licence = text(value, most_licence),
            b'o' => record.source = text(value, most),
            b'I' => record.declared_bytes = number(value),
            b'F' => dir = value,
            b'R' => records.add_path(&mut record, dir, value, PathKind::File),
            _ => {}
        }
    }
    records
}

/// Splits a line into its letter and its value.
fn split(line: &[u8]) -> Option<(u8, &[u8])> {
    match line {
        [letter, b':', value @ ..] => Some((*letter, value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::paths::tests::told as paths_of;
    use super::*;
    use crate::bounds::PackageLimits;

    fn check(text: &str, expected: &[&str], n_malformed: u32) {
        let records = installed(text.as_bytes(), Budget::new(PackageLimits::DEFAULT));
        let told: Vec<String> = records
            .installed
            .iter()
            .map(|package| {
                format!(
                    "{} {} {} {} {:?} {}",
                    package.name,
                    package.version,
                    package.architecture,
                    package.licence,
                    package.declared_bytes,
                    paths_of(&package.paths)
                )
            })
            .collect();
        assert_eq!(told, expected, "{text:?}");
        assert_eq!(records.n_malformed, n_malformed, "{text:?}");
    }

    #[test]
    fn records_are_lines_with_letters() {
        check(
            "C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\nS:383304\nI:622592\nT:the musl c library\nL:MIT\no:musl\n\
             F:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nR:libc.musl-x86_64.so.1\nF:\nR:top\n\nP:b\nV:1\n",
            &[
                "musl 1.2.5-r0 x86_64 MIT Some(622592) lib/ld-musl-x86_64.so.1 lib/libc.musl-x86_64.so.1 top",
                "b 1   None ",
            ],
            0,
        );
        check("", &[], 0);
        check("\n\n\n", &[], 0);
    }

    #[test]
    fn records_that_are_no_package_are_counted() {
        check("V:1\n\nP:a\n\nrubbish\n\nP:a\nV:1", &["a 1   None "], 3);
    }
}
