//! Reading, working, writing and committing, with a crash anywhere between: what is lost, what is done twice, what idempotence
//! and transactions mend, and where they end.

mod broker;
mod controls;
mod model;
mod parties;
mod scenarios;
mod service;
mod telling;
#[cfg(test)]
mod tests;
mod view;

use model::World;

use super::lab::{Act, Knob, Lab, Log, Metric, Refused, Spec, Value};
use super::scenario::Answer;
use crate::scene;

pub const SPEC: Spec = Spec {
    id: "kafka-delivery",
    title: "Delivery",
    topic: "kafka",
    shows: "A service reads orders, charges a bank, writes invoices and commits its offset, one move at a time. Kill it, freeze it or lose an answer \
            at any point, under each order of work and commit, with and without transactions.",
    questions: &["kafka/delivery-semantics", "kafka/idempotent-producer", "kafka/offset-commit"],
    scenarios: scenarios::ALL,
    leaves_out: &[
        "One partition each, one broker, acks=all: what replication can lose is another lab.",
        "A record is a batch of its own and the service waits for each answer; with more in flight the same rules hold, as sequences keep them in order.",
        "Commits are synchronous; with enable.auto.commit the offset is that of the poll before, which in a loop that works before it polls again is after the work.",
        "A producer's commit returns when the decision is logged; here the service waits for the markers, as its next transaction would.",
        "Both instances have the same transactional.id. With one id for each instance it is the group's generation that fences the frozen one.",
        "A frozen instance that was shut out does not come back as a standby.",
    ],
    sources: &[
        ("Kafka design: message delivery semantics", "https://kafka.apache.org/43/design/design/"),
        (
            "Transaction protocol, transaction.version 2 (KIP-890)",
            "https://kafka.apache.org/43/operations/transaction-protocol/",
        ),
        (
            "KIP-447: producer scalability for exactly once semantics",
            "https://cwiki.apache.org/confluence/display/KAFKA/KIP-447%3A+Producer+scalability+for+exactly+once+semantics",
        ),
    ],
    start: |_| Box::new(Delivery(World::new())),
};

#[derive(Clone)]
struct Delivery(World);

impl Lab for Delivery {
    fn boxed(&self) -> Box<dyn Lab> {
        Box::new(self.clone())
    }

    fn knobs(&self) -> Vec<Knob> {
        controls::knobs(&self.0)
    }

    fn set(&mut self, knob: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
        controls::set(&mut self.0, knob, value, log)
    }

    fn acts(&self) -> Vec<Act> {
        controls::acts(&self.0)
    }

    fn act(&mut self, act: &str, log: &mut Log) -> Result<(), Refused> {
        controls::act(&mut self.0, act, log);
        Ok(())
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
