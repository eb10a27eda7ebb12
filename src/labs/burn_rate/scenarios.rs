//! The set pieces.

use super::model::World;
use crate::labs::scenario::{Answer, Ask, Scenario, Why};
use crate::labs::{Input, Value};

fn whole(knob: &str, value: i64) -> Input {
    Input::set(knob, Value::Int(value))
}

const OUTAGE: u64 = 10;
/// The minute at which what goes wrong goes wrong, when each step is a minute.
const BEGINS: u64 = 3;

pub const ALL: &[Scenario] = &[
    Scenario {
        id: "outage",
        title: "Ten minutes of outage",
        given: "99.9 % over 30 days, the Workbook's pairs. Everything fails for ten minutes, then it is mended. The page over 1 h and 5 min has fired.",
        seed: 1,
        script: || vec![(3, Input::act("outage"))],
        asks_at: 13,
        ends_at: 30,
        question: "How long after the repair does that page resolve?",
        ask: Ask::Number { right: 5, within: 1, unit: "min" },
        why: Why {
            because: "Both windows must exceed 14.4. The hour holds ten bad minutes for another fifty, but the five minutes are clean after five: the short window is what ends the alert with the problem.",
            setting: "short window = long window / 12",
            metric: "job:errors:ratio_5m",
            question: "observability/slo",
        },
    },
    Scenario {
        id: "no-short-window",
        title: "The same without short windows",
        given: "99.9 % over 30 days; each alert asks only its long window. Everything fails for ten minutes, then it is mended. The page over 1 h has fired.",
        seed: 1,
        script: || {
            vec![
                (0, Input::set("short windows", Value::Switch(false))),
                (3, Input::act("outage")),
                (14, whole("minutes a step", 5)),
            ]
        },
        asks_at: 13,
        ends_at: 34,
        question: "How long after the repair does the page over 1 h resolve?",
        ask: Ask::Number { right: 60, within: 10, unit: "min" },
        why: Why {
            because: "One bad minute in sixty is 1.67 %, still above the limit of 1.44 %. So the page goes on until the last minute of the outage has left the window, an hour after the repair.",
            setting: "short windows = false",
            metric: "job:errors:ratio_1h",
            question: "observability/slo",
        },
    },
    Scenario {
        id: "one-percent",
        title: "One request in a hundred",
        given: "99.9 % over 30 days. From now on 1 % of all requests fail, ten times what the objective allows.",
        seed: 1,
        script: || vec![(0, whole("minutes a step", 6)), (2, Input::act("one-percent"))],
        asks_at: 2,
        ends_at: 44,
        question: "When is the first page?",
        ask: Ask::Choice {
            options: &[
                "Within five minutes",
                "After about an hour",
                "After more than three hours",
                "Never, only a ticket",
            ],
            right: 2,
        },
        why: Why {
            because: "Burn rate 10 never reaches 14.4. Over six hours the limit is 6, that is 0.6 %, and at 1 % the window gets there after 60 % of six hours: 3 h 36 min, \
                      when five per cent of the budget are spent. That is on purpose.",
            setting: "6 h and 30 min, burn rate 6",
            metric: "job:errors:ratio_6h",
            question: "observability/slo",
        },
    },
    Scenario {
        id: "low-traffic",
        title: "Ten requests an hour",
        given: "99.9 % over 30 days for a service with ten requests an hour, at night. One of them fails.",
        seed: 1,
        script: || {
            vec![(0, whole("requests an hour", 10)), (0, whole("minutes a step", 1)), (4, Input::act("fail-once"))]
        },
        asks_at: 4,
        ends_at: 16,
        question: "What does the one failure do?",
        ask: Ask::Choice {
            options: &["Nothing: one failure is no rate", "It opens a ticket, no more", "It pages"],
            right: 2,
        },
        why: Why {
            because: "One of ten in the hour is burn rate 100, and the one request of the last five minutes is burn rate 1,000. Burn rates mislead at low traffic: longer windows, synthetic \
                      requests or a count of failures.",
            setting: "requests an hour = 10",
            metric: "job:errors:ratio_1h",
            question: "observability/alert-fatigue",
        },
    },
    Scenario {
        id: "nobody",
        title: "From half to nobody",
        given: "Half of all requests fail and both pages fire. After eight minutes it gets worse: a certificate expires, and no request reaches the load balancer.",
        seed: 1,
        script: || {
            vec![
                (0, Input::set("full height is", Value::Choice("100 % fail".to_owned()))),
                (2, Input::set("incident", Value::Curve(vec![50; 24]))),
                (10, Input::act("stop-traffic")),
            ]
        },
        asks_at: 10,
        ends_at: 24,
        question: "What does the page over 1 h and 5 min do, ten minutes later?",
        ask: Ask::Choice {
            options: &["It goes on firing", "It has resolved", "It fires again with a higher burn rate"],
            right: 1,
        },
        why: Why {
            because: "Five minutes without a request make the short window's ratio 0/0. That is NaN, and NaN is greater than nothing, so the expression is empty and the alert resolves while \
                      nobody gets through. Absence of traffic needs an alert of its own.",
            setting: "an alert on traffic below a floor",
            metric: "job:errors:ratio_5m",
            question: "observability/testing-alerts",
        },
    },
    Scenario {
        id: "ninety",
        title: "An objective of 90 %",
        given: "The objective is 90 % over 30 days, with the same three pairs. Everything fails, and goes on failing.",
        seed: 1,
        script: || {
            vec![
                (0, Input::set("objective", Value::Choice("90 %".to_owned()))),
                (0, whole("minutes a step", 8)),
                (0, Input::set("a point is", Value::Choice("1 h".to_owned()))),
                (2, Input::set("incident", Value::Curve(vec![100; 24]))),
            ]
        },
        asks_at: 2,
        ends_at: 36,
        question: "How many minutes of total outage until the first page?",
        ask: Ask::Number { right: 217, within: 15, unit: "min" },
        why: Why {
            because: "A burn rate cannot exceed 1 / (1 − objective): at 90 % that is 10, so 14.4 is never reached. The pair at 6 needs 60 % errors over six hours, and gets them after 3 h 36 min.",
            setting: "objective = 90 %",
            metric: "job:errors:ratio_6h",
            question: "observability/slo",
        },
    },
];

/// What a run came to, by scenario.
pub fn outcome(world: &World, scenario: &str) -> Option<Answer> {
    let first = world.first_fired.iter().take(2).filter_map(|first| *first).min();
    let minutes = |minutes: u64| i64::try_from(minutes).ok().map(Answer::Number);
    let resolved = world.last_resolved.first().copied().flatten();
    match scenario {
        "outage" | "no-short-window" => minutes(resolved?.saturating_sub(BEGINS + OUTAGE)),
        "one-percent" => Some(Answer::Choice(match first.map(|first| first.saturating_sub(12)) {
            Some(0..=5) => 0,
            Some(6..=120) => 1,
            Some(_) => 2,
            None => 3,
        })),
        "low-traffic" => Some(Answer::Choice(match (first, world.first_fired.get(2).copied().flatten()) {
            (Some(_), _) => 2,
            (None, Some(_)) => 1,
            (None, None) => 0,
        })),
        "nobody" => Some(Answer::Choice(usize::from(!world.alerts.first()?.fires()))),
        "ninety" => minutes(first?.saturating_sub(16)),
        _ => None,
    }
}
