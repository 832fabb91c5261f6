//! The history of an image: the commands, and the layers that they made.
//!
//! The raw text of a command is always kept. The shown form is derived here.

use super::fields::Fields;
use super::{Created, Oddity};

/// One build step of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Time of the step.
    pub created: Option<Created>,
    /// Raw command.
    pub created_by: String,
    /// Author of the step.
    pub author: String,
    /// A remark, such as a commit message.
    pub comment: String,
    /// True if the step changed only the config.
    pub empty_layer: bool,
}

impl HistoryEntry {
    pub(super) fn read(fields: &Fields<'_>) -> HistoryEntry {
        let text = |key| fields.text(key).unwrap_or_default();
        HistoryEntry {
            created: fields.text("created").map(Created::new),
            created_by: text("created_by"),
            author: text("author"),
            comment: text("comment"),
            empty_layer: fields.flag("empty_layer"),
        }
    }
}

/// The match of build steps with layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryMatch {
    /// The layer of each history entry, counted from 0 at the base.
    pub layer_of: Vec<Option<usize>>,
    /// The reason why the match is incomplete or a guess.
    pub oddity: Option<Oddity>,
}

impl HistoryMatch {
    /// Returns the index of the entry that made layer `layer_idx`.
    pub fn entry_of(&self, layer_idx: usize) -> Option<usize> {
        self.layer_of
            .iter()
            .position(|&layer| layer == Some(layer_idx))
    }
}

/// Matches the history with the layers: the k-th entry with a layer made layer k.
///
/// If the counts differ, nothing is matched, because the place of the gap is unknown. A base without history would
/// give every layer above it the command of another.
pub fn match_history(history: &[HistoryEntry], n_layers: usize) -> HistoryMatch {
    let n_entries = history.iter().filter(|entry| !entry.empty_layer).count();
    let mut layers = 0..n_layers;
    let (layer_of, oddity) = if n_entries == n_layers {
        let of = |entry: &HistoryEntry| (!entry.empty_layer).then(|| layers.next()).flatten();
        (history.iter().map(of).collect(), None)
    } else if history.is_empty() {
        (Vec::new(), Some(Oddity::NoHistory))
    } else if history.len() == n_layers {
        (layers.map(Some).collect(), Some(Oddity::HistoryGuessed))
    } else {
        let oddity = Oddity::HistoryMismatch {
            n_entries,
            n_layers,
        };
        (vec![None; history.len()], Some(oddity))
    };
    HistoryMatch { layer_of, oddity }
}

/// A command in the form of a Dockerfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownCommand {
    /// Instruction, such as `RUN apt-get update` or `CMD ["bash"]`.
    pub text: String,
    /// Build arguments of the step, as `NAME=value`.
    pub build_args: Vec<String>,
}

/// Strips from a raw `created_by` everything that builders add: the shell, the mark of a step that ran nothing, the
/// build arguments, the name of the builder.
pub fn shown_command(created_by: &str) -> ShownCommand {
    let raw = created_by.trim();
    let (raw, buildkit) = match raw.strip_suffix("# buildkit") {
        Some(rest) => (rest.trim_end(), true),
        None => (raw, false),
    };
    if let Some((_, instruction)) = raw.split_once("#(nop)")
        && after_shell(raw).is_some_and(|rest| rest.starts_with("#(nop)"))
    {
        return ShownCommand {
            text: instruction.trim().to_owned(),
            build_args: Vec::new(),
        };
    }
    let (is_run, command) = match raw.strip_prefix("RUN ") {
        Some(command) => (true, command.trim_start()),
        None => (false, raw),
    };
    let (build_args, command) = split_build_args(command);
    let text = match after_shell(command) {
        Some(command) => format!("RUN {command}"),
        None if is_run || (!build_args.is_empty() && !buildkit) => format!("RUN {command}"),
        None => command.to_owned(),
    };
    ShownCommand { text, build_args }
}

/// Calls of shells that builders put before a command unless told otherwise.
pub const SHELLS: [&str; 4] = [
    "/bin/sh -c",
    "/bin/bash -c",
    "cmd /S /C",
    "powershell -Command",
];

/// Returns the command after the call of a shell.
fn after_shell(command: &str) -> Option<&str> {
    SHELLS
        .iter()
        .find_map(|shell| command.strip_prefix(shell)?.strip_prefix(' '))
        .map(str::trim_start)
}

/// Splits `|2 A=1 B=2 /bin/sh -c make` into the arguments and the command.
fn split_build_args(command: &str) -> (Vec<String>, &str) {
    let split = || {
        let (count, rest) = command.strip_prefix('|')?.split_once(' ')?;
        let count: usize = count.parse().ok()?;
        // A value may contain spaces: the shell's name is a more reliable end than the number of words.
        let by_shell = rest
            .find("/bin/sh -c ")
            .or_else(|| rest.find("/bin/bash -c "));
        let end = by_shell.or_else(|| {
            let words = rest.split_inclusive(' ').take(count);
            Some(words.map(str::len).sum())
        })?;
        let (args, command) = rest.split_at_checked(end)?;
        Some((group_args(args), command.trim_start()))
    };
    split().unwrap_or((Vec::new(), command))
}

/// Groups words into arguments. A word that does not begin with `NAME=` continues the value before it.
fn group_args(words: &str) -> Vec<String> {
    let is_start = |word: &str| {
        let name = word.split_once('=').map(|(name, _)| name);
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        name.is_some_and(|name| !name.is_empty() && name.bytes().all(fits))
    };
    let mut args: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match args.last_mut() {
            Some(last) if !is_start(word) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => args.push(word.to_owned()),
        }
    }
    args
}
