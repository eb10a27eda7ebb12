//! Draws a mock: one scenario, and probes weighted to what is weak.

use super::{Setup, rungs};
use crate::catalog::Level;
use crate::ids::{QuestionId, TopicId};
use crate::study::Readiness;
use crate::study::mock::sitting::Asked;

/// A question that may be drawn, as the draw weighs it.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub question: QuestionId,
    pub topic: TopicId,
    pub level: Level,
    /// The last question of its topic: a design or a runbook.
    pub scenario: bool,
    pub readiness: Readiness,
    /// Mocks since it was last drawn; None when it never was.
    pub mocks_ago: Option<usize>,
    /// The follow-ups that the content has, in its order.
    pub follow_ups: Vec<String>,
}

/// What is weak comes more often; what is proven still comes sometimes, since a mock that only asks the weak flatters nobody.
fn weight(candidate: &Candidate, level: Level) -> f64 {
    let by_readiness = match candidate.readiness {
        Readiness::Shaky => 4.0,
        Readiness::Untested => 3.0,
        Readiness::Ready => 1.5,
        Readiness::Proven => 0.5,
    };
    let by_level = if candidate.level == level { 1.5 } else { 1.0 };
    let fresh = match candidate.mocks_ago {
        Some(0) => 0.1,
        Some(1) => 0.4,
        _ => 1.0,
    };
    by_readiness * by_level * fresh
}

/// A mock for the setup; the same seed draws the same. Empty when no chosen topic has a question.
///
/// Drawn without putting back, each with a chance in proportion to its weight: the largest `u^(1/w)` with `u` uniform in 0 to 1.
/// Source: Efraimidis and Spirakis 2006, "Weighted random sampling with a reservoir". Questions above the level are left out;
/// with several topics none has more than two probes while others have some left.
pub fn draw(setup: &Setup, candidates: &[Candidate], seed: u64) -> Vec<Asked> {
    let open = candidates.iter().filter(|candidate| setup.topics.contains(&candidate.topic));
    let mut drawn: Vec<(f64, &Candidate)> = open
        .filter(|candidate| candidate.scenario || candidate.level <= setup.level)
        .map(|candidate| (uniform(seed, &candidate.question).powf(1.0 / weight(candidate, setup.level)), candidate))
        .collect();
    drawn.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.question.cmp(&b.1.question)));
    let (of_scenario, of_probe) = rungs(setup.level);
    let mut out: Vec<Asked> = Vec::new();
    if let Some((_, scenario)) = drawn.iter().find(|(_, candidate)| candidate.scenario) {
        out.push(Asked::new(scenario.question.clone(), true, ladder(scenario, of_scenario, seed)));
    }
    let probes: Vec<&Candidate> =
        drawn.iter().map(|(_, candidate)| *candidate).filter(|found| !found.scenario).collect();
    let most = if setup.topics.len() > 1 { 2 } else { probes.len() };
    let mut chosen: Vec<&Candidate> = Vec::new();
    let mut passed_over: Vec<&Candidate> = Vec::new();
    for probe in probes {
        let of_topic = chosen.iter().filter(|other| other.topic == probe.topic).count();
        if of_topic < most { chosen.push(probe) } else { passed_over.push(probe) }
    }
    let probes = chosen.into_iter().chain(passed_over).take(setup.length.probes());
    out.extend(probes.map(|probe| Asked::new(probe.question.clone(), false, ladder(probe, of_probe, seed))));
    out
}

/// The rungs in the content's order. The scenario takes them from the first; a probe begins anywhere.
fn ladder(candidate: &Candidate, rungs: usize, seed: u64) -> Vec<String> {
    let all = &candidate.follow_ups;
    let last_start = all.len().saturating_sub(rungs);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index into a few rungs")]
    #[expect(clippy::cast_precision_loss, reason = "a few rungs")]
    let start = if candidate.scenario {
        0
    } else {
        (uniform(seed ^ 1, &candidate.question) * (last_start + 1) as f64) as usize
    };
    all.iter().skip(start.min(last_start)).take(rungs).cloned().collect()
}

/// Above 0 and up to 1, from a seed and a name: FNV-1a, mixed once more as in splitmix64, so that near seeds draw far apart.
fn uniform(seed: u64, question: &QuestionId) -> f64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in seed.to_le_bytes().into_iter().chain(question.as_str().bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^= hash >> 31;
    #[expect(clippy::cast_precision_loss, reason = "53 bits fill a double exactly")]
    let uniform = ((hash >> 11) + 1) as f64 / (1u64 << 53) as f64;
    uniform
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::study::mock::Length;

    fn candidates(topics: usize) -> Vec<Candidate> {
        let all = [Readiness::Untested, Readiness::Shaky, Readiness::Ready, Readiness::Proven];
        let one = |topic: usize, n: usize| Candidate {
            question: QuestionId::new(format!("t{topic}/q{n}")),
            topic: TopicId::new(format!("t{topic}")),
            level: [Level::Core, Level::Senior, Level::Staff][n % 3],
            scenario: n == 24,
            readiness: all[n % 4],
            mocks_ago: None,
            follow_ups: (0..5).map(|rung| format!("rung {rung}")).collect(),
        };
        (0..topics).flat_map(|topic| (0..25).map(move |n| one(topic, n))).collect()
    }

    fn setup(length: Length, level: Level, topics: usize) -> Setup {
        Setup { length, level, topics: (0..topics).map(|topic| TopicId::new(format!("t{topic}"))).collect() }
    }

    proptest! {
        #[test]
        fn a_draw_has_one_scenario_and_its_probes(seed in any::<u64>(), length in 0usize..3, topics in 1usize..6, level in 0usize..3) {
            let setup = setup(Length::ALL[length], [Level::Core, Level::Senior, Level::Staff][level], topics);
            let all = candidates(6);
            let drawn = draw(&setup, &all, seed);
            prop_assert_eq!(&draw(&setup, &all, seed), &drawn, "the same seed draws the same");
            prop_assert_eq!(drawn.len(), 1 + setup.length.probes());
            prop_assert!(drawn[0].scenario && drawn.iter().skip(1).all(|asked| !asked.scenario));
            let mut questions: Vec<_> = drawn.iter().map(|asked| asked.question.clone()).collect();
            questions.sort();
            questions.dedup();
            prop_assert_eq!(questions.len(), drawn.len(), "none twice");
            for asked in &drawn {
                prop_assert!(setup.topics.contains(&asked.question.topic()));
                prop_assert!(!asked.follow_ups.is_empty());
                let found = all.iter().find(|candidate| candidate.question == asked.question).unwrap();
                prop_assert!(asked.scenario || found.level <= setup.level);
            }
            if topics > 3 {
                for topic in &setup.topics {
                    prop_assert!(drawn.iter().skip(1).filter(|asked| asked.question.topic() == *topic).count() <= 2);
                }
            }
        }
    }

    #[test]
    fn the_weak_come_more_often_and_the_last_ones_seldom() {
        let mut all = candidates(6);
        let setup = setup(Length::Sixty, Level::Staff, 6);
        let (mut by_readiness, mut just_drawn) = ([0usize; 4], 0);
        let marked = QuestionId::new("t0/q1");
        for candidate in all.iter_mut().filter(|candidate| candidate.question == marked) {
            candidate.mocks_ago = Some(0);
        }
        for seed in 0..2_000 {
            for asked in draw(&setup, &all, seed).iter().skip(1) {
                let found = all.iter().find(|candidate| candidate.question == asked.question).unwrap();
                by_readiness[found.readiness as usize] += 1;
                just_drawn += usize::from(asked.question == marked);
            }
        }
        let [untested, shaky, ready, proven] = by_readiness;
        assert!(shaky > untested && untested > ready && ready > 2 * proven, "{by_readiness:?}");
        assert!(proven > 0);
        // One of 36 shaky ones: without the mark it would come some 140 times.
        assert!(just_drawn < 40, "{just_drawn}");
    }

    #[test]
    fn nothing_to_draw_from_draws_nothing() {
        assert!(draw(&setup(Length::Thirty, Level::Core, 1), &[], 7).is_empty());
    }
}
