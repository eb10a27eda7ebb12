//! The evening pack as a page that prints on A4 and Letter. Whatever the reader wrote is escaped.

use std::fmt::Write as _;

use super::html::{blocks, page_head, page_tail};
use super::svg::escaped;
use crate::catalog::{Catalog, Question};
use crate::ids::QuestionId;
use crate::study::Progress;
use crate::study::evening::Pack;
use crate::text::{self, plain_of};

pub fn page(catalog: &Catalog, progress: &Progress, pack: &Pack) -> String {
    let mut out = page_head("The evening before");
    let _ = write!(
        out,
        "<h1>The evening before</h1>\n<p class=\"faint\">{:.0} minutes, nothing new. Then stop, and sleep.</p>\n",
        pack.minutes().ceil()
    );
    let questions = |ids: &[QuestionId]| ids.iter().filter_map(|id| catalog.question(id)).cloned().collect::<Vec<_>>();
    if !pack.wrong.is_empty() {
        out.push_str("<h2>Sure, but wrong this week</h2>\n");
        for question in questions(&pack.wrong) {
            out.push_str("<section class=\"keep\">\n");
            let _ = writeln!(out, "<h3>{}</h3>", escaped(&question.prompt));
            musts(&mut out, &question);
            out.push_str("</section>\n");
        }
    }
    if !pack.cards.is_empty() {
        out.push_str("<h2>Fading among the musts</h2>\n<table><tbody>\n");
        for (id, recall) in &pack.cards {
            let Some(card) = catalog.card(id) else { continue };
            let own = progress.card(id).and_then(|state| state.words.as_ref());
            let (front, back) = own.map_or_else(
                || (card.front.clone(), card.back.clone()),
                |(front, back)| (text::parse(front), text::parse(back)),
            );
            out.push_str("<tr><td>");
            blocks(&mut out, &front.blocks);
            out.push_str("</td><td>");
            blocks(&mut out, &back.blocks);
            let _ = writeln!(out, "</td><td class=\"faint\">{:.0} %</td></tr>", recall * 100.0);
        }
        out.push_str("</tbody></table>\n");
    }
    if !pack.pairs.is_empty() {
        out.push_str("<h2>Easily confused</h2>\n<table><tbody>\n");
        for (one, other) in &pack.pairs {
            let pair = questions(&[one.clone(), other.clone()]);
            out.push_str("<tr>");
            for question in &pair {
                let _ = write!(out, "<td><strong>{}</strong>", escaped(&question.title));
                musts(&mut out, question);
                out.push_str("</td>");
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table>\n");
    }
    for page in &pack.pages {
        let topic = catalog.topic(&page.topic).map_or_else(|| page.topic.to_string(), |topic| topic.title.clone());
        let _ = writeln!(out, "<article>\n<h2>My notes: {}</h2>", escaped(&topic));
        for (id, note) in &page.notes {
            let title = catalog.question(id).map_or_else(|| id.to_string(), |question| question.title.clone());
            let _ = writeln!(out, "<h3>{}</h3>", escaped(&title));
            blocks(&mut out, &text::parse(note).blocks);
        }
        out.push_str("</article>\n");
    }
    out.push_str(page_tail());
    out
}

fn musts(out: &mut String, question: &Question) {
    out.push_str("<ul>\n");
    let points = question.answer.iter().flat_map(|answer| &answer.key_points);
    for point in points.filter(|point| point.must) {
        let _ = writeln!(out, "<li>{}</li>", escaped(&plain_of(&point.spans)));
    }
    out.push_str("</ul>\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::embedded;
    use crate::study::evening::Page;

    #[test]
    fn the_page_has_every_part_and_lets_no_markup_in() {
        let (catalog, _) = embedded();
        let isr = QuestionId::new("kafka/isr");
        let card = catalog.question(&isr).unwrap().cards()[0].id.clone();
        let hostile = "<script>alert(1)</script> & mine".to_owned();
        let pack = Pack {
            wrong: vec![isr.clone()],
            cards: vec![(card, 0.62)],
            pairs: vec![(isr.clone(), QuestionId::new("kafka/replication"))],
            pages: vec![Page { topic: isr.topic(), notes: vec![(isr, hostile)] }],
            ..Pack::default()
        };
        let page = page(&catalog, &Progress::default(), &pack);
        for heading in ["Sure, but wrong this week", "Fading among the musts", "Easily confused", "My notes: Kafka"] {
            assert!(page.contains(heading), "{heading}");
        }
        assert!(page.contains("62 %") && page.contains("@page"));
        assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"));
    }
}
