//! Whether everything that is drawn can be read: at each step, no text lies under or over something of another thing.

use emath::Rect;

use super::draw::{Drawn, FLOW_REST, Owner, Picture, name_start};
use super::layout::{Defect, Placed};
use super::measure::width_of;
use super::model::Scene;
use super::moment::Moment;
use super::route;
use super::shape::{Align, Shape, TextStyle};
use crate::theme::Hue;

/// The least room between a frame's name and its side.
const NAME_END: f32 = 10.0;

/// What covers a text, or an arrow head, at some step.
pub fn covered(scene: &Scene, placed: &Placed) -> Vec<Defect> {
    let mut out: Vec<Defect> = frames_too_narrow(scene, placed);
    for (step, moment) in scene.steps.iter().zip(Moment::all(scene)) {
        let picture = Picture { scene, placed, moment: &moment, hue: Hue::Kafka, mask: None, lit: None };
        let drawn = picture.drawn(FLOW_REST);
        for (index, below) in drawn.iter().enumerate() {
            let Some(rect) = must_be_seen(below) else { continue };
            for (other, above) in drawn.iter().enumerate() {
                let is_own = above.owner == below.owner || belongs(&moment, above, below);
                if other != index && !is_own && covers(above, rect) {
                    let (what, by) = (name(scene, below), name(scene, above));
                    let defect = Defect { id: step.id.clone(), found: format!("{what} meets {by}") };
                    if !out.contains(&defect) {
                        out.push(defect);
                    }
                }
            }
        }
    }
    out
}

/// Frames over whose side their name reaches, whatever name they have.
fn frames_too_narrow(scene: &Scene, placed: &Placed) -> Vec<Defect> {
    let moments = Moment::all(scene);
    let mut out = Vec::new();
    for (index, (group, rect)) in scene.groups.iter().zip(&placed.groups).enumerate() {
        let names = moments.iter().filter_map(|moment| moment.groups.get(index));
        let widest = names.map(|name| width_of(name, TextStyle::Group)).fold(0.0, f32::max);
        if name_start(group.kind) + widest + NAME_END > rect.width() {
            out.push(Defect { id: group.id.clone(), found: "a name wider than its frame".to_owned() });
        }
    }
    out
}

/// An edge is one thing with its label and with the messages on it.
fn belongs(moment: &Moment, a: &Drawn, b: &Drawn) -> bool {
    let goes_on = |number: usize, edge: usize| moment.flow.get(number).is_some_and(|flow| flow.edge == edge);
    match (a.owner, b.owner) {
        (Owner::Edge(a), Owner::EdgeLabel(b)) | (Owner::EdgeLabel(a), Owner::Edge(b)) => a == b,
        (Owner::Message, Owner::Edge(edge)) => goes_on(a.part.1, edge),
        _ => false,
    }
}

/// The room of a text or of an arrow head.
fn must_be_seen(drawn: &Drawn) -> Option<Rect> {
    match &drawn.shape {
        Shape::Text { at, align, text, style, .. } => {
            let (width, height) = (width_of(text, *style), style.size() * 0.72);
            let left = match align {
                Align::Left => at.x,
                Align::Center => at.x - width / 2.0,
                Align::Right => at.x - width,
            };
            Some(Rect::from_min_size(emath::pos2(left, at.y - height / 2.0), emath::vec2(width, height)))
        }
        Shape::Polygon { points, .. } => Some(Rect::from_points(points).shrink(1.0)),
        _ => None,
    }
}

fn covers(above: &Drawn, rect: Rect) -> bool {
    match (&above.shape, above.part.0) {
        (Shape::Text { .. }, _) => must_be_seen(above).is_some_and(|text| text.intersects(rect)),
        (Shape::Rect { rect: pill, .. }, "mark" | "badge") => pill.intersects(rect),
        (Shape::Line { points, .. }, "line" | "cross") => route::hits(points, rect),
        (Shape::Circle { center, radius, .. }, _) => rect.expand(*radius - 1.5).contains(*center),
        _ => false,
    }
}

fn name(scene: &Scene, drawn: &Drawn) -> String {
    let id = match drawn.owner {
        Owner::Group(index) => scene.groups.get(index).map(|group| &group.id),
        Owner::Edge(index) | Owner::EdgeLabel(index) => scene.edges.get(index).map(|edge| &edge.id),
        Owner::Node(index) => scene.nodes.get(index).map(|node| &node.id),
        Owner::Message => None,
    };
    id.map_or_else(|| "a message".to_owned(), |id| format!("the {} of `{id}`", drawn.part.0))
}
