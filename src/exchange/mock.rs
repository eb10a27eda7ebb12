//! A mock on paper: its report as Markdown and as a page that prints, and the scoring sheet for a second person.
//! Whatever the reader wrote is escaped.

use std::fmt::Write as _;

use super::html::{page_head, page_tail};
use super::svg::escaped;
use crate::catalog::{Catalog, Question};
use crate::study::mock::{Axis, Mock, MockPart, Sitting, band_name};
use crate::text::plain_of;
use crate::time::Day;

/// The report as Markdown; `earlier` are the mocks before it, the oldest first.
pub fn markdown(catalog: &Catalog, mock: &Mock, earlier: &[Mock], offset_secs: i32) -> String {
    let mut out = format!("# {}\n\n{}\n", title(mock, offset_secs), mock.sentence(earlier.last()));
    out.push_str("\n## Bands\n\n| axis | band | | before |\n|---|---|---|---|\n");
    for (axis, band) in Axis::ALL.into_iter().zip(mock.bands) {
        let _ = writeln!(out, "| {} | {band} | {} | {} |", axis.name(), band_name(band), before(earlier, axis));
    }
    for advice in mock.advice() {
        let _ = write!(out, "\n{advice}\n");
    }
    out.push_str("\n## Timeline\n\n| question | time | of | musts | plus | follow-ups |\n|---|---|---|---|---|---|\n");
    for part in &mock.parts {
        let [took, of, musts, plus, rungs] = cells(part);
        let _ = writeln!(out, "| {} | {took} | {of} | {musts} | {plus} | {rungs} |", in_cell(&name(catalog, part)));
    }
    for part in &mock.parts {
        let _ = write!(out, "\n## {}\n", name(catalog, part));
        let missed = catalog.question(&part.question).map(|question| missed_points(question, part)).unwrap_or_default();
        if !missed.is_empty() {
            out.push_str("\nNot said:\n\n");
            for text in &missed {
                let _ = writeln!(out, "- {text}");
            }
        }
        if !part.follow_ups.is_empty() {
            out.push_str("\nFollow-ups:\n\n");
            for rung in &part.follow_ups {
                let _ = writeln!(out, "- [{}] {}", if rung.answered { 'x' } else { ' ' }, rung.text);
            }
        }
        if !part.notes.trim().is_empty() {
            let _ = write!(out, "\nNotes:\n\n{}\n", quoted(&part.notes));
        }
    }
    if !mock.remark.trim().is_empty() {
        let _ = write!(out, "\n## What I would do otherwise\n\n{}\n", quoted(&mock.remark));
    }
    out
}

/// The report as one page that prints on A4 and Letter.
pub fn html(catalog: &Catalog, mock: &Mock, earlier: &[Mock], offset_secs: i32) -> String {
    let title = title(mock, offset_secs);
    let mut out = page_head(&title);
    let _ = write!(out, "<h1>{}</h1>\n<p>{}</p>\n", escaped(&title), escaped(&mock.sentence(earlier.last())));
    out.push_str(
        "<h2>Bands</h2>\n<table><thead><tr><th>Axis</th><th>Band</th><th></th><th>Before</th></tr></thead><tbody>\n",
    );
    for (axis, band) in Axis::ALL.into_iter().zip(mock.bands) {
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{band}</td><td>{}</td><td>{}</td></tr>",
            escaped(axis.name()),
            band_name(band),
            before(earlier, axis)
        );
    }
    out.push_str("</tbody></table>\n");
    for advice in mock.advice() {
        let _ = writeln!(out, "<p>{}</p>", escaped(advice));
    }
    out.push_str("<h2>Timeline</h2>\n<table><thead><tr><th>Question</th><th>Time</th><th>Of</th><th>Musts</th><th>Plus</th><th>Follow-ups</th></tr></thead><tbody>\n");
    for part in &mock.parts {
        let _ = write!(out, "<tr><td>{}</td>", escaped(&name(catalog, part)));
        for cell in cells(part) {
            let _ = write!(out, "<td>{cell}</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table>\n");
    for part in &mock.parts {
        let _ = writeln!(out, "<h2>{}</h2>", escaped(&name(catalog, part)));
        let missed = catalog.question(&part.question).map(|question| missed_points(question, part)).unwrap_or_default();
        if !missed.is_empty() {
            out.push_str("<h3>Not said</h3>\n<ul>\n");
            for text in &missed {
                let _ = writeln!(out, "<li>{}</li>", escaped(text));
            }
            out.push_str("</ul>\n");
        }
        if !part.follow_ups.is_empty() {
            out.push_str("<h3>Follow-ups</h3>\n<ul class=\"boxes\">\n");
            for rung in &part.follow_ups {
                let _ = writeln!(out, "<li>{} {}</li>", if rung.answered { '☑' } else { '☐' }, escaped(&rung.text));
            }
            out.push_str("</ul>\n");
        }
        written(&mut out, "Notes", &part.notes);
    }
    written(&mut out, "What I would do otherwise", &mock.remark);
    out.push_str(page_tail());
    out
}

/// The sheet for a second person who asks: the prompts with their key points and follow-ups, boxes to tick, the anchors.
pub fn sheet(catalog: &Catalog, sitting: &Sitting) -> String {
    let title = format!("Scoring sheet: {} minutes, {:?}", sitting.setup.length.minutes(), sitting.setup.level);
    let mut out = page_head(&title);
    let _ = writeln!(out, "<h1>{}</h1>", escaped(&title));
    out.push_str("<p class=\"faint\">For the one who asks. Read the prompt aloud, let them talk, tick what is said, push with the follow-ups. Do not help before they are stuck for half a minute.</p>\n");
    let phases = sitting.phases();
    for (index, asked) in sitting.asked.iter().enumerate() {
        let Some(question) = catalog.question(&asked.question) else { continue };
        let millis: u64 = phases.iter().filter(|phase| phase.part == Some(index)).map(|phase| phase.millis).sum();
        let kind = if asked.scenario { "Scenario" } else { "Probe" };
        let _ = write!(
            out,
            "<section class=\"keep\"><h2>{kind}: {}</h2>\n<p class=\"faint\">{}</p>\n<ul class=\"boxes\">\n",
            escaped(&question.prompt),
            clock(millis)
        );
        for point in question.answer.iter().flat_map(|answer| &answer.key_points) {
            let plus = if point.must { "" } else { " <span class=\"faint\">plus</span>" };
            let _ = writeln!(out, "<li>☐ {}{plus}</li>", escaped(&plain_of(&point.spans)));
        }
        out.push_str("</ul>\n");
        if !asked.follow_ups.is_empty() {
            out.push_str("<h3>Follow-ups</h3>\n<ul class=\"boxes\">\n");
            for text in &asked.follow_ups {
                let _ = writeln!(out, "<li>☐ {}</li>", escaped(text));
            }
            out.push_str("</ul>\n");
        }
        out.push_str("<div class=\"lines\"></div></section>\n");
    }
    anchors(&mut out);
    out.push_str(page_tail());
    out
}

/// The axes and their anchors with room to write, for a mock on any questions.
pub fn blank_sheet() -> String {
    let mut out = page_head("Scoring sheet");
    out.push_str("<h1>Scoring sheet</h1>\n<p>Name <span class=\"line\"></span> Day <span class=\"line\"></span></p>\n");
    for part in ["Scenario", "Probe 1", "Probe 2", "Probe 3", "Probe 4", "Probe 5", "Probe 6"] {
        let _ = writeln!(out, "<section class=\"keep\"><h3>{part}</h3><div class=\"lines\"></div></section>");
    }
    anchors(&mut out);
    out.push_str(page_tail());
    out
}

fn anchors(out: &mut String) {
    out.push_str("<h2>Bands</h2>\n<p class=\"faint\">Take the highest band of which every word is true.</p>\n");
    for axis in Axis::ALL {
        let _ = writeln!(out, "<section class=\"keep\"><h3>{}</h3>\n<ul class=\"boxes\">", escaped(axis.name()));
        for (band, anchor) in (1_u8..).zip(axis.anchors()) {
            let _ = writeln!(out, "<li>☐ <strong>{band} {}</strong> {}</li>", band_name(band), escaped(anchor));
        }
        out.push_str("</ul></section>\n");
    }
    out.push_str("<h3>One thing to keep, one thing to change</h3>\n<div class=\"lines\"></div>\n");
}

/// The musts, then the rest, that were not ticked, as plain text.
pub fn missed_points(question: &Question, part: &MockPart) -> Vec<String> {
    let points = || question.answer.iter().flat_map(|answer| &answer.key_points);
    let open = |must: bool| points().filter(move |point| point.must == must && !part.ticked.contains(&point.id));
    open(true)
        .map(|point| plain_of(&point.spans))
        .chain(open(false).map(|point| format!("{} (plus)", plain_of(&point.spans))))
        .collect()
}

fn title(mock: &Mock, offset_secs: i32) -> String {
    let day = Day::of(mock.began_at, offset_secs);
    format!("Mock of {day}: {} minutes, {:?}", mock.setup.length.minutes(), mock.setup.level)
}

fn name(catalog: &Catalog, part: &MockPart) -> String {
    catalog.question(&part.question).map_or_else(|| part.question.to_string(), |question| question.title.clone())
}

/// Time, time given, musts, plus, follow-ups.
fn cells(part: &MockPart) -> [String; 5] {
    let answered = part.follow_ups.iter().filter(|rung| rung.answered).count();
    [
        clock(part.took_millis),
        clock(part.allotted_millis),
        format!("{} of {}", part.musts_ticked, part.musts),
        format!("{} of {}", part.plus_ticked, part.plus),
        format!("{answered} of {}", part.follow_ups.len()),
    ]
}

fn before(earlier: &[Mock], axis: Axis) -> String {
    let bands: Vec<String> = earlier.iter().map(|mock| mock.bands[axis as usize].to_string()).collect();
    bands.join(", ")
}

fn clock(millis: u64) -> String {
    format!("{}:{:02}", millis / 60_000, millis / 1_000 % 60)
}

fn in_cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Every line as a quotation, so that what was typed cannot become a heading of the report.
fn quoted(text: &str) -> String {
    text.trim().lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

fn written(out: &mut String, heading: &str, text: &str) {
    if !text.trim().is_empty() {
        let _ =
            writeln!(out, "<h3>{heading}</h3>\n<p class=\"mine\">{}</p>", escaped(text.trim()).replace('\n', "<br>"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Level, embedded};
    use crate::ids::{QuestionId, TopicId};
    use crate::study::mock::{Asked, FollowUp, Length, Setup};
    use crate::time::Timestamp;

    const HOSTILE: &str = "# <script>alert(1)</script>\n| a | \"b\" & 'c'";

    fn setup() -> Setup {
        Setup { length: Length::Thirty, level: Level::Senior, topics: vec![TopicId::new("kafka")] }
    }

    fn mock(bands: [u8; 4]) -> Mock {
        let part = MockPart {
            question: QuestionId::new("kafka/isr"),
            scenario: true,
            allotted_millis: 840_000,
            took_millis: 905_000,
            notes: HOSTILE.into(),
            ticked: Vec::new(),
            musts: 5,
            musts_ticked: 0,
            plus: 2,
            plus_ticked: 0,
            follow_ups: vec![FollowUp { text: "<b>why</b>".into(), answered: true }],
            missed_cards: Vec::new(),
        };
        let gone = MockPart { question: QuestionId::new("kafka/gone|now"), ..part.clone() };
        Mock {
            setup: setup(),
            began_at: Timestamp(1_795_514_400_000),
            parts: vec![part, gone],
            bands,
            remark: HOSTILE.into(),
            took_millis: 1,
        }
    }

    #[test]
    fn a_report_says_it_all_and_lets_no_markup_in() {
        let (catalog, _) = embedded();
        let page = html(&catalog, &mock([1, 2, 3, 4]), &[mock([2, 2, 2, 2])], 0);
        assert!(!page.contains("<script") && !page.contains("<b>") && page.contains("&lt;script&gt;"), "{page}");
        assert!(page.contains("Mock of 2026-11-24") && page.contains("15:05"));
        assert!(page.contains("<h3>Not said</h3>"));
        let text = markdown(&catalog, &mock([1, 2, 3, 4]), &[mock([2, 2, 2, 2])], 0);
        assert!(text.contains("| Correctness and depth | 1 | Not yet | 2 |"), "{text}");
        assert!(text.contains("> # <script>"), "what was typed stays a quotation");
        assert!(text.contains("kafka/gone\\|now"), "content that is gone is named by its id");
        assert!(text.lines().filter(|line| line.starts_with("# ")).count() == 1);
    }

    #[test]
    fn a_sheet_has_every_prompt_and_every_anchor() {
        let (catalog, _) = embedded();
        let asked = vec![
            Asked::new(QuestionId::new("kafka/order-pipeline"), true, vec!["10× <traffic>".into()]),
            Asked::new(QuestionId::new("kafka/isr"), false, Vec::new()),
        ];
        let sheet = sheet(&catalog, &Sitting::begin(setup(), asked, Timestamp(0)));
        assert!(sheet.contains("10× &lt;traffic&gt;") && sheet.contains("What is ISR (in-sync replica)"));
        for axis in Axis::ALL {
            for anchor in axis.anchors() {
                assert!(sheet.contains(&escaped(anchor)), "{anchor}");
                assert!(blank_sheet().contains(&escaped(anchor)));
            }
        }
    }
}
