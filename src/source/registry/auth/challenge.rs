//! Parses `WWW-Authenticate` as registries write it in practice (RFC 9110, 11.6.1, including common violations).
//!
//! `auth` decides how to respond to a challenge.

use std::collections::BTreeMap;

/// One challenge: a scheme and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Challenge {
    /// The scheme in lower case: `bearer`, `basic`, `negotiate`.
    pub(in super::super) scheme: String,
    /// Parameters by name in lower case. The first one wins if a name is repeated.
    pub(in super::super) parameters: BTreeMap<String, String>,
}

impl Challenge {
    /// Returns a parameter that is present and not empty.
    pub(in super::super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

/// Parses the challenges of one header field. Never fails: parts that make no sense are skipped.
pub(in super::super) fn challenges(field: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    let mut rest = field;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '=' | '"'));
        if rest.is_empty() {
            return found;
        }
        let (word, after) = cut(rest, |c| c.is_whitespace() || matches!(c, ',' | '=' | '"'));
        let after_space = after.trim_start();
        if let Some(value_start) = after_space.strip_prefix('=') {
            let (value, after_value) = value(value_start.trim_start());
            if let Some(challenge) = found.last_mut() {
                challenge
                    .parameters
                    .entry(word.to_ascii_lowercase())
                    .or_insert(value);
            }
            rest = after_value;
        } else {
            found.push(Challenge {
                scheme: word.to_ascii_lowercase(),
                parameters: BTreeMap::new(),
            });
            rest = after;
        }
    }
}

/// Parses a quoted string, with escapes resolved, or a bare word. Returns the value and the rest.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (word, rest) = cut(text, |c| c.is_whitespace() || c == ',');
        return (word.to_owned(), rest);
    };
    let mut value = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => value.extend(chars.next()),
            c => value.push(c),
        }
    }
    (value, chars.as_str())
}

fn cut(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks against challenges written as `scheme name=value;name=value`, joined by ` | `.
    fn check(field: &str, expected: &str) {
        let shown: Vec<String> = challenges(field)
            .iter()
            .map(|c| {
                let parameters: Vec<_> = c
                    .parameters
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                format!("{} {}", c.scheme, parameters.join(";"))
            })
            .collect();
        assert_eq!(shown.join(" | "), expected, "from {field:?}");
    }

    #[test]
    fn rp_03_reads_challenges_of_every_make() {
        check(
            r#"Bearer realm="https://a.example/token",service="r.example",scope="repository:a/b:pull,push""#,
            "bearer realm=https://a.example/token;scope=repository:a/b:pull,push;service=r.example",
        );
        check(
            r#"bearer SERVICE=r, Realm=https://a.example/token?x=1"#,
            "bearer realm=https://a.example/token?x=1;service=r",
        );
        check("basic realm=zot", "basic realm=zot");
        check(
            r#"Negotiate, Basic realm="a \"quoted\", name" , Bearer realm="https://t""#,
            r#"negotiate  | basic realm=a "quoted", name | bearer realm=https://t"#,
        );
        check(
            "Negotiate YII=, Bearer realm = \"x\"",
            "negotiate yii= | bearer realm=x",
        );
        check(
            r#"Bearer realm="https://t",scope="""#,
            "bearer realm=https://t;scope=",
        );
        check(r#"Bearer realm="never closed"#, "bearer realm=never closed");
        check("", "");
        check("=,\"\"\\", "\\ ");
    }
}
