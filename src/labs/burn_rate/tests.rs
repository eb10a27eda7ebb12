//! Against promtool, and what must hold whatever happens.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;

use super::model::World;
use super::rules::{Alert, PAIRS};
use crate::labs::Log;

/// See tests/against_real/burn_rate.py.
const VECTORS: &str = include_str!("../../../tests/vectors/burn-rate.json");
const NAMES: [&str; 3] = ["PageFast", "PageSlow", "Ticket"];

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    slo: f64,
    period_days: u32,
    short: bool,
    #[serde(rename = "for")]
    hold: u64,
    keep: u64,
    requests: u64,
    /// Minutes, and requests and errors in each.
    runs: Vec<(u64, u64, u64)>,
    /// By alert, the first and last minutes at which it fires.
    fires: BTreeMap<String, Vec<(u64, u64)>>,
}

#[test]
fn alerts_fire_and_resolve_at_the_minutes_of_promtool() {
    let vectors: Vectors = serde_json::from_str(VECTORS).unwrap();
    assert!(vectors.cases.len() >= 20);
    let mut changes = 0;
    for (number, case) in vectors.cases.iter().enumerate() {
        let mut world = World::new();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "parts per million")]
        let budget_ppm = ((1.0 - case.slo) * 1e6).round() as u32;
        let settings = &mut world.settings;
        settings.requests_per_hour = 60 * case.requests;
        (settings.budget_ppm, settings.period_days) = (budget_ppm, case.period_days);
        (settings.short_windows, settings.hold_minutes, settings.keep_minutes) = (case.short, case.hold, case.keep);
        world.live_quietly();
        let mut fires: [Vec<(u64, u64)>; 3] = Default::default();
        for (minutes, requests, errors) in &case.runs {
            for _ in 0..*minutes {
                world.count(*requests, *errors);
                world.evaluate(&mut Log::default());
                for (runs, alert) in fires.iter_mut().zip(world.alerts) {
                    match runs.last_mut() {
                        Some(run) if alert.fires() && run.1 + 1 == world.minute => run.1 += 1,
                        _ if alert.fires() => runs.push((world.minute, world.minute)),
                        _ => {}
                    }
                }
            }
        }
        for (name, runs) in NAMES.iter().zip(&fires) {
            assert_eq!(Some(runs), case.fires.get(*name), "case {number}, {name}");
            changes += runs.len();
        }
    }
    assert!(changes > 20, "{changes}");
}

#[test]
fn limits_are_those_of_the_workbook() {
    for (pair, limits) in PAIRS.iter().zip([(14.4, 13.44), (6.0, 5.6), (1.0, 0.933_333)]) {
        assert!((pair.burn(30) - limits.0).abs() < 1e-9 && (pair.burn(28) - limits.1).abs() < 1e-6, "{}", pair.name);
    }
}

proptest! {
    /// With the short windows an alert never fires when it would not without, and no burn rate exceeds 1 / budget.
    #[test]
    fn short_windows_only_take_away(errors in prop::collection::vec((1u64..40, 0u64..=900), 1..12)) {
        let (mut with, mut without) = (World::new(), World::new());
        without.settings.short_windows = false;
        for (minutes, failing) in errors {
            for _ in 0..minutes {
                for world in [&mut with, &mut without] {
                    world.count(900, failing);
                    world.evaluate(&mut Log::default());
                }
                for (narrow, wide) in with.alerts.iter().zip(&without.alerts) {
                    prop_assert!(!narrow.fires() || wide.fires());
                }
                prop_assert!((0..5).all(|window| with.burn_rate(window).unwrap() <= 1000.0 + 1e-6));
            }
        }
    }

    /// `for` delays and `keep_firing_for` prolongs, and nothing else.
    #[test]
    fn waiting_and_keeping(holds in prop::collection::vec(any::<bool>(), 1..80), hold in 0u64..5, keep in 0u64..5) {
        let (mut plain, mut waits) = (Alert::Inactive, Alert::Inactive);
        for (now, holds_now) in holds.iter().enumerate() {
            let now = now as u64;
            plain = plain.evaluated(*holds_now, now, 0, 0);
            waits = waits.evaluated(*holds_now, now, hold, keep);
            prop_assert_eq!(plain.fires(), *holds_now);
            prop_assert!(keep > 0 || !waits.fires() || plain.fires());
            prop_assert!(hold > 0 || !plain.fires() || waits.fires());
        }
    }
}
