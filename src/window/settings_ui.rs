//! The settings sheet.

use egui::{Align, Layout, Ui};

use crate::study::Request;
use crate::theme::Role;
use crate::window::cx::{Command, Cx};
use crate::window::folders_ui::Adding;
use crate::window::look;
use crate::window::settings::{LARGEST_SCALE, SMALLEST_SCALE, ThemeChoice};
use crate::window::widgets::controls::{self, Weight};

pub fn settings_ui(ui: &mut Ui, cx: &Cx<'_>, adding: &mut Adding, out: &mut Vec<Command>) {
    let mut settings = cx.settings.clone();
    controls::line(ui, cx.look, "Settings", look::semibold(17.0), Role::Ink);
    ui.add_space(8.0);
    row(ui, cx, "Theme", "", |ui| {
        for choice in ThemeChoice::ALL.into_iter().rev() {
            if ui.selectable_label(settings.theme == choice, choice.name()).clicked() {
                settings.theme = choice;
            }
        }
    });
    row(ui, cx, "Interface scale", "80 to 200 %", |ui| {
        let mut percent = (settings.scale * 100.0).round();
        let range = SMALLEST_SCALE * 100.0..=LARGEST_SCALE * 100.0;
        let slider = egui::Slider::new(&mut percent, range).step_by(10.0).suffix(" %");
        let response = ui.add(slider);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Interface scale"));
        if response.drag_stopped() || (response.changed() && !response.dragged()) {
            settings.scale = percent / 100.0;
        }
    });
    row(ui, cx, "Reduced motion", "Scenes show the end of a step at once", |ui| {
        switch(ui, "Reduced motion", &mut settings.reduced_motion);
    });
    row(ui, cx, "Pace of a playing scene", "", |ui| {
        for (pace, name) in [(2.0, "Quick"), (1.0, "Usual"), (0.6, "Slow")] {
            if ui.selectable_label((settings.pace - pace).abs() < 0.01, name).clicked() {
                settings.pace = pace;
            }
        }
    });
    aim_rows(ui, cx, out);
    row(ui, cx, "New cards a day", "", |ui| {
        let response = ui.add(egui::DragValue::new(&mut settings.new_cards).range(0..=200));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("New cards a day"));
    });
    row(ui, cx, "Extra practice", "Grades are logged but do not move the schedule", |ui| {
        switch(ui, "Extra practice", &mut settings.extra_practice);
    });
    ui.add_space(8.0);
    controls::line(ui, cx.look, "Deep cards", look::semibold(look::CONTROL), Role::Ink);
    controls::caption(ui, cx.look, "Numbers, contrasts, scenes: beyond the core cards, chosen by topic.");
    ui.horizontal_wrapped(|ui| {
        for topic in &cx.catalog.topics {
            let on = cx.progress.deep_cards(&topic.id);
            let button = ui.add_enabled(!cx.read_only, egui::Button::selectable(on, &topic.title));
            let name = format!("Deep cards of {}", topic.title);
            ui.ctx().accesskit_node_builder(button.id, |node| node.set_label(name));
            if button.clicked() {
                out.push(Command::Study(Request::DeepCards { topic: topic.id.clone(), on: !on }));
            }
        }
    });
    ui.add_space(10.0);
    adding.ui(ui, cx, out);
    ui.add_space(10.0);
    controls::line(ui, cx.look, "Your data", look::semibold(look::CONTROL), Role::Ink);
    controls::caption(ui, cx.look, &cx.data_folder.display().to_string());
    ui.horizontal_wrapped(|ui| {
        if controls::button(ui, cx.look, Weight::Plain, "Back up now", "").clicked() {
            out.push(Command::Backup);
        }
        if controls::button(ui, cx.look, Weight::Plain, "Restore a backup…", "").clicked() {
            out.push(Command::ChooseRestore);
        }
        if controls::button(ui, cx.look, Weight::Plain, "Open the folder", "").clicked() {
            out.push(Command::OpenDataFolder);
        }
    });
    super::machine::section_ui(ui, cx, out);
    if settings != *cx.settings {
        out.push(Command::Change(Box::new(settings)));
    }
}

/// The date of the interview, as days from today, and the minutes of the days.
pub(super) fn aim_rows(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
    let (today, aim) = (cx.now.day(), cx.progress.aim());
    let mut next = aim;
    let hint = aim
        .interview
        .map_or_else(|| "None: study without an end".to_owned(), |day| day.0.strftime("%A %-d %B %Y").to_string());
    row(ui, cx, "Interview", &hint, |ui| {
        let mut days = aim.interview.map_or(0, |day| day.days_since(today)).max(0);
        let drag = egui::DragValue::new(&mut days).range(0..=365).custom_formatter(|days, _| match days {
            0.0 => "no date".to_owned(),
            1.0 => "tomorrow".to_owned(),
            days => format!("in {days} days"),
        });
        let response = ui.add_enabled(!cx.read_only, drag);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Days until the interview"));
        if response.drag_stopped() || (response.changed() && !response.dragged()) {
            next.interview = (days > 0).then(|| today.plus_days(days));
        }
        if aim.interview.is_some() && ui.button("No date").clicked() {
            next.interview = None;
        }
    });
    row(ui, cx, "Minutes a day", "What the plan may take", |ui| {
        let mut minutes = aim.minutes_a_day;
        let response = ui.add_enabled(!cx.read_only, egui::DragValue::new(&mut minutes).range(5..=240));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Minutes a day"));
        if response.drag_stopped() || (response.changed() && !response.dragged()) {
            next.minutes_a_day = minutes;
        }
    });
    let hint = if aim.weekend_minutes.is_some() { "On Saturdays and Sundays" } else { "As on the other days" };
    row(ui, cx, "Minutes at weekends", hint, |ui| {
        let mut minutes = aim.weekend_minutes.unwrap_or(aim.minutes_a_day);
        let response = ui.add_enabled(!cx.read_only, egui::DragValue::new(&mut minutes).range(5..=480));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Minutes at weekends"));
        if response.drag_stopped() || (response.changed() && !response.dragged()) {
            next.weekend_minutes = Some(minutes);
        }
        if aim.weekend_minutes.is_some() && ui.button("As on the other days").clicked() {
            next.weekend_minutes = None;
        }
    });
    if next != aim && !cx.waiting {
        out.push(Command::Study(Request::SetAim { aim: next }));
    }
}

pub(super) fn row(ui: &mut Ui, cx: &Cx<'_>, name: &str, hint: &str, control: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(34.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(if hint.is_empty() { 7.0 } else { 1.0 });
            controls::line(ui, cx.look, name, look::regular(look::CONTROL), Role::Ink);
            if !hint.is_empty() {
                controls::line(ui, cx.look, hint, look::regular(look::CAPTION), Role::Faint);
            }
        });
        ui.with_layout(Layout::right_to_left(Align::Center), control);
    });
}

fn switch(ui: &mut Ui, name: &str, on: &mut bool) {
    let response = ui.checkbox(on, "");
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
}
