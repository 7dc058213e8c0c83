//! The sign-in log: who came in, or did not, to which app, through which partner, and what policies said.

use super::{Field, Row, numbers};
use crate::domain::organization::Organization;
use crate::domain::reports::ReportEntry;

/// The columns, in their order.
pub const COLUMNS: [&str; 29] = [
    "id",
    "createdDateTime",
    "userId",
    "userPrincipalName",
    "userDisplayName",
    "userType",
    "appId",
    "appDisplayName",
    "resourceId",
    "resourceDisplayName",
    "resourceTenantId",
    "homeTenantId",
    "homeTenantName",
    "crossTenantAccessType",
    "ipAddress",
    "location.countryOrRegion",
    "clientAppUsed",
    "deviceDetail.operatingSystem",
    "status.result",
    "status.code",
    "status.failureReason",
    "conditionalAccessStatus",
    "appliedConditionalAccessPolicies",
    "authenticationRequirement",
    "authenticationMethodsUsed",
    "authenticationProtocol",
    "isInteractive",
    "signInEventType",
    "correlationId",
];

/// What policies came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyStatus {
    /// Some applied, and what they demand was there.
    Success,
    /// One refused, or demanded more.
    Failure,
    /// None applied.
    NotApplied,
}

impl PolicyStatus {
    /// All of them by their words.
    pub const WORDS: [&str; 3] = ["success", "failure", "notApplied"];

    /// Reads its word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Success, Self::Failure, Self::NotApplied].into_iter().find(|status| status.as_str() == text)
    }

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::NotApplied => "notApplied",
        }
    }
}

/// The view of one entry.
#[must_use]
pub fn row(entry: &ReportEntry, organization: &Organization) -> Row {
    let record = &entry.record;
    let person = entry.person.as_ref();
    let result = result(entry);
    let values = [
        Field::text(record.id),
        Field::text(record.at.to_rfc3339_millis()),
        Field::of(record.guest.map(|id| id.to_string())),
        Field::of(person.map(|person| person.user_principal_name.clone())),
        Field::of(person.and_then(|person| person.display_name.clone())),
        Field::of(person.map(|person| person.user_type.as_str())),
        Field::of(record.app.as_ref().map(|(id, _)| id.to_string())),
        Field::of(entry.app.as_ref().map(|app| app.name.clone())),
        // An app is what is signed in to and what is opened by it.
        Field::of(resource(entry)),
        Field::of(entry.app.as_ref().map(|app| app.name.clone())),
        Field::text(organization.id),
        Field::of(record.partner.as_ref().map(|(id, _)| id.to_string())),
        Field::of(entry.partner.as_ref().map(|partner| partner.name.clone())),
        Field::of(access_type(entry)),
        Field::of(record.address.clone()),
        Field::of(known(entry, "country")),
        Field::of(known(entry, "client_app_type")),
        Field::of(known(entry, "platform")),
        Field::text(result),
        Field::of(record.code.clone()),
        Field::of(record.cause.clone()),
        Field::of(policy_status(entry).map(PolicyStatus::as_str)),
        policies(entry),
        Field::of(requirement(entry)),
        methods(entry),
        Field::of(entry.app.as_ref().and_then(|app| match app.protocol.as_str() {
            "oidc" => Some("oAuth2"),
            "saml" => Some("saml20"),
            _ => None,
        })),
        Field::Flag(true),
        Field::text(if record.activity == "session_use" { "session" } else { "partner" }),
        Field::of(record.attempt.map(|id| id.to_string())),
    ];
    COLUMNS.into_iter().zip(values).collect()
}

/// The number of what came of it.
#[must_use]
pub fn number(entry: &ReportEntry) -> i64 {
    match result(entry) {
        "success" => numbers::SUCCESS,
        "failure" => entry.record.code.as_deref().map_or(numbers::OTHER, numbers::of_code),
        _ => numbers::INTERRUPTED,
    }
}

/// Whether somebody was let in, refused, or asked for more.
#[must_use]
pub fn result(entry: &ReportEntry) -> &'static str {
    match entry.record.activity.as_str() {
        "session_use" => "success",
        "sign_in" if matches!(detail(entry, "next"), Some("code" | "answer" | "panel")) => "success",
        "sign_in_refused" => "failure",
        _ => "interrupted",
    }
}

/// Whether somebody came from elsewhere.
#[must_use]
pub fn access_type(entry: &ReportEntry) -> Option<&'static str> {
    entry.partner.as_ref().map(|partner| if partner.kind == "home" { "none" } else { "b2bCollaboration" })
}

fn detail<'e>(entry: &'e ReportEntry, wanted: &str) -> Option<&'e str> {
    entry.record.details.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
}

/// A fact of the decision, absent where it was none or was not known.
fn known<'e>(entry: &'e ReportEntry, fact: &str) -> Option<&'e str> {
    detail(entry, fact).filter(|value| !matches!(*value, "unknown" | "none" | ""))
}

/// What was signed in to, by its id here: the app.
#[must_use]
pub fn resource(entry: &ReportEntry) -> Option<String> {
    entry.record.app.as_ref().map(|(id, _)| id.to_string())
}

/// Whether policies or the app demanded more than the sign-in at the partner, where policies decided.
fn requirement(entry: &ReportEntry) -> Option<&'static str> {
    match detail(entry, "requirement")? {
        "multi_factor" => Some("multiFactorAuthentication"),
        "single_factor" => Some("singleFactorAuthentication"),
        _ => None,
    }
}

/// The client app that the decision was about.
#[must_use]
pub fn client_app(entry: &ReportEntry) -> Option<&str> {
    known(entry, "client_app_type")
}

/// What policies came to, where that was recorded.
#[must_use]
pub fn policy_status(entry: &ReportEntry) -> Option<PolicyStatus> {
    if detail(entry, "policy_version").is_none() {
        // Nothing was decided by policies: there were none, or it was refused before.
        return Some(PolicyStatus::NotApplied);
    }
    let mut results = results(detail(entry, "policies")?).map(|(_, word)| word).peekable();
    if results.peek().is_none() {
        return Some(PolicyStatus::NotApplied);
    }
    let is_success = results.all(|word| word == "success");
    Some(if is_success { PolicyStatus::Success } else { PolicyStatus::Failure })
}

fn results(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split_whitespace().filter_map(|result| result.split_once('='))
}

fn policies(entry: &ReportEntry) -> Field {
    let one = |slug: &str, result: &str| vec![("displayName", Field::text(slug)), ("result", Field::text(result))];
    let enforced = results(detail(entry, "policies").unwrap_or_default())
        .map(|(slug, word)| one(slug, if word == "success" { "success" } else { "failure" }));
    let reported = results(detail(entry, "report_only").unwrap_or_default()).map(|(slug, word)| {
        let word = match word {
            "success" => "reportOnlySuccess",
            "failure" => "reportOnlyFailure",
            "user_action_required" => "reportOnlyInterrupted",
            _ => "reportOnlyNotApplied",
        };
        one(slug, word)
    });
    Field::List(enforced.chain(reported).collect())
}

/// The methods that were shown, each once.
fn methods(entry: &ReportEntry) -> Field {
    let mut methods = Vec::new();
    for shown in known(entry, "authentication.shown").unwrap_or_default().split_whitespace() {
        let method = shown.split('@').next().unwrap_or_default().to_owned();
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    Field::Texts(methods)
}
