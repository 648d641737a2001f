//! What a `GeoTIFF` file says about its place on the earth, as text (OGC `GeoTIFF` 1.1).

use std::fmt::Write;

use super::header::Source;
use super::ifd::Ifd;
use super::metadata::lenient;
use super::{metadata, tags};
use crate::codec::DecodeError;

/// A line for each key, and one for each tag that ties pixels to the model: its name, a colon and
/// its values. `None` when the file says nothing. Codes stay numbers, as they are in the file.
pub(super) fn text(
    source: &Source,
    ifd: &Ifd,
    limit: usize,
) -> Result<Option<String>, DecodeError> {
    let numbers =
        |tag, most| lenient(ifd.numbers(source, tag, most)).map(Option::unwrap_or_default);
    let keys = lenient(ifd.uints(source, tags::GEO_KEY_DIRECTORY, MOST))?.unwrap_or_default();
    let doubles = numbers(tags::GEO_DOUBLE_PARAMS, MOST)?;
    let texts = lenient(ifd.bytes(source, tags::GEO_ASCII_PARAMS, limit))?.unwrap_or_default();
    let mut out = String::new();
    for (name, tag, most) in [
        ("ModelPixelScaleTag", tags::MODEL_PIXEL_SCALE, 3),
        ("ModelTiepointTag", tags::MODEL_TIEPOINT, MOST),
        ("ModelTransformationTag", tags::MODEL_TRANSFORMATION, 16),
    ] {
        line(&mut out, name, &joined(&numbers(tag, most)?));
    }
    // The directory begins with four numbers of its own (7.1.1).
    let (keys, _) = keys.get(4..).unwrap_or_default().as_chunks::<4>();
    for &[key, place, count, value] in keys {
        let part = || {
            let first = usize::try_from(value).ok()?;
            Some(first..first.checked_add(usize::try_from(count).ok()?)?)
        };
        let value = match u16::try_from(place).unwrap_or_default() {
            0 if place == 0 => Some(value.to_string()),
            tags::GEO_DOUBLE_PARAMS => part().and_then(|part| doubles.get(part)).map(joined),
            // Texts end with a bar, which stands for the NUL of each.
            tags::GEO_ASCII_PARAMS => part()
                .and_then(|part| texts.get(part))
                .map(|text| metadata::text(text.to_vec()).trim_end_matches(['|', '\0']).to_owned()),
            _ => None,
        };
        let known = NAMES.iter().find(|(number, _)| *number == key);
        let name = known.map_or_else(|| key.to_string(), |(_, name)| (*name).to_owned());
        let value = value.unwrap_or_default();
        // Keys can share their values, so that a small file could fill the memory.
        if out.len().saturating_add(value.len()) > limit.min(LONGEST) {
            break;
        }
        line(&mut out, &name, &value);
    }
    Ok((!out.is_empty()).then_some(out))
}

/// Adds a line, if there is something to say.
fn line(out: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        let end = if out.is_empty() { "" } else { "\n" };
        let _ = write!(out, "{end}{name}: {value}");
    }
}

fn joined(values: &[f64]) -> String {
    // Very large and small ones with an exponent.
    let text = |value: &f64| format!("{value:?}");
    let texts = values.iter().map(text);
    let whole = |text: String| text.strip_suffix(".0").map(str::to_owned).unwrap_or(text);
    texts.map(whole).collect::<Vec<_>>().join(" ")
}

/// Bytes of all lines.
const LONGEST: usize = 1 << 20;

/// Numbers of keys and values that are looked at.
const MOST: usize = 1024;

/// Keys by their names in the standard, and three more that GDAL writes: 2062, 3096 and 5120.
const NAMES: [(u64, &str); 48] = [
    (1024, "GTModelTypeGeoKey"),
    (1025, "GTRasterTypeGeoKey"),
    (1026, "GTCitationGeoKey"),
    (2048, "GeodeticCRSGeoKey"),
    (2049, "GeodeticCitationGeoKey"),
    (2050, "GeodeticDatumGeoKey"),
    (2051, "PrimeMeridianGeoKey"),
    (2052, "GeogLinearUnitsGeoKey"),
    (2053, "GeogLinearUnitSizeGeoKey"),
    (2054, "GeogAngularUnitsGeoKey"),
    (2055, "GeogAngularUnitSizeGeoKey"),
    (2056, "EllipsoidGeoKey"),
    (2057, "EllipsoidSemiMajorAxisGeoKey"),
    (2058, "EllipsoidSemiMinorAxisGeoKey"),
    (2059, "EllipsoidInvFlatteningGeoKey"),
    (2060, "GeogAzimuthUnitsGeoKey"),
    (2061, "PrimeMeridianLongitudeGeoKey"),
    (2062, "GeogTOWGS84GeoKey"),
    (3072, "ProjectedCRSGeoKey"),
    (3073, "ProjectedCitationGeoKey"),
    (3074, "ProjectionGeoKey"),
    (3075, "ProjMethodGeoKey"),
    (3076, "ProjLinearUnitsGeoKey"),
    (3077, "ProjLinearUnitSizeGeoKey"),
    (3078, "ProjStdParallel1GeoKey"),
    (3079, "ProjStdParallel2GeoKey"),
    (3080, "ProjNatOriginLongGeoKey"),
    (3081, "ProjNatOriginLatGeoKey"),
    (3082, "ProjFalseEastingGeoKey"),
    (3083, "ProjFalseNorthingGeoKey"),
    (3084, "ProjFalseOriginLongGeoKey"),
    (3085, "ProjFalseOriginLatGeoKey"),
    (3086, "ProjFalseOriginEastingGeoKey"),
    (3087, "ProjFalseOriginNorthingGeoKey"),
    (3088, "ProjCenterLongGeoKey"),
    (3089, "ProjCenterLatGeoKey"),
    (3090, "ProjCenterEastingGeoKey"),
    (3091, "ProjCenterNorthingGeoKey"),
    (3092, "ProjScaleAtNatOriginGeoKey"),
    (3093, "ProjScaleAtCenterGeoKey"),
    (3094, "ProjAzimuthAngleGeoKey"),
    (3095, "ProjStraightVertPoleLongGeoKey"),
    (3096, "ProjRectifiedGridAngleGeoKey"),
    (4096, "VerticalGeoKey"),
    (4097, "VerticalCitationGeoKey"),
    (4098, "VerticalDatumGeoKey"),
    (4099, "VerticalUnitsGeoKey"),
    (5120, "CoordinateEpochGeoKey"),
];

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::super::testing::{self, ASCII, DOUBLE, Flavor, Page, SHORT};
    use super::*;

    fn told(page: Page) -> Option<String> {
        let file = testing::file(Flavor::ALL[1], &[page]);
        let (source, first) = Source::open(Arc::new(Bytes::from(file))).unwrap();
        text(&source, &Ifd::read(&source, first).unwrap(), 1 << 16).unwrap()
    }

    fn doubles(page: Page, tag: u16, values: &[f64]) -> Page {
        let bits: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
        page.field(tag, DOUBLE, &bits)
    }

    fn ascii(page: Page, text: &str) -> Page {
        let bytes: Vec<u64> = text.bytes().map(u64::from).collect();
        page.field(tags::GEO_ASCII_PARAMS, ASCII, &bytes)
    }

    /// Keys of the three places for values that the standard has (7.1.1), and one that nobody
    /// knows.
    #[test]
    fn keys_are_named_with_their_values() {
        let directory = [
            [1, 1, 0, 5],
            [1024, 0, 1, 1],
            [1026, 34737, 22, 0],
            [2057, 34736, 1, 1],
            [3072, 0, 1, 32660],
            [59999, 0, 1, 7],
        ];
        let page = Page::default().field(tags::GEO_KEY_DIRECTORY, SHORT, directory.as_flattened());
        let page = doubles(page, tags::GEO_DOUBLE_PARAMS, &[0.5, 6_378_137.0]);
        let page = doubles(page, tags::MODEL_PIXEL_SCALE, &[100.0, 100.0, 0.0]);
        let tie = [0.0, 0.0, 0.0, 350_807.4, 5_316_081.3, 0.0];
        let page = doubles(page, tags::MODEL_TIEPOINT, &tie);
        let page = ascii(page, "UTM Zone 60 N WGS 84||\0");
        assert_eq!(
            told(page).unwrap(),
            "ModelPixelScaleTag: 100 100 0\n\
             ModelTiepointTag: 0 0 0 350807.4 5316081.3 0\n\
             GTModelTypeGeoKey: 1\n\
             GTCitationGeoKey: UTM Zone 60 N WGS 84\n\
             EllipsoidSemiMajorAxisGeoKey: 6378137\n\
             ProjectedCRSGeoKey: 32660\n\
             59999: 7"
        );
    }

    #[test]
    fn nothing_and_damage_are_left_out() {
        assert_eq!(told(Page::default()), None);
        // A text and a number beyond the end, and a directory that is cut.
        let directory = [[1, 1, 0, 3], [1026, 34737, 9, 2], [2057, 34736, 1, 0], [1024, 0, 1, 2]];
        let page = Page::default().field(tags::GEO_KEY_DIRECTORY, SHORT, directory.as_flattened());
        assert_eq!(told(ascii(page, "abc|\0")).unwrap(), "GTModelTypeGeoKey: 2");
        let page = Page::default().field(tags::GEO_KEY_DIRECTORY, SHORT, &[1, 1]);
        assert_eq!(told(page), None);
    }
}
