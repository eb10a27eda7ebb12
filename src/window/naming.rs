//! What is called something like what was typed: words as they stand first, and only when nothing has them, their letters in order.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::catalog::{Catalog, Question};

/// What was typed, ready to be held against names.
pub struct Typed {
    pattern: Pattern,
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Typed {
    /// The strict reading of what was typed, then the lenient one. Letters in order alone would find "What Redis is for" for
    /// "isr"; with nothing better to show, they find "idempotent producer" for "idpr".
    pub fn readings(text: &str) -> [Self; 2] {
        [AtomKind::Substring, AtomKind::Fuzzy].map(|kind| Self {
            pattern: Pattern::new(text, CaseMatching::Ignore, Normalization::Smart, kind),
            matcher: Matcher::new(Config::DEFAULT),
            buffer: Vec::new(),
        })
    }

    /// How well a name matches; nothing when it does not.
    pub fn score(&mut self, name: &str) -> Option<u32> {
        self.pattern.score(Utf32Str::new(name, &mut self.buffer), &mut self.matcher)
    }

    /// The questions whose title, prompt or tags match, best first.
    pub fn questions<'a>(&mut self, catalog: &'a Catalog) -> Vec<&'a Question> {
        let mut scored: Vec<(u32, &Question)> = Vec::new();
        for question in catalog.questions() {
            // A hit in the title outweighs one in the sentence.
            let rest = format!("{} {}", question.id, question.tags.join(" "));
            let names = [(question.title.as_str(), 3), (question.prompt.as_str(), 2), (rest.as_str(), 2)];
            let best = names.into_iter().filter_map(|(name, weight)| Some(self.score(name)? * weight)).max();
            scored.extend(best.map(|best| (best, &**question)));
        }
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        scored.into_iter().map(|(_, question)| question).collect()
    }
}

/// The questions that match, best first; all of them in order without a filter.
pub fn matching<'a>(catalog: &'a Catalog, filter: &str) -> Vec<&'a Question> {
    if filter.trim().is_empty() {
        return catalog.questions().map(|question| &**question).collect();
    }
    let [mut strict, mut lenient] = Typed::readings(filter);
    let found = strict.questions(catalog);
    if found.is_empty() { lenient.questions(catalog) } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_finds_by_title_prompt_and_tag() {
        let (catalog, _) = crate::catalog::embedded();
        let first = |filter: &str| matching(&catalog, filter).first().map(|question| question.id.to_string());
        assert_eq!(first("in-sync").as_deref(), Some("kafka/isr"));
        assert_eq!(first("redlock").as_deref(), Some("redis/locks"));
        assert_eq!(matching(&catalog, "").len(), 150);
        assert!(matching(&catalog, "zzqqxx").is_empty());
    }

    #[test]
    fn scattered_letters_count_only_when_no_name_has_the_word() {
        let (catalog, _) = crate::catalog::embedded();
        let found =
            |filter: &str| matching(&catalog, filter).iter().map(|found| found.id.to_string()).collect::<Vec<_>>();
        let isr = found("isr");
        assert_eq!(isr[0], "kafka/isr");
        assert!(!isr.contains(&"redis/what".to_owned()) && isr.len() < 12, "{isr:?}");
        assert_eq!(found("idmpotent prodcer")[0], "kafka/idempotent-producer");
    }
}
