//! Reads `os-release` files as os-release(5) describes them: assignments in the syntax of a shell, one a line.
//!
//! Nothing is expanded, and no value continues on the next line. A line that is neither an assignment nor a comment
//! is counted and skipped.

use serde::{Deserialize, Serialize};

use crate::image::escape;

/// The fields of an `os-release` file that say which distribution it is. Absent fields are empty.
///
/// Bytes that are no UTF-8 are escaped; control characters are as the file has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OsRelease {
    /// `NAME`, such as `Debian GNU/Linux`.
    pub name: String,
    /// `ID`, such as `debian`.
    pub id: String,
    /// The words of `ID_LIKE`: the IDs of distributions that this one derives from.
    pub id_like: Vec<String>,
    /// `VERSION`, such as `12 (bookworm)`.
    pub version: String,
    /// `VERSION_ID`, such as `12`.
    pub version_id: String,
    /// `VERSION_CODENAME`, such as `bookworm`.
    pub version_codename: String,
    /// `PRETTY_NAME`, such as `Debian GNU/Linux 12 (bookworm)`.
    pub pretty_name: String,
    /// Lines that are neither an assignment, nor a comment, nor empty.
    pub n_malformed: u32,
}

impl OsRelease {
    /// Returns `VERSION`, or `VERSION_ID` if there is none.
    pub fn shown_version(&self) -> &str {
        match self.version.is_empty() {
            true => &self.version_id,
            false => &self.version,
        }
    }

    /// Parses a file. The last assignment of a field counts, as in a shell.
    pub(super) fn parse(bytes: &[u8]) -> OsRelease {
        let mut release = OsRelease::default();
        for line in bytes.split(|&byte| byte == b'\n') {
            let line = line.trim_ascii();
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            match assignment(line) {
                Some((key, value)) => release.set(key, &escape(&value)),
                None => release.n_malformed = release.n_malformed.saturating_add(1),
            }
        }
        release
    }

    fn set(&mut self, key: &[u8], value: &str) {
        let field = match key {
            b"NAME" => &mut self.name,
            b"ID" => &mut self.id,
            b"VERSION" => &mut self.version,
            b"VERSION_ID" => &mut self.version_id,
            b"VERSION_CODENAME" => &mut self.version_codename,
            b"PRETTY_NAME" => &mut self.pretty_name,
            b"ID_LIKE" => {
                self.id_like = value.split_whitespace().map(str::to_owned).collect();
                return;
            }
            _ => return,
        };
        value.clone_into(field);
    }

    /// True if the distribution calls itself distroless. Such images are Debian by their other fields.
    pub(super) fn is_distroless(&self) -> bool {
        [&self.pretty_name, &self.name, &self.id]
            .iter()
            .any(|text| text.to_ascii_lowercase().contains("distroless"))
    }
}

/// Splits a line into the name of a variable and its value without quotes.
fn assignment(line: &[u8]) -> Option<(&[u8], Vec<u8>)> {
    let (key, value) = line.split_at_checked(line.iter().position(|&byte| byte == b'=')?)?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let starts_well = key.first().is_some_and(|byte| !byte.is_ascii_digit());
    if !starts_well || !key.iter().all(is_name) {
        return None;
    }
    Some((key, unquoted(value.get(1..)?)?))
}

/// Removes the quotes of a value, by the rules of a shell; `None` if a quote is not closed.
///
/// Blanks outside of quotes, which would end a shell's value, are part of it, because other readers take them so.
fn unquoted(value: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    // The length of the text up to its last byte that is quoted or no blank.
    let mut end = 0;
    let mut rest = value;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match first {
            b'\'' => {
                let len = rest.iter().position(|&byte| byte == b'\'')?;
                text.extend_from_slice(rest.get(..len)?);
                rest = rest.get(len + 1..)?;
            }
            b'"' => rest = double_quoted(rest, &mut text)?,
            b'\\' => {
                let (escaped, tail) = rest.split_first()?;
                text.push(*escaped);
                rest = tail;
            }
            b'#' if text.len() > end => break,
            blank if blank.is_ascii_whitespace() => {
                text.push(*blank);
                continue;
            }
            plain => text.push(*plain),
        }
        end = text.len();
    }
    text.truncate(end);
    Some(text)
}

/// Appends what stands before the closing double quote, and returns what stands after it.
fn double_quoted<'v>(mut rest: &'v [u8], text: &mut Vec<u8>) -> Option<&'v [u8]> {
    loop {
        rest = match rest {
            [b'"', tail @ ..] => return Some(tail),
            [
                b'\\',
                escaped @ (b'"' | b'\\' | b'$' | b'`' | b'\''),
                tail @ ..,
            ] => {
                text.push(*escaped);
                tail
            }
            [plain, tail @ ..] => {
                text.push(*plain);
                tail
            }
            [] => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the value of one assignment; `None` for a malformed line.
    fn check(line: &str, value: Option<&str>) {
        let release = OsRelease::parse(line.as_bytes());
        let expected = OsRelease {
            name: value.unwrap_or_default().to_owned(),
            n_malformed: u32::from(value.is_none()),
            ..OsRelease::default()
        };
        assert_eq!(release, expected, "{line:?}");
    }

    #[test]
    fn values_are_quoted_as_in_a_shell() {
        check("NAME=Fedora", Some("Fedora"));
        check("NAME=\"Fedora Linux\"", Some("Fedora Linux"));
        check("NAME='Fedora \"Linux\" \\'", Some("Fedora \"Linux\" \\"));
        check(
            r#"NAME="a \"b\" \$c \`d\` \\e \f""#,
            Some(r#"a "b" $c `d` \e \f"#),
        );
        check("NAME=a\\ b\\'c", Some("a b'c"));
        check("NAME=\"a\"'b'c", Some("abc"));
        check("NAME=Arch Linux", Some("Arch Linux"));
        check("NAME=\"a \" # comment", Some("a "));
        check("NAME=a#b", Some("a#b"));
        check("NAME=a # b", Some("a"));
        check("NAME=", Some(""));
        check("NAME=\"\"", Some(""));
        check("  NAME=a\t\r", Some("a"));
        check("NAME=$(reboot)`reboot`", Some("$(reboot)`reboot`"));
        check("NAME=a\nNAME=b", Some("b"));
    }

    #[test]
    fn lines_that_are_no_assignment_are_counted() {
        check("NAME=\"a", None);
        check("NAME='a", None);
        check("NAME=a\\", None);
        check("NAME", None);
        check("=a", None);
        check("1NAME=a", None);
        check("NA-ME=a", None);
        check("NAME =a", None);
        check("# NAME=a\n\n  \n#", Some(""));
        check("OTHER=a\nANSI_COLOR=\"0;31\"", Some(""));
    }

    #[test]
    fn all_fields_are_told() {
        let release = OsRelease::parse(
            b"PRETTY_NAME=\"Ubuntu 24.04 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\n\
              VERSION=\"24.04 LTS (Noble)\"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=\" debian  x\"\n\xff\n",
        );
        let expected = OsRelease {
            name: "Ubuntu".to_owned(),
            id: "ubuntu".to_owned(),
            id_like: vec!["debian".to_owned(), "x".to_owned()],
            version: "24.04 LTS (Noble)".to_owned(),
            version_id: "24.04".to_owned(),
            version_codename: "noble".to_owned(),
            pretty_name: "Ubuntu 24.04 LTS".to_owned(),
            n_malformed: 1,
        };
        assert_eq!(release, expected);
        assert_eq!(OsRelease::parse(b"ID=caf\xe9").id, "caf\\xe9");
    }

    #[test]
    fn distroless_is_told_by_its_own_words() {
        for (text, is_distroless) in [
            ("PRETTY_NAME=Distroless\nID=debian", true),
            ("PRETTY_NAME=\"Debian GNU/Linux 12\"", false),
            ("HOME_URL=https://distroless.example", false),
        ] {
            let release = OsRelease::parse(text.as_bytes());
            assert_eq!(release.is_distroless(), is_distroless, "{text}");
        }
    }
}
