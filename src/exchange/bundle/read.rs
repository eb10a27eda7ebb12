//! A bundle from somewhere: believed only as far as its digests go, and never larger than it may be. Nothing in it names a
//! place on this disk.

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader, Read, Seek};

use sha2::{Digest as _, Sha256};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::{BundleError, ENTRIES, FORMAT, MANIFEST, Manifest, PICTURES, VERSION, contents};
use crate::exchange::job::Watch;
use crate::exchange::picture::{MOST_BYTES, hex, name_of};
use crate::ids::EntryId;
use crate::study::Entry;

const LARGEST_MANIFEST: u64 = 64 * 1024;
/// A journal larger than this, in bytes, is not believed: 100,000 entries take 0.03 GB.
const LARGEST_JOURNAL: u64 = 2 * 1024 * 1024 * 1024;
/// What one byte may come to when it is unpacked. Journals of one card reach 60; a bomb lives of thousands.
const LARGEST_RATIO: u64 = 400;
const MOST_ENTRIES: usize = 5_000_000;
const MOST_PICTURES: usize = 100_000;

/// What is in a bundle.
#[derive(Debug)]
pub struct Bundle {
    pub manifest: Manifest,
    /// In the order of time.
    pub entries: Vec<Entry>,
    /// Those that were asked for, by their names.
    pub pictures: BTreeMap<String, Vec<u8>>,
}

/// What a bundle says of itself; the rest is not looked at.
///
/// # Errors
/// When it is none, or newer than known.
pub fn manifest_of(source: impl Read + Seek) -> Result<Manifest, BundleError> {
    manifest(&mut opened(source)?)
}

/// Reads a bundle with the pictures that are `wanted`, and holds it to its digests.
///
/// # Errors
/// When it is none, newer than known, damaged, incomplete, or would come to more than it may.
pub fn read(source: impl Read + Seek, wanted: impl Fn(&str) -> bool, watch: &Watch) -> Result<Bundle, BundleError> {
    let mut zip = opened(source)?;
    let manifest = manifest(&mut zip)?;
    watch.begin(manifest.entries + manifest.pictures)?;
    let entries = journal(&mut zip, &manifest, watch)?;
    let mut names = Vec::new();
    for name in zip.file_names() {
        let name = name.map_err(|error| BundleError::Damaged(error.to_string()))?;
        if let Some(name) = name.strip_prefix(PICTURES) {
            names.push(name.to_owned());
        }
    }
    if names.len() != manifest.pictures || contents(entries.iter().map(|entry| entry.id), &names) != manifest.contents {
        return Err(BundleError::Damaged("it does not hold what it says".to_owned()));
    }
    let mut pictures = BTreeMap::new();
    for name in names {
        watch.step(1)?;
        if wanted(&name) {
            let bytes = picture(&mut zip, &name)?;
            pictures.insert(name, bytes);
        }
    }
    Ok(Bundle { manifest, entries, pictures })
}

fn journal<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    manifest: &Manifest,
    watch: &Watch,
) -> Result<Vec<Entry>, BundleError> {
    let file = zip.by_name(ENTRIES)?;
    let most = most(&file, LARGEST_JOURNAL);
    let mut journal = Digested { inner: file.take(most + 1), digest: Sha256::new(), read: 0 };
    let entries = entries_of(BufReader::with_capacity(1 << 16, &mut journal), watch);
    if journal.read > most {
        return Err(BundleError::TooLarge("its journal"));
    }
    let entries = entries?;
    if hex(&journal.digest.finalize()) != manifest.entries_sha256 || entries.len() != manifest.entries {
        return Err(BundleError::Damaged("its journal is not the one it says".to_owned()));
    }
    Ok(entries)
}

/// The entries of a journal, one a line, each with a moment that a clock may show and an id of its own.
///
/// # Errors
/// At the first line that is none.
pub fn entries_of(mut lines: impl BufRead, watch: &Watch) -> Result<Vec<Entry>, BundleError> {
    let (mut out, mut ids) = (Vec::new(), HashSet::<EntryId>::new());
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).map_err(damaged)? == 0 {
            return Ok(out);
        }
        let number = out.len() + 1;
        if number > MOST_ENTRIES {
            return Err(BundleError::TooLarge("its journal"));
        }
        let entry: Entry = serde_json::from_slice(&line).map_err(|source| {
            if line.ends_with(b"\n") { BundleError::Entry { number, source } } else { damaged(source) }
        })?;
        if !entry.is_plausible() {
            return Err(BundleError::Wrong { number, what: "has a time that no clock shows" });
        }
        if !ids.insert(entry.id) {
            return Err(BundleError::Wrong { number, what: "is there twice" });
        }
        out.push(entry);
        watch.step(1)?;
    }
}

/// The archive; what does not even begin as one is told in words that are not the archive's.
fn opened<R: Read + Seek>(mut source: R) -> Result<ZipArchive<R>, BundleError> {
    let mut head = [0; 2];
    if source.read_exact(&mut head).is_ok() && head != *b"PK" {
        return Err(BundleError::Damaged("it does not begin as a bundle does".to_owned()));
    }
    source.rewind().map_err(BundleError::Read)?;
    Ok(ZipArchive::new(source)?)
}

fn manifest<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Manifest, BundleError> {
    #[derive(serde::Deserialize)]
    struct Head {
        format: String,
        version: u32,
    }
    if zip.len() > MOST_PICTURES + 2 {
        return Err(BundleError::TooLarge("its list of files"));
    }
    if zip.index_for_name(MANIFEST).is_none() {
        return Err(BundleError::NotOurs);
    }
    let mut text = Vec::new();
    zip.by_name(MANIFEST)?.take(LARGEST_MANIFEST).read_to_end(&mut text).map_err(damaged)?;
    // The version first: the rest may be another in a later one.
    let head: Head = serde_json::from_slice(&text).map_err(|_other| BundleError::NotOurs)?;
    if head.format != FORMAT {
        return Err(BundleError::NotOurs);
    }
    if head.version > VERSION {
        return Err(BundleError::TooNew { found: head.version });
    }
    let manifest: Manifest = serde_json::from_slice(&text).map_err(damaged)?;
    if manifest.entries > MOST_ENTRIES || manifest.pictures > MOST_PICTURES {
        return Err(BundleError::TooLarge("its counts"));
    }
    Ok(manifest)
}

/// A picture, whose content must be the one that its name says.
fn picture<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str) -> Result<Vec<u8>, BundleError> {
    let file = zip.by_name(&format!("{PICTURES}{name}"))?;
    let most = most(&file, MOST_BYTES as u64);
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() as u64 > most {
        return Err(BundleError::TooLarge("a picture"));
    }
    if name_of(&bytes) == name { Ok(bytes) } else { Err(BundleError::Damaged("a picture is another".to_owned())) }
}

/// Bytes that a file in the zip may come to.
fn most<R: Read>(file: &ZipFile<'_, R>, largest: u64) -> u64 {
    file.compressed_size().saturating_mul(LARGEST_RATIO).clamp(1 << 20, largest)
}

fn damaged(error: impl std::fmt::Display) -> BundleError {
    BundleError::Damaged(error.to_string())
}

/// What is read goes through the digest.
struct Digested<R> {
    inner: R,
    digest: Sha256,
    read: u64,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(buffer.get(..count).unwrap_or_default());
        self.read += count as u64;
        Ok(count)
    }
}
