//! What guests of a partner that speaks OpenID Connect are called.

use serde_json::{Value, json};

use entente::domain::claims::names::Protocol;
use entente::domain::claims::set::NameTable;
use entente::flows::claims::{ClaimsView, view};

use crate::support::claims::rules;
use crate::support::journey::{Tokens, granted};
use crate::support::partner::Person;
use crate::support::provider::wen;
use crate::support::saml_app::Told;
use crate::support::stores::on_both_stores;

use super::open;

const RULES: &str = "
[[app.claims]]
name = 'login'
source = 'user.principal_name'
[[app.claims]]
name = 'local'
source = 'user.local_principal_name'
[[app.claims]]
name = 'kind'
value = 'other'
conditions = [
    { users = 'org_guests', value = 'organisation' }, { users = 'external_guests', value = 'external' },
]
";

const NAME: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";

/// The three claims of [`RULES`].
fn named(claims: &Value) -> [&str; 3] {
    ["login", "local", "kind"].map(|name| claims[name].as_str().unwrap_or_else(|| panic!("no {name} in {claims}")))
}

fn shown(view: &ClaimsView) -> Value {
    let claims = view.claims.iter().filter_map(|claim| {
        let entente::domain::claims::facts::Value::Text(text) = claim.outcome.as_ref().ok()? else { return None };
        Some((claim.name.clone(), json!(text)))
    });
    Value::Object(claims.collect())
}

on_both_stores! {
    async fn f58_a_guest_of_an_oidc_partner_is_called_by_the_mail_and_one_by_saml_is_not(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let claims = rules(Protocol::Oidc, "", RULES, &NameTable::default());
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.claims = claims).await;
        gateway.services.directory.forget();
        let page = provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await;
        let by_oidc = Tokens::of(&gateway.redeem(&granted(&page)).await);
        let page = gateway.sign_in(&mut gateway.client(), &Person::ana()).await;
        let by_saml = Tokens::of(&gateway.redeem(&granted(&page)).await);
        for (tokens, mail, expected) in [
            (
                by_oidc,
                "wen@woodgrove.example",
                ["wen@woodgrove.example", "wen_woodgrove.example#EXT#@contoso.example", "organisation"],
            ),
            (
                by_saml,
                "ana@fabrikam.example",
                [
                    "ana_fabrikam.example#EXT#@contoso.example",
                    "ana_fabrikam.example#EXT#@contoso.example",
                    "external",
                ],
            ),
        ] {
            assert_eq!(named(&gateway.claims(&tokens.id, "payroll").await), expected, "the token of {mail}");
            assert_eq!(named(&gateway.userinfo(&tokens.access).await.json()), expected, "userinfo of {mail}");
            let view = view(&gateway.services, "payroll", mail, &[]).await.unwrap();
            assert_eq!(named(&shown(&view)), expected, "`app claims` of {mail}");
        }
        // Who has not signed in yet is called as the account is, whichever partner is to come.
        gateway.invite("ben@woodgrove.example", None, &[]).await;
        let view = view(&gateway.services, "payroll", "ben@woodgrove.example", &[]).await.unwrap();
        let ben = "ben_woodgrove.example#EXT#@contoso.example";
        assert_eq!(named(&shown(&view)), [ben, ben, "external"]);
    }

    async fn f58_the_user_name_of_an_assertion_is_that_one_too(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let app = gateway.wiki().await;
        gateway.alter_app(&gateway.services, app.id, |app| {
            app.assignment = entente::domain::apps::Assignment::Everyone;
        }).await;
        gateway.services.directory.forget();
        let mut client = gateway.client();
        granted(&provider.sign_in(&gateway, &mut client, "woodgrove", &wen()).await);
        let ask = app.ask(&gateway);
        let told = Told::of(&client.get(&app.redirect(&gateway, &ask)).await);
        let attributes = app.accept(&gateway, &told, &ask).attributes;
        let names: Vec<_> = attributes.iter().filter(|(name, _)| name == NAME).map(|(_, values)| values).collect();
        assert_eq!(names, [&vec!["wen@woodgrove.example".to_owned()]]);
    }
}
