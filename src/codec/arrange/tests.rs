//! Blocks to tiles, levels and upright pictures, compared with the whole picture.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::image::Bands;
use crate::raster::{ColorSpace, SampleType, Samples, Shape};

/// A file of one level whose pixels are known, in blocks of any size.
#[derive(Debug)]
struct File {
    info: ImageInfo,
    arrangement: Arrangement,
    decoded: Arc<AtomicUsize>,
}

/// Value of a pixel: no two neighbours are equal, and no two blocks.
fn value(x: u32, y: u32) -> u16 {
    u16::try_from((x * 7 + y * 251) % 60_000).unwrap()
}

impl Decoder for File {
    fn info(&self) -> &ImageInfo {
        &self.info
    }

    fn tile(
        &self,
        at: TileRef,
        selection: &Selection,
        _: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        let rect = self.info.levels[0].tile_rect(at.column, at.row).unwrap();
        self.pixels(rect, selection, 1)
    }

    fn area(
        &self,
        level: u8,
        rect: Rect,
        selection: &Selection,
        _: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        assert_eq!(level, 0);
        self.pixels(rect, selection, AREA)
    }

    fn arrangement(&self) -> Arrangement {
        self.arrangement
    }
}

impl File {
    fn pixels(
        &self,
        rect: Rect,
        selection: &Selection,
        count: usize,
    ) -> Result<Raster, DecodeError> {
        self.decoded.fetch_add(count, Ordering::Relaxed);
        assert_eq!(selection.bands, Bands::All);
        let rows = (rect.y..rect.y + rect.height)
            .flat_map(|y| (rect.x..rect.x + rect.width).map(move |x| value(x, y)));
        let shape = self.info.shape(rect.width, rect.height, &selection.bands);
        Ok(Raster::new(shape, Samples::U16(rows.collect()))?)
    }
}

/// What an area counts, where a block counts one.
const AREA: usize = 1000;

fn served(
    size: (u32, u32),
    block: (u32, u32),
    arrangement: Arrangement,
    options: &OpenOptions,
) -> (Result<Box<dyn Decoder>, DecodeError>, Arc<AtomicUsize>) {
    let level = Level { width: size.0, height: size.1, tile_width: block.0, tile_height: block.1 };
    let gray = Shape::new(1, 1, 1, SampleType::U16, ColorSpace::Gray);
    let decoded = Arc::new(AtomicUsize::new(0));
    let info = ImageInfo::new(vec![level], gray);
    let file = File { info, arrangement, decoded: Arc::clone(&decoded) };
    (arrange(Box::new(file), options, &Arc::new(Blocks::new(64 << 20))), decoded)
}

fn cut(smaller: Option<Halving>) -> Arrangement {
    Arrangement { cut: true, smaller, ..Arrangement::default() }
}

/// All pixels of a level, from its tiles.
fn whole(decoder: &dyn Decoder, index: u8) -> Vec<u16> {
    let level = decoder.info().levels[usize::from(index)];
    let mut pixels = vec![0; (level.width * level.height) as usize];
    let mut scratch = Scratch::default();
    for number in 0..level.tiles() {
        let (column, row) = level.position(number).unwrap();
        let rect = level.tile_rect(column, row).unwrap();
        let at = TileRef { level: index, column, row };
        let tile = decoder.tile(at, &Selection::default(), &mut scratch).unwrap();
        assert_eq!((tile.shape().width, tile.shape().height), (rect.width, rect.height));
        let Samples::U16(samples) = tile.samples() else { panic!() };
        for (line, samples) in samples.chunks(rect.width as usize).enumerate() {
            let start = (rect.y as usize + line) * level.width as usize + rect.x as usize;
            pixels[start..start + samples.len()].copy_from_slice(samples);
        }
    }
    pixels
}

/// The mean of two by two pixels of a level, rounded.
fn halved(pixels: &[u16], width: usize, half: (usize, usize)) -> Vec<u16> {
    let height = pixels.len() / width;
    let at = |x: usize, y: usize| u32::from(pixels[y.min(height - 1) * width + x.min(width - 1)]);
    let mean = |x, y| (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1) + 2) / 4;
    let rows = (0..half.1).flat_map(|y| (0..half.0).map(move |x| (2 * x, 2 * y)));
    rows.map(|(x, y)| u16::try_from(mean(x, y)).unwrap()).collect()
}

#[test]
fn tiles_are_cut_from_blocks_of_any_shape() {
    // Strips of 100 rows, one block for all, and blocks larger than tiles.
    for block in [(700, 100), (700, 600), (512, 384)] {
        let (decoder, count) = served((700, 600), block, cut(None), &OpenOptions::default());
        let decoder = decoder.unwrap();
        assert_eq!(decoder.info().levels.len(), 1);
        let expected: Vec<u16> =
            (0..600).flat_map(|y| (0..700).map(move |x| value(x, y))).collect();
        assert_eq!(whole(&*decoder, 0), expected);
        let blocks = 700_usize.div_ceil(block.0 as usize) * 600_usize.div_ceil(block.1 as usize);
        assert_eq!(count.load(Ordering::Relaxed), blocks, "each is decoded once");
    }
}

#[test]
fn a_block_is_decoded_when_neighbours_are_asked_for() {
    let arrangement = Arrangement { areas: true, ..cut(None) };
    let (decoder, count) = served((2048, 1024), (1024, 1024), arrangement, &OpenOptions::default());
    let decoder = decoder.unwrap();
    let tile = |column: u32, row: u32| {
        let at = TileRef { level: 0, column, row };
        let before = count.load(Ordering::Relaxed);
        let tile = decoder.tile(at, &Selection::default(), &mut Scratch::default()).unwrap();
        let Samples::U16(samples) = tile.samples() else { panic!() };
        let rows = (256 * row..256 * row + 256)
            .flat_map(|y| (256 * column..256 * column + 256).map(move |x| value(x, y)));
        assert_eq!(*samples, rows.collect::<Vec<_>>());
        count.load(Ordering::Relaxed) - before
    };
    assert_eq!([tile(0, 0), tile(2, 2)], [AREA, AREA]);
    assert_eq!([tile(1, 0), tile(0, 0), tile(3, 3)], [1, 0, 0]);
    // The other block.
    assert_eq!([tile(4, 0), tile(6, 0), tile(4, 2), tile(6, 2)], [AREA; 4]);
    assert_eq!([tile(7, 3), tile(4, 0)], [1, 0]);
}

#[test]
fn what_will_be_read_is_decoded_in_blocks() {
    let turned = Orientation::RightTop;
    for (orientation, rect) in [
        (Orientation::default(), Rect { x: 1024, y: 0, width: 1024, height: 400 }),
        // Clockwise: the second block is below the first, and its first rows are on the right.
        (turned, Rect { x: 624, y: 1024, width: 400, height: 1024 }),
    ] {
        let arrangement = Arrangement { areas: true, orientation, ..cut(None) };
        let (decoder, count) =
            served((2048, 1024), (1024, 1024), arrangement, &OpenOptions::default());
        let decoder = decoder.unwrap();
        let selection = Selection::default();
        decoder.will_read(0, rect, &selection);
        let (column, row) = if orientation == turned { (3, 4) } else { (4, 0) };
        let decode = |column, row| {
            let at = TileRef { level: 0, column, row };
            decoder.tile(at, &selection, &mut Scratch::default()).unwrap();
            count.swap(0, Ordering::Relaxed)
        };
        assert_eq!(decode(column, row), 1, "{orientation:?}");
        assert_eq!(decode(0, 0), AREA, "{orientation:?}");
    }
}

#[test]
fn blocks_that_were_looked_at_on_opening_are_not_decoded_again() {
    let level = Level { width: 700, height: 600, tile_width: 700, tile_height: 100 };
    let gray = Shape::new(1, 1, 1, SampleType::U16, ColorSpace::Gray);
    let count = Arc::new(AtomicUsize::new(0));
    let info = ImageInfo { ranges: Vec::new(), ..ImageInfo::new(vec![level], gray) };
    let file = File { info, arrangement: cut(None), decoded: Arc::clone(&count) };
    let blocks = Arc::new(Blocks::new(64 << 20));
    let decoder = arrange(Box::new(file), &OpenOptions::default(), &blocks).unwrap();
    assert_eq!(count.load(Ordering::Relaxed), 6);
    whole(&*decoder, 0);
    assert_eq!(count.load(Ordering::Relaxed), 6);
}

#[test]
fn missing_levels_are_halves_and_made_once() {
    for (halving, sizes) in [
        (Halving::Down, [(601, 1025), (300, 512), (150, 256)]),
        (Halving::Up, [(601, 1025), (301, 513), (151, 257)]),
    ] {
        let arrangement = cut(Some(halving));
        let (decoder, count) = served((601, 1025), (601, 77), arrangement, &OpenOptions::default());
        let decoder = decoder.unwrap();
        let levels = &decoder.info().levels;
        let found: Vec<_> = levels.iter().map(|level| (level.width, level.height)).collect();
        assert_eq!(found[..3], sizes);
        let mut larger = whole(&*decoder, 0);
        for index in 1..levels.len() {
            let (width, level) = (levels[index - 1].width as usize, levels[index]);
            let half = (level.width as usize, level.height as usize);
            let expected = halved(&larger, width, half);
            let made = whole(&*decoder, u8::try_from(index).unwrap());
            assert_eq!(made, expected, "level {index}, {halving:?}");
            larger = made;
        }
        assert_eq!(count.load(Ordering::Relaxed), 1025_usize.div_ceil(77));
    }
}

#[test]
fn a_turned_image_has_turned_levels_and_tiles() {
    let orientation = Orientation::RightTop;
    let arrangement = Arrangement { orientation, ..cut(Some(Halving::Down)) };
    let (decoder, _) = served((700, 300), (700, 32), arrangement, &OpenOptions::default());
    let decoder = decoder.unwrap();
    let levels = &decoder.info().levels;
    assert_eq!((levels[0].width, levels[0].height), (300, 700));
    assert_eq!((levels[1].width, levels[1].height), (150, 350));
    // Turned clockwise: the first stored row is the last column.
    let expected: Vec<u16> =
        (0..700).flat_map(|y| (0..300).map(move |x| value(y, 299 - x))).collect();
    assert_eq!(whole(&*decoder, 0), expected);

    let as_stored = OpenOptions { orientation: false, ..OpenOptions::default() };
    let (decoder, _) = served((700, 300), (700, 32), arrangement, &as_stored);
    assert_eq!(decoder.unwrap().info().width(), 700);
}

#[test]
fn a_turned_image_has_turned_scales() {
    let level = Level { width: 30, height: 20, tile_width: 30, tile_height: 20 };
    let gray = Shape::new(1, 1, 1, SampleType::U16, ColorSpace::Gray);
    let info = ImageInfo { pixel_size: Some((2.0, 3.0)), ..ImageInfo::new(vec![level], gray) };
    let arrangement = Arrangement { orientation: Orientation::LeftBottom, ..cut(None) };
    let file = File { info, arrangement, decoded: Arc::default() };
    let blocks = Arc::new(Blocks::new(1 << 20));
    let decoder = arrange(Box::new(file), &OpenOptions::default(), &blocks).unwrap();
    assert_eq!(decoder.info().pixel_size, Some((3.0, 2.0)));
}

#[test]
fn images_that_are_too_large_are_refused_or_served_without_levels() {
    let limits = Limits { flat_bytes: 1 << 16, ..Limits::default() };
    let options = OpenOptions::from(limits);
    let smaller = Some(Halving::Down);
    let (refused, _) = served((1000, 1000), (1000, 8), cut(smaller), &options);
    let Err(DecodeError::TooLarge(advice)) = refused else { panic!() };
    assert!(advice.contains("1000x1000") && advice.contains("vips tiffsave"), "{advice}");

    let tiled = Arrangement { smaller, ..Arrangement::default() };
    let (decoder, _) = served((1000, 1000), (256, 256), tiled, &options);
    assert_eq!(decoder.unwrap().info().levels.len(), 1);
    let (decoder, _) = served((1000, 1000), (256, 256), tiled, &OpenOptions::default());
    assert_eq!(decoder.unwrap().info().levels.len(), 3);
}
