//! A reader's folders beside the content: own topics, overlays, what is told, what a reload keeps.

use std::borrow::Cow;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::ids::{QuestionId, TopicId};

const TOPIC: &str = r#"(title: "T", full_title: "The topic", subtopics: [(title: "S", questions: ["a"])])"#;

const SCENE: &str = r#"(title: "S", nodes: [(id: "x", kind: Broker, label: "X", at: (0, 0))],
    steps: [(id: "one", says: "It is."), (id: "two", says: "It goes.", mark: {"x": Down})])"#;

const QUESTION: &str = r#"+++
(id: "t/a", title: "A", prompt: "Why a?", level: Core, minutes: 2, scene: Some("s"), tags: ["old"],
 sources: [(title: "One", url: "https://example.org/1")])
+++

# Say it

Because [of one](scene:s#one).

# Key points

- [must] It is. {is}
- [plus] It is twice. {is}

# Explain

The mechanism.

# Cards

## is · core
Q: Is it?
A: It is.

## goes · deep · predict(s#two)
Q: What then?
A: It goes.
"#;

fn file(path: &str, text: &str) -> ContentFile {
    ContentFile { path: path.to_owned(), bytes: Some(Cow::Owned(text.as_bytes().to_vec())) }
}

fn base() -> Folder {
    Folder::base(&[file("t/topic.ron", TOPIC), file("t/s.ron", SCENE), file("t/a.md", QUESTION)])
}

fn beside(files: &[(&str, &str)]) -> (Catalog, Vec<String>) {
    let files: Vec<_> = files.iter().map(|(path, text)| file(path, text)).collect();
    let (catalog, problems) = assemble(base(), vec![Folder::own(Path::new("/own"), &files)]);
    (catalog, problems.iter().map(ToString::to_string).collect())
}

fn own(id: &str) -> String {
    format!(
        "+++\n(id: \"{id}\", title: \"Mine\", prompt: \"Why {id}?\", level: Core, minutes: 2, related: [\"t/a\"])\n+++\n"
    )
}

fn amending(front: &str, sections: &str) -> String {
    format!("+++\n(amends: \"t/a\", {front})\n+++\n{sections}")
}

fn question(catalog: &Catalog) -> &Question {
    catalog.question(&QuestionId::new("t/a")).unwrap()
}

#[test]
fn a_topic_of_ones_own_needs_no_list_and_follows_the_shipped_ones() {
    let listed = r#"(title: "B", full_title: "B", subtopics: [(title: "First", questions: ["two"])])"#;
    let (catalog, problems) = beside(&[
        ("system-design/one.md", &own("system-design/one")),
        ("b/topic.ron", listed),
        ("b/one.md", &own("b/one")),
        ("b/two.md", &own("b/two")),
    ]);
    assert_eq!(problems, Vec::<String>::new());
    let titles: Vec<_> = catalog.topics.iter().map(|topic| topic.title.as_str()).collect();
    assert_eq!(titles, ["T", "B", "System design"]);
    let subtopics: Vec<_> = catalog.topics[1].subtopics.iter().map(|subtopic| subtopic.title.as_str()).collect();
    assert_eq!(subtopics, ["First", "More"]);
    let one = catalog.question(&QuestionId::new("b/one")).unwrap();
    assert!(one.own && one.file == "/own/b/one.md");
}

#[test]
fn what_shipped_first_keeps_its_name_and_the_other_is_told() {
    let (catalog, problems) = beside(&[
        ("t/topic.ron", TOPIC),
        ("t/s.ron", SCENE),
        ("t/a.md", &own("t/a")),
        ("t/new.md", &own("t/new")),
        ("imported/x.md", &own("imported/x")),
        ("Bad Name/x.md", &own("Bad Name/x")),
    ]);
    assert_eq!(question(&catalog).prompt, "Why a?");
    assert_eq!(catalog.questions().count(), 1);
    let expected = [
        "/own/Bad Name/x.md:1:1: the name `Bad Name`",
        "/own/imported/x.md:1:1: a question in `imported`",
        "/own/t/a.md:2:2: a question in the topic `t`, which t/topic.ron has already",
        "/own/t/new.md:2:2: a question in the topic `t`",
        "/own/t/s.ron:1:1: the scene `t/s`, which t/s.ron has already",
        "/own/t/topic.ron:1:1: the topic `t`, which t/topic.ron has already",
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (problem, start) in problems.iter().zip(expected) {
        assert!(problem.starts_with(start), "{problem}");
    }
}

#[test]
fn own_questions_are_held_to_what_works_and_to_no_length() {
    let text = own("b/one").replace("t/a", "t/gone") + "# Say it\n\nShort. [There](question:t/lost)\n";
    let (_, problems) = beside(&[("b/one.md", &text)]);
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert!(problems[0].contains("`t/gone`") && problems[1].contains("`t/lost`"), "{problems:#?}");
}

#[test]
fn an_overlay_replaces_and_adds_without_copying() {
    let is = "## is · core\nQ: Is it truly?\nA: Truly.\n\n## my-why · deep\nQ: Why?\nA: So.\n";
    let sections = format!(
        "# Key points · add\n\n- [plus] Thrice. {{is}}\n- [plus] Why. {{my-why}}\n\n# Explain\n\nMine.\n\n# Cards\n\n{is}"
    );
    let front = r#"tags: ["mine"], sources: [(title: "Two", url: "https://example.org/2")]"#;
    let (catalog, problems) = beside(&[("t/a.md", &amending(front, &sections))]);
    assert_eq!(problems, Vec::<String>::new());
    let question = question(&catalog);
    let answer = question.answer.as_ref().unwrap();
    assert_eq!(answer.explain.plain(), "Mine.");
    assert_eq!(answer.say_it.plain(), "Because of one.");
    let points: Vec<_> = answer.key_points.iter().map(|point| point.id.as_str()).collect();
    assert_eq!(points, ["is", "is-2", "is-3", "my-why"]);
    let cards: Vec<_> = answer.cards.iter().map(|card| (card.id.as_str(), card.back_source.as_str())).collect();
    assert_eq!(cards, [("t/a#is", "Truly."), ("t/a#goes", "It goes."), ("t/a#my-why", "So.")]);
    assert!(answer.sources_of[&Section::Cards].contains("Is it truly?\nA: Truly.\n\n## goes"));
    assert_eq!((question.tags.len(), question.sources.len()), (2, 2));
    let amended = question.amended.as_ref().unwrap();
    assert_eq!(amended.shipped.answer.as_ref().unwrap().explain.plain(), "The mechanism.");
    let parts: Vec<_> = amended.by[0].parts.iter().map(String::as_str).collect();
    assert_eq!(parts, ["Key points · add", "Explain", "#is", "#my-why", "tags", "sources"]);
}

#[test]
fn the_text_of_the_cards_says_what_the_cards_say() {
    let crlf = QUESTION.replace("Q: Is it?", "Q:Is it?").replace('\n', "\r\n");
    let sections =
        "# Cards\n\n## is · deep · predict(s#two)\nQ: Is it truly?\nA: Truly.\n\n## my-why · core\nQ: Why?\nA: So.\n";
    for (base, overlay) in [(crlf.as_str(), sections.to_owned()), (QUESTION, sections.replace('\n', "\r\n"))] {
        let base = Folder::base(&[file("t/topic.ron", TOPIC), file("t/s.ron", SCENE), file("t/a.md", base)]);
        let own = Folder::own(Path::new("/own"), &[file("t/a.md", &amending("", &overlay))]);
        let (catalog, problems) = assemble(base, vec![own]);
        assert_eq!(problems, []);
        let text = question(&catalog).answer.as_ref().unwrap().sources_of[&Section::Cards].replace("\r\n", "\n");
        let expected = "## is · deep · predict(s#two)\nQ: Is it truly?\nA: Truly.\n\n\
            ## goes · deep · predict(s#two)\nQ: What then?\nA: It goes.\n\n\
            ## my-why · core\nQ: Why?\nA: So.";
        assert_eq!(text, expected);
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let card = "## other · core\nQ: x\nA: y\n";
    for (front, sections, expected) in [
        ("", "# Cards · add\n\nx\n", "/own/t/a.md:4:1: `· add` after `Cards`"),
        ("", "# Explain · put\n\nx\n", "/own/t/a.md:4:1: `· put` after `Explain`"),
        ("", "# Explain\n\n# Design\n\nx\n", "/own/t/a.md:4:1: nothing under `Explain`"),
        ("", &format!("# Cards\n\n{card}"), "/own/t/a.md:6:1: `other`, which is no card of t/a"),
        ("prompt: \"New?\"", "", "/own/t/a.md:2:"),
        ("scene: Some(\"none\")", "", "/own/t/a.md:2:17: the scene `none`"),
        ("of: {\"Traps\": \"0\"}", "", "/own/t/a.md:2:22: `Traps`, which t/a does not have"),
        ("related: [\"t/a\"]", "", "the question as related to itself"),
        ("", "# Key points\n\n- [must] It. {gone}\n", "a key point tied to `gone`"),
        ("", "# Explain\n\n[x](scene:s#gone)\n", "a link to the step `gone`"),
        ("", "# Cards\n\n## is · core · predict(s#one)\nQ: x\nA: y\n", "a prediction of the first step"),
    ] {
        let (catalog, problems) = beside(&[("t/a.md", &amending(front, sections))]);
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected}: {problems:#?}");
        assert_eq!(question(&catalog).cards().len(), 2);
    }
    let unknown = amending("", "# Explain\n\nx\n").replace("t/a", "t/b");
    assert!(beside(&[("t/a.md", &unknown)]).1[0].contains("`t/b`, which is no question"));
    let of_own = amending("", "# Explain\n\nx\n").replace("t/a", "b/one");
    let (_, problems) = beside(&[("b/one.md", &own("b/one")), ("b/more.md", &of_own)]);
    assert!(problems[0].contains("your own question"), "{problems:#?}");
}

#[test]
fn a_part_is_amended_by_one_file() {
    let text = |words: &str| amending("", &format!("# Explain\n\n{words}\n"));
    let (catalog, problems) = beside(&[("t/a.md", &text("First.")), ("t/b.md", &text("Second."))]);
    assert_eq!(question(&catalog).answer.as_ref().unwrap().explain.plain(), "First.");
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("/own/t/b.md:4:1: `Explain`, which /own/t/a.md amends already"), "{problems:?}");
}

#[test]
fn a_content_update_under_an_overlay_is_told_and_the_overlay_stays() {
    let (plain, _) = beside(&[]);
    let stamps = ["Explain", "#is"].map(|part| stamp_of(question(&plain), part).unwrap());
    let front = format!("of: {{\"Explain\": \"{}\", \"#is\": \"{}\"}}", stamps[0], stamps[1]);
    let overlay = amending(&front, "# Explain\n\nMine.\n");
    assert_eq!(beside(&[("t/a.md", &overlay)]).1, Vec::<String>::new());
    let updated = QUESTION.replace("The mechanism.", "A better mechanism.");
    let base = Folder::base(&[file("t/topic.ron", TOPIC), file("t/s.ron", SCENE), file("t/a.md", &updated)]);
    let (catalog, problems) = assemble(base, vec![Folder::own(Path::new("/own"), &[file("t/a.md", &overlay)])]);
    assert_eq!(question(&catalog).answer.as_ref().unwrap().explain.plain(), "Mine.");
    assert_eq!(problems.len(), 1);
    assert!(problems[0].to_string().contains("`Explain` of t/a as it was before a content update"), "{problems:?}");
}

#[test]
fn a_ledger_of_ones_own_guards_ones_own_ids() {
    let overlay = amending("", "# Cards\n\n## my-why · deep\nQ: Why?\nA: So.\n");
    let files = |ledger| [("b/one.md", own("b/one")), ("t/a.md", overlay.clone()), ("ledger.txt", ledger)];
    let found = |ledger: &str| {
        let files = files(ledger.to_owned());
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        beside(&files).1
    };
    assert_eq!(found("b/one\nt/a#my-why\n"), Vec::<String>::new());
    assert!(found("b/one\nb/lost\nt/a#my-why\n")[0].starts_with("/own/ledger.txt:2:1: `b/lost`"));
}

#[test]
fn a_reload_keeps_what_cannot_be_read_now() {
    let good = amending("", "# Explain\n\nMine.\n");
    let (before, _) = beside(&[("b/one.md", &own("b/one")), ("t/a.md", &good)]);
    let files = [file("b/one.md", "+++\n(id: 7)\n+++\n"), file("t/a.md", "+++\n(amends: \"t/a\", nothing)\n+++\n")];
    let (now, problems) = assemble(base(), vec![Folder::own(Path::new("/own"), &files)]);
    assert_eq!(problems.len(), 2);
    let kept = keeping_last_good(now, &before, &problems);
    assert!(kept.question(&QuestionId::new("b/one")).is_some());
    assert!(kept.topic(&TopicId::new("b")).is_some());
    assert_eq!(question(&kept).answer.as_ref().unwrap().explain.plain(), "Mine.");
    // A folder that is not there at all.
    let kept = keeping_last_good(beside(&[]).0, &before, &[Problem::at("/own", "", 0, "nothing", "a folder")]);
    assert!(kept.question(&QuestionId::new("b/one")).is_some());
    assert_eq!(question(&kept).answer.as_ref().unwrap().explain.plain(), "Mine.");
    let gone = keeping_last_good(beside(&[]).0, &before, &[Problem::at("/ow", "", 0, "nothing", "a folder")]);
    assert!(gone.question(&QuestionId::new("b/one")).is_none());
}

/// Pieces of overlays and of questions, put together as they come.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "+++\n",
        "(amends: \"t/a\"",
        "(amends: ",
        "(id: \"b/one\"",
        ")\n",
        ", of: {\"Explain\": \"0\"}",
        ", scene: Some(\"s\")",
        ", sources: [(title: \"\", url: \"\")]",
        ", title: \"T\", prompt: \"P\", level: Core, minutes: 2",
        "\n# Explain\n",
        "\n# Explain · add\n",
        "\n# Cards\n",
        "\n# Key points · add\n",
        "\n# Probes\n",
        "\n# Practise · add\n",
        "## is · core\n",
        "## my-x · deep · hide(s#two: x)\n",
        "Q: x\n",
        "A: y\n",
        "- [must] It. {is}\n",
        "**Why?** So.\n",
        "```console verify=x\n",
        "[l](scene:s#one)",
        " · ",
        "é",
        "\r\n",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => any::<String>()]
}

proptest! {
    #[test]
    fn no_overlay_panics_and_each_problem_has_a_file(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        let whole = format!("+++\n(amends: \"t/a\")\n+++\n{text}");
        let files = [file("t/a.md", &text), file("t/b.md", &whole), file("b/one.md", &text)];
        let (catalog, problems) = assemble(base(), vec![Folder::own(Path::new("/own"), &files)]);
        // Whatever is amended, no card and no question that ships is lost.
        let question = question(&catalog);
        prop_assert!(question.cards().iter().any(|card| card.id.name() == "is"));
        prop_assert!(question.cards().iter().any(|card| card.id.name() == "goes"));
        prop_assert!(problems.iter().all(|problem| problem.file.starts_with("/own/") && problem.line > 0));
        let _ = keeping_last_good(catalog, &beside(&[]).0, &problems);
    }

    #[test]
    fn an_overlay_of_nothing_changes_nothing(space in "[ \n\t]{0,12}", tail in "[ \n]{0,6}") {
        let text = format!("+++\n({space}amends: \"t/a\"{space})\n+++\n{tail}");
        let (catalog, problems) = beside(&[("t/a.md", &text)]);
        prop_assert_eq!(problems, Vec::<String>::new());
        prop_assert_eq!(format!("{:?}", question(&catalog)), format!("{:?}", question(&beside(&[]).0)));
    }
}
