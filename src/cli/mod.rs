//! The command line: one file a subcommand, each writing exactly as the window does. Knows no egui.

mod check;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::time::{Moment, Timestamp};

/// An offline desktop study for the senior backend interview. Without a command it opens the window.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(flatten)]
    pub places: Places,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Where things are; the same everywhere.
#[derive(Clone, Debug, Default, Args)]
pub struct Places {
    /// Keep notes, reviews and settings in this folder
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Read the questions from this folder instead of those in the program
    #[arg(long, global = true, value_name = "DIR")]
    pub content: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say everything that is wrong with the content
    Check(check::Options),
}

impl Places {
    /// The data folder: the one that was named, or the system's own place for a program's data.
    ///
    /// # Errors
    /// When the system has no such place, in a line for the reader.
    pub fn data_folder(&self) -> Result<PathBuf, String> {
        let named = self.data_dir.clone();
        let own = || directories::ProjectDirs::from("io.github", "whetstone", "Whetstone");
        named
            .or_else(|| own().map(|dirs| dirs.data_dir().to_owned()))
            .ok_or_else(|| "this system names no folder for a program's data: use --data-dir DIR".to_owned())
    }
}

/// Runs a command; its answer goes to standard output, problems to standard error.
pub fn run(places: &Places, command: Command) -> ExitCode {
    match command {
        Command::Check(options) => check::run(places, &options),
    }
}

/// An error with everything that led to it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// The moment at which a command runs, in the reader's zone.
fn now() -> Moment {
    #[expect(clippy::disallowed_methods, reason = "the command line is where the clock comes in")]
    let zoned = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::system());
    Moment { at: Timestamp(zoned.timestamp().as_millisecond()), offset_secs: zoned.offset().seconds() }
}
