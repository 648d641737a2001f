//! docs/PROTOCOLS.md has a row for every command and object of IIP, with the words of the code.

use std::fs;

use pyramis::protocol::iip;

#[test]
fn every_command_and_object_has_its_row() {
    let document = fs::read_to_string("docs/PROTOCOLS.md").unwrap();
    for (name, doc) in iip::commands().chain(iip::objects()) {
        let row = format!("| `{name}` | {doc} |");
        assert!(document.lines().any(|line| line == row), "docs/PROTOCOLS.md lacks the row\n{row}");
    }
}
