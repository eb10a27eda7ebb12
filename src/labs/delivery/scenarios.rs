//! The set pieces.

use super::model::World;
use crate::labs::scenario::{Answer, Ask, Scenario, Why};
use crate::labs::{Input, Value};

fn choose(knob: &str, value: &str) -> Input {
    Input::set(knob, Value::Choice(value.to_owned()))
}

pub const ALL: &[Scenario] = &[
    Scenario {
        id: "killed-before-commit",
        title: "Killed between write and commit",
        given: "The default way: the service commits after the work, acks=all, idempotent producer. It is killed when the invoice is written and the offset is not.",
        seed: 1,
        script: || vec![(15, Input::act("kill"))],
        asks_at: 15,
        ends_at: 24,
        question: "The new instance reads the order again. What becomes of its invoice, with enable.idempotence=true?",
        ask: Ask::Choice {
            options: &[
                "The leader recognises it and drops it",
                "It is appended a second time",
                "The new instance finds it and skips the order",
            ],
            right: 1,
        },
        why: Why {
            because: "Idempotence recognises a batch by producer id and sequence. The new instance has a new producer id, so to the leader this is a new record; only a \
                      retry within one producer's session is caught.",
            setting: "enable.idempotence=true",
            metric: "invoices read twice",
            question: "kafka/idempotent-producer",
        },
    },
    Scenario {
        id: "commit-first",
        title: "Committed before the work",
        given: "The service commits the offset as soon as it has polled, then works. It is killed after charging an order, before writing its invoice.",
        seed: 1,
        script: || vec![(0, choose("offset commit", "before the work")), (20, Input::act("kill"))],
        asks_at: 20,
        ends_at: 32,
        question: "What is true of that order in the end?",
        ask: Ask::Choice {
            options: &["Charged twice, one invoice", "Charged once, no invoice ever", "Charged once, one invoice"],
            right: 1,
        },
        why: Why {
            because: "The group's offset already says that the order is done, so no instance reads it again; and what had been done of it stays done. At most once is a statement about \
                      the whole of the work, which may be cut anywhere.",
            setting: "offset commit before the work",
            metric: "invoices lost",
            question: "kafka/offset-commit",
        },
    },
    Scenario {
        id: "default-reader",
        title: "A transaction and a default reader",
        given: "The service writes invoices and offset in one transaction and is killed inside it. The reader has the Java default, isolation.level=read_uncommitted.",
        seed: 1,
        script: || vec![(0, choose("offset commit", "in the transaction")), (12, Input::act("kill"))],
        asks_at: 12,
        ends_at: 26,
        question: "How many invoices of that order does the reader get?",
        ask: Ask::Number { right: 2, within: 0, unit: "invoices" },
        why: Why {
            because: "The first invoice stays in the log with an abort marker behind it; only read_committed readers leave it out. The second attempt commits, and the default reader \
                      has seen both.",
            setting: "isolation.level=read_uncommitted",
            metric: "invoices read twice",
            question: "kafka/delivery-semantics",
        },
    },
    Scenario {
        id: "bank",
        title: "The transaction and the bank",
        given: "Transactions, and read_committed readers. The service is killed in an open transaction, after it charged an order at the bank.",
        seed: 1,
        script: || {
            vec![
                (0, choose("offset commit", "in the transaction")),
                (0, choose("isolation.level", "read_committed")),
                (12, Input::act("kill")),
            ]
        },
        asks_at: 12,
        ends_at: 30,
        question: "The reader gets one invoice of the order. How often is it charged?",
        ask: Ask::Number { right: 2, within: 0, unit: "times" },
        why: Why {
            because: "The transaction covers what is written to Kafka: records and offsets. The charge is not undone with it, and the repeat charges again; an idempotency key or a \
                      unique constraint at the bank is what makes that one effect.",
            setting: "idempotency key at the bank",
            metric: "orders charged twice",
            question: "kafka/delivery-semantics",
        },
    },
    Scenario {
        id: "frozen",
        title: "A frozen instance comes back",
        given: "Commit after the work. The service freezes after charging an order, for longer than max.poll.interval.ms; a second instance takes the partition and does the work. Then the first goes on.",
        seed: 1,
        script: || vec![(14, Input::act("freeze")), (25, Input::act("thaw"))],
        asks_at: 14,
        ends_at: 30,
        question: "What does the first instance still get done?",
        ask: Ask::Choice {
            options: &[
                "Nothing: it is no member of the group",
                "It writes its invoice; only its commit is refused",
                "It writes and commits, and sets the offset back",
            ],
            right: 1,
        },
        why: Why {
            because: "Membership guards the offset: the commit of an old generation fails (CommitFailedException). A producer knows nothing of the group, so the late invoice is \
                      appended. A transactional producer would be fenced by its epoch.",
            setting: "transactional.id",
            metric: "invoices read twice",
            question: "kafka/delivery-semantics",
        },
    },
    Scenario {
        id: "held-back",
        title: "A transaction that nobody ends",
        given: "The service dies in an open transaction and is not started again. transaction.timeout.ms is 10 s, and another team's read_committed reader waits on the partition.",
        seed: 1,
        script: || {
            vec![
                (0, choose("offset commit", "in the transaction")),
                (0, choose("isolation.level", "read_committed")),
                (0, Input::set("transaction.timeout.ms", Value::Int(10_000))),
                (0, Input::set("restart after a crash", Value::Switch(false))),
                (12, Input::act("kill")),
            ]
        },
        asks_at: 12,
        ends_at: 34,
        question: "What moves the last stable offset on?",
        ask: Ask::Choice {
            options: &[
                "Nothing until the service starts again",
                "The coordinator, after the timeout",
                "The next producer that writes to the partition",
            ],
            right: 1,
        },
        why: Why {
            because: "Until the transaction is decided, read_committed readers stop at its first record, whoever wrote what behind it. The coordinator looks every 10 s for \
                      transactions older than their timeout and aborts them.",
            setting: "transaction.timeout.ms (default 60 s)",
            metric: "LastStableOffsetLag",
            question: "kafka/delivery-semantics",
        },
    },
];

/// What a run came to, by scenario.
pub fn outcome(world: &World, scenario: &str) -> Option<Answer> {
    let twice = world.reader.twice > 0;
    Some(match scenario {
        "killed-before-commit" => Answer::Choice(usize::from(twice)),
        "commit-first" => match (world.lost.len(), world.bank.twice) {
            (1, 0) => Answer::Choice(1),
            (_, 0) => Answer::Choice(2),
            _ => Answer::Choice(0),
        },
        "default-reader" => Answer::Number(i64::try_from(1 + world.reader.twice).ok()?),
        "bank" if twice => return None,
        "bank" => Answer::Number(i64::try_from(1 + world.bank.twice).ok()?),
        "frozen" => Answer::Choice(if !twice {
            0
        } else if world.refused_commits == 0 {
            2
        } else {
            1
        }),
        "held-back" => Answer::Choice(usize::from(world.stable_lag() == 0 && world.service.is_none())),
        _ => return None,
    })
}
