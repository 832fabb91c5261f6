//! Finds accounts that a password opens, in `/etc/shadow` (shadow(5)) and `/etc/passwd` (passwd(5)).
//!
//! No hash is kept.

use super::SafetyRule;
use crate::image::escape;

/// Bytes of one line. A longer line is no account.
const MOST_LINE_BYTES: usize = 4 * 1024;

/// Fields of a line of `/etc/shadow`.
const SHADOW_FIELDS: usize = 9;
/// Fields of a line of `/etc/passwd`.
const PASSWD_FIELDS: usize = 7;

/// A file with accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AccountFile {
    Shadow,
    Passwd,
}

impl AccountFile {
    /// Returns the path.
    pub(super) fn path(self) -> &'static str {
        match self {
            AccountFile::Shadow => "etc/shadow",
            AccountFile::Passwd => "etc/passwd",
        }
    }

    fn n_fields(self) -> usize {
        match self {
            AccountFile::Shadow => SHADOW_FIELDS,
            AccountFile::Passwd => PASSWD_FIELDS,
        }
    }

    /// Gives the fields of each account.
    fn accounts(self, bytes: &[u8]) -> impl Iterator<Item = Vec<&[u8]>> {
        let lines = bytes.split(|&byte| byte == b'\n');
        let lines = lines.filter(|line| line.len() <= MOST_LINE_BYTES && !line.starts_with(b"#"));
        let fields = lines.map(|line| line.split(|&byte| byte == b':').collect::<Vec<_>>());
        fields.filter(move |fields| {
            let has_name = fields
                .first()
                .is_some_and(|name| !matches!(name.first(), None | Some(b'+' | b'-')));
            has_name && fields.len() == self.n_fields()
        })
    }

    /// Gives the name of each account that a password opens, or none protects.
    pub(super) fn opened(self, bytes: &[u8], give: &mut dyn FnMut(SafetyRule, String)) {
        for fields in self.accounts(bytes) {
            let (Some(name), Some(password)) = (fields.first(), fields.get(1)) else {
                continue;
            };
            if password.is_empty() {
                give(SafetyRule::EmptyPassword, escape(name));
            } else if is_hash(password) {
                give(SafetyRule::PasswordHash, escape(name));
            }
        }
    }
}

/// Returns the user ID of a name in `/etc/passwd`.
pub(super) fn uid_of(name: &str, passwd: &[u8]) -> Option<u32> {
    let mut accounts = AccountFile::Passwd.accounts(passwd);
    let account = accounts.find(|fields| fields.first() == Some(&name.as_bytes()))?;
    std::str::from_utf8(account.get(2)?).ok()?.parse().ok()
}

/// True for the result of crypt(5): `$id$…`, BSDi's `_` with 19 characters, or the 13 characters of DES. A password that
/// is locked with `!` or `*` is none.
fn is_hash(password: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
    match password {
        [b'$', rest @ ..] => rest.contains(&b'$') && !rest.contains(&b'*') && !rest.contains(&b'!'),
        [b'_', rest @ ..] => rest.len() == 19 && rest.iter().all(is_digit),
        all => all.len() == 13 && all.iter().all(is_digit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: AccountFile, text: &[u8], expected: &[&str]) {
        let mut told = Vec::new();
        file.opened(text, &mut |rule, name| {
            told.push(format!("{} {name}", rule.word()));
        });
        assert_eq!(told, expected, "{}", escape(text));
    }

    #[test]
    fn accounts_with_a_password_are_found() {
        let shadow = b"root:$6$salt$hash:19000:0:99999:7:::\n# c::1:0:9:7:::\nopen::1:0:9:7:::\nlocked:!:1:0:9:7:::\n\
            was:!$6$a$b:1:0:9:7:::\nnone:*:1:0:9:7:::\nx:x:1:0:9:7:::\nold:abJnggxhB/yWI:1:0:9:7:::\n\
            bsd:_J9..rasmBYk8r9AiWNc:1:0:9:7:::\nshort:$6$s$h\n+::::::::\n:$1$a$b:::::::\n";
        check(
            AccountFile::Shadow,
            shadow,
            &[
                "password-hash root",
                "empty-password open",
                "password-hash old",
                "password-hash bsd",
            ],
        );
        check(
            AccountFile::Passwd,
            b"root:x:0:0:root:/root:/bin/sh\nopen::1:1:::\ncaf\xe9:$y$j9T$a$b:2:2:::\n",
            &["empty-password open", "password-hash caf\\xe9"],
        );
        check(AccountFile::Shadow, b"", &[]);
        check(AccountFile::Shadow, &[b':'; 9_000], &[]);
    }

    #[test]
    fn a_name_has_its_number() {
        let passwd =
            b"root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0:::\napp:x:1000:1000:::\nodd:x:zero:0:::\n";
        for (name, uid) in [
            ("toor", Some(0)),
            ("app", Some(1000)),
            ("odd", None),
            ("x", None),
        ] {
            assert_eq!(uid_of(name, passwd), uid, "{name}");
        }
    }
}
