//! Arguments to command line or window to exit code: 0 done, 1 problem reported, 2 wrong use.
// A window needs no console beside it; started from one, the commands still print there.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

use clap::Parser as _;
use whetstone::cli::{self, Cli};
use whetstone::window;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let wrong_use = error.use_stderr();
            // A closed pipe is no reason to complain about the complaint.
            let _ = error.print();
            return if wrong_use { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let places = cli.places;
    if let Some(command) = cli.command {
        return cli::run(&places, command);
    }
    let opened = places.data_folder().and_then(|folder| window::run(folder, places.content));
    match opened {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!(
                "whetstone: {why}. Without a window it can check, export, review and back up: see `whetstone --help`"
            );
            ExitCode::from(1)
        }
    }
}
