//! Where our endpoints are, for the routes.

use crate::domain::bulk::job::BulkJobId;
use crate::domain::bulk::upload::UploadId;
use crate::downstream::metadata as apps;
use crate::flows::bulk::rows::Which;
use crate::upstream::metadata as partners;

/// Our SAML metadata toward partners.
pub const SP_METADATA: &str = partners::SP_METADATA_PATH;
/// The one with our encryption certificate.
pub const SP_ENCRYPTION_METADATA: &str = partners::SP_ENCRYPTION_METADATA_PATH;
/// Our assertion consumer service.
pub const ACS: &str = partners::ACS_PATH;
/// Where the answers of OIDC partners come to; each partner has an address of its own.
pub const RP_CALLBACK: &str = "/oidc/rp/callback/{handle}";
/// Where OIDC partners say that sessions have ended; each has an address of its own.
pub const RP_BACKCHANNEL_LOGOUT: &str = "/oidc/rp/backchannel-logout/{handle}";
/// Our SAML metadata toward apps.
pub const IDP_METADATA: &str = apps::IDP_METADATA_PATH;
/// Where SAML apps send their requests.
pub const SSO: &str = apps::SSO_PATH;
/// Where sign-ins begin that no app has asked for.
pub const START: &str = crate::downstream::start::START_PATH;
/// The OpenID Connect discovery document.
pub const DISCOVERY: &str = apps::DISCOVERY_PATH;
/// The authorization endpoint.
pub const AUTHORIZE: &str = apps::AUTHORIZE_PATH;
/// The token endpoint.
pub const TOKEN: &str = apps::TOKEN_PATH;
/// Where apps push requests.
pub const PUSH: &str = apps::PUSH_PATH;
/// Where apps ask about tokens.
pub const INTROSPECT: &str = apps::INTROSPECTION_PATH;
/// Where apps give tokens back.
pub const REVOKE: &str = apps::REVOCATION_PATH;
/// The userinfo endpoint.
pub const USERINFO: &str = apps::USERINFO_PATH;
/// Our public keys toward apps.
pub const JWKS: &str = apps::JWKS_PATH;
/// The end-session endpoint.
pub const END_SESSION: &str = apps::END_SESSION_PATH;
/// Where the links of invitations lead.
pub const REDEEM: &str = "/redeem";
/// Where guests end their account here.
pub const LEAVE: &str = "/leave";
/// The access panel.
pub const PANEL: &str = "/";
/// The page on which people manage their own second factors.
pub const SECURITY_INFO: &str = "/security-info";
/// The link in a mail by which a person blocks invitations.
pub const MAIL_BLOCK: &str = "/mail/block";
/// Where a person invites one guest.
pub const INVITE: &str = "/invite";
/// Where a person invites those of a file.
pub const INVITE_FILES: &str = "/invite/files";
/// What would be done with a file.
pub const INVITE_PREVIEW: &str = "/invite/preview";
/// How far a file has come.
pub const INVITE_JOB: &str = "/invite/job";
/// What became of the rows of a file.
pub const INVITE_ROWS: &str = "/invite/rows";
/// The report of a file.
pub const INVITE_REPORT: &str = "/invite/report";

/// What would be done with this file.
#[must_use]
pub fn invite_preview(id: UploadId) -> String {
    format!("{INVITE_PREVIEW}?upload={id}")
}

/// How far this file has come.
#[must_use]
pub fn invite_job(id: BulkJobId) -> String {
    format!("{INVITE_JOB}?job={id}")
}

/// What became of these rows of this file, behind one of them.
#[must_use]
pub fn invite_rows(id: BulkJobId, which: Which, after: Option<u32>) -> String {
    let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
    format!("{INVITE_ROWS}?job={id}&which={}{after}", which.as_str())
}
