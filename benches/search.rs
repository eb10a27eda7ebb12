//! How long a keystroke in the search box takes at 100,000 notes, on the corpus that Anki was measured with.
//! `cargo bench --bench search [-- NOTES]`, or `-- corpus FILE` to write the corpus for `exchange.py`.
#![expect(clippy::expect_used, reason = "a benchmark stops where it cannot go on")]

mod corpus;

use std::time::{Duration, Instant};

use whetstone::ids::QuestionId;
use whetstone::search::{Doc, Index, Owner, Part, Query, QuestionFacets, Spot, Told};
use whetstone::time::{Moment, Timestamp};

/// What is typed, a search a key.
const TYPED: &str = "kafka rebal";
const QUERIES: [&str; 9] =
    ["kafka", "mitochondria", "kafka rebalance", "enzyme substrate", "the", "pasfisgit", "zzyzx", "s", "is the of to"];
const ROUNDS: usize = 40;
const NOW: Moment = Moment { at: Timestamp(1_795_514_400_000), offset_secs: 0 };

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some([_, file]) = arguments.windows(2).find(|pair| pair.first().is_some_and(|first| first == "corpus")) {
        std::fs::write(file, corpus::csv(&corpus::notes(100_000))).expect("the corpus could be written");
        return;
    }
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let notes = corpus::notes(count);
    if count == 100_000 {
        assert_eq!(corpus::sha256(&notes), corpus::SHA256_OF_100_000, "the corpus is that of Anki's figures");
        println!("corpus               the same as Anki's, to the byte");
    }
    let parts: Vec<Part> = notes
        .into_iter()
        .enumerate()
        .map(|(number, note)| {
            let question = QuestionId::new(format!("bench/note-{number}"));
            let docs = vec![Doc { spot: Spot::MyAnswer(question.clone()), title: note.front, text: note.back }];
            Part { owner: Owner::Question(question), told: Told::Question(QuestionFacets::default()), docs }
        })
        .collect();
    let before = resident_mb();
    let mut index = Index::default();
    let started = now();
    index.put(parts);
    println!("build {count} notes    {:.2} s, {:.0} MB more", started.elapsed().as_secs_f64(), resident_mb() - before);

    let keys: Vec<&str> = (1..=TYPED.len()).filter_map(|end| TYPED.get(..end)).collect();
    let mut all = Vec::new();
    let mut of_key = vec![Vec::new(); keys.len()];
    for _ in 0..ROUNDS {
        for (key, times) in keys.iter().zip(&mut of_key) {
            let took = ask(&index, key).0;
            all.push(took);
            times.push(took);
        }
    }
    let each: Vec<String> = of_key.iter().map(|times| format!("{:.2}", millis(times, 0.5))).collect();
    println!(
        "typing `{TYPED}`  p50 {:.2}  p95 {:.2}  max {:.2} ms a key",
        millis(&all, 0.5),
        millis(&all, 0.95),
        millis(&all, 1.0)
    );
    println!("  of each key, p50   {} ms", each.join(" "));
    for query in QUERIES {
        let times: Vec<Duration> = (0..ROUNDS).map(|_| ask(&index, query).0).collect();
        let hits = ask(&index, query).1;
        println!("{query:<20} p50 {:.2}  p95 {:.2} ms   {hits} hits", millis(&times, 0.5), millis(&times, 0.95));
    }
    let note = Part {
        owner: Owner::Question(QuestionId::new("bench/note-7")),
        told: Told::Question(QuestionFacets::default()),
        docs: vec![Doc {
            spot: Spot::MyAnswer(QuestionId::new("bench/note-7")),
            title: "Changed".to_owned(),
            text: "A note that was changed just now".to_owned(),
        }],
    };
    let started = now();
    index.put(vec![note]);
    println!("a note that changed  {:.3} ms", started.elapsed().as_secs_f64() * 1000.0);
}

/// One answer: parsed, ranked, with the snippets of what is shown.
fn ask(index: &Index, text: &str) -> (Duration, usize) {
    let started = now();
    let found = index.find(&Query::parse(text), NOW);
    (started.elapsed(), std::hint::black_box(found).total)
}

fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<f64>().ok());
    kib.unwrap_or_default() / 1024.0
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
    sorted.get(index).copied().expect("something was measured").as_secs_f64() * 1000.0
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
    Instant::now()
}
