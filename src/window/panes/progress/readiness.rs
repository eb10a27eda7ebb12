//! How far each question would hold in the room, in words with the evidence; never one number for all of it.

use egui::{Align2, Rect, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::{Numbers, Table, heading_with_table, paragraph};
use crate::catalog::{Question, Topic};
use crate::study::Readiness;
use crate::theme::Role;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::marks;

const ALL: [Readiness; 4] = [Readiness::Untested, Readiness::Shaky, Readiness::Ready, Readiness::Proven];

pub(super) fn readiness_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    numbers: &Numbers,
    only: &mut Option<Readiness>,
    out: &mut Vec<Command>,
) {
    let day = cx.progress.aim().interview.filter(|day| *day > cx.now.day());
    let when = day.map_or_else(|| "now".to_owned(), |day| format!("on {}", super::short(day)));
    let meaning = format!(
        "Ready: every must was said in the last attempt, and its card is at least 85 % likely to be recalled {when} if it is not reviewed again. Proven: also said in a mock, in time. Shaky: attempted, and one of these is missing."
    );
    heading_with_table(ui, cx, "By topic", &meaning, &table(cx, &when), out);
    for topic in &cx.catalog.topics {
        topic_ui(ui, cx, topic, only);
    }
    ui.add_space(6.0);
    if day.is_some() {
        let holding = |readiness: Readiness| matches!(readiness, Readiness::Ready | Readiness::Proven);
        let then = cx.catalog.questions().filter(|question| holding(cx.due.readiness(&question.id))).count();
        let now = numbers.now.iter().filter(|found| holding(found.readiness)).count();
        let text = match now.saturating_sub(then) {
            0 => format!("{now} hold now, and as many {when} without another review."),
            _ => format!(
                "{now} hold now; {then} would {when} without another review. The plan reviews the others before."
            ),
        };
        paragraph(ui, cx, &text);
    }
    ui.add_space(18.0);
    ui.horizontal_wrapped(|ui| {
        controls::line(ui, cx.look, "Questions", look::semibold(15.0), Role::Ink);
        ui.add_space(8.0);
        for (name, choice) in
            std::iter::once(("all", None)).chain(ALL.map(|readiness| (readiness.word(), Some(readiness))))
        {
            let weight = if *only == choice { Weight::Main } else { Weight::Quiet };
            if controls::button(ui, cx.look, weight, name, "").clicked() {
                *only = choice;
            }
        }
    });
    let mut shown = 0;
    for topic in &cx.catalog.topics {
        let questions = topic.subtopics.iter().flat_map(|subtopic| &subtopic.questions);
        let chosen = questions.filter(|question| only.is_none_or(|only| cx.due.readiness(&question.id) == only));
        for (index, question) in chosen.enumerate() {
            if index == 0 {
                ui.add_space(10.0);
                controls::line(ui, cx.look, &topic.title, look::semibold(12.5), Role::Topic(topic.hue));
            }
            shown += 1;
            question_ui(ui, cx, question, &when, out);
        }
    }
    if shown == 0 {
        controls::caption(ui, cx.look, "No question stands there.");
    }
}

/// Counts of a topic in the order of [`ALL`].
fn counts(cx: &Cx<'_>, topic: &Topic) -> [usize; 4] {
    let mut counts = [0; 4];
    for question in topic.subtopics.iter().flat_map(|subtopic| &subtopic.questions) {
        counts[cx.due.readiness(&question.id) as usize] += 1;
    }
    counts
}

/// The topic's questions as one bar, the firmest first, with the counts beside it.
fn topic_ui(ui: &mut Ui, cx: &Cx<'_>, topic: &Topic, only: &mut Option<Readiness>) {
    let counts = counts(cx, topic);
    let words: Vec<String> =
        ALL.iter().zip(counts).map(|(readiness, count)| format!("{count} {}", readiness.word())).collect();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    response
        .widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("{}: {}", topic.title, words.join(", "))));
    let (painter, middle) = (ui.painter(), rect.center().y);
    let font = look::regular(13.0);
    painter.text(pos2(rect.left(), middle), Align2::LEFT_CENTER, &topic.title, font.clone(), cx.look.color(Role::Body));
    let pitch = 104.0_f32.min((rect.width() - 160.0) / 4.0).max(30.0);
    let figures = rect.right() - pitch * 4.0;
    let bar = Rect::from_min_max(pos2(rect.left() + 150.0, middle - 5.0), pos2(figures - 20.0, middle + 5.0));
    let all: usize = counts.iter().sum();
    if bar.width() > 60.0 {
        painter.rect_filled(bar, 3.0, cx.look.color(Role::Line));
        let mut left = bar.left();
        let accent = cx.look.color(Role::Topic(topic.hue));
        for (count, share) in [(counts[3], 1.0), (counts[2], 0.75), (counts[1], 0.35)] {
            #[expect(clippy::cast_precision_loss, reason = "a few questions")]
            let width = bar.width() * count as f32 / all.max(1) as f32;
            let part = Rect::from_min_size(pos2(left, bar.top()), vec2(width, bar.height()));
            painter.rect_filled(part, 3.0, cx.look.color(Role::Ground).lerp_to_gamma(accent, share));
            left += width;
        }
    }
    for (index, (readiness, count)) in ALL.into_iter().zip(counts).enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "one of four")]
        let x = figures + pitch * index as f32;
        marks::readiness(painter, cx.look, pos2(x + 6.0, middle), readiness);
        let role = if count > 0 { Role::Ink } else { Role::Faint };
        let text = if pitch > 96.0 { format!("{count} {}", readiness.word()) } else { count.to_string() };
        painter.text(pos2(x + 17.0, middle), Align2::LEFT_CENTER, text, look::regular(12.5), cx.look.color(role));
        let place = Rect::from_min_size(pos2(x, rect.top()), vec2(pitch, rect.height()));
        if ui.interact(place, response.id.with(index), Sense::click()).clicked() {
            *only = Some(readiness);
        }
    }
}

/// A question with what its readiness rests on; a click leads there.
fn question_ui(ui: &mut Ui, cx: &Cx<'_>, question: &Question, when: &str, out: &mut Vec<Command>) {
    let Some(found) = cx.due.evidence(&question.id) else { return };
    let sentence = found.sentence(when);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 40.0), Sense::click());
    let name = format!("{}: {}. {sentence}", question.title, found.readiness.word());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &name));
    if ui.is_rect_visible(rect) {
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, 6.0, cx.look.color(Role::Panel));
        }
        marks::readiness(ui.painter(), cx.look, pos2(rect.left() + 12.0, rect.top() + 12.0), found.readiness);
        let line = |y: f32, text: &str, font, role| {
            let color = cx.look.color(role);
            let mut job = egui::epaint::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
            job.wrap = egui::epaint::text::TextWrapping::truncate_at_width(rect.width() - 40.0);
            ui.painter().galley(pos2(rect.left() + 26.0, rect.top() + y), ui.painter().layout_job(job), color);
        };
        line(3.0, &question.title, look::regular(14.0), Role::Ink);
        line(21.0, &sentence, look::regular(12.0), Role::Faint);
    }
    if response.clicked() {
        out.push(Command::Go(question.id.clone()));
    }
}

fn table(cx: &Cx<'_>, when: &str) -> Table {
    let row = |question: &Question| {
        let found = cx.due.evidence(&question.id)?;
        let (musts, said) =
            found.last.map_or_else(Default::default, |last| (last.musts.to_string(), last.musts_ticked.to_string()));
        let recall = found.weakest.as_ref().map_or_else(String::new, |(_, recall)| format!("{recall:.3}"));
        let word = found.readiness.word().to_owned();
        Some(vec![question.id.to_string(), question.title.clone(), word, said, musts, recall, found.sentence(when)])
    };
    Table {
        name: "readiness",
        head: &["question", "title", "readiness", "musts said", "musts", "lowest recall on the day", "evidence"],
        rows: cx.catalog.questions().filter_map(|question| row(question)).collect(),
    }
}
