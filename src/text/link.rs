//! Where a link leads.

use std::borrow::Cow;

/// A link's target, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// `scene:NAME#step`, `scene:NAME@node` or `scene:NAME`; the name as written, perhaps with its topic.
    Scene { name: String, target: SceneTarget },
    /// `lab:ID` or `lab:ID/scenario`.
    Lab { lab: String, scenario: Option<String> },
    /// `question:topic/name`, or `[[topic/name]]` in a note.
    Question(String),
    /// `http(s)` or `mailto`: opened in the browser on a click, never fetched.
    Web(String),
    /// Anything else; shown as text.
    Other(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SceneTarget {
    Whole,
    Step(String),
    Node(String),
}

impl Link {
    pub fn parse(url: &str) -> Self {
        if let Some(rest) = url.strip_prefix("scene:") {
            let (name, target) = if let Some((name, step)) = rest.split_once('#') {
                (name, SceneTarget::Step(step.to_owned()))
            } else if let Some((name, node)) = rest.split_once('@') {
                (name, SceneTarget::Node(node.to_owned()))
            } else {
                (rest, SceneTarget::Whole)
            };
            return Self::Scene { name: name.to_owned(), target };
        }
        if let Some(rest) = url.strip_prefix("lab:") {
            let (lab, scenario) = rest.split_once('/').map_or((rest, None), |(lab, id)| (lab, Some(id.to_owned())));
            return Self::Lab { lab: lab.to_owned(), scenario };
        }
        if let Some(question) = url.strip_prefix("question:") {
            return Self::Question(question.to_owned());
        }
        let scheme = url.split_once(':').map_or(Cow::Borrowed(""), |(scheme, _)| scheme.to_ascii_lowercase().into());
        match scheme.as_ref() {
            "http" | "https" | "mailto" => Self::Web(url.to_owned()),
            _ => Self::Other(url.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_come_apart() {
        let step = Link::Scene { name: "isr".into(), target: SceneTarget::Step("lag".into()) };
        assert_eq!(Link::parse("scene:isr#lag"), step);
        let node = Link::Scene { name: "redis/hash-slots".into(), target: SceneTarget::Node("a".into()) };
        assert_eq!(Link::parse("scene:redis/hash-slots@a"), node);
        let scenario = Link::Lab { lab: "kafka-log".into(), scenario: Some("tombstone".into()) };
        assert_eq!(Link::parse("lab:kafka-log/tombstone"), scenario);
        assert_eq!(Link::parse("lab:kafka-log"), Link::Lab { lab: "kafka-log".into(), scenario: None });
        assert_eq!(Link::parse("question:kafka/isr"), Link::Question("kafka/isr".into()));
        assert_eq!(Link::parse("HTTPS://x.test"), Link::Web("HTTPS://x.test".into()));
        assert_eq!(Link::parse("javascript:alert(1)"), Link::Other("javascript:alert(1)".into()));
        assert_eq!(Link::parse("file:///etc/passwd"), Link::Other("file:///etc/passwd".into()));
    }
}
