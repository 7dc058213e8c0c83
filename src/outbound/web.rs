//! Documents of others: the clients that fetch them, made when the first is needed, and what came of it.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::sync::OnceCell;

use super::client::{FetchError, HttpClient, Reach};

/// The longest validator that is kept (RFC 9110 8.8.3). **Units**: bytes.
pub const MAX_ETAG: usize = 256;

/// Where an address may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The public internet.
    Public,
    /// Private networks too.
    Private,
}

/// The clients of this process. They need the roots of the machine, which a gateway that asks nobody runs
/// without, so each is made when it is first needed.
#[derive(Debug)]
pub struct Web {
    is_loopback: bool,
    patience: Duration,
    public: OnceCell<HttpClient>,
    private: OnceCell<HttpClient>,
}

/// A document as it was brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// It is this.
    Whole {
        /// The bytes.
        body: Vec<u8>,
        /// Its validator, where it has one.
        etag: Option<String>,
    },
    /// It is what was read before.
    Unchanged,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum BringError {
    /// No answer.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// An answer that is no document; redirects are among them, since none is followed.
    #[error("`{url}` answers with status {status}{}", if (300..400).contains(status) { "; redirects are not followed" } else { "" })]
    Status {
        /// The address, without its query.
        url: String,
        /// The status.
        status: u16,
    },
}

impl Web {
    /// The clients of a gateway, which wait for `patience`. Where it is on loopback itself everybody may be.
    #[must_use]
    pub fn new(is_loopback: bool, patience: Duration) -> Self {
        Self { is_loopback, patience, public: OnceCell::new(), private: OnceCell::new() }
    }

    /// The client for addresses that may lead to `scope`.
    ///
    /// # Errors
    /// [`FetchError::Client`] where it cannot be made.
    pub async fn client(&self, scope: Scope) -> Result<&HttpClient, FetchError> {
        let (cell, reach) = match (self.is_loopback, scope) {
            (true, _) => (&self.public, Reach::Loopback),
            (false, Scope::Public) => (&self.public, Reach::Public),
            (false, Scope::Private) => (&self.private, Reach::Private),
        };
        cell.get_or_try_init(|| std::future::ready(HttpClient::with_patience(reach, self.patience))).await
    }

    /// Fetches a document. `etag` is the validator of what the caller has, which is then not sent again.
    ///
    /// # Errors
    /// [`BringError`]; an answer "not modified" to who had nothing is one.
    pub async fn bring(&self, url: &str, scope: Scope, etag: Option<&str>) -> Result<Brought, BringError> {
        let condition = etag.and_then(|etag| HeaderValue::from_str(etag).ok());
        let is_conditional = condition.is_some();
        let headers: HeaderMap = condition.into_iter().map(|value| (header::IF_NONE_MATCH, value)).collect();
        let fetched = self.client(scope).await?.get(url, headers).await?;
        match fetched.status {
            StatusCode::OK => {
                let etag = fetched.headers.get(header::ETAG).and_then(|value| value.to_str().ok());
                let etag = etag.filter(|etag| etag.len() <= MAX_ETAG).map(str::to_owned);
                Ok(Brought::Whole { body: fetched.body, etag })
            }
            StatusCode::NOT_MODIFIED if is_conditional => Ok(Brought::Unchanged),
            status => {
                // Without its query, which may hold what no log should.
                let bare = url.split(['?', '#']).next().unwrap_or_default().to_owned();
                Err(BringError::Status { url: crate::base::trace::shorten(bare), status: status.as_u16() })
            }
        }
    }
}
