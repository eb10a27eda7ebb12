//! An export from start to end: one format, one scope, one path.

use std::path::Path;

use thiserror::Error;

use super::job::{Cancelled, Watch};
use super::{Scope, apkg, cards, csv, hashcards, html, json, markdown, obsidian, write};
use crate::catalog::Catalog;
use crate::study::Progress;
use crate::time::Moment;

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Markdown,
    Html,
    Apkg,
    Csv,
    Tsv,
    Obsidian,
    Hashcards,
    Json,
}

impl Format {
    pub const ALL: [Self; 8] =
        [Self::Markdown, Self::Html, Self::Apkg, Self::Csv, Self::Tsv, Self::Obsidian, Self::Hashcards, Self::Json];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown folder",
            Self::Html => "One HTML page",
            Self::Apkg => "Anki package",
            Self::Csv => "CSV",
            Self::Tsv => "TSV for Anki",
            Self::Obsidian => "Obsidian folder",
            Self::Hashcards => "hashcards folder",
            Self::Json => "JSON of everything",
        }
    }

    /// What it carries, in a line.
    pub const fn carries(self) -> &'static str {
        match self {
            Self::Markdown => "A file a question, your answers, scenes as SVG",
            Self::Html => "Self-contained, prints on A4 and Letter",
            Self::Apkg => "Cards with schedule, review log, tags and scenes",
            Self::Csv => "A row a card for a spreadsheet, with its schedule",
            Self::Tsv => "Brings fields up to date and leaves Anki's schedule",
            Self::Obsidian => "Notes with wiki links, cards with their schedule",
            Self::Hashcards => "A deck a question",
            Self::Json => "The whole journal: comes back with Import",
        }
    }

    /// The file's ending; None writes a folder.
    pub const fn extension(self) -> Option<&'static str> {
        match self {
            Self::Html => Some("html"),
            Self::Apkg => Some("apkg"),
            Self::Csv => Some("csv"),
            Self::Tsv => Some("tsv"),
            Self::Json => Some("json"),
            Self::Markdown | Self::Obsidian | Self::Hashcards => None,
        }
    }
}

#[derive(Debug, Error)]
pub enum ExportError {
    #[error(transparent)]
    Write(#[from] write::WriteError),
    #[error(transparent)]
    Apkg(#[from] apkg::ApkgError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Writes a scope to a path; what it came to, in a few words.
///
/// # Errors
/// When the disk refuses or the reader stops it. A file is then as it was; a folder has whole files only.
pub fn run(
    format: Format,
    path: &Path,
    (catalog, progress): (&Catalog, &Progress),
    scope: &Scope,
    now: Moment,
    watch: &Watch,
) -> Result<String, ExportError> {
    let logs = cards::Logs::of(progress);
    let cards = || cards::cards(catalog, progress, &logs, scope);
    let counted = |count: usize| if count == 1 { "1 card".to_owned() } else { format!("{count} cards") };
    match format {
        Format::Markdown => folder(path, &markdown::files(catalog, progress, scope), watch),
        Format::Obsidian => folder(path, &obsidian::files(catalog, progress, &cards(), scope), watch),
        Format::Hashcards => folder(path, &hashcards::files(&cards()), watch),
        Format::Html => {
            file(path, html::page(catalog, progress, scope).as_bytes(), watch)?;
            Ok("one page".to_owned())
        }
        Format::Json => {
            let text = format!("{:#}\n", json::everything(catalog, progress, scope));
            file(path, text.as_bytes(), watch)?;
            Ok("everything".to_owned())
        }
        Format::Csv => {
            let cards = cards();
            file(path, &csv::csv(&cards), watch)?;
            Ok(counted(cards.len()))
        }
        Format::Tsv => {
            let cards = cards();
            file(path, &csv::anki_text(&cards), watch)?;
            Ok(counted(cards.len()))
        }
        Format::Apkg => {
            let done = apkg::write(path, catalog, progress, &cards(), now, watch)?;
            Ok(format!("{}, {} reviews, {} pictures", counted(done.cards), done.reviews, done.pictures))
        }
    }
}

fn file(path: &Path, bytes: &[u8], watch: &Watch) -> Result<(), ExportError> {
    watch.step(0)?;
    Ok(write::file(path, bytes)?)
}

fn folder(path: &Path, files: &[(String, String)], watch: &Watch) -> Result<String, ExportError> {
    watch.begin(files.len())?;
    for file in files {
        write::folder(path, std::slice::from_ref(file))?;
        watch.step(1)?;
    }
    Ok(if files.len() == 1 { "1 file".to_owned() } else { format!("{} files", files.len()) })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{EntryId, MachineId, NoteId, QuestionId, TopicId};
    use crate::study::{Entry, Fact};
    use crate::time::Timestamp;

    #[test]
    fn cards_and_notes_of_the_readers_own_go_out() {
        let (catalog, _) = crate::catalog::embedded();
        let isr = QuestionId::new("kafka/isr");
        let (kafka, redis) = (TopicId::new("kafka"), TopicId::new("redis"));
        let free = |note, text: &str| Fact::FreeNoteWritten { note, text: text.to_owned(), over: None };
        let (front, back) = ("my <front>".to_owned(), "my back".to_owned());
        let facts = vec![
            Fact::CardMade { card: isr.own_card(), front, back },
            free(NoteId::topic(&kafka), "on logs"),
            free(NoteId::scratch(), "scratched"),
        ];
        let (id, machine) = (EntryId(Uuid::from_u128(1)), MachineId(Uuid::from_u128(2)));
        let at = Timestamp(1_790_000_000_000);
        let progress = Progress::from_entries([Entry { id, machine, at, offset_secs: 0, facts }]);
        for (scope, expected) in [
            (Scope::All, [true, true, true]),
            (Scope::Topic(kafka), [true, true, false]),
            (Scope::Question(isr), [true, false, false]),
            (Scope::Topic(redis), [false; 3]),
        ] {
            let files = markdown::files(&catalog, &progress, &scope);
            let markdown: String = files.into_iter().map(|(_, text)| text).collect();
            let html = html::page(&catalog, &progress, &scope);
            let has = |text: &str, front: &str| [front, "on logs", "scratched"].map(|what| text.contains(what));
            assert_eq!(has(&markdown, "my <front>"), expected, "{scope:?}");
            assert_eq!(has(&html, "my &lt;front&gt;"), expected, "{scope:?}");
        }
    }
}
