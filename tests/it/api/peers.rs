//! Adding colleagues without an invitation, where a partner has shown that the inviter may look through its directory.

use entente::domain::collaboration::{DomainList, DomainRule, PrimaryProvider};
use entente::domain::guests::Binding;
use entente::domain::invitations::wish::Wish;
use entente::domain::mail::MailDomain;
use entente::domain::permissions::Permission;
use entente::flows::invite::again::{Anew, NewAddress, reset};
use entente::flows::mails::send::{Stop, send};
use serde_json::{Value, json};

use super::scene::Scene;
use crate::invite::scene::{anew, operator};
use crate::redemption::links::decide;
use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_refused, granted};
use crate::support::keys;
use crate::support::partner::{Partner, Person};
use crate::support::stores::on_both_stores;

const BEN: &str = "ben@fabrikam.example";
const APP: &str = "https://app.example/start";

/// Ana, of whom the partner says what she was let do there.
fn ana(scope: &str) -> Person {
    let mut ana = Person::ana();
    ana.attributes.push(("scope".to_owned(), vec![scope.to_owned()]));
    ana
}

impl Scene {
    /// A token of this person that may invite and read the account.
    async fn token_of(&self, person: &Person) -> String {
        let gateway = &self.gateway;
        let mut client = gateway.client();
        let scope = "openid User.Invite.All User.Read";
        let request =
            gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam"), ("scope", scope)])).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, person)).await;
        Tokens::of(&gateway.redeem(&granted(&page)).await).access
    }

    async fn add(&self, token: &str, more: Value) -> Value {
        let mut body =
            json!({ "invitedUserEmailAddress": BEN, "inviteRedirectUrl": APP, "sendInvitationMessage": true });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.done(token, "POST", "/v1.0/invitations", Some(body)).await.json()
    }
}

/// Whether nobody has to agree when Ben comes.
async fn comes_straight_in(gateway: &Gateway) -> bool {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let ben = unit.guest_by_mail_key(BEN).await.unwrap().unwrap().value.guest.id;
    unit.give_app(ben, gateway.payroll).await.unwrap();
    unit.commit().await.unwrap();
    let page = gateway.sign_in(&mut gateway.client(), &Person::ben()).await;
    let is_in = matches!(gateway.guest(ben).await.guest.binding, Binding::Accepted { .. });
    assert_eq!(is_in, !page.body.contains("name=\"decision\""), "{}", page.body);
    is_in
}

on_both_stores! {
    async fn f27_who_may_look_through_the_home_directory_adds_colleagues_who_redeem_nothing(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let token = scene.token_of(&ana("openid User.ReadBasic.All")).await;
        let added = scene.add(&token, json!({})).await;
        assert_eq!((&added["status"], &added["inviteRedeemUrl"], &added["id"]), (&json!("Completed"), &json!(APP), &Value::Null));
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let ben = unit.guest_by_mail_key(BEN).await.unwrap().unwrap().value.guest;
        assert_eq!((ben.pinned_partner, &ben.binding), (Some(gateway.partner_id), &Binding::PendingAcceptance));
        assert!(unit.invitations_of(ben.id).await.unwrap().is_empty());
        assert_eq!(unit.sponsors(ben.id).await.unwrap(), [entente::domain::guest_details::Sponsor::Guest(gateway.ana)]);
        drop(unit);
        send(&gateway.services, &Stop::default()).await.unwrap();
        let mails = gateway.mailbox.to(BEN);
        assert_eq!(mails.len(), 1);
        let text = format!("{} {}", mails[0].text, mails[0].html.as_deref().unwrap_or_default());
        assert!(!text.contains("/redeem") && text.contains("You need not accept anything"), "{text}");
        assert!(comes_straight_in(gateway).await);
        let records = scene.audited("guest_invited").await;
        assert!(records.last().unwrap().details.iter().any(|(name, value)| name == "account" && value == "added"));
    }

    async fn f27_who_has_not_shown_it_invites_as_everybody_does(backend: Backend) {
        for scope in ["openid User.Read", "user.readbasic.all"] {
            let scene = Scene::start(backend).await;
            let token = scene.token_of(&ana(scope)).await;
            let invited = scene.add(&token, json!({})).await;
            assert_eq!(invited["status"], "PendingAcceptance");
            assert!(invited["inviteRedeemUrl"].as_str().unwrap().contains("/redeem?ticket="));
            assert!(!comes_straight_in(&scene.gateway).await);
        }
    }

    async fn f27_people_of_others_and_members_are_invited(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.token_of(&ana("User.Read.All")).await;
        let elsewhere = scene.add(&token, json!({ "invitedUserEmailAddress": "zoe@adatum.example" })).await;
        assert_eq!(elsewhere["status"], "PendingAcceptance");
        // An app in its own name is of no organisation.
        let app = scene.service_with(&[Permission::UserInviteAll]).await;
        assert_eq!(scene.add(&app, json!({})).await["status"], "PendingAcceptance");
        // Who is there already is not taken for one who has redeemed.
        assert_eq!(scene.add(&token, json!({})).await["status"], "PendingAcceptance");
    }

    async fn f27_the_settings_hold_for_colleagues_as_for_all_who_are_invited(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let token = scene.token_of(&ana("User.Read.All")).await;
        // Who could not come in by this partner is not added to it.
        gateway.set(|settings| settings.identity_provider_order = vec![PrimaryProvider::Organization]).await;
        let other = json!({ "invitedUserEmailAddress": "bea@fabrikam.example" });
        assert_eq!(scene.add(&token, other).await["status"], "PendingAcceptance");
        gateway.set(|settings| settings.identity_provider_order = vec![PrimaryProvider::ExternalFederation]).await;
        assert_eq!(scene.add(&token, json!({})).await["status"], "Completed");
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let ben = unit.guest_by_mail_key(BEN).await.unwrap().unwrap().value.guest.id;
        unit.give_app(ben, gateway.payroll).await.unwrap();
        unit.commit().await.unwrap();
        // And what was changed between adding and coming counts.
        let blocked = DomainList::new([MailDomain::parse("fabrikam.example").unwrap()]).unwrap();
        gateway.set(|settings| settings.domains = DomainRule::Blocked(blocked)).await;
        let page = gateway.sign_in(&mut gateway.client(), &Person::ben()).await;
        assert_eq!(page.refusal_code(), Some("DOMAIN_BLOCKED"), "{}", page.body);
        gateway.set(|settings| settings.domains = DomainRule::Any).await;
        gateway.set(|settings| settings.identity_provider_order = vec![PrimaryProvider::Organization]).await;
        let page = gateway.sign_in(&mut gateway.client(), &Person::ben()).await;
        assert_eq!(page.refusal_code(), Some("IDP_USER_UNKNOWN"), "{}", page.body);
        assert_eq!(gateway.guest(ben).await.guest.binding, Binding::PendingAcceptance);
    }

    async fn f27_a_colleague_who_is_invited_again_has_nothing_to_redeem_either(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let token = scene.token_of(&ana("User.Read.All")).await;
        assert_eq!(scene.add(&token, json!({})).await["status"], "Completed");
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let ben = unit.guest_by_mail_key(BEN).await.unwrap().unwrap().value.guest.id;
        let added_at = unit.guest_details(ben).await.unwrap().state_changed_at;
        drop(unit);
        let app = scene.service_with(&[Permission::UserInviteAll]).await;
        for by in [&token, &app] {
            let again = scene.add(by, json!({})).await;
            assert_eq!((&again["status"], &again["inviteRedeemUrl"], &again["id"]), (&json!("Completed"), &json!(APP), &Value::Null));
        }
        send(&gateway.services, &Stop::default()).await.unwrap();
        let mails = gateway.mailbox.to(BEN);
        assert!(mails.len() == 3 && mails.iter().all(|mail| !mail.text.contains("/redeem")), "{mails:?}");
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        assert!(unit.invitations_of(ben).await.unwrap().is_empty());
        drop(unit);
        // The first sign-in is what changes the state, and says when.
        gateway.clock.advance(std::time::Duration::from_secs(60));
        assert!(comes_straight_in(gateway).await);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let came_at = unit.guest_details(ben).await.unwrap().state_changed_at;
        assert!(came_at == Some(gateway.now()) && came_at != added_at, "{added_at:?} {came_at:?}");
    }

    async fn f27_a_reset_lets_a_colleague_who_was_added_come_by_another_partner(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let token = scene.token_of(&ana("User.Read.All")).await;
        scene.add(&token, json!({})).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let ben = unit.guest_by_mail_key(BEN).await.unwrap().unwrap().value.guest.id;
        drop(unit);
        let of_file = gateway.invite("bea@fabrikam.example", Some(gateway.partner_id), &[]).await;
        let domain = |name: &str| vec![MailDomain::parse(name).unwrap().into()];
        gateway.alter_partner(&gateway.services, |partner| partner.domains = domain("former.example")).await;
        let partner = Partner::named("urn:new-fabrikam", "https://idp.new.example/sso", keys::stranger());
        let id = gateway.add_partner("new", &partner, |record| record.domains = domain("fabrikam.example")).await;
        gateway.services.directory.forget();
        let person = Person::new("ben-2", BEN, "Ben", "Bakker");
        let refused = gateway.sign_in_at(&mut gateway.client(), "new", &partner, &person).await;
        assert_refused(gateway, &refused, "IDP_USER_UNKNOWN", "invited_at_another_partner").await;
        let wish = crate::invite::scene::wish(gateway, BEN);
        let again = |guest| Anew { redirect_url: Some(wish.redirect_url.clone()), ..anew(guest) };
        reset(&gateway.services, &operator(), &again(ben), &NewAddress::Same).await.unwrap();
        let mut client = gateway.client();
        let question = gateway.sign_in_at(&mut client, "new", &partner, &person).await;
        decide(&mut client, &question, "accept").await;
        let Binding::Accepted { partner, .. } = gateway.guest(ben).await.guest.binding else { panic!("not bound") };
        assert_eq!(partner, id);
        // What an object file says of the partner holds.
        reset(&gateway.services, &operator(), &again(of_file), &NewAddress::Same).await.unwrap();
        assert_eq!(gateway.guest(of_file).await.guest.pinned_partner, Some(gateway.partner_id));
    }

    async fn f27_it_ends_with_the_session_that_showed_it(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        scene.token_of(&ana("User.Read.All")).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.revoke_guest(gateway.ana, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        gateway.clock.advance(std::time::Duration::from_secs(1));
        let token = scene.token_of(&Person::ana()).await;
        assert_eq!(scene.add(&token, json!({})).await["status"], "PendingAcceptance");
    }

    async fn f27_a_partner_that_is_switched_off_shows_nothing(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        scene.token_of(&ana("User.Read.All")).await;
        gateway.alter_partner(&gateway.services, |record| record.switch = entente::domain::partners::Switch::Disabled).await;
        let caller = entente::domain::permissions::Caller::Person {
            guest: gateway.ana,
            user_type: entente::domain::guests::UserType::Guest,
            roles: entente::domain::roles::Roles::NONE,
            through: None,
            from: None,
        };
        let texts = entente::domain::invitations::wish::WishTexts { address: BEN, redirect_url: APP, ..Default::default() };
        let wish: Wish = texts.read(&gateway.services.settings.public_url).unwrap();
        let invited = entente::flows::invite::invite(&gateway.services, &caller, &wish).await.unwrap();
        assert_eq!(invited.status.as_str(), "PendingAcceptance", "the partner is switched off");
    }
}
