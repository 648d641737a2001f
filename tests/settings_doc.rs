//! `docs/SETTINGS.md` says what the settings table says.

use std::fs;
use std::path::Path;

#[test]
fn the_settings_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/SETTINGS.md");
    let expected = pyramis::config::settings_doc();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/SETTINGS.md is out of date; run this test with UPDATE=1");
}
