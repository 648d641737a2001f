use serde_json::json;

use crate::http::{Response, Status};

use super::guarded;

/// Images on one page of a [`Listing`].
pub const PAGE_SIZE: usize = 100;

/// One page of a folder, as the gallery shows it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Listing {
    /// Path of the folder below the root, without slashes at the ends; empty for the root.
    pub folder: String,
    /// Folders directly inside.
    pub folders: Vec<Folder>,
    /// Images of this page.
    pub images: Vec<Image>,
    /// Number of the page, from 1.
    pub page: usize,
    /// Number of pages, at least 1.
    pub pages: usize,
    /// Images on all pages.
    pub total: usize,
}

/// A folder inside another.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Folder {
    /// Last segment of the path, to show.
    pub name: String,
    /// Path below the root.
    pub path: String,
}

/// An image in a folder.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Image {
    /// File name, to show.
    pub name: String,
    /// Path below the root, not percent-encoded.
    pub id: String,
}

/// The page as JSON, with the names of the fields of [`Listing`].
pub fn listing(page: &Listing) -> Response {
    let folders: Vec<_> =
        page.folders.iter().map(|it| json!({ "name": it.name, "path": it.path })).collect();
    let images: Vec<_> =
        page.images.iter().map(|it| json!({ "name": it.name, "id": it.id })).collect();
    let body = json!({
        "folder": page.folder,
        "folders": folders,
        "images": images,
        "page": page.page,
        "pages": page.pages,
        "total": page.total,
    });
    guarded(Response::with_body(Status::Ok, "application/json", body.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_written_as_json() {
        let page = Listing {
            folder: "maps".to_owned(),
            folders: vec![Folder { name: "a \"b\"".to_owned(), path: "maps/a \"b\"".to_owned() }],
            images: vec![Image { name: "ü.tif".to_owned(), id: "maps/ü.tif".to_owned() }],
            page: 2,
            pages: 3,
            total: 201,
        };
        let answer = listing(&page);
        assert_eq!(answer.value("Content-Type"), Some("application/json"));
        assert_eq!(
            answer.body(),
            concat!(
                r#"{"folder":"maps","folders":[{"name":"a \"b\"","path":"maps/a \"b\""}],"#,
                r#""images":[{"name":"ü.tif","id":"maps/ü.tif"}],"page":2,"pages":3,"total":201}"#
            )
        );
    }
}
