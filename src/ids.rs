//! Names that last. What the reader did refers to content by these, so none is ever reused or derived from wording.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// One of the topics, e.g. `kafka`: the name of its folder.
    TopicId
}
text_id! {
    /// One question, e.g. `kafka/isr`.
    QuestionId
}
text_id! {
    /// One card, e.g. `kafka/isr#shrinks`.
    CardId
}
text_id! {
    /// One scene, e.g. `kafka/isr`: its folder and file name.
    SceneId
}

text_id! {
    /// A note that is on no question: `topic:kafka`, on a topic, or `scratch`, the scratchpad.
    NoteId
}

impl NoteId {
    pub fn topic(topic: &TopicId) -> Self {
        Self::new(format!("topic:{topic}"))
    }

    pub fn scratch() -> Self {
        Self::new("scratch")
    }

    /// The topic it is on; None of the scratchpad.
    pub fn of_topic(&self) -> Option<TopicId> {
        self.0.strip_prefix("topic:").map(TopicId::new)
    }
}

impl QuestionId {
    /// The topic's part of the id: what stands before the slash.
    pub fn topic(&self) -> TopicId {
        TopicId::new(self.0.split('/').next().unwrap_or_default())
    }

    /// The question's part of the id: what stands after the slash.
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, name)| name)
    }

    pub fn card(&self, name: &str) -> CardId {
        CardId::new(format!("{}#{name}", self.0))
    }

    /// A new card of the reader's own. Its name is none that content could have.
    pub fn own_card(&self) -> CardId {
        self.card(&format!("+{}", Uuid::now_v7().simple()))
    }
}

impl CardId {
    /// The question the card belongs to: what stands before the `#`.
    pub fn question(&self) -> QuestionId {
        QuestionId::new(self.question_name())
    }

    /// As [`CardId::question`], borrowed.
    pub fn question_name(&self) -> &str {
        self.0.split('#').next().unwrap_or_default()
    }

    /// Whether it is a card that the reader made.
    pub fn is_own(&self) -> bool {
        self.name().starts_with('+')
    }

    /// Whether it has the form `topic/question#card`, which ids of other programs do not have.
    pub fn is_plain(&self) -> bool {
        let question = self.question();
        let has_topic =
            question.as_str().split_once('/').is_some_and(|(topic, name)| [topic, name].into_iter().all(is_plain_name));
        has_topic && is_plain_name(self.name().trim_start_matches('+'))
    }

    /// The card's part of the id: what stands after the `#`.
    pub fn name(&self) -> &str {
        self.0.split_once('#').map_or("", |(_, name)| name)
    }
}

/// Whether `text` may name a question, a card, a scene or a step: lower-case letters, digits and single hyphens.
pub fn is_plain_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 48
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A number that the same text has on every machine and for ever (FNV-1a, 64 bits).
pub fn stable_hash(text: impl AsRef<[u8]>) -> u64 {
    text.as_ref()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// One entry of the journal, unique across machines. Version 7, so entries of one machine sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub Uuid);

/// The installation that wrote an entry; made once with the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MachineId(pub Uuid);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_take_apart() {
        let card = QuestionId::new("kafka/isr").card("shrinks");
        assert_eq!(card.as_str(), "kafka/isr#shrinks");
        assert_eq!(card.question(), QuestionId::new("kafka/isr"));
        assert_eq!(card.name(), "shrinks");
        assert_eq!(card.question().topic(), TopicId::new("kafka"));
        assert_eq!(card.question().name(), "isr");
    }

    #[test]
    fn a_card_of_ones_own_has_a_name_that_content_cannot_have() {
        let question = QuestionId::new("kafka/isr");
        let (one, other) = (question.own_card(), question.own_card());
        assert_ne!(one, other);
        assert!(one.is_own() && one.question() == question && !is_plain_name(one.name()));
        assert!(!question.card("shrinks").is_own());
        assert_eq!(NoteId::topic(&TopicId::new("kafka")).of_topic(), Some(TopicId::new("kafka")));
        assert_eq!(NoteId::scratch().of_topic(), None);
    }

    #[test]
    fn plain_names() {
        assert!(is_plain_name("moved-or-ask"));
        assert!(is_plain_name("2pc"));
        for bad in ["", "-a", "a-", "a--b", "A", "a b", "é"] {
            assert!(!is_plain_name(bad), "{bad}");
        }
    }
}
