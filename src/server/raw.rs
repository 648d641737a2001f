//! What raw samples are, told in headers beside them.

use crate::command::{ColorMode, Depth, View};
use crate::http::Response;
use crate::image::{ImageInfo, Range, Selection};
use crate::raster::{Alpha, SampleType, Shape};

/// Headers that scripts of other sites may read, beside those that always can be.
pub(super) const EXPOSED: &str = "Content-Disposition, ETag, Link, X-Raw-Type, X-Raw-Width, \
    X-Raw-Height, X-Raw-Channels, X-Raw-Byte-Order, X-Raw-Range";

/// Adds the shape of the samples, and the range of each channel where it is known.
pub(super) fn described(response: Response, shape: &Shape, ranges: &[Range]) -> Response {
    let kind = match shape.sample {
        SampleType::F32 => "f32",
        SampleType::U16 => "u16",
        SampleType::U32 => "u32",
        SampleType::U8 => "u8",
    };
    let response = response
        .header("X-Raw-Type", kind)
        .header("X-Raw-Width", shape.width.to_string())
        .header("X-Raw-Height", shape.height.to_string())
        .header("X-Raw-Channels", shape.channels.to_string())
        .header("X-Raw-Byte-Order", "little-endian");
    if ranges.is_empty() {
        return response;
    }
    let ranges: Vec<_> = ranges.iter().map(|Range { min, max }| format!("{min},{max}")).collect();
    response.header("X-Raw-Range", ranges.join(";"))
}

/// The range of each channel of an answer: of the image where its numbers are sent as they are
/// stored, else from black to white. Empty when the file does not say.
pub(super) fn ranges(
    view: &View,
    info: &ImageInfo,
    selection: &Selection,
    shape: &Shape,
) -> Vec<Range> {
    let full = Range { min: 0.0, max: white(shape.sample) };
    let opaque = match shape.alpha {
        Alpha::None => None,
        Alpha::Premultiplied | Alpha::Straight => Some(full),
    };
    let colors = usize::from(shape.color_channels());
    let colors = if is_stored(view, info, shape) {
        stored(info, selection, colors)
    } else {
        vec![full; colors]
    };
    if colors.is_empty() { colors } else { colors.into_iter().chain(opaque).collect() }
}

/// Whether the numbers of the file are sent.
fn is_stored(view: &View, info: &ImageInfo, shape: &Shape) -> bool {
    let plain = view.adjust.is_empty() && view.color != ColorMode::Bitonal;
    match view.output.depth {
        Depth::Eight => false,
        // Others are fitted into 16 bits.
        Depth::Sixteen => plain && info.sample == shape.sample,
        Depth::Float => plain,
    }
}

fn stored(info: &ImageInfo, selection: &Selection, colors: usize) -> Vec<Range> {
    let numbers = selection.bands.numbers(info.channels);
    let ranges: Vec<_> =
        numbers.filter_map(|band| info.ranges.get(usize::from(band)).copied()).collect();
    if ranges.len() >= colors && colors != 1 {
        return ranges.into_iter().take(colors).collect();
    }
    // One grey of several colours.
    let hull = ranges
        .into_iter()
        .reduce(|all, range| Range { min: all.min.min(range.min), max: all.max.max(range.max) });
    hull.into_iter().cycle().take(colors).collect()
}

fn white(sample: SampleType) -> f32 {
    match sample {
        SampleType::F32 => 1.0,
        SampleType::U16 => 65_535.0,
        SampleType::U32 => 4_294_967_295.0,
        SampleType::U8 => 255.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Adjust, Format, Output};
    use crate::http::Status;
    use crate::image::{Bands, Level};
    use crate::raster::ColorSpace;

    fn headers(sample: SampleType, depth: Depth, adjust: Vec<Adjust>) -> Option<String> {
        let level = Level { width: 4, height: 3, tile_width: 4, tile_height: 3 };
        let shape = Shape::new(4, 3, 2, sample, ColorSpace::Multiband);
        let mut info = ImageInfo::new(vec![level], shape);
        if sample != SampleType::U8 {
            info.ranges = vec![Range { min: 1.5, max: 9.0 }, Range { min: -2.0, max: 1000.0 }];
        }
        let output = Output { depth, ..Output::new(Format::Raw) };
        let view = View { adjust, output, ..View::whole(Format::Raw) };
        let selection = Selection { bands: Bands::All, layers: None };
        let ranges = ranges(&view, &info, &selection, &shape);
        let response = described(Response::new(Status::Ok), &shape, &ranges);
        assert_eq!(response.value("X-Raw-Width"), Some("4"));
        assert_eq!(response.value("X-Raw-Height"), Some("3"));
        assert_eq!(response.value("X-Raw-Channels"), Some("2"));
        response.value("X-Raw-Range").map(str::to_owned)
    }

    #[test]
    fn the_range_is_that_of_the_numbers_sent() {
        let known = Some("1.5,9;-2,1000".to_owned());
        assert_eq!(headers(SampleType::U16, Depth::Sixteen, vec![]), known);
        assert_eq!(headers(SampleType::F32, Depth::Float, vec![]), known);
        let unit = Some("0,1;0,1".to_owned());
        assert_eq!(headers(SampleType::F32, Depth::Float, vec![Adjust::Invert]), unit);
        let byte = Some("0,255;0,255".to_owned());
        assert_eq!(headers(SampleType::U8, Depth::Eight, vec![]), byte);
    }
}
