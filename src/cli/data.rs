//! `stats`, `backup` and `restore`: what there is, a copy of it, and back.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::Places;
use crate::store::{self, Job, Reply};

#[derive(Debug, Args)]
pub struct StatsOptions {
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct PathOptions {
    path: PathBuf,
}

pub fn stats(places: &Places, options: &StatsOptions) -> ExitCode {
    let (_store, opened) = match super::open(places, super::now()) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let catalog = match super::catalog_beside(places, &opened) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    let counts = opened.progress.counts_of_all();
    let orphans = opened.progress.orphans(|question| catalog.question(question).is_some());
    let entries = opened.progress.entries().count();
    if options.json {
        let value = json!({
            "reviews": counts.reviews,
            "confidence_ratings": counts.confidence_ratings,
            "notes": counts.notes,
            "attempts": counts.attempts,
            "entries": entries,
            "orphans": orphans,
        });
        say!("{value:#}");
    } else {
        say!("reviews             {}", counts.reviews);
        say!("confidence ratings  {}", counts.confidence_ratings);
        say!("notes               {}", counts.notes);
        say!("attempts            {}", counts.attempts);
        say!("journal entries     {entries}");
        for question in orphans {
            say!("kept, though the content dropped it: {question}");
        }
    }
    ExitCode::SUCCESS
}

pub fn backup(places: &Places, options: &PathOptions) -> ExitCode {
    let now = super::now();
    let (store, _) = match super::open(places, now) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    if !store.send(Job::BackUp { to: Some(options.path.clone()), moment: now }) {
        // Another program writes; reading is enough for a copy.
        return match store::copy_of(&places.data_folder().unwrap_or_default(), &options.path) {
            Ok(()) => done(&options.path),
            Err(error) => super::failed(&error),
        };
    }
    loop {
        match store.wait() {
            Ok(Reply::BackedUp(path)) => return done(&path),
            Ok(Reply::Failed { error, .. }) | Err(error) => return super::failed(&error),
            Ok(_) => {}
        }
    }
}

fn done(path: &std::path::Path) -> ExitCode {
    say!("backed up to {}", path.display());
    ExitCode::SUCCESS
}

pub fn restore(places: &Places, options: &PathOptions) -> ExitCode {
    let folder = match places.data_folder() {
        Ok(folder) => folder,
        Err(why) => {
            eprintln!("whetstone restore: {why}");
            return ExitCode::from(1);
        }
    };
    match store::restore(&folder, &options.path, super::now()) {
        Ok(kept) => {
            say!("restored from {}", options.path.display());
            if let Some(kept) = kept {
                say!("what was there before is in {}", kept.display());
            }
            ExitCode::SUCCESS
        }
        Err(error) => super::failed(&error),
    }
}
