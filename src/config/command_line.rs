//! The command line, built from the settings table.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::ValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::document::{print_config, settings_doc};
use super::error::ConfigError;
use super::resolve::Flags;
use super::setting::{Group, Setting};
use super::table::{GROUPS, settings};
use super::values::Config;

/// What the program is asked to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Invocation {
    /// Answer requests and leave.
    Get(GetConfig),
    /// Print this text and leave.
    Print(String),
    /// Serve.
    Serve(Config),
}

/// Requests to answer without a server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GetConfig {
    /// The settings.
    pub config: Config,
    /// The requests.
    pub requests: Requests,
    /// The file that answers are written to; `None` is standard output.
    pub output: Option<PathBuf>,
}

/// Where requests of `pyramis get` come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Requests {
    /// The command line: request strings such as `FIF=a.tif&CVT=jpeg`.
    Given(Vec<String>),
    /// Standard input, one on a line.
    Stdin,
}

/// Reads the command line (with the program's name first) and the environment.
pub fn parse(
    args: impl Iterator<Item = OsString>,
    env: impl Fn(&str) -> Option<OsString>,
) -> Result<Invocation, ConfigError> {
    let matches = match command().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error)
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) =>
        {
            return Ok(Invocation::Print(error.render().to_string()));
        }
        Err(error) => return Err(explained(&error)),
    };
    let given = Matches::new(&matches);
    if given.flag(PRINT_SETTINGS_DOC) {
        return Ok(Invocation::Print(settings_doc()));
    }
    let mut config = Config::resolve(&given, &env)?;
    if given.flag(PRINT_CONFIG) {
        return Ok(Invocation::Print(print_config(&config)));
    }
    let Some(get) = matches.subcommand_matches(GET) else {
        return Ok(Invocation::Serve(config));
    };
    // Standard output belongs to the answers.
    if config.log.target == super::LogTarget::Stdout {
        config.log.target = super::LogTarget::Stderr;
    }
    Ok(Invocation::Get(GetConfig {
        config,
        requests: requests(get)?,
        output: get.get_one::<PathBuf>(OUTPUT).filter(|path| path.as_os_str() != "-").cloned(),
    }))
}

/// An error of the command line, with what the table knows about it.
fn explained(error: &clap::Error) -> ConfigError {
    if let (ErrorKind::InvalidValue, Some(ContextValue::String(arg))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    {
        let flag = arg.split(' ').next().unwrap_or_default();
        if let Some(setting) = settings().find(|setting| setting.flag() == flag) {
            return ConfigError::Value {
                given: flag.to_owned(),
                reason: Some("its value is missing".to_owned()),
                allowed: setting.kind.allowed(),
                example: format!("{flag} {}", setting.example),
            };
        }
    }
    let text = error.render().to_string();
    ConfigError::Usage(text.trim().trim_start_matches("error: ").to_owned())
}

fn requests(get: &ArgMatches) -> Result<Requests, ConfigError> {
    let given: Vec<String> = get.get_many(REQUEST).into_iter().flatten().cloned().collect();
    if given.is_empty() || given == ["-"] {
        return Ok(Requests::Stdin);
    }
    match given.iter().find(|request| !request.contains('=')) {
        None => Ok(Requests::Given(given)),
        Some(request) => Err(ConfigError::Value {
            given: format!("get {}", request.escape_debug()),
            reason: None,
            allowed: "a request that begins with `FIF=`, `IIIF=`, `DeepZoom=` or `Zoomify=`"
                .to_owned(),
            example: "get 'FIF=a.tif&WID=500&CVT=jpeg'".to_owned(),
        }),
    }
}

/// The command line as clap sees it.
fn command() -> Command {
    serving(Command::new("pyramis"))
        .version(env!("CARGO_PKG_VERSION"))
        .about("Image server for IIP, IIIF, DeepZoom and Zoomify over FastCGI and HTTP")
        .override_usage(USAGE)
        .disable_help_subcommand(true)
        .subcommand(
            serving(Command::new(SERVE))
                .about("Serve images (what is done without a subcommand)")
                .override_usage("pyramis serve [OPTIONS] [DIR]"),
        )
        .subcommand(
            with_settings(Command::new(GET), &[])
                .about("Answer requests without a server")
                .override_usage("pyramis get [OPTIONS] [REQUEST]...")
                .after_help(GET_EXAMPLES)
                .arg(
                    Arg::new(ROOT)
                        .long("root")
                        .value_name("DIR")
                        .value_parser(value_parser!(OsString))
                        .help("The image root"),
                )
                .arg(
                    Arg::new(OUTPUT)
                        .short('o')
                        .long("output")
                        .value_name("FILE")
                        .value_parser(value_parser!(PathBuf))
                        .help("File for the answers; standard output without it or with -"),
                )
                .arg(Arg::new(REQUEST).num_args(0..).help(
                    "Requests such as FIF=a.tif&CVT=jpeg, IIIF=a.tif/info.json, \
                               DeepZoom=a.tif.dzi or Zoomify=a.tif/ImageProperties.xml; without \
                               any or with -, one on each line of standard input",
                )),
        )
}

/// What `pyramis` and `pyramis serve` share.
fn serving(command: Command) -> Command {
    let directory = Arg::new(DIR)
        .value_name("DIR")
        .value_parser(value_parser!(OsString))
        .help("The image root: a folder; nothing outside it is read");
    with_settings(command, SHORT_HELP).after_help(EXAMPLES).arg(directory)
}

/// What all commands share. `-h` lists the settings in `short`, `--help` has all.
fn with_settings(command: Command, short: &[&str]) -> Command {
    let args = GROUPS
        .iter()
        .flat_map(|group| group.settings.iter().map(|setting| setting_arg(group, setting, short)));
    command.args_override_self(true).args(args).args(print_args())
}

fn print_args() -> [Arg; 2] {
    [
        Arg::new(PRINT_CONFIG)
            .long("print-config")
            .action(ArgAction::SetTrue)
            .help("Print the settings as they are understood, and leave"),
        Arg::new(PRINT_SETTINGS_DOC)
            .long("print-settings-doc")
            .action(ArgAction::SetTrue)
            .hide(true),
    ]
}

fn setting_arg(group: &Group, setting: &Setting, short: &[&str]) -> Arg {
    let summary = setting.doc.split(['.', ';']).next().unwrap_or_default();
    let default = if setting.default.is_empty() { setting.unset } else { setting.default };
    let action = if setting.kind.is_list() { ArgAction::Append } else { ArgAction::Set };
    Arg::new(setting.name)
        .long(setting.long())
        .value_name(setting.kind.name().to_ascii_uppercase())
        .value_parser(ValueParser::os_string())
        .action(action)
        .allow_negative_numbers(true)
        .help_heading(group.title)
        .hide_short_help(!short.contains(&setting.name))
        .help(format!("{summary} [default: {default}]"))
        .long_help(format!("{} [env: {}] [default: {default}]", setting.doc, setting.name))
}

/// Flags of the program and of its subcommand: both are looked at, the subcommand's last.
struct Matches<'a> {
    levels: Vec<&'a ArgMatches>,
}

impl<'a> Matches<'a> {
    fn new(top: &'a ArgMatches) -> Self {
        let below = top.subcommand().map(|(_, matches)| matches);
        Self { levels: std::iter::once(top).chain(below).collect() }
    }

    fn flag(&self, id: &str) -> bool {
        self.levels.iter().any(|matches| matches.get_flag(id))
    }

    /// All values of an argument, by whichever level knows it.
    fn all(&self, id: &str) -> Vec<OsString> {
        let values = |matches: &&ArgMatches| {
            matches
                .try_get_many::<OsString>(id)
                .ok()
                .flatten()
                .into_iter()
                .flatten()
                .cloned()
                .collect::<Vec<_>>()
        };
        self.levels.iter().flat_map(values).collect()
    }
}

impl Flags for Matches<'_> {
    fn values(&self, setting: &Setting) -> Vec<OsString> {
        let mut values = self.all(setting.name);
        if setting.name == "FILESYSTEM_PREFIX" {
            values.extend(self.all(DIR));
            values.extend(self.all(ROOT));
        }
        if setting.kind.is_list() { values } else { values.pop().into_iter().collect() }
    }
}

const DIR: &str = "DIR";
const GET: &str = "get";
const OUTPUT: &str = "OUTPUT";
const PRINT_CONFIG: &str = "PRINT_CONFIG";
const PRINT_SETTINGS_DOC: &str = "PRINT_SETTINGS_DOC";
const REQUEST: &str = "REQUEST";
const ROOT: &str = "ROOT";
const SERVE: &str = "serve";

/// Settings that most installations look at first.
const SHORT_HELP: &[&str] = &[
    "BIND",
    "BACKLOG",
    "HTTP",
    "MAX_IMAGE_CACHE_SIZE",
    "WORKERS",
    "CORS",
    "URI_MAP",
    "VERBOSITY",
    "LOGFILE",
];

const USAGE: &str = "pyramis [serve] [OPTIONS] [DIR]\n       pyramis get [OPTIONS] [REQUEST]...";

const EXAMPLES: &str = "\
Examples:
  pyramis /srv/images                          HTTP on http://127.0.0.1:8080/
  pyramis /srv/images --http :80               HTTP for everybody
  pyramis --bind 127.0.0.1:9000 --backlog 1024 FastCGI, with settings from the environment
  pyramis /srv/images --bind /run/pyramis.sock FastCGI on a unix socket
  MAX_CVT=4000 pyramis --print-config          the settings as they are understood
  pyramis get 'FIF=a.tif&WID=500&CVT=jpeg' -o a.jpg --root /srv/images

Every setting is an environment variable too: --max-cvt 4000 is MAX_CVT=4000.";

const GET_EXAMPLES: &str = "\
Examples:
  pyramis get 'FIF=a.tif&WID=500&CVT=jpeg' -o a.jpg --root /srv/images
  pyramis get IIIF=a.tif/info.json --root /srv/images
  pyramis get --root /srv/images < requests.txt";
