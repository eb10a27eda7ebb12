//! From one moment to another: what is the same stays, what has a place in both moves there, the rest fades over.

use emath::{Pos2, Rect};

use super::draw::{Drawn, FLOW_REST, Mask, Owner, Picture};
use super::layout::Placed;
use super::model::Scene;
use super::moment::Moment;
use super::shape::{Shape, Stroke};
use crate::theme::{Hue, Role};

/// On the way from one moment to another of the same scene.
#[derive(Clone, Copy, Debug)]
pub struct Passage<'a> {
    pub before: &'a Moment,
    pub after: &'a Moment,
    /// How much of the way is done, 0 to 1.
    pub share: f32,
}

/// A shape that may be half there.
#[derive(Clone, Debug, PartialEq)]
pub struct Faded {
    pub shape: Shape,
    /// Above 0, at most 1.
    pub opacity: f32,
}

/// Everything to be drawn between two moments, from back to front; at a share of 0 and of 1 it is what `shapes` gives for
/// either of them. The messages of the moment before fade where they rest; `flow_progress` is that of the moment after.
pub fn between(
    scene: &Scene,
    placed: &Placed,
    passage: Passage<'_>,
    hue: Hue,
    flow_progress: f32,
    mask: Option<&Mask>,
    lit: Option<&str>,
) -> Vec<Faded> {
    let drawn = |moment, progress| Picture { scene, placed, moment, hue, mask, lit }.drawn(progress);
    let share = passage.share;
    if share >= 1.0 {
        return whole(drawn(passage.after, flow_progress));
    }
    let before = drawn(passage.before, FLOW_REST);
    if share <= 0.0 {
        return whole(before);
    }
    let after = drawn(passage.after, flow_progress);
    let mut out = Out { shapes: Vec::with_capacity(before.len().max(after.len()) + 16), share };
    let (mut old, mut new) = (before.as_slice(), after.as_slice());
    while let Some(owner) = [old.first(), new.first()].into_iter().flatten().map(|drawn| drawn.owner).min() {
        let (was, now) = (taken(&mut old, owner), taken(&mut new, owner));
        if owner == Owner::Message {
            was.iter().for_each(|drawn| out.leaves(&drawn.shape));
            now.iter().for_each(|drawn| out.comes(&drawn.shape));
        } else {
            out.owner(was, now);
        }
    }
    out.shapes
}

fn whole(drawn: Vec<Drawn>) -> Vec<Faded> {
    drawn.into_iter().map(|drawn| Faded { shape: drawn.shape, opacity: 1.0 }).collect()
}

/// Takes the shapes of an owner from the front.
fn taken<'a>(drawn: &mut &'a [Drawn], owner: Owner) -> &'a [Drawn] {
    let count = drawn.iter().take_while(|drawn| drawn.owner == owner).count();
    let (front, rest) = drawn.split_at(count);
    *drawn = rest;
    front
}

struct Out {
    shapes: Vec<Faded>,
    share: f32,
}

impl Out {
    fn put(&mut self, shape: Shape, opacity: f32) {
        self.shapes.push(Faded { shape, opacity });
    }

    fn leaves(&mut self, shape: &Shape) {
        self.put(shape.clone(), 1.0 - self.share);
    }

    fn comes(&mut self, shape: &Shape) {
        self.put(shape.clone(), self.share);
    }

    /// The shapes of one thing: those of now in their order, each of before where it stood among them.
    fn owner(&mut self, was: &[Drawn], now: &[Drawn]) {
        let stays = |part| now.iter().any(|drawn| drawn.part == part);
        let mut next = 0;
        for drawn in now {
            let Some(at) = was.iter().position(|old| old.part == drawn.part) else {
                self.comes(&drawn.shape);
                continue;
            };
            for old in was.get(next..at).unwrap_or_default().iter().filter(|old| !stays(old.part)) {
                self.leaves(&old.shape);
            }
            next = next.max(at + 1);
            if let Some(old) = was.get(at) {
                self.moves(&old.shape, &drawn.shape);
            }
        }
        for old in was.get(next..).unwrap_or_default().iter().filter(|old| !stays(old.part)) {
            self.leaves(&old.shape);
        }
    }

    /// The same part at both moments: its form goes over, its colours are mixed.
    fn moves(&mut self, was: &Shape, now: &Shape) {
        if was == now {
            return self.put(now.clone(), 1.0);
        }
        match (was, now) {
            (
                Shape::Rect { rect: from, fill: fill_was, stroke: stroke_was, .. },
                Shape::Rect { rect: to, fill, stroke, radius },
            ) => {
                let rect = Rect::from_min_max(from.min.lerp(to.min, self.share), from.max.lerp(to.max, self.share));
                let shape = |fill, stroke| Shape::Rect { rect, radius: *radius, fill, stroke };
                self.grounds(*fill_was, *fill, |fill| shape(Some(fill), None));
                self.strokes(*stroke_was, *stroke, |stroke| shape(None, Some(stroke)));
            }
            (Shape::Line { points: from, stroke: stroke_was }, Shape::Line { points: to, stroke })
                if from.len() == to.len() =>
            {
                let points = self.points(from, to);
                let shape = |stroke| Shape::Line { points: points.clone(), stroke };
                self.strokes(Some(*stroke_was), Some(*stroke), shape);
            }
            (Shape::Polygon { points: from, fill: fill_was }, Shape::Polygon { points: to, fill })
                if from.len() == to.len() =>
            {
                let points = self.points(from, to);
                self.grounds(Some(*fill_was), Some(*fill), |fill| Shape::Polygon { points: points.clone(), fill });
            }
            (
                Shape::Text { at: from, align: align_was, text: text_was, style: style_was, role: role_was },
                Shape::Text { at: to, align, text, style, role },
            ) if (align_was, text_was, style_was) == (align, text, style) => {
                let at = from.lerp(*to, self.share);
                let text_in = |role| Shape::Text { at, align: *align, text: text.clone(), style: *style, role };
                if role_was == role {
                    self.put(text_in(*role), 1.0);
                } else {
                    self.leaves(&text_in(*role_was));
                    self.comes(&text_in(*role));
                }
            }
            _ => {
                self.leaves(was);
                self.comes(now);
            }
        }
    }

    fn points(&self, from: &[Pos2], to: &[Pos2]) -> Vec<Pos2> {
        from.iter().zip(to).map(|(from, to)| from.lerp(*to, self.share)).collect()
    }

    /// A ground stays whole under the one that comes over it, so that nothing shines through.
    fn grounds(&mut self, was: Option<Role>, now: Option<Role>, shape: impl Fn(Role) -> Shape) {
        match (was, now) {
            (None, None) => {}
            (Some(was), None) => self.leaves(&shape(was)),
            (None, Some(now)) => self.comes(&shape(now)),
            (Some(was), Some(now)) => {
                self.put(shape(was), 1.0);
                if was != now {
                    self.comes(&shape(now));
                }
            }
        }
    }

    fn strokes(&mut self, was: Option<Stroke>, now: Option<Stroke>, shape: impl Fn(Stroke) -> Shape) {
        if was == now {
            now.into_iter().for_each(|stroke| self.put(shape(stroke), 1.0));
            return;
        }
        was.into_iter().for_each(|stroke| self.leaves(&shape(stroke)));
        now.into_iter().for_each(|stroke| self.comes(&shape(stroke)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{shapes, width_of};

    fn scene() -> Scene {
        ron::from_str(
            r#"(title: "t", groups: [(id: "g", label: "G", around: ["b"])], nodes: [
                (id: "a", kind: Queue, label: "A", at: (0, 0), cells: ["0", "1"], marker: Some(("HW", 0)), level: Some(0.2), state: "up"),
                (id: "b", kind: Trace, label: "B", at: (1, 0), bars: [("x", 0.0, 0.5)], spark: [0.0, 1.0], axis: Some(("0", "1 s"))),
                (id: "c", kind: Service, label: "C", at: (2, 0), hidden: true),
            ], edges: [(id: "e", from: "a", to: "b", label: "x"), (id: "f", from: "b", to: "c")], steps: [
                (id: "one", says: "1", flow: ["e"]),
                (id: "two", says: "2", level: {"a": 0.6}, marker: {"a": Some(("HW", 2))}, cells: {"a": ["0", "1", "2"]}),
                (id: "three", says: "3", mark: {"a": Down, "e": Down}, set: {"a.state": ""}, show: ["c"], flow: ["~f"]),
                (id: "four", says: "4", bars: {"b": [("x", 0.5, 1.0)]}, spark: {"b": [1.0, 0.0]}, hide: ["a"], set: {"g.label": "H"}),
            ])"#,
        )
        .unwrap()
    }

    fn at(scene: &Scene, steps: (usize, usize), share: f32) -> Vec<Faded> {
        let placed = Placed::of(scene, &width_of);
        let (before, after) = (Moment::at(scene, steps.0), Moment::at(scene, steps.1));
        let passage = Passage { before: &before, after: &after, share };
        between(scene, &placed, passage, Hue::Kafka, FLOW_REST, None, None)
    }

    #[test]
    fn it_begins_with_the_one_moment_and_ends_with_the_other() {
        let scene = scene();
        let placed = Placed::of(&scene, &width_of);
        for (from, to) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
            for (share, step) in [(0.0, from), (1.0, to)] {
                let whole = at(&scene, (from, to), share);
                assert!(whole.iter().all(|faded| faded.opacity > 0.99));
                let shown: Vec<Shape> = whole.into_iter().map(|faded| faded.shape).collect();
                let moment = Moment::at(&scene, step);
                assert_eq!(shown, shapes(&scene, &placed, &moment, Hue::Kafka, FLOW_REST, None, None));
            }
            let halfway = at(&scene, (from, to), 0.5);
            assert!(halfway.iter().all(|faded| (0.5..=1.0).contains(&faded.opacity)));
        }
    }

    #[test]
    fn levels_markers_bars_and_charts_move() {
        let scene = scene();
        let placed = Placed::of(&scene, &width_of);
        let level = |faded: &[Faded]| {
            let of = |shape: &Shape| match shape {
                Shape::Rect { rect, fill: Some(Role::Topic(_)), radius: 3.0, .. } => Some(rect.width()),
                _ => None,
            };
            faded.iter().find_map(|faded| of(&faded.shape)).unwrap()
        };
        let full = placed.nodes[0].rect.width() - 22.0;
        assert!((level(&at(&scene, (0, 1), 0.5)) - 0.4 * full).abs() < 0.1);
        let chart = |faded: &[Faded]| {
            let of = |shape: &Shape| match shape {
                Shape::Line { points, stroke } if stroke.role == Role::Topic(Hue::Kafka) => Some(points.clone()),
                _ => None,
            };
            faded.iter().find_map(|faded| of(&faded.shape)).unwrap()
        };
        let halfway = chart(&at(&scene, (2, 3), 0.5));
        assert!((halfway[0].y - halfway[1].y).abs() < 0.01, "the chart turns over: {halfway:?}");
    }

    #[test]
    fn what_comes_fades_in_and_what_goes_fades_out() {
        let scene = scene();
        let opacity_of = |steps, text: &str| {
            let faded = at(&scene, steps, 0.25);
            let has = |shape: &Shape| matches!(shape, Shape::Text { text: shown, .. } if shown == text);
            faded.iter().filter(|faded| has(&faded.shape)).map(|faded| faded.opacity).collect::<Vec<_>>()
        };
        assert_eq!(opacity_of((1, 2), "C"), [0.25], "a node appears");
        assert_eq!(opacity_of((1, 2), "down"), [0.25], "its mark too");
        assert_eq!(opacity_of((1, 2), "up"), [0.75], "a badge goes");
        assert_eq!(opacity_of((2, 3), "A"), [0.75], "a node goes");
        assert_eq!(opacity_of((2, 3), "H"), [0.25]);
        assert_eq!(opacity_of((1, 2), "B"), [1.0], "what stays is whole");
        let messages = at(&scene, (0, 2), 0.25).into_iter().filter(|faded| matches!(faded.shape, Shape::Circle { .. }));
        assert_eq!(messages.map(|faded| faded.opacity).collect::<Vec<_>>(), [0.75, 0.25], "messages do not jump edges");
    }
}
