//! The sheets: a bundle out, and one in with all that it would bring.

use std::path::{Path, PathBuf};

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui};

use super::{Ask, Wish};
use crate::study::{Linking, NoteChange};
use crate::theme::Role;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::panes::notes;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::files;

const ROW_HEIGHT: f32 = 24.0;

/// Everything into one file.
pub struct BundleSheet {
    path: String,
    focused: bool,
}

impl BundleSheet {
    /// `path` is where it goes unless the reader says otherwise.
    pub fn new(path: &Path) -> Self {
        Self { path: path.display().to_string(), focused: false }
    }

    pub fn set_path(&mut self, path: &Path) {
        *self = Self::new(path);
    }

    /// Draws it; false once it shall close.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) -> bool {
        controls::line(ui, cx.look, "Bundle", look::semibold(17.0), Role::Ink);
        controls::caption(
            ui,
            cx.look,
            "Every review, note with its history, card, plan and picture in one file, for another machine to merge. Theme, \
             layout and scale stay with this one.",
        );
        ui.add_space(6.0);
        let save = Wish::Browse { save: Some(PathBuf::from(&self.path)) };
        let entered = file_ui(ui, cx, &mut self.path, &mut self.focused, save, out);
        if underway_ui(ui, cx, "Writing…", out) {
            return true;
        }
        ui.add_space(8.0);
        let mut stays = true;
        ui.horizontal(|ui| {
            let asked = controls::button(ui, cx.look, Weight::Main, "Write the bundle", "Enter").clicked() || entered;
            if asked && !self.path.trim().is_empty() {
                out.push(Command::Machine(Ask::Do(Wish::Bundle(PathBuf::from(self.path.trim())))));
            }
            stays = !controls::button(ui, cx.look, Weight::Quiet, "Cancel", "Esc").clicked();
        });
        stays
    }
}

/// A bundle of another machine, seen before it is merged.
#[derive(Default)]
pub struct MergeSheet {
    path: String,
    focused: bool,
}

impl MergeSheet {
    pub fn set_path(&mut self, path: &Path) {
        *self = Self { path: path.display().to_string(), focused: false };
    }

    /// Draws it; false once it shall close.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, height: f32, out: &mut Vec<Command>) -> bool {
        controls::line(ui, cx.look, "Merge a bundle", look::semibold(17.0), Role::Ink);
        controls::caption(
            ui,
            cx.look,
            "Adds what another machine did to what you did here. Nothing is replaced and nothing is written before you have \
             seen it.",
        );
        ui.add_space(6.0);
        let entered = file_ui(ui, cx, &mut self.path, &mut self.focused, Wish::Browse { save: None }, out);
        if underway_ui(ui, cx, "Reading…", out) {
            if entered {
                self.look(out);
            }
            return true;
        }
        let mut mergeable = false;
        if let Some(shown) = cx.machines.shown() {
            let (merging, pictures) = (&shown.merging, shown.pictures.len());
            mergeable = !merging.entries.is_empty() || pictures > 0;
            ui.add_space(6.0);
            let sentence = format!("{}.", merging.sentence(pictures));
            let text = RichText::new(sentence).font(look::semibold(look::CONTROL)).color(cx.look.color(Role::Ink));
            ui.add(Label::new(text).wrap());
            controls::caption(ui, cx.look, &format!("Of all entries {}.", merging.shares()));
            notes_ui(ui, cx, &merging.notes, height);
            if mergeable {
                controls::caption(
                    ui,
                    cx.look,
                    "What you have is copied into your backups first. Each entry can still be undone on the machine that made it.",
                );
            }
        }
        ui.add_space(8.0);
        let mut stays = true;
        ui.horizontal(|ui| {
            if mergeable && !cx.read_only {
                if controls::button(ui, cx.look, Weight::Main, "Merge", "").clicked() && !cx.waiting {
                    out.push(Command::Machine(Ask::Confirm));
                }
                if controls::button(ui, cx.look, Weight::Plain, "Show again", "Enter").clicked() || entered {
                    self.look(out);
                }
            } else if controls::button(ui, cx.look, Weight::Main, "Show what is in it", "Enter").clicked() || entered {
                self.look(out);
            }
            stays = !controls::button(ui, cx.look, Weight::Quiet, "Cancel", "Esc").clicked();
        });
        stays
    }

    fn look(&self, out: &mut Vec<Command>) {
        if !self.path.trim().is_empty() {
            out.push(Command::Machine(Ask::Do(Wish::Look(PathBuf::from(self.path.trim())))));
        }
    }
}

/// Each note that would change, those that need the reader first.
fn notes_ui(ui: &mut Ui, cx: &Cx<'_>, notes: &std::collections::BTreeMap<Linking, NoteChange>, height: f32) {
    if notes.is_empty() {
        return;
    }
    ui.add_space(4.0);
    let all = NoteChange::ALL.into_iter().flat_map(|change| notes.iter().filter(move |(_, of)| **of == change));
    let rows: Vec<(&Linking, &NoteChange)> = all.collect();
    let area = ScrollArea::vertical().id_salt("merged notes").max_height(height).auto_shrink([false, true]);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        area.show_rows(ui, ROW_HEIGHT, rows.len(), |ui, visible| {
            for (note, change) in rows.get(visible).into_iter().flatten() {
                ui.horizontal(|ui| {
                    ui.set_height(ROW_HEIGHT);
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let role = if **change == NoteChange::Twice { Role::Down } else { Role::Faint };
                        controls::line(ui, cx.look, change.words(), look::regular(look::CAPTION), role);
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            let name = notes::name_of(cx.catalog, note);
                            let text = RichText::new(name).font(look::regular(13.0)).color(cx.look.color(Role::Body));
                            ui.add(Label::new(text).truncate().selectable(false));
                        });
                    });
                });
            }
        });
    });
    ui.add_space(4.0);
}

/// The field for a path and the system's dialog beside it; whether Enter was pressed in it.
fn file_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    path: &mut String,
    focused: &mut bool,
    browse: Wish,
    out: &mut Vec<Command>,
) -> bool {
    let asked = files::path_ui(ui, cx.look, "File", path, focused);
    if asked.browse {
        out.push(Command::Machine(Ask::Do(browse)));
    }
    asked.entered
}

/// How far it is, or why it did not go; true while it is under way.
fn underway_ui(ui: &mut Ui, cx: &Cx<'_>, what: &str, out: &mut Vec<Command>) -> bool {
    if let Some(share) = cx.machines.share() {
        if files::progress_ui(ui, cx.look, share, what) {
            out.push(Command::Machine(Ask::Stop));
        }
        return true;
    }
    if let Some(why) = cx.machines.failed() {
        files::warning_ui(ui, cx.look, why);
    }
    false
}
