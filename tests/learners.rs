//! The plan against due order and chance, on a few of the learners of `cargo bench --bench learners`.

use crate::simulation::{Outcome, Way, mean, outcome};

#[test]
fn the_plan_leaves_more_to_be_recalled_on_the_day() {
    let (catalog, _) = whetstone::catalog::embedded();
    for minutes in [10, 30] {
        let recalled = |way| {
            let all: Vec<Outcome> = (0..5).map(|seed| outcome(seed, &catalog, way, minutes, 14)).collect();
            mean(&all).recall_weighted
        };
        let plan = recalled(Way::Plan);
        for other in Way::ALL.into_iter().skip(1) {
            let found = recalled(other);
            assert!(plan > found, "{minutes} minutes: plan {plan}, {} {found}", other.name());
        }
    }
}
