//! Sending the browser to a partner.

use crate::base::clock::Timestamp;
use crate::base::random::{new_handle, new_xml_id};
use crate::domain::attempts::{Asked, Sent, Turn};
use crate::domain::mail::MailAddress;
use crate::domain::partners::{Partner, PartnerId, Trust};
use crate::domain::policy::facts::HomeTrust;
use crate::domain::policy::parties::{MAILED_CODES_DISABLED, PARTNER_NOT_AMONG_THOSE_OF_APP};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{Interaction, ReturnTo};
use crate::flows::documents::needed;
use crate::flows::next::{Next, Visitor};
use crate::flows::services::Services;
use crate::upstream::{self, Classes, Visibility, Wish};

use super::{keep, mailed, session_use, store_refusal};

/// Asks the partner for the first time in this attempt.
pub(crate) async fn send(
    services: &Services,
    asked: Asked,
    partner: PartnerId,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    send_turn(services, asked, partner, Turn::First, visitor, now).await
}

/// Asks the partner: builds the request, has it signed, and keeps what was sent with the attempt.
pub(crate) async fn send_turn(
    services: &Services,
    mut asked: Asked,
    partner: PartnerId,
    turn: Turn,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let record = services.directory.partner(partner).await.map_err(|error| store_refusal(&error))?;
    let record = record.ok_or(Refusal::new(Code::PartnerDisabled, "partner_removed"))?;
    if !record.switch.is_on() {
        if matches!(record.trust, Trust::MailedCode) {
            return Err(Refusal::new(Code::OtpDisabled, MAILED_CODES_DISABLED));
        }
        return Err(Refusal::new(Code::PartnerDisabled, "partner_disabled"));
    }
    let app = session_use::app(services, &asked.request).await?;
    if !app.partners.has(partner) {
        return Err(Refusal::new(Code::PartnerNotAccepted, PARTNER_NOT_AMONG_THOSE_OF_APP));
    }
    if matches!(record.trust, Trust::MailedCode) {
        return mailed::begin(services, asked, visitor, now).await;
    }
    let record = needed::with_documents(services, record, now).await?;
    // What a partner is not trusted with is not asked of it.
    let is_trusted = record.assurance.home_trust != HomeTrust::NotTrusted;
    let wanted = if is_trusted { asked.wanted.as_slice() } else { &[] };
    let request_id = new_xml_id(services.random.as_ref());
    let verifier = new_handle(services.random.as_ref());
    let wish = Wish {
        request_id: &request_id,
        relay_state: &asked.id.to_string(),
        verifier: &verifier,
        proof: asked.proof,
        max_age: asked.request.max_age,
        login_hint: asked.request.login_hint.as_deref().filter(|hint| is_theirs(&record, hint)),
        visibility: match asked.request.interaction {
            Interaction::Silent => Visibility::Passive,
            Interaction::Shown { .. } => Visibility::Shown,
        },
        classes: match turn {
            Turn::First if wanted.is_empty() => Classes::AsConfigured,
            Turn::First => Classes::For(wanted),
            Turn::WithoutClasses => Classes::None,
        },
        scoping: match &asked.request.return_to {
            ReturnTo::Saml(saml) => saml.scoping.as_ref(),
            ReturnTo::Oidc(_) | ReturnTo::Here(_) => None,
        },
        now,
    };
    let url = upstream::ask(&record, &wish, &ours(services)).await?;
    // What it was asked for before counts on: it has answered that.
    let mut strengths =
        asked.sent.take().filter(|sent| sent.partner == partner).map_or_else(Vec::new, |sent| sent.strengths);
    let new: Vec<_> = wanted.iter().filter(|wanted| !strengths.contains(wanted)).copied().collect();
    strengths.extend(new);
    asked.sent = Some(Sent { partner, request_id, verifier, at: now, turn, strengths });
    let changes = keep::keep(services, &asked, visitor, now).await?;
    Ok(changes.into_iter().fold(Next::redirect(url), Next::with))
}

/// What of ours a question or an answer needs.
pub(crate) fn ours(services: &Services) -> upstream::Ours<'_> {
    upstream::Ours {
        public_url: &services.settings.public_url,
        keys: &services.keys,
        signer: services.signer.as_ref(),
        sealer: &services.sealer,
        providers: &services.providers,
    }
}

/// Whether an app's hint may be told to a partner: only an address in the partner's own domains.
fn is_theirs(partner: &Partner, hint: &str) -> bool {
    MailAddress::parse(hint).is_ok_and(|mail| partner.domain_of(mail.domain()).is_some())
}
