//! Second factors of partners: accepted where the partner is trusted, asked there first, in its own
//! words, and checked when they come back.

use entente::domain::assurance::{Comparison, Question, StatedIn, Statement};
use entente::domain::policy::methods::{Method, MethodSet};
use entente::domain::policy::strengths::StrengthId;
use entente::saml::messages::authn_request::{Comparison as Compared, Wish};
use entente::saml::status::{NO_AUTHN_CONTEXT, RESPONDER};

use super::{
    ALL_USERS, MFA, REFEDS_MFA, ana_by, apply_by, assert_asks_factor, detail, for_all, policy, required, trusted,
};
use crate::factors::person::heading;
use crate::invite::scene::{operator, wish};
use crate::redemption::links::{decide, is_pending};
use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_told, granted, proven_at};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const PHISHING_RESISTANT: &str = "grant_controls.authentication_strength = 'phishing-resistant'\n";

on_both_stores! {
    async fn f70_several_factors_of_a_partner_that_is_not_trusted_are_one(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        apply_by(&gateway.services, &for_all("asks", MFA)).await;
        let mut client = gateway.client();
        assert_asks_factor(&gateway.sign_in(&mut client, &ana_by(REFEDS_MFA)).await);
    }

    async fn f70_a_trusted_partner_is_asked_once_and_what_it_lacks_is_challenged_here(backend: Backend) {
        let gateway = Gateway::start_with(backend, trusted).await;
        let phone = gateway.anas_phone().await;
        apply_by(&gateway.services, &for_all("asks", MFA)).await;
        let mut client = gateway.client();
        let page = gateway.sign_in(&mut client, &ana_by(REFEDS_MFA)).await;
        let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
        assert_eq!(gateway.claims(&tokens.id, "payroll").await["acr"], REFEDS_MFA);

        let mut client = gateway.client();
        let page = gateway.sign_in(&mut client, &Person::ana()).await;
        let request = gateway.led_to_partner(&page);
        assert_eq!((request.asked.classes.as_slice(), request.asked.comparison), (&[REFEDS_MFA.to_owned()][..], Some(Compared::Exact)));
        assert_eq!(request.asked.force_authn, Wish::NotAsked);
        assert_eq!(client.session(), None, "nothing is spent before the second answer");
        let asked = gateway.last("step_asked").await;
        assert_eq!((detail(&asked, "next"), detail(&asked, "policies")), ("partner", "asks=failure"));
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let code = gateway.pass(&mut client, &page, &phone).await;
        let claims = gateway.claims(&Tokens::of(&gateway.redeem(&code).await).id, "payroll").await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&REFEDS_MFA.into(), &serde_json::json!(["pwd", "otp", "mfa"])));
    }

    async fn f70_the_second_answer_is_enough_where_the_partner_shows_what_was_asked(backend: Backend) {
        let gateway = Gateway::start_with(backend, trusted).await;
        apply_by(&gateway.services, &for_all("asks", MFA)).await;
        let mut client = gateway.client();
        let first = gateway.led_to_partner(&gateway.sign_in(&mut client, &Person::ana()).await);
        granted(&gateway.post(&mut client, &first, &gateway.answer(&first, &ana_by(REFEDS_MFA))).await);
    }

    async fn f37_who_has_agreed_is_not_asked_again_where_the_partner_is_asked_for_more(backend: Backend) {
        let gateway = Gateway::start_with(backend, trusted).await;
        apply_by(&gateway.services, &for_all("asks", MFA)).await;
        let invited = async |address: &str| {
            let mut asked = wish(&gateway, address);
            asked.apps = vec![gateway.payroll];
            gateway.invited_by(&operator(), &asked).await.unwrap().guest.id
        };
        let (gus, eve) = (invited("gus@fabrikam.example").await, invited("eve@fabrikam.example").await);
        let person = |name: &str| Person::new(&format!("{name}-1"), &format!("{name}@fabrikam.example"), name, "Guest");
        let strongly = |name: &str| Person { class_ref: REFEDS_MFA.to_owned(), ..person(name) };
        // Agreeing, then the partner's second factor.
        let mut client = gateway.client();
        let question = gateway.sign_in(&mut client, &person("gus")).await;
        let request = gateway.led_to_partner(&decide(&mut client, &question, "accept").await);
        assert_eq!(request.asked.classes, [REFEDS_MFA]);
        assert!(is_pending(&gateway, gus).await && client.session().is_none(), "nothing is bound before it is shown");
        // Somebody else in the same browser has agreed to nothing.
        let other = gateway.post(&mut client.clone(), &request, &gateway.answer(&request, &strongly("eve"))).await;
        assert_eq!(heading(&other), "Work with Contoso?", "{}", other.body);
        assert!(is_pending(&gateway, eve).await && is_pending(&gateway, gus).await);
        // And what was agreed to ends with its attempt.
        let question = gateway.sign_in(&mut client, &person("gus")).await;
        let request = gateway.led_to_partner(&decide(&mut client, &question, "accept").await);
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &strongly("gus"))).await);
        assert!(!is_pending(&gateway, gus).await);
        let told = gateway.told_of(gus).await;
        assert_eq!(told.iter().filter(|(activity, _)| activity == "invitation_redeemed").count(), 1, "{told:?}");
    }

    async fn f70_a_partner_that_knows_no_such_class_is_asked_without_and_then_here(backend: Backend) {
        let gateway = Gateway::start_with(backend, trusted).await;
        let phone = gateway.anas_phone().await;
        apply_by(&gateway.services, &for_all("asks", MFA)).await;
        let mut client = gateway.client();
        let asked = gateway.led_to_partner(&gateway.sign_in(&mut client, &Person::ana()).await);
        let no = gateway.partner.refusal(&asked, RESPONDER, NO_AUTHN_CONTEXT, gateway.now());
        let again = gateway.led_to_partner(&gateway.post(&mut client, &asked, &no).await);
        assert_eq!(again.asked.classes, Vec::<String>::new());
        let page = gateway.post(&mut client, &again, &gateway.answer(&again, &Person::ana())).await;
        gateway.pass(&mut client, &page, &phone).await;
    }

    async fn f70_where_the_partner_must_show_it_nothing_is_challenged_here(backend: Backend) {
        let gateway = Gateway::start_with(backend, required).await;
        apply_by(&gateway.services, &for_all("asks", MFA)).await;
        let mut client = gateway.client();
        let request = gateway.led_to_partner(&gateway.sign_in(&mut client, &Person::ana()).await);
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_told(&gateway, &page, "unmet_authentication_requirements", "ASSURANCE_UNMET");
        assert_eq!(gateway.cause(&request.relay_state).await.as_deref(), Some("second_factor_not_shown_at_home"));
        granted(&gateway.sign_in(&mut gateway.client(), &ana_by(REFEDS_MFA)).await);
    }

    async fn f72_a_strength_is_met_by_the_partners_own_words_and_it_is_asked_in_them(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| {
            trusted(partner);
            partner.assurance.statements = vec![Statement {
                stated_in: StatedIn::Class,
                values: vec!["urn:key".to_owned()],
                methods: MethodSet::of(&[Method::Fido2]),
            }];
            partner.assurance.questions = vec![Question {
                strength: StrengthId::PHISHING_RESISTANT,
                words: vec!["urn:key".to_owned(), "urn:card".to_owned()],
                comparison: Comparison::Minimum,
            }];
        })
        .await;
        apply_by(&gateway.services, &for_all("key", PHISHING_RESISTANT)).await;
        let mut client = gateway.client();
        let request = gateway.led_to_partner(&gateway.sign_in(&mut client, &ana_by(REFEDS_MFA)).await);
        assert_eq!(request.asked.classes, ["urn:key", "urn:card"]);
        assert_eq!(request.asked.comparison, Some(Compared::Minimum));
        // What comes back is checked: the other word is in no table.
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &ana_by("urn:card"))).await;
        assert_asks_factor(&page);
        let mut client = gateway.client();
        let page = gateway.sign_in(&mut client, &ana_by("urn:key")).await;
        let claims = gateway.claims(&Tokens::of(&gateway.redeem(&granted(&page)).await).id, "payroll").await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&"phr".into(), &serde_json::json!(["pop", "user", "mfa"])));
    }

    async fn f72_what_a_partner_may_not_assert_counts_for_nothing(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| {
            trusted(partner);
            partner.assurance.may_assert = MethodSet::of(&[Method::FederatedMultiFactor]);
        })
        .await;
        apply_by(&gateway.services, &for_all("key", PHISHING_RESISTANT)).await;
        let mut client = gateway.client();
        let request = gateway.led_to_partner(&gateway.sign_in(&mut client, &ana_by("phr")).await);
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &ana_by("phr"))).await;
        assert_asks_factor(&page);
    }

    async fn a_proof_of_a_partner_that_is_too_old_is_asked_anew(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| {
            trusted(partner);
            partner.assurance.fresh_within = Some(std::time::Duration::from_secs(600));
        })
        .await;
        apply_by(&gateway.services, &for_all("asks", MFA)).await;
        let mut client = gateway.client();
        let old = gateway.now().minus(std::time::Duration::from_secs(601));
        let page = gateway.sign_in_with(&mut client, &ana_by(REFEDS_MFA), |answer| proven_at(answer, old)).await;
        let request = gateway.led_to_partner(&page);
        assert_eq!((request.asked.force_authn, request.asked.classes.as_slice()), (Wish::Asked, &[REFEDS_MFA.to_owned()][..]));
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &ana_by(REFEDS_MFA))).await);
    }

    async fn a_running_session_is_stepped_up_for_a_stronger_app(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        let travel = "conditions.applications.include_applications = ['travel']\n";
        apply_by(&gateway.services, &policy("travel", &[ALL_USERS, travel, MFA])).await;
        let mut client = gateway.client();
        granted(&gateway.ana_signs_in(&mut client).await);
        let session = client.session().unwrap().to_owned();
        let page = client.get(&gateway.authorize_travel(&[])).await;
        let code = gateway.pass(&mut client, &page, &phone).await;
        assert_ne!(client.session(), Some(session.as_str()), "a step-up gives the session another handle");
        let claims = gateway.claims(&Tokens::of(&gateway.redeem_travel(&code).await).id, "travel").await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&REFEDS_MFA.into(), &serde_json::json!(["pwd", "otp", "mfa"])));
        // The old handle is worth nothing, and silence asks for nothing.
        let mut old = client.clone();
        let name = old.cookies.keys().find(|name| name.ends_with("_session")).unwrap().clone();
        old.cookies.insert(name, session);
        let page = old.get(&gateway.authorize_travel(&[("prompt", "none")])).await;
        assert_told(&gateway, &page, "login_required", "INTERACTION_NEEDED");
    }

    async fn a_silent_request_that_would_need_more_is_told_so(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        apply_by(&gateway.services, &for_all("asks", MFA)).await;
        let page = client.get(&gateway.authorize(&[("prompt", "none")])).await;
        assert_told(&gateway, &page, "interaction_required", "INTERACTION_NEEDED");
    }
}
