//! The queue against moto's SQS. The vectors come from tests/against_real/sqs_redrive.py.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::{Settings, Source};
use super::queue::Queue;

#[derive(Deserialize)]
struct Vectors {
    program: String,
    batch_sizes: BTreeMap<String, usize>,
    chains: Vec<Chain>,
}

#[derive(Deserialize)]
struct Chain {
    max_receives: u32,
    visibility: u64,
    steps: Vec<Done>,
}

#[derive(Deserialize)]
#[serde(tag = "does", rename_all = "lowercase")]
enum Done {
    Send { count: u32 },
    Wait { seconds: u64 },
    Delete { ids: Vec<u32> },
    Receive { most: usize, got: Vec<u32>, dead: Vec<u32>, visible: usize, in_flight: usize },
}

#[test]
fn the_queue_does_what_moto_does() {
    let vectors: Vectors = serde_json::from_str(include_str!("../../../tests/vectors/sqs-redrive.json")).unwrap();
    assert!(vectors.program == "moto" && vectors.chains.len() >= 60);
    assert_eq!(vectors.batch_sizes["SQS"], Settings::of(Source::Sqs).batch);
    assert_eq!(vectors.batch_sizes["Kinesis"], Settings::of(Source::Kinesis).batch);
    for (number, chain) in vectors.chains.iter().enumerate() {
        let (mut queue, mut now, mut sent, mut all_dead) = (Queue::default(), 0, 0, Vec::new());
        for (step, done) in chain.steps.iter().enumerate() {
            match done {
                Done::Send { count } => {
                    for _ in 0..*count {
                        sent += 1;
                        queue.send(sent, now);
                    }
                }
                Done::Wait { seconds } => now += seconds * 1_000,
                Done::Delete { ids } => queue.delete(ids),
                Done::Receive { most, got, dead, visible, in_flight } => {
                    let (mut received, letters) =
                        queue.receive(now, *most, chain.visibility * 1_000, chain.max_receives);
                    received.sort_unstable();
                    all_dead.extend(letters);
                    all_dead.sort_unstable();
                    let seen = queue.messages.iter().filter(|message| message.visible_at <= now).count();
                    let place = format!("chain {number}, step {step}");
                    assert_eq!((&received, &all_dead), (got, dead), "{place}");
                    assert_eq!((seen, queue.messages.len() - seen), (*visible, *in_flight), "{place}");
                }
            }
            now += 1;
        }
    }
}
