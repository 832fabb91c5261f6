//! Runs the headless command.

fn main() -> std::process::ExitCode {
    lamina::cli::run()
}
