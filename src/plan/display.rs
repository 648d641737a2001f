//! From the samples of an image to the 8-bit grey or colour that every picture starts from.

use crate::command::Finite;
use crate::image::{Bands, ImageInfo, Selection};
use crate::process::{Bounds, Op};
use crate::raster::{ColorSpace, SampleType};

/// What is read of an image, and what makes it visible.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Display {
    /// Bands and quality layers.
    pub selection: Selection,
    /// Steps to 8 bits; none for 8-bit images.
    pub ops: Vec<Op>,
}

/// How an image is shown when the view says nothing else.
///
/// Bands without a meaning as colour: the first three as red, green and blue, or the first alone.
/// Integers are cut to their upper 8 bits (behaviour specification, 10.4); other samples go from
/// the range of the image to 0..255.
pub fn display(info: &ImageInfo) -> Display {
    let bands = match (info.color, info.channels) {
        (ColorSpace::Multiband | ColorSpace::Cmyk, ..3) => Bands::first(1),
        (ColorSpace::Multiband | ColorSpace::Cmyk, _) => Bands::first(3),
        (ColorSpace::CieLab | ColorSpace::Gray | ColorSpace::Rgb, _) => Bands::All,
    };
    let ops = match info.sample {
        SampleType::U8 => Vec::new(),
        SampleType::U16 | SampleType::U32 => vec![Op::Scale8(info.bits)],
        SampleType::F32 => {
            let bounds = bounds(info, &bands);
            let nodata = info.nodata.and_then(|value| Finite::new(value.into()));
            vec![Op::Normalize { bounds, nodata }, Op::Quantize8]
        }
    };
    Display { selection: Selection { bands, layers: None }, ops }
}

/// The range of each colour channel that is read.
fn bounds(info: &ImageInfo, bands: &Bands) -> Box<[Bounds]> {
    let shape = info.shape(1, 1, bands);
    let finite = |value: f32| Finite::new(value.into()).unwrap_or(Finite::ZERO);
    let bounds = |band: u16| {
        let range = info.ranges.get(usize::from(band));
        let (min, max) = range.map_or((0.0, 1.0), |range| (range.min, range.max));
        Bounds { min: finite(min), max: finite(max) }
    };
    bands.numbers(info.channels).take(usize::from(shape.color_channels())).map(bounds).collect()
}
