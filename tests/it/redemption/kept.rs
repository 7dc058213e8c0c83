//! What an invitation promised is there after another link, and goes no further than it did.

use std::time::Duration;

use entente::domain::groups::GroupId;
use entente::domain::guests::{GuestId, UserType};
use entente::domain::mail::MailAddress;
use entente::domain::partners::Switch;
use entente::domain::roles::Role;
use entente::flows::invite::Invited;
use entente::flows::invite::again::{NewAddress, resend, reset};

use super::links::{decide, follow, is_pending, path, proven};
use super::person::{VIC, offered, send, type_code};
use crate::bulk::scene::{go_on, hand_in, reported};
use crate::factors::person::assert_asks;
use crate::invite::scene::{anew, operator, person, wish};
use crate::support::gateway::Gateway;
use crate::support::journey::{assert_refused, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const DAY: Duration = Duration::from_secs(86_400);
const GUS: &str = "gus@fabrikam.example";

fn mail(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

fn gus() -> Person {
    Person::new("gus-1", GUS, "Gus", "Guest")
}

fn eve() -> Person {
    Person::new("eve-1", "eve@fabrikam.example", "Eve", "Other")
}

/// Follows a link as this person, agrees, and says where the browser goes.
async fn redeem(gateway: &Gateway, path: &str, person: &Person) -> String {
    let mut client = gateway.client();
    let question = proven(gateway, &mut client, path, person).await;
    decide(&mut client, &question, "accept").await.onward()
}

async fn groups(gateway: &Gateway, guest: GuestId) -> Vec<GroupId> {
    gateway.services.store.unit_of_work().await.unwrap().groups_of(guest, 10).await.unwrap()
}

/// Does a file of one row; says whose account it is, and the path of its link.
async fn by_file(gateway: &Gateway, text: &str) -> (GuestId, String) {
    let job = hand_in(gateway, text).await;
    go_on(gateway, &job).await;
    let row = reported(gateway, &job).await.remove(0);
    assert_eq!(row[1], "Invited", "{row:?}");
    (GuestId::parse(&row[4]).unwrap(), row[5].strip_prefix(&gateway.url).unwrap().to_owned())
}

/// Invites Gus to an app and a group.
async fn with_gifts(gateway: &Gateway, copy: Option<&str>) -> (Invited, GroupId) {
    let group = gateway.add_group("project", &[], &[]).await;
    let mut asked = wish(gateway, GUS);
    (asked.apps, asked.groups, asked.cc) = (vec![gateway.payroll], vec![group], copy.map(mail));
    (gateway.invited_by(&operator(), &asked).await.unwrap(), group)
}

on_both_stores! {
    async fn f14_f17_who_was_invited_by_a_file_is_in_its_groups_and_lands_on_the_panel(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("auditors", &[], &[]).await;
        let text = "Email,DisplayName,InvitedToApplications,InvitedToGroups\ngus@fabrikam.example,Gus,payroll,auditors\n";
        let (guest, path) = by_file(&gateway, text).await;
        assert!(gateway.guest(guest).await.apps.is_empty() && groups(&gateway, guest).await.is_empty());
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path, &gus()).await;
        let landed = decide(&mut client, &question, "accept").await.onward();
        assert_eq!((gateway.guest(guest).await.apps, groups(&gateway, guest).await), (vec![gateway.payroll], vec![group]));
        // F17: without a place to go the row led to the panel of this organisation, where what was given is.
        assert_eq!(landed, format!("{}/?tenantId={}", gateway.url, gateway.services.settings.organization.id));
        let panel = client.get(&landed).await;
        assert_asks(&panel, "Your apps");
        assert!(panel.body.contains("payroll"), "{}", panel.body);
        granted(&client.get(&gateway.authorize(&[])).await);
    }

    async fn f14_f43_what_a_file_promised_is_there_after_the_address_was_corrected(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("auditors", &[], &[]).await;
        let text = "Email,DisplayName,InvitedToApplications,InvitedToGroups,CcEmailAddress\n\
                    gsu@fabrikam.example,Gus,payroll,auditors,bo@adatum.example\n";
        let (guest, wrong) = by_file(&gateway, text).await;
        let to = NewAddress::SetNow(mail(GUS));
        let again = reset(&gateway.services, &operator(), &anew(guest), &to).await.unwrap();
        assert_eq!(gateway.client().get(&wrong).await.refusal_code(), Some("LINK_INVALID"));
        // A second correction loses nothing either.
        let again = reset(&gateway.services, &operator(), &anew(again.guest.id), &NewAddress::Same).await.unwrap();
        assert!(gateway.guest(guest).await.apps.is_empty() && groups(&gateway, guest).await.is_empty());
        redeem(&gateway, &path(&gateway, &again), &gus()).await;
        assert_eq!((gateway.guest(guest).await.apps, groups(&gateway, guest).await), (vec![gateway.payroll], vec![group]));
    }

    async fn f42_what_was_promised_is_given_by_another_link_once_the_first_has_expired(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.set(|settings| settings.invitation_link_ttl_days = 7).await;
        let (first, group) = with_gifts(&gateway, None).await;
        let guest = first.guest.id;
        gateway.clock.advance(7 * DAY);
        assert_eq!(gateway.client().get(&path(&gateway, &first)).await.refusal_code(), Some("LINK_INVALID"));
        let again = resend(&gateway.services, &operator(), &anew(guest)).await.unwrap();
        redeem(&gateway, &path(&gateway, &again), &gus()).await;
        assert_eq!((gateway.guest(guest).await.apps, groups(&gateway, guest).await), (vec![gateway.payroll], vec![group]));
    }

    async fn f42_who_may_invite_by_the_setting_alone_revives_nothing_that_has_expired(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.set(|settings| settings.invitation_link_ttl_days = 7).await;
        let (first, _) = with_gifts(&gateway, None).await;
        gateway.clock.advance(7 * DAY);
        let anybody = person(gateway.ana, UserType::Guest, &[]);
        let again = gateway.invited_by(&anybody, &wish(&gateway, GUS)).await.unwrap();
        redeem(&gateway, &path(&gateway, &again), &gus()).await;
        assert!(gateway.guest(first.guest.id).await.apps.is_empty() && groups(&gateway, first.guest.id).await.is_empty());
    }

    async fn what_is_kept_for_an_address_is_given_to_nobody_else_by_another_inviters_link(backend: Backend) {
        for (who, is_given) in [(eve(), false), (gus(), true)] {
            let gateway = Gateway::start(backend).await;
            let inviter = person(gateway.ana, UserType::Guest, &[Role::GuestInviter]);
            let open = gateway.invited_by(&inviter, &wish(&gateway, GUS)).await.unwrap();
            gateway.clock.advance(Duration::from_secs(1));
            // Since somebody gets a copy, this one is for the address alone.
            let (kept, group) = with_gifts(&gateway, Some("boss@elsewhere.example")).await;
            assert_eq!(kept.guest.id, open.guest.id);
            let again = gateway.invited_by(&inviter, &wish(&gateway, GUS)).await.unwrap();
            redeem(&gateway, &path(&gateway, &again), &who).await;
            let expected = if is_given { vec![group] } else { Vec::new() };
            assert_eq!(groups(&gateway, open.guest.id).await, expected);
        }
    }

    async fn f41_a_reset_cures_who_redeemed_by_a_code(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let vic = gateway.invite_vic().await;
        gateway.sign_in_by_code(&mut gateway.client(), VIC, 1).await;
        // Codes are switched off, and an account comes to be at a partner: neither lets the person in.
        gateway.switch_codes(Switch::Disabled).await;
        gateway.alter_partner(&gateway.services, |partner| {
            partner.domains.push(entente::domain::mail::MailDomain::parse("elsewhere.example").unwrap().into());
        }).await;
        gateway.services.directory.forget();
        let at_partner = Person::new("vic-1", VIC, "Vic", "Elsewhere");
        let refused = gateway.sign_in(&mut gateway.client(), &at_partner).await;
        assert_refused(&gateway, &refused, "ADDRESS_CONFLICT", "mail_of_another_identity").await;
        let again = reset(&gateway.services, &operator(), &entente::flows::invite::again::Anew {
            redirect_url: Some(wish(&gateway, VIC).redirect_url),
            ..anew(vic)
        }, &NewAddress::Same).await.unwrap();
        redeem(&gateway, &path(&gateway, &again), &at_partner).await;
        granted(&gateway.sign_in(&mut gateway.client(), &at_partner).await);
        // The code of before is nobody's now, also once codes are back.
        gateway.switch_codes(Switch::Enabled).await;
        gateway.clock.advance(Duration::from_secs(60));
        let mut client = gateway.client();
        let page = client.get(&gateway.authorize(&[])).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        let fields = [("attempt", attempt.as_str()), ("email", VIC), ("by", "code")];
        let page = client.post("/sign-in/organization", &fields).await;
        send(&mut client, &page).await;
        assert_eq!(gateway.mailbox.to(VIC).len(), 1);
    }

    async fn f50_an_account_without_an_address_is_redeemed_by_its_link(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let shared = mail("team@fabrikam.example");
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let mut details = unit.guest_details(gateway.ana).await.unwrap();
        details.other_mails = vec![shared.clone()];
        unit.write_guest_details(gateway.ana, &details).await.unwrap();
        unit.commit().await.unwrap();
        let invited = gateway.invited(shared.as_str()).await;
        assert_eq!(invited.guest.mail, None);
        // At an app the address finds nobody.
        let team = Person::new("team-1", shared.as_str(), "Team", "Fabrikam");
        let refused = gateway.sign_in(&mut gateway.client(), &team).await;
        assert_refused(&gateway, &refused, "IDP_USER_UNKNOWN", "not_invited").await;
        redeem(&gateway, &path(&gateway, &invited), &team).await;
        assert!(!is_pending(&gateway, invited.guest.id).await && is_pending(&gateway, gateway.ana).await);
        // From then on the person is known by who they are.
        let page = gateway.sign_in(&mut gateway.client(), &team).await;
        assert_refused(&gateway, &page, "NOT_ASSIGNED", "not_assigned").await;
    }

    async fn f26_who_signs_in_by_codes_is_found_by_the_address_of_the_codes(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(VIC).await;
        let mut client = gateway.client();
        let page = follow(&mut client, &path(&gateway, &invited)).await;
        let page = send(&mut client, &page).await;
        let question = type_code(&mut client, &page, &gateway.mailed(VIC, 1).await).await;
        decide(&mut client, &question, "accept").await;
        let edit = async |standing| {
            let mut unit = gateway.services.store.unit_of_work().await.unwrap();
            let mut kept = unit.guest(invited.guest.id).await.unwrap().unwrap();
            kept.value.guest.mail = Some(mail("vic.new@elsewhere.example"));
            unit.update_guest(&kept.value, kept.provenance).await.unwrap();
            unit.set_guest_standing(invited.guest.id, standing, gateway.now()).await.unwrap();
            unit.commit().await.unwrap();
        };
        edit(entente::domain::guests::Standing::Active).await;
        let again = gateway.invited(VIC).await;
        assert_eq!((again.guest.id, again.status.as_str()), (invited.guest.id, "Completed"));
        edit(entente::domain::guests::Standing::Blocked).await;
        assert_eq!(gateway.not_invited(&operator(), &wish(&gateway, VIC)).await, "GUEST_BLOCKED");
        edit(entente::domain::guests::Standing::Active).await;
        // Who was removed is nobody.
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.soft_delete_guest(invited.guest.id, "olga", gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        assert_ne!(gateway.invited(VIC).await.guest.id, invited.guest.id);
        let page = offered(&gateway, &mut gateway.client(), VIC).await;
        assert_asks(&page, "Sign in with a code by e-mail");
    }
}
