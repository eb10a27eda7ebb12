//! The mock interview: a scenario with phases, probes weighted to the weak, a ladder of follow-ups, a score on four axes.
//! Drawn from plain values and a seed, so that the same evening can be drawn again.

mod draw;
mod sitting;

use serde::{Deserialize, Serialize};

use crate::catalog::Level;
use crate::ids::{CardId, QuestionId, TopicId};
use crate::time::Timestamp;

pub use draw::{Candidate, draw};
pub use sitting::{Asked, Bell, Phase, PhaseKind, Points, Sitting, Stage};

/// What the reader asks a mock to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    pub length: Length,
    pub level: Level,
    /// In the order of the content; never empty.
    pub topics: Vec<TopicId>,
}

/// How long it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Length {
    Thirty,
    #[default]
    FortyFive,
    Sixty,
}

impl Length {
    pub const ALL: [Self; 3] = [Self::Thirty, Self::FortyFive, Self::Sixty];

    pub const fn minutes(self) -> u32 {
        match self {
            Self::Thirty => 30,
            Self::FortyFive => 45,
            Self::Sixty => 60,
        }
    }

    /// Questions beside the scenario.
    pub const fn probes(self) -> usize {
        match self {
            Self::Thirty => 4,
            Self::FortyFive => 5,
            Self::Sixty => 6,
        }
    }

    /// Minutes of the scenario's three phases, and of the close; the probes share the rest.
    const fn phase_minutes(self) -> ([u32; 3], u32) {
        match self {
            Self::Thirty => ([3, 7, 4], 2),
            Self::FortyFive => ([4, 11, 6], 3),
            Self::Sixty => ([5, 14, 8], 3),
        }
    }
}

/// Rungs of the follow-up ladder that a level brings: of the scenario, and of a probe.
const fn rungs(level: Level) -> (usize, usize) {
    match level {
        Level::Core => (2, 1),
        Level::Senior => (4, 1),
        Level::Staff => (6, 2),
    }
}

/// One of the four things that are scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    Depth,
    TradeOffs,
    Failure,
    Delivery,
}

impl Axis {
    pub const ALL: [Self; 4] = [Self::Depth, Self::TradeOffs, Self::Failure, Self::Delivery];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Depth => "Correctness and depth",
            Self::TradeOffs => "Trade-offs",
            Self::Failure => "Failure and operations",
            Self::Delivery => "Communication and time",
        }
    }

    /// What each band looks like in the room, from 1 to 4.
    pub const fn anchors(self) -> [&'static str; 4] {
        match self {
            Self::Depth => [
                "The names are right and the mechanisms are not: a must is wrong, or missing and not found even when asked for.",
                "The main path is right. At the first \"how exactly?\" it turns into names and guesses; defaults and numbers are missing.",
                "Mechanisms in their order, with the settings and numbers that decide them. Follow-ups are answered, the last rung with help.",
                "Down to where behaviour can be predicted: says what happens at the edges before being asked, and says \"I do not know\" where that is so.",
            ],
            Self::TradeOffs => [
                "One solution, as if there were no other. \"Best practice\" stands in for a reason.",
                "Names an alternative, but not what it would cost or when it would win.",
                "Two ways compared on what this case needs (latency, order, money, people), then a choice with its price said aloud.",
                "As 3, with numbers and with the condition under which the choice would change. A new constraint becomes a change of design at once.",
            ],
            Self::Failure => [
                "Only the good day. Asked what breaks, answers \"we retry\" or \"it is replicated\".",
                "Names parts that fail, not what the user then sees. No order of checks, no alarm that would wake anyone.",
                "For each main part: how it fails, what the user sees, how one notices, what one does first. Retries are idempotent, queues are bounded.",
                "As 3, from experience: blast radius, what pages and what waits till morning, how to roll back, which data can be lost and how one would know.",
            ],
            Self::Delivery => [
                "Does not come to the point; the question has to be put again. The time is gone with the introduction.",
                "Right things in the order in which they come to mind. Has to be steered, and runs over by half.",
                "Claim first, then the reason. Asks what must be known before designing, hears the bell and moves on.",
                "As 3, and leads: says what comes and what is left out, checks that it was the question, ends on a sentence that can be written down.",
            ],
        }
    }
}

/// What a band is called, from 1 to 4.
pub const fn band_name(band: u8) -> &'static str {
    match band {
        1 => "Not yet",
        2 => "Mixed",
        3 => "Solid",
        4 => "Strong",
        _ => "Not scored",
    }
}

/// A mock that was taken and scored, as the journal keeps it: by value, since content may change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mock {
    pub setup: Setup,
    pub began_at: Timestamp,
    /// In the order in which they were asked; the scenario is the first.
    pub parts: Vec<MockPart>,
    /// Bands 1 to 4 in the order of [`Axis::ALL`].
    pub bands: [u8; 4],
    /// What the reader would do otherwise, and what was noted at the close.
    pub remark: String,
    /// All of it, the close included, in milliseconds.
    pub took_millis: u64,
}

/// One question of a mock and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MockPart {
    pub question: QuestionId,
    pub scenario: bool,
    pub allotted_millis: u64,
    pub took_millis: u64,
    pub notes: String,
    /// Ids of the key points ticked.
    pub ticked: Vec<String>,
    pub musts: u8,
    pub musts_ticked: u8,
    pub plus: u8,
    pub plus_ticked: u8,
    pub follow_ups: Vec<FollowUp>,
    /// The cards that train the key points that were not ticked.
    pub missed_cards: Vec<CardId>,
}

/// A rung of the ladder that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    pub text: String,
    pub answered: bool,
}

impl MockPart {
    /// Longer than its share of the time by more than a tenth: the bell is soft.
    pub const fn over_time(&self) -> bool {
        self.took_millis * 10 > self.allotted_millis * 11
    }

    pub const fn missed(&self) -> u8 {
        self.musts.saturating_sub(self.musts_ticked)
    }
}

impl Mock {
    /// Musts that were said, of those that were asked for.
    pub fn musts(&self) -> (u32, u32) {
        let sum = |count: fn(&MockPart) -> u8| self.parts.iter().map(|part| u32::from(count(part))).sum();
        (sum(|part| part.musts_ticked), sum(|part| part.musts))
    }

    /// Follow-ups that were answered, of those that were asked.
    pub fn follow_ups(&self) -> (usize, usize) {
        let all = || self.parts.iter().flat_map(|part| &part.follow_ups);
        (all().filter(|rung| rung.answered).count(), all().count())
    }

    /// What came of it in a sentence; `last` is the mock before it.
    pub fn sentence(&self, last: Option<&Self>) -> String {
        let (said, asked) = self.musts();
        let slow = self.parts.iter().filter(|part| part.over_time()).count();
        let time = match slow {
            0 => "every part in its time".to_owned(),
            1 => "1 part over its time".to_owned(),
            n => format!("{n} parts over their time"),
        };
        let mut out = format!("{said} of {asked} musts, {time}.");
        let Some(last) = last else { return out };
        let names = |wanted: fn(u8, u8) -> bool| {
            let axes = Axis::ALL.iter().zip(self.bands.iter().zip(last.bands));
            axes.filter(|(_, (now, before))| wanted(**now, *before))
                .map(|(axis, _)| axis.name().to_lowercase())
                .collect::<Vec<_>>()
        };
        let (better, worse) = (names(|now, before| now > before), names(|now, before| now < before));
        let compared = match (better.is_empty(), worse.is_empty()) {
            (true, true) => " The bands are those of the last mock.".to_owned(),
            (false, true) => format!(" Better than the last time: {}.", better.join(", ")),
            (true, false) => format!(" Below the last time: {}.", worse.join(", ")),
            (false, false) => {
                format!(" Better than the last time: {}; below it: {}.", better.join(", "), worse.join(", "))
            }
        };
        out.push_str(&compared);
        out
    }

    /// The questions to study next: most musts missed first, then those over their time; what went well is left out.
    pub fn next(&self) -> Vec<&MockPart> {
        let mut parts: Vec<&MockPart> =
            self.parts.iter().filter(|part| part.missed() > 0 || part.over_time()).collect();
        parts.sort_by_key(|part| std::cmp::Reverse((part.missed(), part.over_time())));
        parts
    }

    /// What the bands ask for, the lowest axis first: one sentence on each that is below 3.
    pub fn advice(&self) -> Vec<&'static str> {
        let mut low: Vec<(u8, Axis)> = Axis::ALL
            .into_iter()
            .zip(self.bands)
            .filter(|(_, band)| *band < 3)
            .map(|(axis, band)| (band, axis))
            .collect();
        low.sort_by_key(|(band, _)| *band);
        let said = |axis| match axis {
            Axis::Depth => "Depth: review the cards of what was missed, then say each prompt again without looking.",
            Axis::TradeOffs => {
                "Trade-offs: for each question below name the way you rejected, what it would have cost, and when it would win."
            }
            Axis::Failure => {
                "Failure: read its Troubleshoot table, then say aloud what the user sees, what pages, and what you do first."
            }
            Axis::Delivery => "Delivery: say it against the clock once a day, claim first, and stop at the bell.",
        };
        low.into_iter().map(|(_, axis)| said(axis)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(missed: u8, took: u64) -> MockPart {
        MockPart {
            question: QuestionId::new(format!("t/{missed}-{took}")),
            scenario: false,
            allotted_millis: 100,
            took_millis: took,
            notes: String::new(),
            ticked: Vec::new(),
            musts: 4,
            musts_ticked: 4 - missed,
            plus: 1,
            plus_ticked: 0,
            follow_ups: vec![FollowUp { text: "why not SQS?".into(), answered: missed == 0 }],
            missed_cards: Vec::new(),
        }
    }

    fn mock(bands: [u8; 4]) -> Mock {
        let setup = Setup { length: Length::Thirty, level: Level::Senior, topics: vec![TopicId::new("t")] };
        let parts = vec![part(0, 100), part(1, 90), part(3, 111), part(0, 110)];
        Mock { setup, began_at: Timestamp(0), parts, bands, remark: String::new(), took_millis: 411 }
    }

    #[test]
    fn a_mock_says_what_came_of_it_and_what_is_next() {
        let (last, now) = (mock([2, 3, 1, 3]), mock([3, 3, 2, 2]));
        assert_eq!(now.musts(), (12, 16));
        assert_eq!(now.follow_ups(), (2, 4));
        assert_eq!(now.sentence(None), "12 of 16 musts, 1 part over its time.");
        let compared = now.sentence(Some(&last));
        assert!(compared.ends_with("Better than the last time: correctness and depth, failure and operations; below it: communication and time."), "{compared}");
        let next: Vec<u8> = now.next().iter().map(|part| part.missed()).collect();
        assert_eq!(next, [3, 1]);
        assert_eq!(now.advice().len(), 2);
        assert!(last.advice()[0].starts_with("Failure"));
    }

    #[test]
    fn the_time_of_each_length_is_all_of_it() {
        for length in Length::ALL {
            let (scenario, close) = length.phase_minutes();
            let rest = length.minutes() - scenario.iter().sum::<u32>() - close;
            let each_secs = rest * 60 / u32::try_from(length.probes()).unwrap();
            assert!((200..=320).contains(&each_secs), "{length:?}: {each_secs} s a probe");
        }
    }
}
