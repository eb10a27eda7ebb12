//! `whetstone check [DIR] [--json] [--record] [--older-than MONTHS]`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::Places;
use crate::catalog::{self, Catalog, ContentFile, Folder, LoadError, check, ledger};

#[derive(Debug, Args)]
pub struct Options {
    /// A folder of content: in place of what the program carries when it has the same topics, else beside it
    pub dir: Option<PathBuf>,
    /// Print counts and problems as JSON
    #[arg(long)]
    pub json: bool,
    /// Add the ids that are new to the folder's ledger
    #[arg(long)]
    pub record: bool,
    /// List the questions last verified more than this many months ago
    #[arg(long, value_name = "MONTHS")]
    pub older_than: Option<u32>,
}

pub fn run(places: &Places, options: &Options) -> ExitCode {
    let read = match read(places, options) {
        Ok(read) => read,
        Err(error) => {
            eprintln!("whetstone check: {}", super::chain(&error));
            return ExitCode::from(1);
        }
    };
    let dir = options.dir.as_ref().or(places.content.as_ref());
    let recorded = read.folder().recorded();
    let beside = matches!(read, Read::Beside { .. });
    let (catalog, report) = match &read {
        Read::Whole(files) => check::check(files),
        Read::Beside { base, .. } => check::check_beside(Folder::base(base), vec![read.folder()]),
    };
    if let Some(months) = options.older_than {
        return older_than(&catalog, months, beside, options.json);
    }
    if options.record {
        let Some(dir) = dir else {
            eprintln!("whetstone check: --record needs a folder to write to");
            return ExitCode::from(2);
        };
        let path = dir.join(ledger::FILE);
        if let Err(error) = fs::write(&path, recorded) {
            eprintln!("whetstone check: could not write {}: {error}", path.display());
            return ExitCode::from(1);
        }
    }
    if options.json {
        say!("{:#}", json!(report));
    } else {
        for problem in &report.problems {
            say!("{problem}");
        }
        let counts = &report.counts;
        say!(
            "{} problems; {} of {} questions complete, {} core and {} deep cards, {} scenes, {} exercises that run, {} on paper",
            report.problems.len(),
            counts.complete,
            counts.questions,
            counts.core_cards,
            counts.deep_cards,
            counts.scenes,
            counts.questions_that_run,
            counts.paper_exercises,
        );
        if beside {
            say!("checked as a folder of your own, beside the content that it does not replace");
        }
    }
    if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// What is to be checked.
enum Read {
    /// A content of its own.
    Whole(Vec<ContentFile>),
    /// A reader's folder beside a content.
    Beside { base: Vec<ContentFile>, path: PathBuf, own: Vec<ContentFile> },
}

impl Read {
    /// The folder that the ledger is of.
    fn folder(&self) -> Folder {
        match self {
            Self::Whole(files) => Folder::base(files),
            Self::Beside { path, own, .. } => Folder::own(path, own),
        }
    }
}

fn read(places: &Places, options: &Options) -> Result<Read, LoadError> {
    let base = catalog::content_files(places.content.as_deref())?;
    let Some(dir) = &options.dir else { return Ok(Read::Whole(base)) };
    let own = catalog::files_in(dir)?;
    let topics = |files: &[ContentFile]| -> BTreeSet<String> {
        files.iter().filter(|file| file.path.ends_with("/topic.ron")).map(|file| file.path.clone()).collect()
    };
    if topics(&own).is_disjoint(&topics(&base)) {
        Ok(Read::Beside { base, path: dir.clone(), own })
    } else {
        Ok(Read::Whole(own))
    }
}

/// Lists what was verified long ago: of the whole catalog, or of the reader's own folder alone.
fn older_than(catalog: &Catalog, months: u32, own: bool, as_json: bool) -> ExitCode {
    let today = super::now().day().0;
    let (Ok(year), Ok(month)) = (u32::try_from(today.year()), u32::try_from(today.month())) else {
        eprintln!("whetstone check: the clock says {today}, which is no date to count from");
        return ExitCode::from(1);
    };
    let mut aged = check::older_than(catalog, months, (year, month));
    aged.retain(|(id, _)| !own || catalog.question(id).is_some_and(|question| question.own));
    if as_json {
        let rows: Vec<_> = aged.iter().map(|(id, as_of)| json!({ "question": id, "as_of": as_of })).collect();
        say!("{:#}", json!(rows));
    } else {
        for (id, as_of) in &aged {
            say!("{id}: verified {as_of}");
        }
        say!("{} questions verified more than {months} months ago", aged.len());
    }
    ExitCode::SUCCESS
}
