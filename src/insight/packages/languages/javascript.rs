//! Reads a `package.json` of Node's packages. One without a name or a version tells how to run a folder, and no package.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::PackageKind;
use super::super::record::{Record, Records, text};

#[derive(Deserialize)]
struct Manifest<'m> {
    #[serde(borrow)]
    name: Option<&'m RawValue>,
    #[serde(borrow)]
    version: Option<&'m RawValue>,
    #[serde(borrow)]
    license: Option<&'m RawValue>,
    #[serde(borrow)]
    licenses: Option<&'m RawValue>,
}

/// Reads a package.
pub(super) fn package(bytes: &[u8], records: &mut Records) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_object = bytes.trim_ascii_start().starts_with(b"{");
    let manifest = serde_json::from_slice::<Manifest<'_>>(bytes);
    let Ok(manifest) = manifest.map_err(drop).and_then(|manifest| match is_object {
        true => Ok(manifest),
        false => Err(()),
    }) else {
        return records.malformed();
    };
    let limits = records.budget.limits;
    let of = |value: Option<&RawValue>| {
        let told = value.and_then(|value| serde_json::from_str::<String>(value.get()).ok());
        text(told.unwrap_or_default().as_bytes(), limits.name_bytes)
    };
    let mut record = Record::new(PackageKind::Npm);
    record.name = of(manifest.name);
    record.version = of(manifest.version);
    if record.name.is_empty() || record.version.is_empty() {
        return;
    }
    // A value takes a hundred times the memory of its text: only a short one is looked into.
    let most = limits.licence_text_bytes;
    let licence = [manifest.license, manifest.licenses].into_iter().flatten();
    let licence = licence
        .filter(|value| value.get().len() <= most)
        .filter_map(|value| serde_json::from_str::<Value>(value.get()).ok())
        .map(|value| worded(&value))
        .find(|licence| !licence.is_empty());
    record.licence = text(licence.unwrap_or_default().as_bytes(), most);
    records.push(record);
}

/// Returns a licence in any of the forms that were in use: a text, an object with a type, or a list of such.
fn worded(value: &Value) -> String {
    let one = |value: &Value| {
        let told = value.as_str().or_else(|| value.get("type")?.as_str());
        told.unwrap_or_default().to_owned()
    };
    match value {
        Value::Array(all) => {
            let all: Vec<String> = all.iter().map(one).filter(|one| !one.is_empty()).collect();
            all.join(" OR ")
        }
        value => one(value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::record::Budget;
    use super::*;
    use crate::bounds::PackageLimits;

    fn check(manifest: &str, expected: &[&str], n_malformed: u32) {
        let mut records = Records::new(Budget::new(PackageLimits::DEFAULT));
        package(manifest.as_bytes(), &mut records);
        let told = records
            .installed
            .iter()
            .map(|one| format!("{} {} {}", one.name, one.version, one.licence));
        assert_eq!(told.collect::<Vec<_>>(), expected, "{manifest:?}");
        assert_eq!(records.n_malformed, n_malformed, "{manifest:?}");
    }

    #[test]
    fn manifests_name_a_package() {
        check(
            r#"{"name":"@a/b","version":"1.0.0","license":"MIT","dependencies":{"c":"1"}}"#,
            &["@a/b 1.0.0 MIT"],
            0,
        );
        check("\u{feff}{\"name\":\"a\",\"version\":\"1\"}", &["a 1 "], 0);
        check(
            r#"{"name":"a","version":"1","license":{"type":"BSD","url":"x"}}"#,
            &["a 1 BSD"],
            0,
        );
        check(
            r#"{"name":"a","version":"1","licenses":[{"type":"MIT"},{"type":"Zlib"},3]}"#,
            &["a 1 MIT OR Zlib"],
            0,
        );
    }

    #[test]
    fn other_manifests_are_no_package_and_broken_ones_are_counted() {
        for other in [
            r#"{"type":"module"}"#,
            r#"{"name":"a"}"#,
            r#"{"name":1,"version":[]}"#,
            r#"{"name":"","version":"1"}"#,
        ] {
            check(other, &[], 0);
        }
        let deep = format!("{{\"x\":{}", "[".repeat(100_000));
        for bad in [
            "",
            "{",
            "[]",
            "nul",
            r#"["a","1",null,null]"#,
            deep.as_str(),
        ] {
            check(bad, &[], 1);
        }
    }
}
