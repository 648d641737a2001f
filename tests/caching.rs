//! Freshness and sharing of what is kept, seen from outside.

mod support;

use std::fs::{File, FileTimes};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use rustix::process::Signal;
use support::http::Connection;
use support::server::Setup;
use support::tiff::plain;
use support::{Pixels, Server};

const TILE: &str = "/iip?FIF=p.tif&PTL=1,0";

/// The n-th colour of a picture.
fn color(number: u8) -> [u8; 3] {
    [number, 255 - number, 7]
}

/// The number of a picture of one colour; all pixels must agree.
fn number(picture: &Pixels) -> u8 {
    let number = picture.at(0, 0)[0];
    picture.assert_same(&Pixels::from_fn(picture.size(), |_, _| color(number)));
    number
}

fn lines(server: &Server, text: &str) -> usize {
    server.log().lines().filter(|line| line.contains(text)).count()
}

#[test]
fn a_replaced_file_is_never_served_stale_under_load() {
    let server = Setup::new().file("p.tif", &plain(color(0))).start();
    let (current, done) = (AtomicU32::new(0), AtomicBool::new(false));
    let answers = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (server, current, done, answers) = (&server, &current, &done, &answers);
            scope.spawn(move || {
                let mut connection = Connection::open(server.http());
                // Stored tiles and made regions are kept in different ways.
                let targets = [TILE, "/iiif/p.tif/10,10,500,300/250,150/0/default.png"];
                while !done.load(Ordering::Acquire) {
                    let before = current.load(Ordering::Acquire);
                    let answer = connection.request("GET", targets[thread % 2], &[], &[]);
                    let number = u32::from(number(&answer.png()));
                    answers.fetch_add(1, Ordering::Relaxed);
                    // At most one newer: the file is renamed before it is announced.
                    let after = current.load(Ordering::Acquire) + 1;
                    assert!((before..=after).contains(&number), "{number}, was {before}");
                }
            });
        }
        for number in 1..=40_u8 {
            server.replace("p.tif", &plain(color(number)));
            current.store(number.into(), Ordering::Release);
            let seen = answers.load(Ordering::Relaxed);
            while answers.load(Ordering::Relaxed) < seen + 16 && !done.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::Release);
    });
}

#[test]
fn a_file_replaced_in_the_same_second_is_seen() {
    let server = Setup::new().file("p.tif", &plain(color(1))).start();
    let second = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let dated = |number: u8| {
        let beside = server.path("p.tif.new");
        std::fs::write(&beside, plain(color(number))).unwrap();
        let file = File::options().write(true).open(&beside).unwrap();
        // The very same time: size and name are equal too, only the file is another one.
        file.set_times(FileTimes::new().set_modified(second)).unwrap();
        std::fs::rename(beside, server.path("p.tif")).unwrap();
    };
    for expected in [2, 3, 4] {
        dated(expected);
        let answer = server.get(TILE);
        assert_eq!(number(&answer.png()), expected);
        assert_eq!(answer.header("Last-Modified"), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
    }
}

#[test]
fn a_tag_changes_with_the_file() {
    let server = Setup::new().file("p.tif", &plain(color(1))).start();
    for target in [TILE, "/iiif/p.tif/full/300,/0/default.jpg"] {
        let tag = server.get(target).expect(200).header("ETag").unwrap().to_owned();
        server.get_with(target, &[("If-None-Match", &tag)]).expect(304);
        server.replace("p.tif", &plain(color(2)));
        let fresh = server.get_with(target, &[("If-None-Match", &tag)]).expect(200);
        assert_ne!(fresh.header("ETag"), Some(tag.as_str()));
    }
}

#[test]
fn a_document_follows_its_file() {
    let server = Setup::new().file("p.tif", &plain(color(1))).start();
    let width = || server.get("/iiif/p.tif/info.json").expect(200).json()["width"].clone();
    assert_eq!(width(), 600);
    server.replace("p.tif", &support::tiff::usual());
    assert_eq!(width(), 1000);
    server.replace("p.tif", b"no image at all");
    server.get("/iiif/p.tif/info.json").expect(415);
    server.replace("p.tif", &plain(color(1)));
    assert_eq!(width(), 600);
}

#[test]
fn a_deleted_file_is_404_at_once_and_a_new_one_is_found() {
    let server = Setup::new().file("p.tif", &plain(color(1))).start();
    server.get(TILE).expect(200);
    std::fs::remove_file(server.path("p.tif")).unwrap();
    server.get(TILE).expect(404);
    server.replace("p.tif", &plain(color(2)));
    assert_eq!(number(&server.get(TILE).png()), 2);
}

#[test]
fn equal_requests_of_different_protocols_share_their_bytes() {
    let server = Server::start();
    // The second tile of the full level.
    let first = server.get("/iip?FIF=a.tif&JTL=2,1").expect(200);
    server.wait_for_log(|log| log.contains("cache=\"miss\""));
    assert_eq!(lines(&server, "cache=\"hit\""), 0);
    for target in [
        "/iiif/a.tif/256,0,256,256/256,256/0/default.jpg",
        "/iiif/a.tif/256,0,256,256/max/0/color.jpg",
        "/deepzoom/a.tif_files/10/1_0.jpg",
        "/zoomify/a.tif/TileGroup0/2-1-0.jpg",
    ] {
        assert_eq!(server.get(target).expect(200).body, first.body, "{target}");
    }
    assert_eq!(server.iip("FIF=a.tif&JTL=2,1").body, first.body);
    server.wait_for_log(|log| log.matches("cache=\"hit\"").count() == 5);
    assert_eq!(lines(&server, "cache=\"miss\""), 1, "{}", server.log());
}

#[test]
fn hangup_clears_what_is_kept() {
    let server = Server::start();
    let first = server.get("/iip?FIF=a.tif&JTL=2,1").expect(200);
    server.signal(Signal::HUP);
    server.wait_for_log(|log| log.contains("caches cleared"));
    assert_eq!(server.get("/iip?FIF=a.tif&JTL=2,1").expect(200).body, first.body);
    server.wait_for_log(|log| log.matches("cache=\"miss\"").count() == 2);
    assert_eq!(lines(&server, "cache=\"hit\""), 0);
}

#[test]
fn without_a_cache_every_answer_is_made_and_right() {
    let setup = Setup::new().set("MAX_IMAGE_CACHE_SIZE", "0").set("MAX_METADATA_CACHE_SIZE", "0");
    let server = setup.file("p.tif", &plain(color(9))).start();
    for _ in 0..3 {
        assert_eq!(number(&server.get(TILE).png()), 9);
    }
    server.wait_for_log(|log| log.matches("cache=\"miss\"").count() == 3);
}

#[test]
fn one_open_image_at_a_time_still_serves_many() {
    let mut setup = Setup::new().set("MAX_METADATA_CACHE_SIZE", "1");
    for number in 0..10 {
        setup = setup.file(&format!("{number}.tif"), &plain(color(number)));
    }
    let server = setup.start();
    for expected in [0, 1, 2, 1, 9, 0, 0] {
        let answer = server.get(&format!("/iip?FIF={expected}.tif&PTL=1,0"));
        assert_eq!(number(&answer.png()), expected);
    }
}

#[test]
fn the_same_request_many_times_at_once_is_made_once() {
    let server = Server::start();
    let barrier = Barrier::new(16);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                barrier.wait();
                server.get("/iiif/a.tif/full/900,/0/default.png").expect(200);
            });
        }
    });
    server.wait_for_log(|log| log.matches("status=200").count() == 16);
    // Who joins work in hand is told the same times as who began it.
    let log = server.log();
    let times: std::collections::BTreeSet<_> = log
        .lines()
        .filter(|line| line.contains("cache=\"miss\""))
        .filter_map(|line| line.split_once("gather_us="))
        .map(|(_, times)| times)
        .collect();
    assert_eq!(times.len(), 1, "{log}");
}

#[test]
fn a_trusted_file_is_not_asked_about_for_a_while() {
    let server = Setup::new().set("STAT_INTERVAL", "3600").file("p.tif", &plain(color(1))).start();
    assert_eq!(number(&server.get(TILE).png()), 1);
    server.replace("p.tif", &plain(color(2)));
    assert_eq!(number(&server.get(TILE).png()), 1);
    server.signal(Signal::HUP);
    server.wait_for_log(|log| log.contains("caches cleared"));
    assert_eq!(number(&server.get(TILE).png()), 2);
}
