//! Decoded pictures, and what they are compared with.

use std::io::Cursor;

/// Pixels row by row.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) channels: usize,
    pub(crate) samples: Vec<u8>,
}

impl Pixels {
    /// A picture by its formula.
    pub(crate) fn from_fn<const N: usize>(
        (width, height): (u32, u32),
        pixel: impl Fn(u32, u32) -> [u8; N],
    ) -> Self {
        let pixel = &pixel;
        let samples = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y)));
        Self { width, height, channels: N, samples: samples.collect() }
    }

    pub(crate) fn from_png(bytes: &[u8]) -> Self {
        let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
        let mut samples = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut samples).unwrap();
        assert_eq!(info.bit_depth, png::BitDepth::Eight);
        samples.truncate(info.buffer_size());
        let channels = info.color_type.samples();
        Self { width: info.width, height: info.height, channels, samples }
    }

    pub(crate) fn from_jpeg(bytes: &[u8]) -> Self {
        let mut decoder = zune_jpeg::JpegDecoder::new(Cursor::new(bytes));
        decoder.decode_headers().unwrap();
        let channels = usize::from(decoder.info().unwrap().components);
        let space = match channels {
            1 => zune_core::colorspace::ColorSpace::Luma,
            _ => zune_core::colorspace::ColorSpace::RGB,
        };
        decoder.set_options(decoder.options().jpeg_set_out_colorspace(space));
        let samples = decoder.decode().unwrap();
        let info = decoder.info().unwrap();
        Self { width: info.width.into(), height: info.height.into(), channels, samples }
    }

    /// Width and height.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The samples of one pixel.
    pub(crate) fn at(&self, x: u32, y: u32) -> &[u8] {
        assert!(x < self.width && y < self.height);
        let start = (y * self.width + x) as usize * self.channels;
        &self.samples[start..start + self.channels]
    }

    /// Fails, with the first place, when any sample differs by more than the tolerance.
    #[track_caller]
    pub(crate) fn assert_near(&self, expected: &Self, tolerance: u8) {
        assert_eq!(
            (self.size(), self.channels),
            (expected.size(), expected.channels),
            "size and channels"
        );
        for y in 0..self.height {
            for x in 0..self.width {
                let (found, expected) = (self.at(x, y), expected.at(x, y));
                let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(*b) <= tolerance);
                assert!(near, "at {x},{y}: {found:?}, expected {expected:?} +- {tolerance}");
            }
        }
    }

    /// Fails, with the first place, when any sample differs.
    #[track_caller]
    pub(crate) fn assert_same(&self, expected: &Self) {
        self.assert_near(expected, 0);
    }
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} x {} x {}", self.width, self.height, self.channels)
    }
}
