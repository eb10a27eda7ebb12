//! Fits the schedule's parameters to the reader's own log, and says whether that is better: on reviews that came later than
//! those it was fitted to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use fsrs::{CombinedProgressState, ComputeParametersInput, FSRS, FSRSError, FSRSItem, FSRSReview, compute_parameters};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fact::{Fact, Grade};
use super::progress::Progress;
use crate::ids::CardId;
use crate::time::{Moment, Timestamp};

/// Below this many reviews the parameters that fit most people fit better than the reader's own. Source: the advice of FSRS's authors.
pub const ENOUGH: usize = 400;
/// Share of the reviews, the latest, that the fit does not see and is judged by.
const HELD_OUT: f64 = 0.2;

/// Parameters fitted to the reader's log, with what speaks for them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// The 21 weights of FSRS-6.
    pub parameters: Vec<f32>,
    /// Reviews that they were fitted to, and later ones that judged them.
    pub fitted_to: u32,
    pub judged_by: u32,
    /// Mean log loss over the latter, with the parameters before and with these; less is better.
    pub loss_before: f32,
    pub loss_after: f32,
}

impl Fitted {
    /// They foresee the held-out reviews better than the ones in force.
    pub fn is_better(&self) -> bool {
        self.loss_after < self.loss_before
    }
}

/// Why nothing was fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoFit {
    #[error("It takes {ENOUGH} reviews; there are {0}")]
    TooFew(usize),
    #[error("Stopped; nothing was changed")]
    Stopped,
    #[error("The log does not say enough yet: too few reviews a day or more after the one before")]
    SaysTooLittle,
}

/// The log as the fit reads it: every card's reviews, the oldest first. Practice has no place in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    cards: Vec<Vec<(Moment, Grade)>>,
}

impl Log {
    pub fn of(progress: &Progress) -> Self {
        let mut cards: BTreeMap<&CardId, Vec<(Moment, Grade)>> = BTreeMap::new();
        for (entry, fact) in progress.counting_facts() {
            match fact {
                Fact::Reviewed { card, grade, practice: false, .. } => {
                    cards.entry(card).or_default().push((entry.moment(), *grade));
                }
                Fact::CardImported(imported) => {
                    let counts = imported.log.iter().filter(|past| past.kind != PRACTICE);
                    let past = counts.map(|past| (Moment { at: past.at, offset_secs: entry.offset_secs }, past.grade));
                    cards.entry(&imported.card).or_default().extend(past);
                }
                _ => {}
            }
        }
        let mut cards: Vec<_> = cards.into_values().collect();
        cards.iter_mut().for_each(|reviews| reviews.sort_by_key(|(at, _)| at.at));
        Self { cards }
    }

    pub fn reviews(&self) -> usize {
        self.cards.iter().map(Vec::len).sum()
    }

    /// Each review a day or more after the one before, with all before it, in the order of time: one on the same day says
    /// nothing of forgetting.
    fn items(&self) -> Vec<FSRSItem> {
        let mut items: Vec<(Timestamp, FSRSItem)> = Vec::new();
        for reviews in &self.cards {
            let mut history: Vec<FSRSReview> = Vec::with_capacity(reviews.len());
            let mut last = None;
            for (at, grade) in reviews {
                let days = last.map_or(0, |last| at.day().days_since(last));
                let delta_t = u32::try_from(days).unwrap_or_default();
                history.push(FSRSReview { rating: rating(*grade), delta_t });
                last = Some(at.day());
                if delta_t > 0 {
                    items.push((at.at, FSRSItem { reviews: history.clone() }));
                }
            }
        }
        items.sort_by_key(|(at, _)| *at);
        items.into_iter().map(|(_, item)| item).collect()
    }
}

/// Another program's reviews that did not count.
const PRACTICE: u8 = 3;

const fn rating(grade: Grade) -> u32 {
    match grade {
        Grade::Again => 1,
        Grade::Hard => 2,
        Grade::Good => 3,
        Grade::Easy => 4,
    }
}

/// How far a fit has come, and the way to stop it.
#[derive(Clone, Debug, Default)]
pub struct Control(Arc<Mutex<CombinedProgressState>>);

impl Control {
    /// 0 to 1.
    pub fn share(&self) -> f32 {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        #[expect(clippy::cast_precision_loss, reason = "a share of some thousands")]
        let share = state.current() as f32 / state.total().max(1) as f32;
        share.clamp(0.0, 1.0)
    }

    pub fn stop(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).want_abort = true;
    }
}

/// Fits to the earlier reviews and judges by the later ones; `current` are the parameters in force, empty for the default ones.
///
/// # Errors
/// [`NoFit`] when there is too little to fit to, or it was stopped.
pub fn fit(log: &Log, current: &[f32], control: &Control) -> Result<Fitted, NoFit> {
    let reviews = log.reviews();
    if reviews < ENOUGH {
        return Err(NoFit::TooFew(reviews));
    }
    let items = log.items();
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some thousands of reviews"
    )]
    let split = (items.len() as f64 * (1.0 - HELD_OUT)) as usize;
    let (earlier, later) = items.split_at(split);
    if earlier.len() < 64 || later.len() < 16 {
        return Err(NoFit::SaysTooLittle);
    }
    let input = ComputeParametersInput {
        train_set: earlier.to_vec(),
        progress: Some(Arc::clone(&control.0)),
        num_relearning_steps: Some(1),
        ..ComputeParametersInput::default()
    };
    let no_fit = |error| if matches!(error, FSRSError::Interrupted) { NoFit::Stopped } else { NoFit::SaysTooLittle };
    let parameters = compute_parameters(input).map_err(no_fit)?;
    let loss = |parameters: &[f32]| {
        let evaluated = FSRS::new(parameters).and_then(|fsrs| fsrs.evaluate(later.to_vec(), |_| true));
        evaluated.map(|found| found.log_loss).map_err(no_fit)
    };
    let count = |items: &[FSRSItem]| u32::try_from(items.len()).unwrap_or(u32::MAX);
    Ok(Fitted {
        loss_before: loss(current)?,
        loss_after: loss(&parameters)?,
        parameters,
        fitted_to: count(earlier),
        judged_by: count(later),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{EntryId, MachineId};
    use crate::study::Entry;

    /// Reviews of so many cards by someone who forgets a card once it was left for `forgets_after` days or more.
    pub fn reviews(cards: usize, forgets_after: i64) -> Vec<Entry> {
        let mut out = Vec::new();
        for card in 0..cards {
            let id = CardId::new(format!("k/q{}#c{card}", card / 3));
            let (mut day, mut gap) = (i64::try_from(card % 20).unwrap(), 1_i64);
            let mut grade = Grade::Good;
            for number in 0..9 {
                let fact = Fact::Reviewed { card: id.clone(), grade, took_millis: 8_000, practice: false };
                out.push(Entry {
                    id: EntryId(Uuid::from_u128(u128::try_from(card * 100 + number).unwrap() + 1)),
                    machine: MachineId(Uuid::from_u128(1)),
                    at: Timestamp(1_780_000_000_000 + day * 86_400_000 + i64::try_from(card).unwrap() * 1_000),
                    offset_secs: 0,
                    facts: vec![fact],
                });
                day += gap;
                grade = if gap >= forgets_after { Grade::Again } else { Grade::Good };
                gap = if grade == Grade::Again { 1 } else { gap * 2 };
            }
        }
        out
    }

    #[test]
    fn a_reader_who_forgets_sooner_is_foreseen_better_and_the_same_again() {
        let log = Log::of(&Progress::from_entries(reviews(60, 4)));
        assert_eq!(log.reviews(), 540);
        let fitted = fit(&log, &[], &Control::default()).unwrap();
        assert!(fitted.is_better(), "{fitted:?}");
        assert_eq!(fitted.parameters.len(), 21);
        assert!(fitted.fitted_to > 3 * fitted.judged_by);
        assert_eq!(fit(&log, &[], &Control::default()).unwrap(), fitted, "the same log gives the same parameters");
        let again = fit(&log, &fitted.parameters, &Control::default()).unwrap();
        assert!(!again.is_better(), "nothing is gained twice");
    }

    #[test]
    fn accepted_parameters_hold_from_then_on_in_any_order_and_undo_takes_them_back() {
        let entries = reviews(60, 4);
        let before = Progress::from_entries(entries.clone());
        let fitted = fit(&Log::of(&before), &[], &Control::default()).unwrap();
        let last = entries.iter().map(|entry| entry.at).max().unwrap();
        let own = |number: u128, at: Timestamp, facts| Entry {
            id: EntryId(Uuid::from_u128(number << 64)),
            machine: MachineId(Uuid::from_u128(1)),
            at,
            offset_secs: 0,
            facts,
        };
        let accept = own(1, last.plus_secs(60), vec![Fact::ParametersSet { fitted: Some(Box::new(fitted.clone())) }]);
        let mut after = before.clone();
        after.apply(accept.clone());
        let card = CardId::new("k/q0#c0");
        let stability = |progress: &Progress| progress.card(&card).unwrap().schedule.memory.unwrap().stability;
        assert!(stability(&after) < stability(&before), "this reader forgets sooner than most");
        assert_eq!(
            after.card(&card).unwrap().schedule.due,
            before.card(&card).unwrap().schedule.due,
            "no card moves at once"
        );
        assert_eq!(after.fitted(), Some(&fitted));
        let grade = Fact::Reviewed { card: card.clone(), grade: Grade::Good, took_millis: 1, practice: false };
        let review = own(2, last.plus_secs(86_400), vec![grade]);
        after.apply(review.clone());
        let mut all = entries;
        all.extend([accept.clone(), review]);
        all.reverse();
        assert!(Progress::from_entries(all.clone()) == after);
        let mut merged = Progress::default();
        all.into_iter().for_each(|entry| merged.apply(entry));
        assert!(merged == after, "one by one, the last first");
        let undone = own(3, last.plus_secs(90_000), vec![Fact::Withdrawn { entry: accept.id }]);
        merged.apply(undone);
        assert_eq!(merged.fitted(), None);
        let plain = Fact::Reviewed { card: card.clone(), grade: Grade::Good, took_millis: 1, practice: false };
        let mut without = before;
        without.apply(own(2, last.plus_secs(86_400), vec![plain]));
        assert_eq!(merged.card(&card), without.card(&card), "as if they had never been");
    }

    #[test]
    fn too_little_is_not_fitted_and_a_fit_can_be_stopped() {
        let few = Log::of(&Progress::from_entries(reviews(20, 4)));
        assert_eq!(fit(&few, &[], &Control::default()), Err(NoFit::TooFew(180)));
        let control = Control::default();
        control.stop();
        let log = Log::of(&Progress::from_entries(reviews(60, 4)));
        assert_eq!(fit(&log, &[], &control), Err(NoFit::Stopped));
    }
}
