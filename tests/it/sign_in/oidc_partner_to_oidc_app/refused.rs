//! What a browser or a provider may bring that is not the answer to our question.

use serde_json::{Value, json};

use entente::domain::partners::MailAuthority;

use crate::support::gateway::address;
use crate::support::journey::{assert_refused, assert_told, granted};
use crate::support::keys;
use crate::support::provider::{Manner, Provider, wen};
use crate::support::stores::on_both_stores;

use super::open;

/// The address of an answer with one parameter replaced, or taken away.
pub fn with(answer: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = answer.split_once('?').unwrap();
    let mut pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().filter(|(known, _)| known != name).collect();
    pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    address(path, &pairs)
}

on_both_stores! {
    async fn what_the_provider_sends_is_held_against_the_question(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let now = gateway.now().seconds();
        type Alter = Box<dyn Fn(&mut Manner)>;
        let claims = |over: Value| -> Alter { Box::new(move |manner| manner.claims = over.clone()) };
        let header = |over: Value| -> Alter { Box::new(move |manner| manner.header = over.clone()) };
        let token = |status: u16, kind: &'static str, body: String| -> Alter {
            Box::new(move |manner| manner.token = Some((status, kind, body.clone())))
        };
        let userinfo = |status: u16, body: Value| -> Alter {
            Box::new(move |manner| {
                manner.claims = json!({"email": null});
                manner.userinfo = Some((status, "application/json", body.to_string()));
            })
        };
        let cases: Vec<(Alter, &str, &str)> = vec![
            (claims(json!({"iss": "https://evil.example"})), "OIDC_RESPONSE_REFUSED", "token_of_another_issuer"),
            (claims(json!({"aud": "other"})), "OIDC_RESPONSE_REFUSED", "token_for_another_audience"),
            (claims(json!({"azp": "other"})), "OIDC_RESPONSE_REFUSED", "token_for_another_party"),
            (claims(json!({"nonce": "n"})), "OIDC_RESPONSE_REFUSED", "token_for_another_question"),
            (claims(json!({"nonce": null})), "OIDC_RESPONSE_REFUSED", "token_nonce_missing"),
            (claims(json!({"exp": now - 60})), "OIDC_RESPONSE_REFUSED", "token_expired"),
            (claims(json!({"iat": now + 61})), "OIDC_RESPONSE_REFUSED", "token_of_the_future"),
            (claims(json!({"at_hash": "x"})), "OIDC_RESPONSE_REFUSED", "token_beside_another_access_token"),
            (claims(json!({"sub": ""})), "SUBJECT_REFUSED", "subject_refused"),
            (claims(json!({"email_verified": false})), "MAIL_UNVERIFIED", "mail_not_verified"),
            (claims(json!({"email_verified": "false"})), "MAIL_UNVERIFIED", "mail_not_verified"),
            (claims(json!({"email": "wen@fabrikam.example"})), "MAIL_DOMAIN_REFUSED", "mail_outside_partner_domains"),
            (header(json!({"alg": "none"})), "OIDC_SIGNATURE_REFUSED", "token_algorithm_refused"),
            (header(json!({"alg": "HS256"})), "OIDC_SIGNATURE_REFUSED", "token_algorithm_refused"),
            (header(json!({"kid": "k9"})), "OIDC_SIGNATURE_REFUSED", "token_key_unknown"),
            (header(json!({"typ": "at+jwt"})), "OIDC_RESPONSE_REFUSED", "token_of_another_type"),
            (header(json!({"crit": ["x"]})), "OIDC_SIGNATURE_REFUSED", "token_critical_extension"),
            (
                Box::new(|manner| {
                    manner.jwks = Some(crate::support::provider::jwks_of(&[("k1", &manner.key)]));
                    manner.key = keys::stranger();
                }),
                "OIDC_SIGNATURE_REFUSED",
                "token_signature_refused",
            ),
            (token(500, "text/html", "<html>".to_owned()), "PARTNER_UNREACHABLE", "token_endpoint_refused"),
            (token(302, "text/html", String::new()), "OIDC_RESPONSE_REFUSED", "token_endpoint_refused"),
            (token(200, "text/html", "<html>".to_owned()), "OIDC_RESPONSE_REFUSED", "token_reply_malformed"),
            (token(200, "application/json", "x".repeat(2_000_000)), "PARTNER_UNREACHABLE", "token_endpoint_no_answer"),
            (userinfo(200, json!({"sub": "other", "email": "a@woodgrove.example"})), "OIDC_RESPONSE_REFUSED", "userinfo_of_another_subject"),
            (userinfo(500, json!({})), "OIDC_RESPONSE_REFUSED", "userinfo_refused"),
        ];
        for (alter, code, cause) in cases {
            provider.alter(|manner| alter(manner));
            let page = provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await;
            assert_refused(&gateway, &page, code, cause).await;
            provider.alter(|manner| {
                (manner.claims, manner.header) = (json!({}), json!({}));
                (manner.token, manner.userinfo, manner.jwks) = (None, None, None);
                manner.key = keys::partner();
            });
            granted(&provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await);
        }
        // Nothing was left behind by those that were refused: Ana and Wen.
        assert_eq!(gateway.guest_count().await, 2);
    }

    async fn an_answer_belongs_to_one_browser_one_question_and_one_partner(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let other = Provider::start(&gateway).await;
        let other_id = other.add(&gateway, "other", |_| ()).await;
        let other_handle = gateway.services.directory.partner(other_id).await.unwrap().unwrap().handle.clone();
        let mut client = gateway.client();
        let question = provider.ask(&gateway, &mut client, "woodgrove", &[]).await;
        let state = question.param("state").unwrap();
        let (attempt, _) = state.split_once('.').unwrap();
        let answer = provider.agree(&question, &wen());
        for (address, code, cause) in [
            (with(&answer, "state", Some(&format!("{attempt}._0"))), "OIDC_UNSOLICITED", "state_of_another_question"),
            (with(&answer, "iss", Some(other.issuer())), "OIDC_RESPONSE_REFUSED", "callback_of_another_issuer"),
            (with(&answer, "iss", None), "OIDC_RESPONSE_REFUSED", "callback_issuer_missing"),
        ] {
            assert_refused(&gateway, &client.clone().get(&address).await, code, cause).await;
        }
        // Mix-up: the answer of one partner at the address of another.
        let (path, query) = answer.split_once('?').unwrap();
        let (path, _) = path.rsplit_once('/').unwrap();
        let mixed = format!("{path}/{other_handle}?{query}");
        let page = client.clone().get(&mixed).await;
        assert_refused(&gateway, &page, "OIDC_RESPONSE_REFUSED", "callback_of_another_partner").await;
        // No cookie, no question.
        let page = gateway.client().get(&answer).await;
        assert_eq!(page.refusal_code(), Some("ATTEMPT_MISSING"), "{}", page.body);
        for (address, code) in [
            (with(&answer, "state", None), "OIDC_UNSOLICITED"),
            (with(&answer, "state", Some("x")), "OIDC_UNSOLICITED"),
            (with(&answer, "code", None), "OIDC_RESPONSE_MALFORMED"),
            (format!("{answer}&code=two"), "OIDC_RESPONSE_MALFORMED"),
            (format!("{answer}&error=access_denied"), "OIDC_RESPONSE_MALFORMED"),
        ] {
            let page = client.clone().get(&address).await;
            assert_eq!(page.refusal_code(), Some(code), "{address} {}", page.body);
        }
        // None of this asked the partner, and none of it spent the attempt.
        assert_eq!((provider.asked("token"), other.asked("token")), (0, 0));
        let spent = client.clone();
        granted(&client.get(&answer).await);
        // The same answer with the same cookies again: the provider has taken its code back.
        let page = spent.clone().get(&answer).await;
        assert_refused(&gateway, &page, "OIDC_RESPONSE_REFUSED", "token_endpoint_refused").await;
        // A reload of the browser that was signed in says so.
        let page = client.get(&answer).await;
        assert_eq!((page.status, page.refusal_code()), (200, None), "{}", page.body);
    }

    async fn a_code_of_another_persons_question_buys_nothing(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let (mut mine, mut theirs) = (gateway.client(), gateway.client());
        let my_question = provider.ask(&gateway, &mut mine, "woodgrove", &[]).await;
        let their_question = provider.ask(&gateway, &mut theirs, "woodgrove", &[]).await;
        let stolen = provider.agree(&their_question, &wen());
        let code = crate::support::client::query(&stolen, "code").unwrap();
        let injected = with(&provider.agree(&my_question, &wen()), "code", Some(&code));
        let page = mine.get(&injected).await;
        assert_refused(&gateway, &page, "OIDC_RESPONSE_REFUSED", "token_endpoint_refused").await;
    }

    async fn a_partners_no_is_told_in_our_words(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        for (error, told, code, cause) in [
            ("access_denied", "access_denied", "PARTNER_REFUSED", "partner_access_denied"),
            ("login_required", "login_required", "PARTNER_REFUSED", "partner_no_passive"),
            ("server_error", "server_error", "PARTNER_REFUSED", "partner_failed"),
            (
                "unmet_authentication_requirements",
                "unmet_authentication_requirements",
                "ASSURANCE_UNMET",
                "partner_no_authn_context",
            ),
        ] {
            let mut client = gateway.client();
            let question = provider.ask(&gateway, &mut client, "woodgrove", &[]).await;
            let answer = with(&with(&provider.agree(&question, &wen()), "code", None), "error", Some(error));
            assert_told(&gateway, &client.get(&answer).await, told, code);
            assert_eq!(gateway.cause(question.attempt()).await.as_deref(), Some(cause));
        }
    }

    async fn only_stated_verification_counts_where_the_record_asks_for_it(backend: Backend) {
        let (gateway, _provider) = open(backend, "woodgrove", |_| ()).await;
        let strict = Provider::start(&gateway).await;
        strict.add(&gateway, "strict", |partner| {
            partner.mail_authority = MailAuthority::VerifiedOnly;
            partner.admission = entente::domain::partners::Admission::Invited;
        }).await;
        gateway.invite("sam@strict.example", None, &[gateway.payroll]).await;
        let sam = json!({"sub": "sam", "email": "sam@strict.example"});
        let page = strict.sign_in(&gateway, &mut gateway.client(), "strict", &sam).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "mail_unproven").await;
        // What is said of one address is not said of another, which people may write themselves.
        let sam = json!({
            "sub": "sam", "mail": "sam@strict.example", "email": "sam.own@strict.example", "email_verified": true,
        });
        let page = strict.sign_in(&gateway, &mut gateway.client(), "strict", &sam).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "mail_unproven").await;
        let sam = json!({"sub": "sam", "email": "sam@strict.example", "email_verified": true});
        granted(&strict.sign_in(&gateway, &mut gateway.client(), "strict", &sam).await);
    }
}
