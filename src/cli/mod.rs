//! The headless command: arguments in, lines out.
//!
//! `workspace` defines the machine-readable output. Here are the arguments, the sources of images, and the exit
//! status: 0 if all is well, 1 if a rule of `lamina check` is broken, 3 if something was damaged and the rest was
//! shown, and 2 if nothing could be shown.

pub mod native;

mod arguments;
mod check;
mod chosen;
mod commit;
mod connection;
mod console;
mod copy;
mod credentials;
mod dockerfile;
mod error;
mod export;
mod folder;
mod inspect;
mod list;
mod load;
mod ls;
mod one_image;
mod opened;
mod output;
mod packages_table;
mod part;
mod place;
mod push;
mod safety_table;
mod sbom;
mod secrets_table;
mod select;
mod serve;
mod system_line;
mod table;
mod upload;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use console::{Outcome, complain, print_line, refuse};
use error::Error;

/// Runs the command of the process's arguments.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    let done = match arguments.command {
        Command::Ls(arguments) => pollster::block_on(ls::run(&arguments)),
        Command::Inspect(arguments) => pollster::block_on(inspect::run(&arguments)),
        Command::Dockerfile(arguments) => pollster::block_on(dockerfile::run(&arguments)),
        Command::Sbom(arguments) => pollster::block_on(sbom::run(&arguments)),
        Command::Check(arguments) => pollster::block_on(check::run(&arguments)),
        Command::Commit(arguments) => pollster::block_on(commit::run(&arguments)),
        Command::Export(arguments) => pollster::block_on(export::run(&arguments)),
        Command::List(arguments) => pollster::block_on(list::run(&arguments)),
        Command::Push(arguments) => pollster::block_on(push::run(&arguments)),
        Command::Copy(arguments) => pollster::block_on(copy::run(arguments)),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Open(arguments) => serve::open(&arguments),
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
