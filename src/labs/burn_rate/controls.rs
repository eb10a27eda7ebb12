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

fn name_of<T: PartialEq + Copy>(value: T, values: &[T], names: &[&str]) -> Value {
    let at = values.iter().position(|known| *known == value);
    Value::Choice(at.and_then(|at| names.get(at)).copied().unwrap_or_default().to_owned())
}

fn value_of<T: Copy>(name: &str, values: &[T], names: &[&str]) -> Option<T> {
    names.iter().position(|known| *known == name).and_then(|at| values.get(at)).copied()
}

pub fn knobs(world: &World) -> Vec<Knob> {
    let settings = &world.settings;
    let knob = |name, help, kind, value| Knob { name, help, kind, value };
    let int = |min, max, step, unit| Kind::Int { min, max, step, unit };
    let whole = |value: u64| Value::Int(i64::try_from(value).unwrap_or(i64::MAX));
    vec![
        knob(
            "incident",
            "Draw how much fails, point by point; it begins now.",
            Kind::Curve { points: POINTS, max: 100, unit: "%" },
            Value::Curve(settings.curve.clone()),
        ),
        knob(
            "a point is",
            "How long a point of the drawing lasts.",
            Kind::Choice(POINT_WIDTHS),
            name_of(settings.point_minutes, POINT_MINUTES, POINT_WIDTHS),
        ),
        knob(
            "full height is",
            "What the top of the drawing means.",
            Kind::Choice(HEIGHTS),
            name_of(settings.full_ppm, HEIGHT_PPM, HEIGHTS),
        ),
        knob(
            "objective",
            "The share of requests that must be good.",
            Kind::Choice(OBJECTIVES),
            name_of(settings.budget_ppm, BUDGETS, OBJECTIVES),
        ),
        knob(
            "period",
            "The window of the objective.",
            Kind::Choice(PERIODS),
            name_of(settings.period_days, PERIOD_DAYS, PERIODS),
        ),
        knob(
            "requests an hour",
            "The traffic; as if it had been so for three days.",
            int(10, 60_000, 10, ""),
            whole(settings.requests_per_hour),
        ),
        knob(
            "short windows",
            "Each pair also asks that its short window exceeds the limit.",
            Kind::Switch,
            Value::Switch(settings.short_windows),
        ),
        knob(
            "for",
            "How long the expression must hold before the alert fires.",
            int(0, 60, 1, "min"),
            whole(settings.hold_minutes),
        ),
        knob(
            "keep_firing_for",
            "How long the alert goes on when the expression no longer holds.",
            int(0, 60, 1, "min"),
            whole(settings.keep_minutes),
        ),
        knob(
            "minutes a step",
            "How far a step goes when no alert changes.",
            int(1, 60, 1, "min"),
            whole(settings.stride),
        ),
    ]
}

pub fn set(world: &mut World, name: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
    if !knobs(world).iter().any(|knob| knob.name == name && knob.kind.takes(value)) {
        return Err(Refused::value(name));
    }
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
    let shown = match value {
        Value::Int(number) => number.to_string(),
        Value::Switch(on) => on.to_string(),
        Value::Choice(text) | Value::Text(text) => text.clone(),
        Value::Curve(_) => String::new(),
    };
    log.say(now, format!("{name} is now {shown}."));
    Ok(())
}

pub fn acts(world: &World) -> Vec<Act> {
    let act = |id: &str, label: &str, node: &str, breaks| Act {
        id: id.to_owned(),
        label: label.to_owned(),
        node: Some(node.to_owned()),
        breaks,
    };
    let mut acts = vec![
        act("outage", "Total outage, 10 min", "service", true),
        act("one-percent", "1 % fails from now on", "service", true),
        act("slow-leak", "0.2 % fails from now on", "service", true),
        act("fail-once", "One request fails", "service", true),
    ];
    if world.incident != Incident::None {
        acts.insert(0, act("mend", "End the incident", "service", false));
    }
    if world.traffic {
        acts.push(act("stop-traffic", "No request gets through", "users", true));
    } else {
        acts.push(act("let-traffic", "Requests get through again", "users", false));
    }
    acts
}

pub fn act(world: &mut World, act: &str, log: &mut Log) -> Result<(), Refused> {
    if !acts(world).iter().any(|known| known.id == act) {
        return Err(Refused::no_such_act(act));
    }
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
    Ok(())
}
