//! Exchanging dark and bright: `1 - v` (behaviour specification, 10.7).

use super::planes::Planes;

pub(super) fn invert(planes: &mut Planes) {
    planes.map(
        #[inline(always)]
        move |value| 1.0 - value,
    );
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::developed;

    #[test]
    fn dark_and_bright_are_exchanged() {
        assert_eq!(developed(&[Op::Invert], &[0, 1, 49, 128, 255]), [255, 254, 206, 127, 0]);
    }
}
