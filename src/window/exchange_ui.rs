//! The sheets for import and export.

use std::path::{Path, PathBuf};

use egui::{Align, Layout, ScrollArea, TextEdit, Ui};

use crate::exchange::Scope;
use crate::exchange::export::Format;
use crate::exchange::import::obsidian::Separators;
use crate::exchange::import::{Change, Preview};
use crate::theme::Role;
use crate::window::cx::{Command, Cx};
use crate::window::exchanging::Wish;
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::files;

const ROW_HEIGHT: f32 = 24.0;

/// Import: a file, then a preview of all that it holds.
#[derive(Default)]
pub struct ImportSheet {
    path: String,
    separators: Separators,
    preview: Option<Preview>,
    failed: Option<String>,
    focused: bool,
}

impl ImportSheet {
    /// Opened on a file, such as one that was dropped on the window.
    pub fn of(path: &Path) -> Self {
        Self { path: path.display().to_string(), ..Self::default() }
    }

    pub fn set_path(&mut self, path: &Path) {
        self.path = path.display().to_string();
        self.focused = false;
    }

    pub fn show(&mut self, preview: Preview) {
        (self.preview, self.failed) = (Some(preview), None);
    }

    pub fn fail(&mut self, why: String) {
        (self.preview, self.failed) = (None, Some(why));
    }

    /// Draws it; false once it shall close.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, height: f32, out: &mut Vec<Command>) -> bool {
        controls::line(ui, cx.look, "Import", look::semibold(17.0), Role::Ink);
        controls::caption(
            ui,
            cx.look,
            "Anki packages, tables (CSV, TSV, Anki's text), Markdown, Obsidian and hashcards notes or a folder of them, \
             Whetstone's JSON. Nothing is written before you have seen it.",
        );
        ui.add_space(6.0);
        let entered = file_ui(ui, cx, &mut self.path, &mut self.focused, None, out);
        let (mut inline, mut lines) = (self.separators.inline.clone(), self.separators.lines.clone());
        ui.horizontal(|ui| {
            controls::line(ui, cx.look, "Obsidian: in a line", look::regular(12.5), Role::Faint);
            small_field(ui, "Separator in a line", &mut inline);
            controls::line(ui, cx.look, "between lines", look::regular(12.5), Role::Faint);
            small_field(ui, "Separator between lines", &mut lines);
        });
        if inline != self.separators.inline || lines != self.separators.lines {
            let tail = inline.chars().last().map(String::from).unwrap_or_default();
            let (inline_reversed, lines_reversed) = (format!("{inline}{tail}"), lines.repeat(2));
            self.separators = Separators { inline, inline_reversed, lines, lines_reversed };
        }
        if entered {
            self.read(out);
        }
        if let Some(share) = cx.exchanging {
            progress_ui(ui, cx, share, "Reading…", out);
            return true;
        }
        if let Some(why) = &self.failed {
            files::warning_ui(ui, cx.look, why);
        }
        if let Some(preview) = &mut self.preview {
            ui.add_space(4.0);
            controls::line(ui, cx.look, &preview.sentence(), look::semibold(look::CONTROL), Role::Ink);
            preview_ui(ui, cx, preview, height);
        }
        ui.add_space(8.0);
        let mut stays = true;
        ui.horizontal(|ui| {
            match self.preview.as_ref().map(|preview| preview.wanted() + preview.entries.len()) {
                Some(wanted) if wanted > 0 && !cx.read_only => {
                    let name = format!("Import {wanted}");
                    if controls::button(ui, cx.look, Weight::Main, &name, "").clicked() && !cx.waiting {
                        self.confirm(out);
                        stays = false;
                    }
                    if controls::button(ui, cx.look, Weight::Plain, "Show again", "Enter").clicked() {
                        self.read(out);
                    }
                }
                _ => {
                    if controls::button(ui, cx.look, Weight::Main, "Show what is in it", "Enter").clicked() {
                        self.read(out);
                    }
                }
            }
            stays &= !controls::button(ui, cx.look, Weight::Quiet, "Cancel", "Esc").clicked();
        });
        stays
    }

    fn read(&mut self, out: &mut Vec<Command>) {
        if !self.path.trim().is_empty() {
            let path = PathBuf::from(self.path.trim());
            out.push(Command::Exchange(Wish::Import { path, separators: self.separators.clone() }));
        }
    }

    fn confirm(&mut self, out: &mut Vec<Command>) {
        let Some(mut preview) = self.preview.take() else { return };
        let entries = std::mem::take(&mut preview.entries);
        if !entries.is_empty() {
            out.push(Command::Merge(entries));
        }
        if preview.wanted() > 0 {
            out.push(Command::Study(preview.request()));
        }
    }
}

/// Every item and every line that is left out, drawn only where it is seen.
fn preview_ui(ui: &mut Ui, cx: &Cx<'_>, preview: &mut Preview, height: f32) {
    let (items, skipped) = (preview.items.len(), preview.skipped.len());
    let area = ScrollArea::vertical().id_salt("preview").max_height(height).auto_shrink([false, true]);
    ui.spacing_mut().item_spacing.y = 0.0;
    area.show_rows(ui, ROW_HEIGHT, items + skipped, |ui, visible| {
        for index in visible {
            ui.horizontal(|ui| {
                ui.set_height(ROW_HEIGHT);
                if let Some(item) = preview.items.get_mut(index) {
                    let response = ui.checkbox(&mut item.wanted, "");
                    let name = format!("Import {}", item.title);
                    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
                    let change = match item.change {
                        Change::New => "new",
                        Change::Words => "new words",
                        Change::Reviews => "new reviews",
                        Change::Replaces => "replaces yours",
                    };
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let role = if item.change == Change::Replaces { Role::Down } else { Role::Faint };
                        controls::line(ui, cx.look, change, look::regular(look::CAPTION), role);
                        controls::line(ui, cx.look, &item.deck, look::regular(look::CAPTION), Role::Faint);
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            truncated(ui, cx, &item.title, Role::Body);
                        });
                    });
                } else if let Some(skipped) = index.checked_sub(items).and_then(|index| preview.skipped.get(index)) {
                    truncated(ui, cx, &format!("Left out, {}: {}", skipped.place, skipped.why), Role::Faint);
                }
            });
        }
    });
}

fn truncated(ui: &mut Ui, cx: &Cx<'_>, text: &str, role: Role) {
    let text = egui::RichText::new(text).font(look::regular(13.0)).color(cx.look.color(role));
    ui.add(egui::Label::new(text).truncate().selectable(false));
}

/// Export: what, as what, and where to.
pub struct ExportSheet {
    scope: Scope,
    format: Format,
    folder: PathBuf,
    path: String,
    failed: Option<String>,
    focused: bool,
}

impl ExportSheet {
    /// `folder` is where an export goes unless the reader says otherwise.
    pub fn new(folder: PathBuf) -> Self {
        let format = Format::Markdown;
        let path = proposed(&folder, format);
        Self { scope: Scope::All, format, folder, path, failed: None, focused: false }
    }

    pub fn set_path(&mut self, path: &Path) {
        self.path = path.display().to_string();
        self.focused = false;
    }

    pub fn fail(&mut self, why: String) {
        self.failed = Some(why);
    }

    /// Draws it; false once it shall close.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) -> bool {
        controls::line(ui, cx.look, "Export", look::semibold(17.0), Role::Ink);
        ui.add_space(6.0);
        let topic = cx.question.id.topic();
        let title = cx.catalog.topic(&topic).map_or_else(|| topic.to_string(), |topic| topic.title.clone());
        ui.horizontal_wrapped(|ui| {
            for (scope, name) in [
                (Scope::All, "Everything".to_owned()),
                (Scope::Topic(topic), title),
                (Scope::Question(cx.question.id.clone()), "This question".to_owned()),
            ] {
                if ui.selectable_label(self.scope == scope, name).clicked() {
                    self.scope = scope;
                }
            }
        });
        ui.add_space(4.0);
        for format in Format::ALL {
            ui.horizontal(|ui| {
                ui.set_min_height(26.0);
                if ui.selectable_label(self.format == format, format.name()).clicked() {
                    // A path the reader chose stays, with the ending of the format.
                    if self.path == proposed(&self.folder, self.format) {
                        self.path = proposed(&self.folder, format);
                    } else if let Some(ending) = format.extension() {
                        self.path = Path::new(&self.path).with_extension(ending).display().to_string();
                    }
                    self.format = format;
                }
                controls::line(ui, cx.look, format.carries(), look::regular(12.5), Role::Faint);
            });
        }
        ui.add_space(4.0);
        let entered = file_ui(ui, cx, &mut self.path, &mut self.focused, Some(self.format), out);
        if let Some(share) = cx.exchanging {
            progress_ui(ui, cx, share, "Writing…", out);
            return true;
        }
        if let Some(why) = &self.failed {
            files::warning_ui(ui, cx.look, why);
        }
        ui.add_space(8.0);
        let mut stays = true;
        ui.horizontal(|ui| {
            let asked = controls::button(ui, cx.look, Weight::Main, "Export", "Enter").clicked() || entered;
            if asked && !self.path.trim().is_empty() {
                self.failed = None;
                let path = PathBuf::from(self.path.trim());
                out.push(Command::Exchange(Wish::Export { format: self.format, scope: self.scope.clone(), path }));
            }
            stays = !controls::button(ui, cx.look, Weight::Quiet, "Cancel", "Esc").clicked();
        });
        stays
    }
}

fn proposed(folder: &Path, format: Format) -> String {
    let path = folder.join("whetstone");
    format.extension().map_or_else(|| path.clone(), |ending| path.with_extension(ending)).display().to_string()
}

/// The field for a path and the system's dialog beside it; whether Enter was pressed in it.
fn file_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    path: &mut String,
    focused: &mut bool,
    export: Option<Format>,
    out: &mut Vec<Command>,
) -> bool {
    let name = if export.is_none_or(|format| format.extension().is_none()) { "File or folder" } else { "File" };
    let asked = files::path_ui(ui, cx.look, name, path, focused);
    if asked.browse {
        let name = Path::new(&*path).file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
        out.push(Command::Exchange(Wish::Browse { export, name }));
    }
    asked.entered
}

fn small_field(ui: &mut Ui, name: &'static str, text: &mut String) {
    let response = ui.add(TextEdit::singleline(text).desired_width(44.0));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
}

fn progress_ui(ui: &mut Ui, cx: &Cx<'_>, share: f32, what: &str, out: &mut Vec<Command>) {
    if files::progress_ui(ui, cx.look, share, what) {
        out.push(Command::StopExchange);
    }
}
