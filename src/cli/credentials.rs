//! What the command signs in with: a name and a password on standard input, or what `docker login` has left in Docker's
//! configuration. Programs that keep passwords (credential helpers) are not run.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::image::RegistryHost;
use crate::io::Secret;
use crate::source::registry::{Credentials, Endpoint};

use super::arguments::SignIn;
use super::error::Error;

/// Bytes of a configuration or a password that are read at most.
const MOST_BYTES: u64 = 1024 * 1024;

/// The credentials that the arguments give; `None` when they give none.
pub(super) fn given(sign_in: &SignIn, place: &str) -> Result<Option<Credentials>, Error> {
    let Some(name) = &sign_in.user else {
        return Ok(None);
    };
    if place == "-" {
        let reason = "standard input cannot be both the image and the password";
        return Err(Error::Choice(reason.to_owned()));
    }
    let mut password = String::new();
    let read = std::io::stdin()
        .lock()
        .take(MOST_BYTES)
        .read_to_string(&mut password);
    read.map_err(|cause| Error::File {
        path: "standard input".to_owned(),
        cause: super::native::unreadable(&cause),
    })?;
    let password = password.trim_end_matches(['\r', '\n']);
    if password.is_empty() || name.is_empty() || name.contains(':') {
        let reason =
            "a name without a colon, and a password on standard input, are needed to sign in";
        return Err(Error::Choice(reason.to_owned()));
    }
    Ok(Some(Credentials::password(name, password)))
}

/// What Docker's configuration has for a registry.
pub(super) fn kept(endpoint: &Endpoint) -> Option<Credentials> {
    let folder = match std::env::var_os("DOCKER_CONFIG") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(std::env::var_os("HOME")?).join(".docker"),
    };
    let mut text = String::new();
    let file = std::fs::File::open(folder.join("config.json")).ok()?;
    file.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    of_config(&text, endpoint.host())
}

#[derive(serde::Deserialize)]
struct Config {
    #[serde(default)]
    auths: BTreeMap<String, Auth>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Auth {
    auth: String,
    username: String,
    password: Secret,
    identitytoken: Secret,
    registrytoken: Secret,
}

/// Reads a configuration as Docker does; what makes no sense in it is no credentials.
fn of_config(text: &str, host: &RegistryHost) -> Option<Credentials> {
    let config: Config = serde_json::from_str(text).ok()?;
    let is_meant = |key: &str| {
        let key = key.split_once("://").map_or(key, |(_, rest)| rest);
        let key = key.split('/').next().unwrap_or_default();
        match host.is_docker_hub() {
            true => matches!(
                key,
                "index.docker.io" | "docker.io" | "registry-1.docker.io"
            ),
            false => key == host.as_str(),
        }
    };
    let (_, auth) = config.auths.into_iter().find(|(key, _)| is_meant(key))?;
    for (token, made) in [
        (
            auth.identitytoken,
            Credentials::IdentityToken as fn(Secret) -> Credentials,
        ),
        (auth.registrytoken, Credentials::RegistryToken),
    ] {
        if !token.reveal().is_empty() {
            return Some(made(token));
        }
    }
    let pair = STANDARD.decode(auth.auth.trim()).ok();
    let pair = pair.and_then(|pair| String::from_utf8(pair).ok());
    let pair = pair.as_deref().and_then(|pair| pair.split_once(':'));
    // Docker itself pads old entries with zeros.
    let pair = pair.map(|(name, password)| (name, password.trim_end_matches('\0')));
    let (name, password) = pair.unwrap_or((&auth.username, auth.password.reveal()));
    (!name.is_empty()).then(|| Credentials::password(name, password))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"{
        "auths": {
            "https://index.docker.io/v1/": {"auth": "aHViOm9uZQ=="},
            "registry.example.com:5000": {"auth": "bWU6czpj"},
            "https://plain.example/v1/": {"username": "you", "password": "two"},
            "tokens.example": {"auth": "bWU6", "identitytoken": "t1"},
            "bare.example": {"registrytoken": "t2"},
            "helped.example": {},
            "broken.example": {"auth": "%%%"}
        },
        "credsStore": "desktop"
    }"#;

    fn check(host: &str, expected: Option<Credentials>) {
        let host = RegistryHost::parse(host).expect("it is a host");
        assert_eq!(of_config(CONFIG, &host), expected, "{host}");
    }

    #[test]
    fn rp_07_what_docker_login_left_is_found_by_its_host() {
        let password = |name, password| Some(Credentials::password(name, password));
        check("docker.io", password("hub", "one"));
        check("registry.example.com:5000", password("me", "s:c"));
        check("plain.example", password("you", "two"));
        check(
            "tokens.example",
            Some(Credentials::IdentityToken(Secret::new("t1"))),
        );
        check(
            "bare.example",
            Some(Credentials::RegistryToken(Secret::new("t2"))),
        );
        for nothing in [
            "registry.example.com",
            "helped.example",
            "broken.example",
            "other.example",
        ] {
            check(nothing, None);
        }
        let host = RegistryHost::parse("r.example").expect("it is a host");
        assert_eq!(of_config("{", &host), None);
        assert_eq!(of_config("{}", &host), None);
    }
}
