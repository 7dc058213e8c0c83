//! Sending a code.

use crate::base::clock::Timestamp;
use crate::base::secret::SecretText;
use crate::domain::attempts::{Asked, AskedCode, CODES_WITHIN, SentCode};
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::factors::codes::{CodePurpose, MailedCode, MailedCodeId, SEND_PAUSE, SEND_WINDOW, next_send};
use crate::domain::guests::{Guest, GuestId};
use crate::domain::mail::MailAddress;
use crate::domain::partners::MAILED_CODE_PARTNER;
use crate::domain::refusal::{Code, Refusal};
use crate::factors::mailed_code;
use crate::flows::mails::{self, CodeFor};
use crate::flows::next::{CodeSlip, Next, Visitor};
use crate::flows::services::Services;
use crate::flows::sign_in::{Halt, Tries};
use crate::texts::language::Language;

use super::account::{account, count};
use super::{kept_page, page};

/// Has a code sent, where there is an account, and asks for it in any case. The mail goes out beside the answer, since
/// its server is slow and not asked for everybody.
pub(super) async fn send(
    services: &Services,
    asked: &Asked,
    code: &AskedCode,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    if now >= asked.started_at.plus(CODES_WITHIN) {
        return Err(Refusal::new(Code::AttemptExpired, "code_asked_for_too_late"));
    }
    let pause = code.sent.map(|sent| sent.at.plus(SEND_PAUSE)).filter(|end| *end > now);
    if let Some(end) = pause {
        return page(services, asked, Some(CodeSlip::SentAlready(end.since(now)))).await;
    }
    let mut tries = Tries::default();
    let id = loop {
        match send_once(services, asked, code, visitor, now).await {
            Ok((id, mail)) => {
                if let Some((to, text, language)) = mail {
                    let (services, code_for) = (services.clone(), CodeFor { purpose: CodePurpose::SignIn, language });
                    // Logged and counted there; whoever waits for a code in vain asks for another one.
                    tokio::spawn(async move { mails::send_code(&services, &to, &text, code_for, now).await });
                }
                break id;
            }
            Err(halt) => tries.again(services, halt).await.map_err(Halt::into_refusal)?,
        }
    };
    let code = AskedCode { sent: Some(SentCode { id, at: now }), ..code.clone() };
    let asked = Asked { code: Some(code), ..asked.clone() };
    kept_page(services, &asked, None, visitor, now).await
}

type Mail = (MailAddress, SecretText, Language);

async fn send_once(
    services: &Services,
    asked: &Asked,
    code: &AskedCode,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(MailedCodeId, Option<Mail>), Halt> {
    let mut unit = services.store.unit_of_work().await?;
    count(unit.as_mut(), visitor, now).await?;
    let guest = account(unit.as_mut(), &code.address, &asked.request, now).await?;
    let whose = guest.as_ref().map_or(GuestId::from_uuid(uuid::Uuid::nil()), |guest| guest.id);
    let purpose = CodePurpose::SignIn;
    let (made, text) = mailed_code::make(&services.sealer, services.random.as_ref(), whose, purpose, now);
    let sends = unit.list_mailed_code_sends(whose, purpose, now.minus(SEND_WINDOW)).await?;
    // Read for an address that nobody has too, so that it takes as long.
    let language = mails::code_language(services, unit.as_mut(), whose, &asked.request.ui_locales, visitor).await?;
    let mut mail = None;
    if let Some(guest) = guest.filter(|_| next_send(&sends, now).is_none()) {
        unit.insert_mailed_code(&made).await?;
        unit.append_audit(&entry(services, asked, &guest, visitor, now)).await?;
        mail = Some((address_of(guest, &code.address), text, language));
    }
    unit.commit().await?;
    let MailedCode { id, .. } = made;
    Ok((id, mail))
}

/// As it was invited, since a mailbox may tell large letters from small ones.
fn address_of(guest: Guest, entered: &MailAddress) -> MailAddress {
    guest.mail.filter(|mail| mail.key() == entered.key()).unwrap_or_else(|| entered.clone())
}

fn entry(services: &Services, asked: &Asked, guest: &Guest, visitor: &Visitor, now: Timestamp) -> AuditEntry {
    let id = AuditId::new(now, services.random.as_ref());
    let mut entry = AuditEntry::new(id, now, Activity::MailedCodeSent, Actor::Visitor);
    entry.attempt = Some(asked.id);
    entry.partner = Some(MAILED_CODE_PARTNER);
    entry.app = asked.request.asking();
    entry.guest = Some(guest.id);
    entry.address = visitor.address.map(|address| address.to_string());
    entry
}
