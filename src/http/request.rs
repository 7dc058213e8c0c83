//! Reading a request: parameters, visitor, and what the browser says of where it comes from.

use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::{HeaderMap, Method, header, request::Parts};

use super::client_address::client_address;
use super::limits::MAX_QUERY;
use super::platform::platform;
use super::state::State;
use crate::base::params::{ParamError, RawParams};
use crate::domain::refusal::{Code, Refusal};
use crate::flows::next::{Arrival, Place, Visitor};
use crate::texts::negotiate::accepted;

/// The field that marks a form which our own page posts again.
pub const POSTED_AGAIN: &str = "posted_again";

/// What a handler knows of its request.
#[derive(Debug)]
pub struct Asked {
    /// Parameters of the query of a GET, or of the form of a POST.
    pub params: RawParams,
    /// Who asks.
    pub visitor: Visitor,
    /// All headers.
    pub headers: HeaderMap,
    /// GET or POST.
    pub method: Method,
    /// Whether our own page posts it, be it a form of ours or one that is posted again.
    pub origin: PostOrigin,
    /// Names the request in log and page.
    pub request_id: RequestId,
}

/// Where a POST comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostOrigin {
    /// A page of ours in a browser, whose Content-Security-Policy holds for where the answer leads.
    OurPage,
    /// Anything else.
    Elsewhere,
}

/// Names one request, for those that belong to no attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// The address by which a visitor is counted; none where nothing tells it.
#[must_use]
pub fn address(state: &State, headers: &HeaderMap, peer: SocketAddr) -> Option<IpAddr> {
    Some(client_address(peer, headers, &state.settings.trusted_proxies).nearest())
}

/// Reads the visitor from the headers.
#[must_use]
pub fn visitor(state: &State, headers: &HeaderMap, peer: SocketAddr) -> Visitor {
    let address = client_address(peer, headers, &state.settings.trusted_proxies);
    let mut visitor = Visitor {
        address: Some(address.nearest()),
        network: address.of_visitor(),
        platform: platform(headers),
        language: headers.get(header::ACCEPT_LANGUAGE).and_then(|value| accepted(value.to_str().ok()?)),
        ..Visitor::default()
    };
    state.cookies.read(headers, &mut visitor);
    visitor.arrival = arrival(headers, state.services.settings.public_url.as_str());
    visitor.place = match destination(headers) {
        Some(Destination::Frame) => Place::Frame,
        Some(Destination::Document | Destination::Other) | None => Place::Window,
    };
    visitor
}

/// What a browser makes of the answer to a request (Fetch Metadata Request Headers 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// A page in a tab or window.
    Document,
    /// A page in a frame of another page.
    Frame,
    /// No page: an image, a script, what a script fetches.
    Other,
}

/// What the browser says of the destination; nothing, where it is too old or no browser.
#[must_use]
pub fn destination(headers: &HeaderMap) -> Option<Destination> {
    let said = headers.get("sec-fetch-dest")?;
    Some(match said.as_bytes() {
        b"document" => Destination::Document,
        b"iframe" | b"frame" => Destination::Frame,
        _ => Destination::Other,
    })
}

/// Whether the browser says that another site made the request. Browsers too old for fetch metadata
/// still name the origin of a POST; what names neither is no browser and has no site.
fn arrival(headers: &HeaderMap, public_url: &str) -> Arrival {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some("cross-site"), _) => Arrival::CrossSite,
        (None, Some(origin)) if origin != public_url => Arrival::CrossSite,
        _ => Arrival::SameSite,
    }
}

/// Reads a whole request with a body of at most `max_body` bytes.
///
/// # Errors
/// A refusal with the reason: too large, too slow, not a form, badly encoded.
pub async fn read(
    state: &Arc<State>,
    parts: Parts,
    body: Body,
    peer: SocketAddr,
    request_id: RequestId,
    max_body: usize,
) -> Result<Asked, Refusal> {
    let params = if parts.method == Method::POST {
        let bytes = read_form(state.body_time, &parts.headers, body, max_body).await?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::new(Code::BadRequest, "form_not_utf8"))?;
        RawParams::parse(text)
    } else {
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > MAX_QUERY {
            return Err(Refusal::new(Code::TooLarge, "query_too_long"));
        }
        RawParams::parse(query)
    }
    .map_err(|error| params_refused(&error))?;
    let visitor = visitor(state, &parts.headers, peer);
    let ours = parts.headers.get(header::ORIGIN).and_then(|value| value.to_str().ok())
        == Some(state.services.settings.public_url.as_str());
    let origin = if parts.method == Method::POST && ours { PostOrigin::OurPage } else { PostOrigin::Elsewhere };
    Ok(Asked { params, visitor, headers: parts.headers, method: parts.method, origin, request_id })
}

fn params_refused(error: &ParamError) -> Refusal {
    let cause = match error {
        ParamError::TooMany => "parameters_too_many",
        ParamError::Encoding(_) => "parameters_badly_encoded",
        ParamError::Doubled(_) => "parameter_doubled",
    };
    Refusal::new(Code::BadRequest, cause).seen(error.to_string())
}

async fn read_form(body_time: Duration, headers: &HeaderMap, body: Body, max_body: usize) -> Result<Vec<u8>, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::new(Code::BadRequest, "content_type_not_form"));
    }
    read_body(body_time, headers, body, max_body).await
}

/// Reads a body of at most `max_body` bytes.
///
/// # Errors
/// A refusal with the reason: too large, too slow, broken off.
pub async fn read_body(
    body_time: Duration,
    headers: &HeaderMap,
    body: Body,
    max_body: usize,
) -> Result<Vec<u8>, Refusal> {
    read_while(body_time, headers, body, max_body, |_| Ok(())).await
}

/// The same, where what has come so far is shown to `judge`, which may say that no more is wanted.
///
/// # Errors
/// As [`read_body`], and what `judge` says.
pub async fn read_while<E: From<Refusal>>(
    body_time: Duration,
    headers: &HeaderMap,
    body: Body,
    max_body: usize,
    judge: impl Fn(&[u8]) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > max_body) {
        return Err(Refusal::new(Code::TooLarge, "body_too_large").into());
    }
    let slow = |_| Err(Refusal::new(Code::BadRequest, "body_too_slow").into());
    tokio::time::timeout(body_time, collect(body, max_body, judge)).await.unwrap_or_else(slow)
}

/// Throws a body away, as far as it comes within `body_time` and `most` bytes.
pub async fn discard(body_time: Duration, mut body: Body, most: usize) {
    let all = async {
        let mut left = most;
        while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let length = frame.data_ref().map_or(0, bytes::Bytes::len);
            match left.checked_sub(length) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    // Who has sent no more by then is answered all the same.
    let _ = tokio::time::timeout(body_time, all).await;
}

/// All of a body, which may have come without saying how long it is.
async fn collect<E: From<Refusal>>(
    mut body: Body,
    max_body: usize,
    judge: impl Fn(&[u8]) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| Refusal::new(Code::BadRequest, "body_broken"))?;
        // Trailers are no part of a form.
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > max_body - bytes.len() {
            return Err(Refusal::new(Code::TooLarge, "body_too_large").into());
        }
        bytes.extend_from_slice(&data);
        judge(&bytes)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_browser_tells_what_it_makes_of_the_answer() {
        let said = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("sec-fetch-dest", HeaderValue::from_static(value));
            destination(&headers)
        };
        assert_eq!(destination(&HeaderMap::new()), None);
        assert_eq!(said("document"), Some(Destination::Document));
        for frame in ["iframe", "frame"] {
            assert_eq!(said(frame), Some(Destination::Frame));
        }
        for other in ["image", "empty", "embed", "object", "fencedframe", "Document", ""] {
            assert_eq!(said(other), Some(Destination::Other), "{other}");
        }
    }

    #[test]
    fn a_browser_tells_where_a_post_comes_from() {
        let check = |pairs: &[(&'static str, &'static str)], expected| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            assert_eq!(arrival(&headers, "https://gate.example.com"), expected, "{pairs:?}");
        };
        check(&[], Arrival::SameSite);
        check(&[("sec-fetch-site", "cross-site")], Arrival::CrossSite);
        check(&[("sec-fetch-site", "same-site"), ("origin", "http://localhost:1")], Arrival::SameSite);
        check(&[("origin", "https://idp.example")], Arrival::CrossSite);
        check(&[("origin", "null")], Arrival::CrossSite);
        check(&[("origin", "https://gate.example.com")], Arrival::SameSite);
    }
}
