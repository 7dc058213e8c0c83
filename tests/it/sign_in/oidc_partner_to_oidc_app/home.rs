//! The home organisation: our own people come in as members.

use serde_json::json;

use entente::domain::guests::{GuestId, UserType};
use entente::domain::partners::{Admission, Partner, PartnerKind};

use crate::support::journey::{Tokens, assert_refused, granted};
use crate::support::provider::Provider;
use crate::support::stores::on_both_stores;

use super::open;

fn home(admission: Admission) -> impl FnOnce(&mut Partner) {
    move |partner| (partner.kind, partner.admission) = (PartnerKind::Home, admission)
}

on_both_stores! {
    async fn our_own_people_are_members(backend: Backend) {
        let (gateway, provider) = open(backend, "contoso", home(Admission::Anyone)).await;
        let olga = json!({"sub": "olga", "email": "Olga@contoso.example", "name": "Olga"});
        let page = provider.sign_in(&gateway, &mut gateway.client(), "contoso", &olga).await;
        let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
        let claims = gateway.claims(&tokens.id, "payroll").await;
        assert_eq!((&claims["acct"], &claims["email"]), (&json!(0), &json!("Olga@contoso.example")));
        // Called as their address says, without a mark of those from elsewhere.
        let id = GuestId::parse(claims["oid"].as_str().unwrap()).unwrap();
        assert_eq!(gateway.guest(id).await.guest.user_principal_name, "olga@contoso.example");
    }

    async fn an_invitation_that_our_own_person_redeems_makes_a_member(backend: Backend) {
        let (gateway, provider) = open(backend, "contoso", home(Admission::Invited)).await;
        let id = gateway.invite("olga@contoso.example", None, &[gateway.payroll]).await;
        assert_eq!(gateway.guest(id).await.guest.user_type, UserType::Guest);
        let olga = json!({"sub": "olga", "email": "olga@contoso.example"});
        granted(&provider.sign_in(&gateway, &mut gateway.client(), "contoso", &olga).await);
        assert_eq!(gateway.guest(id).await.guest.user_type, UserType::Member);
        // Ana of a partner stays what she is.
        gateway.ana_signed_in().await;
        assert_eq!(gateway.guest(gateway.ana).await.guest.user_type, UserType::Guest);
    }

    async fn nobody_becomes_a_member_by_an_address_that_nobody_vouches_for(backend: Backend) {
        let (gateway, provider) = open(backend, "contoso", home(Admission::Anyone)).await;
        for (person, code, cause) in [
            (json!({"sub": "x"}), "MAIL_MISSING", "mail_missing"),
            (json!({"sub": "x", "email": "x@elsewhere.example"}), "MAIL_DOMAIN_REFUSED", "mail_outside_partner_domains"),
            (
                json!({"sub": "x", "email": "x@contoso.example", "email_verified": false}),
                "MAIL_UNVERIFIED",
                "mail_not_verified",
            ),
        ] {
            let page = provider.sign_in(&gateway, &mut gateway.client(), "contoso", &person).await;
            assert_refused(&gateway, &page, code, cause).await;
        }
        let strict = Provider::start(&gateway).await;
        drop(provider);
        strict.add(&gateway, "strict", |partner| {
            partner.mail_authority = entente::domain::partners::MailAuthority::VerifiedOnly;
        }).await;
        // The same words make a guest without an address at a partner, and nobody at home.
        let unsaid = json!({"sub": "y", "email": "y@strict.example"});
        granted(&strict.sign_in(&gateway, &mut gateway.client(), "strict", &unsaid).await);
        let contoso = gateway.services.directory.partner_by_slug("contoso").await.unwrap().unwrap().id;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let mut record = unit.read_partner(contoso).await.unwrap().unwrap();
        (record.kind, record.version) = (PartnerKind::Partner, record.version + 1);
        unit.update_partner(&record, entente::domain::store::objects::Provenance::Applied).await.unwrap();
        let strict_id = gateway.services.directory.partner_by_slug("strict").await.unwrap().unwrap().id;
        let mut record = unit.read_partner(strict_id).await.unwrap().unwrap();
        (record.kind, record.version) = (PartnerKind::Home, record.version + 1);
        unit.update_partner(&record, entente::domain::store::objects::Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
        gateway.services.directory.forget();
        let unsaid = json!({"sub": "z", "email": "z@strict.example"});
        let page = strict.sign_in(&gateway, &mut gateway.client(), "strict", &unsaid).await;
        assert_refused(&gateway, &page, "MAIL_UNVERIFIED", "mail_of_member_unproven").await;
    }
}
