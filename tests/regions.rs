//! Large regions, which are made some rows at a time on several threads, seen from outside.

mod support;

use support::server::Setup;
use support::tiff::pyramid;
use support::{Answer, Pixels};

/// In tiles of 128 x 80: pieces of four rows of tiles, and a rest.
const SIZE: (u32, u32) = (900, 2600);

/// A slope: scaling leaves it as it is.
fn slope(x: f64, y: f64) -> f64 {
    10.0 + x / 9.0 + y / 20.0
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 10 to 240")]
fn rounded(value: f64) -> u8 {
    value.round() as u8
}

/// Three channels that differ, for whoever mixes them up.
fn colors(value: f64) -> [u8; 3] {
    [rounded(value), rounded(255.0 - value), 77]
}

/// The answers of a server with one thread for regions, and of one with many.
fn with_threads(target: &str) -> [Answer; 2] {
    let file = pyramid(SIZE, 1, (128, 80), |_, x, y| colors(slope(x.into(), y.into())));
    ["1", "8"].map(|threads| {
        let setup = Setup::new().set("REGION_WORKERS", threads).file("slope.tif", &file);
        setup.start().get(target).expect(200)
    })
}

/// The slope of a part of the picture at another size.
fn expected((x, y): (f64, f64), (width, height): (u32, u32), scale: f64) -> Pixels {
    let centre = |start: f64, i: u32| start + (f64::from(i) + 0.5) * scale - 0.5;
    Pixels::from_fn((width, height), |i, j| colors(slope(centre(x, i), centre(y, j))))
}

#[test]
fn scaled_regions_have_no_seams_whoever_makes_them() {
    // Beside the edges of the picture, where the filter has nothing to look at.
    let target = "/iiif/slope.tif/30,45,840,2520/280,840/0/default.png";
    let [alone, helped] = with_threads(target);
    assert_eq!(alone.body, helped.body);
    alone.png().assert_near(&expected((30.0, 45.0), (280, 840), 3.0), 1);
}

#[test]
fn rows_may_be_processed_before_and_after_they_are_scaled() {
    // Inverted and mirrored, then turned as a whole.
    let target = "/iip?FIF=slope.tif&RGN=0.05,0.05,0.9,0.9&INV&WID=540&ROT=90&CVT=png";
    let [alone, helped] = with_threads(target);
    assert_eq!(alone.body, helped.body);
    let upright = expected((45.0, 130.0), (540, 1560), 1.5);
    let turned = Pixels::from_fn((1560, 540), |x, y| match *upright.at(y, 1559 - x) {
        [red, green, blue] => [255 - red, 255 - green, 255 - blue],
        _ => [0; 3],
    });
    alone.png().assert_near(&turned, 1);
}

#[test]
fn regions_at_their_own_size_are_copies() {
    let [alone, helped] =
        with_threads("/iip?FIF=slope.tif&RGN=0,0,1,1&INV&WID=900&HEI=2600&CVT=png");
    assert_eq!(alone.body, helped.body);
    let inverted =
        Pixels::from_fn(SIZE, |x, y| colors(slope(x.into(), y.into())).map(|value| 255 - value));
    alone.png().assert_same(&inverted);
}
