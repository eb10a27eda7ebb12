//! The fonts that are shipped (Inter and JetBrains Mono, SIL Open Font License), for measuring, the window and pictures alike.

pub static REGULAR: &[u8] = include_bytes!("../assets/fonts/Inter-Regular.otf");
pub static SEMIBOLD: &[u8] = include_bytes!("../assets/fonts/Inter-SemiBold.otf");
pub static ITALIC: &[u8] = include_bytes!("../assets/fonts/Inter-Italic.otf");
pub static MONO: &[u8] = include_bytes!("../assets/fonts/JetBrainsMono-Regular.ttf");
