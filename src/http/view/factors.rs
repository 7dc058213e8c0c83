//! From the pages of second factors that a journey wants shown to those that are written.

use super::{ATTEMPT_FIELD, Rendered, frame, show};
use crate::base::clock::Timestamp;
use crate::domain::factors::FactorKind;
use crate::domain::factors::kinds::Kinds;
use crate::flows::next::factors::{
    Done, FactorAct, FactorAsks, FactorLine, FactorPage, FactorQuestion, Reason, SecurityInfo, Slip,
};
use crate::flows::paths;
use crate::http::pages::addresses::LocalPath;
use crate::http::pages::factor_code::{CodeOf, FactorCode};
use crate::http::pages::factor_passkey::{Ceremony, FactorPasskey};
use crate::http::pages::factor_question::{RemoveFactor, RenameFactor};
use crate::http::pages::factor_send::FactorSend;
use crate::http::pages::factor_setup::{FactorSetup, Picture};
use crate::http::pages::factor_way::{FactorWay, Occasion, Way};
use crate::http::pages::fault::Fault;
use crate::http::pages::layout::{Frame, HiddenField};
use crate::http::pages::recovery_codes::RecoveryCodes;
use crate::http::pages::security_info::{self, Adding, Line, SecurityInfoSignedOut};
use crate::http::routes::table;
use crate::http::state::State;
use crate::texts::language::Language;

/// The hidden field that binds a form of the page of one's own factors to the session.
pub const TOKEN_FIELD: &str = "token";

/// A page on which a factor is shown, chosen or enrolled.
pub(super) fn factor(state: &State, language: Language, page: &FactorPage) -> Rendered {
    let parts = Parts {
        frame: frame(state, page.app_name.as_deref()),
        fields: vec![HiddenField { name: ATTEMPT_FIELD, value: page.attempt.to_string() }],
        page,
    };
    match &page.asks {
        FactorAsks::Way { reason, pass, enrol } => show(state, language, &parts.way(*reason, *pass, *enrol)),
        FactorAsks::Totp => show(state, language, &parts.code(CodeOf::App, &Slips::APP)),
        FactorAsks::RecoveryCode => show(state, language, &parts.code(CodeOf::Recovery, &Slips::RECOVERY)),
        FactorAsks::MailedCode { address, sent: true } => {
            show(state, language, &parts.code(CodeOf::Mail { address: address.clone() }, &Slips::MAIL))
        }
        FactorAsks::MailedCode { address, sent: false } => show(state, language, &parts.send(address)),
        FactorAsks::Passkey { options } => show(state, language, &parts.passkey(Ceremony::Get, options)),
        FactorAsks::EnrolPasskey { options } => show(state, language, &parts.passkey(Ceremony::Create, options)),
        FactorAsks::EnrolTotp { picture, secret } => show(state, language, &parts.setup(picture, secret.expose())),
        FactorAsks::RecoveryCodes { codes } => {
            let codes = codes.iter().map(|code| code.expose().clone()).collect();
            show(state, language, &parts.recovery_codes(codes))
        }
    }
}

/// What the pages of one attempt share.
struct Parts<'a> {
    frame: Frame,
    fields: Vec<HiddenField>,
    page: &'a FactorPage,
}

impl Parts<'_> {
    fn way(self, reason: Reason, pass: Kinds, enrol: Kinds) -> FactorWay {
        let occasion = match reason {
            Reason::Needed => Occasion::Needed,
            Reason::BeforeEnrolment => Occasion::BeforeSetup,
            Reason::Enrolment => Occasion::Setup,
        };
        let had = pass.iter().map(|kind| match kind {
            FactorKind::Passkey => Way::PassPasskey,
            FactorKind::Totp => Way::PassTotp,
            FactorKind::MailedCode => Way::PassMail,
            FactorKind::RecoveryCode => Way::PassRecovery,
        });
        let new = enrol.iter().filter_map(|kind| match kind {
            FactorKind::Passkey => Some(Way::NewPasskey),
            FactorKind::Totp => Some(Way::NewTotp),
            FactorKind::MailedCode | FactorKind::RecoveryCode => None,
        });
        FactorWay {
            ways: had.chain(new).collect(),
            frame: self.frame,
            person: self.page.person.clone(),
            occasion,
            action: LocalPath::own(table::FACTOR),
            fields: self.fields,
        }
    }

    fn code(self, code: CodeOf, slips: &Slips) -> FactorCode {
        FactorCode {
            frame: self.frame,
            person: self.page.person.clone(),
            code,
            fault: self.page.slip.map(|slip| slips.fault(slip)),
            attempt: self.page.attempt.to_string(),
            has_other_ways: self.page.has_other_ways,
            action: LocalPath::own(table::FACTOR),
            fields: self.fields,
        }
    }

    fn send(self, address: &str) -> FactorSend {
        FactorSend {
            frame: self.frame,
            person: self.page.person.clone(),
            address: address.to_owned(),
            fault: self.page.slip.map(|slip| Slips::MAIL.fault(slip)),
            attempt: self.page.attempt.to_string(),
            has_other_ways: self.page.has_other_ways,
            action: LocalPath::own(table::FACTOR),
            fields: self.fields,
        }
    }

    fn passkey(self, ceremony: Ceremony, options: &str) -> FactorPasskey {
        FactorPasskey {
            frame: self.frame,
            person: self.page.person.clone(),
            ceremony,
            options: options.to_owned(),
            fault: self.page.slip.map(|slip| Slips::APP.fault(slip)),
            attempt: self.page.attempt.to_string(),
            has_other_ways: self.page.has_other_ways,
            action: LocalPath::own(table::FACTOR),
            fields: self.fields,
        }
    }

    fn setup(self, picture: &str, key: &str) -> FactorSetup {
        FactorSetup {
            frame: self.frame,
            person: self.page.person.clone(),
            picture: Picture::qr(picture),
            key: key.to_owned(),
            fault: self.page.slip.map(|slip| Slips::APP.fault(slip)),
            attempt: self.page.attempt.to_string(),
            has_other_ways: self.page.has_other_ways,
            action: LocalPath::own(table::FACTOR),
            fields: self.fields,
        }
    }

    fn recovery_codes(self, codes: Vec<String>) -> RecoveryCodes {
        RecoveryCodes {
            frame: self.frame,
            person: self.page.person.clone(),
            codes,
            action: LocalPath::own(table::FACTOR),
            fields: self.fields,
        }
    }
}

/// What the words of a slip are about: the code of an app, of a mail, or for recovery.
struct Slips {
    malformed: Fault,
    wrong: Fault,
}

impl Slips {
    const APP: Self = Self { malformed: Fault::TotpMalformed, wrong: Fault::TotpWrong };
    const MAIL: Self = Self { malformed: Fault::MailMalformed, wrong: Fault::MailWrong };
    const RECOVERY: Self = Self { malformed: Fault::RecoveryMalformed, wrong: Fault::RecoveryWrong };

    const fn fault(&self, slip: Slip) -> Fault {
        match slip {
            Slip::Malformed => self.malformed,
            Slip::Wrong => self.wrong,
            Slip::Used => Fault::TotpUsed,
            Slip::Spent => Fault::MailSpent,
            Slip::Wait(wait) => Fault::Wait(wait),
            Slip::SentAlready(wait) => Fault::SentAlready(wait),
            Slip::NotSent => Fault::NotSent,
            Slip::PasskeyRefused => Fault::PasskeyRefused,
            Slip::PasskeyMissing => Fault::PasskeyMissing,
            Slip::PasskeyLate => Fault::PasskeyLate,
            Slip::PasskeyKnown => Fault::PasskeyKnown,
        }
    }
}

/// The page of one's own factors.
pub(super) fn security_info(state: &State, language: Language, info: &SecurityInfo) -> Rendered {
    let adding = if info.needs_fresh_sign_in {
        Adding::AfterSignIn { sign_out: LocalPath::own(paths::END_SESSION) }
    } else {
        Adding::Kinds { passkey: info.may_add.has(FactorKind::Passkey), totp: info.may_add.has(FactorKind::Totp) }
    };
    let page = security_info::SecurityInfo {
        frame: frame(state, None),
        person: info.person.clone(),
        factors: info.factors.iter().map(line).collect(),
        recovery_codes: info.recovery_codes,
        adding,
        is_mailed: info.is_mailed,
        done: info.done.map(|done| match done {
            Done::Renamed => security_info::Done::Renamed,
            Done::Removed => security_info::Done::Removed,
        }),
        action: LocalPath::own(paths::SECURITY_INFO),
        fields: vec![HiddenField { name: TOKEN_FIELD, value: info.token.clone() }],
    };
    show(state, language, &page)
}

/// The same where nobody is signed in.
pub(super) fn signed_out(state: &State, language: Language) -> Rendered {
    show(state, language, &SecurityInfoSignedOut { frame: frame(state, None) })
}

/// A question about one factor of one's own.
pub(super) fn question(state: &State, language: Language, question: &FactorQuestion) -> Rendered {
    let fields = vec![
        HiddenField { name: TOKEN_FIELD, value: question.token.clone() },
        HiddenField { name: "factor", value: question.factor.id.to_string() },
    ];
    let (frame, action) = (frame(state, None), LocalPath::own(paths::SECURITY_INFO));
    match &question.asks {
        FactorAct::Rename { is_malformed, typed } => {
            let (label, is_malformed) = (typed.clone(), *is_malformed);
            show(state, language, &RenameFactor { frame, label, is_malformed, action, fields })
        }
        FactorAct::Remove { is_last } => {
            let label = question.factor.label.as_str().to_owned();
            show(state, language, &RemoveFactor { frame, label, is_last: *is_last, action, fields })
        }
    }
}

fn line(factor: &FactorLine) -> Line {
    Line {
        id: factor.id.to_string(),
        label: factor.label.as_str().to_owned(),
        is_passkey: factor.kind == FactorKind::Passkey,
        added: day(factor.created_at),
        used: factor.used_at.map(day),
    }
}

/// The day in UTC (RFC 3339 5.6).
pub(super) fn day(at: Timestamp) -> String {
    at.to_rfc3339().chars().take(10).collect()
}
