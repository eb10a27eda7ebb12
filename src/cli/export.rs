//! `whetstone export`: content and the reader's own words as a Markdown folder, one HTML file, or JSON.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Places;
use crate::exchange::{html, json, markdown, write};
use crate::ids::TopicId;

#[derive(Debug, Args)]
pub struct Options {
    #[arg(long)]
    format: Format,
    /// The folder (md) or the file (html, json) to write
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// Only this topic, e.g. kafka
    #[arg(long, value_name = "T")]
    topic: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Md,
    Html,
    Json,
}

pub fn run(places: &Places, options: &Options) -> ExitCode {
    let catalog = match super::catalog_of(places) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    let topic = options.topic.as_ref().map(TopicId::new);
    if let Some(topic) = topic.as_ref().filter(|topic| catalog.topic(topic).is_none()) {
        eprintln!("whetstone export: there is no topic `{topic}`");
        return ExitCode::from(1);
    }
    let (_store, opened) = match super::open(places, super::now()) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let progress = &opened.progress;
    let written = match options.format {
        Format::Md => write::folder(&options.out, &markdown::files(&catalog, progress, topic.as_ref())),
        Format::Html => write::file(&options.out, html::page(&catalog, progress, topic.as_ref())),
        Format::Json => {
            let text = format!("{:#}\n", json::everything(&catalog, progress, topic.as_ref()));
            write::file(&options.out, &text)
        }
    };
    match written {
        Ok(()) => done(&options.out),
        Err(error) => {
            eprintln!("whetstone export: {}; nothing was left half-written", super::chain(&error));
            ExitCode::from(1)
        }
    }
}

fn done(path: &Path) -> ExitCode {
    say!("exported to {}", path.display());
    ExitCode::SUCCESS
}
