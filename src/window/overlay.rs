//! What opens over the panes and closes with Escape: the box that finds, the keys, the settings.

use egui::{Align, Align2, Frame, Id, Margin, Modal, ScrollArea, Ui, Vec2};

use crate::notice::Notice;
use crate::theme::Role;
use crate::window::action::{Action, Area as ActionArea};
use crate::window::cx::{Command, Cx};
use crate::window::exchange_ui::{ExportSheet, ImportSheet};
use crate::window::finder::Finder;
use crate::window::folders_ui::Adding;
use crate::window::look;
use crate::window::machine::{BundleSheet, MergeSheet};
use crate::window::widgets::controls;

/// At most one is open.
pub enum Overlay {
    Finder(Finder),
    Keys,
    Settings(Adding),
    Import(Box<ImportSheet>),
    Export(Box<ExportSheet>),
    Bundle(Box<BundleSheet>),
    Merge(Box<MergeSheet>),
    /// The reader's data could not be opened: what happened, and the ways on.
    Trouble(Notice),
}

impl Overlay {
    /// Draws it; false once it shall close.
    pub fn ui(&mut self, ui: &Ui, cx: &Cx<'_>, out: &mut Vec<Command>) -> bool {
        let screen = ui.ctx().content_rect();
        let mut open = true;
        let wide = match self {
            Self::Settings(_) | Self::Trouble(_) => 560.0_f32,
            Self::Finder(_) | Self::Export(_) | Self::Bundle(_) | Self::Merge(_) => 680.0,
            Self::Keys | Self::Import(_) => 760.0,
        };
        let width = wide.min(screen.width() - 40.0);
        let area = Modal::default_area(Id::unique("overlay")).anchor(Align2::CENTER_TOP, Vec2::new(0.0, 72.0));
        // What scrolls in it takes the height that is there.
        let area = area.default_height(screen.height() - 110.0);
        let dim = egui::Color32::from_black_alpha(if cx.look.is_dark() { 110 } else { 46 });
        let frame = Frame::window(ui.style()).inner_margin(Margin::symmetric(18, 16));
        // The keyboard stays in it too: Tab does not walk through what lies behind.
        let shown =
            Modal::new(Id::unique("overlay")).area(area).backdrop_color(dim).frame(frame).show(ui.ctx(), |ui| {
                ui.set_width(width - 36.0);
                match self {
                    Self::Finder(finder) => {
                        open &= finder.ui(ui, cx, (screen.height() - 260.0).clamp(120.0, 460.0), out);
                    }
                    Self::Keys => keys_ui(ui, cx, screen.height() - 180.0),
                    Self::Settings(adding) => {
                        // As high as it may be, whatever was open before it.
                        let height = screen.height() - 142.0;
                        let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
                        area.show(ui, |ui| {
                            // Beside what scrolls, not under its bar.
                            ui.set_width(ui.available_width() - 10.0);
                            super::settings_ui::settings_ui(ui, cx, adding, out);
                            controls::follow_focus(ui);
                        });
                    }
                    Self::Import(sheet) => {
                        open &= sheet.ui(ui, cx, (screen.height() - 400.0).clamp(80.0, 460.0), out);
                    }
                    Self::Export(sheet) => open &= sheet.ui(ui, cx, out),
                    Self::Bundle(sheet) => open &= sheet.ui(ui, cx, out),
                    Self::Merge(sheet) => {
                        open &= sheet.ui(ui, cx, (screen.height() - 420.0).clamp(80.0, 400.0), out);
                    }
                    Self::Trouble(notice) => open &= trouble_ui(ui, cx, notice, out),
                }
            });
        open && !shown.should_close()
    }
}

/// What happened, what was kept, and what can be done; false once the reader goes on without saving.
fn trouble_ui(ui: &mut Ui, cx: &Cx<'_>, notice: &Notice, out: &mut Vec<Command>) -> bool {
    let paragraph = |ui: &mut Ui, text: &str| {
        let text = egui::RichText::new(text).font(look::regular(look::BODY)).color(cx.look.color(Role::Body));
        ui.add(egui::Label::new(text).wrap());
    };
    controls::line(ui, cx.look, "Your data could not be opened", look::semibold(17.0), Role::Ink);
    ui.add_space(8.0);
    paragraph(ui, &format!("{}.", notice.happened));
    paragraph(ui, &format!("{}. {}.", notice.kept, notice.next));
    ui.add_space(12.0);
    let mut stays = true;
    ui.horizontal_wrapped(|ui| {
        if controls::button(ui, cx.look, controls::Weight::Main, "Restore a backup…", "").clicked() {
            out.push(Command::ChooseRestore);
        }
        if controls::button(ui, cx.look, controls::Weight::Plain, "Start fresh beside it", "").clicked() {
            out.push(Command::StartFresh);
        }
        stays = !controls::button(ui, cx.look, controls::Weight::Quiet, "Read without saving", "Esc").clicked();
    });
    stays
}

fn keys_ui(ui: &mut Ui, cx: &Cx<'_>, height: f32) {
    controls::line(ui, cx.look, "Keys", look::semibold(17.0), Role::Ink);
    ui.add_space(6.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 36.0;
        ui.columns(2, |columns| {
            for (index, area) in ActionArea::ALL.into_iter().enumerate() {
                let column = usize::from(!matches!(area, ActionArea::Everywhere | ActionArea::Scene));
                let Some(ui) = columns.get_mut(column) else { continue };
                ui.push_id(index, |ui| area_ui(ui, cx, area));
            }
        });
    });
}

fn area_ui(ui: &mut Ui, cx: &Cx<'_>, area: ActionArea) {
    ui.spacing_mut().item_spacing = Vec2::new(8.0, 0.0);
    ui.spacing_mut().interact_size.y = 24.0;
    ui.add_space(6.0);
    controls::line(ui, cx.look, area.title(), look::semibold(12.5), Role::Accent);
    for action in Action::ALL.iter().filter(|action| action.info().area == area) {
        ui.horizontal(|ui| {
            ui.set_min_height(22.0);
            controls::line(ui, cx.look, action.info().name, look::regular(13.0), Role::Body);
            ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
                controls::key_cap(ui, cx.look, &action.key_text(ui.ctx()));
            });
        });
    }
    ui.add_space(8.0);
}
