//! Which account a vouched-for person has here: bound already, bound now by an invitation, or made
//! now. The key is issuer and subject; a mail address only ever finds an open invitation, as the ticket of its link
//! does. An account that was invited becomes somebody's only once they have agreed.

use crate::base::clock::Timestamp;
use crate::domain::admission::{ProvenMail, prove_mail};
use crate::domain::attempts::agreed::Agreed;
use crate::domain::audit::Activity;
use crate::domain::authentication::Authentication;
use crate::domain::claims::{Profile, read_profile};
use crate::domain::grants::{Grant, SignInReading};
use crate::domain::guest_details::CreationType;
use crate::domain::guests::{
    Binding, Guest, GuestId, MailStanding, NameSource, Standing, UserType, external_name_without_mail,
    free_external_name,
};
use crate::domain::holders::{Holder, LookUp};
use crate::domain::invitations::MailedAccount;
use crate::domain::mail::MailAddress;
use crate::domain::partners::{Admission, Partner, PartnerKind, Trust};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::AppRequest;
use crate::domain::sessions::HandleHash;
use crate::domain::store::objects::Provenance;
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::invite::redeemed::{Shown, settle};
use crate::flows::services::Services;

use super::Halt;
use super::advance::Agreement;
use super::redeem::agree::Question;
use super::redeem::judge;

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

/// What comes of a person at the door.
#[derive(Debug)]
pub(crate) enum Came {
    /// They have an account.
    In(Box<Admitted>),
    /// An account was invited for them, and they have not agreed yet. Nothing was written.
    MustAgree(Box<Question>),
}

/// A person at the door: who vouches, with what words, and for what.
pub(crate) struct Applicant<'a> {
    /// Makes ids and knows the organisation.
    pub services: &'a Services,
    /// Who vouches.
    pub partner: &'a Partner,
    /// With what words.
    pub authentication: &'a Authentication,
    /// What was asked: by an app, or for the gateway itself with the ticket of an invitation.
    pub request: &'a AppRequest,
    /// Whether they have agreed that an invited account is to be theirs.
    pub agreement: Agreement,
    /// Who has agreed to which account earlier in this sign-in.
    pub agreed: Option<Agreed>,
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
) -> Result<Came, Halt> {
    let Applicant { partner, authentication, request, .. } = *applicant;
    let profile = read_profile(authentication, partner);
    let holder = match &profile.mail {
        // Whether a code may prove an address is a matter of the settings.
        Some(mail) if matches!(partner.trust, Trust::MailedCode) && judge::is_left_to_code(unit, mail).await? => {
            Holder::Nobody
        }
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
    if let Some(ticket) = request.ticket() {
        return by_ticket(applicant, unit, reading, ticket, &mail, &profile).await;
    }
    if let Some(known) = &reading.guest {
        return known_guest(unit, partner, known, reading.grant, (&profile, &mail)).await;
    }
    let invited = match &mail {
        ProvenMail::Proven(mail) => unit.read_guest_by_mail(mail, request.app).await?,
        // Several partners could state it: it finds what was kept for this one, and nothing else.
        ProvenMail::Shared(mail) => {
            let found = unit.read_guest_by_mail(mail, request.app).await?;
            found.filter(|(guest, _)| guest.pinned_partner == Some(partner.id))
        }
        ProvenMail::None => None,
    };
    if let Some((guest, grant)) = invited {
        let proven = match &mail {
            ProvenMail::Proven(mail) | ProvenMail::Shared(mail) => Some(mail),
            ProvenMail::None => None,
        };
        return bind(applicant, unit, guest, grant, &profile, Shown { ticket: None, proven }).await;
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

/// The ticket leads to its account whatever account the person signs in with, as far as the invitation says so: it
/// shows that its holder reads the mail of the address. Nobody gets a second account by it.
async fn by_ticket(
    applicant: &Applicant<'_>,
    unit: &mut dyn UnitOfWork,
    reading: &SignInReading,
    ticket: &HandleHash,
    mail: &ProvenMail,
    profile: &Profile,
) -> Result<Came, Halt> {
    let partner = applicant.partner;
    let (invitation, guest) = judge::read(unit, ticket).await?;
    if let Some(known) = &reading.guest {
        if known.id == guest.id {
            return known_guest(unit, partner, known, reading.grant, (profile, mail)).await;
        }
        return Err(judge::invalid("identity_of_another_account").into());
    }
    judge::is_open(&invitation, &guest, applicant.now)?;
    judge::is_of_its_account(&invitation, &guest)?;
    if partner.kind == PartnerKind::Home {
        return Err(judge::invalid("invitation_opened_by_member").into());
    }
    let proven = match mail {
        ProvenMail::Proven(mail) => Some(mail),
        ProvenMail::Shared(_) | ProvenMail::None => None,
    };
    if !invitation.takes(proven) {
        return Err(Refusal::new(Code::IdpUserUnknown, "invitation_of_another_address").into());
    }
    let is_by_code = matches!(partner.trust, Trust::MailedCode);
    let may_be_by_code = invitation.mailed_account == MailedAccount::Allowed && proven == Some(&invitation.address);
    if is_by_code && !may_be_by_code {
        return Err(Refusal::new(Code::IdpUserUnknown, "invitation_not_for_mailed_code").into());
    }
    // Who hands on a link hands on the account, and nobody is to hand on rights over others.
    if proven != Some(&invitation.address) && has_rights(unit, &guest, &invitation.address).await? {
        return Err(Refusal::new(Code::IdpUserUnknown, "invitation_of_account_with_rights").into());
    }
    let shown = Shown { ticket: Some(invitation.id), proven };
    bind(applicant, unit, guest, reading.grant, profile, shown).await
}

/// Whether an account administers something: it has roles, owns a group, or its address owns an app.
async fn has_rights(unit: &mut dyn UnitOfWork, guest: &Guest, invited: &MailAddress) -> Result<bool, Halt> {
    let address = guest.mail.as_ref().unwrap_or(invited);
    Ok(!unit.roles_of(guest.id).await?.is_empty()
        || unit.owns_any_group(guest.id).await?
        || unit.is_owner(address).await?)
}

async fn known_guest(
    unit: &mut dyn UnitOfWork,
    partner: &Partner,
    known: &Guest,
    grant: Grant,
    (profile, mail): (&Profile, &ProvenMail),
) -> Result<Came, Halt> {
    let bound_here = matches!(&known.binding, Binding::Accepted { partner: bound, .. } if *bound == partner.id);
    if !bound_here {
        return Err(Refusal::new(Code::IdpUserUnknown, "bound_through_another_partner").into());
    }
    let mut guest = with_names(known.clone(), partner, profile);
    if guest != *known {
        unit.update_guest_names(&guest).await?;
    }
    // What an administrator has set since is the person's where their partner says so.
    if let (MailStanding::Unproven, ProvenMail::Proven(stated), Some(own)) = (guest.mail_standing, mail, &guest.mail)
        && stated.key() == own.key()
    {
        unit.note_mail_proven(guest.id, own).await?;
        guest.mail_standing = MailStanding::Known;
    }
    Ok(came(guest, grant, None))
}

async fn bind(
    applicant: &Applicant<'_>,
    unit: &mut dyn UnitOfWork,
    guest: Guest,
    grant: Grant,
    profile: &Profile,
    shown: Shown<'_>,
) -> Result<Came, Halt> {
    let Applicant { partner, authentication, request, agreement, agreed, now, .. } = *applicant;
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
    // Who was put there by an object file was not invited, and agrees to nothing. Nor does a colleague who was added, and
    // for whom there is no link; but the settings hold for them as for all who were invited.
    let invitations = unit.invitations_of(guest.id).await?;
    let is_invited = !invitations.is_empty() || is_of_invitation(unit, guest.id).await?;
    if is_invited {
        let settings = unit.collaboration().await?.value;
        let of_link = invitations.first().map(|invitation| &invitation.address);
        let address = guest.mail.as_ref().or(of_link).or(shown.proven);
        judge::lets_in(&settings, address.ok_or(Refusal::new(Code::IdpUserUnknown, "mail_unproven"))?)?;
        judge::is_in_order(&settings, partner)?;
        let has_agreed = agreed.is_some_and(|agreed| agreed.is_to(guest.id, &authentication.identity));
        if agreement == Agreement::Open && !has_agreed && !invitations.is_empty() {
            return Ok(Came::MustAgree(Box::new(Question { guest, settings })));
        }
    }
    let mut guest = with_names(guest, partner, profile);
    guest.binding = Binding::Accepted { partner: partner.id, identity: authentication.identity.clone() };
    // Whoever was invited as a member is one, wherever they sign in.
    if partner.kind == PartnerKind::Home {
        guest.user_type = UserType::Member;
    }
    if unit.bind_guest(&guest).await? == Once::Again {
        return Err(Halt::Store(StoreError::Raced));
    }
    if invitations.is_empty() {
        if is_invited {
            unit.note_state_change(guest.id, now).await?;
        }
        return Ok(came(guest, grant, Some(Activity::GuestBound)));
    }
    settle(unit, guest.id, shown, now).await?;
    // What the invitations give counts for this very sign-in.
    let grant = unit.read_sign_in(partner.id, request.app, &authentication.identity).await?.grant;
    Ok(came(guest, grant, Some(Activity::InvitationRedeemed)))
}

/// Whether an account came to be by an invitation, be there a link or not.
async fn is_of_invitation(unit: &mut dyn UnitOfWork, guest: GuestId) -> Result<bool, StoreError> {
    Ok(unit.guest_details(guest).await?.creation_type == Some(CreationType::Invitation))
}

fn came(guest: Guest, grant: Grant, activity: Option<Activity>) -> Came {
    Came::In(Box::new(Admitted { guest, grant, activity }))
}

async fn add(
    applicant: &Applicant<'_>,
    unit: &mut dyn UnitOfWork,
    mail: &ProvenMail,
    profile: &Profile,
) -> Result<Came, Halt> {
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
        mail_standing: MailStanding::Known,
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
    Ok(came(guest, Grant::NotAssigned, Some(Activity::GuestAdded)))
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
