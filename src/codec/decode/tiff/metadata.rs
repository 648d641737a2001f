//! What the first directory says about the image.

use bytes::Bytes;

use super::header::Source;
use super::ifd::Ifd;
use super::page::Page;
use super::tags::{self, Photometric};
use crate::codec::{DecodeError, Limits};
use crate::command::MetadataKey;
use crate::image::{ImageInfo, Metadata, Range, Resolution, ResolutionUnit};

/// Everything known of the image. There is at least one page.
pub(super) fn info(
    source: &Source,
    main: &Ifd,
    pages: &[Page],
    limits: &Limits,
) -> Result<ImageInfo, DecodeError> {
    let full = pages.first().ok_or_else(|| DecodeError::Malformed("it has no image".into()))?;
    let shape = full.coding.shape(full.level.width, full.level.height);
    Ok(ImageInfo {
        ranges: ranges(source, main, full)?,
        resolution: resolution(source, main)?,
        metadata: metadata(source, main, limits)?,
        ..ImageInfo::new(pages.iter().map(|page| page.level).collect(), shape)
    })
}

/// Sample ranges of the channels; one value in the file stands for all channels.
#[expect(clippy::cast_possible_truncation, reason = "ranges are kept in single precision")]
fn ranges(source: &Source, ifd: &Ifd, page: &Page) -> Result<Vec<Range>, DecodeError> {
    let channels = usize::from(page.coding.samples);
    let values = |tag| lenient(ifd.numbers(source, tag, channels)).map(Option::unwrap_or_default);
    let (lowest, highest) = (values(tags::S_MIN_SAMPLE_VALUE)?, values(tags::S_MAX_SAMPLE_VALUE)?);
    let pick = |values: &[f64], channel: usize| {
        let value = values.get(channel).or(values.first()).copied();
        value.map(|value| value as f32).filter(|value| value.is_finite())
    };
    let range = |channel| {
        let min = pick(&lowest, channel).unwrap_or(0.0);
        // Writers that do not know the maximum store 0.
        let max = pick(&highest, channel).filter(|max| *max > min).unwrap_or(WHITE);
        let min = if min < max { min } else { 0.0 };
        match page.coding.photometric {
            // The samples are inverted, and so are their bounds.
            Photometric::MinIsWhite => Range { min: WHITE - max, max: WHITE - min },
            Photometric::MinIsBlack | Photometric::Rgb | Photometric::YCbCr => Range { min, max },
        }
    };
    Ok((0..channels).map(range).collect())
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
    let scale = lenient(ifd.numbers(source, tags::STO_NITS, 1))?.unwrap_or_default();
    let scale = scale.first().copied().filter(|scale| scale.is_finite());
    metadata.texts.extend(scale.map(|scale| (MetadataKey::Scale, short_number(scale))));
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

/// The largest 8-bit sample.
const WHITE: f32 = 255.0;

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
