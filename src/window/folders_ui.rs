//! The reader's folders of questions, in the settings.

use std::path::{Path, PathBuf};

use egui::{Align, Layout, TextEdit, Ui};

use crate::theme::Role;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

/// What the reader has typed of a folder to add.
#[derive(Debug, Default)]
pub struct Adding {
    path: String,
    /// Why it was not added.
    why: Option<String>,
}

impl Adding {
    /// The folders, each to be taken out, and a field for another.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        controls::line(ui, cx.look, "Your own questions", look::semibold(look::CONTROL), Role::Ink);
        let about = "Folders in the format of the program's own questions: topics of yours, and files that amend a question. Read again on save.";
        controls::caption(ui, cx.look, about);
        for folder in cx.folders {
            let shown = folder.display().to_string();
            ui.horizontal(|ui| {
                ui.set_min_height(30.0);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let name = format!("Take out {shown}");
                    if ui
                        .add_enabled_ui(!cx.read_only, |ui| {
                            controls::button_named(ui, cx.look, Weight::Quiet, "Take out", "", &name).clicked()
                        })
                        .inner
                    {
                        let rest = cx.folders.iter().filter(|other| *other != folder).cloned().collect();
                        out.push(Command::Folders(rest));
                    }
                    if cx.missing.contains(folder) {
                        controls::line(ui, cx.look, "not there now", look::regular(look::CAPTION), Role::Faint);
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        let text =
                            egui::RichText::new(&shown).font(look::regular(13.0)).color(cx.look.color(Role::Body));
                        ui.add(egui::Label::new(text).truncate().selectable(false)).on_hover_text(&shown);
                    });
                });
            });
        }
        ui.add_enabled_ui(!cx.read_only, |ui| {
            ui.horizontal(|ui| {
                let width = (ui.available_width() - 170.0).max(120.0);
                let field = TextEdit::singleline(&mut self.path).hint_text("The path of a folder").desired_width(width);
                let field = ui.add(field);
                ui.ctx().accesskit_node_builder(field.id, |node| node.set_label("The path of a folder of questions"));
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                if controls::button(ui, cx.look, Weight::Plain, "Add", "").clicked() || entered {
                    self.add(cx, out);
                }
                if controls::button(ui, cx.look, Weight::Plain, "Choose…", "").clicked() {
                    out.push(Command::ChooseFolder);
                }
            });
        });
        if let Some(why) = &self.why {
            controls::caption(ui, cx.look, why);
        }
    }

    fn add(&mut self, cx: &Cx<'_>, out: &mut Vec<Command>) {
        match with(cx.folders, Path::new(self.path.trim())) {
            Ok(folders) => {
                *self = Self::default();
                out.push(Command::Folders(folders));
            }
            Err(why) => self.why = Some(why),
        }
    }
}

/// The folders with one more, or why it cannot be added.
pub fn with(folders: &[PathBuf], folder: &Path) -> Result<Vec<PathBuf>, String> {
    let shown = folder.display();
    if folder.as_os_str().is_empty() || folder.is_relative() {
        return Err("A whole path is needed, from the root or the drive on.".to_owned());
    }
    if folders.iter().any(|there| there == folder) {
        return Err(format!("{shown} is there already."));
    }
    if !folder.is_dir() {
        return Err(format!("{shown} is no folder."));
    }
    Ok(folders.iter().cloned().chain([folder.to_owned()]).collect())
}
