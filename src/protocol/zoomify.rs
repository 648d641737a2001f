//! Zoomify: `<path>/ImageProperties.xml` and `<path>/TileGroup<n>/<tier>-<column>-<row>.<format>`.
//!
//! The number of the tile group is not looked at: tier, column and row already name the tile, and
//! viewers disagree about the group. The document has one tile size for both directions: the tile
//! width of the full size. Tiers are those of [`ZoomifyPyramid`], whatever the file has stored.

use super::{ParseError, strict};
use crate::command::{Action, Command, Fact, Format, TileSelect, View};
use crate::http::{Response, Status};
use crate::image::{ImageInfo, ZoomifyPyramid};

/// Reads the path behind the mapping, percent-encoded as received.
pub fn parse(input: &str) -> Result<Command, ParseError> {
    if let Some(name) = input.strip_suffix("/ImageProperties.xml") {
        let action = Action::Describe(vec![Fact::Document]);
        return Ok(Command { image: Some(strict::image(name, FIELD)?), action });
    }
    let (name, tile) =
        input.rsplit_once("/TileGroup").ok_or_else(|| ParseError::new(FIELD, USAGE))?;
    let (tile, format) = read_tile(tile).ok_or_else(|| ParseError::new("tile", TILE_USAGE))?;
    let action = Action::Tile { tile, view: View::whole(format) };
    Ok(Command { image: Some(strict::image(name, FIELD)?), action })
}

/// Writes the document. Clients read fields by their position: the order must stay.
pub fn describe(info: &ImageInfo) -> Response {
    let tile = info.levels.first().map_or(1, |level| level.tile_width);
    let (width, height) = (info.width(), info.height());
    let tiles = ZoomifyPyramid::new(width, height, tile).tiles();
    let body = format!(
        "<IMAGE_PROPERTIES WIDTH=\"{width}\" HEIGHT=\"{height}\" NUMTILES=\"{tiles}\" \
         NUMIMAGES=\"1\" VERSION=\"1.8\" TILESIZE=\"{tile}\"/>"
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

/// `<group>/<tier>-<column>-<row>.<extension>`
fn read_tile(tile: &str) -> Option<(TileSelect, Format)> {
    let (_group, file) = tile.split_once('/')?;
    let (position, extension) = file.split_once('.')?;
    let (tier, position) = position.split_once('-')?;
    let (column, row) = position.split_once('-')?;
    let tile = TileSelect::Zoomify {
        tier: strict::integer(tier)?,
        column: strict::integer(column)?,
        row: strict::integer(row)?,
    };
    // iipsrv answers JPEG whatever the extension; an extension of another format that can be
    // written means that format.
    Some((tile, Format::of_picture(extension).unwrap_or(Format::Jpeg)))
}

const FIELD: &str = "path";
const USAGE: &str =
    "expected <image>/ImageProperties.xml or <image>/TileGroup0/<tier>-<column>-<row>.jpg";
const TILE_USAGE: &str = "expected TileGroup0/<tier>-<column>-<row>.jpg with whole numbers from 0";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::fixture;

    #[test]
    fn image_properties_ask_for_the_document() {
        let command = parse("dir/a%20b.tif/ImageProperties.xml").unwrap();
        assert_eq!(&*command.image.unwrap().name, "dir/a b.tif");
        assert_eq!(command.action, Action::Describe(vec![Fact::Document]));
    }

    #[test]
    fn tiles_are_read_with_tier_position_and_format() {
        let cases = [
            ("a/TileGroup0/2-3-1.jpg", "a", (2, 3, 1), Format::Jpeg),
            ("a/TileGroup17/0-0-0.png", "a", (0, 0, 0), Format::Png),
            ("a/TileGroupX/0-0-0.jpg", "a", (0, 0, 0), Format::Jpeg),
            ("a/TileGroup0/0-0-0.tif", "a", (0, 0, 0), Format::Tiff),
            ("a/TileGroup0/0-0-0.webp", "a", (0, 0, 0), Format::Webp),
            ("a/TileGroup0/0-0-0.gif", "a", (0, 0, 0), Format::Jpeg),
            ("TileGroup0/a%2520/TileGroup0/0-0-0.jpg", "TileGroup0/a%20", (0, 0, 0), Format::Jpeg),
        ];
        for (input, name, (tier, column, row), format) in cases {
            let command = parse(input).unwrap();
            assert_eq!(&*command.image.unwrap().name, name, "{input}");
            let tile = TileSelect::Zoomify { tier, column, row };
            assert_eq!(command.action, Action::Tile { tile, view: View::whole(format) }, "{input}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let cases = [
            ("", "path"),
            ("a", "path"),
            ("/ImageProperties.xml", "path"),
            ("a/imageproperties.xml", "path"),
            ("/TileGroup0/0-0-0.jpg", "path"),
            ("a/TileGroup0", "tile"),
            ("a/TileGroup0/0-0.jpg", "tile"),
            ("a/TileGroup0/0-0-0", "tile"),
            ("a/TileGroup0/0-0-0-0.jpg", "tile"),
            ("a/TileGroup0/-1-0-0.jpg", "tile"),
            ("a/TileGroup0/4294967296-0-0.jpg", "tile"),
            ("a/TileGroup0/b/0-0-0.jpg", "tile"),
        ];
        for (input, field) in cases {
            assert_eq!(parse(input).unwrap_err().field, field, "{input}");
        }
    }

    #[test]
    fn the_document_has_the_attribute_order_clients_rely_on() {
        // Behaviour specification, 16.
        let response = describe(&fixture::image(&[(1000, 700, 256, 256), (500, 350, 256, 256)]));
        assert_eq!(
            response.body(),
            "<IMAGE_PROPERTIES WIDTH=\"1000\" HEIGHT=\"700\" NUMTILES=\"17\" NUMIMAGES=\"1\" \
             VERSION=\"1.8\" TILESIZE=\"256\"/>"
        );
        assert_eq!(response.value("Content-Type"), Some("application/xml"));
    }

    #[test]
    fn the_count_of_tiles_does_not_depend_on_stored_levels() {
        let count = |levels: &[(u32, u32, u32, u32)]| {
            let response = describe(&fixture::image(levels));
            let text = String::from_utf8(response.body().to_vec()).unwrap();
            text.split('"').nth(5).unwrap().to_owned()
        };
        // iipsrv counts a level of exactly one tile twice: 22.
        assert_eq!(
            count(&[(512, 512, 128, 128), (256, 256, 128, 128), (128, 128, 128, 128)]),
            "21"
        );
        assert_eq!(count(&[(512, 512, 128, 128)]), "21");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String, tail in "(/TileGroup)?[0-9/.%a-z-]{0,24}") {
            fuzz(text.as_bytes());
            fuzz(format!("{text}{tail}").as_bytes());
        }
    }
}
