//! A file or a folder of any format that is known, told apart by its name and by what is in it.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::obsidian::Separators;
use super::{Parsed, anki, hashcards, json, markdown, obsidian, text};
use crate::exchange::apkg::{self, OpenError};
use crate::time::Moment;

/// Text larger than this, in bytes, is not read.
const LARGEST_TEXT: u64 = 512 * 1024 * 1024;
/// Files of a folder that are looked at, and how deep.
const MOST_FILES: usize = 20_000;
const DEEPEST: usize = 12;

#[derive(Debug, Error)]
pub enum ImportError {
    #[error("{} could not be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("it is no text: byte {at} is not UTF-8")]
    NotText { at: usize },
    #[error("it is larger than an import may be")]
    TooLarge,
    #[error("its format is not known; .apkg, .colpkg, .csv, .tsv, .txt, .md and .json are")]
    Unknown,
    #[error("it is no JSON")]
    Json(#[source] serde_json::Error),
    #[error("it is no export of Whetstone")]
    NotOurs,
    #[error("the package cannot be imported: {0}")]
    Package(#[from] OpenError),
}

/// Reads a file, or every note of a folder.
///
/// # Errors
/// When it cannot be read at all; what only a line of it is wrong with stands in the result.
pub fn read(path: &Path, separators: &Separators, now: Moment) -> Result<Parsed, ImportError> {
    let failed = |source| ImportError::Read { path: path.to_owned(), source };
    let meta = fs::metadata(path).map_err(failed)?;
    if meta.is_dir() {
        return folder(path, separators, now);
    }
    if is_package(path) {
        let opened = apkg::open(BufReader::new(File::open(path).map_err(failed)?))?;
        return Ok(anki::cards(&opened.collection, opened.media, now));
    }
    if meta.len() > LARGEST_TEXT {
        return Err(ImportError::TooLarge);
    }
    let folder = path.parent().and_then(Path::file_name).map_or_else(String::new, |name| name.to_string_lossy().into());
    read_text(&name_of(path), &folder, &fs::read(path).map_err(failed)?, separators, now)
}

/// As [`read`], of what is in memory already; `name` has the ending that says what it is.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(name: &str, bytes: &[u8], separators: &Separators, now: Moment) -> Result<Parsed, ImportError> {
    if is_package(Path::new(name)) {
        let opened = apkg::open(Cursor::new(bytes))?;
        return Ok(anki::cards(&opened.collection, opened.media, now));
    }
    read_text(name, "", bytes, separators, now)
}

fn read_text(
    name: &str,
    folder: &str,
    bytes: &[u8],
    separators: &Separators,
    now: Moment,
) -> Result<Parsed, ImportError> {
    let text = str::from_utf8(bytes).map_err(|error| ImportError::NotText { at: error.valid_up_to() })?;
    // Windows' line ends count for nothing in a card.
    let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text.to_owned() };
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    Ok(match ending.to_ascii_lowercase().as_str() {
        "csv" => text::parse(&text, stem, Some(b',')),
        "tsv" => text::parse(&text, stem, Some(b'\t')),
        "txt" => text::parse(&text, stem, None),
        "json" => json::parse(&text)?,
        "md" | "markdown" if obsidian::has_cards(&text) => obsidian::parse(&text, stem, separators, now),
        "md" | "markdown" if hashcards::is_deck(&text) => hashcards::parse(&text, stem),
        "md" | "markdown" => markdown::parse(&text, stem, folder),
        _ => return Err(ImportError::Unknown),
    })
}

/// Every Markdown file below a folder, in the order of their names.
fn folder(root: &Path, separators: &Separators, now: Moment) -> Result<Parsed, ImportError> {
    let mut files = Vec::new();
    let mut folders = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let failed = |source| ImportError::Read { path: folder.clone(), source };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            // A link could lead around in a circle.
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() && !hidden && depth < DEEPEST {
                folders.push((entry.path(), depth + 1));
            } else if kind.is_file() && entry.path().extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md"))
            {
                files.push(entry.path());
            }
        }
        if files.len() > MOST_FILES {
            return Err(ImportError::TooLarge);
        }
    }
    files.sort();
    let mut all = Parsed::of("Folder of notes");
    for path in files {
        let place = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let parsed = match read(&path, separators, now) {
            Ok(parsed) => parsed,
            Err(error) => {
                all.skip(place, error.to_string());
                continue;
            }
        };
        all.format = if all.cards.is_empty() && all.notes.is_empty() { parsed.format } else { all.format };
        let within = |inner: &str| if inner.starts_with("line ") { format!("{place}, {inner}") } else { place.clone() };
        all.cards.extend(parsed.cards.into_iter().map(|mut card| {
            card.place = within(&card.place);
            card
        }));
        all.notes.extend(parsed.notes.into_iter().map(|mut note| {
            note.place = within(&note.place);
            note
        }));
        for skipped in parsed.skipped {
            all.skip(within(&skipped.place), skipped.why);
        }
    }
    Ok(all)
}

fn is_package(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("apkg") || ending.eq_ignore_ascii_case("colpkg"))
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into())
}
