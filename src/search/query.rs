//! What the reader asks of the search: words, the last of them perhaps unfinished, phrases in quotes, filters.

use super::Kind;
use super::tokens::words;
use crate::study::Confidence;

/// A question to the index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub words: Vec<String>,
    /// The last word is still being typed: anything that begins so is meant.
    pub unfinished: bool,
    /// Words that must stand together, in this order.
    pub phrases: Vec<Vec<String>>,
    pub filters: Vec<Filter>,
    /// What looks like a filter and is none, as a sentence.
    pub complaints: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// The topic's id begins so.
    Topic(String),
    /// One of the question's tags, or of the imported card's, begins so.
    Tag(String),
    In(Kind),
    Is(Is),
    Confidence(Confidence),
    Has(Has),
}

/// What a card can be; of anything else, what a card of its question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    Due,
    New,
    Suspended,
}

/// What a question can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    Note,
    Diagram,
}

/// Every filter with what it takes, for the line under the box.
pub const FILTERS: [(&str, &str); 6] = [
    ("topic:", "kafka, redis, …"),
    ("is:", "due, new, suspended"),
    ("conf:", "guess, shaky, likely, sure"),
    ("has:", "note, diagram"),
    ("tag:", "a tag of the question"),
    ("in:", "prompts, answers, cards, notes, attempts, scenes"),
];

impl Query {
    /// Reads what stands in the box. Never fails: what is no filter is searched for as words.
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for (index, part) in text.split('"').enumerate() {
            if index % 2 == 1 {
                let phrase = words(part);
                query.words.extend(phrase.iter().cloned());
                if phrase.len() > 1 {
                    query.phrases.push(phrase);
                }
            } else {
                for word in part.split_whitespace() {
                    query.take(word);
                }
            }
        }
        query.unfinished = text.chars().next_back().is_some_and(|last| !last.is_whitespace() && last != '"');
        let mut seen = Vec::new();
        let last = query.words.len().saturating_sub(1);
        for (index, word) in std::mem::take(&mut query.words).into_iter().enumerate() {
            if index == last || !seen.contains(&word) {
                seen.push(word);
            }
        }
        query.words = seen;
        query
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.filters.is_empty()
    }

    fn take(&mut self, word: &str) {
        let filter = word.split_once(':').and_then(|(key, value)| {
            let value = value.to_lowercase();
            // A filter that is still being typed says nothing yet.
            let is_key = FILTERS.iter().any(|(known, _)| known.trim_end_matches(':') == key);
            is_key.then_some((key, value))
        });
        let Some((key, value)) = filter else {
            self.words.extend(words(word));
            return;
        };
        if value.is_empty() {
            return;
        }
        let filter = match key {
            "topic" => Some(Filter::Topic(value.clone())),
            "tag" => Some(Filter::Tag(value.clone())),
            "in" => Kind::ALL.into_iter().find(|kind| kind.plural().starts_with(&value)).map(Filter::In),
            "is" => named(&value, &[("due", Is::Due), ("new", Is::New), ("suspended", Is::Suspended)]).map(Filter::Is),
            "has" => named(&value, &[("note", Has::Note), ("diagram", Has::Diagram)]).map(Filter::Has),
            _ => Confidence::ALL.into_iter().find(|level| level.word().starts_with(&value)).map(Filter::Confidence),
        };
        match filter {
            Some(filter) => self.filters.push(filter),
            None => {
                let takes = FILTERS.iter().find(|(known, _)| known.trim_end_matches(':') == key);
                let takes = takes.map_or("", |(_, takes)| takes);
                self.complaints.push(format!("{key}: takes {takes}"));
            }
        }
    }
}

fn named<T: Copy>(value: &str, names: &[(&str, T)]) -> Option<T> {
    names.iter().find(|(name, _)| name.starts_with(value)).map(|(_, meant)| *meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_phrases_and_filters_come_apart() {
        let query = Query::parse("topic:kafka is:due \"consumer group\" conf:sh acks=all rebal");
        assert_eq!(query.words, ["consumer", "group", "acks", "all", "rebal"]);
        assert_eq!(query.phrases, [["consumer", "group"]]);
        assert!(query.unfinished);
        assert_eq!(
            query.filters,
            [Filter::Topic("kafka".into()), Filter::Is(Is::Due), Filter::Confidence(Confidence::Shaky)]
        );
        assert!(!Query::parse("rebalance ").unfinished);
    }

    #[test]
    fn what_is_no_filter_is_words_and_what_no_filter_takes_is_said() {
        assert_eq!(Query::parse("acks:all").words, ["acks", "all"]);
        assert!(Query::parse("is:").is_empty());
        let query = Query::parse("conf:maybe");
        assert_eq!(query.complaints, ["conf: takes guess, shaky, likely, sure"]);
        assert!(query.is_empty());
    }
}
