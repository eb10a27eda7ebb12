//! `search`: what the window's box finds, a line a hit or as JSON.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::Places;
use crate::search::{self, Hit, Index, Query};
use crate::study::Policy;

#[derive(Debug, Args)]
pub struct Options {
    /// Words, "words in a row", and filters: topic: is: conf: has: tag: in:
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(places: &Places, options: &Options) -> ExitCode {
    let now = super::now();
    let opened = match super::open(places, now) {
        Ok((_, opened)) => opened,
        Err(code) => return code,
    };
    let catalog = match super::catalog_beside(places, &opened) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    let progress = opened.progress;
    let mut index = Index::default();
    index.put_content(search::content(&catalog));
    let questions = progress.questions().map(|id| search::question(&catalog, &progress, id));
    let content = catalog.questions().flat_map(|question| question.cards()).map(|card| &card.id);
    let policy = Policy::default();
    let cards = content.chain(progress.cards()).map(|id| search::card(&catalog, &progress, &policy, id));
    let notes = progress.notes().map(|id| search::note(&progress, id));
    index.put(questions.chain(cards).chain(notes).collect());
    // A word that was given whole is whole.
    let text = options.query.join(" ") + " ";
    let found = index.find(&Query::parse(&text), now);
    if options.json {
        let hits: Vec<_> = found.hits.iter().map(as_json).collect();
        let answer = json!({
            "total": found.total,
            "showing": found.showing,
            "only_some_words": found.only_some,
            "complaints": found.complaints,
            "hits": hits,
        });
        say!("{answer:#}");
        return ExitCode::SUCCESS;
    }
    for complaint in &found.complaints {
        eprintln!("whetstone search: {complaint}");
    }
    if let Some(showing) = &found.showing {
        eprintln!("whetstone search: showing `{showing}`, since what was asked for stands nowhere");
    }
    if found.only_some {
        eprintln!("whetstone search: nothing has all of these words; these have some");
    }
    for hit in &found.hits {
        let place = match &hit.spot {
            search::Spot::Note(note) => note.to_string(),
            spot => spot.question().to_string(),
        };
        say!("{place} · {} · {}\n    {}", hit.spot.words(), hit.title, hit.snippet.text);
    }
    if found.total > found.hits.len() {
        eprintln!("whetstone search: {} found; the best {} are listed", found.total, found.hits.len());
    }
    ExitCode::SUCCESS
}

fn as_json(hit: &Hit) -> serde_json::Value {
    json!({
        "question": hit.spot.question(),
        "in": hit.spot.kind(),
        "place": hit.spot.words(),
        "card": match &hit.spot {
            search::Spot::Card(card) => Some(card),
            _ => None,
        },
        "title": hit.title,
        "snippet": hit.snippet.text,
        "marks": hit.snippet.marks.iter().map(|mark| [mark.start, mark.end]).collect::<Vec<_>>(),
    })
}
