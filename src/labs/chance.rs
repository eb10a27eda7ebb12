//! Chance that is the same again from its seed, and that is copied with the lab.

use std::convert::Infallible;

use rand::rngs::ChaCha8Rng;
use rand::{SeedableRng as _, TryRng};

/// The chance of a lab; `rand::RngExt` draws from it. The generator itself cannot be cloned, so that a key stream is not used
/// twice by mistake; a lab that is scrubbed back needs exactly that.
#[derive(Debug)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    pub fn from_seed(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }
}

impl Clone for Chance {
    fn clone(&self) -> Self {
        Self(ChaCha8Rng::deserialize_state(&self.0.serialize_state()))
    }
}

impl TryRng for Chance {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.try_fill_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use rand::RngExt as _;

    use super::*;

    #[test]
    fn a_copy_goes_on_as_the_original_does() {
        let mut chance = Chance::from_seed(7);
        for drawn in 0..100 {
            let mut copy = chance.clone();
            let next: Vec<u8> = (0..20).map(|_| copy.random_range(0..100)).collect();
            let mut original = chance.clone();
            assert_eq!((0..20).map(|_| original.random_range(0..100)).collect::<Vec<u8>>(), next, "after {drawn}");
            chance.random_range(0..1000);
        }
        assert_ne!(Chance::from_seed(7).random::<u64>(), Chance::from_seed(8).random::<u64>());
    }
}
