//! Steps that many journeys share: a code, the tokens that it brings, and what they say.

use entente::domain::groups::{Group, GroupId};
use entente::domain::guests::GuestId;
use entente::domain::names::Slug;
use entente::domain::partners::{
    AssertionEncryption, Partner as PartnerRecord, PartnerId, PassedScoping, PassiveRequests, SamlRequestRules,
    SubjectRule,
};
use entente::domain::partners::{Switch, Trust};
use entente::domain::store::objects::{Provenance, WholeGroup};
use entente::flows::operate::Act;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation};
use serde_json::Value;

use entente::base::clock::Timestamp;
use entente::base::random::{SystemRandom, new_handle};
use entente::domain::apps::AppId;
use entente::domain::mail::MailDomain;

use super::client::{Client, Page};
use super::gateway::Gateway;
use super::partner::{Answer, Partner, Person, Request};

/// What one redeemed code brings.
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The ID token.
    pub id: String,
}

impl Tokens {
    /// Reads a successful answer of the token endpoint.
    pub fn of(page: &Page) -> Self {
        assert_eq!(page.status, 200, "{}", page.body);
        let json = page.json();
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        Self { access: text("access_token"), id: text("id_token") }
    }
}

/// The code of a granted sign-in, which went to a redirect URI.
pub fn granted(page: &Page) -> String {
    assert_eq!(page.status, 303, "{}", page.body);
    page.param("code").unwrap_or_else(|| panic!("no code: {}", page.location()))
}

/// Asserts that the app is told `error` with the public code, its state and who says so.
pub fn assert_told(gateway: &Gateway, page: &Page, error: &str, code: &str) {
    assert_eq!(page.status, 303, "{}", page.body);
    let location = page.location();
    assert!(location.starts_with("http://localhost:9/"), "{location}");
    let param = |name| page.param(name);
    assert_eq!(param("error").as_deref(), Some(error), "{location}");
    assert_eq!(param("error_description").as_deref(), Some(code), "{location}");
    assert!(param("state").is_some_and(|state| state.starts_with("state-")), "{location}");
    assert_eq!(param("iss").as_deref(), Some(gateway.url.as_str()), "{location}");
    assert_eq!(param("code"), None, "{location}");
}

/// Asserts that the visitor sees a refusal with this code, and that the audit has this cause for it.
pub async fn assert_refused(gateway: &Gateway, page: &Page, code: &str, cause: &str) {
    assert_eq!(page.refusal_code(), Some(code), "{} {:?} {}", page.status, page.headers, page.body);
    let attempt = page.attempt_id().unwrap();
    assert_eq!(gateway.cause(attempt).await.as_deref(), Some(cause), "{attempt}");
}

/// Asserts an error answer of the token endpoint.
pub fn assert_invalid_grant(page: &Page) {
    assert_eq!((page.status, page.json()["error"].as_str()), (400, Some("invalid_grant")), "{}", page.body);
}

/// Asserts that an access token opens nothing.
pub fn assert_invalid_token(page: &Page) {
    assert_eq!((page.status, page.json()["error"].as_str()), (401, Some("invalid_token")), "{}", page.body);
}

impl Gateway {
    /// A whole sign-in to the confidential app, up to its tokens.
    pub async fn tokens(&self, client: &mut Client, person: &Person) -> Tokens {
        let code = granted(&self.sign_in(client, person).await);
        Tokens::of(&self.redeem(&code).await)
    }

    /// The browser of Ana, who is signed in to the confidential app.
    pub async fn ana_signed_in(&self) -> (Client, Tokens) {
        let mut client = self.client();
        let tokens = self.tokens(&mut client, &Person::ana()).await;
        (client, tokens)
    }

    /// The claims of an ID token, verified with the published keys as an app would do it. Its times are
    /// left to the caller, since the clock of the tests stands still.
    pub async fn claims(&self, id_token: &str, client_id: &str) -> Value {
        let keys: JwkSet = serde_json::from_value(self.client().get("/oidc/jwks").await.json()).unwrap();
        let header = jsonwebtoken::decode_header(id_token).unwrap();
        let key = keys.find(header.kid.as_deref().unwrap()).unwrap();
        let mut rules = Validation::new(header.alg);
        rules.set_audience(&[client_id]);
        rules.set_issuer(&[&self.url]);
        rules.validate_exp = false;
        jsonwebtoken::decode(id_token, &DecodingKey::from_jwk(key).unwrap(), &rules).unwrap().claims
    }

    /// Asks for a sign-in with an answer made by `alter` out of the good one of `person`.
    pub async fn sign_in_with(&self, client: &mut Client, person: &Person, alter: impl FnOnce(&mut Answer)) -> Page {
        let request = self.ask(client, &self.authorize(&[("domain_hint", "fabrikam")])).await;
        let mut answer = self.answer(&request, person);
        alter(&mut answer);
        self.post(client, &request, &answer).await
    }

    /// Adds another partner that signs with its own key.
    pub async fn add_partner(
        &self,
        slug: &str,
        partner: &Partner,
        alter: impl FnOnce(&mut PartnerRecord),
    ) -> PartnerId {
        let request = SamlRequestRules {
            name_id_format: None,
            requested_classes: Vec::new(),
            passive: PassiveRequests::Never,
            encryption: AssertionEncryption::Refused,
            scoping: PassedScoping::PassedOn,
            unsolicited: None,
        };
        let rule = SubjectRule::PersistentNameId;
        let public_url = &self.services.settings.public_url;
        let read = entente::upstream::metadata::read_trust(&partner.metadata(), rule, request, public_url, self.now())
            .unwrap();
        let mut unit = self.services.store.unit_of_work().await.unwrap();
        let mut record = unit.read_partner(self.partner_id).await.unwrap().unwrap();
        record.id = PartnerId::new(self.now(), &SystemRandom);
        record.slug = Slug::parse(slug).unwrap();
        record.handle = new_handle(&SystemRandom);
        record.domains = vec![MailDomain::parse(&format!("{slug}.example")).unwrap().into()];
        record.switch = Switch::Enabled;
        record.trust = Trust::Saml(read.trust);
        alter(&mut record);
        unit.insert_partner(&record, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
        record.id
    }

    /// Signs a person in through another partner.
    pub async fn sign_in_at(&self, client: &mut Client, slug: &str, partner: &Partner, person: &Person) -> Page {
        let page = client.get(&self.authorize(&[("domain_hint", slug)])).await;
        let request = self.request_to(partner, &page);
        let answer = partner.answer(&request, person, &self.audience(), self.now());
        self.post_text(client, &request.relay_state, &answer.post(partner)).await
    }

    /// Adds a group with these members and apps.
    pub async fn add_group(&self, slug: &str, members: &[GuestId], apps: &[AppId]) -> GroupId {
        let id = GroupId::new(self.now(), &SystemRandom);
        let group = Group { id, slug: Slug::parse(slug).unwrap(), name: slug.to_owned() };
        let whole = WholeGroup { group, members: members.to_vec(), owners: Vec::new(), apps: apps.to_vec() };
        let mut unit = self.services.store.unit_of_work().await.unwrap();
        unit.upsert_group(&whole, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
        id
    }

    /// An act of an operator, now.
    pub fn act(&self) -> Act<'static> {
        Act { operator: "tester", now: self.now() }
    }

    /// The names of what an attempt's audit holds, oldest first.
    pub async fn activities(&self, attempt: &str) -> Vec<String> {
        self.audit(attempt).await.into_iter().rev().map(|record| record.activity).collect()
    }
}

/// The same person with another mail address, or with none.
pub fn with_mail(mut person: Person, mail: Option<&str>) -> Person {
    const MAIL: &str = "urn:oid:0.9.2342.19200300.100.1.3";
    person.attributes.retain(|(name, _)| name != MAIL);
    if let Some(mail) = mail {
        person.attributes.push((MAIL.to_owned(), vec![mail.to_owned()]));
    }
    person
}

/// Sets when the partner says that the person proved itself.
pub fn proven_at(answer: &mut Answer, at: Timestamp) {
    answer.assertion.as_mut().unwrap().authn_instant = at;
}

/// The relay state of a request is the attempt.
pub fn attempt(request: &Request) -> &str {
    &request.relay_state
}
