//! The codes of fax machines: modified Huffman rows, Group 3 and Group 4 (ITU-T T.4 and T.6;
//! TIFF 6.0, sections 10 and 11).
//!
//! The code tables are those of the `fax` library. The rows are put together here, because TIFF
//! has kinds of them that no fax machine sends: rows that start at bytes, streams without markers
//! at the ends of lines, and fill bits before them.

mod bits;
mod line;

use super::ChunkLayout;
use crate::codec::DecodeError;

use bits::Bits;
use line::{Line, Stop};

/// Which of the codes it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) enum Fax {
    /// Lines with markers at their ends, of one dimension or mixed with those of two.
    Group3 {
        /// Whether a bit after each marker tells the kind of the line.
        two_dimensional: bool,
    },
    /// Lines that are differences to the line before.
    Group4,
    /// Lines of one dimension without markers.
    Rows {
        /// Bits; each line starts at a multiple of them.
        alignment: u8,
    },
}

/// Fills the rows that are there; a black run is ones.
///
/// A line that cannot be understood ends what Group 4 can show. Group 3 goes on at the next marker
/// and shows the part of the line before the damage.
pub(super) fn unpack(
    fax: Fax,
    stored: &[u8],
    chunk: &ChunkLayout,
    out: &mut [u8],
) -> Result<usize, DecodeError> {
    if (chunk.bits, chunk.samples) != (1, 1) {
        return Err(DecodeError::Malformed("fax codes are for one bit per pixel".into()));
    }
    let (mut bits, mut line) = (Bits::new(stored), Line::new(chunk.width));
    let row = (chunk.width as usize).div_ceil(8);
    let (size, mut filled) = (out.len(), 0);
    for row in out.chunks_exact_mut(row).take(chunk.rows as usize) {
        row.fill(0);
        let read = match fax {
            Fax::Group3 { two_dimensional } => group3(&mut bits, &mut line, two_dimensional),
            Fax::Group4 => line.read_differences(&mut bits),
            Fax::Rows { alignment } => {
                let read = if bits.is_empty() { Err(Stop::End) } else { line.read_runs(&mut bits) };
                bits.align(alignment);
                read
            }
        };
        match read {
            Ok(()) => {}
            // Rows after the mark of the end are white.
            Err(Stop::Marked) => return Ok(size),
            Err(Stop::End) => break,
            Err(Stop::Damaged) => {
                line.paint(row);
                match fax {
                    Fax::Group4 => break,
                    Fax::Group3 { .. } => bits.skip_to_marker(),
                    Fax::Rows { .. } => {}
                }
                if bits.is_empty() {
                    break;
                }
            }
            Err(Stop::Uncompressed) => {
                return Err(DecodeError::Unsupported(
                    "fax codes with uncompressed parts are not supported".into(),
                ));
            }
        }
        line.paint(row);
        filled += row.len();
    }
    Ok(filled)
}

/// One line and the marker before it, if there is one.
fn group3(bits: &mut Bits, line: &mut Line, two_dimensional: bool) -> Result<(), Stop> {
    let mut markers = 0;
    let mut runs = true;
    while bits.take_marker() {
        markers += 1;
        // Six markers in a row are the end of the page.
        if markers == 6 {
            return Err(Stop::Marked);
        }
        runs = !two_dimensional || bits.take(1) == 1;
    }
    if bits.is_empty() {
        return Err(Stop::End);
    }
    let read = if runs { line.read_runs(bits) } else { line.read_differences(bits) };
    // A marker inside of a line says that the line was cut, not that the page ends.
    read.map_err(|stop| if stop == Stop::Marked { Stop::Damaged } else { stop })
}

#[cfg(test)]
mod tests;
