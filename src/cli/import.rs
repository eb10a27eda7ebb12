//! `whetstone import`: what other programs wrote, shown first and written when asked to.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::Places;
use crate::exchange::import::obsidian::Separators;
use crate::exchange::import::{self, Known, Preview};
use crate::store::MergeSource;
use crate::study::decide;

#[derive(Debug, Args)]
pub struct Options {
    /// An .apkg, .colpkg, .csv, .tsv, .txt, .md or .json file, or a folder of notes
    path: PathBuf,
    /// Write it; without this only the preview is printed
    #[arg(long)]
    yes: bool,
    /// Also replace answers of yours that differ; what they were stays in their history
    #[arg(long)]
    replace: bool,
    /// What separates the sides of a card in a line of an Obsidian note
    #[arg(long, value_name = "S", default_value = "::")]
    inline: String,
    /// The line that separates the sides of an Obsidian card of several lines
    #[arg(long, value_name = "S", default_value = "?")]
    lines: String,
}

pub fn run(places: &Places, options: &Options) -> ExitCode {
    let now = super::now();
    let (store, opened) = match super::open(places, now) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let catalog = match super::catalog_beside(places, &opened) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    let twice = |text: &str, last: &str| format!("{text}{last}");
    let separators = Separators {
        inline_reversed: twice(&options.inline, &options.inline.chars().last().map(String::from).unwrap_or_default()),
        lines_reversed: twice(&options.lines, &options.lines),
        inline: options.inline.clone(),
        lines: options.lines.clone(),
    };
    let parsed = match import::read(&options.path, &separators, now) {
        Ok(parsed) => parsed,
        Err(error) => {
            eprintln!("whetstone import: {}: {}; nothing was imported", options.path.display(), super::chain(&error));
            return ExitCode::from(1);
        }
    };
    let mut preview = Preview::of(parsed, &Known::of(&catalog, &opened.progress));
    if options.replace {
        preview.items.iter_mut().for_each(|item| item.wanted = true);
    }
    if !options.yes {
        for item in &preview.items {
            say!("{}  {:?}  {}  {}", if item.wanted { "+" } else { " " }, item.change, item.deck, item.title);
        }
        for skipped in &preview.skipped {
            say!("-  {}: {}", skipped.place, skipped.why);
        }
    }
    say!("{}", preview.sentence());
    if !options.yes {
        say!("nothing was written; --yes imports it");
        return ExitCode::SUCCESS;
    }
    let mut what = (preview.request(), std::mem::take(&mut preview.entries));
    if !what.1.is_empty() {
        match store.merge_now(now, std::mem::take(&mut what.1), Vec::new(), MergeSource::Journal) {
            Ok(kept) => say!("what was there before is in {}", kept.display()),
            Err(error) => return super::failed(&error),
        }
    }
    if preview.wanted() == 0 {
        return ExitCode::SUCCESS;
    }
    match decide(what.0, &opened.progress, opened.machine) {
        Ok(facts) => match store.append_now(now, facts) {
            Ok(entry) => {
                say!("imported in one entry, {}", entry.id);
                ExitCode::SUCCESS
            }
            Err(error) => super::failed(&error),
        },
        Err(refusal) => {
            eprintln!("whetstone import: {refusal}");
            ExitCode::from(1)
        }
    }
}
