//! Finds secrets in assignments and addresses: by a name that says what it is, and a value that is neither empty nor
//! stands in for another.

use super::placeholder::{is_reference, is_stand_in};

/// Words in the name of a secret.
const SECRET_WORDS: [&str; 14] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
    "CREDENTIAL",
    "ENCRYPTION_KEY",
    "SIGNING_KEY",
    "MASTER_KEY",
    "APP_KEY",
];

/// Endings of the name of a secret.
const SECRET_ENDINGS: [&str; 4] = ["_PASS", "_PWD", "_AUTHTOKEN", "_PSK"];

/// Words that, after the word of a secret, name something that is said about it.
const OTHER_WORDS: [&str; 44] = [
    "_FILE",
    "_PATH",
    "_DIR",
    "_URL",
    "_URI",
    "_ID",
    "_NAME",
    "_TYPE",
    "_LEN",
    "_SIZE",
    "_TTL",
    "_EXPIR",
    "_ENDPOINT",
    "_ALG",
    "IZER",
    "_STORE",
    "_BACKEND",
    "_ISSUER",
    "_POLICY",
    "_AUD",
    "_PROVIDER",
    "_MANAGER",
    "_DRIVER",
    "_MODE",
    "_ENABLE",
    "_DISABLE",
    "_REQUIRE",
    "_VERSION",
    "_HEADER",
    "_FIELD",
    "_COOKIE",
    "_COUNT",
    "_LIMIT",
    "_MAX",
    "_MIN",
    "_TIMEOUT",
    "_INTERVAL",
    "_LIFETIME",
    "_PREFIX",
    "_HOST",
    "_FORMAT",
    "_SCOPE",
    "_STDIN",
    "_HASHER",
];

/// Bytes of a name or a value that are looked at.
const MOST_BYTES: usize = 16 * 1024;

/// Characters of the shortest value.
const LEAST_CHARS: usize = 6;

/// True for the name of a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let ends = SECRET_WORDS
        .iter()
        .filter_map(|word| Some(name.rfind(word)? + word.len()));
    let is_named = match ends.max().and_then(|end| name.get(end..)) {
        Some(tail) => !OTHER_WORDS.iter().any(|word| tail.contains(word)),
        None => SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending)),
    };
    is_named && !name.contains("PUBLIC")
}

/// Returns the value of an assignment, if it is a secret.
pub(super) fn secret_in<'a>(name: &str, value: &'a str) -> Option<&'a str> {
    let value = unquoted(value.trim());
    let is_sized = name.len() <= MOST_BYTES
        && value.len() <= MOST_BYTES
        && value.chars().nth(LEAST_CHARS - 1).is_some();
    let is_number = || value.bytes().all(|byte| byte.is_ascii_digit());
    let is_secret = is_sized
        && is_secret_name(name)
        && !is_reference(value.as_bytes())
        && !is_stand_in(value.as_bytes())
        && !(name.to_ascii_uppercase().contains("TOKENS") && is_number());
    is_secret.then_some(value)
}

/// Returns a value without the quotes around it.
pub(super) fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        let inner = value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            return inner;
        }
    }
    value
}

/// Returns a value without the comment after it.
pub(super) fn without_comment(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            let end = rest.find(quote).map(|end| end + 2 * quote.len_utf8());
            return end.and_then(|end| value.get(..end)).unwrap_or(value);
        }
    }
    let end = value.find(" #").or_else(|| value.find("\t#"));
    end.and_then(|end| value.get(..end)).unwrap_or(value).trim()
}

/// Gives the passwords of addresses such as `https://user:password@host` in a text.
pub(super) fn passwords_of_addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split("://").skip(1).filter_map(|rest| {
        let is_end = |c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '`');
        let authority = rest.split(is_end).next()?;
        let (userinfo, _) = authority.rsplit_once('@')?;
        let (_, password) = userinfo.split_once(':')?;
        (!password.is_empty()).then_some(password)
    })
}

/// Gives the assignments of a command line, such as build arguments and queries, as `NAME=VALUE` words.
pub(super) fn assignments(command: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, '?' | '&' | ';' | ',');
    command.split(is_between).filter_map(|word| {
        let (name, value) = word.split_once('=')?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        // Of `--mount=id=x` and `//host/:_authToken=x` the last word.
        let name = name.rsplit(|c| !is_name(c)).next()?;
        let name = name.trim_start_matches('-');
        let value = value.trim_matches(['"', '\'']);
        (!name.is_empty()).then_some((name, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(assignment: &str, secret: Option<&str>) {
        let (name, value) = assignment.split_once('=').unwrap();
        assert_eq!(secret_in(name, value), secret, "{assignment}");
    }

    #[test]
    fn names_and_values_say_what_is_secret() {
        for (assignment, secret) in [
            ("DB_PASSWORD=hunter22", "hunter22"),
            ("api-key='a8Zk3kLw0q'", "a8Zk3kLw0q"),
            ("GITHUB_TOKEN=\"q8Z3kLw0xY\"", "q8Z3kLw0xY"),
            ("SMTP_PASS=q8Z3kLw0xY", "q8Z3kLw0xY"),
            ("MYSQL_PWD=q8Z3kLw0xY", "q8Z3kLw0xY"),
            ("SECRET_KEY_BASE=q8Z3kLw0xY", "q8Z3kLw0xY"),
            // The word after the secret counts, not the one before.
            ("URL_PASSWORD=q8Z3kLw0xY", "q8Z3kLw0xY"),
            ("ID_TOKEN=q8Z3kLw0xY", "q8Z3kLw0xY"),
            (
                "JWT_SECRET=/q8Z3kLw0xYabcd1234efGH/5678ijKLmn",
                "/q8Z3kLw0xYabcd1234efGH/5678ijKLmn",
            ),
        ] {
            check(assignment, Some(secret));
        }
        for other in [
            "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568",
            "PATH=/usr/local/bin:/usr/bin",
            "PWD=/var/www/html",
            "DB_PASSWORD=",
            "DB_PASSWORD=changeme",
            "DB_PASSWORD=password",
            "DB_PASSWORD=${PW}",
            "DB_PASSWORD_FILE=/run/secrets/pw",
            "TOKEN_URL=https://issuer.example/token",
            "SECRET_NAME=database-login",
            "SECRET_BACKEND=kubernetes",
            "PUBLIC_KEY_TOKEN=b77a5c561934e089",
            "TOKENIZERS_PARALLELISM=enabled8",
            "MAX_TOKENS=1000000",
            "PASSWORD=********",
            "SECRET_KEY=aaaaaaaaaaaa",
            "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
            "GOOGLE_APPLICATION_CREDENTIALS=credentials.json",
            "VAULT_TOKEN=op://vault/item/field",
            "TOKEN=true",
        ] {
            check(other, None);
        }
    }

    #[test]
    fn build_arguments_are_words() {
        let command = "|2 TOKEN=abc B='x y' /bin/sh -c make --key=v a==b =c //r/:_authToken=d https://x/?y=1&api_key=e";
        let told: Vec<_> = assignments(command).collect();
        let expected = [
            ("TOKEN", "abc"),
            ("B", "x"),
            ("key", "v"),
            ("a", "=b"),
            ("_authToken", "d"),
            ("y", "1"),
            ("api_key", "e"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn addresses_end_where_words_end() {
        let told = |text| passwords_of_addresses(text).collect::<Vec<_>>().join(" ");
        assert_eq!(
            told("RUN git clone https://me:one@a/b 'http://me:two@c'"),
            "one two"
        );
        assert_eq!(told("wget https://x.example && mail a:b@c"), "");
        assert_eq!(told("http://me@x http://x:80/a@b"), "");
        assert_eq!(told("redis://:three@x"), "three");
    }

    #[test]
    fn comments_are_no_values() {
        for (value, expected) in [
            ("a # b", "a"),
            ("a#b", "a#b"),
            ("\"a # b\" # c", "\"a # b\""),
            ("'a", "'a"),
            ("", ""),
        ] {
            assert_eq!(without_comment(value), expected);
        }
    }
}
