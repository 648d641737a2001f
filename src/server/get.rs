use std::sync::Arc;

use super::build::{BuildError, Sample};
use super::service::Service;
use crate::config::Config;
use crate::http::{Method, Request, Response};

/// Answers request strings without a server, in order. Each answer is handed to `answered`, which
/// says whether to go on.
///
/// A request string is what stands behind the `?` of an IIP address: `FIF=a.tif&CVT=jpeg`,
/// `IIIF=a.tif/full/max/0/default.jpg`, `DeepZoom=a.tif.dzi`, `Zoomify=a.tif/TileGroup0/0-0-0.jpg`.
pub async fn get(
    config: &Config,
    requests: impl Iterator<Item = String>,
    mut answered: impl FnMut(&str, &Response) -> bool,
) -> Result<(), BuildError> {
    let service = Arc::new(Service::new(config, Sample::Shown)?);
    for query in requests {
        let request = Request { method: Some(Method::Get), query: &query, ..Request::default() };
        let response = service.answer(&request).await;
        if !answered(&query, &response) {
            break;
        }
    }
    Ok(())
}
