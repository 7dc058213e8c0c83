//! What is said of each route: one arm a handler, so that a new one does not compile before it is described.

use serde_json::{Value, json};

use super::parameters::{self, Parameter, consistency, named, of_list, select};
use crate::domain::claims::MAX_NAME;
use crate::domain::guest_details::{MAX_COMPANY_NAME, MAX_OTHER_MAILS, MAX_SPONSORS};
use crate::domain::policy::words::{ClientAppType, Flow, Platform};
use crate::domain::reports::Kind;
use crate::domain::roles::Role;
use crate::flows::reports::log::Status;
use crate::flows::reports::sign_ins::PolicyStatus;
use crate::http::routes::graph::resources::{APP_PROPERTIES, GROUP_PROPERTIES, USER_PROPERTIES};
use crate::http::routes::graph::streams::{EXPORT_PARAMETERS, Format, MAX_DAYS};
use crate::http::routes::graph::table::Handler;
use crate::http::routes::graph::{assignments, batch, bulk, groups, logs, removed, roles, users, what_if};

/// What is said of a route.
pub struct Description {
    /// What it is for.
    pub summary: &'static str,
    /// What the query and headers may say.
    pub parameters: Vec<Parameter>,
    /// The schema of the body; absent where there is none.
    pub body: Option<Value>,
    /// The type of the body.
    pub body_type: &'static str,
    /// What a good answer is, by its status.
    pub answers: Vec<(u16, Answer)>,
    /// Statuses of refusals beside those that method and address bring with them.
    pub refused: &'static [u16],
}

/// A good answer.
pub enum Answer {
    /// Nothing.
    Nothing,
    /// A schema by its name.
    One(&'static str),
    /// A page of objects, by the name of their schema.
    List(&'static str),
    /// A number as text.
    Number,
    /// As long as what there is.
    Stream,
    /// A file of comma-separated values.
    File,
}

const JSON: &str = "application/json";

fn said(summary: &'static str, status: u16, answer: Answer) -> Description {
    let answers = vec![(status, answer)];
    Description { summary, parameters: Vec::new(), body: None, body_type: JSON, answers, refused: &[] }
}

fn read(summary: &'static str, schema: &'static str) -> Description {
    said(summary, 200, Answer::One(schema))
}

fn list(summary: &'static str, schema: &'static str) -> Description {
    said(summary, 200, Answer::List(schema))
}

fn stream(summary: &'static str) -> Description {
    said(summary, 200, Answer::Stream).with(vec![format()])
}

fn made(summary: &'static str, schema: &'static str, body: Value) -> Description {
    said(summary, 201, Answer::One(schema)).taking(body)
}

fn done(summary: &'static str) -> Description {
    said(summary, 204, Answer::Nothing)
}

impl Description {
    /// The same with these parameters too.
    fn with(mut self, parameters: Vec<Parameter>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// The same without counting, which the list does not do.
    fn uncounted(mut self) -> Self {
        self.parameters.retain(|parameter| parameter.name != "$count" && parameter.name != parameters::CONSISTENCY);
        self
    }

    /// The same, refused with these statuses too.
    fn refused(mut self, statuses: &'static [u16]) -> Self {
        self.refused = statuses;
        self
    }

    /// The same with a body.
    fn taking(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// What is said of the route of a handler.
pub fn of(handler: Handler) -> Description {
    match handler {
        Handler::Me => read("The account of who is signed in", "user").with(vec![select(USER_PROPERTIES)]),
        Handler::MyGroups => list("The groups of who is signed in", "group").with(of_list(&groups::RULES)).uncounted(),
        Handler::RevokeMySessions => read("End all own sessions", "booleanValue"),
        Handler::Users => list("Accounts", "user").with(of_list(&users::RULES)),
        Handler::CountUsers => {
            let parameters = of_list(&users::COUNT_RULES).into_iter().filter(|one| one.name != parameters::CONSISTENCY);
            said("How many accounts there are", 200, Answer::Number)
                .with(parameters.chain([consistency(true)]).collect())
        }
        Handler::User => read("One account, by id or userPrincipalName", "user").with(vec![select(USER_PROPERTIES)]),
        Handler::ChangeUser => done("Change an account").taking(changed_user()),
        Handler::DeleteUser => done("Remove an account, so that it can be restored for 30 days"),
        Handler::DeletedUsers => list("Accounts that were removed", "user").with(of_list(&removed::RULES)).uncounted(),
        Handler::DeletedUser => read("One account that was removed", "user").with(vec![select(USER_PROPERTIES)]),
        Handler::RestoreUser => read("Restore an account", "user"),
        Handler::PurgeUser => done("Remove an account for good"),
        Handler::UserGroups => list("The groups of an account", "group").with(of_list(&groups::RULES)).uncounted(),
        Handler::RevokeSessions => read("End all sessions of an account", "booleanValue"),
        Handler::Sponsors => list("Who answers for an account", "directoryObject"),
        Handler::AddSponsor => done("Let somebody more answer for an account").taking(new_reference()),
        Handler::AddSponsorRef => {
            done("Let somebody more answer for an account, at the address of Graph").taking(new_reference())
        }
        Handler::RemoveSponsor => done("Let somebody answer for an account no more"),
        Handler::UserAssignments => list("The apps to which an account is assigned directly", "appRoleAssignment"),
        Handler::AssignUser => made("Assign an account to an app", "appRoleAssignment", new_assignment()),
        Handler::UnassignUser => done("Take an assignment of an account back"),
        Handler::Groups => list("Groups", "group").with(of_list(&groups::RULES)),
        Handler::CountGroups => said("How many groups there are", 200, Answer::Number).with(vec![consistency(true)]),
        Handler::CreateGroup => made("Make a group", "group", new_group()),
        Handler::Group => read("One group", "group").with(vec![select(GROUP_PROPERTIES)]),
        Handler::RenameGroup => done("Rename a group").taking(changed_group()),
        Handler::DeleteGroup => done("Remove a group"),
        Handler::Members => list("The members of a group", "user").with(of_list(&groups::MEMBER_RULES)).uncounted(),
        Handler::AddMember => done("Put an account into a group").taking(new_reference()),
        Handler::RemoveMember => done("Take an account out of a group"),
        Handler::Owners => {
            list("Who may manage the members of a group", "user").with(of_list(&groups::MEMBER_RULES)).uncounted()
        }
        Handler::AddOwner => done("Let an account manage the members of a group").taking(new_reference()),
        Handler::RemoveOwner => done("Let an account manage the members of a group no more"),
        Handler::GroupAssignments => list("The apps to which a group is assigned", "appRoleAssignment"),
        Handler::AssignGroup => made("Assign a group to an app", "appRoleAssignment", new_assignment()),
        Handler::UnassignGroup => done("Take an assignment of a group back"),
        Handler::Apps => list("Apps", "servicePrincipal").with(of_list(&assignments::APP_RULES)),
        Handler::App => read("One app", "servicePrincipal").with(vec![select(APP_PROPERTIES)]),
        Handler::AppAssignments => list("Who is assigned to an app directly", "appRoleAssignment")
            .with(of_list(&assignments::PAGES))
            .uncounted(),
        Handler::RoleDefinitions => list("Roles of administrators", "roleDefinition"),
        Handler::RoleDefinition => read("One role", "roleDefinition"),
        Handler::RoleAssignments => list("Who has which role", "roleAssignment").with(of_list(&roles::RULES)),
        Handler::RoleAssignment => read("One role of an account", "roleAssignment"),
        Handler::GrantRole => made("Give an account a role", "roleAssignment", new_role()).refused(&[404]),
        Handler::RevokeRole => done("Take a role from an account"),
        Handler::Invite => made("Invite somebody, or let an account be redeemed anew", "invitation", invitation())
            .with(vec![repeat()])
            .refused(&[404, 422]),
        Handler::Batch => read("Several requests in one", "batchAnswer").taking(batch_body()),
        Handler::WhatIf => read("What the policies would decide", "decision").taking(what_if_body()),
        Handler::DirectoryAudits => {
            list("Who did what to which object", "directoryAudit").with(of_list(&logs::AUDIT_RULES))
        }
        Handler::DirectoryAudit => read("One act on the directory", "directoryAudit"),
        Handler::SignIns => list("Who signed in, or did not", "signIn").with(of_list(&logs::SIGN_IN_RULES)),
        Handler::SignIn => read("One sign-in", "signIn"),
        Handler::MonthlyActive => read("How many guests signed in in a month", "monthlyActive").with(vec![month()]),
        Handler::ByPartner => {
            read("How often guests signed in in a month, by partner and app", "byPartner").with(vec![month()])
        }
        Handler::NeverRedeemed => stream("Guests who have never redeemed their invitation"),
        Handler::Unused => stream("Guests who have not signed in for a time")
            .with(vec![named("days", json!({ "type": "integer", "minimum": 1, "maximum": MAX_DAYS, "default": 90 }))]),
        Handler::ExportAudit => said("A whole log", 200, Answer::Stream).with(export()),
        Handler::VerifyAudit => read("Whether the audit is whole and unchanged", "verification"),
        Handler::BulkJobs => {
            list("Files of invitations that were handed in", "bulkInvitation").with(of_list(&bulk::RULES)).uncounted()
        }
        Handler::HandIn => hand_in(),
        Handler::BulkJob => read("One file of invitations, and how far it has come", "bulkInvitation"),
        Handler::StopBulkJob => read("Invite nobody more of a file", "bulkInvitation"),
        Handler::ResumeBulkJob => read("Go on with a file", "bulkInvitation"),
        Handler::RemoveBulkJob => done("Forget a file and its report"),
        Handler::BulkReport => said("What became of each row of a file", 200, Answer::File),
    }
}

fn hand_in() -> Description {
    let parameters = vec![
        named(bulk::DRY_RUN, json!({ "type": "string", "enum": ["true", "false"], "default": "false" })),
        named(bulk::FILE_NAME, json!({ "type": "string" })),
    ];
    let mut hand_in = said("Hand a file of invitations in, or have it judged", 202, Answer::One("bulkInvitation"));
    hand_in.answers.push((200, Answer::One("judgedFile")));
    Description { body_type: "text/csv", ..hand_in.with(parameters).taking(json!({ "type": "string" })) }
}

/// An object of which nothing is taken but these properties; annotations stand beside them and say nothing.
fn body(required: &[&str], mut properties: Value) -> Value {
    properties["@odata.type"] = json!({});
    properties["@odata.context"] = json!({});
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

fn text(max: usize) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": max })
}

fn nullable(max: usize) -> Value {
    json!({ "type": ["string", "null"], "minLength": 1, "maxLength": max })
}

fn slug() -> Value {
    json!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$" })
}

fn changed_user() -> Value {
    let mails =
        json!({ "type": "array", "maxItems": MAX_OTHER_MAILS, "items": { "type": "string", "maxLength": 254 } });
    body(
        &[],
        json!({
            "displayName": nullable(MAX_NAME),
            "accountEnabled": { "type": "boolean" },
            "companyName": nullable(MAX_COMPANY_NAME),
            "preferredLanguage": { "type": ["string", "null"] },
            "mail": { "type": "string" },
            "otherMails": mails,
            "userType": { "type": "string", "enum": ["Guest", "Member"] },
            "showInAddressList": { "type": "boolean" },
        }),
    )
}

fn new_group() -> Value {
    body(
        &["displayName", "mailNickname"],
        json!({
            "displayName": text(MAX_NAME),
            "mailNickname": slug(),
            "mailEnabled": { "type": "boolean", "enum": [false] },
            "securityEnabled": { "type": "boolean", "enum": [true] },
            "groupTypes": { "type": "array", "maxItems": 0 },
        }),
    )
}

fn changed_group() -> Value {
    body(&[], json!({ "displayName": text(MAX_NAME), "mailNickname": slug() }))
}

fn new_reference() -> Value {
    body(&["@odata.id"], json!({ "@odata.id": { "type": "string" } }))
}

fn invitation() -> Value {
    let maybe = json!({ "type": ["string", "null"] });
    let flag = json!({ "type": ["boolean", "null"] });
    let optional = |properties: Value| {
        let mut schema = body(&[], properties);
        schema["type"] = json!(["object", "null"]);
        schema
    };
    let address = optional(json!({ "name": maybe, "address": maybe }));
    let recipients = json!({ "type": ["array", "null"], "items": body(&[], json!({ "emailAddress": address })) });
    let message =
        optional(json!({ "messageLanguage": maybe, "customizedMessageBody": maybe, "ccRecipients": recipients }));
    let sponsor = json!({ "type": ["string", "object"] });
    body(
        &["invitedUserEmailAddress", "inviteRedirectUrl"],
        json!({
            "invitedUserEmailAddress": { "type": "string" },
            "inviteRedirectUrl": { "type": "string" },
            "invitedUserDisplayName": maybe,
            "invitedUserType": { "enum": ["Guest", "Member", null] },
            "sendInvitationMessage": flag,
            "invitedUserMessageInfo": message,
            "invitedUserSponsors": { "type": ["array", "null"], "maxItems": MAX_SPONSORS, "items": sponsor },
            "resetRedemption": flag,
            "invitedUser": optional(json!({ "id": { "type": "string" } })),
        }),
    )
}

fn new_assignment() -> Value {
    body(
        &["principalId", "resourceId"],
        json!({
            "principalId": { "type": "string" },
            "resourceId": { "type": "string" },
            "appRoleId": { "type": "string", "enum": [assignments::DEFAULT_ACCESS] },
            "principalType": {},
        }),
    )
}

fn new_role() -> Value {
    let ids: Vec<&str> = Role::ALL.into_iter().map(Role::template_id).collect();
    body(
        &["principalId", "roleDefinitionId"],
        json!({
            "principalId": { "type": "string" },
            "roleDefinitionId": { "type": "string", "enum": ids },
            "directoryScopeId": { "type": "string", "enum": [roles::SCOPE] },
        }),
    )
}

fn batch_body() -> Value {
    let request = json!({
        "type": "object",
        "required": ["id", "method", "url"],
        "properties": {
            "id": text(batch::MAX_ID),
            "method": { "type": "string" },
            "url": { "type": "string", "pattern": "^/" },
            "headers": {},
            "body": {},
            "dependsOn": { "type": "array", "items": { "type": "string" } },
        },
    });
    let requests = json!({ "type": "array", "minItems": 1, "maxItems": batch::MAX_PARTS, "items": request });
    body(&["requests"], json!({ "requests": requests }))
}

fn what_if_body() -> Value {
    let flows: Vec<&str> = Flow::WORDS.iter().copied().chain(["unknown"]).collect();
    body(
        &["guest", "app", "platform", "client_app_type"],
        json!({
            "guest": { "type": "string" },
            "app": { "type": "string" },
            "platform": { "type": "string", "enum": Platform::WORDS },
            "client_app_type": { "type": "string", "enum": ClientAppType::WORDS },
            "ip": { "type": "string" },
            "country": { "type": "string" },
            "flow": { "type": "string", "enum": flows },
            "shown": { "type": "array", "maxItems": what_if::MAX_SHOWN, "items": { "type": "string" } },
        }),
    )
}

/// By which a request that comes again is answered as before.
fn repeat() -> Parameter {
    let schema = json!({ "type": "string", "minLength": 1, "maxLength": 257 });
    let about = Some("A name of the request, under which it is done once.".to_owned());
    Parameter { name: "Idempotency-Key", place: "header", required: false, schema, about }
}

fn month() -> Parameter {
    named("month", json!({ "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$" }))
}

fn format() -> Parameter {
    named("format", json!({ "type": "string", "enum": Format::WORDS, "default": "jsonl" }))
}

fn export() -> Vec<Parameter> {
    let parameter = |name: &&'static str| match *name {
        "kind" => Parameter { required: true, ..named("kind", json!({ "type": "string", "enum": Kind::WORDS })) },
        "format" => format(),
        "status" => named("status", json!({ "type": "string", "enum": Status::WORDS })),
        "client_app" => named("client_app", json!({ "type": "string", "enum": ClientAppType::WORDS })),
        "conditional_access" => named("conditional_access", json!({ "type": "string", "enum": PolicyStatus::WORDS })),
        name => named(name, json!({ "type": "string", "minLength": 1 })),
    };
    EXPORT_PARAMETERS.iter().map(parameter).collect()
}
