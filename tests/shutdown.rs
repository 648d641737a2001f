//! How a server ends, seen from outside.

mod support;

use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use support::http::Connection;
use support::server::Setup;
use support::tiff::vast;
use support::{Server, fastcgi, http};

#[test]
fn each_signal_to_stop_ends_the_server_with_success() {
    for (signal, name) in
        [(Signal::TERM, "SIGTERM"), (Signal::INT, "SIGINT"), (Signal::USR1, "SIGUSR1")]
    {
        let mut server = Server::start();
        server.get("/iiif/a.tif/info.json").expect(200);
        server.signal(signal);
        assert_eq!(server.wait().code(), Some(0), "{name}");
        assert!(server.log().contains(&format!("stopping signal=\"{name}\"")), "{}", server.log());
    }
}

/// Waits until so many regions are worked on or wait for it.
fn wait_for_jobs(server: &Server, count: usize) {
    let jobs = || {
        let page = http::request(server.http(), "GET", "/metrics", &[], &[]).expect(200);
        let page = page.text();
        let of_regions = page.lines().filter(|line| {
            line.starts_with("pyramis_jobs_") && line.contains("ing{lane=\"regions\"}")
        });
        of_regions.filter_map(|line| line.rsplit_once(' ')?.1.parse::<usize>().ok()).sum::<usize>()
    };
    let start = Instant::now();
    while jobs() < count {
        assert!(start.elapsed() < Duration::from_secs(20), "{} of {count} jobs", jobs());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn requests_in_hand_are_finished_and_new_connections_refused() {
    let mut server = Setup::new()
        .file("vast.tif", &vast((9000, 9000), 50))
        .set("MAX_CVT", "9000")
        .set("DRAIN_TIMEOUT", "60")
        .start();
    let mut over_http = Connection::open(server.http());
    over_http.send("GET", "/iip?FIF=vast.tif&WID=8000&CVT=png", &[], &[]);
    let mut over_fastcgi = fastcgi::Connection::tcp(server.fastcgi()[0]);
    let request = fastcgi::iip("FIF=vast.tif&WID=8001&CVT=png");
    over_fastcgi.send(&fastcgi::request(7, &request, &[], true));
    wait_for_jobs(&server, 2);
    server.signal(Signal::TERM);
    server.wait_for_log(|log| log.contains("stopping"));
    assert_eq!(over_fastcgi.answer(7).png().size(), (8001, 8001));
    assert_eq!(over_http.answer("GET").png().size(), (8000, 8000));
    assert!(TcpStream::connect(server.http()).is_err());
    assert!(TcpStream::connect(server.fastcgi()[0]).is_err());
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn idle_connections_do_not_delay_the_end() {
    let mut server = Setup::new().set("DRAIN_TIMEOUT", "3600").start();
    let mut http = Connection::open(server.http());
    http.request("GET", "/iiif/a.tif/info.json", &[], &[]).expect(200);
    let mut idle = fastcgi::Connection::tcp(server.fastcgi()[0]);
    idle.request(1, &fastcgi::iip("FIF=a.tif&OBJ=Max-size"), true).expect(200);
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0));
    assert!(http.is_closed());
    assert_eq!(idle.receive(), None);
}

#[test]
fn work_that_does_not_end_in_time_is_left_with_a_warning() {
    let mut server = Setup::new().set("DRAIN_TIMEOUT", "0.05").set("READ_TIMEOUT", "3600").start();
    let mut half = fastcgi::Connection::tcp(server.fastcgi()[0]);
    half.send(&fastcgi::begin(1, 1, true));
    // Unknown management records are answered: the beginning has been read.
    half.send(&fastcgi::record(200, 0, &[], 0));
    assert_eq!(half.receive().unwrap().kind, fastcgi::UNKNOWN_TYPE);
    server.expect_in_log("closed before their requests ended");
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0));
    assert!(server.log().contains("closed before their requests ended"));
}
