//! The one HTTP client.
//!
//! What it holds to: https, or http toward loopback where that was allowed; certificates verified
//! against the roots of the machine; no redirect followed; no proxy taken from the environment; five
//! seconds for the whole exchange; a body of at most one megabyte; no user name in an address. It
//! connects only to addresses of the public internet unless more was allowed, whether they are written
//! or a name leads there: what a name resolves to is judged by the resolver that the connection uses,
//! so that a second answer of the DNS changes nothing.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use url::{Host, Url};

use super::address::is_public;

/// The longest exchange, from the connection to the last byte of the body.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// How many connections to one host are kept for the next exchange. A partner of many people is asked by many at
/// once, and a new connection costs more than the rest of a sign-in.
const MAX_IDLE: usize = 16;

/// The largest body that is read. **Units**: bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// Which addresses may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those of the public internet.
    Public,
    /// Those of private networks and this machine too, by https: an administrator's dangerous word.
    Private,
    /// All of them, this machine also by plain http, as for developers where everybody is on loopback.
    Loopback,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The client could not be made: no roots, no TLS.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
    /// Not an absolute address, or one with a user name.
    #[error("`{found}` is no address that can be fetched")]
    Address {
        /// The address, shortened.
        found: String,
    },
    /// Not https, and not http toward an allowed loopback host.
    #[error("`{found}` is not https")]
    NotHttps {
        /// The address without its query.
        found: String,
    },
    /// Toward this machine or a private network, where that is not allowed.
    #[error("`{found}` is an address of this machine or of a private network")]
    NotPublic {
        /// The address without its query.
        found: String,
    },
    /// No connection, no whole answer, or not in time.
    #[error("no answer from `{host}`")]
    NoAnswer {
        /// The host and port.
        host: String,
        /// What happened.
        #[source]
        source: reqwest::Error,
    },
    /// The body is larger than [`MAX_BODY`].
    #[error("the answer of `{host}` has more than {MAX_BODY} bytes")]
    TooLarge {
        /// The host and port.
        host: String,
    },
}

/// An answer, whatever its status says.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, at most [`MAX_BODY`] bytes.
    pub body: Vec<u8>,
}

impl Fetched {
    /// The body as text, malformed UTF-8 replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Fetches. Clones share one pool of connections.
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: reqwest::Client,
    reach: Reach,
}

impl HttpClient {
    /// Makes the client, which waits for [`TIMEOUT`].
    ///
    /// # Errors
    /// [`FetchError::Client`].
    pub fn new(reach: Reach) -> Result<Self, FetchError> {
        Self::with_patience(reach, TIMEOUT)
    }

    /// Makes one that waits for `patience` from question to the end of the answer.
    ///
    /// # Errors
    /// [`FetchError::Client`].
    #[expect(clippy::disallowed_methods, reason = "the one place that makes an HTTP client")]
    pub fn with_patience(reach: Reach, patience: Duration) -> Result<Self, FetchError> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .timeout(patience)
            .pool_max_idle_per_host(MAX_IDLE)
            .pool_idle_timeout(Duration::from_secs(30))
            .dns_resolver(Arc::new(JudgingResolver { reach }))
            .build()
            .map_err(FetchError::Client)?;
        Ok(Self { client, reach })
    }

    /// Fetches by GET.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get(&self, url: &str, headers: HeaderMap) -> Result<Fetched, FetchError> {
        let url = self.admit(url)?;
        self.send(self.client.get(url).headers(headers)).await
    }

    /// Sends a form, `application/x-www-form-urlencoded`, by POST.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn post_form(
        &self,
        url: &str,
        fields: &[(String, String)],
        headers: HeaderMap,
    ) -> Result<Fetched, FetchError> {
        let url = self.admit(url)?;
        self.send(self.client.post(url).headers(headers).form(fields)).await
    }

    /// Sends a form by POST and gives the status of the answer, whose body is not read.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn post_form_for_status(
        &self,
        url: &str,
        fields: &[(String, String)],
        headers: HeaderMap,
    ) -> Result<StatusCode, FetchError> {
        let url = self.admit(url)?;
        Ok(execute(self.client.post(url).headers(headers).form(fields)).await?.0.status())
    }

    /// Holds an address against the rules of this client.
    fn admit(&self, text: &str) -> Result<Url, FetchError> {
        let refused = || FetchError::Address { found: crate::base::trace::shorten(text.to_owned()) };
        let url = Url::parse(text).map_err(|_| refused())?;
        let Some(host) = url.host() else { return Err(refused()) };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused());
        }
        if self.reach == Reach::Public && !is_public_host(&host) {
            return Err(FetchError::NotPublic { found: bare(&url) });
        }
        match url.scheme() {
            "https" => Ok(url),
            "http" if self.reach == Reach::Loopback && is_loopback(&host) => Ok(url),
            _ => Err(FetchError::NotHttps { found: bare(&url) }),
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Fetched, FetchError> {
        let (mut response, host) = execute(request).await?;
        let no_answer =
            |source: reqwest::Error| FetchError::NoAnswer { host: host.clone(), source: source.without_url() };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(FetchError::TooLarge { host });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Fetched { status: response.status(), headers: std::mem::take(response.headers_mut()), body })
    }
}

/// Sends a request: the answer, whose body has not been read, and who gave it.
async fn execute(request: reqwest::RequestBuilder) -> Result<(reqwest::Response, String), FetchError> {
    let (client, request) = request.build_split();
    let request = request.map_err(FetchError::Client)?;
    let host = request.url().authority().to_owned();
    match client.execute(request).await {
        Ok(response) => Ok((response, host)),
        Err(source) => Err(FetchError::NoAnswer { host, source: source.without_url() }),
    }
}

/// What can be said of a host as it is written; what a name leads to is judged by [`JudgingResolver`].
fn is_public_host(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(_) => !is_loopback(host),
        Host::Ipv4(address) => is_public(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_public(IpAddr::V6(*address)),
    }
}

/// Resolves names and hands on only what may be asked. The connection takes these very addresses.
#[derive(Debug)]
struct JudgingResolver {
    reach: Reach,
}

impl reqwest::dns::Resolve for JudgingResolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let reach = self.reach;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| reach != Reach::Public || is_public(address.ip())).collect();
            if allowed.is_empty() {
                let host = name.as_str().to_owned();
                return Err(Box::new(NoPublicAddress { host }) as Box<dyn std::error::Error + Send + Sync>);
            }
            Ok(Box::new(allowed.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

/// A name that leads to no address that may be asked.
#[derive(Debug, thiserror::Error)]
#[error("`{host}` leads to no public address")]
struct NoPublicAddress {
    host: String,
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
    }
}

/// The address without query and fragment, which may hold what no log should.
fn bare(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), url.authority(), url.path())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    fn kind(reach: Reach, url: &str) -> &'static str {
        match HttpClient::new(reach).unwrap().admit(url) {
            Ok(_) => "admitted",
            Err(FetchError::Address { .. }) => "address",
            Err(FetchError::NotHttps { .. }) => "not https",
            Err(FetchError::NotPublic { .. }) => "not public",
            Err(_) => "other",
        }
    }

    #[test]
    fn only_https_leaves_this_machine() {
        for (url, expected) in [
            ("https://idp.example/metadata", "admitted"),
            ("http://idp.example/metadata", "not https"),
            ("http://localhost.example/", "not https"),
            ("ftp://idp.example/", "not https"),
            ("https://user@idp.example/", "address"),
            ("https://user:word@idp.example/", "address"),
            ("/metadata", "address"),
            ("data:text/html,x", "address"),
            ("", "address"),
        ] {
            assert_eq!(kind(Reach::Loopback, url), expected, "{url}");
            assert_eq!(kind(Reach::Private, url), expected, "{url}");
            assert_eq!(kind(Reach::Public, url), expected, "{url}");
        }
    }

    #[test]
    fn this_machine_is_asked_only_where_allowed() {
        for url in [
            "http://localhost:1/",
            "http://LOCALHOST./",
            "http://a.localhost/",
            "http://127.9.9.9/",
            "http://[::1]:8080/",
            "http://[::ffff:127.0.0.1]/",
            "https://localhost/",
            "http://0x7f.1/",
        ] {
            assert_eq!(kind(Reach::Loopback, url), "admitted", "{url}");
            assert_eq!(kind(Reach::Public, url), "not public", "{url}");
            let private = if url.starts_with("https") { "admitted" } else { "not https" };
            assert_eq!(kind(Reach::Private, url), private, "{url}");
        }
        for url in ["https://10.0.0.1/", "https://169.254.169.254/latest", "https://[fd00::1]/", "https://0/"] {
            assert_eq!(kind(Reach::Public, url), "not public", "{url}");
            assert_eq!(kind(Reach::Private, url), "admitted", "{url}");
        }
    }

    /// A name that leads to this machine is as good as its address.
    #[tokio::test]
    async fn where_a_name_leads_is_judged() {
        use reqwest::dns::Resolve as _;
        let resolve = async |reach| {
            let name = std::str::FromStr::from_str("localhost").unwrap();
            JudgingResolver { reach }.resolve(name).await.map(Iterator::count).map_err(|error| error.to_string())
        };
        assert_eq!(resolve(Reach::Public).await, Err("`localhost` leads to no public address".to_owned()));
        assert!(resolve(Reach::Private).await.is_ok_and(|count| count > 0));
    }

    /// Answers one request with `answer` and hands back what was asked.
    async fn serve_once(answer: Vec<u8>) -> (String, tokio::task::JoinHandle<String>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/thing", listener.local_addr().unwrap());
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4096];
            let length = stream.read(&mut asked).await.unwrap();
            // The client may hang up as soon as it has seen too much.
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        (url, served)
    }

    fn answer_of(size: usize) -> Vec<u8> {
        let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n").into_bytes();
        answer.resize(answer.len() + size, b'x');
        answer
    }

    #[tokio::test]
    async fn a_redirect_is_handed_back_and_not_followed() {
        let redirect = b"HTTP/1.1 303 See Other\r\nlocation: http://localhost:1/\r\ncontent-length: 0\r\n\r\n";
        let (url, served) = serve_once(redirect.to_vec()).await;
        let client = HttpClient::new(Reach::Loopback).unwrap();
        let form = [("a".to_owned(), "b c&d".to_owned())];
        let fetched = client.post_form(&url, &form, HeaderMap::new()).await.unwrap();
        assert_eq!(fetched.status, StatusCode::SEE_OTHER);
        assert_eq!(fetched.headers["location"], "http://localhost:1/");
        let asked = served.await.unwrap();
        assert!(asked.starts_with("POST /thing HTTP/1.1\r\n"), "{asked}");
        assert!(asked.ends_with("\r\n\r\na=b+c%26d"), "{asked}");
    }

    #[tokio::test]
    async fn of_a_status_the_body_is_not_read() {
        let (url, served) = serve_once(answer_of(MAX_BODY + 1)).await;
        let client = HttpClient::new(Reach::Loopback).unwrap();
        let form = [("a".to_owned(), "b".to_owned())];
        assert_eq!(client.post_form_for_status(&url, &form, HeaderMap::new()).await.unwrap(), StatusCode::OK);
        assert!(served.await.unwrap().ends_with("\r\n\r\na=b"));
        let refused = client.post_form_for_status("file:///x", &form, HeaderMap::new()).await;
        assert!(matches!(refused, Err(FetchError::Address { .. })), "{refused:?}");
    }

    #[tokio::test]
    async fn a_body_is_held_at_both_edges() {
        let client = HttpClient::new(Reach::Loopback).unwrap();
        let (url, _served) = serve_once(answer_of(MAX_BODY)).await;
        assert_eq!(client.get(&url, HeaderMap::new()).await.unwrap().body.len(), MAX_BODY);
        let (url, _served) = serve_once(answer_of(MAX_BODY + 1)).await;
        let refused = client.get(&url, HeaderMap::new()).await;
        assert!(matches!(refused, Err(FetchError::TooLarge { .. })), "{refused:?}");
    }

    #[tokio::test]
    async fn nobody_listening_is_no_answer() {
        let refused = HttpClient::new(Reach::Loopback).unwrap().get("http://127.0.0.1:1/?q", HeaderMap::new()).await;
        let Err(FetchError::NoAnswer { host, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(host, "127.0.0.1:1");
    }
}
