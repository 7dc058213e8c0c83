//! Links of invitations: what opening one does, how it is redeemed, and where it leads nowhere.

use std::time::Duration;

use entente::domain::collaboration::{Allowed, DomainList, DomainRule, PrimaryProvider};
use entente::domain::guests::{Binding, GuestId, Standing};
use entente::domain::mail::MailDomain;
use entente::domain::partners::MAILED_CODE_PARTNER;
use entente::flows::invite::Invited;

use super::person::{VIC, offered, send, type_code};
use crate::factors::person::{assert_asks, assert_slip, heading};
use crate::invite::scene::{APP, operator, wish};
use crate::support::client::{Client, Page, query};
use crate::support::gateway::Gateway;
use crate::support::journey::{assert_refused, granted};
use crate::support::partner::Person;
use crate::support::provider::{Provider, wen};
use crate::support::stores::on_both_stores;

const DAY: Duration = Duration::from_secs(86_400);
const GUS: &str = "gus@fabrikam.example";

fn gus() -> Person {
    Person::new("gus-1", GUS, "Gus", "Guest")
}

/// The path of an invitation's link.
pub fn path(gateway: &Gateway, invited: &Invited) -> String {
    invited.link.as_deref().unwrap().strip_prefix(&gateway.url).unwrap().to_owned()
}

/// Opens a link and goes on.
pub async fn follow(client: &mut Client, path: &str) -> Page {
    let page = client.get(path).await;
    assert_asks(&page, "You are invited by Contoso");
    let ticket = page.field("ticket").unwrap().to_owned();
    client.post("/redeem", &[("ticket", &ticket)]).await
}

/// Answers the question whether the account is to be the person's.
pub async fn decide(client: &mut Client, page: &Page, decision: &str) -> Page {
    assert_asks(page, "Work with Contoso?");
    let attempt = page.field("attempt").unwrap().to_owned();
    client.post("/redeem/agree", &[("attempt", &attempt), ("decision", decision)]).await
}

/// A person of Fabrikam follows a link, up to the question.
pub async fn proven(gateway: &Gateway, client: &mut Client, path: &str, person: &Person) -> Page {
    let page = follow(client, path).await;
    let request = gateway.read_request(&page);
    gateway.post(client, &request, &gateway.answer(&request, person)).await
}

pub async fn is_pending(gateway: &Gateway, id: GuestId) -> bool {
    gateway.guest(id).await.guest.binding == Binding::PendingAcceptance
}

/// Everything that is stored, as far as a redemption touches it.
async fn rows(gateway: &Gateway, id: GuestId) -> (usize, bool) {
    (gateway.audited().await, is_pending(gateway, id).await)
}

on_both_stores! {
    async fn f31_an_invited_person_redeems_by_the_link(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut asked = wish(&gateway, GUS);
        asked.apps = vec![gateway.payroll];
        let invited = gateway.invited_by(&operator(), &asked).await.unwrap();
        let path = path(&gateway, &invited);
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path, &gus()).await;
        assert!(is_pending(&gateway, invited.guest.id).await && client.session().is_none());
        assert!(question.body.contains("has not said how it deals with privacy"), "{}", question.body);
        let done = decide(&mut client, &question, "accept").await;
        assert_eq!((done.status, done.onward().as_str()), (303, APP), "{}", done.body);
        let guest = gateway.guest(invited.guest.id).await;
        let Binding::Accepted { partner, .. } = guest.guest.binding else { panic!("not bound") };
        assert_eq!((partner, guest.apps.as_slice()), (gateway.partner_id, [gateway.payroll].as_slice()));
        let told = gateway.told_of(invited.guest.id).await;
        assert!(told.iter().any(|(activity, _)| activity == "invitation_redeemed"), "{told:?}");
        // F14: what was given opens at once, and nothing is asked any more.
        granted(&client.get(&gateway.authorize(&[])).await);
        // The link is a shortcut from then on.
        let again = gateway.client().get(&path).await;
        assert_eq!((again.status, again.location()), (303, APP));
    }

    async fn opening_a_link_does_nothing_however_often(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        let path = path(&gateway, &invited);
        let before = rows(&gateway, invited.guest.id).await;
        for _ in 0..3 {
            let mut scanner = gateway.client().with_header("Sec-Purpose", "prefetch");
            assert_asks(&scanner.get(&path).await, "You are invited by Contoso");
            let head = scanner.request(reqwest::Method::HEAD, &path);
            assert_eq!(scanner.send(head).await.status, 200);
            assert!(scanner.cookies.is_empty(), "{:?}", scanner.cookies);
        }
        // Whoever goes on and stops there has redeemed nothing either.
        follow(&mut gateway.client(), &path).await;
        assert_eq!(rows(&gateway, invited.guest.id).await, before);
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path, &gus()).await;
        decide(&mut client, &question, "accept").await;
        assert!(!is_pending(&gateway, invited.guest.id).await);
    }

    async fn f37_who_declines_stays_invited_and_who_accepts_is_not_asked_again(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway
            .set(|settings| {
                let url = entente::domain::web_address::WebAddress::parse("https://contoso.example/privacy").unwrap();
                settings.privacy_url = Some(url);
                settings.privacy_contact = Some("privacy@contoso.example".to_owned());
            })
            .await;
        let invited = gateway.invited(GUS).await;
        let path = path(&gateway, &invited);
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path, &gus()).await;
        assert!(question.body.contains("href=\"https://contoso.example/privacy\""), "{}", question.body);
        assert!(question.body.contains("privacy@contoso.example"), "{}", question.body);
        let declined = decide(&mut client, &question, "cancel").await;
        assert_refused(&gateway, &declined, "CONSENT_DECLINED", "invitation_declined").await;
        assert!(is_pending(&gateway, invited.guest.id).await && client.session().is_none());
        // The question is spent.
        let attempt = question.field("attempt").unwrap().to_owned();
        let again = client.post("/redeem/agree", &[("attempt", &attempt), ("decision", "accept")]).await;
        assert_eq!(again.refusal_code(), Some("ATTEMPT_MISSING"), "{}", again.body);
        let question = proven(&gateway, &mut client, &path, &gus()).await;
        decide(&mut client, &question, "accept").await;
        let mut other = gateway.client();
        let request = gateway.ask(&mut other, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let page = gateway.post(&mut other, &request, &gateway.answer(&request, &gus())).await;
        assert_eq!(page.refusal_code(), Some("NOT_ASSIGNED"), "known, and asked nothing: {}", page.body);
    }

    async fn the_question_belongs_to_the_browser_that_was_asked(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path(&gateway, &invited), &gus()).await;
        let attempt = question.field("attempt").unwrap().to_owned();
        let fields = [("attempt", attempt.as_str()), ("decision", "accept")];
        let foreign = gateway.client().post("/redeem/agree", &fields).await;
        assert_eq!(foreign.refusal_code(), Some("ATTEMPT_MISSING"), "{}", foreign.body);
        let (mut one, mut two) = (client.clone(), client.clone());
        let (first, second) = tokio::join!(one.post("/redeem/agree", &fields), two.post("/redeem/agree", &fields));
        let done = [&first, &second].iter().filter(|page| page.status == 303).count();
        assert_eq!(done, 1, "{} {}", first.body, second.body);
    }

    async fn f32_an_invited_person_redeems_at_the_app(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut asked = wish(&gateway, GUS);
        asked.apps = vec![gateway.payroll];
        let invited = gateway.invited_by(&operator(), &asked).await.unwrap();
        let mut client = gateway.client();
        let question = gateway.sign_in(&mut client, &gus()).await;
        let done = decide(&mut client, &question, "accept").await;
        assert!(query(&done.onward(), "code").is_some(), "{}", done.onward());
        assert!(!is_pending(&gateway, invited.guest.id).await);
        // Who was put there by an object file was not invited, and is asked nothing.
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
    }

    async fn who_redeems_at_an_app_that_is_not_theirs_has_redeemed_all_the_same(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        let mut client = gateway.client();
        let question = gateway.sign_in(&mut client, &gus()).await;
        let refused = decide(&mut client, &question, "accept").await;
        assert_eq!(refused.refusal_code(), Some("NOT_ASSIGNED"), "{}", refused.body);
        assert!(!is_pending(&gateway, invited.guest.id).await && client.session().is_none());
        let told = gateway.told_of(invited.guest.id).await;
        assert!(told.iter().any(|(activity, _)| activity == "invitation_redeemed"), "{told:?}");
    }

    async fn f32_f34_an_invited_person_without_a_provider_redeems_by_a_code(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(VIC).await;
        let mut client = gateway.client();
        let page = follow(&mut client, &path(&gateway, &invited)).await;
        assert_asks(&page, "Sign in with a code by e-mail");
        let page = send(&mut client, &page).await;
        let question = type_code(&mut client, &page, &gateway.mailed(VIC, 1).await).await;
        let done = decide(&mut client, &question, "accept").await;
        assert_eq!(done.onward(), APP, "{}", done.body);
        let Binding::Accepted { partner, .. } = gateway.guest(invited.guest.id).await.guest.binding else {
            panic!("not bound")
        };
        assert_eq!(partner, MAILED_CODE_PARTNER);
        // At an app, by the address alone.
        let other = gateway.invited("una@elsewhere.example").await;
        let mut client = gateway.client();
        let page = offered(&gateway, &mut client, "una@elsewhere.example").await;
        let page = send(&mut client, &page).await;
        let code = gateway.mailed("una@elsewhere.example", 1).await;
        let question = type_code(&mut client, &page, &code).await;
        decide(&mut client, &question, "accept").await;
        assert!(!is_pending(&gateway, other.guest.id).await);
    }

    async fn f34_f35_the_first_kind_of_home_in_the_order_is_asked(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let provider = Provider::start(&gateway).await;
        provider.add(&gateway, "woodgrove", |_| {}).await;
        let address = "wen@woodgrove.example";
        let invited = gateway.invited(address).await;
        let path = path(&gateway, &invited);
        let organization = |page: &Page| provider.question(page);
        organization(&follow(&mut gateway.client(), &path).await);
        // Without that kind in the order there is the fallback.
        gateway.set(|settings| settings.identity_provider_order = vec![PrimaryProvider::ExternalFederation]).await;
        let mut client = gateway.client();
        let page = follow(&mut client, &path).await;
        assert_asks(&page, "Sign in with a code by e-mail");
        let page = send(&mut client, &page).await;
        let question = type_code(&mut client, &page, &gateway.mailed(address, 1).await).await;
        assert_asks(&question, "Work with Contoso?");
        // With it again, a code proves the address no more: the order is judged when the person agrees, too.
        gateway.set(|settings| settings.identity_provider_order = vec![PrimaryProvider::Organization]).await;
        let attempt = question.field("attempt").unwrap().to_owned();
        let late = client.post("/redeem/agree", &[("attempt", &attempt), ("decision", "accept")]).await;
        assert_refused(&gateway, &late, "IDP_USER_UNKNOWN", "invitation_not_for_mailed_code").await;
        assert!(is_pending(&gateway, invited.guest.id).await);
        let mut client = gateway.client();
        let question = organization(&follow(&mut client, &path).await);
        let question = client.get(&provider.agree(&question, &wen())).await;
        let done = decide(&mut client, &question, "accept").await;
        assert_eq!(done.onward(), APP, "{}", done.body);
    }

    async fn without_a_home_and_without_codes_the_page_says_so(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(VIC).await;
        gateway.switch_codes(entente::domain::partners::Switch::Disabled).await;
        let mut client = gateway.client();
        let page = follow(&mut client, &path(&gateway, &invited)).await;
        assert_eq!(heading(&page), "No sign-in for this address", "{}", page.body);
        // Another account of theirs will do.
        let attempt = crate::support::client::between(&page.body, "organization?attempt=", "\"").unwrap().to_owned();
        let fields = [("attempt", attempt.as_str()), ("email", GUS)];
        let request = gateway.read_request(&client.post("/sign-in/organization", &fields).await);
        let question = gateway.post(&mut client, &request, &gateway.answer(&request, &gus())).await;
        decide(&mut client, &question, "accept").await;
        assert!(!is_pending(&gateway, invited.guest.id).await);
    }

    async fn the_link_binds_the_account_that_its_holder_signs_in_with(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited("alias@fabrikam.example").await;
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path(&gateway, &invited), &gus()).await;
        decide(&mut client, &question, "accept").await;
        let guest = gateway.guest(invited.guest.id).await.guest;
        assert!(matches!(guest.binding, Binding::Accepted { .. }));
        assert_eq!(guest.mail.unwrap().as_str(), "alias@fabrikam.example");
    }

    async fn f46_one_person_has_one_account(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let first = gateway.invited(GUS).await;
        let second = gateway.invited("alias@fabrikam.example").await;
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path(&gateway, &first), &gus()).await;
        decide(&mut client, &question, "accept").await;
        let refused = proven(&gateway, &mut gateway.client(), &path(&gateway, &second), &gus()).await;
        assert_refused(&gateway, &refused, "LINK_INVALID", "identity_of_another_account").await;
        assert!(is_pending(&gateway, second.guest.id).await);
    }

    async fn a_link_of_which_somebody_has_a_copy_makes_no_account_by_a_code(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut asked = wish(&gateway, VIC);
        asked.cc = Some(entente::domain::mail::MailAddress::parse("boss@elsewhere.example").unwrap());
        let invited = gateway.invited_by(&operator(), &asked).await.unwrap();
        let mut client = gateway.client();
        let page = follow(&mut client, &path(&gateway, &invited)).await;
        assert_eq!(heading(&page), "No sign-in for this address", "{}", page.body);
        assert_refused(&gateway, &page, "NO_METHOD_JIT", "no_home_and_link_copied").await;
        // And takes the invited address alone.
        let mut asked = wish(&gateway, GUS);
        asked.cc = Some(entente::domain::mail::MailAddress::parse("boss@elsewhere.example").unwrap());
        let invited = gateway.invited_by(&operator(), &asked).await.unwrap();
        let other = Person::new("eve-1", "eve@fabrikam.example", "Eve", "Other");
        let refused = proven(&gateway, &mut gateway.client(), &path(&gateway, &invited), &other).await;
        assert_refused(&gateway, &refused, "IDP_USER_UNKNOWN", "invitation_of_another_address").await;
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path(&gateway, &invited), &gus()).await;
        decide(&mut client, &question, "accept").await;
        assert!(!is_pending(&gateway, invited.guest.id).await);
    }

    async fn the_code_of_a_link_goes_to_the_invited_address_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(VIC).await;
        let other = gateway.invited("una@elsewhere.example").await;
        let mut client = gateway.client();
        let page = follow(&mut client, &path(&gateway, &invited)).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        for email in ["eve@elsewhere.example", "una@elsewhere.example"] {
            let fields = [("attempt", attempt.as_str()), ("email", email)];
            let page = client.post("/sign-in/organization", &fields).await;
            let page = send(&mut client, &page).await;
            assert_slip(&type_code(&mut client, &page, "00000000").await, "That code is not right");
            assert!(gateway.mailbox.to(email).is_empty(), "{email}");
        }
        assert!(is_pending(&gateway, other.guest.id).await);
    }

    async fn f45_a_link_works_for_months_and_ends_with_its_account_or_its_time(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let old = gateway.invited(GUS).await;
        gateway.set(|settings| settings.invitation_link_ttl_days = 7).await;
        let short = gateway.invited("una@fabrikam.example").await;
        let removed = gateway.invited("rob@fabrikam.example").await;
        let blocked = gateway.invited("bob@fabrikam.example").await;
        let reset = gateway.invited("rea@fabrikam.example").await;
        gateway.clock.advance(7 * DAY - Duration::from_secs(1));
        follow(&mut gateway.client(), &path(&gateway, &short)).await;
        gateway.clock.advance(Duration::from_secs(1));
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.soft_delete_guest(removed.guest.id, "olga", gateway.now()).await.unwrap();
        unit.set_guest_standing(blocked.guest.id, Standing::Blocked, gateway.now()).await.unwrap();
        unit.delete_invitations_of(reset.guest.id).await.unwrap();
        unit.commit().await.unwrap();
        let unknown = format!("/redeem?ticket={}", "A".repeat(51));
        let mut bodies = Vec::new();
        for path in [
            path(&gateway, &short),
            path(&gateway, &removed),
            path(&gateway, &blocked),
            path(&gateway, &reset),
            unknown,
            "/redeem".to_owned(),
            "/redeem?ticket=".to_owned(),
            format!("/redeem?ticket={}", "A".repeat(65)),
            "/redeem?ticket=%00".to_owned(),
        ] {
            let page = gateway.client().get(&path).await;
            assert_eq!((page.status, page.refusal_code()), (404, Some("LINK_INVALID")), "{path} {}", page.body);
            let id = page.attempt_id().unwrap_or_default().to_owned();
            bodies.push(page.body.replace(&id, "ID"));
        }
        assert!(bodies.windows(2).all(|two| two[0] == two[1]), "{bodies:?}");
        gateway.clock.advance(180 * DAY);
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path(&gateway, &old), &gus()).await;
        decide(&mut client, &question, "accept").await;
        assert!(!is_pending(&gateway, old.guest.id).await);
    }

    async fn what_becomes_of_the_invitation_while_the_person_is_asked_decides(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let ask = async |address: &str, subject: &str| {
            let invited = gateway.invited(address).await;
            let mut client = gateway.client();
            let person = Person::new(subject, address, "A", "B");
            let question = proven(&gateway, &mut client, &path(&gateway, &invited), &person).await;
            (invited.guest.id, client, question)
        };
        let (removed, mut one, first) = ask("rob@fabrikam.example", "rob-1").await;
        let (reset, mut two, second) = ask("rea@fabrikam.example", "rea-1").await;
        let (listed, mut three, third) = ask("lia@fabrikam.example", "lia-1").await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.soft_delete_guest(removed, "olga", gateway.now()).await.unwrap();
        unit.delete_invitations_of(reset).await.unwrap();
        unit.commit().await.unwrap();
        let page = decide(&mut one, &first, "accept").await;
        assert_refused(&gateway, &page, "LINK_INVALID", "invitation_account_removed").await;
        let page = decide(&mut two, &second, "accept").await;
        assert_refused(&gateway, &page, "LINK_INVALID", "invitation_unknown").await;
        assert!(is_pending(&gateway, reset).await);
        let blocked = DomainList::new([MailDomain::parse("fabrikam.example").unwrap()]).unwrap();
        gateway.set(|settings| settings.domains = DomainRule::Blocked(blocked)).await;
        let page = decide(&mut three, &third, "accept").await;
        assert_refused(&gateway, &page, "DOMAIN_BLOCKED", "domain_blocked_at_redemption").await;
        assert!(is_pending(&gateway, listed).await && three.session().is_none());
    }

    async fn f21_a_pending_person_of_a_blocked_domain_redeems_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        let redeemed = gateway.invited("una@fabrikam.example").await;
        let una = Person::new("una-1", "una@fabrikam.example", "Una", "One");
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path(&gateway, &redeemed), &una).await;
        decide(&mut client, &question, "accept").await;
        let blocked = DomainList::new([MailDomain::parse("fabrikam.example").unwrap()]).unwrap();
        gateway.set(|settings| settings.domains = DomainRule::Blocked(blocked)).await;
        let refused = follow(&mut gateway.client(), &path(&gateway, &invited)).await;
        assert_eq!(refused.refusal_code(), Some("DOMAIN_BLOCKED"), "{}", refused.body);
        let refused = gateway.sign_in(&mut gateway.client(), &gus()).await;
        assert_refused(&gateway, &refused, "DOMAIN_BLOCKED", "domain_blocked_at_redemption").await;
        assert!(is_pending(&gateway, invited.guest.id).await);
        // Who has redeemed is not touched.
        assert_asks(&client.get("/").await, "Your apps");
    }

    async fn a_form_of_another_site_begins_no_redemption(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        let ticket = query(&path(&gateway, &invited), "ticket").unwrap();
        let mut elsewhere = gateway.client().with_header("Sec-Fetch-Site", "cross-site");
        let refused = elsewhere.post("/redeem", &[("ticket", &ticket)]).await;
        assert_eq!(refused.refusal_code(), Some("BAD_REQUEST"), "{}", refused.body);
        follow(&mut gateway.client(), &path(&gateway, &invited)).await;
    }

    async fn f85_a_guest_leaves_and_the_setting_decides(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path(&gateway, &invited), &gus()).await;
        decide(&mut client, &question, "accept").await;
        // Nobody leaves an organisation that does not say whom to ask about their data.
        let is_refused = async |mut client: Client, contact: bool| {
            assert!(!client.get("/").await.body.contains("Leave Contoso"));
            let refused = client.get("/leave").await;
            assert_eq!((refused.status, refused.refusal_code()), (403, Some("LEAVE_NOT_ALLOWED")), "{}", refused.body);
            assert!(refused.body.contains("Ask an administrator of this organisation"), "{}", refused.body);
            assert_eq!(refused.body.contains("privacy@contoso.example"), contact, "{}", refused.body);
        };
        is_refused(client.clone(), false).await;
        gateway.set(|settings| settings.privacy_contact = Some("privacy@contoso.example".to_owned())).await;
        let panel = client.get("/").await;
        assert!(panel.body.contains("Leave Contoso"), "{}", panel.body);
        gateway.set(|settings| settings.guests_may_leave = Allowed::No).await;
        is_refused(client.clone(), true).await;
        gateway.set(|settings| settings.guests_may_leave = Allowed::Yes).await;
        let url = entente::domain::web_address::WebAddress::parse("https://contoso.example/privacy").unwrap();
        gateway.set(|settings| (settings.privacy_contact, settings.privacy_url) = (None, Some(url))).await;
        let page = client.get("/leave").await;
        assert_asks(&page, "Leave Contoso?");
        let token = page.field("token").unwrap().to_owned();
        // Another session's form removes nobody.
        let mut ana = gateway.client();
        gateway.sign_in(&mut ana, &Person::ana()).await;
        let foreign = ana.post("/leave", &[("token", &token)]).await;
        assert_eq!(foreign.refusal_code(), Some("BAD_REQUEST"), "{}", foreign.body);
        let left = client.clone().post("/leave", &[("token", &token)]).await;
        assert_asks(&left, "You have left");
        assert_eq!(gateway.guest(invited.guest.id).await.guest.standing, Standing::Deleted);
        let told = gateway.told_of(invited.guest.id).await;
        assert!(told.contains(&("guest_deleted".to_owned(), "visitor".to_owned())), "{told:?}");
        assert_asks(&client.get("/").await, "Which organisation are you from?");
        let refused = gateway.sign_in(&mut gateway.client(), &gus()).await;
        assert_eq!(refused.refusal_code(), Some("IDP_USER_UNKNOWN"), "{}", refused.body);
        assert!(gateway.client().get("/leave").await.location() == "/");
    }
}
