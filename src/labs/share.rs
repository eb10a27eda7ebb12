//! A run as a text that can be sent to somebody: the lab, the seed and what was done.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::lab::Spec;
use super::run::{Input, Run, STEPS_KEPT};

/// Everything that a run is the same again from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    pub lab: String,
    /// The set piece that it came from.
    #[serde(default)]
    pub scenario: Option<String>,
    pub seed: u64,
    pub at: usize,
    #[serde(default)]
    pub inputs: Vec<(usize, Input)>,
}

/// Why a text is no run.
#[derive(Debug, Error)]
pub enum ShareError {
    #[error("this is not a shared lab: {0}")]
    NotOne(#[from] Box<ron::error::SpannedError>),
    #[error("this Whetstone has no lab called `{0}`")]
    NoSuchLab(String),
    #[error("a run has at most {STEPS_KEPT} steps and as many inputs")]
    TooLong,
}

impl Shared {
    pub fn of(run: &Run, scenario: Option<&str>) -> Self {
        let inputs = run.inputs().to_vec();
        let (lab, seed, at) = (run.spec.id.to_owned(), run.seed, run.at());
        Self { lab, scenario: scenario.map(str::to_owned), seed, at, inputs }
    }

    /// One line of RON.
    pub fn text(&self) -> String {
        ron::to_string(self).unwrap_or_default()
    }

    /// # Errors
    /// When the text is not a run, or one of a lab that is not here.
    pub fn parse(text: &str) -> Result<(Self, &'static Spec), ShareError> {
        let shared: Self = ron::from_str(text.trim()).map_err(Box::new)?;
        if shared.at > STEPS_KEPT || shared.inputs.len() > STEPS_KEPT {
            return Err(ShareError::TooLong);
        }
        let spec = super::find(&shared.lab).ok_or_else(|| ShareError::NoSuchLab(shared.lab.clone()))?;
        Ok((shared, spec))
    }

    /// The run as it was; inputs that the lab refuses stand in its log.
    pub fn run(self, spec: &'static Spec) -> Run {
        let mut run = Run::new(spec, self.seed, self.inputs);
        run.seek(self.at);
        run
    }
}
