//! Where a record goes: the hash of its key, the sticky partition of those without one, and what happens to order and load
//! when the number of partitions changes, a key is hot, a broker is slow or another client hashes in another way.

mod accumulator;
mod client;
mod controls;
mod hash;
mod model;
mod scenarios;
#[cfg(test)]
mod tests;
mod view;
mod workload;

use model::World;

use super::lab::{Act, Knob, Lab, Log, Metric, Refused, Spec, Value};
use super::scenario::Answer;
use crate::scene;

pub const SPEC: Spec = Spec {
    id: "kafka-partitioner",
    title: "Partitioner",
    topic: "kafka",
    shows: "Which partition each record goes to and why: murmur2 of real keys, the sticky partition of records without a key, \
            batches; and what becomes of order and lag when partitions are added, a key is hot or a second client hashes otherwise.",
    questions: &["kafka/partition-key", "kafka/producers-consumers"],
    scenarios: scenarios::ALL,
    leaves_out: &[
        "Each partition has a broker of its own; on a real cluster one broker leads many, and a request carries a batch for each.",
        "Producers and the group learn of a new partition at once; really each does within metadata.max.age.ms (5 minutes), and the group with auto.offset.reset=latest skips what came before.",
        "No compression, no retries, no replication: a batch is in the log when its request is done.",
        "The sender thread looks at the batches after every event; a real one wakes for a new or a full batch and by time.",
        "Of librdkafka only the partitioners are its own; its batches here are those of the Java client.",
        "A consumer processes one record at a time, no fetch takes time, and one that stalls is not thrown out of its group.",
    ],
    sources: &[
        (
            "BuiltInPartitioner.java and RecordAccumulator.java, Kafka 4.3",
            "https://github.com/apache/kafka/tree/4.3/clients/src/main/java/org/apache/kafka/clients/producer/internals",
        ),
        (
            "KIP-794: strictly uniform sticky partitioner",
            "https://cwiki.apache.org/confluence/display/KAFKA/KIP-794%3A+Strictly+Uniform+Sticky+Partitioner",
        ),
        (
            "librdkafka configuration: partitioner, sticky.partitioning.linger.ms",
            "https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md",
        ),
    ],
    start: |seed| Box::new(Partitioner { world: World::new(seed), before: None }),
};

#[derive(Clone)]
struct Partitioner {
    world: World,
    /// The largest lag, and when it was so, at the moment when the count of partitions changed.
    before: Option<(u64, u64)>,
}

impl Lab for Partitioner {
    fn boxed(&self) -> Box<dyn Lab> {
        Box::new(self.clone())
    }

    fn knobs(&self) -> Vec<Knob> {
        controls::knobs(&self.world)
    }

    fn set(&mut self, knob: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
        let before = self.world.count();
        controls::set(&mut self.world, knob, value, log)?;
        self.note_growth(before);
        Ok(())
    }

    fn acts(&self) -> Vec<Act> {
        controls::acts(&self.world)
    }

    fn act(&mut self, act: &str, log: &mut Log) -> Result<(), Refused> {
        let before = self.world.count();
        controls::act(&mut self.world, act, log)?;
        self.note_growth(before);
        Ok(())
    }

    fn step(&mut self, log: &mut Log) {
        self.world.step(log);
    }

    fn now_millis(&self) -> u64 {
        self.world.now
    }

    fn stage(&self) -> scene::Scene {
        view::stage(&self.world)
    }

    fn state(&self) -> scene::Step {
        view::state(&self.world)
    }

    fn metrics(&self) -> Vec<Metric> {
        view::metrics(&self.world)
    }

    fn outcome(&self, scenario: &str) -> Option<Answer> {
        scenarios::outcome(&self.world, self.before, scenario)
    }
}

impl Partitioner {
    fn note_growth(&mut self, before: u8) {
        if self.world.count() != before && self.world.counts.records > 0 {
            self.before = Some((self.world.lag_max(), self.world.now));
        }
    }
}
