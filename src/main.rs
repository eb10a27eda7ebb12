//! Arguments to command line or window to exit code: 0 done, 1 problem reported, 2 wrong use.

use std::process::ExitCode;

use clap::Parser as _;
use whetstone::cli::{self, Cli};

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => cli::run(cli),
        Err(error) => {
            let wrong_use = error.use_stderr();
            // A closed pipe is no reason to complain about the complaint.
            let _ = error.print();
            if wrong_use { ExitCode::from(2) } else { ExitCode::SUCCESS }
        }
    }
}
