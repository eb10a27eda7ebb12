//! What ships has no problem; what is broken is named with its place and breaks nothing else.

use std::borrow::Cow;
use std::fs;

use whetstone::catalog::{self, ContentFile, check};

/// The list of questions, verbatim and in order.
const PROMPTS: &str = include_str!("vectors/prompts.txt");

#[test]
fn what_ships_has_no_problem() {
    let (_, report) = check::check(&catalog::embedded_files());
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_150_prompts_are_verbatim_and_in_order() {
    let (catalog, _) = catalog::embedded();
    let mut lines = Vec::new();
    for topic in &catalog.topics {
        lines.push(format!("# {}", topic.full_title));
        assert!((4..=7).contains(&topic.subtopics.len()), "{}", topic.id);
        lines.extend(topic.subtopics.iter().flat_map(|subtopic| &subtopic.questions).map(|q| q.prompt.clone()));
    }
    assert_eq!(lines.join("\n"), PROMPTS.trim_end());
    assert_eq!(catalog.questions().count(), 150);
}

fn file(path: &str, text: &str) -> ContentFile {
    ContentFile { path: path.to_owned(), bytes: Some(Cow::Owned(text.as_bytes().to_vec())) }
}

const TOPIC: &str = r#"(title: "T", full_title: "T", subtopics: [(title: "S", questions: ["a", "b"])])"#;

fn stub(id: &str) -> String {
    format!("+++\n(id: \"{id}\", title: \"A\", prompt: \"Why {id}?\", level: Core, minutes: 2)\n+++\n")
}

fn problems_with(extra: ContentFile) -> (usize, Vec<String>) {
    let files = [file("t/topic.ron", TOPIC), file("t/a.md", &stub("t/a")), extra];
    let (catalog, report) = check::check(&files);
    (catalog.questions().count(), report.problems.iter().map(ToString::to_string).collect())
}

#[test]
fn whatever_is_broken_is_named_and_the_rest_is_there() {
    let deep = format!("({}", "[".repeat(100_000));
    let cases: Vec<(&str, ContentFile, &str)> = vec![
        (
            "bad UTF-8",
            ContentFile { path: "t/b.md".into(), bytes: Some(Cow::Borrowed(b"+++\n\xff")) },
            "t/b.md:2:1: bytes",
        ),
        ("too large", ContentFile { path: "t/b.md".into(), bytes: None }, "t/b.md:1:1: a file too large"),
        ("no front matter", file("t/b.md", "# Say it\n"), "t/b.md:1:1: no front matter"),
        ("an open front matter", file("t/b.md", "+++\n(id: \"t/b\""), "front matter without an end"),
        ("RON nonsense", file("t/b.md", "+++\n(id: \"t/b\", title: 7)\n+++\n"), "t/b.md:2:"),
        ("another id", file("t/b.md", &stub("t/a")), "the id `t/a`"),
        ("a deep scene", file("t/b.ron", &deep), "t/b.ron:1:"),
        ("an unknown section", file("t/b.md", &(stub("t/b") + "# Sya it\nx\n")), "a section called `Sya it`"),
        ("text before a section", file("t/b.md", &(stub("t/b") + "x\n")), "text before the first section"),
        ("half an answer", file("t/b.md", &(stub("t/b") + "# Say it\nShort.\n")), "1 words in `Say it`"),
    ];
    for (name, extra, expected) in cases {
        let (questions, problems) = problems_with(extra);
        assert!(questions >= 1, "{name}: the good question is gone");
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{name}: {problems:?}");
    }
}

#[test]
fn a_cycle_of_related_questions_is_no_problem_and_a_dead_end_is() {
    let related = |id: &str, to: &str| {
        let front =
            format!("id: \"{id}\", title: \"A\", prompt: \"Why {id}?\", level: Core, minutes: 2, related: [\"{to}\"]");
        file(&format!("{id}.md"), &format!("+++\n({front})\n+++\n"))
    };
    let files = [file("t/topic.ron", TOPIC), related("t/a", "t/b"), related("t/b", "t/a")];
    assert_eq!(check::check(&files).1.problems, []);
    let files = [file("t/topic.ron", TOPIC), related("t/a", "t/gone"), related("t/b", "t/a")];
    let problems = check::check(&files).1.problems;
    assert!(problems[0].found.contains("`t/gone`"), "{problems:?}");
}

#[test]
fn the_ledger_guards_the_ids() {
    let base = || vec![file("t/topic.ron", TOPIC), file("t/a.md", &stub("t/a")), file("t/b.md", &stub("t/b"))];
    let found = |ledger: &str| {
        let mut files = base();
        files.push(file("ledger.txt", ledger));
        check::check(&files).1.problems.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(found("t/a\nt/b\n"), Vec::<String>::new());
    assert!(found("t/a\nt/b\nt/lost\n")[0].starts_with("ledger.txt:3:1: `t/lost`"));
    assert!(found("- t/a 2026-01\nt/b\n")[0].contains("retired id `t/a`"));
    assert!(found("t/a\n")[0].contains("the ledger does not know"));
}

#[test]
fn a_folder_is_read_like_what_ships() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("questions");
    let from_folder = catalog::files_in(&folder).unwrap();
    let embedded = catalog::embedded_files();
    assert_eq!(
        from_folder.iter().map(|file| &file.path).collect::<Vec<_>>(),
        embedded.iter().map(|file| &file.path).collect::<Vec<_>>()
    );
}

#[test]
fn a_folder_with_an_absurd_file_is_read_without_it() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("t")).unwrap();
    fs::write(dir.path().join("t/topic.ron"), TOPIC).unwrap();
    fs::write(dir.path().join("t/a.md"), stub("t/a")).unwrap();
    let big = fs::File::create(dir.path().join("t/b.md")).unwrap();
    big.set_len(50 * 1024 * 1024).unwrap();
    let (catalog, report) = check::check(&catalog::files_in(dir.path()).unwrap());
    assert_eq!(catalog.questions().count(), 1);
    assert!(report.problems.iter().any(|problem| problem.found.contains("too large")), "{:?}", report.problems);
}
