//! The objects that answers are made of. Each property stands here; what is not said is never sent.

use serde_json::{Map, Value, json};

/// Every schema by its name.
pub fn all() -> Value {
    let mut all = Map::new();
    for (name, schema) in [
        ("fault", fault()),
        ("user", user()),
        ("group", group()),
        ("servicePrincipal", app()),
        ("appRoleAssignment", assignment()),
        ("roleDefinition", role()),
        ("roleAssignment", role_assignment()),
        ("directoryObject", object(json!({ "id": text() }))),
        ("booleanValue", object(json!({ "value": flag() }))),
        ("invitation", invitation()),
        ("batchAnswer", batch()),
        ("decision", decision()),
        ("directoryAudit", audit()),
        ("signIn", sign_in()),
        ("monthlyActive", monthly_active()),
        ("byPartner", by_partner()),
        ("verification", verification()),
        ("bulkInvitation", bulk_invitation()),
        ("judgedFile", judged_file()),
    ] {
        all.insert(name.to_owned(), schema);
    }
    Value::Object(all)
}

/// A page of a list.
pub fn list(of: &str) -> Value {
    let mut list = object(json!({
        "@odata.count": { "type": "integer", "minimum": 0 },
        "@odata.nextLink": text(),
        "value": { "type": "array", "items": reference(of) },
    }));
    list["required"] = json!(["@odata.context", "value"]);
    list
}

/// Where a schema stands.
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An object in the way of OData, which says what it is beside its properties.
fn object(mut properties: Value) -> Value {
    properties["@odata.context"] = text();
    properties["@odata.type"] = text();
    closed(properties)
}

fn closed(properties: Value) -> Value {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn whole(properties: Value) -> Value {
    let required: Vec<String> = properties.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn texts() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn maybe() -> Value {
    json!({ "type": ["string", "null"] })
}

fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn number() -> Value {
    json!({ "type": "integer" })
}

fn objects(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

fn fault() -> Value {
    let inner = whole(json!({ "date": text(), "request-id": text(), "client-request-id": text() }));
    whole(json!({ "error": whole(json!({ "code": text(), "message": text(), "innerError": inner })) }))
}

fn bulk_invitation() -> Value {
    whole(json!({
        "id": text(),
        "fileName": text(),
        "form": form(),
        "state": { "type": "string", "enum": ["running", "stopped", "held", "finished"] },
        "rows": number(),
        "done": number(),
        "invited": number(),
        "skipped": number(),
        "failed": number(),
        "requestedBy": text(),
        "createdDateTime": text(),
        "endedDateTime": maybe(),
    }))
}

fn judged_file() -> Value {
    let status = json!({ "type": "string", "enum": ["Skipped", "Failed"] });
    let fault = whole(json!({ "line": number(), "status": status, "errorCode": text(), "message": text() }));
    whole(json!({ "form": form(), "rows": number(), "good": number(), "faults": objects(fault) }))
}

fn form() -> Value {
    json!({ "type": "string", "enum": ["2015", "2016", "v1.0"] })
}

fn user() -> Value {
    let identity = whole(json!({ "signInType": text(), "issuer": maybe(), "issuerAssignedId": text() }));
    object(json!({
        "id": text(),
        "userPrincipalName": text(),
        "displayName": maybe(),
        "givenName": maybe(),
        "surname": maybe(),
        "mail": maybe(),
        "otherMails": texts(),
        "userType": { "type": "string", "enum": ["Guest", "Member"] },
        "accountEnabled": flag(),
        "creationType": { "enum": ["Invitation", "SelfServiceSignUp", "EmailVerified", null] },
        "externalUserState": { "type": "string", "enum": ["PendingAcceptance", "Accepted"] },
        "externalUserStateChangeDateTime": maybe(),
        "companyName": maybe(),
        "preferredLanguage": maybe(),
        "showInAddressList": flag(),
        "identities": objects(identity),
        "createdDateTime": text(),
        "signInSessionsValidFromDateTime": text(),
    }))
}

fn group() -> Value {
    object(json!({
        "id": text(),
        "displayName": text(),
        "mailNickname": text(),
        "mailEnabled": flag(),
        "securityEnabled": flag(),
        "groupTypes": texts(),
    }))
}

fn app() -> Value {
    object(json!({
        "id": text(),
        "appId": text(),
        "displayName": text(),
        "accountEnabled": flag(),
        "appRoleAssignmentRequired": flag(),
        "preferredSingleSignOnMode": { "type": "string", "enum": ["oidc", "saml"] },
        "servicePrincipalType": text(),
        "appRoles": { "type": "array", "maxItems": 0 },
    }))
}

fn assignment() -> Value {
    object(json!({
        "id": text(),
        "appRoleId": text(),
        "principalId": text(),
        "principalType": { "type": "string", "enum": ["User", "Group"] },
        "principalDisplayName": maybe(),
        "resourceId": text(),
        "resourceDisplayName": text(),
    }))
}

fn role() -> Value {
    object(json!({
        "id": text(),
        "templateId": text(),
        "displayName": text(),
        "description": text(),
        "isBuiltIn": flag(),
        "isEnabled": flag(),
    }))
}

fn role_assignment() -> Value {
    let mut assignment = object(json!({
        "id": text(),
        "principalId": text(),
        "roleDefinitionId": text(),
        "directoryScopeId": text(),
        "@entente.warning": text(),
    }));
    assignment["required"] = json!(["id", "principalId", "roleDefinitionId", "directoryScopeId"]);
    assignment
}

fn invitation() -> Value {
    let address = whole(json!({ "name": maybe(), "address": maybe() }));
    let recipients = objects(whole(json!({ "emailAddress": address })));
    let message =
        whole(json!({ "messageLanguage": maybe(), "customizedMessageBody": maybe(), "ccRecipients": recipients }));
    let mut invitation = object(json!({
        "id": maybe(),
        "inviteRedeemUrl": maybe(),
        "invitedUserDisplayName": maybe(),
        "invitedUserType": { "type": "string", "enum": ["Guest", "Member"] },
        "invitedUserEmailAddress": maybe(),
        "sendInvitationMessage": flag(),
        "resetRedemption": flag(),
        "inviteRedirectUrl": maybe(),
        "status": text(),
        "invitedUserMessageInfo": message,
        "invitedUser": whole(json!({ "id": text() })),
    }));
    invitation["required"] = json!(["@odata.context", "status", "invitedUser"]);
    invitation
}

fn batch() -> Value {
    let mut one = closed(json!({
        "id": text(),
        "status": number(),
        "headers": { "type": "object", "additionalProperties": { "type": "string" } },
        "body": { "type": ["object", "integer"] },
    }));
    one["required"] = json!(["id", "status", "headers"]);
    whole(json!({ "responses": objects(one) }))
}

fn decision() -> Value {
    let applying = whole(json!({ "slug": text(), "state": text(), "result": text() }));
    let others = whole(json!({ "slug": text(), "state": text(), "condition": text(), "why": text() }));
    whole(json!({
        "policy_version": text(),
        "decision": text(),
        "applying": objects(applying),
        "not_applying": objects(others),
    }))
}

fn audit() -> Value {
    let user =
        whole(json!({ "id": maybe(), "displayName": maybe(), "userPrincipalName": maybe(), "ipAddress": maybe() }));
    let app = whole(json!({ "appId": maybe(), "displayName": maybe(), "servicePrincipalId": maybe() }));
    let or_none = |schema: Value| json!({ "anyOf": [schema, { "type": "null" }] });
    let mut property = closed(json!({ "displayName": text(), "oldValue": text(), "newValue": text() }));
    property["required"] = json!(["displayName"]);
    let mut target = closed(json!({
        "type": text(),
        "id": text(),
        "displayName": text(),
        "modifiedProperties": objects(property),
    }));
    target["required"] = json!(["type", "id"]);
    let mut audit = object(json!({
        "id": text(),
        "activityDateTime": text(),
        "category": text(),
        "loggedByService": text(),
        "activityDisplayName": text(),
        "result": { "type": "string", "enum": ["success", "failure"] },
        "resultReason": text(),
        "correlationId": text(),
        "initiatedBy": whole(json!({ "user": or_none(user), "app": or_none(app) })),
        "targetResources": objects(target),
        "additionalDetails": objects(whole(json!({ "key": text(), "value": text() }))),
    }));
    audit["required"] = json!([
        "id",
        "activityDateTime",
        "activityDisplayName",
        "result",
        "initiatedBy",
        "targetResources",
        "additionalDetails",
    ]);
    audit
}

fn sign_in() -> Value {
    let policy = whole(json!({ "displayName": text(), "result": text() }));
    let mut sign_in = object(json!({
        "id": text(),
        "createdDateTime": text(),
        "userId": text(),
        "userPrincipalName": text(),
        "userDisplayName": text(),
        "userType": { "type": "string", "enum": ["guest", "member"] },
        "appId": text(),
        "appDisplayName": text(),
        "resourceId": text(),
        "resourceDisplayName": text(),
        "resourceTenantId": text(),
        "homeTenantId": text(),
        "homeTenantName": text(),
        "crossTenantAccessType": { "type": "string", "enum": ["none", "b2bCollaboration"] },
        "ipAddress": text(),
        "location": whole(json!({ "countryOrRegion": text() })),
        "clientAppUsed": text(),
        "deviceDetail": whole(json!({ "operatingSystem": text() })),
        "status": whole(json!({ "errorCode": number(), "failureReason": maybe(), "additionalDetails": maybe() })),
        "conditionalAccessStatus": { "type": "string", "enum": ["success", "failure", "notApplied"] },
        "appliedConditionalAccessPolicies": objects(policy),
        "authenticationRequirement": {
            "type": "string",
            "enum": ["singleFactorAuthentication", "multiFactorAuthentication"],
        },
        "authenticationMethodsUsed": texts(),
        "authenticationProtocol": { "type": "string", "enum": ["oAuth2", "saml20"] },
        "isInteractive": flag(),
        "signInEventType": { "type": "string", "enum": ["partner", "session"] },
        "correlationId": text(),
    }));
    sign_in["required"] = json!(["id", "createdDateTime", "resourceTenantId", "status", "isInteractive"]);
    sign_in
}

fn monthly_active() -> Value {
    whole(json!({ "month": text(), "active_guests": number(), "active_accounts_removed_since": number() }))
}

fn by_partner() -> Value {
    let line = whole(json!({
        "partner_id": maybe(),
        "partner_name": maybe(),
        "app_id": maybe(),
        "app_name": maybe(),
        "sign_ins": number(),
        "unique_guests": number(),
    }));
    whole(json!({ "month": text(), "is_whole": flag(), "lines": objects(line) }))
}

fn verification() -> Value {
    let place = json!({ "type": ["integer", "null"] });
    let told = whole(json!({ "fault": text(), "node": maybe(), "sequence": place, "head": place, "text": text() }));
    whole(json!({
        "holds": flag(),
        "entries": number(),
        "nodes": number(),
        "heads": number(),
        "faults": number(),
        "told": objects(told),
    }))
}
