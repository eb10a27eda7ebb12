//! A field for a path, and the system's dialog beside it.

use egui::{Align, Key, Layout, TextEdit, Ui, vec2};

use crate::theme::Role;
use crate::window::look::{self, Look};
use crate::window::widgets::controls::{self, Weight};

/// What the reader did with it in this frame.
pub struct Asked {
    /// The system's dialog is wanted.
    pub browse: bool,
    /// Enter was pressed in the field.
    pub entered: bool,
}

/// Draws the row; the field has the keyboard when it is first shown.
pub fn path_ui(ui: &mut Ui, look: &Look, name: &str, path: &mut String, focused: &mut bool) -> Asked {
    let mut asked = Asked { browse: false, entered: false };
    let label = controls::line(ui, look, name, look::semibold(12.5), Role::Faint);
    // As high as its row: a layout that runs to the left would take all that is left.
    let size = vec2(ui.available_width(), 32.0);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        asked.browse = controls::button(ui, look, Weight::Plain, "Browse…", "").clicked();
        let field = TextEdit::singleline(path).font(look::regular(look::BODY)).desired_width(f32::INFINITY);
        let response = ui.add(field).labelled_by(label.id);
        if !std::mem::replace(focused, true) {
            response.request_focus();
        }
        asked.entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    });
    asked
}
