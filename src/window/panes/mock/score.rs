//! At once after the mock: key points and follow-ups are ticked, each axis gets its band.

use egui::{
    Align, CentralPanel, Frame, Margin, Panel, Rect, ScrollArea, Sense, StrokeKind, TextEdit, Ui, Vec2, WidgetInfo,
};

use super::MockPane;
use crate::catalog::KeyPoint;
use crate::study::mock::{Asked, Axis, Sitting, band_name};
use crate::text::{Span, plain_of};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::panes::study::clock;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::marks;
use crate::window::widgets::rich::{self, Setting};

/// Below this width the bands stand under the key points.
const TWO_COLUMNS: f32 = 1_000.0;

impl MockPane {
    pub(super) fn score_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let ground = Frame::new().fill(cx.look.color(Role::Ground));
        let bar = Panel::bottom("mock score bar").resizable(false);
        bar.frame(ground.inner_margin(Margin::symmetric(20, 12))).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                let key = Action::FinishAttempt.key_text(ui.ctx());
                if controls::button(ui, cx.look, Weight::Main, "Save the mock", &key).clicked() {
                    self.save(cx, out);
                }
                let next = self.sitting.as_ref().and_then(Sitting::next_axis);
                let hint = match next {
                    Some(axis) => format!("Tick what you said; then 1 to 4 for {}", axis.name().to_lowercase()),
                    None => "Each axis has its band".to_owned(),
                };
                controls::line(ui, cx.look, &hint, look::regular(12.5), Role::Faint);
            });
        });
        let margin = Margin::symmetric(24, 14);
        if ui.available_width() > TWO_COLUMNS {
            let right = Panel::right("mock bands").resizable(true).default_size(460.0).size_range(360.0..=640.0);
            let panel = Frame::new().fill(cx.look.color(Role::Panel)).inner_margin(margin);
            right.frame(panel).show(ui, |ui| {
                ScrollArea::vertical().id_salt("bands").auto_shrink(false).show(ui, |ui| self.bands_ui(ui, cx, out));
            });
            CentralPanel::default().frame(ground.inner_margin(margin)).show(ui, |ui| {
                ScrollArea::vertical().id_salt("said").auto_shrink(false).show(ui, |ui| {
                    ui.set_max_width(super::setup::WIDTH);
                    self.said_ui(ui, cx, out);
                });
            });
        } else {
            CentralPanel::default().frame(ground.inner_margin(margin)).show(ui, |ui| {
                ScrollArea::vertical().id_salt("score").auto_shrink(false).show(ui, |ui| {
                    self.said_ui(ui, cx, out);
                    ui.add_space(18.0);
                    self.bands_ui(ui, cx, out);
                });
            });
        }
    }

    /// Each question that was reached, with its key points and the rungs that were asked.
    fn said_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let Some(sitting) = &mut self.sitting else { return };
        let reached: Vec<usize> = sitting.reached().map(|(index, _)| index).collect();
        let phases = sitting.phases();
        let spent = sitting.spent.clone();
        let mut changed = false;
        controls::line(ui, cx.look, "What did you say?", look::semibold(17.0), Role::Ink);
        controls::caption(
            ui,
            cx.look,
            "Tick a point only if you said it before now. What stays open brings its card back sooner.",
        );
        for index in reached {
            let Some(asked) = sitting.asked.get_mut(index) else { continue };
            let Some(question) = cx.catalog.question(&asked.question) else { continue };
            let of_part = || phases.iter().zip(&spent).filter(|(phase, _)| phase.part == Some(index));
            let (given, took): (u64, u64) =
                (of_part().map(|(phase, _)| phase.millis).sum(), of_part().map(|(_, spent)| *spent).sum());
            ui.add_space(16.0);
            let text = egui::RichText::new(&question.prompt).font(look::semibold(16.0)).color(cx.look.color(Role::Ink));
            ui.add(egui::Label::new(text).wrap());
            let time = format!("{} of {}", millis(took), millis(given));
            controls::line(
                ui,
                cx.look,
                &time,
                look::regular(12.5),
                if took * 10 > given * 11 { Role::Down } else { Role::Faint },
            );
            ui.add_space(2.0);
            let points = question.answer.as_ref().map_or(&[][..], |answer| &answer.key_points);
            changed |= ui.push_id(("part", index), |ui| part_ui(ui, cx, asked, points)).inner;
        }
        if changed {
            self.keep(out);
        }
    }

    /// The axes with their anchored bands, and what to do otherwise.
    fn bands_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        controls::line(ui, cx.look, "How was it?", look::semibold(17.0), Role::Ink);
        controls::caption(ui, cx.look, "Take the highest band of which every word is true.");
        let mut chosen = None;
        let next = self.sitting.as_ref().and_then(Sitting::next_axis);
        for axis in Axis::ALL {
            ui.add_space(14.0);
            let role = if next == Some(axis) { Role::Accent } else { Role::Ink };
            controls::line(ui, cx.look, axis.name(), look::semibold(15.0), role);
            ui.add_space(2.0);
            let given = self.sitting.as_ref().and_then(|sitting| sitting.bands[axis as usize]);
            for (band, anchor) in (1..).zip(axis.anchors()) {
                if band_ui(ui, cx, axis, band, anchor, given == Some(band)) {
                    chosen = Some((axis, band));
                }
            }
        }
        if let Some((axis, band)) = chosen {
            self.give(axis, band, out);
        }
        ui.add_space(16.0);
        let label = controls::line(ui, cx.look, "What would you do otherwise?", look::semibold(15.0), Role::Ink);
        let Some(sitting) = &mut self.sitting else { return };
        let field = TextEdit::multiline(&mut sitting.remark)
            .id_salt("remark")
            .font(look::regular(look::BODY))
            .desired_width(f32::INFINITY)
            .desired_rows(3)
            .margin(Margin::symmetric(12, 9));
        if ui.add(field).labelled_by(label.id).changed() {
            self.keep(out);
        }
    }
}

/// True when something was ticked.
fn part_ui(ui: &mut Ui, cx: &Cx<'_>, asked: &mut Asked, points: &[KeyPoint]) -> bool {
    let mut changed = false;
    for point in points {
        let ticked = asked.ticked.contains(&point.id);
        let hint = if point.must { "" } else { "plus" };
        if tick_ui(ui, cx, &point.spans, hint, ticked) {
            changed = true;
            if !asked.ticked.remove(&point.id) {
                asked.ticked.insert(point.id.clone());
            }
        }
    }
    for rung in 0..asked.rungs {
        let Some(text) = asked.follow_ups.get(rung) else { continue };
        let spans = [Span { text: text.clone(), ..Span::default() }];
        if tick_ui(ui, cx, &spans, "follow-up", asked.answered.contains(&rung)) {
            changed = true;
            if !asked.answered.remove(&rung) {
                asked.answered.insert(rung);
            }
        }
    }
    if !asked.notes.trim().is_empty() {
        ui.add_space(4.0);
        let frame = Frame::new().fill(cx.look.color(Role::Surface)).stroke(cx.look.hairline()).corner_radius(9.0);
        frame.inner_margin(Margin::symmetric(14, 9)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            controls::line(ui, cx.look, "Your notes", look::regular(look::CAPTION), Role::Faint);
            let text =
                egui::RichText::new(asked.notes.trim()).font(look::regular(14.0)).color(cx.look.color(Role::Body));
            ui.add(egui::Label::new(text).wrap());
        });
    }
    changed
}

fn tick_ui(ui: &mut Ui, cx: &Cx<'_>, spans: &[Span], hint: &str, ticked: bool) -> bool {
    let label = if hint == "follow-up" { format!("Answered: {}", plain_of(spans)) } else { plain_of(spans) };
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        let (rect, response) = ui.allocate_exact_size(Vec2::new(16.0, 22.0), Sense::click());
        response.widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, true, ticked, &label));
        let tick_rect = Rect::from_center_size(rect.center(), Vec2::splat(15.0));
        marks::tick_box(ui.painter(), cx.look, tick_rect, ticked);
        if response.has_focus() {
            let stroke = egui::Stroke::new(1.5, cx.look.color(Role::Accent));
            ui.painter().rect_stroke(tick_rect.expand(2.5), 5.0, stroke, StrokeKind::Outside);
        }
        let beside = if hint.is_empty() { 0.0 } else { 64.0 };
        let setting = Setting { line_height: 22.0, size: 14.0, ..Setting::BODY };
        let width = ui.available_width() - beside;
        // A link would lead out of the score.
        let unlinked: Vec<Span> = spans.iter().map(|span| Span { link: None, ..span.clone() }).collect();
        let text = rich::spans_in_width_ui(ui, cx.look, &unlinked, setting, width, &mut rich::Reading::default());
        if !hint.is_empty() {
            ui.with_layout(egui::Layout::right_to_left(Align::TOP), |ui| {
                ui.add_space(1.0);
                controls::line(ui, cx.look, hint, look::regular(12.5), Role::Faint);
            });
        }
        response.clicked() || text.clicked()
    })
    .inner
}

/// One band of an axis with its anchor; true when it was chosen.
fn band_ui(ui: &mut Ui, cx: &Cx<'_>, axis: Axis, band: u8, anchor: &str, on: bool) -> bool {
    let ink = cx.look.color(if on { Role::Ink } else { Role::Body });
    let width = ui.available_width();
    let galley = ui.painter().layout(anchor.to_owned(), look::regular(13.5), ink, width - 112.0);
    let height = (galley.size().y + 14.0).max(34.0);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, height), Sense::click());
    let name = format!("{}, band {band}, {}: {anchor}", axis.name(), band_name(band));
    response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, on, &name));
    let hot = response.hovered() || response.has_focus();
    let fill = if on {
        Some(Role::AccentWeak)
    } else if hot {
        Some(Role::Surface)
    } else {
        None
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, 7.0, cx.look.color(fill));
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(1.0, cx.look.color(Role::Accent));
        ui.painter().rect_stroke(rect, 7.0, stroke, StrokeKind::Inside);
    }
    let top = rect.top() + 7.0;
    let title = format!("{band}  {}", band_name(band));
    let title = ui.painter().layout_no_wrap(title, look::semibold(13.5), ink);
    ui.painter().galley(egui::pos2(rect.left() + 10.0, top), title, ink);
    ui.painter().galley(egui::pos2(rect.left() + 100.0, top), galley, ink);
    response.clicked()
}

pub(super) fn millis(millis: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "minutes in milliseconds")]
    let secs = millis as f64 / 1000.0;
    clock(secs)
}
