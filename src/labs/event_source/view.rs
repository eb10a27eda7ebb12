//! The mapping as a scene.

use super::model::{Mapping, Source};
use super::stream::SHARDS;
use crate::labs::Metric;
use crate::scene::{Edge, EdgeKind, Mark, Node, NodeKind, Scene, Step};

/// Records shown of a queue or a shard, of a call, and of those done.
const SHOWN: usize = 7;
const CALL_SHOWN: usize = 5;
/// Calls drawn as bars.
const CALLS: usize = 5;

/// The scene, with the widest contents in its only step.
pub fn stage(mapping: &Mapping) -> Scene {
    let is_queue = mapping.settings.source == Source::Sqs;
    let mut widest = Step { id: "widest".to_owned(), ..Step::default() };
    // The producer stands over the queue, or between the shards.
    let mut nodes = vec![Node::new("producer", NodeKind::Producer, "Producer", (0, u8::from(!is_queue)))];
    let mut edges = Vec::new();
    let cells = |count: usize| vec!["888!".to_owned(); count];
    if is_queue {
        nodes.push(Node::new("queue", NodeKind::Queue, "Queue", (0, 1)));
        widest.set.insert("queue.note".to_owned(), "188 visible, 188 in flight".to_owned());
        widest.cells.insert("queue".to_owned(), cells(SHOWN));
        edges.push(Edge::new("send", "producer", "queue", EdgeKind::Flow));
        edges.push(Edge::new("poll", "queue", "mapping", EdgeKind::Flow));
        nodes.push(Node::new("dead", NodeKind::Queue, "Dead letters", (0, 2)));
        edges.push(Edge::new("die", "queue", "dead", EdgeKind::Flow));
    } else {
        for shard in 1..=SHARDS {
            let id = format!("shard{shard}");
            let row = if shard == 1 { 0 } else { 2 };
            nodes.push(Node::new(&id, NodeKind::Shard, &format!("Shard {shard}"), (0, row)));
            edges.push(Edge::new(&format!("send{shard}"), "producer", &id, EdgeKind::Flow));
            widest.set.insert(format!("{id}.note"), "188 waiting, attempt 888".to_owned());
            widest.cells.insert(id.clone(), cells(SHOWN));
            edges.push(Edge::new(&format!("poll{shard}"), &id, "mapping", EdgeKind::Flow));
        }
        nodes.push(Node::new("dead", NodeKind::Queue, "Destination", (1, 2)));
        edges.push(Edge::new("die", "mapping", "dead", EdgeKind::Flow));
    }
    widest.cells.insert("dead".to_owned(), cells(CALL_SHOWN));
    widest.set.insert("dead.state".to_owned(), "888, 888 healthy".to_owned());
    nodes.push(Node::new("mapping", NodeKind::Connector, "Mapping", (1, 1)));
    widest.set.insert("mapping.note".to_owned(), "batches of up to 100".to_owned());
    widest.set.insert("mapping.state".to_owned(), "10 of 10 under way".to_owned());
    nodes.push(Node::new("function", NodeKind::Function, "Function", (2, 1)));
    widest.set.insert("function.state".to_owned(), "dependency slow".to_owned());
    widest.bars.insert("function".to_owned(), (0..CALLS).map(|_| ("100 rec.".to_owned(), 0.0, 1.0)).collect());
    edges.push(Edge::new("invoke", "mapping", "function", EdgeKind::Flow));
    nodes.push(Node::new("done", NodeKind::Database, "Done", (2, 2)));
    widest.cells.insert("done".to_owned(), vec!["8888".to_owned(); CALL_SHOWN]);
    widest.set.insert("done.state".to_owned(), "888 healthy repeated".to_owned());
    edges.push(Edge::new("write", "function", "done", EdgeKind::Weak));
    Scene { title: "An event source mapping".to_owned(), groups: Vec::new(), nodes, edges, steps: vec![widest] }
}

/// The scene as the mapping stands.
pub fn state(mapping: &Mapping) -> Step {
    let last = &mapping.last;
    let mut step = Step {
        id: "now".to_owned(),
        says: last.says.clone(),
        flow: last.flow.clone(),
        focus: last.focus.clone(),
        ..Step::default()
    };
    let cell =
        |id: &u32| if mapping.poison.contains(id) { format!("{}!", id % 1_000) } else { (id % 1_000).to_string() };
    match mapping.settings.source {
        Source::Sqs => {
            let visible: Vec<u32> = mapping
                .queue
                .messages
                .iter()
                .filter(|message| message.visible_at <= mapping.now)
                .map(|message| message.id)
                .collect();
            let hidden = mapping.queue.messages.len() - visible.len();
            step.set.insert("queue.note".to_owned(), format!("{} visible, {hidden} in flight", visible.len()));
            let shown = visible.iter().chain(
                mapping
                    .queue
                    .messages
                    .iter()
                    .filter(|message| message.visible_at > mapping.now)
                    .map(|message| &message.id),
            );
            step.cells.insert("queue".to_owned(), shown.take(SHOWN).map(cell).collect());
        }
        Source::Kinesis => {
            for shard in 1..=SHARDS {
                let lanes = || mapping.stream.lanes.iter().filter(|lane| lane.shard + 1 == shard);
                let mut ids: Vec<u32> = lanes()
                    .flat_map(|lane| lane.work.iter().flat_map(|work| &work.batch).chain(&lane.records))
                    .map(|(id, _)| *id)
                    .collect();
                ids.sort_unstable();
                let failed = lanes().filter_map(|lane| lane.work.front()).map(|work| work.failed).max().unwrap_or(0);
                let attempt = if failed > 0 { format!(", attempt {}", failed.min(887) + 1) } else { String::new() };
                step.set.insert(format!("shard{shard}.note"), format!("{} waiting{attempt}", ids.len()));
                step.cells.insert(format!("shard{shard}"), ids.iter().take(SHOWN).map(cell).collect());
                step.mark.insert(format!("shard{shard}"), if failed > 0 { Mark::Stale } else { Mark::Normal });
            }
        }
    }
    let newest = |ids: &[u32]| ids.iter().skip(ids.len().saturating_sub(CALL_SHOWN)).map(cell).collect();
    step.cells.insert("dead".to_owned(), newest(&mapping.dead));
    step.cells.insert("done".to_owned(), newest(&mapping.done));
    let counters = &mapping.counters;
    let dead = if counters.dead == 0 {
        "none".to_owned()
    } else {
        format!("{}, {} healthy", counters.dead.min(888), counters.healthy_dead.min(888))
    };
    step.set.insert("dead.state".to_owned(), dead);
    step.set.insert("done.state".to_owned(), format!("{} healthy repeated", mapping.handled_again()));
    step.set.insert("mapping.note".to_owned(), format!("batches of up to {}", mapping.settings.batch));
    let most = match mapping.settings.source {
        Source::Sqs => mapping.pollers(),
        Source::Kinesis => mapping.stream.lanes.len(),
    };
    step.set.insert("mapping.state".to_owned(), format!("{} of {most} under way", mapping.calls.len()));
    let (state, mark) = if mapping.broken {
        ("throws always", Mark::Down)
    } else if mapping.slow {
        ("dependency slow", Mark::Slow)
    } else if mapping.calls.is_empty() {
        ("idle", Mark::Normal)
    } else {
        ("runs", Mark::Normal)
    };
    step.set.insert("function.state".to_owned(), state.to_owned());
    step.mark.insert("function".to_owned(), mark);
    let timeout = mapping.settings.timeout.max(1);
    let bar = |call: &super::model::Call| {
        let left = call.ends.saturating_sub(mapping.now).min(timeout);
        #[expect(clippy::cast_precision_loss, reason = "a picture")]
        let share = left as f32 / timeout as f32;
        (format!("{} rec.", call.records.len()), 0.0, share.clamp(0.05, 1.0))
    };
    step.bars.insert("function".to_owned(), mapping.calls.iter().take(CALLS).map(bar).collect());
    step
}

/// The figures of SQS, Kinesis and Lambda that a team would watch.
pub fn metrics(mapping: &Mapping) -> Vec<Metric> {
    let counters = &mapping.counters;
    #[expect(clippy::cast_precision_loss, reason = "counts and milliseconds of a run")]
    let figure = |name, value: u64, unit, alarming| Metric { name, value: value as f64, unit, alarming };
    let age = mapping.oldest_age() / 1_000;
    let waiting = mapping.waiting() as u64;
    vec![
        figure("Oldest record (ApproximateAgeOfOldestMessage, IteratorAge)", age, "s", age > 60),
        figure("Records waiting", waiting, "", waiting > 50),
        figure("Invocations", counters.invocations.into(), "", false),
        figure("Errors", counters.errors.into(), "", counters.errors > 0),
        figure("Throttles", counters.throttles.into(), "", counters.throttles > 0),
        figure("ConcurrentExecutions", mapping.calls.len() as u64, "", false),
        figure("Given up", counters.dead.into(), "", counters.dead > 0),
        figure("Healthy among them", counters.healthy_dead.into(), "", counters.healthy_dead > 0),
        figure("Healthy handled again", mapping.handled_again() as u64, "", false),
    ]
}
