//! Rebuilds the Dockerfile of an image from the history in its config, and says what the history does not hold.
//!
//! Every builder has its own way: Docker's classic one hashes the sources of a copy, BuildKit drops quotes, buildah
//! keeps the lines as they were typed, kaniko too.

mod copied;
mod gap;
mod health;
mod pairs;
mod run;
mod step;
mod words;

use serde::{Deserialize, Serialize};

use crate::image::{HistoryEntry, ImagePath, RuntimeConfig};
use crate::overlay::LayerIdx;

use run::Shell;
use step::Instruction;

pub use gap::DockerfileGap;

/// A Dockerfile, rebuilt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dockerfile {
    /// Name of the base image, if the builder wrote it into the history.
    pub base: Option<String>,
    /// Its steps, oldest first, without `FROM`.
    pub steps: Vec<DockerfileStep>,
}

/// A step of a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DockerfileStep {
    /// The instruction, perhaps of several lines, without an end of line. It begins with `#` if no instruction is
    /// known.
    pub text: String,
    /// The layer that it made.
    pub layer: Option<LayerIdx>,
    /// True for a step of the base image.
    pub is_base: bool,
    /// The part of the instruction that the history does not hold.
    pub gap: Option<DockerfileGap>,
}

/// The names that a layer has directly in a path of a Dockerfile; none if the path is a file, `None` if unknown.
pub type NamesWritten<'a> = &'a dyn Fn(LayerIdx, &str) -> Option<Vec<String>>;

impl Dockerfile {
    /// Rebuilds the Dockerfile of a history, each entry with its layer. `written` is asked for copies whose sources
    /// are a checksum.
    pub fn rebuilt<'a>(
        history: impl Iterator<Item = (&'a HistoryEntry, Option<LayerIdx>)>,
        config: &RuntimeConfig,
        written: NamesWritten<'_>,
    ) -> Dockerfile {
        let history: Vec<_> = history.collect();
        let base = history.iter().enumerate().find_map(|(at, (entry, _))| {
            let name = base_name(&entry.comment)?;
            (at > 0).then(|| (at, name.to_owned()))
        });
        let n_base = base.as_ref().map_or(0, |(at, _)| *at);
        let mut shell = Shell::default();
        let mut workdir = String::from("/");
        let mut declared = step::Declared::default();
        let mut steps = Vec::with_capacity(history.len());
        for (at, (entry, layer)) in history.iter().enumerate() {
            let instruction = step::read(&entry.created_by, &mut shell);
            if let Instruction::Known("WORKDIR", path) = &instruction {
                workdir = joined(&workdir, path);
            }
            let instruction = declared.checked(instruction);
            let written = |to: &str| written((*layer)?, &joined(&workdir, to));
            let (text, gap) = instruction.text(config, &shell, &written);
            steps.push(DockerfileStep {
                text: with_comment(text, gap, &entry.comment),
                layer: *layer,
                is_base: at < n_base,
                gap,
            });
        }
        Dockerfile {
            base: base.map(|(_, name)| name),
            steps,
        }
    }

    /// Returns the file's text. The steps of a base image whose name is known stand above `FROM` as comments.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let (base, own): (Vec<_>, Vec<_>) = self.steps.iter().partition(|step| step.is_base);
        for step in base {
            for line in step.text.lines() {
                let mark = if line.starts_with('#') { "" } else { "# " };
                text.push_str(&format!("{mark}{line}\n"));
            }
        }
        let from = self.base.as_deref().unwrap_or("scratch");
        text.push_str(&format!("FROM {from}\n"));
        for step in own {
            text.push_str(&step.text);
            text.push('\n');
        }
        text
    }
}

/// Returns the name of the base image that buildah writes into the comment of the first step upon it. With layers
/// kept, each further step has the ID of the image before it.
fn base_name(comment: &str) -> Option<&str> {
    let name = comment.strip_prefix("FROM ")?.trim();
    let is_id = name.len() >= 12 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!name.is_empty() && !is_id && !name.contains(char::is_whitespace)).then_some(name)
}

/// Adds an entry's comment to a step without a command: there, it is all that is known.
fn with_comment(text: String, gap: Option<DockerfileGap>, comment: &str) -> String {
    // buildah's mark tells of the image before the step, not of the step.
    let comment = if comment.starts_with("FROM ") {
        ""
    } else {
        comment
    };
    let comment = comment.split_whitespace().collect::<Vec<_>>().join(" ");
    match gap {
        Some(DockerfileGap::Command) if !comment.is_empty() => format!("{text}: {comment}"),
        _ => text,
    }
}

/// Returns a path of a Dockerfile seen from a working directory, without `.` and `..`.
fn joined(workdir: &str, path: &str) -> String {
    let whole = match path.starts_with('/') {
        true => path.to_owned(),
        false => format!("{workdir}/{path}"),
    };
    let path = ImagePath::normalise(whole.as_bytes()).unwrap_or_default();
    format!("/{}", String::from_utf8_lossy(path.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rebuilds a history of lines `command | comment`; `*` before the command marks a step without a layer.
    fn check(history: &str, expected: &str) {
        let lines = history.trim().lines().map(str::trim);
        let mut n_layers = 0;
        let entries: Vec<(HistoryEntry, Option<LayerIdx>)> = lines
            .map(|line| {
                let (command, comment) = line.rsplit_once(" | ").unwrap_or((line, ""));
                let own = command.strip_prefix('*');
                let layer = own.is_none().then(|| {
                    n_layers += 1;
                    LayerIdx(n_layers - 1)
                });
                let entry = HistoryEntry {
                    created_by: own
                        .unwrap_or(command)
                        .replace("\\n", "\n")
                        .replace("EMPTY", ""),
                    comment: comment.to_owned(),
                    empty_layer: own.is_some(),
                    ..HistoryEntry::default()
                };
                (entry, layer)
            })
            .collect();
        let config = RuntimeConfig {
            env: vec!["LANG=C.UTF-8".to_owned(), "GREETING=hello world".to_owned()],
            volumes: vec!["/a b".to_owned(), "/c".to_owned()],
            ..RuntimeConfig::default()
        };
        let history = entries.iter().map(|(entry, layer)| (entry, *layer));
        let written = |_, path: &str| Some(vec![format!("in{}", path.replace('/', "_"))]);
        let found = Dockerfile::rebuilt(history, &config, &written).text();
        let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
        assert_eq!(found.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_classic_builder() {
        let sum = "11074170867c82ce15895c7e155f4efa13ab6e81d0c41d053db6f2d912e6d022";
        let history = r#"
            /bin/sh -c #(nop) ADD file:SUM in / 
            */bin/sh -c #(nop)  ENV LANG=C.UTF-8 GREETING=hello world
            /bin/sh -c #(nop) WORKDIR /srv/app
            /bin/sh -c #(nop) COPY file:SUM in bin/ 
            /bin/sh -c echo one > one && echo "two  words" > two
            */bin/sh -c #(nop)  ARG VERSION=1.2
            */bin/sh -c #(nop)  ARG CHANNEL=beta channel
            |1 VERSION=1.2 /bin/sh -c echo "$VERSION"
            */bin/sh -c #(nop)  EXPOSE 443/udp 80
            */bin/sh -c #(nop)  VOLUME [/a b /c]
            */bin/ash -e -c #(nop)  SHELL [/bin/ash -e -c]
            |1 VERSION=1.2 /bin/ash -e -c echo shell > /shell
            */bin/ash -e -c #(nop)  CMD ["/bin/ash" "-e" "-c" "tool --help"]
            */bin/ash -e -c #(nop)  HEALTHCHECK &{["NONE"] "0s" "0s" "0s" '\x00'}
            *|1 VERSION=1.2 /bin/echo exec form
            */bin/ash -e -c #(nop)  CMD ["serve" "a b"]"#;
        let expected = r#"
            FROM scratch
            ADD <file or archive> /
            ENV LANG=C.UTF-8 GREETING="hello world"
            WORKDIR /srv/app
            COPY in_srv_app_bin bin/
            RUN echo one > one && echo "two  words" > two
            ARG VERSION=1.2
            ARG CHANNEL="beta channel"
            RUN echo "$VERSION"
            EXPOSE 443/udp 80
            VOLUME ["/a b", "/c"]
            SHELL ["/bin/ash", "-e", "-c"]
            RUN echo shell > /shell
            CMD tool --help
            HEALTHCHECK NONE
            RUN ["/bin/echo", "exec", "form"]
            CMD ["serve", "a b"]"#;
        check(&history.replace("SUM", sum), expected);
    }

    #[test]
    fn buildkit() {
        check(
            r#"
            RUN /bin/sh -c apt-get update # buildkit | buildkit.dockerfile.v0
            RUN |1 A=b c /bin/sh -c make # buildkit | buildkit.dockerfile.v0
            RUN /bin/sh -c set -e\necho one > /one\n # buildkit | buildkit.dockerfile.v0
            COPY <<CONF /etc/app.conf # buildkit | buildkit.dockerfile.v0
            COPY --chown=app . /app # buildkit | buildkit.dockerfile.v0
            *EXPOSE map[443/udp:{} 80/tcp:{}] | buildkit.dockerfile.v0
            *EXPOSE [8080/tcp] | buildkit.dockerfile.v0
            *ENV GREETING=hello world | buildkit.dockerfile.v0
            *SHELL [/bin/bash -o pipefail -c] | buildkit.dockerfile.v0
            RUN /bin/bash -o pipefail -c a | b # buildkit | buildkit.dockerfile.v0
            RUN /bin/echo exec # buildkit | buildkit.dockerfile.v0
            *ENTRYPOINT ["/bin/bash" "-o" "pipefail" "-c" "run it"] | buildkit.dockerfile.v0"#,
            r#"
            FROM scratch
            RUN apt-get update
            RUN make
            RUN <<EOF
            set -e
            echo one > /one
            EOF
            COPY <<CONF /etc/app.conf
            COPY --chown=app . /app
            EXPOSE 443/udp 80
            EXPOSE 8080
            ENV GREETING="hello world"
            SHELL ["/bin/bash", "-o", "pipefail", "-c"]
            RUN a | b
            RUN ["/bin/echo", "exec"]
            ENTRYPOINT run it"#,
        );
    }

    #[test]
    fn buildah_names_the_base_image() {
        check(
            r#"
            /bin/sh
            */bin/sh -c #(nop) ENV LANG=C.UTF-8 GREETING="hello world" | FROM localhost/base:1
            */bin/sh -c #(nop) ARG VERSION | FROM c14c64530731
            */bin/sh -c #(nop) ARG VERSION | FROM c14c64530731
            */bin/sh -c #(nop) ARG CHANNEL VERSION | FROM c14c64530731
            |3 CHANNEL=beta channel VERSION=1.2 /bin/sh -c ["/bin/echo", "exec form"] | FROM 8ee537d359b7
            */bin/sh -c #(nop) HEALTHCHECK --interval=30s CMD true | FROM 57a26be8a91c
            */bin/sh -c #(nop) VOLUME ["/a b", "/c"] | FROM 8ee537d359b7"#,
            r#"
            # no instruction is recorded: /bin/sh
            FROM localhost/base:1
            ENV LANG=C.UTF-8 GREETING="hello world"
            ARG VERSION
            # no instruction is recorded: ARG VERSION
            ARG CHANNEL
            RUN ["/bin/echo", "exec form"]
            HEALTHCHECK --interval=30s CMD true
            VOLUME ["/a b", "/c"]"#,
        );
    }

    #[test]
    fn other_builders_and_hostile_text() {
        check(
            r#"
            bazel build ... | from bazel
            RUN make install
            sleep 600 | fix the greeting
            EMPTY | import the base
            RUN /bin/sh -c evil\nFROM elsewhere\n# buildkit
            CMD x\nRUN y"#,
            r#"
            FROM scratch
            # no instruction is recorded: bazel build ...: from bazel
            RUN make install
            # no instruction is recorded: sleep 600: fix the greeting
            # no instruction is recorded: import the base
            RUN <<EOF
            evil
            FROM elsewhere
            EOF
            CMD x RUN y"#,
        );
    }

    #[test]
    fn paths_are_seen_from_the_working_directory() {
        for (workdir, path, expected) in [
            ("/", "/usr/bin/", "/usr/bin"),
            ("/srv/app", "./site", "/srv/app/site"),
            ("/srv", "../../x", "/x"),
            ("/", ".", "/"),
        ] {
            assert_eq!(joined(workdir, path), expected);
        }
    }
}
