//! What came of a mock: bands beside those of the last one, the timeline, what to study next, the way out.

use egui::{Align2, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::score::millis;
use super::setup::{page, paragraph};
use super::{MockPane, View};
use crate::exchange::mock as pages;
use crate::study::mock::{Axis, Mock, band_name};
use crate::theme::Role;
use crate::time::Day;
use crate::window::cx::{Command, Cx, Scope};
use crate::window::look;
use crate::window::saving::Export;
use crate::window::widgets::controls::{self, Weight};

impl MockPane {
    pub(super) fn report_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, index: usize, out: &mut Vec<Command>) {
        let (earlier, rest) = cx.progress.mocks().split_at(index);
        let Some(mock) = rest.first() else { return };
        page(ui, |ui| {
            let day = Day::of(mock.began_at, cx.now.offset_secs);
            let title = format!("Mock of {day}: {} minutes, {:?}", mock.setup.length.minutes(), mock.setup.level);
            controls::line(ui, cx.look, &title, look::semibold(19.0), Role::Ink);
            ui.add_space(4.0);
            paragraph(ui, cx, &mock.sentence(earlier.last()));
            ui.add_space(6.0);
            ui.horizontal_wrapped(|ui| {
                if controls::button(ui, cx.look, Weight::Plain, "Another mock", "").clicked() {
                    self.view = View::Setup;
                }
                let name = |ending| format!("mock-{day}.{ending}");
                let markdown = || pages::markdown(cx.catalog, mock, earlier, cx.now.offset_secs);
                let html = || pages::html(cx.catalog, mock, earlier, cx.now.offset_secs);
                if controls::button(ui, cx.look, Weight::Quiet, "Save as Markdown…", "").clicked() {
                    out.push(Command::Save(Export { title: "Save the report", name: name("md"), text: markdown() }));
                }
                if controls::button(ui, cx.look, Weight::Quiet, "Save as HTML…", "").clicked() {
                    out.push(Command::Save(Export { title: "Save the report", name: name("html"), text: html() }));
                }
                if controls::button(ui, cx.look, Weight::Quiet, "Print", "").clicked() {
                    out.push(Command::Print(Export { title: "Print", name: name("html"), text: html() }));
                }
                if controls::button(ui, cx.look, Weight::Quiet, "Copy", "").clicked() {
                    ui.ctx().copy_text(markdown());
                    out.push(Command::Toast("The report is on the clipboard".to_owned()));
                }
            });
            bands_ui(ui, cx, mock, earlier);
            timeline_ui(ui, cx, mock);
            next_ui(ui, cx, mock, out);
            notes_ui(ui, cx, mock);
        });
    }
}

fn heading(ui: &mut Ui, cx: &Cx<'_>, title: &str, meaning: &str) {
    ui.add_space(20.0);
    controls::line(ui, cx.look, title, look::semibold(15.0), Role::Ink);
    controls::caption(ui, cx.look, meaning);
    ui.add_space(4.0);
}

/// Each axis: four squares, filled up to the band; beside them the bands of the mocks before.
fn bands_ui(ui: &mut Ui, cx: &Cx<'_>, mock: &Mock, earlier: &[Mock]) {
    heading(
        ui,
        cx,
        "Bands",
        "1 not yet, 2 mixed, 3 solid, 4 strong, by the anchors of the scoring sheet; on the right the mocks before, the oldest first.",
    );
    for (axis, band) in Axis::ALL.into_iter().zip(mock.bands) {
        let before: Vec<String> =
            earlier.iter().rev().take(6).rev().map(|mock| mock.bands[axis as usize].to_string()).collect();
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::hover());
        let words = format!("{}: {band}, {}; before: {}", axis.name(), band_name(band), before.join(", "));
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &words));
        let (painter, middle) = (ui.painter(), rect.center().y);
        let font = look::regular(look::CONTROL);
        painter.text(
            pos2(rect.left(), middle),
            Align2::LEFT_CENTER,
            axis.name(),
            font.clone(),
            cx.look.color(Role::Body),
        );
        for step in 0..4_u8 {
            let left = rect.left() + 210.0 + 22.0 * f32::from(step);
            let square = Rect::from_min_size(pos2(left, middle - 7.0), vec2(18.0, 14.0));
            let role = if step < band { Role::Accent } else { Role::Line };
            painter.rect_filled(square, 3.0, cx.look.color(role));
        }
        let at = pos2(rect.left() + 310.0, middle);
        painter.text(
            at,
            Align2::LEFT_CENTER,
            format!("{band}  {}", band_name(band)),
            font.clone(),
            cx.look.color(Role::Ink),
        );
        let at = pos2(rect.right(), middle);
        painter.text(at, Align2::RIGHT_CENTER, before.join("  "), font, cx.look.color(Role::Faint));
    }
    for advice in mock.advice() {
        ui.add_space(2.0);
        controls::caption(ui, cx.look, advice);
    }
}

/// One row a question: what it took, with a mark where its time ended.
fn timeline_ui(ui: &mut Ui, cx: &Cx<'_>, mock: &Mock) {
    heading(ui, cx, "Timeline", "Each bar is the time a question took, on one scale; the mark is where its bell rang.");
    let longest = mock.parts.iter().map(|part| part.took_millis.max(part.allotted_millis)).max().unwrap_or(1).max(1);
    for part in &mock.parts {
        let title =
            cx.catalog.question(&part.question).map_or_else(|| part.question.to_string(), |found| found.title.clone());
        let hue = cx.catalog.topic(&part.question.topic()).map(|topic| topic.hue).unwrap_or_default();
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
        let time = format!("{} of {}", millis(part.took_millis), millis(part.allotted_millis));
        let musts = format!("{} of {} musts", part.musts_ticked, part.musts);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("{title}: {time}, {musts}")));
        let (painter, middle) = (ui.painter(), rect.center().y);
        let font = look::regular(13.0);
        let mut job = egui::epaint::text::LayoutJob::simple_singleline(title, font.clone(), cx.look.color(Role::Body));
        job.wrap = egui::epaint::text::TextWrapping::truncate_at_width(200.0);
        let galley = painter.layout_job(job);
        painter.galley(pos2(rect.left(), middle - galley.size().y / 2.0), galley, cx.look.color(Role::Body));
        let (left, right) = (rect.left() + 210.0, rect.right() - 190.0);
        #[expect(clippy::cast_precision_loss, reason = "minutes in milliseconds")]
        let x = |millis: u64| left + (right - left).max(40.0) * millis as f32 / longest as f32;
        let bar = Rect::from_min_max(pos2(left, middle - 6.0), pos2(x(part.took_millis).max(left + 2.0), middle + 6.0));
        painter.rect_filled(bar, 3.0, cx.look.color(Role::Topic(hue)));
        let mark = egui::Stroke::new(2.0, cx.look.color(Role::Ink));
        painter.vline(x(part.allotted_millis), middle - 9.0..=middle + 9.0, mark);
        let role = if part.over_time() { Role::Down } else { Role::Faint };
        painter.text(pos2(rect.right() - 90.0, middle), Align2::RIGHT_CENTER, time, font.clone(), cx.look.color(role));
        let role = if part.missed() > 0 { Role::Down } else { Role::Faint };
        painter.text(pos2(rect.right(), middle), Align2::RIGHT_CENTER, musts, font, cx.look.color(role));
    }
}

fn next_ui(ui: &mut Ui, cx: &Cx<'_>, mock: &Mock, out: &mut Vec<Command>) {
    let next = mock.next();
    if next.is_empty() {
        heading(
            ui,
            cx,
            "What next",
            "Every must was said, each in its time. Take the next mock on another day, one level up.",
        );
        return;
    }
    heading(
        ui,
        cx,
        "What to study next",
        "Most musts missed first. Their cards come back sooner; read what you left out, then say the prompt again.",
    );
    for part in next {
        let Some(question) = cx.catalog.question(&part.question) else { continue };
        ui.horizontal_wrapped(|ui| {
            if controls::button(ui, cx.look, Weight::Plain, &question.title, "").clicked() {
                out.push(Command::Go(question.id.clone()));
            }
            if controls::button(ui, cx.look, Weight::Quiet, "Its cards", "")
                .on_hover_text("Review the cards of this question")
                .clicked()
            {
                out.push(Command::Go(question.id.clone()));
                out.push(Command::Review(Scope::Question(question.id.clone())));
            }
        });
        for text in pages::missed_points(question, part) {
            controls::caption(ui, cx.look, &format!("Not said: {text}"));
        }
        ui.add_space(6.0);
    }
}

fn notes_ui(ui: &mut Ui, cx: &Cx<'_>, mock: &Mock) {
    let with_notes: Vec<_> = mock.parts.iter().filter(|part| !part.notes.trim().is_empty()).collect();
    if with_notes.is_empty() && mock.remark.trim().is_empty() {
        return;
    }
    heading(ui, cx, "Notes", "As you took them.");
    if !mock.remark.trim().is_empty() {
        paragraph(ui, cx, mock.remark.trim());
    }
    for part in with_notes {
        let title =
            cx.catalog.question(&part.question).map_or_else(|| part.question.to_string(), |found| found.title.clone());
        ui.add_space(6.0);
        controls::line(ui, cx.look, &title, look::semibold(12.5), Role::Faint);
        paragraph(ui, cx, part.notes.trim());
    }
}
