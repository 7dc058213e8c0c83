//! Signing: text that is canonical by construction is digested as it stands, never parsed again.
//!
//! The caller awaits a [`Signer`](crate::keys::signing::Signer) between [`ToSign::signed_info`] and
//! [`ToSign::finish`].

use super::algorithms::{Digest, ENVELOPED, signature_uri};
use super::names::{DSIG, EXCLUSIVE_C14N};
use super::write::{Halves, Name, WriteError, XmlWriter};
use crate::base::encoding::base64;
use crate::keys::certificates::Certificate;
use crate::keys::signing::SignatureAlgorithm;

/// An element that waits for its signature.
#[derive(Debug, Clone)]
pub struct ToSign {
    halves: Halves,
    signed_info: String,
    certificate: Option<String>,
}

impl ToSign {
    /// Prepares the signature of the element that `halves` are, whose attribute `ID` is `id`.
    /// **Shape**: both halves from one [`XmlWriter`], so that together they are canonical; `id` an
    /// NCName. `certificate` goes into `ds:KeyInfo` for those who want to see it.
    ///
    /// # Errors
    /// [`WriteError::ForbiddenCharacter`] where `id` cannot be written.
    pub fn new(
        halves: Halves,
        id: &str,
        algorithm: SignatureAlgorithm,
        certificate: Option<&Certificate>,
    ) -> Result<Self, WriteError> {
        let digest = Digest::beside(algorithm);
        let digest_value = base64(digest.of(&[halves.head.as_bytes(), halves.tail.as_bytes()]));
        let signed_info = signed_info(id, algorithm, digest, &digest_value)?;
        Ok(Self { halves, signed_info, certificate: certificate.map(|certificate| base64(certificate.der())) })
    }

    /// The octets to sign: the canonical form of SignedInfo.
    #[must_use]
    pub fn signed_info(&self) -> &[u8] {
        self.signed_info.as_bytes()
    }

    /// The element with its signature in place.
    #[must_use]
    pub fn finish(self, signature: &[u8]) -> String {
        let Self { halves, signed_info, certificate } = self;
        let value = base64(signature);
        // Alone, SignedInfo declares the prefix; in its place the Signature around it does.
        let bare = signed_info.replacen(DECLARATION, "", 1);
        let mut text = String::with_capacity(halves.head.len() + halves.tail.len() + bare.len() + value.len() + 2048);
        text.push_str(&halves.head);
        for piece in ["<ds:Signature", DECLARATION, ">", &bare, "<ds:SignatureValue>", &value, "</ds:SignatureValue>"] {
            text.push_str(piece);
        }
        if let Some(certificate) = certificate {
            for piece in ["<ds:KeyInfo><ds:X509Data><ds:X509Certificate>", &certificate, KEY_INFO_END] {
                text.push_str(piece);
            }
        }
        text.push_str("</ds:Signature>");
        text.push_str(&halves.tail);
        text
    }
}

const DECLARATION: &str = " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
const KEY_INFO_END: &str = "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>";

fn signed_info(id: &str, algorithm: SignatureAlgorithm, digest: Digest, value: &str) -> Result<String, WriteError> {
    let mut writer = XmlWriter::new();
    writer.start(ds("SignedInfo"));
    writer.start(ds("CanonicalizationMethod")).attribute("Algorithm", EXCLUSIVE_C14N).end();
    writer.start(ds("SignatureMethod")).attribute("Algorithm", signature_uri(algorithm)).end();
    writer.start(ds("Reference")).attribute("URI", &format!("#{id}"));
    writer.start(ds("Transforms"));
    writer.start(ds("Transform")).attribute("Algorithm", ENVELOPED).end();
    writer.start(ds("Transform")).attribute("Algorithm", EXCLUSIVE_C14N).end();
    writer.end();
    writer.start(ds("DigestMethod")).attribute("Algorithm", digest.uri()).end();
    writer.leaf(ds("DigestValue"), value);
    writer.end().end();
    writer.finish()
}

const fn ds(local: &'static str) -> Name {
    Name::new("ds", DSIG, local)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::clock::Timestamp;
    use crate::base::random::SystemRandom;
    use crate::keys::generate::self_signed;
    use crate::keys::signing::SigningKey;
    use crate::xmlsig::c14n::canonical;
    use crate::xmlsig::dom::Document;
    use crate::xmlsig::limits::Limits;
    use crate::xmlsig::testing::{find, public};
    use crate::xmlsig::verify::verify;

    const ROOT: Name = Name::new("p", "urn:p", "Root");
    const BOX: Name = Name::new("q", "urn:q", "Box");

    fn root(id: &str, inside: &str) -> Halves {
        let mut writer = XmlWriter::new();
        writer.start(ROOT).attribute("ID", id).leaf(ROOT, "issuer").signature_here();
        if !inside.is_empty() {
            writer.start(BOX).element(inside).end();
        }
        writer.leaf(ROOT, "a & b\r\n").end();
        writer.finish_halves().unwrap()
    }

    fn signed(key: &SigningKey, algorithm: SignatureAlgorithm, halves: Halves, id: &str) -> String {
        let waiting = ToSign::new(halves, id, algorithm, None).unwrap();
        let signature = key.sign(algorithm, waiting.signed_info()).unwrap();
        waiting.finish(&signature)
    }

    #[test]
    fn what_is_signed_is_verified_with_every_algorithm() {
        let (rsa, p256) = (SigningKey::generate_rsa().unwrap(), SigningKey::generate_p256().unwrap());
        for (key, algorithm) in [
            (&rsa, SignatureAlgorithm::RsaSha256),
            (&rsa, SignatureAlgorithm::RsaSha512),
            (&p256, SignatureAlgorithm::EcdsaP256Sha256),
        ] {
            let text = signed(key, algorithm, root("_1", ""), "_1");
            let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
            let verified = verify(document.root(), &[public(key)]).unwrap();
            assert_eq!(verified.algorithm(), algorithm);
            assert_eq!(canonical(document.root(), &[]), text.as_bytes());
        }
    }

    #[test]
    fn a_signed_element_in_a_signed_element_keeps_both_signatures() {
        let key = SigningKey::generate_p256().unwrap();
        let algorithm = SignatureAlgorithm::EcdsaP256Sha256;
        let mut writer = XmlWriter::new();
        writer.start(BOX).attribute("ID", "_2").signature_here();
        writer.element(&signed(&key, algorithm, root("_1", ""), "_1")).end();
        let text = signed(&key, algorithm, writer.finish_halves().unwrap(), "_2");
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
        for id in ["_1", "_2"] {
            let element = find(document.root(), &|element| element.id() == Some(id)).unwrap();
            assert_eq!(verify(element, &[public(&key)]).map(|verified| verified.element()), Ok(element));
        }
    }

    #[test]
    fn the_certificate_is_shown_where_one_is_given() {
        let key = SigningKey::generate_rsa().unwrap();
        let now = Timestamp::from_seconds(1_790_000_000);
        let certificate = self_signed(&SystemRandom, &key, "idp", now, now.plus(Duration::from_secs(60))).unwrap();
        let algorithm = key.default_algorithm();
        let waiting = ToSign::new(root("_1", ""), "_1", algorithm, Some(&certificate)).unwrap();
        let signature = key.sign(algorithm, waiting.signed_info()).unwrap();
        let text = waiting.finish(&signature);
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
        let shown = find(document.root(), &|element| element.is(DSIG, "X509Certificate")).unwrap();
        assert_eq!(shown.text().unwrap(), base64(certificate.der()));
        assert!(verify(document.root(), &[public(&key)]).is_ok());
    }

    #[test]
    fn an_id_that_cannot_be_written_is_refused() {
        let refused = ToSign::new(root("_1", ""), "\0", SignatureAlgorithm::RsaSha256, None);
        assert_eq!(refused.map(|_| ()), Err(WriteError::ForbiddenCharacter));
    }
}
