//! How it looks: shop, orders, service and bank above; the group's offset, the coordinator and the invoices below.

use super::broker::{Entry, Fate, State};
use super::model::World;
use super::service::{Commit, Phase, Service};
use crate::labs::Metric;
use crate::scene::{Edge, EdgeKind, Mark, Node, NodeKind, Scene, Step};

/// Cells of a log.
const CELLS: usize = 6;
const OPENING: &str = "Four moves for each order: read it, charge it, write its invoice, commit. Kill the service between any two of them.";

fn transactional(world: &World) -> bool {
    world.settings.commit == Commit::Transaction || world.broker.transaction.is_some()
}

pub fn stage(world: &World) -> Scene {
    let mut nodes = vec![
        Node::new("shop", NodeKind::Producer, "Shop", (0, 0)),
        Node::new("orders", NodeKind::Topic, "orders", (1, 0)),
        Node::new("service", NodeKind::Service, "Service", (2, 0)),
        Node::new("bank", NodeKind::Service, "Bank", (3, 0)),
        Node::new("offsets", NodeKind::Table, "Group's offset", (1, 1)),
        Node::new("invoices", NodeKind::Topic, "invoices", (3, 1)),
        Node::new("reader", NodeKind::Consumer, "Reader", (3, 2)),
    ];
    let mut edges = vec![
        Edge::new("order", "shop", "orders", EdgeKind::Flow),
        Edge::new("poll", "orders", "service", EdgeKind::Flow),
        Edge::new("charge", "service", "bank", EdgeKind::Flow),
        Edge::new("commit", "service", "offsets", EdgeKind::Flow),
        Edge::new("invoice", "service", "invoices", EdgeKind::Flow),
        Edge::new("read", "invoices", "reader", EdgeKind::Flow),
    ];
    let mut widest = Step { id: "widest".to_owned(), ..Step::default() };
    let mut set = |part: &str, text: &str| widest.set.insert(part.to_owned(), text.to_owned());
    set("service.note", "orders 0000–0000");
    set("service.state", "sends offsets");
    set("bank.note", "00000 charged twice");
    set("offsets.note", "00000 → 00000");
    set("reader.note", "read_uncommitted");
    set("reader.state", "00000 twice");
    if transactional(world) {
        nodes.push(Node::new("coordinator", NodeKind::Controller, "Coordinator", (2, 1)));
        edges.push(Edge::new("transact", "service", "coordinator", EdgeKind::Quiet));
        edges.push(Edge::new("mark-invoices", "coordinator", "invoices", EdgeKind::Quiet));
        edges.push(Edge::new("mark-offsets", "coordinator", "offsets", EdgeKind::Quiet));
        set("coordinator.note", "epoch 00000");
        set("coordinator.state", "CompleteCommit");
    }
    if world.frozen.is_some() {
        nodes.push(Node::new("frozen", NodeKind::Service, "Frozen instance", (2, 2)));
        edges.push(Edge::new("late-commit", "frozen", "offsets", EdgeKind::Flow));
        edges.push(Edge::new("late-invoice", "frozen", "invoices", EdgeKind::Flow));
        set("frozen.note", "orders 0000–0000");
        set("frozen.state", "sends offsets");
    }
    widest.cells.insert("orders".to_owned(), vec!["000?".to_owned(); CELLS]);
    widest.cells.insert("invoices".to_owned(), vec!["000?".to_owned(); CELLS]);
    widest.cells.insert("reader".to_owned(), vec!["000?".to_owned(); CELLS]);
    widest.marker.insert("orders".to_owned(), Some(("offset".to_owned(), 0)));
    widest.marker.insert("invoices".to_owned(), Some(("LSO".to_owned(), 0)));
    Scene { title: "Read, work, write, commit".to_owned(), groups: Vec::new(), nodes, edges, steps: vec![widest] }
}

pub fn state(world: &World) -> Step {
    let mut step = Step { id: "now".to_owned(), says: OPENING.to_owned(), ..Step::default() };
    if !world.last.says.is_empty() {
        step.says.clone_from(&world.last.says);
    }
    step.flow = world.last.flow.iter().map(|edge| (*edge).to_owned()).collect();
    step.focus = world.last.focus.iter().map(|node| (*node).to_owned()).collect();
    logs(world, &mut step);
    match &world.service {
        Some(service) => show_service("service", service, &mut step),
        None => {
            step.mark.insert("service".to_owned(), Mark::Down);
        }
    }
    if let Some(frozen) = &world.frozen {
        show_service("frozen", frozen, &mut step);
        step.mark.insert("frozen".to_owned(), Mark::Stale);
    }
    let mut set = |part: &str, text: String| step.set.insert(part.to_owned(), text);
    let bank = match (world.bank.twice, world.bank.refused) {
        (0, 0) => format!("{} charged", world.bank.charges),
        (0, refused) => format!("{refused} repeats refused"),
        (twice, _) => format!("{twice} charged twice"),
    };
    set("bank.note", bank);
    let committed = world.broker.committed.unwrap_or(0);
    let pending = world.broker.transaction.as_ref().and_then(|transaction| transaction.offset);
    set("offsets.note", pending.map_or_else(|| committed.to_string(), |pending| format!("{committed} → {pending}")));
    set("reader.note", if world.settings.read_committed { "read_committed" } else { "read_uncommitted" }.to_owned());
    set("reader.state", if world.reader.twice > 0 { format!("{} twice", world.reader.twice) } else { String::new() });
    if transactional(world) {
        let transaction = world.broker.transaction.as_ref();
        set(
            "coordinator.note",
            transaction.map_or_else(String::new, |transaction| format!("epoch {}", transaction.epoch)),
        );
        let state = transaction.map_or("", |transaction| match transaction.state {
            State::Empty => "Empty",
            State::Ongoing => "Ongoing",
            State::PrepareCommit => "PrepareCommit",
            State::PrepareAbort => "PrepareAbort",
            State::CompleteCommit => "CompleteCommit",
            State::CompleteAbort => "CompleteAbort",
        });
        set("coordinator.state", state.to_owned());
    }
    step
}

/// The last digits of an order's number, which fit into a cell.
fn short(order: u32) -> String {
    (order % 1000).to_string()
}

fn logs(world: &World, step: &mut Step) {
    let broker = &world.broker;
    let orders = broker.orders.entries.len().saturating_sub(CELLS);
    let cells = broker.orders.entries.iter().skip(orders).copied().map(short).collect();
    step.cells.insert("orders".to_owned(), cells);
    let place = |offset: u64, first: u64, skipped: usize| {
        let place = usize::try_from(offset.saturating_sub(first)).unwrap_or(usize::MAX).saturating_sub(skipped);
        u8::try_from(place.min(CELLS)).unwrap_or(0)
    };
    let committed = place(broker.committed.unwrap_or(0), broker.orders.first, orders);
    step.marker.insert("orders".to_owned(), Some(("offset".to_owned(), committed)));
    let invoices = broker.invoices.entries.len().saturating_sub(CELLS);
    let cells = broker.invoices.entries.iter().skip(invoices).map(|entry| match entry {
        Entry::Invoice { order, fate: Fate::Open } => format!("{}?", short(*order)),
        Entry::Invoice { order, fate: Fate::Aborted } => format!("{}×", short(*order)),
        Entry::Invoice { order, .. } => short(*order),
        Entry::Marker { commits: true } => "C".to_owned(),
        Entry::Marker { commits: false } => "A".to_owned(),
    });
    step.cells.insert("invoices".to_owned(), cells.collect());
    let stable = place(broker.last_stable_offset(), broker.invoices.first, invoices);
    step.marker.insert("invoices".to_owned(), transactional(world).then(|| ("LSO".to_owned(), stable)));
    step.cells.insert("reader".to_owned(), world.reader.saw.iter().copied().map(short).collect());
}

fn show_service(id: &str, service: &Service, step: &mut Step) {
    let note = match service.batch.as_slice() {
        _ if service.phase == Phase::Polling => String::new(),
        [] => String::new(),
        [one] => format!("order {one}"),
        [first, .., last] => format!("orders {first}–{last}"),
    };
    step.set.insert(format!("{id}.note"), note);
    let state = match service.phase {
        Phase::Starting => "starts",
        Phase::Polling => "polls",
        Phase::CommittingFirst | Phase::Committing => "commits",
        Phase::Processing => "charges",
        Phase::Writing => "writes",
        Phase::SendingOffsets => "sends offsets",
        Phase::Ending => "ends",
        Phase::Waiting => "waits",
    };
    let order = service.order().filter(|_| matches!(service.phase, Phase::Processing | Phase::Writing));
    let state = order.map_or_else(|| state.to_owned(), |order| format!("{state} {order}"));
    step.set.insert(format!("{id}.state"), state);
}

pub fn metrics(world: &World) -> Vec<Metric> {
    #[expect(clippy::cast_precision_loss, reason = "figures to look at")]
    let metric = |name, value: u64, unit, alarming| Metric { name, value: value as f64, unit, alarming };
    let lost = world.lost.len() as u64;
    vec![
        metric("invoices lost", lost, "", lost > 0),
        metric("invoices read twice", world.reader.twice, "", world.reader.twice > 0),
        metric("orders charged twice", world.bank.twice, "", world.bank.twice > 0),
        metric("LastStableOffsetLag", world.stable_lag(), "records", world.stable_lag() > 5),
        metric("records-lag", world.orders_lag(), "records", world.orders_lag() > 5),
        metric("invoices read", world.reader.invoices, "", false),
    ]
}
