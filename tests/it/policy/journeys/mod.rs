//! Policies that decide sign-ins, over HTTP, with a partner that speaks SAML and apps that speak OpenID
//! Connect. Policies come from the text of object files, as an operator applies them.

mod acr;
mod changes;
mod conditions;
mod frequency;
mod proxies;
mod report_only;
mod trust;

use std::io;
use std::path::{Path, PathBuf};

use entente::domain::audit::AuditRecord;
use entente::domain::partners::Partner as PartnerRecord;
use entente::domain::policy::facts::HomeTrust;
use entente::flows::apply::{LockOut, Mode, Options, Pruning, apply};
use entente::flows::services::Services;
use entente::objects::files;
use entente::objects::sources::Sources;

use crate::factors::person::Phone;
use crate::factors::person::type_code;
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::granted;
use crate::support::partner::{Person, Request};

pub(crate) const ALL_USERS: &str = "conditions.users.include_users = ['All']\n";
pub(crate) const ALL_APPS: &str = "conditions.applications.include_applications = ['All']\n";
pub(super) const MFA: &str = "grant_controls.built_in_controls = ['mfa']\n";
pub(super) const BLOCK: &str = "grant_controls.built_in_controls = ['block']\n";
pub(super) const REFEDS_MFA: &str = "https://refeds.org/profile/mfa";

struct One<'a>(&'a str);

impl Sources for One<'_> {
    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Ok(self.0.as_bytes().to_vec())
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn variables(&self) -> Vec<String> {
        Vec::new()
    }
}

/// An enabled policy of these keys.
pub(crate) fn policy(slug: &str, keys: &[&str]) -> String {
    format!("[[policy]]\nslug = '{slug}'\nstate = 'enabled'\n{}", keys.concat())
}

/// A policy for everybody at every app.
pub(super) fn for_all(slug: &str, controls: &str) -> String {
    policy(slug, &[ALL_USERS, ALL_APPS, controls])
}

/// Applies object files by the services of a process.
pub(crate) async fn apply_by(services: &Services, text: &str) {
    let contents = files::read(&[PathBuf::from("policies.toml")], &One(text));
    let found = contents.faults;
    assert_eq!(found, vec![], "{text}");
    let options = Options {
        lock_out: LockOut::Refused,
        pruning: Pruning::Keep,
        mode: Mode::Write,
        operator: "tester".to_owned(),
        found,
    };
    apply(services, &contents.definitions, &options).await.unwrap();
}

/// A partner whose second factors count.
pub(super) fn trusted(partner: &mut PartnerRecord) {
    partner.assurance.home_trust = HomeTrust::Trusted;
}

/// Whose second factors alone count.
pub(super) fn required(partner: &mut PartnerRecord) {
    partner.assurance.home_trust = HomeTrust::Required;
}

/// Ana, as her partner vouches for her with this class.
pub(super) fn ana_by(class: &str) -> Person {
    Person { class_ref: class.to_owned(), ..Person::ana() }
}

/// Asserts that a second factor is asked here and nothing has been issued.
pub(super) fn assert_asks_factor(page: &Page) {
    assert_eq!(page.status, 200, "{:?} {}", page.headers, page.body);
    assert!(page.body.contains("action=\"/sign-in/factor\""), "{}", page.body);
}

/// Asserts that a policy blocks.
pub(super) fn assert_blocked(page: &Page) {
    assert_eq!(page.refusal_code(), Some("BLOCKED_BY_POLICY"), "{} {}", page.status, page.body);
}

impl Gateway {
    /// Applies object files by another process.
    pub(super) async fn apply_elsewhere(&self, text: &str) {
        let node = self.second_node().await;
        apply_by(&node.services, text).await;
    }

    /// The request that reaches the partner where the browser is led there.
    pub(super) fn led_to_partner(&self, page: &Page) -> Request {
        assert_eq!(page.status, 303, "{}", page.body);
        self.read_request(page)
    }

    /// Ana's first sign-in in a browser, which shows what comes of it.
    pub(super) async fn ana_signs_in(&self, client: &mut Client) -> Page {
        self.sign_in(client, &Person::ana()).await
    }

    /// Ana's phone; her browser and its session are forgotten.
    pub(super) async fn anas_phone(&self) -> Phone {
        let (_, phone, _) = self.ana_with_app().await;
        self.clock.advance(std::time::Duration::from_secs(120));
        phone
    }

    /// Passes the code of the phone, up to the app's code.
    pub(super) async fn pass(&self, client: &mut Client, page: &Page, phone: &Phone) -> String {
        assert_asks_factor(page);
        let page = type_code(client, page, &phone.code(self.now())).await;
        granted(&page)
    }

    /// The last audit entry of this kind.
    pub async fn last(&self, activity: &str) -> AuditRecord {
        self.services.refusals.flush().await;
        let query = entente::domain::audit::AuditQuery {
            activity: Some(activity.to_owned()),
            limit: 1,
            ..entente::domain::audit::AuditQuery::default()
        };
        self.services.store.audit(&query).await.unwrap().remove(0)
    }
}

/// A detail of an audit entry.
pub(super) fn detail<'a>(record: &'a AuditRecord, name: &str) -> &'a str {
    let found = record.details.iter().find(|(known, _)| known == name);
    &found.unwrap_or_else(|| panic!("no {name}: {:?}", record.details)).1
}
