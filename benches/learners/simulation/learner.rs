//! What is true of a learner and hidden from every way to choose: how they forget, what they know before they begin, how fast and how
//! faithful they are.

use std::collections::HashMap;

use fsrs::{FSRS, FSRS6_DEFAULT_DECAY, MemoryState};
use whetstone::catalog::{Catalog, Level};
use whetstone::ids::CardId;
use whetstone::study::Grade;

/// A source of chance that is the same on every machine: SplitMix64 (Steele, Lea and Flood 2014).
pub struct Chance(u64);

impl Chance {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn even(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Standard normal (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let (radius, angle) = (self.even().max(1e-12), self.even());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    pub fn below(&mut self, n: usize) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "below n")]
        let index = (self.bits() % n.max(1) as u64) as usize;
        index
    }
}

pub struct Learner {
    /// FSRS parameters: the defaults, each off by a factor of this learner's own.
    memory: FSRS,
    /// Share of days on which the learner studies.
    pub discipline: f64,
    /// Against the usual seconds of a review and minutes of a question.
    pub slowness: f64,
    /// The true memory of each card and the day of its last change; what is not here is not known at all.
    truth: HashMap<CardId, (MemoryState, f64)>,
}

impl Learner {
    pub fn new(seed: u64, catalog: &Catalog) -> Self {
        let mut chance = Chance::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0xa5a5);
        let noisy = fsrs::DEFAULT_PARAMETERS.map(|w| {
            #[expect(clippy::cast_possible_truncation, reason = "a parameter")]
            let factor = (0.15 * chance.normal()).exp() as f32;
            w * factor
        });
        let memory = FSRS::new(&noisy).unwrap_or_default();
        let ability = chance.normal() * 0.7 - 0.2;
        let mut subtopics = Vec::new();
        for topic in &catalog.topics {
            let of_topic = ability + chance.normal() * 0.9;
            subtopics.extend(topic.subtopics.iter().map(|subtopic| (subtopic, of_topic + chance.normal() * 0.6)));
        }
        let discipline = 0.6 + 0.4 * chance.even();
        let slowness = (0.25 * chance.normal()).exp();
        let mut truth = HashMap::new();
        for (question, known) in subtopics.iter().flat_map(|(one, known)| one.questions.iter().map(move |q| (q, known)))
        {
            let harder = match question.level {
                Level::Core => 0.5,
                Level::Senior => 0.0,
                Level::Staff => -0.5,
            };
            for card in question.cards() {
                let (is_known, age) = (chance.even() < chance_of(known + harder), chance.normal());
                // Known from work, not from cards: for some months, more or less.
                #[expect(clippy::cast_possible_truncation, reason = "a stability")]
                let stability = (90.0 * (0.8 * age).exp()) as f32;
                if is_known {
                    truth.insert(card.id.clone(), (MemoryState { stability, difficulty: 5.0 }, -20.0));
                }
            }
        }
        Self { memory, discipline, slowness, truth }
    }

    /// The true chance that a card is recalled on a day.
    pub fn recall(&self, card: &CardId, day: f64) -> f64 {
        self.truth.get(card).map_or(0.0, |(memory, since)| {
            #[expect(clippy::cast_possible_truncation, reason = "days")]
            let elapsed = (day - since).max(0.0) as f32;
            f64::from(fsrs::current_retrievability(*memory, elapsed, FSRS6_DEFAULT_DECAY))
        })
    }

    /// The true memory after it was asked for.
    pub fn change(&mut self, card: &CardId, grade: Grade, day: f64) {
        let known = self.truth.get(card).copied();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days")]
        let elapsed = known.map_or(0, |(_, since)| (day - since).max(0.0) as u32);
        let Ok(next) = self.memory.next_states(known.map(|(memory, _)| memory), 0.9, elapsed) else { return };
        let memory = match grade {
            Grade::Again => next.again.memory,
            Grade::Hard => next.hard.memory,
            Grade::Good => next.good.memory,
            Grade::Easy => next.easy.memory,
        };
        self.truth.insert(card.clone(), (memory, day));
    }
}

fn chance_of(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}
