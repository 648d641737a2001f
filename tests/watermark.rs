//! The mark on pictures, seen from outside.

#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod support;

use support::server::{Setup, program};
use support::tiff::plain;
use support::{Answer, Server};

const COLOR: [u8; 3] = [10, 20, 30];

/// A square of 8 by 8 pixels of one colour.
fn mark(color: png::ColorType, pixel: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 8, 8);
    encoder.set_color(color);
    encoder.write_header().unwrap().write_image_data(&pixel.repeat(64)).unwrap();
    file
}

fn start(file: &[u8], settings: &[(&str, &str)]) -> Server {
    let setup = Setup::bare().file("a.tif", &plain(COLOR)).file("mark.png", file).listening();
    let path = setup.folder().join("mark.png");
    let setup = setup.set("WATERMARK", path.to_str().unwrap());
    settings.iter().fold(setup, |setup, (name, value)| setup.set(name, value)).start()
}

/// Upper left corners of the marks in a picture, whose pixels are all of the mark or not of it.
fn corners(answer: &Answer, marked: [u8; 3]) -> Vec<(u32, u32)> {
    let picture = answer.png();
    let (width, height) = picture.size();
    let is_marked = |x: u32, y: u32| {
        let pixel = picture.at(x, y);
        assert!(pixel == marked || pixel == COLOR, "{pixel:?} at {x}, {y}");
        pixel == marked
    };
    let (mut corners, mut count) = (Vec::new(), 0);
    for y in 0..height {
        for x in 0..width {
            if !is_marked(x, y) {
                continue;
            }
            count += 1;
            let before = x > 0 && is_marked(x - 1, y) || y > 0 && is_marked(x, y - 1);
            if !before {
                corners.push((x, y));
            }
        }
    }
    assert_eq!(count, 64 * corners.len());
    corners
}

#[test]
fn a_tile_has_one_mark_at_a_place_that_stays() {
    let file = mark(png::ColorType::Grayscale, &[100]);
    let added = [110, 120, 130];
    let server = start(&file, &[]);
    let tile = server.iip("FIF=a.tif&PTL=1,0");
    let places = corners(&tile, added);
    assert_eq!(places.len(), 1);
    let next = corners(&server.iip("FIF=a.tif&PTL=1,1"), added);
    assert!(next.len() == 1 && next != places);
    // Another protocol, and another server.
    let iiif = server.get("/iiif/a.tif/0,0,256,256/256,256/0/default.png");
    assert_eq!(corners(&iiif, added), places);
    let other = start(&file, &[]);
    assert_eq!(corners(&other.iip("FIF=a.tif&PTL=1,0"), added), places);
}

#[test]
fn larger_pictures_have_a_mark_in_each_square_of_two_tiles() {
    let server = start(&mark(png::ColorType::Grayscale, &[100]), &[]);
    let mut places = corners(&server.iip("FIF=a.tif&WID=600&CVT=png"), [110, 120, 130]);
    places.sort_unstable();
    assert_eq!(places.len(), 2);
    assert!(places[0].0 + 8 <= 512 && places[1].0 >= 512, "{places:?}");
    assert_eq!(corners(&server.iip("FIF=a.tif&WID=300&CVT=png"), [110, 120, 130]).len(), 1);
}

#[test]
fn opacity_and_probability_are_settings() {
    let half = [("WATERMARK_OPACITY", "0.5")];
    let server = start(&mark(png::ColorType::Grayscale, &[100]), &half);
    assert_eq!(corners(&server.iip("FIF=a.tif&PTL=1,0"), [60, 70, 80]).len(), 1);
    // A mark with opacity lies over the picture: black, a fifth of it.
    let over = mark(png::ColorType::GrayscaleAlpha, &[0, 51]);
    let server = start(&over, &[]);
    assert_eq!(corners(&server.iip("FIF=a.tif&PTL=1,0"), [8, 16, 24]).len(), 1);
    let server = start(&over, &[("WATERMARK_PROBABILITY", "0")]);
    assert_eq!(corners(&server.iip("FIF=a.tif&PTL=1,0"), [8, 16, 24]).len(), 0);
}

#[test]
fn a_file_that_is_no_mark_stops_the_start_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("mark.png");
    std::fs::write(&text, "no picture").unwrap();
    for (path, reason) in [
        (text.as_path(), "cannot be shown"),
        (&folder.path().join("none.png"), "No such file"),
        (folder.path(), "it is no file"),
    ] {
        let args = ["--bind", "127.0.0.1:0", "--watermark", path.to_str().unwrap()];
        let output = program().args(args).output().unwrap();
        assert!(!output.status.success());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(reason) && message.contains("for example"), "{message}");
    }
}
