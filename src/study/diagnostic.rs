//! The diagnostic: which prompts to ask so that a few say most, and what their outcome says of the questions that were not asked.

use std::collections::{BTreeMap, HashMap};

use super::fact::Diagnosed;
use crate::ids::{QuestionId, TopicId};

/// Prompts that one diagnostic asks; 12 to 18 say enough in five minutes.
pub const PROMPTS: usize = 15;
/// Asked of each topic before any is asked more.
const AT_LEAST: usize = 2;

/// A question as the diagnostic sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Askable {
    pub question: QuestionId,
    /// Its subtopic's place in the content.
    pub subtopic: usize,
    /// How hard it is: 0 core, 1 senior, 2 staff.
    pub level: u8,
}

/// What is known of a question from having asked it.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    pub question: QuestionId,
    /// Share of its key points that were there, 0 to 1.
    pub score: f64,
}

/// How much of a question was there: the musts count for three quarters.
pub fn score(musts: u8, musts_ticked: u8, plus: u8, plus_ticked: u8) -> f64 {
    let share = |ticked: u8, all: u8| f64::from(ticked.min(all)) / f64::from(all.max(1));
    if plus == 0 {
        share(musts_ticked, musts)
    } else {
        0.75 * share(musts_ticked, musts) + 0.25 * share(plus_ticked, plus)
    }
}

impl From<&Diagnosed> for Evidence {
    fn from(diagnosed: &Diagnosed) -> Self {
        let Diagnosed { question, musts, musts_ticked, plus, plus_ticked, .. } = diagnosed;
        Self { question: question.clone(), score: score(*musts, *musts_ticked, *plus, *plus_ticked) }
    }
}

/// The next prompt; None once `prompts` have been asked or nothing is left to ask.
///
/// Stratified, then adaptive: every topic of `askable` is asked [`AT_LEAST`] times, in turn and in the order of the topics, each time in a
/// subtopic that was not asked yet, and harder after a good outcome than after a poor one. What is left goes to the topics whose
/// outcomes disagree most, since there one more says most. The same evidence always leads to the same prompt.
pub fn next(askable: &[Askable], asked: &[Evidence], prompts: usize) -> Option<QuestionId> {
    if asked.len() >= prompts {
        return None;
    }
    let mut topics: Vec<TopicId> = Vec::new();
    for one in askable {
        let topic = one.question.topic();
        if topics.last() != Some(&topic) && !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    let scores = |topic: &TopicId| -> Vec<f64> {
        asked.iter().filter(|one| one.question.topic() == *topic).map(|one| one.score).collect()
    };
    let open = |topic: &TopicId| {
        askable
            .iter()
            .any(|one| one.question.topic() == *topic && !asked.iter().any(|done| done.question == one.question))
    };
    let open_topics: Vec<&TopicId> = topics.iter().filter(|topic| open(topic)).collect();
    let fewest = open_topics.iter().map(|topic| scores(topic).len()).min()?;
    let topic = if fewest < AT_LEAST {
        open_topics.into_iter().find(|topic| scores(topic).len() == fewest)?
    } else {
        // Disagreement per prompt that was asked already; the first of equals.
        let gain = |topic: &TopicId| {
            let scores = scores(topic);
            (spread(&scores) + 0.05) / count(scores.len())
        };
        open_topics.into_iter().rev().max_by(|a, b| gain(a).total_cmp(&gain(b)))?
    };
    let last = asked.iter().rev().find(|one| one.question.topic() == *topic).map(|one| one.score);
    let wanted = match last {
        None => 1,
        Some(score) if score >= 0.6 => 2,
        Some(_) => 0,
    };
    let subtopic_of: HashMap<&QuestionId, usize> = askable.iter().map(|one| (&one.question, one.subtopic)).collect();
    let asked_in = |subtopic: usize| {
        asked.iter().filter(|one| subtopic_of.get(&one.question).is_some_and(|other| *other == subtopic)).count()
    };
    let size = |subtopic: usize| askable.iter().filter(|one| one.subtopic == subtopic).count();
    let left = askable.iter().filter(|one| one.question.topic() == *topic);
    let left = left.filter(|one| !asked.iter().any(|done| done.question == one.question));
    let chosen = left
        .min_by_key(|one| (asked_in(one.subtopic), one.level.abs_diff(wanted), std::cmp::Reverse(size(one.subtopic))));
    chosen.map(|one| one.question.clone())
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

/// Population variance; that of fewer than two is as large as it can be, since nothing is known.
fn spread(scores: &[f64]) -> f64 {
    if scores.len() < 2 {
        return 0.25;
    }
    let mean = scores.iter().sum::<f64>() / count(scores.len());
    scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / count(scores.len())
}

/// What the evidence says of every question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inferred {
    known: HashMap<QuestionId, f64>,
    topics: BTreeMap<TopicId, Share>,
    subtopics: BTreeMap<usize, Share>,
}

/// How much of a part of the content is probably known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    /// 0 to 1, for a question of middling difficulty.
    pub known: f64,
    pub asked: usize,
}

impl Inferred {
    /// Share of a question that is probably known, 0 to 1; None without any evidence at all.
    pub fn known(&self, question: &QuestionId) -> Option<f64> {
        self.known.get(question).copied()
    }

    pub fn topic(&self, topic: &TopicId) -> Option<Share> {
        self.topics.get(topic).copied()
    }

    pub fn subtopic(&self, subtopic: usize) -> Option<Share> {
        self.subtopics.get(&subtopic).copied()
    }
}

/// How much easier a core question is than a senior one, and that than a staff one, in share of key points known.
const LEVEL_STEP: f64 = 0.12;
/// An estimate leans on the one above it as if that were so many outcomes.
const PRIOR_OF_ALL: f64 = 3.0;
const PRIOR_OF_TOPIC: f64 = 1.5;
const PRIOR_OF_SUBTOPIC: f64 = 1.0;
/// Before anything is asked of a reader with ten years' experience.
const BEFORE: f64 = 0.45;

/// What the outcomes say of all questions: each estimate is the mean of its own outcomes, drawn towards that of the whole it stands in
/// (question, subtopic, topic, everything) the more the fewer there are. Outcomes are made comparable by the level of their question.
pub fn infer(askable: &[Askable], evidence: &[Evidence]) -> Inferred {
    if evidence.is_empty() {
        return Inferred::default();
    }
    let easier = |level: u8| LEVEL_STEP * (1.0 - f64::from(level));
    let by_question: HashMap<&QuestionId, f64> = evidence.iter().map(|one| (&one.question, one.score)).collect();
    // Of the outcomes: all, by topic, by subtopic; each as sum and number.
    let mut all = (0.0, 0.0);
    let mut topics: BTreeMap<TopicId, (f64, f64)> = BTreeMap::new();
    let mut subtopics: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for one in askable {
        let topic = topics.entry(one.question.topic()).or_default();
        let subtopic = subtopics.entry(one.subtopic).or_default();
        let Some(score) = by_question.get(&one.question) else { continue };
        let level_score = score - easier(one.level);
        for (sum, number) in [&mut all, topic, subtopic] {
            *sum += level_score;
            *number += 1.0;
        }
    }
    let drawn = |(sum, number): (f64, f64), towards: f64, prior: f64| (sum + towards * prior) / (number + prior);
    let of_all = drawn(all, BEFORE, PRIOR_OF_ALL);
    let mut inferred = Inferred::default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of prompts")]
    let share = |known: f64, number: f64| Share { known: known.clamp(0.0, 1.0), asked: number as usize };
    for one in askable {
        let topic = topics.get(&one.question.topic()).copied().unwrap_or_default();
        let subtopic = subtopics.get(&one.subtopic).copied().unwrap_or_default();
        let of_topic = drawn(topic, of_all, PRIOR_OF_TOPIC);
        let of_subtopic = drawn(subtopic, of_topic, PRIOR_OF_SUBTOPIC);
        let guess = (of_subtopic + easier(one.level)).clamp(0.02, 0.98);
        // What was asked itself is known best; ticking at a glance errs a little.
        let known = by_question.get(&one.question).map_or(guess, |score| 0.85 * score + 0.15 * guess);
        inferred.known.insert(one.question.clone(), known);
        inferred.topics.insert(one.question.topic(), share(of_topic, topic.1));
        inferred.subtopics.insert(one.subtopic, share(of_subtopic, subtopic.1));
    }
    inferred
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Six topics of 25 in five subtopics each, as the content has them.
    fn askable() -> Vec<Askable> {
        (0..150usize)
            .map(|n| Askable {
                question: QuestionId::new(format!("t{}/q{}", n / 25, n % 25)),
                subtopic: n / 5,
                level: u8::try_from(n % 3).unwrap(),
            })
            .collect()
    }

    fn asked_with(outcome: impl Fn(&QuestionId) -> f64, prompts: usize) -> Vec<Evidence> {
        let (all, mut asked) = (askable(), Vec::new());
        while let Some(question) = next(&all, &asked, prompts) {
            let score = outcome(&question);
            asked.push(Evidence { question, score });
        }
        asked
    }

    #[test]
    fn every_topic_is_asked_in_different_subtopics() {
        let asked = asked_with(|_| 0.5, PROMPTS);
        assert_eq!(asked.len(), PROMPTS);
        let all = askable();
        for topic in 0..6 {
            let topic = TopicId::new(format!("t{topic}"));
            let of_topic: Vec<_> = asked.iter().filter(|one| one.question.topic() == topic).collect();
            assert!((2..=4).contains(&of_topic.len()), "{topic}: {}", of_topic.len());
            let subtopics: std::collections::BTreeSet<usize> = of_topic
                .iter()
                .filter_map(|one| all.iter().find(|other| other.question == one.question))
                .map(|one| one.subtopic)
                .collect();
            assert_eq!(subtopics.len(), of_topic.len());
        }
    }

    #[test]
    fn a_good_outcome_is_followed_by_a_harder_prompt_and_disagreement_by_another() {
        let all = askable();
        let level = |id: &QuestionId| all.iter().find(|one| one.question == *id).unwrap().level;
        let good = asked_with(|_| 1.0, 7);
        assert_eq!((level(&good[0].question), level(&good[6].question)), (1, 2));
        let poor = asked_with(|_| 0.0, 7);
        assert_eq!(level(&poor[6].question), 0);
        // One topic is known by halves, the others not at all.
        let torn = asked_with(|id| if id.as_str().starts_with("t3") { f64::from(level(id) % 2) } else { 0.0 }, PROMPTS);
        let of = |topic: &str| torn.iter().filter(|one| one.question.as_str().starts_with(topic)).count();
        assert!(of("t3") > of("t0"), "{} {}", of("t3"), of("t0"));
    }

    #[test]
    fn what_is_inferred_follows_topic_subtopic_and_level() {
        let all = askable();
        let asked = asked_with(|id| if id.as_str().starts_with("t0") { 0.9 } else { 0.2 }, PROMPTS);
        let found = infer(&all, &asked);
        let mean = |topic: &str| {
            let of_topic: Vec<f64> = all
                .iter()
                .filter(|one| one.question.as_str().starts_with(topic))
                .filter_map(|one| found.known(&one.question))
                .collect();
            of_topic.iter().sum::<f64>() / count(of_topic.len())
        };
        assert!(mean("t0") > 0.6 && mean("t1") < 0.4, "{} {}", mean("t0"), mean("t1"));
        let untested = |level: u8| {
            let one = all.iter().find(|one| {
                one.level == level
                    && one.question.as_str().starts_with("t2")
                    && found.subtopic(one.subtopic).unwrap().asked == 0
            });
            found.known(&one.unwrap().question).unwrap()
        };
        assert!(untested(0) > untested(1) && untested(1) > untested(2));
        assert_eq!(infer(&all, &[]).known(&all[0].question), None, "without evidence nothing is claimed");
    }

    #[test]
    fn musts_count_most() {
        assert!((score(4, 4, 0, 0) - 1.0).abs() < 1e-9);
        assert!((score(4, 2, 2, 0) - 0.375).abs() < 1e-9);
        assert!(score(0, 0, 0, 0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn no_prompt_comes_twice_and_every_share_is_one(scores in proptest::collection::vec(0.0f64..=1.0, 18), prompts in 1usize..18) {
            let index = std::cell::Cell::new(0);
            let asked = asked_with(|_| { let n = index.get(); index.set(n + 1); scores[n] }, prompts);
            let different: std::collections::BTreeSet<_> = asked.iter().map(|one| &one.question).collect();
            prop_assert_eq!(different.len(), asked.len());
            let found = infer(&askable(), &asked);
            prop_assert!(askable().iter().all(|one| found.known(&one.question).is_some_and(|known| (0.0..=1.0).contains(&known))));
        }
    }
}
