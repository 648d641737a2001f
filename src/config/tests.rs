//! The settings as an operator meets them.

use std::collections::HashMap;
use std::ffi::OsString;

use super::table::{GROUPS, settings};
use super::*;

fn run(args: &[&str], env: &[(&str, &str)]) -> Result<Invocation, ConfigError> {
    let env: HashMap<&str, &str> = env.iter().copied().collect();
    let args = std::iter::once("pyramis").chain(args.iter().copied()).map(OsString::from);
    parse(args, |name| env.get(name).map(OsString::from))
}

fn serve(args: &[&str], env: &[(&str, &str)]) -> Config {
    match run(args, env) {
        Ok(Invocation::Serve(config)) => config,
        other => panic!("not served: {other:?}"),
    }
}

fn get(args: &[&str]) -> GetConfig {
    match run(args, &[]) {
        Ok(Invocation::Get(get)) => get,
        other => panic!("not answered: {other:?}"),
    }
}

fn printed(args: &[&str], env: &[(&str, &str)]) -> String {
    match run(args, env) {
        Ok(Invocation::Print(text)) => text,
        other => panic!("not printed: {other:?}"),
    }
}

fn effective(config: &Config, name: &str) -> String {
    config.effective.iter().find(|effective| effective.name == name).unwrap().value.clone()
}

/// The fields alone, without where their values are from.
fn fields(mut config: Config) -> Config {
    config.effective.clear();
    config
}

#[test]
fn every_setting_is_the_same_from_the_environment_and_from_its_flag() {
    for group in GROUPS {
        for setting in group.settings {
            let name = setting.name;
            let by_env = serve(&[], &[(name, setting.example)]);
            let by_flag = serve(&[&setting.flag(), setting.example], &[]);
            assert_eq!(effective(&by_env, name), effective(&by_flag, name), "{name}");
            assert_eq!(fields(by_env.clone()), fields(by_flag), "{name}");
            assert_ne!(fields(by_env.clone()), fields(Config::default()), "{name} changes nothing");
            // What is printed reads as the same value.
            let printed = effective(&by_env, name);
            assert_eq!(effective(&serve(&[], &[(name, &printed)]), name), printed, "{name}");
        }
    }
}

#[test]
fn names_are_unique_and_in_one_style() {
    let mut names: Vec<&str> = settings()
        .flat_map(|setting| std::iter::once(&setting.name).chain(setting.aliases))
        .copied()
        .collect();
    for name in &names {
        assert!(name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'), "{name}");
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn without_anything_the_defaults_are_those_of_the_table() {
    assert_eq!(serve(&[], &[]), Config::default());
    assert_eq!(Config::default().notices, []);
}

#[test]
fn numbers_outside_of_their_range_become_what_iipsrv_makes_of_them() {
    for (name, given, expected) in [
        ("VERBOSITY", "-3", "0"),
        ("VERBOSITY", "9", "6"),
        ("MAX_IMAGE_CACHE_SIZE", "-0.5", "-1"),
        ("MAX_IMAGE_CACHE_SIZE", "0.5", "0.5"),
        ("MAX_METADATA_CACHE_SIZE", "-7", "-1"),
        ("JPEG_QUALITY", "0", "1"),
        ("JPEG_QUALITY", "101", "100"),
        ("JPEG_QUALITY", "99999999999999999999", "100"),
        ("JPEG_SUBSAMPLING", "443", "420"),
        ("JPEG_SUBSAMPLING", "500", "420"),
        ("PNG_QUALITY", "-1", "0"),
        ("PNG_QUALITY", "10", "9"),
        ("WEBP_QUALITY", "-2", "-1"),
        ("WEBP_QUALITY", "101", "100"),
        ("AVIF_QUALITY", "-2", "-1"),
        ("AVIF_QUALITY", "101", "100"),
        ("AVIF_CODEC", "4", "0"),
        ("AVIF_CODEC", "-1", "0"),
        ("TIFF_COMPRESSION", "6", "0"),
        ("TIFF_COMPRESSION", "-1", "0"),
        ("TIFF_QUALITY", "-1", "0"),
        ("TIFF_QUALITY", "101", "100"),
        ("MAX_CVT", "0", "5000"),
        ("MAX_CVT", "-1", "-1"),
        ("MAX_CVT", "-2", "1"),
        ("ALLOW_UPSCALING", "7", "1"),
        ("MAX_LAYERS", "-9", "-9"),
        ("MAX_ICC", "-9", "-1"),
        ("INTERPOLATION", "3", "1"),
        ("INTERPOLATION", "-1", "1"),
        ("WATERMARK_PROBABILITY", "1.5", "1"),
        ("WATERMARK_OPACITY", "-1", "0"),
        ("IIIF_VERSION", "0", "3"),
        ("IIIF_VERSION", "9", "3"),
        ("KAKADU_READMODE", "3", "2"),
        ("BACKLOG", "0", "1"),
        ("MAX_AREA", "0", "-1"),
    ] {
        let config = serve(&[], &[(name, given)]);
        assert_eq!(effective(&config, name), expected, "{name}={given}");
    }
}

#[test]
fn unlimited_and_none_have_types_of_their_own() {
    let config = serve(
        &[],
        &[
            ("MAX_IMAGE_CACHE_SIZE", "-1"),
            ("MAX_METADATA_CACHE_SIZE", "-1"),
            ("MAX_CVT", "-1"),
            ("MAX_ICC", "0"),
        ],
    );
    assert_eq!(config.cache.tile_bytes, None);
    assert_eq!(config.cache.images, None);
    assert_eq!(config.limits.max_side, None);
    assert_eq!(config.encode.max_icc, Some(0));

    let config = Config::default();
    assert_eq!(config.cache.tile_bytes, Some(10_240_000));
    assert_eq!(config.cache.images, Some(1000));
    assert_eq!(config.limits.max_side, Some(5000));
    assert_eq!(config.limits.max_area, None);
    assert_eq!(config.encode.max_icc, Some(65_536));
    assert_eq!(config.listen.socket_mode, 0o755);
    assert_eq!(config.work.workers, None);
}

#[test]
fn both_spellings_of_the_metadata_cache_are_read() {
    let config = serve(&[], &[("MAX_IMAGE_METADATA_CACHE_SIZE", "7")]);
    assert_eq!(config.cache.images, Some(7));
    let both = [("MAX_IMAGE_METADATA_CACHE_SIZE", "7"), ("MAX_METADATA_CACHE_SIZE", "8")];
    let config = serve(&[], &both);
    assert_eq!(config.cache.images, Some(8));
    assert_eq!(
        config.notices[0].to_string(),
        "MAX_IMAGE_METADATA_CACHE_SIZE is ignored, because MAX_METADATA_CACHE_SIZE is set too"
    );
}

#[test]
fn settings_without_a_feature_are_accepted_and_reported() {
    let config = serve(&[], &[("MEMCACHED_SERVERS", "a"), ("KAKADU_READMODE", "0")]);
    let notices: Vec<String> = config.notices.iter().map(ToString::to_string).collect();
    assert_eq!(notices, ["MEMCACHED_SERVERS=a is accepted but not active yet"]);
}

#[test]
fn a_bad_value_is_an_error_that_says_what_is_allowed() {
    for (name, value, message) in [
        (
            "JPEG_QUALITY",
            "high",
            "`JPEG_QUALITY=high` is not valid; allowed is a whole number from 1 to 100, for \
             example `JPEG_QUALITY=90`",
        ),
        (
            "MAX_IMAGE_METADATA_CACHE_SIZE",
            "many",
            "`MAX_IMAGE_METADATA_CACHE_SIZE=many` is not valid; allowed is a whole number from -1 \
             to 100000000, for example `MAX_IMAGE_METADATA_CACHE_SIZE=5000`",
        ),
        (
            "WORKERS",
            "0",
            "`WORKERS=0` is not valid; allowed is a whole number from 1 to 1024, for example \
             `WORKERS=4`",
        ),
        (
            "MAX_IMAGE_CACHE_SIZE",
            "nan",
            "`MAX_IMAGE_CACHE_SIZE=nan` is not valid; allowed is a number from -1 to 1000000000, \
             for example `MAX_IMAGE_CACHE_SIZE=512`",
        ),
        (
            "MAX_BODY",
            "64KB",
            "`MAX_BODY=64KB` is not valid; allowed is a number of bytes from 0 to 16M (K, M and G \
             are allowed), for example `MAX_BODY=1M`",
        ),
        (
            "ALLOW_UPSCALING",
            "maybe",
            "`ALLOW_UPSCALING=maybe` is not valid; allowed is 0 for off or 1 for on, for example \
             `ALLOW_UPSCALING=0`",
        ),
        (
            "CORS",
            "*\r\nSet-Cookie: a",
            "`CORS=*\\r\\nSet-Cookie: a` is not valid; allowed is text of printable ASCII \
             characters, for example `CORS=*`",
        ),
        (
            "BIND",
            "127.0.0.1:9000,9001",
            "`BIND=9001` is not valid: a port alone needs a colon before it; allowed is \
             `host:port`, `:port` (all IPv4 addresses), `[ipv6]:port` or the path of a unix \
             socket, for example `BIND=127.0.0.1:9000`",
        ),
        (
            "SOCKET_MODE",
            "0788",
            "`SOCKET_MODE=0788` is not valid; allowed is an octal number from 0 to 0777, for \
             example `SOCKET_MODE=0660`",
        ),
        (
            "IIIF_EXTRA_INFO",
            "attribution",
            "`IIIF_EXTRA_INFO=attribution` is not valid: it is not JSON (key must be a string at \
             line 1 column 2); allowed is JSON members, with or without braces around them, for \
             example `IIIF_EXTRA_INFO=\"attribution\": \"Example Library\"`",
        ),
        (
            "FILENAME_PATTERN",
            "views/",
            "`FILENAME_PATTERN=views/` is not valid; allowed is text on one line without `/`, for \
             example `FILENAME_PATTERN=_seq_`",
        ),
        (
            "READ_TIMEOUT",
            "0",
            "`READ_TIMEOUT=0` is not valid; allowed is a number of seconds from 0.01 to 86400, \
             for example `READ_TIMEOUT=10`",
        ),
    ] {
        let error = run(&[], &[(name, value)]).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(
        run(&["--max-cvt", "big"], &[]).unwrap_err().to_string(),
        "`--max-cvt big` is not valid; allowed is a whole number from -1 to 4294967295, for \
         example `--max-cvt 10000`"
    );
}

#[test]
fn a_flag_comes_before_the_environment() {
    let env = [("MAX_CVT", "4000"), ("FILESYSTEM_PREFIX", "/a"), ("CORS", "*"), ("BIND", ":1,:2")];
    let config = serve(&["--max-cvt", "-1", "/b", "--cors", "", "--bind", ":3"], &env);
    assert_eq!(config.limits.max_side, None);
    assert_eq!(config.images.root, Some("/b".into()));
    assert_eq!(config.headers.cors, None);
    assert_eq!(config.listen.bind, [Bind::Tcp("0.0.0.0".to_owned(), 3)]);
    // Of several, the last one counts.
    assert_eq!(serve(&["--max-cvt=1", "--max-cvt=2"], &[]).limits.max_side, Some(2));
}

#[test]
fn a_variable_set_to_nothing_is_not_set() {
    let empty: Vec<(&str, &str)> = settings().map(|setting| (setting.name, "")).collect();
    assert_eq!(serve(&[], &empty), Config::default());
    assert_eq!(serve(&[], &[("CORS", " "), ("MAX_CVT", "\t")]), Config::default());
}

#[test]
fn the_command_line_of_iipsrv_works() {
    let config = serve(&["--bind", "0.0.0.0:9000", "--backlog", "1024"], &[]);
    assert_eq!(config.listen.bind, [Bind::Tcp("0.0.0.0".to_owned(), 9000)]);
    assert_eq!(config.listen.backlog, 1024);
    assert_eq!(config.images.root, None);
}

#[test]
fn serve_is_what_is_done_without_a_subcommand() {
    let with = serve(&["serve", "photos", "--http", ":80"], &[]);
    assert_eq!(with, serve(&["photos", "--http", ":80"], &[]));
    assert_eq!(with, serve(&["--http", ":80", "serve", "photos"], &[]));
    assert_eq!(with.images.root, Some("photos".into()));
    assert_eq!(with.listen.http, Some(Bind::Tcp("0.0.0.0".to_owned(), 80)));
}

#[test]
fn addresses_to_bind_add_up() {
    let bind = |args: &[&str], env: &[(&str, &str)]| -> Vec<String> {
        serve(args, env).listen.bind.iter().map(ToString::to_string).collect()
    };
    let expected = ["127.0.0.1:1", "/run/a.sock"];
    assert_eq!(bind(&["--bind", "127.0.0.1:1", "--bind", "/run/a.sock"], &[]), expected);
    assert_eq!(bind(&["--bind", "127.0.0.1:1", "serve", "--bind", "/run/a.sock"], &[]), expected);
    assert_eq!(bind(&[], &[("BIND", "127.0.0.1:1, /run/a.sock")]), expected);
    // A comma is part of a path that a flag gives.
    assert_eq!(bind(&["--bind", "/run/a,b"], &[]), ["/run/a,b"]);
}

#[test]
fn get_reads_requests_and_where_answers_go() {
    let request = "FIF=a.tif&WID=500&CVT=jpeg";
    let given = get(&["get", request, "-o", "out.jpg", "--root", "/srv"]);
    assert_eq!(given.requests, Requests::Given(vec![request.to_owned()]));
    assert_eq!(given.output, Some("out.jpg".into()));
    assert_eq!(given.config.images.root, Some("/srv".into()));
    assert_eq!(get(&["get"]).requests, Requests::Stdin);
    assert_eq!(get(&["get", "-", "-o", "-"]).requests, Requests::Stdin);
    assert_eq!(get(&["get", "-", "-o", "-"]).output, None);
    assert_eq!(
        run(&["get", "a.tif"], &[]).unwrap_err().to_string(),
        "`get a.tif` is not valid; allowed is a request that begins with `FIF=`, `IIIF=`, \
         `DeepZoom=` or `Zoomify=`, for example `get 'FIF=a.tif&WID=500&CVT=jpeg'`"
    );
}

#[test]
fn an_answer_on_standard_output_is_not_mixed_with_the_log() {
    assert_eq!(get(&["get", "--logfile", "/dev/stdout"]).config.log.target, LogTarget::Stderr);
}

#[test]
fn log_targets_are_read() {
    for (text, expected) in [
        ("", LogTarget::Stderr),
        ("-", LogTarget::Stderr),
        ("/dev/stderr", LogTarget::Stderr),
        ("/dev/stdout", LogTarget::Stdout),
        ("syslog", LogTarget::Syslog),
        ("/var/log/a.log", LogTarget::File("/var/log/a.log".into())),
    ] {
        assert_eq!(serve(&[], &[("LOGFILE", text)]).log.target, expected, "{text}");
    }
}

#[test]
fn extra_members_are_read_with_and_without_braces() {
    for text in [r#""a": 1, "b": [2]"#, r#"{"a": 1, "b": [2]}"#, r#", "a": 1, "b": [2]"#] {
        let config = serve(&[], &[("IIIF_EXTRA_INFO", text)]);
        let object = serde_json::Value::Object(config.iiif.extra_info);
        assert_eq!(object.to_string(), r#"{"a":1,"b":[2]}"#);
    }
}

#[test]
fn an_unknown_flag_says_which_one_is_near() {
    assert_eq!(
        run(&["--max-cvtt", "1"], &[]).unwrap_err().to_string(),
        "unexpected argument '--max-cvtt' found\n\n  tip: a similar argument exists: \
         '--max-cvt'\n\nUsage: pyramis [serve] [OPTIONS] [DIR]\n       pyramis get [OPTIONS] \
         [REQUEST]...\n\nFor more information, try '--help'."
    );
}

#[test]
fn an_option_without_its_value_says_what_is_allowed() {
    assert_eq!(
        run(&["--backlog"], &[]).unwrap_err().to_string(),
        "`--backlog` is not valid: its value is missing; allowed is a whole number from 1 to \
         65535, for example `--backlog 1024`"
    );
    for args in [&["--bind"][..], &["--bind", "--backlog", "5"], &["serve", "--http"]] {
        let message = run(args, &[]).unwrap_err().to_string();
        assert!(message.contains(": its value is missing; allowed is `host:port`"), "{message}");
    }
    let message = run(&["get", "-o"], &[]).unwrap_err().to_string();
    assert!(message.starts_with("a value is required for '--output <FILE>'"), "{message}");
}

#[test]
fn help_has_examples_and_names_every_setting() {
    for args in [["-h"], ["--help"]] {
        let help = printed(&args, &[]);
        assert!(help.contains("pyramis --bind 127.0.0.1:9000 --backlog 1024"), "{help}");
        assert!(help.contains("pyramis [serve] [OPTIONS] [DIR]"), "{help}");
    }
    let short = printed(&["-h"], &[]);
    assert!(
        short.contains("--bind <ADDRESS>     Address of a FastCGI listener [default:"),
        "{short}"
    );
    let help = printed(&["--help"], &[]);
    for setting in settings() {
        assert!(help.contains(&format!("[env: {}]", setting.name)), "{}", setting.name);
        assert!(help.contains(&setting.flag()), "{}", setting.name);
    }
    assert!(printed(&["get", "--help"], &[]).contains("-o a.jpg --root /srv/images"));
    assert_eq!(printed(&["--version"], &[]), format!("pyramis {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_printed_config_is_an_environment_file() {
    let printed = printed(
        &["--print-config", "--max-cvt", "-5"],
        &[("COPYRIGHT", "it's ours"), ("JPEG_QUALITY", "75")],
    );
    let expected = ["MAX_CVT=1", "JPEG_QUALITY=75", r"COPYRIGHT='it'\''s ours'"];
    let given: Vec<&str> =
        printed.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert_eq!(given, expected);
    for setting in settings() {
        assert!(printed.contains(&format!("{}=", setting.name)), "{}", setting.name);
    }
    assert!(printed.starts_with("# Listeners\n#BIND=\n#BACKLOG=2048\n"), "{printed}");
}
