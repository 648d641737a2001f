/// An output format. One table serves parsers, documents, headers and encoders.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Format {
    /// AV1 image file format.
    Avif,
    /// JPEG (JFIF).
    Jpeg,
    /// Portable network graphics.
    Png,
    /// Tagged image file format.
    Tiff,
    /// WebP.
    Webp,
}

struct Row {
    format: Format,
    extension: &'static str,
    media_type: &'static str,
    encoded: bool,
}

const fn row(
    format: Format,
    extension: &'static str,
    media_type: &'static str,
    encoded: bool,
) -> Row {
    Row { format, extension, media_type, encoded }
}

const TABLE: &[Row] = &[
    row(Format::Jpeg, "jpg", "image/jpeg", true),
    row(Format::Png, "png", "image/png", true),
    row(Format::Webp, "webp", "image/webp", false),
    row(Format::Avif, "avif", "image/avif", false),
    row(Format::Tiff, "tif", "image/tiff", false),
];

impl Format {
    /// All formats, in the order they are advertised.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.format)
    }

    /// Formats this build can write, in the order they are advertised.
    pub fn encoded() -> impl Iterator<Item = Self> {
        TABLE.iter().filter(|row| row.encoded).map(|row| row.format)
    }

    /// The format with this file name extension, as IIIF spells it.
    pub fn from_extension(extension: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.extension.eq_ignore_ascii_case(extension)).map(|row| row.format)
    }

    /// File name extension, as IIIF spells it.
    pub fn extension(self) -> &'static str {
        self.row().extension
    }

    /// Media type.
    pub fn media_type(self) -> &'static str {
        self.row().media_type
    }

    /// Whether this build can write it.
    pub fn is_encoded(self) -> bool {
        self.row().encoded
    }

    fn row(self) -> &'static Row {
        TABLE.iter().find(|row| row.format == self).expect("the table names every format")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_in_the_table() {
        use Format::{Avif, Jpeg, Png, Tiff, Webp};
        for format in [Avif, Jpeg, Png, Tiff, Webp] {
            assert_eq!(Format::from_extension(format.extension()), Some(format));
        }
        assert_eq!(Format::all().count(), 5);
    }
}
