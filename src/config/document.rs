//! The table as text: for `--print-config` and `docs/SETTINGS.md`.

use std::fmt::Write as _;

use super::resolve::{Effective, Origin};
use super::setting::Setting;
use super::table::GROUPS;
use super::values::Config;

/// The settings as an environment file (systemd, sh): what was given, and the defaults commented
/// out.
pub fn print_config(config: &Config) -> String {
    let mut text = String::new();
    let find = |name| config.effective.iter().find(|effective| effective.name == name);
    for group in GROUPS {
        text.push_str(if text.is_empty() { "# " } else { "\n# " });
        text.push_str(group.title);
        text.push('\n');
        for effective in group.settings.iter().filter_map(|setting| find(setting.name)) {
            text.push_str(&line(effective));
        }
    }
    text
}

/// `docs/SETTINGS.md`.
pub fn settings_doc() -> String {
    let mut text = INTRODUCTION.to_owned();
    for group in GROUPS {
        text.push_str("\n## ");
        text.push_str(group.title);
        text.push_str("\n\n");
        if !group.active {
            text.push_str(NOT_ACTIVE);
        }
        text.push_str("| name | type | default | range | meaning |\n|---|---|---|---|---|\n");
        for setting in group.settings {
            text.push_str(&row(setting));
        }
    }
    text
}

const INTRODUCTION: &str = "\
# Settings

This page is generated from the settings table (`pyramis --print-settings-doc`). Do not edit it.

Every setting is an environment variable and a flag: `MAX_CVT=4000` is `--max-cvt 4000`. A flag comes before the variable, the variable before the default. A variable set to nothing is not set. A value that cannot be read stops the start with a message that says what is allowed; numbers outside of their range are treated as the range column says, and are an error where it says nothing. Sizes in bytes take `K`, `M` and `G` (powers of 1024). Switches take 0 and 1, or off and on.

`pyramis --print-config` prints the settings as they are understood, in the form of an environment file.
";

const NOT_ACTIVE: &str = "\
These names of iipsrv are read and checked, so that an old configuration keeps working. The log says at start when one of them is set and would change something.

";

fn line(effective: &Effective) -> String {
    let comment = if effective.origin == Origin::Default { "#" } else { "" };
    format!("{comment}{}={}\n", effective.name, quoted(&effective.value))
}

/// A value as a shell reads it back.
fn quoted(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:/,=+@%".contains(&byte);
    if value.bytes().all(plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

fn row(setting: &Setting) -> String {
    let default = if setting.default.is_empty() {
        setting.unset.to_owned()
    } else {
        format!("`{}`", setting.default)
    };
    let mut meaning = format!("{} Example: `{}`.", setting.doc, setting.example);
    for alias in setting.aliases {
        let _ = write!(meaning, " `{alias}` is the same.");
    }
    format!(
        "| `{}` | {} | {default} | {} | {} |\n",
        setting.name,
        setting.kind.name(),
        cell(&setting.kind.range()),
        cell(&meaning)
    )
}

fn cell(text: &str) -> String {
    text.replace('|', r"\|")
}
