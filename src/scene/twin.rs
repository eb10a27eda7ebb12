//! A scene in words, for screen readers and exports: what is where, what flows, what changed.

use std::fmt::Write as _;

use super::draw::Mask;
use super::model::{EdgeKind, GroupKind, Mark, Scene};
use super::moment::Moment;

/// The state of the scene after a step, in sentences.
pub fn twin(scene: &Scene, index: usize) -> String {
    let total = scene.steps.len();
    let shown = (index + 1).min(total);
    let moment = Moment::at(scene, index);
    format!("{}. Step {shown} of {total}: {}\n{}", scene.title, moment.says, state_words(scene, &moment))
        .trim_end()
        .to_owned()
}

/// A moment as a card asks about it: `says` in the place of what the step says, and nothing of what is hidden.
pub fn twin_asked(scene: &Scene, moment: &Moment, mask: Option<&Mask>, says: &str) -> String {
    let moment = mask.map_or_else(|| moment.clone(), |mask| mask.applied(scene, moment));
    format!("{}. {says}\n{}", scene.title, state_words(scene, &moment)).trim_end().to_owned()
}

/// A moment of a scene that has no steps of its own, in sentences.
pub fn twin_of(scene: &Scene, moment: &Moment) -> String {
    format!("{}. {}\n{}", scene.title, moment.says, state_words(scene, moment)).trim_end().to_owned()
}

fn state_words(scene: &Scene, moment: &Moment) -> String {
    let mut out = String::new();
    for (group, name) in scene.groups.iter().zip(&moment.groups) {
        let names = group.around.iter().filter_map(|id| label(scene, moment, id));
        let kind = frame_word(group.kind, name).map(|word| format!(" ({word})")).unwrap_or_default();
        let _ = writeln!(out, "{name}{kind} contains {}.", names.collect::<Vec<_>>().join(", "));
    }
    for node in 0..scene.nodes.len() {
        if let Some(words) = node_words(scene, moment, node) {
            let _ = writeln!(out, "{words}");
        }
    }
    for (edge, now) in scene.edges.iter().zip(&moment.edges) {
        if now.hidden {
            continue;
        }
        let (Some(from), Some(to)) = (label(scene, moment, &edge.from), label(scene, moment, &edge.to)) else {
            continue;
        };
        let joins = if edge.kind == EdgeKind::Weak { "is tied to" } else { "sends to" };
        let what = if now.label.is_empty() { String::new() } else { format!(": {}", now.label) };
        let cut = if now.mark == Mark::Down { ", cut" } else { "" };
        let _ = writeln!(out, "{from} {joins} {to}{what}{cut}.");
    }
    for flow in &moment.flow {
        let Some(edge) = scene.edges.get(flow.edge) else { continue };
        let (from, to) = if flow.backwards { (&edge.to, &edge.from) } else { (&edge.from, &edge.to) };
        let (Some(from), Some(to)) = (label(scene, moment, from), label(scene, moment, to)) else { continue };
        let _ = writeln!(out, "Now a message goes from {from} to {to}.");
    }
    out
}

/// One node in a sentence; None while it is hidden.
pub fn node_words(scene: &Scene, moment: &Moment, index: usize) -> Option<String> {
    let (node, now) = (scene.nodes.get(index)?, moment.nodes.get(index)?);
    if now.hidden {
        return None;
    }
    let name = if now.label.is_empty() { &node.id } else { &now.label };
    let mut parts = vec![format!("{name} ({})", kind_words(&format!("{:?}", node.kind)))];
    let mark = match now.mark {
        Mark::Normal => None,
        Mark::Down => Some("down"),
        Mark::Slow => Some("slow"),
        Mark::Stale => Some("stale"),
        Mark::New => Some("new"),
    };
    parts.extend(mark.map(str::to_owned));
    parts.extend([&now.note, &now.state].into_iter().filter(|text| !text.is_empty()).cloned());
    if !now.cells.is_empty() {
        parts.push(format!("holds {}", now.cells.join(", ")));
    }
    if let Some((name, cell)) = &now.marker {
        parts.push(format!("{name} before cell {}", u16::from(*cell) + 1));
    }
    if let Some(level) = now.level {
        parts.push(format!("{:.0} % full", level * 100.0));
    }
    if let (Some(first), Some(last)) = (now.spark.first(), now.spark.last()) {
        let highest = now.spark.iter().copied().fold(0.0, f32::max);
        let [first, last, highest] = [*first, *last, highest].map(|value| (value * 100.0).round());
        parts.push(format!("its chart goes from {first} to {last} of 100, at most {highest}"));
    }
    for (name, from, to) in &now.bars {
        parts.push(format!("{name} from {:.0} to {:.0} %", from * 100.0, to * 100.0));
    }
    Some(format!("{}.", parts.join(", ")))
}

fn label<'a>(scene: &'a Scene, moment: &'a Moment, id: &str) -> Option<&'a str> {
    let index = scene.nodes.iter().position(|node| node.id == id)?;
    let now = moment.nodes.get(index).filter(|now| !now.hidden)?;
    Some(if now.label.is_empty() { scene.nodes.get(index)?.id.as_str() } else { &now.label })
}

/// What a frame's icon shows, unless the frame's name says it.
fn frame_word(kind: GroupKind, name: &str) -> Option<&'static str> {
    let word = match kind {
        GroupKind::Frame => return None,
        GroupKind::Account => "account",
        GroupKind::Region => "region",
        GroupKind::Zone => "zone",
        GroupKind::Network => "network",
        GroupKind::Consumers => "consumer group",
    };
    (!name.to_lowercase().contains(word)).then_some(word)
}

/// `ThreadPool` as `thread pool`.
fn kind_words(kind: &str) -> String {
    let mut out = String::new();
    for (index, c) in kind.char_indices() {
        if index > 0 && c.is_uppercase() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twin_says_what_is_where_and_what_flows() {
        let scene: Scene = ron::from_str(
            r#"(title: "Fetch", nodes: [
                (id: "a", kind: Broker, label: "Leader", at: (0, 0), cells: ["0", "1"], marker: Some(("HW", 1))),
                (id: "b", kind: ThreadPool, label: "Pool", at: (1, 0), note: "2 threads"),
            ], edges: [(id: "e", from: "b", to: "a", label: "fetch")], steps: [
                (id: "one", says: "It pulls.", flow: ["~e"], mark: {"b": Slow}),
            ])"#,
        )
        .unwrap();
        let words = twin(&scene, 0);
        for part in [
            "Fetch. Step 1 of 1: It pulls.",
            "Leader (broker), holds 0, 1, HW before cell 2.",
            "Pool (thread pool), slow, 2 threads.",
            "Pool sends to Leader: fetch.",
            "Now a message goes from Leader to Pool.",
        ] {
            assert!(words.contains(part), "{part} in {words}");
        }
    }

    #[test]
    fn a_frame_is_said_with_its_kind_once() {
        let scene: Scene = ron::from_str(
            r#"(title: "t", groups: [
                (id: "f", label: "ISR", around: ["a"]), (id: "o", label: "Owner: 222", kind: Account, around: ["a"]),
                (id: "m", label: "Account 111", kind: Account, around: ["b"]), (id: "e", label: "eu-west-1", kind: Region, around: ["b"]),
            ], nodes: [
                (id: "a", kind: Queue, label: "Queue", at: (0, 0)), (id: "b", kind: Client, label: "Caller", at: (1, 0)),
            ], steps: [(id: "one", says: "x")])"#,
        )
        .unwrap();
        let words = twin(&scene, 0);
        for part in [
            "ISR contains Queue.",
            "Owner: 222 (account) contains",
            "Account 111 contains",
            "eu-west-1 (region) contains",
        ] {
            assert!(words.contains(part), "{part} in {words}");
        }
    }

    #[test]
    fn what_a_card_hides_is_not_said() {
        let scene: Scene = ron::from_str(
            r#"(title: "Fetch", groups: [(id: "g", label: "ISR", around: ["a"])], nodes: [
                (id: "a", kind: Broker, label: "Leader", at: (0, 0), cells: ["7", "8"], marker: Some(("HW", 1)), state: "fenced"),
                (id: "b", kind: ThreadPool, label: "Pool", at: (1, 0)),
            ], edges: [(id: "e", from: "b", to: "a", label: "fetch")], steps: [(id: "one", says: "The answer.", flow: ["e"])])"#,
        )
        .unwrap();
        let moment = Moment::at(&scene, 0);
        for (mask, gone) in [
            ("a", "Leader"),
            ("a.label", "Leader"),
            ("a.state", "fenced"),
            ("a.cells", "holds 7"),
            ("a.marker", "HW"),
            ("e", "Pool sends"),
            ("e.label", "fetch"),
            ("g", "ISR"),
        ] {
            let words = twin_asked(&scene, &moment, Some(&Mask(mask.to_owned())), "Asked.");
            assert!(!words.contains(gone) && !words.contains("The answer"), "{mask}: {words}");
            assert!(words.starts_with("Fetch. Asked.") && words.contains("Pool (thread pool)"), "{words}");
        }
    }
}
