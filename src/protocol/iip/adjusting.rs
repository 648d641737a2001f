//! Commands that change sample values.
//!
//! A command given again replaces its earlier value, except that `CTW` appends rows and `MINMAX`
//! speaks of one channel at a time. A neutral value (`CNT=1`, `GAM=1`) is no adjustment at all.

#![expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]

use super::arguments::{bracketed, decoded, list};
use super::draft::Draft;
use super::kernels;
use crate::command::{Adjust, Colormap, Curve, Finite, Kernel, Limit, Matrix, Stop, Stops};
use crate::protocol::{ParseError, number};

/// Text that is no range is ignored; which channels exist is not known here.
pub(super) fn range(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    // VisiOmatic 2 counts channels from 1, VisiOmatic 1 has a comma behind the channel as well.
    let visiomatic = draft.settings.visiomatic;
    let parts = text.split_once(':');
    let parts = if visiomatic { parts.or_else(|| text.split_once(',')) } else { parts };
    let Some((channel, (min, max))) =
        parts.and_then(|(channel, range)| Some((channel, range.split_once(',')?)))
    else {
        return Ok(());
    };
    let (min, max) = (limit(min)?, limit(max)?);
    let channel = if channel == "-" {
        draft.replace(|other| matches!(other, Adjust::Range { .. }), None);
        None
    } else {
        let channel = number::integer(channel).saturating_sub(i64::from(visiomatic));
        let Ok(channel) = u16::try_from(channel) else { return Ok(()) };
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
    let curve = match text.to_ascii_lowercase().as_str() {
        "asinh" => Some(Curve::Asinh),
        "log" | "logarithm" => Some(Curve::Log),
        "sqrt" => Some(Curve::Sqrt),
        _ => factor("GAM", text)?.map(Curve::Gamma),
    };
    draft.replace(|other| matches!(other, Adjust::Curve(_)), curve.map(Adjust::Curve));
    Ok(())
}

pub(super) fn invert(draft: &mut Draft<'_>, _: &str) -> Result<(), ParseError> {
    draft.replace(|other| matches!(other, Adjust::Invert), Some(Adjust::Invert));
    Ok(())
}

/// Another name switches the colour map off.
pub(super) fn colormap(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let text = decoded("CMP", text)?;
    let named = |(name, _): &&(&str, Colormap)| text.eq_ignore_ascii_case(name);
    let map = match Colormap::NAMED.iter().find(named) {
        Some((_, map)) => Some(map.clone()),
        None if text.contains(':') => Some(Colormap::Stops(stops(bracketed(&text))?)),
        None => None,
    };
    draft.replace(|other| matches!(other, Adjust::Colormap(_)), map.map(Adjust::Colormap));
    Ok(())
}

/// `<position>:<red>,<green>,<blue>;…`
fn stops(text: &str) -> Result<Stops, ParseError> {
    let refused = || {
        let reason = format!(
            "2 to {} stops `<position>:<red>,<green>,<blue>` expected, positions ascending and \
             colours from 0 to 255",
            Stops::MAX
        );
        ParseError::new("CMP", reason)
    };
    let mut stops = Vec::new();
    for stop in list(text, ';').take(Stops::MAX + 1) {
        let (position, color) = stop.split_once(':').ok_or_else(refused)?;
        let color: Vec<u8> = list(color, ',')
            .take(4)
            .map(|channel| u8::try_from(number::integer(channel)))
            .collect::<Result<_, _>>()
            .map_err(|_| refused())?;
        let color = <[u8; 3]>::try_from(color).map_err(|_| refused())?;
        stops.push(Stop { position: number::finite("CMP", position)?, color });
    }
    Stops::new(&stops).ok_or_else(refused)
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

/// One angle alone is ignored. The third number is the factor of heights.
pub(super) fn shade(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let mut numbers = list(text, ',');
    let (Some(azimuth), Some(elevation)) = (numbers.next(), numbers.next()) else { return Ok(()) };
    let (azimuth, elevation) = (number::signed(azimuth), number::signed(elevation));
    let z = numbers.next().map_or(Ok(Finite::ONE), |z| number::finite("SHD", z))?;
    let same = |other: &Adjust| matches!(other, Adjust::Shade { .. });
    draft.replace(same, Some(Adjust::Shade { azimuth, elevation, z }));
    Ok(())
}

/// A sample value, or `p` and the percentage of samples that are not above it.
fn limit(text: &str) -> Result<Limit, ParseError> {
    let Some(percent) = text.trim_start().strip_prefix(['p', 'P']) else {
        return Ok(Limit::Value(number::finite("MINMAX", text)?));
    };
    let percent = number::finite("MINMAX", percent)?;
    if !(0.0..=100.0).contains(&percent.value()) {
        return Err(ParseError::new("MINMAX", "percentiles go from p0 to p100"));
    }
    Ok(Limit::Percentile(percent))
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
    fn channels_of_visiomatic_count_from_1() {
        use crate::command::Action;
        use crate::http::Request;
        use crate::protocol::{Documents, Parsed, iip};
        let settings = Documents { visiomatic: true, ..Documents::default() };
        let channels = |modifiers: &str| {
            let input = format!("FIF=a&{modifiers}&JTL=0,0");
            match iip::parse(&input, &Request::default(), &settings) {
                Ok(Parsed::Command(crate::command::Command {
                    action: Action::Tile { view, .. },
                    ..
                })) => view.adjust,
                other => panic!("{other:?}"),
            }
        };
        for modifiers in ["MINMAX=1:-5.5,1200&MINMAX=3:0,1", "MINMAX=1,-5.5,1200&MINMAX=3,0,1"] {
            assert_eq!(channels(modifiers), adjust("MINMAX=0:-5.5,1200&MINMAX=2:0,1"));
        }
        assert_eq!(channels("MINMAX=-:2,3"), adjust("MINMAX=-:2,3"));
        assert_eq!(channels("MINMAX=0:2,3"), []);
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
            ("GAM=2.2", vec![Adjust::Curve(Curve::Gamma(number(2.2)))]),
            ("GAM=2&GAM=LOG", vec![Adjust::Curve(Curve::Log)]),
            ("GAM=logarithm&GAM=1.0", vec![]),
            ("GAM=Asinh", vec![Adjust::Curve(Curve::Asinh)]),
            ("GAM=2&GAM=sqrt", vec![Adjust::Curve(Curve::Sqrt)]),
            ("INV&INV=1", vec![Adjust::Invert]),
            ("CMP=Jet", vec![Adjust::Colormap(Colormap::Jet)]),
            ("CMP=hot&CMP=none", vec![]),
            ("SHD=45,30", vec![Adjust::Shade { azimuth: 45, elevation: 30, z: Finite::ONE }]),
            ("SHD=45,30,2.5", vec![Adjust::Shade { azimuth: 45, elevation: 30, z: number(2.5) }]),
            ("SHD=45", vec![]),
            ("INV&CNT=2", vec![Adjust::Invert, Adjust::Contrast(number(2.0))]),
        ] {
            assert_eq!(adjust(modifiers), expected, "{modifiers}");
        }
    }

    #[test]
    fn ranges_are_kept_for_each_channel() {
        let value = |value| Limit::Value(number(value));
        let range = |channel, min, max| {
            let (min, max) = (value(min), value(max));
            Adjust::Range { channel, min, max }
        };
        let percentiles = |min, max| {
            let (min, max) = (Limit::Percentile(number(min)), Limit::Percentile(number(max)));
            Adjust::Range { channel: None, min, max }
        };
        for (modifiers, expected) in [
            ("MINMAX=0:50,200", vec![range(Some(0), 50.0, 200.0)]),
            ("MINMAX=-:-1.5,2e3", vec![range(None, -1.5, 2000.0)]),
            (
                "MINMAX=1:0,1&MINMAX=2:0,2&MINMAX=1:0,3",
                vec![range(Some(2), 0.0, 2.0), range(Some(1), 0.0, 3.0)],
            ),
            ("MINMAX=1:0,1&MINMAX=-:0,2", vec![range(None, 0.0, 2.0)]),
            ("MINMAX=-:0,2&MINMAX=1:0,1", vec![range(None, 0.0, 2.0), range(Some(1), 0.0, 1.0)]),
            ("MINMAX=-:p2,P99.5", vec![percentiles(2.0, 99.5)]),
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
    fn colour_maps_have_a_name_or_stops() {
        let map = |modifiers: &str| match &adjust(modifiers)[..] {
            [Adjust::Colormap(map)] => map.clone(),
            other => unreachable!("{other:?}"),
        };
        assert_eq!(map("CMP=Viridis"), Colormap::Viridis);
        let stop = |position, color| Stop { position: number(position), color };
        let expected = [stop(0.0, [0, 0, 0]), stop(0.5, [255, 0, 10]), stop(1.0, [255, 255, 255])];
        let expected = Colormap::Stops(Stops::new(&expected).unwrap());
        assert_eq!(map("CMP=[0:0,0,0;0.5:255,0,10;1:255,255,255]"), expected);
        assert_eq!(map("CMP=0%3A0,0,0%3B0.5:255,0,10;1:255,255,255"), expected);
        for wrong in ["0:0,0,0", "0:0,0;1:1,1,1", "0:0,0,256;1:1,1,1", "1:0,0,0;0:1,1,1", ":1,1,1"]
        {
            assert_eq!(error(&format!("FIF=a&CMP=[{wrong}]&JTL=0,0")), "CMP", "{wrong}");
        }
        let many = "0:1,2,3;".repeat(Stops::MAX + 1);
        assert_eq!(error(&format!("FIF=a&CMP=[{many}]&JTL=0,0")), "CMP");
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
            ("MINMAX=0:p-1,1", "MINMAX"),
            ("MINMAX=0:p2,p101", "MINMAX"),
            ("SHD=1,2,nan", "SHD"),
            ("MINMAX=-:0,1e999", "MINMAX"),
            ("CTW=[1,nan]", "CTW"),
            ("CNV=[1e999]", "CNV"),
        ] {
            assert_eq!(error(&format!("FIF=a&{modifiers}&JTL=0,0")), name);
        }
    }
}
