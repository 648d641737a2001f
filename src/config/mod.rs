//! Settings: one table, and the value it fills.
//!
//! [`table`] is the only place that knows a setting's name, type, default, range and meaning.
//! Environment variables, flags, `--print-config`, `--help` and `docs/SETTINGS.md` all come from
//! it. Nothing here reads the environment, opens a file or looks at the machine: [`parse`] gets
//! its facts as arguments and returns a plain [`Config`].
//!
//! ```
//! use pyramis::config::{Invocation, parse};
//!
//! let args = ["pyramis", "--bind", ":9000", "/srv/images"].map(Into::into);
//! let env = |name: &str| (name == "JPEG_QUALITY").then(|| "90".into());
//! let Ok(Invocation::Serve(config)) = parse(args.into_iter(), env) else { panic!() };
//! assert_eq!(config.encode.jpeg_quality, 90);
//! assert_eq!(config.listen.bind[0].to_string(), "0.0.0.0:9000");
//! ```

mod address;
mod command_line;
mod document;
mod error;
mod kind;
mod resolve;
mod setting;
pub mod table;
#[cfg(test)]
mod tests;
mod values;

pub use address::Bind;
pub use command_line::{GetConfig, Invocation, Requests, parse};
pub use document::{print_config, settings_doc};
pub use error::ConfigError;
pub use kind::{Kind, Outside};
pub use resolve::{Effective, Notice, Origin};
pub use setting::{Group, Setting};
pub use values::{
    Cache, Config, Encode, Headers, Iiif, Images, Limits, Listen, Log, LogTarget, Sources,
    Timeouts, Watermark, Work,
};
