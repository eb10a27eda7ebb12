//! What a frame costs the UI thread, in CPU time, while a reader types, scrolls and steps through a scene: layout, drawing and
//! tessellation, on the whole content and a data file of its own. `cargo bench --bench frames`.
#![expect(clippy::expect_used, reason = "a benchmark stops where it cannot go on")]

use cpu_time::ThreadTime;
use egui::{Event, Key, Modifiers, MouseWheelUnit, TouchPhase, vec2};
use egui_kittest::Harness;
use whetstone::store::{Job, Store};
use whetstone::time::{Moment, Timestamp};
use whetstone::window::{App, Setup};

const NOW: Moment = Moment { at: Timestamp(1_795_514_400_000), offset_secs: 0 };
const SIZE: (f32, f32) = (1440.0, 900.0);

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = Store::open(folder.path(), NOW).expect("new data");
    assert!(store.send(Job::Setting { key: "place".into(), value: "(question:\"kafka/isr\",step:0)".into() }));
    drop(store);
    let data_dir = folder.path().to_owned();
    let mut harness = Harness::builder()
        .with_size(SIZE)
        .with_step_dt(1.0 / 60.0)
        .build_eframe(move |cc| App::new(&cc.egui_ctx, Setup { data_dir, content: None, clock: Box::new(|| NOW) }));
    harness.run_steps(3);
    println!("{:<28} {:>7} {:>8} {:>8} {:>8}", "UI thread, ms CPU a frame", "frames", "p50", "p99", "worst");
    let key = |key| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE };
    for step in [Key::Num3, Key::V, Key::Space] {
        harness.key_press(step);
        harness.run_steps(2);
    }
    let scroll = Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, -40.0),
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    };
    harness.event(Event::PointerMoved(egui::pos2(600.0, 500.0)));
    report("scrolling an answer", frames(&mut harness, 300, |_| vec![scroll.clone()]));
    report(
        "stepping a scene",
        frames(&mut harness, 300, |frame| {
            // A step, then the frames in which what changed goes over and its messages travel.
            if frame % 12 == 0 {
                vec![key(if frame / 84 % 2 == 0 { Key::ArrowRight } else { Key::ArrowLeft })]
            } else {
                Vec::new()
            }
        }),
    );
    harness.key_press(Key::A);
    harness.run_steps(2);
    let words = "the leader answers once every replica in the ISR has the record ";
    report(
        "typing in my answer",
        frames(&mut harness, 300, |frame| {
            vec![Event::Text(words.chars().nth(frame % words.len()).map_or_else(String::new, String::from))]
        }),
    );
    report("nothing happening", frames(&mut harness, 100, |_| Vec::new()));
}

/// The CPU time of each of `count` frames, in milliseconds.
fn frames(harness: &mut Harness<'_, App>, count: usize, mut events: impl FnMut(usize) -> Vec<Event>) -> Vec<f64> {
    (0..count)
        .map(|frame| {
            for event in events(frame) {
                harness.event(event);
            }
            let begun = ThreadTime::now();
            harness.step();
            let output = harness.output();
            let shapes = harness.ctx.tessellate(output.shapes.clone(), output.pixels_per_point);
            std::hint::black_box(shapes);
            begun.elapsed().as_secs_f64() * 1000.0
        })
        .collect()
}

fn report(name: &str, mut millis: Vec<f64>) {
    millis.sort_by(f64::total_cmp);
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let index = ((millis.len() - 1) as f64 * share).round() as usize;
        millis.get(index).copied().unwrap_or_default()
    };
    println!("{name:<28} {:>7} {:>8.2} {:>8.2} {:>8.2}", millis.len(), at(0.5), at(0.99), at(1.0));
}
