//! Policies that are refused: whole, and with every fault at its line.

use super::scenario::load;

const POLICY: &str = "[[policy]]
slug = 'p'
state = 'enabled'
conditions.users.include_users = ['All']
conditions.applications.include_applications = ['All']
grant_controls.built_in_controls = ['mfa']
";

fn faults(text: &str) -> Vec<String> {
    load(text).err().unwrap_or_default().iter().map(|fault| fault.trim_start_matches("p.toml:").to_owned()).collect()
}

/// The policy with one line exchanged is refused so; unchanged it is accepted.
#[track_caller]
fn refused(line: &str, exchanged: &str, told: &[&str]) {
    assert!(POLICY.contains(line), "{line}");
    assert_eq!(faults(POLICY), Vec::<String>::new());
    let found = faults(&POLICY.replace(line, exchanged));
    assert_eq!(found.len(), told.len(), "{found:#?}");
    for (found, told) in found.iter().zip(told) {
        assert!(found.starts_with(told), "{found}\n{told}");
    }
}

const USERS: &str = "conditions.users.include_users = ['All']";
const APPS: &str = "conditions.applications.include_applications = ['All']";
const GRANT: &str = "grant_controls.built_in_controls = ['mfa']";

#[test]
fn unknown_fields_and_words_are_refused() {
    refused("state = 'enabled'", "state = 'on'", &["3: `state` must be one of `enabled`"]);
    refused("state = 'enabled'\n", "", &["1: `[[policy]]` needs the key `state`"]);
    refused(GRANT, &format!("{GRANT}\nrisk = 1"), &["7: unknown key `risk` in `[[policy]]`"]);
    refused(
        GRANT,
        &format!("{GRANT}\nconditions.devices = {{}}"),
        &["7: unknown key `devices` in `[policy.conditions]`"],
    );
    refused(
        GRANT,
        "grant_controls.built_in_controls = ['compliant_device']",
        &["6: `built_in_controls`: this version does not know `compliant_device`"],
    );
    refused(
        GRANT,
        &format!("{GRANT}\nconditions.platforms.include_platforms = ['iOS']"),
        &["7: `include_platforms`: this version does not know `iOS`"],
    );
    refused(
        GRANT,
        &format!("{GRANT}\nconditions.client_app_types = ['all', 'browser']"),
        &["7: `client_app_types`: `all` stands alone"],
    );
    refused(
        USERS,
        "conditions.users.include_users = ['All', 'ana@fabrikam.example']",
        &["4: `include_users`: `All` stands alone"],
    );
    refused(
        APPS,
        "conditions.applications.include_applications = ['None', 'payroll']",
        &["5: `include_applications`: `None` stands alone"],
    );
    refused(
        USERS,
        &format!("{USERS}\nconditions.users.exclude_users = ['All']"),
        &["5: `exclude_users`: `All` has no meaning here"],
    );
}

#[test]
fn unknown_references_are_refused_all_at_once() {
    refused(
        USERS,
        "conditions.users = { include_users = ['nobody@x.example'], exclude_groups = ['ghosts'] }\nconditions.expression = \"app == 'ghost'\"",
        &[
            "4: policy `p`: `exclude_groups`: there is no group `ghosts`",
            "4: policy `p`: `include_users`: there is no guest `nobody@x.example`",
            "5: policy `p`: `expression`: `app` is never `ghost`: no app has this slug or id",
        ],
    );
    refused(
        APPS,
        "conditions.applications.include_applications = ['01890a5d-ac96-774b-bcce-b302099a8057']",
        &["5: policy `p`: `include_applications`: there is no app `01890a5d-ac96-774b-bcce-b302099a8057`"],
    );
    refused(
        GRANT,
        "grant_controls.authentication_strength = 'strong'",
        &["6: policy `p`: `authentication_strength`: there is no authentication strength `strong`"],
    );
    refused(
        GRANT,
        &format!("{GRANT}\nconditions.locations.include_locations = ['moon']"),
        &["7: policy `p`: `include_locations`: there is no named location `moon`"],
    );
    refused(
        GRANT,
        &format!("{GRANT}\nconditions.users.include_roles = ['admin']"),
        &["7: policy `p`: `include_roles`: there is no role `admin`"],
    );
}

#[test]
fn contradictory_sets_are_refused() {
    let said = |line: &str| format!("{GRANT}\n{line}");
    refused(
        USERS,
        "conditions.users = { include_groups = ['auditors'], exclude_groups = ['auditors'] }",
        &["4: policy `p`: `users`: excludes what is included by name"],
    );
    refused(USERS, "conditions.users.include_users = ['None']", &["4: policy `p`: `users`: includes nothing"]);
    refused(
        APPS,
        "conditions.applications.include_applications = []",
        &["5: policy `p`: `applications`: includes nothing"],
    );
    refused(
        GRANT,
        &said("conditions.locations.exclude_locations = ['AllTrusted']"),
        &["7: policy `p`: `locations`: includes nothing"],
    );
    refused(
        GRANT,
        "grant_controls.built_in_controls = ['mfa', 'block']",
        &["6: policy `p`: `built_in_controls`: `block` stands alone"],
    );
    refused(GRANT, "grant_controls.operator = 'OR'", &["6: policy `p`: `grant_controls`: needs at least one control"]);
    refused(GRANT, "", &["1: policy `p`: `grant_controls`: has neither"]);
    refused(
        APPS,
        "conditions.applications.include_applications = ['payroll']\nsession_controls.persistent_browser.mode = 'never'",
        &["6: policy `p`: `persistent_browser`: `persistent_browser` needs"],
    );
    refused(
        GRANT,
        &said("session_controls.sign_in_frequency = { type = 'hours', value = 24 }"),
        &["7: `value` must be within 1 and 23 hours"],
    );
    refused(
        GRANT,
        &said("session_controls.sign_in_frequency = { type = 'days', value = 366 }"),
        &["7: `value` must be within 1 and 365"],
    );
    refused(
        GRANT,
        &said("session_controls.sign_in_frequency = { frequency_interval = 'every_time', value = 1 }"),
        &["7: `every_time` has neither"],
    );
    refused(
        GRANT,
        &said("session_controls.sign_in_frequency.type = 'days'"),
        &["7: `sign_in_frequency` needs `type` and `value`"],
    );
    assert_eq!(faults(&format!("{POLICY}{POLICY}")), ["7: policy `p`: `slug`: another one has this name or id"]);
}

#[test]
fn named_locations_and_strengths_are_refused_by_cause() {
    let place = |said: &str| faults(&format!("[[named_location]]\nslug = 'l'\n{said}\n"));
    assert_eq!(place("ip_ranges = ['10.0.0.0/9', '2001:db8::/32']"), Vec::<String>::new());
    for (said, told) in [
        ("", "1: `[[named_location]]` needs either"),
        (
            "ip_ranges = ['10.0.0.0/8']",
            "3: named location `l`: `ip_ranges`: `10.0.0.0/8` must have a prefix longer than /8",
        ),
        ("ip_ranges = ['10.0.0.1/9']", "3: named location `l`: `ip_ranges`: `10.0.0.1/9` must have"),
        ("ip_ranges = ['10.0.0.0']", "3: `ip_ranges`, `10.0.0.0`: invalid IP address syntax"),
        ("ip_ranges = []", "3: named location `l`: `ip_ranges`: contains no place"),
        ("countries_and_regions = ['de']", "3: `countries_and_regions`, `de`: not a country"),
        ("countries_and_regions = []", "3: named location `l`: `countries_and_regions`: contains no place"),
        ("countries_and_regions = ['DE']\nis_trusted = true", "4: only networks can be trusted"),
        ("countries_and_regions = ['DE']\nip_ranges = ['10.0.0.0/9']", "1: `[[named_location]]` needs either"),
    ] {
        let found = place(said);
        assert!(found.len() == 1 && found[0].starts_with(told), "{said}: {found:?}");
    }
    let many = |count: usize| {
        (0..count)
            .map(|number| format!("[[named_location]]\nslug = 'l{number}'\ncountries_and_regions = ['DE']\n"))
            .collect::<String>()
    };
    assert_eq!(faults(&many(195)), Vec::<String>::new());
    assert!(faults(&many(196))[0].contains("is one of more than 195 named locations"));
    let strength =
        |said: &str| faults(&format!("[[authentication_strength]]\nslug = 's'\nallowed_combinations = {said}\n"));
    assert_eq!(strength("['fido2', 'password, sms']"), Vec::<String>::new());
    for (said, told) in [
        ("[]", "3: authentication strength `s`: `allowed_combinations`: needs 1 to 200 combinations"),
        (
            "['password, federated_single_factor']",
            "3: authentication strength `s`: `allowed_combinations`: needs 1 to 200",
        ),
        ("['telepathy']", "3: `allowed_combinations`, `telepathy`: `telepathy` is no authentication method"),
        ("['sms, sms']", "3: `allowed_combinations`, `sms, sms`: names a method twice"),
    ] {
        let found = strength(said);
        assert!(found.len() == 1 && found[0].starts_with(told), "{said}: {found:?}");
    }
    let taken = faults("[[authentication_strength]]\nslug = 'passwordless'\nallowed_combinations = ['fido2']\n");
    assert_eq!(taken, ["1: authentication strength `passwordless`: `slug`: another one has this name or id"]);
}
