//! User names and passwords in addresses, as in `https://me:secret@registry.example/app`.
//!
//! No request uses such an address, and no message repeats it: the credentials are removed here, whatever else is
//! wrong with the address.

use super::percent_decoded;

/// An address without its user name and password.
#[derive(Clone, PartialEq, Eq)]
pub struct Userinfo {
    /// The address without credentials.
    pub address: String,
    /// The removed part, including its `@`.
    pub hidden: String,
    /// User name and password. `None` for a name alone, and if it is not certain which host is meant.
    pub login: Option<(String, String)>,
}

impl Userinfo {
    /// Removes `user:password@`. `None` if there is none.
    pub fn cut(text: &str) -> Option<Userinfo> {
        let text = text.trim();
        let start = text.find("://").map_or(0, |at| at + "://".len());
        let (scheme, rest) = text.split_at_checked(start)?;
        let authority = rest.split('/').next()?;
        let is_host = start > 0 || authority.len() < rest.len();
        let (at, login) = match end_of(authority, is_host) {
            Some(at) => (at, login_of(rest.get(..at)?)),
            None => (end_of_odd(rest)?, None),
        };
        let (hidden, after) = rest.split_at_checked(at + 1)?;
        Some(Userinfo {
            address: format!("{scheme}{after}"),
            hidden: hidden.to_owned(),
            login,
        })
    }
}

/// Returns the end of `user@` or `user:password@` in a host, or in a name with a digest.
fn end_of(authority: &str, is_host: bool) -> Option<usize> {
    let authority = authority.split(['?', '#']).next()?;
    let at = authority.rfind('@')?;
    let (before, after) = (authority.get(..at)?, authority.get(at + 1..)?);
    (is_host || (before.contains(':') && !is_digest(after))).then_some(at)
}

/// Returns the end for a password with a slash, a question mark or a hash, which end a host in any other address.
fn end_of_odd(rest: &str) -> Option<usize> {
    let (name, word) = rest.split_once(':')?;
    let word = word.split(['/', '?', '#']).next()?;
    let is_port = word.bytes().all(|b| b.is_ascii_digit());
    if is_port || name.contains(['/', '[', '?', '#']) {
        return None;
    }
    let at = rest.rfind('@')?;
    (!is_digest(rest.get(at + 1..)?)).then_some(at)
}

fn is_digest(text: &str) -> bool {
    let algorithm = text.split_once(':').map(|(algorithm, _)| algorithm);
    let bits = algorithm.and_then(|algorithm| algorithm.strip_prefix("sha"));
    bits.is_some_and(|bits| !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit()))
}

fn login_of(userinfo: &str) -> Option<(String, String)> {
    let (name, password) = userinfo.split_once(':')?;
    // A pasted command has other words before the name.
    let is_one_word = !userinfo.contains(char::is_whitespace);
    is_one_word.then(|| (decoded(name), decoded(password)))
}

fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&percent_decoded(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, address: &str, login: Option<(&str, &str)>) {
        let cut = Userinfo::cut(text).unwrap_or_else(|| panic!("{text} holds a login"));
        let found = cut.login.as_ref();
        let found = found.map(|(name, password)| (name.as_str(), password.as_str()));
        assert_eq!((cut.address.as_str(), found), (address, login), "{text}");
    }

    #[test]
    fn a_login_is_cut_out_of_an_address() {
        let me = Some(("me", "secret"));
        check(
            "https://me:secret@r.example/app:1",
            "https://r.example/app:1",
            me,
        );
        check(" me:secret@r.example/app ", "r.example/app", me);
        check("me:secret@r.example:5000", "r.example:5000", me);
        check("me:secret@shared.example", "shared.example", me);
        check(
            "http://me:secret@[::1]:5000/v2/",
            "http://[::1]:5000/v2/",
            me,
        );
        check("me@r.example/app", "r.example/app", None);
        check("docker pull me:secret@r.example/app", "r.example/app", None);
        check("https://me@r.example", "https://r.example", None);
        check(
            "https://me:p%40s%C3%A9%@r.example",
            "https://r.example",
            Some(("me", "p@sé%")),
        );
        check(
            "https://me:é@r.example",
            "https://r.example",
            Some(("me", "é")),
        );
        check(
            "https://me:s@c:ret@r.example/a",
            "https://r.example/a",
            Some(("me", "s@c:ret")),
        );
        let pinned = "r.example/app@sha256:0";
        check(
            &format!("https://me:secret@{pinned}"),
            &format!("https://{pinned}"),
            me,
        );
    }

    #[test]
    fn what_follows_the_last_sign_is_shown_where_a_password_ends_the_host() {
        check(
            "https://me:se/cret@r.example/app",
            "https://r.example/app",
            None,
        );
        check("me:se?cret@r.example", "r.example", None);
        check(
            "https://me:se#cret@r.example/app",
            "https://r.example/app",
            None,
        );
    }

    #[test]
    fn digests_ports_and_names_are_none() {
        for text in [
            "app@sha256:0",
            "app:1@sha512:0",
            "r.example:5000/app:1@sha256:0",
            "https://r.example:5000/app@1.0",
            "http://[::1]:5000/app@1.0",
            "r.example/a@b",
            "me@r.example",
            "",
            "alpine:3",
            "https://",
        ] {
            assert!(Userinfo::cut(text).is_none(), "{text}");
        }
    }
}
