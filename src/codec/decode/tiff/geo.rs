//! How large a pixel is on the ground (OGC `GeoTIFF` 1.1).

use super::header::Source;
use super::ifd::Ifd;
use super::metadata::lenient;
use super::tags;
use crate::codec::DecodeError;

/// Metres from one pixel of the full size to the next, across and down, of an image of this size
/// that is a map. Lengths are metres where the file does not say that they are feet. Degrees are
/// converted at the middle of the image.
pub(super) fn pixel_size(
    source: &Source,
    ifd: &Ifd,
    size: (u32, u32),
) -> Result<Option<(f64, f64)>, DecodeError> {
    let Some(model) = Model::read(source, ifd, size)? else { return Ok(None) };
    let keys = lenient(ifd.uints(source, tags::GEO_KEY_DIRECTORY, MOST_KEYS))?.unwrap_or_default();
    let (across, down) = if key(&keys, MODEL_TYPE) == Some(GEOGRAPHIC) {
        let degree = if key(&keys, ANGULAR_UNITS) == Some(RADIAN) { 1.0 } else { DEGREE };
        let latitude = (model.middle * degree).clamp(-FARTHEST * DEGREE, FARTHEST * DEGREE);
        (RADIUS * degree * latitude.cos(), RADIUS * degree)
    } else {
        let metres = match key(&keys, LINEAR_UNITS) {
            Some(FOOT) => 0.3048,
            Some(SURVEY_FOOT) => 1200.0 / 3937.0,
            _ => 1.0,
        };
        (metres, metres)
    };
    let (x, y) = (model.pixel.0 * across, model.pixel.1 * down);
    let useful = |length: f64| length.is_finite() && length > 0.0;
    Ok((useful(x) && useful(y)).then_some((x, y)))
}

/// Size of a pixel, and northing of the middle of the image, in units of the model.
struct Model {
    pixel: (f64, f64),
    middle: f64,
}

impl Model {
    fn read(
        source: &Source,
        ifd: &Ifd,
        (width, height): (u32, u32),
    ) -> Result<Option<Self>, DecodeError> {
        let numbers = |tag, count| lenient(ifd.numbers(source, tag, count));
        let (column, row) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
        if let Some(scale) = numbers(tags::MODEL_PIXEL_SCALE, 3)? {
            let [x, y, ..] = scale[..] else { return Ok(None) };
            let place = numbers(tags::MODEL_TIEPOINT, 6)?.unwrap_or_default();
            let middle = match place[..] {
                [_, tied, _, _, north, _] => north - (row - tied) * y.abs(),
                _ => 0.0,
            };
            return Ok(Some(Self { pixel: (x.abs(), y.abs()), middle }));
        }
        let matrix = numbers(tags::MODEL_TRANSFORMATION, 16)?.unwrap_or_default();
        // Two rows: east and north of a step across and of one down, and of the first pixel.
        let [across_east, down_east, _, _, across_north, down_north, _, north, ..] = matrix[..]
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            pixel: (across_east.hypot(across_north), down_east.hypot(down_north)),
            middle: across_north * column + down_north * row + north,
        }))
    }
}

/// A key that is a number by itself (7.1.1): the directory is four numbers of its own and four of
/// each key: name, place, count, value.
fn key(keys: &[u64], name: u64) -> Option<u64> {
    let (keys, _) = keys.get(4..)?.as_chunks::<4>();
    keys.iter().find(|key| key[0] == name && key[1] == 0).map(|key| key[3])
}

/// Numbers of keys that are looked at.
const MOST_KEYS: usize = 1024;

/// `GTModelTypeGeoKey`, and its value for latitude and longitude.
const MODEL_TYPE: u64 = 1024;
const GEOGRAPHIC: u64 = 2;

/// `GeogAngularUnitsGeoKey`, and EPSG's number of the radian.
const ANGULAR_UNITS: u64 = 2054;
const RADIAN: u64 = 9101;

/// `ProjLinearUnitsGeoKey`, and EPSG's numbers of two feet.
const LINEAR_UNITS: u64 = 3076;
const FOOT: u64 = 9002;
const SURVEY_FOOT: u64 = 9003;

/// Mean radius of the earth in metres.
const RADIUS: f64 = 6_371_008.8;

const DEGREE: f64 = std::f64::consts::PI / 180.0;

/// Latitude up to which a pixel has a useful width.
const FARTHEST: f64 = 89.0;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::super::testing::{self, DOUBLE, Flavor, Page, SHORT};
    use super::*;

    fn doubles(page: Page, tag: u16, values: &[f64]) -> Page {
        let bits: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
        page.field(tag, DOUBLE, &bits)
    }

    fn keys(page: Page, keys: &[[u64; 4]]) -> Page {
        let head = [1, 1, 0, keys.len() as u64];
        page.field(tags::GEO_KEY_DIRECTORY, SHORT, &[&head[..], keys.as_flattened()].concat())
    }

    /// The pixel of an image of 200 by 100.
    fn found(page: Page) -> Option<(f64, f64)> {
        let file = testing::file(Flavor::ALL[1], &[page]);
        let (source, first) = Source::open(Arc::new(Bytes::from(file))).unwrap();
        pixel_size(&source, &Ifd::read(&source, first).unwrap(), (200, 100)).unwrap()
    }

    fn scaled(x: f64, y: f64) -> Page {
        doubles(Page::default(), tags::MODEL_PIXEL_SCALE, &[x, y, 0.0])
    }

    #[test]
    fn lengths_are_metres_or_feet() {
        let projected = [1024, 0, 1, 1];
        assert_eq!(found(scaled(30.0, 20.0)), Some((30.0, 20.0)));
        let unit = |code| [3076, 0, 1, code];
        assert_eq!(found(keys(scaled(30.0, 20.0), &[projected, unit(9001)])), Some((30.0, 20.0)));
        assert_eq!(found(keys(scaled(10.0, 20.0), &[projected, unit(9002)])), Some((3.048, 6.096)));
        // 39.37 inches are a metre.
        let (x, _) = found(keys(scaled(39.37, 39.37), &[projected, unit(9003)])).unwrap();
        assert!((x - 12.0).abs() < 1e-12);
    }

    #[test]
    fn degrees_are_as_long_as_they_are_in_the_middle_of_the_image() {
        let geographic = [[1024, 0, 1, 2]];
        // The upper edge is at 110 degrees less 50 rows of one degree: the middle at 60.
        let tied =
            doubles(scaled(1.0, 1.0), tags::MODEL_TIEPOINT, &[0.0, 0.0, 0.0, 5.0, 110.0, 0.0]);
        let (x, y) = found(keys(tied, &geographic)).unwrap();
        // A degree of a great circle is 111,195 m, at 60 degrees a circle has half of it.
        assert!((y - 111_195.0).abs() < 1.0 && (x - 55_597.5).abs() < 1.0, "{x} {y}");
        let radian = [geographic[0], [2054, 0, 1, 9101]];
        let (x, y) = found(keys(scaled(1.0, 1.0), &radian)).unwrap();
        assert_eq!((x, y), (6_371_008.8, 6_371_008.8));
    }

    #[test]
    fn a_turned_map_has_the_length_of_its_sides() {
        let mut matrix = [0.0; 16];
        (matrix[0], matrix[1], matrix[4], matrix[5]) = (3.0, 8.0, 4.0, -6.0);
        let page = doubles(Page::default(), tags::MODEL_TRANSFORMATION, &matrix);
        assert_eq!(found(page), Some((5.0, 10.0)));
    }

    #[test]
    fn senseless_numbers_are_none() {
        assert_eq!(found(Page::default()), None);
        for (x, y) in [(0.0, 1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
            assert_eq!(found(scaled(x, y)), None);
        }
        assert_eq!(found(scaled(-2.0, -3.0)), Some((2.0, 3.0)));
        assert_eq!(found(doubles(Page::default(), tags::MODEL_PIXEL_SCALE, &[1.0])), None);
    }
}
