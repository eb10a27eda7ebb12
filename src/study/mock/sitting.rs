//! One mock under way: phases with soft bells, notes, the ladder, then the score. All of it is a value that a crash must
//! not lose; time comes in from outside.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Axis, FollowUp, Mock, MockPart, Setup};
use crate::ids::{CardId, QuestionId};
use crate::time::Timestamp;

/// A question of the mock as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub question: QuestionId,
    pub scenario: bool,
    /// The ladder; the first `rungs` have been asked.
    pub follow_ups: Vec<String>,
    pub rungs: usize,
    /// Rungs that were answered.
    pub answered: BTreeSet<usize>,
    pub notes: String,
    /// Ids of the key points that were said.
    pub ticked: BTreeSet<String>,
}

impl Asked {
    pub const fn new(question: QuestionId, scenario: bool, follow_ups: Vec<String>) -> Self {
        Self {
            question,
            scenario,
            follow_ups,
            rungs: 0,
            answered: BTreeSet::new(),
            notes: String::new(),
            ticked: BTreeSet::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// In the room; the clock runs.
    Talking,
    Scoring,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhaseKind {
    Scope,
    Design,
    Ladder,
    Probe,
    Close,
}

impl PhaseKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scope => "Scope",
            Self::Design => "Design",
            Self::Ladder => "Follow-ups",
            Self::Probe => "Probe",
            Self::Close => "Close",
        }
    }

    /// What to do in it.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Scope => {
                "Ask before you build: who uses it, how much of it, what must never happen. Say the numbers you will design for, and write them down."
            }
            Self::Design => {
                "The parts first, then the way of one request or event through them, then the decision that matters most and what you rejected."
            }
            Self::Ladder => {
                "The interviewer pushes. Take one rung at a time: answer, say what changes in your design, stop."
            }
            Self::Probe => {
                "As in the room: claim, mechanism, trade-off, how it fails, a number. Then take the follow-up."
            }
            Self::Close => {
                "Two questions of your own for them. Then, in one sentence, what you would look at again in your design."
            }
        }
    }
}

/// A stretch of the mock with its own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    pub kind: PhaseKind,
    /// Index of the question; None at the close.
    pub part: Option<usize>,
    pub millis: u64,
}

/// The bell of a phase: seen, never heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bell {
    Quiet,
    /// A minute is left of a long phase.
    Soon,
    /// Its time is up; nothing is cut off.
    Rung,
}

const MINUTE: u64 = 60_000;

/// A mock from its first minute until it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sitting {
    pub setup: Setup,
    pub began_at: Timestamp,
    pub asked: Vec<Asked>,
    pub stage: Stage,
    /// Index of the phase.
    pub phase: usize,
    /// Time spent in each phase, in milliseconds.
    pub spent: Vec<u64>,
    /// Bands given so far, in the order of the axes.
    pub bands: [Option<u8>; 4],
    pub remark: String,
}

/// The key points of a question: their ids, and the card that trains each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Points {
    pub musts: Vec<(String, CardId)>,
    pub plus: Vec<(String, CardId)>,
}

impl Sitting {
    pub fn begin(setup: Setup, asked: Vec<Asked>, began_at: Timestamp) -> Self {
        let mut sitting = Self {
            setup,
            began_at,
            asked,
            stage: Stage::Talking,
            phase: 0,
            spent: Vec::new(),
            bands: [None; 4],
            remark: String::new(),
        };
        sitting.spent = vec![0; sitting.phases().len()];
        sitting
    }

    /// Whether what was read back from a draft is one that can go on.
    pub fn is_whole(&self) -> bool {
        !self.asked.is_empty() && self.spent.len() == self.phases().len() && self.phase < self.spent.len()
    }

    /// The phases in order: the scenario's three, each probe, the close.
    pub fn phases(&self) -> Vec<Phase> {
        let ([scope, design, ladder], close) = self.setup.length.phase_minutes();
        let mut left = u64::from(self.setup.length.minutes()) * MINUTE;
        let mut out = Vec::new();
        let mut add = |kind, part, millis: u64| {
            left = left.saturating_sub(millis);
            out.push(Phase { kind, part, millis });
        };
        if self.asked.first().is_some_and(|asked| asked.scenario) {
            for (kind, minutes) in [(PhaseKind::Scope, scope), (PhaseKind::Design, design), (PhaseKind::Ladder, ladder)]
            {
                add(kind, Some(0), u64::from(minutes) * MINUTE);
            }
        }
        let close = u64::from(close) * MINUTE;
        let probes = self.asked.iter().filter(|asked| !asked.scenario).count() as u64;
        let each = left.saturating_sub(close).checked_div(probes).unwrap_or_default();
        for (index, _) in self.asked.iter().enumerate().filter(|(_, asked)| !asked.scenario) {
            out.push(Phase { kind: PhaseKind::Probe, part: Some(index), millis: each });
        }
        out.push(Phase { kind: PhaseKind::Close, part: None, millis: close });
        out
    }

    pub fn current(&self) -> Option<Phase> {
        self.phases().get(self.phase).copied()
    }

    /// The clock has gone on.
    pub fn pass(&mut self, millis: u64) {
        if self.stage == Stage::Talking
            && let Some(spent) = self.spent.get_mut(self.phase)
        {
            *spent += millis;
        }
    }

    /// Time spent in this phase, in milliseconds.
    pub fn spent_here(&self) -> u64 {
        self.spent.get(self.phase).copied().unwrap_or_default()
    }

    pub fn spent_in_all(&self) -> u64 {
        self.spent.iter().sum()
    }

    pub fn bell(&self) -> Bell {
        let Some(phase) = self.current() else { return Bell::Quiet };
        let spent = self.spent_here();
        if spent >= phase.millis {
            Bell::Rung
        } else if phase.millis >= 4 * MINUTE && spent + MINUTE >= phase.millis {
            Bell::Soon
        } else {
            Bell::Quiet
        }
    }

    /// Milliseconds until the bell next changes; None once it has rung.
    pub fn until_bell(&self) -> Option<u64> {
        let phase = self.current()?;
        let left = phase.millis.checked_sub(self.spent_here()).filter(|left| *left > 0)?;
        Some(if phase.millis >= 4 * MINUTE && left > MINUTE { left - MINUTE } else { left })
    }

    /// On to the next phase; after the close it is scored.
    pub fn next(&mut self) {
        if self.phase + 1 < self.spent.len() {
            self.phase += 1;
        } else {
            self.stage = Stage::Scoring;
        }
    }

    /// Ends the talking here; what was not asked is not scored.
    pub fn end(&mut self) {
        self.stage = Stage::Scoring;
    }

    /// Questions that were reached.
    pub fn reached(&self) -> impl Iterator<Item = (usize, &Asked)> {
        let last = self.phases().iter().take(self.phase + 1).filter_map(|phase| phase.part).max();
        self.asked.iter().enumerate().filter(move |(index, _)| last.is_some_and(|last| *index <= last))
    }

    pub fn asked_now(&self) -> Option<(usize, &Asked)> {
        let part = self.current()?.part?;
        Some((part, self.asked.get(part)?))
    }

    /// The question of this phase, or the whole at the close: where notes go.
    pub fn notes_mut(&mut self) -> &mut String {
        match self.current().and_then(|phase| phase.part) {
            Some(part) if part < self.asked.len() => &mut self.asked[part].notes,
            _ => &mut self.remark,
        }
    }

    /// Asks the next rung; false when there is none.
    pub fn follow_up(&mut self) -> bool {
        let Some(part) = self.current().and_then(|phase| phase.part) else { return false };
        match self.asked.get_mut(part).filter(|asked| asked.rungs < asked.follow_ups.len()) {
            Some(asked) => {
                asked.rungs += 1;
                true
            }
            None => false,
        }
    }

    /// The first axis that has no band yet.
    pub fn next_axis(&self) -> Option<Axis> {
        Axis::ALL.into_iter().zip(self.bands).find(|(_, band)| band.is_none()).map(|(axis, _)| axis)
    }

    pub fn give(&mut self, axis: Axis, band: u8) {
        self.bands[axis as usize] = Some(band.clamp(1, 4));
    }

    /// The mock as the journal keeps it; None until each axis has its band. `points` gives a question's key points.
    pub fn taken(&self, points: impl Fn(&QuestionId) -> Points) -> Option<Mock> {
        let [Some(depth), Some(trade_offs), Some(failure), Some(delivery)] = self.bands else { return None };
        let phases = self.phases();
        let parts = self.reached().map(|(index, asked)| {
            let of_part = || phases.iter().zip(&self.spent).filter(move |(phase, _)| phase.part == Some(index));
            let points = points(&asked.question);
            let said = |(id, _): &&(String, CardId)| asked.ticked.contains(id);
            let ticked = |points: &[(String, CardId)]| count(points.iter().filter(said).count());
            let missed =
                points.musts.iter().chain(&points.plus).filter(|point| !said(point)).map(|(_, card)| card.clone());
            // One card may train several points.
            let missed_cards: BTreeSet<CardId> = missed.collect();
            let rungs = asked.follow_ups.iter().take(asked.rungs).enumerate();
            MockPart {
                question: asked.question.clone(),
                scenario: asked.scenario,
                allotted_millis: of_part().map(|(phase, _)| phase.millis).sum(),
                took_millis: of_part().map(|(_, spent)| *spent).sum(),
                notes: asked.notes.clone(),
                ticked: asked.ticked.iter().cloned().collect(),
                musts: count(points.musts.len()),
                musts_ticked: ticked(&points.musts),
                plus: count(points.plus.len()),
                plus_ticked: ticked(&points.plus),
                missed_cards: missed_cards.into_iter().collect(),
                follow_ups: rungs
                    .map(|(rung, text)| FollowUp { text: text.clone(), answered: asked.answered.contains(&rung) })
                    .collect(),
            }
        });
        Some(Mock {
            setup: self.setup.clone(),
            began_at: self.began_at,
            parts: parts.collect(),
            bands: [depth, trade_offs, failure, delivery],
            remark: self.remark.clone(),
            took_millis: self.spent_in_all(),
        })
    }
}

fn count(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Level;
    use crate::ids::TopicId;
    use crate::study::mock::Length;

    fn sitting(length: Length) -> Sitting {
        let setup = Setup { length, level: Level::Senior, topics: vec![TopicId::new("t")] };
        let asked =
            |n: usize| Asked::new(QuestionId::new(format!("t/q{n}")), n == 0, vec!["10×?".into(), "cost?".into()]);
        Sitting::begin(setup, (0..=length.probes()).map(asked).collect(), Timestamp(5))
    }

    #[test]
    fn the_phases_fill_the_time() {
        for length in Length::ALL {
            let sitting = sitting(length);
            let all: u64 = sitting.phases().iter().map(|phase| phase.millis).sum();
            assert_eq!(all, u64::from(length.minutes()) * MINUTE);
            assert_eq!(sitting.phases().len(), 3 + length.probes() + 1);
        }
    }

    #[test]
    fn bells_ring_and_cut_nothing_off() {
        let mut sitting = sitting(Length::FortyFive);
        assert_eq!((sitting.bell(), sitting.until_bell()), (Bell::Quiet, Some(3 * MINUTE)));
        sitting.pass(3 * MINUTE);
        assert_eq!((sitting.bell(), sitting.until_bell()), (Bell::Soon, Some(MINUTE)));
        sitting.pass(2 * MINUTE);
        assert_eq!((sitting.bell(), sitting.until_bell()), (Bell::Rung, None));
        sitting.pass(MINUTE);
        assert_eq!(sitting.spent_here(), 6 * MINUTE);
    }

    #[test]
    fn a_mock_goes_from_the_scenario_to_its_score() {
        let mut sitting = sitting(Length::Thirty);
        sitting.notes_mut().push_str("numbers");
        assert!(sitting.follow_up() && sitting.follow_up() && !sitting.follow_up());
        sitting.pass(MINUTE);
        let point = |id: &str| (id.to_owned(), CardId::new(format!("t/q#{id}")));
        let points = |_: &QuestionId| Points { musts: vec![point("a"), point("b")], plus: vec![point("c")] };
        while sitting.stage == Stage::Talking {
            assert!(sitting.taken(points).is_none());
            sitting.pass(MINUTE);
            sitting.next();
        }
        sitting.asked[0].ticked.extend(["a".to_owned(), "c".to_owned(), "gone".to_owned()]);
        sitting.asked[0].answered.insert(1);
        for (axis, band) in Axis::ALL.into_iter().zip([4, 3, 9, 0]) {
            assert_eq!(sitting.next_axis(), Some(axis));
            sitting.give(axis, band);
        }
        let mock = sitting.taken(points).unwrap();
        assert_eq!(mock.bands, [4, 3, 4, 1]);
        assert_eq!((mock.parts.len(), mock.took_millis), (5, 9 * MINUTE));
        let first = &mock.parts[0];
        assert_eq!((first.took_millis, first.allotted_millis), (4 * MINUTE, 14 * MINUTE));
        assert_eq!((first.musts, first.musts_ticked, first.plus, first.plus_ticked), (2, 1, 1, 1));
        assert_eq!(first.follow_ups.iter().map(|rung| rung.answered).collect::<Vec<_>>(), [false, true]);
        assert_eq!(first.notes, "numbers");
        assert_eq!(first.missed_cards, [CardId::new("t/q#b")]);
    }

    #[test]
    fn what_was_not_reached_is_not_scored() {
        let mut sitting = sitting(Length::Thirty);
        for _ in 0..4 {
            sitting.next();
        }
        sitting.end();
        for axis in Axis::ALL {
            sitting.give(axis, 2);
        }
        let mock = sitting.taken(|_| Points::default()).unwrap();
        assert_eq!(mock.parts.len(), 3, "the scenario and two probes");
    }
}
