//! The part of the settings about a second machine.

use std::path::PathBuf;

use egui::{Align, Id, Key, Label, Layout, RichText, TextEdit, Ui};

use super::{Ask, Wish, folder};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

pub fn section_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
    let kept = &cx.machines.kept;
    ui.add_space(10.0);
    controls::line(ui, cx.look, "A second machine", look::semibold(look::CONTROL), Role::Ink);
    controls::caption(ui, cx.look, "What you do on each adds up on both: by one file, or by a folder that they share.");
    ui.horizontal_wrapped(|ui| {
        for (action, name) in [(Action::Bundle, "Bundle…"), (Action::MergeBundle, "Merge a bundle…")] {
            if controls::button(ui, cx.look, Weight::Plain, name, &action.key_text(ui.ctx())).clicked() {
                out.push(Command::Do(action));
            }
        }
    });
    ui.add_space(4.0);
    let label = controls::line(ui, cx.look, "Shared folder", look::regular(look::CONTROL), Role::Ink);
    let id = Id::unique("shared folder");
    let stands = kept.folder.as_ref().map_or_else(String::new, |path| path.display().to_string());
    // What is typed is kept until Enter, or until another folder stands there.
    let (of, mut typed): (String, String) =
        ui.data(|data| data.get_temp(id)).unwrap_or_else(|| (stands.clone(), stands.clone()));
    if of != stands {
        typed.clone_from(&stands);
    }
    let size = egui::vec2(ui.available_width(), 32.0);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.add_enabled_ui(!cx.read_only, |ui| {
            if kept.folder.is_some() && controls::button(ui, cx.look, Weight::Quiet, "Stop", "").clicked() {
                out.push(Command::Machine(Ask::Share(None)));
            }
            if controls::button(ui, cx.look, Weight::Plain, "Choose…", "").clicked() {
                out.push(Command::Machine(Ask::Do(Wish::BrowseFolder)));
            }
            let field = TextEdit::singleline(&mut typed).id(id.with("field")).desired_width(f32::INFINITY);
            let response = ui.add(field.hint_text("A folder of Syncthing, Dropbox or a stick")).labelled_by(label.id);
            let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let path = typed.trim();
            if entered && path != stands {
                out.push(Command::Machine(Ask::Share((!path.is_empty()).then(|| PathBuf::from(path)))));
            }
        });
    });
    ui.data_mut(|data| data.insert_temp(id, (stands, typed)));
    if kept.folder.is_some() {
        controls::caption(ui, cx.look, &format!("{}.", kept.sentence(cx.now.day())));
        let name = folder::file_name(cx.machine);
        controls::caption(
            ui,
            cx.look,
            &format!(
                "This machine writes {name} there after a pause and reads the others' files. Your database stays here."
            ),
        );
        for trouble in &cx.machines.trouble {
            let text = RichText::new(format!("{trouble}.")).font(look::regular(look::CAPTION));
            ui.add(Label::new(text.color(cx.look.color(Role::Down))).wrap());
        }
    }
}
