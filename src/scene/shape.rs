//! What a scene is drawn with: a few shapes in colour roles, the same for the window, SVG and cards.

use emath::{Pos2, Rect, Vec2};

use crate::theme::Role;

#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Rect {
        rect: Rect,
        radius: f32,
        fill: Option<Role>,
        stroke: Option<Stroke>,
    },
    /// An open line through the points; corners are already rounded.
    Line {
        points: Vec<Pos2>,
        stroke: Stroke,
    },
    Polygon {
        points: Vec<Pos2>,
        fill: Role,
    },
    Circle {
        center: Pos2,
        radius: f32,
        fill: Option<Role>,
        stroke: Option<Stroke>,
    },
    Text {
        at: Pos2,
        align: Align,
        text: String,
        style: TextStyle,
        role: Role,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    pub role: Role,
    pub width: f32,
    pub dashed: bool,
}

impl Stroke {
    pub const fn solid(role: Role, width: f32) -> Self {
        Self { role, width, dashed: false }
    }

    pub const fn dashed(role: Role, width: f32) -> Self {
        Self { role, width, dashed: true }
    }
}

/// Which end of the text stands at its position; vertically it is centred there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Center,
    Right,
}

/// The kinds of text in a scene; sizes in points at a scale of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextStyle {
    Label,
    Note,
    State,
    Cell,
    EdgeLabel,
    Group,
}

impl TextStyle {
    pub const fn size(self) -> f32 {
        match self {
            Self::Label => 13.0,
            Self::Note | Self::EdgeLabel | Self::Group => 11.5,
            Self::State => 10.5,
            Self::Cell => 10.0,
        }
    }

    pub const fn is_semibold(self) -> bool {
        matches!(self, Self::Label)
    }

    pub const fn is_mono(self) -> bool {
        matches!(self, Self::Cell)
    }
}

/// Rounds the corners of a line of right angles.
pub(super) fn rounded(points: &[Pos2], radius: f32) -> Vec<Pos2> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let mut out = vec![*first];
    for window in points.windows(3) {
        let [before, corner, after] = window else { continue };
        let (to, from) = (*before - *corner, *after - *corner);
        let reach = radius.min(to.length() / 2.0).min(from.length() / 2.0);
        if reach < 0.5 {
            out.push(*corner);
            continue;
        }
        let (start, end) = (*corner + to.normalized() * reach, *corner + from.normalized() * reach);
        for step in 0..=6u8 {
            let t = f32::from(step) / 6.0;
            let (a, b) = (start.lerp(*corner, t), corner.lerp(end, t));
            out.push(a.lerp(b, t));
        }
    }
    out.push(*last);
    out
}

/// The direction of a line at a share, 0 to 1, of its length.
pub(super) fn heading(points: &[Pos2], share: f32) -> Vec2 {
    let ends = along(points, share - 0.01).zip(along(points, share + 0.01));
    ends.map_or(Vec2::ZERO, |(from, to)| (to - from).normalized())
}

/// The point at a share, 0 to 1, of a line's length.
pub(super) fn along(points: &[Pos2], share: f32) -> Option<Pos2> {
    let total: f32 = points.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
    let mut left = total * share.clamp(0.0, 1.0);
    for pair in points.windows(2) {
        let length = pair[0].distance(pair[1]);
        if left <= length {
            let t = if length > 0.0 { left / length } else { 0.0 };
            return Some(pair[0].lerp(pair[1], t));
        }
        left -= length;
    }
    points.last().copied()
}
