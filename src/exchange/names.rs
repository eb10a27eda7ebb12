//! File names that Linux, macOS and Windows all take.

/// A path of a few parts, joined by `/`, each a safe name.
pub fn path(parts: &str) -> String {
    parts.split('/').map(name).collect::<Vec<_>>().join("/")
}

/// A name that no system refuses or gives another meaning.
pub fn name(wanted: &str) -> String {
    const RESERVED: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
    let safe = |c: char| if c.is_control() || "<>:\"/\\|?*".contains(c) { '-' } else { c };
    // Bytes, since some systems count those.
    let mut name: String = wanted.trim().chars().map(safe).collect();
    while name.len() > 100 {
        name.pop();
    }
    let name = name.trim_end_matches(['.', ' ']).trim_start();
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let port = stem.strip_prefix("COM").or(stem.strip_prefix("LPT")).is_some_and(|rest| rest.len() == 1);
    if name.is_empty() || name.starts_with('.') || port || RESERVED.contains(&stem.as_str()) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_everywhere() {
        for (wanted, safe) in [
            ("isr", "isr"),
            ("a:b*c?", "a-b-c-"),
            ("..", "_"),
            (".hidden", "_.hidden"),
            ("con", "_con"),
            ("Com1.txt", "_Com1.txt"),
            ("trailing. ", "trailing"),
            ("日本", "日本"),
            ("", "_"),
        ] {
            assert_eq!(name(wanted), safe, "{wanted}");
        }
        assert!(name(&"é".repeat(200)).len() <= 100);
        assert_eq!(path("kafka/../x"), "kafka/_/x");
    }
}
