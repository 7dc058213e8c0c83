//! The addresses of the API as data.

use crate::domain::permissions::Act;

/// Where the directory API begins.
pub const BASE: &str = "/v1.0";
/// Where the API begins that Graph has no word for.
pub const OWN_BASE: &str = "/api/v1";
/// The same with a slash.
pub const BASE_SLASH: &str = "/v1.0/";
/// The same with a slash.
pub const OWN_BASE_SLASH: &str = "/api/v1/";
/// Every address of the directory API.
pub const ANY: &str = "/v1.0/{*path}";
/// Every address of our own API.
pub const OWN_ANY: &str = "/api/v1/{*path}";

/// Files that invite the people of their rows.
pub const BULK_INVITATIONS: &str = "/api/v1/bulk-invitations";

/// Who has which role.
pub const ROLE_ASSIGNMENTS: &str = "/v1.0/roleManagement/directory/roleAssignments";

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Adds, or acts.
    Post,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The method of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Get, Self::Post, Self::Patch, Self::Delete].into_iter().find(|method| method.as_str() == name)
    }
}

/// What answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named as its address")]
pub enum Handler {
    Me,
    MyGroups,
    RevokeMySessions,
    Users,
    CountUsers,
    User,
    ChangeUser,
    DeleteUser,
    DeletedUsers,
    DeletedUser,
    RestoreUser,
    PurgeUser,
    UserGroups,
    RevokeSessions,
    Sponsors,
    UserAssignments,
    AssignUser,
    UnassignUser,
    Groups,
    CountGroups,
    CreateGroup,
    Group,
    RenameGroup,
    DeleteGroup,
    Members,
    AddMember,
    RemoveMember,
    Owners,
    AddOwner,
    RemoveOwner,
    GroupAssignments,
    AssignGroup,
    UnassignGroup,
    Apps,
    App,
    AppAssignments,
    Batch,
    WhatIf,
    DirectoryAudits,
    DirectoryAudit,
    SignIns,
    SignIn,
    MonthlyActive,
    ByPartner,
    NeverRedeemed,
    Unused,
    ExportAudit,
    VerifyAudit,
    BulkJobs,
    HandIn,
    BulkJob,
    StopBulkJob,
    ResumeBulkJob,
    RemoveBulkJob,
    BulkReport,
    RoleDefinitions,
    RoleDefinition,
    RoleAssignments,
    RoleAssignment,
    GrantRole,
    RevokeRole,
    Invite,
    AddSponsor,
    AddSponsorRef,
    RemoveSponsor,
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Whom the table of acts allows it.
    Act(Act),
    /// Whom the table of acts allows it, and who owns the app or group that is asked about.
    ActOrOwner(Act),
    /// Whom the table of acts allows one of two, by what is asked.
    Either(Act, Act),
    /// Who may see it: the table of acts, and beyond it what people may see of the directory.
    Sight(Act),
    /// People, of themselves.
    Own(Act),
    /// Whom the table of acts allows it, and people whom a setting lets do it.
    ActOrSetting(Act),
    /// Everybody who has a token; each part asks for itself.
    Parts,
}

/// One method on one address.
#[derive(Debug, Clone, Copy)]
pub struct ApiRoute {
    /// The method.
    pub method: Method,
    /// The address, with the base.
    pub path: &'static str,
    /// Who may ask.
    pub rule: Rule,
    /// What answers.
    pub handler: Handler,
}

const fn route(method: Method, path: &'static str, rule: Rule, handler: Handler) -> ApiRoute {
    ApiRoute { method, path, rule, handler }
}

/// Every route.
pub const ROUTES: &[ApiRoute] = &[
    route(Method::Get, "/v1.0/me", Rule::Own(Act::ReadOwn), Handler::Me),
    route(Method::Get, "/v1.0/me/memberOf", Rule::Own(Act::ReadOwn), Handler::MyGroups),
    route(Method::Post, "/v1.0/me/revokeSignInSessions", Rule::Own(Act::RevokeSessions), Handler::RevokeMySessions),
    route(Method::Get, "/v1.0/users", Rule::Sight(Act::ReadUsers), Handler::Users),
    route(Method::Get, "/v1.0/users/$count", Rule::Sight(Act::ReadUsers), Handler::CountUsers),
    route(Method::Get, "/v1.0/users/{id}", Rule::Sight(Act::ReadUsers), Handler::User),
    route(Method::Patch, "/v1.0/users/{id}", Rule::Either(Act::UpdateUsers, Act::BlockUsers), Handler::ChangeUser),
    route(Method::Delete, "/v1.0/users/{id}", Rule::Act(Act::DeleteUsers), Handler::DeleteUser),
    route(
        Method::Get,
        "/v1.0/directory/deletedItems/microsoft.graph.user",
        Rule::Act(Act::ReadUsers),
        Handler::DeletedUsers,
    ),
    route(Method::Get, "/v1.0/directory/deletedItems/{id}", Rule::Act(Act::ReadUsers), Handler::DeletedUser),
    route(Method::Delete, "/v1.0/directory/deletedItems/{id}", Rule::Act(Act::PurgeUsers), Handler::PurgeUser),
    route(
        Method::Post,
        "/v1.0/directory/deletedItems/{id}/restore",
        Rule::Act(Act::RestoreUsers),
        Handler::RestoreUser,
    ),
    route(Method::Get, "/v1.0/users/{id}/memberOf", Rule::Sight(Act::ReadGroups), Handler::UserGroups),
    route(
        Method::Post,
        "/v1.0/users/{id}/revokeSignInSessions",
        Rule::Act(Act::RevokeSessions),
        Handler::RevokeSessions,
    ),
    route(Method::Get, "/v1.0/users/{id}/sponsors", Rule::Sight(Act::ReadUsers), Handler::Sponsors),
    route(Method::Post, "/v1.0/users/{id}/sponsors", Rule::Act(Act::UpdateUsers), Handler::AddSponsor),
    route(Method::Post, "/v1.0/users/{id}/sponsors/$ref", Rule::Act(Act::UpdateUsers), Handler::AddSponsorRef),
    route(
        Method::Delete,
        "/v1.0/users/{id}/sponsors/{sponsor}/$ref",
        Rule::Act(Act::UpdateUsers),
        Handler::RemoveSponsor,
    ),
    route(Method::Get, "/v1.0/users/{id}/appRoleAssignments", Rule::Sight(Act::ReadApps), Handler::UserAssignments),
    route(Method::Post, "/v1.0/users/{id}/appRoleAssignments", Rule::ActOrOwner(Act::AssignApps), Handler::AssignUser),
    route(
        Method::Delete,
        "/v1.0/users/{id}/appRoleAssignments/{assignment}",
        Rule::ActOrOwner(Act::AssignApps),
        Handler::UnassignUser,
    ),
    route(Method::Get, "/v1.0/groups", Rule::Sight(Act::ReadGroups), Handler::Groups),
    route(Method::Get, "/v1.0/groups/$count", Rule::Sight(Act::ReadGroups), Handler::CountGroups),
    route(Method::Post, "/v1.0/groups", Rule::Act(Act::ManageGroups), Handler::CreateGroup),
    route(Method::Get, "/v1.0/groups/{id}", Rule::Sight(Act::ReadGroups), Handler::Group),
    route(Method::Patch, "/v1.0/groups/{id}", Rule::Act(Act::ManageGroups), Handler::RenameGroup),
    route(Method::Delete, "/v1.0/groups/{id}", Rule::Act(Act::ManageGroups), Handler::DeleteGroup),
    route(Method::Get, "/v1.0/groups/{id}/members", Rule::Sight(Act::ReadGroups), Handler::Members),
    route(
        Method::Post,
        "/v1.0/groups/{id}/members/$ref",
        Rule::ActOrOwner(Act::ManageGroupMembers),
        Handler::AddMember,
    ),
    route(
        Method::Delete,
        "/v1.0/groups/{id}/members/{member}/$ref",
        Rule::ActOrOwner(Act::ManageGroupMembers),
        Handler::RemoveMember,
    ),
    route(Method::Get, "/v1.0/groups/{id}/owners", Rule::Sight(Act::ReadGroups), Handler::Owners),
    route(Method::Post, "/v1.0/groups/{id}/owners/$ref", Rule::Act(Act::ManageGroups), Handler::AddOwner),
    route(Method::Delete, "/v1.0/groups/{id}/owners/{owner}/$ref", Rule::Act(Act::ManageGroups), Handler::RemoveOwner),
    route(Method::Get, "/v1.0/groups/{id}/appRoleAssignments", Rule::Sight(Act::ReadApps), Handler::GroupAssignments),
    route(
        Method::Post,
        "/v1.0/groups/{id}/appRoleAssignments",
        Rule::ActOrOwner(Act::AssignApps),
        Handler::AssignGroup,
    ),
    route(
        Method::Delete,
        "/v1.0/groups/{id}/appRoleAssignments/{assignment}",
        Rule::ActOrOwner(Act::AssignApps),
        Handler::UnassignGroup,
    ),
    route(Method::Get, "/v1.0/servicePrincipals", Rule::Sight(Act::ReadApps), Handler::Apps),
    route(Method::Get, "/v1.0/servicePrincipals/{id}", Rule::Sight(Act::ReadApps), Handler::App),
    route(
        Method::Get,
        "/v1.0/servicePrincipals/{id}/appRoleAssignedTo",
        Rule::Sight(Act::ReadApps),
        Handler::AppAssignments,
    ),
    route(
        Method::Get,
        "/v1.0/roleManagement/directory/roleDefinitions",
        Rule::Act(Act::ReadRoles),
        Handler::RoleDefinitions,
    ),
    route(
        Method::Get,
        "/v1.0/roleManagement/directory/roleDefinitions/{id}",
        Rule::Act(Act::ReadRoles),
        Handler::RoleDefinition,
    ),
    route(Method::Get, ROLE_ASSIGNMENTS, Rule::Act(Act::ReadRoles), Handler::RoleAssignments),
    route(Method::Post, ROLE_ASSIGNMENTS, Rule::Act(Act::ManageRoles), Handler::GrantRole),
    route(
        Method::Get,
        "/v1.0/roleManagement/directory/roleAssignments/{assignment}",
        Rule::Act(Act::ReadRoles),
        Handler::RoleAssignment,
    ),
    route(
        Method::Delete,
        "/v1.0/roleManagement/directory/roleAssignments/{assignment}",
        Rule::Act(Act::ManageRoles),
        Handler::RevokeRole,
    ),
    route(Method::Post, "/v1.0/invitations", Rule::ActOrSetting(Act::InviteGuest), Handler::Invite),
    route(Method::Post, "/v1.0/$batch", Rule::Parts, Handler::Batch),
    route(Method::Post, "/api/v1/policy/what-if", Rule::Act(Act::ReadPolicies), Handler::WhatIf),
    route(Method::Get, "/v1.0/auditLogs/directoryAudits", Rule::Act(Act::ReadAudit), Handler::DirectoryAudits),
    route(Method::Get, "/v1.0/auditLogs/directoryAudits/{id}", Rule::Act(Act::ReadAudit), Handler::DirectoryAudit),
    route(Method::Get, "/v1.0/auditLogs/signIns", Rule::Act(Act::ReadSignIns), Handler::SignIns),
    route(Method::Get, "/v1.0/auditLogs/signIns/{id}", Rule::Act(Act::ReadSignIns), Handler::SignIn),
    route(Method::Get, "/api/v1/reports/monthly-active", Rule::Act(Act::ReadReports), Handler::MonthlyActive),
    route(Method::Get, "/api/v1/reports/partners", Rule::Act(Act::ReadReports), Handler::ByPartner),
    route(Method::Get, "/api/v1/reports/never-redeemed", Rule::Act(Act::ReadReports), Handler::NeverRedeemed),
    route(Method::Get, "/api/v1/reports/unused", Rule::Act(Act::ReadReports), Handler::Unused),
    route(Method::Get, "/api/v1/audit/export", Rule::Either(Act::ReadAudit, Act::ReadSignIns), Handler::ExportAudit),
    route(Method::Get, "/api/v1/audit/verify", Rule::Act(Act::ReadAudit), Handler::VerifyAudit),
    route(Method::Get, BULK_INVITATIONS, Rule::ActOrSetting(Act::InviteGuest), Handler::BulkJobs),
    route(Method::Post, BULK_INVITATIONS, Rule::ActOrSetting(Act::InviteGuest), Handler::HandIn),
    route(Method::Get, "/api/v1/bulk-invitations/{id}", Rule::ActOrSetting(Act::InviteGuest), Handler::BulkJob),
    route(
        Method::Delete,
        "/api/v1/bulk-invitations/{id}",
        Rule::ActOrSetting(Act::InviteGuest),
        Handler::RemoveBulkJob,
    ),
    route(
        Method::Post,
        "/api/v1/bulk-invitations/{id}/stop",
        Rule::ActOrSetting(Act::InviteGuest),
        Handler::StopBulkJob,
    ),
    route(
        Method::Post,
        "/api/v1/bulk-invitations/{id}/resume",
        Rule::ActOrSetting(Act::InviteGuest),
        Handler::ResumeBulkJob,
    ),
    route(
        Method::Get,
        "/api/v1/bulk-invitations/{id}/report",
        Rule::ActOrSetting(Act::InviteGuest),
        Handler::BulkReport,
    ),
];

/// What an address is to the table.
#[derive(Debug, Clone)]
pub enum Found {
    /// This route, with what stands for its parameters.
    Route(&'static ApiRoute, Vec<String>),
    /// The address is there, and takes these methods.
    OtherMethod(Vec<Method>),
    /// An address with this in the place of an id, which it can be none of.
    NoId(String),
    /// There is no such address.
    Nothing,
}

/// Whether the API answers on a path.
#[must_use]
pub fn is_of_api(path: &str) -> bool {
    path == BASE || path == OWN_BASE || path.starts_with(BASE_SLASH) || path.starts_with(OWN_BASE_SLASH)
}

/// Finds the route of a path, whose segments are decoded one by one, so that no encoded slash makes another address.
#[must_use]
pub fn find(method: Option<Method>, path: &str) -> Found {
    let Some(segments) = segments(path) else { return Found::Nothing };
    let (mut others, mut no_id) = (Vec::new(), None);
    for route in ROUTES {
        let Some(values) = matched(route.path, &segments) else { continue };
        if let Some(value) = values.iter().find(|value| is_no_id(value)) {
            no_id = Some(value.clone());
            continue;
        }
        if Some(route.method) == method {
            return Found::Route(route, values);
        }
        others.push(route.method);
    }
    match no_id {
        _ if !others.is_empty() => Found::OtherMethod(others),
        Some(value) => Found::NoId(value),
        None => Found::Nothing,
    }
}

/// The longest segment of a path, decoded. **Units**: bytes.
const MAX_SEGMENT: usize = 512;

fn segments(path: &str) -> Option<Vec<String>> {
    let rest = path.strip_prefix('/')?;
    rest.split('/')
        .map(|raw| {
            // A plus is a plus in a path.
            let decoded = crate::base::params::decode(&raw.replace('+', "%2B"))?;
            (decoded.len() <= MAX_SEGMENT && !decoded.is_empty() && !decoded.chars().any(char::is_control))
                .then_some(decoded)
        })
        .collect()
}

/// Whether this is a word of OData in the place of an id. The name of an account may begin so, and has an `@`.
fn is_no_id(value: &str) -> bool {
    value.starts_with('$') && !value.contains('@')
}

fn matched(pattern: &str, segments: &[String]) -> Option<Vec<String>> {
    let parts: Vec<&str> = pattern.trim_start_matches('/').split('/').collect();
    if parts.len() != segments.len() {
        return None;
    }
    let mut values = Vec::new();
    for (part, segment) in parts.iter().zip(segments) {
        if part.starts_with('{') {
            values.push(segment.clone());
        } else if part != segment {
            return None;
        }
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_by_its_segments() {
        let found = |method, path: &str| match find(method, path) {
            Found::Route(route, values) => format!("{:?} {values:?}", route.handler),
            Found::OtherMethod(methods) => format!("{methods:?}"),
            Found::NoId(value) => format!("no id {value}"),
            Found::Nothing => "nothing".to_owned(),
        };
        let get = |path: &str| found(Some(Method::Get), path);
        assert_eq!(get("/v1.0/users"), "Users []");
        assert_eq!(get("/v1.0/users/a%23EXT%23%40b"), "User [\"a#EXT#@b\"]");
        assert_eq!(get("/v1.0/users/a+b"), "User [\"a+b\"]");
        assert_eq!(get("/v1.0/users/a%2Fsponsors"), "User [\"a/sponsors\"]");
        for path in ["/v1.0", "/v1.0/", "/v1.0/users/", "/v1.0/users//sponsors", "/v1.0/users/%zz", "/v1.0/users/%00"] {
            assert_eq!(get(path), "nothing", "{path}");
        }
        assert_eq!(get(&format!("/v1.0/users/{}", "a".repeat(513))), "nothing");
        assert_eq!(found(Some(Method::Delete), "/v1.0/groups"), "[Get, Post]");
        assert_eq!(found(None, "/v1.0/me"), "[Get]");
        assert_eq!(get("/v1.0/users/$count"), "CountUsers []");
        assert_eq!(get("/v1.0/users/%24count"), "CountUsers []");
        assert_eq!(found(Some(Method::Delete), "/v1.0/users/$count"), "[Get]");
        assert_eq!(get("/v1.0/users/$value"), "no id $value");
        assert_eq!(get("/v1.0/users/$count/memberOf"), "no id $count");
        assert_eq!(get("/v1.0/users/$a_b.example%23EXT%23@c"), "User [\"$a_b.example#EXT#@c\"]");
    }

    #[test]
    fn no_route_stands_twice() {
        for (place, route) in ROUTES.iter().enumerate() {
            let twin = |other: &ApiRoute| other.path == route.path && other.method == route.method;
            assert_eq!(ROUTES.iter().position(twin), Some(place), "{} {}", route.method.as_str(), route.path);
        }
    }
}
