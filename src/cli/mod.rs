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
    let done = match Arguments::parse().command {
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
    // Without standard error there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "lamina: {}", table::plain(message));
}
