//! What a second machine costs with a long journal: a bundle out and in, and a look at the shared folder when there is nothing new and
//! when there is a little. `cargo bench --bench bundle [-- ENTRIES]`; only what is new is taken in on the window's thread.
#![expect(clippy::expect_used, reason = "a benchmark stops where it cannot go on")]

use std::fs::File;
use std::io::BufReader;
use std::time::Instant;

use uuid::Uuid;
use whetstone::exchange::bundle;
use whetstone::exchange::job::Watch;
use whetstone::ids::{CardId, EntryId, MachineId, QuestionId};
use whetstone::store::{MergeSource, Snapshot, Store};
use whetstone::study::{Entry, Fact, Grade, Merging, Progress};
use whetstone::time::{Moment, Timestamp};

const NOW: Moment = Moment { at: Timestamp(1_795_514_400_000), offset_secs: 0 };

fn main() {
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
    let path = folder.path().join("there.whetstone");
    let watch = Watch::default();
    let (store, _) = Store::open(folder.path(), NOW).expect("new data");
    let entries = |from: u32, to: u32| (from..to).map(entry).collect::<Vec<_>>();
    timed("merge all of it into an empty journal", || {
        store.merge_now(NOW, entries(0, count), Vec::new(), MergeSource::Bundle).expect("it is merged");
    });
    timed("write the bundle", || {
        let snapshot = Snapshot::open(folder.path()).expect("the data opens");
        bundle::file(&path, &snapshot, &watch).expect("it is written");
    });
    let bytes = std::fs::metadata(&path).expect("it is there").len();
    println!("its size {:>44} KB", bytes / 1_000);
    let open = || BufReader::new(File::open(&path).expect("it opens"));
    timed("read what it says of itself", || drop(bundle::manifest_of(open()).expect("it is ours")));
    timed("know what is here, as each look does", || {
        let snapshot = Snapshot::open(folder.path()).expect("the data opens");
        let (ids, pictures) = (snapshot.ids().expect("ids"), snapshot.pictures().expect("pictures"));
        drop(bundle::contents(ids, &pictures));
    });
    let found = timed("read it whole", || bundle::read(open(), |_| false, &watch).expect("it is whole"));
    let here = Progress::from_entries(entries(0, count - 100));
    timed("what 100 new entries of it would bring", || drop(Merging::of(&here, found.entries)));
    timed("merge 12 entries, with the day's copy", || {
        let source = MergeSource::Folder { name: String::new(), contents: String::new() };
        store.merge_now(NOW, entries(count, count + 12), Vec::new(), source).expect("they are merged");
    });
    timed("merge 12 more, the copy being there", || {
        let source = MergeSource::Folder { name: String::new(), contents: String::new() };
        store.merge_now(NOW, entries(count + 12, count + 24), Vec::new(), source).expect("they are merged");
    });
    let mut window = here;
    let few = entries(count, count + 200);
    timed("take 200 entries in, on the window's thread", || window.extend(few));
}

/// A review, or every tenth time a note of some length.
fn entry(number: u32) -> Entry {
    let question = QuestionId::new(format!("kafka/question-{}", number % 150));
    let fact = if number.is_multiple_of(10) {
        let text = format!("Version {number}. ") + &"The log is replicated, and what is in sync may lead. ".repeat(4);
        Fact::NoteWritten { question, text, over: None }
    } else {
        let card = CardId::new(format!("{question}#card-{}", number % 450));
        Fact::Reviewed { card, grade: Grade::Good, took_millis: 4_200, practice: false }
    };
    Entry {
        id: EntryId(Uuid::from_u128(u128::from(number) << 64 | 7)),
        machine: MachineId(Uuid::from_u128(9)),
        at: Timestamp(NOW.at.0 - 40_000_000_000 + i64::from(number) * 300_000),
        offset_secs: 0,
        facts: vec![fact],
    }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    #[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
    let started = Instant::now();
    let out = work();
    println!("{what:<44} {:>8.1} ms", started.elapsed().as_secs_f64() * 1000.0);
    out
}
