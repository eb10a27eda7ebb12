//! Consumer groups: joining, leaving, crashing and slow members under the classic protocol and KIP-848. The model is in
//! `model`, with each protocol in a file of its own; `assign` holds the assignors, `view` draws, `scenarios` are the set pieces.

mod assign;
mod classic;
mod consumer;
mod faults;
#[cfg(test)]
mod invariants;
mod model;
mod scenarios;
mod view;
mod words;

use self::assign::Assignor;
use self::faults::Fault;
use self::model::{Group, Protocol};
use super::{Act, Answer, Kind, Knob, Lab, Log, Metric, Refused, Spec, Value};
use crate::scene;

pub const SPEC: Spec = Spec {
    id: "kafka-groups",
    title: "Consumer groups",
    topic: "kafka",
    shows: "A group shares partitions. Let consumers join, crash, hang and come back, and compare what stands still under the \
            eager, the cooperative and the broker's protocol.",
    questions: &["kafka/rebalancing", "kafka/producers-consumers", "kafka/backpressure"],
    scenarios: scenarios::ALL,
    leaves_out: &[
        "All members subscribe to the same topics and have no rack; assignors for other cases differ.",
        "The coordinator does not fail; a request takes no time, SyncGroup 50 ms.",
        "Offsets are committed with each poll; what is delivered twice after a crash is not shown.",
        "A change of partition.assignment.strategy or group.protocol restarts the whole group at once, not by a rolling bounce.",
        "Which of two members with equal claims keeps one partition more is decided by their letters; the broker's order is that of a hash table.",
    ],
    sources: &[
        (
            "Kafka 4.3: consumer rebalance protocol (KIP-848)",
            "https://kafka.apache.org/43/operations/consumer-rebalance-protocol/",
        ),
        ("Kafka 4.3 consumer configuration", "https://kafka.apache.org/43/configuration/consumer-configs/"),
        (
            "AbstractStickyAssignor.java",
            "https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/clients/consumer/internals/AbstractStickyAssignor.java",
        ),
        (
            "UniformHomogeneousAssignmentBuilder.java",
            "https://github.com/apache/kafka/blob/trunk/group-coordinator/src/main/java/org/apache/kafka/coordinator/group/assignor/UniformHomogeneousAssignmentBuilder.java",
        ),
    ],
    start: |seed| Box::new(Groups(Group::new(seed))),
};

#[derive(Clone)]
struct Groups(Group);

const PROTOCOLS: &[&str] = &["classic", "consumer"];
const STRATEGIES: &[&str] = &["range", "roundrobin", "sticky", "cooperative-sticky"];
const REMOTE: &[&str] = &["uniform", "range"];

impl Lab for Groups {
    fn boxed(&self) -> Box<dyn Lab> {
        Box::new(self.clone())
    }

    fn knobs(&self) -> Vec<Knob> {
        let settings = &self.0.settings;
        let partitions = settings.topics.first().copied().unwrap_or(1);
        vec![
            Knob::choice(
                "group.protocol",
                "classic: the members assign behind a barrier. consumer: the broker assigns, each member moves by itself.",
                PROTOCOLS,
                if settings.protocol == Protocol::Classic { "classic" } else { "consumer" },
            ),
            Knob::choice(
                "partition.assignment.strategy",
                "Classic: who gets what, and whether all is given up first.",
                STRATEGIES,
                settings.strategy.name(),
            ),
            Knob::choice(
                "group.remote.assignor",
                "Consumer protocol: how the broker assigns.",
                REMOTE,
                settings.remote.name(),
            ),
            Knob::int(
                "session.timeout.ms",
                "Without a heartbeat for so long a member is out; group.consumer.session.timeout.ms at the broker.",
                (6_000, 60_000, 1_000),
                "ms",
                settings.session_millis,
            ),
            Knob::int(
                "max.poll.interval.ms",
                "Without a poll for so long a consumer leaves; also how long a rebalance waits.",
                (10_000, 600_000, 5_000),
                "ms",
                settings.poll_interval_millis,
            ),
            Knob {
                name: "group.instance.id",
                help: "Set: static members, which keep their place for the session when they go away.",
                kind: Kind::Switch,
                value: Value::Switch(settings.is_static),
            },
            Knob::int("Topics", "One topic, or two in one subscription.", (1, 2, 1), "", settings.topics.len() as u64),
            Knob::int("Partitions", "Of each topic.", (1, 8, 1), "", partitions),
        ]
    }

    fn set(&mut self, knob: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
        let known = self.knobs().into_iter().find(|known| known.name == knob && known.kind.takes(value));
        let was = known.ok_or_else(|| Refused::value(knob))?.value;
        if was == *value {
            return Ok(());
        }
        let group = &mut self.0;
        let number = if let Value::Int(int) = value { u64::try_from(*int).unwrap_or_default() } else { 0 };
        let word = value.words();
        let settings = &mut group.settings;
        let partitions = settings.topics.first().copied().unwrap_or(1);
        match knob {
            "group.protocol" => {
                settings.protocol = if word == "classic" { Protocol::Classic } else { Protocol::Consumer };
            }
            "partition.assignment.strategy" => {
                settings.strategy = match word.as_str() {
                    "roundrobin" => Assignor::RoundRobin,
                    "sticky" => Assignor::Sticky,
                    "cooperative-sticky" => Assignor::CooperativeSticky,
                    _ => Assignor::Range,
                };
            }
            "group.remote.assignor" => {
                settings.remote = if word == "range" { Assignor::ServerRange } else { Assignor::Uniform };
            }
            "session.timeout.ms" => settings.session_millis = number,
            "max.poll.interval.ms" => settings.poll_interval_millis = number,
            "group.instance.id" => settings.is_static = *value == Value::Switch(true),
            "Topics" => settings.topics = vec![partitions; usize::try_from(number).unwrap_or(1)],
            _ => {
                let count = settings.topics.len();
                settings.topics = vec![u32::try_from(number).unwrap_or(1); count];
            }
        }
        let restarts = !matches!(knob, "session.timeout.ms" | "max.poll.interval.ms");
        group.last = model::Happening::default();
        if restarts {
            group.found();
            group.last.says = format!("The group was stopped and started again with {knob}={word}.");
        } else {
            group.last.says = format!("{knob} is {word} from now on.");
        }
        log.say(group.now, group.last.says.trim_end_matches('.').to_owned());
        Ok(())
    }

    fn acts(&self) -> Vec<Act> {
        let act = |(fault, member): (Fault, assign::Member)| Act {
            id: format!("{}-{member}", fault.word()),
            label: fault.label(member),
            node: Some(format!("m{member}")),
            breaks: fault.breaks(),
        };
        faults::possible(&self.0).into_iter().map(act).collect()
    }

    fn act(&mut self, act: &str, log: &mut Log) -> Result<(), Refused> {
        let known =
            faults::possible(&self.0).into_iter().find(|(fault, member)| act == format!("{}-{member}", fault.word()));
        let (fault, member) = known.ok_or_else(|| Refused::no_such_act(act))?;
        self.0.fault(fault, member, log)
    }

    fn step(&mut self, log: &mut Log) {
        self.0.step(log);
    }

    fn now_millis(&self) -> u64 {
        self.0.now
    }

    fn stage(&self) -> scene::Scene {
        view::stage(&self.0)
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
