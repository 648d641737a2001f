use super::{StoreError, name};
use crate::command::{Angle, ImageRef};

/// Which image is meant: a clean path below the root, and an angle of it.
///
/// The path is that of a file without `FILESYSTEM_SUFFIX`, or what the files of a sequence have
/// in common.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Address {
    pub(super) name: String,
    pub(super) angle: Angle,
}

impl Address {
    /// The address of an image as a client names it.
    pub fn new(image: &ImageRef) -> Result<Self, StoreError> {
        let angle = image.angle.unwrap_or(Angle::DEFAULT);
        Ok(Self { name: name::clean(&image.name)?, angle })
    }

    /// The default view of the same image.
    pub(super) fn of_default(&self) -> Self {
        Self { name: self.name.clone(), angle: Angle::DEFAULT }
    }

    /// The page of a stack: the vertical angle does not matter.
    pub(super) fn of_page(&self) -> Self {
        Self { name: self.name.clone(), angle: Angle { y: Angle::DEFAULT.y, ..self.angle } }
    }

    /// Number of the page of a stack. No file has as many pages as a negative number becomes.
    pub(super) fn page(&self) -> u32 {
        u32::try_from(self.angle.x).unwrap_or(u32::MAX)
    }

    /// Folder, empty for the root, and name in it.
    pub(super) fn split(&self) -> (&str, &str) {
        self.name.rsplit_once('/').unwrap_or(("", &self.name))
    }
}
