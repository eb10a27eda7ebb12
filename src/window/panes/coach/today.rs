//! The end of a day: what was done, and what tomorrow brings.

use egui::Ui;

use super::{counted, heading, headline, paragraph, sheet};
use crate::study::today::{DayKind, Today, Tomorrow};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::screen::Screen;
use crate::window::widgets::controls::{self, Weight};

pub fn ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
    let today = cx.due.today();
    sheet(
        ui,
        cx,
        look::COLUMN,
        (&mut (), out),
        |ui, (), out| {
            let name = if today.items.is_empty() { "Ten minutes more" } else { "Go on" };
            let mut todo = vec![(Action::Today, name)];
            if today.mock_minutes > 0.0 {
                todo.insert(0, (Action::Mock, "Mock interview"));
            }
            if cx.due.plan().days_left == Some(1) {
                todo.insert(0, (Action::Evening, "The evening before"));
            }
            for (index, (action, name)) in todo.into_iter().enumerate() {
                let weight = if index == 0 { Weight::Main } else { Weight::Plain };
                if controls::button(ui, cx.look, weight, name, &action.key_text(ui.ctx())).clicked() {
                    out.push(Command::Do(action));
                }
            }
            if controls::button(ui, cx.look, Weight::Plain, "The plan", "").clicked() {
                out.push(Command::Show(Screen::Plan));
            }
        },
        |ui, (), out| body_ui(ui, cx, today, out),
    );
}

fn body_ui(ui: &mut Ui, cx: &Cx<'_>, today: &Today, out: &mut Vec<Command>) {
    let (nothing_done, day_off) = (today.done.took_millis == 0, today.budget_minutes <= 0.0);
    let title = if today.mock_minutes > 0.0 && today.items.is_empty() {
        "Today is for a mock interview."
    } else if nothing_done && day_off {
        "A day off."
    } else if nothing_done {
        "Nothing is due today."
    } else {
        "Done for today."
    };
    headline(ui, cx, title);
    ui.add_space(8.0);
    paragraph(ui, cx, &done_words(today), Role::Body);
    if today.mock_minutes > 0.0 {
        let text = format!("{:.0} of today's minutes are kept for it.", today.mock_minutes);
        paragraph(ui, cx, &text, Role::Body);
    }
    let Tomorrow { cards, new, mock, kind } = &today.tomorrow;
    heading(ui, cx, "Tomorrow");
    let text = match kind {
        DayKind::Interview => "The interview. Nothing is planned for tomorrow.".to_owned(),
        DayKind::DayOff => "A day off. What fades meanwhile is planned anew on the day after.".to_owned(),
        DayKind::Study | DayKind::Eve => {
            let mut parts = vec![counted(*cards, "card", "cards")];
            if *kind == DayKind::Eve {
                parts.push("nothing new: the day before is a sweep".to_owned());
            } else if !new.is_empty() {
                parts.push(counted(new.len(), "new question", "new questions"));
            }
            if *mock {
                parts.push("a mock interview".to_owned());
            }
            format!("{}.", parts.join(", "))
        }
    };
    paragraph(ui, cx, &text, Role::Body);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(4.0);
    for question in new.iter().filter_map(|id| cx.catalog.question(id)) {
        if controls::button(ui, cx.look, Weight::Quiet, &question.title, "").clicked() {
            out.push(Command::Go(question.id.clone()));
        }
    }
    ui.add_space(10.0);
    controls::caption(ui, cx.look, "What was left undone is planned anew tomorrow; nothing piles up.");
}

fn done_words(today: &Today) -> String {
    let done = today.done;
    let mut parts = Vec::new();
    let mut say = |n: usize, one: &str, many: &str| {
        if n > 0 {
            parts.push(counted(n, one, many));
        }
    };
    say(done.diagnosed, "prompt of the diagnostic", "prompts of the diagnostic");
    say(done.reviews, "card", "cards");
    say(done.begun, "new question", "new questions");
    say(done.again, "question tried again", "questions tried again");
    let minutes = format!("{:.0} of {:.0} minutes", done.minutes(), today.budget_minutes);
    if parts.is_empty() {
        return format!("Nothing is left to do now. {minutes}.");
    }
    format!("{}; {minutes}. Each of them is on disk.", parts.join(", "))
}
