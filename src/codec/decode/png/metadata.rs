//! Profiles, texts and resolution.

use std::collections::BTreeMap;

use bytes::Bytes;
use libdeflater::{DecompressionError, Decompressor};

use super::header::Head;
use crate::codec::exif::{self, Exif};
use crate::command::MetadataKey;
use crate::image::{Metadata, Resolution, ResolutionUnit};

/// A text of a file (PNG, 11.3.3) that this server knows a use for.
#[derive(Debug)]
pub(super) struct Text {
    use_as: Use,
    compressed: bool,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Use {
    Key(MetadataKey),
    Xmp,
}

impl Text {
    /// Takes the data of a `tEXt`, `zTXt` or `iTXt` chunk.
    pub(super) fn new(chunk: [u8; 4], body: &[u8]) -> Option<Self> {
        let (keyword, rest) = split(body)?;
        let use_as = match keyword {
            b"XML:com.adobe.xmp" => Use::Xmp,
            keyword => {
                let known = |known: &&(&[u8], MetadataKey)| known.0.eq_ignore_ascii_case(keyword);
                Use::Key(KEYWORDS.iter().find(known)?.1)
            }
        };
        let (compressed, text) = match (&chunk, rest) {
            (b"tEXt", text) => (false, text),
            (b"zTXt", [0, text @ ..]) => (true, text),
            (b"iTXt", [flag, _, rest @ ..]) => {
                let (_language, rest) = split(rest)?;
                let (_translated, text) = split(rest)?;
                (*flag == 1, text)
            }
            _ => return None,
        };
        Some(Self { use_as, compressed, bytes: text.to_vec() })
    }
}

/// Texts and profiles, together not longer than `limit`. The texts of the file itself come before
/// those of its EXIF block.
pub(super) fn metadata(head: &Head, exif: &Exif, limit: usize) -> Metadata {
    let mut left = limit;
    let (mut texts, mut xmp) = (BTreeMap::new(), None);
    for Text { use_as, compressed, bytes } in &head.texts {
        let text = if *compressed { inflate(bytes, left) } else { Some(bytes.clone()) };
        let Some(text) = text.filter(|text| text.len() <= left) else { continue };
        left -= text.len();
        let key = match use_as {
            Use::Key(key) => *key,
            Use::Xmp => {
                xmp = xmp.or_else(|| Some(Bytes::from(text.clone())));
                MetadataKey::Xmp
            }
        };
        let text = exif::text(text);
        if !text.is_empty() {
            texts.entry(key).or_insert(text);
        }
    }
    for (key, text) in &exif.texts {
        texts.entry(*key).or_insert_with(|| text.clone());
    }
    Metadata {
        texts,
        icc: head.icc.as_ref().and_then(|icc| profile(icc, left)),
        xmp: xmp.filter(|xmp| !xmp.is_empty()),
        exif: head.exif.as_ref().and_then(exif::upright),
    }
}

/// A length from the file itself, else from EXIF, else the ratio the file gives.
#[must_use]
pub(super) fn resolution(head: &Head, exif: &Exif) -> Option<Resolution> {
    let stored = head.density.map(|(x, y, metre)| {
        let (x, y) = (f64::from(x), f64::from(y));
        if metre {
            Resolution { x: x / 100.0, y: y / 100.0, unit: ResolutionUnit::Centimetre }
        } else {
            Resolution { x, y, unit: ResolutionUnit::Unknown }
        }
    });
    match stored {
        Some(Resolution { unit: ResolutionUnit::Unknown, .. }) => exif.resolution.or(stored),
        Some(_) => stored,
        None => exif.resolution,
    }
}

/// The profile of an `iCCP` chunk: a name, the method 0, and compressed bytes.
fn profile(chunk: &[u8], limit: usize) -> Option<Bytes> {
    let (_name, rest) = split(chunk)?;
    let [0, compressed @ ..] = rest else { return None };
    let profile = inflate(compressed, limit)?;
    (profile.get(36..40)? == b"acsp").then(|| profile.into())
}

/// Decompresses a text or a profile, unless it is damaged or longer than `limit`.
fn inflate(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut decompressor = Decompressor::new();
    let mut room = bytes.len().saturating_mul(4).clamp(1 << 10, 1 << 20);
    loop {
        let mut out = vec![0; room.min(limit)];
        match decompressor.zlib_decompress(bytes, &mut out) {
            Ok(len) => {
                out.truncate(len);
                return Some(out);
            }
            Err(DecompressionError::InsufficientSpace) if room < limit => {
                room = room.saturating_mul(4);
            }
            Err(_) => return None,
        }
    }
}

/// What is before the first NUL, and what is behind it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let (before, after) = bytes.split_at(end);
    Some((before, after.get(1..)?))
}

/// Keywords of the standard (PNG, 11.3.3.2) and what they are in other formats.
const KEYWORDS: [(&[u8], MetadataKey); 6] = [
    (b"Author", MetadataKey::Creator),
    (b"Copyright", MetadataKey::Rights),
    (b"Creation Time", MetadataKey::Date),
    (b"Description", MetadataKey::Description),
    (b"Software", MetadataKey::Software),
    (b"Title", MetadataKey::Title),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::default());
        let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
        let len = compressor.zlib_compress(bytes, &mut out).unwrap();
        out.truncate(len);
        out
    }

    #[test]
    fn texts_of_all_three_kinds_are_read() {
        let compressed = deflate(b"caf\xe9");
        for (chunk, body) in [
            (b"tEXt", &b"Title\0caf\xe9"[..]),
            (b"zTXt", &[b"Title\0\0", &compressed[..]].concat()),
            (b"iTXt", b"Title\0\0\0fr\0Titre\0caf\xc3\xa9"),
            (b"iTXt", &[b"title\0\x01\0\0\0", &compressed[..]].concat()),
        ] {
            let text = Text::new(*chunk, body).unwrap();
            assert_eq!(text.use_as, Use::Key(MetadataKey::Title));
            let bytes =
                if text.compressed { inflate(&text.bytes, 99).unwrap() } else { text.bytes };
            assert_eq!(exif::text(bytes), "caf\u{e9}");
        }
        assert!(Text::new(*b"tEXt", b"Comment\0text").is_none());
        assert!(Text::new(*b"zTXt", b"Title\0\x01text").is_none());
        assert!(Text::new(*b"tEXt", b"Title").is_none());
        assert!(Text::new(*b"iTXt", b"Title\0\0\0fr").is_none());
    }

    #[test]
    fn bombs_are_not_inflated() {
        let bomb = deflate(&vec![0; 4 << 20]);
        assert_eq!(inflate(&bomb, 4 << 20).unwrap().len(), 4 << 20);
        assert_eq!(inflate(&bomb, (4 << 20) - 1), None);
        assert_eq!(inflate(&bomb, 0), None);
        assert_eq!(inflate(b"nonsense", 99), None);
    }
}
