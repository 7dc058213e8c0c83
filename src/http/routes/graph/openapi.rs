//! The description of the API for programs (OpenAPI 3.1), made of the table of addresses.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::{Response, StatusCode};
use serde_json::{Map, Value, json};

use super::odata::query::MAX_TOP;
use super::table::{ApiRoute, Handler, Method, ROUTES};
use crate::http::respond;
use crate::http::state::State;

/// `GET /api/openapi.json`.
pub async fn openapi(Shared(state): Shared<Arc<State>>) -> Response<Body> {
    let document = document(state.services().settings.public_url.as_str());
    respond::document(StatusCode::OK, "application/json", "public, max-age=300", document.to_string())
}

/// The description for programs that call us at this address.
#[must_use]
pub fn document(public_url: &str) -> Value {
    let mut paths = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Directory API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Accounts, groups and assignments in the shape of Microsoft Graph v1.0, and below /api/v1 what \
                            Graph has no word for.",
        },
        "servers": [{ "url": public_url }],
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
            "schemas": {
                "fault": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {
                        "error": {
                            "type": "object",
                            "required": ["code", "message", "innerError"],
                            "properties": {
                                "code": { "type": "string" },
                                "message": { "type": "string" },
                                "innerError": { "type": "object" },
                            },
                        },
                    },
                },
            },
        },
    })
}

fn operation(route: &ApiRoute) -> Value {
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.extend(options(route.handler).iter().map(|name| {
        let schema = match *name {
            "$top" => json!({ "type": "integer", "minimum": 1, "maximum": MAX_TOP }),
            "$count" | "dryRun" => json!({ "type": "boolean" }),
            _ => json!({ "type": "string", "minLength": 1 }),
        };
        json!({ "name": name, "in": "query", "required": false, "schema": schema })
    }));
    let good = match (route.method, route.handler) {
        (_, Handler::HandIn) => "202",
        (_, Handler::StopBulkJob | Handler::ResumeBulkJob) => "200",
        (Method::Get, _) | (_, Handler::Batch | Handler::WhatIf) => "200",
        (_, Handler::RevokeSessions | Handler::RevokeMySessions | Handler::RestoreUser) => "200",
        (_, Handler::CreateGroup | Handler::AssignUser | Handler::AssignGroup | Handler::Invite) => "201",
        _ => "204",
    };
    let fault = json!({
        "description": "What is wrong, and what to do.",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/fault" } } },
    });
    let mut responses = Map::new();
    let mut done = json!({ "description": "Done." });
    if good != "204" {
        done["content"] = json!({ "application/json": { "schema": { "type": "object" } } });
    }
    responses.insert(good.to_owned(), done);
    for status in ["400", "401", "403", "404", "405", "409", "413", "415", "429", "503"] {
        responses.insert(status.to_owned(), fault.clone());
    }
    let mut operation = json!({
        "operationId": format!("{:?}", route.handler),
        "summary": summary(route.handler),
        "parameters": parameters,
        "responses": responses,
    });
    let takes_body = matches!(route.method, Method::Post | Method::Patch)
        && !matches!(route.handler, Handler::RevokeSessions | Handler::RevokeMySessions | Handler::RestoreUser)
        && !matches!(route.handler, Handler::HandIn | Handler::StopBulkJob | Handler::ResumeBulkJob);
    if takes_body {
        let content = json!({ "application/json": { "schema": { "type": "object" } } });
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    let csv = json!({ "text/csv": { "schema": { "type": "string" } } });
    if route.handler == Handler::HandIn {
        operation["requestBody"] = json!({ "required": true, "content": csv });
        let judged = json!({ "application/json": { "schema": { "type": "object" } } });
        operation["responses"]["200"] = json!({ "description": "Judged, and not taken.", "content": judged });
    } else if route.handler == Handler::BulkReport {
        operation["responses"]["200"]["content"] = csv;
    }
    operation
}

/// The query options that a handler reads.
const fn options(handler: Handler) -> &'static [&'static str] {
    match handler {
        Handler::Users => &["$filter", "$search", "$orderby", "$select", "$top", "$skiptoken", "$count"],
        Handler::Groups => &["$select", "$top", "$skiptoken", "$count"],
        Handler::Members | Handler::Owners | Handler::MyGroups | Handler::UserGroups | Handler::DeletedUsers => {
            &["$select", "$top", "$skiptoken"]
        }
        Handler::AppAssignments | Handler::BulkJobs => &["$top", "$skiptoken"],
        Handler::HandIn => &["dryRun", "fileName"],
        Handler::Me | Handler::User | Handler::DeletedUser | Handler::Group | Handler::Apps | Handler::App => {
            &["$select"]
        }
        _ => &[],
    }
}

const fn summary(handler: Handler) -> &'static str {
    match handler {
        Handler::Me => "The account of who is signed in",
        Handler::MyGroups => "The groups of who is signed in",
        Handler::RevokeMySessions => "End all own sessions",
        Handler::Users => "Accounts",
        Handler::User => "One account, by id or userPrincipalName",
        Handler::ChangeUser => "Change an account",
        Handler::DeleteUser => "Remove an account, so that it can be restored for 30 days",
        Handler::DeletedUsers => "Accounts that were removed",
        Handler::DeletedUser => "One account that was removed",
        Handler::RestoreUser => "Restore an account",
        Handler::PurgeUser => "Remove an account for good",
        Handler::UserGroups => "The groups of an account",
        Handler::RevokeSessions => "End all sessions of an account",
        Handler::Sponsors => "Who answers for an account",
        Handler::UserAssignments => "The apps to which an account is assigned directly",
        Handler::AssignUser => "Assign an account to an app",
        Handler::UnassignUser => "Take an assignment of an account back",
        Handler::Groups => "Groups",
        Handler::CreateGroup => "Make a group",
        Handler::Group => "One group",
        Handler::RenameGroup => "Rename a group",
        Handler::DeleteGroup => "Remove a group",
        Handler::Members => "The members of a group",
        Handler::AddMember => "Put an account into a group",
        Handler::RemoveMember => "Take an account out of a group",
        Handler::Owners => "Who may manage the members of a group",
        Handler::AddOwner => "Let an account manage the members of a group",
        Handler::RemoveOwner => "Let an account manage the members of a group no more",
        Handler::GroupAssignments => "The apps to which a group is assigned",
        Handler::AssignGroup => "Assign a group to an app",
        Handler::UnassignGroup => "Take an assignment of a group back",
        Handler::Apps => "Apps",
        Handler::App => "One app",
        Handler::AppAssignments => "Who is assigned to an app directly",
        Handler::Batch => "Several requests in one",
        Handler::WhatIf => "What the policies would decide",
        Handler::BulkJobs => "Files of invitations",
        Handler::HandIn => "Hand in a file of invitations, or have it judged",
        Handler::BulkJob => "One file of invitations, and how far it has come",
        Handler::StopBulkJob => "Invite no more rows of a file",
        Handler::ResumeBulkJob => "Go on with the rows of a file",
        Handler::RemoveBulkJob => "Remove a file of invitations and its report",
        Handler::BulkReport => "What became of each row, with the links",
        Handler::AddSponsor | Handler::AddSponsorRef => "Let somebody more answer for an account",
        Handler::RemoveSponsor => "Let somebody answer for an account no more",
        Handler::Invite => "Invite somebody, or let an account be redeemed anew",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_once() {
        let document = document("https://gate.example.com");
        let paths = document["paths"].as_object().unwrap();
        let count: usize = paths.values().map(|path| path.as_object().unwrap().len()).sum();
        assert_eq!(count, ROUTES.len());
        let mut names: Vec<_> = paths
            .values()
            .flat_map(|path| path.as_object().unwrap().values())
            .map(|operation| operation["operationId"].as_str().unwrap())
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ROUTES.len(), "an operation has a name of its own");
        for route in ROUTES {
            let operation = &document["paths"][route.path][route.method.as_str().to_ascii_lowercase()];
            let in_path = operation["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "path").count();
            assert_eq!(in_path, route.path.matches('{').count(), "{}", route.path);
        }
    }
}
