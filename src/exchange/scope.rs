//! How much is exported.

use crate::catalog::{Catalog, Question, Topic};
use crate::ids::{NoteId, QuestionId, TopicId};

/// Everything, a topic or a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    All,
    Topic(TopicId),
    Question(QuestionId),
}

impl Scope {
    pub fn has(&self, question: &QuestionId) -> bool {
        match self {
            Self::All => true,
            Self::Topic(topic) => question.topic() == *topic,
            Self::Question(only) => question == only,
        }
    }

    /// Whether anything of the topic is exported.
    pub fn has_topic(&self, topic: &TopicId) -> bool {
        match self {
            Self::All => true,
            Self::Topic(only) => topic == only,
            Self::Question(question) => question.topic() == *topic,
        }
    }

    /// Whether a note that is on no question is exported: a topic's with the topic, the scratchpad with everything.
    pub fn has_note(&self, note: &NoteId) -> bool {
        match self {
            Self::All => true,
            Self::Topic(only) => note.of_topic().as_ref() == Some(only),
            Self::Question(_) => false,
        }
    }

    pub(super) fn topics<'a>(&'a self, catalog: &'a Catalog) -> impl Iterator<Item = &'a Topic> {
        catalog.topics.iter().filter(|topic| self.has_topic(&topic.id))
    }

    /// The questions of a topic that are exported.
    pub(super) fn questions<'a>(&'a self, topic: &'a Topic) -> impl Iterator<Item = &'a Question> {
        let all = topic.subtopics.iter().flat_map(|subtopic| &subtopic.questions).map(|question| &**question);
        all.filter(|question| self.has(&question.id))
    }
}
