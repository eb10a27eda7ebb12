//! Decks of other programs beside the content: each a question without a model answer, whose cards the reader's data has.

use std::sync::Arc;

use super::build::places_of;
use super::model::{Catalog, Level, Question, Subtopic, Topic};
use crate::ids::{QuestionId, TopicId};
use crate::theme::Hue;

impl Catalog {
    /// The content with these decks, each by its id and name, in a topic of their own; without any, the content alone.
    pub fn with_decks(&self, topic: &TopicId, decks: &[(QuestionId, String)]) -> Self {
        let mut topics: Vec<Topic> = self.topics.iter().filter(|known| known.id != *topic).cloned().collect();
        if !decks.is_empty() {
            let question = |(id, name): &(QuestionId, String)| {
                Arc::new(Question {
                    id: id.clone(),
                    title: name.clone(),
                    prompt: name.clone(),
                    level: Level::Core,
                    minutes: 2,
                    tags: Vec::new(),
                    related: Vec::new(),
                    scene: None,
                    labs: Vec::new(),
                    as_of: None,
                    sources: Vec::new(),
                    answer: None,
                    file: String::new(),
                    own: false,
                    amended: None,
                })
            };
            topics.push(Topic {
                id: topic.clone(),
                title: "Imported".to_owned(),
                full_title: "Imported decks".to_owned(),
                hue: Hue::of_topic(topic.as_str()),
                subtopics: vec![Subtopic {
                    title: "Decks".to_owned(),
                    questions: decks.iter().map(question).collect(),
                }],
                file: String::new(),
                own: false,
            });
        }
        let places = places_of(&topics);
        Self { topics, scenes: self.scenes.clone(), places }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decks_come_and_go_beside_the_content() {
        let (topic, deck) = (TopicId::new("imported"), QuestionId::new("imported/spanish-1"));
        let content = Catalog::default();
        let with = content.with_decks(&topic, &[(deck.clone(), "Spanish".to_owned())]);
        assert_eq!(with.question(&deck).unwrap().title, "Spanish");
        assert_eq!(with.place_of(&deck).unwrap().0.title, "Imported");
        let without = with.with_decks(&topic, &[]);
        assert!(without.question(&deck).is_none() && without.topics.is_empty());
    }
}
