//! What is shown when the content is missing or broken: what is wrong, and where to mend it.

use egui::{Frame, Margin, Panel, ScrollArea, Ui};

use crate::catalog::Problem;
use crate::theme::Role;
use crate::window::look::{self, Look};
use crate::window::widgets::controls;

pub fn nothing_to_show_ui(ui: &mut Ui, look: &Look, problems: &[Problem]) {
    Frame::new().inner_margin(Margin::same(32)).show(ui, |ui| {
        controls::line(ui, look, "No question could be read", look::semibold(19.0), Role::Ink);
        controls::caption(
            ui,
            look,
            "Mend the files below; the window follows as you save. Your own data is untouched.",
        );
        ui.add_space(10.0);
        list_ui(ui, look, problems);
    });
}

/// A strip above the panes while an author's folder has problems; the last good version stays on the screen.
pub fn problems_ui(ui: &mut Ui, look: &Look, problems: &[Problem]) {
    let frame = Frame::new().fill(look.color(Role::DownWeak)).inner_margin(Margin::symmetric(14, 8));
    Panel::top("problems").resizable(false).frame(frame).show(ui, |ui| {
        // Files of the reader's are named by their whole path.
        let own = |problem: &Problem| std::path::Path::new(&problem.file).is_absolute();
        let whose = if problems.iter().all(own) { "your folders" } else { "the content folder" };
        let text = match problems.len() {
            1 => format!("1 problem in {whose}; what could be read is shown"),
            n => format!("{n} problems in {whose}; what could be read is shown"),
        };
        controls::line(ui, look, &text, look::semibold(look::CONTROL), Role::Ink);
        ScrollArea::vertical().max_height(72.0).auto_shrink([false, true]).show(ui, |ui| list_ui(ui, look, problems));
    });
}

fn list_ui(ui: &mut Ui, look: &Look, problems: &[Problem]) {
    for problem in problems.iter().take(50) {
        let text = egui::RichText::new(problem.to_string()).font(look::mono(12.0)).color(look.color(Role::Ink));
        ui.add(egui::Label::new(text).wrap());
    }
}
