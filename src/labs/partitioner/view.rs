//! How it looks: services, the partitioner, the partitions with their batches and logs, the group.

use super::client::Shipping;
use super::model::{Last, Partition, World};
use crate::labs::Metric;
use crate::scene::{Edge, EdgeKind, Group, GroupKind, Mark, Node, NodeKind, Scene, Step, TextStyle, width_of};

/// Cells of a log, and of what the group processed.
const CELLS: usize = 6;
/// The widest key that is shown whole.
const WIDEST_KEY: &str = "merchant-10#3";
const OPENING: &str = "Orders are created, paid and shipped, each event a record. The client's partitioner picks its partition \
                       before anything leaves the process.";
/// A lag that would page somebody.
const LAG_ALARM: u64 = 20;

pub fn stage(world: &World) -> Scene {
    let count = world.count();
    let apart = world.settings.shipping != Shipping::Same;
    let middle = (count - 1) / 2;
    let services = if apart && count > 1 { middle.max(1) } else { middle };
    let above = if apart { services.saturating_sub(1) } else { middle };
    let mut nodes = vec![Node::new("orders", NodeKind::Service, "Order service", (0, above))];
    let mut edges = vec![Edge::new("send", "orders", "partitioner", EdgeKind::Flow)];
    if apart {
        nodes.push(Node::new("shipping", NodeKind::Service, "Shipping service", (0, services.max(1))));
        edges.push(Edge::new("ship", "shipping", "partitioner", EdgeKind::Flow));
    }
    nodes.push(Node::new("partitioner", NodeKind::Function, "Partitioner", (1, middle)));
    nodes.push(Node::new("group", NodeKind::Consumer, "Group", (3, middle)));
    for n in 0..count {
        let id = format!("p{n}");
        nodes.push(Node::new(&id, NodeKind::Partition, &format!("Partition {n}"), (2, n)));
        edges.push(Edge::new(&format!("put-{n}"), "partitioner", &id, EdgeKind::Flow));
        edges.push(Edge::new(&format!("read-{n}"), &id, "group", EdgeKind::Flow));
    }
    let around = (0..count).map(|n| format!("p{n}")).collect();
    let groups =
        vec![Group { id: "topic".to_owned(), label: "Topic orders".to_owned(), kind: GroupKind::Frame, around }];
    let mut widest = Step { id: "widest".to_owned(), ..Step::default() };
    let mut set = |part: &str, text: &str| widest.set.insert(part.to_owned(), text.to_owned());
    set("orders.note", WIDEST_KEY);
    if apart {
        set("shipping.note", WIDEST_KEY);
    }
    set("partitioner.note", "murmur2 dddddddd");
    set("partitioner.state", "mod 8 = 7");
    set("group.note", "00000 out of order");
    for n in 0..count {
        set(&format!("p{n}.note"), "lag 0000 · queue 0000");
        widest.cells.insert(format!("p{n}"), vec!["000m".to_owned(); CELLS]);
        widest.marker.insert(format!("p{n}"), Some(("group".to_owned(), 0)));
        widest.level.insert(format!("p{n}"), 1.0);
    }
    widest.cells.insert("group".to_owned(), vec!["000m".to_owned(); GROUP_CELLS]);
    Scene { title: "Where a record goes".to_owned(), groups, nodes, edges, steps: vec![widest] }
}

/// What the group processed last, so many.
const GROUP_CELLS: usize = 4;

pub fn state(world: &World) -> Step {
    let mut step = Step { id: "now".to_owned(), says: OPENING.to_owned(), ..Step::default() };
    for (n, partition) in world.partitions.iter().enumerate() {
        show_partition(world, n, partition, &mut step);
    }
    let processed: Vec<_> = world.processed.iter().rev().take(GROUP_CELLS).map(super::workload::Event::cell).collect();
    step.cells.insert("group".to_owned(), processed.into_iter().rev().collect());
    let broken = world.counts.out_of_order;
    step.set.insert(
        "group.note".to_owned(),
        if broken == 0 { "in order".to_owned() } else { format!("{broken} out of order") },
    );
    let services = if world.settings.shipping == Shipping::Same { &["orders"][..] } else { &["orders", "shipping"] };
    for (service, client) in services.iter().zip(&world.clients) {
        let key = match client.last_key.as_deref() {
            None => String::new(),
            Some("") => "no key".to_owned(),
            Some(key) => shortened(key),
        };
        step.set.insert(format!("{service}.note"), key);
    }
    if let Some(choice) = &world.chosen {
        step.set.insert("partitioner.note".to_owned(), choice.by.clone());
        step.set.insert("partitioner.state".to_owned(), choice.modulo.clone());
    }
    match &world.last {
        Last::Nothing => {}
        Last::Sent { client, partition, says } => {
            step.says.clone_from(says);
            let (node, edge) = if *client == 1 { ("shipping", "ship") } else { ("orders", "send") };
            step.focus.extend([node.to_owned(), "partitioner".to_owned()]);
            step.flow.push(edge.to_owned());
            step.flow.push(format!("put-{partition}"));
            step.focus.push(format!("p{partition}"));
        }
        Last::Written { partition, says } => {
            step.says.clone_from(says);
            step.focus.push(format!("p{partition}"));
        }
        Last::OutOfOrder { partition, says } => {
            step.says.clone_from(says);
            step.flow.push(format!("read-{partition}"));
            step.focus.push("group".to_owned());
        }
        Last::Done { says } => step.says.clone_from(says),
    }
    step
}

fn show_partition(world: &World, n: usize, partition: &Partition, step: &mut Step) {
    let (id, number) = (format!("p{n}"), u8::try_from(n).unwrap_or(0));
    let queued: usize = world.clients.iter().map(|client| client.unsent.queued(number)).sum();
    step.set.insert(format!("{id}.note"), format!("lag {} · queue {queued}", partition.lag()));
    let shown = partition.log.len().saturating_sub(CELLS);
    let cells = partition.log.iter().skip(shown).map(super::workload::Event::cell).collect();
    step.cells.insert(id.clone(), cells);
    let read = usize::try_from(partition.position - partition.first).unwrap_or(usize::MAX).saturating_sub(shown);
    step.marker.insert(id.clone(), Some(("group".to_owned(), u8::try_from(read.min(CELLS)).unwrap_or(0))));
    let open: u32 = world.clients.iter().map(|client| client.unsent.open_bytes(number)).max().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "a bar")]
    let level = (open as f32 / world.settings.producer.batch_size as f32).min(1.0);
    step.level.insert(id.clone(), level);
    step.mark.insert(id, if partition.slow { Mark::Slow } else { Mark::Normal });
    if partition.stalled {
        step.mark.insert(format!("read-{n}"), Mark::Down);
    }
    if partition.was_read {
        step.flow.push(format!("read-{n}"));
    }
}

/// A key, cut where it would be wider than [`WIDEST_KEY`].
fn shortened(key: &str) -> String {
    let width = |text: &str| width_of(text, TextStyle::Note);
    let mut shown = key.to_owned();
    while width(&shown) > width(WIDEST_KEY) {
        let short: String = shown.chars().filter(|c| *c != '…').collect();
        shown = short.chars().take(short.chars().count() - 1).chain(['…']).collect();
    }
    shown
}

pub fn metrics(world: &World) -> Vec<Metric> {
    let counts = &world.counts;
    let metric = |name, value, unit, alarming| Metric { name, value, unit, alarming };
    #[expect(clippy::cast_precision_loss, reason = "figures to look at")]
    let of = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    let fullest = world.partitions.iter().map(|partition| partition.sent).max().unwrap_or(0);
    let lag = world.lag_max();
    vec![
        metric("records-lag-max", of(lag, 1), "records", lag >= LAG_ALARM),
        metric("out of order", of(counts.out_of_order, 1), "records", counts.out_of_order > 0),
        metric("fullest partition", 100.0 * of(fullest, counts.records), "%", false),
        metric("batch-size-avg", of(counts.batch_bytes, counts.batches).round(), "bytes", false),
        metric("record-send-total", of(counts.records, 1), "records", false),
        metric("keys moved", of(counts.moved, 10), "%", counts.moved > 0),
    ]
}
