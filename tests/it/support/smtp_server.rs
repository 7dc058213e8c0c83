//! A mail server on loopback that speaks SMTP over TCP, keeps what it takes, and can be told where to
//! refuse, to fall silent or to hang up.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use entente::base::encoding::from_base64;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

/// A step of the conversation, after which the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The connection.
    Greeting,
    /// `EHLO`, in the clear or within TLS.
    Hello,
    /// `STARTTLS`.
    Starttls,
    /// `AUTH`, its last part.
    Login,
    /// `MAIL FROM`.
    From,
    /// `RCPT TO`.
    To,
    /// `DATA`.
    Data,
    /// The message and its final dot.
    Message,
    /// `QUIT`.
    Quit,
}

/// What the server does at a stage instead of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misbehaviour {
    /// Says this.
    Reply(&'static str),
    /// Says nothing more and keeps the connection.
    Silence,
    /// Hangs up.
    HangUp,
    /// Says lines without end.
    Flood,
}

/// How the server does TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    None,
    /// By `STARTTLS`.
    Starttls,
    /// From the first byte.
    Wrapped,
}

/// How the server behaves.
#[derive(Clone)]
pub struct Manner {
    /// TLS.
    pub tls: Tls,
    /// What `EHLO` offers for `AUTH`.
    pub mechanisms: &'static str,
    /// The one login that is right.
    pub login: Option<(&'static str, &'static str)>,
    /// What goes wrong, and where.
    pub wrong: Option<(Stage, Misbehaviour)>,
    /// Each greeting waits for a permit.
    pub gate: Arc<Semaphore>,
    /// The name in the certificate.
    pub name: &'static str,
    /// Who gets no mail here, in angle brackets.
    pub refused_recipient: Option<&'static str>,
}

impl Manner {
    /// A good server in the clear, without login.
    pub fn plain() -> Self {
        let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        Self {
            tls: Tls::None,
            mechanisms: "",
            login: None,
            wrong: None,
            gate,
            name: "localhost",
            refused_recipient: None,
        }
    }

    /// The same with TLS.
    pub fn with_tls(tls: Tls) -> Self {
        Self { tls, ..Self::plain() }
    }

    /// The same, with something going wrong.
    pub fn but(self, stage: Stage, misbehaviour: Misbehaviour) -> Self {
        Self { wrong: Some((stage, misbehaviour)), ..self }
    }
}

/// A message that was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// The name of the greeting.
    pub hello: String,
    /// The path of the sender.
    pub from: String,
    /// The paths of those it is for.
    pub to: Vec<String>,
    /// The message, without the dots that the protocol added.
    pub message: String,
    /// Whether it came within TLS.
    pub encrypted: bool,
    /// User name and password.
    pub login: Option<(String, String)>,
}

impl Received {
    /// A header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.message.split_once("\r\n\r\n").unwrap();
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let start = format!("{}: ", name.to_ascii_lowercase());
        let line = unfolded.split("\r\n").find(|line| line.to_ascii_lowercase().starts_with(&start))?;
        Some(line[start.len()..].to_owned())
    }

    /// The names of all headers.
    pub fn header_names(&self) -> Vec<String> {
        let (head, _) = self.message.split_once("\r\n\r\n").unwrap();
        let starts = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        starts.map(|line| line.split(':').next().unwrap().to_owned()).collect()
    }

    /// The text with its encoding undone.
    pub fn text(&self) -> String {
        let (_, body) = self.message.split_once("\r\n\r\n").unwrap();
        decoded(self.header("Content-Transfer-Encoding").as_deref(), body)
    }

    /// The part of this kind, of a message with several, with its encoding undone.
    pub fn part(&self, kind: &str) -> String {
        let content_type = self.header("Content-Type").unwrap();
        let boundary = content_type.split("boundary=\"").nth(1).unwrap().trim_end_matches('"');
        let (_, body) = self.message.split_once("\r\n\r\n").unwrap();
        let part = body.split(&format!("--{boundary}\r\n")).find(|part| part.contains(&format!(": {kind};"))).unwrap();
        let part = part.split(&format!("\r\n--{boundary}--")).next().unwrap();
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        let encoding = head.split("\r\n").find_map(|line| line.strip_prefix("Content-Transfer-Encoding: "));
        decoded(encoding, body)
    }
}

/// A body with its encoding undone.
fn decoded(encoding: Option<&str>, body: &str) -> String {
    match encoding {
        Some("base64") => {
            let packed: String = body.split_whitespace().collect();
            String::from_utf8(from_base64(&packed).unwrap()).unwrap()
        }
        Some("quoted-printable") => unquoted(body),
        _ => body.to_owned(),
    }
}

/// Quoted-printable undone (RFC 2045 6.7).
fn unquoted(text: &str) -> String {
    let mut bytes = Vec::new();
    let joined = text.replace("=\r\n", "");
    let mut rest = joined.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first == b'=' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&tail[..2]).unwrap(), 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[derive(Default)]
struct Seen {
    received: Mutex<Vec<Received>>,
    lines: Mutex<Vec<String>>,
    connected: AtomicUsize,
    most: AtomicUsize,
}

/// A running server.
pub struct SmtpServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// The certificate of its authority, in PEM.
    pub authority: String,
    seen: Arc<Seen>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl SmtpServer {
    /// Starts a server.
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (authority, acceptor) = acceptor(manner.name);
        let seen = Arc::new(Seen::default());
        let shared = seen.clone();
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (manner, acceptor, seen) = (manner.clone(), acceptor.clone(), shared.clone());
                tokio::spawn(async move {
                    let now = seen.connected.fetch_add(1, Ordering::SeqCst) + 1;
                    seen.most.fetch_max(now, Ordering::SeqCst);
                    // A client that hangs up ends the conversation.
                    let _ = serve(stream, &manner, &acceptor, &seen).await;
                    seen.connected.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, authority, seen, serving }
    }

    /// What was taken, in the order in which it came.
    pub fn received(&self) -> Vec<Received> {
        self.seen.received.lock().unwrap().clone()
    }

    /// Every line that was said to it outside of messages.
    pub fn lines(&self) -> Vec<String> {
        self.seen.lines.lock().unwrap().clone()
    }

    /// Connections at this moment.
    pub fn connected(&self) -> usize {
        self.seen.connected.load(Ordering::SeqCst)
    }

    /// The most connections at once.
    pub fn most_connected(&self) -> usize {
        self.seen.most.load(Ordering::SeqCst)
    }
}

/// An authority of its own and a certificate for `name` under it.
fn acceptor(name: &str) -> (String, TlsAcceptor) {
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    (authority_pem, TlsAcceptor::from(Arc::new(config)))
}

/// How a conversation in the clear ended.
enum Ended {
    /// It is over.
    Whole,
    /// TLS begins.
    Starttls,
}

async fn serve(mut stream: TcpStream, manner: &Manner, acceptor: &TlsAcceptor, seen: &Seen) -> std::io::Result<()> {
    let greeting = Conversation { manner, seen, encrypted: false, greets: true };
    if manner.tls == Tls::Wrapped {
        let mut stream = acceptor.accept(stream).await?;
        let within = Conversation { encrypted: true, ..greeting };
        return within.hold(&mut stream).await.map(|_| ());
    }
    if matches!(greeting.hold(&mut stream).await?, Ended::Starttls) {
        let mut stream = acceptor.accept(stream).await?;
        let within = Conversation { encrypted: true, greets: false, ..greeting };
        within.hold(&mut stream).await?;
    }
    Ok(())
}

struct Conversation<'a> {
    manner: &'a Manner,
    seen: &'a Seen,
    encrypted: bool,
    greets: bool,
}

/// The end of a conversation that the manner asks for.
fn over() -> std::io::Error {
    std::io::ErrorKind::ConnectionAborted.into()
}

impl Conversation<'_> {
    async fn hold<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut S) -> std::io::Result<Ended> {
        if self.greets {
            let permit = self.manner.gate.acquire().await.map_err(|_| over())?;
            permit.forget();
            self.say(stream, Stage::Greeting, "220 mail.example ESMTP").await?;
        }
        let mut received = Received { encrypted: self.encrypted, ..Received::default() };
        loop {
            let line = self.line(stream).await?;
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    received.hello = line[5..].to_owned();
                    self.say(stream, Stage::Hello, &self.offers()).await?;
                }
                "STARTTLS" => {
                    self.say(stream, Stage::Starttls, "220 go ahead").await?;
                    let refused = matches!(self.manner.wrong, Some((Stage::Starttls, Misbehaviour::Reply(_))));
                    if !refused {
                        return Ok(Ended::Starttls);
                    }
                }
                "AUTH" => {
                    let login = self.login(stream, &line).await?;
                    let right = self.manner.login.is_some_and(|(name, word)| (name, word) == (&login.0, &login.1));
                    received.login = Some(login);
                    let reply = if right { "235 welcome" } else { "535 5.7.8 authentication failed" };
                    self.say(stream, Stage::Login, reply).await?;
                }
                "MAIL" => {
                    received.from = line["MAIL FROM:".len()..].to_owned();
                    self.say(stream, Stage::From, "250 ok").await?;
                }
                "RCPT" => {
                    let recipient = &line["RCPT TO:".len()..];
                    if self.manner.refused_recipient == Some(recipient) {
                        self.say(stream, Stage::To, "550 5.1.1 no such user").await?;
                        continue;
                    }
                    received.to.push(recipient.to_owned());
                    self.say(stream, Stage::To, "250 ok").await?;
                }
                "DATA" => {
                    self.say(stream, Stage::Data, "354 go ahead").await?;
                    if matches!(self.manner.wrong, Some((Stage::Data, Misbehaviour::Reply(_)))) {
                        continue;
                    }
                    received.message = message(stream).await?;
                    let refused = matches!(self.manner.wrong, Some((Stage::Message, _)));
                    if !refused {
                        self.seen.received.lock().unwrap().push(received.clone());
                    }
                    self.say(stream, Stage::Message, "250 taken").await?;
                }
                "QUIT" => {
                    self.say(stream, Stage::Quit, "221 goodbye").await?;
                    return Ok(Ended::Whole);
                }
                _ => stream.write_all(b"500 what?\r\n").await?,
            }
        }
    }

    fn offers(&self) -> String {
        let mut lines = vec!["mail.example".to_owned(), "8BITMIME".to_owned()];
        if self.manner.tls == Tls::Starttls && !self.encrypted {
            lines.push("STARTTLS".to_owned());
        }
        if !self.manner.mechanisms.is_empty() {
            lines.push(format!("AUTH {}", self.manner.mechanisms));
        }
        let last = lines.len() - 1;
        let line = |(index, line): (usize, &String)| format!("250{}{line}", if index == last { ' ' } else { '-' });
        lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\r\n")
    }

    /// Says what belongs here, or does what the manner says.
    async fn say<S: AsyncWrite + Unpin>(&self, stream: &mut S, stage: Stage, reply: &str) -> std::io::Result<()> {
        let reply = match self.manner.wrong {
            Some((wrong, misbehaviour)) if wrong == stage => match misbehaviour {
                Misbehaviour::Reply(other) => other,
                Misbehaviour::Silence => return std::future::pending().await,
                Misbehaviour::HangUp => return Err(over()),
                Misbehaviour::Flood => loop {
                    stream.write_all(b"250-and another thing\r\n").await?;
                },
            },
            _ => reply,
        };
        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        stream.flush().await
    }

    async fn line<S: AsyncRead + Unpin>(&self, stream: &mut S) -> std::io::Result<String> {
        let line = line(stream).await?;
        self.seen.lines.lock().unwrap().push(line.clone());
        Ok(line)
    }

    /// User name and password by `PLAIN` (RFC 4616) or `LOGIN`.
    async fn login<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut S,
        line: &str,
    ) -> std::io::Result<(String, String)> {
        let decoded = |text: &str| String::from_utf8(from_base64(text).unwrap()).unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        if words[1] == "PLAIN" {
            let fields = decoded(words[2]);
            let fields: Vec<&str> = fields.split('\0').collect();
            return Ok((fields[1].to_owned(), fields[2].to_owned()));
        }
        stream.write_all(b"334 VXNlcm5hbWU6\r\n").await?;
        let name = decoded(&self.line(stream).await?);
        stream.write_all(b"334 UGFzc3dvcmQ6\r\n").await?;
        Ok((name, decoded(&self.line(stream).await?)))
    }
}

async fn line<S: AsyncRead + Unpin>(stream: &mut S) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n") {
        bytes.push(stream.read_u8().await?);
    }
    bytes.truncate(bytes.len() - 2);
    Ok(String::from_utf8(bytes).unwrap())
}

/// A message up to its final dot (RFC 5321 4.5.2).
async fn message<S: AsyncRead + Unpin>(stream: &mut S) -> std::io::Result<String> {
    let mut message = String::new();
    loop {
        let line = line(stream).await?;
        if line == "." {
            return Ok(message);
        }
        message.push_str(line.strip_prefix('.').unwrap_or(&line));
        message.push_str("\r\n");
    }
}
