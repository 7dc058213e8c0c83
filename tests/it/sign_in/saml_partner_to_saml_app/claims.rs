//! An app with rules of its own about attributes and the NameID.

use entente::domain::claims::names::Protocol;
use entente::domain::claims::set::NameTable;
use entente::saml::names::{FORMAT_EMAIL, FORMAT_PERSISTENT, FORMAT_TRANSIENT, FORMAT_UNSPECIFIED};

use crate::support::claims::rules;
use crate::support::client::between;
use crate::support::gateway::Gateway;
use crate::support::saml_app::{SamlApp, Told};
use crate::support::stores::on_both_stores;

const RULES: &str = r#"
[[app.claims]]
name = "urn:oid:0.9.2342.19200300.100.1.3"
source = "user.mail"
[[app.claims]]
name = "level"
name_format = "unspecified"
value = "reader"
conditions = [{ users = "external_guests", groups = ["auditors"], value = "auditor" }]
[[app.claims]]
name = "urn:words"
name_format = "basic"
expression = "user.name.split(' ')"
[[app.claims]]
name = "is_guest"
expression = "user.type == 'Guest'"
[[app.claims]]
name = "http://schemas.microsoft.com/identity/claims/tenantid"
source = "organization.id"
[[app.claims]]
name = "never"
conditions = [{ users = "members", value = "x" }]
"#;

async fn give(gateway: &Gateway, app: &SamlApp, speaks: &str, text: &str, names: &NameTable) {
    let claims = rules(Protocol::Saml, speaks, text, names);
    gateway.alter_app(&gateway.services, app.id, |app| app.claims = claims).await;
    gateway.services.directory.forget();
}

fn policy(format: &str) -> String {
    format!("<samlp:NameIDPolicy Format=\"{format}\"></samlp:NameIDPolicy>")
}

/// Format and value of the NameID, with this Format asked for, or none.
async fn named(gateway: &Gateway, app: &SamlApp, format: Option<&str>) -> (String, String) {
    let (mut client, _) = gateway.ana_signed_in().await;
    let ask = app.ask(gateway);
    let ask = match format {
        Some(format) => ask.asking(&policy(format)),
        None => ask,
    };
    let told = Told::of(&client.get(&app.redirect(gateway, &ask)).await);
    let element = between(&told.xml, "<saml:NameID ", "</saml:NameID>").unwrap_or_else(|| panic!("{}", told.xml));
    let (attributes, value) = element.split_once('>').unwrap();
    (between(attributes, "Format=\"", "\"").unwrap().to_owned(), value.to_owned())
}

on_both_stores! {
    async fn rules_alone_say_which_attributes_leave(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let group = gateway.add_group("auditors", &[gateway.ana], &[]).await;
        let names = NameTable { groups: vec![("auditors".to_owned(), group)], partners: Vec::new() };
        give(&gateway, &app, "", RULES, &names).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let ask = app.ask(&gateway);
        let told = Told::of(&client.get(&app.redirect(&gateway, &ask)).await);
        let attribute = |name: &str, values: &[&str]| {
            (name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())
        };
        let expected = [
            attribute("urn:oid:0.9.2342.19200300.100.1.3", &["ana@fabrikam.example"]),
            attribute("level", &["auditor"]),
            attribute("urn:words", &["Ana", "Almeida"]),
            attribute("is_guest", &["true"]),
            attribute(
                "http://schemas.microsoft.com/identity/claims/tenantid",
                &["11111111-0000-4000-8000-000000000001"],
            ),
        ];
        assert_eq!(app.accept(&gateway, &told, &ask).attributes, expected);
        let format = |name: &str| {
            let (_, rest) = told.xml.split_once(&format!("Name=\"{name}\" NameFormat=\"")).unwrap();
            rest.split_once('"').unwrap().0.rsplit(':').next().unwrap().to_owned()
        };
        let formats = expected.each_ref().map(|(name, _)| format(name));
        assert_eq!(formats, ["uri", "unspecified", "basic", "basic", "uri"]);
    }

    async fn f56_and_f58_a_user_principal_name_of_a_guest_by_saml_has_its_forms(backend: Backend) {
        const UPN: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        for (source, value) in [
            ("user.principal_name", "ana_fabrikam.example#EXT#@contoso.example"),
            ("user.local_principal_name", "ana_fabrikam.example#EXT#@contoso.example"),
            ("user.hashless_principal_name", "ana_fabrikam.example_EXT_@contoso.example"),
        ] {
            let text = format!("[[app.claims]]\nname = '{UPN}'\nsource = '{source}'\n");
            give(&gateway, &app, "", &text, &NameTable::default()).await;
            let (mut client, _) = gateway.ana_signed_in().await;
            let ask = app.ask(&gateway);
            let told = Told::of(&client.get(&app.redirect(&gateway, &ask)).await);
            let expected = [(UPN.to_owned(), vec![value.to_owned()])];
            assert_eq!(app.accept(&gateway, &told, &ask).attributes, expected, "{source}");
        }
    }

    async fn f55_more_groups_than_an_assertion_holds_are_told_of(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let name = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups";
        let text = format!("[[app.claims]]\nname = '{name}'\nsource = 'user.groups'\n");
        give(&gateway, &app, "", &text, &NameTable::default()).await;
        for number in 0..150 {
            gateway.add_group(&format!("g{number}"), &[gateway.ana], &[]).await;
        }
        let (mut client, _) = gateway.ana_signed_in().await;
        let ask = app.ask(&gateway);
        let told = Told::of(&client.get(&app.redirect(&gateway, &ask)).await);
        let attributes = app.accept(&gateway, &told, &ask).attributes;
        assert_eq!((attributes[0].0.as_str(), attributes[0].1.len(), attributes.len()), (name, 150, 1));
        gateway.add_group("one-more", &[gateway.ana], &[]).await;
        let ask = app.ask(&gateway);
        let told = Told::of(&client.get(&app.redirect(&gateway, &ask)).await);
        let attributes = app.accept(&gateway, &told, &ask).attributes;
        assert_eq!(attributes, [("hasgroups".to_owned(), vec!["true".to_owned()])]);
    }

    async fn f59_the_name_is_the_agreed_one_where_the_request_leaves_it_open(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let pairwise = named(&gateway, &app, Some(FORMAT_PERSISTENT)).await;
        let mail = "ana@fabrikam.example".to_owned();
        let local = "ana_fabrikam.example#EXT#@contoso.example".to_owned();
        let oid = gateway.ana.to_string();
        for (source, format, value) in [
            ("{ source = 'user.mail' }", FORMAT_EMAIL, mail.clone()),
            ("{ source = 'user.mail', format = 'unspecified' }", FORMAT_UNSPECIFIED, mail.clone()),
            ("{ source = 'user.principal_name' }", FORMAT_UNSPECIFIED, local.clone()),
            ("{ source = 'user.local_principal_name' }", FORMAT_UNSPECIFIED, local),
            ("{ source = 'user.id' }", FORMAT_PERSISTENT, oid.clone()),
            ("{ source = 'user.pairwise_id' }", FORMAT_PERSISTENT, pairwise.1.clone()),
        ] {
            give(&gateway, &app, &format!("name_id = {source}\n"), "", &NameTable::default()).await;
            let expected = (format.to_owned(), value);
            assert_eq!(named(&gateway, &app, None).await, expected, "{source}");
            assert_eq!(named(&gateway, &app, Some(FORMAT_UNSPECIFIED)).await, expected, "{source}");
            // Another Format than the agreed one is what it says.
            let asked = named(&gateway, &app, Some(FORMAT_EMAIL)).await;
            assert_eq!(asked, (FORMAT_EMAIL.to_owned(), mail.clone()), "{source}");
            assert_eq!(named(&gateway, &app, Some(FORMAT_TRANSIENT)).await.0, FORMAT_TRANSIENT, "{source}");
            let persistent = named(&gateway, &app, Some(FORMAT_PERSISTENT)).await;
            let agreed = if source.contains("user.id") { &oid } else { &pairwise.1 };
            assert_eq!((persistent.0.as_str(), &persistent.1), (FORMAT_PERSISTENT, agreed), "{source}");
        }
        // The attributes are the usual ones all the time.
        let (mut client, _) = gateway.ana_signed_in().await;
        let ask = app.ask(&gateway);
        let told = Told::of(&client.get(&app.redirect(&gateway, &ask)).await);
        assert_eq!(app.accept(&gateway, &told, &ask).attributes.len(), 12);
    }
}
