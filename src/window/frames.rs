//! Writes down when each frame of the real window began, for `benches/window.py`: a frame begins once the one before it is on
//! the screen. Nothing is written unless `WHETSTONE_FRAMES` names a file.

use std::fs::File;
use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use egui::Ui;

use super::app::App;

const VARIABLE: &str = "WHETSTONE_FRAMES";

/// The app, with a log of its frames.
pub struct Logged {
    app: App,
    log: File,
    first: bool,
}

/// The app as it is, or logged where the variable asks for it.
pub fn logged(app: App) -> Box<dyn eframe::App> {
    let log = std::env::var_os(VARIABLE).and_then(|path| File::create(path).ok());
    match log {
        Some(log) => Box::new(Logged { app, log, first: true }),
        None => Box::new(app),
    }
}

impl eframe::App for Logged {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.app.logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        #[expect(clippy::disallowed_methods, reason = "this is what measures")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let cost_millis = frame.info().cpu_usage.unwrap_or_default() * 1000.0;
        // A log that cannot be written shows as missing lines.
        let _ = writeln!(self.log, "{:.3} {cost_millis:.3}", now.as_secs_f64() * 1000.0);
        self.app.ui(ui, frame);
        if std::mem::take(&mut self.first) {
            // A second frame tells when the first one was there.
            ui.ctx().request_repaint();
        }
    }

    fn on_exit(&mut self, gl: Option<&eframe::glow::Context>) {
        self.app.on_exit(gl);
    }
}
