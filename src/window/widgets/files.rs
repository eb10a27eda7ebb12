//! What sheets share that read and write files: a field for a path, the system's dialog beside it, how far it is and what went wrong.

use egui::{Align, Key, Label, Layout, ProgressBar, RichText, TextEdit, Ui, vec2};

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

/// How far something is, with a way to stop it; whether that was asked for.
pub fn progress_ui(ui: &mut Ui, look: &Look, share: f32, what: &str) -> bool {
    ui.add_space(8.0);
    let stopped = ui.horizontal(|ui| {
        let stopped = controls::button(ui, look, Weight::Plain, "Stop", "").clicked();
        let bar = ui.add(ProgressBar::new(share).desired_height(8.0));
        let name = what.to_owned();
        ui.ctx().accesskit_node_builder(bar.id, |node| node.set_label(name));
        stopped
    });
    stopped.inner
}

/// Why something did not go.
pub fn warning_ui(ui: &mut Ui, look: &Look, why: &str) {
    ui.add_space(4.0);
    let text = RichText::new(why).font(look::regular(look::CONTROL)).color(look.color(Role::Down));
    ui.add(Label::new(text).wrap());
}
