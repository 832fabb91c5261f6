//! Finds secrets in files of credentials, line by line, and the secret halves of AWS keys in any file.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use serde::Deserialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::SecretStanding;
use super::files::NamedFile;
use super::hits::Hits;
use super::placeholder::{has_example, is_placeholder, is_reference};
use super::rules::SecretRule;
use super::variables::{passwords_of_addresses, secret_in, unquoted, without_comment};

/// Characters of the shortest password in a file that is there for one.
const LEAST_CHARS: usize = 4;

/// Adds the secrets of a file of credentials.
pub(super) fn scan(kind: NamedFile, bytes: &[u8], hits: &mut Hits) {
    match kind {
        NamedFile::KeyStore => key_store(bytes, hits),
        NamedFile::DockerConfig => docker_logins(bytes, hits),
        kind => {
            let mut start = 0;
            let mut next = Next::Key;
            for line in bytes.split(|&byte| byte == b'\n') {
                let text = String::from_utf8_lossy(line);
                let is_text = matches!(text, Cow::Borrowed(_));
                // Values come in the order of the line, so that each byte is passed once.
                let mut passed = 0;
                scan_line(kind, &text, &mut next, &mut |rule, value| {
                    let value = value.as_bytes();
                    let rest = line.get(passed..).filter(|_| is_text).unwrap_or_default();
                    let at = match memchr::memmem::find(rest, value) {
                        Some(inside) => {
                            let from = passed + inside;
                            passed = from + value.len();
                            start + from..start + passed
                        }
                        None => start..start + line.len(),
                    };
                    hits.add_value(rule, at, value, SecretStanding::Secret);
                });
                start += line.len() + 1;
            }
        }
    }
}

/// The next word of a `.netrc`: a password may stand on the line after its key.
enum Next {
    Key,
    Password,
    Other,
}

fn scan_line(kind: NamedFile, line: &str, next: &mut Next, give: &mut dyn FnMut(SecretRule, &str)) {
    let mut give_credential = |rule, value: &str| {
        let value = unquoted(value.trim());
        let bytes = value.as_bytes();
        if value.chars().count() >= LEAST_CHARS && !is_reference(bytes) && !has_example(bytes) {
            give(rule, value);
        }
    };
    match kind {
        NamedFile::Npmrc => {
            if let Some((key, value)) = pair(line, '=')
                && ["_authToken", "_auth", "_password"]
                    .iter()
                    .any(|end| key.ends_with(end))
            {
                give_credential(SecretRule::CredentialFile, value);
            }
        }
        NamedFile::Pypirc => {
            if let Some(("password", value)) = pair(line, '=').or_else(|| pair(line, ':')) {
                give_credential(SecretRule::CredentialFile, value);
            }
        }
        NamedFile::Netrc if line.trim_start().starts_with('#') => {}
        NamedFile::Netrc => {
            for word in line.split_whitespace() {
                *next = match (&next, word) {
                    (Next::Key, "password") => Next::Password,
                    (Next::Key, "machine" | "login" | "account") => Next::Other,
                    (Next::Password, password) => {
                        give_credential(SecretRule::CredentialFile, password);
                        Next::Key
                    }
                    _ => Next::Key,
                };
            }
        }
        NamedFile::Addresses => {
            for password in passwords_of_addresses(line) {
                give_credential(SecretRule::CredentialFile, password);
            }
        }
        NamedFile::Kubeconfig => {
            // JSON is YAML, too.
            let is_quote = |c| matches!(c, '"' | '\'' | '-' | ' ' | '{' | ',');
            if let Some((key, value)) = pair(line, ':')
                && matches!(
                    key.trim_matches(is_quote),
                    "client-key-data"
                        | "token"
                        | "password"
                        | "id-token"
                        | "access-token"
                        | "refresh-token"
                )
            {
                let value = value.trim_end_matches([',', '}', ' ']);
                give_credential(SecretRule::Kubeconfig, value);
            }
        }
        NamedFile::DotEnv => {
            let line = line.trim_start();
            let line = line.strip_prefix("export ").unwrap_or(line);
            if let Some((key, value)) = pair(line, '=').filter(|(key, _)| !key.starts_with('#')) {
                let value = without_comment(value);
                let passwords = passwords_of_addresses(value);
                let passwords = passwords.filter_map(|one| secret_in("PASSWORD", one));
                let secrets = secret_in(key, value).into_iter().chain(passwords);
                secrets.for_each(|secret| give(SecretRule::Variable, secret));
            }
        }
        NamedFile::DockerConfig | NamedFile::KeyStore => {}
    }
}

/// Splits a line at the first mark, without the blanks around both.
fn pair(line: &str, mark: char) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(mark)?;
    Some((key.trim(), value.trim()))
}

/// The object identifier 1.2.840.113549.1.12.10.1 of PKCS #12's kinds of content, with its tag and length.
const BAG: [u8; 12] = [
    0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01,
];

/// Adds the private key of a key store: a plain one, or one that a passphrase protects. One of certificates alone has
/// neither.
fn key_store(bytes: &[u8], hits: &mut Hits) {
    if bytes.first() != Some(&0x30) {
        return;
    }
    for at in memchr::memmem::find_iter(bytes, &BAG) {
        let standing = match bytes.get(at + BAG.len()) {
            Some(1) => SecretStanding::Secret,
            Some(2) => SecretStanding::Encrypted,
            _ => continue,
        };
        hits.add_value(SecretRule::KeyStore, at..at + 1, b"PKCS #12", standing);
    }
}

/// A login in Docker's configuration.
#[derive(Deserialize)]
struct Login {
    auth: Option<String>,
    identitytoken: Option<String>,
    registrytoken: Option<String>,
    password: Option<String>,
}

/// Adds the logins of Docker's configuration, of both its forms.
fn docker_logins(bytes: &[u8], hits: &mut Hits) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut seen = BTreeSet::new();
    let mut add = |_: &str, login: &RawValue| {
        let Ok(login) = serde_json::from_str::<Login>(login.get()) else {
            return;
        };
        let auth = login.auth.filter(|auth| is_login(auth));
        let tokens = [login.identitytoken, login.registrytoken, login.password];
        let is_told = |one: &String| one.len() >= LEAST_CHARS && !is_reference(one.as_bytes());
        let tokens = tokens.into_iter().flatten().filter(is_told);
        for value in auth.into_iter().chain(tokens) {
            if hits.is_full() {
                hits.leave_out();
            } else if !seen.contains(&value) {
                let start = memchr::memmem::find(bytes, value.as_bytes()).unwrap_or(0);
                let at = start..start + value.len();
                let standing = SecretStanding::Secret;
                hits.add_value(SecretRule::DockerLogin, at, value.as_bytes(), standing);
                seen.insert(value);
            }
        }
    };
    members(text, &mut |name, value| match name {
        "auths" => members(value.get(), &mut add),
        _ => add(name, value),
    });
}

/// Gives the members of a JSON object one by one, so that none is kept.
fn members(json: &str, give: &mut dyn FnMut(&str, &RawValue)) {
    let mut json = serde_json::Deserializer::from_str(json);
    // What follows a fault is no member.
    let _ = json.deserialize_map(Members(give));
}

struct Members<'f>(&'f mut dyn FnMut(&str, &RawValue));

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, value)) = map.next_entry::<Cow<'_, str>, &RawValue>()? {
            (self.0)(&name, value);
        }
        Ok(())
    }
}

/// True for a name and a password in base64.
fn is_login(auth: &str) -> bool {
    let decoded = base64::prelude::BASE64_STANDARD.decode(auth);
    let login = decoded.ok().and_then(|login| String::from_utf8(login).ok());
    login.is_some_and(|login| {
        let password = login.split_once(':').map(|(_, password)| password);
        let is_told = |one: &str| !one.is_empty() && !has_example(one.as_bytes());
        password.is_some_and(is_told) && !login.contains(char::is_control)
    })
}

/// Names of the secret half of an AWS key, without their first letter.
const AWS_SECRETS: [&[u8]; 3] = [b"ecret_access_key", b"ECRET_ACCESS_KEY", b"ecretAccessKey"];

/// Characters of it.
const AWS_SECRET_BYTES: usize = 40;

/// Gives the secret halves of AWS keys in assignments of any form.
pub(super) fn aws_secrets(bytes: &[u8], give: &mut dyn FnMut(Range<usize>)) {
    for name in AWS_SECRETS {
        for at in memchr::memmem::find_iter(bytes, name) {
            let start = at + name.len();
            let rest = bytes.get(start..).unwrap_or_default();
            let is_between = |byte: &&u8| {
                matches!(
                    byte,
                    b'"' | b'\'' | b' ' | b':' | b'=' | b'\t' | b'\\' | b'>'
                )
            };
            let n_between = rest.iter().take(16).take_while(is_between).count();
            let value = rest.get(n_between..).unwrap_or_default();
            let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
            let len = value.iter().take(AWS_SECRET_BYTES + 1);
            let len = len.take_while(is_part).count();
            let value = value.get(..len).unwrap_or_default();
            if n_between > 0 && len == AWS_SECRET_BYTES && !is_placeholder(value) {
                let start = start + n_between;
                give(start..start + len);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the secrets of a file by its path.
    fn check(path: &str, bytes: &[u8], expected: &[&str]) {
        let mut hits = Hits::new(20);
        if let Some(file) = NamedFile::of(path.as_bytes()) {
            scan(file, bytes, &mut hits);
        }
        let (hits, _) = hits.finish();
        let told: Vec<String> = hits
            .iter()
            .map(|hit| {
                let (word, value) = (hit.rule.word(), hit.value.reveal());
                format!("{word} {} {value}", hit.at.start)
            })
            .collect();
        assert_eq!(told, expected, "{path}");
    }

    #[test]
    fn files_of_credentials_tell_their_lines() {
        check(
            "root/.npmrc",
            b"registry=https://r.example/\n//r.example/:_authToken=0a1b2c3d-secret\n//s.example/:_authToken=${NPM_TOKEN}\n",
            &["credential-file 52 0a1b2c3d-secret"],
        );
        check(
            "root/.pypirc",
            b"[x]\nusername = me\npassword = hunter22\n",
            &["credential-file 29 hunter22"],
        );
        check(
            "root/.netrc",
            b"machine a.example login me password hunter22\n# password none-of-it\nmachine b login x\n password\n other-word\n",
            &["credential-file 36 hunter22", "credential-file 96 other-word"],
        );
        check(
            "root/.netrc",
            b"machine a login x password first-one machine b login password password second-one",
            &[
                "credential-file 27 first-one",
                "credential-file 71 second-one",
            ],
        );
        check(
            "root/.git-credentials",
            b"https://me:hunter22@git.example\nhttps://git.example\n",
            &["credential-file 11 hunter22"],
        );
        check(
            "app/.git/config",
            b"[remote \"origin\"]\n\turl = https://me:hunter22@git.example/a/b\n",
            &["credential-file 36 hunter22"],
        );
        check(
            "root/.kube/config",
            b"users:\n- name: a\n  user:\n    client-key-data: TFMwdExTMUNSVWRKVGk=\n    client-certificate-data: abcdefgh\n",
            &["kubeconfig 46 TFMwdExTMUNSVWRKVGk="],
        );
        check("root/.kube/config", br#"{"users": [{"user": {"#, &[]);
        check(
            "root/.kube/config",
            b"    \"token\": \"q8Z3kLw0xY\",\n    \"tokenFile\": \"q8Z3kLw0xY\"",
            &["kubeconfig 14 q8Z3kLw0xY"],
        );
    }

    #[test]
    fn variables_end_where_their_comments_begin() {
        check(
            "app/.env",
            b"# DB_PASSWORD=old-one1\nDB_HOST=db\nexport DB_PASSWORD=\"hunter22\" # the old one\nEMPTY_TOKEN=\nA_TOKEN=hunter33 # b\n",
            &["variable 54 hunter22", "variable 99 hunter33"],
        );
        check(
            "app/.env",
            b"DATABASE_URL=postgres://me:hunter22@db/x\nREDIS_URL=redis://redis:6379\n",
            &["variable 27 hunter22"],
        );
    }

    #[test]
    fn a_line_of_other_bytes_keeps_its_place() {
        check(
            "app/.env",
            b"A=\xff\xff\xff\nB_TOKEN=hunter22\nC_TOKEN=\xffhunter33\n",
            &["variable 14 hunter22", "variable 23 \u{fffd}hunter33"],
        );
    }

    #[test]
    fn logins_have_a_name_and_a_password() {
        check(
            "root/.docker/config.json",
            br#"{"auths": {"r.example": {"auth": "bWU6aHVudGVyMjI="}, "s": {}}}"#,
            &["docker-login 34 bWU6aHVudGVyMjI="],
        );
        check(
            "root/.dockercfg",
            br#"{"r.example": {"auth": "bWU6aHVudGVyMjI="}}"#,
            &["docker-login 24 bWU6aHVudGVyMjI="],
        );
        check(
            "root/.docker/config.json",
            br#"{"credsStore": "pass", "auths": {"r": {"auth": "", "identitytoken": "q8Z3kLw0"}}, cut"#,
            &["docker-login 69 q8Z3kLw0"],
        );
        for none in [
            &br#"{"auths": {"r.example": {"auth": "bWU6"}}}"#[..],
            br#"{"auths": {"r.example": {"auth": "not base64"}}}"#,
            br#"{"credsStore": "pass", "auths": null}"#,
            b"not json",
            b"[]",
        ] {
            check("root/.docker/config.json", none, &[]);
        }
    }

    #[test]
    fn a_key_store_has_a_key() {
        let store = |kind: u8| [&[0x30, 0x82, 1, 0, 2, 1, 3][..], &BAG, &[kind, 0]].concat();
        check("app/a.p12", &store(1), &["key-store 7 PKCS #12"]);
        check("app/a.pfx", &store(2), &["key-store 7 PKCS #12"]);
        // Certificates alone.
        check("app/trust.p12", &store(3), &[]);
        check("app/a.p12", b"\x30\x01", &[]);
    }

    #[test]
    fn the_secret_half_of_an_aws_key_has_forty_characters() {
        let check = |text: &str, expected: usize| {
            let mut n = 0;
            aws_secrets(text.as_bytes(), &mut |_| n += 1);
            assert_eq!(n, expected, "{text}");
        };
        let secret = "q8Z3kLw0xYabcd1234efGH/5678ijKLmn+90opQR";
        check(&format!("aws_secret_access_key = {secret}\n"), 1);
        check(&format!("aws_secret_access_key         = {secret}\n"), 1);
        check(&format!("export AWS_SECRET_ACCESS_KEY='{secret}'"), 1);
        check(&format!("\"SecretAccessKey\": \"{secret}\""), 1);
        check(&format!("aws_secret_access_key = {secret}0\n"), 0);
        let shown = ["wJalrXUtnFEMI/K7MDENG/bPxRfiCY", "EXAMPLEKEY"].concat();
        check(&format!("aws_secret_access_key = {shown}\n"), 0);
        check("aws_secret_access_key = os.environ[...]", 0);
    }
}
