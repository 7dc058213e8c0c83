//! From bytes to what may be read of them: parse, look over, verify, decrypt, in this order.
//!
//! A signature of the Response is verified before anything is decrypted. What was decrypted is read only
//! where that signature covers its ciphertext or one inside covers it; decryption itself proves nothing,
//! since anybody can encrypt to us.
//!
//! # Source
//! SAML Core 2.3.4, 5.4 and 6.

use super::Refused;
use crate::base::trace::Checked;
use crate::saml::checks::Cover;
use crate::saml::expectation::{Decryption, Expectation};
use crate::saml::messages::assertion::Assertion;
use crate::saml::messages::envelope::Envelope;
use crate::saml::messages::response::Response;
use crate::saml::messages::structure::StructureError;
use crate::saml::messages::survey::{Encrypted, Inside, Survey};
use crate::xmlsig::decrypt::decrypt;
use crate::xmlsig::dom::{Document, Element};
use crate::xmlsig::encryption_error::EncryptionError;
use crate::xmlsig::limits::Limits;
use crate::xmlsig::signature_error::{Part, SignatureError};
use crate::xmlsig::verify::{VerifiedElement, verify};

/// The parts of a message that may be read.
pub(super) struct Proven {
    pub(super) envelope: Envelope,
    pub(super) cover: Cover,
    pub(super) assertion: Option<Assertion>,
}

/// Reads, looks the message over and verifies every signature that it carries.
pub(super) fn prove(message: &[u8], expected: &Expectation<'_>, rows: &mut Vec<Checked>) -> Result<Proven, Refused> {
    let document = Document::parse(message, &Limits::MESSAGE).map_err(|fault| {
        rows.push(Checked::failed("xml", fault.cause(), fault.to_string()));
        Refused::Xml(fault.cause())
    })?;
    rows.push(Checked::passed("xml", format!("{} bytes", message.len())));
    let (survey, unproven) =
        look_over(&document, expected.decryption).map_err(|fault| structure_fault(&fault, rows))?;
    let is_success = unproven.status.is_success();
    if is_success && survey.assertion.or(survey.encrypted).is_none() {
        return Err(structure_fault(&StructureError::NoAssertion, rows));
    }
    if is_success && survey.assertion.is_some() && matches!(expected.decryption, Decryption::Required(_)) {
        rows.push(Checked::failed("decryption", NOT_ENCRYPTED, "an assertion in the clear"));
        return Err(Refused::Encryption(NOT_ENCRYPTED));
    }

    let response = survey.response_signed.then(|| verified(survey.response, expected, rows)).transpose()?;
    let signed_assertion = survey.assertion.filter(|_| survey.assertion_signed);
    let assertion = signed_assertion.map(|element| verified(element, expected, rows)).transpose()?;
    let opened = match survey.encrypted.filter(|_| is_success) {
        Some(wrapper) => Some(open(wrapper, response.as_ref(), expected, rows)?),
        None => None,
    };
    let inside_signed = opened.as_ref().is_some_and(|opened| opened.signed);
    let saw = match (&response, assertion.is_some() || inside_signed) {
        (Some(_), true) => "response and assertion",
        (Some(_), false) => "response",
        (None, true) => "assertion",
        (None, false) => "none",
    };
    if is_success && saw == "none" {
        rows.push(Checked::passed("structure", "one response"));
        rows.push(Checked::failed("signature", "signature_missing", saw));
        return Err(Refused::Signature("signature_missing"));
    }

    let read = || -> Result<Proven, StructureError> {
        let covering = assertion.as_ref().or(response.as_ref());
        let (envelope, cover) = match &response {
            Some(verified) => (Response::new(verified)?.into_envelope(), Cover::Signed),
            None => (unproven, Cover::Unsigned),
        };
        let assertion = match opened {
            Some(opened) => Some(opened.assertion),
            None => covering.filter(|_| is_success).map(Assertion::new).transpose()?,
        };
        Ok(Proven { envelope, cover, assertion })
    };
    let proven = read().map_err(|fault| structure_fault(&fault, rows))?;
    rows.push(Checked::passed("structure", if is_success { "one response, one assertion" } else { "one response" }));
    rows.push(match saw {
        "none" => Checked::not_judged("signature", "an error answer without a signature"),
        saw => Checked::passed("signature", saw),
    });
    Ok(proven)
}

/// The cause of an assertion in the clear where it must be encrypted.
const NOT_ENCRYPTED: &str = "assertion_not_encrypted";

fn verified<'doc, 'input>(
    element: Element<'doc, 'input>,
    expected: &Expectation<'_>,
    rows: &mut Vec<Checked>,
) -> Result<VerifiedElement<'doc, 'input>, Refused> {
    verify(element, expected.keys).map_err(|fault| Refused::Signature(signature_fault(&fault, rows)))
}

fn signature_fault(fault: &SignatureError, rows: &mut Vec<Checked>) -> &'static str {
    rows.push(Checked::passed("structure", "one response"));
    rows.push(Checked::failed("signature", fault.cause(), fault.to_string()));
    fault.cause()
}

/// An assertion that was encrypted, and is covered.
struct Opened {
    assertion: Assertion,
    /// Whether it has a signature of its own, which has been verified.
    signed: bool,
}

/// Decrypts, and reads what some signature covers.
fn open(
    wrapper: Element<'_, '_>,
    response: Option<&VerifiedElement<'_, '_>>,
    expected: &Expectation<'_>,
    rows: &mut Vec<Checked>,
) -> Result<Opened, Refused> {
    let refuse = |fault: EncryptionError, rows: &mut Vec<Checked>| {
        rows.push(Checked::failed("decryption", fault.cause(), fault.to_string()));
        Refused::Encryption(fault.cause())
    };
    let (Decryption::Accepted(keys) | Decryption::Required(keys)) = expected.decryption else {
        // `look_over` lets none through that is not agreed.
        return Err(structure_fault(&StructureError::AssertionEncrypted, rows));
    };
    let recipient = expected.audience.as_str();
    let plaintext = decrypt(wrapper, response, recipient, keys).map_err(|fault| refuse(fault, rows))?;
    let decrypted = plaintext.document().map_err(|fault| refuse(fault, rows))?;
    let inside = Inside::of(decrypted.document()).map_err(|_| refuse(EncryptionError::Undecryptable, rows))?;
    let verified = if inside.signed {
        Some(
            verify(inside.assertion, expected.keys)
                .map_err(|fault| Refused::Encryption(signature_fault(&fault, rows)))?,
        )
    } else {
        decrypted.verified()
    };
    let Some(verified) = verified else {
        let fault = SignatureError::Missing(Part::Signature);
        return Err(Refused::Encryption(signature_fault(&fault, rows)));
    };
    let assertion = Assertion::new(&verified).map_err(|fault| structure_fault(&fault, rows))?;
    rows.push(Checked::passed("decryption", "one encrypted assertion"));
    Ok(Opened { assertion, signed: inside.signed })
}

fn look_over<'doc, 'input>(
    document: &'doc Document<'input>,
    decryption: Decryption<'_>,
) -> Result<(Survey<'doc, 'input>, Envelope), StructureError> {
    let encrypted = match decryption {
        Decryption::Refused => Encrypted::Refused,
        Decryption::Accepted(_) | Decryption::Required(_) => Encrypted::Counted,
    };
    let survey = Survey::of(document, encrypted)?;
    let envelope = Envelope::read(survey.response)?;
    Ok((survey, envelope))
}

fn structure_fault(fault: &StructureError, rows: &mut Vec<Checked>) -> Refused {
    rows.push(Checked::failed("structure", fault.cause(), fault.to_string()));
    Refused::Structure(fault.cause())
}
