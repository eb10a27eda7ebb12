//! Set pieces.

use super::model::Mapping;
use super::stream::shard_of;
use crate::labs::{Answer, Ask, Input, Scenario, Value, Why};

pub const ALL: &[Scenario] = &[
    Scenario {
        id: "healthy-dead",
        title: "One bad message among eight",
        given: "An SQS mapping as it is created: batches of ten, no partial responses. The queue has a dead-letter queue and \
                maxReceiveCount 3. Eight messages wait; the function throws on one of them.",
        seed: 1,
        script: || vec![(0, seconds("VisibilityTimeout", 10)), (0, Input::act("poison"))],
        asks_at: 1,
        ends_at: 36,
        question: "How many messages are dead letters after half a minute?",
        ask: Ask::Number { right: 8, within: 0, unit: "messages" },
        why: Why {
            because: "A throw fails the batch: nothing is deleted, all eight come back together, and each receive counts for each of \
                      them. Seven healthy messages were handled three times and then thrown away with the bad one. With partial \
                      responses only the bad one would have come back.",
            setting: "FunctionResponseTypes=ReportBatchItemFailures",
            metric: "Healthy among them",
            question: "aws/lambda-triggers",
        },
    },
    Scenario {
        id: "slow-dependency",
        title: "Slower, not broken",
        given: "An SQS mapping as it is created, a dead-letter queue with maxReceiveCount 3, seven healthy messages. What the function calls slows down from 100 ms to a second a record. The \
                function's timeout is 3 s, its default.",
        seed: 1,
        script: || vec![(0, seconds("VisibilityTimeout", 10)), (0, Input::act("slow"))],
        asks_at: 1,
        ends_at: 36,
        question: "What becomes of the seven?",
        ask: Ask::Choice {
            options: &[
                "They are done, only later",
                "They become dead letters",
                "Two of each batch are done, the others come back",
            ],
            right: 1,
        },
        why: Why {
            because: "Seven seconds of work do not fit into a timeout of three. The first two of the batch are handled each time, but \
                      the function is killed before it can say so, and all seven come back until they have been received three times. \
                      A smaller batch, or a timeout that fits the worst batch, and a visibility timeout of six times that.",
            setting: "BatchSize × the worst time for a record < Timeout",
            metric: "Errors",
            question: "aws/lambda-triggers",
        },
    },
    Scenario {
        id: "blocked-shard",
        title: "A poison pill with the defaults",
        given: "A Kinesis mapping as it is created, two shards. One record of shard 2 makes the function throw.",
        seed: 1,
        script: || vec![(0, source()), (0, Input::act("poison"))],
        asks_at: 1,
        ends_at: 16,
        question: "What happens to the records behind it?",
        ask: Ask::Choice {
            options: &[
                "They wait for two retries, then the record is skipped",
                "Those of shard 2 wait, in the worst case until it expires; shard 1 goes on",
                "Both shards wait",
            ],
            right: 1,
        },
        why: Why {
            because: "A shard is worked on in order, so the batch is repeated, and MaximumRetryAttempts is -1: for ever, that is until \
                      the record expires after 24 hours. IteratorAge rises a second a second. Every shard has a position of its own, so \
                      the other one is not held up.",
            setting: "MaximumRetryAttempts=-1",
            metric: "IteratorAge",
            question: "aws/lambda-triggers",
        },
    },
    Scenario {
        id: "partial-not-enough",
        title: "Partial response, limited retries",
        given: "Kinesis with ReportBatchItemFailures and one retry. Shard 2 has a batch of six; the fourth is bad, and the function \
                returns it as failed.",
        seed: 1,
        script: || {
            let partial = Input::set("ReportBatchItemFailures", Value::Switch(true));
            let attempts = Input::set("MaximumRetryAttempts", Value::Int(1));
            vec![(0, source()), (0, gather()), (0, partial), (0, attempts), (0, Input::act("poison"))]
        },
        asks_at: 3,
        ends_at: 9,
        question: "How many records are discarded to the destination?",
        ask: Ask::Number { right: 3, within: 0, unit: "records" },
        why: Why {
            because: "The checkpoint moves up to the lowest failure, and everything from there on is the batch that is retried. When the \
                      retries are used up this whole rest is discarded: the bad record and the healthy ones behind it. Bisect as well, \
                      and only the bad one goes.",
            setting: "BisectBatchOnFunctionError=false",
            metric: "Healthy among them",
            question: "aws/lambda-triggers",
        },
    },
    Scenario {
        id: "bisect",
        title: "Halving until it is alone",
        given: "Kinesis with BisectBatchOnFunctionError and one retry, without partial responses. Shard 2 has a batch of six; the fourth is bad, and the function throws.",
        seed: 1,
        script: || {
            let bisect = Input::set("BisectBatchOnFunctionError", Value::Switch(true));
            let attempts = Input::set("MaximumRetryAttempts", Value::Int(1));
            vec![(0, source()), (0, gather()), (0, bisect), (0, attempts), (0, Input::act("poison"))]
        },
        asks_at: 3,
        ends_at: 18,
        question: "How many healthy records are handled more than once?",
        ask: Ask::Number { right: 3, within: 0, unit: "records" },
        why: Why {
            because: "The three before the bad one were handled when the function threw, and again in their half. Halving finds the bad \
                      record and discards only that, but it pays with repetitions: the handler must be idempotent, here as everywhere.",
            setting: "BisectBatchOnFunctionError=true",
            metric: "Healthy handled again",
            question: "aws/dynamodb-streams",
        },
    },
];

fn seconds(knob: &str, value: i64) -> Input {
    Input::set(knob, Value::Int(value))
}

fn source() -> Input {
    Input::set("EventSourceArn", Value::Choice("Kinesis".to_owned()))
}

/// A window in which six records gather in a shard.
fn gather() -> Input {
    seconds("MaximumBatchingWindowInSeconds", 10)
}

/// The answer to a scenario's question, from the mapping at its end.
pub fn outcome(mapping: &Mapping, scenario: &str) -> Option<Answer> {
    let counters = &mapping.counters;
    match scenario {
        "healthy-dead" | "partial-not-enough" => Some(Answer::Number(counters.dead.into())),
        "bisect" => Some(Answer::Number(i64::try_from(mapping.handled_again()).ok()?)),
        "slow-dependency" => {
            let first = |ids: &[u32]| ids.iter().filter(|id| **id <= 7).count();
            Some(Answer::Choice(match (first(&mapping.dead), first(&mapping.done)) {
                (7, _) => 1,
                (_, 7) => 0,
                _ => 2,
            }))
        }
        "blocked-shard" => {
            // Those that came after the bad record, by shard.
            let later = |shard: usize| mapping.done.iter().any(|id| *id > 8 && shard_of(*id) == shard);
            Some(Answer::Choice(match (counters.dead, later(0), later(1)) {
                (0, true, false) => 1,
                (0, false, false) => 2,
                _ => 0,
            }))
        }
        _ => None,
    }
}
