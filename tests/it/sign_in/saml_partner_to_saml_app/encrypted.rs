//! Apps whose assertions are encrypted.

use entente::base::encoding::base64;
use entente::domain::apps::{EncryptedAnswers, SignedAnswers};
use entente::domain::definitions::SamlDefinition;
use entente::keys::oaep::DecryptionKeys;
use entente::saml::expectation::Decryption;

use crate::support::gateway::Gateway;
use crate::support::keys;
use crate::support::partner::Person;
use crate::support::saml_app::Told;
use crate::support::stores::on_both_stores;
use crate::xmlenc_against_xmlsec1::decrypted_by_xmlsec1;
use crate::xmlsig_against_xmlsec1::is_installed;

/// The metadata of an app with a key for encryption, which the tests have under the name of the stranger.
pub(super) fn with_key(usage: &'static str) -> impl Fn(String) -> String {
    move |document| {
        let certificate = base64(keys::certificate(&keys::stranger()).der());
        let descriptor = format!(
            "<md:KeyDescriptor{usage}><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
             <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
             <md:AssertionConsumerService "
        );
        document.replacen("<md:AssertionConsumerService ", &descriptor, 1)
    }
}

pub(super) const FOR_ENCRYPTION: &str = " use=\"encryption\"";

async fn told(gateway: &Gateway, usage: &'static str, alter: impl FnOnce(&mut SamlDefinition)) -> (Told, String) {
    let app = gateway.add_saml_app(with_key(usage), |definition, _| alter(definition)).await;
    let (ask, mut client) = (app.ask(gateway), gateway.client());
    let told = Told::of(&app.sign_in(gateway, &mut client, &ask, &Person::ana()).await);
    let keys = DecryptionKeys::new([&keys::stranger()]);
    let accepted = app.accept_by(gateway, &told, &ask, Decryption::Accepted(&keys));
    (told, accepted.attributes[0].1[0].clone())
}

on_both_stores! {
    async fn an_app_with_a_key_for_encryption_is_sent_an_encrypted_assertion(backend: Backend) {
        for answers in [SignedAnswers::Assertion, SignedAnswers::Response, SignedAnswers::Both] {
            let gateway = Gateway::start(backend).await;
            let (told, mail) = told(&gateway, FOR_ENCRYPTION, |definition| definition.answers = answers).await;
            assert_eq!(mail, "ana@fabrikam.example");
            for (part, count) in [
                ("<saml:EncryptedAssertion ", 1),
                ("<saml:Assertion ", 0),
                ("ana@fabrikam.example", 0),
                ("xmlenc11#aes256-gcm", 1),
                ("xmlenc#rsa-oaep-mgf1p", 1),
                ("<ds:SignatureValue>", usize::from(answers != SignedAnswers::Assertion)),
            ] {
                assert_eq!(told.xml.matches(part).count(), count, "{part} in {}", told.xml);
            }
        }
    }

    async fn a_key_without_use_encrypts_only_where_the_record_requires_it(backend: Backend) {
        for (usage, encryption, expected) in [
            ("", EncryptedAnswers::WhereOffered, 0),
            ("", EncryptedAnswers::Required, 1),
            (FOR_ENCRYPTION, EncryptedAnswers::Required, 1),
            (FOR_ENCRYPTION, EncryptedAnswers::Never, 0),
        ] {
            let gateway = Gateway::start(backend).await;
            let (told, _) = told(&gateway, usage, |definition| definition.encryption = encryption).await;
            assert_eq!(told.xml.matches("<saml:EncryptedAssertion ").count(), expected, "{usage} {encryption:?}");
        }
    }

    async fn each_answer_has_a_key_of_its_own(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.add_saml_app(with_key(FOR_ENCRYPTION), |_, _| {}).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..3 {
            let told = Told::of(&client.get(&app.redirect(&gateway, &app.ask(&gateway))).await);
            let values = told.xml.split("<xenc:CipherValue>").skip(1).map(|rest| rest[..32].to_owned());
            seen.extend(values.collect::<Vec<_>>());
        }
        assert_eq!(seen.len(), 6, "wrapped keys and contents all differ");
    }
}

#[tokio::test]
async fn what_is_sent_to_an_app_is_decrypted_by_xmlsec1() {
    if !is_installed("xmlsec1") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let gateway = Gateway::start(crate::support::stores::Backend::Sqlite).await;
    let (told, _) = told(&gateway, FOR_ENCRYPTION, |_| {}).await;
    let plain = decrypted_by_xmlsec1(folder.path(), &keys::stranger(), &told.xml);
    assert!(plain.contains("<saml:EncryptedAssertion xmlns:saml="), "{plain}");
    assert!(plain.contains("ana@fabrikam.example") && plain.contains("<ds:SignatureValue>"), "{plain}");
}
