//! One self-contained HTML file that prints well on A4 and Letter. Everything a reader or an author can write is escaped.

use std::fmt::Write as _;

use super::svg::{self, escaped};
use super::{Scope, cards};
use crate::catalog::{Catalog, Question, Section};
use crate::ids::NoteId;
use crate::scene::{self, Placed};
use crate::study::Progress;
use crate::text::{self, Block, BlockKind, Link, Span};
use crate::theme::{Hue, Palette, Role};

/// The page.
pub fn page(catalog: &Catalog, progress: &Progress, scope: &Scope) -> String {
    let palette = Palette::light();
    let mut out = page_head("Whetstone");
    out.push_str("<h1>Whetstone</h1>\n<nav>\n");
    for topic in scope.topics(catalog) {
        let _ = write!(out, "<h2>{}</h2>\n<ul>\n", escaped(&topic.full_title));
        for question in scope.questions(topic) {
            let _ = writeln!(
                out,
                "<li><a href=\"#{}\">{}</a></li>",
                anchor(question.id.as_str()),
                escaped(&question.title)
            );
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</nav>\n");
    for topic in scope.topics(catalog) {
        let note = NoteId::topic(&topic.id);
        if scope.has_note(&note) {
            note_html(&mut out, progress, &note, &format!("My notes on {}", topic.title));
        }
        for question in scope.questions(topic) {
            question_html(&mut out, catalog, progress, question, &palette);
        }
    }
    let scratch = NoteId::scratch();
    if scope.has_note(&scratch) {
        note_html(&mut out, progress, &scratch, "Scratchpad");
    }
    out.push_str(page_tail());
    out
}

/// What every page begins with, up to its first heading.
pub(super) fn page_head(title: &str) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    let _ = write!(out, "<meta name=\"viewport\" content=\"width=device-width\"><title>{}</title>", escaped(title));
    let _ = writeln!(out, "<style>{}</style></head><body><main>", style(&Palette::light()));
    out
}

pub(super) const fn page_tail() -> &'static str {
    "</main></body></html>\n"
}

fn style(palette: &Palette) -> String {
    let hex = |role| palette.rgb(role).hex();
    format!(
        "body{{margin:0;background:{ground};color:{body};font:16px/1.55 Inter,system-ui,sans-serif}}\
         main{{max-width:44rem;margin:0 auto;padding:2rem 1.25rem}}\
         h1,h2,h3,h4{{color:{ink};line-height:1.25}}h1{{font-size:1.7rem}}h2{{font-size:1.4rem}}h3{{font-size:1.1rem}}\
         a{{color:{accent}}}code,pre{{font:.86em/1.45 'JetBrains Mono',ui-monospace,monospace;background:{code}}}\
         code{{padding:.1em .3em;border-radius:4px}}pre{{padding:.8rem 1rem;border-radius:8px;overflow-x:auto}}\
         pre code{{padding:0;background:none}}table{{border-collapse:collapse;width:100%;font-size:.92em}}\
         th,td{{text-align:left;vertical-align:top;padding:.4em .8em .4em 0;border-bottom:1px solid {line}}}\
         article{{border-top:1px solid {line};margin-top:3rem;padding-top:1rem}}.faint{{color:{faint};font-size:.9em}}\
         .mine{{background:{surface};border:1px solid {line};border-radius:9px;padding:.5rem 1rem}}\
         .boxes{{list-style:none;padding-left:0}}.boxes li{{margin:.35em 0;padding-left:1.5em;text-indent:-1.5em}}\
         .line{{display:inline-block;width:14rem;border-bottom:1px solid {line}}}.keep{{break-inside:avoid}}\
         .lines{{height:4.8rem;background:repeating-linear-gradient(transparent 0 1.5rem,{line} 1.5rem calc(1.5rem + 1px))}}\
         figure{{margin:1rem 0;break-inside:avoid}}figure svg{{max-width:100%;height:auto}}\
         @page{{margin:18mm}}@media print{{body{{background:#fff;font-size:10.5pt}}main{{max-width:none;padding:0}}\
         nav{{break-after:page}}article{{break-before:page;border:0;margin:0}}h3,h4{{break-after:avoid}}\
         pre,table,li{{break-inside:avoid}}pre{{white-space:pre-wrap}}a{{color:inherit;text-decoration:none}}}}",
        ground = hex(Role::Ground),
        body = hex(Role::Body),
        ink = hex(Role::Ink),
        accent = hex(Role::Accent),
        code = hex(Role::Code),
        line = hex(Role::Line),
        faint = hex(Role::Faint),
        surface = hex(Role::Surface),
    )
}

fn anchor(id: &str) -> String {
    escaped(&id.replace(['/', '#'], "-"))
}

/// A note that is on no question, if anything stands in it.
fn note_html(out: &mut String, progress: &Progress, note: &NoteId, title: &str) {
    if let Some(text) = cards::free_note(progress, note) {
        let _ = write!(out, "<article class=\"mine\">\n<h2>{}</h2>\n", escaped(title));
        blocks(out, &text::parse_note(text).blocks);
        out.push_str("</article>\n");
    }
}

fn card_rows<'a>(out: &mut String, cards: impl Iterator<Item = (&'a [Block], &'a [Block])>) {
    out.push_str("<table><tbody>\n");
    for (front, back) in cards {
        out.push_str("<tr><td>");
        blocks(out, front);
        out.push_str("</td><td>");
        blocks(out, back);
        out.push_str("</td></tr>\n");
    }
    out.push_str("</tbody></table>\n");
}

fn question_html(out: &mut String, catalog: &Catalog, progress: &Progress, question: &Question, palette: &Palette) {
    let _ = write!(out, "<article id=\"{}\">\n<h2>{}</h2>\n", anchor(question.id.as_str()), escaped(&question.prompt));
    let as_of = question.as_of.as_ref().map_or_else(String::new, |as_of| format!(", as of {}", escaped(as_of)));
    let _ = writeln!(out, "<p class=\"faint\">{:?}, {} min{as_of}</p>", question.level, question.minutes);
    let state = progress.question(&question.id);
    let note = state.and_then(|state| state.note.as_deref());
    if let Some(note) = note.filter(|note| !note.trim().is_empty()) {
        out.push_str("<section class=\"mine\"><h3>My answer</h3>\n");
        blocks(out, &text::parse(note).blocks);
        out.push_str("</section>\n");
    }
    if let Some(diagram) = state.and_then(|state| state.diagram.as_ref()) {
        let picture = svg::sketch(diagram, Hue::of_topic(question.id.topic().as_str()), palette);
        let _ = writeln!(
            out,
            "<figure class=\"mine\">{picture}<figcaption class=\"faint\">My diagram</figcaption></figure>"
        );
    }
    let own: Vec<_> = cards::own(progress, &question.id).map(|(a, b)| (text::parse(a), text::parse(b))).collect();
    if !own.is_empty() {
        out.push_str("<section class=\"mine\"><h3>My cards</h3>\n");
        card_rows(out, own.iter().map(|(front, back)| (&*front.blocks, &*back.blocks)));
        out.push_str("</section>\n");
    }
    let Some(answer) = &question.answer else {
        out.push_str("<p>No model answer yet.</p></article>\n");
        return;
    };
    for section in Section::ALL {
        let Some(source) = answer.sources_of.get(&section).filter(|_| section != Section::Cards) else { continue };
        let _ = writeln!(out, "<h3>{}</h3>", section.title());
        match section {
            Section::KeyPoints => {
                out.push_str("<ul>\n");
                for point in &answer.key_points {
                    out.push_str("<li>");
                    spans(out, &point.spans);
                    out.push_str(if point.must { "</li>\n" } else { " <span class=\"faint\">plus</span></li>\n" });
                }
                out.push_str("</ul>\n");
            }
            _ => match answer.doc(section) {
                Some(doc) => blocks(out, &doc.blocks),
                None => blocks(out, &text::parse(source).blocks),
            },
        }
        if section == Section::Explain
            && let Some(file) = catalog.scene_of(question)
        {
            let placed = Placed::of(&file.scene, &scene::width_of);
            for (index, step) in file.scene.steps.iter().enumerate() {
                let picture = svg::svg(&file.scene, &placed, index, file.hue, palette);
                let says = escaped(&step.says);
                let _ = writeln!(
                    out,
                    "<figure>{picture}<figcaption class=\"faint\">{}. {says}</figcaption></figure>",
                    index + 1
                );
            }
        }
    }
    out.push_str("<h3>Cards</h3>\n");
    card_rows(out, answer.cards.iter().map(|card| (&*card.front.blocks, &*card.back.blocks)));
    out.push_str("<h3>Sources</h3>\n<ul>\n");
    for source in &question.sources {
        let _ = writeln!(out, "<li><a href=\"{}\">{}</a></li>", escaped(&source.url), escaped(&source.title));
    }
    out.push_str("</ul>\n</article>\n");
}

pub(super) fn blocks(out: &mut String, all: &[Block]) {
    for block in all {
        match &block.kind {
            BlockKind::Heading { level, spans: text } => {
                // The page's own headings go down to h3.
                let level = (level + 2).clamp(4, 6);
                let _ = write!(out, "<h{level}>");
                spans(out, text);
                let _ = writeln!(out, "</h{level}>");
            }
            BlockKind::Paragraph(text) => {
                out.push_str("<p>");
                spans(out, text);
                out.push_str("</p>\n");
            }
            BlockKind::Code { text, .. } => {
                let _ = writeln!(out, "<pre><code>{}</code></pre>", escaped(text));
            }
            BlockKind::List { start, items } => {
                let tag = if start.is_some() { "ol" } else { "ul" };
                let _ = writeln!(out, "<{tag}>");
                for item in items {
                    out.push_str("<li>");
                    out.push_str(match item.checked {
                        Some(true) => "☑ ",
                        Some(false) => "☐ ",
                        None => "",
                    });
                    blocks(out, &item.blocks);
                    out.push_str("</li>\n");
                }
                let _ = writeln!(out, "</{tag}>");
            }
            BlockKind::Table { head, rows } => {
                out.push_str("<table><thead><tr>");
                for cell in head {
                    out.push_str("<th>");
                    spans(out, cell);
                    out.push_str("</th>");
                }
                out.push_str("</tr></thead><tbody>\n");
                for row in rows {
                    out.push_str("<tr>");
                    for cell in row {
                        out.push_str("<td>");
                        spans(out, cell);
                        out.push_str("</td>");
                    }
                    out.push_str("</tr>\n");
                }
                out.push_str("</tbody></table>\n");
            }
            BlockKind::Quote(inner) => {
                out.push_str("<blockquote>");
                blocks(out, inner);
                out.push_str("</blockquote>\n");
            }
            BlockKind::Rule => out.push_str("<hr>\n"),
        }
    }
}

fn spans(out: &mut String, all: &[Span]) {
    for span in all {
        let href = match &span.link {
            Some(Link::Web(url)) => Some(escaped(url)),
            Some(Link::Question(id)) => Some(format!("#{}", anchor(id))),
            _ => None,
        };
        if let Some(href) = &href {
            let _ = write!(out, "<a href=\"{href}\">");
        }
        let tags: Vec<&str> = [
            (span.style.code, "code"),
            (span.style.strong, "strong"),
            (span.style.emphasis, "em"),
            (span.style.strike, "s"),
        ]
        .into_iter()
        .filter_map(|(on, tag)| on.then_some(tag))
        .collect();
        for tag in &tags {
            let _ = write!(out, "<{tag}>");
        }
        out.push_str(&escaped(&span.text).replace('\n', "<br>"));
        for tag in tags.iter().rev() {
            let _ = write!(out, "</{tag}>");
        }
        if href.is_some() {
            out.push_str("</a>");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_reader_writes_becomes_markup() {
        let mut out = String::new();
        let hostile =
            "[x](javascript:alert(1)) `<img onerror=1>`\n\n<script>alert(1)</script>\n\n<b onclick=\"x\">y</b>";
        blocks(&mut out, &text::parse(hostile).blocks);
        for bad in ["<script", "<img", "<b ", "javascript:"] {
            assert!(!out.contains(bad), "{bad} in {out}");
        }
        assert!(out.contains("&lt;script&gt;"));
    }
}
