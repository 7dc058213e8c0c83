//! What we send and publish holds against the schemas of the standard.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use entente::domain::apps::{EncryptedAnswers, SignedAnswers};
use entente::domain::definitions::SamlDefinition;

use super::encrypted::{FOR_ENCRYPTION, with_key};
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::saml_app::Told;
use crate::support::stores::Backend;
use crate::xmlsig_against_xmlsec1::is_installed;

/// Where Debian's packages `opensaml-schemas` and `xmltooling-schemas` put the schemas.
const SAML: &str = "/usr/share/xml/opensaml";
const XML: &str = "/usr/share/xml/xmltooling";

/// Whether the schemas can be had; in strict mode they must be.
fn are_installed() -> bool {
    let found = [SAML, XML].iter().all(|folder| Path::new(folder).is_dir());
    if !found {
        assert!(std::env::var("ENTENTE_TEST_STRICT").as_deref() != Ok("1"), "the schemas of SAML are not installed");
        eprintln!("skipped: the schemas of SAML are not installed");
    }
    found && is_installed("xmllint")
}

/// A schema of the two roots, which imports the others from where they lie.
fn schema() -> String {
    let import = |namespace: &str, folder: &str, file: &str| {
        format!("<xs:import namespace=\"{namespace}\" schemaLocation=\"{folder}/{file}\"/>")
    };
    let imports = [
        import("http://www.w3.org/XML/1998/namespace", XML, "xml.xsd"),
        import("http://www.w3.org/2000/09/xmldsig#", XML, "xmldsig-core-schema.xsd"),
        import("http://www.w3.org/2001/04/xmlenc#", XML, "xenc-schema.xsd"),
        import("http://www.w3.org/2009/xmlenc11#", XML, "xenc11-schema.xsd"),
        import("urn:oasis:names:tc:SAML:2.0:assertion", SAML, "saml-schema-assertion-2.0.xsd"),
        import("urn:oasis:names:tc:SAML:2.0:protocol", SAML, "saml-schema-protocol-2.0.xsd"),
        import("urn:oasis:names:tc:SAML:2.0:metadata", SAML, "saml-schema-metadata-2.0.xsd"),
    ];
    format!("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">{}</xs:schema>", imports.concat())
}

/// What xmllint says against a document.
fn faults(schema: &Path, text: &str) -> Option<String> {
    let mut child = Command::new("xmllint")
        .env("XML_CATALOG_FILES", format!("{XML}/catalog.xml {SAML}/saml20-catalog.xml"))
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test]
async fn what_is_sent_to_apps_holds_against_the_schemas() {
    if !are_installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.xsd");
    std::fs::write(&path, schema()).unwrap();
    for (answers, encryption) in [
        (SignedAnswers::Assertion, EncryptedAnswers::Never),
        (SignedAnswers::Response, EncryptedAnswers::Never),
        (SignedAnswers::Both, EncryptedAnswers::Never),
        (SignedAnswers::Assertion, EncryptedAnswers::WhereOffered),
        (SignedAnswers::Both, EncryptedAnswers::WhereOffered),
    ] {
        let gateway = Gateway::start(Backend::Sqlite).await;
        let alter = |definition: &mut SamlDefinition| {
            definition.answers = answers;
            definition.encryption = encryption;
        };
        let app = gateway.add_saml_app(with_key(FOR_ENCRYPTION), |definition, _| alter(definition)).await;
        let mut client = gateway.client();
        let told = Told::of(&app.sign_in(&gateway, &mut client, &app.ask(&gateway), &Person::ana()).await);
        assert_eq!(faults(&path, &told.xml), None, "{}", told.xml);
        let passive = app.ask(&gateway).with("IsPassive=\"true\"");
        let status = Told::of(&gateway.client().get(&app.redirect(&gateway, &passive)).await);
        assert_eq!(faults(&path, &status.xml), None, "{}", status.xml);
        for address in ["/saml/idp/metadata", "/saml/sp/metadata", "/saml/sp/metadata/fabrikam"] {
            let page = client.get(address).await;
            assert_eq!(page.headers["content-type"], "application/samlmetadata+xml");
            assert_eq!(faults(&path, &page.body), None, "{}", page.body);
        }
        // The witness sees what is wrong.
        let wrong = told
            .xml
            .replace("<saml:Conditions ", "<saml:Condition ")
            .replace("</saml:Conditions>", "</saml:Condition>")
            .replace("xenc:CipherData>", "xenc:Condition>");
        assert!(faults(&path, &wrong).is_some_and(|told| told.contains("Condition")));
    }
}
