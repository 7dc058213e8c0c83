//! `metadata_url` in object files: fetched when it is applied, with every fault at its line.

use entente::domain::partners::Trust;

use crate::support::gateway::Gateway;
use crate::support::journey::granted;
use crate::support::keys;
use crate::support::partner::Person;
use crate::support::source::{Says, Source};
use crate::support::stores::on_both_stores;

use super::*;

on_both_stores! {
    async fn a_document_is_fetched_when_it_is_applied(backend: Backend) {
        let (gateway, source) = start(backend).await;
        assert_eq!(source.asked().0, 1);
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let again = applied(&gateway, &fabrikam_at(&source.url, "")).await;
        assert_eq!(again.to_string(), "0 added, 0 changed, 0 removed, 1 unchanged\n");
        source.publish(of_fabrikam(&certificates(&[&keys::stranger()])).plain());
        let dry = apply_as(&gateway.services, &fabrikam_at(&source.url, ""), Mode::DryRun).await.unwrap();
        assert!(dry.to_string().starts_with("partner `fabrikam` would be changed: metadata\n"), "{dry}");
        let report = applied(&gateway, &fabrikam_at(&source.url, "")).await;
        assert!(report.to_string().starts_with("partner `fabrikam` changed: metadata\n"), "{report}");
        // It is due again in an hour, not before.
        assert_eq!(poll_after(&gateway, DAY / 48).await, NOTHING_DUE);
        assert_eq!(poll_after(&gateway, HOUR).await, UNCHANGED);
    }

    async fn a_document_that_cannot_be_had_or_used_changes_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let source = Source::start("<html>".to_owned()).await;
        let text = fabrikam_at(&source.url, "");
        let told = async || apply_as(&gateway.services, &text, Mode::Write).await.unwrap_err();
        let at = format!("7: partner `fabrikam`: `{}`: ", source.url);
        let faults = told().await;
        assert!(faults.len() == 1 && faults[0].starts_with(&format!("{at}not readable as XML")), "{faults:?}");
        source.say(Says::Status(500));
        let remedy = "check the address, or name a file by `metadata` until it answers";
        assert_eq!(told().await, [format!("{at}`{}` answers with status 500; {remedy}", source.url)]);
        source.say(Says::Redirect("http://127.0.0.1:1/".to_owned()));
        let status = "answers with status 302; redirects are not followed";
        assert_eq!(told().await, [format!("{at}`{}` {status}; {remedy}", source.url)]);
        source.publish(of_fabrikam(&certificates(&[&keys::partner()])).plain());
        applied(&gateway, &text).await;
    }

    async fn the_version_that_was_read_before_stays_and_is_told(backend: Backend) {
        let (gateway, source) = start(backend).await;
        let other = Metadata { entity_id: "urn:evil".to_owned(), ..of_fabrikam(&certificates(&[&keys::stranger()])) };
        for (says, message) in [
            (Says::Status(500), "answers with status 500"),
            (Says::Html, "not readable as XML"),
            (Says::Document(other.plain()), "it describes `urn:evil`, not `https://idp.fabrikam.example/saml`"),
        ] {
            source.say(says);
            let report = applied(&gateway, &fabrikam_at(&source.url, "").replace("'Fabrikam'", "'Fabrikam AG'")).await;
            let [warning] = report.warnings.as_slice() else { panic!("{report}") };
            assert!(warning.contains("the one that was read before stays") && warning.contains(message), "{warning}");
        }
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        assert_eq!(watch(&gateway).await.failures, 1);
        // At another address there is no version before.
        let elsewhere = Source::start("<html>".to_owned()).await;
        assert!(apply_as(&gateway.services, &fabrikam_at(&elsewhere.url, ""), Mode::Write).await.is_err());
    }

    async fn a_pin_is_held_to_when_it_is_applied(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let document = of_fabrikam(&certificates(&[&keys::partner()]));
        let source = Source::start(document.plain()).await;
        let pinned = fabrikam_at(&source.url, "metadata_certificate = 'signer.pem'");
        let faults = apply_as(&gateway.services, &pinned, Mode::Write).await.unwrap_err();
        assert!(faults.len() == 1 && faults[0].contains("has not signed the whole document"), "{faults:?}");
        // Nor does a document that was read without the pin stand in for a signed one.
        applied(&gateway, &fabrikam_at(&source.url, "")).await;
        source.say(Says::Status(500));
        let faults = apply_as(&gateway.services, &pinned, Mode::Write).await.unwrap_err();
        assert!(faults.len() == 1 && faults[0].contains("status 500"), "{faults:?}");
        source.publish(document.signed(&keys::stranger()));
        let report = applied(&gateway, &pinned).await;
        assert!(report.to_string().contains("changed: metadata, metadata_certificate"), "{report}");
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let partner = unit.read_partner(gateway.partner_id).await.unwrap().unwrap();
        let Trust::Saml(trust) = &partner.trust else { panic!("not SAML") };
        assert!(trust.source.as_ref().unwrap().certificate.is_some());
    }

    async fn a_partner_may_go_back_to_a_file_or_to_another_protocol(backend: Backend) {
        let (gateway, source) = start(backend).await;
        let oidc = "[[partner]]\nslug = 'fabrikam'\nname = 'Fabrikam'\nenabled = true\n[partner.oidc]\n\
                    issuer = 'http://127.0.0.1:1'\nclient_id = 'gate'\nclient_secret = { env = 'SECRET' }";
        applied(&gateway, oidc).await;
        assert_eq!(poll_after(&gateway, HOUR).await, FAILED);
        assert_eq!(source.asked().0, 1);
    }
}

#[test]
fn what_says_too_much_or_too_little_is_a_fault_at_its_line() {
    let check = |body: &str, expected: &[&str]| {
        let text = format!("[[partner]]\nslug = 'a'\n[partner.saml]\n{body}");
        let contents = files::read(&["objects.toml".into()], &Files(text));
        let faults: Vec<_> = contents.faults.iter().map(|fault| (fault.origin.line, fault.message.as_str())).collect();
        let faults: Vec<_> = faults.iter().map(|(line, message)| format!("{line}: {message}")).collect();
        assert_eq!(faults, expected, "{body}");
    };
    check("metadata_url = 'https://idp.example/metadata'", &[]);
    check("metadata_url = 'https://idp.example/metadata'\nmetadata_certificate = 'signer.pem'", &[]);
    check("", &["3: `[partner.saml]` needs `metadata` or `metadata_url`"]);
    check(
        "metadata = 'signer.pem'\nmetadata_url = 'https://idp.example/metadata'",
        &["5: the document comes from one of `metadata` and `metadata_url`; leave the other out"],
    );
    for name in ["metadata_certificate = 'signer.pem'", "dangerous_allow_private = true"] {
        let key = name.split(' ').next().unwrap();
        let told = format!("5: `{key}` says how `metadata_url` is fetched, which is not there; leave it out");
        check(&format!("metadata = 'signer.pem'\n{name}"), &[&told]);
    }
    for url in ["idp.example", "ftp://idp.example/x", "https://u@idp.example/x", "https://idp.example/x#y", "https://"]
    {
        let told =
            "4: `metadata_url`: must be an https address without user name and fragment, at most 2048 bytes long";
        check(&format!("metadata_url = '{url}'"), &[told]);
    }
    check(
        "metadata_url = 'https://idp.example/metadata'\nmetadata_certificate = 'objects.toml'",
        &["5: `metadata_certificate`: it holds no PEM certificate"],
    );
}
