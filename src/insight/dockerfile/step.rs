//! Reads one entry of a history, and writes it as an instruction.

use crate::image::{RuntimeConfig, env_pair};

use super::copied::hashed;
use super::gap::DockerfileGap;
use super::health;
use super::pairs::with_quotes;
use super::run::{Ran, Shell};
use super::words::{go_list, json_list, unquoted, word};

/// Instructions that a history may hold.
const INSTRUCTIONS: [&str; 17] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// An entry of a history.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Instruction {
    /// An instruction and its arguments.
    Known(&'static str, String),
    /// A command.
    Run(Ran),
    /// A text of a tool that is no instruction, perhaps empty.
    Other(String),
}

/// Reads the `created_by` of an entry. The shell changes with `SHELL`.
pub(super) fn read(created_by: &str, shell: &mut Shell) -> Instruction {
    let raw = created_by.trim();
    let (raw, is_buildkit) = match raw.strip_suffix("# buildkit") {
        Some(rest) => (rest.trim_end(), true),
        None => (raw, false),
    };
    // The mark of a step that ran nothing follows the shell, for `SHELL` the new one.
    if let Some((before, rest)) = raw.split_once("#(nop)")
        && ["-c ", "/C ", "-Command "]
            .iter()
            .any(|end| before.ends_with(end))
    {
        return known(rest.trim_start(), shell);
    }
    if let Some(command) = raw.strip_prefix("RUN ") {
        let command = command.trim_start();
        // Without BuildKit's mark, it is the line as it was typed.
        return Instruction::Run(match (shell.command(command), is_buildkit) {
            (Ran::Words(line), false) => Ran::Line(line),
            (ran, _) => ran,
        });
    }
    match known(raw, shell) {
        Instruction::Other(text) => match shell.command(raw) {
            Ran::Words(words) if !raw.starts_with('|') => {
                // A path with arguments ran without a shell. A bare shell is what a commit records.
                match words.starts_with('/') && words.contains(' ') {
                    true => Instruction::Run(Ran::Words(words)),
                    false => Instruction::Other(text),
                }
            }
            ran => Instruction::Run(ran),
        },
        known => known,
    }
}

fn known(text: &str, shell: &mut Shell) -> Instruction {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let Some(instruction) = INSTRUCTIONS.into_iter().find(|known| *known == first) else {
        return Instruction::Other(text.to_owned());
    };
    let arguments = rest.trim().to_owned();
    if instruction == "SHELL" {
        shell.set(shell_words(&arguments));
    }
    Instruction::Known(instruction, arguments)
}

/// Reads the words of `SHELL`: a list in JSON, or Go's print of one, whose limits are lost.
fn shell_words(arguments: &str) -> Vec<String> {
    serde_json::from_str(arguments).unwrap_or_else(|_| {
        let words = arguments.trim_start_matches('[').trim_end_matches(']');
        words.split_whitespace().map(str::to_owned).collect()
    })
}

impl Instruction {
    /// Returns the instruction as it stands in a Dockerfile, and the part of it that is not known. `written` returns
    /// the names that the layer has directly in a path.
    pub(super) fn text(
        self,
        config: &RuntimeConfig,
        shell: &Shell,
        written: &dyn Fn(&str) -> Option<Vec<String>>,
    ) -> (String, Option<DockerfileGap>) {
        let (instruction, arguments) = match self {
            Instruction::Run(ran) => return ran.instruction(),
            Instruction::Other(text) => {
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let colon = if text.is_empty() { "" } else { ": " };
                let text = format!("# no instruction is recorded{colon}{text}");
                return (text, Some(DockerfileGap::Command));
            }
            Instruction::Known(instruction, arguments) => (instruction, arguments),
        };
        let mut gap = None;
        let arguments = match instruction {
            "ADD" | "COPY" => match hashed(&arguments) {
                Some(copy) => {
                    gap = Some(DockerfileGap::Sources);
                    copy.arguments(instruction, written(copy.to).as_deref())
                }
                None => {
                    gap = arguments
                        .contains("<<")
                        .then_some(DockerfileGap::HereDocument);
                    arguments
                }
            },
            "ENV" => {
                let pairs = config.env.iter().map(|pair| env_pair(pair));
                let known = pairs.filter_map(|(name, value)| Some((name, value?)));
                with_quotes(&arguments, known)
            }
            "LABEL" => {
                let labels = config.labels.iter();
                with_quotes(&arguments, labels.map(|(name, value)| (&**name, &**value)))
            }
            "CMD" | "ENTRYPOINT" => match go_list(&arguments) {
                Some(words) => match shell.line_of(&words) {
                    Some(line) => line.to_owned(),
                    None => json_list(&words),
                },
                None => arguments,
            },
            "ARG" => match arguments.split_once('=') {
                Some((name, value)) if value.contains(char::is_whitespace) => {
                    format!("{name}={}", word(&unquoted(value)))
                }
                _ => arguments,
            },
            "SHELL" => json_list(&shell_words(&arguments)),
            "HEALTHCHECK" => health::arguments(&arguments).unwrap_or(arguments),
            "EXPOSE" => ports(&arguments),
            "VOLUME" => volumes(&arguments, &config.volumes),
            _ => arguments,
        };
        // A line's end in an argument would begin another instruction.
        let arguments = arguments.split(['\n', '\r']).collect::<Vec<_>>().join(" ");
        (
            format!("{instruction} {arguments}").trim_end().to_owned(),
            gap,
        )
    }
}

/// Returns ports from `map[80/tcp:{}]` or `[80/tcp]`, without the protocol that is the default.
fn ports(arguments: &str) -> String {
    let inner = arguments
        .strip_prefix("map[")
        .or(arguments.strip_prefix('['));
    let Some(inner) = inner.and_then(|inner| inner.strip_suffix(']')) else {
        return arguments.to_owned();
    };
    let ports = inner.split_whitespace().map(|port| {
        let port = port.strip_suffix(":{}").unwrap_or(port);
        port.strip_suffix("/tcp").unwrap_or(port)
    });
    ports.collect::<Vec<_>>().join(" ")
}

/// Returns volumes from `[/a b /c]`. The config's volumes tell where a path with a blank ends.
fn volumes(arguments: &str, known: &[String]) -> String {
    let inner = arguments
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'));
    let Some(inner) = inner.filter(|inner| !inner.starts_with('"')) else {
        return arguments.to_owned();
    };
    let mut rest = inner.trim();
    let mut found: Vec<&str> = Vec::new();
    while !rest.is_empty() {
        let fitting = known.iter().filter(|volume| {
            let after = rest.strip_prefix(volume.as_str());
            after.is_some_and(|after| after.is_empty() || after.starts_with(' '))
        });
        let first_word = rest.find(' ').unwrap_or(rest.len());
        let len = fitting.map(String::len).max().unwrap_or(first_word).max(1);
        let (volume, after) = rest.split_at_checked(len).unwrap_or((rest, ""));
        found.push(volume);
        rest = after.trim_start();
    }
    match found.iter().any(|volume| volume.contains(' ')) {
        true => json_list(&found),
        false => found.join(" "),
    }
}

/// The build arguments that were declared so far.
#[derive(Debug, Default)]
pub(super) struct Declared(Vec<String>);

impl Declared {
    /// Reads an `ARG` of buildah, which writes the names of all arguments so far, sorted and without their values: only
    /// the new ones are its own. One without a default value is missing among them.
    pub(super) fn checked(&mut self, instruction: Instruction) -> Instruction {
        let Instruction::Known("ARG", arguments) = &instruction else {
            return instruction;
        };
        if arguments.contains('=') {
            self.add(arguments.split('=').next().unwrap_or_default());
            return instruction;
        }
        let names = arguments.split_whitespace();
        let own: Vec<&str> = names
            .filter(|name| !self.0.iter().any(|n| n == name))
            .collect();
        if own.is_empty() {
            return Instruction::Other(format!("ARG {arguments}"));
        }
        let text = own.join(" ");
        own.iter().for_each(|name| self.add(name));
        Instruction::Known("ARG", text)
    }

    fn add(&mut self, name: &str) {
        if !self.0.iter().any(|known| known == name) {
            self.0.push(name.to_owned());
        }
    }
}
