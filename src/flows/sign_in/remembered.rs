//! The partner that was chosen last in this browser: a sealed cookie that names no person. It is offered on the
//! page that asks for the organisation and never used without being asked; a hint is never overridden by it.
//! Signing out keeps it, since it opens nothing; the page has a button that forgets it.

use std::sync::Arc;
use std::time::Duration;

use crate::base::binary::{BinaryError, Reader, Writer};
use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, from_base64url};
use crate::base::sealing::Purpose;
use crate::domain::partners::{MAILED_CODE_PARTNER, Partner, PartnerId};
use crate::domain::refusal::Refusal;
use crate::domain::requests::AppRequest;
use crate::flows::next::{CookieChange, Visitor};
use crate::flows::services::Services;

use super::session_use::Asker;
use super::store_refusal;

/// How long a browser remembers it: half a year.
pub const REMEMBERED_LIFE: Duration = Duration::from_secs(180 * 86_400);
const PLACE: &[u8] = b"remembered-partner";
const FORMAT: u8 = 1;

/// The cookie with `partner` in it; nothing changes where it cannot be sealed, or the partner is no organisation.
pub(super) fn remember(services: &Services, partner: PartnerId, now: Timestamp) -> Option<CookieChange> {
    if partner == MAILED_CODE_PARTNER {
        return None;
    }
    let mut writer = Writer::new();
    writer.byte(FORMAT).fixed(partner.as_bytes()).fixed(&now.micros().to_be_bytes());
    let sealed = services.sealer.seal(services.random.as_ref(), Purpose::RememberedPartner, PLACE, &writer.finish());
    sealed.ok().map(|sealed| CookieChange::SetRemembered(base64url(sealed)))
}

/// What is remembered, as far as it may be offered.
#[derive(Default)]
pub(super) struct Remembered {
    /// The partner.
    pub(super) partner: Option<Arc<Partner>>,
    /// The cookie is to go: it cannot be read, is too old, or its partner is removed or switched off.
    pub(super) forget: Option<CookieChange>,
}

/// What this browser remembers for `request`; nothing where a hint says more. A partner whose people this app
/// does not take is not offered and stays remembered for others.
pub(super) async fn recall(
    services: &Services,
    app: &Asker,
    request: &AppRequest,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Remembered, Refusal> {
    let Some(cookie) = visitor.remembered.as_deref() else { return Ok(Remembered::default()) };
    if request.domain_hint.is_some() || request.login_hint.is_some() {
        return Ok(Remembered::default());
    }
    let gone = Remembered { partner: None, forget: Some(CookieChange::ClearRemembered) };
    let Some(id) = open(services, cookie, now) else { return Ok(gone) };
    let partner = services.directory.partner(id).await.map_err(|error| store_refusal(&error))?;
    let Some(partner) = partner.filter(|partner| partner.switch.is_on()) else { return Ok(gone) };
    Ok(Remembered { partner: app.partners.has(partner.id).then_some(partner), forget: None })
}

fn open(services: &Services, cookie: &str, now: Timestamp) -> Option<PartnerId> {
    let plain = services.sealer.open(Purpose::RememberedPartner, PLACE, &from_base64url(cookie)?).ok()?;
    let (partner, at) = read(&plain).ok()?;
    (at <= now && now.since(at) < REMEMBERED_LIFE).then_some(partner)
}

fn read(bytes: &[u8]) -> Result<(PartnerId, Timestamp), BinaryError> {
    let mut reader = Reader::new(bytes);
    if reader.byte()? != FORMAT {
        return Err(BinaryError);
    }
    let partner = uuid::Uuid::from_slice(reader.fixed(16)?).map_err(|_| BinaryError)?;
    let at: [u8; 8] = reader.fixed(8)?.try_into().map_err(|_| BinaryError)?;
    reader.finish()?;
    Ok((PartnerId::from_uuid(partner), Timestamp::from_micros(i64::from_be_bytes(at))))
}
