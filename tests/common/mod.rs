//! The real window on a real database in a folder of its own, with a clock that stands still.

use std::path::{Path, PathBuf};

use egui_kittest::Harness;
use whetstone::ids::QuestionId;
use whetstone::store::{Opened, Store};
use whetstone::time::{Moment, Timestamp};
use whetstone::window::{App, Setup};

/// 24 November 2026, 10:00 in UTC.
pub const NOW: Moment = Moment { at: Timestamp(1_795_514_400_000), offset_secs: 0 };

pub struct Window {
    pub harness: Harness<'static, App>,
}

/// Opens the window at a question, as if the reader had left off there.
pub fn window_at(dir: &Path, question: &str, size: (f32, f32), theme: egui::Theme) -> Window {
    let (store, _) = Store::open(dir, NOW).unwrap();
    left_off(&store, question);
    drop(store);
    open(dir, size, theme)
}

/// As after a session at this question: the first run is over.
fn left_off(store: &Store, question: &str) {
    let set = |key: &str, value: String| store.send(whetstone::store::Job::Setting { key: key.into(), value });
    assert!(set("place", format!("(question:\"{question}\",step:0)")));
    assert!(set("settings", "(welcomed:true)".to_owned()));
}

/// Opens the window at the question of a content folder of the tests' own, which no better answer changes.
pub fn example(dir: &Path, size: (f32, f32), theme: egui::Theme) -> Window {
    let content = at_the_example(dir);
    open_with(dir, Some(content), size, theme)
}

/// As [`example`], with all its motion, sixty frames a second.
pub fn example_in_motion(dir: &Path, size: (f32, f32), theme: egui::Theme) -> Window {
    let content = at_the_example(dir);
    built(dir, Some(content), size, theme, Some(1.0 / 60.0))
}

fn at_the_example(dir: &Path) -> PathBuf {
    let (store, _) = Store::open(dir, NOW).unwrap();
    left_off(&store, "kafka/connect");
    drop(store);
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/looks/content")
}

/// Opens the window on whatever the folder holds.
pub fn open(dir: &Path, size: (f32, f32), theme: egui::Theme) -> Window {
    open_with(dir, None, size, theme)
}

/// As [`open`], on the questions of a folder.
pub fn open_with(dir: &Path, content: Option<PathBuf>, size: (f32, f32), theme: egui::Theme) -> Window {
    built(dir, content, size, theme, None)
}

/// With the seconds of a frame things move, without it they are where they end.
fn built(dir: &Path, content: Option<PathBuf>, size: (f32, f32), theme: egui::Theme, frame: Option<f32>) -> Window {
    let data_dir = dir.to_owned();
    let builder = Harness::builder().with_size(size).with_theme(theme).with_os(egui::os::OperatingSystem::Nix);
    let builder = builder.with_step_dt(frame.unwrap_or(0.25)).with_max_steps(90);
    let harness = builder.build_eframe(move |cc| {
        let clock = Box::new(|| NOW);
        let mut app = App::new(&cc.egui_ctx, Setup { data_dir, content: content.clone(), clock });
        // The harness sets the theme; the settings would follow the system.
        cc.egui_ctx.set_theme(theme);
        if frame.is_none() {
            app.show_end_states();
        }
        app
    });
    let mut window = Window { harness };
    window.harness.run();
    window
}

impl Window {
    pub fn press(&mut self, key: egui::Key) {
        self.press_with(egui::Modifiers::NONE, key);
    }

    pub fn press_with(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Runs until the screen rests and all that was asked is on disk.
    pub fn settle(&mut self) {
        self.harness.run();
        let ctx = self.harness.ctx.clone();
        self.harness.state_mut().settle(&ctx).unwrap();
        self.harness.run();
    }

    /// Lets so many seconds pass on the window's clock.
    pub fn wait(&mut self, secs: f64) {
        let now = self.harness.ctx.input(|input| input.time);
        self.harness.input_mut().time = Some(now + secs);
        self.harness.step();
        self.harness.input_mut().time = None;
    }

    /// Types into the field that has the focus.
    pub fn type_text(&mut self, text: &str) {
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.settle();
    }

    pub fn close(self) {
        drop(self.harness);
    }
}

/// What is on disk, read by a second opening.
pub fn on_disk(dir: &Path) -> Opened {
    Store::open(dir, NOW).unwrap().1
}

/// The first question that has a model answer.
pub fn answered() -> QuestionId {
    let (catalog, _) = whetstone::catalog::embedded();
    catalog.questions().find(|question| question.answer.is_some()).unwrap().id.clone()
}
