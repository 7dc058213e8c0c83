//! The forge: good answers as text with places left open, sealed by a signer of the tests, so that
//! any structure can be made that the gateway's own writer would never make.

use std::sync::LazyLock;
use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::base::encoding::{base64, sha256};
use entente::base::random::{SystemRandom, new_xml_id};
use entente::keys::ring::KeyPurpose;
use entente::keys::signing::{SignatureAlgorithm, SigningKey};
use entente::saml::names::ASSERTION;
use entente::xmlsig::c14n::canonical;
use entente::xmlsig::dom::{Document, Element};
use entente::xmlsig::limits::Limits;
use entente::xmlsig::names::DSIG;

use crate::support::keys;
use crate::support::partner::Signs;

/// The keys that sign in the tests.
pub struct Keys {
    /// That of the partner who is asked.
    pub partner: SigningKey,
    /// One that nobody trusts.
    pub stranger: SigningKey,
    /// That of the gateway, with which it signs its requests.
    pub gateway: SigningKey,
    /// That of another trusted partner.
    pub northwind: SigningKey,
}

/// The keys, parsed once.
pub static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let ring = keys::ring();
    let current = ring.published(KeyPurpose::SamlSigning);
    let gateway = current[0].key.pkcs8();
    Keys {
        partner: keys::partner(),
        stranger: keys::stranger(),
        gateway: SigningKey::from_pkcs8(entente::base::secret::SecretBytes::new(gateway.expose().clone())).unwrap(),
        northwind: SigningKey::generate_rsa().unwrap(),
    }
});

/// What a good answer says, for one attempt.
#[derive(Clone)]
pub struct Good {
    /// The present time.
    pub now: Timestamp,
    /// The partner who is asked.
    pub partner: String,
    /// The ID of our request.
    pub request: String,
    /// Our assertion consumer service.
    pub acs: String,
    /// Our entity ID.
    pub audience: String,
    /// The relay state of the attempt.
    pub relay_state: String,
    /// The ID of the Response.
    pub response: String,
    /// The ID of the assertion.
    pub assertion: String,
    /// The ID of an assertion that was accepted before.
    pub spent_assertion: String,
    /// The whole answer that was accepted before.
    pub spent_answer: String,
    /// The ID of the request of another attempt of the same browser.
    pub other_request: String,
    /// The relay state of that other attempt.
    pub other_relay_state: String,
}

const RESPONSE: &str = concat!(
    r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion""#,
    r#" ID="{response}" Version="2.0" IssueInstant="{now}" Destination="{acs}" InResponseTo="{request}">"#,
    r#"<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">{partner}</saml:Issuer>[response signature]"#,
    r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>"#,
    r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{assertion}" Version="2.0" IssueInstant="{now}">"#,
    r#"<saml:Issuer>{partner}</saml:Issuer>[assertion signature]"#,
    r#"<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">ana-1</saml:NameID>"#,
    r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">"#,
    r#"<saml:SubjectConfirmationData InResponseTo="{request}" NotOnOrAfter="{now+300}" Recipient="{acs}"/>"#,
    r#"</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{now}" NotOnOrAfter="{now+300}">"#,
    r#"<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"#,
    r#"<saml:AuthnStatement AuthnInstant="{now}" SessionIndex="session-1"><saml:AuthnContext>"#,
    r#"<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>"#,
    r#"</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>"#,
    r#"<saml:Attribute Name="urn:oid:0.9.2342.19200300.100.1.3" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">"#,
    r#"<saml:AttributeValue>ana@fabrikam.example</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"#,
    r#"</saml:Assertion></samlp:Response>"#
);

/// A signature whose reference, digest and value are left open.
const SIGNATURE: &str = concat!(
    r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>"#,
    r#"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>"#,
    r#"<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>"#,
    r##"<ds:Reference URI="#[id]"><ds:Transforms>"##,
    r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>"#,
    r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>"#,
    r#"<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>"#,
    r#"<ds:DigestValue>@digest of [which]@</ds:DigestValue></ds:Reference></ds:SignedInfo>"#,
    r#"<ds:SignatureValue>@value of [which]@</ds:SignatureValue></ds:Signature>"#,
);

impl Good {
    /// A good answer to a request that nobody made, for judging without a gateway.
    pub fn imagined(partner: &str, acs: &str, audience: &str) -> Self {
        Self {
            now: keys::START,
            partner: partner.to_owned(),
            request: "_request".to_owned(),
            acs: acs.to_owned(),
            audience: audience.to_owned(),
            relay_state: String::new(),
            response: new_xml_id(&SystemRandom),
            assertion: new_xml_id(&SystemRandom),
            spent_assertion: "_spent".to_owned(),
            spent_answer: String::new(),
            other_request: "_other".to_owned(),
            other_relay_state: String::new(),
        }
    }

    /// The answer before it is sealed.
    pub fn draft(&self, signs: Signs) -> Draft<'_> {
        let signature = |which: &str, id: &str| SIGNATURE.replace("[which]", which).replace("[id]", id);
        let (mut response, mut assertion) = (String::new(), String::new());
        if matches!(signs, Signs::Response | Signs::Both) {
            response = signature("response", "{response}");
        }
        if matches!(signs, Signs::Assertion | Signs::Both) {
            assertion = signature("assertion", "{assertion}");
        }
        let text = RESPONSE.replace("[response signature]", &response).replace("[assertion signature]", &assertion);
        Draft { good: self, text, key: &KEYS.partner, algorithm: SignatureAlgorithm::RsaSha256 }
    }

    /// The good answer, its assertion signed.
    pub fn sealed(&self) -> String {
        self.draft(Signs::Assertion).seal()
    }

    /// A Response that nobody signed, about somebody else.
    pub fn forged_response(&self) -> String {
        let text = self.draft(Signs::Nothing).swap("ana-1", "intruder-1").swap("ana@", "intruder@").seal();
        let text = swap(&text, &format!("ID=\"{}\"", self.response), "ID=\"_forged-response\"");
        swap(&text, &format!("ID=\"{}\"", self.assertion), "ID=\"_forged\"")
    }

    /// An assertion that nobody signed, about somebody else.
    pub fn forged_assertion(&self) -> String {
        element(&self.forged_response(), "saml:Assertion").to_owned()
    }

    /// Fills in what `{...}` names: the fields, and times as `{now-60}`.
    pub fn expand(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in [
            ("{partner}", &self.partner),
            ("{request}", &self.request),
            ("{acs}", &self.acs),
            ("{audience}", &self.audience),
            ("{response}", &self.response),
            ("{assertion}", &self.assertion),
            ("{spent assertion}", &self.spent_assertion),
            ("{other request}", &self.other_request),
        ] {
            text = text.replace(name, value);
        }
        while let Some(start) = text.find("{now") {
            let end = start + text[start..].find('}').unwrap();
            let seconds: i64 = text[start + 4..end].parse().unwrap_or(0);
            let distance = Duration::from_secs(seconds.unsigned_abs());
            let time = if seconds < 0 { self.now.minus(distance) } else { self.now.plus(distance) };
            text.replace_range(start..=end, &time.to_rfc3339());
        }
        text
    }
}

/// An answer that waits for its seal.
pub struct Draft<'a> {
    good: &'a Good,
    text: String,
    key: &'a SigningKey,
    algorithm: SignatureAlgorithm,
}

impl<'a> Draft<'a> {
    /// Puts `to` in the place of `from`, which stands there once.
    pub fn swap(mut self, from: &str, to: &str) -> Self {
        self.text = swap(&self.text, from, to);
        self
    }

    /// Fills in what `{...}` names, so that what is swapped next is what will stand there.
    pub fn expanded(mut self) -> Self {
        self.text = self.good.expand(&self.text);
        self
    }

    /// Signs with another key.
    pub fn key(mut self, key: &'a SigningKey) -> Self {
        self.key = key;
        self
    }

    /// Signs by another algorithm.
    pub fn algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Fills in every value, then digest and signature of the assertion, then those of the Response.
    pub fn seal(self) -> String {
        let text = self.good.expand(&self.text);
        let text = self.fill(text, "assertion");
        self.fill(text, "response")
    }

    fn fill(&self, mut text: String, which: &str) -> String {
        let (digest_mark, value_mark) = (format!("@digest of {which}@"), format!("@value of {which}@"));
        if text.contains(&digest_mark) {
            let digest = base64(sha256(&self.covered(&text, which, &digest_mark)));
            text = text.replace(&digest_mark, &digest);
        }
        if !text.contains(&value_mark) {
            return text;
        }
        let octets = {
            let document = parse(&text);
            let holds_mark = |signature: &Element<'_, '_>| {
                signature
                    .children_named(DSIG, "SignatureValue")
                    .any(|value| value.text().as_deref() == Some(&value_mark))
            };
            let signature = find(document.root(), &|found| found.is(DSIG, "Signature") && holds_mark(&found)).unwrap();
            find(signature, &|found| found.is(DSIG, "SignedInfo")).map(|found| canonical(found, &[]))
        };
        let value = octets.map(|octets| base64(self.key.sign(self.algorithm, &octets).unwrap()));
        text.replace(&value_mark, &value.unwrap_or_default())
    }

    /// The octets of the signed element without its signature.
    fn covered(&self, text: &str, which: &str, mark: &str) -> Vec<u8> {
        let at = text.find(mark).unwrap();
        let start = text[..at].rfind("<ds:Signature ").unwrap();
        let end = at + text[at..].find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
        let bare = format!("{}{}", &text[..start], &text[end..]);
        let document = parse(&bare);
        if which == "response" {
            return canonical(document.root(), &[]);
        }
        let named = find(document.root(), &|found| found.id() == Some(&self.good.assertion));
        let any = || find(document.root(), &|found| found.is(ASSERTION, "Assertion"));
        canonical(named.or_else(any).unwrap(), &[])
    }
}

fn parse(text: &str) -> Document<'_> {
    Document::parse(text.as_bytes(), &Limits::METADATA).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The first element, root included, that `is_it`.
fn find<'doc, 'input>(
    from: Element<'doc, 'input>,
    is_it: &dyn Fn(Element<'doc, 'input>) -> bool,
) -> Option<Element<'doc, 'input>> {
    if is_it(from) { Some(from) } else { from.children().find_map(|child| find(child, is_it)) }
}

/// Puts `to` in the place of `from`, which stands there once.
pub fn swap(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "`{from}` in {text}");
    text.replacen(from, to, 1)
}

/// The first element of this name, whole.
pub fn element<'a>(text: &'a str, name: &str) -> &'a str {
    let start = text.find(&format!("<{name} ")).or_else(|| text.find(&format!("<{name}>"))).unwrap();
    let end_tag = format!("</{name}>");
    let end = start + text[start..].find(&end_tag).unwrap() + end_tag.len();
    &text[start..end]
}

/// The text without the first element of this name.
pub fn without(text: &str, name: &str) -> String {
    text.replacen(element(text, name), "", 1)
}

/// The text with `inside` before the last end tag of this name.
pub fn inside_of(text: &str, name: &str, inside: &str) -> String {
    let at = text.rfind(&format!("</{name}>")).unwrap();
    format!("{}{inside}{}", &text[..at], &text[at..])
}

/// The Response with Extensions that hold `inside`.
pub fn extended(response: &str, inside: &str) -> String {
    let extensions = format!("<samlp:Extensions>{inside}</samlp:Extensions><samlp:Status>");
    swap(response, "<samlp:Status>", &extensions)
}
