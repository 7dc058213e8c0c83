//! Invitations over the API, in the shape of Graph.

use entente::domain::collaboration::{Allowed, DomainList, DomainRule, InvitesFrom};
use entente::domain::guest_details::Sponsor;
use entente::domain::guests::{GuestId, UserType};
use entente::domain::invitations::language::LanguageTag;
use entente::domain::invitations::wish::{Sending, Wish};
use entente::domain::mail::MailDomain;
use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use entente::flows::invite::invite;
use entente::flows::mails::send::{Stop, send};
use entente::outbound::mail::Message;
use entente::texts::language::Language;
use serde_json::{Value, json};

use super::scene::{Scene, assert_fault};
use crate::invite::scene::{operator, wish};
use crate::support::client::Page;
use crate::support::stores::on_both_stores;

const ZOE: &str = "zoe@adatum.example";
const APP: &str = "https://app.example/start";
const ADDRESS: &str = "/v1.0/invitations";

/// The least that an invitation needs, and more.
fn body(more: Value) -> Value {
    let mut body = json!({ "invitedUserEmailAddress": ZOE, "inviteRedirectUrl": APP });
    let Value::Object(more) = more else { panic!("no object") };
    body.as_object_mut().unwrap().extend(more);
    body
}

fn words(message: &Message) -> String {
    message.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn domains(names: &[&str]) -> DomainList {
    DomainList::new(names.iter().map(|name| MailDomain::parse(name).unwrap())).unwrap()
}

impl Scene {
    async fn invite(&self, token: &str, body: Value) -> Page {
        self.call(token, "POST", ADDRESS, Some(body)).await
    }

    async fn invited(&self, token: &str, body: Value) -> Value {
        let page = self.invite(token, body).await;
        assert_eq!(page.status, 201, "{}", page.body);
        page.json()
    }

    /// That it is refused so, and nobody was made.
    async fn not_invited(&self, token: &str, body: Value, status: u16, code: &str) -> String {
        let before = self.gateway.guest_count().await;
        let page = self.invite(token, body).await;
        assert_fault(&page, status, code);
        assert_eq!(self.gateway.guest_count().await, before);
        page.body
    }

    async fn came(&self, address: &str) -> Vec<Message> {
        send(&self.gateway.services, &Stop::default()).await.unwrap();
        self.gateway.mailbox.to(address)
    }
}

fn guest_of(invitation: &Value) -> GuestId {
    GuestId::parse(invitation["invitedUser"]["id"].as_str().unwrap()).unwrap()
}

on_both_stores! {
    async fn f01_f03_an_app_invites_and_is_told_the_account_and_its_link(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll, Permission::UserReadAll]).await;
        let page = scene.invite(&token, body(json!({}))).await;
        assert_eq!(page.status, 201, "{}", page.body);
        let mut found = page.json();
        let id = guest_of(&found);
        assert_eq!(page.headers["location"], format!("{}/v1.0/users/{id}", scene.gateway.url));
        let link = found["inviteRedeemUrl"].take();
        assert!(link.as_str().unwrap().starts_with(&format!("{}/redeem?ticket=", scene.gateway.url)), "{link}");
        assert!(found["id"].take().is_string());
        let expected = json!({
            "@odata.context": format!("{}/v1.0/$metadata#invitations/$entity", scene.gateway.url),
            "id": null,
            "inviteRedeemUrl": null,
            "invitedUserDisplayName": null,
            "invitedUserType": "Guest",
            "invitedUserEmailAddress": ZOE,
            "sendInvitationMessage": false,
            "resetRedemption": false,
            "inviteRedirectUrl": APP,
            "status": "PendingAcceptance",
            "invitedUserMessageInfo": { "messageLanguage": null, "customizedMessageBody": null, "ccRecipients": [] },
            "invitedUser": { "id": id.to_string() },
        });
        assert_eq!(found, expected);
        // What was written is read at once, by the address that was told.
        let user = scene.read(&token, &format!("/v1.0/users/{id}")).await;
        assert_eq!((&user["mail"], &user["creationType"]), (&json!(ZOE), &json!("Invitation")));
        assert_eq!(user["externalUserState"], "PendingAcceptance");
        assert!(scene.came(ZOE).await.is_empty());
        let records = scene.audited("guest_invited").await;
        assert_eq!(records.last().unwrap().guest, Some(id));
        assert_eq!(records.last().unwrap().app.as_ref().map(|app| app.0), Some(scene.gateway.payroll));
    }

    async fn f02_a_field_that_is_wrong_is_named_and_nobody_is_invited(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        let bad = "Request_BadRequest";
        let info = |info: Value| body(json!({ "invitedUserMessageInfo": info }));
        let cc = |list: Value| info(json!({ "ccRecipients": list }));
        let to = |address: &str| json!({ "emailAddress": { "address": address } });
        for (body, code, named) in [
            (json!({ "inviteRedirectUrl": APP }), bad, "`invitedUserEmailAddress`"),
            (json!({ "invitedUserEmailAddress": ZOE }), bad, "`inviteRedirectUrl`"),
            (body(json!({ "invitedUserEmailAddress": null })), bad, "`invitedUserEmailAddress`"),
            (body(json!({ "invitedUserEmailAddress": "a+b@adatum.example" })), "EMAIL_CHARS", "`invitedUserEmailAddress`"),
            (body(json!({ "invitedUserEmailAddress": ".a@adatum.example" })), "EMAIL_CHARS", "`invitedUserEmailAddress`"),
            (body(json!({ "invitedUserEmailAddress": "a.@adatum.example" })), "EMAIL_CHARS", "`invitedUserEmailAddress`"),
            (body(json!({ "invitedUserEmailAddress": "zoe\r\nBcc:x@adatum.example" })), "EMAIL_CHARS", "`invitedUserEmailAddress`"),
            (body(json!({ "invitedUserEmailAddress": "zoe" })), "EMAIL_INVALID", "`invitedUserEmailAddress`"),
            (body(json!({ "invitedUserEmailAddress": "zoe@contoso.example" })), "OWN_DOMAIN", "contoso.example"),
            (body(json!({ "inviteRedirectUrl": "javascript:alert(1)" })), "REDIRECT_URL_INVALID", "`inviteRedirectUrl`"),
            (body(json!({ "inviteRedirectUrl": 1 })), bad, "`inviteRedirectUrl`"),
            (body(json!({ "invitedUserDisplayName": " " })), "DISPLAY_NAME_INVALID", "`invitedUserDisplayName`"),
            (body(json!({ "invitedUserDisplayName": ["x"] })), bad, "`invitedUserDisplayName`"),
            (body(json!({ "invitedUserType": "Owner" })), bad, "`invitedUserType`"),
            (body(json!({ "sendInvitationMessage": "true" })), bad, "`sendInvitationMessage`"),
            (info(json!("hello")), bad, "`invitedUserMessageInfo`"),
            (info(json!({ "messageLanguage": "english" })), "LANGUAGE_INVALID", "`messageLanguage`"),
            (info(json!({ "customizedMessageBody": "a\u{0}" })), "MESSAGE_INVALID", "`customizedMessageBody`"),
            (info(json!({ "customizedMessageBody": "x".repeat(2_001) })), "MESSAGE_INVALID", "2001"),
            (cc(json!([to("a@adatum.example"), to("b@adatum.example")])), "CC_TOO_MANY", "`ccRecipients`"),
            (cc(json!([to("nobody")])), "CC_INVALID", "`ccRecipients`"),
            (cc(json!([{ "emailAddress": { "name": "Otto" } }])), bad, "`ccRecipients`"),
            (cc(json!(["a@adatum.example"])), bad, "`ccRecipients`"),
            (body(json!({ "invitedUserSponsors": [{ "id": "x" }] })), "SPONSOR_UNKNOWN", "`invitedUserSponsors`"),
            (body(json!({ "invitedUserSponsors": [1] })), bad, "`invitedUserSponsors`"),
            (body(json!({ "invitedUserSponsors": vec![json!("x"); 6] })), "SPONSORS_TOO_MANY", "`invitedUserSponsors`"),
            (body(json!({ "resetRedemption": true })), bad, "`invitedUser`"),
            (body(json!({ "invitedUser": {} })), bad, "`invitedUser`"),
            (body(json!({ "invitedUser": { "id": "x" } })), bad, "`invitedUser`"),
            // What is not known is refused by its name, wherever it stands.
            (body(json!({ "invitedToGroups": [] })), bad, "`invitedToGroups`"),
            (body(json!({ "status": "Completed" })), bad, "`status`"),
            (body(json!({ "invitedUser": { "id": scene.gateway.ana.to_string(), "mail": "x" } })), bad, "`mail`"),
            (info(json!({ "subject": "x" })), bad, "`subject`"),
            (cc(json!([{ "emailAddress": { "address": "a@adatum.example", "bcc": 1 } }])), bad, "`bcc`"),
            (json!([]), bad, "JSON object"),
        ] {
            let told = scene.not_invited(&token, body, 400, code).await;
            assert!(told.contains(named), "{named}: {told}");
        }
        let good = json!({ "invitedUserEmailAddress": "a.b-c_@adatum.example" });
        scene.invited(&token, body(good)).await;
    }

    async fn f07_members_are_invited_by_administrators_alone(backend: Backend) {
        let scene = Scene::start(backend).await;
        let member = || body(json!({ "invitedUserType": "Member" }));
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        scene.not_invited(&token, member(), 403, "NOT_ALLOWED").await;
        let token = scene.ana().await;
        scene.give(scene.gateway.ana, &[Role::GuestInviter]).await;
        scene.not_invited(&token, member(), 403, "NOT_ALLOWED").await;
        scene.give(scene.gateway.ana, &[Role::UserAdministrator]).await;
        let invited = scene.invited(&token, member()).await;
        assert_eq!(invited["invitedUserType"], "Member");
        assert_eq!(scene.gateway.guest(guest_of(&invited)).await.guest.user_type, UserType::Member);
    }

    async fn f19_f20_the_four_levels_hold_for_apps_and_people_at_once(backend: Backend) {
        let scene = Scene::start(backend).await;
        let app = scene.service_with(&[Permission::UserInviteAll]).await;
        let person = scene.ana().await;
        let reader = scene.ana_with(&[Permission::UserReadAll]).await;
        let ana = scene.gateway.ana;
        let levels = [
            (InvitesFrom::Nobody, [403, 403, 403, 403]),
            (InvitesFrom::AdminsAndGuestInviters, [403, 403, 403, 201]),
            (InvitesFrom::AdminsGuestInvitersAndAllMembers, [201, 403, 201, 201]),
            (InvitesFrom::Everyone, [201, 201, 201, 201]),
        ];
        for (level, expected) in levels {
            scene.gateway.set(|settings| settings.allow_invites_from = level).await;
            scene.make(ana, UserType::Guest).await;
            scene.give(ana, &[]).await;
            let mut found = [0; 4];
            found[0] = scene.invite(&app, body(json!({}))).await.status;
            found[1] = scene.invite(&person, body(json!({}))).await.status;
            scene.make(ana, UserType::Member).await;
            found[2] = scene.invite(&person, body(json!({}))).await.status;
            scene.make(ana, UserType::Guest).await;
            scene.give(ana, &[Role::GuestInviter]).await;
            found[3] = scene.invite(&person, body(json!({}))).await.status;
            assert_eq!(found, expected, "{level:?}");
            // An app in between that was not let invite lets nobody.
            let page = scene.invite(&reader, body(json!({}))).await;
            assert_fault(&page, 403, "Authorization_RequestDenied");
        }
        scene.gateway.set(|settings| settings.allow_invites_from = InvitesFrom::AdminsAndGuestInviters).await;
        let other = || body(json!({ "invitedUserEmailAddress": "yan@adatum.example" }));
        let told = scene.not_invited(&app, other(), 403, "INVITE_DISABLED").await;
        assert!(told.contains("allow_invites_from"), "{told}");
        let app = scene.service_with(&[Permission::UserReadAll]).await;
        scene.gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Everyone).await;
        scene.not_invited(&app, other(), 403, "Authorization_RequestDenied").await;
    }

    async fn f04_f05_f06_f08_a_mail_says_what_was_asked_for(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.ana().await;
        scene.give(scene.gateway.ana, &[Role::GuestInviter]).await;
        let info = json!({
            "customizedMessageBody": "<b>See you</b> on Monday.",
            "messageLanguage": "fr",
            "ccRecipients": [{ "emailAddress": { "name": "Otto", "address": "otto@adatum.example" } }],
        });
        let asked = body(json!({ "sendInvitationMessage": true, "invitedUserMessageInfo": info }));
        let invited = scene.invited(&token, asked).await;
        assert_eq!(invited["invitedUserMessageInfo"], info);
        let mails = scene.came(ZOE).await;
        assert_eq!(mails.len(), 1);
        let text = words(&mails[0]);
        assert!(text.contains("<b>See you</b> on Monday.") && text.contains(invited["inviteRedeemUrl"].as_str().unwrap()));
        assert_eq!(mails[0].reply_to.as_ref().map(|mail| mail.as_str()), Some("ana@fabrikam.example"));
        // The words are the inviter's own, and so the language is not asked for.
        assert_eq!(mails[0].language.as_ref().map(|tag| tag.as_str()), Some("en"));
        let fresh = json!({
            "invitedUserEmailAddress": "yan@adatum.example", "sendInvitationMessage": true,
            "invitedUserMessageInfo": { "messageLanguage": "fr", "ccRecipients": [{ "emailAddress": { "name": null, "address": null } }] },
        });
        scene.invited(&token, body(fresh)).await;
        let french = &scene.came("yan@adatum.example").await[0];
        assert_eq!(french.language.as_ref().map(|tag| tag.as_str()), Some("fr"));
        // An app has nothing to say in its own name.
        let app = scene.service_with(&[Permission::UserInviteAll]).await;
        let by_app = json!({
            "invitedUserEmailAddress": "xia@adatum.example", "sendInvitationMessage": true,
            "invitedUserMessageInfo": { "customizedMessageBody": "See you on Monday." },
        });
        scene.invited(&app, body(by_app)).await;
        assert!(!words(&scene.came("xia@adatum.example").await[0]).contains("Monday"));
    }

    async fn f06_the_language_is_the_invitations_the_persons_their_organisations_or_ours(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let token = scene.service_with(&[Permission::UserInviteAll, Permission::UserReadWriteAll]).await;
        gateway.alter_partner(&gateway.services, |partner| partner.language = LanguageTag::parse("de").ok()).await;
        let written = async |address: &str, asked: Option<&str>| {
            let info = asked.map_or(json!({}), |tag| json!({ "messageLanguage": tag }));
            let fields = json!({
                "invitedUserEmailAddress": address, "sendInvitationMessage": true, "invitedUserMessageInfo": info,
            });
            let invited = scene.invited(&token, body(fields)).await;
            let mail = scene.came(address).await.pop().unwrap();
            (guest_of(&invited), mail.language.unwrap().as_str().to_owned())
        };
        let eva = "eva@fabrikam.example";
        let (id, language) = written(eva, Some("fr-CA")).await;
        assert_eq!(language, "fr", "what was asked for goes first");
        assert_eq!(written(eva, None).await.1, "de", "the organisation of the person");
        assert_eq!(written(eva, Some("ja")).await.1, "de", "a language that is not spoken here is passed over");
        let preferred = json!({ "preferredLanguage": "nl-BE" });
        scene.done(&token, "PATCH", &format!("/v1.0/users/{id}"), Some(preferred)).await;
        assert_eq!(written(eva, None).await.1, "nl", "the person goes before their organisation");
        assert_eq!(written(eva, Some("fr")).await.1, "fr");
        // Of nobody's people nothing is known, and it is ours.
        assert_eq!(written("una@adatum.example", None).await.1, "en");
        let mut services = gateway.services.clone();
        let mut settings = services.settings.as_ref().clone();
        settings.mail.language = Language::French;
        services.settings = std::sync::Arc::new(settings);
        for (address, expected) in [("uta@adatum.example", "fr"), ("ute@fabrikam.example", "de")] {
            let asked = Wish { sending: Sending::ByMail, ..wish(gateway, address) };
            invite(&services, &operator(), &asked).await.unwrap();
            let mail = scene.came(address).await.pop().unwrap();
            assert_eq!(mail.language.unwrap().as_str(), expected, "{address}");
        }
    }

    async fn f18_f26_f42_the_account_is_provisioned_before_its_mail_goes(backend: Backend) {
        let scene = Scene::start(backend).await;
        let permissions = [Permission::UserInviteAll, Permission::GroupReadWriteAll, Permission::UserReadAll];
        let token = scene.service_with(&permissions).await;
        let first = scene.invited(&token, body(json!({}))).await;
        let id = guest_of(&first);
        let group = scene.gateway.add_group("project", &[], &[]).await;
        let member = json!({ "@odata.id": format!("{}/v1.0/directoryObjects/{id}", scene.gateway.url) });
        scene.done(&token, "POST", &format!("/v1.0/groups/{group}/members/$ref"), Some(member)).await;
        let count = scene.gateway.guest_count().await;
        let asked = json!({ "invitedUserEmailAddress": "ZOE@adatum.example", "sendInvitationMessage": true });
        let second = scene.invited(&token, body(asked)).await;
        assert_eq!((guest_of(&second), scene.gateway.guest_count().await), (id, count));
        assert_ne!(second["inviteRedeemUrl"], first["inviteRedeemUrl"]);
        assert_eq!(scene.came("ZOE@adatum.example").await.len(), 1);
        // Who has come already has nothing to redeem.
        scene.ana_with(&[]).await;
        let known = scene.invited(&token, body(json!({ "invitedUserEmailAddress": "ana@fabrikam.example" }))).await;
        assert_eq!((guest_of(&known), &known["status"]), (scene.gateway.ana, &json!("Completed")));
        assert_eq!((&known["inviteRedeemUrl"], &known["id"]), (&json!(APP), &Value::Null));
    }

    async fn f21_f22_f25_domains_are_held_to_the_lists(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        let gmail = || body(json!({ "invitedUserEmailAddress": "zoe@gmail.com" }));
        scene.gateway.set(|settings| settings.domains = DomainRule::Blocked(domains(&["adatum.example"]))).await;
        scene.not_invited(&token, body(json!({})), 403, "DOMAIN_BLOCKED").await;
        scene.gateway.set(|settings| settings.domains = DomainRule::Allowed(domains(&["adatum.example"]))).await;
        scene.not_invited(&token, gmail(), 403, "DOMAIN_BLOCKED").await;
        scene.invited(&token, body(json!({}))).await;
        scene.gateway.set(|settings| {
            settings.domains = DomainRule::Blocked(domains(&["other.example"]));
            settings.consumer_domains = Allowed::No;
        }).await;
        scene.not_invited(&token, gmail(), 403, "CONSUMER_ADDRESS_REFUSED").await;
    }

    async fn f29_sponsors_are_people_and_groups_and_else_the_inviter(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.ana().await;
        let group = scene.gateway.add_group("sponsors", &[], &[]).await;
        let ana = scene.gateway.ana;
        let named = json!({ "invitedUserSponsors": [
            { "@odata.type": "#microsoft.graph.group", "id": group.to_string() }, ana.to_string(),
        ] });
        let named = guest_of(&scene.invited(&token, body(named)).await);
        let nobody = json!({ "invitedUserEmailAddress": "yan@adatum.example" });
        let nobody = guest_of(&scene.invited(&token, body(nobody)).await);
        let mut unit = scene.gateway.services.store.unit_of_work().await.unwrap();
        let mut sponsors = unit.sponsors(named).await.unwrap();
        sponsors.sort_unstable();
        assert_eq!(sponsors, [Sponsor::Guest(ana), Sponsor::Group(group)]);
        assert_eq!(unit.sponsors(nobody).await.unwrap(), [Sponsor::Guest(ana)]);
        drop(unit);
        let ghost = "00000000-0000-4000-8000-000000000000";
        let ghost = json!({ "invitedUserEmailAddress": "xia@adatum.example", "invitedUserSponsors": [{ "id": ghost }] });
        scene.not_invited(&token, body(ghost), 400, "SPONSOR_UNKNOWN").await;
    }

    async fn f43_f44_a_redemption_is_reset_by_who_may_to_an_address_that_was_set(backend: Backend) {
        let scene = Scene::start(backend).await;
        let ben = scene.gateway.invite("ben@adatum.example", None, &[]).await;
        let app = scene.service_with(&[Permission::UserReadWriteAll]).await;
        let helpdesk = scene.ana().await;
        let reset = || body(json!({ "resetRedemption": true, "invitedUser": { "id": ben.to_string() } }));
        // Whoever may invite alone may not.
        scene.give(scene.gateway.ana, &[Role::GuestInviter]).await;
        scene.not_invited(&helpdesk, reset(), 403, "RESET_FORBIDDEN").await;
        scene.give(scene.gateway.ana, &[Role::HelpdeskAdministrator]).await;
        scene.not_invited(&helpdesk, reset(), 409, "ADDRESS_NOT_SET").await;
        let other_mails = json!({ "otherMails": [ZOE] });
        scene.done(&app, "PATCH", &format!("/v1.0/users/{ben}"), Some(other_mails)).await;
        let first = scene.invited(&helpdesk, reset()).await;
        assert_eq!((guest_of(&first), &first["resetRedemption"]), (ben, &json!(true)));
        assert_eq!((&first["status"], &first["invitedUserEmailAddress"]), (&json!("PendingAcceptance"), &json!(ZOE)));
        let guest = scene.gateway.guest(ben).await.guest;
        assert_eq!(guest.mail.unwrap().as_str(), ZOE);
        assert_eq!(guest.user_principal_name, "ben_adatum.example#EXT#@contoso.example");
        for name in ["invitedUserDisplayName", "invitedUserType"] {
            let mut asked = reset();
            asked[name] = json!("Guest");
            let told = scene.not_invited(&helpdesk, asked, 400, "Request_BadRequest").await;
            assert!(told.contains(name), "{told}");
        }
        let nobody = json!({ "resetRedemption": true, "invitedUser": { "id": "00000000-0000-4000-8000-000000000000" } });
        scene.not_invited(&helpdesk, body(nobody), 404, "GUEST_UNKNOWN").await;
        // An account that holds roles is handed over by no app, whoever is behind it.
        scene.invited(&app, reset()).await;
        scene.give(ben, &[Role::ReportsReader]).await;
        scene.give(scene.gateway.ana, &[Role::GlobalAdministrator]).await;
        for token in [&app, &helpdesk] {
            scene.not_invited(token, reset(), 403, "RESET_FORBIDDEN").await;
        }
        scene.give(ben, &[]).await;
        scene.invited(&helpdesk, reset()).await;
        assert_eq!(scene.audited("redemption_reset").await.len(), 3);
    }

    async fn f01_a_batch_invites_several_each_for_itself(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        let part = |id: &str, address: &str| json!({
            "id": id, "method": "POST", "url": "/invitations", "headers": { "Content-Type": "application/json" },
            "body": { "invitedUserEmailAddress": address, "inviteRedirectUrl": APP },
        });
        let requests = json!({ "requests": [part("a", ZOE), part("b", "a+b@adatum.example"), part("c", "yan@adatum.example")] });
        let before = scene.gateway.guest_count().await;
        let answer = scene.done(&token, "POST", "/v1.0/$batch", Some(requests)).await.json();
        let statuses: Vec<_> = (0..3).map(|place| answer["responses"][place]["status"].as_u64().unwrap()).collect();
        assert_eq!(statuses, [201, 400, 201]);
        assert_eq!(answer["responses"][1]["body"]["error"]["code"], "EMAIL_CHARS");
        let id = guest_of(&answer["responses"][2]["body"]);
        let location = answer["responses"][2]["headers"]["Location"].as_str().unwrap();
        assert!(location.ends_with(&format!("/v1.0/users/{id}")), "{location}");
        assert_eq!(scene.gateway.guest_count().await, before + 2);
    }
}
