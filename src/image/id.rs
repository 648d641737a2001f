use std::hash::{BuildHasher, RandomState};

/// What changes when a file is replaced or written to.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct FileVersion {
    /// Seconds since the epoch of the last change of content.
    pub modified: i64,
    /// Nanoseconds of the same time.
    pub modified_nanos: u32,
    /// Seconds and nanoseconds of the last change of the file in any way. Unlike the time above
    /// nobody can set it: it tells files apart that were given the same time, size and, after the
    /// first was deleted, the same inode.
    pub changed: (i64, i64),
    /// Bytes.
    pub size: u64,
    /// Inode and device: a rename puts another file under the same name.
    pub inode: (u64, u64),
}

/// One version of one image, as a cache key.
///
/// 128 bits under two secret keys: nobody can construct two files with the same id, and the id
/// of a file that is closed and opened again stays the same.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ImageId(u64, u64);

/// Makes [`ImageId`]s; one for the life of a process.
#[derive(Debug, Default)]
pub struct ImageIds(RandomState, RandomState);

impl ImageIds {
    /// The id of this version of this file, seen as this view of a sequence or stack.
    pub fn id(&self, name: &str, view: (i32, i32), version: &FileVersion) -> ImageId {
        let parts = (name, view, version);
        ImageId(self.0.hash_one(parts), self.1.hash_one(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_follows_name_view_and_version() {
        let ids = ImageIds::default();
        let version = FileVersion { modified: 1, ..FileVersion::default() };
        let newer = FileVersion { modified_nanos: 1, ..version };
        let id = ids.id("a", (0, 90), &version);
        assert_eq!(id, ids.id("a", (0, 90), &version));
        assert_ne!(id, ids.id("b", (0, 90), &version));
        assert_ne!(id, ids.id("a", (1, 90), &version));
        assert_ne!(id, ids.id("a", (0, 90), &newer));
    }
}
