//! Whose code it is: read fresh in the unit that sends or judges one.

use std::net::{IpAddr, Ipv6Addr};

use crate::base::clock::Timestamp;
use crate::domain::authentication::Identity;
use crate::domain::factors::limits::{Network, Tally, TallyKey, count_try};
use crate::domain::guests::{Binding, Guest, Standing};
use crate::domain::invitations::MailedAccount;
use crate::domain::mail::MailAddress;
use crate::domain::partners::{MAILED_CODE_ISSUER, MAILED_CODE_PARTNER};
use crate::domain::policy::parties::Parties;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::AppRequest;
use crate::domain::store::UnitOfWork;
use crate::factors::mailed_code;
use crate::flows::next::Visitor;
use crate::flows::services::Services;
use crate::flows::sign_in::Halt;
use crate::flows::sign_in::redeem::judge;

/// The account that may be proven by a code to `address`: one that is bound to it so already, or an invited one of an
/// address for which no partner answers. Everything is read whoever it is, so that it takes as long.
///
/// # Errors
/// What stands against everybody: [`Code::OtpDisabled`], and how partner and app stand.
pub(super) async fn account(
    unit: &mut dyn UnitOfWork,
    address: &MailAddress,
    request: &AppRequest,
    now: Timestamp,
) -> Result<Option<Guest>, Halt> {
    let app = request.app;
    let identity = Identity { issuer: MAILED_CODE_ISSUER.to_owned(), subject: address.key().to_owned() };
    let reading = unit.read_sign_in(MAILED_CODE_PARTNER, app, &identity).await?;
    if let Some(refusal) = Parties::of_request(&reading).refusal() {
        return Err(refusal.into());
    }
    let is_left_to_code = judge::is_left_to_code(unit, address).await?;
    let invited = match request.ticket() {
        // The account may have no address of its own; the code goes to the one that was invited.
        Some(ticket) => unit.read_invitation(ticket).await?.filter(|(invitation, guest)| {
            let is_theirs = invitation.address == *address && invitation.mailed_account == MailedAccount::Allowed;
            is_theirs
                && judge::is_open(invitation, guest, now).is_ok()
                && judge::is_of_its_account(invitation, guest).is_ok()
        }),
        None => None,
    };
    let invited = match (invited, request.ticket()) {
        (Some((_, guest)), _) => Some(guest),
        (None, Some(_)) => None,
        (None, None) => unit.read_guest_by_mail(address, app).await?.map(|(guest, _)| guest),
    };
    let invited = invited.filter(|guest| is_left_to_code && is_open(guest));
    Ok(reading.guest.or(invited).filter(|guest| guest.standing == Standing::Active))
}

/// Bound to nobody yet, and pinned to no other partner.
fn is_open(guest: &Guest) -> bool {
    let is_free = guest.pinned_partner.is_none_or(|pinned| pinned == MAILED_CODE_PARTNER);
    guest.binding == Binding::PendingAcceptance && is_free
}

/// Counts a try with the network that it comes from, whoever it concerns.
///
/// # Errors
/// [`Code::OtpThrottled`], good to be asked again when the wait is over.
pub(super) async fn count(unit: &mut dyn UnitOfWork, visitor: &Visitor, now: Timestamp) -> Result<(), Halt> {
    let key = TallyKey::Network(Network::of(visitor.address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))));
    let tally = unit.lock_tally(&key).await?;
    match count_try(&[(key, tally)], now) {
        Err(wait) => {
            let refusal = Refusal::new(Code::OtpThrottled, "too_many_sign_in_codes");
            Err(refusal.until_after(wait.until.since(now)).into())
        }
        Ok(counted) => {
            for (key, tally) in &counted {
                unit.update_tally(key, tally).await?;
            }
            Ok(())
        }
    }
}

/// The tally of wrong codes of an address with one more, locked; it is the same for an address that nobody has.
///
/// # Errors
/// [`Code::OtpThrottled`] while it waits; the code is not judged then.
pub(super) async fn address_tally(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    address: &MailAddress,
    now: Timestamp,
) -> Result<Vec<(TallyKey, Tally)>, Halt> {
    let key = TallyKey::Address(mailed_code::address_hash(&services.sealer, address));
    let tally = unit.lock_tally(&key).await?;
    count_try(&[(key, tally)], now).map_err(|wait| {
        let refusal = Refusal::new(Code::OtpThrottled, "too_many_wrong_sign_in_codes");
        refusal.until_after(wait.until.since(now)).into()
    })
}
