//! The command line, seen from outside.

#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod support;

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::process::{Output, Stdio};

use support::Pixels;
use support::server::program;
use support::tiff::{level_size, pixel, usual};
use tempfile::TempDir;

/// A folder with the usual picture as `a.tif`.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.tif"), usual()).unwrap();
    folder
}

fn run(args: &[&str]) -> Output {
    program().args(args).output().unwrap()
}

/// The message of a start that fails.
fn complaint(args: &[&str], env: &[(&str, &str)]) -> String {
    let output = program().args(args).envs(env.iter().copied()).output().unwrap();
    assert!(!output.status.success(), "{args:?} {env:?} was accepted");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains("panic"), "{text}");
    text
}

#[test]
fn get_answers_one_request_to_standard_output() {
    let folder = folder();
    let root = folder.path().to_str().unwrap();
    let output = run(&["get", "FIF=a.tif&WID=250&CVT=png", "--root", root]);
    assert!(output.status.success(), "{output:?}");
    let expected = Pixels::from_fn(level_size(2), |x, y| pixel(2, x, y));
    Pixels::from_png(&output.stdout).assert_same(&expected);
}

#[test]
fn get_speaks_all_protocols() {
    let folder = folder();
    let root = folder.path().to_str().unwrap();
    for (request, part) in [
        ("FIF=a.tif&OBJ=Max-size", "Max-size:1000 700"),
        ("IIIF=a.tif/info.json", "\"ImageService3\""),
        ("DeepZoom=a.tif.dzi", "TileSize=\"256\""),
        ("Zoomify=a.tif/ImageProperties.xml", "NUMTILES=\"17\""),
    ] {
        let output = run(&["get", request, "--root", root]);
        assert!(output.status.success(), "{request}: {output:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains(part), "{request}: {output:?}");
    }
}

#[test]
fn get_writes_to_a_file() {
    let folder = folder();
    let out = folder.path().join("out.jpg");
    let mut command = program();
    command.args(["get", "FIF=a.tif&WID=100&CVT=jpeg", "-o"]).arg(&out).arg("--root");
    let output = command.arg(folder.path()).output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert_eq!(Pixels::from_jpeg(&fs::read(out).unwrap()).size(), (100, 70));
}

#[test]
fn get_reads_requests_from_standard_input() {
    let folder = folder();
    let mut command = program();
    command.arg("get").arg("--root").arg(folder.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let requests = b"FIF=a.tif&OBJ=Max-size\n\nFIF=a.tif&OBJ=Tile-size\n";
    child.stdin.take().unwrap().write_all(requests).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"Max-size:1000 700\r\nTile-size:256 256\r\n");
}

#[test]
fn get_fails_when_a_request_fails_and_says_which() {
    let folder = folder();
    let root = folder.path().to_str().unwrap();
    let requests = ["FIF=no.tif&JTL=0,0", "FIF=a.tif&OBJ=Max-size"];
    let output = run(&["get", requests[0], requests[1], "--root", root]);
    assert!(!output.status.success());
    assert_eq!(output.stdout, b"Max-size:1000 700\r\n");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("404") && text.contains(requests[0]), "{text}");
    complaint(&["get", "nonsense"], &[]);
}

#[test]
fn help_and_version_are_printed() {
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for part in ["--bind", "--http", "--backlog", "FILESYSTEM_PREFIX", "Examples:", "get"] {
        assert!(help.contains(part), "{part}");
    }
    let short = String::from_utf8(run(&["-h"]).stdout).unwrap();
    assert!(short.len() < help.len() && short.contains("--bind"));
    let version = String::from_utf8(run(&["--version"]).stdout).unwrap();
    assert_eq!(version.trim(), format!("pyramis {}", env!("CARGO_PKG_VERSION")));
}

#[test]
fn settings_are_printed_as_they_are_understood() {
    let output = program().arg("--print-config").env("MAX_CVT", "4000").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().any(|line| line.contains("MAX_CVT") && line.contains("4000")), "{text}");
}

#[test]
fn bad_settings_are_named_with_what_is_allowed() {
    for (name, value, parts) in [
        ("MAX_CVT", "many", &["MAX_CVT", "many"][..]),
        ("JPEG_QUALITY", "good", &["JPEG_QUALITY", "good", "100"]),
        ("MAX_REGION_MEMORY", "1 cat", &["MAX_REGION_MEMORY", "1 cat"]),
        ("SOCKET_MODE", "999", &["SOCKET_MODE", "999", "0777"]),
        ("BIND", "9000", &["BIND", "9000", "colon"]),
        ("URI_MAP", "a=>JPIP", &["URI_MAP", "JPIP", "Zoomify"]),
        ("IIIF_EXTRA_INFO", "{", &["IIIF_EXTRA_INFO"]),
        ("WORKERS", "0", &["WORKERS", "0", "1024"]),
    ] {
        let text = complaint(&["--http", "127.0.0.1:0"], &[(name, value)]);
        for part in parts {
            assert!(text.contains(part), "{part:?} is not in: {text}");
        }
    }
    let text = complaint(&["--nonsense"], &[]);
    assert!(text.contains("--nonsense"), "{text}");
}

#[test]
fn a_busy_port_is_an_error_that_names_the_flag() {
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = busy.local_addr().unwrap().to_string();
    for flag in ["--http", "--bind"] {
        let text = complaint(&[flag, &address], &[]);
        assert!(text.contains(&address) && text.contains(flag), "{text}");
    }
}

#[test]
fn a_root_that_is_not_there_is_named() {
    let text = complaint(&["/does/not/exist", "--http", "127.0.0.1:0"], &[]);
    assert!(text.contains("/does/not/exist") && text.contains("FILESYSTEM_PREFIX"), "{text}");
    let folder = folder();
    let file = folder.path().join("a.tif");
    let text = complaint(&[file.to_str().unwrap(), "--http", "127.0.0.1:0"], &[]);
    assert!(text.contains("a.tif"), "{text}");
}

#[test]
fn a_socket_somebody_listens_on_is_not_taken() {
    let folder = folder();
    let path = folder.path().join("s.sock");
    let _busy = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let text = complaint(&["--bind", path.to_str().unwrap()], &[]);
    assert!(text.contains("s.sock") && text.contains("--bind"), "{text}");
    fs::write(folder.path().join("file"), b"not a socket").unwrap();
    complaint(&["--bind", folder.path().join("file").to_str().unwrap()], &[]);
    assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"not a socket");
}
