use std::collections::BTreeMap;

use bytes::Bytes;

use crate::command::MetadataKey;

/// Texts and profiles carried by an image file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Metadata {
    /// Texts by key, none of them empty.
    pub texts: BTreeMap<MetadataKey, String>,
    /// ICC profile.
    pub icc: Option<Bytes>,
    /// XMP packet.
    pub xmp: Option<Bytes>,
    /// EXIF block, starting with its TIFF header. Its orientation is that of the upright picture.
    pub exif: Option<Bytes>,
}

impl Metadata {
    /// A text, when the file has it.
    pub fn text(&self, key: MetadataKey) -> Option<&str> {
        self.texts.get(&key).map(String::as_str)
    }
}
