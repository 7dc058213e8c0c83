//! The table of decisions. A row: policies, facts that differ from the usual ones, the decision, and
//! the result of each policy as a sign-in log has it.

use super::scenario::check;

/// Makes each row a test of its own.
macro_rules! decisions {
    ($($(#[$meta:meta])* $name:ident: $policies:expr, $facts:literal => $decision:literal, $results:literal;)+) => {
        $(
            $(#[$meta])*
            #[test]
            fn $name() {
                check(&$policies, $facts, $decision, $results);
            }
        )+
    };
}

const BLOCK: &str = "grant_controls.built_in_controls = ['block']";
const MFA: &str = "grant_controls.built_in_controls = ['mfa']";
const PHISHING_RESISTANT: &str = "grant_controls.authentication_strength = 'phishing-resistant'";
const HOURLY: &str = "session_controls.sign_in_frequency = { type = 'hours', value = 1 }";
const EVERY_TIME: &str = "session_controls.sign_in_frequency = { frequency_interval = 'every_time' }";

/// A policy that blocks under these conditions.
macro_rules! block {
    ($($condition:literal),+) => {
        [("p", concat!($($condition, "; "),+, "grant_controls.built_in_controls = ['block']"))]
    };
}

decisions! {
    no_policy_demands_nothing: [], "" => "allow", "";
    a_disabled_policy_is_not_there: [("p", &format!("state = 'disabled'; {BLOCK}"))], "" => "allow", "";

    f61_all_users_are_guests_and_members_alike: [("p", MFA)], "type=none" =>
        "here: software_oath or email or recovery_code or fido2", "p=failure";
    f61_all_users_include_guests: [("p", BLOCK)], "" => "refuse blocked_by_policy p", "p=failure";
    f61_excluding_a_user_beats_including_everybody:
        block!["conditions.users = { include_users = ['All'], exclude_users = ['Ana@fabrikam.example'] }"],
        "" => "allow", "p=not_applied";
    f61_excluding_a_group_beats_including_the_user:
        block!["conditions.users = { include_users = ['ana@fabrikam.example'], exclude_groups = ['auditors'] }"],
        "" => "allow", "p=not_applied";
    f61_excluding_a_role_beats_including_a_group:
        block!["conditions.users = { include_groups = ['auditors'], exclude_roles = ['reader'] }"],
        "" => "allow", "p=not_applied";
    f61_none_includes_nobody_and_a_group_beside_it_does:
        block!["conditions.users = { include_users = ['None'], include_groups = ['auditors'] }"],
        "" => "refuse blocked_by_policy p", "p=failure";

    f62_guests_or_external_users_are_every_type_of_guest:
        block!["conditions.users.include_users = ['GuestsOrExternalUsers']"],
        "type=service_provider" => "refuse blocked_by_policy p", "p=failure";
    f62_a_member_of_the_organisation_is_no_guest:
        block!["conditions.users.include_users = ['GuestsOrExternalUsers']"], "type=none" => "allow", "p=not_applied";
    f62_a_type_of_guest_of_one_partner:
        block!["conditions.users.include_guests_or_external_users = { guest_or_external_user_types = ['b2b_collaboration_guest'], external_tenants = { membership_kind = 'enumerated', members = ['fabrikam'] } }"],
        "" => "refuse blocked_by_policy p", "p=failure";
    f62_the_same_type_of_another_partner:
        block!["conditions.users.include_guests_or_external_users = { guest_or_external_user_types = ['b2b_collaboration_guest'], external_tenants = { membership_kind = 'enumerated', members = ['fabrikam'] } }"],
        "partner=woodgrove" => "allow", "p=not_applied";
    f62_every_partner_and_one_type_excluded:
        block!["conditions.users = { include_users = ['All'], exclude_guests_or_external_users = { guest_or_external_user_types = ['b2b_collaboration_guest'], external_tenants = { membership_kind = 'all' } } }"],
        "" => "allow", "p=not_applied";

    f63_one_policy_that_blocks_ends_it_whatever_others_allow:
        [("a", MFA), ("b", BLOCK)], "shown=here:fido2@10" => "refuse blocked_by_policy b", "a=success b=failure";
    f63_of_two_that_block_the_first_by_name_is_told:
        [("b", BLOCK), ("a", BLOCK)], "" => "refuse blocked_by_policy a", "a=failure b=failure";

    f64_and_asks_for_every_control:
        [("p", "grant_controls = { operator = 'AND', built_in_controls = ['mfa'], authentication_strength = 'code-device' }")],
        "trust=trusted shown=home:software_oath@60" => "home: hardware_oath", "p=failure";
    f64_or_is_met_by_one_control:
        [("p", "grant_controls = { operator = 'OR', built_in_controls = ['mfa'], authentication_strength = 'code-device' }")],
        "trust=trusted shown=home:software_oath@60" => "allow", "p=success";
    f64_or_asks_for_any_of_its_controls:
        [("p", "grant_controls = { operator = 'OR', built_in_controls = ['mfa'], authentication_strength = 'passwordless' }")],
        "offered=fido2" => "here: fido2", "p=failure";
    f64_every_policy_that_applies_must_be_met:
        [("a", MFA), ("b", PHISHING_RESISTANT)], "shown=here:software_oath@10" => "here: fido2", "a=success b=failure";

    f65_a_fresh_sign_in_comes_first_then_mfa_then_strengths:
        [("a", PHISHING_RESISTANT), ("b", MFA), ("c", HOURLY)], "signed_in=3601 offered=software_oath,fido2" =>
        "sign in again; here: software_oath or fido2; here: fido2", "a=failure b=failure c=failure";

    f66_a_policy_of_the_whole_organisation: [("p", BLOCK)], "app=wiki" => "refuse blocked_by_policy p", "p=failure";
    f66_a_policy_of_an_app:
        block!["conditions.applications.include_applications = ['payroll']"],
        "" => "refuse blocked_by_policy p", "p=failure";
    f66_a_policy_of_another_app:
        block!["conditions.applications.include_applications = ['payroll']"], "app=travel" => "allow", "p=not_applied";
    f66_a_policy_of_a_group_of_apps_but_one:
        block!["conditions.applications = { include_application_groups = ['finance'], exclude_applications = ['payroll'] }"],
        "" => "allow", "p=not_applied";
    f66_a_policy_of_a_person:
        block!["conditions.users.include_users = ['ana@fabrikam.example']"],
        "" => "refuse blocked_by_policy p", "p=failure";
    f66_a_policy_of_another_person:
        block!["conditions.users.include_users = ['ana@fabrikam.example']"],
        "user=ben@woodgrove.example" => "allow", "p=not_applied";

    f67_an_address_outside_every_trusted_place_is_blocked:
        block!["conditions.locations = { include_locations = ['All'], exclude_locations = ['AllTrusted'] }"],
        "ip=198.51.100.1" => "refuse blocked_by_policy p", "p=failure";
    f67_an_address_in_a_trusted_place_is_not:
        block!["conditions.locations = { include_locations = ['All'], exclude_locations = ['AllTrusted'] }"],
        "ip=2001:db8::7" => "allow", "p=not_applied";
    f67_an_unknown_address_is_in_no_trusted_place:
        block!["conditions.locations = { include_locations = ['All'], exclude_locations = ['AllTrusted'] }"],
        "ip=?" => "refuse blocked_by_policy p", "p=failure";
    f67_a_country_that_is_not_allowed_is_blocked:
        block!["conditions.locations = { include_locations = ['All'], exclude_locations = ['europe'] }"],
        "country=US" => "refuse blocked_by_policy p", "p=failure";
    f67_an_address_of_no_country_is_in_none:
        block!["conditions.locations.include_locations = ['unknown']"],
        "country=-" => "refuse blocked_by_policy p", "p=failure";
    f67_without_a_register_of_countries_every_country_is_suspected:
        block!["conditions.locations.include_locations = ['europe']"],
        "country=?" => "refuse blocked_by_policy p", "p=failure";
    f67_a_platform_is_matched:
        block!["conditions.platforms = { include_platforms = ['all'], exclude_platforms = ['linux'] }"],
        "" => "allow", "p=not_applied";
    f67_a_platform_that_nobody_can_tell_is_suspected:
        block!["conditions.platforms.include_platforms = ['android', 'ios']"],
        "platform=?" => "refuse blocked_by_policy p", "p=failure";
    f67_a_legacy_client_is_blocked:
        block!["conditions.client_app_types = ['exchange_active_sync', 'other']"],
        "client=other" => "refuse blocked_by_policy p", "p=failure";
    f67_a_browser_is_no_legacy_client:
        block!["conditions.client_app_types = ['exchange_active_sync', 'other']"], "" => "allow", "p=not_applied";
    f67_a_transferred_sign_in_is_blocked:
        block!["conditions.authentication_flows.transfer_methods = ['device_code_flow']"],
        "flow=device_code_flow" => "refuse blocked_by_policy p", "p=failure";
    f67_every_condition_of_a_policy_must_match:
        block!["conditions.platforms.include_platforms = ['linux']", "conditions.client_app_types = ['other']"],
        "" => "allow", "p=not_applied";
    an_expression_is_one_condition_more:
        block!["conditions.expression = \"country != 'DE' && partner == 'fabrikam'\""],
        "country=US" => "refuse blocked_by_policy p", "p=failure";
    an_expression_that_fails_lets_the_policy_pass:
        block!["conditions.expression = \"country != 'DE' && partner == 'fabrikam'\""], "" => "allow", "p=not_applied";
    an_expression_on_an_unknown_fact_applies:
        block!["conditions.expression = \"country != 'DE'\""], "country=?" => "refuse blocked_by_policy p", "p=failure";

    f69_a_guest_shows_a_second_factor_here: [("p", MFA)], "shown=here:software_oath@10" => "allow", "p=success";
    f69_a_second_factor_of_an_untrusted_partner_is_asked_here_again:
        [("p", MFA)], "shown=home:federated_multi_factor@60" =>
        "here: software_oath or email or recovery_code or fido2", "p=failure";
    f69_what_is_not_offered_is_not_asked: [("p", MFA)], "offered=software_oath" => "here: software_oath", "p=failure";
    f69_where_nothing_is_offered_it_is_refused: [("p", MFA)], "offered=" => "refuse strength_out_of_reach", "p=failure";
    f70_how_an_untrusted_partner_proved_somebody_counts_for_nothing:
        [("p", "grant_controls.authentication_strength = 'certificate-and-code'")],
        "shown=home:x509_certificate_single_factor@60,here:software_oath@10" => "refuse strength_out_of_reach", "p=failure";
    f70_how_a_trusted_partner_did_counts:
        [("p", "grant_controls.authentication_strength = 'certificate-and-code'")],
        "trust=trusted shown=home:x509_certificate_single_factor@60,here:software_oath@10" => "allow", "p=success";
    f70_a_second_factor_of_a_trusted_partner_is_accepted:
        [("p", MFA)], "trust=trusted shown=home:federated_multi_factor@60" => "allow", "p=success";
    f70_a_trusted_partner_is_asked_first:
        [("p", PHISHING_RESISTANT)], "trust=trusted" =>
        "home: fido2 or windows_hello_for_business or x509_certificate_multi_factor or federated_phishing_resistant",
        "p=failure";
    f70_what_a_trusted_partner_did_not_show_is_asked_here:
        [("p", PHISHING_RESISTANT)], "trust=trusted asked=factor" => "here: fido2", "p=failure";
    f70_a_partner_that_must_show_it_is_asked:
        [("p", "grant_controls.authentication_strength = 'code-device'")], "trust=required" =>
        "home: hardware_oath", "p=failure";
    f70_a_partner_that_must_show_it_and_did_not:
        [("p", MFA)], "trust=required asked=factor shown=here:fido2@10" =>
        "refuse second_factor_not_shown_at_home", "p=failure";
    f71_methods_that_were_reset_are_shown_no_more: [("p", MFA)], "shown= offered=fido2" => "here: fido2", "p=failure";

    f72_a_passkey_here_meets_phishing_resistant: [("p", PHISHING_RESISTANT)], "shown=here:fido2@10" => "allow", "p=success";
    f72_a_mailed_code_never_does:
        [("p", PHISHING_RESISTANT)], "shown=here:email@10 offered=email,software_oath" =>
        "refuse strength_out_of_reach", "p=failure";
    f72_a_partner_of_any_kind_meets_it_by_its_table:
        [("p", PHISHING_RESISTANT)], "trust=trusted shown=home:federated_phishing_resistant@60" => "allow", "p=success";
    f72_a_strength_of_ones_own_that_only_a_partner_can_show:
        [("p", "grant_controls.authentication_strength = 'code-device'")], "" =>
        "refuse strength_out_of_reach", "p=failure";
    f72_what_the_partner_cannot_have_shown_does_not_count:
        [("p", MFA)], "trust=trusted asked=factor offered=fido2 shown=home:recovery_code@10" => "here: fido2", "p=failure";
    f72_what_cannot_be_shown_here_does_not_count:
        [("p", MFA)], "offered=fido2 shown=here:hardware_oath@10" => "here: fido2", "p=failure";
    what_was_shown_and_is_unknown_counts_for_nothing:
        [("p", MFA)], "shown=? offered=software_oath" => "refuse strength_out_of_reach", "p=failure";

    f74_within_the_frequency_nothing_is_asked:
        [("p", HOURLY)], "signed_in=3600" => "allow, sign-in within 3600, second factor within 3600", "p=success";
    f74_beyond_it_the_person_signs_in_again: [("p", HOURLY)], "signed_in=3601" => "sign in again", "p=failure";
    f74_when_it_is_unknown_the_person_signs_in_again: [("p", HOURLY)], "signed_in=?" => "sign in again", "p=failure";
    f74_a_partner_that_answers_with_an_old_sign_in_is_refused:
        [("p", HOURLY)], "signed_in=3601 asked=afresh" => "refuse proof_older_than_policy_allows", "p=failure";
    f74_every_time_tolerates_five_minutes:
        [("p", EVERY_TIME)], "signed_in=300" => "allow, sign-in within 300, second factor within 300", "p=success";
    f74_every_time_asks_after_five_minutes: [("p", EVERY_TIME)], "signed_in=301" => "sign in again", "p=failure";
    f74_days_are_days:
        [("p", "session_controls.sign_in_frequency = { type = 'days', value = 2 }")], "signed_in=172800" =>
        "allow, sign-in within 172800, second factor within 172800", "p=success";
    f74_the_strictest_of_several_holds:
        [("a", HOURLY), ("b", EVERY_TIME)], "" => "allow, sign-in within 300, second factor within 300",
        "a=success b=success";
    f74_a_frequency_ages_the_second_factor_of_another_policy:
        [("a", MFA), ("b", HOURLY)], "shown=here:fido2@3601 offered=fido2" => "here: fido2", "a=failure b=success";
    f74_a_frequency_of_the_second_factor_leaves_the_sign_in_alone:
        [("p", &format!("{MFA}; session_controls.sign_in_frequency = {{ type = 'hours', value = 1, authentication_type = 'secondary_authentication' }}"))],
        "signed_in=99999 shown=here:fido2@3600" => "allow, second factor within 3600", "p=success";
    f74_never_persistent_beats_always:
        [("a", "session_controls.persistent_browser.mode = 'never'"), ("b", "session_controls.persistent_browser.mode = 'always'")],
        "" => "allow, browser never", "a=success b=success";
    f74_a_control_that_is_switched_off_is_not_there:
        [("p", &format!("{MFA}; session_controls.sign_in_frequency = {{ is_enabled = false, type = 'hours', value = 1 }}"))],
        "signed_in=99999 shown=here:fido2@99999" => "allow", "p=success";

    f75_a_report_changes_nothing_and_has_four_results:
        [
            ("a", &format!("state = 'enabled_for_reporting_but_not_enforced'; {BLOCK}")),
            ("b", &format!("state = 'enabled_for_reporting_but_not_enforced'; {MFA}")),
            ("c", &format!("state = 'enabled_for_reporting_but_not_enforced'; conditions.client_app_types = ['other']; {MFA}")),
            ("d", &format!("state = 'enabled_for_reporting_but_not_enforced'; {EVERY_TIME}")),
        ],
        "" => "allow", "a=failure b=user_action_required c=not_applied d=success";
}
