//! What only the embedded HTTP server has: the gallery, the viewer and their parts.

use std::sync::Arc;

use super::metrics;
use super::service::Service;
use crate::error::Error;
use crate::http::{Method, Request, Response, decode, prefix};
use crate::store::{self, Folder};
use crate::web::{self, PAGE_SIZE};
use crate::workers::Lane;

/// Paths that take IIP requests as their query.
const IIP_PATHS: &[&str] = &["/iip", "/fcgi-bin/iipsrv.fcgi"];

/// The pages of the embedded server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pages;

impl Pages {
    /// A page, a refusal of a path nobody answers, or `None` for a request of the service.
    pub(super) async fn answer(
        &self,
        request: &Request<'_>,
        service: &Arc<Service>,
    ) -> Option<Response> {
        if IIP_PATHS.contains(&request.path) || service.map.is_mapped(request.path) {
            return None;
        }
        if !matches!(request.method, Some(Method::Get | Method::Head)) {
            // Refused or, for OPTIONS, answered as everywhere.
            return None;
        }
        let page = self.page(request, service).await;
        Some(match page {
            Ok(response) => service.headers.complete(response.header("Cache-Control", "no-cache")),
            Err(error) => service.headers.refuse(&error),
        })
    }

    async fn page(&self, request: &Request<'_>, service: &Arc<Service>) -> Result<Response, Error> {
        let missing = Error::Store(store::StoreError::NotFound);
        let root = prefix(request).unwrap_or_default();
        match request.path {
            "/" => Ok(web::gallery(root)),
            "/api/images" => self.listing(request, service).await,
            "/metrics" => Ok(metrics::page(service)),
            path => match path.strip_prefix("/view/") {
                Some(id) => {
                    let id = decode(id, false).filter(|id| !id.is_empty()).ok_or(missing)?;
                    Ok(web::viewer(&id, root))
                }
                None => web::asset(path).ok_or(missing),
            },
        }
    }

    async fn listing(
        &self,
        request: &Request<'_>,
        service: &Arc<Service>,
    ) -> Result<Response, Error> {
        let folder = parameter(request.query, "folder").unwrap_or_default();
        let page = parameter(request.query, "page").and_then(|page| page.parse().ok()).unwrap_or(1);
        let (worker, name) = (Arc::clone(service), folder.clone());
        let list = move |_: &mut _| store::list(worker.images.root(), &name);
        let mut listed = service.workers.run(Lane::Tile, list).await??;
        if folder.is_empty() {
            let bundled = service.images.bundled().map(str::to_owned);
            let added: Vec<_> = bundled.filter(|name| !listed.images.contains(name)).collect();
            listed.images.splice(0..0, added);
        }
        Ok(web::listing(&paged(&folder, &listed, page)))
    }
}

fn paged(folder: &str, listed: &Folder, page: usize) -> web::Listing {
    let prefix = match folder.trim_matches('/') {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    let total = listed.images.len();
    let pages = total.div_ceil(PAGE_SIZE).max(1);
    let page = page.clamp(1, pages);
    let path = |name: &String| format!("{prefix}{name}");
    let images = listed.images.iter().skip((page - 1) * PAGE_SIZE).take(PAGE_SIZE);
    web::Listing {
        folder: folder.trim_matches('/').to_owned(),
        folders: listed
            .folders
            .iter()
            .map(|name| web::Folder { name: name.clone(), path: path(name) })
            .collect(),
        images: images.map(|name| web::Image { name: name.clone(), id: path(name) }).collect(),
        page,
        pages,
        total,
    }
}

/// A parameter of a query, decoded.
fn parameter(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.into_iter().find(|(key, _)| *key == name)?.1;
    decode(value, true).map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_images_come_in_pages() {
        let images = (0..10_000).map(|number| format!("{number:05}.tif")).collect();
        let listed = Folder { folders: vec!["x".into()], images };
        let page = paged("/a/", &listed, 2);
        assert_eq!((page.page, page.pages, page.total), (2, 100, 10_000));
        assert_eq!(page.images.len(), 100);
        assert_eq!(page.images[0].id, "a/00100.tif");
        assert_eq!(page.folders[0].path, "a/x");
        assert_eq!(paged("", &listed, 1000).page, 100);
    }
}
