//! Who wants no more invitations by mail.
//!
//! The link in a mail holds the address that it went to, sealed: it can be made by us alone, so whoever has it has
//! read the mail, or got a copy of it. Following it shows how things stand and changes nothing; that takes a form, or
//! the post of a mail program (RFC 8058).

use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, from_base64url};
use crate::base::sealing::{Purpose, mac_with};
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::mail::MailAddress;
use crate::domain::mails::Recipient;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::flows::next::{BlockedMail, Next, Page, Visitor};
use crate::flows::paths;
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;
use crate::flows::sign_in::{MAX_TRIES, store_refusal};

const PLACE: &[u8] = b"mail block link";
/// The longest token. **Units**: characters.
const MAX_TOKEN: usize = 512;

/// A person in the list of those who want none. The salt of subjects is pinned in the database, so the list outlives a
/// change of the secret key.
pub(super) fn recipient(services: &Services, address: &MailAddress) -> Recipient {
    let message = [b"no more mail\0".as_slice(), address.key().as_bytes()].concat();
    Recipient(mac_with(services.settings.subject_salt.expose(), &message))
}

/// The link for mails to this address.
pub(super) fn link(services: &Services, address: &MailAddress) -> String {
    let plain = address.as_str().as_bytes();
    let sealed = services.sealer.seal(services.random.as_ref(), Purpose::MailBlockLink, PLACE, plain);
    // A message of a few bytes is always sealed.
    let token = base64url(sealed.unwrap_or_default());
    services.settings.public_url.join(&format!("{}?token={token}", paths::MAIL_BLOCK))
}

/// The address in a link.
fn address(services: &Services, token: &str) -> Result<MailAddress, Refusal> {
    let refused = Refusal::new(Code::BadRequest, "mail_block_token_refused");
    let open = || {
        let sealed = from_base64url(token).filter(|_| token.len() <= MAX_TOKEN)?;
        let plain = services.sealer.open(Purpose::MailBlockLink, PLACE, &sealed).ok()?;
        MailAddress::parse(std::str::from_utf8(&plain).ok()?).ok()
    };
    open().ok_or(refused)
}

/// What the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailChoice {
    /// No more invitations.
    Block,
    /// Invitations again.
    Unblock,
}

/// The page: how things stand.
pub async fn show(services: &Services, token: &str, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let shown = async {
        let address = address(services, token)?;
        let mut unit = services.store.unit_of_work().await.map_err(|error| store_refusal(&error))?;
        let blocked = unit.is_blocked(recipient(services, &address)).await.map_err(|error| store_refusal(&error))?;
        Ok(page(token, &address, blocked))
    };
    match shown.await {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, Context::of(visitor, now)).await,
    }
}

/// Does what the person says, and shows how things stand then. Saying it again changes nothing.
pub async fn choose(services: &Services, token: &str, choice: MailChoice, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let chosen = async {
        let address = address(services, token)?;
        let mut tries = 0;
        loop {
            tries += 1;
            match write(services, &address, choice, visitor, now).await {
                Err(StoreError::Raced) if tries < MAX_TRIES => {}
                Err(error) => return Err(store_refusal(&error)),
                Ok(()) => return Ok(page(token, &address, choice == MailChoice::Block)),
            }
        }
    };
    match chosen.await {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, Context::of(visitor, now)).await,
    }
}

async fn write(
    services: &Services,
    address: &MailAddress,
    choice: MailChoice,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), StoreError> {
    let who = recipient(services, address);
    let mut unit = services.store.unit_of_work().await?;
    let (once, activity) = match choice {
        MailChoice::Block => (unit.block(who, now).await?, Activity::MailUnsubscribed),
        MailChoice::Unblock => (unit.unblock(who).await?, Activity::MailSubscribed),
    };
    if once == Once::Again {
        return Ok(());
    }
    let mut entry = AuditEntry::new(AuditId::new(now, services.random.as_ref()), now, activity, Actor::Visitor);
    // The account may be gone, and the address stands in no audit.
    entry.guest = unit.guest_by_mail_key(address.key()).await?.map(|kept| kept.value.guest.id);
    entry.address = visitor.address.map(|address| address.to_string());
    unit.append_audit(&entry).await?;
    unit.commit().await
}

fn page(token: &str, address: &MailAddress, is_blocked: bool) -> Next {
    let choice = if is_blocked { MailChoice::Unblock } else { MailChoice::Block };
    Next::page(Page::MailBlock(BlockedMail { token: token.to_owned(), address: address.to_string(), choice }))
}
