//! Replication: one partition on three brokers under faults. The model is in `model`, `controller`, `leader`, `producer` and
//! `faults`; `view` draws it; `scenarios` are the set pieces.

mod controller;
mod faults;
#[cfg(test)]
mod invariants;
mod leader;
mod model;
mod producer;
#[cfg(test)]
mod real;
mod scenarios;
mod view;
mod words;

use std::collections::BTreeSet;

use self::controller::Cause;
use self::faults::Fault;
use self::model::{Acks, Cluster, Id, Power, REPLICAS};
use super::{Act, Answer, Kind, Knob, Lab, Log, Metric, Refused, Spec, Value};
use crate::scene;

pub const SPEC: Spec = Spec {
    id: "kafka-replication",
    title: "Replication",
    topic: "kafka",
    shows: "One partition on three brokers. Change acks, the minimum and the election rules, break brokers, and see which \
            acknowledged records survive and why.",
    questions: &["kafka/isr", "kafka/replication", "kafka/durability", "kafka/controller"],
    scenarios: scenarios::ALL,
    leaves_out: &[
        "One record in a request, one every two seconds; no batching, compression or transactions.",
        "The controller never fails and answers at once; a change of the ISR is not in flight for a while.",
        "No reassignment, no second log directory, no fetching from followers, no automatic return to the preferred leader.",
        "After acks=all the producer is idempotent. What its sequence numbers do after an unclean election is left out.",
        "A log keeps its last 96 records. The kernel writes a page to disk 30 s after it was made dirty, never sooner.",
    ],
    sources: &[
        ("Kafka 4.3 design: replication", "https://kafka.apache.org/43/design/design/#replication"),
        ("Eligible Leader Replicas (KIP-966)", "https://kafka.apache.org/43/operations/eligible-leader-replicas/"),
        (
            "PartitionChangeBuilder.java: elections, ISR and ELR",
            "https://github.com/apache/kafka/blob/trunk/metadata/src/main/java/org/apache/kafka/controller/PartitionChangeBuilder.java",
        ),
        (
            "Partition.scala: high-water mark, joining and leaving the ISR",
            "https://github.com/apache/kafka/blob/trunk/core/src/main/scala/kafka/cluster/Partition.scala",
        ),
    ],
    start: |seed| Box::new(Replication(Cluster::new(seed))),
};

#[derive(Clone)]
struct Replication(Cluster);

const ACKS: &[&str] = &["all", "1", "0"];
const ELR: &[&str] = &["1", "0"];

impl Lab for Replication {
    fn boxed(&self) -> Box<dyn Lab> {
        Box::new(self.clone())
    }

    fn knobs(&self) -> Vec<Knob> {
        let settings = &self.0.settings;
        let acks = match settings.acks {
            Acks::All => "all",
            Acks::Leader => "1",
            Acks::None => "0",
        };
        vec![
            Knob::choice("acks", "Whom the producer waits for: the whole ISR, the leader, nobody.", ACKS, acks),
            Knob::int(
                "min.insync.replicas",
                "With fewer in sync, acks=all is refused and nothing is committed.",
                (1, 3, 1),
                "",
                settings.min_isr as u64,
            ),
            Knob {
                name: "unclean.leader.election.enable",
                help: "A replica that is not in sync may lead when no other can.",
                kind: Kind::Switch,
                value: Value::Switch(settings.unclean),
            },
            Knob::choice(
                "eligible.leader.replicas.version",
                "1: the controller remembers who left the ISR with every committed record. On in new clusters since 4.1.",
                ELR,
                if settings.elr { "1" } else { "0" },
            ),
            Knob::int(
                "replica.lag.time.max.ms",
                "A follower that has not caught up for so long leaves the ISR.",
                (2_000, 60_000, 1_000),
                "ms",
                settings.lag_millis,
            ),
            Knob::int(
                "broker.session.timeout.ms",
                "Without a heartbeat for so long a broker is fenced.",
                (3_000, 30_000, 1_000),
                "ms",
                settings.session_millis,
            ),
            Knob::int(
                "request.timeout.ms",
                "The producer waits so long for an answer before it asks again who leads.",
                (5_000, 60_000, 5_000),
                "ms",
                settings.request_millis,
            ),
        ]
    }

    fn set(&mut self, knob: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
        let cluster = &mut self.0;
        let millis = if let Value::Int(int) = value { u64::try_from(*int).unwrap_or_default() } else { 0 };
        match (knob, value) {
            ("acks", Value::Choice(acks)) => {
                cluster.settings.acks = match acks.as_str() {
                    "1" => Acks::Leader,
                    "0" => Acks::None,
                    _ => Acks::All,
                };
            }
            ("min.insync.replicas", _) => {
                cluster.settings.min_isr = usize::try_from(millis).unwrap_or(1);
                cluster.minimum_changed();
            }
            ("unclean.leader.election.enable", Value::Switch(on)) => cluster.settings.unclean = *on,
            ("eligible.leader.replicas.version", Value::Choice(version)) => cluster.settings.elr = version == "1",
            ("replica.lag.time.max.ms", _) => {
                cluster.settings.lag_millis = millis;
                cluster.retime();
            }
            ("broker.session.timeout.ms", _) => cluster.settings.session_millis = millis,
            _ => cluster.settings.request_millis = millis,
        }
        let word = value.words();
        log.say(cluster.now, format!("{knob}={word} from now on"));
        cluster.last.says = format!("{knob} is {word} from now on.");
        Ok(())
    }

    fn acts(&self) -> Vec<Act> {
        let act = |(fault, id): (Fault, Id)| Act {
            id: format!("{}-{id}", fault.word()),
            label: fault.label(id),
            node: Some(format!("b{id}")),
            breaks: fault.breaks(),
        };
        let mut acts: Vec<Act> = faults::possible(&self.0).into_iter().map(act).collect();
        let elect = |id: &str, label: &str, breaks| Act {
            id: id.to_owned(),
            label: label.to_owned(),
            node: Some("controller".to_owned()),
            breaks,
        };
        if self.0.can_elect_preferred() {
            acts.push(elect("elect-preferred", "Elect the preferred leader", false));
        }
        if self.0.can_elect_unclean() {
            acts.push(elect("elect-unclean", "Elect an unclean leader", true));
        }
        acts
    }

    fn act(&mut self, act: &str, log: &mut Log) -> Result<(), Refused> {
        match act {
            "elect-preferred" if self.0.can_elect_preferred() => self.0.operator_elects(Cause::Preferred, log),
            "elect-unclean" if self.0.can_elect_unclean() => self.0.operator_elects(Cause::Operator, log),
            _ => {
                let known =
                    faults::possible(&self.0).into_iter().find(|(fault, id)| act == format!("{}-{id}", fault.word()));
                let (fault, id) = known.ok_or_else(|| Refused::no_such_act(act))?;
                self.0.fault(fault, id, log)?;
            }
        }
        Ok(())
    }

    fn step(&mut self, log: &mut Log) {
        self.0.step(log);
    }

    fn now_millis(&self) -> u64 {
        self.0.now
    }

    fn stage(&self) -> scene::Scene {
        view::stage()
    }

    fn state(&self) -> scene::Step {
        view::state(&self.0)
    }

    fn metrics(&self) -> Vec<Metric> {
        view::metrics(&self.0)
    }

    fn outcome(&self, scenario: &str) -> Option<Answer> {
        scenarios::outcome(&self.0, scenario)
    }
}

impl Cluster {
    fn can_elect_preferred(&self) -> bool {
        let first = Id(1);
        self.partition.leader != Some(first)
            && self.partition.isr.contains(&first)
            && self.is_connected(first)
            && !self.broker(first).fenced
    }

    fn can_elect_unclean(&self) -> bool {
        self.partition.leader.is_none()
            && REPLICAS.iter().any(|id| !self.broker(*id).fenced && self.broker(*id).power == Power::Up)
    }

    /// Another minimum: the ELR was counted by the old one and is emptied. What may be committed now is, with the next
    /// append or fetch.
    fn minimum_changed(&mut self) {
        self.partition.elr = BTreeSet::new();
    }
}
