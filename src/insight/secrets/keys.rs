//! Finds private keys in PEM, also where a text holds them with their line ends spelt out.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::placeholder::n_distinct;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
/// Bytes of a label. The longest that is known has 25.
const MOST_LABEL_BYTES: usize = 48;
/// Letters of the shortest private key (Ed25519).
const LEAST_LETTERS: usize = 60;
/// Distinct letters of a key that was made by chance.
const LEAST_DISTINCT: usize = 16;

/// Base64 without the marks at its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// A private key in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundKey {
    /// From its beginning to the beginning of its end.
    pub(super) at: Range<usize>,
    /// True if a passphrase protects it.
    pub(super) is_encrypted: bool,
}

/// Gives all private keys.
pub(super) fn scan(bytes: &[u8], give: &mut dyn FnMut(FoundKey)) {
    for at in memchr::memmem::find_iter(bytes, BEGIN) {
        if let Some(key) = bytes.get(at..).and_then(|rest| key(at, rest)) {
            give(key);
        }
    }
}

fn key(at: usize, rest: &[u8]) -> Option<FoundKey> {
    let after = rest.get(BEGIN.len()..)?;
    let near = after.get(..MOST_LABEL_BYTES).unwrap_or(after);
    let label = near.get(..memchr::memmem::find(near, DASHES)?)?;
    let is_pgp = label == b"PGP PRIVATE KEY BLOCK";
    if !label.ends_with(b"PRIVATE KEY") && !is_pgp {
        return None;
    }
    let body = after.get(label.len() + DASHES.len()..)?;
    // The next dashes are the end's: so no two keys are looked for in the same bytes.
    let (body, end) = body.split_at_checked(memchr::memmem::find(body, DASHES)?)?;
    if !end.starts_with(END) {
        return None;
    }
    let Body {
        letters,
        is_encrypted,
    } = read(body);
    if letters.len() < LEAST_LETTERS || n_distinct(&letters) < LEAST_DISTINCT {
        return None;
    }
    let is_encrypted = is_encrypted || label.starts_with(b"ENCRYPTED");
    let is_encrypted = match label {
        _ if is_pgp => is_secret_packet(&letters).then_some(false)?,
        b"OPENSSH PRIVATE KEY" => openssh_is_encrypted(&letters)?,
        // Without a passphrase, or in PKCS #8, it is a sequence of DER; else it has no form.
        _ if !is_encrypted || label.starts_with(b"ENCRYPTED") => {
            is_sequence(&letters).then_some(is_encrypted)?
        }
        _ => true,
    };
    let len = BEGIN.len() + label.len() + DASHES.len() + body.len();
    Some(FoundKey {
        at: at..at + len,
        is_encrypted,
    })
}

/// The body of a key.
struct Body {
    /// The letters of its base64, without the marks at the end.
    letters: Vec<u8>,
    /// True if a header says that it is encrypted.
    is_encrypted: bool,
}

/// Reads a body: its lines may end in line ends, spelt out or not, or in blanks, and stand in quotes. Lines of a header
/// and the checksum of PGP are passed over.
fn read(body: &[u8]) -> Body {
    let mut letters = Vec::new();
    let mut is_encrypted = false;
    for line in lines(body) {
        if line.contains(&b':') {
            is_encrypted |= memchr::memmem::find(line, b"ENCRYPTED").is_some();
        } else if line.first() != Some(&b'=') {
            for word in line.split(u8::is_ascii_whitespace) {
                let is_letter =
                    |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
                let runs = word.split(|byte| !is_letter(byte));
                let run = runs.max_by_key(|run| run.len()).unwrap_or_default();
                // A sign between two texts.
                if run != b"+" {
                    letters.extend_from_slice(run);
                }
            }
        }
    }
    Body {
        letters,
        is_encrypted,
    }
}

/// Parts a text at its line ends, spelt out or not.
fn lines(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let mut len = text.len();
        let mut end = 0;
        for at in memchr::memchr2_iter(b'\n', b'\\', text) {
            match (text.get(at), text.get(at + 1)) {
                (Some(b'\n'), _) => (len, end) = (at, 1),
                (_, Some(b'n' | b'r')) => (len, end) = (at, 2),
                _ => continue,
            }
            break;
        }
        let line = text.get(..len).unwrap_or_default();
        text = text.get(len + end..).unwrap_or_default();
        Some(line)
    })
}

/// True for letters of one sequence of DER, from its first byte to its last.
fn is_sequence(letters: &[u8]) -> bool {
    let n_bytes = letters.len() / 4 * 3 + (letters.len() % 4).saturating_sub(1);
    let head = letters.get(..8).and_then(|head| BASE64.decode(head).ok());
    let (header, len) = match head.as_deref() {
        Some(&[0x30, len @ 0..=0x7f, ..]) => (2, usize::from(len)),
        Some(&[0x30, 0x81, len, ..]) => (3, usize::from(len)),
        Some(&[0x30, 0x82, high, low, ..]) => (4, usize::from(u16::from_be_bytes([high, low]))),
        _ => return false,
    };
    header + len == n_bytes
}

/// True for letters that begin with a secret key of OpenPGP: a packet of kind 5, in the old or in the new format.
fn is_secret_packet(letters: &[u8]) -> bool {
    let head = letters.get(..4).and_then(|head| BASE64.decode(head).ok());
    let first = head.as_deref().and_then(<[u8]>::first);
    first.is_some_and(|&first| first & 0xfc == 0x94 || first == 0xc5)
}

/// Returns whether a key of OpenSSH is encrypted; `None` for letters that are no such key, or not all of it.
fn openssh_is_encrypted(letters: &[u8]) -> Option<bool> {
    let key = BASE64.decode(letters).ok()?;
    let rest = &mut key.strip_prefix(b"openssh-key-v1\0")?;
    let cipher = text(rest)?;
    let (_kdf, _options) = (text(rest)?, text(rest)?);
    let (n_keys, tail) = rest.split_first_chunk()?;
    *rest = (u32::from_be_bytes(*n_keys) == 1).then_some(tail)?;
    let (_public, _private) = (text(rest)?, text(rest)?);
    Some(cipher != b"none")
}

/// Takes a text with its length before it.
fn text<'k>(rest: &mut &'k [u8]) -> Option<&'k [u8]> {
    let (len, tail) = rest.split_first_chunk()?;
    let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
    let (text, tail) = tail.split_at_checked(len)?;
    *rest = tail;
    Some(text)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Returns bytes in base64, in lines of 64 letters that end in `end`.
    fn wrapped(bytes: &[u8], end: &str) -> String {
        let letters = base64::prelude::BASE64_STANDARD.encode(bytes);
        let lines = letters.as_bytes().chunks(64);
        let lines: Vec<_> = lines.map(String::from_utf8_lossy).collect();
        lines.join(end)
    }

    /// Returns the body of a key of DER with this content.
    pub(in super::super) fn of_der(content: &[u8], end: &str) -> String {
        let len = u16::try_from(content.len()).unwrap().to_be_bytes();
        wrapped(&[&[0x30, 0x82], &len[..], content].concat(), end)
    }

    /// Returns the body of a key of OpenPGP.
    pub(in super::super) fn of_pgp(content: &[u8]) -> String {
        wrapped(&[&[0x95, 1, 0, 4][..], content].concat(), "\n")
    }

    /// Returns the body of a key of OpenSSH with this cipher.
    pub(in super::super) fn of_openssh(cipher: &str, content: &[u8]) -> String {
        let mut key = b"openssh-key-v1\0".to_vec();
        let texts = [cipher.as_bytes(), b"none", b""];
        let mut push = |texts: &[&[u8]]| {
            for text in texts {
                key.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
                key.extend_from_slice(text);
            }
        };
        push(&texts);
        // The number of keys stands where a text of one byte would.
        let n_keys = [0, 0, 0, 1];
        key.extend(n_keys);
        for text in [&content[..51], content] {
            key.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
            key.extend_from_slice(text);
        }
        wrapped(&key, "\n")
    }

    fn content() -> Vec<u8> {
        (0..200_u16).map(|at| (at * 7 % 251) as u8).collect()
    }

    /// Checks what is found of a text, in which `BEGIN X` and `END X` stand for lines with dashes.
    fn check(text: &str, expected: &[&str]) {
        let text = text
            .replace("BEGIN ", "-----BEGIN ")
            .replace("END ", "-----END ")
            .replace("KEY|", "KEY-----")
            .replace("BLOCK|", "BLOCK-----");
        let mut told = Vec::new();
        scan(text.as_bytes(), &mut |key| {
            let how = match key.is_encrypted {
                true => "encrypted",
                false => "plain",
            };
            told.push(format!("{} {how}", key.at.start));
        });
        assert_eq!(told, expected, "{text}");
    }

    fn pem(label: &str, body: &str) -> String {
        format!("BEGIN {label}|\n{body}\nEND {label}|")
    }

    #[test]
    fn private_keys_are_found_in_all_their_forms() {
        let der = of_der(&content(), "\n");
        let plain = &["0 plain"];
        check(&pem("PRIVATE KEY", &der), plain);
        check(&pem("RSA PRIVATE KEY", &der), plain);
        check(&pem("EC PRIVATE KEY", &der), plain);
        let pgp = of_pgp(&content());
        check(
            &pem(
                "PGP PRIVATE KEY BLOCK",
                &format!("Version: x\n\n{pgp}\n=abcd"),
            ),
            plain,
        );
        check(
            &pem("OPENSSH PRIVATE KEY", &of_openssh("none", &content())),
            plain,
        );
        // Sequences of less than 128 and of less than 256 bytes.
        let short = [&[0x30, 100][..], &content()[..100]].concat();
        check(&pem("PRIVATE KEY", &wrapped(&short, "\n")), plain);
        let longer = [&[0x30, 0x81, 150][..], &content()[..150]].concat();
        check(&pem("PRIVATE KEY", &wrapped(&longer, "\r\n")), plain);
    }

    #[test]
    fn line_ends_may_be_spelt_out() {
        let body = of_der(&content(), "\\n");
        for text in [
            format!("BEGIN PRIVATE KEY|\\n{body}\\nEND PRIVATE KEY|\\n"),
            format!("BEGIN PRIVATE KEY|\\r\\n{body}\\r\\nEND PRIVATE KEY|"),
            format!(
                "BEGIN PRIVATE KEY| {} END PRIVATE KEY|",
                of_der(&content(), " ")
            ),
            format!(
                "BEGIN PRIVATE KEY|\\n\" +\n b\"{}\\n\" +\n \"END PRIVATE KEY|",
                of_der(&content(), "\\n\" +\n  b\"")
            ),
        ] {
            check(&text, &["0 plain"]);
        }
    }

    #[test]
    fn passphrases_are_noticed() {
        let der = of_der(&content(), "\n");
        let encrypted = &["0 encrypted"];
        check(&pem("ENCRYPTED PRIVATE KEY", &der), encrypted);
        let header = "Proc-Type: 4,ENCRYPTED\nDEK-Info: x\n";
        let random = wrapped(&content(), "\n");
        check(
            &pem("RSA PRIVATE KEY", &format!("{header}\n{random}")),
            encrypted,
        );
        let openssh = of_openssh("aes256-ctr", &content());
        check(&pem("OPENSSH PRIVATE KEY", &openssh), encrypted);
    }

    #[test]
    fn what_is_no_private_key_is_left_alone() {
        let der = of_der(&content(), "\n");
        check(&pem("PUBLIC KEY", &der), &[]);
        check(&pem("PRIVATE KEY", "..."), &[]);
        check(&pem("PRIVATE KEY", &"A".repeat(100)), &[]);
        // Letters of no form, and a key of which only the beginning is shown.
        check(&pem("PRIVATE KEY", &wrapped(&content(), "\n")), &[]);
        check(&pem("RSA PRIVATE KEY", &der[..130]), &[]);
        check(&pem("PGP PRIVATE KEY BLOCK", &der), &[]);
        let openssh = of_openssh("none", &content());
        check(
            &pem("OPENSSH PRIVATE KEY", &openssh[..openssh.len() - 9]),
            &[],
        );
        check(&format!("BEGIN PRIVATE KEY|\n{der}\n"), &[]);
        check("BEGIN PRIVATE KEY| in a sentence END ", &[]);
        check("if line == \"BEGIN RSA PRIVATE KEY|\":", &[]);
        let code = "\" + key.match(/.{1,64}/g).join(lineEndOfThisPlatform) + anotherFunctionOfTheSame(options) + \"";
        check(&pem("PRIVATE KEY", code), &[]);
    }

    /// One key of 4,096 bits in two hundred has a short word of examples in it.
    #[test]
    fn chance_may_write_words_of_examples() {
        let body = of_der(&content(), "");
        let body = format!("{}xxxxxyour{}", &body[..100], &body[109..]);
        check(&pem("PRIVATE KEY", &body), &["0 plain"]);
    }
}
