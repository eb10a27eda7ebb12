//! The set pieces of the lab, and what each came to.

use super::model::Model;
use crate::labs::{Answer, Ask, Input, Scenario, Value, Why};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        id: "half-moved",
        title: "Two keys of a slot that is half moved",
        given: "The slot of {user:1000} moves to the next node, key by key. The app sends MSET for two of its keys, which share the hash tag.",
        seed: 1,
        script: || vec![(5, Input::act("reshard"))],
        asks_at: 6,
        ends_at: 34,
        question: "One of the two keys has moved, the other has not. What does the MSET get?",
        ask: Ask::Choice {
            options: &["OK, from the old owner", "ASK, and the new owner carries it out", "TRYAGAIN", "CROSSSLOT"],
            right: 2,
        },
        why: Why {
            because: "No node has both keys. The source sends a command ahead with ASK only when none of its keys is there any more; with some here and \
                      some gone it answers TRYAGAIN, and the app waits until the rest has moved. A hash tag does not spare you that.",
            setting: "CLUSTER SETSLOT … MIGRATING",
            metric: "errorstat_TRYAGAIN",
            question: "redis/hash-slots",
        },
    },
    Scenario {
        id: "primary-dies",
        title: "A primary dies, the others live",
        given: "One of three primaries dies; its replica lives. cluster-node-timeout is 15 s, cluster-require-full-coverage is yes.",
        seed: 3,
        script: || vec![(6, Input::act("kill-1"))],
        asks_at: 5,
        ends_at: 50,
        question: "What becomes of commands for the slots of the other two primaries?",
        ask: Ask::Choice {
            options: &[
                "They are served all the time",
                "They are refused for about a second",
                "They are refused from the death to the end of the failover",
            ],
            right: 1,
        },
        why: Why {
            because: "Until most primaries have called the node FAIL, nobody knows. From then to the election of its replica its slots have no owner, and \
                      full coverage makes every node answer CLUSTERDOWN: 0.7 to 1.2 s on real servers. With `no` the others never stop.",
            setting: "cluster-require-full-coverage=yes",
            metric: "cluster_state ok",
            question: "redis/cluster",
        },
    },
    Scenario {
        id: "old-table",
        title: "A client that never asks again",
        given: "Node 1 dies and stays dead; its replica takes over after some 16 s. The client library has topology refresh off.",
        seed: 3,
        script: || {
            vec![(0, Input::set("topology refresh", Value::Choice("off".to_owned()))), (6, Input::act("kill-1"))]
        },
        asks_at: 5,
        ends_at: 90,
        question: "A minute later: what do the app's commands for these slots get?",
        ask: Ask::Choice {
            options: &[
                "OK: the failover is long over",
                "MOVED, and then OK",
                "Connection refused, until the app is restarted",
            ],
            right: 2,
        },
        why: Why {
            because: "MOVED comes from a node that lives. The app's table names the dead one, which says nothing, and nothing makes the app ask another. \
                      Adaptive refresh also reacts to a lost connection; in Lettuce it is on by default only since 7.0.",
            setting: "topology refresh=off",
            metric: "errors of the app",
            question: "redis/cluster",
        },
    },
    Scenario {
        id: "alone",
        title: "A primary alone with its client",
        given: "The network cuts a primary and the app off from all other nodes of the cluster. The app goes on writing; cluster-node-timeout is 15 s.",
        seed: 4,
        script: || vec![(6, Input::act("cut")), (50, Input::act("heal"))],
        asks_at: 5,
        ends_at: 62,
        question: "How long does the primary go on to acknowledge writes, which are lost later?",
        ask: Ask::Choice {
            options: &["Not at all: it has no majority", "About 15 s", "Until the cut is mended"],
            right: 1,
        },
        why: Why {
            because: "A primary notices that it cannot reach most primaries only after cluster-node-timeout; until then it says OK, and its replica, promoted on \
                      the other side, never hears of it. The timeout is the upper bound of that loss.",
            setting: "cluster-node-timeout=15000",
            metric: "acknowledged writes lost",
            question: "redis/cluster",
        },
    },
    Scenario {
        id: "split-brain",
        title: "The same cut under Sentinel",
        given: "A primary with two replicas, three Sentinels, down-after-milliseconds 10000. The primary is cut off with the app for 40 s, then the cut is mended.",
        seed: 5,
        script: || {
            vec![
                (0, Input::set("deployment", Value::Choice("Sentinel".to_owned()))),
                (0, Input::set("down-after-milliseconds", Value::Int(10_000))),
                (6, Input::act("cut")),
                (52, Input::act("heal")),
            ]
        },
        asks_at: 5,
        ends_at: 70,
        question: "What becomes of the writes that the old primary acknowledged during the cut?",
        ask: Ask::Choice {
            options: &[
                "They are kept up to the failover, lost after it",
                "They are merged when the cut is mended",
                "All are lost, and so are some after the cut is mended",
            ],
            right: 2,
        },
        why: Why {
            because: "A primary under Sentinel does not count votes: it goes on as long as it lives. Back in the network it becomes a replica, but only some 10 s later, \
                      and takes over the other's data. min-replicas-to-write=1 would have stopped it after min-replicas-max-lag.",
            setting: "min-replicas-to-write=0",
            metric: "acknowledged writes lost",
            question: "redis/sentinel",
        },
    },
    Scenario {
        id: "quorum-of-one",
        title: "A quorum of one",
        given: "Three Sentinels, quorum 1. Two Sentinels are dead. Then the primary dies.",
        seed: 6,
        script: || {
            vec![
                (0, Input::set("deployment", Value::Choice("Sentinel".to_owned()))),
                (0, Input::set("quorum", Value::Int(1))),
                (0, Input::set("down-after-milliseconds", Value::Int(10_000))),
                (3, Input::act("kill-sentinel-2")),
                (4, Input::act("kill-sentinel-3")),
                (6, Input::act("kill-1")),
            ]
        },
        asks_at: 5,
        ends_at: 40,
        question: "Does the last Sentinel promote a replica?",
        ask: Ask::Choice { options: &["Yes: the quorum is one", "No"], right: 1 },
        why: Why {
            because: "The quorum only declares the primary down. The Sentinel that acts must be elected by most of all that are known, here two of three, and the \
                      dead ones count as known. A low quorum detects sooner; it never replaces a majority.",
            setting: "quorum=1",
            metric: "failovers",
            question: "redis/sentinel",
        },
    },
];

/// The answer, measured on the run.
pub(super) fn outcome(model: &Model, scenario: &str) -> Option<Answer> {
    let counts = &model.counts;
    let choice = match scenario {
        "half-moved" if counts.try_again > 0 => 2,
        "half-moved" => usize::from(counts.asked > 0),
        "primary-dies" => match counts.refused_millis {
            0 => 0,
            1..3_000 => 1,
            _ => 2,
        },
        "old-table" if counts.errors > 20 => 2,
        "old-table" => usize::from(counts.moved > 0),
        "alone" => match counts.alone.map_or(0, |(since, until)| until - since) {
            ..3_000 => 0,
            3_000..20_000 => 1,
            _ => 2,
        },
        // The app writes once a second, and the cut lasted 40.
        "split-brain" if counts.lost > 40 => 2,
        "split-brain" => usize::from(counts.lost == 0),
        "quorum-of-one" => usize::from(counts.failovers == 0),
        _ => return None,
    };
    Some(Answer::Choice(choice))
}
