//! The model against a real cluster: the same things done to both, and the state after each compared. The vectors come from
//! tests/against_real/KafkaReplication.java.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::controller::Cause;
use super::faults::Fault;
use super::model::{Acks, Cluster, Id, REPLICAS};
use super::producer::{Pending, Sending};
use crate::labs::{Level, Log};

#[derive(Deserialize)]
struct Vectors {
    version: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    elr: u8,
    min: usize,
    unclean: bool,
    steps: Vec<Done>,
}

#[derive(Deserialize)]
struct Done {
    does: String,
    #[serde(default)]
    result: Option<String>,
    #[serde(default)]
    state: Option<Found>,
}

/// The partition as it is found from outside.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
enum Found {
    State(State),
    /// No broker was up that could be asked.
    Unknown {
        unknown: String,
    },
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
struct State {
    leader: u8,
    isr: Vec<u8>,
    elr: Vec<u8>,
    last_known: Vec<u8>,
    high_water: i64,
    logs: BTreeMap<String, Vec<u32>>,
}

/// The model with the vectors' timeouts, and without traffic of its own.
struct Bench {
    cluster: Cluster,
    sent: u32,
}

impl Bench {
    fn new(case: &Case) -> Self {
        let mut cluster = Cluster::new(1);
        cluster.settings.elr = case.elr == 1;
        cluster.settings.min_isr = case.min;
        cluster.settings.unclean = case.unclean;
        cluster.settings.session_millis = 6_000;
        cluster.settings.lag_millis = 6_000;
        cluster.settings.request_millis = 3_000;
        cluster.retime();
        cluster.producer.stop();
        let mut bench = Self { cluster, sent: 0 };
        bench.pass(1_000);
        bench
    }

    /// Time passes; each step is one of the checks and timeouts of the brokers and the controller.
    fn pass(&mut self, millis: u64) {
        let until = self.cluster.now + millis;
        while self.cluster.now < until {
            let before = self.cluster.now;
            self.cluster.tick(until, &mut Log::default());
            assert!(self.cluster.now >= before);
        }
    }

    fn does(&mut self, does: &str) -> Option<String> {
        let words: Vec<&str> = does.split(' ').collect();
        let mut log = Log::default();
        let id = || Id(words[1].parse().unwrap());
        let fault = Fault::ALL.into_iter().find(|fault| fault.word() == words[0]);
        match words[0] {
            "send" => return Some(self.send(words[1], if words.len() > 2 { 30_000 } else { 3_000 })),
            "settle" => {}
            "min" => {
                self.cluster.settings.min_isr = words[1].parse().unwrap();
                self.cluster.minimum_changed();
            }
            "unclean" => self.cluster.settings.unclean = true,
            "elect" => {
                let cause = if words[1] == "unclean" { Cause::Operator } else { Cause::Preferred };
                self.cluster.operator_elects(cause, &mut log);
                return Some("ok".to_owned());
            }
            _ => self.cluster.fault(fault.unwrap(), id(), &mut log).unwrap(),
        }
        None
    }

    /// One record without a retry; the error it came to.
    fn send(&mut self, acks: &str, patience: u64) -> String {
        self.cluster.settings.acks = if acks == "all" { Acks::All } else { Acks::Leader };
        self.cluster.settings.request_millis = patience;
        let (id, now) = (self.sent, self.cluster.now);
        self.sent += 1;
        // A producer of its own asks anew who leads.
        self.cluster.producer.leader = self.cluster.partition.leader;
        self.cluster.producer.pending = vec![Pending { id, made: now, tries: 0, state: Sending::Waits(now) }];
        let mut error = None;
        while error.is_none() && self.cluster.producer.pending.iter().any(|pending| pending.id == id) {
            let mut log = Log::default();
            self.cluster.tick(now + patience, &mut log);
            let named = |text: &str| text.split([':', ' ']).find(|word| word.ends_with("Exception")).map(str::to_owned);
            error = log.lines().iter().filter(|line| line.level == Level::Bad).find_map(|line| named(&line.text));
            error = error.filter(|error| error != "DuplicateBrokerRegistrationException");
            if self.cluster.now >= now + patience {
                error = Some("TimeoutException".to_owned());
            }
        }
        self.cluster.producer.pending.clear();
        error.unwrap_or_else(|| "ok".to_owned())
    }

    fn state(&self) -> State {
        let ids = |ids: Vec<Id>| ids.into_iter().map(|id| id.0).collect();
        let partition = &self.cluster.partition;
        let leader = self.cluster.leader();
        let answers = leader.filter(|leader| self.cluster.acts_as_leader(leader.id));
        State {
            leader: partition.leader.map_or(0, |id| id.0),
            isr: ids(partition.isr.iter().copied().collect()),
            elr: ids(partition.elr.iter().copied().collect()),
            last_known: ids(partition.last_known_leader.into_iter().collect()),
            high_water: answers.map_or(-1, |leader| i64::try_from(leader.high_water).unwrap()),
            logs: REPLICAS
                .into_iter()
                .map(|id| {
                    (id.to_string(), self.cluster.broker(id).log.records.iter().map(|record| record.id).collect())
                })
                .collect(),
        }
    }
}

#[test]
fn it_does_what_a_real_cluster_does() {
    let vectors: Vectors = serde_json::from_str(include_str!("../../../tests/vectors/kafka-replication.json")).unwrap();
    assert!(vectors.version.starts_with("4.") && vectors.cases.len() >= 16);
    let mut differ = Vec::new();
    for case in &vectors.cases {
        let mut bench = Bench::new(case);
        for (number, done) in case.steps.iter().enumerate() {
            let result = bench.does(&done.does);
            let place = format!("{}, step {number}, {}", case.name, done.does);
            if result != done.result {
                differ.push(format!("{place}: {result:?}, but Kafka: {:?}", done.result));
            }
            match &done.state {
                Some(found) => {
                    bench.pass(25_000);
                    if let Found::State(state) = found
                        && bench.state() != *state
                    {
                        differ.push(format!("{place}:\n  {:?}, but Kafka:\n  {state:?}", bench.state()));
                    }
                }
                None => bench.pass(300),
            }
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
