//! The headless command: arguments in, lines out.
//!
//! What it prints for machines is `workspace`'s format; here are the arguments, the places that images are read
//! from, and the exit status: 0 when all is well, 1 when a rule of `lamina check` is broken, 3 when something was damaged
//! and the rest was shown, 2 when nothing could be.

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
mod table;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use error::Error;

use crate::image::Userinfo;

/// How a command ended that could show something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Nothing was damaged.
    Whole,
    /// Nothing was damaged, and a rule is broken.
    Broken,
    /// Something was, as said on standard error.
    Damaged,
}

/// Runs the command that the arguments ask for.
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
        // Whoever reads the lines has enough of them.
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

/// Prints one line for whoever asked.
fn print_line(line: &str) -> Result<(), Error> {
    Ok(writeln!(std::io::stdout(), "{}", table::plain(line))?)
}

/// Says one line on standard error.
fn complain(message: &str) {
    let message = without_passwords(message);
    // Without standard error there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "lamina: {}", table::plain(&message));
}

/// Says what is wrong with the arguments, or gives the help that was asked for.
fn refuse(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let public = without_passwords(&text);
    if public == text {
        error.exit();
    }
    let _ = write!(std::io::stderr(), "{public}");
    ExitCode::from(2)
}

/// A message without the passwords that stand in arguments, as in `https://me:secret@registry.example/app`.
fn without_passwords(message: &str) -> String {
    let arguments = std::env::args_os().skip(1);
    let texts = arguments.filter_map(|argument| argument.into_string().ok());
    let cut = texts.filter_map(|text| Userinfo::cut(&text));
    cut.fold(message.to_owned(), |text, cut| {
        text.replace(&cut.hidden, "")
    })
}
