//! A bundle of another machine: the zip and its manifest; and its journal by itself, which the digest would keep the fuzzer from.
#![no_main]

use std::io::Cursor;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use whetstone::exchange::bundle;
use whetstone::exchange::job::Watch;
use whetstone::study::Progress;

fuzz_target!(|data: &[u8]| {
    let watch = Watch::default();
    if let Ok(found) = bundle::read(Cursor::new(data), |_| true, &watch) {
        written_again(found.entries);
    }
    if let Ok(entries) = bundle::entries_of(data, &watch) {
        written_again(entries);
    }
});

/// What was read is folded, as a merge does, and comes back from a bundle of our own.
fn written_again(mut entries: Vec<whetstone::study::Entry>) {
    entries.sort_by_key(|entry| (entry.at, entry.id));
    let _ = Progress::from_entries(entries.clone());
    let mut out = Cursor::new(Vec::new());
    let watch = Watch::default();
    bundle::write(Path::new("a"), &mut out, entries.clone(), &[], |_| Ok(Vec::new()), &watch).unwrap();
    let again = bundle::read(Cursor::new(out.into_inner()), |_| true, &watch).unwrap();
    assert!(again.entries == entries);
}
