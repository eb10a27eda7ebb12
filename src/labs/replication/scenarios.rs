//! Set pieces.

use super::model::{Cluster, Id};
use crate::labs::{Answer, Ask, Input, Scenario, Value, Why};

pub const ALL: &[Scenario] = &[
    Scenario {
        id: "frozen-follower",
        title: "Two of three have it",
        given: "acks=all, min.insync.replicas=2, all three in sync. Broker 3 freezes: its connections stay open, it does nothing.",
        seed: 1,
        script: || vec![(10, Input::act("freeze-3"))],
        asks_at: 10,
        ends_at: 23,
        question: "Brokers 1 and 2 will have record 2 within milliseconds. How long does the producer wait for its acknowledgement?",
        ask: Ask::Choice {
            options: &[
                "Milliseconds: two replicas have it, the minimum is two",
                "Seconds, until the controller fences broker 3",
                "About 30 seconds, replica.lag.time.max.ms",
                "It is refused with NotEnoughReplicas",
            ],
            right: 1,
        },
        why: Why {
            because: "acks=all waits for every member of the ISR, whatever the minimum is, and broker 3 is a member until it is \
                      out. The controller fences it broker.session.timeout.ms after its last heartbeat, here some 6 s after the \
                      record was sent and well before the leader's replica.lag.time.max.ms of 30 s.",
            setting: "broker.session.timeout.ms=9000",
            metric: "request-latency-max",
            question: "kafka/isr",
        },
    },
    Scenario {
        id: "frozen-leader",
        title: "The leader stands still",
        given: "acks=all, everything at its default. Broker 1, the leader, freezes: a long pause, a stalled disk. The controller \
                fences it after 9 s and broker 2 leads.",
        seed: 1,
        script: || vec![(10, Input::act("freeze-1"))],
        asks_at: 10,
        ends_at: 26,
        question: "How long until the producer gets its next acknowledgement?",
        ask: Ask::Choice {
            options: &[
                "About 9 seconds",
                "About 30 seconds",
                "About 2 minutes",
                "It gets an error at once and retries",
            ],
            right: 1,
        },
        why: Why {
            because: "The frozen broker keeps the connection open, so the producer has no reason to ask who leads now. Only when \
                      its own request times out does it close the connection, fetch the metadata and find broker 2, which has \
                      led for 20 s by then. A leader that dies resets the connection, and the producer is as quick as the election.",
            setting: "request.timeout.ms=30000",
            metric: "request-latency-max",
            question: "kafka/replication",
        },
    },
    Scenario {
        id: "unreadable",
        title: "Acknowledged, but not to be read",
        given: "acks=1, min.insync.replicas=2. Brokers 2 and 3 are shut down. The leader alone accepts and acknowledges every record.",
        seed: 1,
        script: || {
            let acks = Input::set("acks", Value::Choice("1".to_owned()));
            vec![(0, acks), (6, Input::act("stop-3")), (6, Input::act("stop-2")), (14, Input::act("start-2"))]
        },
        asks_at: 7,
        ends_at: 14,
        question: "What can a consumer read of the records that are acknowledged from now on?",
        ask: Ask::Choice {
            options: &[
                "All of them: acks=1 asks nobody else",
                "None, until a second replica is in sync",
                "None: the leader refuses them from the third on",
            ],
            right: 1,
        },
        why: Why {
            because: "min.insync.replicas refuses only acks=all, but since 3.7 the high-water mark stands still below it for \
                      everybody, and consumers read up to the high-water mark. That rule is what makes the ELR safe.",
            setting: "min.insync.replicas=2",
            metric: "UnderMinIsrPartitionCount",
            question: "kafka/isr",
        },
    },
    Scenario {
        id: "eligible",
        title: "The last in sync is gone",
        given: "A new 4.x cluster, acks=all, minimum 2. Brokers 3 and 2 were shut down cleanly, one after the other; then broker \
                1, alone in the ISR, died. Broker 2 starts.",
        seed: 1,
        script: || script_until_the_last_dies("stop-2"),
        asks_at: 13,
        ends_at: 17,
        question: "Broker 2 was not in the ISR any more. Unclean election is off. What happens when it is up?",
        ask: Ask::Choice {
            options: &[
                "The partition stays offline until broker 1 is back",
                "Broker 2 leads, and nothing acknowledged is lost",
                "Broker 2 leads, and what it lacks is lost",
            ],
            right: 1,
        },
        why: Why {
            because: "When broker 2 left, the ISR fell below the minimum, and from then on nothing could be committed. So broker 2 \
                      has everything that was acknowledged, and the controller keeps it on a list of eligible leader replicas. \
                      Without the ELR the partition would wait for broker 1.",
            setting: "eligible.leader.replicas.version=1",
            metric: "OfflinePartitionsCount",
            question: "kafka/durability",
        },
    },
    Scenario {
        id: "struck",
        title: "Killed instead of shut down",
        given: "A new 4.x cluster, acks=all, minimum 2. Broker 3 was shut down, broker 2 was killed; then broker 1, alone in the ISR, died. The ELR names broker 2 all the same, and its log is complete.",
        seed: 1,
        script: || script_until_the_last_dies("kill-2"),
        asks_at: 14,
        ends_at: 18,
        question: "Broker 2 starts, with every acknowledged record on its disk. What happens?",
        ask: Ask::Choice {
            options: &[
                "Broker 2 leads, as it is in the ELR",
                "Nobody leads until broker 1 is back",
                "Broker 2 leads by an unclean election",
            ],
            right: 1,
        },
        why: Why {
            because: "Kafka acknowledges from the page cache. After an unclean stop the controller cannot know whether the disk has \
                      what was promised, so at registration it strikes the broker from the ELR. Then the ELR is only broker 1, \
                      which is down.",
            setting: "unclean.leader.election.enable=false",
            metric: "OfflinePartitionsCount",
            question: "kafka/controller",
        },
    },
    Scenario {
        id: "comes-back",
        title: "The one with the records comes back",
        given: "Minimum 1, no ELR, unclean election on. Broker 1 alone acknowledged records 2 to 7, acks=all, and died. \
                Broker 2 came up, was elected without them and has taken new records. Now broker 1 starts.",
        seed: 1,
        script: || {
            vec![
                (0, Input::set("min.insync.replicas", Value::Int(1))),
                (0, Input::set("eligible.leader.replicas.version", Value::Choice("0".to_owned()))),
                (0, Input::set("unclean.leader.election.enable", Value::Switch(true))),
                (5, Input::act("stop-3")),
                (9, Input::act("stop-2")),
                (14, Input::act("kill-1")),
                (17, Input::act("start-2")),
                (24, Input::act("start-1")),
            ]
        },
        asks_at: 24,
        ends_at: 29,
        question: "Broker 1 has the only copies of records 2 to 7. What becomes of them?",
        ask: Ask::Choice {
            options: &[
                "Broker 1 deletes them",
                "Broker 2 fetches them from broker 1",
                "They stay on broker 1, unread, behind the new ones",
            ],
            right: 0,
        },
        why: Why {
            because: "A follower makes its log a copy of the leader's: where the epochs part, it truncates. Copy the directory before \
                      you start such a broker, for afterwards the records are nowhere.",
            setting: "unclean.leader.election.enable=true",
            metric: "UncleanLeaderElectionsPerSec count",
            question: "kafka/durability",
        },
    },
];

/// Broker 3 and broker 2 go, the latter as said, then broker 1 dies and broker 2 is started.
fn script_until_the_last_dies(second: &str) -> Vec<(usize, Input)> {
    let (second, killed) = (Input::act(second), second == "kill-2");
    let (dies, starts) = if killed { (13, 14) } else { (10, 12) };
    vec![(5, Input::act("stop-3")), (9, second), (dies, Input::act("kill-1")), (starts, Input::act("start-2"))]
}

/// The answer to a scenario's question, from the cluster at its end.
pub fn outcome(cluster: &Cluster, scenario: &str) -> Option<Answer> {
    let waited = cluster.producer.acked.iter().find(|acked| acked.id == 2).map(|acked| acked.took);
    let choice = match (scenario, waited) {
        ("frozen-follower" | "frozen-leader", None) => 3,
        ("frozen-follower", Some(0..1_000)) | ("frozen-leader", Some(1_000..15_000)) => 0,
        ("frozen-follower", Some(1_000..15_000)) | ("frozen-leader", Some(15_000..60_000)) => 1,
        ("frozen-follower", Some(_)) | ("frozen-leader", Some(60_000..)) => 2,
        ("unreadable", _) => {
            let newest = cluster.producer.acked.back()?;
            let stored = cluster.leader().is_some_and(|leader| leader.log.has(newest.id));
            if newest.offset < cluster.consumer {
                0
            } else if stored && newest.id >= 4 {
                1
            } else {
                2
            }
        }
        ("eligible" | "struck", _) => {
            let by = cluster.partition.leader == Some(Id(2));
            let unclean = cluster.counters.unclean_elections > 0;
            match (scenario, by, unclean) {
                ("eligible", false, _) | ("struck", true, false) => 0,
                ("eligible", true, false) | ("struck", false, _) => 1,
                _ => 2,
            }
        }
        ("comes-back", _) => {
            let leader_has = cluster.leader().is_some_and(|leader| leader.log.has(5));
            match (cluster.broker(Id(1)).log.has(5), leader_has) {
                (false, _) => 0,
                (true, true) => 1,
                (true, false) => 2,
            }
        }
        _ => return None,
    };
    Some(Answer::Choice(choice))
}
