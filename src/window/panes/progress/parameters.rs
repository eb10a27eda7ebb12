//! The parameters of the schedule: the default ones or the reader's own, and the fit that makes them.

use egui::Ui;

use super::{Numbers, heading, paragraph};
use crate::study::Request;
use crate::study::optimise::{ENOUGH, Fitted};
use crate::theme::Role;
use crate::window::cx::{Command, Cx};
use crate::window::fitting::LOOKS_EVERY;
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

pub(super) fn parameters_ui(ui: &mut Ui, cx: &Cx<'_>, numbers: &Numbers, out: &mut Vec<Command>) {
    let meaning = "FSRS-6 foresees recall with 21 weights. They can be fitted to your own log: to the earlier four fifths of it, and judged by the later fifth, which the fit has not seen. Log loss is how far the chances were from what came; less is better.";
    heading(ui, cx, "The schedule's parameters", meaning);
    match cx.progress.fitted() {
        None => paragraph(ui, cx, "The schedule works with the default parameters, which fit most people."),
        Some(fitted) => {
            let text =
                format!("The schedule works with your own: fitted to {} reviews. {}", fitted.fitted_to, losses(fitted));
            paragraph(ui, cx, &text);
        }
    }
    ui.add_space(4.0);
    if let Some(share) = cx.fitting.share() {
        ui.request_repaint_after(LOOKS_EVERY);
        ui.horizontal(|ui| {
            let bar = ui.add(egui::ProgressBar::new(share).desired_width(260.0));
            ui.ctx().accesskit_node_builder(bar.id, |node| node.set_label("Fitting to your log"));
            if controls::button(ui, cx.look, Weight::Plain, "Stop", "").clicked() {
                out.push(Command::StopFit);
            }
        });
        return;
    }
    match cx.fitting.done() {
        Some(Ok(fitted)) if Some(fitted) == cx.progress.fitted() => {}
        Some(Ok(fitted)) => return found_ui(ui, cx, fitted, out),
        Some(Err(why)) => {
            controls::caption(ui, cx.look, &format!("{why}."));
        }
        None => {}
    }
    let enough = numbers.log_reviews >= ENOUGH;
    ui.horizontal_wrapped(|ui| {
        if enough {
            let name = if cx.progress.fitted().is_some() { "Fit to my log again" } else { "Fit to my log" };
            if controls::button(ui, cx.look, Weight::Plain, name, "").clicked() {
                out.push(Command::Fit);
            }
        }
        if cx.progress.fitted().is_some()
            && !cx.read_only
            && controls::button(ui, cx.look, Weight::Quiet, "Back to the default parameters", "").clicked()
        {
            out.push(Command::ForgetFit);
            out.push(Command::Study(Request::SetParameters { fitted: None }));
        }
    });
    if !enough {
        let text = format!(
            "{} of {ENOUGH} reviews: below that, the default ones fit you better than your own would.",
            numbers.log_reviews
        );
        controls::caption(ui, cx.look, &text);
    }
}

/// What the fit has found, and whether it is any better.
fn found_ui(ui: &mut Ui, cx: &Cx<'_>, fitted: &Fitted, out: &mut Vec<Command>) {
    let verdict = if fitted.is_better() {
        "The fitted ones foresee your later reviews better."
    } else {
        "The fitted ones are no better: the present ones stay."
    };
    controls::line(ui, cx.look, verdict, look::semibold(look::CONTROL), Role::Ink);
    controls::caption(ui, cx.look, &losses(fitted));
    ui.horizontal_wrapped(|ui| {
        if fitted.is_better() {
            ui.add_enabled_ui(!cx.read_only && !cx.waiting, |ui| {
                if controls::button(ui, cx.look, Weight::Main, "Use them", "").clicked() {
                    out.push(Command::Study(Request::SetParameters { fitted: Some(Box::new(fitted.clone())) }));
                }
            });
        }
        if controls::button(ui, cx.look, Weight::Plain, "Leave it as it is", "").clicked() {
            out.push(Command::ForgetFit);
        }
    });
}

fn losses(fitted: &Fitted) -> String {
    format!(
        "Log loss over the {} later reviews: {:.4} before, {:.4} with these.",
        fitted.judged_by, fitted.loss_before, fitted.loss_after
    )
}
