//! Issuing: a code or an answer for the app, and what must be true of the app's record when it is.

use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::domain::apps::App;
use crate::domain::assurance::told::Proof;
use crate::domain::attempts::{ATTEMPT_LIFE, AttemptId, MAX_ATTEMPT_LIFE};
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::authentication::OnceKey;
use crate::domain::circumstances::Circumstances;
use crate::domain::claims::facts::MAX_GROUPS;
use crate::domain::guests::{Guest, GuestId};
use crate::domain::invitations::Invitation;
use crate::domain::refusal::{Code as RefusalCode, Refusal};
use crate::domain::requests::{AppRequest, HereReturn, OidcReturn, ReturnTo, SamlReturn};
use crate::domain::sessions::{Code, CodeId, HandleHash, SessionId, new_row_handle};
use crate::domain::store::UnitOfWork;
use crate::domain::store::sign_ins::Once;
use crate::domain::subjects::pairwise_subject;
use crate::downstream::saml::MAX_REQUEST_AGE;
use crate::downstream::saml::answer::{self, Prepared, Vouched};
use crate::downstream::{self, Reply};
use crate::flows::next::{Next, Page};
use crate::flows::paths;
use crate::flows::services::Services;

use super::{Halt, store_refusal};

/// For what an answer is issued.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grounds<'a> {
    /// What the app asked.
    pub(crate) request: &'a AppRequest,
    /// About whom.
    pub(crate) guest: GuestId,
    /// From which session.
    pub(crate) session: SessionId,
    /// From which attempt.
    pub(crate) attempt: AttemptId,
    /// What was decided on.
    pub(crate) circumstances: &'a Circumstances,
    /// The app's record as it was before the unit, where it was looked up.
    pub(crate) known: Option<&'a App>,
}

/// What the unit has issued, once it is committed.
#[derive(Debug)]
pub(crate) enum Issued {
    /// The browser takes a code to the app.
    Code(Reply),
    /// A response that waits for its signature.
    Response(Box<Prepared>),
    /// No app is answered: the browser goes on.
    Nothing(Next),
}

/// Issues the answer inside the unit: a code for an app that redeems one, else what the answer says.
pub(crate) async fn issue(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    grounds: Grounds<'_>,
    now: Timestamp,
) -> Result<Issued, Halt> {
    match &grounds.request.return_to {
        ReturnTo::Oidc(oidc) => {
            let code = code(services, unit, oidc, grounds, now).await?;
            Ok(Issued::Code(downstream::granted(oidc, &code, &services.settings.public_url)))
        }
        ReturnTo::Saml(saml) => Ok(Issued::Response(Box::new(response(services, unit, saml, grounds, now).await?))),
        ReturnTo::Here(HereReturn::Panel) => Ok(Issued::Nothing(Next::own(paths::PANEL))),
        ReturnTo::Here(HereReturn::Invitation(ticket)) => {
            // The link may be of an account that has gone meanwhile; then there is the panel.
            let invitation = unit.read_invitation(ticket).await?.filter(|(_, guest)| guest.id == grounds.guest);
            let lands =
                |(invitation, _): (Invitation, Guest)| Next::redirect(invitation.redirect_url.as_str().to_owned());
            Ok(Issued::Nothing(invitation.map_or(Next::own(paths::PANEL), lands)))
        }
    }
}

impl Issued {
    /// What the browser does with it. The unit is committed, so a signer that fails costs the visitor a new
    /// sign-in, never a second answer to one request.
    pub(crate) async fn into_next(self, services: &Services, attempt: AttemptId, now: Timestamp) -> Next {
        match self {
            Self::Code(reply) => Next::to_app(reply),
            Self::Nothing(next) => next,
            Self::Response(prepared) => match prepared.sign(&services.toward_apps(now)).await {
                Ok(reply) => {
                    metrics::counter!("entente_assertions_total").increment(1);
                    Next::to_app(reply)
                }
                Err(error) => {
                    tracing::error!(%error, attempt.id = %attempt, "the answer could not be signed");
                    let refusal = Box::new(Refusal::new(RefusalCode::Internal, "signing_failed"));
                    Next::page(Page::Refused { refusal, attempt: Some(attempt), back: None })
                }
            },
        }
    }
}

/// Writes a code into the unit and returns its handle.
async fn code(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    oidc: &OidcReturn,
    grounds: Grounds<'_>,
    now: Timestamp,
) -> Result<String, Halt> {
    let Grounds { request, guest, session, attempt, circumstances, .. } = grounds;
    is_of_the_named(services, unit, oidc, &grounds).await?;
    if let Some(pushed) = &oidc.pushed {
        answered_once(unit, request, pushed, now).await?;
    }
    let handle = new_row_handle(now, services.random.as_ref());
    let code = Code {
        id: CodeId::new(now, services.random.as_ref()),
        handle: HandleHash::of(&handle),
        app: request.app,
        guest,
        session,
        attempt,
        request: oidc.clone(),
        circumstances: circumstances.clone(),
        issued_at: now,
        expires_at: now.plus(services.settings.lifetimes.code),
    };
    unit.insert_code(&code).await?;
    Ok(handle)
}

/// Where the app names by `sub` of whom alone it wants an answer, nobody else will do (OIDC Core 5.5.1).
async fn is_of_the_named(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    oidc: &OidcReturn,
    grounds: &Grounds<'_>,
) -> Result<(), Halt> {
    if oidc.subjects.is_empty() {
        return Ok(());
    }
    let removed = Refusal::new(RefusalCode::AppDisabled, "app_removed");
    let app = unit.read_app(grounds.request.app).await?.ok_or(removed)?;
    let reading = unit.read_session_by_id(grounds.session, app.id).await?;
    let imported = reading.and_then(|reading| reading.imported_subject);
    let subject = imported.unwrap_or_else(|| pairwise_subject(&services.settings.subject_salt, &app, grounds.guest));
    if oidc.subjects.contains(&subject) {
        return Ok(());
    }
    Err(Refusal::new(RefusalCode::AccountMismatch, "not_the_named_subject").into())
}

/// What stands for an issuer where an answered request is remembered; no partner is called so.
const ANSWERED_REQUEST: &str = " answered request of ";

/// Remembers that a request was answered, which is done once.
async fn answered_once(unit: &mut dyn UnitOfWork, request: &AppRequest, id: &str, now: Timestamp) -> Result<(), Halt> {
    let once = OnceKey {
        issuer: format!("{ANSWERED_REQUEST}{}", request.app),
        id: id.to_owned(),
        // No later can an attempt end that began with the request while it was young enough.
        until: now.plus(MAX_REQUEST_AGE).plus(MAX_ATTEMPT_LIFE).plus(ATTEMPT_LIFE),
    };
    let code = match &request.return_to {
        ReturnTo::Oidc(_) | ReturnTo::Here(_) => RefusalCode::BadRequest,
        ReturnTo::Saml(_) => RefusalCode::SamlRequestReplayed,
    };
    match unit.remember_once(&once).await? {
        Once::First => Ok(()),
        Once::Again => Err(Refusal::new(code, "request_answered_already").into()),
    }
}

/// Reads session, partner, guest and app as the unit has them, makes the answer of a SAML app and audits it. A request is
/// answered once, by whatever attempt.
async fn response(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    saml: &SamlReturn,
    grounds: Grounds<'_>,
    now: Timestamp,
) -> Result<Prepared, Halt> {
    let Grounds { request, guest, session, attempt, circumstances, known } = grounds;
    let reading = unit.read_session_by_id(session, request.app).await?;
    let ended = Refusal::new(RefusalCode::InteractionNeeded, "session_ended_meanwhile");
    let reading = reading.filter(|reading| reading.guest.id == guest).ok_or(ended)?;
    let fresh;
    // No record is written without another version, so what is known is what the unit would read.
    let app = match known.filter(|known| reading.app.as_ref().is_some_and(|now| now.version == known.version)) {
        Some(known) => known,
        None => {
            let removed = Refusal::new(RefusalCode::AppDisabled, "app_removed");
            fresh = unit.read_app(request.app).await?.ok_or(removed)?;
            &fresh
        }
    };
    // What was not asked for has no request that could be answered again.
    if let Some(request_id) = &saml.request_id {
        answered_once(unit, request, request_id, now).await?;
    }
    let groups = if app.claims.reads_groups() { unit.groups_of(guest, MAX_GROUPS + 1).await? } else { Vec::new() };
    let contract = &reading.partner.assurance;
    let proof = Proof::of(&reading.session, contract, circumstances.factors_since, circumstances.judged_at);
    let settings = &services.settings;
    let vouched = Vouched {
        request: saml,
        reading: &reading,
        proof: &proof,
        app,
        salt: &settings.subject_salt,
        session_end: reading.session.started_at.plus(settings.lifetimes.session_whole),
        groups: &groups,
        organization: &settings.organization,
    };
    let prepared = answer::prepare(&vouched, &services.toward_apps(now))?;
    let id = AuditId::new(now, services.random.as_ref());
    let mut entry = AuditEntry::new(id, now, Activity::TokenIssued, Actor::Visitor);
    entry.attempt = Some(attempt);
    entry.app = Some(request.app);
    entry.partner = Some(reading.partner.id);
    entry.guest = Some(guest);
    entry.session = Some(session);
    entry.address = circumstances.address.map(|address| address.to_string());
    unit.append_audit(&entry).await?;
    Ok(prepared)
}

/// The record of a SAML app as it is known before the unit, inside of which nothing is awaited but the database.
pub(crate) async fn known_app(services: &Services, request: &AppRequest) -> Result<Option<Arc<App>>, Refusal> {
    match &request.return_to {
        ReturnTo::Oidc(_) | ReturnTo::Here(_) => Ok(None),
        ReturnTo::Saml(_) => services.directory.app(request.app).await.map_err(|error| store_refusal(&error)),
    }
}

/// Judges the way back with the app's fresh record where that is not the one under which the request
/// was read.
pub(crate) async fn check_return(
    unit: &mut dyn UnitOfWork,
    request: &AppRequest,
    version: Option<i64>,
) -> Result<(), Halt> {
    if version == Some(request.app_version) {
        return Ok(());
    }
    let app = unit.read_app(request.app).await?.ok_or(Refusal::new(RefusalCode::AppDisabled, "app_removed"))?;
    if downstream::may_return(&app, &request.return_to) {
        Ok(())
    } else {
        Err(Refusal::new(RefusalCode::RedirectUriRefused, "redirect_uri_removed_meanwhile").into())
    }
}

/// A person's name for a page.
pub(crate) fn label(guest: &Guest) -> String {
    let mail = guest.proven_mail().map(|mail| mail.as_str().to_owned());
    mail.or_else(|| guest.display_name.clone()).unwrap_or_else(|| guest.user_principal_name.clone())
}
