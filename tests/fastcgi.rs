//! FastCGI 1.0 on the wire, seen from outside.

mod support;

use std::net::TcpListener;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::sync::Barrier;

use support::Server;
use support::fastcgi::{
    ABORT_REQUEST, CANT_MPX_CONN, Connection, END_REQUEST, GET_VALUES, GET_VALUES_RESULT, PARAMS,
    REQUEST_COMPLETE, STDIN, STDOUT, UNKNOWN_ROLE, UNKNOWN_TYPE, begin, iip, pairs, record,
    request,
};
use support::server::Setup;
use support::tiff::vast;

const MAX_SIZE: &str = "FIF=a.tif&OBJ=Max-size";
const EXPECTED: &str = "Max-size:1000 700\r\n";

fn connect(server: &Server) -> Connection {
    Connection::tcp(server.fastcgi()[0])
}

/// Work that lasts long enough to be interrupted: many pixels, and slow compression.
fn slow() -> Setup {
    Setup::new()
        .file("vast.tif", &vast((12_000, 12_000), 77))
        .set("MAX_CVT", "12000")
        .set("WORKERS", "1")
        .set("MAX_IMAGE_CACHE_SIZE", "0")
}

const SLOW: &str = "FIF=vast.tif&WID=11000&CVT=jpeg";

#[test]
fn one_connection_serves_many_requests() {
    let server = Server::start();
    let mut connection = connect(&server);
    for _ in 0..20 {
        assert_eq!(connection.request(1, &iip(MAX_SIZE), true).text(), EXPECTED);
    }
}

#[test]
fn without_keep_alive_the_connection_is_closed_after_the_answer() {
    let server = Server::start();
    let mut connection = connect(&server);
    connection.request(1, &iip(MAX_SIZE), false).expect(200);
    assert_eq!(connection.receive(), None);
}

#[test]
fn any_request_id_is_answered_under_itself() {
    let server = Server::start();
    let mut connection = connect(&server);
    for id in [1, 2, 255, 256, 32_768, 65_535, 7] {
        assert_eq!(connection.request(id, &iip(MAX_SIZE), true).text(), EXPECTED);
    }
}

#[test]
fn records_may_be_split_and_padded_anywhere() {
    let server = Server::start();
    let mut connection = connect(&server);
    let params = pairs(&iip(MAX_SIZE));
    let mut bytes = begin(9, 1, true);
    for (index, part) in params.chunks(3).enumerate() {
        bytes.extend(record(PARAMS, 9, part, u8::try_from(index * 37 % 256).unwrap()));
    }
    bytes.extend(record(PARAMS, 9, &[], 255));
    bytes.extend(record(STDIN, 9, &[], 1));
    for part in bytes.chunks(5) {
        connection.send(part);
    }
    assert_eq!(connection.answer(9).text(), EXPECTED);
}

#[test]
fn a_long_value_has_a_long_length() {
    let server = Server::start();
    let query = format!("FIF={}a.tif&OBJ=Max-size", "./".repeat(500));
    assert_eq!(connect(&server).request(1, &iip(&query), false).text(), EXPECTED);
}

#[test]
fn the_body_of_a_post_arrives() {
    let server = Server::start();
    let mut connection = connect(&server);
    let params = [("REQUEST_METHOD", "POST"), ("QUERY_STRING", ""), ("CONTENT_LENGTH", "22")];
    connection.send(&request(1, &params, MAX_SIZE.as_bytes(), true));
    assert_eq!(connection.answer(1).text(), EXPECTED);
}

#[test]
fn values_are_told() {
    let server = Server::start();
    let mut connection = connect(&server);
    let asked = pairs(&[("FCGI_MAX_CONNS", ""), ("FCGI_MPXS_CONNS", ""), ("OTHER", "")]);
    connection.send(&record(GET_VALUES, 0, &asked, 4));
    let result = connection.receive().unwrap();
    assert_eq!((result.kind, result.id), (GET_VALUES_RESULT, 0));
    let told = String::from_utf8_lossy(&result.content).into_owned();
    assert!(told.contains("FCGI_MPXS_CONNS0"), "{told:?}");
    assert!(!told.contains("OTHER"), "{told:?}");
    assert_eq!(connection.request(1, &iip(MAX_SIZE), true).text(), EXPECTED);
}

#[test]
fn unknown_management_records_are_answered() {
    let server = Server::start();
    let mut connection = connect(&server);
    connection.send(&record(200, 0, b"what", 0));
    let answer = connection.receive().unwrap();
    assert_eq!((answer.kind, answer.id, answer.content[0]), (UNKNOWN_TYPE, 0, 200));
    assert_eq!(connection.request(1, &iip(MAX_SIZE), true).text(), EXPECTED);
}

#[test]
fn roles_but_the_responder_are_refused() {
    let server = Server::start();
    let mut connection = connect(&server);
    connection.send(&begin(5, 2, true));
    let end = connection.receive().unwrap();
    assert_eq!((end.kind, end.id, end.content[4]), (END_REQUEST, 5, UNKNOWN_ROLE));
    assert_eq!(connection.request(6, &iip(MAX_SIZE), true).text(), EXPECTED);
}

#[test]
fn a_second_request_on_a_busy_connection_is_refused_alone() {
    let server = Server::start();
    let mut connection = connect(&server);
    let first = request(1, &iip(MAX_SIZE), &[], true);
    let (half, rest) = first.split_at(40);
    connection.send(&half[..16]);
    connection.send(&begin(2, 1, true));
    let refusal = connection.receive().unwrap();
    assert_eq!((refusal.kind, refusal.id, refusal.content[4]), (END_REQUEST, 2, CANT_MPX_CONN));
    connection.send(&half[16..]);
    connection.send(rest);
    assert_eq!(connection.answer(1).text(), EXPECTED);
}

#[test]
fn an_abort_ends_the_request_and_its_work() {
    let server = slow().start();
    let mut connection = connect(&server);
    connection.send(&request(3, &iip(SLOW), &[], true));
    // The answer to this one shows that the first has been read: records are read in order.
    connection.send(&begin(4, 1, true));
    assert_eq!(connection.receive().unwrap().content[4], CANT_MPX_CONN);
    connection.send(&record(ABORT_REQUEST, 3, &[], 0));
    let mut end = connection.receive().unwrap();
    while end.kind == STDOUT {
        assert!(end.content.is_empty(), "output of an aborted request");
        end = connection.receive().unwrap();
    }
    assert_eq!((end.kind, end.id, end.content[4]), (END_REQUEST, 3, REQUEST_COMPLETE));
    // The only worker is free again, and the connection is in step.
    assert_eq!(connection.request(5, &iip("FIF=a.tif&JTL=0,0"), true).expect(200).status, 200);
}

#[test]
fn an_abort_of_nothing_is_ignored() {
    let server = Server::start();
    let mut connection = connect(&server);
    connection.send(&record(ABORT_REQUEST, 9, &[], 0));
    assert_eq!(connection.request(1, &iip(MAX_SIZE), true).text(), EXPECTED);
}

#[test]
fn idle_and_half_open_connections_cost_nothing_to_others() {
    let server = Server::start();
    let idle: Vec<Connection> = (0..200)
        .map(|number| {
            let mut connection = connect(&server);
            let bytes = request(1, &iip(MAX_SIZE), &[], true);
            connection.send(&bytes[..number % 30]);
            connection
        })
        .collect();
    let mut connection = connect(&server);
    for _ in 0..20 {
        assert_eq!(connection.request(1, &iip(MAX_SIZE), true).text(), EXPECTED);
    }
    drop(idle);
}

#[test]
fn a_request_that_stops_half_way_is_closed_in_time() {
    let server = Setup::new().set("READ_TIMEOUT", "0.2").start();
    let mut connection = connect(&server);
    connection.send(&begin(1, 1, true));
    assert_eq!(connection.receive(), None);
}

#[test]
fn garbage_closes_its_connection_only() {
    let server = Server::start();
    let mut good = connect(&server);
    let wrong_version = [2, 1, 0, 1, 0, 8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0];
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &wrong_version, &[0xff; 4000]] {
        let mut bad = connect(&server);
        let _ = bad.try_send(garbage);
        assert_eq!(bad.receive(), None);
        assert_eq!(good.request(1, &iip(MAX_SIZE), true).text(), EXPECTED);
    }
}

#[test]
fn parameters_over_the_limit_are_413_and_the_connection_goes_on() {
    let server = Setup::new().set("MAX_PARAMS", "2000").start();
    let mut connection = connect(&server);
    let long = "x".repeat(5000);
    let answer = connection.request(1, &[("QUERY_STRING", long.as_str())], true);
    assert!(matches!(answer.status, 413 | 414), "{}", answer.status);
    assert_eq!(connection.request(2, &iip(MAX_SIZE), true).text(), EXPECTED);
}

#[test]
fn many_connections_are_served_at_once() {
    let server = Server::start();
    let barrier = Barrier::new(64);
    std::thread::scope(|scope| {
        for thread in 0..64_u16 {
            let (server, barrier) = (&server, &barrier);
            scope.spawn(move || {
                let mut connection = connect(server);
                barrier.wait();
                for index in 0..10 {
                    let tile = format!("FIF=a.tif&JTL=2,{}", index % 12);
                    connection.request(thread + 1, &iip(&tile), true).jpeg();
                }
            });
        }
    });
}

#[test]
fn several_listeners_serve_the_same_images() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("s.sock");
    let server = Setup::new().bind("127.0.0.1:0").bind(socket.to_str().unwrap()).start();
    assert_eq!(server.fastcgi().len(), 2);
    for address in server.fastcgi() {
        assert_eq!(Connection::tcp(*address).request(1, &iip(MAX_SIZE), false).text(), EXPECTED);
    }
    assert_eq!(Connection::unix(&socket).request(1, &iip(MAX_SIZE), false).text(), EXPECTED);
    drop(server);
    assert!(!socket.exists(), "the socket is removed at the end");
}

#[test]
fn a_stale_socket_is_replaced_and_the_mode_is_set() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("s.sock");
    // Nobody listens after this, but the file stays.
    drop(UnixListener::bind(&socket).unwrap());
    assert!(socket.symlink_metadata().unwrap().file_type().is_socket());
    let server = Setup::new().bind(socket.to_str().unwrap()).set("SOCKET_MODE", "0620").start();
    assert_eq!(socket.metadata().unwrap().permissions().mode() & 0o7777, 0o620);
    assert_eq!(Connection::unix(&socket).request(1, &iip(MAX_SIZE), false).text(), EXPECTED);
    drop(server);
}

#[test]
fn a_listening_socket_as_descriptor_0_is_served() {
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = tcp.local_addr().unwrap();
    let setup = Setup::bare().file("a.tif", &support::tiff::usual());
    let server = setup.inherit(std::os::fd::OwnedFd::from(tcp)).start();
    assert_eq!(Connection::tcp(address).request(1, &iip(MAX_SIZE), false).text(), EXPECTED);
    drop(server);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.sock");
    let unix = UnixListener::bind(&path).unwrap();
    let setup = Setup::bare().file("a.tif", &support::tiff::usual());
    let server = setup.inherit(std::os::fd::OwnedFd::from(unix)).start();
    assert_eq!(Connection::unix(&path).request(1, &iip(MAX_SIZE), false).text(), EXPECTED);
    drop(server);
    assert!(path.exists(), "a socket that was passed in is left alone");
}
