//! Against what the real clients answered, and what must hold whatever is done.

use proptest::prelude::*;
use serde::Deserialize;

use super::accumulator::{Accumulator, Config, Sizes};
use super::client::Client;
use super::controls;
use super::hash::{java_partition, librdkafka_partition, murmur2};
use super::model::World;
use crate::labs::{Input, Log, Run, Value};

/// See tests/against_real/PartitionerVectors.java and partitioner_librdkafka.py.
const VECTORS: &str = include_str!("../../../tests/vectors/partitioner.json");

#[derive(Deserialize)]
struct Vectors {
    /// A key in hexadecimal, its murmur2, its partition of 1, 3, 4, 7 and 8.
    keys: Vec<(String, u32, u8, u8, u8, u8, u8)>,
    round_robin: Vec<u8>,
    runs: Vec<Recorded>,
    /// By key, the partition of 1, 3, 4, 7 and 8 by `consistent` and by `murmur2`.
    librdkafka: Vec<[[u8; 5]; 2]>,
}

#[derive(Deserialize)]
struct Recorded {
    partitions: u8,
    batch_size: u32,
    linger: u64,
    adaptive: bool,
    timeout: u64,
    chance: Vec<u32>,
    ops: Vec<Op>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Op {
    /// Partition or -1, bytes of the key or -1, bytes of the value; the partition it went to, and the bytes of the batch then.
    Append {
        append: (i16, i64, u32),
        went: u8,
        bytes: u32,
    },
    Wait {
        wait: u64,
    },
    /// Partitions that were ready, and those drained with the records of the batch.
    Ready {
        ready: Vec<u8>,
        drained: Vec<(u8, usize)>,
    },
}

fn vectors() -> Vectors {
    serde_json::from_str(VECTORS).unwrap()
}

const COUNTS: [u8; 5] = [1, 3, 4, 7, 8];

#[test]
fn keys_go_where_the_java_client_and_librdkafka_put_them() {
    let vectors = vectors();
    assert!(vectors.keys.len() > 400);
    for ((hexed, hash, a, b, c, d, e), rdkafka) in vectors.keys.iter().zip(&vectors.librdkafka) {
        let key: Vec<u8> =
            (0..hexed.len() / 2).map(|n| u8::from_str_radix(&hexed[2 * n..2 * n + 2], 16).unwrap()).collect();
        assert_eq!(murmur2(&key), *hash, "{hexed}");
        let java = [*a, *b, *c, *d, *e];
        assert_eq!(COUNTS.map(|count| java_partition(&key, count)), java, "{hexed}");
        assert_eq!(COUNTS.map(|count| librdkafka_partition(&key, count)), rdkafka[0], "{hexed}");
        assert_eq!(java, rdkafka[1], "murmur2_random agrees with Java: {hexed}");
    }
    let mut client = Client::default();
    assert_eq!((0..7).map(|_| client.next_in_turn(3)).collect::<Vec<_>>(), vectors.round_robin);
}

#[test]
fn batches_and_the_sticky_partition_are_those_of_the_record_accumulator() {
    let mut switches = 0;
    for (number, run) in vectors().runs.iter().enumerate() {
        let config = Config {
            batch_size: run.batch_size,
            linger_millis: run.linger,
            adaptive: run.adaptive,
            availability_timeout_millis: run.timeout,
        };
        let mut chance = run.chance.iter().copied();
        let (mut accumulator, mut now) = (Accumulator::default(), 1000);
        for (at, op) in run.ops.iter().enumerate() {
            let place = format!("run {number}, step {at}");
            match op {
                Op::Append { append: (to, key, value), went, bytes } => {
                    let sizes = Sizes { key: u32::try_from(*key).ok(), value: *value };
                    let mut random = || chance.next().unwrap_or_else(|| panic!("{place}: one choice too many"));
                    let to = u8::try_from(*to).ok();
                    let partition = accumulator.append(to, (), sizes, now, (run.partitions, &config), &mut random);
                    assert_eq!((partition, accumulator.open_bytes(partition)), (*went, *bytes), "{place}");
                }
                Op::Wait { wait } => now += wait,
                Op::Ready { ready, drained } => {
                    assert_eq!(accumulator.ready(now, run.partitions, &config), *ready, "{place}");
                    for partition in ready {
                        let takes = drained.iter().any(|(drained, _)| drained == partition);
                        accumulator.note_latency(*partition, now, takes, &config);
                    }
                    for (partition, records) in drained {
                        assert_eq!(accumulator.drain(*partition).unwrap().records.len(), *records, "{place}");
                    }
                }
            }
        }
        assert_eq!(chance.next(), None, "run {number}: a choice that was not made");
        switches += run.chance.len();
    }
    assert!(switches > 200, "{switches}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is slow, stalled or hot, and whatever the batches: as long as the count stays and one client writes, the order
    /// of each key holds; and each record is in one place.
    #[test]
    fn one_key_keeps_its_order_while_the_count_stays(
        seed in 0u64..1000,
        partitions in 1u8..9,
        batch in 1i64..65,
        linger in 0i64..21,
        picks in prop::collection::vec((0u8..12, 0usize..40), 0..300),
    ) {
        let (mut world, mut log) = (World::new(seed), Log::default());
        world.alter_partitions(partitions, &mut log);
        for (knob, value) in [("batch.size", 1024 * batch), ("linger.ms", 5 * linger)] {
            controls::set(&mut world, knob, &Value::Int(value), &mut log).unwrap();
        }
        for (what, pick) in picks {
            let acts = controls::acts(&world);
            match acts.get(pick % acts.len()) {
                Some(act) if what == 0 && act.id != "add-partition" => {
                    controls::act(&mut world, &act.id, &mut log).unwrap();
                }
                _ => world.step(&mut log),
            }
            prop_assert_eq!(world.counts.out_of_order, 0);
            let written: u64 = world.partitions.iter().map(super::model::Partition::end).sum();
            prop_assert_eq!(written + world.unwritten(), world.counts.records);
        }
    }
}

#[test]
fn partitions_can_only_be_added() {
    let mut run = Run::of_scenario(&super::SPEC, &super::SPEC.scenarios[0]);
    run.seek(10);
    let refused =
        |count, run: &mut Run| run.input(Input::set("partitions", Value::Int(count))).unwrap_err().to_string();
    assert_eq!(
        refused(2, &mut run),
        "InvalidPartitionsException: The topic orders currently has 3 partition(s); 2 would not be an increase."
    );
    assert_eq!(refused(3, &mut run), "InvalidPartitionsException: Topic already has 3 partition(s).");
}
