//! An objective, its error budget and the alerts on how fast it burns, against an incident that the reader draws.

mod controls;
mod model;
mod rules;
mod scenarios;
#[cfg(test)]
mod tests;
mod view;

use model::World;

use super::lab::{Act, Knob, Lab, Log, Metric, Refused, Spec, Value};
use super::scenario::Answer;
use crate::scene;

pub const SPEC: Spec = Spec {
    id: "observability-burn-rate",
    title: "Burn rate",
    topic: "observability",
    shows: "An objective, its error budget and the three pairs of windows that watch how fast it burns. Draw an incident, and see which alert fires \
            when, what it has cost by then, and how long it stays.",
    questions: &["observability/slo", "observability/alert-fatigue", "observability/testing-alerts"],
    scenarios: scenarios::ALL,
    leaves_out: &[
        "Counters are scraped, and rules evaluated, once a minute; every 15 and 30 seconds is usual, and then all is up to a minute sooner.",
        "Windows hold the samples of both their ends, as up to Prometheus 2; version 3 leaves out the one at the start.",
        "What Alertmanager adds: group_wait (30 s), grouping, routes and silences.",
        "One service and one indicator; its counters never reset and no scrape fails.",
        "Three days without an error lie behind at the start; a younger series would give the ratio of its own life in every window.",
        "The budget is what the period allows at the present traffic, and what is spent does not come back within a run.",
    ],
    sources: &[
        ("The Site Reliability Workbook, chapter 5: Alerting on SLOs", "https://sre.google/workbook/alerting-on-slos/"),
        (
            "Prometheus 2.42: alerting rules, for and keep_firing_for",
            "https://prometheus.io/docs/prometheus/2.42/configuration/alerting_rules/",
        ),
        (
            "Prometheus: unit testing for rules",
            "https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/",
        ),
    ],
    start: |_| Box::new(BurnRate(World::new())),
};

#[derive(Clone)]
struct BurnRate(World);

impl Lab for BurnRate {
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
        self.0.minute * 60_000
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
