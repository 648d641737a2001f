//! DeepZoom, seen from outside.

mod support;

use support::server::Setup;
use support::tiff::{SIZE, TILE, level_size, pixel, plain, pyramid};
use support::{Pixels, Server};

#[test]
fn the_document_has_size_and_tiles() {
    let server = Server::start();
    let answer = server.get("/deepzoom/a.tif.dzi").expect(200);
    assert!(answer.header("Content-Type").unwrap().starts_with("application/xml"));
    let expected = "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" TileSize=\"256\" \
                    Overlap=\"0\" Format=\"jpg\"><Size Width=\"1000\" Height=\"700\"/></Image>";
    assert!(answer.text().trim_end().ends_with(expected), "{}", answer.text());
}

#[test]
fn every_level_has_its_tiles_at_their_sizes() {
    let server = Setup::new().file("p.tif", &plain([200, 100, 50])).start();
    let (width, height) = (600_u32, 400_u32);
    // ceil(log2(600)) = 10: level 10 is full size, level 0 is one pixel.
    for level in 0..=10 {
        let scale = 1_u32 << (10 - level);
        let (w, h) = (width.div_ceil(scale), height.div_ceil(scale));
        for row in 0..h.div_ceil(TILE) {
            for column in 0..w.div_ceil(TILE) {
                let jpeg =
                    server.get(&format!("/deepzoom/p.tif_files/{level}/{column}_{row}.jpg")).jpeg();
                let size = (TILE.min(w - column * TILE), TILE.min(h - row * TILE));
                // A stored level that is rounded down is one pixel smaller: its tiles are sent
                // scaled to the size the format demands.
                assert_eq!(jpeg.size(), size, "level {level}, tile {column}_{row}");
                jpeg.assert_near(&Pixels::from_fn(size, |_, _| [200_u8, 100, 50]), 3);
            }
        }
        let columns = w.div_ceil(TILE);
        server.get(&format!("/deepzoom/p.tif_files/{level}/{columns}_0.jpg")).expect(404);
    }
    server.get("/deepzoom/p.tif_files/11/0_0.jpg").expect(404);
}

#[test]
fn tiles_have_the_right_pixels() {
    let server = Server::start();
    for (level, stored, column, row) in [(10, 0, 0, 0), (10, 0, 3, 2), (9, 1, 1, 1)] {
        let (width, height) = level_size(stored);
        let (left, top) = (column * TILE, row * TILE);
        let size = (TILE.min(width - left), TILE.min(height - top));
        let expected = Pixels::from_fn(size, |x, y| pixel(stored, left + x, top + y));
        let answer = server.get(&format!("/deepzoom/a.tif_files/{level}/{column}_{row}.jpg"));
        answer.jpeg().assert_near(&expected, 20);
    }
    assert_eq!(SIZE, (1000, 700));
}

#[test]
fn tiles_outside_the_level_are_not_found_and_nonsense_is_400() {
    let server = Server::start();
    for tile in ["9/2_0", "9/0_2", "10/4_0", "99/0_0", "10/0_4294967296"] {
        let status = server.get(&format!("/deepzoom/a.tif_files/{tile}.jpg")).status;
        assert!(matches!(status, 400 | 404), "{tile}: {status}");
    }
    for tile in ["10/a_b", "10/-1_0", "x/0_0", "10/0"] {
        server.get(&format!("/deepzoom/a.tif_files/{tile}.jpg")).expect(400);
    }
    server.get("/deepzoom/no.tif.dzi").expect(404);
}

#[test]
fn tiles_that_are_not_square_are_answered_as_square_ones() {
    let server = Setup::new().file("n.tif", &pyramid((500, 300), 2, (128, 64), pixel)).start();
    let text = server.get("/deepzoom/n.tif.dzi").expect(200).text().to_owned();
    assert!(text.contains("TileSize=\"128\""), "{text}");
    let jpeg = server.get("/deepzoom/n.tif_files/9/1_2.jpg").jpeg();
    let expected = Pixels::from_fn((128, 300 - 256), |x, y| pixel(0, 128 + x, 256 + y));
    jpeg.assert_near(&expected, 20);
}
