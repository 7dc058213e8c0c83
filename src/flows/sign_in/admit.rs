//! Which account a vouched-for person has here: bound already, bound now by an invitation, or made
//! now. The key is issuer and subject; a mail address only ever finds an open invitation.

use crate::base::clock::Timestamp;
use crate::domain::admission::{ProvenMail, prove_mail};
use crate::domain::apps::AppId;
use crate::domain::audit::Activity;
use crate::domain::authentication::Authentication;
use crate::domain::claims::{Profile, read_profile};
use crate::domain::grants::{Grant, SignInReading};
use crate::domain::guests::{
    Binding, Guest, GuestId, NameSource, Standing, UserType, external_name_without_mail, free_external_name,
};
use crate::domain::holders::{Holder, LookUp};
use crate::domain::mail::MailAddress;
use crate::domain::partners::{Admission, Partner, PartnerKind, Trust};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::store::objects::Provenance;
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::services::Services;

use super::Halt;

/// The account of a person, and what had to be done for it.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// The account as it is now.
    pub guest: Guest,
    /// Whether it is assigned to the app.
    pub grant: Grant,
    /// What is audited beside the sign-in, where the account is new here.
    pub activity: Option<Activity>,
}

/// A person at the door: who vouches, with what words, and for which app.
pub(crate) struct Applicant<'a> {
    /// Makes ids and knows the organisation.
    pub services: &'a Services,
    /// Who vouches.
    pub partner: &'a Partner,
    /// With what words.
    pub authentication: &'a Authentication,
    /// The app that asked.
    pub app: AppId,
    /// How many `#EXT#` names were found taken.
    pub clash: u32,
    /// The present time.
    pub now: Timestamp,
}

/// Finds, binds or makes the account, all inside the unit.
pub(crate) async fn admit(
    applicant: &Applicant<'_>,
    unit: &mut dyn UnitOfWork,
    reading: &SignInReading,
) -> Result<Admitted, Halt> {
    let Applicant { partner, authentication, app, .. } = *applicant;
    let profile = read_profile(authentication, partner);
    let holder = match &profile.mail {
        Some(mail) => Holder::of(&unit.holdings(&LookUp::of_address(mail)).await?),
        None => Holder::Nobody,
    };
    let mut mail = prove_mail(&profile, partner, &holder)?;
    // Nobody but its own administrator says that the domain is the partner's, and more is demanded here.
    let demanded = applicant.services.settings.domain_proof;
    if let ProvenMail::Proven(stated) | ProvenMail::Shared(stated) = &mail
        && !partner.has_proven(stated.domain(), demanded)
    {
        mail = ProvenMail::None;
    }
    if let Some(known) = &reading.guest {
        return known_guest(unit, partner, known, reading.grant, &profile).await;
    }
    let invited = match &mail {
        ProvenMail::Proven(mail) => unit.read_guest_by_mail(mail, app).await?,
        // Several partners could state it: it finds what was kept for this one, and nothing else.
        ProvenMail::Shared(mail) => {
            let found = unit.read_guest_by_mail(mail, app).await?;
            found.filter(|(guest, _)| guest.pinned_partner == Some(partner.id))
        }
        ProvenMail::None => None,
    };
    if let Some((guest, grant)) = invited {
        return bind(unit, partner, authentication, guest, grant, &profile).await;
    }
    match (partner.admission, &mail) {
        (Admission::Invited, ProvenMail::Proven(_)) => Err(Refusal::new(Code::IdpUserUnknown, "not_invited").into()),
        (Admission::Invited, ProvenMail::Shared(_)) => {
            Err(Refusal::new(Code::IdpUserUnknown, "not_invited_at_this_partner").into())
        }
        (Admission::Invited, ProvenMail::None) => Err(Refusal::new(Code::IdpUserUnknown, "mail_unproven").into()),
        // Nobody becomes one of our own people by an address that nobody vouches for.
        (Admission::Anyone, ProvenMail::None | ProvenMail::Shared(_)) if partner.kind == PartnerKind::Home => {
            Err(Refusal::new(Code::MailUnverified, "mail_of_member_unproven").into())
        }
        (Admission::Anyone, mail) => add(applicant, unit, mail, &profile).await,
    }
}

async fn known_guest(
    unit: &mut dyn UnitOfWork,
    partner: &Partner,
    known: &Guest,
    grant: Grant,
    profile: &Profile,
) -> Result<Admitted, Halt> {
    let bound_here = matches!(&known.binding, Binding::Accepted { partner: bound, .. } if *bound == partner.id);
    if !bound_here {
        return Err(Refusal::new(Code::IdpUserUnknown, "bound_through_another_partner").into());
    }
    let guest = with_names(known.clone(), partner, profile);
    if guest != *known {
        unit.update_guest_names(&guest).await?;
    }
    Ok(Admitted { guest, grant, activity: None })
}

async fn bind(
    unit: &mut dyn UnitOfWork,
    partner: &Partner,
    authentication: &Authentication,
    guest: Guest,
    grant: Grant,
    profile: &Profile,
) -> Result<Admitted, Halt> {
    if let Binding::Accepted { identity, .. } = &guest.binding {
        if *identity == authentication.identity {
            // A neighbour has just bound or made this very account; reading again finds it.
            return Err(Halt::Store(StoreError::Raced));
        }
        return Err(Refusal::new(Code::AddressConflict, "mail_of_another_identity").into());
    }
    if guest.pinned_partner.is_some_and(|pinned| pinned != partner.id) {
        return Err(Refusal::new(Code::IdpUserUnknown, "invited_at_another_partner").into());
    }
    match guest.standing {
        Standing::Active => {}
        Standing::Blocked => return Err(Refusal::new(Code::GuestBlocked, "guest_blocked").into()),
        Standing::Deleted => return Err(Refusal::new(Code::IdpUserUnknown, "guest_deleted").into()),
    }
    let mut guest = with_names(guest, partner, profile);
    guest.binding = Binding::Accepted { partner: partner.id, identity: authentication.identity.clone() };
    // Whoever was invited as a member is one, wherever they sign in.
    if partner.kind == PartnerKind::Home {
        guest.user_type = UserType::Member;
    }
    match unit.bind_guest(&guest).await? {
        Once::First => Ok(Admitted { guest, grant, activity: Some(Activity::GuestBound) }),
        Once::Again => Err(Halt::Store(StoreError::Raced)),
    }
}

async fn add(
    applicant: &Applicant<'_>,
    unit: &mut dyn UnitOfWork,
    mail: &ProvenMail,
    profile: &Profile,
) -> Result<Admitted, Halt> {
    let Applicant { services, partner, authentication, clash, now, .. } = *applicant;
    let id = GuestId::new(now, services.random.as_ref());
    let organization = &services.settings.organization.domain;
    let mail: Option<MailAddress> = match mail {
        ProvenMail::Proven(mail) => Some(mail.clone()),
        // It may be somebody else's at another partner.
        ProvenMail::Shared(_) | ProvenMail::None => None,
    };
    let user_principal_name = match &mail {
        // Our own people are called what their address says; `#EXT#` marks those from elsewhere.
        Some(mail) if partner.kind == PartnerKind::Home && clash == 0 => mail.key().to_owned(),
        Some(mail) => free_external_name(id, mail, organization, clash),
        None => external_name_without_mail(id, organization),
    };
    let guest = Guest {
        id,
        user_principal_name,
        mail,
        display_name: None,
        name_source: NameSource::Partner,
        given_name: None,
        family_name: None,
        user_type: user_type(partner),
        binding: Binding::Accepted { partner: partner.id, identity: authentication.identity.clone() },
        pinned_partner: None,
        standing: Standing::Active,
        sessions_valid_from: Timestamp::EPOCH,
        created_at: now,
    };
    let guest = with_names(guest, partner, profile);
    unit.insert_guest(&guest, Provenance::SignIn).await?;
    Ok(Admitted { guest, grant: Grant::NotAssigned, activity: Some(Activity::GuestAdded) })
}

const fn user_type(partner: &Partner) -> UserType {
    match partner.kind {
        PartnerKind::Partner => UserType::Guest,
        PartnerKind::Home => UserType::Member,
    }
}

/// The guest with the names that the partner states; a display name that was given here stays. A mailed code states
/// none.
fn with_names(mut guest: Guest, partner: &Partner, profile: &Profile) -> Guest {
    if matches!(partner.trust, Trust::MailedCode) {
        return guest;
    }
    if guest.name_source == NameSource::Partner {
        guest.display_name.clone_from(&profile.name);
    }
    guest.given_name.clone_from(&profile.given_name);
    guest.family_name.clone_from(&profile.family_name);
    guest
}
