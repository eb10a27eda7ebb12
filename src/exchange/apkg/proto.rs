//! The few protobuf messages that a package has, by hand: three messages of at most three fields do not earn a code
//! generator, and reading what nobody vouches for is easier to bound here.

/// One field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Of a fixed width; none that is read here has one.
    Fixed,
}

/// The fields of a message in their order, up to the first that cannot be read.
pub fn fields(mut message: &[u8]) -> impl Iterator<Item = (u64, Value<'_>)> {
    std::iter::from_fn(move || {
        let (key, rest) = number(message)?;
        let (value, rest) = match key & 7 {
            0 => number(rest).map(|(value, rest)| (Value::Number(value), rest))?,
            1 => (Value::Fixed, rest.get(8..)?),
            2 => {
                let (length, rest) = number(rest)?;
                let (bytes, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
                (Value::Bytes(bytes), rest)
            }
            5 => (Value::Fixed, rest.get(4..)?),
            _ => return None,
        };
        message = rest;
        Some((key >> 3, value))
    })
}

/// The text of the first field with this number.
pub fn text(message: &[u8], field: u64) -> Option<String> {
    fields(message).find_map(|(number, value)| match value {
        Value::Bytes(bytes) if number == field => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    })
}

/// The number in the first field with this number; 0, as protobuf has it, when there is none.
pub fn number_of(message: &[u8], field: u64) -> u64 {
    let found = fields(message).find_map(|(number, value)| match value {
        Value::Number(value) if number == field => Some(value),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Seven bits a byte, the lowest first; the high bit says that more follow.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f).checked_shl(7 * u32::try_from(index).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

pub fn put_number(out: &mut Vec<u8>, field: u8, mut value: u64) {
    out.push(field << 3);
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    #[expect(clippy::cast_possible_truncation, reason = "seven bits")]
    out.push(value as u8);
}

pub fn put_bytes(out: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    let mut length = Vec::new();
    put_number(&mut length, field, bytes.len() as u64);
    // The key of a field of bytes differs in its lowest bits only.
    if let Some(key) = length.first_mut() {
        *key |= 2;
    }
    out.extend(length);
    out.extend(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_read() {
        let mut message = Vec::new();
        put_bytes(&mut message, 1, "é.svg".as_bytes());
        put_number(&mut message, 2, 300);
        assert_eq!(
            fields(&message).collect::<Vec<_>>(),
            [(1, Value::Bytes("é.svg".as_bytes())), (2, Value::Number(300))]
        );
        assert_eq!(
            (text(&message, 1).as_deref(), number_of(&message, 2), number_of(&message, 9)),
            (Some("é.svg"), 300, 0)
        );
        // As Anki writes the version of a package.
        let mut meta = Vec::new();
        put_number(&mut meta, 1, 3);
        assert_eq!(meta, [8, 3]);
    }

    #[test]
    fn what_is_cut_off_ends() {
        for bad in
            [&[0x0a, 0xff][..], &[0x80; 40], &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], &[0x0f]]
        {
            assert_eq!(fields(bad).count(), 0, "{bad:?}");
        }
    }
}
