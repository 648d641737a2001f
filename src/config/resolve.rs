//! From the table and what was given to a [`Config`].

use std::ffi::OsString;
use std::fmt;

use super::error::ConfigError;
use super::setting::{Setting, is_nothing};
use super::table::{GROUPS, settings};
use super::values::Config;

/// A setting as it was understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Effective {
    /// Its name in the table.
    pub name: &'static str,
    /// Its value, after clamps; empty for none.
    pub value: String,
    /// Where the value is from.
    pub origin: Origin,
}

/// Where a value is from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// A flag.
    CommandLine,
    /// The table.
    Default,
    /// An environment variable.
    Environment,
}

/// Something the operator should be told at start. Its text is complete.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Notice {
    /// The setting is set, and does nothing yet.
    NotActive {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// Two spellings of one setting are set to different values.
    TwoSpellings {
        /// The one that counts.
        used: &'static str,
        /// The one that does not.
        ignored: &'static str,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotActive { name, value } => {
                write!(f, "{name}={} is accepted but not active yet", value.escape_debug())
            }
            Self::TwoSpellings { used, ignored } => {
                write!(f, "{ignored} is ignored, because {used} is set too")
            }
        }
    }
}

/// Values given on the command line.
pub(super) trait Flags {
    /// All values of a flag, in order; empty when it was not given.
    fn values(&self, setting: &Setting) -> Vec<OsString>;
}

impl Config {
    /// Reads every setting: a flag comes before the environment, which comes before the default.
    /// A variable that is set to nothing is not set.
    pub(super) fn resolve(
        flags: &impl Flags,
        env: &impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let mut config = Self::blank();
        for group in GROUPS {
            for setting in group.settings {
                let given = Given::find(setting, flags, env, &mut config.notices);
                let value = given.read(setting, &mut config)?;
                let is_default = value == default_of(setting);
                if !group.active && !is_default {
                    let value = value.clone();
                    config.notices.push(Notice::NotActive { name: setting.name, value });
                }
                config.effective.push(Effective {
                    name: setting.name,
                    value,
                    origin: given.origin,
                });
            }
        }
        Ok(config)
    }
}

impl Default for Config {
    fn default() -> Self {
        let mut config = Self::blank();
        for setting in settings() {
            let value = setting
                .read(&[setting.default.into()], &mut config)
                .expect("every default of the table is valid");
            let origin = Origin::Default;
            config.effective.push(Effective { name: setting.name, value, origin });
        }
        config
    }
}

/// What was given for one setting.
struct Given {
    origin: Origin,
    /// The flag or variable it was given by.
    spelling: String,
    values: Vec<OsString>,
}

impl Given {
    fn find(
        setting: &Setting,
        flags: &impl Flags,
        env: &impl Fn(&str) -> Option<OsString>,
        notices: &mut Vec<Notice>,
    ) -> Self {
        let values = flags.values(setting);
        if !values.is_empty() {
            // A flag without text undoes the variable: the default counts.
            let values = if values.iter().all(|value| is_nothing(value)) {
                vec![setting.default.into()]
            } else {
                values
            };
            return Self { origin: Origin::CommandLine, spelling: setting.flag(), values };
        }
        let names = std::iter::once(&setting.name).chain(setting.aliases);
        let mut set = names.filter_map(|name| {
            env(name).filter(|value| !is_nothing(value)).map(|value| (*name, value))
        });
        let Some((name, value)) = set.next() else {
            let values = vec![setting.default.into()];
            return Self { origin: Origin::Default, spelling: setting.name.to_owned(), values };
        };
        notices.extend(
            set.filter(|(_, other)| *other != value)
                .map(|(ignored, _)| Notice::TwoSpellings { used: name, ignored }),
        );
        let values = if setting.kind.is_list() { split(&value) } else { vec![value] };
        Self { origin: Origin::Environment, spelling: name.to_owned(), values }
    }

    fn read(&self, setting: &Setting, config: &mut Config) -> Result<String, ConfigError> {
        let joint = if self.origin == Origin::CommandLine { " " } else { "=" };
        let written = |value: &str| format!("{}{joint}{value}", self.spelling);
        setting.read(&self.values, config).map_err(|refused| ConfigError::Value {
            given: written(&refused.value),
            reason: refused.reason,
            allowed: setting.kind.allowed(),
            example: written(setting.example),
        })
    }
}

/// The default as it is understood.
pub(super) fn default_of(setting: &Setting) -> String {
    setting
        .read(&[setting.default.into()], &mut Config::blank())
        .expect("every default of the table is valid")
}

/// The items of a list in a variable. Text that is not UTF-8 is one item.
fn split(value: &OsString) -> Vec<OsString> {
    value.to_str().map_or_else(
        || vec![value.clone()],
        |text| text.split(',').map(|item| item.trim().into()).collect(),
    )
}
