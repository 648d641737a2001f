//! Name-value pairs (FastCGI 1.0, 3.4): two lengths of one or four bytes each, then the bytes.

/// Name and value of the first pair, and what follows it; `None` when the pair is cut off.
pub(super) fn split_first(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (name_length, rest) = split_length(bytes)?;
    let (value_length, rest) = split_length(rest)?;
    let (name, rest) = rest.split_at_checked(name_length)?;
    let (value, rest) = rest.split_at_checked(value_length)?;
    Some((name, value, rest))
}

/// Appends a pair whose lengths fit one byte each; a longer one is left out and told by `false`.
pub(super) fn push_short(name: &str, value: &str, out: &mut Vec<u8>) -> bool {
    let short = |text: &str| u8::try_from(text.len()).ok().filter(|length| length & LONG == 0);
    let (Some(name_length), Some(value_length)) = (short(name), short(value)) else { return false };
    out.extend([name_length, value_length]);
    out.extend(name.bytes().chain(value.bytes()));
    true
}

fn split_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first & LONG == 0 {
        return Some((usize::from(first), rest));
    }
    let (&[b3, b2, b1, b0], rest) = bytes.split_first_chunk()?;
    let length = u32::from_be_bytes([b3 & !LONG, b2, b1, b0]);
    Some((usize::try_from(length).ok()?, rest))
}

/// The bit that makes a length four bytes long.
const LONG: u8 = 0x80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_length_has_one_or_four_bytes() {
        let long = [b'x'; 128];
        let cases: [(&[u8], &[u8], &[u8]); 4] = [
            (&[1, 2], b"n", b"vv"),
            (&[1, 0x80, 0, 0, 128], b"n", &long),
            (&[0x80, 0, 0, 128, 1], &long, b"v"),
            (&[0x80, 0, 0, 128, 0x80, 0, 0, 2], &long, b"vv"),
        ];
        for (lengths, name, value) in cases {
            let bytes = [lengths, name, value, b"rest"].concat();
            assert_eq!(split_first(&bytes), Some((name, value, &b"rest"[..])), "{lengths:?}");
            for end in 0..bytes.len() - 4 {
                assert_eq!(split_first(&bytes[..end]), None, "{lengths:?} cut at {end}");
            }
        }
    }

    #[test]
    fn names_and_values_may_be_empty() {
        assert_eq!(split_first(&[0, 0]), Some((&b""[..], &b""[..], &b""[..])));
    }

    #[test]
    fn the_longest_lengths_are_cut_off_without_overflow() {
        assert_eq!(split_first(&[0xff; 8]), None);
        assert_eq!(split_first(&[0xff; 100]), None);
    }

    #[test]
    fn short_pairs_are_written_and_long_ones_refused() {
        let mut out = Vec::new();
        assert!(push_short("FCGI_MPXS_CONNS", "0", &mut out));
        assert_eq!(out, b"\x0f\x01FCGI_MPXS_CONNS0");
        assert!(!push_short("n", &"v".repeat(128), &mut out));
        assert_eq!(out.len(), 18);
    }
}
