//! PackBits (TIFF 6.0, section 9).

/// Fills as much of `out` as there is. Runs that are cut off give the bytes that are there.
pub(super) fn unpack(stored: &[u8], out: &mut [u8]) -> usize {
    let room = out.len();
    let (mut from, mut to) = (stored, out);
    while let [head, rest @ ..] = from {
        if to.is_empty() {
            break;
        }
        let head = usize::from(*head);
        let wanted = match head {
            0..128 => head + 1,
            // No operation.
            128 => 0,
            _ => 257 - head,
        };
        let len = wanted.min(to.len());
        let (run, after) = std::mem::take(&mut to).split_at_mut(len);
        if head < 128 {
            let len = len.min(rest.len());
            let (literal, next) = rest.split_at(len);
            run[..len].copy_from_slice(literal);
            if len < run.len() {
                return room - after.len() - (run.len() - len);
            }
            from = next;
        } else if head == 128 {
            from = rest;
        } else if let [value, next @ ..] = rest {
            run.fill(*value);
            from = next;
        } else {
            return room - after.len() - run.len();
        }
        to = after;
    }
    room - to.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_unpacks() {
        // Apple Technical Note TN1023.
        let stored = [
            0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7,
            0xaa,
        ];
        let expected = [
            0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22,
            0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
        ];
        let mut out = [0; 24];
        assert_eq!(unpack(&stored, &mut out), 24);
        assert_eq!(out, expected);
    }

    #[test]
    fn what_was_there_is_counted() {
        let mut out = [9; 4];
        assert_eq!(unpack(&[3, 1, 2], &mut out), 2);
        assert_eq!(out[..2], [1, 2]);
        assert_eq!(unpack(&[0xfd], &mut out), 0);
        assert_eq!(unpack(&[128, 0, 5], &mut out), 1);
        assert_eq!(unpack(&[0x81, 7], &mut out), 4);
        assert_eq!(out, [7; 4]);
        assert_eq!(unpack(&[], &mut out), 0);
    }
}
