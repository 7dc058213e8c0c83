//! What the policies would decide (`POST /api/v1/policy/what-if`).

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::odata::query::only;
use super::resources::{self, text};
use crate::domain::permissions::Act;
use crate::domain::policy::cases::{Question, ShownBefore, Verdict, country, given};
use crate::domain::policy::what_if::Given;
use crate::domain::policy::words::{ClientAppType, Flow, Platform};
use crate::flows::directory::permit;
use crate::flows::operate::OperateError;
use crate::flows::policies::what_if;
use crate::flows::services::Services;

const KNOWN: &[&str] = &["guest", "app", "platform", "client_app_type", "ip", "country", "flow", "shown"];
/// The most methods that may be said to have been shown.
pub const MAX_SHOWN: usize = 16;

/// Answers by the policies that are loaded and the objects that are stored.
pub async fn ask(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    permit(ask.caller(), Act::ReadPolicies)?;
    only(&ask.query, &[])?;
    let map = resources::object(ask.body.as_ref(), KNOWN)?;
    let question = Question {
        guest: text(map, "guest")?.to_owned(),
        app: text(map, "app")?.to_owned(),
        platform: word(map, "platform", Platform::WORDS, Platform::parse)?,
        client_app_type: word(map, "client_app_type", ClientAppType::WORDS, ClientAppType::parse)?,
        ip: optional(map, "ip", |text| text.parse::<IpAddr>().map_err(|_| "an IPv4 or IPv6 address".to_owned()))?,
        country: optional(map, "country", |text| country(text).map_err(|error| error.to_string()))?,
        flow: optional(map, "flow", |text| {
            Flow::parse(text).ok_or_else(|| format!("one of `{}`", Flow::WORDS.join("`, `")))
        })?,
        shown: shown(map)?,
    };
    let answer = what_if::ask(services, &question, services.clock.now()).await.map_err(failed)?;
    let applying = answer.applying.iter().map(|(policy, outcome)| {
        json!({
            "slug": policy.slug.as_str(),
            "state": policy.state.as_str(),
            "result": outcome.as_str(policy.state),
        })
    });
    let others = answer.others.iter().map(|(policy, condition, why)| {
        json!({
            "slug": policy.slug.as_str(),
            "state": policy.state.as_str(),
            "condition": condition.as_str(),
            "why": why.as_str(),
        })
    });
    Ok(Reply::ok(json!({
        "policy_version": answer.version.to_string(),
        "decision": Verdict::of(&answer.decision).as_str(),
        "applying": applying.collect::<Value>(),
        "not_applying": others.collect::<Value>(),
    })))
}

fn failed(error: OperateError) -> Fault {
    match error {
        OperateError::Store(error) => crate::flows::directory::DirectoryError::Store(error).into(),
        other => Fault::bad(other.to_string()),
    }
}

fn word<T>(
    map: &Map<String, Value>,
    name: &'static str,
    words: &[&'static str],
    parse: fn(&str) -> Option<T>,
) -> Result<T, Fault> {
    let found = parse(text(map, name)?);
    found.ok_or_else(|| Fault::bad(format!("`{name}` must be one of `{}`", words.join("`, `"))))
}

fn optional<T>(
    map: &Map<String, Value>,
    name: &'static str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Given<T>, Fault> {
    if !map.contains_key(name) {
        return Ok(Given::NotGiven);
    }
    let read = given(text(map, name)?, read);
    read.map_err(|expected| Fault::bad(format!("`{name}` must be `unknown` or {expected}")))
}

fn shown(map: &Map<String, Value>) -> Result<Vec<ShownBefore>, Fault> {
    let wrong = || {
        Fault::bad(format!("`shown` must be at most {MAX_SHOWN} of `here:METHOD` or `home:METHOD`, perhaps `@SECONDS`"))
    };
    match map.get("shown") {
        None => Ok(Vec::new()),
        Some(Value::Array(list)) if list.len() <= MAX_SHOWN => {
            let parsed: Option<Vec<_>> = list.iter().map(|one| ShownBefore::parse(one.as_str()?)).collect();
            parsed.ok_or_else(wrong)
        }
        Some(_) => Err(wrong()),
    }
}
