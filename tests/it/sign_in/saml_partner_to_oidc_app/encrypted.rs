//! A partner that encrypts its assertions.

use entente::base::encoding::base64;
use entente::domain::partners::{AssertionEncryption, Trust};
use entente::keys::certificates::Certificate;

use crate::support::client::{Client, Page};
use crate::support::encryption::{by_cbc, by_gcm, cbc_of};
use crate::support::gateway::Gateway;
use crate::support::journey::granted;
use crate::support::keys;
use crate::support::partner::{Answer, Person, Request, Signs};
use crate::support::stores::{Backend, on_both_stores};

async fn gateway_that(backend: Backend, encryption: AssertionEncryption) -> Gateway {
    Gateway::start_with(backend, |partner| {
        let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
        trust.request.encryption = encryption;
    })
    .await
}

/// An attempt that waits for its answer.
struct Asked {
    client: Client,
    request: Request,
}

async fn asked(gateway: &Gateway) -> Asked {
    let mut client = gateway.client();
    let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
    Asked { client, request }
}

impl Asked {
    fn answer(&self, gateway: &Gateway, signs: Signs) -> Answer {
        Answer { signs, ..gateway.answer(&self.request, &Person::ana()) }
    }

    /// The whole text of the answer's assertion, signed where it signs that.
    fn assertion(&self, gateway: &Gateway, signs: Signs) -> String {
        let xml = self.answer(gateway, signs).sign(&gateway.partner);
        let end = "</saml:Assertion>";
        xml[xml.find("<saml:Assertion").unwrap()..xml.find(end).unwrap() + end.len()].to_owned()
    }

    async fn post(&mut self, gateway: &Gateway, xml: &str) -> Page {
        gateway.post_text(&mut self.client, &self.request.relay_state, &base64(xml)).await
    }

    /// Posts a response around `encrypted`, signed or not, and holds that one private operation a key was
    /// made.
    async fn post_around(&mut self, gateway: &Gateway, encrypted: &str, signs: Signs) -> Page {
        let xml = self.answer(gateway, signs).around(&gateway.partner, encrypted);
        let before = gateway.services.keys.decryption().operations();
        let page = self.post(gateway, &xml).await;
        assert_eq!(gateway.services.keys.decryption().operations() - before, 2, "{}", page.status);
        page
    }
}

fn ours() -> Certificate {
    keys::encryption_certificate()
}

on_both_stores! {
    async fn an_encrypted_assertion_is_accepted_where_it_is_agreed(backend: Backend) {
        for encryption in [AssertionEncryption::Accepted, AssertionEncryption::Required] {
            let gateway = gateway_that(backend, encryption).await;
            for certificate in [ours(), keys::retired_encryption_certificate()] {
                for (outer, inner) in [
                    (Signs::Nothing, Signs::Assertion),
                    (Signs::Response, Signs::Assertion),
                    (Signs::Response, Signs::Nothing),
                ] {
                    let mut asked = asked(&gateway).await;
                    let encrypted = by_gcm(&asked.assertion(&gateway, inner), &certificate);
                    granted(&asked.post_around(&gateway, &encrypted, outer).await);
                    let records = gateway.audit(&asked.request.relay_state).await;
                    let sign_in = records.iter().find(|record| record.activity == "sign_in").unwrap();
                    assert_eq!(sign_in.guest, Some(gateway.ana));
                    let decryption = sign_in.checks.iter().find(|check| check.name == "decryption").unwrap();
                    assert_eq!(decryption.outcome, "passed");
                }
            }
        }
    }

    async fn cbc_is_accepted_in_a_signed_response_alone(backend: Backend) {
        let gateway = gateway_that(backend, AssertionEncryption::Accepted).await;
        for inner in [Signs::Assertion, Signs::Nothing] {
            let mut asked = asked(&gateway).await;
            let encrypted = by_cbc(&asked.assertion(&gateway, inner), &ours());
            let page = asked.post_around(&gateway, &encrypted, Signs::Nothing).await;
            assert_eq!(page.refusal_code(), Some("SAML_ENCRYPTED"));
            assert_eq!(gateway.cause(&asked.request.relay_state).await.as_deref(), Some("encryption_cbc_unsigned"));
            granted(&asked.post_around(&gateway, &encrypted, Signs::Response).await);
        }
    }

    async fn encryption_that_is_not_agreed_is_refused_and_so_is_its_lack(backend: Backend) {
        let gateway = gateway_that(backend, AssertionEncryption::Refused).await;
        let mut asked_one = asked(&gateway).await;
        let encrypted = by_gcm(&asked_one.assertion(&gateway, Signs::Assertion), &ours());
        let xml = asked_one.answer(&gateway, Signs::Response).around(&gateway.partner, &encrypted);
        let page = asked_one.post(&gateway, &xml).await;
        assert_eq!(page.refusal_code(), Some("SAML_ENCRYPTED"));
        assert_eq!(gateway.cause(&asked_one.request.relay_state).await.as_deref(), Some("assertion_encrypted"));
        assert_eq!(gateway.services.keys.decryption().operations(), 0, "nothing is decrypted");

        let gateway = gateway_that(backend, AssertionEncryption::Required).await;
        let mut asked_two = asked(&gateway).await;
        let xml = asked_two.answer(&gateway, Signs::Both).sign(&gateway.partner);
        let page = asked_two.post(&gateway, &xml).await;
        assert_eq!(page.refusal_code(), Some("SAML_ENCRYPTED"));
        assert_eq!(gateway.cause(&asked_two.request.relay_state).await.as_deref(), Some("assertion_not_encrypted"));
        let encrypted = by_gcm(&asked_two.assertion(&gateway, Signs::Assertion), &ours());
        granted(&asked_two.post_around(&gateway, &encrypted, Signs::Nothing).await);
    }

    async fn nobody_can_tell_one_failure_of_decryption_from_another(backend: Backend) {
        let gateway = gateway_that(backend, AssertionEncryption::Accepted).await;
        let mut asked = asked(&gateway).await;
        let assertion = asked.assertion(&gateway, Signs::Assertion);
        let unsigned = asked.assertion(&gateway, Signs::Nothing);
        let good = by_gcm(&assertion, &ours());
        let stranger = keys::certificate(&keys::stranger());
        let values: Vec<&str> =
            good.split("<xenc:CipherValue>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
        let flipped = |value: &str| {
            let last = if value.as_bytes()[9] == b'A' { "B" } else { "A" };
            good.replace(value, &format!("{}{last}{}", &value[..9], &value[10..]))
        };
        let mut first: Option<(String, u16, String)> = None;
        for (encrypted, outer, cause) in [
            (by_gcm(&assertion, &stranger), Signs::Nothing, "assertion_undecryptable"),
            (flipped(values[0]), Signs::Nothing, "assertion_undecryptable"),
            (flipped(values[1]), Signs::Nothing, "assertion_undecryptable"),
            (good.replace(values[0], &base64([0xff; 256])), Signs::Nothing, "assertion_undecryptable"),
            (good.replace(values[0], &base64([1; 16])), Signs::Nothing, "assertion_undecryptable"),
            (good.replace(values[1], ""), Signs::Nothing, "assertion_undecryptable"),
            (by_gcm("no document", &ours()), Signs::Nothing, "assertion_undecryptable"),
            (by_gcm("<a></a>", &ours()), Signs::Nothing, "assertion_undecryptable"),
            (by_gcm(&format!("<!DOCTYPE a>{assertion}"), &ours()), Signs::Nothing, "assertion_undecryptable"),
            (by_gcm(&format!("{assertion}{unsigned}"), &ours()), Signs::Nothing, "assertion_undecryptable"),
            // The padding of CBC is wrong, or right around something else.
            (cbc_of(&[0; 64], &ours()), Signs::Response, "assertion_undecryptable"),
            (cbc_of(&[1; 64], &ours()), Signs::Response, "assertion_undecryptable"),
            (by_cbc("<a", &ours()), Signs::Response, "assertion_undecryptable"),
            (by_cbc("<a></a>", &ours()), Signs::Response, "assertion_undecryptable"),
            // What is in the clear is told to administrators more exactly, and to nobody else.
            (good.replace("xmlenc#rsa-oaep-mgf1p", "xmlenc#rsa-1_5"), Signs::Nothing, "key_transport_refused"),
            (by_cbc(&assertion, &ours()), Signs::Nothing, "encryption_cbc_unsigned"),
            // So is what nobody signed after all.
            (by_gcm(&unsigned, &ours()), Signs::Nothing, "signature_missing"),
            (by_gcm(&assertion.replace("ana-1", "ben-1"), &ours()), Signs::Nothing, "digest_mismatch"),
        ] {
            let page = asked.post_around(&gateway, &encrypted, outer).await;
            assert_eq!(page.refusal_code(), Some("SAML_ENCRYPTED"), "{encrypted}");
            assert_eq!(gateway.cause(&asked.request.relay_state).await.as_deref(), Some(cause), "{encrypted}");
            // The ids of the requests differ; nothing else does.
            let headers: Vec<_> = page.headers.iter().filter(|(name, _)| *name != "date" && *name != "x-request-id").collect();
            let shown = (page.body.clone(), page.status, format!("{headers:?}"));
            assert_eq!(first.get_or_insert_with(|| shown.clone()), &shown, "{cause}");
        }
        // Nothing was spent.
        granted(&asked.post_around(&gateway, &good, Signs::Nothing).await);
    }

    async fn nothing_is_decrypted_of_a_response_whose_signature_fails(backend: Backend) {
        let gateway = gateway_that(backend, AssertionEncryption::Accepted).await;
        let mut asked = asked(&gateway).await;
        let encrypted = by_gcm(&asked.assertion(&gateway, Signs::Assertion), &ours());
        let signed = asked.answer(&gateway, Signs::Response).around(&gateway.partner, &encrypted);
        let forged = signed.replacen("Version=\"2.0\"", "Version=\"2.1\"", 1);
        let page = asked.post(&gateway, &forged).await;
        assert_eq!(page.refusal_code(), Some("SAML_SIGNATURE_REFUSED"));
        assert_eq!(gateway.services.keys.decryption().operations(), 0);
        granted(&asked.post(&gateway, &signed).await);
        assert_eq!(gateway.services.keys.decryption().operations(), 2);
    }

    async fn our_encryption_certificate_is_published_where_it_is_asked_for(backend: Backend) {
        let gateway = gateway_that(backend, AssertionEncryption::Refused).await;
        let mut client = gateway.client();
        let published = |page: Page| {
            let mut uses: Vec<_> = page.body.split("<md:KeyDescriptor use=\"").skip(1).collect();
            uses.iter_mut().for_each(|rest| *rest = rest.split('"').next().unwrap());
            let uses: Vec<String> = uses.into_iter().map(str::to_owned).collect();
            (uses, page.body)
        };
        let (uses, _) = published(client.get("/saml/sp/metadata").await);
        assert_eq!(uses, ["signing"]);
        let (uses, body) = published(client.get("/saml/sp/metadata/fabrikam").await);
        assert_eq!(uses, ["signing", "encryption"], "a retired one is published no more");
        let certificate = gateway.services.keys.encryption_certificate().unwrap();
        assert!(body.contains(&base64(certificate.der())));
        // Nobody learns by asking who is a partner.
        assert_eq!(published(client.get("/saml/sp/metadata/nobody").await).1, body);
        for name in ["No%20Slug", "%2e%2e", &"a".repeat(300)] {
            assert_eq!(client.get(&format!("/saml/sp/metadata/{name}")).await.status, 404, "{name}");
        }
    }
}
