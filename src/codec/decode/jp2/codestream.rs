//! The main header of a codestream (ITU-T T.800, annex A).

use super::bytes::Bytes;
use super::coding::Coding;
use crate::codec::{DecodeError, Limits, ReadAt};

/// What the main header says, and where things are.
#[derive(Clone, Debug)]
pub(super) struct Codestream {
    /// Place of SOC in the file.
    pub(super) start: u64,
    /// First byte behind the codestream, not beyond the end of the file.
    pub(super) end: u64,
    /// Image, tiles and components.
    pub(super) size: Size,
    /// How the components are coded, unless a tile says otherwise.
    pub(super) coding: Coding,
    /// Marker segments between SIZ and the first tile-part that a decoder needs: nothing that
    /// counts tiles or bytes of the whole codestream, and nothing `OpenJPEG` does not know, where it
    /// would take any bytes of the segment for a marker.
    pub(super) segments: Vec<u8>,
    /// Place of the first tile-part.
    pub(super) first_part: u64,
    /// PPM marker segments: packet headers of all tiles, in the order of the tile-parts.
    pub(super) packed_headers: Vec<u8>,
    /// What is said of the code-blocks of HTJ2K, when there are any (Part 15, A.3).
    pub(super) high_throughput: Option<HighThroughput>,
}

/// The bits of Ccap15 that matter here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct HighThroughput {
    /// Code-blocks of Part 1 are among them.
    pub(super) mixed: bool,
    /// Regions of interest are scaled up (RGN).
    pub(super) regions: bool,
}

/// The SIZ marker segment. All coordinates are those of the reference grid.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Size {
    /// Rsiz: capabilities.
    pub(super) capabilities: u16,
    /// `XOsiz` and `YOsiz`: left and upper edge of the image.
    pub(super) start: (u32, u32),
    /// `Xsiz` and `Ysiz`: right and lower edge.
    pub(super) end: (u32, u32),
    /// `XTOsiz` and `YTOsiz`: corner of the first tile.
    pub(super) tiles_start: (u32, u32),
    /// `XTsiz` and `YTsiz`.
    pub(super) tile: (u32, u32),
    /// At least one.
    pub(super) components: Vec<Component>,
}

/// How the samples of a component are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Component {
    /// Bits of a sample, 1 to 38.
    pub(super) bits: u8,
    /// Whether samples have a sign.
    pub(super) signed: bool,
    /// `XRsiz` and `YRsiz`: grid points from one sample to the next, not zero.
    pub(super) step: (u8, u8),
}

impl Codestream {
    /// Reads the main header of the codestream between two places of a file.
    pub(super) fn read(
        source: &dyn ReadAt,
        start: u64,
        end: u64,
        limits: &Limits,
    ) -> Result<Self, DecodeError> {
        let end = end.min(source.len());
        let mut place = start;
        let mut head = [0; 4];
        fill(source, &mut head, place, end)?;
        if head != [0xff, 0x4f, 0xff, 0x51] {
            return Err(malformed("its codestream does not begin with SOC and SIZ"));
        }
        place += 2;
        let (mut size, mut coding) = (None, None);
        let mut overrides = Vec::new();
        let mut segments = Vec::new();
        let (mut packed_headers, mut high_throughput) = (Vec::new(), None);
        let mut total = 0_usize;
        loop {
            let mut head = [0; 4];
            fill(source, &mut head, place, end)?;
            let marker = u16::from_be_bytes([head[0], head[1]]);
            if marker == SOT {
                break;
            }
            if STANDALONE.contains(&marker) {
                place += 2;
                continue;
            }
            let length = u16::from_be_bytes([head[2], head[3]]);
            if marker < 0xff30 || length < 2 {
                return Err(malformed("a marker of its main header is wrong"));
            }
            let mut segment = vec![0; usize::from(length) + 2];
            total += segment.len();
            if total > limits.metadata_bytes {
                let limit = limits.metadata_bytes as u64;
                return Err(DecodeError::Limit { what: "main header", limit });
            }
            fill(source, &mut segment, place, end)?;
            place += segment.len() as u64;
            let body = Bytes::new(segment.get(4..).unwrap_or_default());
            match marker {
                SIZ => {
                    size.get_or_insert(Size::parse(body)?);
                    continue;
                }
                CAP => high_throughput = capabilities(body)?,
                COD => coding = Some(Coding::parse(body)?),
                COC => overrides.push(segment.clone()),
                PPM => packed_headers.extend_from_slice(&segment),
                _ => {}
            }
            if NEEDED.contains(&marker) {
                segments.extend_from_slice(&segment);
            }
        }
        let (Some(size), Some(mut coding)) = (size, coding) else {
            return Err(malformed("its main header lacks SIZ or COD"));
        };
        // COC stands above COD wherever it is.
        for segment in &overrides {
            let body = Bytes::new(segment.get(4..).unwrap_or_default());
            coding.parse_component(body, size.components.len())?;
        }
        let first_part = place;
        Ok(Self { start, end, size, coding, segments, first_part, packed_headers, high_throughput })
    }
}

impl Size {
    fn parse(mut body: Bytes<'_>) -> Result<Self, DecodeError> {
        let capabilities = body.u16()?;
        let mut pair = || Ok::<_, DecodeError>((body.u32()?, body.u32()?));
        let (end, start, tile, tiles_start) = (pair()?, pair()?, pair()?, pair()?);
        let count = body.u16()?;
        let mut components = Vec::with_capacity(usize::from(count.min(MAX_COMPONENTS)));
        for _ in 0..count {
            let (depth, x, y) = (body.u8()?, body.u8()?, body.u8()?);
            let bits = (depth & 0x7f) + 1;
            if x == 0 || y == 0 || bits > 38 {
                return Err(malformed("a component of its codestream is wrong"));
            }
            components.push(Component { bits, signed: depth & 0x80 != 0, step: (x, y) });
        }
        let size = Self { capabilities, start, end, tiles_start, tile, components };
        if size.is_sound() {
            Ok(size)
        } else {
            Err(malformed("the sizes in its codestream are wrong"))
        }
    }

    /// B.2 and B.3: the image is not empty, and the first tile holds its corner.
    fn is_sound(&self) -> bool {
        let side = |start: u32, end: u32, tiles: u32, tile: u32| {
            let first_end = u64::from(tiles) + u64::from(tile);
            start < end && tile > 0 && tiles <= start && first_end > u64::from(start)
        };
        let count = self.components.len();
        side(self.start.0, self.end.0, self.tiles_start.0, self.tile.0)
            && side(self.start.1, self.end.1, self.tiles_start.1, self.tile.1)
            && (1..=usize::from(MAX_COMPONENTS)).contains(&count)
            && u64::from(self.columns()) * u64::from(self.rows()) <= MAX_TILES
    }

    /// Tiles from left to right.
    pub(super) fn columns(&self) -> u32 {
        (self.end.0 - self.tiles_start.0).div_ceil(self.tile.0)
    }

    /// Tiles from top to bottom.
    pub(super) fn rows(&self) -> u32 {
        (self.end.1 - self.tiles_start.1).div_ceil(self.tile.1)
    }

    /// Left and right edge of tiles of some columns, clipped to the image.
    pub(super) fn across(&self, columns: (u32, u32)) -> (u32, u32) {
        span(columns, self.tiles_start.0, self.tile.0, (self.start.0, self.end.0))
    }

    /// Upper and lower edge of tiles of some rows, clipped to the image.
    pub(super) fn down(&self, rows: (u32, u32)) -> (u32, u32) {
        span(rows, self.tiles_start.1, self.tile.1, (self.start.1, self.end.1))
    }

    /// The marker segment, marker included.
    pub(super) fn to_segment(&self) -> Vec<u8> {
        let count = self.components.len();
        let mut segment = Vec::with_capacity(40 + 3 * count);
        // Both fit: there are at most MAX_COMPONENTS components.
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        let numbers = [SIZ, count.saturating_mul(3).saturating_add(38), self.capabilities];
        segment.extend(numbers.into_iter().flat_map(u16::to_be_bytes));
        for (x, y) in [self.end, self.start, self.tile, self.tiles_start] {
            segment.extend(x.to_be_bytes());
            segment.extend(y.to_be_bytes());
        }
        segment.extend(count.to_be_bytes());
        for Component { bits, signed, step } in &self.components {
            segment.extend([(bits - 1) | (u8::from(*signed) << 7), step.0, step.1]);
        }
        segment
    }
}

/// The span of tiles `from..to` along one axis, clipped.
fn span((from, to): (u32, u32), first: u32, side: u32, clip: (u32, u32)) -> (u32, u32) {
    let edge = |tile: u32| {
        let edge = u64::from(first) + u64::from(tile) * u64::from(side);
        u32::try_from(edge).unwrap_or(u32::MAX).clamp(clip.0, clip.1)
    };
    (edge(from), edge(to))
}

/// Part 15, A.3.
fn capabilities(mut body: Bytes<'_>) -> Result<Option<HighThroughput>, DecodeError> {
    // Parts are numbered from the highest bit on; each that is set has two bytes.
    let parts = body.u32()?;
    for part in 1..=32_u32 {
        if parts & (1 << (32 - part)) != 0 {
            let bits = body.u16()?;
            if part == 15 {
                let (mixed, regions) = (bits & 0xc000 == 0xc000, bits & 0x1000 != 0);
                return Ok(Some(HighThroughput { mixed, regions }));
            }
        }
    }
    Ok(None)
}

/// Reads bytes that must lie before `end`.
pub(super) fn fill(
    source: &dyn ReadAt,
    buffer: &mut [u8],
    place: u64,
    end: u64,
) -> Result<(), DecodeError> {
    let behind = place.checked_add(buffer.len() as u64);
    if behind.is_none_or(|behind| behind > end) {
        return Err(malformed("its codestream ends too early"));
    }
    Ok(source.read_exact_at(buffer, place)?)
}

pub(super) fn malformed(what: &str) -> DecodeError {
    DecodeError::Malformed(what.into())
}

pub(super) const SOT: u16 = 0xff90;
pub(super) const SOD: u16 = 0xff93;
pub(super) const COD: u16 = 0xff52;
pub(super) const COC: u16 = 0xff53;
/// Markers of segments in the main header that a decoder needs: those of Part 1, CAP and CPF of Part
/// 15, and the mixtures of components of Part 2 that `OpenJPEG` knows.
const NEEDED: [u16; 12] = [CAP, CBD, COC, COD, CPF, MCC, MCO, MCT, POC, QCC, QCD, RGN];
/// Markers without a length (A.1.2).
pub(super) const STANDALONE: std::ops::RangeInclusive<u16> = 0xff30..=0xff3f;

pub(super) const CAP: u16 = 0xff50;
pub(super) const PLT: u16 = 0xff58;
pub(super) const QCD: u16 = 0xff5c;
pub(super) const QCC: u16 = 0xff5d;
pub(super) const RGN: u16 = 0xff5e;
const SIZ: u16 = 0xff51;
const CPF: u16 = 0xff59;
const POC: u16 = 0xff5f;
const PPM: u16 = 0xff60;
const MCT: u16 = 0xff74;
const MCC: u16 = 0xff75;
const MCO: u16 = 0xff77;
const CBD: u16 = 0xff78;
pub(super) const COM: u16 = 0xff64;

/// Largest numbers of the standard (table A.9; a tile number is two bytes).
const MAX_COMPONENTS: u16 = 16384;
const MAX_TILES: u64 = 65535;
