//! Every cause that the code can give has an advice for administrators, and every advice has a cause.
//!
//! The sources that name causes are read as text: each `snake_case` literal of their shipped code is a
//! cause, or stands in one of the lists below. So a new cause without an advice is found on the day
//! that it is written.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use entente::texts::advice::Advice;

/// Where causes are named.
const SOURCES: [&str; 22] = [
    "src/xmlsig/xml_error.rs",
    "src/xmlsig/signature_error.rs",
    "src/xmlsig/encryption_error.rs",
    "src/saml/accept.rs",
    "src/saml/accept",
    "src/saml/accept_request.rs",
    "src/saml/bindings",
    "src/saml/messages/authn_request/read.rs",
    "src/saml/checks",
    "src/saml/messages/structure.rs",
    "src/oidc/relying",
    "src/oidc/foreign_token.rs",
    "src/keys/jwk_set.rs",
    "src/upstream",
    "src/downstream/backchannel.rs",
    "src/downstream/saml",
    "src/downstream/pushed.rs",
    "src/downstream/start.rs",
    "src/flows",
    "src/domain",
    "src/factors/fault.rs",
    "src/outbound/mail/fault.rs",
];

/// Files below them whose literals are words of something else.
const NOT_CAUSES: [&str; 31] = [
    // Causes of the token endpoint go to the log and to metrics; no sign-in is refused by them.
    "src/flows/token.rs",
    "src/flows/token",
    "src/flows/userinfo.rs",
    // Names of activities and details.
    "src/domain/audit.rs",
    "src/flows/sign_in/decide.rs",
    // Names of constraints, and messages to operators.
    "src/flows/apply",
    "src/flows/apply.rs",
    // Words of results and details of audit entries.
    "src/flows/policies",
    // Words of roles, and names of constraints.
    "src/domain/roles.rs",
    "src/flows/administrators.rs",
    // Names of activities and fields of reports.
    "src/flows/reports",
    // Causes of the API go to the log and to metrics, fields and details to the audit.
    "src/flows/callers.rs",
    "src/flows/directory",
    // Claims, methods and attributes.
    "src/domain/claims.rs",
    "src/domain/claims",
    "src/domain/assurance",
    // Names of grants.
    "src/domain/apps",
    // Names of kinds.
    "src/domain/factors",
    // Words of settings and fields.
    "src/domain/collaboration.rs",
    "src/domain/guest_details.rs",
    // Words and keys of policies, and words for what became of them.
    "src/domain/policy/cases.rs",
    "src/domain/policy/checks.rs",
    "src/domain/policy/conditions",
    "src/domain/policy/described.rs",
    "src/domain/policy/faults.rs",
    "src/domain/policy/methods.rs",
    "src/domain/policy/outcomes.rs",
    "src/domain/policy/resolve.rs",
    "src/domain/policy/words.rs",
    "src/domain/policy/canonical.rs",
    // Faults of partners' metadata, told by line when it is applied.
    "src/upstream/metadata.rs",
];

/// Literals in the remaining files that are no causes: details of audit entries, a constraint, the place of a
/// sealed value, and words of OpenID Connect.
const OTHER_WORDS: [&str; 66] = [
    // Details of the audit of mails.
    "mail_id",
    "may_be_a_duplicate",
    "invalid_grant",
    "refresh_token",
    "request_uri",
    "expires_in",
    // Told to the app that pushes a request, and to nobody else.
    "parameters_too_many",
    "pushed_request_too_long",
    "pushed_request_unsealable",
    "dpop_jkt",
    "dpop_jkt_differs",
    "started_at",
    "sent_at",
    "request_id",
    "partner_version",
    "sessions_ended",
    "factors_removed",
    "guests_upn_key",
    "guests_mail_key",
    "sign_out",
    "public_url",
    "login_hint",
    "domain_hint",
    "access_token",
    "acr_values",
    "at_hash",
    "auth_time",
    "authorization_endpoint",
    "authorized_party",
    "code_challenge",
    "code_challenge_method",
    "email_verified",
    "error_description",
    "jwks_uri",
    "max_age",
    "not_before",
    "response_type",
    "token_endpoint",
    "userinfo_endpoint",
    "access_denied",
    "account_selection_required",
    "authorization_code",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code_verifier",
    "consent_required",
    "encryption_certificate",
    "grant_type",
    "interaction_required",
    "login_required",
    "redirect_uri",
    "unmet_authentication_requirements",
    "ends_at",
    "kept_out",
    "no_document",
    "no_source",
    "pinned_certificate",
    "signed_answers",
    "signed_requests",
    "single_sign_on",
    // A parameter, the name of a check, and what becomes of notices.
    "logout_token",
    "token_id",
    "put_off",
    "given_up",
];

fn sources(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            sources(&entry.unwrap().path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
        found.push(path.to_owned());
    }
}

/// The literals of shipped code that look like causes.
fn causes(text: &str) -> BTreeSet<String> {
    let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = shipped.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains("rule(\""));
    lines.flat_map(of_line).collect()
}

fn of_line(line: &str) -> Vec<String> {
    let pieces: Vec<&str> = line.split('"').collect();
    let is_cause = |text: &str| {
        let lower = text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        let metric = text.starts_with("entente_");
        lower && !metric && !text.starts_with('_') && !text.ends_with('_') && text.contains('_')
    };
    // Every other piece stands between quotation marks.
    pieces.iter().skip(1).step_by(2).filter(|text| is_cause(text)).map(|text| (*text).to_owned()).collect()
}

fn all_causes() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for source in SOURCES {
        sources(&root.join(source), &mut files);
    }
    files.retain(|file| !NOT_CAUSES.iter().any(|other| file.starts_with(root.join(other))));
    let mut all: BTreeSet<String> = files.iter().flat_map(|file| causes(&fs::read_to_string(file).unwrap())).collect();
    for word in OTHER_WORDS {
        assert!(all.remove(word), "`{word}` is no literal any more");
    }
    // The only causes of one word.
    all.extend(["doctype", "comment"].map(str::to_owned));
    all
}

#[test]
fn every_cause_has_an_advice() {
    let advice = Advice::new().unwrap();
    let causes = all_causes();
    assert!(causes.len() > 150, "only {} causes were found", causes.len());
    let without: Vec<&String> = causes.iter().filter(|cause| !advice.has(cause)).collect();
    assert!(without.is_empty(), "src/texts/admin.ftl lacks an advice for {without:?}");
}

#[test]
fn every_advice_has_a_cause() {
    let causes = all_causes();
    let advised = Advice::causes().filter(|cause| cause != "otherwise" && !causes.contains(cause));
    let without: Vec<String> = advised.collect();
    assert!(without.is_empty(), "src/texts/admin.ftl advises on {without:?}, which no code gives");
}
