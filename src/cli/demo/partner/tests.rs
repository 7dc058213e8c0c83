//! The partner over a socket, asked as the gateway asks and judged as the gateway judges.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, StatusCode};

use super::*;
use crate::base::clock::ManualClock;
use crate::base::encoding::from_base64;
use crate::base::random::SystemRandom;
use crate::keys::public::PublicKey;
use crate::outbound::client::{Fetched, Reach};
use crate::saml::accept::{Judgement, Refused, judge};
use crate::saml::bindings::redirect::{MessageParam, encode_to_sign};
use crate::saml::expectation::{AskedBy, Decryption, Expectation};
use crate::saml::messages::authn_request::{AuthnRequest, Comparison, RequestedAuthnContext, Wish};
use crate::saml::metadata::idp;
use crate::saml::metadata::locations::LoopbackHttp;
use crate::saml::metadata::sp::SpMetadata;
use crate::saml::status::PartnerAnswer;
use crate::saml::subject::SubjectRule;

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
const OURS: &str = "http://localhost:8080/saml/sp";
const ACS: &str = "http://localhost:8080/saml/sp/acs";

/// The gateway's key; the tests share it, since nothing depends on its value.
static GATEWAY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_rsa().unwrap());

fn gateway_metadata() -> String {
    let certificate = self_signed(&SystemRandom, &GATEWAY, "gate", NOW, NOW.plus(CERTIFICATE_LIFE)).unwrap();
    let entity_id = EntityId::parse(OURS).unwrap();
    SpMetadata { entity_id: &entity_id, signing_certificates: &[certificate], encryption_certificate: None, acs: ACS }
        .write()
        .unwrap()
}

struct World {
    partner: DemoPartner,
    http: HttpClient,
}

impl World {
    async fn new(signs: Signs) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let http = HttpClient::new(Reach::Loopback).unwrap();
        let partner = DemoPartner::new(PartnerConfig {
            name: "Fabrikam".to_owned(),
            entity_id: EntityId::parse("https://idp.fabrikam.example/saml").unwrap(),
            base_url: format!("http://localhost:{}", listener.local_addr().unwrap().port()),
            people: Person::of_fabrikam(),
            key: SigningKey::generate_p256().unwrap(),
            signs,
            service_provider: ServiceProviderSource::Document(gateway_metadata()),
            http: http.clone(),
            clock: Arc::new(ManualClock::new(NOW)),
            random: Arc::new(SystemRandom),
        })
        .unwrap();
        tokio::spawn(partner.clone().serve(listener));
        Self { partner, http }
    }

    /// The address of a signed question; `change` changes it before it is written.
    fn ask(&self, change: impl FnOnce(&mut AuthnRequest<'_>)) -> String {
        self.ask_with(None, change)
    }

    fn ask_with(&self, context: Option<&RequestedAuthnContext>, change: impl FnOnce(&mut AuthnRequest<'_>)) -> String {
        let (issuer, destination) = (EntityId::parse(OURS).unwrap(), self.partner.sso_url());
        let mut request = AuthnRequest {
            id: "_asked",
            issue_instant: NOW,
            destination: &destination,
            acs: ACS,
            issuer: &issuer,
            force_authn: Wish::NotAsked,
            passive: Wish::NotAsked,
            name_id_policy: None,
            requested_authn_context: context,
            scoping: None,
        };
        change(&mut request);
        signed(&destination, &request.write().unwrap())
    }

    async fn get(&self, url: &str, cookie: Option<&str>) -> Fetched {
        let mut headers = HeaderMap::new();
        if let Some(cookie) = cookie {
            headers.insert(COOKIE, cookie.parse().unwrap());
        }
        self.http.get(url, headers).await.unwrap()
    }

    /// Chooses on the page of choice; the answer's page and the partner's cookie.
    async fn choose(&self, page: &Fetched, name: &str, value: &str) -> (Fetched, Option<String>) {
        let question = between(&page.text(), r#"name="question" value=""#);
        let form = [("question".to_owned(), question), (name.to_owned(), value.to_owned())];
        let login = format!("{}/login", self.partner.config().base_url);
        let answer = self.http.post_form(&login, &form, HeaderMap::new()).await.unwrap();
        let cookie =
            answer.headers.get(SET_COOKIE).map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned());
        (answer, cookie)
    }

    fn judge(&self, xml: &[u8]) -> Judgement {
        let metadata = self.partner.metadata().unwrap();
        let partner = idp::read(metadata.as_bytes(), None, LoopbackHttp::Allowed, NOW).unwrap();
        let keys: Vec<Arc<PublicKey>> = partner.signing_certificates.iter().map(|one| one.key().clone()).collect();
        let expected = Expectation {
            partner: &partner.entity_id,
            keys: &keys,
            audience: &EntityId::parse(OURS).unwrap(),
            acs: ACS,
            asked_by: AskedBy::Request("_asked"),
            clock_skew: Duration::from_secs(60),
            subject: &SubjectRule::PersistentNameId,
            decryption: Decryption::Refused,
        };
        judge(xml, &expected, NOW)
    }

    fn judge_page(&self, page: &Fetched) -> Judgement {
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        assert_eq!(between(&page.text(), r#"name="RelayState" value=""#), "state");
        assert_eq!(between(&page.text(), r#"method="post" action=""#), ACS);
        self.judge(&from_base64(&between(&page.text(), r#"name="SAMLResponse" value=""#)).unwrap())
    }
}

/// The text after `start` up to the next quote, the one character reference of base64 resolved.
fn between(page: &str, start: &str) -> String {
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("no {start} in {page}"));
    rest.split('"').next().unwrap().replace("&#61;", "=").replace("&#43;", "+")
}

#[tokio::test]
async fn a_signed_question_is_answered_and_the_answer_is_accepted() {
    for signs in [Signs::Assertion, Signs::Response, Signs::Both] {
        let world = World::new(signs).await;
        let page = world.get(&world.ask(|_| {}), None).await;
        assert_eq!(page.status, StatusCode::OK);
        let (answer, cookie) = world.choose(&page, "person", "ana").await;
        let accepted = world.judge_page(&answer).outcome.unwrap();
        assert!(
            accepted
                .attributes
                .contains(&("urn:oid:0.9.2342.19200300.100.1.3".to_owned(), vec!["ana@fabrikam.example".to_owned()]))
        );

        let again = world.get(&world.ask(|_| {}), cookie.as_deref()).await;
        let second = world.judge_page(&again).outcome.unwrap();
        assert_eq!(second.subject, accepted.subject);
        assert_ne!(second.assertion_id, accepted.assertion_id);
        let forced = world.get(&world.ask(|request| request.force_authn = Wish::Asked), cookie.as_deref()).await;
        assert!(forced.text().contains("name=\"question\""));
    }
}

#[tokio::test]
async fn error_answers_say_why() {
    let world = World::new(Signs::Assertion).await;
    let status = |judgement: Judgement| match judgement.outcome {
        Err(refused @ Refused::Status(_)) => refused.answer(),
        other => panic!("{other:?}"),
    };
    let passive = world.get(&world.ask(|request| request.passive = Wish::Asked), None).await;
    assert_eq!(status(world.judge_page(&passive)), Some(PartnerAnswer::NoPassive));

    let page = world.get(&world.ask(|_| {}), None).await;
    let (declined, cookie) = world.choose(&page, "decline", "yes").await;
    assert_eq!(status(world.judge_page(&declined)), Some(PartnerAnswer::RequestDenied));
    assert_eq!(cookie, None);

    let classes = vec!["urn:other".to_owned()];
    let context = RequestedAuthnContext { comparison: Comparison::Exact, classes };
    let question = world.ask_with(Some(&context), |_| {});
    let page = world.get(&question, None).await;
    let (answer, _) = world.choose(&page, "person", "ben").await;
    assert_eq!(status(world.judge_page(&answer)), Some(PartnerAnswer::NoAuthnContext));
}

fn signed(sso: &str, xml: &str) -> String {
    let algorithm = GATEWAY.default_algorithm();
    let waiting = encode_to_sign(sso, MessageParam::Request, xml, Some("state"), algorithm).unwrap();
    let signature = GATEWAY.sign(algorithm, waiting.bytes()).unwrap();
    waiting.finish(&signature)
}

#[tokio::test]
async fn a_question_that_the_gateway_did_not_sign_is_refused() {
    let world = World::new(Signs::Assertion).await;
    let good = world.ask(|_| {});
    let unsigned = good.split("&SigAlg=").next().unwrap().to_owned();
    let turned = good.replace("RelayState=state", "RelayState=other");
    for (url, expected) in [
        (good, None),
        (unsigned, Some("the query is not signed")),
        (turned, Some("no key of the sender verifies the signature")),
        (world.partner.sso_url(), Some("the query has no `SAMLRequest`")),
        (
            world.ask(|request| request.acs = "http://localhost:1/"),
            Some("`http://localhost:1/` is no assertion consumer service of the asker"),
        ),
        (
            world.ask(|request| request.destination = "http://localhost:1/sso"),
            Some("the request is for `http://localhost:1/sso`"),
        ),
    ] {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let fault = world.partner.question(query).await.err().map(|fault| fault.to_string());
        assert_eq!(fault.as_deref(), expected);
        let status = if expected.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        assert_eq!(world.get(&url, None).await.status, status);
    }
}

#[tokio::test]
async fn a_question_is_answered_once() {
    let world = World::new(Signs::Assertion).await;
    let page = world.get(&world.ask(|_| {}), None).await;
    assert_eq!(world.choose(&page, "person", "ana").await.0.status, StatusCode::OK);
    assert_eq!(world.choose(&page, "person", "ana").await.0.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_tweaked_answer_is_rightly_signed_and_refused_for_the_tweak_alone() {
    let world = World::new(Signs::Both).await;
    let url = world.ask(|_| {});
    let question = world.partner.question(url.split_once('?').unwrap().1).await.unwrap();
    let ana = world.partner.person("ana").unwrap();
    let good = world.partner.respond(&question, ana, |_| {}).unwrap();
    assert!(world.judge(good.as_bytes()).outcome.is_ok());
    let xml = world
        .partner
        .respond(&question, ana, |answer| {
            if let Some(assertion) = &mut answer.assertion {
                assertion.audience = "https://another.example".to_owned();
            }
        })
        .unwrap();
    let causes: Vec<_> = world.judge(xml.as_bytes()).rows.iter().filter_map(|row| row.cause()).collect();
    assert_eq!(causes, ["audience_not_ours"]);
}
