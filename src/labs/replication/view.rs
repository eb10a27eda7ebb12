//! The cluster as a scene.

use super::model::{Acks, Broker, Cluster, Id, Power, REPLICAS};
use super::producer::{IN_FLIGHT, Sending};
use super::words::set;
use crate::labs::Metric;
use crate::scene::{Edge, EdgeKind, Mark, Node, NodeKind, Scene, Step};

/// Records shown of a log.
const SHOWN: usize = 7;
const ACKED_SHOWN: usize = 6;

/// The scene, with the widest contents in its only step.
pub fn stage() -> Scene {
    let nodes = vec![
        Node::new("producer", NodeKind::Producer, "Producer", (0, 0)),
        Node::new("acked", NodeKind::Log, "Acknowledged", (0, 1)),
        Node::new("b1", NodeKind::Broker, "Broker 1", (1, 0)),
        Node::new("b2", NodeKind::Broker, "Broker 2", (1, 1)),
        Node::new("b3", NodeKind::Broker, "Broker 3", (1, 2)),
        Node::new("controller", NodeKind::Controller, "Controller", (0, 2)),
        Node::new("consumer", NodeKind::Consumer, "Consumer", (2, 1)),
    ];
    let mut edges: Vec<Edge> = Vec::new();
    for id in REPLICAS {
        edges.push(Edge::new(&format!("send{id}"), "producer", &format!("b{id}"), EdgeKind::Flow));
        edges.push(Edge::new(&format!("read{id}"), &format!("b{id}"), "consumer", EdgeKind::Flow));
    }
    for (from, to) in [(1, 2), (1, 3), (2, 3)] {
        edges.push(Edge::new(&format!("f{from}{to}"), &format!("b{from}"), &format!("b{to}"), EdgeKind::Quiet));
    }
    let mut widest = Step { id: "widest".to_owned(), says: String::new(), ..Step::default() };
    for id in REPLICAS {
        let name = format!("b{id}");
        widest.set.insert(format!("{name}.note"), "believes it leads, epoch 88".to_owned());
        widest.set.insert(format!("{name}.state"), "starting · out of ISR".to_owned());
        widest.cells.insert(name.clone(), vec!["8888".to_owned(); SHOWN]);
        widest.marker.insert(name, Some(("HW".to_owned(), 0)));
    }
    widest.set.insert("producer.note".to_owned(), "acks=all, to broker 1".to_owned());
    widest.set.insert("producer.state".to_owned(), "8 waiting".to_owned());
    widest.cells.insert("producer".to_owned(), vec!["8888".to_owned(); IN_FLIGHT]);
    widest.cells.insert("acked".to_owned(), vec!["8888×".to_owned(); ACKED_SHOWN]);
    widest.set.insert("acked.state".to_owned(), "8888 of 8888 lost".to_owned());
    widest.set.insert("controller.note".to_owned(), "no leader, epoch 888".to_owned());
    widest.set.insert("controller.state".to_owned(), "ISR [1,2] ELR [3]".to_owned());
    widest.set.insert("consumer.note".to_owned(), "reads from 8888".to_owned());
    Scene { title: "One partition, three replicas".to_owned(), groups: Vec::new(), nodes, edges, steps: vec![widest] }
}

/// The scene as the cluster stands.
pub fn state(cluster: &Cluster) -> Step {
    let last = &cluster.last;
    let mut step = Step {
        id: "now".to_owned(),
        says: last.says.clone(),
        flow: last.flow.clone(),
        focus: last.focus.clone(),
        ..Step::default()
    };
    for broker in &cluster.brokers {
        broker_state(cluster, broker, &mut step);
    }
    producer_state(cluster, &mut step);
    let partition = &cluster.partition;
    let leader = partition.leader.map_or("no leader".to_owned(), |leader| format!("leader {leader}"));
    step.set.insert("controller.note".to_owned(), format!("{leader}, epoch {}", partition.epoch));
    let elr = if partition.elr.is_empty() { String::new() } else { format!(" ELR {}", set(&partition.elr)) };
    step.set.insert("controller.state".to_owned(), format!("ISR {}{elr}", set(&partition.isr)));
    step.set.insert("consumer.note".to_owned(), format!("reads from {}", cluster.consumer));
    hide_idle_edges(cluster, &mut step);
    step
}

fn broker_state(cluster: &Cluster, broker: &Broker, step: &mut Step) {
    let id = broker.id;
    let name = format!("b{id}");
    let (condition, mark) = match broker.power {
        Power::Down => ("", Mark::Down),
        Power::Starting(_) => ("starting · ", Mark::Down),
        Power::Frozen => ("frozen · ", Mark::Stale),
        Power::Up if broker.cut => ("cut off · ", Mark::Stale),
        Power::Up if broker.slow => ("slow · ", Mark::Slow),
        Power::Up => ("", Mark::Normal),
    };
    let partition = &cluster.partition;
    let member = if partition.isr.contains(&id) {
        "in ISR"
    } else if partition.elr.contains(&id) {
        "in ELR"
    } else {
        "out of ISR"
    };
    let mark = if mark == Mark::Normal && !partition.isr.contains(&id) { Mark::Stale } else { mark };
    let running = matches!(broker.power, Power::Up | Power::Frozen);
    let epoch = broker.seen.epoch;
    let note = if partition.leader == Some(id) {
        format!("leads, epoch {epoch}")
    } else if running && broker.seen.leader == Some(id) {
        format!("believes it leads, epoch {epoch}")
    } else if let Some(leader) = broker.seen.leader.filter(|_| running) {
        format!("follows {leader}")
    } else if running {
        "no leader to follow".to_owned()
    } else {
        "not running".to_owned()
    };
    step.set.insert(format!("{name}.note"), note);
    step.set.insert(format!("{name}.state"), format!("{condition}{member}"));
    step.mark.insert(name.clone(), mark);
    let skipped = broker.log.records.len().saturating_sub(SHOWN);
    let cells: Vec<String> = broker.log.records.iter().skip(skipped).map(|record| record.id.to_string()).collect();
    let first = broker.log.start + skipped as u64;
    let before = usize::try_from(broker.high_water.saturating_sub(first)).unwrap_or(SHOWN).min(cells.len());
    step.marker.insert(name.clone(), Some(("HW".to_owned(), u8::try_from(before).unwrap_or(u8::MAX))));
    step.cells.insert(name, cells);
}

fn producer_state(cluster: &Cluster, step: &mut Step) {
    let producer = &cluster.producer;
    let acks = match cluster.settings.acks {
        Acks::None => "0",
        Acks::Leader => "1",
        Acks::All => "all",
    };
    let to = producer.leader.map_or(String::new(), |leader| format!(", to broker {leader}"));
    step.set.insert("producer.note".to_owned(), format!("acks={acks}{to}"));
    let waiting = producer.pending.len();
    let state = if waiting == 0 { "nothing waiting".to_owned() } else { format!("{waiting} waiting") };
    step.set.insert("producer.state".to_owned(), state);
    step.cells.insert("producer".to_owned(), producer.pending.iter().map(|pending| pending.id.to_string()).collect());
    let lost = cluster.lost();
    // The newest that are lost stay in sight among the newest of all.
    let lost_shown = lost.len().min(ACKED_SHOWN / 2);
    let newest = producer.acked.iter().rev().filter(|acked| !lost.contains(&acked.id)).take(ACKED_SHOWN - lost_shown);
    let mut cells: Vec<String> = newest.map(|acked| acked.id.to_string()).collect();
    cells.extend(lost.iter().rev().take(lost_shown).map(|id| format!("{id}×")));
    cells.reverse();
    step.cells.insert("acked".to_owned(), cells);
    let total = producer.acked_total;
    let state = if lost.is_empty() { "none lost".to_owned() } else { format!("{} of {total} lost", lost.len()) };
    step.set.insert("acked.state".to_owned(), state);
}

/// Only the ways that something takes now are drawn.
fn hide_idle_edges(cluster: &Cluster, step: &mut Step) {
    let sent_to = |id: Id| {
        cluster.producer.pending.iter().any(|pending| matches!(pending.state, Sending::Sent { to, .. } if to == id))
    };
    for id in REPLICAS {
        let send = format!("send{id}");
        let flows = step.flow.iter().any(|flow| flow.trim_start_matches('~') == send);
        if !(flows || cluster.producer.leader == Some(id) || sent_to(id)) {
            step.hide.push(send);
        }
        if cluster.partition.leader != Some(id) {
            step.hide.push(format!("read{id}"));
        }
    }
    for (from, to) in [(1, 2), (1, 3), (2, 3)] {
        let (from, to, name) = (cluster.broker(Id(from)), cluster.broker(Id(to)), format!("f{from}{to}"));
        let follows = |a: &Broker, b: &Broker| a.seen.leader == Some(b.id) && b.seen.leader == Some(b.id);
        if !follows(from, to) && !follows(to, from) {
            step.hide.push(name);
            continue;
        }
        let reached =
            cluster.reachable_leader(from.id) == Some(to.id) || cluster.reachable_leader(to.id) == Some(from.id);
        let slow = from.slow || to.slow;
        let mark = if !reached {
            Mark::Down
        } else if slow {
            Mark::Slow
        } else {
            Mark::Normal
        };
        step.mark.insert(name, mark);
    }
}

/// The figures that a team would watch, as the brokers, the controller and the client report them.
pub fn metrics(cluster: &Cluster) -> Vec<Metric> {
    let partition = &cluster.partition;
    let figure = |name, value: f64, unit, alarming| Metric { name, value, unit, alarming };
    let flag = |name, on: bool| figure(name, f64::from(u8::from(on)), "", on);
    let count = |name, count: u32, alarming| figure(name, f64::from(count), "", alarming && count > 0);
    let fenced = cluster.brokers.iter().filter(|broker| broker.fenced).count();
    let lost = u32::try_from(cluster.lost().len()).unwrap_or(u32::MAX);
    #[expect(clippy::cast_precision_loss, reason = "minutes in milliseconds")]
    let latency = cluster.producer.latency as f64;
    vec![
        flag("UnderReplicatedPartitions", partition.leader.is_some() && partition.isr.len() < REPLICAS.len()),
        flag("UnderMinIsrPartitionCount", partition.leader.is_some() && partition.isr.len() < cluster.min_isr()),
        flag("OfflinePartitionsCount", partition.leader.is_none()),
        count("FencedBrokerCount", u32::try_from(fenced).unwrap_or(u32::MAX), true),
        count("IsrShrinksPerSec count", cluster.counters.isr_shrinks, false),
        count("UncleanLeaderElectionsPerSec count", cluster.counters.unclean_elections, true),
        figure("request-latency-max", latency, "ms", latency >= 5_000.0),
        count("record-retry-total", cluster.producer.retries, false),
        count("record-error-total", cluster.producer.failed, true),
        count("Acknowledged and lost", lost, true),
    ]
}
