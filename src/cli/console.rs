//! Messages of the command, each a line that a terminal shows as it is; and the outcome of a command.

use std::io::Write as _;
use std::process::ExitCode;

use crate::image::{Userinfo, visible_text};

use super::error::Error;

/// The outcome of a command that could show something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing was damaged.
    Whole,
    /// Nothing was damaged, but a rule is broken.
    Broken,
    /// Something was damaged, as reported on standard error.
    Damaged,
}

/// Prints one line on standard output.
pub(super) fn print_line(line: &str) -> Result<(), Error> {
    Ok(writeln!(std::io::stdout(), "{}", plain(line))?)
}

/// Prints one line on standard error.
pub(super) fn complain(message: &str) {
    let message = without_passwords(message);
    // A failing standard error cannot be reported anywhere.
    let _ = writeln!(std::io::stderr(), "lamina: {}", plain(&message));
}

/// Reports an error in the arguments, or prints the requested help.
pub(super) fn refuse(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let public = without_passwords(&text);
    if public == text {
        error.exit();
    }
    let _ = write!(std::io::stderr(), "{public}");
    ExitCode::from(2)
}

/// Removes the passwords in arguments, such as `https://me:secret@registry.example/app`, from a message.
fn without_passwords(message: &str) -> String {
    let arguments = std::env::args_os().skip(1);
    let texts = arguments.filter_map(|argument| argument.into_string().ok());
    let cut = texts.filter_map(|text| Userinfo::cut(&text));
    cut.fold(message.to_owned(), |text, cut| {
        text.replace(&cut.hidden, "")
    })
}

/// Returns a text in one line, with every character spelt out that a terminal would obey or hide.
pub(super) fn plain(text: &str) -> String {
    visible_text(&text.replace(['\n', '\t'], " "))
}
