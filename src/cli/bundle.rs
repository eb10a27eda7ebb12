//! `whetstone bundle` and `whetstone merge`: everything the reader did out to another machine, and in from it.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::Places;
use crate::exchange::bundle::{self, BundleError};
use crate::exchange::job::Watch;
use crate::store::{MergeSource, Snapshot};
use crate::study::{Linking, Merging, NoteChange};

#[derive(Debug, Args)]
pub struct BundleOptions {
    /// The file to write, such as stick/me.whetstone
    path: PathBuf,
}

#[derive(Debug, Args)]
pub struct MergeOptions {
    /// A bundle of another machine
    path: PathBuf,
    /// Write it; without this only what it would bring is printed
    #[arg(long)]
    yes: bool,
}

pub fn bundle(places: &Places, options: &BundleOptions) -> ExitCode {
    // Opened first, so that an older file is brought to this version, and one that is damaged is told apart.
    let opened = super::open(places, super::now()).map(|_| places.data_folder().unwrap_or_default());
    let folder = match opened {
        Ok(folder) => folder,
        Err(code) => return code,
    };
    let written = Snapshot::open(&folder)
        .map_err(BundleError::from)
        .and_then(|snapshot| bundle::file(&options.path, &snapshot, &Watch::default()));
    match written {
        Ok(manifest) => {
            say!("{} are in {}", manifest.words(), options.path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("whetstone bundle: {}; nothing was left half-written", super::chain(&error));
            ExitCode::from(1)
        }
    }
}

pub fn merge(places: &Places, options: &MergeOptions) -> ExitCode {
    let now = super::now();
    let (store, opened) = match super::open(places, now) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let folder = places.data_folder().unwrap_or_default();
    let pictures = match Snapshot::open(&folder).and_then(|snapshot| snapshot.pictures()) {
        Ok(pictures) => pictures.into_iter().collect::<HashSet<String>>(),
        Err(error) => return super::failed(&error),
    };
    let read = File::open(&options.path)
        .map_err(BundleError::Read)
        .and_then(|file| bundle::read(BufReader::new(file), |name| !pictures.contains(name), &Watch::default()));
    let found = match read {
        Ok(found) => found,
        Err(error) => {
            eprintln!("whetstone merge: {}: {}; nothing was merged", options.path.display(), super::chain(&error));
            return ExitCode::from(1);
        }
    };
    let merging = Merging::of(&opened.progress, found.entries);
    say!("{}", merging.sentence(found.pictures.len()));
    say!("of all entries {}; nothing of yours is replaced", merging.shares());
    for change in NoteChange::ALL {
        for note in merging.notes.iter().filter(|(_, of)| **of == change).map(|(note, _)| note) {
            say!("  {} {}", name_of(note), change.words());
        }
    }
    if merging.entries.is_empty() && found.pictures.is_empty() {
        return ExitCode::SUCCESS;
    }
    if !options.yes {
        say!("nothing was written; --yes merges it");
        return ExitCode::SUCCESS;
    }
    match store.merge_now(now, merging.entries, found.pictures.into_iter().collect(), MergeSource::Bundle) {
        Ok(kept) => {
            say!("merged; what was there before is in {}", kept.display());
            ExitCode::SUCCESS
        }
        Err(error) => super::failed(&error),
    }
}

fn name_of(note: &Linking) -> String {
    match note {
        Linking::Question(question) => format!("the answer to {question}"),
        Linking::Note(note) => note.of_topic().map_or_else(|| "the scratchpad".into(), |t| format!("the notes on {t}")),
    }
}
