//! The address at which a partner or app publishes its metadata: a real HTTP server that says what a test
//! wants, and documents of every kind, signed or not.

use std::sync::{Arc, Mutex};

use entente::base::clock::Timestamp;
use entente::base::encoding::base64;
use entente::keys::certificates::Certificate;
use entente::keys::signing::SigningKey;
use entente::xmlsig::sign::ToSign;
use entente::xmlsig::write::Halves;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What the address answers.
#[derive(Clone)]
pub enum Says {
    /// A document.
    Document(String),
    /// A status with a page.
    Status(u16),
    /// A web page, status 200.
    Html,
    /// A way to another address.
    Redirect(String),
    /// A document without an end.
    Endless,
    /// Nothing, on a connection that stays open.
    Silence,
    /// A document, one byte a second.
    Drops,
    /// Nothing: it hangs up.
    Nothing,
}

struct Manner {
    says: Says,
    etag: Option<String>,
    asked: usize,
    unchanged: usize,
}

/// A running server.
pub struct Source {
    /// Its address.
    pub url: String,
    manner: Arc<Mutex<Manner>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Source {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Source {
    /// Starts a server that says this.
    pub async fn start(document: String) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/metadata", listener.local_addr().unwrap());
        let manner = Manner { says: Says::Document(document), etag: None, asked: 0, unchanged: 0 };
        let manner = Arc::new(Mutex::new(manner));
        let answers = manner.clone();
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(stream, answers.clone()));
            }
        });
        Self { url, manner, serving }
    }

    /// Says something else from now on, without a validator.
    pub fn say(&self, says: Says) {
        let mut manner = self.manner.lock().unwrap();
        (manner.says, manner.etag) = (says, None);
    }

    /// Says another document.
    pub fn publish(&self, document: String) {
        self.say(Says::Document(document));
    }

    /// Gives what is said a validator.
    pub fn tag(&self, etag: &str) {
        self.manner.lock().unwrap().etag = Some(etag.to_owned());
    }

    /// How often it was asked, and how often nothing was new.
    pub fn asked(&self) -> (usize, usize) {
        let manner = self.manner.lock().unwrap();
        (manner.asked, manner.unchanged)
    }
}

async fn answer(mut stream: TcpStream, manner: Arc<Mutex<Manner>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    // What was sent is read, so that hanging up takes no answer back.
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    if stream.read_exact(&mut vec![0; length]).await.is_err() {
        return;
    }
    let known = head.lines().find_map(|line| line.strip_prefix("if-none-match: "));
    let (says, etag) = {
        let mut manner = manner.lock().unwrap();
        manner.asked += 1;
        if manner.etag.is_some() && known == manner.etag.as_deref() {
            manner.unchanged += 1;
            (Says::Status(304), manner.etag.clone())
        } else {
            (manner.says.clone(), manner.etag.clone())
        }
    };
    let tag = etag.map_or_else(String::new, |etag| format!("etag: {etag}\r\n"));
    let (status, more, body) = match &says {
        Says::Document(text) => (200, tag, Some(text.clone())),
        Says::Status(304) => (304, tag, Some(String::new())),
        Says::Status(status) => (*status, tag, Some("<html>sorry</html>".to_owned())),
        Says::Html => (200, tag, Some("<!DOCTYPE html><html><body>Sign in first</body></html>".to_owned())),
        Says::Redirect(to) => (302, format!("location: {to}\r\n"), Some(String::new())),
        Says::Endless | Says::Drops => (200, tag, None),
        // Until whoever asked has had enough.
        Says::Silence => return drop(stream.read_u8().await),
        Says::Nothing => return,
    };
    let length = body.as_ref().map_or_else(String::new, |body| format!("content-length: {}\r\n", body.len()));
    let head = format!("HTTP/1.1 {status} Said\r\n{more}{length}connection: close\r\n\r\n");
    // Whoever asked may hang up as soon as it has seen too much.
    let _ = stream.write_all(head.as_bytes()).await;
    match body {
        Some(body) => drop(stream.write_all(body.as_bytes()).await),
        None if matches!(says, Says::Drops) => {
            let mut every = tokio::time::interval(std::time::Duration::from_secs(1));
            while stream.write_all(b" ").await.is_ok() {
                every.tick().await;
            }
        }
        None => while stream.write_all(&[b' '; 64 * 1024]).await.is_ok() {},
    }
}

/// Metadata as it is to be published.
#[derive(Clone)]
pub struct Metadata {
    /// Whom it describes.
    pub entity_id: String,
    /// The certificates of its signing keys.
    pub certificates: Vec<Certificate>,
    /// Its end.
    pub valid_until: Option<Timestamp>,
    /// How soon it is to be fetched anew.
    pub cache_duration: Option<&'static str>,
    /// When it was made.
    pub made_at: Option<Timestamp>,
    /// The elements of its role after the keys, in canonical form.
    pub services: String,
    /// The name of its role, with its attributes.
    pub role: (&'static str, &'static str),
}

impl Metadata {
    /// Of an identity provider.
    pub fn of_idp(entity_id: &str, sso: &str, certificates: &[Certificate]) -> Self {
        let services = format!(
            r#"<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{sso}"></md:SingleSignOnService>"#
        );
        Self::of(entity_id, certificates, services, ("IDPSSODescriptor", ""))
    }

    /// Of a service provider that signs its requests.
    pub fn of_sp(entity_id: &str, acs: &str, certificates: &[Certificate]) -> Self {
        let services = format!(
            r#"<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{acs}" index="0"></md:AssertionConsumerService>"#
        );
        Self::of(entity_id, certificates, services, ("SPSSODescriptor", "AuthnRequestsSigned=\"true\" "))
    }

    fn of(entity_id: &str, certificates: &[Certificate], services: String, role: (&'static str, &'static str)) -> Self {
        Self {
            entity_id: entity_id.to_owned(),
            certificates: certificates.to_vec(),
            valid_until: None,
            cache_duration: None,
            made_at: None,
            services,
            role,
        }
    }

    /// The document without a signature.
    pub fn plain(&self) -> String {
        let Halves { head, tail } = self.halves();
        head + &tail
    }

    /// The document, signed as a whole.
    pub fn signed(&self, key: &SigningKey) -> String {
        let algorithm = key.default_algorithm();
        let to_sign = ToSign::new(self.halves(), "_m", algorithm, None).unwrap();
        let signature = key.sign(algorithm, to_sign.signed_info()).unwrap();
        to_sign.finish(&signature)
    }

    fn halves(&self) -> Halves {
        let attribute =
            |name: &str, value: Option<String>| value.map_or_else(String::new, |value| format!(" {name}=\"{value}\""));
        let (role, attributes) = self.role;
        let keys: String = self.certificates.iter().map(|certificate| {
            format!(
                r#"<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"#,
                base64(certificate.der())
            )
        }).collect();
        let made = self.made_at.map_or_else(String::new, |at| {
            format!(
                r#"<md:Extensions><mdrpi:PublicationInfo xmlns:mdrpi="urn:oasis:names:tc:SAML:metadata:rpi" creationInstant="{}" publisher="urn:us"></mdrpi:PublicationInfo></md:Extensions>"#,
                at.to_rfc3339()
            )
        });
        Halves {
            head: format!(
                r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_m"{} entityID="{}"{}>"#,
                attribute("cacheDuration", self.cache_duration.map(str::to_owned)),
                self.entity_id,
                attribute("validUntil", self.valid_until.map(Timestamp::to_rfc3339)),
            ),
            tail: format!(
                r#"{made}<md:{role} {attributes}protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{keys}{}</md:{role}></md:EntityDescriptor>"#,
                self.services
            ),
        }
    }
}
