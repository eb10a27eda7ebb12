//! Words of a text that name a node of the scene beside it, so that pointing at the one lights the other.

use std::collections::BTreeMap;
use std::ops::Range;

use super::model::{NodeKind, Scene};
use super::moment::Moment;

/// The names of a scene's nodes as they are at one moment, the longest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(Vec<Name>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    /// In lower case, unless only the case tells it from something else.
    words: Vec<String>,
    exact: bool,
    node: String,
}

/// A place in a text at which a node is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<'a> {
    /// In characters.
    pub range: Range<usize>,
    /// The id of the node.
    pub node: &'a str,
}

/// Notes that are a name as well: a broker is also "the leader".
const ROLES: [&str; 8] =
    ["leader", "follower", "primary", "master", "standby", "coordinator", "group coordinator", "active controller"];

/// Labels of nodes that a text uses for something else more often than for the node.
const COMMON: [&str; 24] = [
    "accepted",
    "background",
    "clean",
    "committed",
    "count",
    "done",
    "errors",
    "expected",
    "final",
    "in time",
    "oldest",
    "parallel",
    "pending",
    "rate",
    "ready",
    "received",
    "results",
    "slow",
    "state",
    "status",
    "temporary",
    "time",
    "waiting",
    "you",
];

impl Names {
    /// The names by which the nodes that are shown can be told apart.
    pub fn of(scene: &Scene, moment: &Moment) -> Self {
        let mut spelled: BTreeMap<Vec<String>, Vec<(Vec<String>, &str)>> = BTreeMap::new();
        for (node, now) in scene.nodes.iter().zip(&moment.nodes).filter(|(_, now)| !now.hidden) {
            let role = Some(now.note.as_str()).filter(|note| ROLES.contains(note));
            for name in std::iter::once(now.label.as_str()).chain(role) {
                let words: Vec<String> = words(name).into_iter().map(|word| word.text.to_owned()).collect();
                if is_name(node.kind, &words) {
                    let lower = words.iter().map(|word| word.to_lowercase()).collect();
                    spelled.entry(lower).or_default().push((words, &node.id));
                }
            }
        }
        let mut names = Vec::new();
        for (lower, spellings) in spelled {
            // Names that differ by their case alone are told apart by it; two nodes of one name cannot be.
            for (words, node) in &spellings {
                let is_alone = spellings.iter().filter(|(other, _)| other == words).count() == 1;
                let exact = spellings.len() > 1 || is_short(words);
                let words = if exact { words.clone() } else { lower.clone() };
                if is_alone {
                    names.push(Name { words, exact, node: (*node).to_owned() });
                }
            }
        }
        names.sort_by_key(|name| std::cmp::Reverse(name.words.iter().map(String::len).sum::<usize>()));
        names.sort_by_key(|name| std::cmp::Reverse(name.words.len()));
        Self(names)
    }

    /// Every place in `text` at which a node is named by whole words, in order; of two names the longer one.
    pub fn find<'a>(&'a self, text: &str) -> Vec<Named<'a>> {
        let words = words(text);
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            let found = self.0.iter().find_map(|name| Some((name, rest.get(..name.words.len())?)).filter(fits));
            let Some((name, found)) = found else {
                at += 1;
                continue;
            };
            at += found.len();
            if let (Some(first), Some(last)) = (found.first(), found.last()) {
                out.push(Named { range: first.range.start..last.range.end, node: &name.node });
            }
        }
        out
    }
}

fn is_short(words: &[String]) -> bool {
    matches!(words, [word] if word.chars().count() <= 3)
}

/// Whether a label can be looked for in a text without finding what is not meant.
fn is_name(kind: NodeKind, words: &[String]) -> bool {
    let joined = words.join(" ").to_lowercase();
    let has_letters = joined.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    let is_capital = !is_short(words) || words.iter().all(|word| word.chars().any(char::is_uppercase));
    // A remark that stands in the picture is no thing, unless it has words of its own.
    let is_thing = kind != NodeKind::Note || words.len() > 1;
    has_letters && is_capital && is_thing && !COMMON.contains(&joined.as_str())
}

/// Whether the words of a text are those of the name, the last one perhaps in the plural.
fn fits((name, found): &(&Name, &[Word<'_>])) -> bool {
    let last = name.words.len().saturating_sub(1);
    name.words.iter().zip(*found).enumerate().all(|(index, (expected, word))| {
        let joined = index == 0 || word.follows;
        let same = |text: &str| if name.exact { text == expected } else { text.to_lowercase() == *expected };
        let plural = || word.text.strip_suffix('s').is_some_and(|one| one.len() > 2 && same(one));
        joined && (same(word.text) || (index == last && plural()))
    })
}

struct Word<'a> {
    text: &'a str,
    /// In characters.
    range: Range<usize>,
    /// Only space lies between this word and the one before it.
    follows: bool,
}

/// The words of a text; what is joined by a hyphen, a dot or a slash is one word, so that `orders` is not found in `orders-v2`.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut out: Vec<Word<'_>> = Vec::new();
    let mut chars = text.char_indices().enumerate().peekable();
    let (mut begun, mut follows): (Option<(usize, usize)>, bool) = (None, false);
    while let Some((number, (byte, c))) = chars.next() {
        let joins = "-_./:=+#@".contains(c);
        let goes_on = joins && chars.peek().is_some_and(|(_, (_, next))| next.is_alphanumeric());
        let is_part = c.is_alphanumeric() || c == '_' || goes_on;
        match begun {
            None if is_part => begun = Some((number, byte)),
            Some((first, start)) if !is_part => {
                out.push(Word { text: text.get(start..byte).unwrap_or_default(), range: first..number, follows });
                (begun, follows) = (None, c.is_whitespace());
            }
            None => follows &= c.is_whitespace(),
            Some(_) => {}
        }
    }
    if let Some((first, start)) = begun {
        let word = text.get(start..).unwrap_or_default();
        out.push(Word { text: word, range: first..first + word.chars().count(), follows });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(nodes: &str) -> Names {
        let text = format!("(title: \"t\", nodes: [{nodes}], steps: [(id: \"s\", says: \"x\")])");
        let scene: Scene = ron::from_str(&text).unwrap();
        Names::of(&scene, &Moment::at(&scene, 0))
    }

    fn found<'a>(names: &'a Names, text: &str) -> Vec<(String, &'a str)> {
        let cut = |range: Range<usize>| text.chars().skip(range.start).take(range.len()).collect::<String>();
        names.find(text).into_iter().map(|named| (cut(named.range), named.node)).collect()
    }

    const NODES: &str = r#"
        (id: "b1", kind: Broker, label: "Broker 1", at: (0, 0), note: "leader"),
        (id: "b2", kind: Broker, label: "Broker 2", at: (1, 0), note: "follower"),
        (id: "b3", kind: Broker, label: "Broker 3", at: (2, 0), note: "follower"),
        (id: "orders", kind: Topic, label: "orders", at: (0, 1)),
        (id: "index", kind: Database, label: "Search index", at: (1, 1)),
        (id: "search", kind: Service, label: "Search", at: (2, 1)),
        (id: "db", kind: Database, label: "DB", at: (3, 1)),
        (id: "gone", kind: Service, label: "Billing", at: (3, 2), hidden: true),
        (id: "x", kind: Service, label: "Twin", at: (0, 2)), (id: "y", kind: Service, label: "Twin", at: (1, 2)),
        (id: "n", kind: Note, label: "Later", at: (2, 2)), (id: "d", kind: Service, label: "Done", at: (3, 0)),
        (id: "ship", kind: Service, label: "Shipping", at: (3, 3)), (id: "queue", kind: Queue, label: "shipping", at: (4, 3))"#;

    #[test]
    fn a_node_is_found_by_whole_words_and_the_longest_name_wins() {
        let names = names(NODES);
        let pairs = |list: &[(&str, &'static str)]| list.iter().map(|(a, b)| ((*a).to_owned(), *b)).collect::<Vec<_>>();
        let text = "The leader's log: broker 1 sends `orders` to the search index, not to Search.";
        let expected = [
            ("leader", "b1"),
            ("broker 1", "b1"),
            ("orders", "orders"),
            ("search index", "index"),
            ("Search", "search"),
        ];
        assert_eq!(found(&names, text), pairs(&expected));
        assert_eq!(found(&names, "Shipping reads shipping"), pairs(&[("Shipping", "ship"), ("shipping", "queue")]));
        assert_eq!(
            found(&names, "Ünïcode, then the DB and two search indexs"),
            pairs(&[("DB", "db"), ("search indexs", "index")])
        );
    }

    #[test]
    fn what_only_looks_like_a_name_is_left_alone() {
        let names = names(NODES);
        for text in [
            "orders-v2 and dead-orders, orders.created and /orders",
            "a db in lower case",
            "a follower, of which there are two",
            "Search. Index",
            "Twin, which two nodes are called",
            "Billing, which is hidden",
            "later, which is a remark",
            "it is done",
            "reorders researched",
            "",
        ] {
            let found: Vec<_> = found(&names, text).into_iter().filter(|(_, node)| *node != "search").collect();
            assert_eq!(found, [], "{text}");
        }
    }
}
