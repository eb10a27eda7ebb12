//! How it looks: users, the balancer that counts, the pairs of windows with their charts, what they set off, and the budget.

use super::model::{SHOWN, World};
use super::rules::{Alert, PAIRS, WINDOWS};
use crate::labs::Metric;
use crate::scene::{Edge, EdgeKind, Mark, Node, NodeKind, Scene, Step};

const OPENING: &str = "The load balancer counts answers; three pairs of windows watch how fast the error budget burns. Nothing fails yet.";
const PAIR_IDS: [&str; 3] = ["fast", "slow", "ticket-pair"];
/// What each pair sets off, and the edge that does.
const SET_OFF: [(&str, &str); 3] = [("page", "page-fast"), ("page", "page-slow"), ("ticket", "open-ticket")];
/// Where a pair's limit stands in its chart.
const LIMIT_AT: f32 = 0.5;

pub fn stage() -> Scene {
    let chart = |mut node: Node, threshold: Option<f32>| {
        node.threshold = threshold;
        node.axis = Some((format!("{SHOWN} min ago"), "now".to_owned()));
        node
    };
    let mut nodes = vec![
        Node::new("users", NodeKind::User, "Users", (0, 1)),
        chart(Node::new("service", NodeKind::Gateway, "Load balancer", (1, 1)), None),
        Node::new("budget", NodeKind::Table, "Error budget", (1, 2)),
        Node::new("page", NodeKind::Alarm, "Page", (3, 0)),
        Node::new("ticket", NodeKind::Alarm, "Ticket", (3, 2)),
    ];
    let mut edges = vec![
        Edge::new("ask", "users", "service", EdgeKind::Flow),
        Edge::new("spend", "service", "budget", EdgeKind::Quiet),
    ];
    let mut widest = Step { id: "widest".to_owned(), ..Step::default() };
    let chart_values = vec![0.0; SHOWN];
    for (row, ((id, pair), (to, edge))) in PAIR_IDS.iter().zip(&PAIRS).zip(SET_OFF).enumerate() {
        let at = (2, u8::try_from(row).unwrap_or(0));
        nodes.push(chart(Node::new(id, NodeKind::Metric, pair.name, at), Some(LIMIT_AT)));
        edges.push(Edge::new(&format!("watch-{id}"), "service", id, EdgeKind::Quiet));
        edges.push(Edge::new(edge, id, to, EdgeKind::Flow));
        widest.set.insert(format!("{id}.note"), "burn 10000.0 · 10000.0".to_owned());
        widest.set.insert(format!("{id}.state"), "kept for 00 min".to_owned());
        widest.spark.insert((*id).to_owned(), chart_values.clone());
    }
    for (part, text) in [
        ("users.note", "1000 a minute"),
        ("users.state", "no traffic"),
        ("service.note", "100.00 % fail"),
        ("budget.note", "−00000.0 % left"),
        ("page.note", "first at 100 h 00 min"),
        ("page.state", "fires"),
        ("ticket.note", "first at 100 h 00 min"),
        ("ticket.state", "fires"),
    ] {
        widest.set.insert(part.to_owned(), text.to_owned());
    }
    widest.spark.insert("service".to_owned(), chart_values);
    widest.level.insert("budget".to_owned(), 1.0);
    Scene { title: "How fast the budget burns".to_owned(), groups: Vec::new(), nodes, edges, steps: vec![widest] }
}

/// A share from 0.01 % to 100 % on a logarithmic scale, 0 to 1; nothing is 0.
fn logarithmic(share: f32) -> f32 {
    if share <= 0.0 { 0.0 } else { ((share.log10() + 4.0) / 4.0).clamp(0.05, 1.0) }
}

pub fn state(world: &World) -> Step {
    let says = if world.says.is_empty() { OPENING } else { &world.says };
    let mut step = Step { id: "now".to_owned(), says: says.to_owned(), ..Step::default() };
    let mut set = |part: &str, text: String| step.set.insert(part.to_owned(), text);
    set("users.note", format!("{} a minute", world.settings.requests_per_hour.div_ceil(60)));
    set("users.state", if world.traffic { String::new() } else { "no traffic".to_owned() });
    let last = world.chart.back().copied().unwrap_or(0.0);
    set("service.note", format!("{:.2} % fail", 100.0 * last));
    let left = world.left_percent();
    set("budget.note", format!("{left:.1} % left").replace('-', "−"));
    for (to, pairs) in [("page", &[0usize, 1][..]), ("ticket", &[2])] {
        let fires = pairs.iter().any(|at| world.alerts.get(*at).is_some_and(|alert| alert.fires()));
        set(&format!("{to}.state"), if fires { "fires".to_owned() } else { String::new() });
        let first = pairs.iter().filter_map(|at| world.first_fired.get(*at).copied().flatten()).min();
        set(
            &format!("{to}.note"),
            first.map_or_else(|| "never yet".to_owned(), |first| format!("first at {}", World::clock_of(first))),
        );
        if fires {
            step.focus.push(to.to_owned());
        }
    }
    step.spark.insert("service".to_owned(), world.chart.iter().map(|share| logarithmic(*share)).collect());
    #[expect(clippy::cast_possible_truncation, reason = "a bar")]
    step.level.insert("budget".to_owned(), (left / 100.0).clamp(0.0, 1.0) as f32);
    for (at, (id, (_, edge))) in PAIR_IDS.iter().zip(SET_OFF).enumerate() {
        show_pair(world, at, id, edge, &mut step);
    }
    if world.traffic && world.minute > 0 {
        step.flow.push("ask".to_owned());
    }
    if last > 0.0 {
        step.flow.push("spend".to_owned());
        step.focus.push("service".to_owned());
    }
    if !world.traffic {
        step.mark.insert("ask".to_owned(), Mark::Down);
    }
    step
}

fn show_pair(world: &World, at: usize, id: &str, edge: &str, step: &mut Step) {
    let (long, short) = world.burns(at);
    let words = |burn: Option<f64>| burn.map_or_else(|| "NaN".to_owned(), |burn| format!("{burn:.1}"));
    let note = if world.settings.short_windows {
        format!("burn {} · {}", words(long), words(short))
    } else {
        format!("burn {}", words(long))
    };
    step.set.insert(format!("{id}.note"), note);
    let state = match world.alerts.get(at) {
        Some(Alert::Pending(since)) => format!("pending {} min", world.minute - since),
        Some(Alert::Firing { kept_since: Some(since), .. }) => format!("kept for {} min", world.minute - since),
        Some(Alert::Firing { .. }) => "fires".to_owned(),
        _ => String::new(),
    };
    step.set.insert(format!("{id}.state"), state);
    if let Some(chart) = world.pair_charts.get(at) {
        step.spark.insert(id.to_owned(), chart.iter().map(|of_limit| (of_limit * LIMIT_AT).clamp(0.0, 1.0)).collect());
    }
    if world.alerts.get(at).is_some_and(|alert| alert.fires()) {
        step.flow.push(edge.to_owned());
        step.focus.push(id.to_owned());
    }
}

/// The recording rules, in per cent, as the rules of the question name them.
const RATIOS: [&str; 5] = [
    "job:errors:ratio_5m",
    "job:errors:ratio_30m",
    "job:errors:ratio_1h",
    "job:errors:ratio_6h",
    "job:errors:ratio_3d",
];

pub fn metrics(world: &World) -> Vec<Metric> {
    let ratios = RATIOS.iter().zip(0..WINDOWS.len()).map(|(name, window)| {
        let ratio = world.ratio_over(window).unwrap_or(0.0);
        Metric { name, value: 100.0 * ratio, unit: "%", alarming: ratio > world.budget() }
    });
    let fires = world.alerts.iter().filter(|alert| alert.fires()).count();
    let left = world.left_percent();
    let firing = Metric {
        name: "ALERTS firing",
        value: f64::from(u8::try_from(fires).unwrap_or(0)),
        unit: "",
        alarming: fires > 0,
    };
    let budget = Metric { name: "budget left", value: left, unit: "%", alarming: left < 80.0 };
    [firing, budget].into_iter().chain(ratios).collect()
}
