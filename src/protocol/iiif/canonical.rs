//! The canonical form of an image request (Image API 3.0, 4.7; 2.1, 4.7).

use super::{Version, quality};
use crate::command::{Fit, Orient, View};
use crate::image::Rect;

/// What a view came to on one image.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Resolved {
    /// Width and height of the full image.
    pub full: (u32, u32),
    /// Part of the full image, clipped to it.
    pub region: Rect,
    /// Width and height of the answer before rotation.
    pub size: (u32, u32),
}

/// The canonical `region/size/rotation/quality.format` of an answer.
///
/// Equal answers have equal texts, and the text asks for the same answer again. Version 1 has no
/// canonical form and gets that of version 2 in its own words.
pub fn canonical(version: Version, view: &View, resolved: &Resolved) -> String {
    let size = match version {
        Version::V1 | Version::V2 => size_2(view.size.fit, resolved),
        Version::V3 => size_3(view.size.fit, resolved),
    };
    format!(
        "{}/{size}/{}/{}.{}",
        region(resolved),
        rotation(view.orient),
        quality::name(view, version),
        view.output.format.extension()
    )
}

fn region(resolved: &Resolved) -> String {
    let Rect { x, y, width, height } = resolved.region;
    if (x, y) == (0, 0) && (width, height) == resolved.full {
        "full".to_owned()
    } else {
        format!("{x},{y},{width},{height}")
    }
}

/// `full`, `w,` where the aspect stays, else `w,h`.
fn size_2(fit: Fit, resolved: &Resolved) -> String {
    let (width, height) = resolved.size;
    let (region_width, region_height) = (resolved.region.width, resolved.region.height);
    if fit == Fit::Natural || resolved.size == (region_width, region_height) {
        return "full".to_owned();
    }
    let in_proportion = rounded(width, region_height, region_width);
    if u64::from(height) == in_proportion {
        format!("{width},")
    } else {
        format!("{width},{height}")
    }
}

/// `max` or `w,h`, with `^` where the region is enlarged.
fn size_3(fit: Fit, resolved: &Resolved) -> String {
    let (width, height) = resolved.size;
    let enlarged = width > resolved.region.width || height > resolved.region.height;
    let caret = if enlarged { "^" } else { "" };
    let natural = resolved.size == (resolved.region.width, resolved.region.height);
    if natural || matches!(fit, Fit::Max | Fit::Natural) {
        format!("{caret}max")
    } else {
        format!("{caret}{width},{height}")
    }
}

/// `a * b / c` rounded half up, at least 1.
fn rounded(a: u32, b: u32, c: u32) -> u64 {
    let (product, c) = (u128::from(a) * u128::from(b), u128::from(c.max(1)));
    u64::try_from((2 * product + c) / (2 * c)).unwrap_or(u64::MAX).max(1)
}

/// The shortest decimal: a whole number if possible, no zeros at the end, one before the point.
fn rotation(orient: Orient) -> String {
    format!("{}{}", if orient.mirror { "!" } else { "" }, orient.degrees.value())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::command::{Action, Command, Region, Upscale};
    use crate::http::Request;
    use crate::protocol::{Documents, Parsed};

    const FULL: (u32, u32) = (1000, 700);

    fn view(text: &str, iiif_version: u8) -> View {
        let settings = Documents { iiif_version, extensions: true, ..Documents::default() };
        let input = format!("a/{text}");
        match super::super::parse(&input, &Request::default(), &settings) {
            Ok(Parsed::Command(Command { action: Action::Region(view), .. })) => view,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// The arithmetic of the specifications for an image of [`FULL`] without limits.
    fn resolve(view: &View) -> Option<Resolved> {
        let full = Rect { x: 0, y: 0, width: FULL.0, height: FULL.1 };
        let region = match view.region {
            Region::Full => full,
            Region::Pixels { x, y, width, height } => {
                full.intersection(&Rect { x, y, width, height })?
            }
            Region::Square => Rect { x: 150, y: 0, width: 700, height: 700 },
            Region::Ratio { .. } => return None,
        };
        let (width, height) = (region.width, region.height);
        let short = |a, b, c| u32::try_from(rounded(a, b, c)).unwrap();
        let size = match view.size.fit {
            Fit::Exact { width, height } => (width, height),
            Fit::Height(side) => (short(side, width, height), side),
            Fit::Max | Fit::Natural => (width, height),
            Fit::Width(side) => (side, short(side, height, width)),
            Fit::Percent(_) | Fit::Within { .. } => return None,
        };
        Some(Resolved { full: FULL, region, size })
    }

    #[test]
    fn forms_of_version_3() {
        for (text, expected) in [
            ("full/max/0/default.jpg", "full/max/0/default.jpg"),
            ("FULL/MAX/0/DEFAULT.JPG", "full/max/0/default.jpg"),
            ("full/1000,/0/default.jpg", "full/max/0/default.jpg"),
            ("0,0,5000,5000/max/0/color.jpg", "full/max/0/default.jpg"),
            ("square/max/0/gray.png", "150,0,700,700/max/0/gray.png"),
            ("full/500,/0/default.jpg", "full/500,350/0/default.jpg"),
            ("full/,350/0/default.jpg", "full/500,350/0/default.jpg"),
            ("full/^2000,/0/default.jpg", "full/^2000,1400/0/default.jpg"),
            ("full/^500,/0/default.jpg", "full/500,350/0/default.jpg"),
            ("full/^max/0/default.jpg", "full/max/0/default.jpg"),
            ("900,600,500,500/max/0/default.jpg", "900,600,100,100/max/0/default.jpg"),
            ("full/max/360/default.jpg", "full/max/0/default.jpg"),
            ("full/max/!022.50/default.jpg", "full/max/!22.5/default.jpg"),
            ("full/max/.5/bitonal.jpg", "full/max/0.5/bitonal.jpg"),
            ("full/max/90.0/negative.jpg", "full/max/90/negative.jpg"),
        ] {
            let view = view(text, 3);
            let resolved = resolve(&view).unwrap();
            assert_eq!(canonical(Version::V3, &view, &resolved), expected, "{text}");
        }
    }

    #[test]
    fn forms_of_version_2() {
        for (text, expected) in [
            ("full/full/0/default.jpg", "full/full/0/default.jpg"),
            ("full/max/0/native.jpg", "full/full/0/default.jpg"),
            ("full/1000,700/0/default.jpg", "full/full/0/default.jpg"),
            ("full/500,350/0/default.jpg", "full/500,/0/default.jpg"),
            ("full/,350/0/grey.jpg", "full/500,/0/gray.jpg"),
            ("full/500,300/0/default.jpg", "full/500,300/0/default.jpg"),
            ("full/2000,/0/default.jpg", "full/2000,/0/default.jpg"),
            ("0,0,100,100/50,/0/default.jpg", "0,0,100,100/50,/0/default.jpg"),
        ] {
            let view = view(text, 2);
            let resolved = resolve(&view).unwrap();
            assert_eq!(canonical(Version::V2, &view, &resolved), expected, "{text}");
        }
        let grey = view("full/full/0/grey.jpg", 1);
        let resolved = resolve(&grey).unwrap();
        assert_eq!(canonical(Version::V1, &grey, &resolved), "full/full/0/grey.jpg");
    }

    #[test]
    fn the_largest_sizes_have_their_own_words() {
        let region = Rect { x: 0, y: 0, width: 1000, height: 700 };
        let enlarged = Resolved { full: FULL, region, size: (5000, 3500) };
        let max = view("full/^max/0/default.jpg", 3);
        assert_eq!(canonical(Version::V3, &max, &enlarged), "full/^max/0/default.jpg");
        let limited = Resolved { full: FULL, region, size: (500, 350) };
        let max = view("full/max/0/default.jpg", 3);
        assert_eq!(canonical(Version::V3, &max, &limited), "full/max/0/default.jpg");
    }

    proptest! {
        #[test]
        fn the_canonical_form_asks_for_the_same_again(
            version in 1u8..=3,
            x in 0u32..1000, y in 0u32..700, width in 1u32..1200, height in 1u32..900,
            whole: bool,
            (out_width, out_height) in (1u32..3000, 1u32..3000),
            form in 0usize..4,
            degrees in prop_oneof![Just(0.0), Just(90.0), Just(360.0), 0.0f64..360.0],
            mirror: bool,
            quality in prop_oneof!["default", "color", "bitonal", "negative", "log"],
            format in prop_oneof!["jpg", "png"],
        ) {
            let region =
                if whole { "full".to_owned() } else { format!("{x},{y},{width},{height}") };
            let size = match form {
                0 => "max".to_owned(),
                1 => format!("{out_width},"),
                2 => format!(",{out_height}"),
                _ => format!("{out_width},{out_height}"),
            };
            let caret = if version == 3 { "^" } else { "" };
            let mirror = if mirror { "!" } else { "" };
            let text = format!("{region}/{caret}{size}/{mirror}{degrees}/{quality}.{format}");

            let number = version;
            let version = Version::from_number(version);
            let asked = view(&text, number);
            let resolved = resolve(&asked).unwrap();
            let wording = canonical(version, &asked, &resolved);
            let again = view(&wording, number);
            let resolved_again = resolve(&again).unwrap();

            prop_assert_eq!(resolved_again, resolved, "{}", &wording);
            prop_assert_eq!(
                (again.orient, again.color, &again.adjust, again.output),
                (asked.orient, asked.color, &asked.adjust, asked.output)
            );
            prop_assert_eq!(canonical(version, &again, &resolved_again), wording);
            // The canonical form enlarges exactly where it says so.
            let enlarged = resolved.size.0 > resolved.region.width
                || resolved.size.1 > resolved.region.height;
            prop_assert!(!enlarged || again.size.upscale == Upscale::Allow);
        }
    }
}
