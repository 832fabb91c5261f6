//! The headless command: arguments in, lines out.
//!
//! `workspace` defines the machine-readable output. Here are the arguments, the sources of images, and the exit
//! status: 0 if all is well, 1 if a rule of `lamina check` is broken, 3 if something was damaged and the rest was
//! shown, and 2 if nothing could be shown.

pub mod native;

mod arguments;
mod check;
mod commit;
mod connection;
mod credentials;
mod error;
mod export;
mod folder;
mod inspect;
mod list;
mod load;
mod ls;
mod output;
mod part;
mod place;
mod push;
mod sample;
mod select;
mod system_line;
mod table;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use error::Error;

use crate::image::Userinfo;

/// The outcome of a command that could show something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Nothing was damaged.
    Whole,
    /// Nothing was damaged, but a rule is broken.
    Broken,
    /// Something was damaged, as reported on standard error.
    Damaged,
}

/// Runs the command of the process's arguments.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    let done = match arguments.command {
        Command::Ls(arguments) => pollster::block_on(ls::run(&arguments)),
        Command::Inspect(arguments) => pollster::block_on(inspect::run(&arguments)),
        Command::Check(arguments) => pollster::block_on(check::run(&arguments)),
        Command::Commit(arguments) => pollster::block_on(commit::run(&arguments)),
        Command::Export(arguments) => pollster::block_on(export::run(&arguments)),
        Command::List(arguments) => pollster::block_on(list::run(&arguments)),
        Command::Push(arguments) => pollster::block_on(push::run(&arguments)),
        Command::Copy(arguments) => pollster::block_on(push::copy(arguments)),
        Command::Sample { recipe, folder } => sample::run(&recipe, &folder),
    };
    match done {
        Ok(Outcome::Whole) => ExitCode::SUCCESS,
        Ok(Outcome::Broken) => ExitCode::from(1),
        Ok(Outcome::Damaged) => ExitCode::from(3),
        // The reader of the lines has closed the pipe.
        Err(Error::Output(cause)) if cause.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error.to_string());
            if let Some(hint) = error.hint() {
                complain(&hint);
            }
            ExitCode::from(2)
        }
    }
}

/// Prints one line on standard output.
fn print_line(line: &str) -> Result<(), Error> {
    Ok(writeln!(std::io::stdout(), "{}", table::plain(line))?)
}

/// Prints one line on standard error.
fn complain(message: &str) {
    let message = without_passwords(message);
    // A failing standard error cannot be reported anywhere.
    let _ = writeln!(std::io::stderr(), "lamina: {}", table::plain(&message));
}

/// Reports an error in the arguments, or prints the requested help.
fn refuse(error: &clap::Error) -> ExitCode {
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
