//! Texts of an image, and the tags that TIFF and EXIF have for them.

use crate::command::MetadataKey;

/// TIFF 6.0, section 8, and 12 for names of documents and pages.
pub(super) const TEXTS: [(MetadataKey, u16); 9] = [
    (MetadataKey::Creator, 315),
    (MetadataKey::Date, 306),
    (MetadataKey::Description, 270),
    (MetadataKey::Make, 271),
    (MetadataKey::Model, 272),
    (MetadataKey::PageName, 285),
    (MetadataKey::Rights, 33_432),
    (MetadataKey::Software, 305),
    (MetadataKey::Title, 269),
];
