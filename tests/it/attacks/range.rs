//! The range: a gateway at which attacks are tried, each in a fresh attempt of a fresh browser.

use entente::base::encoding::base64;
use entente::base::random::{SystemRandom, new_handle, new_xml_id};
use entente::domain::apps::Assignment;
use entente::domain::mail::MailDomain;
use entente::domain::names::Slug;
use entente::domain::partners::{
    Admission, AssertionEncryption, Partner as PartnerRecord, PartnerId, PassedScoping, PassiveRequests,
    SamlRequestRules, SubjectRule, Trust,
};
use entente::domain::store::objects::Provenance;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use super::attack::{Attack, Make, Point, Post, Seen, Told, Way};
use super::forge::{Good, KEYS};
use super::rows::Rows;
use crate::support::client::{Client, Page};
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK};
use crate::support::keys::START;
use crate::support::partner::{Partner, Request};
use crate::support::stores::Backend;

/// A gateway whose partner may bring anybody, so that whatever is let through would leave an account.
pub struct Range {
    /// The gateway.
    pub gateway: Gateway,
    /// The ID of an assertion that was accepted.
    pub spent_assertion: String,
    /// The whole answer that was accepted.
    pub spent_answer: String,
    rows: Rows,
    counts: PrometheusHandle,
    _counting: metrics::LocalRecorderGuard<'static>,
}

/// One attempt of one browser, and what a good answer to it says.
pub struct Attempt {
    /// The browser.
    pub client: Client,
    /// The good answer.
    pub good: Good,
}

impl Range {
    /// Opens it. Refusals are counted for this thread alone, which the gateway must share: the runtime
    /// of the test has one thread.
    pub async fn open(backend: Backend) -> Self {
        let recorder: &'static PrometheusRecorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
        let (counts, counting) = (recorder.handle(), metrics::set_default_local_recorder(recorder));
        let gateway = Gateway::start_with(backend, |partner| {
            partner.admission = Admission::Anyone;
            // So that nothing is refused only because it is encrypted.
            let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
            trust.request.encryption = AssertionEncryption::Accepted;
        })
        .await;
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.assignment = Assignment::Everyone).await;
        let rows = Rows::open(gateway.database_url()).await;
        let (spent_assertion, spent_answer) = (String::new(), String::new());
        let mut range = Self { gateway, spent_assertion, spent_answer, rows, counts, _counting: counting };
        range.add_northwind().await;
        let Attempt { mut client, good } = range.attempt().await;
        range.spent_answer = good.sealed();
        assert_in(&range.post(&mut client, &good.relay_state, &range.spent_answer).await);
        range.spent_assertion = good.assertion;
        range
    }

    /// Another partner that is trusted as much as the first.
    async fn add_northwind(&self) {
        let key = entente::keys::signing::SigningKey::from_pkcs8(entente::base::secret::SecretBytes::new(
            KEYS.northwind.pkcs8().expose().clone(),
        ));
        let northwind =
            Partner::named("https://idp.northwind.example/saml", "https://idp.northwind.example/sso", key.unwrap());
        let record = PartnerRecord {
            id: PartnerId::new(START, &SystemRandom),
            slug: Slug::parse("northwind").unwrap(),
            name: "Northwind".to_owned(),
            handle: new_handle(&SystemRandom),
            domains: vec![MailDomain::parse("northwind.example").unwrap().into()],
            trust: trust(&northwind, &self.gateway),
            ..self.gateway.services.directory.partner(self.gateway.partner_id).await.unwrap().unwrap().as_ref().clone()
        };
        let mut unit = self.gateway.services.store.unit_of_work().await.unwrap();
        unit.insert_partner(&record, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// A fresh browser with two fresh attempts, of which the second is the one to answer.
    pub async fn attempt(&self) -> Attempt {
        let mut client = self.gateway.client();
        let authorize = self.gateway.authorize(&[("domain_hint", "fabrikam")]);
        let other = self.gateway.ask(&mut client, &authorize).await;
        let request = self.gateway.ask(&mut client, &authorize).await;
        Attempt { good: self.good(&request, &other), client }
    }

    fn good(&self, request: &Request, other: &Request) -> Good {
        Good {
            now: self.gateway.now(),
            partner: self.gateway.partner.entity_id.clone(),
            request: request.asked.id.clone(),
            acs: request.asked.acs.clone().unwrap(),
            audience: self.gateway.audience(),
            relay_state: request.relay_state.clone(),
            response: new_xml_id(&SystemRandom),
            assertion: new_xml_id(&SystemRandom),
            spent_assertion: self.spent_assertion.clone(),
            spent_answer: self.spent_answer.clone(),
            other_request: other.asked.id.clone(),
            other_relay_state: other.relay_state.clone(),
        }
    }

    /// Posts a message.
    pub async fn post(&self, client: &mut Client, relay_state: &str, xml: &str) -> Page {
        self.gateway.post_text(client, relay_state, &base64(xml)).await
    }

    async fn post_either(&self, client: &mut Client, good: &Good, post: &Post) -> Page {
        let fields = match post {
            Post::Message(message) => {
                vec![("SAMLResponse", base64(message)), ("RelayState", good.relay_state.clone())]
            }
            Post::Form(fields) => fields.clone(),
        };
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        client.post("/saml/sp/acs", &fields).await
    }

    /// Tries an attack: the hostile post is refused, as page and as JSON, and has spent nothing, since
    /// the good answer is accepted in the same attempt; then the twin is accepted in another.
    pub async fn try_out(&self, attack: &Attack) {
        let Way::Post(make) = &attack.way else { return };
        let Attempt { mut client, good } = self.attempt().await;
        let post = make(&good, Point::Wrong);
        let rows = self.rows.counts().await;
        let counted = self.counted(attack);
        let page = self.post_either(&mut client, &good, &post).await;
        let mut app = client.clone().with_header("accept", "application/json");
        let answer = self.post_either(&mut app, &good, &post).await;
        let attempt = match attack.told {
            Told::Person => {
                self.hold_refused(attack, &page);
                assert_eq!(answer.json()["refusal_code"], attack.code, "{}", attack.name);
                assert!(!answer.body.contains(attack.cause), "{}", answer.body);
                page.attempt_id().unwrap()
            }
            Told::App => {
                hold_told(attack, &page);
                hold_told(attack, &answer);
                &good.relay_state
            }
        };
        assert_eq!(self.counted(attack), counted + 2, "{}: {}", attack.name, self.refusals());
        assert_eq!(self.rows.counts().await, rows, "{}", attack.name);
        if attack.seen == Seen::Audit {
            self.hold_audited(attack, attempt, 2).await;
        }
        let page = self.post(&mut client, &good.relay_state, &good.sealed()).await;
        assert_in(&page);
        self.try_twin(attack, make).await;
    }

    async fn try_twin(&self, attack: &Attack, make: &Make) {
        let Attempt { mut client, good } = self.attempt().await;
        let page = self.post_either(&mut client, &good, &make(&good, Point::Right)).await;
        assert_eq!(page.status, 303, "twin of `{}`: {:?}", attack.name, self.gateway.cause(&good.relay_state).await);
        assert_in(&page);
        let records = self.gateway.audit(&good.relay_state).await;
        let sign_in = records.iter().find(|record| record.activity == "sign_in");
        assert_eq!(sign_in.and_then(|record| record.guest), Some(self.gateway.ana), "twin of `{}`", attack.name);
    }

    /// Holds what a refused post shows: the public code, nothing of the cause, and no session.
    pub fn hold_refused(&self, attack: &Attack, page: &Page) {
        assert_eq!(page.refusal_code(), Some(attack.code), "{}: {} {}", attack.name, page.status, self.refusals());
        assert!((400..500).contains(&page.status), "{}: {}", attack.name, page.status);
        assert!(!sets_session(page), "{}", attack.name);
    }

    /// Holds that an attempt has seen this refusal so many times, and nothing else.
    pub async fn hold_audited(&self, attack: &Attack, attempt: &str, times: usize) {
        let records = self.gateway.audit(attempt).await;
        let found: Vec<_> =
            records.iter().map(|one| (one.activity.as_str(), one.code.as_deref(), one.cause.as_deref())).collect();
        let expected = ("sign_in_refused", Some(attack.code), Some(attack.cause));
        assert_eq!(found, vec![expected; times], "{}", attack.name);
    }

    /// How many refusals with this code and cause were counted.
    pub fn counted(&self, attack: &Attack) -> u64 {
        let labels = format!("entente_refusals_total{{code=\"{}\",cause=\"{}\"}} ", attack.code, attack.cause);
        let text = self.counts.render();
        text.lines().find_map(|line| line.strip_prefix(&labels)).map_or(0, |count| count.parse().unwrap())
    }

    fn refusals(&self) -> String {
        let text = self.counts.render();
        text.lines().filter(|line| line.starts_with("entente_refusals_total")).collect::<Vec<_>>().join("\n")
    }
}

/// What a partner's own metadata makes of it.
pub fn trust(partner: &Partner, gateway: &Gateway) -> Trust {
    let request = SamlRequestRules {
        name_id_format: None,
        requested_classes: Vec::new(),
        passive: PassiveRequests::Never,
        encryption: AssertionEncryption::Refused,
        scoping: PassedScoping::PassedOn,
        unsolicited: None,
    };
    let public_url = &gateway.services.settings.public_url;
    let read = entente::upstream::metadata::read_trust(
        &partner.metadata(),
        SubjectRule::PersistentNameId,
        request,
        public_url,
        START,
    );
    Trust::Saml(read.unwrap().trust)
}

/// Holds that the browser is sent to the app with a code, and has a session.
#[track_caller]
pub fn assert_in(page: &Page) {
    assert_eq!(page.status, 303, "{}", page.body);
    assert!(page.location().starts_with(PAYROLL_CALLBACK), "{}", page.location());
    assert!(page.param("code").is_some_and(|code| !code.is_empty()), "{}", page.location());
    assert!(sets_session(page));
}

/// Holds that the app is told of an error, and neither of a code nor of the cause.
#[track_caller]
fn hold_told(attack: &Attack, page: &Page) {
    assert_eq!(page.status, 303, "{}: {}", attack.name, page.body);
    assert!(page.location().starts_with(PAYROLL_CALLBACK), "{}", page.location());
    assert!(page.param("error").is_some() && page.param("code").is_none(), "{}", page.location());
    assert!(!page.location().contains(attack.cause), "{}", page.location());
    assert!(!sets_session(page), "{}", attack.name);
}

fn sets_session(page: &Page) -> bool {
    let mut cookies = page.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    cookies.any(|cookie| cookie.contains("_session="))
}
