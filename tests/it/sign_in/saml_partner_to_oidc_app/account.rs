//! One account per (issuer, subject): a mail address is never the key.

use entente::domain::guests::{Binding, NameSource, Standing};
use entente::domain::partners::{MailAuthority, PartnerId};
use entente::domain::store::objects::Provenance;
use entente::flows::operate::set_guest_standing;

use crate::support::gateway::Gateway;
use crate::support::journey::{assert_refused, granted, with_mail};
use crate::support::keys;
use crate::support::partner::{Partner, Person};
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn an_invitation_is_bound_to_the_first_proven_sign_in_of_its_mail(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        assert_eq!(gateway.guest(gateway.ana).await.guest.binding, Binding::PendingAcceptance);
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let guest = gateway.guest(gateway.ana).await.guest;
        let Binding::Accepted { partner, identity } = &guest.binding else { panic!("{guest:?}") };
        assert_eq!(*partner, gateway.partner_id);
        assert_eq!((identity.issuer.as_str(), identity.subject.as_str()), ("https://idp.fabrikam.example/saml", "ana-1"));
        assert_eq!(guest.user_principal_name, "ana_fabrikam.example#EXT#@contoso.example");
    }

    async fn the_same_mail_of_another_subject_is_an_address_conflict(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let successor = Person { subject: "ana-2".to_owned(), ..Person::ana() };
        let mut client = gateway.client();
        let page = gateway.sign_in(&mut client, &successor).await;
        assert_eq!(page.status, 403);
        assert_refused(&gateway, &page, "ADDRESS_CONFLICT", "mail_of_another_identity").await;
        assert_eq!(client.session(), None);
        assert_eq!(gateway.guest_count().await, 1);
    }

    async fn the_same_subject_with_another_mail_keeps_its_account(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let renamed = with_mail(Person::ana(), Some("ana.new@fabrikam.example"));
        let tokens = gateway.tokens(&mut gateway.client(), &renamed).await;
        let claims = gateway.claims(&tokens.id, "payroll").await;
        assert_eq!(claims["oid"], gateway.ana.to_string());
        // The address that was invited does not follow the partner's changes.
        assert_eq!(claims["email"], "ana@fabrikam.example");
        assert_eq!(gateway.guest_count().await, 1);
    }

    async fn the_case_of_a_mail_does_not_make_another_person(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        granted(&gateway.sign_in(&mut gateway.client(), &with_mail(Person::ana(), Some("Ana@FABRIKAM.example"))).await);
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        assert_eq!(gateway.guest_count().await, 1);
    }

    async fn the_case_of_a_subject_does_make_another_person(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let other = Person { subject: "ANA-1".to_owned(), ..Person::ana() };
        let page = gateway.sign_in(&mut gateway.client(), &other).await;
        assert_refused(&gateway, &page, "ADDRESS_CONFLICT", "mail_of_another_identity").await;
    }

    async fn names_follow_the_partner(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let married = Person::new("ana-1", "ana@fabrikam.example", "Ana", "Baptista");
        let tokens = gateway.tokens(&mut gateway.client(), &married).await;
        let claims = gateway.claims(&tokens.id, "payroll").await;
        assert_eq!((&claims["name"], &claims["family_name"]), (&"Ana Baptista".into(), &"Baptista".into()));
    }

    async fn a_name_that_was_given_here_stays(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut ana = gateway.guest(gateway.ana).await;
        ana.guest.display_name = Some("Ana from Fabrikam".to_owned());
        ana.guest.name_source = NameSource::Here;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.update_guest(&ana, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
        let tokens = gateway.tokens(&mut gateway.client(), &Person::ana()).await;
        let claims = gateway.claims(&tokens.id, "payroll").await;
        assert_eq!((&claims["name"], &claims["given_name"]), (&"Ana from Fabrikam".into(), &"Ana".into()));
    }

    async fn another_partners_person_with_the_same_subject_is_another_person(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let woodgrove = Partner::named("urn:woodgrove", "https://idp.woodgrove.example/sso", keys::stranger());
        gateway.add_partner("woodgrove", &woodgrove, |_| {}).await;
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let same = Person::new("ana-1", "ana@woodgrove.example", "Ana", "Almeida");
        let page = gateway.sign_in_at(&mut gateway.client(), "woodgrove", &woodgrove, &same).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "not_invited").await;
        let id = gateway.invite("ana@woodgrove.example", None, &[gateway.payroll]).await;
        granted(&gateway.sign_in_at(&mut gateway.client(), "woodgrove", &woodgrove, &same).await);
        assert_ne!(id, gateway.ana);
        assert!(matches!(gateway.guest(id).await.guest.binding, Binding::Accepted { .. }));
    }

    async fn a_partner_cannot_bind_the_guest_of_another_partners_domain(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let woodgrove = Partner::named("urn:woodgrove", "https://idp.woodgrove.example/sso", keys::stranger());
        gateway.add_partner("woodgrove", &woodgrove, |_| {}).await;
        let page = gateway.sign_in_at(&mut gateway.client(), "woodgrove", &woodgrove, &Person::ana()).await;
        assert_eq!(page.status, 403);
        assert_refused(&gateway, &page, "MAIL_DOMAIN_REFUSED", "mail_outside_partner_domains").await;
        assert_eq!(gateway.guest(gateway.ana).await.guest.binding, Binding::PendingAcceptance);
    }

    async fn a_pinned_invitation_is_bound_at_its_partner_only(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let elsewhere = PartnerId::new(gateway.now(), &entente::base::random::SystemRandom);
        let ben = gateway.invite("ben@fabrikam.example", Some(elsewhere), &[gateway.payroll]).await;
        let page = gateway.sign_in(&mut gateway.client(), &Person::ben()).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "invited_at_another_partner").await;
        assert_eq!(gateway.guest(ben).await.guest.binding, Binding::PendingAcceptance);
        gateway.invite("cem@fabrikam.example", Some(gateway.partner_id), &[gateway.payroll]).await;
        let cem = Person::new("cem-1", "cem@fabrikam.example", "Cem", "Celik");
        granted(&gateway.sign_in(&mut gateway.client(), &cem).await);
    }

    async fn who_is_not_invited_is_unknown(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let page = gateway.sign_in(&mut client, &Person::ben()).await;
        assert_eq!(page.status, 403);
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "not_invited").await;
        assert_eq!((client.session(), gateway.guest_count().await), (None, 1));
    }

    async fn an_invited_partners_answer_without_a_mail_is_mail_missing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for mail in [None, Some(""), Some("not an address")] {
            let page = gateway.sign_in(&mut gateway.client(), &with_mail(Person::ana(), mail)).await;
            assert_refused(&gateway, &page, "MAIL_MISSING", "mail_missing").await;
        }
    }

    async fn a_mail_outside_the_domains_is_refused_also_of_a_known_person(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        for mail in ["ana@gmail.example", "ana@sub.fabrikam.example", "ana@fabrikam.example.evil.example"] {
            let page = gateway.sign_in(&mut gateway.client(), &with_mail(Person::ana(), Some(mail))).await;
            assert_refused(&gateway, &page, "MAIL_DOMAIN_REFUSED", "mail_outside_partner_domains").await;
        }
    }

    async fn a_partner_without_domains_binds_nothing(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| partner.domains.clear()).await;
        let page = gateway.sign_in(&mut gateway.client(), &Person::ana()).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "mail_unproven").await;
        assert_eq!(gateway.guest(gateway.ana).await.guest.binding, Binding::PendingAcceptance);
    }

    async fn mail_binds_nothing_where_only_verified_mail_counts_and_nothing_says_so(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| partner.mail_authority = MailAuthority::VerifiedOnly).await;
        let page = gateway.sign_in(&mut gateway.client(), &Person::ana()).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "mail_unproven").await;
        assert_eq!(gateway.guest(gateway.ana).await.guest.binding, Binding::PendingAcceptance);
    }

    async fn a_partners_own_attribute_names_come_instead_of_the_usual_ones(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| {
            partner.attributes.email = Some("urn:fabrikam:mail".to_owned());
            partner.attributes.name = Some("urn:fabrikam:name".to_owned());
            partner.attributes.given_name = Some("urn:fabrikam:first".to_owned());
            partner.attributes.family_name = Some("urn:fabrikam:last".to_owned());
        })
        .await;
        // The usual names are there too, with other words, and do not count.
        let mut person = Person::new("ana-1", "ben@fabrikam.example", "Wrong", "Wrong");
        for (name, value) in [("mail", "ana@fabrikam.example"), ("name", "A. A."), ("first", "A"), ("last", "Al")] {
            person.attributes.push((format!("urn:fabrikam:{name}"), vec![value.to_owned()]));
        }
        let tokens = gateway.tokens(&mut gateway.client(), &person).await;
        let claims = gateway.claims(&tokens.id, "payroll").await;
        let found = ["oid", "email", "name", "given_name", "family_name"].map(|name| claims[name].as_str().unwrap());
        assert_eq!(found, [&gateway.ana.to_string(), "ana@fabrikam.example", "A. A.", "A", "Al"]);
    }

    async fn a_blocked_guest_is_refused_bound_or_not(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (services, mail) = (&gateway.services, "ana@fabrikam.example");
        set_guest_standing(services, gateway.act(), mail, Standing::Blocked).await.unwrap();
        let page = gateway.sign_in(&mut gateway.client(), &Person::ana()).await;
        assert_refused(&gateway, &page, "GUEST_BLOCKED", "guest_blocked").await;
        assert_eq!(gateway.guest(gateway.ana).await.guest.binding, Binding::PendingAcceptance);
        set_guest_standing(services, gateway.act(), mail, Standing::Active).await.unwrap();
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        set_guest_standing(services, gateway.act(), mail, Standing::Blocked).await.unwrap();
        let page = gateway.sign_in(&mut gateway.client(), &Person::ana()).await;
        assert_refused(&gateway, &page, "GUEST_BLOCKED", "guest_blocked").await;
    }
}
