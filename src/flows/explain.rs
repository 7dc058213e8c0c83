//! Judging a captured response by the same code as the gateway, offline: nothing is issued, nothing is
//! spent, nothing is written.

use crate::base::clock::Timestamp;
use crate::base::trace::Checked;
use crate::domain::claims::mapped;
use crate::domain::organization::PublicUrl;
use crate::domain::partners::Partner;
use crate::domain::refusal::{Code, Refusal};
use crate::keys::ring::KeyRing;
use crate::upstream::providers::Providers;
use crate::upstream::{self, Answers, Expected, PostedAnswer};

/// What a captured response comes to.
#[derive(Debug)]
pub struct Explanation {
    /// Every row of the table.
    pub rows: Vec<Checked>,
    /// Why it would have been refused; `None` where it would have been accepted.
    pub refusal: Option<Refusal>,
}

/// Judges `captured` (XML, base64 or the form's body) as of `at`. Without `request_id` the checks that
/// need it are shown as not judged. `keys` open what was encrypted.
#[must_use]
pub fn explain(
    partner: &Partner,
    captured: &[u8],
    request_id: Option<&str>,
    public_url: &PublicUrl,
    keys: &KeyRing,
    at: Timestamp,
) -> Explanation {
    let posted = match PostedAnswer::captured(captured) {
        Ok(posted) => posted,
        Err(message) => {
            let refusal = Refusal::new(Code::SamlResponseMalformed, "capture_unreadable").seen(message);
            return Explanation { rows: Vec::new(), refusal: Some(refusal) };
        }
    };
    let providers = Providers::of(public_url);
    let judge = |answers| {
        let expected = Expected { answers, public_url, keys, providers: &providers };
        upstream::judge(partner, &posted, &expected, at)
    };
    let mut judged = judge(request_id.map_or(Answers::UnknownToExplain, Answers::Request));
    let is_unsolicited = judged.outcome.as_ref().is_err_and(|refusal| refusal.code == Code::SamlUnsolicited);
    if request_id.is_none() && is_unsolicited && upstream::unsolicited_app(partner).is_some() {
        judged = judge(Answers::Nothing);
    }
    explanation(partner, judged)
}

/// Judges `captured`, the ID token of an OIDC partner in its compact form, as of `at`, by the documents that are
/// kept. Without `nonce` the check that needs it is shown as not judged.
#[must_use]
pub fn explain_token(
    partner: &Partner,
    captured: &[u8],
    nonce: Option<&str>,
    public_url: &PublicUrl,
    at: Timestamp,
) -> Explanation {
    let Ok(token) = std::str::from_utf8(captured) else {
        let refusal = Refusal::new(Code::OidcResponseMalformed, "token_malformed");
        return Explanation { rows: Vec::new(), refusal: Some(refusal) };
    };
    let providers = Providers::of(public_url);
    explanation(partner, upstream::explain_token(partner, token.trim(), nonce, &providers, at))
}

fn explanation(partner: &Partner, judged: upstream::Judged) -> Explanation {
    let mut rows = judged.rows;
    let mut refusal = match judged.outcome {
        Ok(authentication) => {
            rows.extend(mapped(&authentication, partner));
            None
        }
        Err(refusal) => Some(refusal),
    };
    if refusal.is_none() && !partner.switch.is_on() {
        refusal = Some(Refusal::new(Code::PartnerDisabled, "partner_disabled"));
    }
    Explanation { rows, refusal }
}
