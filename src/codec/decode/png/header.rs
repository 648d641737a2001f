//! What the chunks beside the picture say.

use bytes::Bytes;

use super::chunks::{self, Chunk, Chunks, SIGNATURE};
use super::metadata::Text;
use crate::codec::{DecodeError, Limits, ReadAt};
use crate::raster::{Alpha, ColorSpace, SampleType, Shape};

/// Everything but the picture data.
#[derive(Debug)]
pub(super) struct Head {
    /// The image header.
    pub(super) header: Header,
    /// Signature, header, palette and transparency: what has to stand before the picture data.
    pub(super) before: Vec<u8>,
    /// Whether there is a transparent colour, or a palette with transparency.
    pub(super) transparent: bool,
    /// Place of the picture data.
    pub(super) picture: u64,
    /// Pixels per unit across and down, and whether the unit is the metre.
    pub(super) density: Option<(u32, u32, bool)>,
    /// Compressed ICC profile.
    pub(super) icc: Option<Vec<u8>>,
    /// EXIF block, starting with its TIFF header.
    pub(super) exif: Option<Bytes>,
    /// Texts, still compressed where they are.
    pub(super) texts: Vec<Text>,
}

/// The image header (PNG, 11.2.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Header {
    /// Pixels in a row.
    pub(super) width: u32,
    /// Rows.
    pub(super) height: u32,
    /// Bits of a sample, or of a number of a palette.
    pub(super) depth: u8,
    /// What the samples are.
    pub(super) kind: Kind,
}

/// Colour types.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Gray,
    Rgb,
    Palette,
    GrayAlpha,
    RgbAlpha,
}

impl Head {
    /// Walks over the file.
    pub(super) fn read(data: &dyn ReadAt, limits: &Limits) -> Result<Self, DecodeError> {
        let mut chunks = Chunks::new(data)?;
        let (header, mut before) = first(data, chunks.next().transpose()?)?;
        let (mut palette, mut transparency, mut picture) = (None, None, None);
        let (mut density, mut icc, mut exif, mut texts) = (None, None, None, Vec::new());
        let mut left = limits.metadata_bytes;
        for chunk in chunks {
            let chunk = chunk?;
            let first = picture.is_none();
            match &chunk.name {
                b"IDAT" => picture = picture.or(Some(chunk.start)),
                b"PLTE" if first => {
                    let damaged = || DecodeError::Malformed("its palette is damaged".into());
                    palette = Some(chunk.read(data, 3 * 256)?.ok_or_else(damaged)?);
                }
                b"tRNS" if first => transparency = chunk.read(data, 256)?,
                b"pHYs" => density = density.or(chunk.read(data, 9)?.as_deref().and_then(pixels)),
                b"iCCP" | b"eXIf" | b"tEXt" | b"zTXt" | b"iTXt" => {
                    let Some(bytes) = chunk.read(data, left)? else { continue };
                    left -= bytes.len().min(left);
                    let body = chunks::body(&bytes);
                    match &chunk.name {
                        b"iCCP" => icc = icc.or_else(|| Some(body.to_vec())),
                        b"eXIf" => exif = exif.or_else(|| Some(Bytes::copy_from_slice(body))),
                        name => texts.extend(Text::new(*name, body)),
                    }
                }
                _ => {}
            }
        }
        let missing = || DecodeError::Malformed("it has no picture data".into());
        let picture = picture.ok_or_else(missing)?;
        if header.kind == Kind::Palette && palette.is_none() {
            return Err(DecodeError::Malformed("it has no palette".into()));
        }
        // A transparent colour of a picture with alpha has no meaning.
        let transparency =
            transparency.filter(|chunk| header.kind.takes_transparency(chunks::body(chunk)));
        let transparent = transparency.is_some();
        // Palettes of other pictures are suggestions.
        let palette = palette.filter(|_| header.kind == Kind::Palette);
        before.extend(palette.into_iter().chain(transparency).flatten());
        Ok(Self { header, before, transparent, picture, density, icc, exif, texts })
    }

    /// Shape of the decoded picture.
    pub(super) fn shape(&self) -> Shape {
        let Header { width, height, depth, kind } = self.header;
        let sample = if depth == 16 { SampleType::U16 } else { SampleType::U8 };
        let (colors, color) = match kind {
            Kind::Gray | Kind::GrayAlpha => (1, ColorSpace::Gray),
            Kind::Palette | Kind::Rgb | Kind::RgbAlpha => (3, ColorSpace::Rgb),
        };
        let alpha = self.transparent || matches!(kind, Kind::GrayAlpha | Kind::RgbAlpha);
        let shape = Shape::new(width, height, colors + u16::from(alpha), sample, color);
        Shape { alpha: if alpha { Alpha::Straight } else { Alpha::None }, ..shape }
    }
}

impl Kind {
    /// Whether this is the data of a transparency chunk for such a picture.
    fn takes_transparency(self, body: &[u8]) -> bool {
        match self {
            Self::Gray => body.len() == 2,
            Self::Rgb => body.len() == 6,
            Self::Palette => !body.is_empty(),
            Self::GrayAlpha | Self::RgbAlpha => false,
        }
    }
}

/// The header, and the bytes of the file up to its end.
fn first(data: &dyn ReadAt, chunk: Option<Chunk>) -> Result<(Header, Vec<u8>), DecodeError> {
    let damaged = || DecodeError::Malformed("its PNG header is damaged".into());
    let chunk = chunk.ok_or_else(damaged)?;
    match &chunk.name {
        b"IHDR" => {}
        b"CgBI" => {
            return Err(DecodeError::Unsupported(
                "the file is no PNG file but a variant for the programs of one maker (CgBI); \
                 convert it with `pngcrush -revert-iphone-optimizations in.png out.png`"
                    .into(),
            ));
        }
        _ => return Err(damaged()),
    }
    let bytes = chunk.read(data, 13)?.ok_or_else(damaged)?;
    let [w3, w2, w1, w0, h3, h2, h1, h0, depth, kind, 0, 0, 0 | 1] = *chunks::body(&bytes) else {
        return Err(damaged());
    };
    let kind = match (kind, depth) {
        (0, 1 | 2 | 4 | 8 | 16) => Kind::Gray,
        (2, 8 | 16) => Kind::Rgb,
        (3, 1 | 2 | 4 | 8) => Kind::Palette,
        (4, 8 | 16) => Kind::GrayAlpha,
        (6, 8 | 16) => Kind::RgbAlpha,
        _ => return Err(damaged()),
    };
    let width = u32::from_be_bytes([w3, w2, w1, w0]);
    let height = u32::from_be_bytes([h3, h2, h1, h0]);
    if width == 0 || height == 0 || width.max(height) > i32::MAX.cast_unsigned() {
        return Err(damaged());
    }
    let before = [&SIGNATURE[..], &bytes].concat();
    Ok((Header { width, height, depth, kind }, before))
}

/// Physical pixel dimensions (PNG, 11.3.4.3).
fn pixels(chunk: &[u8]) -> Option<(u32, u32, bool)> {
    let [x3, x2, x1, x0, y3, y2, y1, y0, unit] = *chunks::body(chunk) else { return None };
    let (x, y) = (u32::from_be_bytes([x3, x2, x1, x0]), u32::from_be_bytes([y3, y2, y1, y0]));
    (x > 0 && y > 0).then_some((x, y, unit == 1))
}
