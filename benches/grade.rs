//! How long a grade takes to be on the disk, beside what one `fdatasync` of 4 KiB costs on the same disk; then how long the
//! data of many grades takes to open. `cargo bench --bench grade [-- GRADES]`; a second figure of 100,000 takes a minute.
#![expect(clippy::expect_used, reason = "a benchmark stops where it cannot go on")]

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use whetstone::ids::CardId;
use whetstone::store::Store;
use whetstone::study::{Fact, Grade};
use whetstone::time::{Moment, Timestamp};

/// Cards of 150 questions, as many as the product has core cards.
const CARDS: usize = 450;
const START_MILLIS: i64 = 1_790_000_000_000;

fn main() {
    let grades = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(2_000);
    // Not the system's folder for temporary files, which may lie in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
    let (floor, durable) = grade(folder.path(), grades);
    println!("fdatasync of 4 KiB   p50 {:>6.3} ms   p99 {:>6.3} ms", millis(&floor, 0.5), millis(&floor, 0.99));
    println!("grade until durable  p50 {:>6.3} ms   p99 {:>6.3} ms", millis(&durable, 0.5), millis(&durable, 0.99));
    println!("slowest grade        {:>10.3} ms of {grades}", millis(&durable, 1.0));
    println!(
        "ratio of the p50     {:>10.2}     (bar: 2, and p99 at most 5 ms)",
        millis(&durable, 0.5) / millis(&floor, 0.5)
    );
    let started = now();
    let (store, opened) = Store::open(folder.path(), moment(0)).expect("the data opens again");
    let took = started.elapsed();
    println!("open with {} entries: {:.0} ms", opened.progress.entries().count(), took.as_secs_f64() * 1000.0);
    drop(store);
}

/// Takes turns, so that both see the same disk: one 4 KiB write with `fdatasync`, one grade.
fn grade(folder: &Path, grades: usize) -> (Vec<Duration>, Vec<Duration>) {
    let mut floor_file = File::create(folder.join("floor")).expect("a file beside the data");
    let (store, _) = Store::open(folder, moment(0)).expect("new data");
    let (mut floor, mut durable) = (Vec::with_capacity(grades), Vec::with_capacity(grades));
    for round in 0..grades {
        let started = now();
        floor_file.write_all(&[7; 4096]).and_then(|()| floor_file.sync_data()).expect("the disk writes");
        floor.push(started.elapsed());
        let card = CardId::new(format!("kafka/question-{}#card-{}", round % 150, round % CARDS / 150));
        let fact = Fact::Reviewed { card, grade: Grade::Good, took_millis: 4_200, practice: false };
        let started = now();
        store.append_now(moment(round), vec![fact]).expect("the grade is durable");
        durable.push(started.elapsed());
    }
    (floor, durable)
}

/// Five minutes between two grades.
fn moment(round: usize) -> Moment {
    let millis = i64::try_from(round).unwrap_or_default() * 300_000;
    Moment { at: Timestamp(START_MILLIS + millis), offset_secs: 0 }
}

fn millis(times: &[Duration], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort();
    let last = sorted.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).map_or(0.0, Duration::as_secs_f64) * 1000.0
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
    Instant::now()
}
