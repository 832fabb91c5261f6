//! The history of an image: which command made which layer.
//!
//! The raw text of a command always stays; what is shown for it is made here.

use super::fields::Fields;
use super::{Created, Oddity};

/// One step in the making of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When.
    pub created: Option<Created>,
    /// The command, raw.
    pub created_by: String,
    /// By whom.
    pub author: String,
    /// A remark, such as the message of a commit.
    pub comment: String,
    /// Whether the step changed the config only.
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

/// Which layer each step made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryMatch {
    /// For each entry of the history its layer, counted from the base.
    pub layer_of: Vec<Option<usize>>,
    /// Why the match is incomplete or a guess.
    pub oddity: Option<Oddity>,
}

impl HistoryMatch {
    /// The entry that made layer `layer_idx`.
    pub fn entry_of(&self, layer_idx: usize) -> Option<usize> {
        self.layer_of
            .iter()
            .position(|&layer| layer == Some(layer_idx))
    }
}

/// Matches the history with the layers: the k-th entry that is not empty made layer k.
///
/// When the counts differ nothing is matched, for nobody knows where the gap is: a base without history would
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

/// A command as a person would have written it in a Dockerfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownCommand {
    /// The instruction, such as `RUN apt-get update` or `CMD ["bash"]`.
    pub text: String,
    /// The build arguments that were set for it, `NAME=value`.
    pub build_args: Vec<String>,
}

/// Strips from a raw `created_by` what builders wrap around it: the shell, the mark of a step that ran nothing,
/// the build arguments, the name of the builder.
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

/// What follows the call of a shell.
fn after_shell(command: &str) -> Option<&str> {
    const SHELLS: [&str; 4] = [
        "/bin/sh -c ",
        "/bin/bash -c ",
        "cmd /S /C ",
        "powershell -Command ",
    ];
    SHELLS
        .iter()
        .find_map(|shell| command.strip_prefix(shell))
        .map(str::trim_start)
}

/// Splits `|2 A=1 B=2 /bin/sh -c make` into the arguments and the command.
fn split_build_args(command: &str) -> (Vec<String>, &str) {
    let split = || {
        let (count, rest) = command.strip_prefix('|')?.split_once(' ')?;
        let count: usize = count.parse().ok()?;
        // A value may hold blanks: the shell's name is a surer end than the number of words.
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

/// Words into arguments: a word that does not begin with `NAME=` goes on with the value before it.
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
