//! HTTP rules that all protocols share, seen from outside.

mod support;

use support::http::{self, Connection};
use support::server::Setup;
use support::{Answer, Server};

const TILE: &str = "/iiif/a.tif/0,0,256,256/256,256/0/default.jpg";
const INFO: &str = "/iiif/a.tif/info.json";

fn send(server: &Server, method: &str, target: &str) -> Answer {
    http::request(server.http(), method, target, &[], &[])
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let server = Server::start();
    let mut connection = Connection::open(server.http());
    for target in [TILE, INFO, "/deepzoom/a.tif.dzi", "/iip?FIF=a.tif&OBJ=Max-size"] {
        let get = connection.request("GET", target, &[], &[]).expect(200);
        let head = connection.request("HEAD", target, &[], &[]).expect(200);
        // The connection is still in step: no body was sent.
        let again = connection.request("GET", target, &[], &[]).expect(200);
        assert_eq!(again.body, get.body);
        for name in ["Content-Length", "Content-Type", "ETag", "Last-Modified", "Cache-Control"] {
            assert_eq!(head.header(name), get.header(name), "{target}: {name}");
        }
        assert_eq!(get.header("Content-Length"), Some(get.body.len().to_string().as_str()));
    }
}

#[test]
fn the_body_of_a_post_is_an_iip_request() {
    let server = Server::start();
    let answer = http::request(server.http(), "POST", "/iip", &[], b"FIF=a.tif&OBJ=Max-size");
    assert_eq!(answer.expect(200).text(), "Max-size:1000 700\r\n");
    let picture = http::request(server.http(), "POST", "/iip", &[], b"FIF=a.tif&WID=50&CVT=jpeg");
    let name = picture.header("Content-Disposition").unwrap();
    assert!(name.starts_with("attachment;") && name.contains("a_50x35.jpg"), "{name}");
}

#[test]
fn options_tell_what_is_allowed() {
    let server = Setup::new().set("CORS", "*").start();
    for target in [TILE, INFO, "/iip", "/"] {
        let answer = send(&server, "OPTIONS", target).expect(204);
        assert_eq!(answer.header("Allow"), Some("GET, HEAD, POST, OPTIONS"));
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"));
        assert!(answer.header("Access-Control-Allow-Methods").unwrap().contains("GET"));
    }
}

#[test]
fn methods_that_change_something_are_405() {
    let server = Server::start();
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
        let answer = send(&server, method, INFO).expect(405);
        assert_eq!(answer.header("Allow"), Some("GET, HEAD, POST, OPTIONS"));
    }
}

#[test]
fn cors_is_sent_as_set_also_with_errors() {
    let server = Setup::new().set("CORS", "https://viewer.example").start();
    for (target, status) in
        [(INFO, 200), ("/iiif/no.tif/info.json", 404), ("/iiif/a.tif/full/max/0/x.jpg", 400)]
    {
        let answer = server.get(target).expect(status);
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("https://viewer.example"));
    }
    assert_eq!(Server::start().get(INFO).header("Access-Control-Allow-Origin"), None);
}

#[test]
fn answers_may_be_kept_as_set_and_errors_never() {
    let server = Setup::new().set("CACHE_CONTROL", "public, max-age=5").start();
    for target in [TILE, INFO] {
        assert_eq!(server.get(target).header("Cache-Control"), Some("public, max-age=5"));
    }
    let missing = server.get("/iiif/no.tif/info.json").expect(404);
    assert_eq!(missing.header("Cache-Control"), Some("no-store"));
    assert!(!missing.text().contains('/'), "{}", missing.text());
}

#[test]
fn a_client_that_has_the_answer_gets_304() {
    let server = Server::start();
    for target in [TILE, INFO, "/zoomify/a.tif/ImageProperties.xml", "/deepzoom/a.tif.dzi"] {
        let first = server.get(target).expect(200);
        let (etag, date) = (first.header("ETag").unwrap(), first.header("Last-Modified").unwrap());
        for condition in [
            ("If-None-Match", etag),
            ("If-None-Match", "*"),
            ("If-None-Match", &format!("\"x\", W/{etag}")),
            ("If-Modified-Since", date),
        ] {
            let answer = server.get_with(target, &[condition]).expect(304);
            assert!(answer.body.is_empty());
            assert_eq!(answer.header("ETag"), Some(etag));
        }
        let old = ("If-Modified-Since", "Fri, 14 Jul 2017 02:40:00 GMT");
        server.get_with(target, &[old]).expect(200);
        // RFC 9110, 13.1.3: the date does not count when there is a tag.
        server.get_with(target, &[("If-None-Match", "\"x\""), old]).expect(200);
        server
            .get_with(target, &[("If-None-Match", "\"x\""), ("If-Modified-Since", date)])
            .expect(200);
    }
}

#[test]
fn a_304_is_sent_without_decoding() {
    let server = Server::start();
    let first = server.get(TILE).expect(200);
    server.signal(rustix::process::Signal::HUP);
    server.wait_for_log(|log| log.contains("caches cleared"));
    server.get_with(TILE, &[("If-None-Match", first.header("ETag").unwrap())]).expect(304);
    server.wait_for_log(|log| log.contains("status=304"));
    let made = server.log().matches("cache=\"miss\"").count();
    assert_eq!(made, 1, "{}", server.log());
}

#[test]
fn a_tag_survives_a_restart() {
    let mut server = Server::start();
    let tag = server.get(TILE).header("ETag").unwrap().to_owned();
    server.signal(rustix::process::Signal::TERM);
    assert!(server.wait().success());
    let server = Setup::again(&server).start();
    server.get_with(TILE, &[("If-None-Match", &tag)]).expect(304);
}

#[test]
fn paths_nobody_answers_are_404() {
    let server = Server::start();
    for target in ["/nothing", "/iiifx/a.tif/info.json", "/view/", "/favicon.png", "/a.tif"] {
        server.get(target).expect(404);
    }
}

#[test]
fn a_target_that_is_too_long_is_414_and_a_body_that_is_too_large_413() {
    let server = Setup::new().set("MAX_BODY", "1000").start();
    server.get(&format!("/iiif/{}/info.json", "a".repeat(40_000))).expect(414);
    let body = vec![b'a'; 1001];
    http::request(server.http(), "POST", "/iip", &[], &body).expect(413);
    http::request(server.http(), "POST", "/iip", &[], b"FIF=a.tif&OBJ=Max-size").expect(200);
}

#[test]
fn ids_are_those_of_the_client_behind_any_proxy() {
    let server = Server::start();
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("Host", "images.example:8080")], "http://images.example:8080/iiif/a.tif"),
        (&[("X-Forwarded-Proto", "https")], "https://example.org/iiif/a.tif"),
        (&[("X-Forwarded-Host", "out.example")], "http://out.example/iiif/a.tif"),
        (
            &[("X-Forwarded-Host", "out.example, in.example"), ("X-Forwarded-Prefix", "/img/")],
            "http://out.example/img/iiif/a.tif",
        ),
        (
            &[("Forwarded", "for=192.0.2.1;proto=https;host=\"f.example\"")],
            "https://f.example/iiif/a.tif",
        ),
        (
            &[("Forwarded", "host=f.example"), ("X-Forwarded-Host", "x.example")],
            "http://f.example/iiif/a.tif",
        ),
        (&[("X-IIIF-ID", "https://id.example/1")], "https://id.example/1"),
        (&[("X-Forwarded-Host", "a\"b")], ""),
    ];
    for (headers, expected) in cases {
        let json = server.get_with(INFO, headers).expect(200).json();
        let id = json["id"].as_str().unwrap();
        if expected.is_empty() {
            assert!(!id.contains('"'), "{id}");
        } else {
            assert_eq!(id, expected, "{headers:?}");
        }
    }
    let json = server.get(&format!("{INFO}?x=1")).expect(200).json();
    assert_eq!(json["id"], "http://example.org/iiif/a.tif");
}

#[test]
fn a_base_url_comes_before_all_headers_but_the_id() {
    let server = Setup::new().set("BASE_URL", "https://cdn.example/i/").start();
    let headers = [("X-Forwarded-Host", "x.example")];
    assert_eq!(server.get_with(INFO, &headers).json()["id"], "https://cdn.example/i/a.tif");
    let redirect = server.get("/iiif/a.tif").expect(303);
    assert_eq!(redirect.header("Location"), Some("https://cdn.example/i/a.tif/info.json"));
}

#[test]
fn several_paths_can_be_mapped() {
    let server =
        Setup::new().set("URI_MAP", "scans=>IIIF,zoom/z=>Zoomify,dz=>DeepZoom,pics=>IIP").start();
    assert_eq!(
        server.get("/scans/a.tif/info.json").expect(200).json()["id"],
        "http://example.org/scans/a.tif"
    );
    server.get("/zoom/z/a.tif/ImageProperties.xml").expect(200);
    server.get("/dz/a.tif.dzi").expect(200);
    assert_eq!(server.get("/pics/a.tif&OBJ=Max-size").expect(200).text(), "Max-size:1000 700\r\n");
    // The built-in paths are still there.
    server.get(INFO).expect(200);
    server.get("/scansx/a.tif/info.json").expect(404);
}

#[test]
fn the_gallery_and_the_viewer_are_there() {
    let server = Server::start();
    for target in ["/", "/view/a.tif"] {
        let answer = server.get(target).expect(200);
        assert!(answer.header("Content-Type").unwrap().starts_with("text/html"));
    }
    let listing = server.get("/api/images").expect(200).text().to_owned();
    assert!(listing.contains("a.tif"), "{listing}");
}

#[test]
fn requests_that_are_no_http_close_their_connection_only() {
    let server = Server::start();
    let mut kept = Connection::open(server.http());
    kept.request("GET", INFO, &[], &[]).expect(200);
    {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(server.http()).unwrap();
        stream.write_all(b"\x16\x03\x01\x00garbage\r\n\r\n").unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 400"));
    }
    kept.request("GET", INFO, &[], &[]).expect(200);
}
