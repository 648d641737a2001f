//! What the first directory says about the image.

use bytes::Bytes;

use super::coding::Coding;
use super::color::Conversion;
use super::exif;
use super::geo;
use super::geo_keys;
use super::header::Source;
use super::ifd::Ifd;
use super::page::Page;
use super::tags;
use crate::codec::{Arrangement, DecodeError, Halving, Limits};
use crate::command::MetadataKey;
use crate::image::{ImageInfo, Metadata, Orientation, Range, Resolution, ResolutionUnit};
use crate::raster::SampleType;

/// Everything known of the image. There is at least one page.
pub(super) fn info(
    source: &Source,
    main: &Ifd,
    pages: &[Page],
    limits: &Limits,
) -> Result<ImageInfo, DecodeError> {
    let full = pages.first().ok_or_else(|| DecodeError::Malformed("it has no image".into()))?;
    let coding = &full.coding;
    let shape = coding.shape(full.level.width, full.level.height);
    let plain = ImageInfo::new(pages.iter().map(|page| page.level).collect(), shape);
    let mut metadata = metadata(source, main, limits)?;
    if matches!(coding.conversion, Conversion::Cmyk(_) | Conversion::Lab(_)) {
        // The profile is about the colours of the file, which nobody will see.
        metadata.icc = None;
    }
    let size = (full.level.width, full.level.height);
    let info = ImageInfo {
        resolution: resolution(source, main)?,
        pixel_size: geo::pixel_size(source, main, size)?,
        metadata,
        ..plain
    };
    if let Conversion::Lab(_) = coding.conversion {
        let bits = coding.packing.stored.bits;
        let ranges = vec![Range { min: 0.0, max: 1.0 }; shape.channels.into()];
        return Ok(ImageInfo { bits, from_lab: true, ranges, ..info });
    }
    if !coding.conversion.keeps_channels() {
        return Ok(info);
    }
    Ok(ImageInfo {
        bits: coding.packing.stored.bits,
        ranges: ranges(source, main, coding)?,
        nodata: coding.nodata.map(|value| single(coding.decoded(value))),
        ..info
    })
}

/// How the picture has to be arranged.
pub(super) fn arrangement(
    source: &Source,
    main: &Ifd,
    pages: &[Page],
) -> Result<Arrangement, DecodeError> {
    let orientation = lenient(ifd_orientation(source, main))?;
    let is_large = |page: &Page| {
        page.layout.strips || page.level.tile_width.max(page.level.tile_height) > LARGEST_TILE
    };
    Ok(Arrangement {
        orientation: orientation.unwrap_or_default(),
        cut: pages.iter().any(is_large),
        smaller: (pages.len() == 1).then_some(Halving::Down),
        ..Arrangement::default()
    })
}

fn ifd_orientation(source: &Source, ifd: &Ifd) -> Result<Option<Orientation>, DecodeError> {
    let value = ifd.uint(source, tags::ORIENTATION)?;
    Ok(value.and_then(|value| Orientation::from_tag(u16::try_from(value).ok()?)))
}

/// Sample ranges of the channels; one value in the file stands for all channels. Empty when the
/// samples are floating point numbers of which the file does not say the range.
fn ranges(source: &Source, ifd: &Ifd, coding: &Coding) -> Result<Vec<Range>, DecodeError> {
    let channels = coding.shape(1, 1).channels;
    let values = |tag| {
        lenient(ifd.numbers(source, tag, usize::from(channels))).map(Option::unwrap_or_default)
    };
    let (lowest, highest) = (values(tags::S_MIN_SAMPLE_VALUE)?, values(tags::S_MAX_SAMPLE_VALUE)?);
    let stored = coding.packing.stored;
    let pick = |values: &[f64], channel: usize| {
        let value = values.get(channel).or(values.first()).copied();
        value.and_then(|value| stored.decoded(value)).filter(|value| value.is_finite())
    };
    let most = (stored.sample() != SampleType::F32).then(|| f64::from(stored.most()));
    let range = |channel| {
        let is_alpha = coding.has_alpha() && channel + 1 == channels;
        let pick = |values| if is_alpha { None } else { pick(values, usize::from(channel)) };
        let min = pick(&lowest).unwrap_or(0.0);
        // Writers that do not know the maximum store 0.
        let max = pick(&highest).filter(|max| *max > min).or(most)?;
        let min = if min < max { min } else { 0.0 };
        if is_alpha {
            return Some(Range { min: single(min), max: single(max) });
        }
        let (min, max) = (single(coding.decoded(min)), single(coding.decoded(max)));
        // Inversion exchanges the bounds.
        Some(Range { min: min.min(max), max: min.max(max) })
    };
    Ok((0..channels).map(range).collect::<Option<_>>().unwrap_or_default())
}

#[expect(clippy::cast_possible_truncation, reason = "ranges are kept in single precision")]
fn single(value: f64) -> f32 {
    value as f32
}

/// Physical resolution. Without a unit only the ratio is known, as in other readers, although the
/// default of the standard is the inch.
fn resolution(source: &Source, ifd: &Ifd) -> Result<Option<Resolution>, DecodeError> {
    let number = |tag| {
        let value =
            lenient(ifd.numbers(source, tag, 1))?.and_then(|values| values.first().copied());
        Ok::<_, DecodeError>(value.filter(|value| value.is_finite() && *value > 0.0))
    };
    let unit = match lenient(ifd.uint(source, tags::RESOLUTION_UNIT))? {
        Some(2) => ResolutionUnit::Inch,
        Some(3) => ResolutionUnit::Centimetre,
        _ => ResolutionUnit::Unknown,
    };
    let (x, y) = (number(tags::X_RESOLUTION)?, number(tags::Y_RESOLUTION)?);
    Ok(x.zip(y).map(|(x, y)| Resolution { x, y, unit }))
}

/// Texts and profiles, together not larger than one may be: fields can share their bytes, so that
/// a small file could fill the memory.
fn metadata(source: &Source, ifd: &Ifd, limits: &Limits) -> Result<Metadata, DecodeError> {
    let mut left = limits.metadata_bytes;
    let mut bytes = |tag| {
        let bytes = lenient(ifd.bytes(source, tag, left))?;
        left -= bytes.as_ref().map_or(0, Vec::len);
        Ok::<_, DecodeError>(bytes)
    };
    let mut metadata = Metadata {
        icc: bytes(tags::ICC_PROFILE)?.filter(|icc| !icc.is_empty()).map(Bytes::from),
        xmp: bytes(tags::XMP)?.filter(|xmp| !xmp.is_empty()).map(Bytes::from),
        ..Metadata::default()
    };
    for (key, tag) in TEXTS {
        let text = bytes(tag)?.map(text).filter(|text| !text.is_empty());
        metadata.texts.extend(text.map(|text| (key, text)));
    }
    let geo = geo_keys::text(source, ifd, left)?;
    left -= geo.as_ref().map_or(0, String::len).min(left);
    metadata.texts.extend(geo.map(|geo| (MetadataKey::GeoTiff, geo)));
    let scale = lenient(ifd.numbers(source, tags::STO_NITS, 1))?.unwrap_or_default();
    let scale = scale.first().copied().filter(|scale| scale.is_finite());
    metadata.texts.extend(scale.map(|scale| (MetadataKey::Scale, short_number(scale))));
    metadata.exif = exif::block(source, ifd, left)?;
    Ok(metadata)
}

/// A damaged field of no importance for the pixels is as if it were not there.
pub(super) fn lenient<T>(value: Result<Option<T>, DecodeError>) -> Result<Option<T>, DecodeError> {
    match value {
        Err(DecodeError::Limit { .. } | DecodeError::Malformed(_)) => Ok(None),
        value => value,
    }
}

/// Texts are ASCII by the standard, UTF-8 by habit and Latin-1 in old files, with a NUL at the end.
pub(super) fn text(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect());
    text.trim_end_matches('\0').to_owned()
}

/// A number as `%g` of C prints it: six digits, and an exponent for the very large and small.
fn short_number(value: f64) -> String {
    let scientific = format!("{value:.5e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trim = |text: &str| match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text.to_owned(),
    };
    if (-4..6).contains(&exponent) {
        let decimals = usize::try_from(5 - exponent).unwrap_or(0);
        return trim(&format!("{value:.decimals$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trim(digits), exponent.abs())
}

/// Larger tiles are cut into smaller ones.
const LARGEST_TILE: u32 = 2048;

const TEXTS: [(MetadataKey, u16); 10] = [
    (MetadataKey::Creator, tags::ARTIST),
    (MetadataKey::Date, tags::DATE_TIME),
    (MetadataKey::Description, tags::IMAGE_DESCRIPTION),
    (MetadataKey::Make, tags::MAKE),
    (MetadataKey::Model, tags::MODEL),
    (MetadataKey::PageName, tags::PAGE_NAME),
    (MetadataKey::Rights, tags::COPYRIGHT),
    (MetadataKey::Software, tags::SOFTWARE),
    (MetadataKey::Title, tags::DOCUMENT_NAME),
    (MetadataKey::Xmp, tags::XMP),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_c_prints_them() {
        // Printed by printf %g.
        for (value, expected) in [
            (0.0, "0"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (0.1, "0.1"),
            (123_456.0, "123456"),
            (1_234_567.0, "1.23457e+06"),
            (999_999.5, "1e+06"),
            (0.0001, "0.0001"),
            (0.000_012_345_678, "1.23457e-05"),
            (1e100, "1e+100"),
        ] {
            assert_eq!(short_number(value), expected);
        }
    }

    #[test]
    fn texts_end_before_the_padding_and_are_never_lost() {
        assert_eq!(text(b"caf\xc3\xa9\0".to_vec()), "caf\u{e9}");
        assert_eq!(text(b"caf\xe9\0\0".to_vec()), "caf\u{e9}");
        assert_eq!(text(b"\0".to_vec()), "");
    }
}
