//! Set pieces.

use super::assign::Member;
use super::model::Group;
use crate::labs::{Answer, Ask, Input, Scenario, Value, Why};

pub const ALL: &[Scenario] = &[
    Scenario {
        id: "slow-poll",
        title: "One is slow, and another joins",
        given: "Classic protocol, range. Consumer C works on a batch for 20 s; its heartbeats go on. Consumer D joins.",
        seed: 1,
        script: || vec![(1, Input::act("slow-C")), (2, Input::act("join-D"))],
        asks_at: 2,
        ends_at: 8,
        question: "A and B are healthy. How long do their partitions stand still?",
        ask: Ask::Choice {
            options: &[
                "Not at all: only some of C's partitions go to D",
                "About a heartbeat interval, 3 s",
                "Until C's batch is done",
                "Until C's session ends, 45 s",
            ],
            right: 2,
        },
        why: Why {
            because: "An eager rebalance is a barrier. A and B gave up everything and joined; the coordinator waits for every \
                      member, and C can join only from inside its next poll. The wait is bounded by max.poll.interval.ms, five \
                      minutes by default.",
            setting: "max.poll.interval.ms=300000",
            metric: "rebalance-latency-max",
            question: "kafka/rebalancing",
        },
    },
    Scenario {
        id: "cooperative",
        title: "Let go first, give on later",
        given: "Classic protocol, cooperative-sticky. Three healthy consumers share twelve partitions. Consumer D joins.",
        seed: 1,
        script: || vec![(0, cooperative()), (1, Input::act("join-D"))],
        asks_at: 1,
        ends_at: 11,
        question: "How many rebalances does it take until D has its share?",
        ask: Ask::Number { right: 2, within: 0, unit: "rebalances" },
        why: Why {
            because: "In the first one the members that have too much let go of it and D gets nothing, since nobody may start with a \
                      partition that another still has. In the second one D gets what was let go of. The rest is consumed throughout.",
            setting: "partition.assignment.strategy=cooperative-sticky",
            metric: "rebalance-total",
            question: "kafka/rebalancing",
        },
    },
    Scenario {
        id: "quick-restart",
        title: "Killed, and back in five seconds",
        given: "Classic protocol, range, no group.instance.id. Consumer B is killed with -9 and its container starts again within \
                five seconds.",
        seed: 1,
        script: || vec![(1, Input::act("crash-B")), (2, Input::act("restart-B"))],
        asks_at: 2,
        ends_at: 13,
        question: "When does the group consume again?",
        ask: Ask::Choice {
            options: &[
                "Within seconds: the new process takes B's place",
                "When B's old session has ended, some 40 s later",
                "A and C go on all the time; only B's partitions wait",
            ],
            right: 1,
        },
        why: Why {
            because: "The new process has a new member id, and its JoinGroup starts a rebalance. The coordinator waits for all \
                      members it knows, the dead one too, until its session ends. All twelve partitions stand still, not four: \
                      without the restart it would have been four.",
            setting: "session.timeout.ms=45000",
            metric: "rebalance-latency-max",
            question: "kafka/rebalancing",
        },
    },
    Scenario {
        id: "static-member",
        title: "A place that is kept",
        given: "Every member has a group.instance.id. Consumer B is killed and is back ten seconds later, under the same id.",
        seed: 1,
        script: || {
            let is_static = Input::set("group.instance.id", Value::Switch(true));
            vec![(0, is_static), (1, Input::act("crash-B")), (3, Input::act("restart-B"))]
        },
        asks_at: 1,
        ends_at: 5,
        question: "Who works on B's four partitions in these ten seconds?",
        ask: Ask::Choice {
            options: &["A and C, after a rebalance", "Nobody", "A and C, with a second rebalance when B is back"],
            right: 1,
        },
        why: Why {
            because: "A static member keeps its place until its session ends, so nothing is rebalanced, neither when it goes nor when it \
                      comes back. That is the bargain: no stop for the others, and nobody stands in. Choose the session \
                      longer than a restart and shorter than the lag you can bear.",
            setting: "group.instance.id",
            metric: "records-lag-max",
            question: "kafka/rebalancing",
        },
    },
    Scenario {
        id: "range-skew",
        title: "One topic more",
        given: "Three consumers with the range assignor share orders, four partitions: two for A, one for B, one for C. The service then \
                subscribes to refunds as well, four partitions more.",
        seed: 1,
        script: || {
            let set = |knob: &str, value| Input::set(knob, Value::Int(value));
            vec![(0, set("Topics", 1)), (0, set("Partitions", 4)), (3, set("Topics", 2))]
        },
        asks_at: 2,
        ends_at: 4,
        question: "How many of the eight partitions does A get?",
        ask: Ask::Number { right: 4, within: 0, unit: "partitions" },
        why: Why {
            because: "Range treats every topic for itself, and the remainder always goes to the first members. So the same member is \
                      loaded more with every topic: half of the work is with A. It does that to keep partition n of all topics \
                      with one member, which a join by key needs; otherwise take a sticky assignor.",
            setting: "partition.assignment.strategy=range",
            metric: "assigned-partitions max",
            question: "kafka/producers-consumers",
        },
    },
    Scenario {
        id: "no-barrier",
        title: "The same, decided by the broker",
        given: "group.protocol=consumer (KIP-848). Consumer C works on a batch for 20 s, and D joins.",
        seed: 1,
        script: || {
            let consumer = Input::set("group.protocol", Value::Choice("consumer".to_owned()));
            vec![(0, consumer), (1, Input::act("slow-C")), (2, Input::act("join-D"))]
        },
        asks_at: 2,
        ends_at: 14,
        question: "How long do A and B stand still?",
        ask: Ask::Choice {
            options: &[
                "Until C's batch is done",
                "Not at all; only what moves pauses for seconds",
                "For one heartbeat interval, 5 s",
            ],
            right: 1,
        },
        why: Why {
            because: "There is no barrier. The broker computes the target when D joins; each member hears of its own change with a \
                      heartbeat, lets go in its poll and goes on with the rest. Only the one partition that C shall give up \
                      waits for C.",
            setting: "group.protocol=consumer",
            metric: "Partition-seconds stood still",
            question: "kafka/rebalancing",
        },
    },
];

fn cooperative() -> Input {
    Input::set("partition.assignment.strategy", Value::Choice("cooperative-sticky".to_owned()))
}

/// The answer to a scenario's question, from the group at its end.
pub fn outcome(group: &Group, scenario: &str) -> Option<Answer> {
    let counters = &group.counters;
    let choice = match scenario {
        "cooperative" => return Some(Answer::Number(counters.rebalances.into())),
        "range-skew" => {
            let has = group.clients.get(&Member(0))?.owned.len();
            return Some(Answer::Number(i64::try_from(has).ok()?));
        }
        "slow-poll" => match counters.longest {
            0..1_000 => 0,
            1_000..6_000 => 1,
            6_000..30_000 => 2,
            _ => 3,
        },
        // Four partitions for the time of the rebalance, or all twelve.
        "quick-restart" if counters.longest < 10_000 => 0,
        "quick-restart" if counters.stopped > 8 * counters.longest => 1,
        "quick-restart" => 2,
        "static-member" => match counters.rebalances {
            0 => 1,
            1 => 0,
            _ => 2,
        },
        // A second or so for each of the partitions that move, or all of A and B for a while.
        "no-barrier" => match counters.stopped {
            0..20_000 => 1,
            20_000..60_000 => 2,
            _ => 0,
        },
        _ => return None,
    };
    Some(Answer::Choice(choice))
}
