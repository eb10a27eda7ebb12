//! What can be set and done.

use super::model::{Incident, POINTS, World};
use crate::labs::{Act, Kind, Knob, Log, Refused, Value};

/// Objectives, with what may fail in parts per million.
const OBJECTIVES: &[&str] = &["90 %", "99 %", "99.5 %", "99.9 %", "99.95 %", "99.99 %"];
const BUDGETS: &[u32] = &[100_000, 10_000, 5000, 1000, 500, 100];
const PERIODS: &[&str] = &["30 days", "28 days"];
const PERIOD_DAYS: &[u32] = &[30, 28];
const POINT_WIDTHS: &[&str] = &["1 min", "5 min", "15 min", "1 h"];
const POINT_MINUTES: &[u64] = &[1, 5, 15, 60];
const HEIGHTS: &[&str] = &["100 % fail", "10 % fail", "1 % fail"];
const HEIGHT_PPM: &[u64] = &[1_000_000, 100_000, 10_000];

fn name_of<T: PartialEq + Copy>(value: T, values: &[T], names: &[&'static str]) -> &'static str {
    let at = values.iter().position(|known| *known == value);
    at.and_then(|at| names.get(at)).copied().unwrap_or_default()
}

fn value_of<T: Copy>(name: &str, values: &[T], names: &[&str]) -> Option<T> {
    names.iter().position(|known| *known == name).and_then(|at| values.get(at)).copied()
}

pub fn knobs(world: &World) -> Vec<Knob> {
    let settings = &world.settings;
    vec![
        Knob {
            name: "incident",
            help: "Draw how much fails, point by point; it begins now.",
            kind: Kind::Curve { points: POINTS, max: 100, unit: "%" },
            value: Value::Curve(settings.curve.clone()),
        },
        Knob::choice(
            "a point is",
            "How long a point of the drawing lasts.",
            POINT_WIDTHS,
            name_of(settings.point_minutes, POINT_MINUTES, POINT_WIDTHS),
        ),
        Knob::choice(
            "full height is",
            "What the top of the drawing means.",
            HEIGHTS,
            name_of(settings.full_ppm, HEIGHT_PPM, HEIGHTS),
        ),
        Knob::choice(
            "objective",
            "The share of requests that must be good.",
            OBJECTIVES,
            name_of(settings.budget_ppm, BUDGETS, OBJECTIVES),
        ),
        Knob::choice(
            "period",
            "The window of the objective.",
            PERIODS,
            name_of(settings.period_days, PERIOD_DAYS, PERIODS),
        ),
        Knob::int(
            "requests an hour",
            "The traffic; as if it had been so for three days.",
            (10, 60_000, 10),
            "",
            settings.requests_per_hour,
        ),
        Knob::switch(
            "short windows",
            "Each pair also asks that its short window exceeds the limit.",
            settings.short_windows,
        ),
        Knob::int(
            "for",
            "How long the expression must hold before the alert fires.",
            (0, 60, 1),
            "min",
            settings.hold_minutes,
        ),
        Knob::int(
            "keep_firing_for",
            "How long the alert goes on when the expression no longer holds.",
            (0, 60, 1),
            "min",
            settings.keep_minutes,
        ),
        Knob::int("minutes a step", "How far a step goes when no alert changes.", (1, 60, 1), "min", settings.stride),
    ]
}

pub fn set(world: &mut World, name: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
    let now = world.minute * 60_000;
    let refused = || Refused::value(name);
    let settings = &mut world.settings;
    match (name, value) {
        ("incident", Value::Curve(curve)) => {
            settings.curve.clone_from(curve);
            world.incident = Incident::Drawn(world.minute);
            log.bad(
                now,
                format!("The drawn incident begins: {} minutes of it.", POINTS as u64 * world.settings.point_minutes),
            );
            return Ok(());
        }
        ("a point is", Value::Choice(width)) => {
            settings.point_minutes = value_of(width, POINT_MINUTES, POINT_WIDTHS).ok_or_else(refused)?;
        }
        ("full height is", Value::Choice(height)) => {
            settings.full_ppm = value_of(height, HEIGHT_PPM, HEIGHTS).ok_or_else(refused)?;
        }
        ("objective", Value::Choice(objective)) => {
            settings.budget_ppm = value_of(objective, BUDGETS, OBJECTIVES).ok_or_else(refused)?;
        }
        ("period", Value::Choice(period)) => {
            settings.period_days = value_of(period, PERIOD_DAYS, PERIODS).ok_or_else(refused)?;
        }
        ("requests an hour", Value::Int(requests)) => {
            settings.requests_per_hour = u64::try_from(*requests).unwrap_or(0);
            if world.minute == 0 {
                world.live_quietly();
            }
        }
        ("short windows", Value::Switch(on)) => settings.short_windows = *on,
        (_, Value::Int(minutes)) => {
            let minutes = u64::try_from(*minutes).unwrap_or(0);
            match name {
                "for" => settings.hold_minutes = minutes,
                "keep_firing_for" => settings.keep_minutes = minutes,
                _ => settings.stride = minutes,
            }
        }
        _ => return Err(refused()),
    }
    let shown = value.words();
    log.say(now, format!("{name} is now {shown}."));
    Ok(())
}

pub fn acts(world: &World) -> Vec<Act> {
    let mut acts = vec![
        Act::breaks("outage", "Total outage, 10 min", "service"),
        Act::breaks("one-percent", "1 % fails from now on", "service"),
        Act::breaks("slow-leak", "0.2 % fails from now on", "service"),
        Act::breaks("fail-once", "One request fails", "service"),
    ];
    if world.incident != Incident::None {
        acts.insert(0, Act::mends("mend", "End the incident", "service"));
    }
    if world.traffic {
        acts.push(Act::breaks("stop-traffic", "No request gets through", "users"));
    } else {
        acts.push(Act::mends("let-traffic", "Requests get through again", "users"));
    }
    acts
}

pub fn act(world: &mut World, act: &str, log: &mut Log) {
    let mut breaks = true;
    let says = match act {
        "outage" => {
            world.incident = Incident::Rate { ppm: 1_000_000, until: Some(world.minute + 10) };
            "Every request fails, for ten minutes."
        }
        "one-percent" => {
            world.incident = Incident::Rate { ppm: 10_000, until: None };
            "From now on one request in a hundred fails."
        }
        "slow-leak" => {
            world.incident = Incident::Rate { ppm: 2000, until: None };
            "From now on two requests in a thousand fail."
        }
        "fail-once" => {
            world.fail_once();
            "The next request fails."
        }
        "stop-traffic" => {
            world.traffic = false;
            "A certificate has expired: no request reaches the load balancer, and it counts nothing."
        }
        "let-traffic" => {
            (world.traffic, breaks) = (true, false);
            "Requests reach the load balancer again."
        }
        _ => {
            (world.incident, breaks) = (Incident::None, false);
            "The incident is over."
        }
    };
    let now = world.minute * 60_000;
    if breaks {
        log.bad(now, says);
    } else {
        log.good(now, says);
    }
    says.clone_into(&mut world.says);
}
