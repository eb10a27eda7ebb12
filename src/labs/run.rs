//! A lab under way: its steps so far, what was done before each, and the way back. Deterministic, so that any step can be
//! reached again from the inputs.

use std::cell::OnceCell;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lab::{Lab, Line, Log, Metric, Refused, Spec, Value};
use super::scenario::Scenario;
use crate::scene::{self, Moment};

/// What is done to a lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    Set(String, Value),
    Act(String),
}

impl Input {
    pub fn set(knob: &str, value: Value) -> Self {
        Self::Set(knob.to_owned(), value)
    }

    pub fn act(act: &str) -> Self {
        Self::Act(act.to_owned())
    }

    /// Does it to a lab, if the lab offers it.
    fn put_in(&self, lab: &mut dyn Lab, log: &mut Log) -> Result<(), Refused> {
        match self {
            Self::Set(name, value) => {
                let takes = lab.knobs().iter().any(|knob| knob.name == name && knob.kind.takes(value));
                if takes { lab.set(name, value, log) } else { Err(Refused::value(name)) }
            }
            Self::Act(id) => {
                let offered = lab.acts().iter().any(|act| act.id == *id);
                if offered { lab.act(id, log) } else { Err(Refused::no_such_act(id)) }
            }
        }
    }
}

/// The most steps of one run.
pub const STEPS_KEPT: usize = 10_000;
/// A copy of the lab is kept every so many steps, so that going back replays few of them.
const COPY_EVERY: usize = 50;

pub struct Run {
    pub spec: &'static Spec,
    pub seed: u64,
    /// By the step before which it is done, in order.
    inputs: Vec<(usize, Input)>,
    /// Every so many steps, before the inputs of that step, with the length of the log then.
    copies: Vec<(Box<dyn Lab>, usize)>,
    lab: Box<dyn Lab>,
    at: usize,
    /// Inputs at `at` that have been carried out.
    done: usize,
    /// What happened, by step.
    log: Vec<(usize, Line)>,
    /// The metrics after each step; the first are those of the start.
    series: Vec<Vec<Metric>>,
    /// Made when it is asked for: most steps of a long way are never looked at.
    look: OnceCell<Look>,
    /// What changes are told from.
    before: Option<Look>,
}

/// How a step looks.
struct Look {
    /// The same one for as long as the structure is the same.
    stage: Arc<scene::Scene>,
    moment: Moment,
}

impl Run {
    /// At the scenario's start, with its script ahead and what it does at step 0 done.
    pub fn of_scenario(spec: &'static Spec, scenario: &Scenario) -> Self {
        Self::new(spec, scenario.seed, (scenario.script)())
    }

    /// At the start, with these inputs ahead.
    pub fn new(spec: &'static Spec, seed: u64, mut inputs: Vec<(usize, Input)>) -> Self {
        inputs.sort_by_key(|(step, _)| *step);
        let lab = (spec.start)(seed);
        let (copies, log, series) = (vec![(lab.boxed(), 0)], Vec::new(), Vec::new());
        let (look, before) = (OnceCell::new(), None);
        let mut run = Self { spec, seed, inputs, copies, lab, at: 0, done: 0, log, series, look, before };
        run.carry_out();
        run.measure();
        run
    }

    /// The number of steps taken.
    pub const fn at(&self) -> usize {
        self.at
    }

    pub fn lab(&self) -> &dyn Lab {
        &*self.lab
    }

    pub fn stage(&self) -> &scene::Scene {
        &self.looked_at().stage
    }

    /// How the scene stands; what the last step or input changed is marked, if what was before it has been looked at.
    pub fn moment(&self) -> &Moment {
        &self.looked_at().moment
    }

    /// What happened up to now, each line with its step.
    pub fn log(&self) -> &[(usize, Line)] {
        &self.log
    }

    /// The metrics after each step so far, the start first.
    pub fn series(&self) -> &[Vec<Metric>] {
        &self.series
    }

    /// What was and will be done, by step.
    pub fn inputs(&self) -> &[(usize, Input)] {
        &self.inputs
    }

    /// Takes one step; false at the end of what a run may hold.
    pub fn step(&mut self) -> bool {
        self.before = self.look.take();
        self.advance()
    }

    /// Goes to a step, back or forth.
    pub fn seek(&mut self, step: usize) {
        let step = step.min(STEPS_KEPT);
        if step < self.at {
            let copy = (step / COPY_EVERY).min(self.copies.len().saturating_sub(1));
            let Some((lab, lines)) = self.copies.get(copy) else { return };
            self.lab = lab.boxed();
            self.log.truncate(*lines);
            self.copies.truncate(copy + 1);
            self.at = copy * COPY_EVERY;
            self.done = 0;
            self.series.truncate(self.at);
            self.carry_out();
            self.measure();
        }
        (self.look, self.before) = (OnceCell::new(), None);
        while self.at < step {
            if self.at + 1 == step {
                self.looked_at();
                self.before = self.look.take();
            }
            if !self.advance() {
                break;
            }
        }
    }

    /// Does something now; what was to come after this step is dropped, for it may no longer make sense.
    ///
    /// # Errors
    /// [`Refused`] as the lab says; nothing has changed.
    pub fn input(&mut self, input: Input) -> Result<(), Refused> {
        let mut log = Log::default();
        input.put_in(&mut *self.lab, &mut log)?;
        self.before = self.look.take();
        let at = self.at;
        self.inputs.retain(|(step, _)| *step <= at);
        self.inputs.push((at, input));
        self.done += 1;
        self.keep(log);
        self.series.pop();
        self.measure();
        Ok(())
    }

    fn advance(&mut self) -> bool {
        if self.at >= STEPS_KEPT {
            return false;
        }
        let mut log = Log::default();
        self.lab.step(&mut log);
        self.at += 1;
        self.done = 0;
        self.keep(log);
        if self.at.is_multiple_of(COPY_EVERY) {
            self.copies.push((self.lab.boxed(), self.log.len()));
        }
        self.carry_out();
        self.measure();
        true
    }

    /// Does what is to be done at this step. A script's input that is refused is passed over: the lab's tests see to it that
    /// none is.
    fn carry_out(&mut self) {
        let here: Vec<Input> = self
            .inputs
            .iter()
            .filter(|(step, _)| *step == self.at)
            .skip(self.done)
            .map(|(_, input)| input.clone())
            .collect();
        for input in here {
            let mut log = Log::default();
            if let Err(refused) = input.put_in(&mut *self.lab, &mut log) {
                log.bad(self.lab.now_millis(), refused.to_string());
            }
            self.done += 1;
            self.keep(log);
        }
    }

    /// The metrics of this step, its inputs done.
    fn measure(&mut self) {
        self.series.push(self.lab.metrics());
    }

    fn keep(&mut self, log: Log) {
        let at = self.at;
        self.log.extend(log.0.into_iter().map(|line| (at, line)));
    }

    fn looked_at(&self) -> &Look {
        self.look.get_or_init(|| {
            let (stage, state) = (self.lab.stage(), self.lab.state());
            match self.before.as_ref().filter(|before| *before.stage == stage) {
                Some(before) => {
                    let mut moment = Moment::after(&stage, &state);
                    moment.mark_changes(&stage, &before.moment);
                    Look { stage: Arc::clone(&before.stage), moment }
                }
                None => {
                    let mut moment = Moment::after(&stage, &state);
                    moment.changed.clear();
                    Look { stage: Arc::new(stage), moment }
                }
            }
        })
    }
}
