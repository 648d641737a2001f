//! Deep Zoom Image: `<path>.dzi` and `<path>_files/<level>/<column>_<row>.<format>`.
//!
//! The document has one tile size for both directions: the tile width of the full size. Levels
//! are those of [`crate::image::DeepZoomPyramid`], whatever the file has stored.

use super::{ParseError, strict};
use crate::command::{Action, Command, Fact, Format, TileSelect, View};
use crate::http::{Response, Status};
use crate::image::ImageInfo;

/// Reads the path behind the mapping, percent-encoded as received.
pub fn parse(input: &str) -> Result<Command, ParseError> {
    if let Some(name) = input.strip_suffix(".dzi") {
        let action = Action::Describe(vec![Fact::Document]);
        return Ok(Command { image: Some(strict::image(name, FIELD)?), action });
    }
    let (name, tile) = input.rsplit_once("_files/").ok_or_else(|| ParseError::new(FIELD, USAGE))?;
    let (tile, format) = read_tile(tile).ok_or_else(|| ParseError::new("tile", TILE_USAGE))?;
    let action = Action::Tile { tile, view: View::whole(format) };
    Ok(Command { image: Some(strict::image(name, FIELD)?), action })
}

/// Writes the document.
pub fn describe(info: &ImageInfo) -> Response {
    let tile = info.levels.first().map_or(1, |level| level.tile_width);
    let body = format!(
        "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" TileSize=\"{tile}\" \
         Overlap=\"0\" Format=\"jpg\"><Size Width=\"{}\" Height=\"{}\"/></Image>",
        info.width(),
        info.height()
    );
    Response::with_body(Status::Ok, "application/xml", body)
}

/// Reads anything; nothing that is read may lack an image.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    if let Ok(command) = parse(&String::from_utf8_lossy(data)) {
        assert!(command.image.is_some_and(|image| !image.name.is_empty()), "a name was read");
    }
}

/// `<level>/<column>_<row>.<extension>`
fn read_tile(tile: &str) -> Option<(TileSelect, Format)> {
    let (level, file) = tile.split_once('/')?;
    let (position, extension) = file.split_once('.')?;
    let (column, row) = position.split_once('_')?;
    let tile = TileSelect::DeepZoom {
        level: strict::integer(level)?,
        column: strict::integer(column)?,
        row: strict::integer(row)?,
    };
    // iipsrv answers JPEG whatever the extension; an extension of another format that can be
    // written means that format.
    Some((tile, Format::of_picture(extension).unwrap_or(Format::Jpeg)))
}

const FIELD: &str = "path";
const USAGE: &str = "expected <image>.dzi or <image>_files/<level>/<column>_<row>.jpg";
const TILE_USAGE: &str = "expected <level>/<column>_<row>.jpg with whole numbers from 0";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::fixture;

    #[test]
    fn a_dzi_asks_for_the_document() {
        let command = parse("dir/a%20b.tif.dzi").unwrap();
        assert_eq!(&*command.image.unwrap().name, "dir/a b.tif");
        assert_eq!(command.action, Action::Describe(vec![Fact::Document]));
    }

    #[test]
    fn tiles_are_read_with_level_position_and_format() {
        let cases = [
            ("a_files/10/3_2.jpg", "a", (10, 3, 2), Format::Jpeg),
            ("a_files/0/0_0.png", "a", (0, 0, 0), Format::Png),
            ("a_files/0/0_0.PNG", "a", (0, 0, 0), Format::Png),
            ("a_files/0/0_0.jpeg", "a", (0, 0, 0), Format::Jpeg),
            ("a_files/0/0_0.gif", "a", (0, 0, 0), Format::Jpeg),
            ("b_files/c%2Fa_files/1/0_0.jpg", "b_files/c/a", (1, 0, 0), Format::Jpeg),
            ("a%2520_files/1/0_0.jpg", "a%20", (1, 0, 0), Format::Jpeg),
        ];
        for (input, name, (level, column, row), format) in cases {
            let command = parse(input).unwrap();
            assert_eq!(&*command.image.unwrap().name, name, "{input}");
            let tile = TileSelect::DeepZoom { level, column, row };
            assert_eq!(command.action, Action::Tile { tile, view: View::whole(format) }, "{input}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let cases = [
            ("", "path"),
            (".dzi", "path"),
            ("a.xml", "path"),
            ("a.dzi/", "path"),
            ("_files/0/0_0.jpg", "path"),
            ("a_files/0_0.jpg", "tile"),
            ("a_files/0/0_0", "tile"),
            ("a_files/0/a_b.jpg", "tile"),
            ("a_files/-1/0_0.jpg", "tile"),
            ("a_files/0/+1_0.jpg", "tile"),
            ("a_files/0/0_4294967296.jpg", "tile"),
            ("a_files/0/0/0_0.jpg", "tile"),
        ];
        for (input, field) in cases {
            assert_eq!(parse(input).unwrap_err().field, field, "{input}");
        }
    }

    #[test]
    fn the_document_is_the_one_clients_search_by_substring() {
        // Behaviour specification, 15.
        let response = describe(&fixture::image(&[(1000, 700, 256, 256), (500, 350, 256, 256)]));
        assert_eq!(
            response.body(),
            "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" TileSize=\"256\" \
             Overlap=\"0\" Format=\"jpg\"><Size Width=\"1000\" Height=\"700\"/></Image>"
        );
        assert_eq!(response.value("Content-Type"), Some("application/xml"));
    }

    #[test]
    fn tiles_that_are_not_square_give_their_width() {
        let response = describe(&fixture::image(&[(1000, 700, 128, 64)]));
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        assert!(text.contains("TileSize=\"128\""), "{text}");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String, tail in "(_files/)?[0-9/_.%a-z]{0,24}") {
            fuzz(text.as_bytes());
            fuzz(format!("{text}{tail}").as_bytes());
        }
    }
}
