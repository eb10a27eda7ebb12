//! A package: the zip, its meta and its collection.
#![no_main]

use libfuzzer_sys::fuzz_target;
use whetstone::exchange::import::obsidian::Separators;
use whetstone::exchange::import::read_bytes;
use whetstone::time::{Moment, Timestamp};

fuzz_target!(|data: &[u8]| {
    let now = Moment { at: Timestamp(1_795_514_400_000), offset_secs: 3_600 };
    let _ = read_bytes("a.apkg", data, &Separators::default(), now);
});
