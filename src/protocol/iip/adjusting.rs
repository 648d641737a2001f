//! Commands that change sample values.
//!
//! A command given again replaces its earlier value, except that `CTW` appends rows and `MINMAX`
//! speaks of one channel at a time. A neutral value (`CNT=1`, `GAM=1`) is no adjustment at all.

#![expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]

use super::arguments::{bracketed, decoded, list};
use super::draft::Draft;
use super::kernels;
use crate::command::{Adjust, Colormap, Finite, Kernel, Matrix};
use crate::protocol::{ParseError, number};

/// Text that is no range is ignored; which channels exist is not known here.
pub(super) fn range(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let Some((channel, (min, max))) =
        text.split_once(':').and_then(|(channel, range)| Some((channel, range.split_once(',')?)))
    else {
        return Ok(());
    };
    let (min, max) = (number::finite("MINMAX", min)?, number::finite("MINMAX", max)?);
    let channel = if channel == "-" {
        draft.replace(|other| matches!(other, Adjust::Range { .. }), None);
        None
    } else {
        let Ok(channel) = u16::try_from(number::integer(channel)) else { return Ok(()) };
        let same = |other: &Adjust| matches!(other, Adjust::Range { channel: Some(other), .. } if *other == channel);
        draft.adjust.retain(|other| !same(other));
        Some(channel)
    };
    draft.adjust.push(Adjust::Range { channel, min, max });
    Ok(())
}

pub(super) fn contrast(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let adjust = match text.to_ascii_lowercase().as_str() {
        "eq" | "equalization" => Some(Adjust::Equalize),
        "st" | "stretch" => Some(Adjust::Stretch),
        _ => factor("CNT", text)?.map(Adjust::Contrast),
    };
    let same =
        |other: &Adjust| matches!(other, Adjust::Contrast(_) | Adjust::Equalize | Adjust::Stretch);
    draft.replace(same, adjust);
    Ok(())
}

pub(super) fn gamma(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let adjust = match text.to_ascii_lowercase().as_str() {
        "log" | "logarithm" => Some(Adjust::Log),
        _ => factor("GAM", text)?.map(Adjust::Gamma),
    };
    draft.replace(|other| matches!(other, Adjust::Gamma(_) | Adjust::Log), adjust);
    Ok(())
}

pub(super) fn invert(draft: &mut Draft<'_>, _: &str) -> Result<(), ParseError> {
    draft.replace(|other| matches!(other, Adjust::Invert), Some(Adjust::Invert));
    Ok(())
}

pub(super) fn colormap(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let map = match text.to_ascii_lowercase().as_str() {
        "blue" => Some(Colormap::Blue),
        "cold" => Some(Colormap::Cold),
        "green" => Some(Colormap::Green),
        "hot" => Some(Colormap::Hot),
        "jet" => Some(Colormap::Jet),
        "red" => Some(Colormap::Red),
        _ => None,
    };
    draft.replace(|other| matches!(other, Adjust::Colormap(_)), map.map(Adjust::Colormap));
    Ok(())
}

pub(super) fn twist(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let text = decoded("CTW", text)?;
    let mut rows = draft
        .adjust
        .iter()
        .find_map(|adjust| if let Adjust::Twist(matrix) = adjust { Some(matrix) } else { None })
        .map_or_else(Vec::new, |matrix| matrix.rows().to_vec());
    for row in list(bracketed(&text), ';') {
        if rows.len() == Matrix::MAX_ROWS {
            let reason = format!("at most {} rows are allowed", Matrix::MAX_ROWS);
            return Err(ParseError::new("CTW", reason));
        }
        let numbers = list(row, ',').take(Matrix::MAX_COLUMNS + 1);
        rows.push(numbers.map(|text| number::finite("CTW", text)).collect::<Result<_, _>>()?);
    }
    if rows.is_empty() {
        return Ok(());
    }
    let matrix = Matrix::new(rows).map_err(|_| {
        let reason = format!("rows must have 1 to {} numbers", Matrix::MAX_COLUMNS);
        ParseError::new("CTW", reason)
    })?;
    draft.replace(|other| matches!(other, Adjust::Twist(_)), Some(Adjust::Twist(matrix)));
    Ok(())
}

/// Unknown names and numbers that make no square are ignored.
pub(super) fn convolve(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let text = decoded("CNV", text)?;
    let text = bracketed(&text);
    let kernel = match kernels::named(text) {
        Some(kernel) => Some(kernel),
        None if text.contains(|c: char| c.is_ascii_digit()) => {
            let numbers = list(text, ',').take(Kernel::MAX_SIDE * Kernel::MAX_SIDE + 1);
            let weights: Vec<Finite> =
                numbers.map(|text| number::finite("CNV", text)).collect::<Result<_, _>>()?;
            Kernel::new(&weights).ok()
        }
        None => None,
    };
    if let Some(kernel) = kernel {
        let same = |other: &Adjust| matches!(other, Adjust::Convolve(_));
        draft.replace(same, Some(Adjust::Convolve(kernel)));
    }
    Ok(())
}

/// One angle alone is ignored.
pub(super) fn shade(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let angles: Vec<i32> = list(text, ',').take(2).map(number::signed).collect();
    if let [azimuth, elevation] = angles[..] {
        let same = |other: &Adjust| matches!(other, Adjust::Shade { .. });
        draft.replace(same, Some(Adjust::Shade { azimuth, elevation }));
    }
    Ok(())
}

/// A factor or exponent; `None` is 1, which changes nothing.
fn factor(field: &'static str, text: &str) -> Result<Option<Finite>, ParseError> {
    let value = number::finite(field, text)?;
    if value < Finite::ZERO {
        return Err(ParseError::new(field, "negative numbers have no meaning here"));
    }
    Ok(Some(value).filter(|value| *value != Finite::ONE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::iip::testing::{error, view};

    fn adjust(modifiers: &str) -> Vec<Adjust> {
        view(&format!("FIF=a&{modifiers}&JTL=0,0")).adjust
    }

    fn number(value: f64) -> Finite {
        Finite::new(value).unwrap()
    }

    #[test]
    fn a_command_given_again_replaces_its_value() {
        for (modifiers, expected) in [
            ("CNT=1.5", vec![Adjust::Contrast(number(1.5))]),
            ("CNT=EQ", vec![Adjust::Equalize]),
            ("CNT=equalization", vec![Adjust::Equalize]),
            ("CNT=st", vec![Adjust::Stretch]),
            ("CNT=eq&CNT=Stretch", vec![Adjust::Stretch]),
            ("CNT=2&CNT=1", vec![]),
            ("CNT=junk", vec![Adjust::Contrast(Finite::ZERO)]),
            ("GAM=2.2", vec![Adjust::Gamma(number(2.2))]),
            ("GAM=2&GAM=LOG", vec![Adjust::Log]),
            ("GAM=logarithm&GAM=1.0", vec![]),
            ("INV&INV=1", vec![Adjust::Invert]),
            ("CMP=Jet", vec![Adjust::Colormap(Colormap::Jet)]),
            ("CMP=hot&CMP=none", vec![]),
            ("SHD=45,30", vec![Adjust::Shade { azimuth: 45, elevation: 30 }]),
            ("SHD=45", vec![]),
            ("INV&CNT=2", vec![Adjust::Invert, Adjust::Contrast(number(2.0))]),
        ] {
            assert_eq!(adjust(modifiers), expected, "{modifiers}");
        }
    }

    #[test]
    fn ranges_are_kept_for_each_channel() {
        let range =
            |channel, min, max| Adjust::Range { channel, min: number(min), max: number(max) };
        for (modifiers, expected) in [
            ("MINMAX=0:50,200", vec![range(Some(0), 50.0, 200.0)]),
            ("MINMAX=-:-1.5,2e3", vec![range(None, -1.5, 2000.0)]),
            (
                "MINMAX=1:0,1&MINMAX=2:0,2&MINMAX=1:0,3",
                vec![range(Some(2), 0.0, 2.0), range(Some(1), 0.0, 3.0)],
            ),
            ("MINMAX=1:0,1&MINMAX=-:0,2", vec![range(None, 0.0, 2.0)]),
            ("MINMAX=-:0,2&MINMAX=1:0,1", vec![range(None, 0.0, 2.0), range(Some(1), 0.0, 1.0)]),
            ("MINMAX=-1:0,1", vec![]),
            ("MINMAX=5", vec![]),
            ("MINMAX=0:5", vec![]),
        ] {
            assert_eq!(adjust(modifiers), expected, "{modifiers}");
        }
    }

    #[test]
    fn twists_collect_rows() {
        let rows = |modifiers: &str| match &adjust(modifiers)[..] {
            [Adjust::Twist(matrix)] => {
                let row = |row: &Vec<Finite>| row.iter().map(|value| value.value()).collect();
                matrix.rows().iter().map(row).collect::<Vec<Vec<f64>>>()
            }
            _ => vec![],
        };
        assert_eq!(rows("CTW=[1,.5;0,-1]"), [[1.0, 0.5], [0.0, -1.0]]);
        assert_eq!(rows("CTW=%5B1%2C2%5D"), [[1.0, 2.0]]);
        assert_eq!(rows("CTW=1,2;;3"), [vec![1.0, 2.0], vec![3.0]]);
        assert_eq!(rows("CTW=[1]&CTW=[2]"), [[1.0], [2.0]]);
        assert!(rows("CTW=[]").is_empty());
    }

    #[test]
    fn twists_are_bounded() {
        assert_eq!(error(&format!("FIF=a&CTW={}", "1;".repeat(17))), "CTW");
        assert_eq!(error(&format!("FIF=a&CTW={}", "1,".repeat(1025))), "CTW");
        assert_eq!(error("FIF=a&CTW=[,;1]"), "CTW");
    }

    #[test]
    fn kernels_are_named_or_given() {
        let rows = |modifiers: &str| match &adjust(modifiers)[..] {
            [Adjust::Convolve(kernel)] => kernel.rows().len(),
            _ => 0,
        };
        for (modifiers, side) in [
            ("CNV=[sobel]", 3),
            ("CNV=Laplace", 3),
            ("CNV=[2]", 1),
            ("CNV=%5B0,-1,0,-1,5,-1,0,-1,0%5D", 3),
            ("CNV=[1,2]", 0),
            ("CNV=blur", 0),
            ("CNV=sobel&CNV=[3]", 1),
        ] {
            assert_eq!(rows(modifiers), side, "{modifiers}");
        }
        let five = "1,".repeat(25);
        assert_eq!(rows(&format!("CNV=[{five}]")), 5);
        assert_eq!(rows(&format!("CNV=[{five}1]")), 0);
    }

    #[test]
    fn numbers_that_are_not_finite_or_make_no_sense_are_refused() {
        for (modifiers, name) in [
            ("CNT=nan", "CNT"),
            ("CNT=-1", "CNT"),
            ("GAM=inf", "GAM"),
            ("GAM=-1", "GAM"),
            ("MINMAX=0:nan,1", "MINMAX"),
            ("MINMAX=-:0,1e999", "MINMAX"),
            ("CTW=[1,nan]", "CTW"),
            ("CNV=[1e999]", "CNV"),
        ] {
            assert_eq!(error(&format!("FIF=a&{modifiers}&JTL=0,0")), name);
        }
    }
}
