//! The progress sheet: readiness in counts, calibration, reviews and what will be due. Each number has its meaning under it,
//! each chart its words for who does not see it.

use egui::{Align2, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::ids::TopicId;
use crate::study::calibration::{self, Calibration, ENOUGH, Rated};
use crate::study::{Readiness, stats};
use crate::theme::Role;
use crate::time::Day;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::screen::Screen;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::marks;

const DAYS_BACK: i32 = 30;
const DAYS_AHEAD: usize = 14;

/// What the sheet shows, worked out once for a state of the reader's progress.
pub struct Numbers {
    revision: u64,
    rated: Vec<Rated>,
    /// Reviews and minutes of each of the last days, the oldest first.
    done: Vec<(Day, usize, u64)>,
    due: Vec<usize>,
    retention: stats::Retention,
}

impl Numbers {
    pub fn of(cx: &Cx<'_>) -> Self {
        let today = cx.now.day();
        let by_day = stats::by_day(cx.progress);
        let done = (0..DAYS_BACK).rev().map(|back| {
            let day = today.plus_days(-back);
            let of_day = by_day.get(&day).copied().unwrap_or_default();
            (day, of_day.reviews + of_day.attempts, of_day.took_millis / 60_000)
        });
        let cards = cx.catalog.questions().flat_map(|question| question.cards()).map(|card| &card.id);
        Self {
            revision: cx.progress.revision(),
            rated: calibration::rated(cx.progress),
            done: done.collect(),
            due: stats::due_by_day(cards, cx.progress, cx.due.policy(), cx.now, DAYS_AHEAD),
            retention: stats::retention(cx.progress, today.plus_days(-DAYS_BACK)),
        }
    }
}

pub fn progress_ui(ui: &mut Ui, cx: &Cx<'_>, numbers: &mut Numbers, out: &mut Vec<Command>) {
    if numbers.revision != cx.progress.revision() {
        *numbers = Numbers::of(cx);
    }
    ui.horizontal(|ui| {
        controls::line(ui, cx.look, "Progress", look::semibold(17.0), Role::Ink);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if controls::button(ui, cx.look, Weight::Quiet, "Copy as CSV", "").clicked() {
                ui.ctx().copy_text(csv(cx, numbers));
                out.push(Command::Toast("The numbers are on the clipboard as CSV".to_owned()));
            }
        });
    });
    ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        plan_ui(ui, cx, out);
        readiness_ui(ui, cx);
        calibration_ui(ui, cx, &numbers.rated);
        wrong_ui(ui, cx, &numbers.rated, out);
        days_ui(ui, cx, numbers);
    });
}

fn heading(ui: &mut Ui, cx: &Cx<'_>, title: &str, meaning: &str) {
    ui.add_space(14.0);
    controls::line(ui, cx.look, title, look::semibold(look::CONTROL), Role::Ink);
    controls::caption(ui, cx.look, meaning);
    ui.add_space(4.0);
}

/// The plan in a sentence, what is new today, and what is left out.
fn plan_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
    let plan = cx.due.plan();
    let meaning = "Time left less 15 % slack, spent on the questions that are worth most for what they cost you; recall gives way before scope. Settings hold the date and the minutes.";
    heading(ui, cx, "Plan", meaning);
    let sentence = egui::RichText::new(plan.sentence()).font(look::regular(look::BODY)).color(cx.look.color(Role::Ink));
    ui.add(egui::Label::new(sentence).wrap());
    if controls::button(ui, cx.look, Weight::Plain, "See and change the plan", &Action::Why.key_text(ui.ctx()))
        .clicked()
    {
        out.push(Command::CloseOverlay);
        out.push(Command::Show(Screen::Plan));
    }
    for (name, questions) in [("New today", &plan.today), ("Left out", &plan.skipped)] {
        if questions.is_empty() {
            continue;
        }
        let title = format!("{name}: {}", questions.len());
        controls::line(ui, cx.look, &title, look::semibold(12.5), Role::Faint);
        ui.horizontal_wrapped(|ui| {
            for question in questions.iter().take(12).filter_map(|id| cx.catalog.question(id)) {
                if controls::button(ui, cx.look, Weight::Quiet, &question.title, "").clicked() {
                    out.push(Command::Go(question.id.clone()));
                    out.push(Command::CloseOverlay);
                }
            }
            if questions.len() > 12 {
                controls::line(
                    ui,
                    cx.look,
                    &format!("and {} more", questions.len() - 12),
                    look::regular(12.5),
                    Role::Faint,
                );
            }
        });
    }
}

/// Questions of a topic by readiness: untested, shaky, ready, proven.
fn counts(cx: &Cx<'_>, topic: &TopicId) -> [usize; 4] {
    let mut counts = [0; 4];
    for question in cx.catalog.questions().filter(|question| question.id.topic() == *topic) {
        counts[cx.due.readiness(&question.id) as usize] += 1;
    }
    counts
}

const READINESS: [Readiness; 4] = [Readiness::Untested, Readiness::Shaky, Readiness::Ready, Readiness::Proven];

fn readiness_ui(ui: &mut Ui, cx: &Cx<'_>) {
    let meaning = "Ready: every must was said in the last attempt, and its card is at least 85 % likely to be recalled on the day of the interview. Proven: also said aloud in a mock, in time.";
    heading(ui, cx, "Readiness", meaning);
    let width = ui.available_width();
    for topic in &cx.catalog.topics {
        let counts = counts(cx, &topic.id);
        let (rect, response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::hover());
        let words: Vec<String> =
            READINESS.iter().zip(counts).map(|(readiness, count)| format!("{count} {}", readiness.word())).collect();
        response.widget_info(|| {
            WidgetInfo::labeled(egui::Role::Label, true, format!("{}: {}", topic.title, words.join(", ")))
        });
        let middle = rect.center().y;
        let painter = ui.painter();
        let font = look::regular(13.0);
        painter.text(
            pos2(rect.left(), middle),
            Align2::LEFT_CENTER,
            &topic.title,
            font.clone(),
            cx.look.color(Role::Body),
        );
        for (index, (readiness, count)) in READINESS.into_iter().zip(counts).enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "one of four")]
            let x = rect.left() + 190.0 + index as f32 * 110.0;
            marks::readiness(painter, cx.look, pos2(x, middle), readiness);
            let role = if count > 0 { Role::Ink } else { Role::Faint };
            let text = format!("{count} {}", readiness.word());
            painter.text(pos2(x + 12.0, middle), Align2::LEFT_CENTER, text, font.clone(), cx.look.color(role));
        }
    }
}

fn calibration_ui(ui: &mut Ui, cx: &Cx<'_>, rated: &[Rated]) {
    let meaning = "What you said before the reveal, against how often every must was then in your answer. On the line, a word means what it says.";
    heading(ui, cx, "Calibration", meaning);
    let Some(found) = calibration::calibration(rated.iter()).filter(|found| found.count >= ENOUGH) else {
        let text =
            format!("{} of {ENOUGH} attempts with a confidence rating: below that, a curve shows chance.", rated.len());
        controls::line(ui, cx.look, &text, look::regular(13.0), Role::Body);
        return;
    };
    ui.horizontal(|ui| {
        curve_ui(ui, cx, &found);
        ui.add_space(16.0);
        ui.vertical(|ui| {
            let text = egui::RichText::new(found.sentence()).font(look::regular(look::BODY)).color(cx.look.color(Role::Ink));
            ui.add(egui::Label::new(text).wrap());
            let score = format!("Brier score {:.3} over {} attempts", found.brier, found.count);
            controls::line(ui, cx.look, &score, look::regular(13.0), Role::Body);
            let parts = format!(
                "Mean squared distance of word and outcome; 0 is best. Made of {:.3} by which the words are off, less {:.3} by which they tell right from wrong, plus {:.3} that the attempts leave open.",
                found.reliability, found.resolution, found.uncertainty
            );
            controls::caption(ui, cx.look, &parts);
            for topic in &cx.catalog.topics {
                let of_topic = calibration::calibration(calibration::of_topic(rated, &topic.id));
                if let Some(found) = of_topic.filter(|found| found.count >= ENOUGH) {
                    let text = format!("{}: {}", topic.title, found.sentence());
                    controls::caption(ui, cx.look, &text);
                }
            }
        });
    });
}

/// Said against held, with the number of attempts at each point.
fn curve_ui(ui: &mut Ui, cx: &Cx<'_>, found: &Calibration) {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(200.0), Sense::hover());
    let words: Vec<String> = (found.buckets.iter())
        .filter_map(|bucket| {
            let held = bucket.share()? * 100.0;
            Some(format!("{}: {held:.0} % of {}", bucket.confidence.word(), bucket.count))
        })
        .collect();
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, format!("Calibration. {}", words.join("; "))));
    let plot = Rect::from_min_max(rect.min + vec2(26.0, 6.0), rect.max - vec2(6.0, 22.0));
    let at = |x: f64, y: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
        let (x, y) = (x as f32, y as f32);
        pos2(plot.left() + x * plot.width(), plot.bottom() - y * plot.height())
    };
    let painter = ui.painter();
    let (line, faint) = (cx.look.hairline(), cx.look.color(Role::Faint));
    painter.rect_stroke(plot, 0.0, line, StrokeKind::Middle);
    painter.line_segment([at(0.0, 0.0), at(1.0, 1.0)], line);
    for (text, y) in [("0", 0.0), ("50", 0.5), ("100", 1.0)] {
        painter.text(at(0.0, y) - vec2(5.0, 0.0), Align2::RIGHT_CENTER, text, look::regular(10.5), faint);
    }
    let mut last = None;
    for bucket in &found.buckets {
        let Some(held) = bucket.share() else { continue };
        let said = f64::from(bucket.confidence.percent()) / 100.0;
        let point = at(said, held);
        if let Some(last) = last {
            painter.line_segment([last, point], Stroke::new(1.5, cx.look.color(Role::Accent)));
        }
        painter.circle_filled(point, 4.0, cx.look.color(Role::Accent));
        let beside = if held > 0.85 { vec2(0.0, 14.0) } else { vec2(0.0, -12.0) };
        painter.text(point + beside, Align2::CENTER_CENTER, bucket.count.to_string(), look::regular(10.5), faint);
        painter.text(
            at(said, 0.0) + vec2(0.0, 11.0),
            Align2::CENTER_CENTER,
            bucket.confidence.word(),
            look::regular(10.5),
            faint,
        );
        last = Some(point);
    }
}

fn wrong_ui(ui: &mut Ui, cx: &Cx<'_>, rated: &[Rated], out: &mut Vec<Command>) {
    let wrong = calibration::sure_but_wrong(rated, cx.now, 7);
    if wrong.is_empty() {
        return;
    }
    heading(
        ui,
        cx,
        "Sure, but wrong",
        "What you were sure of in the last seven days and missed a must of: the first to look at again.",
    );
    for id in wrong.iter().take(8) {
        let Some(question) = cx.catalog.question(id) else { continue };
        if controls::button(ui, cx.look, Weight::Quiet, &question.title, "").clicked() {
            out.push(Command::Go(id.clone()));
            out.push(Command::CloseOverlay);
        }
    }
}

fn days_ui(ui: &mut Ui, cx: &Cx<'_>, numbers: &Numbers) {
    let total: usize = numbers.done.iter().map(|(_, count, _)| count).sum();
    let minutes: u64 = numbers.done.iter().map(|(.., minutes)| minutes).sum();
    let title = format!("The last {DAYS_BACK} days: {total} reviews and attempts, {minutes} min");
    heading(ui, cx, &title, "Cards graded and questions attempted on each day, and the time they took.");
    let counts: Vec<usize> = numbers.done.iter().map(|(_, count, _)| *count).collect();
    if total > 0 {
        bars_ui(ui, cx, &counts, "Reviews and attempts a day, the last is today");
    }
    let due: usize = numbers.due.iter().sum();
    heading(
        ui,
        cx,
        &format!("The next {DAYS_AHEAD} days: {due} reviews"),
        "Cards you have begun, by the day they come due; today holds what has come due before.",
    );
    if due > 0 {
        bars_ui(ui, cx, &numbers.due, "Cards due a day, the first is today");
    }
    let retention = numbers.retention;
    if retention.reviews > 0 {
        #[expect(clippy::cast_precision_loss, reason = "counts of reviews")]
        let (reviews, recalled) = (retention.reviews as f64, retention.recalled as f64);
        let (measured, predicted) = (recalled / reviews * 100.0, retention.predicted / reviews * 100.0);
        heading(
            ui,
            cx,
            &format!("Recall: {measured:.0} % measured, {predicted:.0} % predicted"),
            &format!(
                "Of {} reviews in these {DAYS_BACK} days of cards that had left their first steps: those not graded Again, against what the schedule foresaw.",
                retention.reviews
            ),
        );
    }
    ui.add_space(8.0);
}

/// Counts as bars that fill the width, with the highest one's number.
fn bars_ui(ui: &mut Ui, cx: &Cx<'_>, counts: &[usize], name: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 56.0), Sense::hover());
    let words: Vec<String> = counts.iter().map(ToString::to_string).collect();
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, format!("{name}: {}", words.join(", "))));
    let highest = counts.iter().copied().max().unwrap_or(0);
    let plot = Rect::from_min_max(rect.min + vec2(0.0, 12.0), rect.max);
    ui.painter().hline(plot.x_range(), plot.bottom(), cx.look.hairline());
    #[expect(clippy::cast_precision_loss, reason = "counts of a day")]
    let (pitch, scale) = (plot.width() / counts.len().max(1) as f32, plot.height() / highest.max(1) as f32);
    for (index, count) in counts.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "counts of a day")]
        let (left, height) = (plot.left() + pitch * index as f32, *count as f32 * scale);
        let bar = Rect::from_min_max(pos2(left + 1.5, plot.bottom() - height), pos2(left + pitch - 1.5, plot.bottom()));
        ui.painter().rect_filled(bar, 2.0, cx.look.color(Role::Accent));
        if *count == highest && highest > 0 {
            let at = pos2(bar.center().x, bar.top() - 7.0);
            ui.painter().text(
                at,
                Align2::CENTER_CENTER,
                count.to_string(),
                look::regular(10.5),
                cx.look.color(Role::Faint),
            );
        }
    }
}

fn csv(cx: &Cx<'_>, numbers: &Numbers) -> String {
    let mut rows = vec!["what,of,value".to_owned()];
    for topic in &cx.catalog.topics {
        let of_topic = READINESS.iter().zip(counts(cx, &topic.id));
        rows.extend(of_topic.map(|(readiness, count)| format!("questions {},{},{count}", readiness.word(), topic.id)));
    }
    if let Some(found) = calibration::calibration(numbers.rated.iter()) {
        for bucket in &found.buckets {
            rows.push(format!("said,{},{}", bucket.confidence.word(), bucket.count));
            rows.push(format!("held,{},{}", bucket.confidence.word(), bucket.held));
        }
        rows.push(format!("Brier score,all,{:.4}", found.brier));
    }
    for (day, count, minutes) in &numbers.done {
        rows.push(format!("reviews and attempts,{day},{count}"));
        rows.push(format!("minutes,{day},{minutes}"));
    }
    for (ahead, count) in (0..).zip(&numbers.due) {
        rows.push(format!("due,{},{count}", cx.now.day().plus_days(ahead)));
    }
    rows.join("\n") + "\n"
}
