//! SMTP (RFC 5321), as a client that hands mail to one server: a connection a message, TLS toward
//! every machine but this one, and an end in time whatever the server does.

pub mod server;

use std::error::Error as _;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::sync::Semaphore;

use super::compose::compose;
use super::fault::MailFault;
use super::message::{Message, Patience, Sender};
use super::{Handed, Mailer};
use crate::base::random::Random;
use crate::base::secret::SecretText;
pub use server::{Security, Server, ServerError};

/// The longest that one message takes for which a person waits, from waiting for a connection to the answer of the
/// server.
pub const SEND_TIME: Duration = Duration::from_secs(10);
/// Where nobody waits, how long it takes at most until the server is given the message.
pub const OFFER_TIME: Duration = Duration::from_secs(30);
/// Where nobody waits, how long the server may take to say that it has the message. To give up is to send it again.
pub const TAKE_TIME: Duration = Duration::from_secs(5 * 60);
/// How long the server may take to say goodbye; the message is its own by then.
const QUIT_TIME: Duration = Duration::from_secs(2);
/// Connections at once: more than that and the server would turn them away.
const MAX_CONNECTIONS: usize = 8;

/// A user name and its password (RFC 4954).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: SecretText,
}

/// What the transport has to know.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// The server.
    pub server: Server,
    /// How we log in there; without one we do not.
    pub login: Option<Login>,
    /// Authorities in PEM that are trusted beside those of the machine.
    pub authorities: Option<Vec<u8>>,
    /// The name by which we greet: the host of the public URL.
    pub hello: String,
}

/// Why there can be no such transport.
#[derive(Debug, thiserror::Error)]
pub enum SmtpSetupError {
    /// The authorities are no certificates in PEM.
    #[error("holds no certificates in PEM")]
    Authorities,
    /// No TLS can be set up.
    #[error("TLS toward the mail server cannot be set up: {0}")]
    Tls(#[source] SmtpError),
}

/// Hands mail to a server.
pub struct Smtp {
    server: Server,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    hello: ClientId,
    sender: Sender,
    random: Arc<dyn Random>,
    connections: Semaphore,
    /// What is waited instead of the times above.
    time: Option<Duration>,
}

impl Smtp {
    /// Sets up the transport; nothing is connected yet.
    ///
    /// # Errors
    /// [`SmtpSetupError`].
    pub fn new(settings: SmtpSettings, sender: Sender, random: Arc<dyn Random>) -> Result<Self, SmtpSetupError> {
        let mut tls = TlsParameters::builder(settings.server.host.clone());
        if let Some(pem) = &settings.authorities {
            tls = tls.add_root_certificate(authorities(pem)?);
        }
        // The host of a URL has an IPv6 address in brackets.
        let hello = match settings.hello.trim_matches(['[', ']']).parse() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(settings.hello),
        };
        Ok(Self {
            server: settings.server,
            tls: tls.build().map_err(SmtpSetupError::Tls)?,
            credentials: settings.login.map(|login| Credentials::new(login.username, login.password.expose().clone())),
            hello,
            sender,
            random,
            connections: Semaphore::new(MAX_CONNECTIONS),
            time: None,
        })
    }

    /// The same, waiting otherwise.
    #[must_use]
    pub const fn with_time(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    async fn hand_over(&self, message: &Message) -> Result<(AsyncSmtpConnection, Handed), MailFault> {
        let mail = compose(&self.sender, message, self.random.as_ref())?;
        let (offer, take) = match (self.time, message.patience) {
            (Some(time), _) => (time, time),
            (None, Patience::Person) => (SEND_TIME, SEND_TIME),
            (None, Patience::Queue) => (OFFER_TIME, TAKE_TIME),
        };
        let late = |_| MailFault::Unreachable;
        let (mut connection, handed) =
            tokio::time::timeout(offer, self.offer(message, offer)).await.map_err(late)??;
        let mail = mail.formatted();
        let taken = connection.message(&mail);
        tokio::time::timeout(take, taken).await.map_err(late)?.map_err(|error| of_server(&error))?;
        Ok((connection, handed))
    }

    /// Says for whom there is a message. Who was to get a copy may be refused: the message goes without it, since
    /// otherwise it would not reach the one to whom it is addressed.
    async fn offer(&self, message: &Message, time: Duration) -> Result<(AsyncSmtpConnection, Handed), MailFault> {
        let fault = |error| of_server(&error);
        let mut connection = self.connect(time).await?;
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await.map_err(|error| of_login(&error))?;
        }
        // What is composed is ASCII, and so are addresses: neither needs a word here.
        let from = Some(self.sender.address.0.clone());
        connection.command(Mail::new(from, Vec::new())).await.map_err(fault)?;
        connection.command(Rcpt::new(message.to.0.clone(), Vec::new())).await.map_err(fault)?;
        let mut handed = Handed::Whole;
        if let Some(cc) = &message.cc
            && let Err(error) = connection.command(Rcpt::new(cc.0.clone(), Vec::new())).await
        {
            let fault = of_server(&error);
            let reply = fault.reply().filter(|_| !fault.is_of_server()).ok_or(fault)?;
            handed = Handed::WithoutCopy { reply };
        }
        connection.command(Data).await.map_err(fault)?;
        Ok((connection, handed))
    }

    /// A connection that is as secure as it must be.
    async fn connect(&self, time: Duration) -> Result<AsyncSmtpConnection, MailFault> {
        let address = (self.server.host.as_str(), self.server.port);
        let wrapped = (self.server.security == Security::Tls).then(|| self.tls.clone());
        let mut connection = AsyncSmtpConnection::connect_tokio1(address, Some(time), &self.hello, wrapped, None)
            .await
            .map_err(|error| of_greeting(&error))?;
        if self.server.security == Security::Starttls {
            if !connection.can_starttls() {
                return Err(MailFault::Insecure);
            }
            connection.starttls(self.tls.clone(), &self.hello).await.map_err(|error| of_starttls(&error))?;
        }
        Ok(connection)
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, message: &Message) -> Result<Handed, MailFault> {
        let sent = async {
            let _turn = self.connections.acquire().await.map_err(|_| MailFault::Unreachable)?;
            self.hand_over(message).await
        };
        let (mut connection, handed) = match message.patience {
            Patience::Person => {
                let whole = self.time.unwrap_or(SEND_TIME);
                tokio::time::timeout(whole, sent).await.map_err(|_| MailFault::Unreachable)??
            }
            Patience::Queue => sent.await?,
        };
        // Nobody need wait for a goodbye, and how it goes changes nothing.
        tokio::spawn(async move {
            let _ = tokio::time::timeout(QUIT_TIME, connection.quit()).await;
        });
        Ok(handed)
    }
}

/// Reads certificates in PEM, one at least.
///
/// # Errors
/// [`SmtpSetupError::Authorities`].
pub fn check_authorities(pem: &[u8]) -> Result<(), SmtpSetupError> {
    authorities(pem).map(|_| ())
}

fn authorities(pem: &[u8]) -> Result<Certificate, SmtpSetupError> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| SmtpSetupError::Authorities)?;
        roots.add(certificate).map_err(|_| SmtpSetupError::Authorities)?;
    }
    if roots.is_empty() {
        return Err(SmtpSetupError::Authorities);
    }
    Certificate::from_pem(pem).map_err(|_| SmtpSetupError::Authorities)
}

fn of_server(error: &SmtpError) -> MailFault {
    match error.status().map(u16::from) {
        Some(reply) if error.is_permanent() => MailFault::Refused { reply },
        Some(reply) => MailFault::Deferred { reply },
        None if is_tls(error) => MailFault::Insecure,
        None => MailFault::Unreachable,
    }
}

/// A refusal before there is a message is none of the message (RFC 5321 3.1, 4.3.2).
fn of_greeting(error: &SmtpError) -> MailFault {
    match of_server(error) {
        MailFault::Refused { reply } => MailFault::TurnedAway { reply },
        other => other,
    }
}

/// A server that offers `STARTTLS` and then does not do it cannot be secured, whatever its reply is.
fn of_starttls(error: &SmtpError) -> MailFault {
    match of_server(error) {
        MailFault::Refused { .. } | MailFault::Deferred { .. } => MailFault::Insecure,
        other => other,
    }
}

/// 4yz is the server's trouble (RFC 4954 6); 5yz, or no mechanism that we share, is our login's.
fn of_login(error: &SmtpError) -> MailFault {
    match of_server(error) {
        MailFault::Refused { .. } => MailFault::LoginRefused,
        MailFault::Unreachable if error.is_client() => MailFault::LoginRefused,
        other => other,
    }
}

/// Whether TLS failed: the error of rustls is within one of I/O.
fn is_tls(error: &SmtpError) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        let within = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if within.is_some_and(|within| within.is::<rustls::Error>()) {
            return true;
        }
        source = error.source();
    }
    error.is_tls()
}
