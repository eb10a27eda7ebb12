//! What is wrong with a scene.

use super::Scene;

/// One thing to mend in a scene's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneProblem {
    /// A snippet by which to find the place in the source.
    pub anchor: String,
    pub found: String,
    pub expected: String,
}

pub fn problems(_scene: &Scene) -> Vec<SceneProblem> {
    Vec::new()
}
