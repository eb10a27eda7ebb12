//! How far the reader's confidence can be trusted: the reliability diagram, the Brier score with its parts, by topic and over time.

use egui::{Align2, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::{Table, heading, heading_with_table, paragraph, percent, short};
use crate::study::calibration::{self, Calibration, ENOUGH, Rated};
use crate::theme::Role;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::widgets::charts::{self, Point, Series};
use crate::window::widgets::controls::{self, Weight};

pub(super) fn calibration_ui(ui: &mut Ui, cx: &Cx<'_>, rated: &[Rated], out: &mut Vec<Command>) {
    let Some(found) = calibration::calibration(rated.iter()).filter(|found| found.count >= ENOUGH) else {
        heading(
            ui,
            cx,
            "What your confidence is worth",
            "What you said before the reveal, against how often every must was then in your answer.",
        );
        paragraph(ui, cx, &format!("{} of {ENOUGH} attempts with a confidence rating so far.", rated.len()));
        controls::caption(
            ui,
            cx.look,
            "Below that, a curve would show chance. Say how sure you are before each reveal: keys 1 to 4.",
        );
        wrong_ui(ui, cx, rated, out);
        return;
    };
    let meaning = "What you said before the reveal, against how often every must was then in your answer. On the line, a word means what it says; below it, you were too sure.";
    heading_with_table(ui, cx, "What your confidence is worth", meaning, &table(&found), out);
    let narrow = ui.available_width() < 520.0;
    let words = |ui: &mut Ui| {
        paragraph(ui, cx, &found.sentence());
        ui.add_space(8.0);
        let score = format!("Brier score {:.3} over {} attempts", found.brier, found.count);
        controls::line(ui, cx.look, &score, look::semibold(look::CONTROL), Role::Ink);
        controls::caption(
            ui,
            cx.look,
            "Mean squared distance between the chance you named and what came; 0 is best, 0.25 is what saying 50 % every time gives.",
        );
        ui.add_space(4.0);
        for (name, value, meaning) in [
            ("Off by", found.reliability, "how far the words are from what they come to; 0 is perfect"),
            (
                "Less for telling apart",
                found.resolution,
                "how well the words tell what holds from what does not; more is better",
            ),
            ("Plus left open", found.uncertainty, "what the attempts alone leave open, whoever rates them"),
        ] {
            controls::line(ui, cx.look, &format!("{name}: {value:.3}"), look::regular(13.0), Role::Body);
            controls::caption(ui, cx.look, meaning);
        }
    };
    if narrow {
        curve_ui(ui, cx, &found);
        words(ui);
    } else {
        ui.horizontal_top(|ui| {
            curve_ui(ui, cx, &found);
            ui.add_space(22.0);
            ui.vertical(words);
        });
    }
    topics_ui(ui, cx, rated, out);
    over_time_ui(ui, cx, rated, out);
    wrong_ui(ui, cx, rated, out);
}

/// Said against held; the number beside a point is how many attempts stand behind it.
fn curve_ui(ui: &mut Ui, cx: &Cx<'_>, found: &Calibration) {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(300.0), Sense::hover());
    let words: Vec<String> = (found.buckets.iter())
        .filter_map(|bucket| {
            Some(format!("{}: held {} of {}", bucket.confidence.word(), percent(bucket.share()?), bucket.count))
        })
        .collect();
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, format!("Calibration. {}", words.join("; "))));
    let plot = Rect::from_min_max(rect.min + vec2(44.0, 8.0), rect.max - vec2(8.0, 40.0));
    let at = |x: f64, y: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
        let (x, y) = (x as f32, y as f32);
        pos2(plot.left() + x * plot.width(), plot.bottom() - y * plot.height())
    };
    let painter = ui.painter();
    let (line, faint) = (cx.look.hairline(), cx.look.color(Role::Faint));
    painter.rect_stroke(plot, 0.0, line, StrokeKind::Middle);
    painter.hline(plot.x_range(), at(0.0, 0.5).y, line);
    painter.line_segment([at(0.0, 0.0), at(1.0, 1.0)], Stroke::new(1.2, faint));
    for (text, y) in [("0 %", 0.0), ("50 %", 0.5), ("100 %", 1.0)] {
        painter.text(at(0.0, y) - vec2(6.0, 0.0), Align2::RIGHT_CENTER, text, look::regular(11.0), faint);
    }
    let middle = pos2(plot.center().x, rect.bottom() - 2.0);
    painter.text(middle, Align2::CENTER_BOTTOM, "said before the reveal", look::regular(11.0), faint);
    let mut last = None;
    for bucket in &found.buckets {
        let said = f64::from(bucket.confidence.percent()) / 100.0;
        let below = at(said, 0.0) + vec2(0.0, 11.0);
        painter.text(below, Align2::CENTER_CENTER, bucket.confidence.word(), look::regular(11.0), faint);
        let Some(held) = bucket.share() else { continue };
        let point = at(said, held);
        let accent = cx.look.color(Role::Accent);
        if let Some(last) = last {
            painter.line_segment([last, point], Stroke::new(1.8, accent));
        }
        painter.line_segment([point, at(said, said)], Stroke::new(1.0, accent.gamma_multiply(0.5)));
        painter.circle_filled(point, 4.5, accent);
        let beside = if held > said { vec2(0.0, -12.0) } else { vec2(0.0, 13.0) };
        let count = bucket.count.to_string();
        painter.text(point + beside, Align2::CENTER_CENTER, count, look::semibold(11.0), cx.look.color(Role::Body));
        last = Some(point);
    }
}

fn topics_ui(ui: &mut Ui, cx: &Cx<'_>, rated: &[Rated], out: &mut Vec<Command>) {
    let of_topics: Vec<_> = (cx.catalog.topics.iter())
        .map(|topic| (topic, calibration::calibration(calibration::of_topic(rated, &topic.id))))
        .collect();
    let row = |(topic, found): &(&crate::catalog::Topic, Option<Calibration>)| {
        let found = found.as_ref()?;
        let held: usize = found.buckets.iter().map(|bucket| bucket.held).sum();
        Some(vec![topic.title.clone(), found.count.to_string(), held.to_string(), format!("{:.4}", found.brier)])
    };
    let table = Table {
        name: "calibration-by-topic",
        head: &["topic", "attempts", "held", "Brier score"],
        rows: of_topics.iter().filter_map(row).collect(),
    };
    let meaning = format!("The same by topic, from {ENOUGH} rated attempts on.");
    heading_with_table(ui, cx, "By topic", &meaning, &table, out);
    for (topic, found) in &of_topics {
        let count = found.as_ref().map_or(0, |found| found.count);
        let text = match found.as_ref().filter(|found| found.count >= ENOUGH) {
            Some(found) => {
                format!("{}: Brier score {:.3} over {count}. {}", topic.title, found.brier, found.sentence())
            }
            None => format!("{}: {count} of {ENOUGH}", topic.title),
        };
        let role = if count >= ENOUGH { Role::Body } else { Role::Faint };
        let text = egui::RichText::new(text).font(look::regular(13.0)).color(cx.look.color(role));
        ui.add(egui::Label::new(text).wrap());
    }
}

fn over_time_ui(ui: &mut Ui, cx: &Cx<'_>, rated: &[Rated], out: &mut Vec<Command>) {
    const MOST: usize = 60;
    let all = calibration::over_time(rated);
    let table = Table {
        name: "calibration-over-time",
        head: &["day", "Brier score of the last 20"],
        rows: all.iter().map(|(at, brier)| vec![at.day().to_string(), format!("{brier:.4}")]).collect(),
    };
    let meaning = format!(
        "The Brier score of the last {ENOUGH} rated attempts, at each attempt. Falling means that your words come to be true."
    );
    heading_with_table(ui, cx, "Over time", &meaning, &table, out);
    if all.len() < 5 {
        controls::caption(ui, cx.look, &format!("It takes {} rated attempts to show a way.", ENOUGH + 4));
        return;
    }
    // As many as can be told apart, the last always among them.
    let every = all.len().div_ceil(MOST);
    let shown: Vec<_> = all.iter().rev().step_by(every).rev().collect();
    let labels = shown.len().div_ceil(6).max(1);
    let point = |(index, (at, brier)): (usize, &&(crate::time::Moment, f64))| Point {
        label: if index % labels == 0 { short(at.day()) } else { String::new() },
        value: *brier,
        says: format!("{}: {brier:.3}", short(at.day())),
    };
    let points: Vec<Point> = shown.iter().enumerate().map(point).collect();
    let values = shown.iter().map(|(_, brier)| Some(*brier)).collect();
    let series = [Series { name: "Brier score", role: Role::Accent, values }];
    let highest = shown.iter().map(|(_, brier)| *brier).fold(0.3, f64::max);
    charts::lines(ui, cx.look, "Brier score over time", &points, &series, (0.0, highest), |value| {
        format!("{value:.2}")
    });
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
    ui.horizontal_wrapped(|ui| {
        for question in wrong.iter().take(12).filter_map(|id| cx.catalog.question(id)) {
            if controls::button(ui, cx.look, Weight::Plain, &question.title, "").clicked() {
                out.push(Command::Go(question.id.clone()));
            }
        }
    });
}

fn table(found: &Calibration) -> Table {
    let row = |bucket: &calibration::Bucket| {
        let (word, said) = (bucket.confidence.word().to_owned(), bucket.confidence.percent().to_string());
        vec![word, said, bucket.count.to_string(), bucket.held.to_string()]
    };
    Table {
        name: "calibration",
        head: &["word", "said percent", "attempts", "held"],
        rows: found.buckets.iter().map(row).collect(),
    }
}
