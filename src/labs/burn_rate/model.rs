//! A service behind a load balancer that counts its answers, the budget, and the rules that watch how fast it burns.

use std::collections::VecDeque;

use super::rules::{Alert, Counters, LONGEST, PAIRS, WINDOWS, ratio};
use crate::labs::Log;

/// Points of the incident that the reader draws.
pub const POINTS: usize = 24;
/// Values of a chart.
pub const SHOWN: usize = 24;

#[derive(Clone, Debug)]
pub struct Settings {
    /// What may fail, in parts per million: 1,000 for 99.9 %.
    pub budget_ppm: u32,
    pub period_days: u32,
    pub requests_per_hour: u64,
    /// The short windows count.
    pub short_windows: bool,
    pub hold_minutes: u64,
    pub keep_minutes: u64,
    /// Minutes that a step takes at most.
    pub stride: u64,
    /// The drawn incident: heights in per cent of `full_ppm`.
    pub curve: Vec<u16>,
    pub point_minutes: u64,
    pub full_ppm: u64,
}

/// What fails now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incident {
    None,
    /// So many of a million, until a minute when there is an end.
    Rate {
        ppm: u64,
        until: Option<u64>,
    },
    /// The drawn one, from this minute on.
    Drawn(u64),
}

#[derive(Clone, Debug)]
pub struct World {
    pub settings: Settings,
    /// Minutes since the start.
    pub minute: u64,
    pub incident: Incident,
    pub traffic: bool,
    /// Counters a minute apart, the last one now.
    history: VecDeque<Counters>,
    pub alerts: [Alert; 3],
    /// Requests and errors that a minute's rounding left over, in parts of 60 and of a million.
    left: (u64, u64),
    fails_once: bool,
    pub spent_errors: u64,
    /// The share that failed in each of the last minutes.
    pub chart: VecDeque<f32>,
    /// For each pair, what decides: the lower of its burn rates, as a share of the limit.
    pub pair_charts: [VecDeque<f32>; 3],
    /// For each pair: minutes of the first alert, and of the last end of one.
    pub first_fired: [Option<u64>; 3],
    pub last_resolved: [Option<u64>; 3],
    pub says: String,
}

impl World {
    pub fn new() -> Self {
        let settings = Settings {
            budget_ppm: 1000,
            period_days: 30,
            requests_per_hour: 54_000,
            short_windows: true,
            hold_minutes: 0,
            keep_minutes: 0,
            stride: 1,
            curve: vec![0; POINTS],
            point_minutes: 5,
            full_ppm: 1_000_000,
        };
        let mut world = Self {
            settings,
            minute: 0,
            incident: Incident::None,
            traffic: true,
            history: VecDeque::new(),
            alerts: [Alert::Inactive; 3],
            left: (0, 0),
            fails_once: false,
            spent_errors: 0,
            chart: VecDeque::from(vec![0.0; SHOWN]),
            pair_charts: std::array::from_fn(|_| VecDeque::from(vec![0.0; SHOWN])),
            first_fired: [None; 3],
            last_resolved: [None; 3],
            says: String::new(),
        };
        world.live_quietly();
        world
    }

    /// Three days without an error lie behind, at the traffic that is set.
    pub fn live_quietly(&mut self) {
        let minutes = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        let good = |minute: u64| minute * self.settings.requests_per_hour / 60;
        self.history = (0..=minutes).map(|minute| Counters { good: good(minute), errors: 0 }).collect();
        self.left = (minutes * self.settings.requests_per_hour % 60, 0);
    }

    pub fn step(&mut self, log: &mut Log) {
        let before = (self.alerts.map(Alert::fires), self.failing_ppm() > 0);
        for _ in 0..self.settings.stride.max(1) {
            self.pass_minute(log);
            if (self.alerts.map(Alert::fires), self.failing_ppm() > 0) != before {
                break;
            }
        }
    }

    /// What fails in this minute, of a million.
    pub fn failing_ppm(&self) -> u64 {
        match self.incident {
            Incident::None => 0,
            Incident::Rate { ppm, until } => {
                if until.is_some_and(|until| self.minute >= until) {
                    0
                } else {
                    ppm
                }
            }
            Incident::Drawn(from) => {
                let point = (self.minute - from) / self.settings.point_minutes;
                let height = usize::try_from(point).ok().and_then(|point| self.settings.curve.get(point)).copied();
                u64::from(height.unwrap_or(0)) * self.settings.full_ppm / 100
            }
        }
    }

    fn pass_minute(&mut self, log: &mut Log) {
        let ppm = self.failing_ppm();
        let due = self.left.0 + if self.traffic { self.settings.requests_per_hour } else { 0 };
        let requests = due / 60;
        self.left.0 = due % 60;
        let failing = self.left.1 + requests * ppm;
        self.left.1 = failing % 1_000_000;
        let mut errors = failing / 1_000_000;
        if self.fails_once && requests > errors {
            (self.fails_once, errors) = (false, errors + 1);
        }
        self.count(requests, errors);
        let now = self.minute * 60_000;
        let burn = self
            .burn_rate(0)
            .map_or_else(|| "no ratio, for 0/0 is NaN".to_owned(), |burn| format!("burn rate {burn:.1} over 5 min"));
        self.says = format!(
            "{}: {requests} requests, {errors} failed; {burn}, {:.1} % of the budget left.",
            self.clock(),
            self.left_percent()
        );
        log.say(now, &self.says);
        self.evaluate(log);
        if self.incident != Incident::None
            && ppm > 0
            && self.failing_ppm() == 0
            && !matches!(self.incident, Incident::Drawn(_))
        {
            self.incident = Incident::None;
        }
    }

    /// The rules, once.
    pub fn evaluate(&mut self, log: &mut Log) {
        for (at, pair) in PAIRS.iter().enumerate() {
            let holds = self.holds(at);
            let Some(alert) = self.alerts.get_mut(at) else { continue };
            let was = *alert;
            *alert = was.evaluated(holds, self.minute, self.settings.hold_minutes, self.settings.keep_minutes);
            let is = *alert;
            self.note(at, was, is, log, pair.name, pair.action);
        }
        for at in 0..PAIRS.len() {
            let limit = PAIRS.get(at).map_or(1.0, |pair| pair.burn(self.settings.period_days));
            let (long, short) = self.burns(at);
            let short = if self.settings.short_windows { short } else { long };
            #[expect(clippy::cast_possible_truncation, reason = "a chart")]
            let of_limit = long.zip(short).map_or(0.0, |(long, short)| long.min(short) / limit) as f32;
            if let Some(chart) = self.pair_charts.get_mut(at) {
                chart.pop_front();
                chart.push_back(of_limit);
            }
        }
    }

    /// The counters after another minute; time has passed.
    pub fn count(&mut self, requests: u64, errors: u64) {
        let last = self.history.back().copied().unwrap_or_default();
        self.history.push_back(Counters { good: last.good + requests - errors, errors: last.errors + errors });
        if self.history.len() > LONGEST + 1 {
            self.history.pop_front();
        }
        self.minute += 1;
        self.spent_errors += errors;
        #[expect(clippy::cast_precision_loss, reason = "a chart")]
        let height = if requests == 0 { 0.0 } else { errors as f32 / requests as f32 };
        self.chart.pop_front();
        self.chart.push_back(height);
    }

    fn note(&mut self, at: usize, was: Alert, is: Alert, log: &mut Log, name: &str, action: &str) {
        let now = self.minute * 60_000;
        let short = if self.settings.short_windows { "both windows exceed" } else { "the long window exceeds" };
        let limit = PAIRS.get(at).map_or(0.0, |pair| pair.burn(self.settings.period_days));
        let says = match (was.fires(), is.fires(), is) {
            (false, true, _) => {
                if let Some(first) = self.first_fired.get_mut(at) {
                    first.get_or_insert(self.minute);
                }
                format!(
                    "{}: the {action} of {name} fires: {short} burn rate {limit}; {:.1} % of the budget is spent.",
                    self.clock(),
                    100.0 - self.left_percent()
                )
            }
            (true, false, _) => {
                if let Some(last) = self.last_resolved.get_mut(at) {
                    *last = Some(self.minute);
                }
                let why = if self.burns(at).0.is_none() {
                    "there is no ratio any more, and NaN is above nothing"
                } else {
                    "a window is below its limit again"
                };
                format!("{}: the {action} of {name} resolves: {why}.", self.clock())
            }
            (false, false, Alert::Pending(since)) if since == self.minute => {
                format!(
                    "{}: the {action} of {name} is pending: it must hold for {} minutes.",
                    self.clock(),
                    self.settings.hold_minutes
                )
            }
            _ => return,
        };
        if is.fires() {
            log.bad(now, &says);
        } else {
            log.good(now, &says);
        }
        self.says = says;
    }

    /// The error ratio over a window; none without a request in it.
    pub fn ratio_over(&self, window: usize) -> Option<f64> {
        let minutes = WINDOWS.get(window)?.1;
        let last = *self.history.back()?;
        let first = *self.history.get(self.history.len().saturating_sub(minutes + 1))?;
        ratio(first, last)
    }

    /// How fast the budget burns over a window: 1 empties it in the period.
    pub fn burn_rate(&self, window: usize) -> Option<f64> {
        Some(self.ratio_over(window)? / self.budget())
    }

    /// The burn rates of a pair: long and short.
    pub fn burns(&self, at: usize) -> (Option<f64>, Option<f64>) {
        let Some(pair) = PAIRS.get(at) else { return (None, None) };
        (self.burn_rate(pair.long), self.burn_rate(pair.short))
    }

    /// Whether a pair is above its limit.
    fn holds(&self, at: usize) -> bool {
        let Some(pair) = PAIRS.get(at) else { return false };
        let limit = pair.burn(self.settings.period_days) * self.budget();
        let above = |window: usize| self.ratio_over(window).is_some_and(|ratio| ratio > limit);
        above(pair.long) && (!self.settings.short_windows || above(pair.short))
    }

    /// The ratio that may fail.
    pub fn budget(&self) -> f64 {
        f64::from(self.settings.budget_ppm) / 1e6
    }

    /// What is left of the budget, in per cent of what the period's requests allow at the present traffic; below 0 when overspent.
    pub fn left_percent(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
        let (spent, hourly) = (self.spent_errors as f64, self.settings.requests_per_hour as f64);
        let allowed = hourly * 24.0 * f64::from(self.settings.period_days) * self.budget();
        100.0 * (1.0 - spent / allowed)
    }

    fn clock(&self) -> String {
        Self::clock_of(self.minute)
    }

    /// A minute as a time: `1 h 05 min`.
    pub fn clock_of(minute: u64) -> String {
        match (minute / 60, minute % 60) {
            (0, minutes) => format!("{minutes} min"),
            (hours, minutes) => format!("{hours} h {minutes:02} min"),
        }
    }

    pub fn fail_once(&mut self) {
        self.fails_once = true;
    }
}
