//! The set pieces.

use super::model::World;
use crate::labs::scenario::{Answer, Ask, Scenario, Why};
use crate::labs::{Input, Value};

fn choose(knob: &str, value: &str) -> Input {
    Input::set(knob, Value::Choice(value.to_owned()))
}

fn whole(knob: &str, value: i64) -> Input {
    Input::set(knob, Value::Int(value))
}

pub const ALL: &[Scenario] = &[
    Scenario {
        id: "add-a-partition",
        title: "A partition is added under load",
        given: "Orders are keyed by order_id on three partitions. The consumer of partition 1 is in a long pause, so its records \
                wait; then somebody adds a fourth partition.",
        seed: 1,
        script: || {
            vec![
                (24, Input::act("stall-consumer-1")),
                (60, Input::act("add-partition")),
                (110, Input::act("wake-consumer-1")),
            ]
        },
        asks_at: 60,
        ends_at: 110,
        question: "An order's created and paid wait in partition 1. Its shipped is sent after the fourth partition came. What does the group see?",
        ask: Ask::Choice {
            options: &[
                "created, paid, shipped: one key keeps its order",
                "shipped first for most such orders",
                "shipped waits until partition 1 is read",
            ],
            right: 1,
        },
        why: Why {
            because: "The partition is murmur2(key) mod count, and the count changed: three quarters of the keys now belong elsewhere, the old records stay. \
                      Another partition is read by another consumer, who knows nothing of what waits in partition 1.",
            setting: "partitions 3 → 4 (kafka-topics.sh --alter)",
            metric: "records-lag-max",
            question: "kafka/partition-key",
        },
    },
    Scenario {
        id: "six-to-eight",
        title: "From six partitions to eight",
        given: "A topic keyed by order_id has six partitions and gets two more while a thousand orders are open.",
        seed: 2,
        script: || vec![(0, whole("partitions", 6)), (40, whole("partitions", 8))],
        asks_at: 39,
        ends_at: 44,
        question: "How many of a hundred keys get another partition for their next record?",
        ask: Ask::Number { right: 75, within: 8, unit: "%" },
        why: Why {
            because: "A key stays only when its hash has the same remainder by 6 and by 8. Of the 24 remainders by 24 (their least common multiple) six do, a \
                      quarter; it is a modulo, not consistent hashing, which would move a quarter.",
            setting: "partitions 6 → 8",
            metric: "records-lag-max",
            question: "kafka/partition-key",
        },
    },
    Scenario {
        id: "no-key",
        title: "Records without a key",
        given: "The key is none, three partitions, defaults: batch.size is 16,384 bytes and a record about 1,000.",
        seed: 3,
        script: || vec![(0, choose("record key", "none")), (0, whole("a record every", 1))],
        asks_at: 1,
        ends_at: 17,
        question: "Of the first fifteen records, how many go to the partition that gets most?",
        ask: Ask::Number { right: 15, within: 1, unit: "records" },
        why: Why {
            because: "Without a key the producer sticks to one partition until batch.size bytes have gone to it, then draws another. Fewer, fuller batches are worth \
                      more than an even spread over fifteen records; dealing out one by one ended with Kafka 2.4.",
            setting: "batch.size=16384",
            metric: "batch-size-avg",
            question: "kafka/partition-key",
        },
    },
    Scenario {
        id: "hot-key",
        title: "A hot key and twice the partitions",
        given: "Keyed by merchant_id, three partitions. A sale gives merchant-9 eight orders in ten, 400 records a second; a consumer manages 200. \
                The topic goes to six partitions, with a consumer for each.",
        seed: 4,
        script: || {
            vec![(0, choose("record key", "merchant_id")), (0, Input::act("start-sale")), (130, whole("partitions", 6))]
        },
        asks_at: 130,
        ends_at: 330,
        question: "What does doubling partitions and consumers do to the growth of the largest lag?",
        ask: Ask::Choice { options: &["It stops", "It is halved", "It goes on much as before"], right: 2 },
        why: Why {
            because: "One key never spans two partitions, and a partition has one reader of the group. The other keys spread; the hot one still asks more of one consumer \
                      than that consumer can do. A finer key or a salted one helps.",
            setting: "record key = merchant_id",
            metric: "records-lag-max",
            question: "kafka/partition-key",
        },
    },
    Scenario {
        id: "slow-broker",
        title: "A slow broker and no keys",
        given: "No key, three partitions, batches of 4 KB and a record each millisecond. The broker of partition 0 takes 120 ms for a request, the others 2. Defaults otherwise.",
        seed: 5,
        script: || {
            vec![
                (0, choose("record key", "none")),
                (0, whole("a record every", 1)),
                (0, whole("batch.size", 4096)),
                (0, whole("processing time", 1)),
                (0, Input::act("slow-broker-0")),
            ]
        },
        asks_at: 20,
        ends_at: 240,
        question: "What share of the records does the slow broker's partition get?",
        ask: Ask::Choice { options: &["A third, as the others", "Fewer, but not none", "None"], right: 1 },
        why: Why {
            because: "When the sticky partition changes, the next is drawn with weights by the length of the producer's queues: the longest queue has weight 1, an empty one \
                      the longest plus 1. So the slow broker gets little, never nothing; to leave it out there is partitioner.availability.timeout.ms.",
            setting: "partitioner.adaptive.partitioning.enable=true",
            metric: "record-send-total",
            question: "kafka/partition-key",
        },
    },
    Scenario {
        id: "two-clients",
        title: "Two client libraries, one key",
        given: "The order service is Java; a Python service on librdkafka, with its defaults, writes shipped under the same order_id. Four partitions.",
        seed: 6,
        script: || {
            vec![(0, whole("partitions", 4)), (0, choose("shipped comes from", "librdkafka, consistent_random"))]
        },
        asks_at: 20,
        ends_at: 180,
        question: "In how many of a hundred orders is shipped in another partition than created and paid?",
        ask: Ask::Number { right: 75, within: 15, unit: "%" },
        why: Why {
            because: "The client picks the partition. Java hashes with murmur2, librdkafka with CRC32 unless told otherwise, and two unrelated hashes agree on one of four \
                      partitions a quarter of the time.",
            setting: "partitioner=murmur2_random (librdkafka)",
            metric: "records-lag-max",
            question: "kafka/partition-key",
        },
    },
];

/// What a run came to, by scenario. `before` is the largest lag and the time at the last change of the count.
pub fn outcome(world: &World, before: Option<(u64, u64)>, scenario: &str) -> Option<Answer> {
    let counts = &world.counts;
    let percent = |part: u64, whole: u64| i64::try_from(100 * part / whole.max(1)).ok();
    Some(match scenario {
        "add-a-partition" => Answer::Choice(usize::from(counts.out_of_order > 0)),
        "six-to-eight" => Answer::Number(percent(counts.moved, 1000)?),
        "no-key" => Answer::Number(i64::try_from(world.partitions.iter().map(|partition| partition.sent).max()?).ok()?),
        "hot-key" => {
            let (lag, at) = before?;
            // How fast the largest lag grew before and after, as records in so many milliseconds.
            let (grown, took) = (world.lag_max().saturating_sub(lag), world.now.saturating_sub(at));
            let (now, then) = (grown * at, lag * took);
            Answer::Choice(if 4 * now < then { 0 } else { usize::from(4 * now > 3 * then) + 1 })
        }
        "slow-broker" => {
            let slow = world.partitions.first()?.sent;
            Answer::Choice(if slow == 0 { 2 } else { usize::from(4 * slow < world.counts.records) })
        }
        "two-clients" => Answer::Number(percent(counts.shipped_elsewhere, counts.shipped)?),
        _ => return None,
    })
}
