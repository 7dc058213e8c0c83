//! Several requests in one (`$batch`), done one after the other, each as if it had come alone.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::dispatch::{Ask, Form, Opened, Reply, dispatch};
use super::fault::Fault;
use super::idempotency;
use super::odata::query::only;
use super::resources::{self, text};
use super::table::Method;
use crate::base::params::RawParams;
use crate::base::trace::{printable, shorten};
use crate::domain::repeats::RequestKey;
use crate::http::limits::MAX_QUERY;
use crate::http::state::State;

/// The most requests of one batch.
pub const MAX_PARTS: usize = 20;
/// The longest id of a part. **Units**: bytes.
pub const MAX_ID: usize = 64;

/// One request of a batch.
struct Part<'b> {
    id: &'b str,
    method: &'b str,
    path: String,
    query: RawParams,
    is_eventual: bool,
    body: Option<Value>,
    key: Option<RequestKey>,
    needs: Vec<&'b str>,
}

/// `POST /$batch`.
pub async fn batch(state: &State, ask: &Ask<'_>) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    if ask.key.is_some() {
        let message =
            "`Idempotency-Key` is of one request: set it among the `headers` of each part that may come again";
        return Err(Fault::bad(message));
    }
    let map = resources::object(ask.body.as_ref(), &["requests"])?;
    let Some(Value::Array(list)) = map.get("requests") else { return Err(Fault::bad("`requests` must be a list")) };
    if !(1..=MAX_PARTS).contains(&list.len()) {
        return Err(Fault::bad(format!("`requests` must be 1 to {MAX_PARTS}; it has {}", list.len())));
    }
    let parts = list.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let mut outcomes: BTreeMap<&str, StatusCode> = BTreeMap::new();
    let mut responses: Vec<(usize, Value)> = Vec::with_capacity(parts.len());
    for place in in_order(&parts)? {
        let part = &parts[place];
        let has_failed = |id: &&str| outcomes.get(*id).is_none_or(|status| !status.is_success());
        let answered = if part.needs.iter().any(has_failed) {
            let message = "a request that this one depends on has failed";
            Err(Fault::new(StatusCode::FAILED_DEPENDENCY, "FailedDependency", message))
        } else if let Some(many) = (!responses.is_empty()).then(|| state.api.check(ask.address).err()).flatten() {
            // The batch itself was counted as one.
            Err(Fault::from(&many.refusal("too_many_api_requests")))
        } else {
            let inner = Ask {
                method: Method::parse(part.method),
                path: &part.path,
                query: part.query.clone(),
                is_eventual: part.is_eventual,
                body: part.body.clone(),
                key: part.key.clone(),
                called: ask.called,
                address: ask.address,
                file: None,
                is_part: true,
            };
            match Opened::find(inner.method, inner.path, inner.caller()) {
                Ok(opened) => dispatch(state, &inner, &opened).await,
                Err(fault) => Err(fault),
            }
        };
        let (status, body, form, header) = match answered {
            Ok(reply) => (reply.status, reply.body, reply.form, reply.location.map(|location| ("Location", location))),
            Err(fault) => {
                let now = state.services().clock.now();
                let wait = fault.retry_after().map(|seconds| ("Retry-After", seconds.to_string()));
                (fault.status, Some(fault.body(now, part.id, part.id)), Form::Json, wait)
            }
        };
        outcomes.insert(part.id, status);
        responses.push((place, shown(part.id, status, body.map(|body| (body, form)), header)));
    }
    responses.sort_unstable_by_key(|(place, _)| *place);
    let responses: Vec<Value> = responses.into_iter().map(|(_, response)| response).collect();
    Ok(Reply::ok(json!({ "responses": responses })))
}

fn shown(id: &str, status: StatusCode, body: Option<(Value, Form)>, header: Option<(&str, String)>) -> Value {
    let mut headers = Map::new();
    if let Some((_, form)) = &body {
        headers.insert("Content-Type".to_owned(), form.content_type().into());
    }
    if let Some((name, value)) = header {
        headers.insert(name.to_owned(), value.into());
    }
    let mut response = json!({ "id": id, "status": status.as_u16(), "headers": headers });
    if let Some((body, _)) = body {
        response["body"] = body;
    }
    response
}

fn read(value: &Value) -> Result<Part<'_>, Fault> {
    let known = ["id", "method", "url", "headers", "body", "dependsOn"];
    let map = resources::object(Some(value), &known)?;
    let id = text(map, "id")?;
    if id.is_empty() || id.len() > MAX_ID || id.chars().any(char::is_control) {
        return Err(Fault::bad(format!("the `id` of a request must be 1 to {MAX_ID} bytes")));
    }
    let url = text(map, "url")?;
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    if url.len() > MAX_QUERY || url.contains('#') || !path.starts_with('/') {
        return Err(Fault::bad(format!("request `{id}`: `url` must be a path below `/v1.0`, such as `/users`")));
    }
    let query = RawParams::parse(query).map_err(|error| Fault::bad(format!("request `{id}`: {error}")))?;
    let path = if path.starts_with("/v1.0/") { path.to_owned() } else { format!("/v1.0{path}") };
    let needs = match map.get("dependsOn") {
        None => Vec::new(),
        Some(Value::Array(list)) => {
            let names: Option<Vec<_>> = list.iter().map(Value::as_str).collect();
            names.ok_or_else(|| Fault::bad(format!("request `{id}`: `dependsOn` must be a list of ids")))?
        }
        Some(_) => return Err(Fault::bad(format!("request `{id}`: `dependsOn` must be a list of ids"))),
    };
    let body = map.get("body").filter(|body| !body.is_null()).cloned();
    let method = text(map, "method")?;
    let is_keyed = idempotency::is_read(Method::parse(method));
    let key = if is_keyed { idempotency::of_part(map.get("headers"))? } else { None };
    Ok(Part { id, method, path, query, is_eventual: is_eventual(map), body, key, needs })
}

fn is_eventual(map: &Map<String, Value>) -> bool {
    let Some(Value::Object(headers)) = map.get("headers") else { return false };
    headers.iter().any(|(name, value)| {
        let says = value.as_str().is_some_and(|value| value.eq_ignore_ascii_case("eventual"));
        name.eq_ignore_ascii_case("consistencylevel") && says
    })
}

/// The order in which the parts are done: as they stand, but for those that depend on later ones.
///
/// # Errors
/// [`Fault`] where an id stands twice, one that something depends on does not stand, or parts wait for one another.
fn in_order(parts: &[Part<'_>]) -> Result<Vec<usize>, Fault> {
    for (place, part) in parts.iter().enumerate() {
        if parts[..place].iter().any(|other| other.id == part.id) {
            return Err(Fault::bad(format!("the id `{}` stands twice", part.id)));
        }
        if let Some(id) = part.needs.iter().find(|id| parts.iter().all(|other| other.id != **id)) {
            let id = shorten(printable((*id).to_owned()));
            return Err(Fault::bad(format!("request `{}`: `dependsOn` names `{id}`, which does not stand", part.id)));
        }
    }
    let mut order: Vec<usize> = Vec::with_capacity(parts.len());
    while order.len() < parts.len() {
        let is_done = |id: &str| order.iter().any(|place| parts[*place].id == id);
        let mut waiting = parts.iter().enumerate().filter(|(place, _)| !order.contains(place));
        let ready = waiting.clone().find(|(_, part)| part.needs.iter().all(|id| is_done(id)));
        match (ready, waiting.next()) {
            (Some((place, _)), _) => order.push(place),
            (None, Some((_, part))) => {
                let id = part.id;
                return Err(Fault::bad(format!(
                    "request `{id}`: `dependsOn` leads in a circle, so that none is first"
                )));
            }
            (None, None) => break,
        }
    }
    Ok(order)
}
