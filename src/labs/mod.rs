//! Simulators of the systems that the questions are about: deterministic, seeded, in simulated time; their state draws itself
//! as a scene. Knows no window, no clock and no question beyond its id.

mod backpressure;
mod burn_rate;
mod cache;
mod chance;
mod delivery;
mod event_source;
mod groups;
mod lab;
#[cfg(test)]
mod laws;
mod partitioner;
mod replication;
mod retry_storm;
mod run;
mod scenario;
mod share;
mod slots;
mod visibility;

pub use chance::Chance;
pub use lab::{Act, Kind, Knob, Lab, Level, Line, Log, Metric, Refused, Spec, Value};
pub use run::{Input, Run, STEPS_KEPT};
pub use scenario::{Answer, Ask, Scenario, Why};
pub use share::{ShareError, Shared};

/// Every lab, in the order of the topics.
pub const ALL: &[&Spec] = &[
    &replication::SPEC,
    &partitioner::SPEC,
    &groups::SPEC,
    &delivery::SPEC,
    &cache::SPEC,
    &slots::SPEC,
    &backpressure::SPEC,
    &retry_storm::SPEC,
    &visibility::SPEC,
    &burn_rate::SPEC,
    &event_source::SPEC,
];

/// The lab of that id.
pub fn find(id: &str) -> Option<&'static Spec> {
    ALL.iter().copied().find(|spec| spec.id == id)
}
