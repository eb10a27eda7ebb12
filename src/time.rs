//! Moments and days as values. Nothing here reads a clock: `main` and the window do, and pass it on.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0 + millis)
    }

    pub const fn plus_secs(self, secs: i64) -> Self {
        Self(self.0 + secs * 1000)
    }

    /// Days from `earlier` to this moment, as a fraction; negative when `earlier` is later.
    pub fn days_since(self, earlier: Self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a difference of moments is far below 2^52 ms")]
        let millis = (self.0 - earlier.0) as f64;
        millis / 86_400_000.0
    }
}

/// How many hours after midnight a study day begins, so that a late evening still counts as today (as in Anki).
const DAY_STARTS_AT_HOUR: i64 = 4;

/// A study day in the reader's own zone: from 04:00 to 04:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub Date);

impl Day {
    /// The study day of a moment, seen from a zone `offset_secs` east of UTC.
    pub fn of(at: Timestamp, offset_secs: i32) -> Self {
        let shifted = at.0 + i64::from(offset_secs) * 1000 - DAY_STARTS_AT_HOUR * 3_600_000;
        Self(shifted_to(shifted).date())
    }

    /// The first moment of this study day in a zone `offset_secs` east of UTC.
    pub fn starts_at(self, offset_secs: i32) -> Timestamp {
        let midnight = self.0.to_zoned_datetime(TimeZone::UTC).map_or(0, |zoned| zoned.timestamp().as_millisecond());
        Timestamp(midnight - i64::from(offset_secs) * 1000 + DAY_STARTS_AT_HOUR * 3_600_000)
    }

    /// Whole days from `earlier` to this day.
    pub fn days_since(self, earlier: Self) -> i32 {
        (self.0 - earlier.0).get_days()
    }

    pub fn is_weekend(self) -> bool {
        self.0.weekday().to_monday_zero_offset() >= 5
    }

    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(days)))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A moment together with the reader's zone then: what an entry of the journal records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    pub at: Timestamp,
    /// Seconds east of UTC.
    pub offset_secs: i32,
}

impl Moment {
    pub fn day(self) -> Day {
        Day::of(self.at, self.offset_secs)
    }

    /// What the reader's clock and calendar show.
    pub fn civil(self) -> jiff::civil::DateTime {
        shifted_to(self.at.0 + i64::from(self.offset_secs) * 1_000)
    }
}

/// Milliseconds that a zone's offset is in already; the beginning of 1970 for what no clock shows.
fn shifted_to(millis: i64) -> jiff::civil::DateTime {
    let shifted = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    shifted.to_zoned_datetime(TimeZone::UTC).datetime()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_evening_is_still_today() {
        // 2026-11-24 02:30 in UTC+1 belongs to the 23rd.
        let at = Timestamp(1_795_483_800_000);
        assert_eq!(Day::of(at, 3600).to_string(), "2026-11-23");
        assert_eq!(Day::of(at.plus_secs(2 * 3600), 3600).to_string(), "2026-11-24");
    }

    #[test]
    fn a_day_starts_where_it_is_told_to() {
        let day = Day::of(Timestamp(1_795_483_800_000), 3600);
        assert_eq!(Day::of(day.starts_at(3600), 3600), day);
        assert_eq!(Day::of(day.starts_at(3600).plus_millis(-1), 3600), day.plus_days(-1));
        assert_eq!(day.plus_days(3).days_since(day), 3);
    }
}
