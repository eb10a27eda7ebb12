//! The command line: one file a subcommand, each writing exactly as the window does. Knows no egui.

/// Prints a line of a command's answer.
macro_rules! say {
    ($($part:tt)*) => { $crate::cli::print_line(format_args!($($part)*)) };
}

mod bundle;
mod catalog;
mod check;
mod data;
mod export;
mod import;
mod record;
mod scenes;
mod search;

use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::catalog::{Catalog, Folder, Gathered, content_files, gather};
use crate::exchange::chain;
use crate::notice::Notice;
use crate::store::{Opened, Store, StoreError};
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
    /// Print the whole catalog as JSON
    Catalog,
    /// Write questions, cards and your own words in the formats of other programs
    Export(export::Options),
    /// Bring in cards and words of other programs: shows them, and writes with --yes
    Import(import::Options),
    /// Draw the scenes as pictures, a page each with all its steps
    Scenes(scenes::Options),
    /// Find words in everything that is written
    Search(search::Options),
    /// Grade a card
    Review(record::ReviewOptions),
    /// Say how sure you are of a question
    Confidence(record::ConfidenceOptions),
    /// Make a file's text your answer to a question
    Note(record::NoteOptions),
    /// Count what there is
    Stats(data::StatsOptions),
    /// Copy your data to a file
    Backup(data::PathOptions),
    /// Write everything you did into one file for another machine
    Bundle(bundle::BundleOptions),
    /// Add what another machine's bundle has: shows it, and writes with --yes
    Merge(bundle::MergeOptions),
    /// Put a backup in place of your data, which is kept beside it
    Restore(data::PathOptions),
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
        Command::Catalog => catalog::run(places),
        Command::Export(options) => export::run(places, &options),
        Command::Import(options) => import::run(places, &options),
        Command::Scenes(options) => scenes::run(places, &options),
        Command::Search(options) => search::run(places, &options),
        Command::Review(options) => record::review(places, &options),
        Command::Confidence(options) => record::confidence(places, &options),
        Command::Note(options) => record::note(places, &options),
        Command::Stats(options) => data::stats(places, &options),
        Command::Bundle(options) => bundle::bundle(places, &options),
        Command::Merge(options) => bundle::merge(places, &options),
        Command::Backup(options) => data::backup(places, &options),
        Command::Restore(options) => data::restore(places, &options),
    }
}

/// The catalog of the places.
fn catalog_of(places: &Places) -> Result<Catalog, ExitCode> {
    Ok(whole_or_told(gather(base_of(places)?, &[])))
}

/// The same with the folders that the reader has added in the settings.
fn catalog_beside(places: &Places, opened: &Opened) -> Result<Catalog, ExitCode> {
    Ok(whole_or_told(gather(base_of(places)?, &opened.folders())))
}

/// The catalog; what could not be read for it is told on standard error, and what is wrong there is for `check` to say.
fn whole_or_told(gathered: Gathered) -> Catalog {
    let Gathered { catalog, problems, missing } = gathered;
    for folder in missing {
        eprintln!("whetstone: {} is not there now; its questions are left out", folder.display());
    }
    let found = match problems.len() {
        0 => return catalog,
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    };
    eprintln!(
        "whetstone: {found} in the questions; what could be read is used, and `whetstone check DIR` says what is wrong"
    );
    catalog
}

/// The same for who has not opened the reader's data yet.
fn catalog_with_own(places: &Places) -> Result<Catalog, ExitCode> {
    let (_store, opened) = open(places, now())?;
    catalog_beside(places, &opened)
}

fn base_of(places: &Places) -> Result<Folder, ExitCode> {
    let files = content_files(places.content.as_deref()).map_err(|error| {
        eprintln!("whetstone: {}", chain(&error));
        ExitCode::from(1)
    })?;
    Ok(Folder::base(&files))
}

fn open(places: &Places, now: Moment) -> Result<(Store, Opened), ExitCode> {
    let folder = places.data_folder().map_err(|why| {
        eprintln!("whetstone: {why}");
        ExitCode::from(1)
    })?;
    Store::open(&folder, now).map_err(|error| failed(&error))
}

/// Says what went wrong with the reader's data.
fn failed(error: &StoreError) -> ExitCode {
    eprintln!("whetstone: {}", Notice::of_store(error).sentence());
    ExitCode::from(1)
}

/// Prints a line; who reads through a pipe may stop reading, which is no failure.
fn print_line(line: fmt::Arguments<'_>) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_fmt(line).and_then(|()| out.write_all(b"\n")) {
        if error.kind() == io::ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        eprintln!("whetstone: could not write the answer: {error}");
        std::process::exit(1);
    }
}

/// The moment at which a command runs, in the reader's zone.
fn now() -> Moment {
    #[expect(clippy::disallowed_methods, reason = "the command line is where the clock comes in")]
    let zoned = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::system());
    Moment { at: Timestamp(zoned.timestamp().as_millisecond()), offset_secs: zoned.offset().seconds() }
}
