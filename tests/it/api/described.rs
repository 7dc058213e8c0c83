//! Answers of the API held against its own description: a small validator of the part of JSON Schema that it uses.

use std::sync::OnceLock;

use entente::domain::organization::PublicUrl;
use entente::http::routes::graph::openapi;
use entente::http::routes::graph::table::{Found, Method, find};
use serde_json::Value;

use crate::support::client::Page;

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| openapi::document(&PublicUrl::parse("https://gate.example.com").unwrap()))
}

/// What of an answer is not as described; nothing where there is no such route.
pub fn faults(method: &str, path: &str, page: &Page) -> Vec<String> {
    let path = path.split_once("://").map_or(path, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    let path = path.split('?').next().unwrap();
    let Found::Route(route, _) = find(Method::parse(method), path) else { return Vec::new() };
    // It is described, since it may happen, and is never what should.
    if page.status == 500 {
        return vec![format!("{method} {}: 500 is a failure: {}", route.path, page.body)];
    }
    let operation = &document()["paths"][route.path][method.to_ascii_lowercase()];
    let Some(response) = operation["responses"].get(page.status.to_string()) else {
        return vec![format!("{method} {}: {} is not described: {}", route.path, page.status, page.body)];
    };
    let content = &resolved(response)["content"];
    let Some(content) = content.as_object() else {
        let is_empty = page.body.is_empty();
        return if is_empty { Vec::new() } else { vec![format!("{method} {}: a body: {}", route.path, page.body)] };
    };
    let sent = page.headers.get("content-type").map(|value| value.to_str().unwrap()).unwrap_or_default();
    let Some(described) = content.get(sent) else {
        return vec![format!("{method} {}: {} of type `{sent}` is not described", route.path, page.status)];
    };
    if sent != "application/json" {
        return Vec::new();
    }
    let mut faults = Vec::new();
    check(&serde_json::from_str(&page.body).unwrap(), &described["schema"], "$", &mut faults);
    faults.iter().map(|fault| format!("{method} {}: {} {fault}: {}", route.path, page.status, page.body)).collect()
}

fn resolved(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(reference) => document().pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => value,
    }
}

/// What a schema may say; whatever else stands in one would be passed over here.
const KNOWN: [&str; 17] = [
    "$ref",
    "type",
    "enum",
    "anyOf",
    "required",
    "properties",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "default",
    "description",
];

fn check(value: &Value, schema: &Value, at: &str, faults: &mut Vec<String>) {
    let schema = resolved(schema);
    for keyword in schema.as_object().unwrap().keys() {
        assert!(KNOWN.contains(&keyword.as_str()), "`{keyword}` is not known here: {schema}");
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(list) => list.iter().map(|one| one.as_str().unwrap()).collect(),
        Value::String(one) => vec![one],
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|one| is_of(value, one)) {
        faults.push(format!("{at} is no {types:?}"));
        return;
    }
    if schema["enum"].as_array().is_some_and(|list| !list.contains(value)) {
        faults.push(format!("{at} is none of {}", schema["enum"]));
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let mut tries = any.iter().map(|one| {
            let mut found = Vec::new();
            check(value, one, at, &mut found);
            found
        });
        if !tries.any(|found| found.is_empty()) {
            faults.push(format!("{at} fits none of {any:?}"));
        }
    }
    match value {
        Value::Object(map) => {
            for name in schema["required"].as_array().into_iter().flatten() {
                if !map.contains_key(name.as_str().unwrap()) {
                    faults.push(format!("{at} lacks {name}"));
                }
            }
            for (name, inner) in map {
                match (schema["properties"].get(name), &schema["additionalProperties"]) {
                    (Some(described), _) | (None, described @ Value::Object(_)) => {
                        check(inner, described, &format!("{at}.{name}"), faults);
                    }
                    (None, Value::Bool(false)) => faults.push(format!("{at} has `{name}`")),
                    (None, _) => {}
                }
            }
        }
        Value::Array(list) => {
            if schema["maxItems"].as_u64().is_some_and(|most| list.len() as u64 > most) {
                faults.push(format!("{at} has too many"));
            }
            if let Some(described) = schema.get("items") {
                for (number, inner) in list.iter().enumerate() {
                    check(inner, described, &format!("{at}[{number}]"), faults);
                }
            }
        }
        Value::Number(number)
            if schema["minimum"].as_i64().is_some_and(|least| number.as_i64().is_none_or(|found| found < least)) =>
        {
            faults.push(format!("{at} is too small"));
        }
        _ => {}
    }
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("`{other}` is not known here"),
    }
}

#[test]
fn what_is_not_as_described_is_found() {
    let page = |status: u16, body: &str| Page {
        status,
        headers: [("content-type".parse().unwrap(), "application/json".parse().unwrap())].into_iter().collect(),
        body: body.to_owned(),
    };
    let found = |path: &str, status: u16, body: &str| faults("GET", path, &page(status, body)).join("; ");
    let good = r#"{"@odata.context":"x","value":[{"id":"1","displayName":"y","groupTypes":[]}]}"#;
    assert_eq!(found("/v1.0/groups?$top=1", 200, good), "");
    assert_eq!(found("https://x.example/v1.0/groups", 200, good), "");
    for (path, status, body, expected) in [
        ("/v1.0/groups", 200, r#"{"value":[]}"#, "lacks \"@odata.context\""),
        ("/v1.0/groups", 200, r#"{"@odata.context":"x","value":[{"id":1}]}"#, "$.value[0].id is no [\"string\"]"),
        ("/v1.0/groups", 200, r#"{"@odata.context":"x","value":[{"secret":"x"}]}"#, "$.value[0] has `secret`"),
        ("/v1.0/users/x", 200, r#"{"userType":"Robot"}"#, "$.userType is none of"),
        ("/v1.0/users/x", 500, "{}", "500 is a failure"),
        ("/v1.0/users/x", 502, "{}", "502 is not described"),
        ("/v1.0/users/x", 404, "{}", "lacks \"error\""),
    ] {
        let fault = found(path, status, body);
        assert!(fault.contains(expected), "{path} {body}: {fault}");
    }
}
