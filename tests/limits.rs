//! What hostile or greedy clients and files can do: nothing. Seen from outside.

#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Barrier;

use support::http::Connection;
use support::server::{PATIENCE, Setup};
use support::tiff::{plain, usual, vast};
use support::{Server, fastcgi};

#[test]
fn nothing_outside_the_root_can_be_reached() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.tif");
    fs::write(&secret, plain([1, 2, 3])).unwrap();
    let setup = Setup::new().file("dir/in.tif", &usual());
    symlink(&secret, setup.folder().join("link.tif")).unwrap();
    symlink(outside.path(), setup.folder().join("folder")).unwrap();
    symlink("dir/in.tif", setup.folder().join("inner.tif")).unwrap();
    let root = setup.folder().file_name().unwrap().to_str().unwrap().to_owned();
    let server = setup.start();
    let outside = outside.path().file_name().unwrap().to_str().unwrap();
    let absolute = secret.to_str().unwrap();
    let names = [
        "link.tif".to_owned(),
        "folder/secret.tif".to_owned(),
        format!("../{outside}/secret.tif"),
        format!("..%2f{outside}%2fsecret.tif"),
        format!("%2e%2e/{outside}/secret.tif"),
        format!("%2E%2E%2F{outside}%2Fsecret.tif"),
        format!("%252e%252e/{outside}/secret.tif"),
        format!("dir/../../{outside}/secret.tif"),
        format!("dir/..%2f..%2f{outside}/secret.tif"),
        format!("./../{outside}/secret.tif"),
        format!("../{root}/a.tif"),
        absolute.to_owned(),
        absolute.replace('/', "%2f"),
        format!("/{absolute}"),
        format!("file://{absolute}"),
        "a.tif%00".to_owned(),
        "a.tif%00.jpg".to_owned(),
        "..".to_owned(),
        "%2e%2e".to_owned(),
        "dir".to_owned(),
        "/".to_owned(),
        "..\\..\\x.tif".to_owned(),
        "%c0%ae%c0%ae/x.tif".to_owned(),
    ];
    for name in &names {
        for target in [
            format!("/iiif/{name}/full/max/0/default.jpg"),
            format!("/iiif/{name}/info.json"),
            format!("/deepzoom/{name}.dzi"),
            format!("/zoomify/{name}/ImageProperties.xml"),
            format!("/iip?FIF={name}&OBJ=Max-size"),
        ] {
            let status = server.get(&target).status;
            assert!(matches!(status, 400 | 404), "{target}: {status}");
        }
        let status = server.iip(&format!("FIF={name}&JTL=0,0")).status;
        assert!(matches!(status, 400 | 404), "{name}: {status}");
    }
    server.iip("FIF=inner.tif&JTL=0,0").expect(200);
    let listing = server.get("/api/images?folder=..").text().to_owned();
    assert!(!listing.contains("secret"), "{listing}");
}

#[test]
fn without_a_root_nothing_is_served_and_the_error_says_why() {
    let mut child = support::server::program();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.tif"), usual()).unwrap();
    let path = folder.path().join("a.tif");
    let output = child.args(["get", &format!("FIF={}&JTL=0,0", path.display())]).output().unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("404") && text.contains("FILESYSTEM_PREFIX"), "{text}");
    let mut child = support::server::program();
    child.env("FILESYSTEM_PREFIX", "/");
    let output = child.args(["get", &format!("FIF={}&JTL=0,0", path.display())]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn requests_of_absurd_size_are_answered_without_the_memory_they_ask_for() {
    let server = Server::start();
    let big = "9".repeat(60);
    for target in [
        "/iip?FIF=a.tif&WID=4294967295&CVT=jpeg".to_owned(),
        "/iip?FIF=a.tif&WID=-1&CVT=jpeg".to_owned(),
        format!("/iip?FIF=a.tif&WID={big}&HEI={big}&CVT=jpeg"),
        "/iip?FIF=a.tif&RGN=-1e38,1e38,1e308,nan&CVT=jpeg".to_owned(),
        format!("/iip?FIF=a.tif&JTL={big},{big}"),
        "/iip?FIF=a.tif&JTL=-1,-1".to_owned(),
        format!("/iip?FIF=a.tif&TIL=2,0-{big}"),
        format!("/iip?FIF=a.tif&ROT={big}&JTL=0,0"),
        format!("/iiif/a.tif/0,0,{big},{big}/max/0/default.jpg"),
        format!("/iiif/a.tif/full/^{big},{big}/0/default.jpg"),
        format!("/iiif/a.tif/full/^pct:{big}/0/default.jpg"),
        format!("/iiif/a.tif/pct:0,0,{big},1e400/max/0/default.jpg"),
        format!("/deepzoom/a.tif_files/{big}/{big}_{big}.jpg"),
        format!("/zoomify/a.tif/TileGroup{big}/{big}-{big}-{big}.jpg"),
        format!("/iip?{}", "FIF=a.tif&".repeat(2000)),
    ] {
        let answer = server.get(&target);
        assert!(matches!(answer.status, 200 | 400 | 404 | 414), "{target}: {}", answer.status);
    }
    assert_eq!(server.get("/iip?FIF=a.tif&WID=4294967295&CVT=jpeg").jpeg().size(), (5000, 3500));
}

#[test]
fn damaged_files_are_refused_with_a_sentence() {
    let whole = usual();
    let mut server = Setup::new()
        .file("empty.tif", b"")
        .file("text.tif", b"this is no image, whatever its name says")
        .file("header.tif", &whole[..8])
        .file("cut.tif", &whole[..whole.len() / 2])
        .start();
    server.expect_in_log("status=500");
    for name in ["empty.tif", "text.tif", "header.tif", "cut.tif"] {
        let answer = server.get(&format!("/iiif/{name}/full/max/0/default.jpg"));
        assert!(matches!(answer.status, 415 | 500), "{name}: {}", answer.status);
        assert!(answer.text().trim().len() > 10, "{}", answer.text());
        assert!(!answer.text().contains(server.path("").to_str().unwrap()));
    }
    server.iip("FIF=a.tif&JTL=0,0").expect(200);
}

#[test]
fn malformed_files_of_others_never_cause_a_panic() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/malformed");
    if !corpus.is_dir() {
        eprintln!("skipped: there are no malformed files at {}", corpus.display());
        return;
    }
    let mut server = Setup::new().start();
    server.expect_in_log("status=500");
    let (mut folders, mut files) = (vec![corpus], 0);
    let mut connection = Connection::open(server.http());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            server.replace("m.tif", &fs::read(&path).unwrap());
            for target in [
                "/iiif/m.tif/info.json",
                "/iiif/m.tif/full/!200,200/0/default.png",
                "/iip?FIF=m.tif&JTL=0,0&OBJ=metadata",
            ] {
                let answer = connection.request("GET", target, &[], &[]);
                let known = matches!(answer.status, 200 | 400 | 404 | 415 | 500 | 501);
                assert!(known, "{}: {}", path.display(), answer.status);
            }
        }
    }
    assert!(files > 10, "{files}");
    assert!(!server.log().contains("panic"), "{}", server.log());
}

#[test]
fn too_much_work_at_once_is_refused_and_the_server_recovers() {
    let mut server = Setup::new()
        .file("vast.tif", &vast((8000, 8000), 99))
        .set("WORKERS", "1")
        .set("MAX_QUEUED_REGIONS", "1")
        .start();
    server.expect_in_log("status=503");
    let barrier = Barrier::new(12);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let ask = |number: usize| {
            let (server, barrier) = (&server, &barrier);
            move || {
                barrier.wait();
                // All different, so that none waits for another.
                let answer =
                    server.get(&format!("/iip?FIF=vast.tif&WID={}&CVT=jpeg", 4000 + number));
                if answer.status == 503 {
                    assert_eq!(answer.header("Retry-After"), Some("1"));
                    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
                }
                answer.status
            }
        };
        let threads: Vec<_> = (0..12).map(|number| scope.spawn(ask(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| matches!(status, 200 | 503)), "{statuses:?}");
    assert!(statuses.contains(&200) && statuses.contains(&503), "{statuses:?}");
    server.get("/iip?FIF=vast.tif&WID=3000&CVT=jpeg").expect(200);
}

#[test]
fn tiles_are_answered_while_large_regions_are_made() {
    let server = Setup::new()
        .file("vast.tif", &vast((12_000, 12_000), 99))
        .set("MAX_CVT", "12000")
        .set("MAX_REGION_MEMORY", "16G")
        .set("WORKERS", "2")
        .start();
    let mut connections: Vec<_> = (0..4).map(|_| Connection::open(server.http())).collect();
    for (number, connection) in connections.iter_mut().enumerate() {
        let target = format!("/iip?FIF=vast.tif&WID={}&CVT=jpeg", 11_000 + number);
        connection.send("GET", &target, &[], &[]);
    }
    for index in 0..12 {
        server.iip(&format!("FIF=a.tif&JTL=2,{index}")).expect(200);
    }
    let regions = server.log().matches("vast.tif").count();
    assert!(regions < 4, "tiles waited for all {regions} regions");
}

#[test]
fn a_client_that_leaves_takes_its_work_along() {
    let server = Setup::new()
        .file("vast.tif", &vast((12_000, 12_000), 99))
        .set("MAX_CVT", "12000")
        .set("WORKERS", "1")
        .set("MAX_QUEUED_REGIONS", "64")
        .set("MAX_REGION_MEMORY", "16G")
        .start();
    for number in 0..40 {
        let target = format!("FIF=vast.tif&WID={}&CVT=png", 11_000 + number);
        let mut connection = fastcgi::Connection::tcp(server.fastcgi()[0]);
        connection.send(&fastcgi::request(1, &fastcgi::iip(&target), &[], true));
        // The refusal shows that the request before it has been read.
        connection.send(&fastcgi::begin(2, 1, true));
        assert_eq!(connection.receive().unwrap().kind, fastcgi::END_REQUEST);
    }
    let started = std::time::Instant::now();
    server.iip("FIF=vast.tif&WID=1000&CVT=jpeg").expect(200);
    // Forty of them would take much longer than one.
    let one = started.elapsed();
    let started = std::time::Instant::now();
    server.iip("FIF=vast.tif&WID=11000&CVT=png").expect(200);
    let full = started.elapsed();
    assert!(one < full * 10 && one < PATIENCE / 2, "{one:?}, a whole one takes {full:?}");
}

/// The most memory a process has had, in bytes.
fn peak(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kib << 10
}

#[test]
fn memory_stays_within_cache_and_admitted_work() {
    const MIB: u64 = 1 << 20;
    // Smaller levels are made of the image, which has none.
    let (cache, regions, untiled) = (20, 128, 128);
    let mut server = Setup::new()
        .file("vast.tif", &vast((16_000, 16_000), 99))
        .set("UNTILED_MEMORY", &format!("{untiled}M"))
        .set("MAX_IMAGE_CACHE_SIZE", &cache.to_string())
        .set("MAX_REGION_MEMORY", &format!("{regions}M"))
        .set("WORKERS", "4")
        .start();
    server.expect_in_log("status=503");
    let fetched = |target: String| {
        let status = server.get(&target).status;
        assert!(matches!(status, 200 | 501 | 503), "{target}: {status}");
        usize::from(status == 200)
    };
    let fetched = &fetched;
    let made: usize = std::thread::scope(|scope| {
        let storm = |thread: u32| {
            move || {
                let region = |number: u32| {
                    let (x, side) = (thread * 512 + number * 100, 3000 + number * 301);
                    format!("/iiif/vast.tif/{x},{x},{side},{side}/1500,/0/default.jpg")
                };
                (0..12).map(|number| fetched(region(number))).sum::<usize>()
            }
        };
        let threads: Vec<_> = (0..8).map(|thread| scope.spawn(storm(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(made > 10, "{made} regions were made");
    let bound = cache * 1_024_000 + (regions + untiled) * MIB + 64 * MIB;
    let peak = peak(&server);
    assert!(peak <= bound, "{} MiB, {} allowed", peak / MIB, bound / MIB);
}
