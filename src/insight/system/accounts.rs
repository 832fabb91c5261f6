//! Reads users from `/etc/passwd` and groups from `/etc/group`, by passwd(5) and group(5).
//!
//! Passwords, comments and members are not kept.

use serde::{Deserialize, Serialize};

use super::file_place::FilePlace;
use crate::image::escape;

/// Accounts that are kept of one file. Further ones are only counted.
const MOST_ACCOUNTS: usize = 1_000;

/// Bytes of one line. No user of a real system comes near, and a longer line counts as malformed.
const MOST_LINE_BYTES: usize = 4 * 1024;

/// The accounts of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts<T> {
    /// The file that was read; `None` if there is none, or it could not be read.
    pub file: Option<FilePlace>,
    /// The first 1,000 accounts, in the order of the file.
    pub first: Vec<T>,
    /// Number of all accounts.
    pub n: u32,
    /// Number of lines that are no account.
    pub n_malformed: u32,
    /// True if the file was not read to its end, so that there may be more.
    pub is_cut: bool,
}

impl<T> Default for Accounts<T> {
    fn default() -> Accounts<T> {
        Accounts {
            file: None,
            first: Vec::new(),
            n: 0,
            n_malformed: 0,
            is_cut: false,
        }
    }
}

/// A user. Bytes that are no UTF-8 are escaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Name of the user.
    pub name: String,
    /// Numeric ID.
    pub uid: u32,
    /// Numeric ID of the user's first group.
    pub gid: u32,
    /// Home directory; may be empty.
    pub home: String,
    /// Shell; may be empty.
    pub shell: String,
}

/// A group. Bytes that are no UTF-8 are escaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Name of the group.
    pub name: String,
    /// Numeric ID.
    pub gid: u32,
}

/// Reads the users of a file.
pub(super) fn users(bytes: &[u8], file: FilePlace) -> Accounts<User> {
    accounts(bytes, file, |fields| match fields {
        [name, _password, uid, gid, _comment, home, shell] => Some(User {
            name: name_of(name)?,
            uid: number(uid)?,
            gid: number(gid)?,
            home: escape(home),
            shell: escape(shell),
        }),
        _ => None,
    })
}

/// Reads the groups of a file.
pub(super) fn groups(bytes: &[u8], file: FilePlace) -> Accounts<Group> {
    accounts(bytes, file, |fields| match fields {
        [name, _password, gid, _members] => Some(Group {
            name: name_of(name)?,
            gid: number(gid)?,
        }),
        _ => None,
    })
}

fn accounts<T>(
    bytes: &[u8],
    file: FilePlace,
    account: impl Fn(&[&[u8]]) -> Option<T>,
) -> Accounts<T> {
    let mut accounts = Accounts {
        file: Some(file),
        ..Accounts::default()
    };
    for line in bytes.split(|&byte| byte == b'\n') {
        if line.trim_ascii().is_empty() || line.starts_with(b"#") {
            continue;
        }
        let told = (line.len() <= MOST_LINE_BYTES).then(|| {
            let fields: Vec<&[u8]> = line.split(|&byte| byte == b':').collect();
            account(&fields)
        });
        match told.flatten() {
            Some(account) => {
                accounts.n = accounts.n.saturating_add(1);
                if accounts.first.len() < MOST_ACCOUNTS {
                    accounts.first.push(account);
                }
            }
            None => accounts.n_malformed = accounts.n_malformed.saturating_add(1),
        }
    }
    accounts
}

/// Returns a name as text. Names that begin with `+` or `-` refer to a network's directory, and are no accounts.
fn name_of(name: &[u8]) -> Option<String> {
    let is_account = !matches!(name.first(), None | Some(b'+' | b'-'));
    is_account.then(|| escape(name))
}

fn number(digits: &[u8]) -> Option<u32> {
    let is_number = digits.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(digits).ok()?;
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overlay::LayerIdx;

    fn file() -> FilePlace {
        FilePlace {
            asked: b"etc/passwd".to_vec(),
            path: b"etc/passwd".to_vec(),
            layer: LayerIdx(0),
        }
    }

    /// Checks users, one a line, and the number of malformed lines.
    fn check_users(text: &[u8], expected: &[&str], n_malformed: u32) {
        let users = users(text, file());
        let told: Vec<_> = users
            .first
            .iter()
            .map(|u| format!("{} {} {} {} {}", u.name, u.uid, u.gid, u.home, u.shell))
            .collect();
        assert_eq!(told, expected, "{text:?}");
        assert_eq!(users.n as usize, expected.len());
        assert_eq!(users.n_malformed, n_malformed, "{text:?}");
    }

    fn check_groups(text: &[u8], expected: &[&str], n_malformed: u32) {
        let groups = groups(text, file());
        let told: Vec<_> = groups
            .first
            .iter()
            .map(|group| format!("{} {}", group.name, group.gid))
            .collect();
        assert_eq!(told, expected, "{text:?}");
        assert_eq!(groups.n_malformed, n_malformed, "{text:?}");
    }

    #[test]
    fn users_have_seven_fields() {
        check_users(
            b"root:x:0:0:root:/root:/bin/sh\nnobody:*:65534:65534:::\n",
            &["root 0 0 /root /bin/sh", "nobody 65534 65534  "],
            0,
        );
        check_users(b"a:x:4294967295:1::/:/x", &["a 4294967295 1 / /x"], 0);
        check_users(b"caf\xe9:x:1:1::/\x1b:", &["caf\\xe9 1 1 /\x1b "], 0);
        check_users(b"", &[], 0);
        check_users(b"\n  \n# root:x:0:0:::\n", &[], 0);
    }

    #[test]
    fn malformed_lines_are_counted() {
        check_users(b"root:x:0:0:root:/root", &[], 1);
        check_users(b"a:x:0:0::/:/x:", &[], 1);
        check_users(b":x:0:0:::", &[], 1);
        check_users(b"+::::::\n-x:x:1:1:::\n+", &[], 3);
        check_users(
            b"a:x:-1:0:::\na:x:+1:0:::\na:x:4294967296:0:::\na:x::0:::",
            &[],
            4,
        );
        check_users(&[b'a'; 5_000], &[], 1);
        check_users(&[b':'; 5_000], &[], 1);
    }

    #[test]
    fn groups_have_four_fields() {
        check_groups(b"root:x:0:\nwheel:x:10:a,b\n", &["root 0", "wheel 10"], 0);
        check_groups(b"root:x:0\nwheel:x:ten:\n", &[], 2);
    }

    #[test]
    fn further_accounts_are_counted() {
        let text: String = (0..1_200).map(|n| format!("g{n}:x:{n}:\n")).collect();
        let groups = groups(text.as_bytes(), file());
        assert_eq!((groups.n, groups.first.len()), (1_200, 1_000));
        assert_eq!(groups.first.last().expect("has some").gid, 999);
    }
}
