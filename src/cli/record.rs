//! `review`, `confidence` and `note`: write exactly as the window does, and return only when it is on disk.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Places;
use crate::ids::{CardId, QuestionId};
use crate::store::{Access, ReadOnlyWhy, StoreError};
use crate::study::{self, Confidence, Grade, Request};

#[derive(Debug, Args)]
pub struct ReviewOptions {
    /// The card's id, e.g. kafka/isr#shrinks
    #[arg(long)]
    card: String,
    #[arg(long)]
    grade: GradeName,
    /// Log it without moving the schedule
    #[arg(long)]
    practice: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GradeName {
    Again,
    Hard,
    Good,
    Easy,
}

#[derive(Debug, Args)]
pub struct ConfidenceOptions {
    /// The question's id, e.g. kafka/isr
    question: String,
    level: ConfidenceName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ConfidenceName {
    Guess,
    Shaky,
    Likely,
    Sure,
}

#[derive(Debug, Args)]
pub struct NoteOptions {
    /// The question's id, e.g. kafka/isr
    question: String,
    /// The file whose text becomes my answer; `-` reads standard input
    #[arg(long, value_name = "F")]
    file: PathBuf,
}

pub fn review(places: &Places, options: &ReviewOptions) -> ExitCode {
    let grade = match options.grade {
        GradeName::Again => Grade::Again,
        GradeName::Hard => Grade::Hard,
        GradeName::Good => Grade::Good,
        GradeName::Easy => Grade::Easy,
    };
    let card = CardId::new(&options.card);
    let catalog = match super::catalog_with_own(places) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    // Whether there is a card of the reader's own by that name, the journal knows.
    if catalog.card(&card).is_none() && !card.is_own() {
        eprintln!("whetstone review: there is no card `{card}`; `whetstone catalog` lists them");
        return ExitCode::from(1);
    }
    record(places, Request::Review { card, grade, took_millis: 0, practice: options.practice })
}

pub fn confidence(places: &Places, options: &ConfidenceOptions) -> ExitCode {
    let confidence = match options.level {
        ConfidenceName::Guess => Confidence::Guess,
        ConfidenceName::Shaky => Confidence::Shaky,
        ConfidenceName::Likely => Confidence::Likely,
        ConfidenceName::Sure => Confidence::Sure,
    };
    match known_question(places, &options.question) {
        Ok(question) => record(places, Request::RateConfidence { question, confidence }),
        Err(code) => code,
    }
}

pub fn note(places: &Places, options: &NoteOptions) -> ExitCode {
    let question = match known_question(places, &options.question) {
        Ok(question) => question,
        Err(code) => return code,
    };
    let text = if options.file.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        fs::read_to_string(&options.file)
    };
    match text {
        Ok(text) => record(places, Request::WriteNote { question, text }),
        Err(error) => {
            eprintln!("whetstone note: could not read {}: {error}; nothing was written", options.file.display());
            ExitCode::from(1)
        }
    }
}

fn known_question(places: &Places, id: &str) -> Result<QuestionId, ExitCode> {
    let catalog = super::catalog_with_own(places)?;
    let id = QuestionId::new(id);
    if catalog.question(&id).is_some() {
        return Ok(id);
    }
    eprintln!("whetstone: there is no question `{id}`; `whetstone catalog` lists them");
    Err(ExitCode::from(1))
}

fn record(places: &Places, request: Request) -> ExitCode {
    let now = super::now();
    let (store, opened) = match super::open(places, now) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    if let Access::ReadOnly(why) = opened.access {
        let folder = places.data_folder().unwrap_or_default();
        return match why {
            ReadOnlyWhy::InUse => super::failed(&StoreError::InUse { path: folder }),
            ReadOnlyWhy::Disk | ReadOnlyWhy::Unopened => {
                eprintln!("whetstone: {} cannot be written; nothing was written", folder.display());
                ExitCode::from(1)
            }
        };
    }
    let facts = match study::decide(request, &opened.progress, opened.machine) {
        Ok(facts) => facts,
        Err(refusal) => {
            eprintln!("whetstone: {refusal}; nothing was written");
            return ExitCode::from(1);
        }
    };
    match store.append_now(now, facts) {
        Ok(entry) => {
            say!("{}", entry.id);
            ExitCode::SUCCESS
        }
        Err(error) => super::failed(&error),
    }
}
