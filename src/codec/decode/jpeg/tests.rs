//! Whole files: made here, and those of other writers when the corpus is there.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::Jpeg;
use crate::codec::{Container, DecodeError, Decoder, FileReader, Limits, OpenOptions, Scratch};
use crate::image::{Orientation, Selection, TileRef};
use crate::raster::Raster;

fn open(bytes: &[u8], limits: Limits) -> Result<Box<dyn Decoder>, DecodeError> {
    Jpeg.open(Arc::new(Bytes::copy_from_slice(bytes)), &limits.into())
}

fn picture(decoder: &dyn Decoder) -> Result<Raster, DecodeError> {
    let at = TileRef { level: 0, column: 0, row: 0 };
    decoder.tile(at, &Selection::default(), &mut Scratch::default())
}

/// A smooth picture of 40x48 pixels without symmetry.
fn smooth(channels: usize) -> Vec<u8> {
    let pixels = (0..48_usize).flat_map(|y| (0..40_usize).map(move |x| (x, y)));
    let sample = |(x, y): (usize, usize), c| u8::try_from(40 + 2 * x + y * (1 + c) % 120).unwrap();
    pixels.flat_map(|pixel| (0..channels).map(move |c| sample(pixel, c))).collect()
}

fn encode(pixels: &[u8], color: ColorType, progressive: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 100);
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    encoder.set_progressive(progressive);
    encoder.encode(pixels, 40, 48, color).unwrap();
    file
}

fn farthest(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

#[test]
fn grey_and_colour_come_back_as_they_were() {
    for (color, channels) in [(ColorType::Luma, 1), (ColorType::Rgb, 3)] {
        for progressive in [false, true] {
            let original = smooth(channels);
            let file = encode(&original, color, progressive);
            let raster = picture(&*open(&file, Limits::default()).unwrap()).unwrap();
            // The best quality still rounds.
            assert!(farthest(raster.as_u8().unwrap(), &original) <= 3, "{color:?}");
        }
    }
}

#[test]
fn components_named_rgb_are_not_converted() {
    // Baseline, so that the names are in the frame header and one scan.
    let mut file = encode(&smooth(3), ColorType::Ycbcr, false);
    let frame = file.windows(4).position(|bytes| bytes == [0xff, 0xc0, 0, 17]).unwrap() + 10;
    let scan = file.windows(4).position(|bytes| bytes == [0xff, 0xda, 0, 12]).unwrap() + 5;
    for (index, name) in b"RGB".iter().enumerate() {
        file[frame + 3 * index] = *name;
        file[scan + 2 * index] = *name;
    }
    let jfif = file.windows(4).position(|bytes| bytes == b"JFIF").unwrap();
    let with_jfif = picture(&*open(&file, Limits::default()).unwrap()).unwrap();
    file[jfif] = b'X';
    let without = picture(&*open(&file, Limits::default()).unwrap()).unwrap();
    assert!(farthest(without.as_u8().unwrap(), &smooth(3)) <= 3);
    // JFIF files are YCbCr, whatever their components are called.
    assert!(farthest(with_jfif.as_u8().unwrap(), &smooth(3)) > 30);
}

#[test]
fn a_cut_file_shows_the_rows_it_has() {
    let original = smooth(3);
    let file = encode(&original, ColorType::Rgb, false);
    let cut = &file[..file.len() * 2 / 3];
    let raster = picture(&*open(cut, Limits::default()).unwrap()).unwrap();
    let decoded = raster.as_u8().unwrap();
    let (upper, lower) = (3 * 40 * 16, 3 * 40 * 40);
    assert!(farthest(&decoded[..upper], &original[..upper]) <= 3);
    assert!(decoded[lower..].iter().all(|sample| *sample == 128));
}

#[test]
fn no_cut_of_a_file_is_a_panic() {
    for progressive in [false, true] {
        let file = encode(&smooth(3), ColorType::Rgb, progressive);
        for len in 0..file.len() {
            super::fuzz(&file[..len]);
        }
    }
}

#[test]
fn large_pictures_are_refused_with_advice() {
    let file = encode(&smooth(3), ColorType::Rgb, false);
    let error = open(&file, Limits { tile_bytes: 40 * 48 * 3 - 1, ..Limits::default() });
    let Err(DecodeError::TooLarge(sentence)) = error else { panic!("{error:?}") };
    assert!(sentence.contains("40x48") && sentence.contains("vips tiffsave"), "{sentence}");
}

#[test]
fn every_page_is_the_one_picture() {
    let file = encode(&smooth(3), ColorType::Rgb, false);
    let options = OpenOptions { page: 1, ..OpenOptions::default() };
    let second = Jpeg.open(Arc::new(Bytes::from(file)), &options).unwrap();
    assert_eq!((second.info().width(), second.info().height()), (40, 48));
}

#[test]
fn orientation_comes_from_exif() {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus/jpeg/rgb-420-exif");
    let decoder = open(&fs::read(seed).unwrap(), Limits::default()).unwrap();
    let arrangement = decoder.arrangement();
    assert_eq!(arrangement.orientation, Orientation::from_tag(6).unwrap());
    assert!(arrangement.cut && arrangement.smaller.is_some());
}

#[test]
fn files_of_other_writers_have_the_mean_that_libvips_finds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(index) = fs::read_to_string(corpus.join("index.tsv")) else {
        eprintln!("skipped: there is no corpus at {}", corpus.display());
        return;
    };
    let mut compared = 0;
    for line in index.lines() {
        let values: Vec<_> = line.split('\t').collect();
        let Some(path) = values.first().filter(|path| path.starts_with("jpeg/")) else { continue };
        let mean = values.iter().find_map(|value| value.strip_prefix("ok avg="));
        let data = FileReader::new(File::open(corpus.join(path)).unwrap()).unwrap();
        // The pixels as they are stored, in one piece.
        let decoder = match Jpeg.open(Arc::new(data), &OpenOptions::default()) {
            Err(DecodeError::Unsupported(_)) => continue,
            decoder => decoder.unwrap(),
        };
        let raster = picture(&*decoder).unwrap();
        // The means of inks are not those of colours, and those of a few pixels are no means.
        let samples = raster.as_u8().unwrap();
        let Some(mean) = mean.filter(|_| values[9] != "4" && samples.len() > 1000) else {
            continue;
        };
        let sum: f64 = samples.iter().map(|sample| f64::from(*sample)).sum();
        let ours = sum / f64::from(u32::try_from(samples.len()).unwrap());
        assert!((ours - mean.parse::<f64>().unwrap()).abs() < 0.5, "{path}: {ours}, not {mean}");
        compared += 1;
    }
    assert!(compared > 40, "only {compared} files could be compared");
}
