//! Ends the sessions that an OIDC partner says have ended there.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::trace::Checked;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::guests::GuestId;
use crate::domain::partners::{Partner, Trust};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::sessions::SessionId;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::flows::documents::needed;
use crate::flows::refusals;
use crate::flows::services::Services;
use crate::flows::sign_in::{MAX_TRIES, store_refusal};
use crate::upstream::backchannel::{JudgedLogout, judge_logout, no_such_address, read_logout};

/// Takes what was posted to the address with this handle. Whether there was a session is told to nobody.
///
/// # Errors
/// The address is nobody's, the token is refused, or we cannot at present.
pub async fn receive(
    services: &Services,
    handle: &str,
    params: &RawParams,
    address: Option<IpAddr>,
) -> Result<(), Refusal> {
    let now = services.clock.now();
    let token = read_logout(params)?;
    let partner = services.directory.partner_by_handle(handle).await.map_err(|error| store_refusal(&error))?;
    let partner = partner.filter(|partner| matches!(partner.trust, Trust::Oidc(_))).ok_or_else(no_such_address)?;
    let taken = take(services, partner.clone(), token, address, now).await;
    if let Err(refusal) = &taken {
        refusals::note_partner(services, refusal, partner.id, address, now);
    }
    taken
}

async fn take(
    services: &Services,
    partner: Arc<Partner>,
    token: &str,
    address: Option<IpAddr>,
    now: Timestamp,
) -> Result<(), Refusal> {
    // A partner that is switched off may still end what it began: nothing is let in by that, and a session that it
    // has ended must not come back with the switch.
    let mut partner = needed::with_documents(services, partner, now).await?;
    let mut judged = judge_logout(&partner, token, &services.providers, now);
    if judged.names_unknown_key {
        partner = needed::with_newer_keys(services, partner, now).await?;
        judged = judge_logout(&partner, token, &services.providers, now);
    }
    // Nothing is begun for what is refused.
    judged.outcome.as_ref().map_err(Clone::clone)?;
    let mut tries = 0;
    loop {
        tries += 1;
        let act = Act { services, partner: &partner, token, judged: &judged, address, now };
        match act.carry_out().await {
            Err(Halt::Store(StoreError::Raced)) if tries < MAX_TRIES => {}
            Err(Halt::Store(error)) => return Err(store_refusal(&error)),
            Err(Halt::Refused(refusal)) => return Err(*refusal),
            Ok(()) => return Ok(()),
        }
    }
}

enum Halt {
    Refused(Box<Refusal>),
    Store(StoreError),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// A token that was judged by what is known of its partner.
struct Act<'a> {
    services: &'a Services,
    partner: &'a Partner,
    token: &'a str,
    judged: &'a JudgedLogout,
    address: Option<IpAddr>,
    now: Timestamp,
}

impl Act<'_> {
    /// One unit: the partner is read afresh, the token is remembered, the sessions end, and what was done is audited.
    async fn carry_out(&self) -> Result<(), Halt> {
        let Self { services, now, .. } = *self;
        let mut unit = services.store.unit_of_work().await?;
        let fresh = unit.read_partner(self.partner.id).await?.ok_or_else(no_such_address)?;
        let again;
        let judged = if fresh.version == self.partner.version {
            self.judged
        } else {
            again = judge_logout(&fresh, self.token, &services.providers, now);
            &again
        };
        let (ended, once) = judged.outcome.as_ref().map_err(Clone::clone)?;
        if unit.remember_once(once).await? == Once::Again {
            let refusal = Refusal::new(Code::OidcResponseRefused, "logout_token_replayed");
            return Err(refusal.with_checks(judged.rows.clone()).into());
        }
        let sessions = unit.end_signed_out(fresh.id, ended).await?;
        for entry in self.entries(&sessions, &judged.rows) {
            unit.append_audit(&entry).await?;
        }
        unit.commit().await?;
        services.directory.forget();
        tracing::info!(partner.id = %fresh.id, sessions = sessions.len(), "a partner signed somebody out");
        metrics::counter!("entente_partner_sign_outs_total").increment(1);
        Ok(())
    }

    /// An entry for each person, and one where there was nobody.
    fn entries(&self, sessions: &[(SessionId, GuestId)], rows: &[Checked]) -> Vec<AuditEntry> {
        let mut people: BTreeMap<Option<GuestId>, Vec<SessionId>> = BTreeMap::new();
        for (session, guest) in sessions {
            people.entry(Some(*guest)).or_default().push(*session);
        }
        if people.is_empty() {
            people.insert(None, Vec::new());
        }
        let entry = |(guest, sessions): (Option<GuestId>, Vec<SessionId>)| {
            let id = AuditId::new(self.now, self.services.random.as_ref());
            let mut entry = AuditEntry::new(id, self.now, Activity::PartnerSignOut, Actor::Partner);
            entry.partner = Some(self.partner.id);
            entry.guest = guest;
            entry.session = sessions.first().copied().filter(|_| sessions.len() == 1);
            entry.address = self.address.map(|address| address.to_string());
            entry.checks = rows.to_vec();
            entry.details.push(("sessions_ended", sessions.len().to_string()));
            entry
        };
        people.into_iter().map(entry).collect()
    }
}
