//! Name-value pairs (FastCGI 1.0, 3.4).

/// Takes one pair from the front of `bytes`; `None` when they end inside it.
pub(super) fn take<'a>(bytes: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut rest = *bytes;
    let name = length(&mut rest)?;
    let value = length(&mut rest)?;
    let (name, rest) = rest.split_at_checked(name)?;
    let (value, rest) = rest.split_at_checked(value)?;
    *bytes = rest;
    Some((name, value))
}

/// A length of one byte, or of four when its highest bit is set.
fn length(bytes: &mut &[u8]) -> Option<usize> {
    let (&first, rest) = bytes.split_first()?;
    if first & 0x80 == 0 {
        *bytes = rest;
        return Some(usize::from(first));
    }
    let (&[a, b, c, d], rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    usize::try_from(u32::from_be_bytes([a & 0x7f, b, c, d])).ok()
}

/// Writes a pair whose name and value are shorter than 128 bytes.
pub(super) fn put_short(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    let short = |text: &[u8]| u8::try_from(text.len()).ok().filter(|length| *length < 128);
    if let (Some(name_length), Some(value_length)) = (short(name), short(value)) {
        out.extend([name_length, value_length]);
        out.extend_from_slice(name);
        out.extend_from_slice(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_pairs_are_taken() {
        let long = vec![b'x'; 200];
        let mut bytes = vec![1, 2, b'n', b'v', b'w', 0x80, 0, 0, 200, 0];
        bytes.extend_from_slice(&long);
        let mut rest = bytes.as_slice();
        assert_eq!(take(&mut rest), Some((&b"n"[..], &b"vw"[..])));
        assert_eq!(take(&mut rest), Some((long.as_slice(), &b""[..])));
        assert!(rest.is_empty());
    }

    #[test]
    fn a_pair_that_does_not_end_is_none() {
        let whole = [1, 0x80, 0, 0, 2, b'n', b'v', b'w'];
        for end in 0..whole.len() {
            assert_eq!(take(&mut whole.get(..end).unwrap()), None, "{end}");
        }
        assert_eq!(take(&mut &[0xff, 0xff, 0xff, 0xff, 0][..]), None);
    }
}
