//! Whose words the page shows: the reader's own question, or what one of their files amends; and what is wrong in those files.

use std::path::Path;

use egui::{Frame, Margin, Ui};

use crate::catalog::AmendedBy;
use crate::theme::Role;
use crate::window::cx::Cx;
use crate::window::look;
use crate::window::widgets::controls;

pub(super) fn own_ui(ui: &mut Ui, cx: &Cx<'_>) {
    let question = cx.question;
    if question.own {
        ui.add_space(6.0);
        let said = format!("Your own question: {}", short(cx, &question.file));
        controls::caption(ui, cx.look, &said).on_hover_text(&question.file);
    }
    for AmendedBy { file, parts } in question.amended.iter().flat_map(|amended| &amended.by) {
        ui.add_space(6.0);
        let said = format!("Amended by {}: {}", short(cx, file), parts.join(", "));
        controls::caption(ui, cx.look, &said).on_hover_text(file);
    }
    let problems = cx.troubles.question(&question.id);
    if problems.is_empty() {
        return;
    }
    ui.add_space(10.0);
    let frame =
        Frame::new().fill(cx.look.color(Role::DownWeak)).corner_radius(6.0).inner_margin(Margin::symmetric(12, 9));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let title = "Problems in its file; what could be read is shown";
        controls::line(ui, cx.look, title, look::semibold(look::CONTROL), Role::Ink);
        for problem in problems {
            let text = egui::RichText::new(problem.to_string()).font(look::mono(12.0)).color(cx.look.color(Role::Ink));
            ui.add(egui::Label::new(text).wrap());
        }
    });
}

/// A file from the folder that it lies in on: `mine/go/maps.md`.
fn short<'a>(cx: &Cx<'_>, file: &'a str) -> &'a str {
    let above = |folder: &Path| folder.parent().map(crate::catalog::name_of);
    let mut rest = cx.folders.iter().filter_map(|folder| above(folder)).filter_map(|above| file.strip_prefix(&above));
    rest.next().map_or(file, |rest| rest.trim_start_matches('/'))
}
