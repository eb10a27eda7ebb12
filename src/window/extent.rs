//! The window's own size: as the reader left it, and within the screen that it is on.

use egui::{Context, Vec2, ViewportCommand, vec2};
use serde::{Deserialize, Serialize};

/// What the window is given on its first day, in points at an interface scale of 1.
pub const FIRST: Vec2 = vec2(1440.0, 900.0);
pub const SMALLEST: Vec2 = vec2(640.0, 420.0);
/// Room for the bars of a desktop and the window's own title, in the same points.
const BARS: Vec2 = vec2(0.0, 96.0);

/// The size that the window comes back with, whatever the interface scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    size: Vec2,
    maximized: bool,
    /// The window has been brought to it.
    #[serde(skip)]
    restored: bool,
}

impl Default for Extent {
    fn default() -> Self {
        Self { size: FIRST, maximized: false, restored: false }
    }
}

impl Extent {
    /// Brings the window, once, to what was left, or to what its screen has room for; takes in afterwards how large it is.
    pub fn see(&mut self, ctx: &Context) {
        let (inner, monitor, maximized, other) = ctx.input(|input| {
            let viewport = input.viewport();
            let is = |flag: Option<bool>| flag == Some(true);
            let other = is(viewport.fullscreen) || is(viewport.minimized);
            (viewport.inner_rect, viewport.monitor_size, is(viewport.maximized), other)
        });
        let (Some(inner), false) = (inner, other) else { return };
        let zoom = ctx.zoom_factor();
        if !std::mem::replace(&mut self.restored, true) {
            let size = monitor.map_or(self.size, |monitor| within(self.size, monitor * zoom));
            if size != inner.size() * zoom {
                ctx.send_viewport_cmd(ViewportCommand::InnerSize(size / zoom));
            }
            if self.maximized {
                ctx.send_viewport_cmd(ViewportCommand::Maximized(true));
            }
            return;
        }
        self.maximized = maximized;
        if !maximized {
            self.size = inner.size() * zoom;
        }
    }
}

/// This size, or what of it the screen has room for.
fn within(size: Vec2, monitor: Vec2) -> Vec2 {
    size.min(monitor - BARS).max(SMALLEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_fits_its_screen() {
        assert_eq!(within(FIRST, vec2(1920.0, 1080.0)), FIRST);
        assert_eq!(within(FIRST, vec2(1440.0, 900.0)), vec2(1440.0, 804.0));
        assert_eq!(within(FIRST, vec2(1280.0, 720.0)), vec2(1280.0, 624.0));
        assert_eq!(within(FIRST, vec2(320.0, 200.0)), SMALLEST);
    }

    #[test]
    fn it_comes_back_as_it_was_left() {
        let left = Extent { size: vec2(1100.0, 700.0), maximized: true, restored: true };
        let back: Extent = ron::from_str(&ron::to_string(&left).unwrap()).unwrap();
        assert_eq!(back, Extent { restored: false, ..left }, "and is brought to it anew");
    }
}
