//! Numbers of the TIFF standard and what they mean to this decoder.

use crate::codec::DecodeError;

pub(super) const NEW_SUBFILE_TYPE: u16 = 254;
pub(super) const IMAGE_WIDTH: u16 = 256;
pub(super) const IMAGE_LENGTH: u16 = 257;
pub(super) const BITS_PER_SAMPLE: u16 = 258;
pub(super) const COMPRESSION: u16 = 259;
pub(super) const PHOTOMETRIC_INTERPRETATION: u16 = 262;
pub(super) const FILL_ORDER: u16 = 266;
pub(super) const DOCUMENT_NAME: u16 = 269;
pub(super) const IMAGE_DESCRIPTION: u16 = 270;
pub(super) const MAKE: u16 = 271;
pub(super) const MODEL: u16 = 272;
pub(super) const STRIP_OFFSETS: u16 = 273;
pub(super) const ORIENTATION: u16 = 274;
pub(super) const SAMPLES_PER_PIXEL: u16 = 277;
pub(super) const ROWS_PER_STRIP: u16 = 278;
pub(super) const STRIP_BYTE_COUNTS: u16 = 279;
pub(super) const X_RESOLUTION: u16 = 282;
pub(super) const Y_RESOLUTION: u16 = 283;
pub(super) const PLANAR_CONFIGURATION: u16 = 284;
pub(super) const PAGE_NAME: u16 = 285;
pub(super) const T4_OPTIONS: u16 = 292;
pub(super) const RESOLUTION_UNIT: u16 = 296;
pub(super) const SOFTWARE: u16 = 305;
pub(super) const DATE_TIME: u16 = 306;
pub(super) const ARTIST: u16 = 315;
pub(super) const PREDICTOR: u16 = 317;
pub(super) const COLOR_MAP: u16 = 320;
pub(super) const TILE_WIDTH: u16 = 322;
pub(super) const TILE_LENGTH: u16 = 323;
pub(super) const TILE_OFFSETS: u16 = 324;
pub(super) const TILE_BYTE_COUNTS: u16 = 325;
pub(super) const SUB_IFDS: u16 = 330;
pub(super) const INK_SET: u16 = 332;
pub(super) const EXTRA_SAMPLES: u16 = 338;
pub(super) const SAMPLE_FORMAT: u16 = 339;
pub(super) const S_MIN_SAMPLE_VALUE: u16 = 340;
pub(super) const S_MAX_SAMPLE_VALUE: u16 = 341;
pub(super) const JPEG_TABLES: u16 = 347;
pub(super) const JPEG_PROC: u16 = 512;
pub(super) const JPEG_INTERCHANGE_FORMAT: u16 = 513;
pub(super) const JPEG_INTERCHANGE_FORMAT_LENGTH: u16 = 514;
pub(super) const JPEG_RESTART_INTERVAL: u16 = 515;
pub(super) const JPEG_Q_TABLES: u16 = 519;
pub(super) const JPEG_DC_TABLES: u16 = 520;
pub(super) const JPEG_AC_TABLES: u16 = 521;
pub(super) const YCBCR_COEFFICIENTS: u16 = 529;
pub(super) const YCBCR_SUB_SAMPLING: u16 = 530;
pub(super) const REFERENCE_BLACK_WHITE: u16 = 532;
pub(super) const XMP: u16 = 700;
pub(super) const COPYRIGHT: u16 = 33432;
pub(super) const MODEL_PIXEL_SCALE: u16 = 33550;
pub(super) const MODEL_TIEPOINT: u16 = 33922;
pub(super) const MODEL_TRANSFORMATION: u16 = 34264;
pub(super) const EXIF_IFD: u16 = 34665;
pub(super) const ICC_PROFILE: u16 = 34675;
pub(super) const GEO_KEY_DIRECTORY: u16 = 34735;
pub(super) const GEO_DOUBLE_PARAMS: u16 = 34736;
pub(super) const GEO_ASCII_PARAMS: u16 = 34737;
pub(super) const STO_NITS: u16 = 37439;
pub(super) const GDAL_NODATA: u16 = 42113;
pub(super) const LERC_PARAMETERS: u16 = 50674;

/// What the stored samples mean.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Photometric {
    /// Lightness and two signed colour axes.
    CieLab,
    /// The same with an offset instead of signs.
    IccLab,
    /// Grey, 0 is black.
    MinIsBlack,
    /// Grey, 0 is white.
    MinIsWhite,
    /// Numbers of colours in a table.
    Palette,
    /// Red, green, blue.
    Rgb,
    /// Inks, 0 is none.
    Separated,
    /// Luma and two colour differences.
    YCbCr,
}

impl Photometric {
    /// What the number stands for, or a sentence why it cannot be shown.
    pub(super) fn new(code: u64) -> Result<Self, DecodeError> {
        Ok(match code {
            0 => Self::MinIsWhite,
            1 => Self::MinIsBlack,
            2 => Self::Rgb,
            3 => Self::Palette,
            4 => {
                return unsupported(
                    "the first image of the file is a transparency mask, which is no picture",
                );
            }
            5 => Self::Separated,
            6 => Self::YCbCr,
            8 => Self::CieLab,
            9 => Self::IccLab,
            10 => {
                return unsupported(
                    "ITULab colours in TIFF files are not supported; convert the file to RGB",
                );
            }
            32803 => {
                return unsupported(
                    "the file holds raw data of a camera (a colour filter array), not a picture; \
                     develop it to an RGB TIFF or JPEG",
                );
            }
            32844 | 32845 => {
                return unsupported(
                    "LogL and LogLuv images are not supported; \
                     convert the file to RGB of 16 bits or of floating point numbers",
                );
            }
            34892 => {
                return unsupported(
                    "the file holds linear raw data of a camera, not a picture; \
                     develop it to an RGB TIFF or JPEG",
                );
            }
            _ => return unsupported(format!("photometric interpretation {code} is not supported")),
        })
    }

    /// What owners of files call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CieLab => "CIELab",
            Self::IccLab => "ICCLab",
            Self::MinIsBlack | Self::MinIsWhite => "grey",
            Self::Palette => "palette",
            Self::Rgb => "RGB",
            Self::Separated => "CMYK",
            Self::YCbCr => "YCbCr",
        }
    }

    /// Samples of a pixel that carry the colour.
    pub(super) fn channels(self) -> u16 {
        match self {
            Self::MinIsBlack | Self::MinIsWhite | Self::Palette => 1,
            Self::CieLab | Self::IccLab | Self::Rgb | Self::YCbCr => 3,
            Self::Separated => 4,
        }
    }
}

/// What was done to the samples before they were compressed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Predictor {
    /// Bytes of equal weight of a row are together, and differences to their left neighbours.
    FloatingPoint,
    /// Each sample is the difference to its left neighbour.
    Horizontal,
    /// Nothing.
    None,
}

impl Predictor {
    /// What the number stands for, or a sentence why it cannot be read.
    pub(super) fn new(code: u64) -> Result<Self, DecodeError> {
        match code {
            1 => Ok(Self::None),
            2 => Ok(Self::Horizontal),
            3 => Ok(Self::FloatingPoint),
            _ => unsupported(format!("TIFF predictor {code} is not supported")),
        }
    }
}

/// A refusal with a sentence for the owner of the file.
pub(super) fn unsupported<T>(message: impl Into<String>) -> Result<T, DecodeError> {
    Err(DecodeError::Unsupported(message.into()))
}
