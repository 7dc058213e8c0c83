//! Carries out a plan inside a unit, each change with its audit entry.

use uuid::Uuid;

use super::gather::Gathered;
use super::matching::{ObjectKind, uuid};
use super::plan::{Plan, Step};
use super::{Halt, write_policies};
use crate::base::clock::Timestamp;
use crate::base::random::Random;
use crate::domain::apps::{App, AppProtocol};
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::collaboration::Collaboration;
use crate::domain::documents::{Owner, Watch};
use crate::domain::domain_proofs::{DomainProof, ProofKind};
use crate::domain::mail::MailDomain;
use crate::domain::partners::{MAILED_CODE_PARTNER, Partner, Switch, Trust};
use crate::domain::permissions::Caller;
use crate::domain::roles::Role;
use crate::domain::store::objects::{Provenance, WholeGroup, WholeGuest};
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::services::Services;
use crate::flows::{self, guest_lives};

/// Who applies, and when.
pub(super) struct Author<'a> {
    pub(super) operator: &'a str,
    pub(super) now: Timestamp,
    pub(super) random: &'a dyn Random,
    pub(super) services: &'a Services,
    pub(super) gathered: &'a Gathered<'a>,
}

impl Author<'_> {
    /// The watch over the documents of what is written.
    fn watch(&self, object: (ObjectKind, &str), owner: Owner, end: Option<Timestamp>) -> Watch {
        self.gathered.watch(object, owner, end, self.services, self.now)
    }

    /// The entry of a step, without the object that it is about.
    pub(super) fn entry<T>(&self, step: &Step<T>, activities: [Activity; 3]) -> AuditEntry {
        let [added, changed, removed] = activities;
        let activity = match step {
            Step::Add(_) => added,
            Step::Change { .. } => changed,
            Step::Remove(_) => removed,
        };
        let id = AuditId::new(self.now, self.random);
        let mut entry = AuditEntry::new(id, self.now, activity, Actor::Operator(self.operator.to_owned()));
        if let Step::Change { fields, .. } = step {
            entry.details.push(("fields", fields.join(", ")));
        }
        entry
    }
}

pub(super) const OBJECT: [Activity; 3] = [Activity::ObjectAdded, Activity::ObjectChanged, Activity::ObjectRemoved];
const GUEST: [Activity; 3] = [Activity::GuestAdded, Activity::GuestChanged, Activity::GuestDeleted];

/// Writes a plan. What goes goes first, so that its names are free; what others refer to comes before
/// them, and policies come last.
pub(super) async fn write(unit: &mut dyn UnitOfWork, plan: &Plan, author: &Author<'_>) -> Result<(), Halt> {
    write_policies::release(unit, &plan.policies).await?;
    for step in plan.groups.iter().filter(|step| is_removal(step)) {
        group(unit, step, author).await?;
    }
    for step in plan.guests.iter().filter(|step| is_removal(step)) {
        guest(unit, step, author).await?;
    }
    for step in plan.apps.iter().filter(|step| is_removal(step)) {
        app(unit, step, author).await?;
    }
    for step in &plan.partners {
        partner(unit, step, author).await?;
    }
    for step in plan.apps.iter().filter(|step| !is_removal(step)) {
        app(unit, step, author).await?;
    }
    for step in plan.guests.iter().filter(|step| !is_removal(step)) {
        guest(unit, step, author).await?;
    }
    for step in plan.groups.iter().filter(|step| !is_removal(step)) {
        group(unit, step, author).await?;
    }
    if let Some(step) = &plan.collaboration {
        collaboration(unit, step, author).await?;
    }
    Ok(write_policies::write(unit, &plan.policies, author).await?)
}

async fn collaboration(
    unit: &mut dyn UnitOfWork,
    step: &Step<Collaboration>,
    author: &Author<'_>,
) -> Result<(), StoreError> {
    let mut entry = author.entry(step, [Activity::ObjectChanged; 3]);
    let before = unit.collaboration().await?.value.email_one_time_passcode;
    let (settings, provenance) = match step {
        Step::Add(value) | Step::Change { value, .. } => (value, Provenance::Applied),
        Step::Remove(standard) => (standard, Provenance::BuiltIn),
    };
    unit.write_collaboration(settings, provenance).await?;
    let codes = settings.email_one_time_passcode;
    if codes != before || settings.forces_codes() {
        // The switch is what decides; it can be turned by a command too, and not off where codes are forced.
        unit.switch_partner(MAILED_CODE_PARTNER, Switch::from_enabled(codes.is_yes())).await?;
    }
    entry.details.push(("slug", "collaboration".to_owned()));
    unit.append_audit(&entry).await
}

pub(super) const fn is_removal<T>(step: &Step<T>) -> bool {
    matches!(step, Step::Remove(_))
}

async fn partner(unit: &mut dyn UnitOfWork, step: &Step<Partner>, author: &Author<'_>) -> Result<(), StoreError> {
    let mut entry = author.entry(step, OBJECT);
    let value = match step {
        Step::Add(value) => {
            unit.insert_partner(value, Provenance::Applied).await?;
            value
        }
        Step::Change { value, provenance, .. } => {
            unit.update_partner(value, *provenance).await?;
            value
        }
        Step::Remove(value) => {
            unit.delete_partner(value.id).await?;
            value
        }
    };
    if !is_removal(step) {
        keep_words(unit, value, author).await?;
        let end = match &value.trust {
            Trust::Saml(saml) => saml.valid_until,
            Trust::Oidc(_) | Trust::MailedCode => None,
        };
        let object = (ObjectKind::Partner, value.slug.as_str());
        unit.begin_watch(&author.watch(object, Owner::Partner(value.id), end)).await?;
    }
    entry.partner = Some(value.id);
    entry.details.push(("slug", value.slug.to_string()));
    unit.append_audit(&entry).await
}

/// Records the word of who applies, of each domain that has none yet. What was recorded of a domain that is the
/// partner's no longer goes.
async fn keep_words(unit: &mut dyn UnitOfWork, partner: &Partner, author: &Author<'_>) -> Result<(), StoreError> {
    let held = || partner.domains.iter().chain(&partner.shared_domains);
    for proof in unit.list_domain_proofs(partner.id).await? {
        if !held().any(|domain| domain.name() == proof.domain.as_str()) {
            unit.delete_domain_proof(partner.id, &proof.domain, proof.kind).await?;
        }
    }
    for name in held().filter_map(|domain| MailDomain::parse(domain.name()).ok()) {
        let (at, by) = (author.now, author.operator.to_owned());
        unit.insert_domain_proof(partner.id, &DomainProof { domain: name, kind: ProofKind::Word, at, by }).await?;
    }
    Ok(())
}

async fn app(unit: &mut dyn UnitOfWork, step: &Step<App>, author: &Author<'_>) -> Result<(), StoreError> {
    let mut entry = author.entry(step, OBJECT);
    let value = match step {
        Step::Add(value) => {
            unit.insert_app(value, Provenance::Applied).await?;
            value
        }
        Step::Change { value, provenance, .. } => {
            unit.update_app(value, *provenance).await?;
            value
        }
        Step::Remove(value) => {
            unit.delete_app(value.id).await?;
            value
        }
    };
    let owner = Owner::App(value.id);
    match (&value.protocol, is_removal(step)) {
        (AppProtocol::Saml(saml), false) => {
            let object = (ObjectKind::App, value.slug.as_str());
            unit.begin_watch(&author.watch(object, owner, saml.valid_until)).await?;
        }
        (AppProtocol::Oidc(_), false) if value.keys_source().is_some() => {
            unit.begin_watch(&author.watch((ObjectKind::App, value.slug.as_str()), owner, None)).await?;
        }
        (AppProtocol::Oidc(_), false) => unit.delete_watch(owner).await?,
        // It has gone with the app.
        (_, true) => {}
    }
    entry.app = Some(value.id);
    entry.details.push(("slug", value.slug.to_string()));
    unit.append_audit(&entry).await
}

async fn group(unit: &mut dyn UnitOfWork, step: &Step<WholeGroup>, author: &Author<'_>) -> Result<(), StoreError> {
    let mut entry = author.entry(step, OBJECT);
    let value = match step {
        Step::Add(value) => {
            unit.upsert_group(value, Provenance::Applied).await?;
            value
        }
        Step::Change { value, provenance, .. } => {
            unit.upsert_group(value, *provenance).await?;
            value
        }
        Step::Remove(value) => {
            unit.delete_group(value.group.id).await?;
            value
        }
    };
    let id: Uuid = uuid(value.group.id.as_bytes());
    entry.target = Some(id);
    entry.details.push(("kind", "Group".to_owned()));
    entry.details.push(("slug", value.group.slug.to_string()));
    unit.append_audit(&entry).await
}

async fn guest(unit: &mut dyn UnitOfWork, step: &Step<WholeGuest>, author: &Author<'_>) -> Result<(), Halt> {
    let mut entry = author.entry(step, GUEST);
    let value = match step {
        // As by every other door: it can be restored for a while.
        Step::Remove(value) => {
            let caller = Caller::Operator(author.operator.to_owned());
            let by = flows::author::Author { services: author.services, caller: &caller, now: author.now };
            guest_lives::delete_in(unit, by, value.guest.id).await?;
            return Ok(());
        }
        Step::Add(value) => {
            add_guest(unit, value).await?;
            value
        }
        Step::Change { value, provenance, .. } => {
            unit.update_guest(value, *provenance).await?;
            value
        }
    };
    entry.guest = Some(value.guest.id);
    unit.append_audit(&entry).await?;
    Ok(roles(unit, value, author).await?)
}

/// Grants and revokes until the account has exactly the roles that are asked for.
async fn roles(unit: &mut dyn UnitOfWork, value: &WholeGuest, author: &Author<'_>) -> Result<(), StoreError> {
    let id = value.guest.id;
    let present = unit.roles_of(id).await?;
    for role in Role::ALL.into_iter().filter(|role| present.has(*role) != value.roles.has(*role)) {
        let activity = if value.roles.has(role) {
            unit.grant_role(id, role, author.now).await?;
            Activity::RoleGranted
        } else {
            unit.revoke_role(id, role).await?;
            Activity::RoleRevoked
        };
        let entry_id = AuditId::new(author.now, author.random);
        let mut entry = AuditEntry::new(entry_id, author.now, activity, Actor::Operator(author.operator.to_owned()));
        entry.guest = Some(id);
        entry.details.push(("role", role.as_str().to_owned()));
        unit.append_audit(&entry).await?;
    }
    Ok(())
}

async fn add_guest(unit: &mut dyn UnitOfWork, value: &WholeGuest) -> Result<(), Halt> {
    match unit.insert_guest(&value.guest, Provenance::Applied).await {
        Ok(()) => {}
        Err(StoreError::Taken { constraint }) if constraint == "guests_upn_key" => {
            let mail_key = value.guest.mail.as_ref().map(|mail| mail.key().to_owned()).unwrap_or_default();
            return Err(Halt::NameTaken { mail_key });
        }
        Err(error) => return Err(error.into()),
    }
    if !value.apps.is_empty() {
        unit.set_guest_apps(value.guest.id, &value.apps).await?;
    }
    Ok(())
}
