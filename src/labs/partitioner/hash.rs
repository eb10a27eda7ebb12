//! The two hashes that decide where a key goes: murmur2 of the Java client, CRC32 of librdkafka.

/// Austin Appleby's MurmurHash2 with the seed that the Java client has.
///
/// Source: `Utils.murmur2` of kafka-clients 4.3.1.
pub fn murmur2(data: &[u8]) -> u32 {
    const SEED: u32 = 0x9747_b28c;
    const MIX: u32 = 0x5bd1_e995;
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let words = data.chunks_exact(4);
    let rest = words.remainder();
    let mut hash = words.fold(SEED ^ length, |hash, word| {
        let mut k = word.iter().rev().fold(0, |k, byte| (k << 8) | u32::from(*byte));
        k = k.wrapping_mul(MIX);
        k ^= k >> 24;
        hash.wrapping_mul(MIX) ^ k.wrapping_mul(MIX)
    });
    if !rest.is_empty() {
        hash ^= rest.iter().rev().fold(0, |k, byte| (k << 8) | u32::from(*byte));
        hash = hash.wrapping_mul(MIX);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(MIX);
    hash ^ (hash >> 15)
}

/// Where the Java client puts a key: the hash with its sign bit cleared, modulo the number of partitions.
///
/// Source: `BuiltInPartitioner.partitionForKey`, kafka-clients 4.3.1.
pub fn java_partition(key: &[u8], partitions: u8) -> u8 {
    modulo(murmur2(key) & 0x7fff_ffff, partitions)
}

/// Where librdkafka puts a key unless told otherwise: CRC32 modulo the number of partitions (`consistent_random`).
pub fn librdkafka_partition(key: &[u8], partitions: u8) -> u8 {
    modulo(crc32fast::hash(key), partitions)
}

fn modulo(hash: u32, partitions: u8) -> u8 {
    u8::try_from(hash % u32::from(partitions.max(1))).unwrap_or(0)
}
