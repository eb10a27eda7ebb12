//! A bundle: everything the reader did, in one file for another machine. A zip of a manifest, the journal as JSON lines and the
//! pictures of notes, each under the name that its content gives it. The same data makes the same bytes.
//!
//! What belongs to a machine stays on it: theme, scale, motion, layout, place, and text that is being typed. What the reader
//! studies for, how many minutes a day, days off, topics, deep cards and the schedule's parameters are in the journal and travel.

mod read;
mod write;

use std::io;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use zip::result::ZipError;

pub use read::{Bundle, entries_of, manifest_of, read};
pub use write::{file, write};

use super::job::Cancelled;
use super::picture::hex;
use super::write::WriteError;
use crate::ids::EntryId;
use crate::store::StoreError;

/// The ending of a bundle's name.
pub const ENDING: &str = "whetstone";

const FORMAT: &str = "whetstone-bundle";
/// Of the container. A kind of fact that a program does not know is refused by itself.
const VERSION: u32 = 1;
const MANIFEST: &str = "manifest.json";
const ENTRIES: &str = "entries.jsonl";
const PICTURES: &str = "pictures/";

/// What a bundle says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    version: u32,
    pub entries: usize,
    pub pictures: usize,
    /// The SHA-256 of the journal in it, in hex.
    entries_sha256: String,
    /// As of [`contents`]: two bundles that have it in common hold the same.
    pub contents: String,
}

impl Manifest {
    /// For the reader: `12 entries and 1 picture`.
    pub fn words(&self) -> String {
        let entries = if self.entries == 1 { "entry" } else { "entries" };
        let pictures = if self.pictures == 1 { "picture" } else { "pictures" };
        format!("{} {entries} and {} {pictures}", self.entries, self.pictures)
    }
}

#[derive(Debug, Error)]
pub enum BundleError {
    #[error("it is no bundle of Whetstone's")]
    NotOurs,
    #[error("it was written by a newer Whetstone (bundle version {found}, known up to {VERSION}); update this one")]
    TooNew { found: u32 },
    #[error("entry {number} is not understood: it was written by a newer Whetstone, or damaged")]
    Entry { number: usize, source: serde_json::Error },
    #[error("entry {number} {what}")]
    Wrong { number: usize, what: &'static str },
    #[error("it is damaged, or not all of it has arrived: {0}")]
    Damaged(String),
    #[error("it claims to hold more than it may: {0}")]
    TooLarge(&'static str),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("could not read it")]
    Read(#[source] io::Error),
}

impl BundleError {
    /// Whether the rest may still be on its way into a shared folder.
    pub const fn may_be_incomplete(&self) -> bool {
        matches!(self, Self::Damaged(_) | Self::Read(_))
    }
}

impl From<ZipError> for BundleError {
    fn from(error: ZipError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// A digest of what there is: the ids of all entries and the names of all pictures, in whatever order they come.
pub fn contents<'a>(
    entries: impl IntoIterator<Item = EntryId>,
    pictures: impl IntoIterator<Item = &'a String>,
) -> String {
    let (mut entries, mut pictures): (Vec<EntryId>, Vec<&String>) =
        (entries.into_iter().collect(), pictures.into_iter().collect());
    entries.sort_unstable();
    pictures.sort_unstable();
    let mut digest = Sha256::new();
    entries.iter().for_each(|id| digest.update(id.0.as_bytes()));
    pictures.iter().for_each(|name| digest.update(name.as_bytes()));
    hex(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};
    use std::path::Path;

    use uuid::Uuid;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::exchange::job::Watch;
    use crate::exchange::picture::name_of;
    use crate::ids::{CardId, MachineId, QuestionId};
    use crate::study::{Entry, Fact, Grade};
    use crate::time::Timestamp;

    fn entries() -> Vec<Entry> {
        let facts = |number: u8| {
            let review = Fact::Reviewed {
                card: CardId::new(format!("kafka/isr#c{number}")),
                grade: Grade::Good,
                took_millis: 900,
                practice: false,
            };
            let text = format!("A line.\n\u{2028}\"quoted\" {number}");
            vec![review, Fact::NoteWritten { question: QuestionId::new("kafka/isr"), text, over: Some(Vec::new()) }]
        };
        let entry = |number: u8| Entry {
            id: EntryId(Uuid::from_u128(u128::from(number))),
            machine: MachineId(Uuid::from_u128(7)),
            at: Timestamp(1_790_000_000_000 - i64::from(number)),
            offset_secs: 3_600,
            facts: facts(number),
        };
        (1..5).map(entry).collect()
    }

    fn bundle(entries: Vec<Entry>, pictures: &[&[u8]]) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let names: Vec<String> = pictures.iter().map(|bytes| name_of(bytes)).collect();
        let of = |name: &String| {
            let bytes = pictures.iter().find(|bytes| name_of(bytes) == *name).unwrap();
            Ok(bytes.to_vec())
        };
        write(Path::new("a"), &mut out, entries, &names, of, &Watch::default()).unwrap();
        out.into_inner()
    }

    fn opened(bytes: &[u8]) -> Result<Bundle, BundleError> {
        read(Cursor::new(bytes), |_| true, &Watch::default())
    }

    #[test]
    fn what_goes_out_comes_in_and_the_same_data_makes_the_same_bytes() {
        let pictures: [&[u8]; 2] = [b"one", b"another"];
        let bytes = bundle(entries(), &pictures);
        let found = opened(&bytes).unwrap();
        let mut sorted = entries();
        sorted.sort_by_key(|entry| (entry.at, entry.id));
        assert_eq!(found.entries, sorted);
        assert_eq!(
            found.pictures.values().map(Vec::as_slice).collect::<std::collections::BTreeSet<_>>(),
            pictures.into()
        );
        assert_eq!(manifest_of(Cursor::new(&bytes)).unwrap(), found.manifest);
        assert_eq!(bundle(sorted, &[pictures[1], pictures[0]]), bytes, "in whatever order it was put in");
        let few = read(Cursor::new(&bytes), |_| false, &Watch::default()).unwrap();
        assert!(few.pictures.is_empty());
        let empty = opened(&bundle(Vec::new(), &[])).unwrap();
        assert!(empty.entries.is_empty());
    }

    #[test]
    fn half_a_file_is_known_for_one_and_so_is_a_byte_that_changed() {
        let bytes = bundle(entries(), &[b"one"]);
        for length in 0..bytes.len() {
            let error = opened(&bytes[..length]).expect_err("it was read");
            assert!(error.may_be_incomplete(), "{length}: {error}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            // A byte of the zip's own that means nothing may change; what is read is then all the same.
            if let Ok(found) = opened(&changed) {
                assert_eq!((found.entries.len(), found.pictures.len()), (4, 1), "{at}");
                assert!(found.entries.iter().all(|entry| entries().contains(entry)));
            }
        }
    }

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn what_is_newer_foreign_or_hostile_is_refused() {
        let manifest = |version: u32, more: &str| format!("{{\"format\":\"{FORMAT}\",\"version\":{version}{more}}}");
        let newer = zipped(&[(MANIFEST, manifest(9, ",\"layout\":1").as_bytes())]);
        assert!(matches!(opened(&newer), Err(BundleError::TooNew { found: 9 })));
        let other = opened(b"# A note\n").expect_err("it was read").to_string();
        assert!(other.ends_with("it does not begin as a bundle does"), "{other}");
        for files in [&[("a", &b"b"[..])][..], &[(MANIFEST, b"{}")], &[(MANIFEST, b"{\"format\":\"x\",\"version\":1}")]]
        {
            assert!(matches!(opened(&zipped(files)), Err(BundleError::NotOurs)));
        }
        let counts =
            |entries: usize| format!(",\"entries\":{entries},\"pictures\":0,\"entries_sha256\":\"\",\"contents\":\"\"");
        let absurd = zipped(&[(MANIFEST, manifest(1, &counts(usize::MAX)).as_bytes()), (ENTRIES, b"")]);
        assert!(matches!(opened(&absurd), Err(BundleError::TooLarge(_))));
        // A megabyte that unpacks to a gigabyte of blanks on one line.
        let bomb = zipped(&[(MANIFEST, manifest(1, &counts(1)).as_bytes()), (ENTRIES, &vec![b' '; 900 << 20])]);
        assert!(bomb.len() < 2 << 20);
        assert!(matches!(opened(&bomb), Err(BundleError::TooLarge(_))));
    }

    #[test]
    fn an_entry_that_is_none_is_named() {
        let line = |entry: &Entry| format!("{}\n", serde_json::to_string(entry).unwrap());
        let read = |text: &str| entries_of(text.as_bytes(), &Watch::default());
        let first = entries().remove(0);
        let twice = line(&first).repeat(2);
        assert!(matches!(read(&twice), Err(BundleError::Wrong { number: 2, .. })));
        let early = line(&Entry { at: Timestamp(i64::MIN), ..first.clone() });
        assert!(matches!(read(&early), Err(BundleError::Wrong { number: 1, .. })));
        let unknown = line(&first).replace("note_written", "dreamt");
        let error = read(&unknown).expect_err("it was read");
        assert!(matches!(error, BundleError::Entry { number: 1, .. }) && !error.may_be_incomplete(), "{error}");
    }

    #[test]
    fn who_stops_it_gets_nothing() {
        let watch = Watch::default();
        watch.cancel();
        let refused = write(Path::new("a"), Cursor::new(Vec::new()), entries(), &[], |_| Ok(Vec::new()), &watch);
        assert!(matches!(refused, Err(BundleError::Cancelled(_))));
        assert!(matches!(read(Cursor::new(bundle(entries(), &[])), |_| true, &watch), Err(BundleError::Cancelled(_))));
    }
}
