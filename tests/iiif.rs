//! The IIIF Image API, seen from outside.

mod support;

use support::server::Setup;
use support::tiff::{SIZE, level_size, pixel, pyramid};
use support::{Pixels, Server};

fn full(x: u32, y: u32) -> [u8; 3] {
    pixel(0, x, y)
}

#[test]
fn regions_are_cut_exactly() {
    let server = Server::start();
    for (region, (left, top), size) in [
        ("full", (0, 0), SIZE),
        ("square", (150, 0), (700, 700)),
        ("0,0,256,256", (0, 0), (256, 256)),
        ("13,17,99,101", (13, 17), (99, 101)),
        ("900,600,500,500", (900, 600), (100, 100)),
        ("999,699,1,1", (999, 699), (1, 1)),
        ("pct:10,10,20,50", (100, 70), (200, 350)),
    ] {
        let answer = server.get(&format!("/iiif/a.tif/{region}/max/0/default.png"));
        answer.png().assert_same(&Pixels::from_fn(size, |x, y| full(left + x, top + y)));
    }
}

#[test]
fn regions_without_pixels_are_400() {
    let server = Server::start();
    for region in
        ["0,0,0,10", "1000,0,10,10", "-10,-10,100,100", "1,2,3", "1,2,3,4,5", "x", "pct:0,0,0,0"]
    {
        server.get(&format!("/iiif/a.tif/{region}/max/0/default.png")).expect(400);
    }
}

#[test]
fn sizes_are_exactly_those_asked_for() {
    let server = Server::start();
    for (size, expected) in [
        ("max", (1000, 700)),
        ("22,", (22, 15)),
        (",22", (31, 22)),
        ("pct:50", (500, 350)),
        ("123,45", (123, 45)),
        ("!300,300", (300, 210)),
        ("!2000,300", (429, 300)),
        ("^2000,", (2000, 1400)),
        ("^!1200,1200", (1200, 840)),
        ("^pct:150", (1500, 1050)),
    ] {
        let answer = server.get(&format!("/iiif/a.tif/full/{size}/0/default.jpg"));
        assert_eq!(answer.jpeg().size(), expected, "{size}");
    }
}

#[test]
fn sizes_that_break_the_rules_are_400() {
    let server = Server::start();
    for size in [
        "0,",
        ",0",
        "1001,",
        "pct:0",
        "pct:101",
        "full",
        "-5,",
        "x",
        "!10,",
        "^6000,100",
        "99999999999,",
    ] {
        server.get(&format!("/iiif/a.tif/full/{size}/0/default.jpg")).expect(400);
    }
}

#[test]
fn a_level_asked_for_by_its_size_is_answered_exactly() {
    let server = Server::start();
    for level in [1, 2] {
        let (width, height) = level_size(level);
        let answer = server.get(&format!("/iiif/a.tif/full/{width},{height}/0/default.png"));
        answer.png().assert_same(&Pixels::from_fn((width, height), |x, y| pixel(level, x, y)));
    }
}

#[test]
fn every_tile_of_the_document_exists_at_its_size() {
    let server = Server::start();
    let info = server.get("/iiif/a.tif/info.json").expect(200).json();
    let tile = &info["tiles"][0];
    let side = u32::try_from(tile["width"].as_u64().unwrap()).unwrap();
    assert_eq!(side, 256);
    for factor in tile["scaleFactors"].as_array().unwrap() {
        let factor = u32::try_from(factor.as_u64().unwrap()).unwrap();
        let step = side * factor;
        // Image API 3.0, implementation notes: the arithmetic of tile requests.
        for y in (0..SIZE.1).step_by(step as usize) {
            for x in (0..SIZE.0).step_by(step as usize) {
                let (width, height) = (step.min(SIZE.0 - x), step.min(SIZE.1 - y));
                let scaled = (width.div_ceil(factor), height.div_ceil(factor));
                let target =
                    format!("{x},{y},{width},{height}/{},{}/0/default.png", scaled.0, scaled.1);
                let png = server.get(&format!("/iiif/a.tif/{target}")).png();
                assert_eq!(png.size(), scaled, "{target}");
                let blue = 100 + 40 * factor.ilog2();
                assert_eq!(u32::from(png.at(0, 0)[2]), blue, "level of {target}");
            }
        }
    }
    for size in info["sizes"].as_array().unwrap() {
        let (width, height) = (size["width"].as_u64().unwrap(), size["height"].as_u64().unwrap());
        let png = server.get(&format!("/iiif/a.tif/full/{width},{height}/0/default.png")).png();
        assert_eq!((png.width.into(), png.height.into()), (width, height));
    }
}

#[test]
fn a_tile_turned_upside_down_is_the_same_region() {
    let server = Server::start();
    let expected = Pixels::from_fn((256, 256), |x, y| full(255 - x, 255 - y));
    let answer = server.get("/iiif/a.tif/0,0,256,256/256,256/180/default.png");
    answer.png().assert_same(&expected);
}

#[test]
fn quarter_turns_and_mirroring_are_exact() {
    let server = Server::start();
    // A region of 100 x 50 at 200,300.
    let at = |x: u32, y: u32| full(200 + x, 300 + y);
    for (rotation, expected) in [
        ("90", Pixels::from_fn((50, 100), |x, y| at(y, 49 - x))),
        ("180", Pixels::from_fn((100, 50), |x, y| at(99 - x, 49 - y))),
        ("270", Pixels::from_fn((50, 100), |x, y| at(99 - y, x))),
        ("360", Pixels::from_fn((100, 50), at)),
        ("!0", Pixels::from_fn((100, 50), |x, y| at(99 - x, y))),
        ("!90", Pixels::from_fn((50, 100), |x, y| at(99 - y, 49 - x))),
        ("!180", Pixels::from_fn((100, 50), |x, y| at(x, 49 - y))),
    ] {
        let answer = server.get(&format!("/iiif/a.tif/200,300,100,50/max/{rotation}/default.png"));
        answer.png().assert_same(&expected);
    }
}

#[test]
fn other_angles_have_transparent_corners_in_png_and_an_opaque_middle() {
    let server = Setup::new().file("plain.tif", &support::tiff::plain([200, 100, 50])).start();
    let png = server.get("/iiif/plain.tif/0,0,200,100/max/45/default.png").png();
    assert_eq!(png.channels, 4);
    // The box around 200 x 100, turned by 45 degrees: (200 + 100) / sqrt(2) = 212.1.
    assert!((212..=214).contains(&png.width) && (212..=214).contains(&png.height), "{png:?}");
    let (right, bottom) = (png.width - 1, png.height - 1);
    for (x, y) in [(0, 0), (right, 0), (0, bottom), (right, bottom)] {
        assert_eq!(png.at(x, y)[3], 0, "corner {x},{y}");
    }
    assert_eq!(png.at(right / 2, bottom / 2), [200, 100, 50, 255]);
    let opaque = png.samples.chunks(4).filter(|pixel| pixel[3] == 255).count();
    assert!((19_300..=20_300).contains(&opaque), "{opaque} of 20000 pixels are opaque");
    assert_eq!(server.get("/iiif/plain.tif/0,0,200,100/max/45/default.jpg").jpeg().channels, 3);
}

#[test]
fn angles_outside_the_circle_are_400() {
    let server = Server::start();
    for rotation in ["361", "-1", "x", "!", "90abc", "NaN"] {
        server.get(&format!("/iiif/a.tif/full/max/{rotation}/default.png")).expect(400);
    }
}

#[test]
fn gray_is_the_luminance() {
    let server = Setup::new().file("plain.tif", &support::tiff::plain([200, 100, 50])).start();
    let png = server.get("/iiif/plain.tif/full/max/0/gray.png").png();
    // 0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2
    let expected = Pixels::from_fn((600, 400), |_, _| [124]);
    png.assert_near(&expected, 1);
}

#[test]
fn bitonal_is_black_up_to_the_threshold_of_otsu_and_white_above_it() {
    // The threshold is the brightest value of the dark part, 60, and the dark part is black.
    let gray = |x| match x {
        0..290 => 50_u8,
        290..300 => 60,
        _ => 190,
    };
    let halves = pyramid((600, 400), 2, (256, 256), |level, x, _| [gray(x << level); 3]);
    let server = Setup::new().file("halves.tif", &halves).start();
    let png = server.get("/iiif/halves.tif/full/max/0/bitonal.png").png();
    png.assert_same(&Pixels::from_fn((600, 400), |x, _| if x < 300 { [0_u8] } else { [255] }));
}

#[test]
fn unknown_qualities_and_formats_are_400() {
    let server = Server::start();
    for name in ["nice.jpg", "default.gif", "default.raw", "default.jp2", "default.", ".jpg"] {
        server.get(&format!("/iiif/a.tif/full/max/0/{name}")).expect(400);
    }
}

#[test]
fn documents_of_version_3_and_2_are_negotiated() {
    let server = Server::start();
    let three = server.get("/iiif/a.tif/info.json").expect(200);
    let json = three.json();
    assert_eq!(json["@context"], "http://iiif.io/api/image/3/context.json");
    assert_eq!(json["id"], "http://example.org/iiif/a.tif");
    assert_eq!(json["type"], "ImageService3");
    assert_eq!(json["profile"], "level2");
    assert_eq!((&json["width"], &json["height"]), (&1000.into(), &700.into()));
    let accept = "application/ld+json;profile=\"http://iiif.io/api/image/2/context.json\"";
    let two = server.get_with("/iiif/a.tif/info.json", &[("Accept", accept)]).expect(200);
    let json = two.json();
    assert_eq!(json["@id"], "http://example.org/iiif/a.tif");
    assert_eq!(json["profile"][0], "http://iiif.io/api/image/2/level2.json");
    for answer in [&three, &two] {
        assert!(answer.header("Vary").unwrap().contains("Accept"));
    }
}

#[test]
fn limits_are_advertised_and_enforced() {
    let server = Setup::new().set("MAX_CVT", "400").set("MAX_AREA", "60000").start();
    let json = server.get("/iiif/a.tif/info.json").json();
    assert_eq!((&json["maxWidth"], &json["maxArea"]), (&400.into(), &60_000.into()));
    server.get("/iiif/a.tif/full/401,/0/default.jpg").expect(400);
    server.get("/iiif/a.tif/full/400,280/0/default.jpg").expect(400);
    let max = server.get("/iiif/a.tif/full/max/0/default.jpg").jpeg();
    assert!(max.width <= 400 && max.width * max.height <= 60_000, "{max:?}");
    assert!(max.width * max.height > 58_000, "{max:?}");
}

#[test]
fn pictures_link_to_their_profile_and_canonical_address() {
    let server = Server::start();
    let answer = server.get("/iiif/a.tif/pct:0,0,50,50/pct:50/0/default.jpg").expect(200);
    let link = answer.header("Link").unwrap();
    assert!(link.contains("rel=\"profile\""), "{link}");
    let canonical = "<http://example.org/iiif/a.tif/0,0,500,350/250,175/0/default.jpg>";
    assert!(link.contains(canonical), "{link}");
}

#[test]
fn an_identifier_alone_redirects_to_its_document() {
    let server = Server::start();
    let answer = server.get("/iiif/a.tif").expect(303);
    assert_eq!(answer.header("Location"), Some("http://example.org/iiif/a.tif/info.json"));
}

#[test]
fn identifiers_may_have_plain_and_encoded_slashes() {
    let server = Setup::new().file("dir/b c.tif", &support::tiff::plain([1, 2, 3])).start();
    for id in ["dir/b%20c.tif", "dir%2Fb%20c.tif", "dir%2fb%20c%2Etif"] {
        let json = server.get(&format!("/iiif/{id}/info.json")).expect(200).json();
        assert_eq!(json["id"], format!("http://example.org/iiif/{id}"));
        let png = server.get(&format!("/iiif/{id}/0,0,2,2/max/0/default.png")).png();
        assert_eq!(png.at(1, 1), [1, 2, 3]);
    }
}

#[test]
fn a_box_larger_than_the_region_follows_the_setting() {
    let server = Server::start();
    let answer = server.get("/iiif/a.tif/0,0,100,50/!200,200/0/default.png");
    assert_eq!(answer.png().size(), (100, 50));
    let strict = Setup::new().set("IIIF_STRICT_BOX", "1").start();
    strict.get("/iiif/a.tif/0,0,100,50/!200,200/0/default.png").expect(400);
}

#[test]
fn odd_sizes_and_factors_give_every_tile() {
    let odd = pyramid((1001, 601), 3, (128, 96), pixel);
    let server = Setup::new().file("odd.tif", &odd).start();
    let info = server.get("/iiif/odd.tif/info.json").json();
    let tile = &info["tiles"][0];
    assert_eq!((&tile["width"], &tile["height"]), (&128.into(), &96.into()));
    assert_eq!(tile["scaleFactors"], serde_json::json!([1, 2, 4]));
    let last = server.get("/iiif/odd.tif/768,384,233,217/117,109/0/default.png").png();
    assert_eq!(last.size(), (117, 109));
}
