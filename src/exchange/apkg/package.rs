//! The container: a zip whose collection and pictures are compressed by themselves.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::num::NonZero;
use std::path::Path;
use std::thread;

use sha1::{Digest as _, Sha1};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::proto;

/// The version of today's container, as the entry `meta` says it.
const LATEST: u64 = 3;
/// What Anki compresses with too.
const LEVEL: i32 = 0;

/// What compresses beside the thread that writes.
fn threads() -> u32 {
    const MOST: usize = 4;
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    u32::try_from(cores.min(MOST)).unwrap_or(1)
}

/// Packs a collection and its pictures.
///
/// # Errors
/// When a file cannot be read or the disk refuses.
pub fn pack(out: &mut File, collection: &Path, pictures: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::with_capacity(1 << 18, out));
    // Compressed already; and a fixed date, so that the same cards make the same file.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut meta = Vec::new();
    proto::put_number(&mut meta, 1, LATEST);
    zip.start_file("meta", stored)?;
    zip.write_all(&meta)?;
    zip.start_file("collection.anki21b", stored.large_file(true))?;
    let mut source = BufReader::with_capacity(1 << 18, File::open(collection)?);
    let mut encoder = zstd::Encoder::new(&mut zip, LEVEL)?;
    encoder.multithread(threads())?;
    io::copy(&mut source, &mut encoder)?;
    encoder.finish()?;
    let mut list = Vec::new();
    for (index, (name, bytes)) in pictures.iter().enumerate() {
        zip.start_file(index.to_string(), stored)?;
        zip.write_all(&zstd::encode_all(bytes.as_slice(), LEVEL)?)?;
        let mut entry = Vec::new();
        proto::put_bytes(&mut entry, 1, name.as_bytes());
        proto::put_number(&mut entry, 2, bytes.len() as u64);
        proto::put_bytes(&mut entry, 3, &Sha1::digest(bytes));
        proto::put_bytes(&mut list, 1, &entry);
    }
    zip.start_file("media", stored)?;
    zip.write_all(&zstd::encode_all(list.as_slice(), LEVEL)?)?;
    zip.finish()?.flush()
}
