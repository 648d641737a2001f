//! Tiles that are JPEG streams.

use bytes::Bytes;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::super::tags;
use super::super::testing::{self, Flavor, LONG, Page, SHORT, UNDEFINED};
use crate::codec::{Decoder, Scratch};
use crate::command::Format;
use crate::image::{Selection, TileRef};

const SIZE: (u32, u32) = (80, 56);
const TILE: (u32, u32) = (32, 48);

/// A stream that starts with an APP0 segment of JFIF.
fn encode(pixels: &[u8], color: ColorType, sampling: SamplingFactor) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut encoder = Encoder::new(&mut stream, 95);
    encoder.set_sampling_factor(sampling);
    let (width, height) = (u16::try_from(TILE.0).unwrap(), u16::try_from(TILE.1).unwrap());
    encoder.encode(pixels, width, height, color).unwrap();
    stream
}

/// Segments before the scan, and the rest of the stream.
fn segments(stream: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut at = 2;
    let mut found = Vec::new();
    while stream[at + 1] != 0xda {
        let len = usize::from(u16::from_be_bytes([stream[at + 2], stream[at + 3]])) + 2;
        found.push(&stream[at..at + len]);
        at += len;
    }
    (found, &stream[at..])
}

fn is_table(segment: &[u8]) -> bool {
    matches!(segment[1], 0xdb | 0xc4)
}

/// The stream without some of its segments.
fn without(stream: &[u8], leave_out: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let (segments, scan) = segments(stream);
    let kept: Vec<_> = segments.into_iter().filter(|segment| !leave_out(segment)).collect();
    [&b"\xff\xd8"[..], &kept.concat(), scan].concat()
}

fn tables(stream: &[u8]) -> Vec<u8> {
    let (segments, _) = segments(stream);
    let kept: Vec<_> = segments.into_iter().filter(|segment| is_table(segment)).collect();
    [&b"\xff\xd8"[..], &kept.concat(), b"\xff\xd9"].concat()
}

fn streams(channels: u16, color: ColorType, sampling: SamplingFactor) -> Vec<Vec<u8>> {
    let pixels = testing::picture(SIZE.0, SIZE.1, channels);
    let tiles = testing::cut(&pixels, SIZE, TILE, channels);
    tiles.iter().map(|tile| encode(tile, color, sampling)).collect()
}

fn page(photometric: u64, channels: u16, tiles: Vec<Vec<u8>>) -> Page {
    Page::new(SIZE, TILE, photometric, channels.into())
        .field(tags::COMPRESSION, SHORT, &[7])
        .tiles(tiles)
}

fn open(page: Page) -> Box<dyn Decoder> {
    testing::open(testing::file(Flavor::ALL[2], &[page])).unwrap()
}

fn first_stored(decoder: &dyn Decoder) -> Option<Bytes> {
    let stored = decoder.stored(TileRef { level: 0, column: 0, row: 0 }).unwrap();
    stored.map(|(format, bytes)| {
        assert_eq!(format, Format::Jpeg);
        bytes
    })
}

/// The mean difference that lossy coding of the test picture may make. The picture has steps
/// where its ramps wrap, so that single samples may differ a lot.
fn assert_close(pixels: &[u8], expected: &[u8], mean: u64) {
    assert_eq!(pixels.len(), expected.len());
    let sum: u64 = pixels.iter().zip(expected).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    assert!(sum <= mean * pixels.len() as u64, "mean difference {}", sum / pixels.len() as u64);
}

#[test]
fn streams_decode_with_and_without_shared_tables() {
    let expected = testing::picture(SIZE.0, SIZE.1, 3);
    for (sampling, mean) in [(SamplingFactor::F_1_1, 4), (SamplingFactor::F_2_2, 24)] {
        let streams = streams(3, ColorType::Rgb, sampling);
        let whole = open(page(6, 3, streams.clone()));
        let pixels = testing::level(&*whole, 0).unwrap();
        assert_close(&pixels, &expected, mean);
        let short = streams.iter().map(|stream| without(stream, is_table)).collect();
        let shared = tables(&streams[0]);
        let split = open(page(6, 3, short).bytes(tags::JPEG_TABLES, UNDEFINED, &shared));
        assert!(testing::level(&*split, 0).unwrap() == pixels);
        // What is sent to clients is as good as the self-contained stream.
        assert_eq!(first_stored(&*whole).unwrap(), streams[0]);
        let joined = first_stored(&*split).unwrap();
        assert_ne!(joined, streams[0]);
        let page = Page::new(TILE, TILE, 6, 3)
            .field(tags::COMPRESSION, SHORT, &[7])
            .tiles(vec![joined.to_vec()]);
        let alone = testing::level(&*open(page), 0).unwrap();
        let at = TileRef { level: 0, column: 0, row: 0 };
        let tile = whole.tile(at, &Selection::default(), &mut Scratch::default()).unwrap();
        assert!(tile.as_u8().unwrap() == alone);
    }
}

#[test]
fn gray_streams_decode() {
    let expected = testing::picture(SIZE.0, SIZE.1, 1);
    let streams = streams(1, ColorType::Luma, SamplingFactor::F_1_1);
    let decoder = open(page(1, 1, streams.clone()));
    let pixels = testing::level(&*decoder, 0).unwrap();
    assert_close(&pixels, &expected, 4);
    assert_eq!(first_stored(&*decoder).unwrap(), streams[0]);
    let negative = open(page(0, 1, streams));
    let inverted: Vec<u8> = pixels.iter().map(|sample| 255 - sample).collect();
    assert!(testing::level(&*negative, 0).unwrap() == inverted);
    assert_eq!(first_stored(&*negative), None, "clients would see a negative");
}

#[test]
fn rgb_streams_are_not_converted() {
    let expected = testing::picture(SIZE.0, SIZE.1, 3);
    // Told that its input is YCbCr, the encoder stores the samples as they are.
    let jfif = streams(3, ColorType::Ycbcr, SamplingFactor::F_1_1);
    let decoder = open(page(2, 3, jfif.clone()));
    let pixels = testing::level(&*decoder, 0).unwrap();
    assert_close(&pixels, &expected, 4);
    assert_eq!(first_stored(&*decoder), None, "clients would take it for YCbCr");

    let unmarked: Vec<_> =
        jfif.iter().map(|stream| without(stream, |segment| segment[1] == 0xe0)).collect();
    let decoder = open(page(2, 3, unmarked));
    assert!(testing::level(&*decoder, 0).unwrap() == pixels);
    let marked = first_stored(&*decoder).unwrap();
    assert_eq!(marked[..18], *b"\xff\xd8\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0");

    // With the marker the stream is sent as it is, and decodes to the same.
    let page = Page::new(TILE, TILE, 2, 3)
        .field(tags::COMPRESSION, SHORT, &[7])
        .tiles(vec![marked.to_vec()]);
    let alone = open(page.clone());
    assert_eq!(first_stored(&*alone).unwrap(), marked);
    let at = TileRef { level: 0, column: 0, row: 0 };
    let tile = decoder.tile(at, &Selection::default(), &mut Scratch::default()).unwrap();
    assert!(testing::level(&*alone, 0).unwrap() == tile.as_u8().unwrap());

    // A directory that says YCbCr wins over the marker, and clients must not see the stream.
    let page = page.field(tags::PHOTOMETRIC_INTERPRETATION, SHORT, &[6]);
    let contrary = open(page);
    assert!(testing::level(&*contrary, 0).unwrap() != tile.as_u8().unwrap());
    assert_eq!(first_stored(&*contrary), None);
}

#[test]
fn progressive_and_restarted_streams_are_the_same_picture() {
    let pixels = testing::picture(TILE.0, TILE.1, 3);
    let (width, height) = (u16::try_from(TILE.0).unwrap(), u16::try_from(TILE.1).unwrap());
    let [plain, progressive, restarted] = [(false, 0), (true, 0), (false, 2)].map(|variant| {
        let mut stream = Vec::new();
        let mut encoder = Encoder::new(&mut stream, 90);
        encoder.set_progressive(variant.0);
        encoder.set_restart_interval(variant.1);
        encoder.encode(&pixels, width, height, ColorType::Rgb).unwrap();
        let page =
            Page::new(TILE, TILE, 6, 3).field(tags::COMPRESSION, SHORT, &[7]).tiles(vec![stream]);
        testing::level(&*open(page), 0).unwrap()
    });
    assert!(restarted == plain);
    // Progressive streams have another decoder, which rounds chrominance differently.
    let difference = progressive.iter().zip(&plain).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(difference <= Some(5), "{difference:?}");
}

#[test]
fn only_full_tiles_are_sent_as_they_are() {
    let decoder = open(page(6, 3, streams(3, ColorType::Rgb, SamplingFactor::F_1_1)));
    let stored = |column, row| decoder.stored(TileRef { level: 0, column, row }).unwrap();
    assert!(stored(1, 0).is_some());
    assert!(stored(2, 0).is_none(), "80 is two and a half tiles wide");
    assert!(stored(0, 1).is_none());
}

#[test]
fn wider_streams_and_those_of_other_components_are_refused() {
    let tiles = streams(3, ColorType::Rgb, SamplingFactor::F_1_1);
    let page = Page::new((16, 48), (16, 48), 6, 3)
        .field(tags::COMPRESSION, SHORT, &[7])
        .tiles(vec![tiles[0].clone()]);
    let at = TileRef { level: 0, column: 0, row: 0 };
    let decoder = open(page);
    let error = testing::level(&*decoder, 0).unwrap_err();
    assert!(error.to_string().contains("32x48 with 3 components where 16x48"), "{error}");
    assert!(decoder.stored(at).is_err());
    let page = Page::new(TILE, TILE, 1, 1)
        .field(tags::COMPRESSION, SHORT, &[7])
        .tiles(vec![tiles[0].clone()]);
    assert!(testing::level(&*open(page), 0).is_err());
}

#[test]
fn higher_streams_are_cut() {
    let tiles = streams(3, ColorType::Rgb, SamplingFactor::F_1_1);
    let pixels = |height| {
        let size = (TILE.0, height);
        let page = Page::new(size, size, 6, 3)
            .field(tags::COMPRESSION, SHORT, &[7])
            .tiles(vec![tiles[0].clone()]);
        let decoder = open(page);
        let sent = first_stored(&*decoder).is_some();
        (testing::level(&*decoder, 0).unwrap(), sent)
    };
    let ((whole, sent), (cut, sent_cut)) = (pixels(TILE.1), pixels(21));
    assert!(whole[..cut.len()] == cut);
    assert!(sent && !sent_cut);
}

/// The tables and the scan of a stream, where TIFF 6.0, section 22 wants them.
#[test]
fn old_streams_in_pieces_decode_like_new_ones() {
    for (color, photometric, channels) in [(ColorType::Rgb, 6, 3), (ColorType::Luma, 1, 1)] {
        let stream = streams(channels, color, SamplingFactor::F_1_1).swap_remove(0);
        let (segments, scan) = segments(&stream);
        let header = usize::from(u16::from_be_bytes([scan[2], scan[3]])) + 2;
        let mut blob = scan[header..scan.len() - 2].to_vec();
        // Where tables of a kind are in the blob, by their number: one a segment.
        let mut place = |marker, id: u8| {
            let wanted = |segment: &&&[u8]| segment[1] == marker && segment[4] == id;
            let segment = segments.iter().find(wanted).expect("the encoder writes all tables");
            blob.extend_from_slice(&segment[5..]);
            // Behind the header of a BigTIFF file.
            (16 + blob.len() - (segment.len() - 5)) as u64
        };
        let classes = if channels == 3 { vec![0, 1, 1] } else { vec![0] };
        let quantization: Vec<_> = classes.iter().map(|id| place(0xdb, *id)).collect();
        let dc: Vec<_> = classes.iter().map(|id| place(0xc4, *id)).collect();
        let ac: Vec<_> = classes.iter().map(|id| place(0xc4, 0x10 | *id)).collect();
        let old = Page::new(TILE, TILE, photometric, channels.into())
            .field(tags::COMPRESSION, SHORT, &[6])
            .field(tags::YCBCR_SUB_SAMPLING, SHORT, &[1, 1])
            .field(tags::JPEG_Q_TABLES, LONG, &quantization)
            .field(tags::JPEG_DC_TABLES, LONG, &dc)
            .field(tags::JPEG_AC_TABLES, LONG, &ac)
            .tiles(vec![blob]);
        let new = page_of(photometric, channels, stream);
        let (old, new) = (open(old), open(new));
        let (old, new) = (testing::level(&*old, 0).unwrap(), testing::level(&*new, 0).unwrap());
        let near = old.iter().zip(&new).all(|(old, new)| old.abs_diff(*new) <= 2);
        assert!(near, "{channels} channels");
    }
}

fn page_of(photometric: u64, channels: u16, stream: Vec<u8>) -> Page {
    Page::new(TILE, TILE, photometric, channels.into())
        .field(tags::COMPRESSION, SHORT, &[7])
        .tiles(vec![stream])
}

#[test]
fn cut_streams_are_errors_not_gray_areas() {
    let tiles = streams(3, ColorType::Rgb, SamplingFactor::F_1_1);
    let whole = tiles[0].clone();
    for len in [1, 2, 3, 20, 300, whole.len() / 2, whole.len() * 3 / 4] {
        let page = Page::new(TILE, TILE, 6, 3)
            .field(tags::COMPRESSION, SHORT, &[7])
            .tiles(vec![whole[..len].to_vec()]);
        assert!(testing::level(&*open(page), 0).is_err(), "{len} of {} bytes", whole.len());
    }
    // Without the end marker all pixels are there.
    let page = Page::new(TILE, TILE, 6, 3)
        .field(tags::COMPRESSION, SHORT, &[7])
        .tiles(vec![whole[..whole.len() - 2].to_vec()]);
    assert!(testing::level(&*open(page), 0).is_ok());
}

#[test]
fn wrong_tables_are_refused_when_the_file_is_opened() {
    let tiles = streams(3, ColorType::Rgb, SamplingFactor::F_1_1);
    let large = [&b"\xff\xd8"[..], &vec![0xff; 70_000]].concat();
    for tables in [&b"\xff"[..], b"\xff\xd8\xff", b"\0\0\0\0\0", &tiles[0], &large] {
        let page = page(6, 3, tiles.clone()).bytes(tags::JPEG_TABLES, UNDEFINED, tables);
        assert!(testing::open(testing::file(Flavor::ALL[0], &[page])).is_err());
    }
}
