//! How far the reader's confidence can be trusted: what was said before the reveal, against what the attempt then showed.

use super::fact::{AttemptKind, Confidence, Diagnosed, Fact};
use super::progress::Progress;
use crate::ids::{QuestionId, TopicId};
use crate::time::Moment;

/// Below this many ratings a curve says more of chance than of the reader.
pub const ENOUGH: usize = 20;

/// A confidence rating and the attempt that followed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rated {
    pub question: QuestionId,
    pub confidence: Confidence,
    /// Every must was said.
    pub held: bool,
    pub at: Moment,
}

/// Every rating that an attempt followed, the oldest first. A rating given again before the attempt replaces the first.
pub fn rated(progress: &Progress) -> Vec<Rated> {
    let mut said = std::collections::HashMap::new();
    let mut out = Vec::new();
    for (entry, fact) in progress.counting_facts() {
        match fact {
            Fact::ConfidenceRated { question, confidence } => {
                said.insert(question.clone(), *confidence);
            }
            // In a mock nobody asks how sure one is.
            Fact::Attempted(attempt) if attempt.attempt != AttemptKind::Mock => {
                if let Some(confidence) = said.remove(&attempt.question) {
                    let held = attempt.musts_ticked >= attempt.musts;
                    out.push(Rated { question: attempt.question.clone(), confidence, held, at: entry.moment() });
                }
            }
            Fact::Diagnosed(Diagnosed { question, confidence, musts, musts_ticked, .. }) => {
                let (confidence, held) = (*confidence, musts_ticked >= musts);
                out.push(Rated { question: question.clone(), confidence, held, at: entry.moment() });
            }
            _ => {}
        }
    }
    out
}

/// What was said with one word, and how often it held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub confidence: Confidence,
    pub count: usize,
    pub held: usize,
}

impl Bucket {
    /// Share that held, 0 to 1.
    pub fn share(&self) -> Option<f64> {
        (self.count > 0).then(|| ratio(self.held, self.count))
    }
}

/// The curve and its score.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    pub buckets: [Bucket; 4],
    pub count: usize,
    /// Mean squared distance of what was said from what happened, 0 (best) to 1.
    ///
    /// `reliability - resolution + uncertainty`. Source: Murphy 1973, "A new vector partition of the probability score".
    pub brier: f64,
    /// How far the words are from what they come to; 0 is perfect.
    pub reliability: f64,
    /// How well the words tell what holds from what does not; more is better.
    pub resolution: f64,
    /// What the attempts alone leave open.
    pub uncertainty: f64,
}

/// The calibration over some ratings; None without any.
pub fn calibration<'a>(rated: impl Iterator<Item = &'a Rated>) -> Option<Calibration> {
    let mut buckets = Confidence::ALL.map(|confidence| Bucket { confidence, count: 0, held: 0 });
    for Rated { confidence, held, .. } in rated {
        for bucket in buckets.iter_mut().filter(|bucket| bucket.confidence == *confidence) {
            bucket.count += 1;
            bucket.held += usize::from(*held);
        }
    }
    let count: usize = buckets.iter().map(|bucket| bucket.count).sum();
    if count == 0 {
        return None;
    }
    let overall = ratio(buckets.iter().map(|bucket| bucket.held).sum(), count);
    let (mut reliability, mut resolution) = (0.0, 0.0);
    for bucket in &buckets {
        let Some(share) = bucket.share() else { continue };
        let weight = ratio(bucket.count, count);
        reliability += weight * (f64::from(bucket.confidence.percent()) / 100.0 - share).powi(2);
        resolution += weight * (share - overall).powi(2);
    }
    let uncertainty = overall * (1.0 - overall);
    Some(Calibration {
        buckets,
        count,
        brier: reliability - resolution + uncertainty,
        reliability,
        resolution,
        uncertainty,
    })
}

impl Calibration {
    /// What it means, in a sentence: of the word that is furthest off, or that they all hold.
    pub fn sentence(&self) -> String {
        let off = |bucket: &&Bucket| {
            let said = i64::from(bucket.confidence.percent());
            bucket.share().map_or(0, |share| (percent(share) - said).abs())
        };
        let told = self.buckets.iter().filter(|bucket| bucket.count >= 5).max_by_key(off);
        let Some(bucket) = told else { return "Each word has been used too seldom to say more.".to_owned() };
        let (word, right) = (bucket.confidence.word(), percent(bucket.share().unwrap_or_default()));
        let said = i64::from(bucket.confidence.percent());
        let verdict = match right - said {
            ..=-10 => "less often than the word claims",
            10.. => "more often than the word claims",
            _ => "about as often as the word claims",
        };
        format!("When you say {word} you are right {right} % of the time, {verdict}.")
    }
}

/// The questions of the last `days` days that were sure and did not hold, the newest first, each once.
pub fn sure_but_wrong(rated: &[Rated], now: Moment, days: i32) -> Vec<QuestionId> {
    let mut out: Vec<QuestionId> = Vec::new();
    for Rated { question, confidence, held, at } in rated.iter().rev() {
        let recent = now.day().days_since(at.day()) < days;
        if recent && *confidence == Confidence::Sure && !held && !out.contains(question) {
            out.push(question.clone());
        }
    }
    out
}

/// The Brier score over the last [`ENOUGH`] ratings, at each rating from the first that has as many before it.
pub fn over_time(rated: &[Rated]) -> Vec<(Moment, f64)> {
    let windows = rated.windows(ENOUGH);
    windows.filter_map(|window| Some((window.last()?.at, calibration(window.iter())?.brier))).collect()
}

/// Of one topic.
pub fn of_topic<'a>(rated: &'a [Rated], topic: &'a TopicId) -> impl Iterator<Item = &'a Rated> {
    rated.iter().filter(move |rated| rated.question.topic() == *topic)
}

fn ratio(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of attempts")]
    let ratio = part as f64 / whole.max(1) as f64;
    ratio
}

fn percent(share: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a percentage")]
    let percent = (share * 100.0).round() as i64;
    percent
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::Timestamp;

    fn at(day: i64) -> Moment {
        Moment { at: Timestamp(1_790_000_000_000 + day * 86_400_000), offset_secs: 0 }
    }

    fn one(confidence: Confidence, held: bool) -> Rated {
        Rated { question: QuestionId::new("kafka/isr"), confidence, held, at: at(0) }
    }

    #[test]
    fn the_sentence_names_the_word_that_is_furthest_off() {
        let mut rated: Vec<Rated> = (0..14).map(|n| one(Confidence::Sure, n < 10)).collect();
        rated.extend((0..8).map(|n| one(Confidence::Likely, n < 6)));
        let found = calibration(rated.iter()).unwrap();
        assert_eq!(
            found.sentence(),
            "When you say sure you are right 71 % of the time, less often than the word claims."
        );
        assert_eq!((found.count, found.buckets[3].count, found.buckets[3].held), (22, 14, 10));
        assert!(calibration(std::iter::empty()).is_none());
    }

    #[test]
    fn sure_but_wrong_is_recent_and_once() {
        let wrong =
            |name: &str, day| Rated { question: QuestionId::new(name), at: at(day), ..one(Confidence::Sure, false) };
        let rated = [wrong("a/old", 0), wrong("a/x", 8), wrong("a/y", 9), wrong("a/x", 9), one(Confidence::Sure, true)];
        let found = sure_but_wrong(&rated, at(10), 7);
        assert_eq!(found, [QuestionId::new("a/x"), QuestionId::new("a/y")]);
    }

    proptest! {
        /// Murphy's parts add up to the score as it is defined.
        #[test]
        fn the_parts_add_up(ratings in prop::collection::vec((0usize..4, any::<bool>()), 1..60)) {
            let rated: Vec<Rated> = ratings.iter().map(|(c, held)| one(Confidence::ALL[*c], *held)).collect();
            let found = calibration(rated.iter()).unwrap();
            let squared = |rated: &Rated| {
                let said = f64::from(rated.confidence.percent()) / 100.0;
                (said - f64::from(u8::from(rated.held))).powi(2)
            };
            let defined = rated.iter().map(squared).sum::<f64>() / f64::from(u32::try_from(rated.len()).unwrap());
            prop_assert!((found.brier - defined).abs() < 1e-9, "{} {}", found.brier, defined);
            prop_assert!((0.0..=1.0).contains(&found.brier));
        }
    }
}
