//! Opens the window, or says in a line why it cannot.

use std::path::PathBuf;

use super::app::{App, Setup};
use super::start::Begun;
use super::{extent, frames};
use crate::time::{Moment, Timestamp};

/// Opens the window on the reader's data; returns when it is closed.
///
/// # Errors
/// What went wrong, in a line for the reader: no display, no OpenGL.
pub fn run(data_dir: PathBuf, content: Option<PathBuf>) -> Result<(), String> {
    if !has_display() {
        return Err("there is no display to open a window on".to_owned());
    }
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon/whetstone-256.png"));
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Whetstone")
        .with_app_id("io.github.whetstone.Whetstone")
        .with_inner_size(extent::FIRST)
        .with_min_inner_size(extent::SMALLEST);
    if let Ok(icon) = icon {
        viewport = viewport.with_icon(icon);
    }
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let setup = Setup { data_dir, content, clock: Box::new(now) };
    let begun = Begun::start(&setup);
    eframe::run_native("whetstone", options, Box::new(|cc| Ok(frames::logged(App::with(&cc.egui_ctx, setup, begun)))))
        .map_err(|error| format!("no window could be opened ({error}); it needs OpenGL 2 or later"))
}

/// Whether this system can show a window at all. Linux says so in its environment; the others always can.
fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos"))) || set("DISPLAY") || set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET")
}

fn now() -> Moment {
    #[expect(clippy::disallowed_methods, reason = "the window is where the clock comes in")]
    let zoned = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::system());
    Moment { at: Timestamp(zoned.timestamp().as_millisecond()), offset_secs: zoned.offset().seconds() }
}
