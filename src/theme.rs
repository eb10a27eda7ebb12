//! Colour roles and the two palettes that give them colours. Everything that draws speaks in roles; only
//! `window/look.rs` and the exporters turn a role into a colour, so pane, SVG and HTML agree.

use serde::{Deserialize, Serialize};

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Behind the page.
    Ground,
    /// Behind the tree and the bars.
    Panel,
    /// Cards, fields, nodes.
    Surface,
    /// Headings and names.
    Ink,
    /// Running text.
    Body,
    /// What may be overlooked: captions, counts.
    Faint,
    /// Hairlines.
    Line,
    /// Lines round what belongs together, which say something by being there.
    Frame,
    /// What the reader can do or has done.
    Accent,
    /// The accent as a ground.
    AccentWeak,
    /// Text on the accent.
    OnAccent,
    /// Down, wrong.
    Down,
    DownWeak,
    /// Code's tinted ground.
    Code,
    /// A topic's own hue.
    Topic(Hue),
    /// The topic's hue as a ground.
    TopicWeak(Hue),
}

/// The six topic hues; the same in tree, scenes and charts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Hue {
    #[default]
    Kafka,
    Redis,
    Async,
    Messaging,
    Observability,
    Aws,
}

impl Hue {
    pub const ALL: [Self; 6] = [Self::Kafka, Self::Redis, Self::Async, Self::Messaging, Self::Observability, Self::Aws];

    /// The hue of a topic's folder; a reader's own topics take the hues in turn.
    pub fn of_topic(id: &str) -> Self {
        match id {
            "kafka" => Self::Kafka,
            "redis" => Self::Redis,
            "async" => Self::Async,
            "messaging" => Self::Messaging,
            "observability" => Self::Observability,
            "aws" => Self::Aws,
            other => Self::ALL[other.bytes().map(usize::from).sum::<usize>() % Self::ALL.len()],
        }
    }
}

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// `#RRGGBB`.
    pub fn hex(self) -> String {
        let [r, g, b] = self.0;
        format!("#{r:02X}{g:02X}{b:02X}")
    }

    /// Relative luminance, 0 to 1. Source: WCAG 2.2, "relative luminance".
    pub fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// Contrast of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio".
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This colour over `ground` with the given share, 0 to 1.
    fn over(self, ground: Self, share: f32) -> Self {
        let mut out = [0; 3];
        for ((out, top), under) in out.iter_mut().zip(self.0).zip(ground.0) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mix of bytes is a byte")]
            let mixed = (f32::from(top) * share + f32::from(under) * (1.0 - share)).round() as u8;
            *out = mixed;
        }
        Self(out)
    }
}

impl TryFrom<String> for Rgb {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parsed = if text.len() == 6 { u32::from_str_radix(&text, 16).ok() } else { None };
        let [_, r, g, b] = parsed.ok_or_else(|| format!("`{text}` is not a colour of six hex digits"))?.to_be_bytes();
        Ok(Self([r, g, b]))
    }
}

impl From<Rgb> for String {
    fn from(rgb: Rgb) -> Self {
        rgb.hex().split_off(1)
    }
}

/// One theme's colours.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palette {
    pub dark: bool,
    ground: Rgb,
    panel: Rgb,
    surface: Rgb,
    ink: Rgb,
    body: Rgb,
    faint: Rgb,
    line: Rgb,
    accent: Rgb,
    accent_weak: Rgb,
    on_accent: Rgb,
    down: Rgb,
    code: Rgb,
    topics: [Rgb; 6],
}

impl Palette {
    pub fn light() -> Self {
        Self::shipped(include_str!("../assets/theme/light.ron"))
    }

    pub fn dark() -> Self {
        Self::shipped(include_str!("../assets/theme/dark.ron"))
    }

    #[expect(clippy::expect_used, reason = "the two files are compiled in, and a test reads both")]
    fn shipped(text: &str) -> Self {
        ron::from_str(text).expect("a shipped palette parses")
    }

    pub fn rgb(&self, role: Role) -> Rgb {
        let weak_share = if self.dark { 0.26 } else { 0.14 };
        match role {
            Role::Ground => self.ground,
            Role::Panel => self.panel,
            Role::Surface => self.surface,
            Role::Ink => self.ink,
            Role::Body => self.body,
            Role::Faint => self.faint,
            Role::Line => self.line,
            Role::Frame => self.faint.over(self.ground, 0.6),
            Role::Accent => self.accent,
            Role::AccentWeak => self.accent_weak,
            Role::OnAccent => self.on_accent,
            Role::Down => self.down,
            Role::DownWeak => self.down.over(self.surface, weak_share),
            Role::Code => self.code,
            Role::Topic(hue) => self.topics[hue as usize],
            Role::TopicWeak(hue) => self.topics[hue as usize].over(self.surface, weak_share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of roles that meets on the screen, at WCAG AA for text (4.5) or for marks (3).
    #[test]
    fn every_pair_that_meets_is_readable() {
        for palette in [Palette::light(), Palette::dark()] {
            let grounds = [Role::Ground, Role::Panel, Role::Surface];
            let text = [Role::Ink, Role::Body, Role::Faint, Role::Accent, Role::Down];
            let topics = Hue::ALL.map(Role::Topic);
            let mut pairs = Vec::new();
            for ground in grounds {
                pairs.extend(text.iter().chain(&topics).map(|role| (*role, ground)));
            }
            pairs.extend([Role::Ink, Role::Body, Role::Accent].map(|role| (role, Role::AccentWeak)));
            pairs.extend([Role::Ink, Role::Body].map(|role| (role, Role::Code)));
            pairs.push((Role::OnAccent, Role::Accent));
            pairs.extend(Hue::ALL.map(|hue| (Role::Ink, Role::TopicWeak(hue))));
            pairs.push((Role::Ink, Role::DownWeak));
            for (over, under) in pairs {
                let contrast = palette.rgb(over).contrast(palette.rgb(under));
                assert!(contrast >= 4.5, "{over:?} on {under:?}, dark {}: {contrast:.2}", palette.dark);
            }
        }
    }

    #[test]
    fn a_colour_reads_back_as_it_was_written() {
        let rgb = Rgb::try_from("0B6B66".to_owned()).unwrap();
        assert_eq!(rgb.hex(), "#0B6B66");
        assert!(Rgb::try_from("0B6B6".to_owned()).is_err());
        assert!(Rgb::try_from("0B6B6é".to_owned()).is_err());
    }
}
