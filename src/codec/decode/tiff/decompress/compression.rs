//! The numbers of the Compression field.

use super::fax::Fax;
use super::lerc::Wrapping;
use crate::codec::DecodeError;

/// How the bytes of a chunk are packed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) enum Compression {
    /// zlib streams.
    Deflate,
    /// The codes of fax machines for black and white rows.
    Fax(Fax),
    /// JPEG streams, their tables perhaps stored once for all tiles.
    Jpeg,
    /// JPEG 2000 codestreams or files.
    Jpeg2000 {
        /// Whether their components are luma and colour differences.
        ycbcr: bool,
    },
    /// LERC, perhaps packed once more.
    Lerc(Wrapping),
    /// LZW as in TIFF 6.0, section 13, or as before TIFF 5.0.
    Lzw,
    /// As they are.
    None,
    /// JPEG as in TIFF 6.0, section 22.
    OldJpeg,
    /// Runs of bytes, TIFF 6.0, section 9.
    PackBits,
    /// Pictures of the WebP format.
    WebP,
    /// Zstandard frames.
    Zstd,
}

impl Compression {
    /// Whether decompression can end where nothing more is wanted.
    pub(in super::super) fn is_a_stream(self) -> bool {
        matches!(self, Self::Deflate | Self::Lzw | Self::PackBits)
    }

    /// What the number stands for, or a sentence why it cannot be read.
    ///
    /// `options` is the field `T4Options` for compression 3, `T6Options` for 4 and the second
    /// number of `LercParameters` for 34887; 0 when there is none.
    pub(in super::super) fn new(code: u64, options: u64) -> Result<Self, DecodeError> {
        let name = match code {
            1 => return Ok(Self::None),
            2 => return Ok(Self::Fax(Fax::Rows { alignment: 8 })),
            3 => return Ok(Self::Fax(Fax::Group3 { two_dimensional: options & 1 == 1 })),
            4 => return Ok(Self::Fax(Fax::Group4)),
            5 => return Ok(Self::Lzw),
            6 => return Ok(Self::OldJpeg),
            7 => return Ok(Self::Jpeg),
            8 | 32946 => return Ok(Self::Deflate),
            32771 => return Ok(Self::Fax(Fax::Rows { alignment: 16 })),
            32773 => return Ok(Self::PackBits),
            // YCbCr whatever the photometric says: scanners of slides write the first, libvips
            // writes and reads the second.
            33003 | 33004 => return Ok(Self::Jpeg2000 { ycbcr: true }),
            33005 | 34712 => return Ok(Self::Jpeg2000 { ycbcr: false }),
            34887 => return Ok(Self::Lerc(Wrapping::new(options)?)),
            50000 => return Ok(Self::Zstd),
            50001 => return Ok(Self::WebP),
            9 | 10 | 34661 => "JBIG",
            32766 => "NeXT",
            32809 => "ThunderScan",
            32895..=32898 => "prepress (TIFF/IT)",
            32908 | 32909 => "Pixar",
            34676 | 34677 => "SGI LogLuv",
            34892 => "lossy DNG JPEG",
            34925 => "LZMA",
            50002 | 52546 => "JPEG XL",
            _ => return refuse(&format!("compression {code}")),
        };
        refuse(&format!("{name} compression"))
    }

    /// Whether the field `Predictor` has a meaning (TIFF 6.0, p. 64).
    pub(in super::super) fn has_predictor(self) -> bool {
        match self {
            Self::Deflate | Self::Lzw | Self::Zstd => true,
            Self::Fax(_)
            | Self::Jpeg
            | Self::Jpeg2000 { .. }
            | Self::Lerc(_)
            | Self::None
            | Self::OldJpeg
            | Self::PackBits
            | Self::WebP => false,
        }
    }

    /// Whether chunks are unpacked to RGB where the file says `YCbCr`.
    pub(in super::super) fn gives_rgb(self) -> bool {
        matches!(self, Self::Jpeg | Self::Jpeg2000 { ycbcr: true } | Self::WebP)
    }

    /// Whether colour differences that pixels share are spread over them when chunks are unpacked.
    pub(in super::super) fn gives_all_differences(self) -> bool {
        matches!(self, Self::Jpeg | Self::Jpeg2000 { .. } | Self::OldJpeg | Self::WebP)
    }

    /// Whether the bits of stored bytes can be in reversed order (`FillOrder` 2). Formats of their
    /// own inside of TIFF never are.
    pub(in super::super) fn has_fill_order(self) -> bool {
        match self {
            Self::Deflate | Self::Fax(_) | Self::Lzw | Self::None | Self::PackBits | Self::Zstd => {
                true
            }
            Self::Jpeg | Self::Jpeg2000 { .. } | Self::Lerc(_) | Self::OldJpeg | Self::WebP => {
                false
            }
        }
    }
}

/// A refusal that says what to do.
pub(in super::super) fn refuse<T>(what: &str) -> Result<T, DecodeError> {
    Err(DecodeError::Unsupported(format!(
        "{what} in TIFF files is not supported; convert the file with: \
         vips tiffsave in.tif out.tif --tile --pyramid --compression deflate"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_what_it_is_and_what_to_do() {
        for (code, name) in [(34661, "JBIG"), (34925, "LZMA"), (50002, "JPEG XL"), (7777, "7777")] {
            let error = Compression::new(code, 0).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("vips tiffsave"), "{error}");
        }
    }

    #[test]
    fn options_choose_the_variant() {
        let fax = |two_dimensional| Compression::Fax(Fax::Group3 { two_dimensional });
        assert_eq!(Compression::new(3, 4).unwrap(), fax(false));
        assert_eq!(Compression::new(3, 5).unwrap(), fax(true));
        assert_eq!(Compression::new(34887, 2).unwrap(), Compression::Lerc(Wrapping::Zstd));
        assert!(Compression::new(34887, 3).is_err());
    }
}
