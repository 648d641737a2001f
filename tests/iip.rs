//! IIP over FastCGI, seen from outside.

mod support;

use support::server::Setup;
use support::tiff::{SIZE, TILE, fold, level_size, pixel};
use support::{Pixels, Server};

/// The pixels of a stored tile.
fn tile(level: u32, column: u32, row: u32) -> Pixels {
    let (width, height) = level_size(level);
    let (left, top) = (column * TILE, row * TILE);
    let size = (TILE.min(width - left), TILE.min(height - top));
    Pixels::from_fn(size, |x, y| pixel(level, left + x, top + y))
}

#[test]
fn png_tiles_are_the_stored_pixels_exactly() {
    let server = Server::start();
    // Resolution 2 is level 0: four columns and three rows of tiles.
    for (resolution, index, expected) in [
        (2, 0, tile(0, 0, 0)),
        (2, 1, tile(0, 1, 0)),
        (2, 3, tile(0, 3, 0)),
        (2, 6, tile(0, 2, 1)),
        (2, 11, tile(0, 3, 2)),
        (1, 0, tile(1, 0, 0)),
        (1, 3, tile(1, 1, 1)),
        (0, 0, tile(2, 0, 0)),
    ] {
        let answer = server.iip(&format!("FIF=a.tif&PTL={resolution},{index}"));
        answer.png().assert_same(&expected);
    }
}

#[test]
fn edge_tiles_are_clipped_to_the_image() {
    let server = Server::start();
    assert_eq!(server.iip("FIF=a.tif&JTL=2,3").jpeg().size(), (1000 - 3 * 256, 256));
    assert_eq!(server.iip("FIF=a.tif&JTL=2,11").jpeg().size(), (1000 - 3 * 256, 700 - 2 * 256));
    assert_eq!(server.iip("FIF=a.tif&JTL=0,0").jpeg().size(), (250, 175));
}

#[test]
fn jpeg_tiles_are_near_the_stored_pixels() {
    let server = Server::start();
    for (resolution, index, expected) in [(2, 5, tile(0, 1, 1)), (1, 2, tile(1, 0, 1))] {
        let answer = server.iip(&format!("FIF=a.tif&QLT=95&JTL={resolution},{index}"));
        answer.jpeg().assert_near(&expected, 8);
    }
}

#[test]
fn a_better_quality_needs_more_bytes() {
    let server = Server::start();
    let sizes: Vec<usize> = [10, 50, 95]
        .iter()
        .map(|quality| server.iip(&format!("FIF=a.tif&QLT={quality}&JTL=2,0")).body.len())
        .collect();
    assert!(sizes.is_sorted() && sizes[0] < sizes[2], "{sizes:?}");
}

#[test]
fn a_region_at_native_size_has_the_pixels_of_the_full_level() {
    let server = Server::start();
    // 0.25 and 0.5 are exact in binary: 250 175 500 350 pixels.
    let answer = server.iip("FIF=a.tif&RGN=0.25,0.25,0.5,0.5&WID=500&CVT=png");
    answer.png().assert_same(&Pixels::from_fn((500, 350), |x, y| pixel(0, 250 + x, 175 + y)));
}

#[test]
fn a_whole_image_at_the_size_of_a_level_is_that_level() {
    let server = Server::start();
    for (width, level) in [(500, 1), (250, 2), (1000, 0)] {
        let answer = server.iip(&format!("FIF=a.tif&WID={width}&CVT=png"));
        answer.png().assert_same(&Pixels::from_fn(level_size(level), |x, y| pixel(level, x, y)));
    }
}

#[test]
fn without_a_size_the_answer_comes_from_the_full_level() {
    let server = Server::start();
    let answer = server.iip("FIF=a.tif&CVT=png");
    answer.png().assert_same(&Pixels::from_fn(SIZE, |x, y| pixel(0, x, y)));
}

#[test]
fn sizes_between_levels_come_from_the_next_larger_one() {
    let server = Server::start();
    for (asked, size, blue) in [
        ("WID=300", (300, 210), 140),
        ("HEI=350", (500, 350), 140),
        ("WID=300&HEI=300", (300, 210), 140),
        ("WID=501", (501, 351), 100),
        ("WID=100", (100, 70), 180),
        ("WID=22", (22, 15), 180),
    ] {
        let png = server.iip(&format!("FIF=a.tif&{asked}&CVT=png")).png();
        assert_eq!(png.size(), size, "{asked}");
        assert!(png.samples.chunks(3).all(|pixel| pixel[2] == blue), "{asked}");
    }
}

#[test]
fn rotation_turns_clockwise_after_the_flip() {
    let server = Server::start();
    let (width, height) = level_size(2);
    let at = |x, y| pixel(2, x, y);
    let (last_x, last_y) = (width - 1, height - 1);
    for (rotation, expected) in [
        ("90", Pixels::from_fn((height, width), |x, y| at(y, last_y - x))),
        ("180", Pixels::from_fn((width, height), |x, y| at(last_x - x, last_y - y))),
        ("270", Pixels::from_fn((height, width), |x, y| at(last_x - y, x))),
        ("!0", Pixels::from_fn((width, height), |x, y| at(last_x - x, y))),
        ("!90", Pixels::from_fn((height, width), |x, y| at(last_x - y, last_y - x))),
        ("!180", Pixels::from_fn((width, height), |x, y| at(x, last_y - y))),
    ] {
        let answer = server.iip(&format!("FIF=a.tif&ROT={rotation}&WID=250&CVT=png"));
        answer.png().assert_same(&expected);
    }
}

#[test]
fn tiles_upside_down_are_counted_from_the_other_end() {
    let server = Server::start();
    let source = tile(0, 3, 2);
    let (width, height) = source.size();
    let expected = Pixels::from_fn((width, height), |x, y| {
        <[u8; 3]>::try_from(source.at(width - 1 - x, height - 1 - y)).unwrap()
    });
    server.iip("FIF=a.tif&ROT=180&PTL=2,0").png().assert_same(&expected);
}

#[test]
fn a_grey_image_is_answered_with_one_channel() {
    let gray = support::tiff::pyramid((300, 200), 1, (128, 64), |_, x, y| [fold(x + y)]);
    let server = Setup::new().file("gray.tif", &gray).start();
    let expected = Pixels::from_fn((300, 200), |x, y| [fold(x + y)]);
    server.iip("FIF=gray.tif&CVT=png").png().assert_same(&expected);
    server.iip("FIF=gray.tif&QLT=95&CVT=jpeg").jpeg().assert_near(&expected, 4);
    assert_eq!(server.iip("FIF=gray.tif&OBJ=Tile-size").text(), "Tile-size:128 64\r\n");
}

#[test]
fn objects_have_the_bytes_of_the_specification() {
    let server = Server::start();
    for (object, expected) in [
        ("IIP-server", "IIP-server:3.65\r\n"),
        ("Max-size", "Max-size:1000 700\r\n"),
        ("Resolution-number", "Resolution-number:3\r\n"),
        ("Resolutions", "Resolutions:250 175,500 350,1000 700\r\n"),
        ("Tile-size", "Tile-size:256 256\r\n"),
        ("Bits-per-channel", "Bits-per-channel:8\r\n"),
        ("Colorspace,*,*", "Colorspace,0-2,0:0 0 3 3 0 1 2\r\n"),
        ("Horizontal-views", "Horizontal-views:0\r\n"),
        ("Vertical-views", "Vertical-views:90\r\n"),
        ("Min-Max-sample-values", "Min-Max-sample-values: 0  255  0  255  0  255\r\n"),
        (
            "Basic-info",
            "IIP-server:3.65\r\nMax-size:1000 700\r\nResolution-number:3\r\n\
             Colorspace,0-2,0:0 0 3 3 0 1 2\r\n",
        ),
    ] {
        let answer = server.iip(&format!("FIF=a.tif&OBJ={object}")).expect(200);
        assert_eq!(answer.text(), expected);
        assert_eq!(answer.header("Content-Type"), Some("application/vnd.netfpx"));
    }
}

#[test]
fn objects_come_in_the_order_of_the_request() {
    let server = Server::start();
    let answer = server.iip("FIF=a.tif&obj=IIP,1.0&obj=Max-size&OBJ=Tile-size").expect(200);
    assert_eq!(answer.text(), "Max-size:1000 700\r\nTile-size:256 256\r\n");
    assert!(answer.header("IIP").is_some());
    let turned = server.iip("FIF=a.tif&ROT=90&OBJ=Max-size");
    assert_eq!(turned.text(), "Max-size:700 1000\r\n");
}

#[test]
fn iip_errors_have_the_bytes_of_the_specification() {
    let server = Server::start();
    for (query, expected) in [
        ("OBJ=Max-size", "Error/12:1 3 max-size\r\n"),
        ("FIF=a.tif&OBJ=nothing", "Error/11:3 2 nothing\r\n"),
        ("FIF=a.tif&FOO=1", "Error/7:2 2 FOO\r\n"),
        ("JTL=0,0", "Error/4:1 3 \r\n"),
    ] {
        assert_eq!(server.iip(query).expect(200).text(), expected, "{query}");
    }
}

#[test]
fn til_sends_blocks_column_by_column() {
    let server = Server::start();
    let body = server.iip("FIF=a.tif&TIL=2,0-5").expect(200).body;
    let mut rest = &body[..];
    for (index, expected) in
        [(0, tile(0, 0, 0)), (4, tile(0, 0, 1)), (1, tile(0, 1, 0)), (5, tile(0, 1, 1))]
    {
        let colon = rest.iter().position(|byte| *byte == b':').unwrap();
        let head = std::str::from_utf8(&rest[..colon]).unwrap();
        let length = head.strip_prefix(&format!("Tile,2,{index},0/")).expect(head);
        let length: usize = length.parse().unwrap();
        let block = &rest[colon + 1..colon + 1 + length];
        assert_eq!(block[..8], [2, 0, 0, 0, 0, 0x11, 0, 0]);
        Pixels::from_jpeg(&block[8..]).assert_near(&expected, 24);
        rest = rest[colon + 1 + length..].strip_prefix(b"\r\n").unwrap();
    }
    assert!(rest.is_empty());
}

#[test]
fn what_comes_later_says_its_name() {
    let mut server = Server::start();
    server.expect_in_log("status=501");
    for (name, query) in [
        ("WLZ", "WLZ=vol&DST=40&OBJ=Wlz-coordinate-3d"),
        ("WLZ", "wlz=vol.wlz&sel=0,255,255,255&jtl=7"),
        #[cfg(not(feature = "avif"))]
        ("avif", "FIF=a.tif&CVT=avif"),
    ] {
        let answer = server.iip(query).expect(501);
        assert!(answer.text().contains(name), "{name}: {}", answer.text());
    }
}

#[test]
fn what_is_not_there_is_404() {
    let server = Server::start();
    for query in
        ["FIF=no.tif&JTL=0,0", "FIF=a.tif&JTL=2,12", "FIF=a.tif&JTL=3,0", "FIF=a.tif&JTL=0,1"]
    {
        server.iip(query).expect(404);
    }
}

#[test]
fn jtls_is_a_tile_with_its_view() {
    let server = Server::start();
    assert_eq!(server.iip("FIF=a.tif&JTLS=0,2,7,90").body, server.iip("FIF=a.tif&JTL=2,7").body);
}
