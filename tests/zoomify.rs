//! Zoomify, seen from outside.

mod support;

use support::server::Setup;
use support::tiff::{TILE, level_size, pixel, plain, pyramid};
use support::{Pixels, Server};

#[test]
fn the_document_has_its_attributes_in_order() {
    let server = Server::start();
    let answer = server.get("/zoomify/a.tif/ImageProperties.xml").expect(200);
    assert!(answer.header("Content-Type").unwrap().starts_with("application/xml"));
    // 12 tiles of 1000 x 700, 4 of 500 x 350, 1 of 250 x 175.
    let expected = "<IMAGE_PROPERTIES WIDTH=\"1000\" HEIGHT=\"700\" NUMTILES=\"17\" \
                    NUMIMAGES=\"1\" VERSION=\"1.8\" TILESIZE=\"256\"/>";
    assert_eq!(answer.text().trim_end(), expected);
}

#[test]
fn every_tier_has_its_tiles() {
    let server = Server::start();
    for tier in 0..3 {
        let level = 2 - tier;
        let (width, height) = level_size(level);
        for row in 0..height.div_ceil(TILE) {
            for column in 0..width.div_ceil(TILE) {
                let (left, top) = (column * TILE, row * TILE);
                let size = (TILE.min(width - left), TILE.min(height - top));
                let expected = Pixels::from_fn(size, |x, y| pixel(level, left + x, top + y));
                let tile = format!("/zoomify/a.tif/TileGroup0/{tier}-{column}-{row}.jpg");
                server.get(&tile).jpeg().assert_near(&expected, 24);
            }
        }
    }
}

#[test]
fn the_number_of_the_group_does_not_matter() {
    let server = Server::start();
    let tile = |group| server.get(&format!("/zoomify/a.tif/TileGroup{group}/2-1-1.jpg")).body;
    assert_eq!(tile(0), tile(7));
}

#[test]
fn tiles_outside_a_tier_are_not_found() {
    let server = Server::start();
    for tile in ["0-1-0", "1-2-0", "2-4-0", "2-0-3", "3-0-0"] {
        server.get(&format!("/zoomify/a.tif/TileGroup0/{tile}.jpg")).expect(404);
    }
    server.get("/zoomify/no.tif/ImageProperties.xml").expect(404);
}

#[test]
fn a_level_of_exactly_one_tile_is_tier_0() {
    let exact = pyramid((512, 512), 4, (128, 128), pixel);
    let server = Setup::new().file("exact.tif", &exact).start();
    let text = server.get("/zoomify/exact.tif/ImageProperties.xml").expect(200).text().to_owned();
    // 16 + 4 + 1.
    assert!(text.contains("NUMTILES=\"21\""), "{text}");
    let jpeg = server.get("/zoomify/exact.tif/TileGroup0/0-0-0.jpg").jpeg();
    jpeg.assert_near(&Pixels::from_fn((128, 128), |x, y| pixel(2, x, y)), 24);
}

#[test]
fn tiers_that_are_not_stored_are_made() {
    let server = Setup::new().file("p.tif", &plain([9, 99, 199])).start();
    let text = server.get("/zoomify/p.tif/ImageProperties.xml").expect(200).text().to_owned();
    // 600 x 400: 6 tiles of 256, 2 of 300 x 200, 1 of 150 x 100.
    assert!(text.contains("NUMTILES=\"9\""), "{text}");
    assert_eq!(server.get("/zoomify/p.tif/TileGroup0/0-0-0.jpg").jpeg().size(), (150, 100));
}
