//! What holds whatever happens, over random settings and faults.

use proptest::prelude::*;

use super::model::{Mapping, Source};
use crate::labs::Log;

/// Every record is waiting, done or given up, once.
fn holds(mapping: &Mapping, sent: u32) -> Result<(), TestCaseError> {
    let counters = &mapping.counters;
    let waiting = u32::try_from(mapping.waiting()).unwrap();
    prop_assert_eq!(waiting + counters.done + counters.dead, sent, "at {}", mapping.now);
    Ok(())
}

fn some(source: bool, picks: (usize, u64, bool, bool), limits: (usize, u32, usize)) -> Mapping {
    let mut mapping = Mapping::new(1);
    mapping.begin(if source { Source::Sqs } else { Source::Kinesis });
    let settings = &mut mapping.settings;
    (settings.batch, settings.window, settings.partial, settings.bisect) = picks;
    settings.window *= 1_000;
    settings.reserved = (limits.0 > 0).then_some(limits.0);
    settings.max_receives = limits.1;
    settings.attempts = Some(limits.1);
    settings.parallel = limits.2;
    if !source {
        mapping.relane();
    }
    mapping
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_record_is_forgotten_or_counted_twice(
        source: bool, picks in (1usize..20, 1u64..8, any::<bool>(), any::<bool>()), limits in (0usize..4, 1u32..5, 1usize..4),
        faults in prop::collection::vec((0u8..6, 0usize..25), 1..20),
    ) {
        let mut mapping = some(source, picks, limits);
        let mut log = Log::default();
        for (fault, steps) in faults {
            match fault {
                0 | 1 => mapping.send_poison(&mut log),
                2 => mapping.slow = !mapping.slow,
                3 => mapping.broken = !mapping.broken,
                _ => {}
            }
            for _ in 0..steps {
                mapping.step(&mut log);
                holds(&mapping, mapping.sent())?;
            }
        }
    }

    /// With partial responses on a queue, and with bisect and limited retries on a stream, only bad records are given up, as
    /// long as the function itself works and is not throttled.
    #[test]
    fn only_poison_is_given_up_with_the_right_settings(
        source: bool, batch in 1usize..12, window in 1u64..8, poison in prop::collection::vec(0usize..20, 0..8), limit in 1u32..4,
    ) {
        let mut mapping = some(source, (batch, window, source, !source), (0, limit, 1));
        let mut log = Log::default();
        for steps in &poison {
            mapping.send_poison(&mut log);
            for _ in 0..*steps {
                mapping.step(&mut log);
            }
        }
        for _ in 0..600 {
            mapping.step(&mut log);
        }
        prop_assert_eq!(mapping.counters.healthy_dead, 0);
        prop_assert_eq!(mapping.counters.dead as usize, poison.len());
    }
}
