//! A scene as written: what can be read can be laid out and drawn at every step.
#![no_main]

use libfuzzer_sys::fuzz_target;
use whetstone::scene::{Placed, Scene, width_of};
use whetstone::theme::{Hue, Palette};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(scene) = ron::from_str::<Scene>(text) else { return };
    // A scene that the checks refuse is never drawn, and an absurdly large one only takes time.
    if scene.nodes.len() > 24 || scene.edges.len() > 48 || scene.steps.len() > 12 {
        return;
    }
    let placed = Placed::of(&scene, &width_of);
    for index in 0..scene.steps.len() {
        let _ = whetstone::exchange::svg::svg(&scene, &placed, index, Hue::default(), &Palette::light());
    }
});
