/// An output format. One table serves parsers, documents, headers and encoders.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Format {
    /// AV1 image file format.
    Avif,
    /// JPEG (JFIF).
    Jpeg,
    /// Portable network graphics.
    Png,
    /// Samples alone, as they lie in memory: interleaved, little-endian.
    Raw,
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
    row(Format::Webp, "webp", "image/webp", true),
    row(Format::Avif, "avif", "image/avif", cfg!(feature = "avif")),
    row(Format::Tiff, "tif", "image/tiff", true),
    row(Format::Raw, "raw", "application/octet-stream", true),
];

impl Format {
    /// All formats, in the order they are advertised.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.format)
    }

    /// Formats of pictures this build can write, in the order they are advertised. Raw samples
    /// are none: what they are is only in the headers of an answer.
    pub fn pictures() -> impl Iterator<Item = Self> {
        TABLE
            .iter()
            .map(|row| row.format)
            .filter(|format| *format != Self::Raw && format.is_encoded())
    }

    /// The format of pictures with this file name extension, as IIIF spells it; `None` when this
    /// build cannot write it.
    pub fn of_picture(extension: &str) -> Option<Self> {
        Self::pictures().find(|format| format.extension().eq_ignore_ascii_case(extension))
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
        use Format::{Avif, Jpeg, Png, Raw, Tiff, Webp};
        let all: Vec<_> = Format::all().collect();
        for format in [Avif, Jpeg, Png, Raw, Tiff, Webp] {
            assert!(all.contains(&format));
            let of_picture = format.is_encoded() && format != Raw;
            let expected = of_picture.then_some(format);
            assert_eq!(Format::of_picture(format.extension()), expected, "{format:?}");
        }
        assert_eq!(all.len(), 6);
    }

    #[test]
    fn extensions_are_read_in_any_case() {
        assert_eq!(Format::of_picture("JPG"), Some(Format::Jpeg));
        assert_eq!(Format::of_picture("jpeg"), None);
    }
}
