//! Finds what a config says about the safety of its containers: user, ports, health check, and what was fetched.

use super::{SafetyFinding, SafetyPlace, SafetyRule};
use crate::image::{HistoryEntry, ImageConfig, Userinfo, shown_command};
use crate::overlay::LayerIdx;

/// Characters of a text of the config that are kept.
const MOST_CHARS: usize = 200;
/// Bytes of a command that are looked at.
const MOST_COMMAND_BYTES: usize = 64 * 1024;

/// Gives the findings of a config, but for its user.
pub(super) fn of_config(config: &ImageConfig, give: &mut dyn FnMut(SafetyFinding)) {
    let runtime = config.config.as_ref();
    let mut found = |rule, value: &str| {
        let value = short(value);
        let place = SafetyPlace::Config { value };
        give(SafetyFinding { rule, place });
    };
    for port in runtime
        .into_iter()
        .flat_map(|runtime| &runtime.exposed_ports)
    {
        found(SafetyRule::ExposedPort, port);
    }
    let check = runtime.and_then(|runtime| runtime.healthcheck.as_ref());
    let test = check.and_then(|check| check.test.first());
    if test.is_none_or(|word| word == "NONE") {
        found(SafetyRule::NoHealthcheck, "");
    }
}

/// The user of a config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ImageUser {
    /// Not told, or told to be root.
    Root(String),
    /// A name, which may be another name of root.
    Named(String),
    /// A number other than 0, or a user of Windows.
    Other,
}

impl ImageUser {
    /// Returns the user that containers of a config run as.
    pub(super) fn of(config: &ImageConfig) -> ImageUser {
        if config.platform.os.eq_ignore_ascii_case("windows") {
            return ImageUser::Other;
        }
        let runtime = config.config.as_ref();
        let written = runtime.map_or("", |runtime| runtime.user.as_str());
        let user = written.split(':').next().unwrap_or_default();
        match user.parse::<u32>() {
            Ok(0) => ImageUser::Root(short(written)),
            Ok(_) => ImageUser::Other,
            Err(_) if matches!(user, "" | "root") => ImageUser::Root(short(written)),
            Err(_) => ImageUser::Named(short(user)),
        }
    }
}

/// Gives each address that a step of the history added a file from. Only BuildKit and kaniko name it; the classic
/// builder and buildah write a checksum in its place.
pub(super) fn of_step(
    step: usize,
    entry: &HistoryEntry,
    layer: Option<LayerIdx>,
    give: &mut dyn FnMut(SafetyFinding),
) {
    if entry.created_by.len() > MOST_COMMAND_BYTES {
        return;
    }
    let command = shown_command(&entry.created_by).text;
    let mut words = command.split_ascii_whitespace();
    if !words
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("ADD"))
    {
        return;
    }
    let words: Vec<&str> = words.collect();
    if words.iter().any(|word| word.starts_with("--checksum=")) {
        return;
    }
    // The last word is where the files go to.
    let sources = words.split_last().map_or(&[][..], |(_, sources)| sources);
    for source in sources {
        let source = source.trim_matches(['[', ']', '"', ',']);
        if is_remote(source) {
            let address =
                Userinfo::cut(source).map_or_else(|| source.to_owned(), |cut| cut.address);
            give(SafetyFinding {
                rule: SafetyRule::RemoteAdd,
                place: SafetyPlace::History {
                    step: u32::try_from(step).unwrap_or(u32::MAX),
                    layer,
                    address: short(&address),
                },
            });
        }
    }
}

/// True for an address, also of a git repository.
fn is_remote(source: &str) -> bool {
    let lower = source.to_ascii_lowercase();
    let schemes = ["http://", "https://", "ftp://", "git://", "ssh://", "git@"];
    schemes.iter().any(|scheme| lower.starts_with(scheme))
}

fn short(text: &str) -> String {
    text.chars().take(MOST_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_addresses_are_found() {
        let check = |created_by: &str, expected: &[&str]| {
            let entry = HistoryEntry {
                created_by: created_by.to_owned(),
                ..HistoryEntry::default()
            };
            let mut told = Vec::new();
            of_step(3, &entry, None, &mut |finding| {
                let SafetyPlace::History { step, address, .. } = finding.place else {
                    panic!("is a step");
                };
                assert_eq!(step, 3);
                told.push(address);
            });
            assert_eq!(told, expected, "{created_by}");
        };
        check(
            "ADD https://example.org/a.tgz /opt/ # buildkit",
            &["https://example.org/a.tgz"],
        );
        check(
            "ADD --chown=1:1 a.txt HTTPS://me:pass@example.org/b /opt/ # buildkit",
            &["HTTPS://example.org/b"],
        );
        check(
            "ADD https://github.com/moby/buildkit.git#v1 /src # buildkit",
            &["https://github.com/moby/buildkit.git#v1"],
        );
        check(
            r#"ADD ["git@github.com:a/b.git", "/src"]"#,
            &["github.com:a/b.git"],
        );
        check("ADD --checksum=sha256:00 https://example.org/a /a", &[]);
        check("/bin/sh -c #(nop) ADD file:00 in / ", &[]);
        check("COPY https://example.org/a /a # buildkit", &[]);
        check(
            "RUN /bin/sh -c ADD https://example.org/a /a # buildkit",
            &[],
        );
        check("ADD https://example.org/a", &[]);
        check("", &[]);
    }
}
