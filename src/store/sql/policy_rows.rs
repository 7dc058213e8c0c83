//! The parts of a policy as they are kept: JSON, references as ids, everything else by its word. What
//! is not read back as it was written is a contradiction, since a policy that is read as less than it
//! says would let somebody in.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;
use crate::domain::partners::PartnerId;
use crate::domain::policy::conditions::Conditions;
use crate::domain::policy::conditions::expression::Expression;
use crate::domain::policy::conditions::guest_types::GuestKey;
use crate::domain::policy::conditions::locations::LocationKey;
use crate::domain::policy::directory::Directory;
use crate::domain::policy::facts::AppGroupId;
use crate::domain::policy::named_locations::LocationId;
use crate::domain::policy::object::{
    Control, FrequencyOf, GrantControls, Interval, Operator, SessionControls, SignInFrequency,
};
use crate::domain::policy::references::Named;
use crate::domain::policy::scope::{Include, Scope};
use crate::domain::policy::strengths::StrengthId;
use crate::domain::policy::words::{ClientAppType, Flow, GuestType, PersistentBrowser, Platform};
use crate::domain::store::StoreError;
use crate::store::row::Columns;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionsForm {
    users: ScopeForm,
    groups: ScopeForm,
    roles: ScopeForm,
    guest_types: ScopeForm,
    applications: ScopeForm,
    application_groups: ScopeForm,
    client_app_types: ScopeForm,
    platforms: ScopeForm,
    locations: ScopeForm,
    authentication_flows: ScopeForm,
    expression: Option<ExpressionForm>,
}

/// `include` is null where everything is.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopeForm {
    include: Option<Vec<String>>,
    exclude: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpressionForm {
    source: String,
    names: Vec<NameForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NameForm {
    name: String,
    kind: String,
    id: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantForm {
    operator: String,
    controls: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionForm {
    sign_in_frequency: Option<FrequencyForm>,
    persistent_browser: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrequencyForm {
    interval: String,
    value: Option<u16>,
    of: String,
}

const ALL_TRUSTED: &str = "all_trusted";
const OPERATORS: [(&str, Operator); 2] = [("and", Operator::And), ("or", Operator::Or)];
const FREQUENCIES: [(&str, FrequencyOf); 2] =
    [("primary_and_secondary", FrequencyOf::PrimaryAndSecondary), ("secondary", FrequencyOf::Secondary)];

/// JSON of a form; a form of texts, numbers and lists can always be written.
pub(super) fn json(form: &impl Serialize) -> String {
    serde_json::to_string(form).unwrap_or_default()
}

pub(super) fn conditions_form(conditions: &Conditions) -> String {
    let names = |expression: &Expression| {
        let name = |(name, named): &(String, Named)| NameForm {
            name: name.clone(),
            kind: kind(*named).to_owned(),
            id: named.uuid().to_string(),
        };
        expression.names().iter().map(name).collect()
    };
    json(&ConditionsForm {
        users: scope_form(&conditions.users, ToString::to_string),
        groups: scope_form(&conditions.groups, ToString::to_string),
        roles: scope_form(&conditions.roles, Clone::clone),
        guest_types: scope_form(&conditions.guest_types, guest_text),
        applications: scope_form(&conditions.applications, ToString::to_string),
        application_groups: scope_form(&conditions.application_groups, ToString::to_string),
        client_app_types: scope_form(&conditions.client_app_types, |word| word.as_str().to_owned()),
        platforms: scope_form(&conditions.platforms, |word| word.as_str().to_owned()),
        locations: scope_form(&conditions.locations, |key| match key {
            LocationKey::AllTrusted => ALL_TRUSTED.to_owned(),
            LocationKey::Named(id) => id.to_string(),
        }),
        authentication_flows: scope_form(&conditions.authentication_flows, |word| word.as_str().to_owned()),
        expression: conditions
            .expression
            .as_ref()
            .map(|expression| ExpressionForm { source: expression.source().to_owned(), names: names(expression) }),
    })
}

pub(super) fn read_conditions(columns: &mut Columns<'_>) -> Result<Conditions, StoreError> {
    let form: ConditionsForm = columns.json("conditions")?;
    conditions(form).ok_or_else(|| columns.corrupt("conditions"))
}

fn conditions(form: ConditionsForm) -> Option<Conditions> {
    Some(Conditions {
        users: scope(form.users, |text| GuestId::parse(text).ok())?,
        groups: scope(form.groups, |text| GroupId::parse(text).ok())?,
        roles: scope(form.roles, |text| Some(text.to_owned()))?,
        guest_types: scope(form.guest_types, guest_key)?,
        applications: scope(form.applications, |text| AppId::parse(text).ok())?,
        application_groups: scope(form.application_groups, |text| AppGroupId::parse(text).ok())?,
        client_app_types: scope(form.client_app_types, ClientAppType::parse)?,
        platforms: scope(form.platforms, Platform::parse)?,
        locations: scope(form.locations, |text| match text {
            ALL_TRUSTED => Some(LocationKey::AllTrusted),
            id => LocationId::parse(id).ok().map(LocationKey::Named),
        })?,
        authentication_flows: scope(form.authentication_flows, Flow::parse)?,
        expression: match form.expression {
            None => None,
            Some(form) => Some(expression(&form)?),
        },
    })
}

/// The directory holds what the text named when it was written and nothing else, so that it means the
/// same whatever objects are called by now.
fn expression(form: &ExpressionForm) -> Option<Expression> {
    let name = |form: &NameForm| Some((form.name.clone(), named(&form.kind, Uuid::try_parse(&form.id).ok()?)?));
    let names: Vec<(String, Named)> = form.names.iter().map(name).collect::<Option<_>>()?;
    Expression::parse(&form.source, &Directory::of_names(&names)).ok()
}

const fn kind(named: Named) -> &'static str {
    match named {
        Named::Guest(_) => "guest",
        Named::Group(_) => "group",
        Named::Partner(_) => "partner",
        Named::App(_) => "app",
        Named::AppGroup(_) => "app_group",
        Named::Location(_) => "named_location",
        Named::Strength(_) => "authentication_strength",
    }
}

fn named(kind: &str, id: Uuid) -> Option<Named> {
    Some(match kind {
        "guest" => Named::Guest(GuestId::from_uuid(id)),
        "group" => Named::Group(GroupId::from_uuid(id)),
        "partner" => Named::Partner(PartnerId::from_uuid(id)),
        "app" => Named::App(AppId::from_uuid(id)),
        "app_group" => Named::AppGroup(AppGroupId::from_uuid(id)),
        "named_location" => Named::Location(LocationId::from_uuid(id)),
        "authentication_strength" => Named::Strength(StrengthId::from_uuid(id)),
        _ => return None,
    })
}

fn scope_form<K>(scope: &Scope<K>, text: impl Fn(&K) -> String) -> ScopeForm {
    let texts = |keys: &[K]| keys.iter().map(&text).collect();
    ScopeForm { include: scope.included().map(texts), exclude: texts(&scope.exclude) }
}

fn scope<K>(form: ScopeForm, read: impl Fn(&str) -> Option<K>) -> Option<Scope<K>> {
    let keys = |texts: Vec<String>| texts.iter().map(|text| read(text)).collect::<Option<Vec<K>>>();
    let include = match form.include {
        None => Include::All,
        Some(texts) => Include::Listed(keys(texts)?),
    };
    Some(Scope { include, exclude: keys(form.exclude)? })
}

/// The kind, and after a space the partner where one is named.
fn guest_text(key: &GuestKey) -> String {
    let partner = key.partner.map_or_else(String::new, |partner| format!(" {partner}"));
    format!("{}{partner}", key.guest_type.as_str())
}

fn guest_key(text: &str) -> Option<GuestKey> {
    let (word, partner) = match text.split_once(' ') {
        None => (text, None),
        Some((word, partner)) => (word, Some(PartnerId::parse(partner).ok()?)),
    };
    Some(GuestKey { guest_type: GuestType::parse(word)?, partner })
}

pub(super) fn grant_form(grant: &GrantControls) -> String {
    let control = |control: &Control| match control {
        Control::Block => "block".to_owned(),
        Control::Mfa => "mfa".to_owned(),
        Control::Strength(id) => id.to_string(),
    };
    let operator = crate::store::row::word_of(&OPERATORS, &grant.operator).to_owned();
    json(&GrantForm { operator, controls: grant.controls.iter().map(control).collect() })
}

pub(super) fn read_grant(columns: &mut Columns<'_>) -> Result<Option<GrantControls>, StoreError> {
    let column = "grant_controls";
    let Some(text) = columns.optional_text(column)? else { return Ok(None) };
    let read = || {
        let form: GrantForm = serde_json::from_str(&text).ok()?;
        let control = |text: &String| match text.as_str() {
            "block" => Some(Control::Block),
            "mfa" => Some(Control::Mfa),
            id => StrengthId::parse(id).ok().map(Control::Strength),
        };
        let controls = form.controls.iter().map(control).collect::<Option<_>>()?;
        Some(GrantControls { operator: value_of(&OPERATORS, &form.operator)?, controls })
    };
    read().map(Some).ok_or_else(|| columns.corrupt(column))
}

pub(super) fn session_form(session: SessionControls) -> String {
    let frequency = |frequency: SignInFrequency| {
        let (interval, value) = match frequency.interval {
            Interval::EveryTime => ("every_time", None),
            Interval::Hours(hours) => ("hours", Some(hours)),
            Interval::Days(days) => ("days", Some(days)),
        };
        let of = crate::store::row::word_of(&FREQUENCIES, &frequency.of).to_owned();
        FrequencyForm { interval: interval.to_owned(), value, of }
    };
    json(&SessionForm {
        sign_in_frequency: session.sign_in_frequency.map(frequency),
        persistent_browser: session.persistent_browser.map(|mode| mode.as_str().to_owned()),
    })
}

pub(super) fn read_session(columns: &mut Columns<'_>) -> Result<SessionControls, StoreError> {
    let column = "session_controls";
    let form: SessionForm = columns.json(column)?;
    let frequency = |form: FrequencyForm| {
        let interval = match (form.interval.as_str(), form.value) {
            ("every_time", None) => Interval::EveryTime,
            ("hours", Some(hours)) => Interval::Hours(hours),
            ("days", Some(days)) => Interval::Days(days),
            _ => return None,
        };
        Some(SignInFrequency { interval, of: value_of(&FREQUENCIES, &form.of)? })
    };
    let corrupt = |columns: &Columns<'_>| columns.corrupt(column);
    let sign_in_frequency = match form.sign_in_frequency {
        None => None,
        Some(form) => Some(frequency(form).ok_or_else(|| corrupt(columns))?),
    };
    let persistent_browser = match form.persistent_browser {
        None => None,
        Some(word) => Some(PersistentBrowser::parse(&word).ok_or_else(|| corrupt(columns))?),
    };
    Ok(SessionControls { sign_in_frequency, persistent_browser })
}

fn value_of<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}
