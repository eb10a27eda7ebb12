//! What reading the content costs: parse, link and index everything the program carries; lay out and draw its scenes, and one of
//! 60 nodes and 90 edges. `cargo bench --bench content`.
#![expect(clippy::expect_used, reason = "a benchmark stops where it cannot go on")]

use cpu_time::ThreadTime;
use whetstone::catalog;
use whetstone::scene::{Moment, Passage, Placed, Scene, between, shapes, width_of};
use whetstone::theme::Hue;

fn main() {
    let (catalog, _) = catalog::embedded();
    let questions = catalog.questions().filter(|question| question.answer.is_some()).count();
    println!("{questions} questions with an answer, {} scenes; median and worst of 15, ms CPU", catalog.scenes.len());
    report("parse and index everything", 15, || drop(catalog::embedded()));
    let largest = catalog.scenes.values().max_by_key(|file| file.scene.nodes.len() + file.scene.edges.len());
    let largest = &largest.expect("a scene").scene;
    report("lay out the largest scene", 15, || drop(Placed::of(largest, &width_of)));
    let placed = Placed::of(largest, &width_of);
    report("shapes of one step of it", 15, || {
        drop(shapes(largest, &placed, &Moment::at(largest, 1), Hue::Kafka, 0.5, None, None));
    });
    let passage = Passage { before: &Moment::at(largest, 0), after: &Moment::at(largest, 1), share: 0.5 };
    report("shapes halfway to a step", 15, || {
        drop(between(largest, &placed, passage, Hue::Kafka, 0.5, None, None));
    });
    let big = big_scene();
    report("lay out 60 nodes, 90 edges", 15, || drop(Placed::of(&big, &width_of)));
    let placed = Placed::of(&big, &width_of);
    report("shapes of one step of it", 15, || {
        drop(shapes(&big, &placed, &Moment::at(&big, 0), Hue::Kafka, 0.5, None, None));
    });
}

fn report(name: &str, runs: usize, mut run: impl FnMut()) {
    run();
    let mut millis: Vec<f64> = (0..runs)
        .map(|_| {
            let begun = ThreadTime::now();
            run();
            begun.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    millis.sort_by(f64::total_cmp);
    let (median, worst) =
        (millis.get(runs / 2).copied().unwrap_or_default(), millis.last().copied().unwrap_or_default());
    println!("{name:<28} {median:>8.2} {worst:>8.2}");
}

/// Ten columns of six, each node joined to its neighbours.
fn big_scene() -> Scene {
    let nodes: Vec<String> = (0..60)
        .map(|n| {
            format!("(id: \"n{n}\", kind: Broker, label: \"Node {n}\", note: \"a note\", at: ({}, {}))", n % 10, n / 10)
        })
        .collect();
    let across = (0..60).filter(|n| n % 10 < 9).map(|n| (n, n + 1));
    let down = (0..50).map(|n| (n, n + 10));
    let edges: Vec<String> = across
        .chain(down)
        .take(90)
        .map(|(from, to)| format!("(id: \"e{from}-{to}\", from: \"n{from}\", to: \"n{to}\")"))
        .collect();
    let text = format!(
        "(title: \"Big\", nodes: [{}], edges: [{}], steps: [(id: \"s\", says: \"All of it at once.\")])",
        nodes.join(","),
        edges.join(",")
    );
    ron::from_str(&text).expect("a scene")
}
