//! `[collaboration]`, from its text to what is stored.

use entente::domain::authentication::Identity;
use entente::domain::collaboration::{Allowed, Collaboration, DomainRule, GuestUserRole, InvitesFrom};
use entente::domain::guests::{Binding, Guest, Standing};
use entente::domain::permissions::Caller;
use entente::domain::roles::Role;
use entente::domain::store::objects::{Kept, Provenance};
use entente::flows::apply::{Mode, Pruning};
use entente::flows::guest_lives::{deleted, restore};

use super::{FILE, Gateway};

const SETTINGS: &str = "
[collaboration]
allow_invites_from = 'admins_and_guest_inviters'
blocked_domains = ['Bücher.example', 'adatum.example']
allow_consumer_domains = false
guest_user_role = 'restricted'
invitation_link_ttl_days = 90
identity_provider_order = ['external_federation']
privacy_url = 'https://contoso.example/privacy'
privacy_contact = 'Otto'
guests_may_leave = false
";

impl Gateway {
    async fn collaboration(&self) -> Kept<Collaboration> {
        self.services.store.unit_of_work().await.unwrap().collaboration().await.unwrap()
    }
}

#[tokio::test]
async fn settings_are_applied_and_pruned_to_what_holds_without_them() {
    let gateway = Gateway::start().await;
    let report = gateway.apply(SETTINGS).await.unwrap().to_string();
    let expected = "collaboration `settings` changed: allow_invites_from, domains, allow_consumer_domains, \
                    guest_user_role, invitation_link_ttl_days, identity_provider_order, privacy_url, \
                    privacy_contact, guests_may_leave\n0 added, 1 changed, 0 removed, 0 unchanged\n";
    assert_eq!(report, expected);
    let kept = gateway.collaboration().await;
    assert_eq!(kept.provenance, Provenance::Applied);
    assert_eq!(kept.value.allow_invites_from, InvitesFrom::AdminsAndGuestInviters);
    assert_eq!((kept.value.consumer_domains, kept.value.guest_user_role), (Allowed::No, GuestUserRole::Restricted));
    let DomainRule::Blocked(list) = &kept.value.domains else { panic!("{:?}", kept.value.domains) };
    assert_eq!(list.iter().map(ToString::to_string).collect::<Vec<_>>(), ["adatum.example", "xn--bcher-kva.example"]);
    assert_eq!(kept.value.email_one_time_passcode, Allowed::Yes);
    assert!(gateway.apply(SETTINGS).await.unwrap().is_empty());
    // Files that say nothing of it change nothing, unless what they lack is to go.
    gateway.apply(FILE).await.unwrap();
    assert_eq!(gateway.collaboration().await.provenance, Provenance::Applied);
    let dry = gateway.apply_as(FILE, Mode::DryRun, Pruning::Remove).await.unwrap().to_string();
    assert!(dry.contains("collaboration `settings` would be removed\n"), "{dry}");
    gateway.apply_as(FILE, Mode::Write, Pruning::Remove).await.unwrap();
    let kept = gateway.collaboration().await;
    assert_eq!((kept.value, kept.provenance), (Collaboration::standard(), Provenance::BuiltIn));
    assert!(gateway.apply_as(FILE, Mode::Write, Pruning::Remove).await.unwrap().is_empty());
    let slugs = |record: &entente::domain::audit::AuditRecord| record.details.iter().any(|(_, v)| v == "collaboration");
    assert_eq!(gateway.audit().await.iter().filter(|record| slugs(record)).count(), 2);
}

#[tokio::test]
async fn faults_of_the_settings_are_told_by_their_lines() {
    let gateway = Gateway::start().await;
    let check = async |text: &str, expected: &[&str]| {
        let faults = gateway.apply(text).await.unwrap_err();
        assert_eq!(faults.len(), expected.len(), "{faults:?}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.contains(expected), "{fault}");
        }
    };
    check(
        "[collaboration]\nallow_invites_from = 'all'\nprivacy_url = 'http://a.example'\nguests = 1\n",
        &[
            "2: `allow_invites_from` must be one of `none`, ",
            "3: `privacy_url`: must be https",
            "4: unknown key `guests`",
        ],
    )
    .await;
    check(
        "[collaboration]\nallowed_domains = ['a.example']\nblocked_domains = ['b.example']\n",
        &["3: either `allowed_domains` or `blocked_domains`, not both"],
    )
    .await;
    check("[collaboration]\nallowed_domains = []\n", &["2: `allowed_domains`: the list is empty"]).await;
    check("[collaboration]\nblocked_domains = ['*.a.example']\n", &["2: `blocked_domains`", "2: `blocked_domains`"])
        .await;
    check(
        "[collaboration]\nidentity_provider_order = ['home', 'organization']\n",
        &["2: `identity_provider_order`, `home`: not one of `organization`"],
    )
    .await;
    check(
        "[collaboration]\nfallback = 'email_one_time_passcode'\nemail_one_time_passcode = false\n",
        &["2: `fallback`: codes by mail are off"],
    )
    .await;
    check("[collaboration]\ninvitation_link_ttl_days = -1\n", &["2: `invitation_link_ttl_days` must be within 0 and"])
        .await;
    assert_eq!(gateway.collaboration().await.value, Collaboration::standard());
}

#[tokio::test]
async fn f35_the_fallback_is_not_switched_off_together_with_all_primaries() {
    let gateway = Gateway::start().await;
    let with = |order: &str| format!("[collaboration]\nemail_one_time_passcode = false\n{order}\n");
    for order in ["identity_provider_order = []", "identity_provider_order = ['social_identity_providers']"] {
        let faults = gateway.apply(&with(order)).await.unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        let expected = "2: `email_one_time_passcode` and `identity_provider_order` leave nobody new a way to redeem";
        assert!(faults[0].contains(expected), "{faults:?}");
    }
    assert_eq!(gateway.collaboration().await.value, Collaboration::standard());
    for order in ["identity_provider_order = ['external_federation']", ""] {
        gateway.apply(&with(order)).await.unwrap();
        assert_eq!(gateway.collaboration().await.value.email_one_time_passcode, Allowed::No);
    }
    gateway.apply("[collaboration]\nidentity_provider_order = []\n").await.unwrap();
    assert_eq!(gateway.collaboration().await.value.email_one_time_passcode, Allowed::Yes);
}

#[tokio::test]
async fn f23_a_list_of_more_than_25_000_characters_is_refused() {
    let gateway = Gateway::start().await;
    let list = |count: usize| {
        // 25 characters each, and a line end.
        let names: Vec<String> = (0..count).map(|at| format!("'{at:05}.domain.of.example.net'")).collect();
        format!("[collaboration]\nblocked_domains = [{}]\n", names.join(", "))
    };
    let longest = 25_001 / 28;
    gateway.apply(&list(longest)).await.unwrap();
    let faults = gateway.apply(&list(longest + 1)).await.unwrap_err();
    assert!(faults[0].contains("`blocked_domains`: POLICY_TOO_LARGE: the list has 25003 characters"), "{faults:?}");
}

#[tokio::test]
async fn a_removed_account_is_neither_changed_nor_pruned_by_files() {
    let gateway = Gateway::start().await;
    gateway.apply(FILE).await.unwrap();
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let ana = unit.guest_by_mail_key("ana@fabrikam.example").await.unwrap().unwrap().value.guest.id;
    unit.soft_delete_guest(ana, "operator:olga", super::NOW).await.unwrap();
    unit.commit().await.unwrap();
    // Its address is free, so that the file makes a new account.
    let report = gateway.apply_as(FILE, Mode::Write, Pruning::Remove).await.unwrap().to_string();
    assert!(report.starts_with("guest `ana@fabrikam.example` added\n"), "{report}");
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    assert_eq!(unit.guest(ana).await.unwrap().unwrap().value.guest.standing, Standing::Deleted);
    drop(unit);
    let by_id = format!("[[guest]]\nid = '{ana}'\nemail = 'zoe@fabrikam.example'\n");
    let faults = gateway.apply(&by_id).await.unwrap_err();
    assert!(faults[0].contains("the account of this id was removed: restore it"), "{faults:?}");
}

#[tokio::test]
async fn an_address_that_a_file_changes_is_unproven_where_the_account_has_its_person() {
    let gateway = Gateway::start().await;
    gateway.apply(FILE).await.unwrap();
    let by_id = |id, mail: &str| format!("[[guest]]\nid = '{id}'\nemail = '{mail}'\n");
    let read = async || {
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let mut found = unit.list_guests(None, 10).await.unwrap();
        assert_eq!(found.len(), 1);
        found.remove(0).value.guest
    };
    let waiting = read().await;
    gateway.apply(&by_id(waiting.id, "anna@fabrikam.example")).await.unwrap();
    let changed = read().await;
    assert_eq!(changed.proven_mail().map(|mail| mail.as_str()), Some("anna@fabrikam.example"), "nobody has it yet");
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let partner = waiting.pinned_partner.unwrap();
    let identity = Identity { issuer: "https://idp.fabrikam.example".to_owned(), subject: "1".to_owned() };
    unit.bind_guest(&Guest { binding: Binding::Accepted { partner, identity }, ..changed }).await.unwrap();
    unit.commit().await.unwrap();
    gateway.apply(&by_id(waiting.id, "eve@fabrikam.example")).await.unwrap();
    let changed = read().await;
    assert_eq!(
        (changed.mail.as_ref().map(|mail| mail.as_str()), changed.proven_mail()),
        (Some("eve@fabrikam.example"), None)
    );
    // A file that says no id means whoever has proven the address.
    for text in [
        "[[guest]]\nemail = 'eve@fabrikam.example'\nroles = ['reports_reader']\n",
        "[[group]]\nslug = 'readers'\nmembers = ['eve@fabrikam.example']\n",
    ] {
        let faults = gateway.apply(text).await.unwrap_err();
        assert!(faults[0].contains("by its id") || faults[0].contains("there is no guest"), "{faults:?}");
    }
    let by_id = format!("{}roles = ['reports_reader']\n", by_id(waiting.id, "eve@fabrikam.example"));
    gateway.apply(&by_id).await.unwrap();
    assert_eq!(read().await.proven_mail(), None, "naming it proves nothing");
}

#[tokio::test]
async fn f84_an_account_that_files_no_longer_name_is_removed_as_by_every_other_door() {
    let gateway = Gateway::start().await;
    gateway.apply(FILE).await.unwrap();
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let ana = unit.guest_by_mail_key("ana@fabrikam.example").await.unwrap().unwrap().value.guest.id;
    unit.grant_role(ana, Role::ReportsReader, super::NOW).await.unwrap();
    unit.commit().await.unwrap();
    let at = FILE.find("[[guest]]").unwrap();
    let without = FILE[..at].replace("members = ['ana@fabrikam.example']\n", "");
    let report = gateway.apply_as(&without, Mode::Write, Pruning::Remove).await.unwrap().to_string();
    assert!(report.starts_with("guest `ana@fabrikam.example` removed\n"), "{report}");
    let operator = Caller::Operator("olga".to_owned());
    let removed = deleted(&gateway.services, &operator).await.unwrap();
    assert_eq!(removed.iter().map(|one| one.guest).collect::<Vec<_>>(), [ana]);
    assert_eq!(removed[0].deleted_by, "operator:olga");
    assert!(gateway.audit().await.iter().any(|record| record.activity == "guest_deleted"));
    // Until it is restored no file changes it, and applying the same again does nothing.
    let again = gateway.apply_as(&without, Mode::Write, Pruning::Remove).await.unwrap();
    assert!(again.is_empty(), "{again}");
    restore(&gateway.services, &operator, ana).await.unwrap();
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let back = unit.guest_by_mail_key("ana@fabrikam.example").await.unwrap().unwrap().value;
    assert_eq!((back.guest.id, back.guest.standing, back.apps.len()), (ana, Standing::Active, 1));
    assert!(back.roles.has(Role::ReportsReader));
}

#[tokio::test]
async fn a_file_says_exactly_who_owns_a_group_or_leaves_it() {
    let gateway = Gateway::start().await;
    let with = |owners: &str| FILE.replace("slug = 'auditors'\n", &format!("slug = 'auditors'\n{owners}\n"));
    gateway.apply(&with("owners = ['ana@fabrikam.example']")).await.unwrap();
    let owners = || async {
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.list_groups().await.unwrap().remove(0).value.owners.len()
    };
    assert_eq!(owners().await, 1);
    assert!(gateway.apply(FILE).await.unwrap().is_empty(), "without the key they stay");
    let report = gateway.apply(&with("owners = []")).await.unwrap().to_string();
    assert!(report.starts_with("group `auditors` changed: owners\n"), "{report}");
    assert_eq!(owners().await, 0);
    let faults = gateway.apply(&with("owners = ['nobody@fabrikam.example']")).await.unwrap_err();
    assert!(faults[0].contains("group `auditors`: there is no guest `nobody@fabrikam.example`"), "{faults:?}");
}
