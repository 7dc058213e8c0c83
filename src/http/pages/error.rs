//! The page for what goes wrong before or beside a sign-in: a wrong address, too much, a fault.

use askama::Template;
use http::StatusCode;

use super::Page;
use super::layout::{Frame, Layout, Say, write};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// An answer of the web server that is no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPage {
    /// Whose page it is.
    pub frame: Frame,
    /// The status that the answer carries; it picks the words.
    pub status: StatusCode,
    /// The request, for the log.
    pub request_id: String,
}

#[derive(Template)]
#[template(path = "error.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a ErrorPage,
    advice: String,
}

impl Page for ErrorPage {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let key = key(self.status);
        let layout = Layout::new(&self.frame, say, say.text(key));
        write(&Html { layout, page: self, advice: say.text(&format!("{key}.advice")) })
    }
}

/// The words for a status, the nearest there are.
fn key(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => "error-not-found",
        StatusCode::METHOD_NOT_ALLOWED => "error-method",
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => "error-timeout",
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            "error-too-large"
        }
        StatusCode::TOO_MANY_REQUESTS => "error-too-many-requests",
        StatusCode::SERVICE_UNAVAILABLE => "error-unavailable",
        status if status.is_server_error() => "error-internal",
        _ => "error-bad-request",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_words_and_an_unforeseen_one_the_nearest() {
        for (status, expected) in [
            (400, "error-bad-request"),
            (404, "error-not-found"),
            (405, "error-method"),
            (408, "error-timeout"),
            (413, "error-too-large"),
            (414, "error-too-large"),
            (415, "error-bad-request"),
            (429, "error-too-many-requests"),
            (431, "error-too-large"),
            (499, "error-bad-request"),
            (500, "error-internal"),
            (502, "error-internal"),
            (503, "error-unavailable"),
            (504, "error-timeout"),
            (599, "error-internal"),
        ] {
            assert_eq!(key(StatusCode::from_u16(status).unwrap()), expected, "{status}");
        }
    }
}
