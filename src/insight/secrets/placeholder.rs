//! Tells values that stand in for a secret from secrets.

/// Distinct characters of a value that was made by chance.
const LEAST_DISTINCT: usize = 6;

/// Parts of examples, in lower case. Each is so long that chance does not write it.
const EXAMPLES: [&[u8]; 10] = [
    b"example",
    b"changeme",
    b"change-me",
    b"change_me",
    b"changethis",
    b"replace",
    b"placeholder",
    b"redacted",
    b"12345678",
    b"abcdefgh",
];

/// Words of examples, which chance may write within others.
const EXAMPLE_WORDS: [&[u8]; 5] = [b"your", b"dummy", b"fake", b"insert", b"here"];

/// Values that everybody knows.
const DEFAULTS: [&[u8]; 13] = [
    b"password",
    b"passwd",
    b"secret",
    b"token",
    b"default",
    b"postgres",
    b"mysql",
    b"guest",
    b"changeit",
    b"rabbitmq",
    b"minioadmin",
    b"notsecret",
    b"letmein",
];

/// Beginnings of paths.
const PATHS: [&[u8]; 16] = [
    b"/run/",
    b"/var/",
    b"/etc/",
    b"/usr/",
    b"/opt/",
    b"/home/",
    b"/root/",
    b"/tmp/",
    b"/srv/",
    b"/mnt/",
    b"/dev/",
    b"/app/",
    b"/data/",
    b"/secrets/",
    b"/vault/",
    b"/config/",
];

/// Beginnings of references to a secret that is elsewhere, or encrypted.
const REFERENCES: [&[u8]; 12] = [
    b"$", b"<", b"{", b"%", b"~", b"*", b"@", b"`", b"!", b"(", b"ENC[", b"file:",
];

/// Values that switch something.
const SWITCHES: [&[u8]; 10] = [
    b"true",
    b"false",
    b"none",
    b"null",
    b"disabled",
    b"enabled",
    b"required",
    b"optional",
    b"undefined",
    b"always",
];

/// Endings of names of files.
const FILE_ENDINGS: [&[u8]; 10] = [
    b".json", b".pem", b".key", b".txt", b".yaml", b".yml", b".crt", b".p12", b".jks", b".conf",
];

/// True for a value that no generator made: few distinct characters, or words of examples.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    n_distinct(value) < LEAST_DISTINCT || has_example(value)
}

/// Returns the number of distinct bytes.
pub(super) fn n_distinct(value: &[u8]) -> usize {
    let mut seen = [false; 256];
    for &byte in value {
        if let Some(seen) = seen.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|&&seen| seen).count()
}

/// True for a value with a word of examples in it.
pub(super) fn has_example(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let has = |part: &[u8]| memchr::memmem::find(&lower, part).is_some();
    let mut words = lower.split(|byte| !byte.is_ascii_alphanumeric());
    let is_shown = |letter: u8| memchr::memmem::find(value, &[letter; 5]).is_some();
    is_shown(b'x')
        || is_shown(b'X')
        || EXAMPLES.iter().any(|part| has(part))
        || words.any(|word| EXAMPLE_WORDS.contains(&word))
}

/// True for a password that stands in for another. One that a person made up may have few characters.
pub(super) fn is_stand_in(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    n_distinct(value) <= 1
        || DEFAULTS.contains(&lower.as_slice())
        || lower.starts_with(b"your")
        || has_example(value)
        || (value.len() >= 12 && n_distinct(value) < LEAST_DISTINCT)
}

/// True for a value that is no secret by its form: a reference to another, a path, an address, a switch.
pub(super) fn is_reference(value: &[u8]) -> bool {
    let is_switch = SWITCHES.iter().any(|word| value.eq_ignore_ascii_case(word));
    value.is_empty()
        || is_switch
        || is_path(value)
        || REFERENCES.iter().any(|start| value.starts_with(start))
        || FILE_ENDINGS.iter().any(|ending| value.ends_with(ending))
        || value.contains(&b' ')
        || memchr::memmem::find(value, b"://").is_some()
}

/// True for a path. Base64 may begin with a slash, too.
fn is_path(value: &[u8]) -> bool {
    let is_mixed = value.iter().any(u8::is_ascii_uppercase)
        && value.iter().any(u8::is_ascii_lowercase)
        && value.iter().any(u8::is_ascii_digit);
    let is_known = PATHS.iter().any(|start| value.starts_with(start));
    let is_relative = value.starts_with(b"./") || value.starts_with(b"../");
    is_known || is_relative || (value.starts_with(b"/") && (!is_mixed || value.len() < 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_stand_in_are_known() {
        for (value, is) in [
            ("aaaaaaaaaaaaaaaa", true),
            ("IOSFODNN7EXAMPLE", true),
            ("your-token-here", true),
            ("xxxxxxxxq8Z3kLw0", true),
            ("0a1b2c3d4e5f6789", false),
            ("q8Z3kLw0", false),
            // Chance writes short words within others.
            ("q8yourZ3kLwxxxx0", false),
            ("q8Z3kdummyLw0fakE", false),
        ] {
            assert_eq!(is_placeholder(value.as_bytes()), is, "{value}");
        }
    }

    #[test]
    fn passwords_that_stand_in_are_known() {
        for (value, is) in [
            ("password", true),
            ("Secret", true),
            ("yourpassword", true),
            ("********", true),
            ("hunter22", false),
            ("passwords9", false),
            ("this-is-only-a-sample", false),
        ] {
            assert_eq!(is_stand_in(value.as_bytes()), is, "{value}");
        }
    }

    #[test]
    fn references_are_no_secrets() {
        for (value, is) in [
            ("", true),
            ("${TOKEN}", true),
            ("$TOKEN1", true),
            ("`cat token`", true),
            ("ENC[AES256_GCM,data:x]", true),
            ("/run/secrets/token", true),
            ("./token", true),
            ("/some/where", true),
            ("credentials.json", true),
            ("https://issuer.example/token", true),
            ("op://vault/item/field", true),
            ("<token>", true),
            ("Disabled", true),
            ("two words", true),
            ("hunter22", false),
            ("/q8Z3kLw0xYabcd1234efGH/5678ijKLmn", false),
        ] {
            assert_eq!(is_reference(value.as_bytes()), is, "{value}");
        }
    }
}
