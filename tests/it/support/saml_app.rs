//! A SAML app that needs no socket: it makes signed requests, and reads the form that the browser is to
//! post. Tests alter the request's text before it is signed.

use std::sync::Arc;
use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::base::encoding::{base64, from_base64};
use entente::base::random::{SystemRandom, new_xml_id};
use entente::domain::apps::{App, AppId, AppProtocol, Assignment};
use entente::domain::claims::names::Protocol;
use entente::domain::claims::set::ClaimSet;
use entente::domain::definitions::{MetadataDocument, Origin, SamlDefinition, SamlSource};
use entente::domain::names::Slug;
use entente::domain::partners::Switch;
use entente::domain::store::objects::Provenance;
use entente::downstream::saml::registration;
use entente::keys::certificates::Certificate;
use entente::keys::public::PublicKey;
use entente::keys::ring::KeyPurpose;
use entente::keys::signing::SigningKey;
use entente::saml::accept::{Accepted, judge};
use entente::saml::bindings::redirect::{MessageParam, encode_to_sign};
use entente::saml::expectation::{AskedBy, Decryption, Expectation};
use entente::saml::names::EntityId;
use entente::saml::subject::SubjectRule;
use entente::xmlsig::sign::ToSign;
use entente::xmlsig::write::Halves;

use super::client::{Client, Page, between};
use super::gateway::{Gateway, address};
use super::keys;
use super::partner::Person;

/// Where the app takes answers.
pub const ACS: &str = "http://localhost:9/wiki/acs";
/// Where it also does, by name.
pub const OTHER_ACS: &str = "http://localhost:9/wiki/other";
/// Where it sends its RelayState.
pub const RELAY_STATE: &str = "relay & \"state\" <1>";

/// The app.
pub struct SamlApp {
    /// Its entity ID.
    pub entity_id: String,
    /// Its key.
    pub key: SigningKey,
    /// The certificate around it.
    pub certificate: Certificate,
    /// Its row.
    pub id: AppId,
}

/// A request of the app.
#[derive(Clone)]
pub struct Ask {
    /// Its ID.
    pub id: String,
    /// The message, `{s}` where a signature goes.
    pub xml: String,
}

impl Ask {
    /// Puts `new` in the place of `old`.
    pub fn swap(mut self, old: &str, new: &str) -> Self {
        assert!(self.xml.contains(old), "the request has no `{old}`: {}", self.xml);
        self.xml = self.xml.replace(old, new);
        self
    }

    /// Adds children that come after the issuer.
    pub fn asking(self, children: &str) -> Self {
        self.swap("{s}", &format!("{{s}}{children}"))
    }

    /// Adds an attribute of the message; its name must come before `AssertionConsumerServiceURL`, or be
    /// signed by the query.
    pub fn with(self, attribute: &str) -> Self {
        self.swap(" Version=\"2.0\"", &format!(" Version=\"2.0\" {attribute}"))
    }
}

/// What the browser is to post.
#[derive(Debug, Clone)]
pub struct Told {
    /// Where to.
    pub action: String,
    /// The message.
    pub xml: String,
    /// The RelayState.
    pub relay_state: Option<String>,
}

impl Told {
    /// The form of a page, read as a browser does.
    pub fn of(page: &Page) -> Self {
        assert_eq!(page.status, 200, "{}", page.body);
        Self::in_page(page).unwrap_or_else(|| panic!("no form: {}", page.body))
    }

    /// The form of a page, if it has one.
    pub fn in_page(page: &Page) -> Option<Self> {
        let unescape = |text: &str| {
            let named =
                [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#43;", "+"), ("&#38;", "&")];
            named.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
        };
        let action = unescape(between(&page.body, "<form method=\"post\" action=\"", "\"")?);
        let response = unescape(page.field("SAMLResponse")?);
        let xml = String::from_utf8(from_base64(&response)?).ok()?;
        Some(Self { action, xml, relay_state: page.field("RelayState").map(unescape) })
    }

    /// The values of the status codes, outer first.
    pub fn status(&self) -> Vec<&str> {
        let mut rest = self.xml.as_str();
        let mut found = Vec::new();
        while let Some((_, after)) = rest.split_once("StatusCode Value=\"") {
            let (value, more) = after.split_once('"').unwrap();
            found.push(value.rsplit(':').next().unwrap());
            rest = more;
        }
        found
    }
}

impl Gateway {
    /// Adds a SAML app that Ana may use. `metadata` alters its document, `alter` the record.
    pub async fn add_saml_app(
        &self,
        metadata: impl FnOnce(String) -> String,
        alter: impl FnOnce(&mut SamlDefinition, &mut App),
    ) -> SamlApp {
        let mut app = SamlApp::with_key(keys::stranger(), AppId::new(self.now(), &SystemRandom));
        let document = MetadataDocument {
            origin: Origin { file: "wiki.toml".to_owned(), line: 1 },
            path: "wiki.xml".to_owned(),
            content: Ok(metadata(app.metadata())),
            source: None,
        };
        let mut definition = SamlDefinition {
            source: SamlSource::Metadata(document),
            requests: entente::domain::apps::SignedRequests::Optional,
            answers: entente::domain::apps::SignedAnswers::Assertion,
            encryption: entente::domain::apps::EncryptedAnswers::WhereOffered,
            idp_initiated: None,
        };
        let public_url = &self.services.settings.public_url;
        let mut record = App {
            id: app.id,
            version: 1,
            slug: Slug::parse("wiki").unwrap(),
            name: "Wiki".to_owned(),
            switch: Switch::Enabled,
            assignment: Assignment::Required,
            partners: entente::domain::apps::AllowedPartners::All,
            owners: Vec::new(),
            sector: app.id.to_string(),
            protocol: AppProtocol::Saml(registration::read(&definition, public_url, self.now()).unwrap().app),
            claims: Arc::new(ClaimSet::none(Protocol::Saml)),
        };
        alter(&mut definition, &mut record);
        record.protocol = AppProtocol::Saml(registration::read(&definition, public_url, self.now()).unwrap().app);
        let mut unit = self.services.store.unit_of_work().await.unwrap();
        unit.insert_app(&record, Provenance::Applied).await.unwrap();
        unit.set_guest_apps(self.ana, &[self.payroll, self.travel, record.id]).await.unwrap();
        unit.commit().await.unwrap();
        app.id = record.id;
        app
    }

    /// The usual SAML app, which signs its requests.
    pub async fn wiki(&self) -> SamlApp {
        self.add_saml_app(|document| document, |_, _| {}).await
    }

    /// Where SAML apps send their requests.
    pub fn sso(&self) -> String {
        format!("{}/saml/idp/sso", self.url)
    }

    /// Our entity ID toward SAML apps.
    pub fn idp(&self) -> String {
        format!("{}/saml/idp", self.url)
    }

    /// Signs a person in for a request that has led to the partner.
    pub async fn prove(&self, client: &mut Client, page: &Page, person: &Person) -> Page {
        let request = self.read_request(page);
        self.post(client, &request, &self.answer(&request, person)).await
    }

    /// The keys that the gateway publishes.
    pub fn published(&self) -> Vec<Arc<PublicKey>> {
        let published = self.services.keys.published(KeyPurpose::SamlSigning);
        published.iter().map(|key| Arc::new(PublicKey::from_spki(&key.key.spki().unwrap()).unwrap())).collect()
    }
}

impl SamlApp {
    /// The app with another key.
    pub fn with_key(key: SigningKey, id: AppId) -> Self {
        Self { entity_id: "https://wiki.example/saml".to_owned(), certificate: keys::certificate(&key), key, id }
    }

    /// Its metadata.
    pub fn metadata(&self) -> String {
        let acs = |url: &str, index: u16, more: &str| {
            format!(
                r#"<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{url}" index="{index}"{more}/>"#
            )
        };
        format!(
            r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{}"><md:SPSSODescriptor AuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>{}{}</md:SPSSODescriptor></md:EntityDescriptor>"#,
            self.entity_id,
            base64(self.certificate.der()),
            acs(OTHER_ACS, 7, ""),
            acs(ACS, 0, " isDefault=\"true\""),
        )
    }

    /// A good request.
    pub fn ask(&self, gateway: &Gateway) -> Ask {
        self.ask_at(&gateway.sso(), gateway.now())
    }

    /// A good request to this location.
    pub fn ask_at(&self, sso: &str, now: Timestamp) -> Ask {
        let id = new_xml_id(&SystemRandom);
        let xml = format!(
            r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" AssertionConsumerServiceURL="{ACS}" Destination="{}" ID="{id}" IssueInstant="{}" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{}</saml:Issuer>{{s}}</samlp:AuthnRequest>"#,
            sso,
            now.to_rfc3339(),
            self.entity_id,
        );
        Ask { id, xml }
    }

    /// The address on which a browser takes the request, signed by `key`.
    pub fn redirect_by(&self, gateway: &Gateway, ask: &Ask, key: &SigningKey) -> String {
        redirect_to(&gateway.sso(), ask, key)
    }

    /// The same, signed by the app's key.
    pub fn redirect(&self, gateway: &Gateway, ask: &Ask) -> String {
        self.redirect_by(gateway, ask, &self.key)
    }

    /// The same without a signature.
    pub fn unsigned(&self, gateway: &Gateway, ask: &Ask) -> String {
        self.redirect(gateway, ask).split("&SigAlg=").next().unwrap().to_owned()
    }

    /// The form of a request that is signed inside.
    pub fn form(&self, ask: &Ask) -> Vec<(&'static str, String)> {
        let (head, tail) = ask.xml.split_once("{s}").unwrap();
        let algorithm = self.key.default_algorithm();
        let halves = Halves { head: head.to_owned(), tail: tail.to_owned() };
        let to_sign = ToSign::new(halves, &ask.id, algorithm, Some(&self.certificate)).unwrap();
        let signature = self.key.sign(algorithm, to_sign.signed_info()).unwrap();
        vec![("SAMLRequest", base64(to_sign.finish(&signature))), ("RelayState", RELAY_STATE.to_owned())]
    }

    /// Posts a form to the SSO location.
    pub async fn post(&self, client: &mut Client, form: &[(&'static str, String)]) -> Page {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        client.post("/saml/idp/sso", &form).await
    }

    /// A whole sign-in of a person with a fresh browser, up to the page that hands the answer over.
    pub async fn sign_in(&self, gateway: &Gateway, client: &mut Client, ask: &Ask, person: &Person) -> Page {
        let page = client.get(&with_hint(&self.redirect(gateway, ask))).await;
        assert_eq!(page.status, 303, "{}", page.body);
        gateway.prove(client, &page, person).await
    }

    /// Judges an answer as a careful service provider does: our code toward partners is one.
    pub fn accept(&self, gateway: &Gateway, told: &Told, ask: &Ask) -> Accepted {
        assert_eq!(told.action, ACS);
        let judged = self.judge(gateway, told, ask, &SubjectRule::PersistentNameId, gateway.now());
        judged.unwrap_or_else(|rows| panic!("{rows}\n{}", told.xml))
    }

    /// The same of an answer that the app has not asked for.
    pub fn accept_unasked(&self, gateway: &Gateway, told: &Told) -> Accepted {
        assert_eq!(told.action, ACS);
        assert!(!told.xml.contains("InResponseTo"), "{}", told.xml);
        let rule = (&SubjectRule::PersistentNameId, Decryption::Refused);
        let judged = self.hold(gateway, told, AskedBy::Nobody, rule, gateway.now());
        judged.unwrap_or_else(|rows| panic!("{rows}\n{}", told.xml))
    }

    /// The same by a service provider that decrypts.
    pub fn accept_by(&self, gateway: &Gateway, told: &Told, ask: &Ask, decryption: Decryption<'_>) -> Accepted {
        let judged = self.weigh(gateway, told, ask, (&SubjectRule::PersistentNameId, decryption), gateway.now());
        judged.unwrap_or_else(|rows| panic!("{rows}\n{}", told.xml))
    }

    /// The same with another rule for the subject and at another time; the rows that failed otherwise.
    pub fn judge(
        &self,
        gateway: &Gateway,
        told: &Told,
        ask: &Ask,
        rule: &SubjectRule,
        now: Timestamp,
    ) -> Result<Accepted, String> {
        self.weigh(gateway, told, ask, (rule, Decryption::Refused), now)
    }

    fn weigh(
        &self,
        gateway: &Gateway,
        told: &Told,
        ask: &Ask,
        rule: (&SubjectRule, Decryption<'_>),
        now: Timestamp,
    ) -> Result<Accepted, String> {
        self.hold(gateway, told, AskedBy::Request(&ask.id), rule, now)
    }

    fn hold(
        &self,
        gateway: &Gateway,
        told: &Told,
        asked_by: AskedBy<'_>,
        (rule, decryption): (&SubjectRule, Decryption<'_>),
        now: Timestamp,
    ) -> Result<Accepted, String> {
        let expected = Expectation {
            partner: &EntityId::parse(&gateway.idp()).unwrap(),
            keys: &gateway.published(),
            audience: &EntityId::parse(&self.entity_id).unwrap(),
            acs: &told.action,
            asked_by,
            clock_skew: Duration::ZERO,
            subject: rule,
            decryption,
        };
        let judgement = judge(told.xml.as_bytes(), &expected, now);
        judgement.outcome.map_err(|refused| format!("{refused:?}: {:?}", judgement.rows))
    }
}

/// The address at this location on which a browser takes the request, signed by `key`.
pub fn redirect_to(sso: &str, ask: &Ask, key: &SigningKey) -> String {
    let algorithm = key.default_algorithm();
    let xml = ask.xml.replace("{s}", "");
    let to_sign = encode_to_sign(sso, MessageParam::Request, &xml, Some("relay"), algorithm).unwrap();
    let signature = key.sign(algorithm, to_sign.bytes()).unwrap();
    to_sign.finish(&signature)
}

/// The address with a hint at the partner, which no signature covers.
pub fn with_hint(url: &str) -> String {
    format!("{url}&{}", address("", &[("domain_hint", "fabrikam")]).trim_start_matches('?'))
}
