//! The group as a scene.

use super::assign::{Member, Tp};
use super::model::{CHART, Client, Group, Life, MOST_MEMBERS, Protocol};
use super::words::{TOPICS, short};
use crate::labs::Metric;
use crate::scene::{Edge, EdgeKind, Group as Frame, GroupKind, Mark, Node, NodeKind, Scene, Step};

/// Partitions of a member that are shown by name.
const SHOWN: usize = 8;
/// Where the members stand: on both sides of their coordinator.
const PLACES: [(u8, u8); MOST_MEMBERS as usize] = [(1, 0), (1, 1), (1, 2), (3, 0), (3, 2)];
/// A lag that fills a bar: a minute of one partition's records.
const FULL_LAG: u64 = 1_200;

/// The scene, with the widest contents in its only step.
pub fn stage(group: &Group) -> Scene {
    let mut nodes = vec![Node::new("coordinator", NodeKind::Controller, "Coordinator", (2, 1))];
    let mut widest = Step { id: "widest".to_owned(), ..Step::default() };
    for ((topic, name), row) in (0u8..).zip(TOPICS).zip(0u8..) {
        let partitions = group.settings.topics.get(usize::from(topic)).copied().unwrap_or(0);
        if partitions == 0 {
            continue;
        }
        let id = topic_id(topic);
        nodes.push(Node::new(&id, NodeKind::Topic, name, (0, row)));
        widest.bars.insert(id, (0..partitions).map(|n| (format!("{n} W"), 0.0, 1.0)).collect());
    }
    nodes.push(Node::new("lag", NodeKind::Metric, "Records waiting", (2, 0)));
    nodes.push(Node::new("still", NodeKind::Metric, "Standing still", (2, 2)));
    for chart in ["lag", "still"] {
        widest.spark.insert(chart.to_owned(), vec![0.0; CHART]);
    }
    widest.set.insert("lag.state".to_owned(), "888888 records".to_owned());
    widest.set.insert("still.state".to_owned(), "88 of 88 partitions".to_owned());
    widest.set.insert("coordinator.note".to_owned(), "generation 888, cooperative".to_owned());
    widest.set.insert("coordinator.state".to_owned(), "PreparingRebalance".to_owned());
    let mut edges = Vec::new();
    for (letter, place) in (0u8..).zip(PLACES) {
        let (member, id) = (Member(letter), format!("m{}", Member(letter)));
        nodes.push(Node::new(&id, NodeKind::Consumer, &format!("Consumer {member}"), place));
        widest.set.insert(format!("{id}.state"), "at the barrier".to_owned());
        widest.cells.insert(id.clone(), vec!["+88".to_owned(); SHOWN]);
        edges.push(Edge::new(&format!("h{member}"), &id, "coordinator", EdgeKind::Quiet));
    }
    let members = (0..MOST_MEMBERS).map(|letter| format!("m{}", Member(letter)));
    let around = members.chain(["coordinator", "lag", "still"].map(str::to_owned)).collect();
    let frame = Frame { id: "group".to_owned(), label: "Group billing".to_owned(), kind: GroupKind::Consumers, around };
    Scene { title: "A consumer group".to_owned(), groups: vec![frame], nodes, edges, steps: vec![widest] }
}

fn topic_id(topic: u8) -> String {
    format!("t{topic}")
}

/// The scene as the group stands.
pub fn state(group: &Group) -> Step {
    let last = &group.last;
    let mut step = Step {
        id: "now".to_owned(),
        says: last.says.clone(),
        flow: last.flow.clone(),
        focus: last.focus.clone(),
        ..Step::default()
    };
    for letter in 0..MOST_MEMBERS {
        let member = Member(letter);
        match group.clients.get(&member) {
            Some(client) => client_state(group, member, client, &mut step),
            None => step.hide.push(format!("m{member}")),
        }
    }
    coordinator_state(group, &mut step);
    for (topic, partitions) in (0u8..).zip(&group.settings.topics) {
        let bar = |n: u32| {
            let tp = Tp(topic, n);
            let owner = group.owner(tp).map_or("–".to_owned(), |owner| owner.to_string());
            (format!("{n} {owner}"), 0.0, share(group.lag(tp), FULL_LAG))
        };
        step.bars.insert(topic_id(topic), (0..*partitions).map(bar).collect());
    }
    let partitions = group.positions.len();
    let most = group.charts.iter().map(|(lag, _)| *lag).max().unwrap_or(0).max(500);
    step.spark.insert("lag".to_owned(), group.charts.iter().map(|(lag, _)| share(*lag, most)).collect());
    let still = |(_, stopped): &(u64, usize)| share(*stopped as u64, partitions as u64);
    step.spark.insert("still".to_owned(), group.charts.iter().map(still).collect());
    step.set.insert("lag.state".to_owned(), format!("{} records", group.total_lag().min(888_888)));
    step.set.insert("still.state".to_owned(), format!("{} of {partitions} partitions", group.stopped()));
    step
}

fn share(part: u64, of: u64) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a picture, at most millions")]
    let share = part as f32 / of.max(1) as f32;
    share.clamp(0.0, 1.0)
}

fn client_state(group: &Group, member: Member, client: &Client, step: &mut Step) {
    let id = format!("m{member}");
    let joined = group.classic.preparing.as_ref().is_some_and(|preparing| preparing.joined.contains(&member));
    let lets_go = group.settings.protocol == Protocol::Consumer && group.reconciling.must_let_go(member);
    let (state, mark) = match client.life {
        Life::Crashed => ("killed", Mark::Down),
        _ if client.is_out => ("left, too slow", Mark::Stale),
        Life::Stuck => ("hangs", Mark::Slow),
        Life::Slow if joined => ("at the barrier", Mark::Slow),
        Life::Slow => ("slow", Mark::Slow),
        Life::Works if joined && client.owned.is_empty() => ("at the barrier", Mark::Normal),
        Life::Works if joined => ("joined, works on", Mark::Normal),
        Life::Works if lets_go => ("is to let go", Mark::Normal),
        Life::Works if client.owned.is_empty() => ("idle", Mark::Normal),
        Life::Works => ("works", Mark::Normal),
    };
    step.set.insert(format!("{id}.state"), state.to_owned());
    step.mark.insert(id.clone(), mark);
    let names = client.owned.iter().map(|tp| short(*tp));
    let cells: Vec<String> = if client.owned.len() > SHOWN {
        names.take(SHOWN - 1).chain([format!("+{}", client.owned.len() + 1 - SHOWN)]).collect()
    } else {
        names.collect()
    };
    step.cells.insert(id, cells);
}

fn coordinator_state(group: &Group, step: &mut Step) {
    let (note, state) = match group.settings.protocol {
        Protocol::Classic => {
            let way = if group.settings.is_eager() { "eager" } else { "cooperative" };
            let state = if group.sessions.is_empty() {
                "Empty"
            } else if group.classic.preparing.is_some() {
                "PreparingRebalance"
            } else {
                "Stable"
            };
            (format!("generation {}, {way}", group.classic.generation), state)
        }
        Protocol::Consumer => {
            let settled = group.reconciling.current == group.reconciling.target;
            let state = if group.sessions.is_empty() {
                "Empty"
            } else if settled {
                "Stable"
            } else {
                "Reconciling"
            };
            (format!("group epoch {}", group.reconciling.epoch), state)
        }
    };
    step.set.insert("coordinator.note".to_owned(), note);
    step.set.insert("coordinator.state".to_owned(), state.to_owned());
}

/// The figures that a team would watch.
pub fn metrics(group: &Group) -> Vec<Metric> {
    #[expect(clippy::cast_precision_loss, reason = "counts and milliseconds of a run")]
    let figure = |name, value: u64, unit, alarming| Metric { name, value: value as f64, unit, alarming };
    let assigned = || group.clients.values().filter(|client| client.is_alive()).map(|client| client.owned.len() as u64);
    let lag = group.positions.keys().map(|tp| group.lag(*tp)).max().unwrap_or(0);
    let stopped = group.stopped() as u64;
    vec![
        figure("records-lag-max", lag, "", lag > 300),
        figure("Partitions standing still", stopped, "", stopped > 0),
        figure("Partition-seconds stood still", group.counters.stopped / 1_000, "s", false),
        figure("assigned-partitions max", assigned().max().unwrap_or(0), "", false),
        figure("assigned-partitions min", assigned().min().unwrap_or(0), "", false),
        figure("rebalance-total", group.counters.rebalances.into(), "", false),
        figure("rebalance-latency-max", group.counters.longest, "ms", group.counters.longest > 10_000),
        figure("Partitions moved", group.counters.moved.into(), "", false),
        figure("Members expelled", group.counters.expelled.into(), "", group.counters.expelled > 0),
    ]
}
