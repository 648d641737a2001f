//! Commands that name the image and say which part of it is sent, how large and how turned.

#![expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]

use super::arguments::{decoded, list};
use super::draft::Draft;
use crate::command::{Angle, ColorMode, Depth, Finite, Orient, Region, TiffCompression};
use crate::protocol::{ParseError, number};

pub(super) fn image(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    draft.image = Some(decoded("FIF", text)?.into());
    Ok(())
}

pub(super) fn angle(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let (x, y) = text.split_once(',').unwrap_or((text, "90"));
    draft.angle = Some(Angle { x: number::signed(x), y: number::signed(y) });
    Ok(())
}

pub(super) fn width(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    draft.width = number::unsigned("WID", text)?;
    Ok(())
}

pub(super) fn height(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    draft.height = number::unsigned("HEI", text)?;
    Ok(())
}

/// Empty pieces between commas do not count. Too few numbers or an empty region change nothing.
pub(super) fn region(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let mut fractions = Vec::with_capacity(4);
    for piece in list(text, ',').take(4) {
        fractions.push(number::finite("RGN", piece)?);
    }
    if let [x, y, width, height] = fractions[..]
        && width > Finite::ZERO
        && height > Finite::ZERO
    {
        let [x, y, width, height] = [x, y, width, height].map(fraction);
        draft.region = Region::Ratio { x, y, width, height };
    }
    Ok(())
}

/// Only multiples of 90 degrees turn, after fractions were cut off.
pub(super) fn orient(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let (mirror, text) = match text.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let degrees = number::finite("ROT", text)?.value().trunc().rem_euclid(360.0);
    let degrees = Finite::new(degrees).filter(|_| degrees % 90.0 == 0.0).unwrap_or(Finite::ZERO);
    draft.orient = Orient { mirror, degrees };
    Ok(())
}

pub(super) fn quality(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let (codec, quality) = match text.split_once(':') {
        Some((codec, quality)) => (Some(codec), quality),
        None => (None, text),
    };
    draft.quality = Some(number::signed(quality));
    draft.compression = codec.map(|name| match name.to_ascii_lowercase().as_str() {
        "deflate" => TiffCompression::Deflate,
        "jpeg" => TiffCompression::Jpeg,
        "lzw" => TiffCompression::Lzw,
        "webp" => TiffCompression::Webp,
        "zstd" => TiffCompression::Zstd,
        _ => TiffCompression::None,
    });
    Ok(())
}

pub(super) fn depth(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let depth = Depth::from_name(text);
    draft.depth = depth.ok_or_else(|| ParseError::new("DEPTH", "expected 8, 16 or float"))?;
    Ok(())
}

pub(super) fn layers(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    draft.layers = Some(number::signed(text));
    Ok(())
}

pub(super) fn color(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    match text.to_ascii_lowercase().as_str() {
        "gray" | "grey" => draft.color = ColorMode::Gray,
        "binary" => draft.color = ColorMode::Bitonal,
        _ => {}
    }
    Ok(())
}

pub(super) fn nothing(_: &mut Draft<'_>, _: &str) -> Result<(), ParseError> {
    Ok(())
}

/// A fraction between 0 and 1 in single precision, which is what iipsrv computes with: the same
/// digits give the same pixels.
fn fraction(value: Finite) -> Finite {
    #[expect(clippy::cast_possible_truncation, reason = "rounding is the purpose")]
    let single = value.value() as f32;
    Finite::new(f64::from(single).clamp(0.0, 1.0)).unwrap_or(Finite::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Fit;
    use crate::protocol::iip::testing::{command, error, view};

    fn modified(modifiers: &str) -> crate::command::View {
        view(&format!("FIF=a&{modifiers}&CVT=jpeg"))
    }

    #[test]
    fn names_of_images_are_decoded_once_and_otherwise_left_alone() {
        for (argument, name) in [
            ("a%26b%20c+d.tif", "a&b c d.tif"),
            ("50%zz.tif", "50%zz.tif"),
            ("%252e", "%2e"),
            ("../../a", "../../a"),
            ("a=b", "a=b"),
        ] {
            let image = command(&format!("FIF={argument}&OBJ=Max-size")).image.unwrap();
            assert_eq!(&*image.name, name);
        }
        assert_eq!(error("FIF=a%00b"), "FIF");
    }

    #[test]
    fn a_view_has_the_vertical_angle_90_unless_given() {
        for (argument, x, y) in [("5", 5, 90), ("5,45", 5, 45), ("-1,-2", -1, -2), ("x,", 0, 0)] {
            let image = command(&format!("FIF=a&SDS={argument}&OBJ=Max-size")).image.unwrap();
            assert_eq!(image.angle, Some(Angle { x, y }), "{argument}");
        }
    }

    #[test]
    fn width_and_height_are_a_box() {
        for (modifiers, fit) in [
            ("WID=0", Fit::Natural),
            ("WID=5", Fit::Width(5)),
            ("HEI=7", Fit::Height(7)),
            ("WID=5&HEI=7", Fit::Within { width: 5, height: 7 }),
            ("WID=5&WID=6", Fit::Width(6)),
            ("WID=5&WID=0", Fit::Natural),
            ("WID=99999999999", Fit::Width(u32::MAX)),
        ] {
            assert_eq!(modified(modifiers).size.fit, fit, "{modifiers}");
        }
        assert_eq!(error("FIF=a&WID=-5&CVT=jpeg"), "WID");
        assert_eq!(error("FIF=a&HEI=-5&CVT=jpeg"), "HEI");
    }

    #[test]
    fn regions_are_clamped_fractions_in_single_precision() {
        let ratio = |x, y, width, height| {
            let [x, y, width, height] = [x, y, width, height].map(|v| Finite::new(v).unwrap());
            Region::Ratio { x, y, width, height }
        };
        for (argument, region) in [
            ("0,0.25,.5,1", ratio(0.0, 0.25, 0.5, 1.0)),
            ("-1,2,3,0.5", ratio(0.0, 1.0, 1.0, 0.5)),
            (",0,,0,1,1,9", ratio(0.0, 0.0, 1.0, 1.0)),
            ("0.1,0,1,1?170", ratio(f64::from(0.1_f32), 0.0, 1.0, 1.0)),
            ("0,0,1", Region::Full),
            ("0,0,0,1", Region::Full),
            ("0,0,1,-1", Region::Full),
        ] {
            assert_eq!(modified(&format!("RGN={argument}")).region, region, "{argument}");
        }
        assert_eq!(error("FIF=a&RGN=0,0,nan,1&CVT=jpeg"), "RGN");
    }

    #[test]
    fn only_right_angles_turn() {
        for (argument, mirror, degrees) in [
            ("90", false, 90),
            ("90.7", false, 90),
            ("450", false, 90),
            ("-90", false, 270),
            ("-90.7", false, 270),
            ("-360", false, 0),
            ("45", false, 0),
            ("!180", true, 180),
            ("!45", true, 0),
            ("!", true, 0),
            ("270?17", false, 270),
        ] {
            let expected = Orient { mirror, degrees: degrees.into() };
            assert_eq!(modified(&format!("ROT={argument}")).orient, expected, "{argument}");
        }
        assert_eq!(modified("ROT=90&ROT=45").orient, Orient::default());
        assert_eq!(error("FIF=a&ROT=inf&CVT=jpeg"), "ROT");
    }

    #[test]
    fn quality_may_name_a_codec() {
        for (argument, quality, compression) in [
            ("QLT=75", 75, None),
            ("QLT=-1", -1, None),
            ("QLT", 0, None),
            ("QLT=LZW:1", 1, Some(TiffCompression::Lzw)),
            ("QLT=deflate:9", 9, Some(TiffCompression::Deflate)),
            ("QLT=jpeg:80", 80, Some(TiffCompression::Jpeg)),
            ("QLT=webp:80", 80, Some(TiffCompression::Webp)),
            ("QLT=zstd:19", 19, Some(TiffCompression::Zstd)),
            ("QLT=best:3", 3, Some(TiffCompression::None)),
            ("QLT=lzw:1&QLT=2", 2, None),
        ] {
            let output = modified(argument).output;
            assert_eq!((output.quality, output.compression), (Some(quality), compression));
        }
    }

    #[test]
    fn colours_that_are_not_known_change_nothing() {
        for (argument, color) in [
            ("grey", ColorMode::Gray),
            ("GRAY", ColorMode::Gray),
            ("binary", ColorMode::Bitonal),
            ("sepia", ColorMode::Native),
        ] {
            assert_eq!(modified(&format!("COL={argument}")).color, color, "{argument}");
        }
    }

    #[test]
    fn depths_are_8_16_and_float() {
        for (argument, depth) in
            [("8", Depth::Eight), ("16", Depth::Sixteen), ("FLOAT", Depth::Float)]
        {
            assert_eq!(modified(&format!("DEPTH={argument}")).output.depth, depth);
        }
        assert_eq!(modified("QLT=1").output.depth, Depth::Eight);
        assert_eq!(error("FIF=a&DEPTH=12&CVT=png"), "DEPTH");
    }

    #[test]
    fn layers_are_passed_on() {
        assert_eq!(modified("LYR=3").layers, Some(3));
        assert_eq!(modified("ICC=0").layers, None);
    }
}
