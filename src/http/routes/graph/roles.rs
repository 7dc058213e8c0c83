//! Roles and who has them over HTTP, in the shape of Graph's `roleManagement/directory`.

use serde_json::{Value, json};

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::odata::QueryFault;
use super::odata::filter::{Filterable, Kind};
use super::odata::query::{Paging, Query, Rules, SkipToken, only};
use super::resources::{self, document, text};
use super::table::ROLE_ASSIGNMENTS;
use crate::base::encoding::{base64url, from_base64url};
use crate::domain::guests::GuestId;
use crate::domain::roles::Role;
use crate::flows::administrators::Account;
use crate::flows::directory::DirectoryError;
use crate::flows::directory::roles::{self, Granted, Property};
use crate::flows::services::Services;

/// The one scope that a role is granted in.
pub const SCOPE: &str = "/";

/// What the list of assignments lets be asked.
pub const RULES: Rules<Property, ()> = Rules {
    filterable: &[
        Filterable { name: "principalId", property: Property::Principal, kind: Kind::Text },
        Filterable { name: "roleDefinitionId", property: Property::Role, kind: Kind::Text },
    ],
    searchable: &[],
    orders: &[],
    selectable: &[],
    paging: Paging::Uncounted,
};

const fn name(role: Role) -> &'static str {
    match role {
        Role::GlobalAdministrator => "Global Administrator",
        Role::UserAdministrator => "User Administrator",
        Role::GuestInviter => "Guest Inviter",
        Role::HelpdeskAdministrator => "Helpdesk Administrator",
        Role::SecurityAdministrator => "Security Administrator",
        Role::ConditionalAccessAdministrator => "Conditional Access Administrator",
        Role::ExternalIdentityProviderAdministrator => "External Identity Provider Administrator",
        Role::ReportsReader => "Reports Reader",
    }
}

fn shown_role(role: Role) -> Value {
    json!({
        "id": role.template_id(),
        "templateId": role.template_id(),
        "displayName": name(role),
        "description": format!("`{}` in object files and at the command line", role.as_str()),
        "isBuiltIn": true,
        "isEnabled": true,
    })
}

/// `GET /roleManagement/directory/roleDefinitions`.
pub fn definitions(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    roles::may_read(ask.caller())?;
    let values = Role::ALL.into_iter().map(shown_role).collect();
    let public_url = &services.settings.public_url;
    let context = "roleManagement/directory/roleDefinitions";
    Ok(Reply::ok(resources::list(public_url, context, (ask.path, &ask.query), values, None, None)))
}

/// `GET /roleManagement/directory/roleDefinitions/{id}`.
pub fn definition(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    roles::may_read(ask.caller())?;
    let role = Role::of_template(id).ok_or_else(|| DirectoryError::unknown("roleDefinition", id))?;
    let context = "roleManagement/directory/roleDefinitions/$entity";
    Ok(Reply::ok(document(&services.settings.public_url, context, shown_role(role))))
}

/// The name of an assignment: who and what, since there is one of each pair.
fn assignment_id((guest, role): Granted) -> String {
    let role = uuid::Uuid::parse_str(role.template_id()).unwrap_or_default();
    base64url([guest.as_bytes().as_slice(), role.as_bytes()].concat())
}

fn parse(text: &str) -> Option<Granted> {
    let bytes = from_base64url(text).filter(|bytes| bytes.len() == 32)?;
    let id = |part: &[u8]| part.try_into().ok().map(uuid::Uuid::from_bytes);
    let role = Role::of_template(&id(&bytes[16..])?.to_string())?;
    Some((GuestId::from_uuid(id(&bytes[..16])?), role))
}

fn shown(granted: Granted) -> Value {
    json!({
        "id": assignment_id(granted),
        "principalId": granted.0.to_string(),
        "roleDefinitionId": granted.1.template_id(),
        "directoryScopeId": SCOPE,
    })
}

/// `GET /roleManagement/directory/roleAssignments`.
pub async fn list(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let query = Query::read(&ask.query, &RULES, ask.is_eventual)?;
    let place = |token: &SkipToken| parse(&token.id).ok_or(QueryFault::SkipToken);
    let after = query.skip_token.as_ref().map(place).transpose()?;
    let page = roles::list(services, ask.caller(), query.filter.as_ref(), after, query.top).await?;
    let values = page.items.into_iter().map(shown).collect();
    let next = page.next.map(|granted| SkipToken { key: String::new(), id: assignment_id(granted) });
    let public_url = &services.settings.public_url;
    let context = "roleManagement/directory/roleAssignments";
    Ok(Reply::ok(resources::list(public_url, context, (ask.path, &ask.query), values, next, None)))
}

fn one_shown(services: &Services, value: Value) -> Value {
    document(&services.settings.public_url, "roleManagement/directory/roleAssignments/$entity", value)
}

/// `GET /roleManagement/directory/roleAssignments/{assignment}`.
pub async fn one(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let granted = parse(id).ok_or_else(|| roles::unknown(id))?;
    roles::one(services, ask.caller(), granted, id).await?;
    Ok(Reply::ok(one_shown(services, shown(granted))))
}

/// What the command line would say of an account that was given a role.
fn warning(account: &Account) -> Option<String> {
    match account {
        Account::Bound => None,
        Account::BoundElsewhere { partner } => Some(format!(
            "the account is signed in to by the partner `{partner}`, which is not the home organisation: whoever runs \
             that partner can sign in as this administrator"
        )),
        Account::Waiting => Some("nobody has signed in with this address yet".to_owned()),
        Account::WaitingForPartner => {
            Some("nobody has signed in with this address yet, and nobody can: no partner has its domain".to_owned())
        }
    }
}

/// `POST /roleManagement/directory/roleAssignments`.
pub async fn grant(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let map = resources::object(ask.body.as_ref(), &["principalId", "roleDefinitionId", "directoryScopeId"])?;
    if map.contains_key("directoryScopeId") && text(map, "directoryScopeId")? != SCOPE {
        return Err(Fault::bad(format!("`directoryScopeId` must be `{SCOPE}`: a role holds for everything here")));
    }
    let role = Role::of_template(text(map, "roleDefinitionId")?);
    let role = role.ok_or_else(|| Fault::bad("`roleDefinitionId` must be the id of one of the `roleDefinitions`"))?;
    let guest = GuestId::parse(text(map, "principalId")?);
    let guest = guest.map_err(|_| Fault::bad("`principalId` must be the id of an account"))?;
    let account = roles::grant(services, ask.caller(), guest, role).await?;
    let mut value = shown((guest, role));
    if let Some(warning) = warning(&account) {
        value["@entente.warning"] = warning.into();
    }
    let location = services.settings.public_url.join(&format!("{ROLE_ASSIGNMENTS}/{}", assignment_id((guest, role))));
    Ok(Reply::made(one_shown(services, value), location))
}

/// `DELETE /roleManagement/directory/roleAssignments/{assignment}`.
pub async fn revoke(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let granted = parse(id).ok_or_else(|| roles::unknown(id))?;
    roles::revoke(services, ask.caller(), granted, id).await?;
    Ok(Reply::done())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignment_is_named_by_who_and_what() {
        let guest = GuestId::from_uuid(uuid::Uuid::from_u128(1));
        for role in Role::ALL {
            assert_eq!(parse(&assignment_id((guest, role))), Some((guest, role)));
        }
        for text in ["", "AA", "!", &base64url([b'x'; 32]), &base64url([b'x'; 33])] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
