//! What a person has and does: an authenticator app, a passkey, and a browser on our pages.

use std::time::Duration;

use aws_lc_rs::hmac;
use entente::base::clock::Timestamp;
use entente::base::random::SystemRandom;
use entente::domain::apps::AppId;
use entente::domain::names::Slug;
use entente::domain::policy::conditions::Conditions;
use entente::domain::policy::object::{
    Control, FrequencyOf, GrantControls, Interval, Operator, Policy, PolicyId, SessionControls, SignInFrequency,
};
use entente::domain::policy::scope::Scope;
use entente::domain::policy::strengths::StrengthId;
use entente::domain::policy::words::State;
use entente::domain::store::objects::Provenance;

use super::authenticator::{Authenticator, Ceremony};
use crate::support::client::{Client, Page, between};
use crate::support::gateway::Gateway;
use crate::support::journey::Tokens;
use crate::support::partner::Person;

/// Where people manage their own factors.
pub const SECURITY_INFO: &str = "/security-info";
/// Where pages of second factors post to.
pub const FACTOR: &str = "/sign-in/factor";

/// An authenticator app with one account in it.
#[derive(Clone)]
pub struct Phone {
    secret: Vec<u8>,
}

impl Phone {
    /// Types the key of a page into the app.
    pub fn set_up(page: &Page) -> Self {
        let key =
            between(&page.body, "<code id=\"key\">", "</code>").unwrap_or_else(|| panic!("no key: {}", page.body));
        Self { secret: base32(key) }
    }

    /// The code at a time (RFC 6238 4).
    pub fn code(&self, at: Timestamp) -> String {
        let counter = (at.seconds() / 30).to_be_bytes();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let mac = hmac::sign(&key, &counter);
        let offset = usize::from(mac.as_ref()[19] & 15);
        let cut: [u8; 4] = mac.as_ref()[offset..offset + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(cut) & 0x7fff_ffff) % 1_000_000)
    }
}

fn base32(text: &str) -> Vec<u8> {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes().filter(|byte| *byte != b' ') {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == letter).unwrap();
        bits = bits << 5 | u32::try_from(value).unwrap();
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes
}

/// A code that is surely not the one at any time near `at`.
pub fn wrong_code(phone: &Phone, at: Timestamp) -> String {
    let near: Vec<String> = (0..5).map(|step| phone.code(at.plus(Duration::from_secs(30 * step)))).collect();
    let near = near.into_iter().chain((1..5).map(|step| phone.code(at.minus(Duration::from_secs(30 * step)))));
    let near: Vec<String> = near.collect();
    (0..).map(|code| format!("{code:06}")).find(|code| !near.contains(code)).unwrap()
}

/// The heading of a page.
pub fn heading(page: &Page) -> &str {
    between(&page.body, "<h1>", "</h1>").unwrap_or_else(|| panic!("{} {:?} {}", page.status, page.headers, page.body))
}

/// Asserts that a page has this heading, and no word of a fault.
pub fn assert_asks(page: &Page, expected: &str) {
    assert_eq!((page.status, heading(page)), (200, expected), "{}", page.body);
    assert!(!page.body.contains("<title>Error:"), "{}", page.body);
}

/// Asserts that a page asks again, with this word of what was wrong.
pub fn assert_slip(page: &Page, expected: &str) {
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("<title>Error:") && page.body.contains(expected), "{expected}: {}", page.body);
}

/// Asserts that a step of managing is over and leads to the page of one's own factors.
pub fn assert_managed(page: &Page) {
    assert_eq!(page.status, 303, "{}", page.body);
    assert_eq!(page.location(), SECURITY_INFO);
}

/// Answers a page of second factors.
pub async fn answer(client: &mut Client, page: &Page, fields: &[(&str, &str)]) -> Page {
    let attempt = page.field("attempt").unwrap_or_else(|| panic!("no step: {}", page.body)).to_owned();
    let fields: Vec<(&str, &str)> = [("attempt", attempt.as_str())].into_iter().chain(fields.iter().copied()).collect();
    client.post(FACTOR, &fields).await
}

/// Answers with a code.
pub async fn type_code(client: &mut Client, page: &Page, code: &str) -> Page {
    answer(client, page, &[("action", "check"), ("code", code)]).await
}

/// Posts a form of the page of one's own factors.
pub async fn manage(client: &mut Client, page: &Page, fields: &[(&str, &str)]) -> Page {
    let token = page.field("token").unwrap_or_else(|| panic!("no form: {}", page.body)).to_owned();
    let fields: Vec<(&str, &str)> = [("token", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
    client.post(SECURITY_INFO, &fields).await
}

/// The recovery codes of a page.
pub fn recovery_codes(page: &Page) -> Vec<String> {
    let list = between(&page.body, "<ul class=\"codes\">", "</ul>").unwrap_or_else(|| panic!("{}", page.body));
    list.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// The options of a passkey page.
pub fn options(page: &Page) -> String {
    let escaped = between(&page.body, "data-options=\"", "\"").unwrap_or_else(|| panic!("{}", page.body));
    escaped.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#38;", "&").replace("&amp;", "&")
}

/// The step cookie.
pub fn step(client: &Client) -> Option<(String, String)> {
    let found = client.cookies.iter().find(|(name, _)| name.contains("_step_"));
    found.map(|(name, value)| (name.clone(), value.clone()))
}

/// A passkey and the honest browser around it.
pub struct Key {
    /// The authenticator.
    pub authenticator: Authenticator,
    /// The signature counter that it says next.
    pub counter: u32,
}

impl Key {
    /// A new one, of this credential id.
    pub fn new(id: &[u8]) -> Self {
        Self { authenticator: Authenticator::new(id), counter: 1 }
    }

    /// The honest ceremony on a page; each is counted.
    pub fn ceremony(&mut self, gateway: &Gateway, page: &Page, kind: &str) -> Ceremony {
        let mut ceremony = self.authenticator.ceremony(kind, &options(page), &gateway.url, "localhost");
        ceremony.counter = self.counter;
        self.counter += 1;
        ceremony
    }

    /// Answers a page that makes a passkey.
    pub async fn register(&mut self, gateway: &Gateway, client: &mut Client, page: &Page) -> Page {
        let ceremony = self.ceremony(gateway, page, "webauthn.create");
        let made = String::from_utf8(self.authenticator.register(&ceremony)).unwrap();
        answer(client, page, &[("action", "check"), ("credential", &made), ("label", "Key of Ana")]).await
    }

    /// Answers a page that asks for a passkey.
    pub async fn show(&mut self, gateway: &Gateway, client: &mut Client, page: &Page) -> Page {
        self.show_with(gateway, client, page, |_| {}).await
    }

    /// The same, with the ceremony altered first.
    pub async fn show_with(
        &mut self,
        gateway: &Gateway,
        client: &mut Client,
        page: &Page,
        alter: impl FnOnce(&mut Ceremony),
    ) -> Page {
        let mut ceremony = self.ceremony(gateway, page, "webauthn.get");
        alter(&mut ceremony);
        let given = String::from_utf8(self.authenticator.authenticate(&ceremony)).unwrap();
        answer(client, page, &[("action", "check"), ("credential", &given)]).await
    }
}

impl Gateway {
    /// The browser of Ana, signed in, with an authenticator app that she has just set up, and her
    /// recovery codes.
    pub async fn ana_with_app(&self) -> (Client, Phone, Vec<String>) {
        let (mut client, _) = self.ana_signed_in().await;
        let (phone, codes) = self.add_app(&mut client).await;
        (client, phone, codes)
    }

    /// Adds the first authenticator app, up to the codes that are kept.
    pub async fn add_app(&self, client: &mut Client) -> (Phone, Vec<String>) {
        let page = client.get(SECURITY_INFO).await;
        let page = manage(client, &page, &[("action", "add"), ("kind", "totp")]).await;
        assert_asks(&page, "Set up an authenticator app");
        let phone = Phone::set_up(&page);
        let page = type_code(client, &page, &phone.code(self.now())).await;
        assert_asks(&page, "Keep your recovery codes");
        let codes = recovery_codes(&page);
        assert_managed(&answer(client, &page, &[("action", "kept")]).await);
        (phone, codes)
    }

    /// Adds the first passkey, up to the codes that are kept.
    pub async fn add_key(&self, client: &mut Client, id: &[u8]) -> Key {
        let mut key = Key::new(id);
        let page = client.get(SECURITY_INFO).await;
        let page = manage(client, &page, &[("action", "add"), ("kind", "passkey")]).await;
        assert_asks(&page, "Set up a passkey");
        let page = key.register(self, client, &page).await;
        assert_asks(&page, "Keep your recovery codes");
        assert_managed(&answer(client, &page, &[("action", "kept")]).await);
        key
    }

    /// Lets the proofs of factors grow too old for managing, and the codes with them.
    pub fn wait_eleven_minutes(&self) {
        self.clock.advance(Duration::from_secs(660));
    }

    /// Signs Ana in once more in this browser, so that the session has the partner's proof alone.
    pub async fn sign_in_anew(&self) -> Client {
        let mut client = self.client();
        self.tokens(&mut client, &Person::ana()).await;
        client
    }

    /// The causes of refused factors of a step, oldest first.
    pub async fn refused_factors(&self, page: &Page) -> Vec<String> {
        let records = self.audit(page.field("attempt").unwrap()).await;
        records.into_iter().rev().filter(|one| one.activity == "factor_refused").filter_map(|one| one.cause).collect()
    }
}

/// What a policy of these tests demands of an app.
#[derive(Debug, Clone, Copy)]
pub enum Demand {
    /// Several factors.
    Mfa,
    /// What cannot be passed on to another site.
    PhishingResistant,
    /// Several factors, each at most so many hours old.
    MfaWithin(u16),
    /// Nothing is issued.
    Block,
}

impl Gateway {
    /// Demands something of everybody at an app, by a policy of this name.
    pub async fn demand(&self, slug: &str, app: AppId, demand: Demand) {
        let (control, hours) = match demand {
            Demand::Mfa => (Control::Mfa, None),
            Demand::PhishingResistant => (Control::Strength(StrengthId::PHISHING_RESISTANT), None),
            Demand::MfaWithin(hours) => (Control::Mfa, Some(hours)),
            Demand::Block => (Control::Block, None),
        };
        let frequency =
            hours.map(|hours| SignInFrequency { interval: Interval::Hours(hours), of: FrequencyOf::Secondary });
        let policy = Policy {
            id: PolicyId::new(self.now(), &SystemRandom),
            slug: Slug::parse(slug).unwrap(),
            display_name: slug.to_owned(),
            state: State::Enabled,
            conditions: Conditions { applications: Scope::listed(vec![app]), ..Conditions::EVERYTHING },
            grant: Some(GrantControls { operator: Operator::Or, controls: vec![control] }),
            session: SessionControls { sign_in_frequency: frequency, persistent_browser: None },
        };
        let mut unit = self.services.store.unit_of_work().await.unwrap();
        unit.upsert_policy(&policy, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Leads a browser to the confidential app, up to the page that asks for a second factor.
    pub async fn challenged(&self, client: &mut Client) -> Page {
        let page = self.sign_in(client, &Person::ana()).await;
        assert_eq!(page.status, 200, "{} {:?}", page.body, page.headers);
        page
    }

    /// The claims of the app's tokens after a page that leads to it.
    pub async fn claims_after(&self, page: &Page) -> serde_json::Value {
        assert_eq!(page.status, 303, "{}", page.body);
        let code = page.param("code").unwrap_or_else(|| panic!("no code: {}", page.location()));
        let tokens = Tokens::of(&self.redeem(&code).await);
        self.claims(&tokens.id, "payroll").await
    }
}

/// The values of `amr`, sorted.
pub fn amr(claims: &serde_json::Value) -> Vec<String> {
    let list = claims["amr"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut values: Vec<String> = list.iter().map(|value| value.as_str().unwrap().to_owned()).collect();
    values.sort();
    values
}
