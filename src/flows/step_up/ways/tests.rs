use FactorKind::{MailedCode, Passkey, RecoveryCode, Totp};

use super::*;
use crate::base::random::SystemRandom;
use crate::domain::assurance::Assurance;
use crate::domain::attempts::AttemptId;
use crate::domain::authentication::Identity;
use crate::domain::factors::proof::{FactorProof, Means};
use crate::domain::factors::{FactorId, FactorLabel, KeyProtection, Material, PasskeyMaterial, TotpMaterial};
use crate::domain::guests::{GuestId, MailStanding, NameSource, Standing as GuestStanding, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::partners::PartnerId;
use crate::domain::policy::decision::Clause;
use crate::domain::policy::facts::Place;
use crate::domain::sessions::{HandleHash, SessionId};

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
const TICK: Duration = Duration::from_micros(1);

/// A person, the settings and the time, each of which a case alters.
struct Case {
    settings: FactorSettings,
    guest: Guest,
    session: Session,
    enrolled: Vec<Enrolled>,
    recovery_codes: usize,
}

impl Case {
    /// Freshly signed in, with a proven address, nothing enrolled.
    fn new() -> Self {
        let (guest, partner) = (GuestId::new(NOW, &SystemRandom), PartnerId::new(NOW, &SystemRandom));
        Self {
            settings: FactorSettings::STANDARD,
            guest: Guest {
                id: guest,
                user_principal_name: "ana_fabrikam.example#EXT#@contoso.example".to_owned(),
                mail: MailAddress::parse("ana@fabrikam.example").ok(),
                mail_standing: MailStanding::Known,
                display_name: None,
                name_source: NameSource::Partner,
                given_name: None,
                family_name: None,
                user_type: UserType::Guest,
                binding: Binding::Accepted {
                    partner,
                    identity: Identity { issuer: "i".to_owned(), subject: "s".to_owned() },
                },
                pinned_partner: None,
                standing: GuestStanding::Active,
                sessions_valid_from: Timestamp::EPOCH,
                created_at: NOW,
            },
            session: Session {
                id: SessionId::new(NOW, &SystemRandom),
                handle: HandleHash::of("x"),
                guest,
                partner,
                attempt: AttemptId::new(NOW, &SystemRandom),
                started_at: NOW,
                used_at: NOW,
                authenticated_at: NOW,
                assurance: Assurance::unknown(),
                partner_session_index: None,
                partner_session_ends: None,
                partner_sid: None,
                home_methods: MethodSet::EMPTY,
                asked_strengths: Vec::new(),
                factors: Vec::new(),
            },
            enrolled: Vec::new(),
            recovery_codes: 0,
        }
    }

    fn with(mut self, kind: FactorKind) -> Self {
        let material = if kind == Totp {
            Material::Totp(TotpMaterial { sealed_secret: Vec::new(), last_step: 0 })
        } else {
            Material::Passkey(PasskeyMaterial {
                credential_id: vec![1],
                record: Vec::new(),
                counter: 0,
                protection: KeyProtection::Unstated,
            })
        };
        self.enrolled.push(Enrolled {
            id: FactorId::new(NOW, &SystemRandom),
            guest: self.guest.id,
            label: FactorLabel::of(kind),
            material,
            created_at: NOW,
            used_at: None,
        });
        self
    }

    fn but(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn passed(self, age: Duration) -> Self {
        self.but(|case| case.session.factors.push(FactorProof { means: Means::Totp, at: NOW.minus(age) }))
    }

    fn signed_in(self, age: Duration) -> Self {
        self.but(|case| case.session.authenticated_at = NOW.minus(age))
    }

    fn standing(&self) -> Standing<'_> {
        Standing {
            settings: &self.settings,
            guest: &self.guest,
            session: &self.session,
            enrolled: &self.enrolled,
            recovery_codes: self.recovery_codes,
            now: NOW,
        }
    }

    fn ways(&self, wanted: &[FactorKind]) -> Ways {
        self.standing().ways(kinds(wanted))
    }
}

fn kinds(list: &[FactorKind]) -> Kinds {
    list.iter().copied().collect()
}

fn pass(pass: &[FactorKind], enrol: &[FactorKind]) -> Ways {
    Ways::Pass { pass: kinds(pass), enrol: kinds(enrol) }
}

#[test]
fn nobody_is_talked_down_to_a_mail() {
    let all = [Totp, Passkey, MailedCode, RecoveryCode];
    assert_eq!(Case::new().ways(&all), pass(&[MailedCode], &[Passkey, Totp]));
    assert_eq!(Case::new().with(Totp).ways(&all), pass(&[Totp], &[]));
    let both = Case::new().with(Totp).with(Passkey).but(|case| case.recovery_codes = 3);
    assert_eq!(both.ways(&all), pass(&[Totp, Passkey, RecoveryCode], &[]));
    // Nor is an address trusted that an administrator has set since.
    let unproven = Case::new().but(|case| case.guest.mail_standing = MailStanding::Unproven);
    assert_eq!(unproven.ways(&[MailedCode]), Ways::OutOfReach);
    assert_eq!(unproven.ways(&all), Ways::Enrol(kinds(&[Passkey, Totp])));
    // Also where what is enrolled is switched off.
    let off = Case::new().with(Totp).but(|case| case.settings.totp = Offer::Off);
    assert_eq!(off.ways(&[MailedCode]), Ways::OutOfReach);
    let off = off.but(|case| case.recovery_codes = 1);
    assert_eq!(off.ways(&all), pass(&[RecoveryCode], &[]));
}

#[test]
fn a_phishing_resistant_need_is_answered_by_a_passkey_alone() {
    assert_eq!(Case::new().ways(&[Passkey]), Ways::Enrol(kinds(&[Passkey])));
    assert_eq!(Case::new().with(Passkey).ways(&[Passkey]), pass(&[Passkey], &[]));
    let totp = Case::new().with(Totp).but(|case| case.recovery_codes = 2);
    let first = Ways::PassFirst { pass: kinds(&[Totp, RecoveryCode]), enrol: kinds(&[Passkey]) };
    assert_eq!(totp.ways(&[Passkey]), first);
    let off = Case::new().but(|case| case.settings.passkeys = Offer::Off);
    assert_eq!(off.ways(&[Passkey]), Ways::OutOfReach);
}

#[test]
fn who_has_something_passes_it_before_anything_is_added() {
    let limit = Duration::from_secs(600);
    let enrolled = || Case::new().with(Totp);
    assert!(matches!(enrolled().ways(&[Passkey]), Ways::PassFirst { .. }));
    assert_eq!(enrolled().passed(limit).ways(&[Passkey]), Ways::Enrol(kinds(&[Passkey])));
    assert!(matches!(enrolled().passed(limit + TICK).ways(&[Passkey]), Ways::PassFirst { .. }));
    // Nothing that they have is accepted: no way around it.
    let off = enrolled().but(|case| case.settings.totp = Offer::Off);
    assert_eq!(off.ways(&[Passkey]), Ways::OutOfReach);
    for (slack, allowed) in [(Duration::ZERO, false), (TICK, true)] {
        assert_eq!(enrolled().passed(limit + TICK).standing().may_enrol_now(slack), allowed);
    }
    assert!(!enrolled().standing().may_enrol_now(Duration::from_secs(86_400)), "a fresh sign-in is not enough");
}

#[test]
fn the_first_factor_is_enrolled_straight_after_a_fresh_sign_in() {
    let limit = Duration::from_secs(600);
    let stale = Ways::ProveAfresh(kinds(&[Passkey]));
    assert_eq!(Case::new().signed_in(limit).ways(&[Passkey]), Ways::Enrol(kinds(&[Passkey])));
    assert_eq!(Case::new().signed_in(limit + TICK).ways(&[Passkey]), stale);
    // A code by mail opens the door to the app, and adds nothing.
    assert_eq!(Case::new().signed_in(limit + TICK).passed(Duration::ZERO).ways(&[Passkey]), stale);
    for (slack, allowed) in [(Duration::ZERO, false), (TICK, true)] {
        assert_eq!(Case::new().signed_in(limit + TICK).standing().may_enrol_now(slack), allowed);
    }
}

#[test]
fn no_more_is_enrolled_than_a_page_lists() {
    let full = (0..MAX_FACTORS).fold(Case::new(), |case, _| case.with(Totp)).passed(Duration::ZERO);
    assert!(full.standing().may_add().is_empty());
    assert_eq!(full.ways(&[Passkey]), Ways::OutOfReach);
    let one_less = full.but(|case| drop(case.enrolled.pop()));
    assert_eq!(one_less.standing().may_add(), Kinds::ENROLLED);
}

#[test]
fn mail_needs_an_address_that_the_partner_proved() {
    let unproven = Case::new().but(|case| case.guest.mail = None);
    assert_eq!(unproven.ways(&[MailedCode, Totp]), Ways::Enrol(kinds(&[Totp])));
    let pending = Case::new().but(|case| case.guest.binding = Binding::PendingAcceptance);
    assert_eq!(pending.ways(&[MailedCode, Totp]), Ways::Enrol(kinds(&[Totp])));
    let off = Case::new().but(|case| case.settings.mailed_codes = MailedCodes::Off);
    assert_eq!(off.ways(&[MailedCode, Totp]), Ways::Enrol(kinds(&[Totp])));
}

#[test]
fn the_factor_that_was_used_last_is_opened_first() {
    let case = Case::new().with(Passkey).with(Totp).but(|case| case.enrolled[1].used_at = Some(NOW.plus(TICK)));
    assert_eq!(case.standing().preferred(kinds(&[Passkey, Totp, RecoveryCode])), Some(Totp));
    assert_eq!(case.standing().preferred(kinds(&[Passkey, RecoveryCode])), Some(Passkey));
    assert_eq!(case.standing().preferred(kinds(&[RecoveryCode])), Some(RecoveryCode));
    assert_eq!(case.standing().preferred(Kinds::NONE), None);
}

#[test]
fn a_need_names_the_kinds_that_answer_it() {
    let set = |methods: &[Method]| MethodSet::of(methods);
    let check = |clauses: &[&[MethodSet]], expected: &[FactorKind]| {
        let clauses = clauses.iter().map(|gaps| Clause { strengths: Vec::new(), gaps: gaps.to_vec() }).collect();
        let need = Need { fresh_sign_in: false, place: Place::Here, clauses };
        assert_eq!(wanted(&need), kinds(expected), "{need:?}");
    };
    let (totp, passkey) = (set(&[Method::SoftwareOath]), set(&[Method::Fido2]));
    let (mail, recovery) = (set(&[Method::Email]), set(&[Method::RecoveryCode]));
    check(&[&[totp, passkey, mail, recovery]], &[Totp, Passkey, MailedCode, RecoveryCode]);
    check(&[&[passkey]], &[Passkey]);
    check(&[&[totp, passkey], &[passkey]], &[Passkey]);
    // No kind alone is enough: each that closes a part is asked, and then the rest.
    check(&[&[totp], &[passkey]], &[Totp, Passkey]);
    check(&[&[totp.or(passkey)]], &[Totp, Passkey]);
}
