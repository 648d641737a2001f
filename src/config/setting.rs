//! One row of the settings table.

use std::ffi::{OsStr, OsString};

use super::kind::{Kind, Refused};
use super::values::Config;

/// Settings that belong together, under one heading of the documentation.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The heading.
    pub title: &'static str,
    /// Whether the settings do anything; the others are accepted so that old files keep working.
    pub active: bool,
    /// The settings.
    pub settings: &'static [Setting],
}

/// A setting: what it is called, what it may be, and which field it fills.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Name of the environment variable. The flag is derived from it.
    pub name: &'static str,
    /// Other names of the environment variable, used when the first is not set.
    pub aliases: &'static [&'static str],
    /// Type, range and field.
    pub kind: Kind,
    /// The default as an operator would write it; empty for no value.
    pub default: &'static str,
    /// What no value means, where the default is empty.
    pub unset: &'static str,
    /// A useful value other than the default.
    pub example: &'static str,
    /// What it is for.
    pub doc: &'static str,
}

impl Setting {
    pub(super) const fn new(
        name: &'static str,
        kind: Kind,
        default: &'static str,
        example: &'static str,
        doc: &'static str,
    ) -> Self {
        Self { name, aliases: &[], kind, default, unset: "none", example, doc }
    }

    pub(super) const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    pub(super) const fn unset(mut self, meaning: &'static str) -> Self {
        self.unset = meaning;
        self
    }

    /// The flag: `--max-cvt` for `MAX_CVT`.
    pub fn flag(&self) -> String {
        format!("--{}", self.long())
    }

    /// The flag without its dashes.
    pub(super) fn long(&self) -> String {
        self.name.to_ascii_lowercase().replace('_', "-")
    }

    /// Reads values into the field. Returns the value as it was understood; no value is no change.
    pub(super) fn read(&self, values: &[OsString], config: &mut Config) -> Result<String, Refused> {
        let understood: Result<Vec<String>, Refused> = values
            .iter()
            .filter(|value| !is_nothing(value))
            .map(|value| self.kind.read(value, config))
            .collect();
        Ok(understood?.join(","))
    }
}

/// Whether a value is no value: empty or blank.
pub(super) fn is_nothing(value: &OsStr) -> bool {
    value.as_encoded_bytes().trim_ascii().is_empty()
}
