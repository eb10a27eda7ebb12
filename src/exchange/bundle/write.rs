//! From the reader's data to a bundle.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{BundleError, ENTRIES, FORMAT, MANIFEST, Manifest, PICTURES, VERSION, contents};
use crate::exchange::job::Watch;
use crate::exchange::picture::hex;
use crate::exchange::write::{WriteError, finish, part};
use crate::store::Snapshot;
use crate::study::Entry;

/// Compresses a journal to a tenth in a third of the time that the usual level takes.
const LEVEL: i64 = 2;

/// Writes a snapshot to a file, which appears only once it is whole; what it holds.
///
/// # Errors
/// When the data cannot be read, the disk refuses or the reader stops it. What was there before is untouched.
pub fn file(path: &Path, snapshot: &Snapshot, watch: &Watch) -> Result<Manifest, BundleError> {
    let entries = snapshot.entries()?;
    let names = snapshot.pictures()?;
    let mut out = part(path)?;
    let picture = |name: &String| {
        let bytes = snapshot.picture(name)?;
        bytes.ok_or_else(|| BundleError::Damaged(format!("the picture {name} is not there")))
    };
    let mut buffer = BufWriter::with_capacity(1 << 18, out.as_file_mut());
    let manifest = write(path, &mut buffer, entries, &names, picture, watch)?;
    buffer.flush().map_err(|error| failed(path, error))?;
    drop(buffer);
    watch.step(0)?;
    finish(out, path)?;
    Ok(manifest)
}

/// Writes entries, and the pictures of these names; `path` is what `out` is called.
///
/// # Errors
/// As [`file`].
pub fn write(
    path: &Path,
    out: impl Write + Seek,
    mut entries: Vec<Entry>,
    names: &[String],
    picture: impl Fn(&String) -> Result<Vec<u8>, BundleError>,
    watch: &Watch,
) -> Result<Manifest, BundleError> {
    watch.begin(2 * entries.len() + names.len())?;
    entries.sort_unstable_by_key(|entry| (entry.at, entry.id));
    let mut digest = Sha256::new();
    lines(&entries, watch, |line| {
        digest.update(line);
        Ok(())
    })?;
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        entries: entries.len(),
        pictures: names.len(),
        entries_sha256: hex(&digest.finalize()),
        contents: contents(entries.iter().map(|entry| entry.id), names),
    };
    let mut zip = ZipWriter::new(out);
    // Pictures are compressed already; the date is a fixed one.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let failed = |error: io::Error| failed(path, error);
    let refused = |error: ZipError| failed(error.into());
    zip.start_file(MANIFEST, stored).map_err(refused)?;
    serde_json::to_writer(&mut zip, &manifest).map_err(|error| failed(error.into()))?;
    zip.start_file(ENTRIES, packed.compression_level(Some(LEVEL)).large_file(true)).map_err(refused)?;
    let mut buffer = BufWriter::with_capacity(1 << 16, &mut zip);
    lines(&entries, watch, |line| buffer.write_all(line).map_err(failed))?;
    buffer.flush().map_err(failed)?;
    drop(buffer);
    let sorted: BTreeSet<&String> = names.iter().collect();
    for name in sorted {
        let bytes = picture(name)?;
        zip.start_file(format!("{PICTURES}{name}"), stored).map_err(refused)?;
        zip.write_all(&bytes).map_err(failed)?;
        watch.step(1)?;
    }
    zip.finish().map_err(refused)?;
    Ok(manifest)
}

fn failed(path: &Path, source: io::Error) -> BundleError {
    BundleError::Write(WriteError { path: path.to_owned(), source })
}

/// Each entry as a line.
fn lines(
    entries: &[Entry],
    watch: &Watch,
    mut line: impl FnMut(&[u8]) -> Result<(), BundleError>,
) -> Result<(), BundleError> {
    let mut text = Vec::new();
    for (number, entry) in (1..).zip(entries) {
        text.clear();
        serde_json::to_writer(&mut text, entry).map_err(|source| BundleError::Entry { number, source })?;
        text.push(b'\n');
        line(&text)?;
        watch.step(1)?;
    }
    Ok(())
}
