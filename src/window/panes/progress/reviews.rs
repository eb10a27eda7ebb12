//! Reviews and minutes, what will be due, recall measured against predicted, time per question.

use egui::Ui;

use super::parameters::parameters_ui;
use super::{DAYS_AHEAD, Numbers, Table, heading_with_table, paragraph, percent, short};
use crate::study::stats::{self, QuestionTime, Retention};
use crate::theme::Role;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::panes::study::clock;
use crate::window::widgets::charts::{self, Point, Series};
use crate::window::widgets::controls::{self, Weight};

/// Days that the calendar goes back.
const DAYS_BACK: i32 = 26 * 7;
const WEEKS: u8 = 12;

pub(super) fn reviews_ui(ui: &mut Ui, cx: &Cx<'_>, numbers: &Numbers, out: &mut Vec<Command>) {
    done_ui(ui, cx, numbers, out);
    due_ui(ui, cx, numbers, out);
    recall_ui(ui, cx, numbers, out);
    times_ui(ui, cx, numbers, out);
    parameters_ui(ui, cx, numbers, out);
}

/// The calendar of minutes, and the last thirty days in figures.
fn done_ui(ui: &mut Ui, cx: &Cx<'_>, numbers: &Numbers, out: &mut Vec<Command>) {
    let row = |(day, done): (&crate::time::Day, &stats::DayDone)| {
        let minutes = format!("{:.1}", minutes(done.took_millis));
        vec![day.to_string(), done.reviews.to_string(), done.attempts.to_string(), minutes]
    };
    let table = Table {
        name: "reviews-by-day",
        head: &["day", "reviews", "attempts", "minutes"],
        rows: numbers.done.iter().map(row).collect(),
    };
    let meaning = "One square a day, darker for more minutes: time on cards, on attempts, and on reading what they missed. The last square is today.";
    heading_with_table(ui, cx, "What you did", meaning, &table, out);
    let days: Vec<_> = (0..DAYS_BACK)
        .rev()
        .map(|back| {
            let day = numbers.today.plus_days(-back);
            let done = numbers.done.get(&day).copied().unwrap_or_default();
            let took = minutes(done.took_millis);
            let says = format!("{day}: {} reviews, {} attempts, {took:.0} min", done.reviews, done.attempts);
            // A day with a review is never as empty as one without.
            let shade = if done.reviews + done.attempts > 0 { took.max(0.1) } else { 0.0 };
            (day, shade, says)
        })
        .collect();
    charts::calendar(ui, cx.look, "Minutes a day over half a year", &days);
    ui.add_space(4.0);
    let month = numbers.done.range(numbers.today.plus_days(-29)..);
    let (mut count, mut reviews, mut attempts, mut took) = (0_u32, 0, 0, 0);
    for (_, done) in month {
        count += 1;
        (reviews, attempts, took) = (reviews + done.reviews, attempts + done.attempts, took + done.took_millis);
    }
    let text = if count == 0 {
        "Nothing in the last 30 days.".to_owned()
    } else {
        let a_day = minutes(took) / f64::from(count);
        format!("The last 30 days: {reviews} reviews and {attempts} attempts on {count} days, {a_day:.0} min on each.")
    };
    paragraph(ui, cx, &text);
}

fn due_ui(ui: &mut Ui, cx: &Cx<'_>, numbers: &Numbers, out: &mut Vec<Command>) {
    let day = |ahead: usize| numbers.today.plus_days(i32::try_from(ahead).unwrap_or(i32::MAX));
    let table = Table {
        name: "due-by-day",
        head: &["day", "cards due"],
        rows: numbers
            .due
            .iter()
            .enumerate()
            .map(|(ahead, count)| vec![day(ahead).to_string(), count.to_string()])
            .collect(),
    };
    let meaning = "Cards you have begun, by the day on which the plan brings them back; today holds what has come due before. A card that comes back today will come again later, so the far end grows.";
    let title = format!("What comes due in {DAYS_AHEAD} days");
    heading_with_table(ui, cx, &title, meaning, &table, out);
    let all: usize = numbers.due.iter().sum();
    if all == 0 {
        controls::caption(ui, cx.look, "Nothing yet: cards come due once they have been reviewed.");
        return;
    }
    let point = |(ahead, count): (usize, &usize)| {
        let name = if ahead == 0 { "today".to_owned() } else { short(day(ahead)) };
        #[expect(clippy::cast_precision_loss, reason = "a few hundred cards")]
        let value = *count as f64;
        Point {
            says: format!("{name}: {count} cards"),
            label: if ahead % 5 == 0 { name } else { String::new() },
            value,
        }
    };
    let points: Vec<Point> = numbers.due.iter().enumerate().map(point).collect();
    charts::bars(ui, cx.look, "Cards due a day", &points);
}

fn recall_ui(ui: &mut Ui, cx: &Cx<'_>, numbers: &Numbers, out: &mut Vec<Command>) {
    let weeks = stats::retention_by_week(&numbers.foreseen, numbers.today, WEEKS);
    let bands = stats::retention_by_chance(&numbers.foreseen);
    let figures = |retention: &Retention| {
        let (measured, predicted) = retention.shares().map_or_else(Default::default, |(measured, predicted)| {
            (format!("{measured:.4}"), format!("{predicted:.4}"))
        });
        [retention.reviews.to_string(), measured, predicted]
    };
    let row = |name: String, retention: &Retention| std::iter::once(name).chain(figures(retention)).collect::<Vec<_>>();
    let rows = weeks.iter().map(|(begins, week)| row(format!("week of {begins}"), week));
    let of_bands = bands.iter().map(|(from, to, band)| row(format!("foreseen {from} to {to} %"), band));
    let table = Table {
        name: "recall",
        head: &["of", "reviews", "measured", "predicted"],
        rows: rows.chain(of_bands).collect(),
    };
    let meaning = "Reviews of cards that had left their first steps: the share not graded Again, against the mean chance that the schedule gave them. If measured stays below predicted, the schedule trusts you too far.";
    heading_with_table(ui, cx, "Recall, measured and predicted", meaning, &table, out);
    let month = stats::retention(&numbers.foreseen, numbers.today.plus_days(-29));
    let Some((measured, predicted)) = month.shares() else {
        controls::caption(ui, cx.look, "No such review in the last 30 days.");
        return;
    };
    let text = format!(
        "The last 30 days: {} measured, {} predicted, over {} reviews.",
        percent(measured),
        percent(predicted),
        month.reviews
    );
    paragraph(ui, cx, &text);
    let point = |(index, (begins, week)): (usize, &(crate::time::Day, Retention))| {
        let says = week.shares().map_or_else(String::new, |(measured, predicted)| {
            let name = format!("week of {}", short(*begins));
            format!(
                "{name}: {} measured, {} predicted, {} reviews",
                percent(measured),
                percent(predicted),
                week.reviews
            )
        });
        Point { label: if index % 2 == 0 { short(*begins) } else { String::new() }, value: 0.0, says }
    };
    let points: Vec<Point> = weeks.iter().enumerate().map(point).collect();
    let line = |pick: fn((f64, f64)) -> f64| weeks.iter().map(|(_, week)| week.shares().map(pick)).collect();
    let series = [
        Series { name: "measured", role: Role::Accent, values: line(|(measured, _)| measured) },
        Series { name: "predicted", role: Role::Faint, values: line(|(_, predicted)| predicted) },
    ];
    let lowest = series.iter().flat_map(|line| &line.values).flatten().copied().fold(0.8, f64::min);
    let low = (lowest * 10.0).floor() / 10.0;
    charts::lines(ui, cx.look, "Recall by week", &points, &series, (low, 1.0), percent);
    for (from, to, band) in &bands {
        let Some((measured, predicted)) = band.shares().filter(|_| band.reviews >= 10) else { continue };
        let text = format!(
            "Of {} reviews foreseen at {from} to {to} % ({} on average), {} were recalled.",
            band.reviews,
            percent(predicted),
            percent(measured)
        );
        controls::caption(ui, cx.look, &text);
    }
}

fn times_ui(ui: &mut Ui, cx: &Cx<'_>, numbers: &Numbers, out: &mut Vec<Command>) {
    const MOST: usize = 12;
    let minutes_of = |time: &QuestionTime| cx.catalog.question(&time.question).map(|question| question.minutes);
    let row = |time: &QuestionTime| {
        let given = minutes_of(time).map_or_else(String::new, |minutes| minutes.to_string());
        vec![time.question.to_string(), time.attempts.to_string(), format!("{:.0}", time.median_secs), given]
    };
    let table = Table {
        name: "time-per-question",
        head: &["question", "attempts", "median seconds", "minutes given"],
        rows: numbers.times.iter().map(row).collect(),
    };
    let meaning = "The median of your attempts aloud, in writing and in mocks, against the question's own minutes; those that run over most stand first.";
    heading_with_table(ui, cx, "Time per question", meaning, &table, out);
    let mut times: Vec<(&QuestionTime, f64)> = (numbers.times.iter())
        .filter_map(|time| Some((time, time.median_secs / (f64::from(minutes_of(time)?.max(1)) * 60.0))))
        .collect();
    if times.is_empty() {
        controls::caption(ui, cx.look, "No attempt against the clock yet.");
        return;
    }
    times.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.question.cmp(&b.0.question)));
    for (time, share) in times.into_iter().take(MOST) {
        let Some(question) = cx.catalog.question(&time.question) else { continue };
        ui.horizontal(|ui| {
            if controls::button(ui, cx.look, Weight::Quiet, &question.title, "").clicked() {
                out.push(Command::Go(question.id.clone()));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let given = clock(f64::from(question.minutes) * 60.0);
                let tries =
                    if time.attempts == 1 { "1 attempt".to_owned() } else { format!("{} attempts", time.attempts) };
                let text = format!("{} of {given}, {tries}", clock(time.median_secs));
                let role = if share > 1.5 { Role::Down } else { Role::Faint };
                controls::line(ui, cx.look, &text, look::regular(12.5), role);
            });
        });
    }
}

fn minutes(millis: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a year")]
    let minutes = millis as f64 / 60_000.0;
    minutes
}
