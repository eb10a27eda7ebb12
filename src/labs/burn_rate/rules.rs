//! The recording and alerting rules, evaluated as Prometheus evaluates them.

/// Minutes of the windows, with their names.
pub const WINDOWS: [(&str, usize); 5] = [("5m", 5), ("30m", 30), ("1h", 60), ("6h", 360), ("3d", 4320)];
/// The longest window, in minutes.
pub const LONGEST: usize = 4320;

/// Two windows that must both exceed a limit.
pub struct Pair {
    pub name: &'static str,
    pub action: &'static str,
    /// Index into [`WINDOWS`].
    pub long: usize,
    pub short: usize,
    /// Share of the budget that it may cost, in per cent.
    pub share: u32,
}

/// The pairs of the Site Reliability Workbook, chapter 5.
pub const PAIRS: [Pair; 3] = [
    Pair { name: "1 h and 5 min", action: "page", long: 2, short: 0, share: 2 },
    Pair { name: "6 h and 30 min", action: "page", long: 3, short: 1, share: 5 },
    Pair { name: "3 d and 6 h", action: "ticket", long: 4, short: 3, share: 10 },
];

impl Pair {
    /// The burn rate above which it fires: share of the budget × period / long window.
    pub fn burn(&self, period_days: u32) -> f64 {
        let window = WINDOWS.get(self.long).map_or(1, |window| window.1);
        f64::from(self.share * period_days * 1440) / f64::from(u32::try_from(100 * window).unwrap_or(u32::MAX))
    }
}

/// Counters of a minute: answers that were good, and errors, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub good: u64,
    pub errors: u64,
}

/// `sum(rate(errors[w])) / sum(rate(all[w]))` over counters a minute apart, the last one now; none where that is 0/0.
///
/// Source: `extrapolatedRate` of Prometheus 2.42, whose windows hold the samples of both ends: counters that are younger than
/// the window give the ratio of their own life.
pub fn ratio(first: Counters, last: Counters) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let grown = |first: u64, last: u64| last.saturating_sub(first) as f64;
    let (good, errors) = (grown(first.good, last.good), grown(first.errors, last.errors));
    let all = good + errors;
    (all > 0.0).then(|| errors / all)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    Inactive,
    /// Since this minute.
    Pending(u64),
    Firing {
        since: u64,
        /// The minute from which it fires only for `keep_firing_for`.
        kept_since: Option<u64>,
    },
}

impl Alert {
    /// The state after an evaluation; minutes.
    ///
    /// Source: `AlertingRule.Eval`, Prometheus 2.42.
    pub fn evaluated(self, holds: bool, now: u64, hold_for: u64, keep_for: u64) -> Self {
        let waited = |since: u64| {
            if now - since >= hold_for { Self::Firing { since: now, kept_since: None } } else { Self::Pending(since) }
        };
        match (self, holds) {
            (Self::Inactive, true) => waited(now),
            (Self::Pending(since), true) => waited(since),
            (Self::Firing { since, .. }, true) => Self::Firing { since, kept_since: None },
            (Self::Inactive | Self::Pending(_), false) => Self::Inactive,
            (Self::Firing { since, kept_since }, false) => {
                let kept = kept_since.unwrap_or(now);
                if keep_for > 0 && now - kept < keep_for {
                    Self::Firing { since, kept_since: Some(kept) }
                } else {
                    Self::Inactive
                }
            }
        }
    }

    pub const fn fires(self) -> bool {
        matches!(self, Self::Firing { .. })
    }
}
