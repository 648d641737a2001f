//! How the samples of a directory are stored, and what they mean.

use bytes::Bytes;

use super::color::{self, Conversion};
use super::decompress::{Compression, refuse};
use super::header::Source;
use super::ifd::Ifd;
use super::jpeg_markers;
use super::old_jpeg;
use super::samples::{Kind, Packing, Stored};
use super::tags::{self, Photometric, Predictor, unsupported};
use crate::codec::{DecodeError, Limits};
use crate::color::cmyk::Cmyk;
use crate::color::lab::Encoding;
use crate::color::ycc::YCbCr;
use crate::image::Bands;
use crate::raster::{Alpha, ColorSpace, SampleType, Shape};

/// How the chunks of a page are stored.
#[derive(Clone, Debug)]
pub(super) struct Coding {
    /// How bytes are packed.
    pub(super) compression: Compression,
    /// What was done before packing.
    pub(super) predictor: Predictor,
    /// Whether the bits of each stored byte are in reversed order.
    pub(super) reversed: bool,
    /// Meaning of the samples.
    pub(super) photometric: Photometric,
    /// Samples of a pixel in the file.
    pub(super) samples: u16,
    /// Whether each chunk has one sample of the pixels only.
    pub(super) separate: bool,
    /// How samples lie in the bytes of a chunk.
    pub(super) packing: Packing,
    /// Pixels that share their colour differences, across and down, in plain YCbCr.
    pub(super) subsampling: (u8, u8),
    /// What makes grey or RGB of the samples.
    pub(super) conversion: Conversion,
    /// JPEG tables of all chunks, from the start marker on, without the end marker; for old-style
    /// JPEG what stands before a chunk.
    pub(super) tables: Bytes,
    /// Sample of the file that means "nothing here", as decoded but not inverted.
    pub(super) nodata: Option<f64>,
    /// Meaning of the decoded channels.
    pixel: Pixel,
}

/// Channels of a decoded pixel.
#[derive(Clone, Copy, Debug)]
struct Pixel {
    channels: u16,
    sample: SampleType,
    color: ColorSpace,
    alpha: Alpha,
}

impl Coding {
    /// Shape of decoded pixels with all their channels.
    pub(super) fn shape(&self, width: u32, height: u32) -> Shape {
        let Pixel { channels, sample, color, alpha } = self.pixel;
        Shape { alpha, ..Shape::new(width, height, channels, sample, color) }
    }

    /// A row of the pixels that take the most memory on their way.
    pub(super) fn widest(&self, width: u32) -> Shape {
        let sample = self.packing.stored.sample();
        let shape = self.shape(width, 1);
        let sample = if sample.bytes() > shape.sample.bytes() { sample } else { shape.sample };
        let wanted = u16::try_from(self.wanted(&Bands::All).len()).unwrap_or(u16::MAX);
        Shape { sample, channels: shape.channels.max(wanted), ..shape }
    }

    /// Shape of a chunk as codecs of pictures know it.
    pub(super) fn chunk(&self, width: u32, height: u32) -> Shape {
        let channels = self.chunk_samples();
        let color = match (self.photometric, channels) {
            (_, 1) => ColorSpace::Gray,
            (Photometric::Rgb | Photometric::YCbCr, 3) => ColorSpace::Rgb,
            _ => ColorSpace::Multiband,
        };
        Shape::new(width, height, channels, self.packing.stored.sample(), color)
    }

    /// Samples of a pixel in one chunk.
    pub(super) fn chunk_samples(&self) -> u16 {
        if self.separate { 1 } else { self.samples }
    }

    /// Bytes of a chunk of so many pixels once it is unpacked; `None` when they cannot be counted.
    pub(super) fn chunk_bytes(&self, width: u32, height: u32) -> Option<usize> {
        if self.is_subsampled() {
            let (across, down) = (u32::from(self.subsampling.0), u32::from(self.subsampling.1));
            let units = u64::from(width.div_ceil(across)) * u64::from(height.div_ceil(down));
            let unit = u64::from(across * down + 2);
            return units.checked_mul(unit).and_then(|bytes| usize::try_from(bytes).ok());
        }
        self.row_bytes(width)?.checked_mul(usize::try_from(height).ok()?)
    }

    /// Bytes of a row of a chunk that is not subsampled.
    pub(super) fn row_bytes(&self, width: u32) -> Option<usize> {
        self.packing.row_bytes(u64::from(width) * u64::from(self.chunk_samples()))
    }

    /// Whether pixels share colour differences.
    pub(super) fn is_subsampled(&self) -> bool {
        self.subsampling != (1, 1)
    }

    /// Whether stored bytes are not the samples themselves.
    pub(super) fn is_packed(&self) -> bool {
        self.compression != Compression::None
    }

    /// Whether rows of a strip can be read without those before them.
    pub(super) fn splits(&self) -> bool {
        !self.is_packed() && self.predictor == Predictor::None && !self.is_subsampled()
    }

    /// Whether the last channel is alpha.
    pub(super) fn has_alpha(&self) -> bool {
        self.pixel.alpha != Alpha::None
    }

    /// The samples of the file that are needed for these bands of the image, in order.
    pub(super) fn wanted(&self, bands: &Bands) -> Vec<u16> {
        if self.conversion.keeps_channels() {
            return bands.numbers(self.pixel.channels).collect();
        }
        let colors = self.photometric.channels();
        (0..colors + u16::from(self.has_alpha())).collect()
    }

    /// Reads how samples are stored. The profile of inks comes later, by [`Coding::use_inks`].
    pub(super) fn read(source: &Source, ifd: &Ifd, limits: &Limits) -> Result<Self, DecodeError> {
        let uint = |tag, default| ifd.uint(source, tag).map(|value| value.unwrap_or(default));
        let code = uint(tags::COMPRESSION, 1)?;
        let options = match code {
            3 => uint(tags::T4_OPTIONS, 0)?,
            34887 => {
                let parameters = ifd.uints(source, tags::LERC_PARAMETERS, 2)?;
                parameters.and_then(|values| values.get(1).copied()).unwrap_or_default()
            }
            _ => 0,
        };
        let compression = Compression::new(code, options)?;
        let samples = match u16::try_from(uint(tags::SAMPLES_PER_PIXEL, 1)?) {
            Ok(samples @ 1..=MOST_SAMPLES) => samples,
            Ok(0) => return Err(DecodeError::Malformed("its pixels have no samples".into())),
            _ => return unsupported(format!("more than {MOST_SAMPLES} bands are not supported")),
        };
        let photometric = match ifd.uint(source, tags::PHOTOMETRIC_INTERPRETATION)? {
            Some(code) => Photometric::new(code)?,
            // Files that do not say are what their samples look like.
            None if matches!(compression, Compression::Fax(_)) => Photometric::MinIsWhite,
            None if samples < 3 => Photometric::MinIsBlack,
            None => Photometric::Rgb,
        };
        let mut stored = stored(source, ifd, samples)?;
        let separate = samples > 1 && uint(tags::PLANAR_CONFIGURATION, 1)? == 2;
        if matches!(compression, Compression::Fax(_)) {
            check_fax(stored.bits, if separate { 1 } else { samples })?;
        }
        let lab = matches!(photometric, Photometric::CieLab | Photometric::IccLab);
        if lab && stored.kind == Kind::Signed {
            // Lightness has no sign, whatever the file says of all its samples.
            stored.kind = Kind::Unsigned;
        }
        let predictor = if compression.has_predictor() {
            Predictor::new(uint(tags::PREDICTOR, 1)?)?
        } else {
            // The tag has no meaning for the others (TIFF 6.0, p. 64).
            Predictor::None
        };
        check_predictor(predictor, stored)?;
        let conversion = conversion(source, ifd, photometric, compression, separate, stored)?;
        let subsampling = match conversion {
            Conversion::YCbCr(_) if !compression.gives_all_differences() => {
                subsampling(source, ifd)?
            }
            _ => (1, 1),
        };
        if subsampling != (1, 1) && (separate || samples != 3 || predictor != Predictor::None) {
            return unsupported(
                "subsampled YCbCr with separate planes, a predictor or more channels \
                 is not supported",
            );
        }
        let Some(sample) = conversion.sample(stored) else {
            let (name, sample) = (photometric.name(), stored.name());
            return unsupported(format!("{name} images of {sample} samples are not supported"));
        };
        let extra = ifd.uints(source, tags::EXTRA_SAMPLES, 1)?.unwrap_or_default();
        let inks = uint(tags::INK_SET, 1)?;
        let pixel = Pixel::new(photometric, samples, sample, extra.first().copied(), inks)?;
        let conversion = if pixel.color == ColorSpace::Multiband && !conversion.keeps_channels() {
            Conversion::None
        } else {
            conversion
        };
        let tables = match compression {
            Compression::Jpeg => {
                let limit = limits.metadata_bytes.min(LARGEST_TABLES);
                let tables = ifd.bytes(source, tags::JPEG_TABLES, limit)?;
                tables.map(jpeg_markers::tables).transpose()?.unwrap_or_default()
            }
            Compression::OldJpeg => {
                let components = if separate { 1 } else { samples };
                old_jpeg::beginning(source, ifd, components)?
            }
            _ => Bytes::new(),
        };
        let spread = photometric != Photometric::Palette;
        let packing = Packing { spread, ..Packing::dense(stored, source.order()) };
        Ok(Self {
            compression,
            predictor,
            reversed: uint(tags::FILL_ORDER, 1)? == 2 && compression.has_fill_order(),
            photometric,
            samples,
            separate,
            packing,
            subsampling,
            conversion,
            tables,
            nodata: nodata(source, ifd).and_then(|number| stored.decoded(number)),
            pixel,
        })
    }

    /// A decoded sample of a channel that is not alpha, after inversion.
    pub(super) fn decoded(&self, value: f64) -> f64 {
        match (&self.conversion, self.packing.stored.sample()) {
            (Conversion::Invert, SampleType::F32) => -value,
            (Conversion::Invert, _) => f64::from(self.packing.stored.most()) - value,
            _ => value,
        }
    }

    /// Converts inks by these, which were made for the profile of the file.
    pub(super) fn use_inks(&mut self, inks: &Cmyk) {
        if let Conversion::Cmyk(_) = self.conversion {
            self.conversion = Conversion::Cmyk(inks.clone());
        }
    }
}

impl Pixel {
    /// Tells alpha from bands of data (TIFF 6.0, p. 31, p. 77).
    fn new(
        photometric: Photometric,
        samples: u16,
        sample: SampleType,
        extra: Option<u64>,
        inks: u64,
    ) -> Result<Self, DecodeError> {
        let colors = photometric.channels();
        let bands =
            Self { channels: samples, sample, color: ColorSpace::Multiband, alpha: Alpha::None };
        if photometric == Photometric::Separated && (inks == 2 || samples < colors) {
            // Inks of other colours than cyan, magenta, yellow and black.
            return Ok(bands);
        }
        if samples < colors {
            return Err(DecodeError::Malformed(format!("{samples} samples are no colour")));
        }
        let alpha = match extra {
            Some(1) if samples == colors + 1 => Alpha::Premultiplied,
            Some(2) if samples == colors + 1 => Alpha::Straight,
            _ => Alpha::None,
        };
        let (color, channels) = match photometric {
            Photometric::MinIsBlack | Photometric::MinIsWhite => (ColorSpace::Gray, 1),
            _ => (ColorSpace::Rgb, 3),
        };
        if alpha != Alpha::None {
            return Ok(Self { channels: channels + 1, sample, color, alpha });
        }
        let data = matches!(
            photometric,
            Photometric::MinIsBlack | Photometric::MinIsWhite | Photometric::Rgb
        );
        if samples > colors && data {
            return Ok(bands);
        }
        Ok(Self { channels, sample, color, alpha })
    }
}

/// Type and bits of the samples, which all have to be the same.
fn stored(source: &Source, ifd: &Ifd, samples: u16) -> Result<Stored, DecodeError> {
    let same = |tag, default, what| {
        let values = ifd.uints(source, tag, usize::from(samples))?.unwrap_or_default();
        let first = values.first().copied().unwrap_or(default);
        if values.iter().any(|value| *value != first) {
            return unsupported(format!("samples of different {what} are not supported"));
        }
        Ok(first)
    };
    let format = same(tags::SAMPLE_FORMAT, 1, "formats")?;
    Stored::new(format, same(tags::BITS_PER_SAMPLE, 1, "bit depths")?)
}

/// Codes of fax machines are runs of black and white (TIFF 6.0, sections 10 and 11).
fn check_fax(bits: u16, channels: u16) -> Result<(), DecodeError> {
    match (bits, channels) {
        (1, 1) => Ok(()),
        (1, _) => refuse(&format!("CCITT compression of {channels} channels")),
        _ => refuse(&format!("CCITT compression of {bits}-bit samples")),
    }
}

fn check_predictor(predictor: Predictor, stored: Stored) -> Result<(), DecodeError> {
    let Stored { kind, bits } = stored;
    match predictor {
        Predictor::FloatingPoint if kind != Kind::Float => {
            unsupported("the floating point predictor for integers is not supported")
        }
        Predictor::Horizontal if !matches!(bits, 8 | 16 | 32 | 64) => {
            unsupported(format!("horizontal differencing of {bits}-bit samples is not supported"))
        }
        Predictor::FloatingPoint | Predictor::Horizontal | Predictor::None => Ok(()),
    }
}

/// What makes grey or RGB of the samples.
fn conversion(
    source: &Source,
    ifd: &Ifd,
    photometric: Photometric,
    compression: Compression,
    separate: bool,
    stored: Stored,
) -> Result<Conversion, DecodeError> {
    Ok(match photometric {
        Photometric::CieLab => Conversion::Lab(Encoding::Cie),
        Photometric::IccLab => Conversion::Lab(Encoding::Icc),
        Photometric::MinIsBlack | Photometric::Rgb => Conversion::None,
        Photometric::MinIsWhite => Conversion::Invert,
        Photometric::Palette => {
            let colors = 1_usize << stored.bits.min(16);
            let map = ifd.uints(source, tags::COLOR_MAP, 3 * colors)?.unwrap_or_default();
            if map.len() < 3 * colors {
                return Err(DecodeError::Malformed("its palette is missing or too short".into()));
            }
            Conversion::Palette(color::palette(&map))
        }
        Photometric::Separated => Conversion::Cmyk(Cmyk::simple()),
        Photometric::YCbCr if compression.gives_rgb() && !separate => Conversion::None,
        Photometric::YCbCr => {
            let luma = ifd.numbers(source, tags::YCBCR_COEFFICIENTS, 3)?;
            let reference = ifd.numbers(source, tags::REFERENCE_BLACK_WHITE, 6)?;
            let ycbcr = YCbCr::new(luma.as_deref(), reference.as_deref());
            let wrong = || DecodeError::Malformed("its YCbCr coefficients are wrong".into());
            Conversion::YCbCr(ycbcr.ok_or_else(wrong)?)
        }
    })
}

/// Pixels that share their colour differences (TIFF 6.0, section 21).
fn subsampling(source: &Source, ifd: &Ifd) -> Result<(u8, u8), DecodeError> {
    let factors = ifd.uints(source, tags::YCBCR_SUB_SAMPLING, 2)?;
    match factors.as_deref().unwrap_or(&[2, 2]) {
        &[across @ (1 | 2 | 4), down @ (1 | 2 | 4)] => {
            let factor = |factor| u8::try_from(factor).unwrap_or(1);
            Ok((factor(across), factor(down)))
        }
        _ => Err(DecodeError::Malformed("its YCbCr subsampling is wrong".into())),
    }
}

/// The number that GDAL writes as text. What is no number is as if it were not there.
fn nodata(source: &Source, ifd: &Ifd) -> Option<f64> {
    let bytes = ifd.bytes(source, tags::GDAL_NODATA, LONGEST_NUMBER).ok()??;
    let text = std::str::from_utf8(&bytes).ok()?;
    text.trim_matches(|letter: char| letter == '\0' || letter.is_whitespace()).parse().ok()
}

/// More bands than any imaging spectrometer has.
const MOST_SAMPLES: u16 = 1000;

/// All tables JPEG knows are under 3 kB; each level holds its own.
const LARGEST_TABLES: usize = 64 << 10;

/// A number in digits.
const LONGEST_NUMBER: usize = 400;
