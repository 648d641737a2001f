//! Codestreams and JP2 files that are tiles or strips of a TIFF.

use super::block::{Image, Wanted, check_largest};
use super::convert::Block;
use super::grid::Grid;
use super::meaning::Channel;
use super::parts::Parts;
use super::{explain, index, openable};
use crate::codec::{DecodeError, Limits, ReadAt};
use crate::image::Rect;

/// A decoded codestream, in the numbers of the file: without palette and colour conversion.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decoded {
    /// Samples of a pixel.
    pub channels: u16,
    /// Bits of the deepest component.
    pub bits: u8,
    /// Whether any component has a sign.
    pub signed: bool,
    /// Interleaved. Coarser components are repeated, so all are of the size asked for.
    pub samples: Vec<i32>,
}

/// Decodes the front of a codestream or JP2 file: `width` times `height` pixels.
///
/// A transform between the components (RCT and ICT of T.800, annex G) is undone, as it belongs to
/// the codestream. That the components are YCbCr is said by the TIFF file (compression 33003, or
/// its photometric interpretation) and is left to the caller.
pub fn decode_stream(
    bytes: &[u8],
    width: u32,
    height: u32,
    limits: &Limits,
) -> Result<Decoded, DecodeError> {
    let source = Memory(bytes);
    let (_, stream) = index(&source, limits)?;
    openable(&stream)?;
    check_largest(&stream, &stream.coding)?;
    let grid = Grid::new(&stream.size);
    let (full_width, full_height) = grid.size(0);
    if full_width < width || full_height < height || width == 0 || height == 0 {
        return Err(DecodeError::Malformed("a JPEG 2000 tile is too small".into()));
    }
    let components = &stream.size.components;
    let numbers: Vec<u16> = (0..).take(components.len()).collect();
    let pixels = u64::from(width) * u64::from(height);
    let needed = pixels.saturating_mul(4 * numbers.len() as u64);
    if needed > limits.tile_bytes as u64 {
        return Err(DecodeError::Limit { what: "a tile", limit: limits.tile_bytes as u64 });
    }
    let parts = Parts::read(&source, &stream)?;
    let limit = limits.tile_bytes;
    let image = Image { source: &source, stream: &stream, parts: &parts, limit, helpers: 0 };
    let rect = Rect { x: 0, y: 0, width, height };
    let wanted = Wanted { level: 0, rect, layers: 0, components: &numbers };
    let planes = image.planes(&wanted).map_err(|error| explain(error, &stream))?;
    let start = (grid.x.pixels(0).0, grid.y.pixels(0).0);
    let block = Block {
        planes: &planes,
        components: &numbers,
        grid: &grid,
        x: (start.0, start.0 + width),
        y: (start.1, start.1 + height),
        palette: None,
    };
    let channel = |&component: &u16| {
        let found = components.get(usize::from(component))?;
        Some(Channel { component, column: None, bits: found.bits, signed: found.signed })
    };
    let channels: Vec<_> = numbers.iter().filter_map(channel).collect();
    Ok(Decoded {
        channels: u16::try_from(channels.len()).unwrap_or(u16::MAX),
        bits: channels.iter().map(|channel| channel.bits).max().unwrap_or(0),
        signed: channels.iter().any(|channel| channel.signed),
        samples: block.numbers(&channels),
    })
}

/// Bytes that are not owned.
#[derive(Debug)]
struct Memory<'a>(&'a [u8]);

impl ReadAt for Memory<'_> {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
        let source = usize::try_from(offset)
            .ok()
            .and_then(|start| self.0.get(start..start.checked_add(buffer.len())?))
            .ok_or(std::io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(source);
        Ok(())
    }

    fn len(&self) -> u64 {
        self.0.len() as u64
    }
}
