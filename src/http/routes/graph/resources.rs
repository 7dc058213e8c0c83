//! Objects as JSON, in the words of Graph, and what is read of bodies.

use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::odata::query::SkipToken;
use crate::base::params::{RawParams, encode};
use crate::domain::apps::{App, AppProtocol, Assignment};
use crate::domain::authentication::Identity;
use crate::domain::groups::Group;
use crate::domain::guest_details::Listing;
use crate::domain::guests::{Binding, Guest, Standing};
use crate::domain::mail::MailAddress;
use crate::domain::organization::PublicUrl;
use crate::domain::people::Person;
use crate::flows::directory::users::{self, Extent};

/// The properties of accounts, all of which are shown unless some are selected.
pub const USER_PROPERTIES: &[&str] = &[
    "id",
    "userPrincipalName",
    "displayName",
    "givenName",
    "surname",
    "mail",
    "otherMails",
    "userType",
    "accountEnabled",
    "creationType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "companyName",
    "preferredLanguage",
    "showInAddressList",
    "identities",
    "createdDateTime",
    "signInSessionsValidFromDateTime",
];

/// The properties that are to be seen in outline.
const OUTLINE: &[&str] = &["id", "userPrincipalName", "displayName", "mail", "userType"];

/// The properties of groups.
pub const GROUP_PROPERTIES: &[&str] =
    &["id", "displayName", "mailNickname", "mailEnabled", "securityEnabled", "groupTypes"];

/// The properties of apps.
pub const APP_PROPERTIES: &[&str] = &[
    "id",
    "appId",
    "displayName",
    "accountEnabled",
    "appRoleAssignmentRequired",
    "preferredSingleSignOnMode",
    "servicePrincipalType",
    "appRoles",
];

/// An account as JSON.
pub fn user(person: &Person, extent: Extent, select: &[&'static str]) -> Value {
    let guest = &person.guest;
    let details = &person.details;
    let mail = |mail: &MailAddress| mail.as_str().to_owned();
    let property = |name: &str| match name {
        "id" => json!(guest.id.to_string()),
        "userPrincipalName" => json!(guest.user_principal_name),
        "displayName" => json!(guest.display_name),
        "givenName" => json!(guest.given_name),
        "surname" => json!(guest.family_name),
        // To who sees an outline it says who the person is; what was set is for who administers accounts.
        "mail" if extent == Extent::Outline => json!(guest.proven_mail().map(mail)),
        "mail" => json!(guest.mail.as_ref().map(mail)),
        "otherMails" => json!(details.other_mails.iter().map(mail).collect::<Vec<_>>()),
        "userType" => json!(users::user_type(guest)),
        "accountEnabled" => json!(guest.standing == Standing::Active),
        "creationType" => json!(users::creation_type(person)),
        "externalUserState" => json!(users::state(guest)),
        "externalUserStateChangeDateTime" => json!(details.state_changed_at.map(|at| at.to_rfc3339())),
        "companyName" => json!(details.company_name),
        "preferredLanguage" => json!(details.preferred_language.as_ref().map(|tag| tag.as_str().to_owned())),
        "showInAddressList" => json!(details.listing == Listing::Shown),
        "identities" => identities(guest),
        "createdDateTime" => json!(guest.created_at.to_rfc3339()),
        "signInSessionsValidFromDateTime" => json!(guest.sessions_valid_from.to_rfc3339()),
        _ => Value::Null,
    };
    let names = if select.is_empty() { USER_PROPERTIES } else { select };
    let may_see = |name: &&&str| extent == Extent::Whole || OUTLINE.contains(name);
    let shown = names.iter().filter(may_see).map(|name| ((*name).to_owned(), property(name)));
    Value::Object(shown.collect())
}

/// By what the person is known; before the redemption that is the name which the account has here.
fn identities(guest: &Guest) -> Value {
    match &guest.binding {
        Binding::PendingAcceptance => {
            let name = &guest.user_principal_name;
            let domain = name.rsplit_once('@').map(|(_, domain)| domain);
            json!([{ "signInType": "userPrincipalName", "issuer": domain, "issuerAssignedId": name }])
        }
        Binding::Accepted { identity: Identity { issuer, subject }, .. } => {
            json!([{ "signInType": "federated", "issuer": issuer, "issuerAssignedId": subject }])
        }
    }
}

/// A group as JSON.
pub fn group(group: &Group, select: &[&'static str]) -> Value {
    let property = |name: &str| match name {
        "id" => json!(group.id.to_string()),
        "displayName" => json!(group.name),
        "mailNickname" => json!(group.slug.as_str()),
        "mailEnabled" => json!(false),
        "securityEnabled" => json!(true),
        "groupTypes" => json!([]),
        _ => Value::Null,
    };
    let names = if select.is_empty() { GROUP_PROPERTIES } else { select };
    Value::Object(names.iter().map(|name| ((*name).to_owned(), property(name))).collect())
}

/// An app as JSON.
pub fn app(app: &App, select: &[&'static str]) -> Value {
    let property = |name: &str| match name {
        "id" => json!(app.id.to_string()),
        "appId" => match &app.protocol {
            AppProtocol::Oidc(oidc) => json!(oidc.client_id),
            AppProtocol::Saml(saml) => json!(saml.entity_id),
        },
        "displayName" => json!(app.name),
        "accountEnabled" => json!(app.switch.is_on()),
        "appRoleAssignmentRequired" => json!(app.assignment == Assignment::Required),
        "preferredSingleSignOnMode" => match &app.protocol {
            AppProtocol::Oidc(_) => json!("oidc"),
            AppProtocol::Saml(_) => json!("saml"),
        },
        "servicePrincipalType" => json!("Application"),
        "appRoles" => json!([]),
        _ => Value::Null,
    };
    let names = if select.is_empty() { APP_PROPERTIES } else { select };
    Value::Object(names.iter().map(|name| ((*name).to_owned(), property(name))).collect())
}

/// One object as a document.
pub fn document(public_url: &PublicUrl, context: &str, object: Value) -> Value {
    let mut map = Map::new();
    map.insert("@odata.context".to_owned(), json!(public_url.join(&format!("/v1.0/$metadata#{context}"))));
    if let Value::Object(object) = object {
        map.extend(object);
    }
    Value::Object(map)
}

/// A page as a document; `next` is where it ends, if more may follow.
pub fn list(
    public_url: &PublicUrl,
    context: &str,
    (path, query): (&str, &RawParams),
    values: Vec<Value>,
    next: Option<SkipToken>,
    count: Option<u64>,
) -> Value {
    let mut map = Map::new();
    map.insert("@odata.context".to_owned(), json!(public_url.join(&format!("/v1.0/$metadata#{context}"))));
    if let Some(count) = count {
        map.insert("@odata.count".to_owned(), json!(count));
    }
    if let Some(token) = next {
        let kept = query.iter().filter(|param| param.name != "$skiptoken");
        let mut pairs: Vec<String> =
            kept.map(|param| format!("{}={}", encode(&param.name), encode(&param.value))).collect();
        pairs.push(format!("$skiptoken={}", token.to_text()));
        map.insert("@odata.nextLink".to_owned(), json!(public_url.join(&format!("{path}?{}", pairs.join("&")))));
    }
    map.insert("value".to_owned(), Value::Array(values));
    Value::Object(map)
}

/// The object of a body, whose keys are all among those that are known.
///
/// # Errors
/// [`Fault`] that names the key.
pub fn object<'b>(body: Option<&'b Value>, known: &[&str]) -> Result<&'b Map<String, Value>, Fault> {
    let Some(Value::Object(map)) = body else { return Err(Fault::bad("the body must be a JSON object")) };
    // Annotations say nothing of their own (OData JSON 4.01 4.6).
    match map.keys().find(|key| !known.contains(&key.as_str()) && *key != "@odata.type" && *key != "@odata.context") {
        None => Ok(map),
        Some(key) => {
            let names: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
            let key = crate::base::trace::shorten(crate::base::trace::printable(key.clone()));
            Err(Fault::bad(format!("the body has `{key}`, which cannot be set here; there are {}", names.join(", "))))
        }
    }
}

/// A body that says nothing.
///
/// # Errors
/// [`Fault`] where it says something.
pub fn nothing(body: Option<&Value>) -> Result<(), Fault> {
    match body {
        None => Ok(()),
        Some(Value::Object(map)) if map.is_empty() => Ok(()),
        Some(_) => Err(Fault::bad("this address takes no body")),
    }
}

/// The text under a key.
///
/// # Errors
/// [`Fault`] where it is missing or no text.
pub fn text<'b>(map: &'b Map<String, Value>, name: &str) -> Result<&'b str, Fault> {
    match map.get(name) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Fault::bad(format!("`{name}` must be a text"))),
        None => Err(Fault::bad(format!("the body needs `{name}`"))),
    }
}

/// The flag under a key, where it stands.
///
/// # Errors
/// [`Fault`] where it is none.
pub fn flag(map: &Map<String, Value>, name: &str) -> Result<Option<bool>, Fault> {
    match map.get(name) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(Fault::bad(format!("`{name}` must be `true` or `false`"))),
    }
}

/// The text or `null` under a key, where it stands.
///
/// # Errors
/// [`Fault`] where it is something else.
pub fn nullable<'b>(map: &'b Map<String, Value>, name: &str) -> Result<Option<Option<&'b str>>, Fault> {
    match map.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::String(text)) => Ok(Some(Some(text))),
        Some(_) => Err(Fault::bad(format!("`{name}` must be a text or `null`"))),
    }
}

/// Reads JSON in which no key stands twice, since readers differ in which of both they take.
///
/// # Errors
/// [`Fault`].
pub fn parse(bytes: &[u8]) -> Result<Value, Fault> {
    let strict: Strict = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let why =
            if error.is_data() { "a key stands twice in one object" } else { "it is no JSON, or nested too deep" };
        Fault::bad(format!("the body cannot be read at line {line}, column {column}: {why}"))
    })?;
    Ok(strict.0)
}

struct Strict(Value);

impl<'de> de::Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Value;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("JSON")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
                Ok(flag.into())
            }

            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(number.into())
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(number.into())
            }

            fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
                Ok(number.into())
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(text.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(Strict(item)) = items.next_element()? {
                    list.push(item);
                }
                Ok(Value::Array(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
                let mut map = Map::new();
                while let Some((key, Strict(value))) = entries.next_entry::<String, Strict>()? {
                    if map.insert(key, value).is_some() {
                        return Err(de::Error::custom("doubled"));
                    }
                }
                Ok(Value::Object(map))
            }
        }
        deserializer.deserialize_any(Reading).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        assert_eq!(
            parse(br#"{"a":[1,-1,1.5,null,true,"x"],"b":{}}"#),
            Ok(json!({"a":[1,-1,1.5,null,true,"x"],"b":{}}))
        );
        for text in [r#"{"a":1,"a":1}"#, r#"[{"a":1,"a":2}]"#, r#"{"a":1,"\u0061":2}"#] {
            assert!(parse(text.as_bytes()).unwrap_err().message.contains("stands twice"), "{text}");
        }
        for text in ["", "{", "{}x", "\u{feff}{}", &"[".repeat(200)] {
            assert!(parse(text.as_bytes()).unwrap_err().message.contains("no JSON"), "{text}");
        }
    }
}
