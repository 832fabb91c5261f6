//! Reads the licences of a package from Debian's copyright files: by the fields of the machine-readable form, or else
//! by the common licences that the text refers to.

use std::collections::BTreeSet;

use super::deb822::stanzas;
use super::record::text;
use crate::bounds::PackageLimits;

/// The folder of the licences that Debian ships once for all packages.
const COMMON: &[u8] = b"/usr/share/common-licenses/";

/// The licences of a package.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Licences {
    /// The licences, each once, sorted.
    pub(super) found: Vec<String>,
    /// True if there are more than the bound allows.
    pub(super) is_cut: bool,
}

/// Returns the licences of a copyright file.
pub(super) fn licences(bytes: &[u8], limits: &PackageLimits) -> Licences {
    let mut found = Found {
        limits,
        names: BTreeSet::new(),
        is_cut: false,
    };
    let starts_with_format = stanzas(bytes).next().is_some_and(|first| {
        let is_format = |name: &[u8]| {
            name.eq_ignore_ascii_case(b"Format")
                || name.eq_ignore_ascii_case(b"Format-Specification")
        };
        first.fields().any(|(name, _)| is_format(name))
    });
    if starts_with_format {
        for stanza in stanzas(bytes) {
            for (name, value) in stanza.fields() {
                if name.eq_ignore_ascii_case(b"License") {
                    found.note(value);
                }
            }
        }
    }
    if found.names.is_empty() {
        for at in memchr::memmem::find_iter(bytes, COMMON) {
            let name = bytes.get(at + COMMON.len()..).unwrap_or_default();
            let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-.+_".contains(byte);
            let len = name.iter().take_while(|byte| is_part(byte)).count();
            let name = name.get(..len).unwrap_or_default();
            // A full stop ends the sentence, not the name.
            let stops = name.iter().rev().take_while(|&&byte| byte == b'.').count();
            found.note(name.get(..len - stops).unwrap_or_default());
        }
    }
    Licences {
        found: found.names.into_iter().collect(),
        is_cut: found.is_cut,
    }
}

/// The licences that were found so far.
struct Found<'l> {
    limits: &'l PackageLimits,
    names: BTreeSet<String>,
    is_cut: bool,
}

impl Found<'_> {
    fn note(&mut self, licence: &[u8]) {
        let licence = text(licence, self.limits.licence_text_bytes);
        if licence.is_empty() || self.names.contains(&licence) {
            return;
        }
        match self.names.len() < self.limits.licences {
            true => drop(self.names.insert(licence)),
            false => self.is_cut = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = licences(text.as_bytes(), &PackageLimits::DEFAULT);
        assert_eq!(found.found, expected, "{text:?}");
        assert!(!found.is_cut);
    }

    #[test]
    fn many_licences_are_kept_and_more_than_the_bound_are_told() {
        let fields: String = (0..300).map(|n| format!("License: L{n}\n\n")).collect();
        let text = format!("Format: x\n\n{fields}");
        let found = licences(text.as_bytes(), &PackageLimits::DEFAULT);
        assert_eq!((found.found.len(), found.is_cut), (256, true));
        let few = text.get(..500).unwrap();
        assert!(!licences(few.as_bytes(), &PackageLimits::DEFAULT).is_cut);
    }

    #[test]
    fn licences_stand_in_fields() {
        check(
            "Format: https://example.org\n\nFiles: *\nLicense: GPL-2+\n long text\n\nFiles: x\nLicense: MIT\n\nLicense: GPL-2+\n",
            &["GPL-2+", "MIT"],
        );
        check("Files: *\nLicense: MIT\n", &[]);
        check("", &[]);
    }

    #[test]
    fn free_text_refers_to_common_licences() {
        check(
            "On Debian, see `/usr/share/common-licenses/GPL-2'.\nAlso /usr/share/common-licenses/LGPL-2.1.",
            &["GPL-2", "LGPL-2.1"],
        );
        check("/usr/share/common-licenses/", &[]);
    }
}
