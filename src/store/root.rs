use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use rustix::fs::{AtFlags, FileType, OFlags};

use crate::image::FileVersion;

/// The version in a file's metadata. Those of `std` and of `cap_std` have the same methods in
/// different traits.
macro_rules! version {
    ($metadata:expr) => {
        FileVersion {
            modified: $metadata.mtime(),
            modified_nanos: u32::try_from($metadata.mtime_nsec()).unwrap_or(0),
            changed: ($metadata.ctime(), $metadata.ctime_nsec()),
            size: $metadata.len(),
            inode: ($metadata.dev(), $metadata.ino()),
        }
    };
}

/// The folder below which images are found.
///
/// Paths are resolved by the operating system below an open folder handle (`openat2` with
/// `RESOLVE_BENEATH` on Linux), so that no name and no symbolic link leads out of it, not even one
/// that changes while it is resolved.
#[derive(Debug)]
pub enum Root {
    /// All files of the machine; only when `/` was asked for explicitly.
    Everything,
    /// One folder.
    Folder(Dir),
    /// Nothing.
    None,
}

/// A root that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error(
    "image folder {path:?} cannot be opened: {cause}; give an existing folder, for example \
     pyramis /srv/images or FILESYSTEM_PREFIX=/srv/images"
)]
pub struct RootError {
    path: PathBuf,
    cause: io::Error,
}

impl Root {
    /// Opens a folder as root; no path means no root.
    pub fn open(path: Option<&Path>) -> Result<Self, RootError> {
        match path {
            None => Ok(Self::None),
            Some(path) if path == Path::new("/") => Ok(Self::Everything),
            Some(path) => Dir::open_ambient_dir(path, ambient_authority())
                .map(Self::Folder)
                .map_err(|cause| RootError { path: path.to_owned(), cause }),
        }
    }

    /// Opens a regular file by its clean relative path.
    pub(super) fn file(&self, path: &str) -> io::Result<std::fs::File> {
        let file = match self {
            Self::Everything => {
                use std::os::unix::fs::OpenOptionsExt;
                let mut options = std::fs::OpenOptions::new();
                options.read(true).custom_flags(NO_WAIT).open(Path::new("/").join(path))?
            }
            Self::Folder(folder) => {
                use cap_std::fs::OpenOptionsExt;
                let mut options = cap_std::fs::OpenOptions::new();
                folder.open_with(path, options.read(true).custom_flags(NO_WAIT))?.into_std()
            }
            Self::None => return Err(io::ErrorKind::NotFound.into()),
        };
        // A device could never end.
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    /// The version of a regular file, without opening it for reading.
    pub(super) fn version(&self, path: &str) -> io::Result<FileVersion> {
        match self {
            Self::Everything => version_of(&std::fs::metadata(Path::new("/").join(path))?),
            Self::Folder(folder) => {
                use cap_std::fs::MetadataExt;
                let metadata = folder.metadata(path)?;
                if !metadata.is_file() {
                    return Err(io::ErrorKind::NotFound.into());
                }
                Ok(version!(metadata))
            }
            Self::None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Whether a path leads to this version of a file now. Nothing is opened, so it does not matter
    /// where else the path may lead: only a file that was found below the root is recognised.
    pub(super) fn has(&self, path: &str, version: &FileVersion) -> bool {
        let Self::Folder(folder) = self else {
            return self.version(path).is_ok_and(|current| current == *version);
        };
        rustix::fs::statat(folder, path, AtFlags::empty()).is_ok_and(|stat| {
            let current = FileVersion {
                modified: stat.st_mtime,
                modified_nanos: u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
                changed: (stat.st_ctime, stat.st_ctime_nsec.cast_signed()),
                size: u64::try_from(stat.st_size).unwrap_or(0),
                inode: (stat.st_dev, stat.st_ino),
            };
            FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile && current == *version
        })
    }

    /// The version of a folder by its clean relative path, empty for the root. It changes when a
    /// file is added, renamed or removed.
    pub(super) fn folder_version(&self, path: &str) -> io::Result<FileVersion> {
        match self {
            Self::Everything => {
                let metadata = std::fs::metadata(Path::new("/").join(path))?;
                if !metadata.is_dir() {
                    return Err(io::ErrorKind::NotADirectory.into());
                }
                Ok(version!(metadata))
            }
            Self::Folder(folder) => {
                use cap_std::fs::MetadataExt;
                let metadata =
                    if path.is_empty() { folder.dir_metadata()? } else { folder.metadata(path)? };
                if !metadata.is_dir() {
                    return Err(io::ErrorKind::NotADirectory.into());
                }
                Ok(version!(metadata))
            }
            Self::None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// All names in a folder by its clean relative path, empty for the root. Names that are not
    /// UTF-8 are left out: no identifier can be one.
    pub(super) fn names(
        &self,
        path: &str,
    ) -> io::Result<Box<dyn Iterator<Item = io::Result<String>>>> {
        let text = |name: std::ffi::OsString| name.into_string().ok();
        Ok(match self {
            Self::Everything => {
                Box::new(std::fs::read_dir(Path::new("/").join(path))?.filter_map(move |found| {
                    found.map(|found| text(found.file_name())).transpose()
                }))
            }
            Self::Folder(folder) => {
                let listed = if path.is_empty() { folder.entries() } else { folder.read_dir(path) };
                Box::new(listed?.filter_map(move |found| {
                    found.map(|found| text(found.file_name())).transpose()
                }))
            }
            Self::None => return Err(io::ErrorKind::NotFound.into()),
        })
    }

    /// Entries of a folder by its clean relative path, empty for the root: names, and whether
    /// each is a folder.
    pub(super) fn entries(&self, path: &str) -> io::Result<Vec<(String, bool)>> {
        let entry =
            |name: std::ffi::OsString, is_folder| Some((name.into_string().ok()?, is_folder));
        let mut entries = Vec::new();
        match self {
            Self::Everything => {
                for found in std::fs::read_dir(Path::new("/").join(path))? {
                    let found = found?;
                    entries.extend(entry(found.file_name(), found.file_type()?.is_dir()));
                }
            }
            Self::Folder(folder) => {
                let listed = if path.is_empty() { folder.entries() } else { folder.read_dir(path) };
                for found in listed? {
                    let found = found?;
                    entries.extend(entry(found.file_name(), found.file_type()?.is_dir()));
                }
            }
            Self::None => {}
        }
        Ok(entries)
    }
}

/// The version of an open file.
pub(super) fn version_of(metadata: &std::fs::Metadata) -> io::Result<FileVersion> {
    if !metadata.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok(version!(metadata))
}

/// Opening a pipe that nobody writes to would wait for ever; regular files do not care.
const NO_WAIT: i32 = OFlags::NONBLOCK.bits().cast_signed();

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn nothing_outside_the_root_can_be_opened() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret.tif"), b"secret").unwrap();
        let inside = tempfile::tempdir().unwrap();
        std::fs::create_dir(inside.path().join("sub")).unwrap();
        std::fs::write(inside.path().join("sub/a.tif"), b"a").unwrap();
        symlink(outside.path().join("secret.tif"), inside.path().join("link.tif")).unwrap();
        symlink(outside.path(), inside.path().join("folder")).unwrap();
        symlink("sub/a.tif", inside.path().join("inner.tif")).unwrap();
        let root = Root::open(Some(inside.path())).unwrap();
        assert!(root.file("sub/a.tif").is_ok());
        assert!(root.file("inner.tif").is_ok());
        for name in ["link.tif", "folder/secret.tif", "../x", "/etc/passwd", "sub", "no.tif"] {
            assert!(root.file(name).is_err(), "{name}");
            assert!(root.version(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_pipe_is_refused_without_waiting_for_its_writer() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.tif");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        assert!(Root::open(Some(folder.path())).unwrap().file("pipe.tif").is_err());
        assert!(Root::Everything.file(pipe.to_str().unwrap().trim_start_matches('/')).is_err());
    }

    #[test]
    fn a_root_that_does_not_exist_is_named() {
        let error = Root::open(Some(Path::new("/does/not/exist"))).unwrap_err();
        assert!(error.to_string().contains("\"/does/not/exist\""));
    }
}
