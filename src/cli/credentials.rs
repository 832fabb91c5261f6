//! The command's credentials: a name with a password on standard input, or the logins that `docker login` and
//! `podman login` have stored in their files or credential helpers.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::image::RegistryHost;
use crate::io::Secret;
use crate::source::registry::{Credentials, Endpoint};

use super::error::Error;

/// Bytes read of a configuration, a password or a helper's answer at most.
const MOST_BYTES: u64 = 1024 * 1024;

/// The key under which Docker stores Docker Hub's credentials.
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";

/// Returns the credentials of this name and the password on standard input. `place` is the image's source, which
/// may be standard input, too.
pub(super) fn given(name: &str, place: &str) -> Result<Credentials, Error> {
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
    Ok(Credentials::password(name, password))
}

/// Returns the credentials that Docker or podman has stored for a repository, from the first file that has any,
/// with the place where they are kept, which is named if they are refused. If a helper fails, it is named and
/// nobody is signed in, as with docker: the content may be public.
pub(super) fn kept(endpoint: &Endpoint, repository: &str) -> Option<(Credentials, String)> {
    for file in files() {
        let mut text = String::new();
        let read = std::fs::File::open(&file)
            .and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text));
        // An invalid file has no credentials.
        let Some(config) = read
            .ok()
            .and_then(|_| serde_json::from_str::<Config>(&text).ok())
        else {
            continue;
        };
        if let Some(helper) = config.helper_for(endpoint.host()) {
            match ask_helper(helper, endpoint.host()) {
                Ok(Some(found)) => {
                    let keeper = format!("{} keeps for {}", program_of(helper), endpoint.host());
                    return Some((found, keeper));
                }
                Ok(None) => {}
                Err(error) => super::complain(&error.to_string()),
            }
        }
        if let Some((key, found)) = config.credentials_for(endpoint.host(), repository) {
            return Some((found, format!("{} keeps for {key:?}", file.display())));
        }
    }
    None
}

/// Returns the files in which engines store logins: the explicitly named one, then Docker's, then podman's.
fn files() -> Vec<PathBuf> {
    let var = |name| std::env::var_os(name).map(PathBuf::from);
    let home = var("HOME");
    let docker = var("DOCKER_CONFIG").or_else(|| Some(home.as_ref()?.join(".docker")));
    let podman = |root: PathBuf| root.join("containers/auth.json");
    let config = var("XDG_CONFIG_HOME").or_else(|| Some(home.as_ref()?.join(".config")));
    let places = [
        var("REGISTRY_AUTH_FILE"),
        docker.map(|folder| folder.join("config.json")),
        var("XDG_RUNTIME_DIR").map(podman),
        config.map(podman),
    ];
    places.into_iter().flatten().collect()
}

#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    auths: BTreeMap<String, Auth>,
    creds_store: String,
    cred_helpers: BTreeMap<String, String>,
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

impl Config {
    /// Returns the credential helper of a host. The helper for this host takes precedence over the one for all hosts.
    fn helper_for(&self, host: &RegistryHost) -> Option<&str> {
        let own = self.cred_helpers.get(host.as_str());
        let helper = own.unwrap_or(&self.creds_store);
        (!helper.is_empty()).then_some(helper)
    }

    /// Returns the credentials in the file itself, from the most exact key that has any, with that key.
    fn credentials_for(
        &self,
        host: &RegistryHost,
        repository: &str,
    ) -> Option<(&str, Credentials)> {
        let mut fitting: Vec<(usize, &str, Credentials)> = self
            .auths
            .iter()
            .filter_map(|(key, auth)| {
                let rank = exactness(key, host, repository)?;
                Some((rank, key.as_str(), auth.credentials()?))
            })
            .collect();
        fitting.sort_by_key(|(rank, ..)| std::cmp::Reverse(*rank));
        let first = fitting.into_iter().next();
        first.map(|(_, key, found)| (key, found))
    }
}

/// Returns the rank of a key for a repository's host, larger for a more exact key; `None` if it names another host.
///
/// podman's keys may continue with a part of the repository's name; the longest one wins. Docker's older keys are
/// URLs, such as `https://host/v1/`.
fn exactness(key: &str, host: &RegistryHost, repository: &str) -> Option<usize> {
    const OLD_FORM: usize = 1;
    const HOST: usize = 2;
    if key == DOCKER_HUB_KEY && host.is_docker_hub() {
        return Some(HOST);
    }
    let (scheme, rest) = match key.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, key),
    };
    let (name, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_hub = matches!(
        name,
        "index.docker.io" | "docker.io" | "registry-1.docker.io"
    );
    if name != host.as_str() && !(is_hub && host.is_docker_hub()) {
        return None;
    }
    match path.trim_end_matches('/') {
        "" if scheme.is_none() && !rest.contains('/') => Some(HOST),
        "" | "v1" | "v2" => Some(OLD_FORM),
        path if scheme.is_none() => {
            let rest = repository.strip_prefix(path)?;
            (rest.is_empty() || rest.starts_with('/')).then_some(HOST + path.len())
        }
        _ => None,
    }
}

impl Auth {
    fn credentials(&self) -> Option<Credentials> {
        for (token, made) in [
            (
                &self.identitytoken,
                Credentials::IdentityToken as fn(Secret) -> Credentials,
            ),
            (&self.registrytoken, Credentials::RegistryToken),
        ] {
            if !token.reveal().is_empty() {
                return Some(made(token.clone()));
            }
        }
        let pair = STANDARD.decode(self.auth.trim()).ok();
        let pair = pair.and_then(|pair| String::from_utf8(pair).ok());
        let pair = pair.as_deref().and_then(|pair| pair.split_once(':'));
        // Docker itself pads old entries with zeros.
        let pair = pair.map(|(name, password)| (name, password.trim_end_matches('\0')));
        let (name, password) = pair.unwrap_or((&self.username, self.password.reveal()));
        (!name.is_empty()).then(|| Credentials::password(name, password))
    }
}

/// A helper's answer.
#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Helped {
    username: String,
    secret: Secret,
}

/// The user name with which a helper marks its secret as a token of the account, not a password.
const TOKEN_NAME: &str = "<token>";

fn program_of(helper: &str) -> String {
    format!("docker-credential-{helper}")
}

/// Asks `docker-credential-HELPER` for the credentials of a host, as docker does; `None` if it has none.
fn ask_helper(helper: &str, host: &RegistryHost) -> Result<Option<Credentials>, Error> {
    let program = program_of(helper);
    let failed = |reason: String| {
        Error::Choice(format!(
            "{program}, which keeps the passwords, does not give the one for {host}: {reason}"
        ))
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !helper.chars().all(is_plain) {
        return Err(failed("this is no name of a program".to_owned()));
    }
    let key = match host.is_docker_hub() {
        true => DOCKER_HUB_KEY,
        false => host.as_str(),
    };
    let started = Command::new(&program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = started.map_err(|cause| failed(cause.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that reads no input explains itself in its answer.
        let _ = stdin.write_all(key.as_bytes());
    }
    let (ended, answer) = answer_of(child, PATIENCE).map_err(|cause| failed(cause.to_string()))?;
    if !ended.success() {
        // The protocol's answer for a host without credentials.
        return match answer.contains("credentials not found") {
            true => Ok(None),
            false => Err(failed(answer.trim().chars().take(200).collect())),
        };
    }
    let helped: Helped = serde_json::from_str(&answer)
        .map_err(|_| failed("its answer makes no sense".to_owned()))?;
    if helped.secret.reveal().is_empty() {
        return Ok(None);
    }
    Ok(Some(match helped.username.as_str() {
        TOKEN_NAME => Credentials::IdentityToken(helped.secret),
        name => Credentials::password(name, helped.secret.reveal()),
    }))
}

/// Time in which a helper has to answer. It may ask the person for a password of its own first.
const PATIENCE: Duration = Duration::from_secs(60);
/// Time between two looks at whether a program has ended.
const LOOK: Duration = Duration::from_millis(10);

/// Returns the status and output of a program. One that does not end in time is killed.
fn answer_of(mut child: Child, patience: Duration) -> std::io::Result<(ExitStatus, String)> {
    let begun = Instant::now();
    let (tell, told) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::Builder::new().spawn(move || {
            let mut answer = String::new();
            let read = stdout.take(MOST_BYTES).read_to_string(&mut answer);
            // Nobody waits any more for a program that was too slow.
            let _ = tell.send(read.map(|_| answer));
        })?;
    }
    let answer = told.recv_timeout(patience);
    loop {
        if let Some(ended) = child.try_wait()? {
            return Ok((ended, answer.unwrap_or_else(|_| Ok(String::new()))?));
        }
        if begun.elapsed() >= patience {
            // It may have ended just now.
            let _ = child.kill();
            child.wait()?;
            let seconds = patience.as_secs();
            let reason = format!("it did not end within {seconds} seconds");
            return Err(std::io::Error::other(reason));
        }
        std::thread::sleep(LOOK);
    }
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
            "broken.example": {"auth": "%%%"},
            "https://exact.example/v1/": {"username": "wrong", "password": "two"},
            "exact.example": {"username": "right", "password": "one"},
            "twice.example": {},
            "https://twice.example": {"username": "full", "password": "one"},
            "spaces.example": {"username": "all", "password": "one"},
            "spaces.example/team": {"username": "team", "password": "two"}
        },
        "credsStore": "desktop"
    }"#;

    #[test]
    #[cfg(unix)]
    fn a_helper_that_hangs_or_talks_on_is_ended() {
        for (script, said) in [
            ("sleep 60", Err("it did not end within 1 seconds")),
            (
                "exec >&-; exec sleep 60",
                Err("it did not end within 1 seconds"),
            ),
            ("echo a", Ok(2)),
            ("yes | head -c 3000000", Ok(MOST_BYTES)),
        ] {
            let child = Command::new("sh")
                .args(["-c", script])
                .stdout(Stdio::piped())
                .spawn()
                .expect("there is a shell");
            let answer = answer_of(child, Duration::from_secs(1));
            let told = answer.map(|(_, answer)| answer.len() as u64);
            let told = told.map_err(|cause| cause.to_string());
            assert_eq!(told, said.map_err(str::to_owned), "{script}");
        }
    }

    fn check(host: &str, expected: Option<Credentials>) {
        let host = RegistryHost::parse(host).expect("it is a host");
        let config: Config = serde_json::from_str(CONFIG).expect("it is JSON");
        let found = config.credentials_for(&host, "team/app");
        assert_eq!(found.map(|(_, found)| found), expected, "{host}");
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
        check("exact.example", password("right", "one"));
        check("twice.example", password("full", "one"));
        check("spaces.example", password("team", "two"));
    }

    #[test]
    fn a_key_is_as_good_as_it_is_exact() {
        let rank = |key, repository| {
            let host = RegistryHost::parse("r.example").expect("it is a host");
            exactness(key, &host, repository)
        };
        let order = [
            "https://r.example/v1/",
            "r.example",
            "r.example/team",
            "r.example/team/app",
        ];
        let ranks: Vec<_> = order.iter().map(|key| rank(key, "team/app")).collect();
        assert!(ranks.is_sorted() && ranks[0].is_some(), "{ranks:?}");
        for other in [
            "r.example:5000",
            "example",
            "r.example/te",
            "r.example/other",
            "https://r.example/team",
        ] {
            assert_eq!(rank(other, "team/app"), None, "{other}");
        }
    }

    #[test]
    fn the_helper_of_a_host_comes_before_the_one_of_all() {
        let config: Config = serde_json::from_str(
            r#"{"credsStore": "desktop", "credHelpers": {"r.example": "cloud"}}"#,
        )
        .expect("it is JSON");
        let helper = |host| {
            let host = RegistryHost::parse(host).expect("it is a host");
            config.helper_for(&host).map(str::to_owned)
        };
        assert_eq!(helper("r.example").as_deref(), Some("cloud"));
        assert_eq!(helper("other.example").as_deref(), Some("desktop"));
        let host = RegistryHost::parse("r.example").expect("it is a host");
        for name in ["../evil", "a b", "a/b"] {
            let error = ask_helper(name, &host)
                .expect_err("it is refused")
                .to_string();
            assert!(error.contains("no name of a program"), "{error}");
        }
    }
}
