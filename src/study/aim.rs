//! What the reader studies for: the day, the minutes, the days off, which topics first, and questions put in or left out by hand.

use serde::{Deserialize, Serialize};

use crate::ids::TopicId;
use crate::time::Day;

/// What the reader aims at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aim {
    /// The day of the interview; None studies without an end.
    pub interview: Option<Day>,
    pub minutes_a_day: u16,
    /// Minutes on a Saturday and on a Sunday; None has as many as the other days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekend_minutes: Option<u16>,
    #[serde(default)]
    pub days_off: DaysOff,
}

impl Default for Aim {
    fn default() -> Self {
        Self { interview: None, minutes_a_day: 30, weekend_minutes: None, days_off: DaysOff::default() }
    }
}

impl Aim {
    /// Minutes there are on a day: none on a day off.
    pub fn minutes_on(&self, day: Day) -> u16 {
        if self.days_off.contains(day) {
            0
        } else if day.is_weekend() {
            self.weekend_minutes.unwrap_or(self.minutes_a_day)
        } else {
            self.minutes_a_day
        }
    }

    /// The minutes of a day in words: `30 min`, or `30 min, 150 at weekends`.
    pub fn minutes_in_words(&self) -> String {
        match self.weekend_minutes.filter(|minutes| *minutes != self.minutes_a_day) {
            None => format!("{} min", self.minutes_a_day),
            Some(weekend) => format!("{} min, {weekend} at weekends", self.minutes_a_day),
        }
    }
}

/// Days of the week without study, one bit each from Monday on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DaysOff(u8);

impl DaysOff {
    /// From Monday on.
    pub const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    pub fn contains(self, day: Day) -> bool {
        u8::try_from(day.0.weekday().to_monday_zero_offset()).is_ok_and(|weekday| self.has(weekday))
    }

    /// Whether a day of the week is off, counted from Monday as 0.
    pub const fn has(self, weekday: u8) -> bool {
        self.0 & (1 << weekday) != 0
    }

    /// The same with a day of the week the other way round. The last day of study stays: a week without any has no plan.
    pub const fn toggled(self, weekday: u8) -> Self {
        let next = self.0 ^ (1 << weekday);
        if next & 0x7f == 0x7f { self } else { Self(next) }
    }
}

/// What the reader says of one question, against the plan's own choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pin {
    /// In the plan before all others.
    In,
    /// Left out.
    Out,
}

/// The topics in the reader's order, and those left out of the plan. A topic that is not named comes last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicOrder {
    pub order: Vec<TopicId>,
    pub left_out: Vec<TopicId>,
}

/// What the first topic counts against the last, once the reader has put them in order.
const FIRST_WEIGHT: f64 = 1.5;
const LAST_WEIGHT: f64 = 0.75;

impl TopicOrder {
    /// What a question of the topic is worth: 1 without an order, falling evenly along it, 0 when the topic is left out.
    pub fn weight(&self, topic: &TopicId) -> f64 {
        if self.left_out.contains(topic) {
            return 0.0;
        }
        if self.order.is_empty() {
            return 1.0;
        }
        let last = self.order.len().saturating_sub(1).max(1);
        let rank = self.rank(topic).min(last);
        #[expect(clippy::cast_precision_loss, reason = "a handful of topics")]
        let along = rank as f64 / last as f64;
        FIRST_WEIGHT + (LAST_WEIGHT - FIRST_WEIGHT) * along
    }

    /// The topic's place in the order, from 0.
    pub fn rank(&self, topic: &TopicId) -> usize {
        self.order.iter().position(|other| other == topic).unwrap_or(self.order.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_topic_counts_most_and_one_left_out_nothing() {
        let topics = ["kafka", "redis", "aws"].map(TopicId::new);
        let order = TopicOrder { order: topics.to_vec(), left_out: vec![topics[2].clone()] };
        assert!((order.weight(&topics[0]) - 1.5).abs() < 1e-9);
        assert!((order.weight(&topics[1]) - 1.125).abs() < 1e-9);
        assert!(order.weight(&topics[2]).abs() < 1e-9);
        assert!((TopicOrder::default().weight(&topics[2]) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn each_day_has_its_minutes_and_one_day_of_study_stays() {
        let tuesday = Day("2026-11-24".parse().unwrap());
        let aim = Aim { days_off: DaysOff::default().toggled(1), ..Aim::default() };
        assert_eq!((aim.minutes_on(tuesday), aim.minutes_on(tuesday.plus_days(1))), (0, 30));
        let weekend = Aim { weekend_minutes: Some(150), ..aim };
        let of_week: Vec<u16> = (0..7).map(|n| weekend.minutes_on(tuesday.plus_days(n))).collect();
        assert_eq!(of_week, [0, 30, 30, 30, 150, 150, 30]);
        let sundays = Aim { days_off: DaysOff::default().toggled(6), ..weekend };
        assert_eq!(sundays.minutes_on(tuesday.plus_days(5)), 0, "a day off at the weekend has none");
        let all = (0..7).fold(DaysOff::default(), DaysOff::toggled);
        assert!(!all.has(6) && all.has(5), "Sunday is left");
    }
}
