//! The embedded HTTP server: hyper on the outside, the same requests and answers inside.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::pages::Pages;
use super::service::Service;
use super::signals::stopped;
use crate::error::Error;
use crate::http::{Method, Request, Response, split_target};

/// Limits of one connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of a request body.
    pub(super) body: usize,
    /// Time to send the headers of a request, also of the next one on a kept connection.
    pub(super) read: Duration,
}

/// Longest request target; longer ones are refused with 414.
const MAX_TARGET: usize = 32 << 10;

/// Serves one connection until the client or a stop ends it.
pub(super) async fn serve<S>(
    stream: S,
    service: Arc<Service>,
    pages: Arc<Pages>,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let handler = service_fn(|request| handle(request, &service, &pages, limits));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.read)
        .max_buf_size(64 << 10)
        .serve_connection(TokioIo::new(stream), handler);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(cause = %error, "http connection ended");
    }
}

async fn handle(
    request: hyper::Request<Incoming>,
    service: &Arc<Service>,
    pages: &Arc<Pages>,
    limits: Limits,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    if target.len() > MAX_TARGET {
        return Ok(convert(&service.headers.refuse(&Error::UriTooLong), false));
    }
    let method = Method::from_name(parts.method.as_str());
    let body = match method {
        Some(Method::Post) => match Limited::new(body, limits.body).collect().await {
            Ok(body) => body.to_bytes(),
            Err(_) => return Ok(convert(&service.headers.refuse(&Error::TooLarge), false)),
        },
        _ => Bytes::new(),
    };
    let (path, query) = split_target(target);
    let request = view(method, path, query, &parts.headers, &body);
    let response = match pages.answer(&request, service).await {
        Some(response) => response,
        None => service.answer(&request).await,
    };
    Ok(convert(&response, method == Some(Method::Head)))
}

fn view<'a>(
    method: Option<Method>,
    path: &'a str,
    query: &'a str,
    headers: &'a HeaderMap,
    body: &'a [u8],
) -> Request<'a> {
    let value = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let other = |name: &'static str| headers.get(name).and_then(|value| value.to_str().ok());
    Request {
        method,
        path,
        query,
        body,
        https: false,
        host: value(header::HOST),
        accept: value(header::ACCEPT),
        forwarded: value(header::FORWARDED),
        if_modified_since: value(header::IF_MODIFIED_SINCE),
        if_none_match: value(header::IF_NONE_MATCH),
        forwarded_host: other("x-forwarded-host"),
        forwarded_prefix: other("x-forwarded-prefix"),
        forwarded_proto: other("x-forwarded-proto"),
        iiif_id: other("x-iiif-id"),
    }
}

fn convert(response: &Response, head: bool) -> hyper::Response<Full<Bytes>> {
    let body = response.body().clone();
    let length = body.len();
    let mut converted = hyper::Response::new(Full::new(if head { Bytes::new() } else { body }));
    *converted.status_mut() = hyper::StatusCode::from_u16(response.status().code())
        .unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = converted.headers_mut();
    for (name, value) in response.headers() {
        // A value with bytes outside ASCII is legal on the wire, but not every value is.
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            headers.append(name, value);
        }
    }
    if response.status().has_body() {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    converted
}
