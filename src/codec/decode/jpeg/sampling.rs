//! Sampling factors that can be decoded (ITU-T T.81, A.1.1).

/// Refuses factors, across in the upper four bits and down in the lower ones, of which the decoder
/// of progressive and unusual pictures makes a wrong picture. It takes the first component for the
/// finest one across, and enlarges the others by 2 or 4.
pub(in crate::codec::decode) fn check(factors: &[u8]) -> Result<(), &'static str> {
    let parts = || factors.iter().map(|factors| (factors >> 4, factors & 15));
    let (Some(first), [_, _, ..]) = (parts().next(), factors) else { return thirds(factors) };
    thirds(factors)?;
    let across = parts().map(|(across, _)| across).max().unwrap_or(1);
    let down = parts().map(|(_, down)| down).max().unwrap_or(1);
    let halves_of_quarters = down == 4 && parts().any(|(_, down)| down == 2);
    let is_finest = first.0 == across && (first.1 == down || across.max(down) <= 2);
    if is_finest && !halves_of_quarters {
        Ok(())
    } else {
        Err("colours of finer sampling than the brightness")
    }
}

fn thirds(factors: &[u8]) -> Result<(), &'static str> {
    if factors.iter().any(|factors| factors >> 4 == 3 || factors & 15 == 3) {
        return Err("a component sampled by thirds");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cameras_and_scanners_write_is_read() {
        for factors in [
            &[0x11][..],
            &[0x22],
            &[0x42],
            &[0x11, 0x11, 0x11],
            &[0x21, 0x11, 0x11],
            &[0x22, 0x11, 0x11],
            &[0x12, 0x11, 0x11],
            &[0x41, 0x11, 0x11],
            &[0x42, 0x11, 0x11],
            &[0x14, 0x11, 0x11],
            &[0x22, 0x21, 0x12],
            &[0x21, 0x12, 0x22],
            &[0x22, 0x11, 0x11, 0x22],
        ] {
            assert_eq!(check(factors), Ok(()), "{factors:x?}");
        }
    }

    #[test]
    fn what_would_be_a_wrong_picture_is_refused() {
        // Each of these came out wrong or damaged beside libjpeg-turbo.
        for factors in [
            [0x11, 0x22, 0x22],
            [0x11, 0x21, 0x11],
            [0x11, 0x14, 0x21],
            [0x12, 0x11, 0x14],
            [0x14, 0x11, 0x12],
            [0x21, 0x14, 0x22],
            [0x41, 0x11, 0x12],
            [0x31, 0x11, 0x11],
        ] {
            assert!(check(&factors).is_err(), "{factors:x?}");
        }
    }
}
