//! Baseline pictures of grey or three components, which are nearly all there are.
//!
//! The samples are those of the Independent JPEG Group's decoder with its default settings, to the
//! last bit. What is of another kind, or damaged, is left to a decoder that knows more.
//!
//! A row of MCUs at a time goes from bits to coefficients (`entropy`), to samples (`dct`, `planes`)
//! and to pixels (`rows`). Nothing of a picture is kept but the last two rows of MCUs.

#![expect(clippy::inline_always, reason = "instructions are chosen for what is inlined")]

mod dct;
mod entropy;
mod header;
mod huffman;
mod planes;
mod rows;
mod scan;
#[cfg(test)]
mod tests;

use self::entropy::Data;
use self::header::Header;
use self::scan::Scan;

/// What three components become.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::codec::decode) enum Colors {
    /// They stay as they are.
    Kept,
    /// Luminance and differences become red, green and blue.
    YCbCrToRgb,
}

/// A stream up to its scan.
#[derive(Debug)]
pub(in crate::codec::decode) struct Picture<'a>(Header<'a>);

impl<'a> Picture<'a> {
    /// `None` when the stream is damaged or of another kind.
    pub(in crate::codec::decode) fn read(stream: &'a [u8]) -> Option<Self> {
        Header::read(stream).map(Self)
    }

    /// Width, height and components.
    pub(in crate::codec::decode) fn shape(&self) -> (usize, usize, usize) {
        (self.0.width, self.0.height, self.0.components.len())
    }

    /// Decodes into rows that are `stride` samples apart: as many as there are, of what is in them
    /// as much as the picture is wide. `None` when the data is damaged; part of it may have been
    /// decoded.
    pub(in crate::codec::decode) fn decode(
        &self,
        colors: Colors,
        out: &mut [u8],
        stride: usize,
    ) -> Option<()> {
        let mut data = Data::default();
        data.fill(self.0.scan);
        Scan { header: &self.0, data: &data, colors, out, stride }.decode()
    }
}

/// Decodes any stream. All instructions must come to the same.
pub(super) fn fuzz(stream: &[u8]) {
    const MOST: usize = 1 << 20;
    let Some(Picture(header)) = Picture::read(stream) else { return };
    let stride = header.width * header.components.len();
    let Some(len) = stride.checked_mul(header.height).filter(|len| *len <= MOST) else { return };
    let mut data = Data::default();
    data.fill(header.scan);
    let (mut out, mut portable) = (vec![0; len], vec![0; len]);
    for colors in [Colors::Kept, Colors::YCbCrToRgb] {
        let scan = |out| Scan { header: &header, data: &data, colors, out, stride };
        assert_eq!(scan(&mut out).decode(), scan(&mut portable).decode_portable());
        assert!(out == portable);
    }
}
