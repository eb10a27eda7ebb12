//! A Markdown folder: one file a question with front matter, scenes as SVG, my answer beside the model's. Names are
//! stable and nothing in a file depends on the day, so that a diff shows only what changed.

use std::fmt::Write as _;

use super::{Scope, cards, svg};
use crate::catalog::{Catalog, Question, SceneFile, Section};
use crate::ids::{NoteId, QuestionId};
use crate::scene::{self, Placed, Scene};
use crate::study::Progress;
use crate::theme::Palette;

/// Every file with its path in the folder and its text.
pub fn files(catalog: &Catalog, progress: &Progress, scope: &Scope) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut index = "# Whetstone\n".to_owned();
    for topic in scope.topics(catalog) {
        let _ = write!(index, "\n## {}\n", topic.full_title);
        let note = NoteId::topic(&topic.id);
        if let Some(text) = cards::free_note(progress, &note).filter(|_| scope.has_note(&note)) {
            // No question has such a name.
            let path = format!("{}/_notes.md", topic.id);
            let _ = writeln!(index, "\n[My notes]({path})");
            out.push((path, format!("# My notes on {}\n\n{text}\n", topic.title)));
        }
        for subtopic in &topic.subtopics {
            let _ = write!(index, "\n### {}\n\n", subtopic.title);
            for question in subtopic.questions.iter().filter(|question| scope.has(&question.id)) {
                let _ = writeln!(index, "- [{}]({}.md)", question.title, question.id);
                out.push((format!("{}.md", question.id), page(catalog, progress, question)));
                if let Some(diagram) = progress.question(&question.id).and_then(|state| state.diagram.as_ref()) {
                    out.push((diagram_file(&question.id), svg::sketch(diagram, topic.hue, &Palette::light())));
                }
            }
        }
    }
    for (id, file) in &catalog.scenes {
        let wanted = match scope {
            Scope::All => true,
            Scope::Topic(topic) => id.as_str().split('/').next() == Some(topic.as_str()),
            Scope::Question(only) => catalog.question(only).is_some_and(|asked| asked.scene.as_ref() == Some(id)),
        };
        if wanted {
            out.extend(pictures(id.as_str(), file));
        }
    }
    let scratch = NoteId::scratch();
    if let Some(text) = cards::free_note(progress, &scratch).filter(|_| scope.has_note(&scratch)) {
        index.push_str("\n[Scratchpad](_scratchpad.md)\n");
        out.push(("_scratchpad.md".to_owned(), format!("# Scratchpad\n\n{text}\n")));
    }
    out.push(("README.md".to_owned(), index));
    out
}

fn pictures(id: &str, file: &SceneFile) -> Vec<(String, String)> {
    let placed = Placed::of(&file.scene, &scene::width_of);
    let palette = Palette::light();
    let draw = |step| svg::svg(&file.scene, &placed, step, file.hue, &palette);
    file.scene.steps.iter().enumerate().map(|(index, step)| (picture(id, &step.id), draw(index))).collect()
}

/// The reader's own diagram, beside the question's file.
fn diagram_file(question: &QuestionId) -> String {
    format!("{question}.mine.svg")
}

fn picture(scene: &str, step: &str) -> String {
    format!("{scene}.{step}.svg")
}

fn page(catalog: &Catalog, progress: &Progress, question: &Question) -> String {
    let mut out = String::from("---\n");
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let _ = writeln!(out, "id: {}", question.id);
    let _ = writeln!(out, "title: {}", quoted(&question.title));
    let _ = writeln!(out, "level: {:?}", question.level);
    let _ = writeln!(out, "minutes: {}", question.minutes);
    let tags: Vec<String> = question.tags.iter().map(|tag| quoted(tag)).collect();
    let _ = writeln!(out, "tags: [{}]", tags.join(", "));
    if let Some(as_of) = &question.as_of {
        let _ = writeln!(out, "as_of: {as_of}");
    }
    let state = progress.question(&question.id);
    if let Some(confidence) = state.and_then(|state| state.confidence) {
        let _ = writeln!(out, "confidence: {}", confidence.word());
    }
    let _ = write!(out, "---\n\n# {}\n", question.prompt);
    if let Some(note) = state.and_then(|state| state.note.as_deref()).filter(|note| !note.trim().is_empty()) {
        let _ = write!(out, "\n## My answer\n\n{}\n", note.trim_end());
    }
    if state.is_some_and(|state| state.diagram.is_some()) {
        let file = diagram_file(&question.id);
        let name = file.split_once('/').map_or(file.as_str(), |(_, name)| name);
        let _ = write!(out, "\n## My diagram\n\n![My diagram]({name})\n");
    }
    for (index, (front, back)) in cards::own(progress, &question.id).enumerate() {
        if index == 0 {
            out.push_str("\n## My cards\n");
        }
        let _ = write!(out, "\n### {}\n\n{}\n", front.trim().replace('\n', " "), back.trim());
    }
    let Some(answer) = &question.answer else {
        out.push_str("\n_No model answer yet._\n");
        return out;
    };
    for section in Section::ALL {
        let Some(text) = answer.sources_of.get(&section) else { continue };
        let _ = write!(out, "\n## {}\n\n{}\n", section.title(), relinked(catalog, question, &deeper(text)));
        if section == Section::Explain
            && let Some(file) = catalog.scene_of(question)
            && let Some(id) = &question.scene
        {
            out.push_str(&steps(question, id.as_str(), &file.scene));
        }
    }
    out.push_str("\n## Sources\n\n");
    for source in &question.sources {
        let _ = writeln!(out, "- [{}]({})", source.title, source.url);
    }
    out
}

/// The scene's steps as pictures with their captions.
fn steps(question: &Question, scene_id: &str, scene: &Scene) -> String {
    let up = if scene_id.starts_with(question.id.topic().as_str()) { "" } else { "../" };
    let mut out = String::new();
    for step in &scene.steps {
        let path = picture(scene_id, &step.id);
        let path = if up.is_empty() {
            path.split_once('/').map_or(path.as_str(), |(_, name)| name).to_owned()
        } else {
            format!("{up}{path}")
        };
        let _ = write!(out, "\n![{}]({path})\n\n{}\n", step.id, step.says);
    }
    out
}

/// Headings one level down, since the file's first heading is the prompt; code is left alone.
fn deeper(text: &str) -> String {
    let mut fenced = false;
    let mut out = String::new();
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if !fenced && line.starts_with("##") {
            out.push('#');
        }
        out.push_str(line);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

/// Links between questions and into scenes as links between files.
fn relinked(catalog: &Catalog, question: &Question, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("](") {
        let (before, after) = rest.split_at(start + 2);
        out.push_str(before);
        let Some(end) = after.find(')') else {
            rest = after;
            continue;
        };
        let (url, tail) = after.split_at(end);
        match crate::text::Link::parse(url) {
            crate::text::Link::Question(id) => {
                let _ = write!(out, "../{id}.md");
            }
            crate::text::Link::Scene { name, target } => {
                let id = question.scene_named(&name);
                let step = match target {
                    crate::text::SceneTarget::Step(step) => Some(step),
                    _ => catalog.scenes.get(&id).and_then(|file| Some(file.scene.steps.first()?.id.clone())),
                };
                let _ = write!(out, "../{}", picture(id.as_str(), &step.unwrap_or_default()));
            }
            _ => out.push_str(url),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}
