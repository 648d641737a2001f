use super::{Root, StoreError, name};

/// Names inside a folder, each list sorted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Folder {
    /// Folders.
    pub folders: Vec<String>,
    /// Files that may be images, by their extension.
    pub images: Vec<String>,
}

/// Extensions a gallery shows. Any file can be asked for by name: its content decides.
const EXTENSIONS: &[&str] = &[
    "tif", "tiff", "btf", "tf8", "ptif", "svs", "ome", "jp2", "jpx", "j2k", "jpf", "jpg", "jpeg",
    "png",
];

/// Lists a folder below the root; hidden names are left out.
pub fn list(root: &Root, folder: &str) -> Result<Folder, StoreError> {
    let path =
        if folder.trim_matches('/').is_empty() { String::new() } else { name::clean(folder)? };
    let mut found = Folder::default();
    for (name, is_folder) in root.entries(&path)? {
        if name.starts_with('.') {
            continue;
        }
        if is_folder {
            found.folders.push(name);
        } else if is_image(&name) {
            found.images.push(name);
        }
    }
    found.folders.sort_unstable();
    found.images.sort_unstable();
    Ok(found)
}

fn is_image(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_images_are_sorted_and_the_rest_is_left_out() {
        let root = tempfile::tempdir().unwrap();
        for name in ["b.TIF", "a.tif", "notes.txt", ".hidden.tif"] {
            std::fs::write(root.path().join(name), b"").unwrap();
        }
        std::fs::create_dir(root.path().join("z")).unwrap();
        let root = Root::open(Some(root.path())).unwrap();
        let listed = list(&root, "/").unwrap();
        assert_eq!(listed.folders, ["z"]);
        assert_eq!(listed.images, ["a.tif", "b.TIF"]);
        assert!(list(&root, "../").is_err());
    }
}
