//! The pages of second factors, in every state.

use crate::http::pages::Page;
use crate::http::pages::addresses::LocalPath;
use crate::http::pages::factor_code::{CodeOf, FactorCode};
use crate::http::pages::factor_passkey::{Ceremony, FactorPasskey};
use crate::http::pages::factor_question::{RemoveFactor, RenameFactor};
use crate::http::pages::factor_send::FactorSend;
use crate::http::pages::factor_setup::{FactorSetup, Picture};
use crate::http::pages::factor_way::{FactorWay, Occasion as Reason, Way};
use crate::http::pages::fault::Fault;
use crate::http::pages::layout::{Frame, HiddenField};
use crate::http::pages::recovery_codes::RecoveryCodes;
use crate::http::pages::security_info::{Adding, Done, Line, SecurityInfo, SecurityInfoSignedOut};

/// The pages of second factors.
pub(super) fn gallery(
    text: &str,
    frame: &Frame,
    action: &LocalPath,
    fields: &[HiddenField],
) -> Vec<(&'static str, Box<dyn Page>)> {
    let (frame, action, fields) = (|| frame.clone(), || action.clone(), || fields.to_vec());
    let text = || text.to_owned();
    let bare = || Frame { app: None, ..frame() };
    let way = |occasion, frame, ways: &[Way]| FactorWay {
        frame,
        person: text(),
        occasion,
        ways: ways.to_vec(),
        action: action(),
        fields: fields(),
    };
    let code = |code, fault| FactorCode {
        frame: frame(),
        person: text(),
        code,
        fault,
        attempt: text(),
        has_other_ways: true,
        action: action(),
        fields: fields(),
    };
    let send = |fault| FactorSend {
        frame: frame(),
        person: text(),
        address: text(),
        fault,
        attempt: text(),
        has_other_ways: true,
        action: action(),
        fields: fields(),
    };
    let passkey = |ceremony, fault| FactorPasskey {
        frame: frame(),
        person: text(),
        ceremony,
        options: text(),
        fault,
        attempt: text(),
        has_other_ways: true,
        action: action(),
        fields: fields(),
    };
    let setup = |fault| FactorSetup {
        frame: frame(),
        person: text(),
        picture: Picture::qr("<svg width=\"8\"><path d=\"M0\"/></svg>"),
        key: text(),
        fault,
        attempt: text(),
        has_other_ways: true,
        action: action(),
        fields: fields(),
    };
    let line = |is_passkey, used: Option<&str>| Line {
        id: text(),
        label: text(),
        is_passkey,
        added: "2026-11-25".to_owned(),
        used: used.map(str::to_owned),
    };
    let info = |factors, recovery_codes, adding, is_mailed, done| SecurityInfo {
        frame: bare(),
        person: text(),
        factors,
        recovery_codes,
        adding,
        is_mailed,
        done,
        action: action(),
        fields: fields(),
    };
    let rename =
        |is_malformed| RenameFactor { frame: bare(), label: text(), is_malformed, action: action(), fields: fields() };
    let remove = |is_last| RemoveFactor { frame: bare(), label: text(), is_last, action: action(), fields: fields() };
    let wait = Some(Fault::Wait(std::time::Duration::from_secs(61)));
    let pass = [Way::PassPasskey, Way::PassTotp, Way::PassMail, Way::PassRecovery];
    let new = [Way::NewPasskey, Way::NewTotp];
    let both = Adding::Kinds { passkey: true, totp: true };
    let full = Adding::Kinds { passkey: false, totp: false };
    let after = Adding::AfterSignIn { sign_out: action() };
    let mail = || CodeOf::Mail { address: text() };
    let codes = vec![text(), text()];
    vec![
        ("factor_way_needed", Box::new(way(Reason::Needed, frame(), &[pass.as_slice(), &new].concat()))),
        ("factor_way_needed_bare", Box::new(way(Reason::Needed, bare(), &pass))),
        ("factor_way_before", Box::new(way(Reason::BeforeSetup, frame(), &pass))),
        ("factor_way_setup", Box::new(way(Reason::Setup, frame(), &new))),
        ("factor_way_setup_bare", Box::new(way(Reason::Setup, bare(), &new))),
        ("code_app", Box::new(code(CodeOf::App, None))),
        ("code_app_malformed", Box::new(code(CodeOf::App, Some(Fault::TotpMalformed)))),
        ("code_app_wrong", Box::new(code(CodeOf::App, Some(Fault::TotpWrong)))),
        ("code_app_used", Box::new(code(CodeOf::App, Some(Fault::TotpUsed)))),
        ("code_app_wait", Box::new(code(CodeOf::App, wait))),
        ("code_mail", Box::new(code(mail(), None))),
        ("code_mail_malformed", Box::new(code(mail(), Some(Fault::MailMalformed)))),
        ("code_mail_wrong", Box::new(code(mail(), Some(Fault::MailWrong)))),
        ("code_mail_spent", Box::new(code(mail(), Some(Fault::MailSpent)))),
        ("code_mail_sent", Box::new(code(mail(), Some(Fault::SentAlready(std::time::Duration::from_secs(5)))))),
        ("code_recovery", Box::new(code(CodeOf::Recovery, None))),
        ("code_recovery_malformed", Box::new(code(CodeOf::Recovery, Some(Fault::RecoveryMalformed)))),
        ("code_recovery_wrong", Box::new(code(CodeOf::Recovery, Some(Fault::RecoveryWrong)))),
        ("factor_send", Box::new(send(None))),
        ("factor_send_failed", Box::new(send(Some(Fault::NotSent)))),
        ("factor_passkey", Box::new(passkey(Ceremony::Get, None))),
        ("factor_passkey_refused", Box::new(passkey(Ceremony::Get, Some(Fault::PasskeyRefused)))),
        ("factor_passkey_missing", Box::new(passkey(Ceremony::Get, Some(Fault::PasskeyMissing)))),
        ("factor_passkey_late", Box::new(passkey(Ceremony::Get, Some(Fault::PasskeyLate)))),
        ("factor_passkey_made", Box::new(passkey(Ceremony::Create, None))),
        ("factor_passkey_known", Box::new(passkey(Ceremony::Create, Some(Fault::PasskeyKnown)))),
        ("code_setup", Box::new(setup(None))),
        ("code_setup_wrong", Box::new(setup(Some(Fault::TotpWrong)))),
        (
            "recovery_codes",
            Box::new(RecoveryCodes { frame: frame(), person: text(), codes, action: action(), fields: fields() }),
        ),
        ("security_none", Box::new(info(Vec::new(), 0, both.clone(), true, Some(Done::Removed)))),
        ("security_none_after", Box::new(info(Vec::new(), 0, after, false, None))),
        (
            "security_some",
            Box::new(info(
                vec![line(true, None), line(false, Some("2026-11-25"))],
                9,
                both,
                false,
                Some(Done::Renamed),
            )),
        ),
        ("security_full", Box::new(info(vec![line(true, None)], 0, full, false, None))),
        ("security_out", Box::new(SecurityInfoSignedOut { frame: bare() })),
        ("rename", Box::new(rename(false))),
        ("rename_malformed", Box::new(rename(true))),
        ("remove", Box::new(remove(false))),
        ("remove_last", Box::new(remove(true))),
    ]
}
