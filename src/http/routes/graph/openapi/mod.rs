//! The description of the API for programs (OpenAPI 3.1), made of the table of addresses, of the rules by which lists
//! are read, and of what `describe` and `schemas` say.

mod describe;
mod parameters;
mod schemas;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::{Response, StatusCode};
use serde_json::{Map, Value, json};

use self::describe::{Answer, Description};
use super::streams::Format;
use super::table::{ApiRoute, Method, ROUTES, Rule};
use crate::domain::organization::PublicUrl;
use crate::domain::permissions::{Act, Permission};
use crate::flows::paths;
use crate::http::respond;
use crate::http::state::State;

/// `GET /api/openapi.json`.
pub async fn openapi(Shared(state): Shared<Arc<State>>) -> Response<Body> {
    // It is the same as long as the process runs, and whoever asks is asked for no token.
    let text = state.openapi.get_or_init(|| document(&state.services().settings.public_url).to_string().into());
    respond::document(StatusCode::OK, "application/json", "public, max-age=300", text.clone())
}

/// The description for programs that call us at this address.
#[must_use]
pub fn document(public_url: &PublicUrl) -> Value {
    let mut paths = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Entente",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Accounts, groups, assignments and logs in the shape of Microsoft Graph v1.0, and below \
                            /api/v1 what Graph has no word for.",
        },
        "servers": [{ "url": public_url.as_str() }],
        "security": [{ "oauth2": [] }, { "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": security(public_url),
            "responses": faults(),
            "schemas": schemas::all(),
        },
    })
}

/// Tokens are those of our own token endpoint.
fn security(public_url: &PublicUrl) -> Value {
    let token = public_url.join(paths::TOKEN);
    let scopes = |is_meant: fn(&Permission) -> bool| -> Value {
        let meant = Permission::ALL.into_iter().filter(is_meant);
        Value::Object(meant.map(|permission| (permission.as_str().to_owned(), json!(""))).collect())
    };
    json!({
        "oauth2": {
            "type": "oauth2",
            "flows": {
                // What an app may do for itself stands in its record, and is asked for by no scope.
                "clientCredentials": { "tokenUrl": token, "scopes": {} },
                "authorizationCode": {
                    "authorizationUrl": public_url.join(paths::AUTHORIZE),
                    "tokenUrl": token,
                    "scopes": scopes(|_| true),
                },
            },
        },
        "bearer": { "type": "http", "scheme": "bearer" },
    })
}

/// What is refused, by status.
const FAULTS: [(u16, &str); 11] = [
    (400, "Something in the request is wrong; the message names it."),
    (401, "The token is missing, or not good here or any more."),
    (403, "Neither a role nor a permission allows it."),
    (404, "It is not there, or not to be seen."),
    (409, "It does not fit what is there."),
    (413, "The request is too large."),
    (415, "The body is of another type."),
    (422, "It is another request than the one that was given the same name."),
    (429, "Too many requests."),
    (500, "Something failed here."),
    (503, "Not for the moment."),
];

fn faults() -> Value {
    let mut all = Map::new();
    for (status, description) in FAULTS {
        let header = match status {
            401 => Some("WWW-Authenticate"),
            429 | 503 => Some("Retry-After"),
            _ => None,
        };
        let mut fault = json!({
            "description": description,
            "content": { "application/json": { "schema": schemas::reference("fault") } },
        });
        if let Some(header) = header {
            fault["headers"] = json!({ header: { "schema": { "type": "string" } } });
        }
        all.insert(status.to_string(), fault);
    }
    Value::Object(all)
}

/// What may be refused of a route.
fn refused(route: &ApiRoute, has_body: bool) -> Vec<u16> {
    let mut statuses = vec![400, 401, 413, 429, 500, 503];
    if !matches!(route.rule, Rule::Parts) {
        statuses.push(403);
    }
    if route.path.contains('{') {
        statuses.push(404);
    }
    if route.method != Method::Get {
        statuses.push(409);
    }
    // A body is read wherever one may stand, and refused where nothing is taken from it.
    if has_body || matches!(route.method, Method::Post | Method::Patch) {
        statuses.push(415);
    }
    statuses
}

fn operation(route: &ApiRoute) -> Value {
    let Description { summary, parameters, body, body_type, answers, refused: more } = describe::of(route.handler);
    let in_path = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = in_path.map(|name| {
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": 512 });
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    });
    let all: Vec<Value> = in_path.chain(parameters.iter().map(parameters::Parameter::json)).collect();
    let mut responses = Map::new();
    for (status, answer) in answers {
        responses.insert(status.to_string(), good(&answer));
    }
    for status in refused(route, body.is_some()).into_iter().chain(more.iter().copied()) {
        responses.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{status}") }));
    }
    let mut operation = json!({
        "operationId": format!("{:?}", route.handler),
        "summary": summary,
        "description": allowed(route.rule),
        "parameters": all,
        "responses": responses,
    });
    if let Some(schema) = body {
        operation["requestBody"] = json!({ "required": true, "content": { body_type: { "schema": schema } } });
    }
    operation
}

fn good(answer: &Answer) -> Value {
    let json = |schema: Value| json!({ "application/json": { "schema": schema } });
    let content = match answer {
        Answer::Nothing => return json!({ "description": "Done." }),
        Answer::One(name) => json(schemas::reference(name)),
        Answer::List(name) => json(schemas::list(name)),
        Answer::Number => json!({ "text/plain": { "schema": { "type": "string", "pattern": "^[0-9]+$" } } }),
        Answer::File => json!({ Format::Csv.content_type(): { "schema": { "type": "string" } } }),
        Answer::Stream => {
            let text = json!({ "schema": { "type": "string" } });
            let types = Format::ALL.map(|format| (format.content_type().to_owned(), text.clone()));
            Value::Object(types.into_iter().collect())
        }
    };
    json!({ "description": "Done.", "content": content })
}

/// Who may, in words.
fn allowed(rule: Rule) -> String {
    let act = |act: Act| {
        let permissions: Vec<_> =
            act.permissions().iter().map(|permission| format!("`{}`", permission.as_str())).collect();
        let roles = act.roles().iter().map(|role| format!("`{}`", role.as_str()));
        let roles: Vec<_> = roles.chain(["`global_administrator`".to_owned()]).collect();
        format!("Permissions: {}. Roles: {}.", permissions.join(", "), roles.join(", "))
    };
    match rule {
        Rule::Act(one) => act(one),
        Rule::ActOrOwner(one) => format!("{} Or the owner of the app or group.", act(one)),
        Rule::ActOrSetting(one) => format!("{} Or people whom a setting lets do it.", act(one)),
        Rule::Either(one, other) => format!("{} Or, by what is asked: {}", act(one), act(other)),
        Rule::Sight(one) => format!("{} Others by what people may see of the directory.", act(one)),
        Rule::Own(one) => {
            let permissions: Vec<_> =
                one.permissions().iter().map(|permission| format!("`{}`", permission.as_str())).collect();
            format!("People, of themselves. Permissions of the app in between: {}.", permissions.join(", "))
        }
        Rule::Parts => "Whoever has a token; each part asks for itself.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::routes::graph::resources::{APP_PROPERTIES, GROUP_PROPERTIES, USER_PROPERTIES};
    use crate::http::routes::graph::table::Handler;

    fn whole() -> Value {
        document(&PublicUrl::parse("https://gate.example.com").unwrap())
    }

    #[test]
    fn every_route_is_described_once_and_nothing_else_is() {
        let document = whole();
        let paths = document["paths"].as_object().unwrap();
        let described: BTreeSet<(String, String)> = paths
            .iter()
            .flat_map(|(path, item)| item.as_object().unwrap().keys().map(|method| (path.clone(), method.clone())))
            .collect();
        let routes: BTreeSet<(String, String)> =
            ROUTES.iter().map(|route| (route.path.to_owned(), route.method.as_str().to_ascii_lowercase())).collect();
        assert_eq!(described, routes);
        let operations = || paths.values().flat_map(|path| path.as_object().unwrap().values());
        let names: BTreeSet<_> = operations().map(|operation| operation["operationId"].as_str().unwrap()).collect();
        assert_eq!(names.len(), ROUTES.len(), "an operation has a name of its own");
        let summaries: BTreeSet<_> = operations().map(|operation| operation["summary"].as_str().unwrap()).collect();
        assert_eq!(summaries.len(), ROUTES.len(), "and a summary");
        for route in ROUTES {
            let operation = &document["paths"][route.path][route.method.as_str().to_ascii_lowercase()];
            let in_path = operation["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "path").count();
            assert_eq!(in_path, route.path.matches('{').count(), "{}", route.path);
        }
    }

    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn what_is_referred_to_is_there_and_what_is_there_is_referred_to() {
        let document = whole();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        for kind in ["schemas", "responses"] {
            for name in document["components"][kind].as_object().unwrap().keys() {
                assert!(found.contains(&format!("#/components/{kind}/{name}")), "{kind}/{name} is of no use");
            }
        }
    }

    #[test]
    fn the_schemas_of_objects_have_the_properties_that_can_be_selected() {
        let document = whole();
        for (name, properties) in
            [("user", USER_PROPERTIES), ("group", GROUP_PROPERTIES), ("servicePrincipal", APP_PROPERTIES)]
        {
            let schema = document["components"]["schemas"][name]["properties"].as_object().unwrap();
            let described: BTreeSet<_> =
                schema.keys().map(String::as_str).filter(|name| !name.starts_with('@')).collect();
            assert_eq!(described, properties.iter().copied().collect(), "{name}");
        }
    }

    #[test]
    fn who_may_is_said() {
        let text = allowed(Rule::Act(Act::ReadAudit));
        assert_eq!(
            text,
            "Permissions: `AuditLog.Read.All`. Roles: `reports_reader`, `security_administrator`, `global_administrator`."
        );
        assert!(ROUTES.iter().any(|route| route.handler == Handler::Batch && allowed(route.rule).contains("token")));
    }
}
