//! Which server, and how the way to it is secured.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The port of submission, where TLS begins by `STARTTLS` (RFC 6409 3.1).
pub const SUBMISSION_PORT: u16 = 587;
/// The port of submission within TLS (RFC 8314 7.3).
pub const SUBMISSIONS_PORT: u16 = 465;

/// How the way to the server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314 3.3).
    Tls,
    /// `STARTTLS` before anything else; a server that does not offer it gets nothing (RFC 3207 4).
    Starttls,
    /// Not at all, since the server is this machine.
    ThisMachine,
}

/// A server to hand mail to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name or address, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is secured.
    pub security: Security,
}

/// Why a text names no server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// Not an address of that form.
    #[error("must be `smtp://HOST:PORT` or `smtps://HOST:PORT`, without path and query")]
    Shape,
    /// A user name or password in the address.
    #[error("must not hold a user name or password: they are `username` and `password`")]
    Login,
}

impl Server {
    /// Reads `smtp://HOST:PORT` or `smtps://HOST:PORT`; without a port it is 587 or 465. Toward this
    /// machine `smtp` is not encrypted, toward any other it is by `STARTTLS`.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn parse(text: &str) -> Result<Self, ServerError> {
        let url = Url::parse(text).map_err(|_| ServerError::Shape)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ServerError::Login);
        }
        let is_bare = url.path().is_empty() && url.query().is_none() && url.fragment().is_none();
        // `url` leaves the host of a scheme that it does not know as it is written.
        let host = url.host_str().filter(|host| is_bare && !host.is_empty()).ok_or(ServerError::Shape)?;
        let host = Host::parse(host).map_err(|_| ServerError::Shape)?;
        let (port, security) = match (url.scheme(), is_this_machine(&host)) {
            ("smtps", _) => (SUBMISSIONS_PORT, Security::Tls),
            ("smtp", true) => (SUBMISSION_PORT, Security::ThisMachine),
            ("smtp", false) => (SUBMISSION_PORT, Security::Starttls),
            _ => return Err(ServerError::Shape),
        };
        let port = url.port().unwrap_or(port);
        if port == 0 {
            return Err(ServerError::Shape);
        }
        let host = match host {
            Host::Domain(name) => name,
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        Ok(Self { host, port, security })
    }
}

fn is_this_machine(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => Ipv4Addr::is_loopback(address),
        Host::Ipv6(address) => {
            Ipv6Addr::is_loopback(address) || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, host: &str, port: u16, security: Security) {
        assert_eq!(Server::parse(text), Ok(Server { host: host.to_owned(), port, security }), "{text}");
    }

    #[test]
    fn a_server_is_named_by_scheme_host_and_port() {
        check("smtp://mail.example:2525", "mail.example", 2525, Security::Starttls);
        check("smtp://mail.example", "mail.example", 587, Security::Starttls);
        check("smtp://MAIL.example", "mail.example", 587, Security::Starttls);
        check("smtps://mail.example", "mail.example", 465, Security::Tls);
        check("smtps://mail.example:1", "mail.example", 1, Security::Tls);
        check("smtp://192.0.2.1:25", "192.0.2.1", 25, Security::Starttls);
        check("smtps://[2001:db8::1]:465", "2001:db8::1", 465, Security::Tls);
    }

    #[test]
    fn only_this_machine_is_reached_in_the_clear() {
        for (host, plain) in [
            ("localhost", "localhost"),
            ("LOCALHOST", "localhost"),
            ("127.0.0.1", "127.0.0.1"),
            ("127.9.9.9", "127.9.9.9"),
            ("[::1]", "::1"),
            ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
        ] {
            check(&format!("smtp://{host}:25"), plain, 25, Security::ThisMachine);
            check(&format!("smtps://{host}:25"), plain, 25, Security::Tls);
        }
        for host in ["localhost.example", "mail.localhost.example", "128.0.0.1", "10.0.0.1", "[::2]"] {
            assert_eq!(Server::parse(&format!("smtp://{host}")).unwrap().security, Security::Starttls, "{host}");
        }
    }

    #[test]
    fn what_names_no_server_is_refused_by_cause() {
        for text in [
            "",
            "mail.example",
            "mail.example:25",
            "smtp:mail.example",
            "smtp://",
            "smtp://:25",
            "http://mail.example",
            "smtp://mail.example/",
            "smtp://mail.example/path",
            "smtp://mail.example?tls=off",
            "smtp://mail.example#x",
            "smtp://mail.example:0",
            "smtp://mail.example:65536",
            "smtp://mail example",
            "smtp://mail.example%0d%0aRCPT",
            "smtp+insecure://mail.example",
        ] {
            assert_eq!(Server::parse(text), Err(ServerError::Shape), "{text}");
        }
        for text in ["smtp://user@mail.example", "smtps://user:word@mail.example", "smtp://:word@mail.example"] {
            assert_eq!(Server::parse(text), Err(ServerError::Login), "{text}");
        }
    }
}
