//! `whetstone export`: content and the reader's own words in the formats of other programs.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Places;
use crate::exchange::Scope;
use crate::exchange::export::{self, Format};
use crate::exchange::job::Watch;
use crate::ids::{QuestionId, TopicId};

#[derive(Debug, Args)]
pub struct Options {
    #[arg(long)]
    format: Name,
    /// The folder (md, obsidian, hashcards) or the file to write
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// Only this topic, e.g. kafka
    #[arg(long, value_name = "T", conflicts_with = "question")]
    topic: Option<String>,
    /// Only this question, e.g. kafka/isr
    #[arg(long, value_name = "Q")]
    question: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Name {
    Md,
    Html,
    Json,
    Csv,
    /// For Anki's text import
    Tsv,
    Apkg,
    Obsidian,
    Hashcards,
}

impl Name {
    const fn format(self) -> Format {
        match self {
            Self::Md => Format::Markdown,
            Self::Html => Format::Html,
            Self::Json => Format::Json,
            Self::Csv => Format::Csv,
            Self::Tsv => Format::Tsv,
            Self::Apkg => Format::Apkg,
            Self::Obsidian => Format::Obsidian,
            Self::Hashcards => Format::Hashcards,
        }
    }
}

pub fn run(places: &Places, options: &Options) -> ExitCode {
    let now = super::now();
    let (_store, opened) = match super::open(places, now) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let catalog = match super::catalog_beside(places, &opened) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    let progress = &opened.progress;
    let topic = options.topic.as_ref().map(TopicId::new);
    let question = options.question.as_ref().map(QuestionId::new);
    // What was imported stands beside the content.
    let has_deck = |test: &dyn Fn(&QuestionId) -> bool| progress.decks().any(|(deck, _)| test(deck));
    if let Some(topic) = &topic
        && catalog.topic(topic).is_none()
        && !has_deck(&|deck| deck.topic() == *topic)
    {
        eprintln!("whetstone export: there is no topic `{topic}`");
        return ExitCode::from(1);
    }
    if let Some(question) = &question
        && catalog.question(question).is_none()
        && !has_deck(&|deck| deck == question)
    {
        eprintln!("whetstone export: there is no question `{question}`");
        return ExitCode::from(1);
    }
    let scope = topic.map_or_else(|| question.map_or(Scope::All, Scope::Question), Scope::Topic);
    let what = (&catalog, progress);
    match export::run(options.format.format(), &options.out, what, &scope, now, &Watch::default()) {
        Ok(what) => {
            say!("exported {what} to {}", options.out.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("whetstone export: {}; nothing was left half-written", super::chain(&error));
            ExitCode::from(1)
        }
    }
}
