//! The set pieces of the lab, and what each came to.

use super::model::Model;
use crate::labs::{Answer, Ask, Input, Scenario, Value, Why};

fn int(knob: &str, value: i64) -> Input {
    Input::set(knob, Value::Int(value))
}

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        id: "batch",
        title: "Ten at a time",
        given: "Three consumers take up to 10 messages and work through them, 4.5 s each. VisibilityTimeout is 30 s, a backlog waits. No message fails, none takes long.",
        seed: 0,
        script: || {
            vec![
                (0, int("MaxNumberOfMessages", 10)),
                (0, int("processing time", 4_500)),
                (0, int("a message every", 5_000)),
                (0, Input::act("burst")),
            ]
        },
        asks_at: 4,
        ends_at: 60,
        question: "How many messages take effect twice?",
        ask: Ask::Choice {
            options: &["None: 4.5 s is far less than 30 s", "One or two, by bad luck", "About four of each ten"],
            right: 2,
        },
        why: Why {
            because: "The timeout of all ten runs from the receive, not from when their turn comes: the seventh is through after 31.5 s, when another consumer may \
                      already have it. Batch size × processing time has to stay below the timeout, or the consumer has to renew it.",
            setting: "MaxNumberOfMessages=10",
            metric: "took effect twice",
            question: "messaging/acknowledgement",
        },
    },
    Scenario {
        id: "poison",
        title: "The way of a poison message",
        given: "maxReceiveCount is 3, VisibilityTimeout 30 s. One message fails 2 s after each receive; the consumer just does not delete it.",
        seed: 0,
        script: || vec![(0, int("a message every", 5_000)), (3, Input::act("poison"))],
        asks_at: 2,
        ends_at: 90,
        question: "How long after its first receive is it in the dead-letter queue?",
        ask: Ask::Number { right: 90, within: 6, unit: "s" },
        why: Why {
            because: "Receives at 0, 30 and 60 s, three failures. Nothing happens at the third failure: the message waits out its timeout once more, and only a receive \
                      that would be the fourth moves it, at 90 s. An alarm on the dead-letter queue rings that late.",
            setting: "maxReceiveCount=3",
            metric: "messages in the dead-letter queue",
            question: "messaging/dead-letters",
        },
    },
    Scenario {
        id: "fifo-poison",
        title: "Poison in a FIFO group",
        given: "A FIFO queue with the groups A, B and C, maxReceiveCount 3, VisibilityTimeout 30 s. One message of A is poison.",
        seed: 0,
        script: || {
            vec![
                (0, Input::set("queue type", Value::Choice("FIFO".to_owned()))),
                (0, int("a message every", 5_000)),
                (6, Input::act("poison")),
            ]
        },
        asks_at: 5,
        ends_at: 110,
        question: "What becomes of the later messages of A?",
        ask: Ask::Choice {
            options: &[
                "They overtake it at once, while it waits",
                "They wait 90 s, then go on without it",
                "They wait until the poison is mended",
            ],
            right: 1,
        },
        why: Why {
            because: "Nothing of a group is delivered while one of it is in flight or waits for its next try; B and C go on. The dead-letter queue then frees the group by \
                      leaving the message out: the order that FIFO promised has a hole. If that is worse than waiting, have no dead-letter queue.",
            setting: "queue type=FIFO",
            metric: "ApproximateAgeOfOldestMessage",
            question: "messaging/ordering",
        },
    },
    Scenario {
        id: "too-late",
        title: "Forty-five seconds of work",
        given: "A standard queue, VisibilityTimeout 30 s, no heartbeat. One message takes 45 s. Nothing fails.",
        seed: 0,
        script: || vec![(0, int("a message every", 5_000)), (0, int("maxReceiveCount", 0)), (3, Input::act("slow"))],
        asks_at: 2,
        ends_at: 60,
        question: "The first consumer is through after 45 s and deletes the message. What then?",
        ask: Ask::Choice {
            options: &[
                "It is gone; the second consumer is told to stop",
                "DeleteMessage fails, and the consumer rolls back",
                "DeleteMessage succeeds, and the message comes again and again",
            ],
            right: 2,
        },
        why: Why {
            because: "Its receipt handle is not the latest any more. A standard queue says OK and keeps the message, so each try takes effect and none deletes; with \
                      a redrive policy it ends as a dead letter, though it was processed each time. A FIFO queue would at least say that the handle has expired.",
            setting: "VisibilityTimeout=30",
            metric: "deleted too late",
            question: "messaging/acknowledgement",
        },
    },
    Scenario {
        id: "noisy",
        title: "A tenant sends twenty at once",
        given: "A standard queue on which the producer sets MessageGroupId to the tenant. Tenant A sends 20 messages at once, half a minute of work for all consumers.",
        seed: 0,
        script: || {
            vec![
                (0, Input::set("MessageGroupId on standard", Value::Switch(true))),
                (0, int("a message every", 4_000)),
                (0, int("processing time", 4_000)),
                (18, Input::act("burst")),
            ]
        },
        asks_at: 17,
        ends_at: 70,
        question: "How long do messages of tenant B wait meanwhile?",
        ask: Ask::Choice {
            options: &[
                "Until A's are through: a group id means nothing on a standard queue",
                "A few seconds",
                "Not at all: A is throttled when it sends",
            ],
            right: 1,
        },
        why: Why {
            because: "Since July 2025 the group id makes a standard queue fair: a tenant with more than its share of what is processed comes after the others. Nothing is refused \
                      and nothing is ordered; A's messages wait longer, those of B and C as long as a consumer needs to be free.",
            setting: "MessageGroupId on standard",
            metric: "longest dwell time of B and C",
            question: "messaging/retries",
        },
    },
    Scenario {
        id: "redrive",
        title: "Redrive before the mend",
        given: "A dead letter is redriven to its queue, and the consumers still have their bug. maxReceiveCount is 2, VisibilityTimeout 10 s.",
        seed: 0,
        script: || {
            vec![
                (0, int("maxReceiveCount", 2)),
                (0, int("VisibilityTimeout", 10)),
                (0, int("a message every", 5_000)),
                (2, Input::act("poison")),
                (28, Input::act("redrive")),
            ]
        },
        asks_at: 27,
        ends_at: 60,
        question: "How often is it received before it is dead again?",
        ask: Ask::Number { right: 2, within: 0, unit: "times" },
        why: Why {
            because: "A redriven message is a new one: new id, new age, receive count 0. It fails maxReceiveCount times more, and then it is back. Redrive mends nothing; mend first, \
                      redrive a few, look, redrive the rest.",
            setting: "maxReceiveCount=2",
            metric: "messages in the dead-letter queue",
            question: "messaging/dead-letters",
        },
    },
];

/// The answer, measured on the run.
pub(super) fn outcome(model: &Model, scenario: &str) -> Option<Answer> {
    let counts = &model.counts;
    let number = |value: u64| Answer::Number(i64::try_from(value).unwrap_or(i64::MAX));
    Some(match scenario {
        "batch" => Answer::Choice(match counts.twice {
            0 => 0,
            1 | 2 => 1,
            _ => 2,
        }),
        "poison" => number(counts.first_dead.map_or(0, |(first, dead)| (dead - first) / 1_000)),
        "fifo-poison" => Answer::Choice(match (counts.dead, counts.longest_of_a) {
            (0, _) => 2,
            (_, ..60_000) => 0,
            _ => 1,
        }),
        "too-late" => Answer::Choice(if counts.expired_deletes > 0 && counts.twice > 0 { 2 } else { 0 }),
        "noisy" => Answer::Choice(usize::from(counts.quiet_dwell.iter().all(|dwell| *dwell < 8_000))),
        "redrive" => number(u64::from(counts.redriven_receives)),
        _ => return None,
    })
}
