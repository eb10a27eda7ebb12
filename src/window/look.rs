//! From roles to egui: fonts, colours, spacing. The only place where a role becomes a colour.

use std::sync::Arc;

use egui::epaint::text::{FontData, FontDefinitions, FontFamily};
use egui::style::{Selection, WidgetVisuals};
use egui::{Color32, CornerRadius, FontId, Margin, Shadow, Stroke, TextStyle, Theme, Vec2, Visuals};

use crate::fonts;
use crate::theme::{Palette, Role};

/// Family names beside egui's own two.
pub const SEMIBOLD: &str = "semibold";
pub const ITALIC: &str = "italic";
pub const ICONS: &str = "icons";

/// Running text, in points.
pub const BODY: f32 = 15.0;
/// Distance of its base lines.
pub const BODY_LINE: f32 = 23.5;
/// Buttons, fields, the tree.
pub const CONTROL: f32 = 13.5;
pub const CAPTION: f32 = 12.0;
pub const PROMPT: f32 = 23.0;
pub const CODE: f32 = 13.0;
/// The widest column of text: about 72 characters of running text.
pub const COLUMN: f32 = 600.0;

/// The colours of the theme in force.
#[derive(Clone)]
pub struct Look {
    palette: Arc<Palette>,
}

impl Look {
    pub fn of(theme: Theme) -> Self {
        Self { palette: Arc::new(palette_of(theme)) }
    }

    pub fn color(&self, role: Role) -> Color32 {
        color_of(&self.palette, role)
    }

    /// The colours themselves, for pictures that leave the window.
    pub fn palette(&self) -> Arc<Palette> {
        Arc::clone(&self.palette)
    }

    pub fn is_dark(&self) -> bool {
        self.palette.dark
    }

    pub fn hairline(&self) -> Stroke {
        Stroke::new(1.0, self.color(Role::Line))
    }
}

fn palette_of(theme: Theme) -> Palette {
    match theme {
        Theme::Light => Palette::light(),
        Theme::Dark => Palette::dark(),
    }
}

#[expect(clippy::disallowed_methods, reason = "here a role becomes a colour")]
fn color_of(palette: &Palette, role: Role) -> Color32 {
    let [r, g, b] = palette.rgb(role).0;
    Color32::from_rgb(r, g, b)
}

pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

pub fn regular(size: f32) -> FontId {
    FontId::proportional(size)
}

pub fn italic(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ITALIC.into()))
}

pub fn mono(size: f32) -> FontId {
    FontId::monospace(size)
}

pub fn icon_font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ICONS.into()))
}

/// Lucide's glyphs that the window uses.
pub mod icon {
    pub const ARROW_LEFT: char = '\u{e048}';
    pub const ARROW_RIGHT: char = '\u{e049}';
    pub const CHEVRON_DOWN: char = '\u{e06d}';
    pub const CHEVRON_RIGHT: char = '\u{e06f}';
    pub const CLOSE: char = '\u{e1b2}';
    pub const COPY: char = '\u{e09e}';
    pub const PENCIL: char = '\u{e1f9}';
    pub const SETTINGS: char = '\u{e154}';
}

/// Installs fonts and both themes; to be called before the first pass.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    for theme in [Theme::Light, Theme::Dark] {
        let palette = palette_of(theme);
        ctx.style_mut_of(theme, |style| style_of(style, &palette));
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let shipped: [(&str, &'static [u8]); 6] = [
        ("Inter", fonts::REGULAR),
        ("Inter SemiBold", fonts::SEMIBOLD),
        ("Inter Italic", fonts::ITALIC),
        ("JetBrains Mono", fonts::MONO),
        ("Noto Emoji", include_bytes!("../../assets/fonts/NotoEmoji-Regular.ttf")),
        ("Lucide", include_bytes!("../../assets/fonts/lucide-subset.ttf")),
    ];
    for (name, bytes) in shipped {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    // What the shipped faces lack comes from egui's own, emoji from Noto's, every other script from the system's fonts.
    let mut fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    fallback.push("Noto Emoji".to_owned());
    let with_fallback = |first: &[&str]| {
        first.iter().map(|name| (*name).to_owned()).chain(fallback.iter().cloned()).collect::<Vec<_>>()
    };
    fonts.families.insert(FontFamily::Proportional, with_fallback(&["Inter"]));
    fonts.families.insert(FontFamily::Monospace, with_fallback(&["JetBrains Mono", "Inter"]));
    fonts.families.insert(FontFamily::Name(SEMIBOLD.into()), with_fallback(&["Inter SemiBold"]));
    fonts.families.insert(FontFamily::Name(ITALIC.into()), with_fallback(&["Inter Italic"]));
    fonts.families.insert(FontFamily::Name(ICONS.into()), with_fallback(&["Lucide"]));
    fonts
}

fn style_of(style: &mut egui::Style, palette: &Palette) {
    let color = |role| color_of(palette, role);
    style.text_styles = [
        (TextStyle::Small, regular(CAPTION)),
        (TextStyle::Body, regular(CONTROL)),
        (TextStyle::Button, regular(CONTROL)),
        (TextStyle::Heading, semibold(17.0)),
        (TextStyle::Monospace, mono(CODE)),
    ]
    .into();
    style.spacing.item_spacing = Vec2::new(8.0, 6.0);
    style.spacing.button_padding = Vec2::new(12.0, 7.0);
    style.spacing.interact_size = Vec2::new(32.0, 28.0);
    style.spacing.window_margin = Margin::same(16);
    style.spacing.menu_margin = Margin::same(8);
    style.spacing.scroll = egui::style::ScrollStyle::thin();
    style.spacing.tooltip_width = 340.0;
    style.interaction.tooltip_delay = 0.35;
    style.animation_time = 0.12;
    style.visuals = visuals(palette.dark, color);
}

fn visuals(dark: bool, color: impl Fn(Role) -> Color32) -> Visuals {
    let mut visuals = if dark { Visuals::dark() } else { Visuals::light() };
    let radius = CornerRadius::same(7);
    let widget = |fill: Role, line: Role, ink: Role| WidgetVisuals {
        bg_fill: color(fill),
        weak_bg_fill: color(fill),
        bg_stroke: Stroke::new(1.0, color(line)),
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, color(ink)),
        expansion: 0.0,
    };
    visuals.widgets.noninteractive = widget(Role::Ground, Role::Line, Role::Body);
    visuals.widgets.inactive = widget(Role::Surface, Role::Line, Role::Ink);
    // Boxes to tick and the rail of a slider stand on the same ground as they do.
    visuals.widgets.inactive.bg_fill = color(Role::Line);
    visuals.widgets.hovered = widget(Role::Surface, Role::Accent, Role::Ink);
    visuals.widgets.active = widget(Role::AccentWeak, Role::Accent, Role::Ink);
    visuals.widgets.open = widget(Role::Surface, Role::Accent, Role::Ink);
    visuals.selection = Selection { bg_fill: color(Role::AccentWeak), stroke: Stroke::new(1.0, color(Role::Accent)) };
    visuals.hyperlink_color = color(Role::Accent);
    visuals.faint_bg_color = color(Role::Panel);
    visuals.extreme_bg_color = color(Role::Surface);
    visuals.text_edit_bg_color = Some(color(Role::Surface));
    visuals.code_bg_color = color(Role::Code);
    visuals.warn_fg_color = color(Role::Down);
    visuals.error_fg_color = color(Role::Down);
    visuals.weak_text_color = Some(color(Role::Faint));
    visuals.window_fill = color(Role::Surface);
    visuals.window_stroke = Stroke::new(1.0, color(Role::Line));
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.window_shadow = Shadow { offset: [0, 8], blur: 28, spread: 0, color: Color32::from_black_alpha(48) };
    visuals.popup_shadow = Shadow { offset: [0, 4], blur: 14, spread: 0, color: Color32::from_black_alpha(32) };
    visuals.menu_corner_radius = CornerRadius::same(8);
    visuals.panel_fill = color(Role::Ground);
    visuals.text_cursor.stroke = Stroke::new(1.5, color(Role::Accent));
    visuals
}
