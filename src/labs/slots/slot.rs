//! Keys to slots.

/// Slots of a cluster.
pub const SLOTS: u16 = 16_384;

/// The part of a key that is hashed: what stands between the first `{` and the first `}` after it, when that is not empty;
/// otherwise the whole key.
///
/// Source: `keyHashSlot`, Redis 8 (`cluster.h`), and the cluster specification, "Hash tags".
pub fn hashed_part(key: &str) -> &str {
    let tag = key.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|(tag, _)| tag);
    tag.filter(|tag| !tag.is_empty()).unwrap_or(key)
}

pub fn slot_of(key: &str) -> u16 {
    crc16(hashed_part(key).as_bytes()) % SLOTS
}

/// CRC-16/XMODEM: polynomial 0x1021, start 0, nothing reflected.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc: u16, byte| {
        (0..8).fold(
            crc ^ (u16::from(*byte) << 8),
            |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 },
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_check_value_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
    }

    #[test]
    fn keys_have_the_slots_that_a_real_redis_gives_them() {
        let real: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/redis-slots.json")).unwrap();
        let slots = real["slots"].as_object().unwrap();
        assert!(slots.len() > 25);
        for (key, slot) in slots {
            assert_eq!(Some(u64::from(slot_of(key))), slot.as_u64(), "`{key}`");
        }
    }

    proptest! {
        #[test]
        fn a_tag_decides_alone(tag in "[^{}]{1,9}", before in "[^{]{0,5}", after in ".{0,5}") {
            prop_assert_eq!(slot_of(&format!("{before}{{{tag}}}{after}")), slot_of(&tag));
        }
    }
}
