//! Which image is meant: stacks, pages and sequences, seen from outside.

mod support;

use std::time::{Duration, Instant};

use support::server::Setup;
use support::tiff::{Member, pages, plain, stack};
use support::{Answer, Server};

/// The n-th colour.
fn color(number: u8) -> [u8; 3] {
    [number, 255 - number, 7]
}

/// The one colour of a PNG answer, as its number.
fn number(answer: &Answer) -> u8 {
    let picture = answer.png();
    let number = picture.at(0, 0)[0];
    let one = |index: usize| picture.samples[index] == color(number)[index % 3];
    assert!((0..picture.samples.len()).all(one));
    number
}

fn member(number: u8, name: Option<&'static str>, scale: Option<f64>) -> Member {
    Member { color: color(number), name, scale }
}

fn bands() -> Vec<u8> {
    stack(&[
        member(10, Some("band0"), None),
        member(11, Some("band1"), Some(1.5)),
        member(12, None, None),
    ])
}

/// A stack, a document, a single image, and a sequence of bands in a folder.
fn setup() -> Setup {
    Setup::bare()
        .set("IIIF_DELIMITER", ";")
        .file("stack.tif", &bands())
        .file("pages.tif", &pages(&[color(20), color(21)]))
        .file("single.tif", &plain(color(30)))
        .file("d/cube_pyr_000_090.tif", &plain(color(40)))
        .file("d/cube_pyr_400_090.tif", &plain(color(41)))
        .file("d/cube_pyr_1000_090.tif", &plain(color(42)))
        .file("d/cube_pyr_000_045.tif", &plain(color(43)))
        .file("d/cube_pyr_000_090.txt", b"notes")
        .file("late_pyr_700_090.tif", &plain(color(50)))
        .file("late_pyr_500_090.tif", &plain(color(51)))
        .listening()
}

#[test]
fn a_page_of_a_stack_is_chosen_by_its_number() {
    let server = setup().start();
    for (select, expected) in [
        ("", 10),
        ("&SDS=0", 10),
        ("&SDS=1", 11),
        ("&SDS=2,90", 12),
        ("&SDS=1,0", 11),
        ("&SDS=1&SDS=2", 12),
    ] {
        for resolution in [0, 1] {
            let answer = server.iip(&format!("FIF=stack.tif{select}&PTL={resolution},0"));
            assert_eq!(number(&answer), expected, "{select}");
        }
        let region = server.iip(&format!("FIF=stack.tif{select}&WID=100&CVT=png"));
        assert_eq!(number(&region), expected, "{select}");
    }
    assert_eq!(number(&server.iip("FIF=pages.tif&PTL=0,0")), 20);
    assert_eq!(number(&server.iip("FIF=pages.tif&SDS=1&PTL=0,0")), 21);
    for select in ["SDS=3", "SDS=-1", "SDS=2147483647", "SDS=99999999999,90"] {
        for rest in ["JTL=0,0", "OBJ=Max-size", "WID=10&CVT=jpeg"] {
            server.iip(&format!("FIF=stack.tif&{select}&{rest}")).expect(404);
        }
    }
    server.iip("FIF=pages.tif&SDS=2&JTL=0,0").expect(404);
}

#[test]
fn a_stack_is_told_with_the_bytes_of_the_specification() {
    let server = setup().start();
    let answer = server.iip("FIF=stack.tif&obj=stack").expect(200);
    // Behaviour specification, 6.
    let text = "[ \n\t{\n\t\t\"id\": 0,\n\t\t\"name\": \"band0\",\n\t\t\"scale\": 1\n\t},\n\
                \t{\n\t\t\"id\": 1,\n\t\t\"name\": \"band1\",\n\t\t\"scale\": 1.5\n\t},\n\
                \t{\n\t\t\"id\": 2,\n\t\t\"name\": \"2\",\n\t\t\"scale\": 1\n\t}\n]\r\n";
    assert_eq!(answer.text(), text);
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    let views = server.iip("FIF=stack.tif&OBJ=Horizontal-views&OBJ=Vertical-views");
    assert_eq!(views.text(), "Horizontal-views:0 1 2\r\nVertical-views:90\r\n");
    let answer = server.iip("FIF=stack.tif&SDS=1&OBJ=title&OBJ=scale");
    assert_eq!(answer.text(), "band1\r\n1.5\r\n");
}

#[test]
fn a_single_image_shows_itself_at_every_angle() {
    let server = setup().start();
    for select in ["", "&SDS=0,90", "&SDS=7", "&SDS=-1,-1"] {
        let answer = server.iip(&format!("FIF=single.tif{select}&PTL=0,0"));
        assert_eq!(number(&answer), 30, "{select}");
    }
    server.iip("FIF=single.tif&JTLS=5,0,0,45").expect(200);
    let views = server.iip("FIF=single.tif&SDS=7&OBJ=Horizontal-views&OBJ=Vertical-views");
    assert_eq!(views.text(), "Horizontal-views:0\r\nVertical-views:90\r\n");
    let answer = server.iip("FIF=single.tif&OBJ=stack").expect(200);
    assert_eq!(answer.text(), "Error/28:2 1 FIF=single.tif&OBJ=stack\r\n");
}

#[test]
fn jpeg_and_png_files_show_themselves_at_every_angle() {
    let server = setup().start();
    for (name, format) in [("single.jpg", "jpeg"), ("single.png", "png")] {
        let file = server.iip(&format!("FIF=single.tif&WID=300&CVT={format}")).expect(200);
        server.replace(name, &file.body);
        for select in ["", "&SDS=0,90", "&SDS=1", "&SDS=-1,-1"] {
            let picture = server.iip(&format!("FIF={name}{select}&PTL=0,0")).expect(200).png();
            assert!(picture.at(0, 0)[0].abs_diff(30) < 4, "{name} {select}");
        }
        server.get(&format!("/iiif/{name};7/info.json")).expect(200);
    }
}

#[test]
fn a_view_of_a_sequence_is_chosen_by_its_angles() {
    let server = setup().start();
    for (select, expected) in [
        ("", 40),
        ("&SDS=0,90", 40),
        ("&SDS=0", 40),
        ("&SDS=400", 41),
        ("&SDS=400,90", 41),
        ("&SDS=1000,90", 42),
        ("&SDS=0,45", 43),
    ] {
        let answer = server.iip(&format!("FIF=d/cube{select}&PTL=1,0"));
        assert_eq!(number(&answer), expected, "{select}");
    }
    // W-36: one number means 90 degrees, not 0.
    for select in ["SDS=401", "SDS=400,45", "SDS=0,0", "SDS=-1"] {
        for rest in ["JTL=0,0", "OBJ=Max-size", "WID=10&CVT=jpeg"] {
            server.iip(&format!("FIF=d/cube&{select}&{rest}")).expect(404);
        }
    }
    let tile = server.iip("FIF=d/cube&QLT=95&JTLS=400,1,0,90").expect(200).jpeg();
    assert!(tile.at(0, 0)[0].abs_diff(41) < 4);
    let views = server.iip("FIF=d/cube&OBJ=Horizontal-views&OBJ=Vertical-views");
    assert_eq!(views.text(), "Horizontal-views:0 400 1000\r\nVertical-views:45 90\r\n");
    let stack = server.iip("FIF=d/cube&SDS=400&obj=stack").json();
    let ids: Vec<_> = stack.as_array().unwrap().iter().map(|m| m["id"].as_i64()).collect();
    assert_eq!(ids, [Some(0), Some(400), Some(1000)]);
}

#[test]
fn the_first_view_stands_for_a_missing_default() {
    let server = setup().start();
    assert_eq!(number(&server.iip("FIF=late&PTL=0,0")), 51);
    assert_eq!(number(&server.iip("FIF=late&SDS=700&PTL=0,0")), 50);
    let views = server.iip("FIF=late&OBJ=Horizontal-views&OBJ=Vertical-views");
    assert_eq!(views.text(), "Horizontal-views:500 700\r\nVertical-views:90\r\n");
}

#[test]
fn other_protocols_show_sequences_and_pages() {
    let server = setup().start();
    let png = "full/max/0/default.png";
    for (target, expected) in [
        (format!("/iiif/d/cube/{png}"), 40),
        (format!("/iiif/d/cube;400/{png}"), 41),
        (format!("/iiif/d%2Fcube%3B1000/{png}"), 42),
        (format!("/iiif/stack.tif;1/{png}"), 11),
        (format!("/iiif/stack.tif/{png}"), 10),
        (format!("/iiif/pages.tif;1/{png}"), 21),
        (format!("/iiif/single.tif;1/{png}"), 30),
        ("/deepzoom/d/cube_files/10/0_0.png".into(), 40),
        ("/zoomify/d/cube/TileGroup0/0-0-0.png".into(), 40),
        (format!("/iip?SDS=400&IIIF=d/cube/{png}"), 41),
        ("/iip?SDS=400&DeepZoom=d/cube_files/10/0_0.png".into(), 41),
        ("/iip?SDS=2&Zoomify=stack.tif/TileGroup0/0-0-0.png".into(), 12),
    ] {
        assert_eq!(number(&server.get(&target)), expected, "{target}");
    }
    for target in ["/deepzoom/d/cube.dzi", "/zoomify/d/cube/ImageProperties.xml"] {
        server.get(target).expect(200);
    }
    let info = server.get("/iiif/stack.tif;2/info.json").expect(200).json();
    assert_eq!(info["id"], "http://example.org/iiif/stack.tif;2");
    assert_eq!(info["width"], 600);
    let info = server.get("/iiif/d%2Fcube%3B400/info.json").expect(200).json();
    assert_eq!(info["id"], "http://example.org/iiif/d%2Fcube%3B400");
    for identifier in ["stack.tif;3", "d/cube;401", "stack.tif;x", "stack.tif;99999999999"] {
        server.get(&format!("/iiif/{identifier}/info.json")).expect(404);
        server.get(&format!("/iiif/{identifier}/{png}")).expect(404);
    }
}

#[test]
fn a_delimiter_may_have_several_characters() {
    let server = setup().set("IIIF_DELIMITER", "--").start();
    let png = "full/max/0/default.png";
    assert_eq!(number(&server.get(&format!("/iiif/stack.tif--2/{png}"))), 12);
    server.get(&format!("/iiif/stack.tif;2/{png}")).expect(404);
    let server = setup().set("IIIF_DELIMITER", "").start();
    server.get(&format!("/iiif/stack.tif;2/{png}")).expect(404);
}

#[test]
fn the_pattern_of_sequences_can_be_set() {
    let server = setup().set("FILENAME_PATTERN", "-band").set("FILESYSTEM_SUFFIX", ".tif");
    let server = server.file("x-band007_090.tif", &plain(color(60))).start();
    assert_eq!(number(&server.iip("FIF=x&PTL=0,0")), 60);
    assert_eq!(number(&server.iip("FIF=single&PTL=0,0")), 30);
    server.iip("FIF=d/cube&JTL=0,0").expect(404);
}

#[test]
fn names_are_no_patterns() {
    let server = setup().start();
    for name in ["d/cub*", "d/cub?", "d/[c]ube", "*/cube", "d/cube_pyr_000", "d/cub", "d/", "d"] {
        server.iip(&format!("FIF={name}&OBJ=Max-size")).expect(404);
    }
}

#[test]
fn several_formats_of_one_stem_are_refused_with_a_reason_in_the_log() {
    let mut server = setup().file("d/cube_pyr_000_090.jp2", b"").start();
    server.expect_in_log("keep those of one format");
    server.iip("FIF=d/cube&JTL=0,0").expect(404);
    server.wait_for_log(|text| text.contains("keep those of one format"));
}

#[test]
fn a_file_of_the_very_name_comes_before_a_sequence() {
    let server = setup().start();
    assert_eq!(number(&server.iip("FIF=d/cube&PTL=0,0")), 40);
    server.replace("d/cube", &plain(color(70)));
    assert_eq!(number(&server.iip("FIF=d/cube&PTL=0,0")), 70);
    std::fs::remove_file(server.path("d/cube")).unwrap();
    assert_eq!(number(&server.iip("FIF=d/cube&PTL=0,0")), 40);
}

#[test]
fn added_changed_and_removed_views_are_seen_at_once() {
    let server = setup().start();
    let views = |server: &Server| {
        let text = server.iip("FIF=d/cube&OBJ=Horizontal-views").expect(200);
        text.text().trim_end().to_owned()
    };
    assert_eq!(views(&server), "Horizontal-views:0 400 1000");
    server.replace("d/cube_pyr_550_090.tif", &plain(color(80)));
    assert_eq!(number(&server.iip("FIF=d/cube&SDS=550&PTL=0,0")), 80);
    assert_eq!(views(&server), "Horizontal-views:0 400 550 1000");
    for number_now in 81..90 {
        server.replace("d/cube_pyr_550_090.tif", &plain(color(number_now)));
        assert_eq!(number(&server.iip("FIF=d/cube&SDS=550&PTL=0,0")), number_now);
    }
    // Written in place: the folder does not change.
    std::fs::write(server.path("d/cube_pyr_550_090.tif"), plain(color(91))).unwrap();
    assert_eq!(number(&server.iip("FIF=d/cube&SDS=550&PTL=0,0")), 91);
    std::fs::remove_file(server.path("d/cube_pyr_550_090.tif")).unwrap();
    server.iip("FIF=d/cube&SDS=550&PTL=0,0").expect(404);
    assert_eq!(views(&server), "Horizontal-views:0 400 1000");
}

#[test]
fn a_view_has_the_date_of_its_own_file_and_the_name_of_the_sequence() {
    let server = setup().start();
    let second = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let file = std::fs::File::options().write(true).open(server.path("d/cube_pyr_400_090.tif"));
    file.unwrap().set_times(std::fs::FileTimes::new().set_modified(second)).unwrap();
    let date = "Tue, 14 Nov 2023 22:13:20 GMT";
    for rest in ["PTL=0,0", "OBJ=Max-size", "WID=100&CVT=png"] {
        let answer = server.iip(&format!("FIF=d/cube&SDS=400&{rest}")).expect(200);
        assert_eq!(answer.header("Last-Modified"), Some(date), "{rest}");
        assert_ne!(server.iip(&format!("FIF=d/cube&{rest}")).header("Last-Modified"), Some(date));
        let target = format!("/iip?FIF=d/cube&SDS=400&{rest}");
        let tag = answer.header("ETag").unwrap();
        server.get_with(&target, &[("If-None-Match", tag)]).expect(304);
        server.get_with(&target, &[("If-Modified-Since", date)]).expect(304);
    }
    let name = |query: &str| server.iip(query).header("Content-Disposition").map(str::to_owned);
    let cube = Some("inline; filename=\"cube_100x67.png\"".to_owned());
    assert_eq!(name("FIF=d/cube&SDS=400&WID=100&CVT=png"), cube);
    let stack = Some("inline; filename=\"stack_100x67.png\"".to_owned());
    assert_eq!(name("FIF=stack.tif&SDS=1&WID=100&CVT=png"), stack);
}

#[test]
fn a_file_replaced_by_one_of_another_kind_is_seen_at_once() {
    let server = setup().start();
    assert_eq!(number(&server.iip("FIF=single.tif&PTL=0,0")), 30);
    server.replace("single.tif", &bands());
    assert_eq!(number(&server.iip("FIF=single.tif&SDS=1&PTL=0,0")), 11);
    server.iip("FIF=single.tif&SDS=3&PTL=0,0").expect(404);
    server.replace("single.tif", &pages(&[color(5), color(6), color(7), color(8)]));
    assert_eq!(number(&server.iip("FIF=single.tif&SDS=3&PTL=0,0")), 8);
    server.replace("single.tif", b"no picture at all");
    server.iip("FIF=single.tif&PTL=0,0").expect(415);
    server.replace("single.tif", &plain(color(31)));
    assert_eq!(number(&server.iip("FIF=single.tif&SDS=3&PTL=0,0")), 31);
}

#[test]
fn ten_thousand_views_in_a_folder_are_listed_once() {
    let setup = setup();
    let folder = setup.folder().join("many");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("m_pyr_000_090.tif"), plain(color(90))).unwrap();
    for x in 1..10_000 {
        let link = folder.join(format!("m_pyr_{x:03}_090.tif"));
        std::fs::hard_link(folder.join("m_pyr_000_090.tif"), link).unwrap();
    }
    let server = setup.start();
    let views = server.iip("FIF=many/m&OBJ=Horizontal-views").expect(200);
    assert_eq!(views.text().split(' ').count(), 10_000);
    // Until the folder has been quiet for longer than a tick of the clock of any file system, its
    // listing is not believed.
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(number(&server.iip("FIF=many/m&SDS=9999&PTL=0,0")), 90);
    let started = Instant::now();
    for x in (0..10_000).step_by(50) {
        assert_eq!(number(&server.iip(&format!("FIF=many/m&SDS={x}&PTL=0,0"))), 90);
    }
    let took = started.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
    server.iip("FIF=many/other&PTL=0,0").expect(404);
}
