//! What moves in the scene: a change goes over, messages travel. At rest there is nothing to do.

use crate::ids::SceneId;
use crate::scene::{FLOW_REST, Moment};

/// How long a message travels, in seconds.
pub const TRAVEL_SECS: f64 = 0.9;
/// How long a change takes, in seconds.
const CHANGE_SECS: f64 = 0.18;

/// The moment that is shown, and the one before it.
pub struct Motion {
    scene: SceneId,
    shown: Moment,
    before: Option<Moment>,
    /// Since when the moment is shown, in seconds.
    since: f64,
}

/// How far everything has come.
pub struct Progress<'a> {
    /// What the change goes over from, and its share, 0 to 1; None once it is done.
    pub change: Option<(&'a Moment, f32)>,
    /// How far the messages have come, 0 to 1.
    pub flow: f32,
    pub moves: bool,
}

impl Motion {
    pub const fn begin(scene: SceneId, moment: Moment, before: Option<Moment>, now: f64) -> Self {
        Self { scene, shown: moment, before, since: now }
    }

    /// Takes in what is to be shown now; another moment of the same scene is gone over to.
    pub fn follow(&mut self, scene: &SceneId, moment: &Moment, now: f64) {
        if self.scene != *scene {
            *self = Self::begin(scene.clone(), moment.clone(), None, now);
        } else if self.shown != *moment {
            self.before = Some(std::mem::replace(&mut self.shown, moment.clone()));
            self.since = now;
        }
    }

    pub fn progress(&self, now: f64, reduced_motion: bool) -> Progress<'_> {
        if reduced_motion {
            return Progress { change: None, flow: FLOW_REST, moves: false };
        }
        let share_of = |secs: f64| ((now - self.since) / secs).clamp(0.0, 1.0);
        let (change, travel) = (share_of(CHANGE_SECS), share_of(TRAVEL_SECS));
        #[expect(clippy::cast_possible_truncation, reason = "shares")]
        let (change, travel) = (change as f32, travel as f32);
        let change = self.before.as_ref().filter(|_| change < 1.0).map(|before| {
            // Quick at first, then it settles.
            (before, 1.0 - (1.0 - change).powi(3))
        });
        let travels = !self.shown.flow.is_empty() && travel < 1.0;
        // It sets off slowly, passes, and comes to rest on its way, where it can be seen.
        let eased = travel * travel * (3.0 - 2.0 * travel);
        let flow = if travels { eased * FLOW_REST } else { FLOW_REST };
        Progress { moves: travels || change.is_some(), change, flow }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Scene;

    #[test]
    fn a_change_is_over_in_a_fifth_of_a_second_and_then_nothing_moves() {
        let scene: Scene = ron::from_str(
            r#"(title: "t", nodes: [(id: "a", kind: Broker, label: "A", at: (0, 0))],
                steps: [(id: "one", says: "1"), (id: "two", says: "2", mark: {"a": Down})])"#,
        )
        .unwrap();
        let (one, two) = (Moment::at(&scene, 0), Moment::at(&scene, 1));
        let id = SceneId::new("t/t");
        let mut motion = Motion::begin(id.clone(), one.clone(), None, 10.0);
        assert!(!motion.progress(10.0, false).moves, "the first moment is there at once");
        motion.follow(&id, &two, 20.0);
        let begins = motion.progress(20.0, false);
        assert_eq!(begins.change, Some((&one, 0.0)));
        assert!(begins.moves);
        let (_, halfway) = motion.progress(20.09, false).change.unwrap();
        assert!((0.5..1.0).contains(&halfway));
        let ended = motion.progress(20.2, false);
        assert!(ended.change.is_none() && !ended.moves);
        motion.follow(&id, &two, 20.3);
        assert!(!motion.progress(20.3, false).moves, "what is shown already does not come again");
        motion.follow(&id, &one, 30.0);
        assert!(!motion.progress(30.0, true).moves, "reduced motion shows the end at once");
        motion.follow(&SceneId::new("t/u"), &two, 40.0);
        assert!(motion.progress(40.0, false).change.is_none(), "another scene does not grow out of this one");
    }
}
