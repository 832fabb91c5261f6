//! Reads the commands of `RUN` steps: the shell before them, build arguments, here-documents.

use crate::image::SHELLS;

use super::gap::DockerfileGap;
use super::words::json_list;

/// The call of the shell in images without another one, as kaniko has it.
const BUSYBOX: &str = "/busybox/sh -c";

/// The shell of commands in the shell form.
#[derive(Clone, Debug, Default)]
pub(super) struct Shell {
    /// The words that `SHELL` named; empty for the default.
    words: Vec<String>,
}

/// A command without what builders put before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ran {
    /// A line of a shell.
    Line(String),
    /// Words that ran without a shell. Their limits are lost.
    Words(String),
}

impl Shell {
    pub(super) fn set(&mut self, words: Vec<String>) {
        self.words = words;
    }

    /// Returns the text after the call of a shell.
    pub(super) fn after<'a>(&self, command: &'a str) -> Option<&'a str> {
        let own = self.words.join(" ");
        let own = (!own.is_empty()).then_some(own.as_str());
        own.into_iter()
            .chain(known_shells())
            .find_map(|shell| command.strip_prefix(shell)?.strip_prefix(' '))
            .map(str::trim_start)
    }

    /// Returns the line of a command in the shell form, whose words begin with the shell.
    pub(super) fn line_of<'a>(&self, words: &'a [String]) -> Option<&'a str> {
        let (line, shell) = words.split_last()?;
        let shell = shell.join(" ");
        let is_shell = match self.words.is_empty() {
            true => known_shells().any(|known| known == shell),
            false => shell == self.words.join(" "),
        };
        is_shell.then_some(line.as_str())
    }

    /// Splits a command from the shell, and from the build arguments `|2 A=1 B=2 ` before it. Values may hold blanks, so
    /// the shell's name ends them more reliably than their number.
    pub(super) fn command(&self, text: &str) -> Ran {
        let Some((n_arguments, rest)) = build_arguments(text) else {
            return match self.after(text) {
                Some(line) => Ran::Line(line.to_owned()),
                None => Ran::Words(text.to_owned()),
            };
        };
        let blanks = rest.match_indices(' ').map(|(at, _)| at + 1);
        let mut starts = std::iter::once(0).chain(blanks);
        let line = starts.find_map(|at| self.after(rest.get(at..)?));
        match line {
            Some(line) => Ran::Line(line.to_owned()),
            None => {
                let words = rest.splitn(n_arguments.saturating_add(1), ' ');
                let mut command = words.last().unwrap_or_default();
                // The rest of a value with blanks, and the arguments after it.
                while let Some((first, rest)) = command.split_once(' ')
                    && first.contains('=')
                {
                    command = rest;
                }
                Ran::Words(command.to_owned())
            }
        }
    }
}

fn known_shells<'a>() -> impl Iterator<Item = &'a str> {
    SHELLS.into_iter().chain(std::iter::once(BUSYBOX))
}

/// Splits `|2 A=1 B=2 command` into the number and the rest.
fn build_arguments(text: &str) -> Option<(usize, &str)> {
    let (count, rest) = text.strip_prefix('|')?.split_once(' ')?;
    Some((count.parse().ok()?, rest))
}

impl Ran {
    /// Returns the instruction, and the part of it that is not known.
    pub(super) fn instruction(&self) -> (String, Option<DockerfileGap>) {
        match self {
            Ran::Line(line) if line.trim_end().contains('\n') => (here_document(line), None),
            Ran::Line(line) => (format!("RUN {}", line.trim_end()), None),
            Ran::Words(words) => {
                let words: Vec<&str> = words.split_whitespace().collect();
                let gap = (words.len() > 1).then_some(DockerfileGap::Words);
                (format!("RUN {}", json_list(&words)), gap)
            }
        }
    }
}

/// Returns a command of several lines as a here-document, with an end that is no line of it.
pub(super) fn here_document(lines: &str) -> String {
    let lines = lines.trim_end_matches(['\n', ' ']);
    let mut end = String::from("EOF");
    while lines.lines().any(|line| line == end) {
        end.push('_');
    }
    format!("RUN <<{end}\n{lines}\n{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_split_from_shells_and_arguments() {
        let mut ash = Shell::default();
        ash.set(vec!["/bin/ash".to_owned(), "-c".to_owned()]);
        let line = |text: &str| Ran::Line(text.to_owned());
        let words = |text: &str| Ran::Words(text.to_owned());
        for (shell, text, expected) in [
            (&Shell::default(), "/bin/sh -c make", line("make")),
            (&Shell::default(), "|1 A=b /bin/sh -c make", line("make")),
            (
                &Shell::default(),
                "|2 A=b c D=e /bin/sh -c make",
                line("make"),
            ),
            (
                &Shell::default(),
                "|1 A=b /bin/echo x y",
                words("/bin/echo x y"),
            ),
            (
                &Shell::default(),
                "/bin/shx -c make",
                words("/bin/shx -c make"),
            ),
            (&Shell::default(), "|x A=b", words("|x A=b")),
            (&Shell::default(), "|9 A=b", words("A=b")),
            (
                &Shell::default(),
                "|2 A=b c D=e /bin/echo x",
                words("/bin/echo x"),
            ),
            (&ash, "|1 A=b /bin/ash -c make", line("make")),
        ] {
            assert_eq!(shell.command(text), expected, "{text}");
        }
    }

    #[test]
    fn a_here_document_does_not_end_early() {
        assert_eq!(here_document("a\nEOF\nb\n"), "RUN <<EOF_\na\nEOF\nb\nEOF_");
    }
}
