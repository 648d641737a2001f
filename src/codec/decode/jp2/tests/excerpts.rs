//! Areas decoded from excerpts of a codestream, compared with the whole picture as
//! `opj_decompress` decodes it, when it is there.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use bytes::Bytes;

use super::super::block::{Image, Wanted};
use super::super::excerpt::Excerpt;
use super::super::grid::Grid;
use super::super::index;
use super::super::packets::Packets;
use super::super::parts::{Parts, Tiles};
use super::reference::reference;
use crate::codec::Limits;
use crate::image::Rect;

/// Ways to write a codestream.
const WAYS: [&str; 18] = [
    "-n 6 -c [256,256],[128,128],[64,64],[32,32],[16,16],[8,8] -b 32,32 -p RPCL",
    "-n 6 -c [64,64],[64,64],[32,32] -b 16,16 -p RPCL -I -r 8",
    "-n 6 -c [64,64],[64,64],[32,32] -b 16,16 -p LRCP -I -r 40,20,4",
    "-n 6 -c [64,64] -b 16,16 -p RLCP -r 40,20,1",
    "-n 4 -c [32,64] -b 16,16 -p PCRL -r 40,20,1",
    "-n 5 -c [64,32] -b 16,16 -p CPRL -r 40,1",
    "-n 6 -p LRCP",
    "-n 1 -c [64,64] -b 32,32",
    "-n 6 -c [64,64] -b 16,16 -p RPCL -SOP -EPH -r 20,1",
    "-n 6 -c [64,64] -b 16,16 -p RPCL -d 37,21 -I -r 4",
    "-n 5 -c [32,32] -b 16,16 -p PCRL -d 37,21 -T 5,3",
    "-n 4 -t 128,128 -c [64,64] -b 32,32 -p RPCL",
    "-n 4 -t 128,128 -c [32,32] -b 16,16 -p LRCP -d 37,21 -T 16,8 -r 20,1",
    "-n 4 -t 200,100 -p CPRL -d 37,21 -T 5,3",
    "-n 6 -c [64,64] -b 16,16 -p RPCL -TP R -TLM",
    "-n 5 -c [64,64] -b 16,16 -p LRCP -mct 0 -TP L -r 20,1",
    "-n 5 -p RLCP -b 4,64 -r 40,20,10,5,1 -SOP",
    "-n 3 -t 256,200 -c [128,128] -b 64,64 -p RPCL -EPH -r 30,1",
];

/// A picture with edges, slopes and noise.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = format!("P6\n{width} {height}\n255\n").into_bytes();
    let mut noise = 1_u32;
    for y in 0..height {
        for x in 0..width {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let slope = (x * 2 + y) / 7;
            let edge = if (x / 37 + y / 23) % 2 == 0 { 60 } else { 0 };
            for value in [slope, edge + (noise >> 28), (x * y / 64) ^ edge] {
                bytes.push(value.to_le_bytes()[0]);
            }
        }
    }
    bytes
}

/// A codestream, in which packets are listed or not.
fn written(way: &str, listed: bool, folder: &Path) -> Bytes {
    let (input, output) = (folder.join("in.ppm"), folder.join("out.j2k"));
    fs::write(&input, picture(611, 457)).unwrap();
    let mut tool = Command::new("opj_compress");
    tool.arg("-i").arg(input).arg("-o").arg(&output).args(way.split(' '));
    if listed {
        tool.arg("-PLT");
    }
    assert!(tool.stdout(Stdio::null()).status().unwrap().success(), "{way}");
    Bytes::from(fs::read(output).unwrap())
}

fn there_are_tools() -> bool {
    let there = ["opj_compress", "opj_decompress"]
        .into_iter()
        .all(|tool| Command::new(tool).arg("-h").stdout(Stdio::null()).status().is_ok());
    if !there {
        eprintln!("skipped: there is no opj_compress");
    }
    there
}

/// Some areas of a level: corners, tiles, and everything.
fn areas(width: u32, height: u32) -> Vec<Rect> {
    let sides = [(0, 64), (130, 70), (255, 2), (256, 256), (300, 1000)];
    let clip = |(from, length): (u32, u32), side: u32| {
        let from = from.min(side - 1);
        (from, length.min(side - from))
    };
    let rows = sides.into_iter().cycle().skip(2);
    let pairs = sides.into_iter().zip(rows).chain([((0, width), (0, height))]);
    let rect = |(x, y)| {
        let ((x, width), (y, height)) = (clip(x, width), clip(y, height));
        Rect { x, y, width, height }
    };
    pairs.map(rect).collect()
}

/// A rectangle of a plane of this width.
fn crop(plane: &[i32], width: u32, rect: Rect) -> Vec<i32> {
    let rows = plane.chunks(width as usize).skip(rect.y as usize).take(rect.height as usize);
    let columns = rect.x as usize..(rect.x + rect.width) as usize;
    rows.flat_map(|row| &row[columns.clone()]).copied().collect()
}

#[test]
fn areas_are_parts_of_the_whole_picture() {
    if !there_are_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits::default();
    let (mut other, mut own, mut all) = (0_usize, 0_usize, 0_usize);
    for way in WAYS {
        let bytes = written(way, true, folder.path());
        let input = folder.path().join("in.j2k");
        fs::write(&input, &bytes).unwrap();
        let (_, stream) = index(&bytes, &limits).unwrap();
        let parts = Parts::read(&bytes, &stream).unwrap();
        let limit = limits.tile_bytes;
        let image = Image { source: &bytes, stream: &stream, parts: &parts, limit, helpers: 0 };
        let layers = if stream.coding.layers > 1 { vec![0, 1] } else { vec![0] };
        let levels = 0..=stream.coding.levels(3);
        for (level, layers) in levels.flat_map(|level| layers.iter().map(move |l| (level, *l))) {
            let theirs = reference(&input, folder.path(), level, layers).unwrap();
            let (width, height) = Grid::new(&stream.size).size(level);
            let planes = |rect, components: &[u16]| {
                image.planes(&Wanted { level, rect, layers, components }).unwrap()
            };
            let whole = planes(Rect { x: 0, y: 0, width, height }, &[0, 1, 2]);
            for (index, rect) in areas(width, height).into_iter().enumerate() {
                let components: &[u16] = if index == 1 { &[1] } else { &[0, 1, 2] };
                for (plane, number) in planes(rect, components).iter().zip(components) {
                    let name = format!("{way} level {level} layers {layers} {rect:?}");
                    let number = usize::from(*number);
                    let theirs = crop(&theirs[number], width, rect);
                    if !way.contains("-I") {
                        assert!(plane.data == theirs, "{name}");
                        continue;
                    }
                    // Versions of the library round differently, and areas from whole pictures.
                    let whole = crop(&whole[number].data, width, rect);
                    assert_eq!(plane.data.len(), theirs.len(), "{name}");
                    for ((area, theirs), whole) in plane.data.iter().zip(&theirs).zip(&whole) {
                        assert!(area.abs_diff(*theirs) <= 1, "{name}");
                        other += usize::from(area != theirs);
                        own += usize::from(area != whole);
                        all += 1;
                    }
                }
            }
        }
    }
    eprintln!(
        "of {all} lossy samples {other} differ by one, {own} from those of the whole picture"
    );
    assert!(other.max(own) * 10_000 < all, "{other} and {own} of {all}");
}

#[test]
fn excerpts_are_much_shorter_than_tiles() {
    if !there_are_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits::default();
    let bytes = written("-n 6 -c [64,64],[64,64],[32,32] -b 16,16 -p RPCL", true, folder.path());
    let (_, stream) = index(&bytes, &limits).unwrap();
    let parts = Parts::read(&bytes, &stream).unwrap();
    let limit = limits.tile_bytes;
    let image = Image { source: &bytes, stream: &stream, parts: &parts, limit, helpers: 0 };
    let tiles = Tiles { columns: (0, 1), rows: (0, 1) };
    let codings = [(tiles, stream.coding.clone())];
    let length = |level, side: u32, components: &[u16]| {
        let rect = Rect { x: 0, y: 0, width: side, height: side };
        let wanted = Wanted { level, rect, layers: 0, components };
        let area = ((0, side << level), (0, side << level));
        let excerpt = Excerpt::new(&image, tiles, &codings, &wanted, area, true).unwrap();
        excerpt.map(|excerpt| excerpt.stream.len())
    };
    let all: &[u16] = &[0, 1, 2];
    let whole = bytes.len() as u64;
    for way in WAYS.iter().filter(|way| !way.contains("-t ")) {
        let bytes = written(way, true, folder.path());
        let (_, stream) = index(&bytes, &limits).unwrap();
        let parts = Parts::read(&bytes, &stream).unwrap();
        let image = Image { source: &bytes, stream: &stream, parts: &parts, limit, helpers: 0 };
        let codings = [(tiles, stream.coding.clone())];
        let rect = Rect { x: 0, y: 0, width: 64, height: 64 };
        let wanted = Wanted { level: 0, rect, layers: 0, components: all };
        let (x, y) = (stream.size.start.0, stream.size.start.1);
        let area = ((x, x + 64), (y, y + 64));
        let excerpt = Excerpt::new(&image, tiles, &codings, &wanted, area, true).unwrap();
        assert!(excerpt.is_some(), "{way}");
    }
    // Less than a quarter of the precincts at full size, and a quarter of the pixels.
    assert!(length(0, 128, all).unwrap() < whole / 4);
    assert!(length(1, 228, all).unwrap() < whole / 2);
    assert!(length(0, 128, &[1]).unwrap() < length(0, 128, all).unwrap() * 2 / 3);
    // All of it is decoded from the file itself.
    let wanted = Wanted {
        level: 0,
        rect: Rect { x: 0, y: 0, width: 611, height: 457 },
        layers: 0,
        components: all,
    };
    let area = ((0, 611), (0, 457));
    assert!(Excerpt::new(&image, tiles, &codings, &wanted, area, true).unwrap().is_none());
}

#[test]
fn packets_that_are_not_listed_are_found() {
    if !there_are_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits::default();
    for way in WAYS {
        let [listed, walked] = [true, false].map(|listed| {
            let bytes = written(way, listed, folder.path());
            let (_, stream) = index(&bytes, &limits).unwrap();
            let parts = Parts::read(&bytes, &stream).unwrap();
            let (columns, rows) = (stream.size.columns(), stream.size.rows());
            let tiles = Tiles { columns: (0, columns), rows: (0, rows) };
            let lengths = tiles.each().flat_map(|tile| {
                let packets = Packets::of(&bytes, &stream, &parts, tile, &stream.coding);
                packets.unwrap().unwrap().lengths().to_vec()
            });
            lengths.collect::<Vec<_>>()
        });
        assert!(listed == walked, "{way}");
    }
}

#[test]
fn wrong_lists_of_packets_are_not_used() {
    if !there_are_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits::default();
    let whole = written("-n 6 -c [64,64],[64,64],[32,32] -b 16,16 -p RPCL", true, folder.path());
    let plt = whole.windows(2).position(|pair| pair == b"\xff\x58").unwrap();
    let wanted = |bytes: &Bytes| {
        let (_, stream) = index(bytes, &limits).unwrap();
        let parts = Parts::read(bytes, &stream).unwrap();
        let limit = limits.tile_bytes;
        let image = Image { source: bytes, stream: &stream, parts: &parts, limit, helpers: 0 };
        let rect = Rect { x: 100, y: 100, width: 64, height: 64 };
        let wanted = Wanted { level: 0, rect, layers: 0, components: &[0, 1, 2] };
        let planes = image.planes(&wanted).unwrap();
        planes.into_iter().map(|plane| plane.data).collect::<Vec<_>>()
    };
    let expected = wanted(&whole);
    for (place, byte) in [(6, 0x80), (7, 0), (9, 0x7f), (20, 0xff)] {
        let mut damaged = whole.to_vec();
        assert_ne!(damaged[plt + place], byte);
        damaged[plt + place] = byte;
        assert!(wanted(&Bytes::from(damaged)) == expected, "{place}");
    }
}
