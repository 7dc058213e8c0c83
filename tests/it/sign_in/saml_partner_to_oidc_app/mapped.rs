//! A partner with rules of its own about what it states.

use entente::domain::partners::{Admission, MailAuthority, Partner};

use crate::support::claims::{inward, inward_faults};
use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_refused, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const RULES: &str = r#"
[[partner.claims]]
name = "email"
source = "uid"
transforms = [{ kind = "to_lowercase" }, { kind = "join", separator = "@", with = { value = "fabrikam.example" } }]
[[partner.claims]]
name = "name"
expression = "stated('urn:family')[0].upperAscii() + ', ' + stated('urn:given')[0]"
[[partner.claims]]
name = "given_name"
source = "urn:given"
[[partner.claims]]
name = "family_name"
source = "urn:nobody states this"
"#;

fn ruled(text: &'static str) -> impl FnOnce(&mut Partner) {
    move |partner| partner.attributes.rules = Some(inward(text))
}

/// Ana, in words of the partner's own beside the usual ones.
fn ana() -> Person {
    let mut ana = Person::ana();
    let own = [("uid", "ANA"), ("urn:given", "Anna"), ("urn:family", "Almeida"), ("email_verified", "true")];
    ana.attributes.extend(own.map(|(name, value)| (name.to_owned(), vec![value.to_owned()])));
    ana
}

on_both_stores! {
    async fn rules_make_the_fields_of_an_account(backend: Backend) {
        let gateway = Gateway::start_with(backend, ruled(RULES)).await;
        let page = gateway.sign_in(&mut gateway.client(), &ana()).await;
        let claims = gateway.claims(&Tokens::of(&gateway.redeem(&granted(&page)).await).id, "payroll").await;
        assert_eq!((&claims["email"], &claims["name"]), (&"ana@fabrikam.example".into(), &"ALMEIDA, Anna".into()));
        assert_eq!((&claims["given_name"], claims.get("family_name")), (&"Anna".into(), None));
        // The subject is what the partner states, whatever rules say.
        let guest = gateway.guest(gateway.ana).await.guest;
        let entente::domain::guests::Binding::Accepted { identity, .. } = guest.binding else { panic!("unbound") };
        assert_eq!(identity.subject, Person::ana().subject);
        let entry = gateway.last("sign_in").await;
        let row = entry.checks.iter().find(|row| row.name == "claims").unwrap();
        assert_eq!(row.saw, "email made, name made, given_name made, family_name no_value");
    }

    async fn an_address_that_a_rule_makes_must_lie_within_the_domains(backend: Backend) {
        const ELSEWHERE: &str = "[[partner.claims]]\nname = 'email'\nsource = 'uid'\n\
            transforms = [{ kind = 'join', separator = '@', with = { value = 'woodgrove.example' } }]\n";
        let gateway = Gateway::start_with(backend, ruled(ELSEWHERE)).await;
        let page = gateway.sign_in(&mut gateway.client(), &ana()).await;
        assert_refused(&gateway, &page, "MAIL_DOMAIN_REFUSED", "mail_outside_partner_domains").await;
        // Without a value the account has no address, and the usual one does not stand in for it.
        let page = gateway.sign_in(&mut gateway.client(), &Person::ana()).await;
        assert_refused(&gateway, &page, "MAIL_MISSING", "mail_missing").await;
    }

    async fn what_is_said_of_the_stated_address_is_not_said_of_a_made_one(backend: Backend) {
        let verified_only = |partner: &mut Partner| {
            partner.mail_authority = MailAuthority::VerifiedOnly;
            partner.admission = Admission::Invited;
        };
        let gateway = Gateway::start_with(backend, verified_only).await;
        let rules = inward(RULES);
        gateway.alter_partner(&gateway.services, |partner| partner.attributes.rules = Some(rules)).await;
        let page = gateway.sign_in(&mut gateway.client(), &ana()).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "mail_unproven").await;
        gateway.alter_partner(&gateway.services, |partner| partner.attributes.rules = None).await;
        granted(&gateway.sign_in(&mut gateway.client(), &ana()).await);
    }

    async fn a_denied_address_is_refused_whatever_a_rule_makes(backend: Backend) {
        let gateway = Gateway::start_with(backend, ruled(RULES)).await;
        let mut denied = ana();
        denied.attributes.retain(|(name, _)| name != "email_verified");
        denied.attributes.push(("email_verified".to_owned(), vec!["false".to_owned()]));
        let page = gateway.sign_in(&mut gateway.client(), &denied).await;
        assert_refused(&gateway, &page, "MAIL_UNVERIFIED", "mail_not_verified").await;
    }
}

#[test]
fn each_fault_of_a_rule_is_told() {
    let check = |rule: &str, told: &str| {
        let faults = inward_faults(&format!("[[partner.claims]]\n{rule}\n"));
        assert!(faults.iter().any(|fault| fault.contains(told)), "{rule}: {faults:?}");
    };
    assert!(inward_faults(RULES).is_empty());
    check("name = 'sub'\nsource = 'x'", "must be one of");
    check("name = 'groups'\nsource = 'x'", "must be one of");
    check("name = 'name'", "needs one of `source`, `value` and `expression`");
    check("name = 'name'\nsource = 'x'\nvalue = 'y'", "exclude each other");
    check("name = 'email'\nvalue = 'ana@fabrikam.example'", "`email` is made of a `source`");
    check("name = 'email'\nexpression = \"stated('x')[0]\"", "`email` is made of a `source`");
    check(
        "name = 'email'\nsource = 'x'\ntransforms = [{ kind = 'if_empty', output = { value = 'ana@x.example' } }]",
        "`email` is made of a `source`",
    );
    check("name = 'name'\nexpression = 'user.name'", "beside what is `stated");
    check("name = 'name'\nexpression = \"stated('x')[0]\"\nconditions = []", "unknown key `conditions`");
    check(
        "name = 'name'\nsource = 'x'\ntransforms = [{ kind = 'to_lowercase' }, { kind = 'to_uppercase' }, \
         { kind = 'to_lowercase' }]",
        "at most 2 transformations",
    );
    check("name = 'name'\nsource = 'x'\n[partner.attributes]\nname = 'y'", "has a name in `[partner.attributes]` too");
    let twice = "[[partner.claims]]\nname = 'name'\nsource = 'x'\n[[partner.claims]]\nname = 'name'\nsource = 'y'\n";
    assert!(inward_faults(twice)[0].contains("is called `name` too"));
}
