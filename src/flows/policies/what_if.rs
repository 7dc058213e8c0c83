//! What would be decided about a stored guest at a stored app: the engine that decides sign-ins, on facts
//! of which some are made up.

use std::net::IpAddr;

use super::Loaded;
use super::view::ObjectNames;
use crate::base::clock::Timestamp;
use crate::domain::apps::App;
use crate::domain::groups::GroupId;
use crate::domain::guests::{Binding, Guest, GuestId, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::partners::{Partner, PartnerId};
use crate::domain::policy::cases::{Question, ShownBefore};
use crate::domain::policy::countries::Country;
use crate::domain::policy::decision::Decision;
use crate::domain::policy::facts::{Asked, Fact, Facts, HomeTrust, Place, Shown};
use crate::domain::policy::methods::Method;
use crate::domain::policy::object::Policy;
use crate::domain::policy::outcomes::{Condition, Outcome, Why};
use crate::domain::policy::set::PolicyVersion;
use crate::domain::policy::what_if::{self, Given, Scenario, ask as ask_set};
use crate::domain::policy::words::{ClientAppType, Flow, GuestType, Platform};
use crate::domain::roles::Roles;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::operate::{OperateError, find_guest};
use crate::flows::services::Services;
use crate::flows::sign_in::memberships::MAX_GROUPS;

/// What would be decided, and why.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The version of the policy set.
    pub version: PolicyVersion,
    /// The policies that apply, with what became of them.
    pub applying: Vec<(Policy, Outcome)>,
    /// The policies that do not, with the first reason.
    pub others: Vec<(Policy, Condition, Why)>,
    /// The decision.
    pub decision: Decision,
    /// What objects are called.
    pub names: ObjectNames,
}

/// Answers by the policies that are loaded and the objects that are stored.
///
/// # Errors
/// [`OperateError`].
pub async fn ask(services: &Services, question: &Question, now: Timestamp) -> Result<Answer, OperateError> {
    let mut unit = services.store.unit_of_work().await?;
    let subject = Subject::read(unit.as_mut(), question).await?;
    let loaded = services.policies.current();
    let country = match (question.country, question.ip) {
        (Given::NotGiven, Given::Known(ip)) => match services.countries.country(ip) {
            Fact::Known(country) => Given::Known(country),
            Fact::Unknown => Given::NotGiven,
        },
        (country, _) => country,
    };
    let circumstances = Circumstances {
        platform: question.platform,
        client_app_type: question.client_app_type,
        ip: question.ip,
        country,
        flow: question.flow,
        shown: &shown(question, now),
    };
    let answer = decide(services, &loaded, &subject, &circumstances, now);
    let names = ObjectNames::read(unit.as_mut(), loaded.set.policies()).await?;
    Ok(Answer {
        version: loaded.set.version(),
        applying: answer.applying.into_iter().map(|(policy, outcome)| (policy.clone(), outcome)).collect(),
        others: answer.others.into_iter().map(|(policy, condition, why)| (policy.clone(), condition, why)).collect(),
        decision: answer.decision,
        names,
    })
}

/// Under which circumstances a sign-in is made up.
pub(in crate::flows) struct Circumstances<'a> {
    pub(in crate::flows) platform: Platform,
    pub(in crate::flows) client_app_type: ClientAppType,
    pub(in crate::flows) ip: Given<IpAddr>,
    pub(in crate::flows) country: Given<Option<Country>>,
    pub(in crate::flows) flow: Given<Flow>,
    pub(in crate::flows) shown: &'a [Shown],
}

/// What these policies would decide.
pub(in crate::flows) fn decide<'p>(
    services: &Services,
    loaded: &'p Loaded,
    subject: &Subject,
    circumstances: &Circumstances<'_>,
    now: Timestamp,
) -> what_if::Answer<'p> {
    let roles = subject.roles.words();
    let facts = Facts {
        subject: Fact::Known(subject.guest.id),
        mail: Fact::mail_of(&subject.guest),
        groups: Fact::Known(&subject.groups),
        roles: Fact::Known(&roles),
        guest_type: Fact::Known(guest_type(&subject.guest)),
        partner: subject.partner.map_or(Fact::Unknown, Fact::Known),
        app: Fact::Known(subject.app.id),
        app_groups: Fact::Known(loaded.app_groups_of(subject.app.id)),
        client_app_type: Fact::Known(circumstances.client_app_type),
        platform: Fact::Known(circumstances.platform),
        shown: Fact::Known(circumstances.shown),
        authenticated_at: Fact::Known(now),
        home_trust: subject.home_trust,
        home_asked: Asked::NotYet,
        asked_afresh: Asked::NotYet,
        offered_here: services.settings.factors.offered(),
        ..Facts::NOTHING
    };
    let Circumstances { ip, country, flow, .. } = *circumstances;
    ask_set(&loaded.set, &Scenario { facts, ip, country, flow }, now)
}

/// The sign-in at the partner is always there: without it nobody would be asked for more.
fn shown(question: &Question, now: Timestamp) -> Vec<Shown> {
    let first = Shown { method: Method::FederatedSingleFactor, place: Place::Home, at: now };
    let before = |shown: &ShownBefore| Shown { method: shown.method, place: shown.place, at: now.minus(shown.age) };
    std::iter::once(first).chain(question.shown.iter().map(before)).collect()
}

const fn guest_type(guest: &Guest) -> Option<GuestType> {
    match guest.user_type {
        UserType::Guest => Some(GuestType::B2bCollaborationGuest),
        UserType::Member => None,
    }
}

/// What is stored of those who are asked about.
pub(in crate::flows) struct Subject {
    guest: Guest,
    groups: Vec<GroupId>,
    roles: Roles,
    partner: Option<PartnerId>,
    home_trust: HomeTrust,
    pub(in crate::flows) app: App,
}

impl Subject {
    async fn read(unit: &mut dyn UnitOfWork, question: &Question) -> Result<Self, OperateError> {
        let id = find_guest(unit, &question.guest).await?;
        let unknown = |kind, name: &str| OperateError::Unknown { kind, name: name.to_owned() };
        let apps = unit.list_apps().await?.into_iter().map(|kept| kept.value);
        let is_asked = |app: &App| app.slug.as_str() == question.app || app.id.to_string() == question.app;
        let app = { apps }.find(is_asked).ok_or_else(|| unknown("app", &question.app))?;
        Self::of(unit, id, app).await?.ok_or_else(|| unknown("guest", &question.guest))
    }

    /// The account of this id at an app.
    pub(in crate::flows) async fn of(
        unit: &mut dyn UnitOfWork,
        id: GuestId,
        app: App,
    ) -> Result<Option<Self>, StoreError> {
        let Some(kept) = unit.guest(id).await? else { return Ok(None) };
        let guest = kept.value.guest;
        let groups = unit.groups_of(id, MAX_GROUPS + 1).await?;
        let roles = unit.roles_of(id).await?;
        let named = match &guest.binding {
            Binding::Accepted { partner, .. } => Some(*partner),
            Binding::PendingAcceptance => guest.pinned_partner,
        };
        let record = match (named, &guest.mail) {
            (Some(id), _) => unit.read_partner(id).await?,
            (None, Some(mail)) => by_domain(unit, mail).await?,
            (None, None) => None,
        };
        let partner = named.or(record.as_ref().map(|record| record.id));
        let home_trust = record.map_or(HomeTrust::NotTrusted, |record| record.assurance.home_trust);
        Ok(Some(Self { guest, groups, roles, partner, home_trust, app }))
    }
}

/// The partner whose domain covers an address most closely.
async fn by_domain(unit: &mut dyn UnitOfWork, mail: &MailAddress) -> Result<Option<Partner>, StoreError> {
    let partners = unit.list_partners().await?.into_iter().map(|kept| kept.value);
    let covering = partners.filter_map(|one| Some((one.domain_of(mail.domain())?.name().len(), one)));
    Ok(covering.max_by_key(|(length, one)| (*length, one.id)).map(|(_, one)| one))
}
