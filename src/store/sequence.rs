//! Image sequences: files that are views of one object, `<stem><pattern><x>_<y>.<extension>`.
//!
//! Both angles are written as C's `%03d` does. Names are compared with those of a folder's
//! listing; nothing a client sends is taken for a pattern.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use super::StoreError;
use crate::command::Angle;
use crate::image::Views;

/// The sequences of one folder, by stem; `None` when it has too many names.
#[derive(Debug)]
pub(super) struct Sequences(Option<HashMap<String, Sequence>>);

/// The files of one stem.
#[derive(Debug)]
pub(super) struct Sequence {
    extension: String,
    /// An extension that other files of the same stem have.
    other: Option<String>,
    /// Sorted by x, then y.
    angles: Vec<(i32, i32)>,
    views: Arc<Views>,
}

impl Sequences {
    /// Finds the sequences among the names of a folder. The work and the memory are bounded.
    pub(super) fn read(
        names: impl Iterator<Item = io::Result<String>>,
        pattern: &str,
    ) -> io::Result<Self> {
        let mut stems: HashMap<String, Sequence> = HashMap::new();
        let mut views = 0;
        for (count, name) in names.enumerate() {
            let name = name?;
            if count >= MOST_NAMES || views >= MOST_VIEWS {
                return Ok(Self(None));
            }
            let Some((stem, angle, extension)) = parse(&name, pattern) else { continue };
            views += 1;
            if let Some(sequence) = stems.get_mut(stem) {
                sequence.angles.push((angle.x, angle.y));
                if sequence.extension != extension {
                    sequence.other = Some(extension.to_owned());
                }
            } else {
                let sequence = Sequence {
                    extension: extension.to_owned(),
                    other: None,
                    angles: vec![(angle.x, angle.y)],
                    views: Arc::default(),
                };
                stems.insert(stem.to_owned(), sequence);
            }
        }
        for sequence in stems.values_mut() {
            sequence.angles.sort_unstable();
            sequence.angles.shrink_to_fit();
            sequence.views = Arc::new(sequence.count_views());
        }
        Ok(Self(Some(stems)))
    }

    /// The sequence of a stem. Files of several formats are no sequence: nobody can tell which
    /// of two files is meant.
    pub(super) fn find(&self, stem: &str) -> Result<&Sequence, StoreError> {
        let stems = self.0.as_ref().ok_or(StoreError::CrowdedFolder)?;
        let sequence = stems.get(stem).ok_or(StoreError::NotFound)?;
        match &sequence.other {
            None => Ok(sequence),
            Some(other) => {
                let extensions = [sequence.extension.clone(), other.clone()];
                Err(StoreError::Mixed { extensions })
            }
        }
    }
}

impl Sequence {
    /// The file of a view.
    pub(super) fn file(
        &self,
        stem: &str,
        pattern: &str,
        angle: Angle,
    ) -> Result<String, StoreError> {
        let Angle { x, y } = if angle == Angle::DEFAULT { self.default() } else { angle };
        self.angles.binary_search(&(x, y)).map_err(|_| StoreError::NotFound)?;
        Ok(format!("{stem}{pattern}{x:03}_{y:03}.{}", self.extension))
    }

    /// The views that share an angle with the default one.
    pub(super) fn views(&self) -> &Arc<Views> {
        &self.views
    }

    fn count_views(&self) -> Views {
        let Angle { x, y } = self.default();
        let horizontal = self.angles.iter().filter(|angle| angle.1 == y).map(|angle| angle.0);
        let vertical = self.angles.iter().filter(|angle| angle.0 == x).map(|angle| angle.1);
        Views { horizontal: horizontal.collect(), vertical: vertical.collect() }
    }

    /// The view at 0 and 90 degrees. Without it the first one at 90 degrees stands for it, else
    /// the first one: a set of bands may well begin at 400.
    fn default(&self) -> Angle {
        let first = self.angles.iter().min_by_key(|(x, y)| {
            ((*x, *y) != (Angle::DEFAULT.x, Angle::DEFAULT.y), *y != Angle::DEFAULT.y, *x, *y)
        });
        first.map_or(Angle::DEFAULT, |(x, y)| Angle { x: *x, y: *y })
    }
}

/// Stem, view and extension of a file name.
fn parse<'a>(name: &'a str, pattern: &str) -> Option<(&'a str, Angle, &'a str)> {
    let (base, extension) = name.rsplit_once('.')?;
    if !EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension)) {
        return None;
    }
    let (left, y) = base.rsplit_once('_')?;
    let y = number(y)?;
    // The pattern may itself end with digits: the shortest number that leaves it is the angle.
    for length in MIN_DIGITS..=MAX_DIGITS.min(left.len()) {
        let Some((left, x)) = left.split_at_checked(left.len() - length) else { continue };
        if let Some(stem) = left.strip_suffix(pattern)
            && let Some(x) = number(x)
            && !stem.is_empty()
        {
            return Some((stem, Angle { x, y }, extension));
        }
    }
    None
}

/// A number as `%03d` writes it, and in no other way, so that a view has one name.
fn number(text: &str) -> Option<i32> {
    let number: i32 = text.parse().ok()?;
    (format!("{number:03}") == text).then_some(number)
}

/// Names of a folder that are looked at.
const MOST_NAMES: usize = 1_000_000;

/// Views of a folder that are kept.
const MOST_VIEWS: usize = 100_000;

const MIN_DIGITS: usize = 3;
/// Digits of the longest number of 32 bits, and its sign.
const MAX_DIGITS: usize = 11;

/// Extensions a view can have, in any case.
const EXTENSIONS: &[&str] = &["tif", "tiff", "jp2", "jpx", "j2k", "jpf", "jpg", "jpeg", "png"];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &[&str]) -> Sequences {
        let names = names.iter().map(|name| Ok((*name).to_owned()));
        Sequences::read(names, "_pyr_").unwrap()
    }

    fn angle(x: i32, y: i32) -> Angle {
        Angle { x, y }
    }

    #[test]
    fn angles_are_written_with_at_least_three_digits() {
        // The right column is what printf("%03d_%03d") gives.
        for (name, expected) in [
            ("a_pyr_000_090.tif", Some(("a", angle(0, 90), "tif"))),
            ("a_pyr_1550_090.tif", Some(("a", angle(1550, 90), "tif"))),
            ("a_pyr_-05_090.JP2", Some(("a", angle(-5, 90), "JP2"))),
            ("a_pyr_-123_-45.png", Some(("a", angle(-123, -45), "png"))),
            ("a_pyr_2147483647_090.tif", Some(("a", angle(i32::MAX, 90), "tif"))),
            ("a_pyr_b_pyr_001_002.jpeg", Some(("a_pyr_b", angle(1, 2), "jpeg"))),
            ("ü_pyr_001_002.tif", Some(("ü", angle(1, 2), "tif"))),
            ("a_pyr_00_090.tif", None),
            ("a_pyr_0000_090.tif", None),
            ("a_pyr_+00_090.tif", None),
            ("a_pyr_000_90.tif", None),
            ("a_pyr_2147483648_090.tif", None),
            ("a_pyr_000_090.tif.xml", None),
            ("a_pyr_000_090", None),
            ("_pyr_000_090.tif", None),
            ("a_000_090.tif", None),
        ] {
            assert_eq!(parse(name, "_pyr_"), expected, "{name}");
        }
        assert_eq!(parse("a_v2000_090.tif", "_v2"), Some(("a", angle(0, 90), "tif")));
    }

    #[test]
    fn views_are_found_by_their_angles_and_listed_in_order() {
        let sequences = read(&[
            "cube_pyr_700_090.tif",
            "cube_pyr_000_090.tif",
            "cube_pyr_1000_090.tif",
            "cube_pyr_000_045.tif",
            "cube_pyr_400_045.tif",
            "other_pyr_001_090.tif",
            "notes.txt",
        ]);
        let cube = sequences.find("cube").unwrap();
        let views = cube.views();
        assert_eq!(views.horizontal, [0, 700, 1000]);
        assert_eq!(views.vertical, [45, 90]);
        let file = |x, y| cube.file("d/cube", "_pyr_", angle(x, y)).ok();
        assert_eq!(file(0, 90).as_deref(), Some("d/cube_pyr_000_090.tif"));
        assert_eq!(file(1000, 90).as_deref(), Some("d/cube_pyr_1000_090.tif"));
        assert_eq!(file(400, 45).as_deref(), Some("d/cube_pyr_400_045.tif"));
        assert_eq!(file(400, 90), None);
        assert!(matches!(sequences.find("cub"), Err(StoreError::NotFound)));
    }

    #[test]
    fn the_first_view_stands_for_a_missing_default() {
        let sequences = read(&["a_pyr_700_090.tif", "a_pyr_400_090.tif", "a_pyr_100_045.tif"]);
        let found = sequences.find("a").unwrap();
        let file = found.file("a", "_pyr_", Angle::DEFAULT).unwrap();
        assert_eq!(file, "a_pyr_400_090.tif");
        assert_eq!(found.views().horizontal, [400, 700]);
        assert_eq!(found.views().vertical, [90]);
    }

    #[test]
    fn a_folder_with_too_many_views_has_no_sequences() {
        let names = |most| (0..most).map(|x| Ok(format!("a_pyr_{x:03}_090.tif")));
        let sequences = Sequences::read(names(MOST_VIEWS), "_pyr_").unwrap();
        assert_eq!(sequences.find("a").unwrap().views().horizontal.len(), MOST_VIEWS);
        let sequences = Sequences::read(names(MOST_VIEWS + 1), "_pyr_").unwrap();
        assert!(matches!(sequences.find("a"), Err(StoreError::CrowdedFolder)));
    }

    #[test]
    fn several_formats_of_one_stem_are_refused() {
        let sequences = read(&["a_pyr_000_090.tif", "a_pyr_000_090.jp2", "b_pyr_000_090.tif"]);
        let error = sequences.find("a").unwrap_err();
        assert!(error.to_string().contains("`tif` and `jp2`"), "{error}");
        assert!(sequences.find("b").is_ok());
    }
}
