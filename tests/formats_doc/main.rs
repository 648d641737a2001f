//! docs/FORMATS.md says what is read and what is refused, in tables whose last column is what the
//! decoders answer. The files behind the rows are made here, opened and decoded; the pixels of
//! those that are read must be right, and the document must have the same tables.
//!
//! `cargo test --test formats_doc -- --ignored` writes the tables into the document.

#![allow(
    clippy::doc_markdown,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failure here is a failed test, and names of programs are no code"
)]

mod answer;
mod jp2;
mod jpeg;
mod png;
mod stored;
mod tiff;
mod tiff_samples;
mod tiff_tables;

use std::fs;

const DOCUMENT: &str = "docs/FORMATS.md";

/// A table of the document, below the heading of its name.
struct Table {
    heading: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let names: Vec<_> = self.columns.iter().map(|name| (*name).to_owned()).collect();
        let rules = "|---".repeat(names.len()) + "|\n";
        line(&names) + &rules + &self.rows.iter().map(|row| line(row)).collect::<String>()
    }
}

fn tables() -> Vec<Table> {
    let mut tables = vec![answer::files()];
    tables.extend(tiff_tables::tables());
    tables.extend(tiff_samples::tables());
    tables.extend(jp2::tables());
    tables.extend(jpeg::tables());
    tables.extend(png::tables());
    tables
}

/// Where the table below a heading begins and ends.
fn place(document: &str, heading: &str) -> (usize, usize) {
    let title = format!("\n### {heading}\n");
    let title = document.find(&title).unwrap_or_else(|| panic!("{DOCUMENT} lacks {title}"));
    let start = title + document[title..].find("\n|").expect("a table") + 1;
    let end = document[start..].find("\n\n").map_or(document.len(), |end| start + end + 1);
    (start, end)
}

#[test]
fn the_tables_say_what_the_decoders_do() {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    for table in tables() {
        let (start, end) = place(&document, table.heading);
        let (is, should) = (&document[start..end], table.markdown());
        let (mut is_lines, mut should_lines) = (is.lines(), should.lines());
        loop {
            let (is, should) = (is_lines.next(), should_lines.next());
            assert_eq!(is, should, "{DOCUMENT}, {}", table.heading);
            if is.is_none() {
                break;
            }
        }
    }
}

#[test]
fn every_table_of_the_document_is_checked() {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let headings = document.split("\n### ").skip(1);
    let with_table = headings.filter(|text| text.split("\n## ").next().unwrap().contains("\n|---"));
    let names: Vec<_> = with_table.filter_map(|text| text.lines().next()).collect();
    let checked: Vec<_> = tables().iter().map(|table| table.heading).collect();
    assert_eq!(names, checked);
}

#[test]
#[ignore = "writes docs/FORMATS.md"]
fn write_the_tables() {
    let mut document = fs::read_to_string(DOCUMENT).unwrap();
    for table in tables() {
        let (start, end) = place(&document, table.heading);
        document.replace_range(start..end, &table.markdown());
    }
    fs::write(DOCUMENT, document).unwrap();
}
