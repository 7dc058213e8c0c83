use std::time::Duration;

use super::*;
use crate::base::random::SystemRandom;
use crate::domain::apps::{AllowedPartners, AppId, ApplicationType, Assignment};
use crate::domain::assurance::{Assurance, AssuranceContract};
use crate::domain::attempts::AttemptId;
use crate::domain::authentication::Identity;
use crate::domain::grants::{AppNow, Grant, PartnerNow};
use crate::domain::guests::{Binding, Guest, GuestId, MailStanding, NameSource, Standing, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::partners::{PartnerProtocol, Switch};
use crate::domain::policy::decision::{Clause, Reason, Refused, SessionTerms};
use crate::domain::policy::methods::{Method, MethodSet};
use crate::domain::requests::{AcrWish, AskAccount, AskConsent, OidcReturn, ResponseMode, ReturnTo, Scopes};
use crate::domain::sessions::{HandleHash, Session, SessionId};

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn decided(decision: Decision) -> Decided {
    Decided { decision, wish: None, proof: FreshProof::NotAsked, details: Vec::new() }
}

fn allowed() -> Decided {
    decided(Decision::Allow(SessionTerms::default()))
}

fn need(place: Place, strength: StrengthId) -> Need {
    let gaps = vec![MethodSet::of(&[Method::Fido2])];
    Need { fresh_sign_in: false, place, clauses: vec![Clause { strengths: vec![strength], gaps }] }
}

fn ask(proof: FreshProof) -> NextStep {
    NextStep::AskPartner(proof, Vec::new())
}

fn request() -> AppRequest {
    AppRequest {
        app: AppId::new(NOW, &SystemRandom),
        app_version: 1,
        return_to: ReturnTo::Oidc(OidcReturn {
            redirect_uri: "https://app.example/cb".to_owned(),
            state: None,
            nonce: None,
            scopes: Scopes::default(),
            code_challenge: None,
            mode: ResponseMode::Query,
            pushed: None,
            terms: crate::domain::terms::TokenTerms::NONE,
            subjects: Vec::new(),
        }),
        interaction: Interaction::AS_NEEDED,
        max_age: None,
        login_hint: None,
        domain_hint: None,
        expected_guest: None,
        acr: Vec::new(),
        ui_locales: Vec::new(),
    }
}

fn reading() -> SessionReading {
    let guest = GuestId::new(NOW, &SystemRandom);
    let partner = PartnerId::new(NOW, &SystemRandom);
    SessionReading {
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
            standing: Standing::Active,
            sessions_valid_from: Timestamp::EPOCH,
            created_at: NOW,
        },
        partner: PartnerNow {
            id: partner,
            version: 1,
            switch: Switch::Enabled,
            protocol: PartnerProtocol::Saml,
            assurance: AssuranceContract::NOTHING_TRUSTED,
        },
        app: Some(AppNow {
            id: AppId::new(NOW, &SystemRandom),
            version: 1,
            switch: Switch::Enabled,
            assignment: Assignment::Required,
            application_type: ApplicationType::Web,
            partners: AllowedPartners::All,
        }),
        grant: Grant::Assigned,
        imported_subject: None,
    }
}

fn shown(proof: FreshProof, consent: AskConsent, account: AskAccount) -> Interaction {
    Interaction::Shown { proof, consent, account }
}

fn with_session(change: impl FnOnce(&mut AppRequest, &mut SessionReading, &mut Hinted)) -> NextStep {
    let (mut request, mut reading, mut hinted) = (request(), reading(), Hinted::default());
    change(&mut request, &mut reading, &mut hinted);
    advance(&request, Position::Session(&reading, &allowed()), hinted, NOW.plus(Duration::from_secs(60)))
}

fn cause(step: &NextStep) -> Option<(&'static str, AppError)> {
    match step {
        NextStep::Refuse(refusal) => Some((refusal.cause, refusal.app_error)),
        _ => None,
    }
}

#[test]
fn a_session_that_fits_is_enough() {
    assert_eq!(with_session(|_, _, _| {}), NextStep::Issue);
    assert_eq!(
        with_session(|request, _, _| request.login_hint = Some("ANA@fabrikam.example".to_owned())),
        NextStep::Issue
    );
    assert_eq!(with_session(|request, _, _| request.max_age = Some(60)), NextStep::Issue);
    assert_eq!(with_session(|request, _, _| request.interaction = Interaction::Silent), NextStep::Issue);
}

#[test]
fn the_app_may_ask_for_more_than_the_session() {
    let (proof, consent, account) = (FreshProof::Asked, AskConsent::Asked, AskAccount::Asked);
    let step = with_session(|request, _, _| {
        request.interaction = shown(proof, AskConsent::NotAsked, AskAccount::NotAsked);
    });
    assert_eq!(step, ask(FreshProof::Asked));
    let step = with_session(|request, _, _| {
        request.interaction = shown(FreshProof::NotAsked, consent, AskAccount::NotAsked);
    });
    assert_eq!(step, NextStep::AskConsent);
    let step = with_session(|request, _, _| request.interaction = shown(FreshProof::NotAsked, consent, account));
    assert_eq!(step, NextStep::ChooseAccount);
    let step = with_session(|request, _, _| request.max_age = Some(59));
    assert_eq!(step, ask(FreshProof::WithinMaxAge));
}

#[test]
fn a_session_of_another_account_is_never_used_silently() {
    let other = |request: &mut AppRequest| request.login_hint = Some("ben@fabrikam.example".to_owned());
    let at_same_partner = with_session(|request, reading, hinted| {
        other(request);
        hinted.partner = Some(reading.partner.id);
    });
    assert_eq!(at_same_partner, ask(FreshProof::Asked));
    let of_shared_domain = with_session(|request, _, hinted| {
        other(request);
        hinted.several = true;
    });
    assert_eq!(of_shared_domain, ask(FreshProof::NotAsked));
    let step = with_session(|request, _, _| {
        other(request);
        request.interaction = Interaction::Silent;
    });
    assert_eq!(cause(&step), Some(("session_of_another_account", AppError::LoginRequired)));
    let step = with_session(|request, _, _| request.expected_guest = Some(GuestId::new(NOW, &SystemRandom)));
    assert_eq!(step, ask(FreshProof::Asked));
    let elsewhere = with_session(|_, _, hinted| hinted.partner = Some(PartnerId::new(NOW, &SystemRandom)));
    assert_eq!(elsewhere, ask(FreshProof::NotAsked));
}

#[test]
fn where_the_hints_name_nobody_here_the_person_says_who_is_meant() {
    assert_eq!(with_session(|_, _, hinted| hinted.elsewhere = true), NextStep::ChooseAccount);
    let unknown = |request: &mut AppRequest| request.login_hint = Some("x@unknown.example".to_owned());
    assert_eq!(with_session(|request, _, _| unknown(request)), NextStep::ChooseAccount);
    // Not where a token of ours names another account, nor for somebody who may not go on anyway.
    let expected = with_session(|request, _, hinted| {
        request.expected_guest = Some(GuestId::new(NOW, &SystemRandom));
        hinted.elsewhere = true;
    });
    assert_eq!(expected, ask(FreshProof::NotAsked));
    let blocked = with_session(|_, reading, hinted| {
        reading.guest.standing = Standing::Blocked;
        hinted.elsewhere = true;
    });
    assert_eq!(blocked, ask(FreshProof::NotAsked));
    let silent = with_session(|request, _, hinted| {
        request.interaction = Interaction::Silent;
        hinted.elsewhere = true;
    });
    assert_eq!(cause(&silent), Some(("session_of_another_account", AppError::LoginRequired)));
}

#[test]
fn a_session_through_a_partner_that_the_app_does_not_take_is_not_used() {
    let not_taken = |reading: &mut SessionReading| {
        reading.app.as_mut().unwrap().partners = AllowedPartners::Only(vec![PartnerId::new(NOW, &SystemRandom)]);
    };
    assert_eq!(with_session(|_, reading, _| not_taken(reading)), ask(FreshProof::NotAsked));
    let step = with_session(|request, reading, _| {
        not_taken(reading);
        request.interaction = Interaction::Silent;
    });
    assert_eq!(cause(&step), Some(("session_of_partner_not_accepted", AppError::LoginRequired)));
    let taken = with_session(|_, reading, _| {
        reading.app.as_mut().unwrap().partners = AllowedPartners::Only(vec![reading.partner.id]);
    });
    assert_eq!(taken, NextStep::Issue);
}

#[test]
fn a_session_is_decided_on_at_each_use() {
    let step = with_session(|_, reading, _| reading.guest.standing = Standing::Blocked);
    assert_eq!(cause(&step), Some(("guest_blocked", AppError::AccessDenied)));
    let step = with_session(|_, reading, _| reading.partner.switch = Switch::Disabled);
    assert_eq!(cause(&step), Some(("partner_disabled", AppError::AccessDenied)));
    let step = with_session(|_, reading, _| reading.grant = Grant::NotAssigned);
    assert_eq!(cause(&step), Some(("not_assigned", AppError::AccessDenied)));
}

#[test]
fn without_a_session_a_silent_request_needs_a_partner_that_may_be_asked_silently() {
    let silent = AppRequest { interaction: Interaction::Silent, ..request() };
    let nobody = |passive| advance(&silent, Position::Nobody { passive }, Hinted::default(), NOW);
    assert_eq!(cause(&nobody(PassiveRequests::Never)), Some(("no_session", AppError::LoginRequired)));
    assert_eq!(nobody(PassiveRequests::Allowed), ask(FreshProof::NotAsked));
    let aged = AppRequest { max_age: Some(60), ..request() };
    let step = advance(&aged, Position::Nobody { passive: PassiveRequests::Never }, Hinted::default(), NOW);
    assert_eq!(step, ask(FreshProof::WithinMaxAge));
}

/// What follows a decision with a session, after a step and straight after the partner's answer, for a
/// request that may show pages and for a silent one.
fn follows(decided: &Decided) -> [Vec<NextStep>; 2] {
    [Interaction::AS_NEEDED, Interaction::Silent].map(|interaction| {
        let request = AppRequest { interaction, ..request() };
        let reading = reading();
        let parties = Parties::of_session(&reading);
        let positions = [
            Position::Session(&reading, decided),
            Position::Proven(&parties, decided),
            Position::Stepped(&reading, decided, Agreement::Open),
        ];
        positions.map(|position| advance(&request, position, Hinted::default(), NOW)).to_vec()
    })
}

#[test]
fn each_decision_leads_to_its_step_everywhere() {
    let silent_no =
        |step: &NextStep| cause(step) == Some(("second_factor_needs_the_person", AppError::InteractionRequired));
    let check = |decided: &Decided, expected: &NextStep| {
        let [shown, silent] = follows(decided);
        assert!(shown.iter().all(|step| step == expected), "{decided:?} {shown:?}");
        assert!(silent.iter().all(silent_no), "{decided:?} {silent:?}");
    };
    let here = need(Place::Here, StrengthId::MULTIFACTOR);
    check(&decided(Decision::StepUp(here.clone())), &NextStep::StepUp(here.clone()));
    let home = need(Place::Home, StrengthId::MULTIFACTOR);
    let asked = |proof| NextStep::AskPartner(proof, vec![StrengthId::MULTIFACTOR]);
    check(&decided(Decision::StepUp(home.clone())), &asked(FreshProof::NotAsked));
    let aged = Decided { proof: FreshProof::Asked, ..decided(Decision::StepUp(home)) };
    check(&aged, &asked(FreshProof::Asked));
    let stale = Need { fresh_sign_in: true, ..here };
    let stale = Decided { proof: FreshProof::Asked, ..decided(Decision::StepUp(stale)) };
    check(&stale, &ask(FreshProof::Asked));
    let allow = follows(&allowed());
    assert!(allow.iter().flatten().all(|step| *step == NextStep::Issue), "{allow:?}");
}

#[test]
fn a_refusal_of_the_policies_comes_before_every_page() {
    let refused = Refused { policy: None, reason: Reason::Blocked };
    let blocked = decided(Decision::Refuse(refused));
    for step in follows(&blocked).iter().flatten() {
        assert_eq!(cause(step), Some(("blocked_by_policy", AppError::AccessDenied)));
    }
    let account = shown(FreshProof::NotAsked, AskConsent::Asked, AskAccount::Asked);
    let request = AppRequest { interaction: account, ..request() };
    let reading = reading();
    let next = |decided: &Decided| advance(&request, Position::Session(&reading, decided), Hinted::default(), NOW);
    assert_eq!(cause(&next(&blocked)), Some(("blocked_by_policy", AppError::AccessDenied)));
    let more = decided(Decision::StepUp(need(Place::Here, StrengthId::MULTIFACTOR)));
    assert_eq!(next(&more), NextStep::ChooseAccount, "more is asked of who has been chosen");
}

#[test]
fn what_an_app_would_like_is_asked_where_something_may_be_shown() {
    let wish = need(Place::Here, StrengthId::MULTIFACTOR);
    let [shown, silent] = follows(&Decided { wish: Some(wish.clone()), ..allowed() });
    assert!(shown.iter().all(|step| *step == NextStep::StepUp(wish.clone())), "{shown:?}");
    assert!(silent.iter().all(|step| *step == NextStep::Issue), "{silent:?}");
}

#[test]
fn the_person_agrees_once_after_everything_else() {
    let consent = shown(FreshProof::NotAsked, AskConsent::Asked, AskAccount::NotAsked);
    let request = AppRequest { interaction: consent, ..request() };
    let reading = reading();
    let stepped = |decided: &Decided, agreement| {
        advance(&request, Position::Stepped(&reading, decided, agreement), Hinted::default(), NOW)
    };
    let more = decided(Decision::StepUp(need(Place::Here, StrengthId::PHISHING_RESISTANT)));
    assert!(matches!(stepped(&more, Agreement::Given), NextStep::StepUp(_)));
    assert_eq!(stepped(&allowed(), Agreement::Open), NextStep::AskConsent);
    assert_eq!(stepped(&allowed(), Agreement::Given), NextStep::Issue);
}

#[test]
fn a_partner_is_asked_for_what_the_app_asks() {
    let wish = |value: &str, weight| AcrWish { value: value.to_owned(), weight };
    let asked = |acr: Vec<AcrWish>| {
        let request = AppRequest { acr, ..request() };
        advance(&request, Position::Nobody { passive: PassiveRequests::Never }, Hinted::default(), NOW)
    };
    let strengths = |strengths: &[StrengthId]| NextStep::AskPartner(FreshProof::NotAsked, strengths.to_vec());
    let (phr, mfa) = ("phr", "https://refeds.org/profile/mfa");
    assert_eq!(asked(vec![wish("urn:x", AcrWeight::Essential)]), strengths(&[]));
    assert_eq!(asked(vec![wish(mfa, AcrWeight::Voluntary)]), strengths(&[StrengthId::MULTIFACTOR]));
    let both = vec![wish(phr, AcrWeight::Essential), wish(mfa, AcrWeight::Voluntary)];
    assert_eq!(asked(both), strengths(&[StrengthId::PHISHING_RESISTANT]));
}
