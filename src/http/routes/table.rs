//! The addresses as data.

use crate::flows::paths;

/// The answer to "which organisation?".
pub const ORGANIZATION: &str = "/sign-in/organization";
/// The answer to "which account?".
pub const ACCOUNT: &str = "/sign-in/account";
/// The answer to "is the app to be told?".
pub const CONSENT: &str = "/sign-in/consent";
/// The answer to a page of second factors.
pub const FACTOR: &str = "/sign-in/factor";
/// The answer to "is the account that you were invited to to be yours?".
pub const AGREE: &str = "/redeem/agree";
/// What the pages of sign-in by a mailed code post.
pub const SIGN_IN_CODE: &str = "/sign-in/code";
/// The answer to "sign out?".
pub const SIGN_OUT: &str = "/sign-out";
/// The description of the API.
pub const OPENAPI: &str = "/api/openapi.json";
/// Alive.
pub const LIVE: &str = "/health/live";
/// Ready.
pub const READY: &str = "/health/ready";
/// Style, icon and script.
pub const ASSETS: &str = "/assets/{file}";

/// Where browsers look for an icon by themselves.
pub const FAVICON: &str = "/favicon.ico";

/// Parameters of the authorization endpoint.
pub const AUTHORIZE_PARAMETERS: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
    "domain_hint",
    "id_token_hint",
    "acr_values",
    "claims",
    "ui_locales",
    "request",
    "request_uri",
    "registration",
    "dpop_jkt",
    "resource",
];
/// Parameters of the endpoint where apps push requests: those of the authorization endpoint, and what proves the app.
pub const PUSH_PARAMETERS: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
    "domain_hint",
    "id_token_hint",
    "acr_values",
    "claims",
    "ui_locales",
    "request",
    "request_uri",
    "registration",
    "dpop_jkt",
    "resource",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
];
/// Parameters of the token endpoint.
pub const TOKEN_PARAMETERS: &[&str] = &[
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "refresh_token",
    "scope",
    "resource",
];
/// Parameters of the endpoints where apps ask about tokens and give them back.
pub const SHOWN_TOKEN_PARAMETERS: &[&str] =
    &["token", "token_type_hint", "client_id", "client_secret", "client_assertion", "client_assertion_type"];
/// Parameters of the end-session endpoint.
pub const END_SESSION_PARAMETERS: &[&str] =
    &["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales", "logout_hint"];
/// Parameters of the SSO location in the query of a GET.
pub const SSO_PARAMETERS: &[&str] =
    &["SAMLRequest", "RelayState", "SigAlg", "Signature", "SAMLEncoding", "login_hint", "domain_hint"];
/// Parameters of the SSO location in the form of a POST, which is signed inside.
pub const SSO_FORM_PARAMETERS: &[&str] = &["SAMLRequest", "RelayState", "login_hint", "domain_hint"];
/// Parameters of a link that begins a sign-in.
pub const START_PARAMETERS: &[&str] = &["app", "RelayState", "login_hint", "domain_hint"];
/// Parameters of the assertion consumer service.
pub const ACS_PARAMETERS: &[&str] = &["SAMLResponse", "RelayState"];

/// Parameters of the address to which OIDC partners answer.
pub const RP_CALLBACK_PARAMETERS: &[&str] = &["code", "state", "iss", "error", "error_description"];

/// Parameters of the address at which OIDC partners say that sessions have ended.
pub const RP_BACKCHANNEL_LOGOUT_PARAMETERS: &[&str] = &["logout_token"];

/// Parameters of the answer to a page of second factors.
pub const FACTOR_PARAMETERS: &[&str] = &["attempt", "action", "kind", "code", "credential", "label"];
/// Parameters of what the pages of sign-in by a mailed code post.
pub const SIGN_IN_CODE_PARAMETERS: &[&str] = &["attempt", "action", "code"];
/// Parameters of what the page of one's own factors posts.
pub const SECURITY_INFO_PARAMETERS: &[&str] = &["token", "action", "kind", "factor", "label"];

/// Parameters of the link in a mail that blocks invitations.
pub const MAIL_BLOCK_PARAMETERS: &[&str] = &["token"];
/// Parameters of what its page posts, or a mail program (RFC 8058).
pub const MAIL_BLOCK_FORM_PARAMETERS: &[&str] = &["token", "decision", "List-Unsubscribe"];

/// Parameters of the form that invites one guest.
pub const INVITE_PARAMETERS: &[&str] = &["token", "address", "name", "app", "message", "language"];
/// Parameters of the form that confirms a file.
pub const INVITE_PREVIEW_PARAMETERS: &[&str] = &["token", "upload", "decision"];
/// Parameters of the form that stops a file or lets it go on.
pub const INVITE_JOB_PARAMETERS: &[&str] = &["token", "job", "action"];
/// Parameters of the page of rows.
pub const INVITE_ROWS_PARAMETERS: &[&str] = &["job", "which", "after"];
/// Parameters of the form that asks for a report.
pub const INVITE_REPORT_PARAMETERS: &[&str] = &["token", "job"];

/// One method on one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The address.
    pub path: &'static str,
    /// Every parameter that is read, of the query of a GET or the form of a POST.
    pub parameters: &'static [&'static str],
}

const fn route(method: &'static str, path: &'static str, parameters: &'static [&'static str]) -> Route {
    Route { method, path, parameters }
}

/// Every route.
pub const ROUTES: &[Route] = &[
    route("GET", paths::DISCOVERY, &[]),
    route("GET", paths::JWKS, &[]),
    route("GET", paths::AUTHORIZE, AUTHORIZE_PARAMETERS),
    route("POST", paths::AUTHORIZE, AUTHORIZE_PARAMETERS),
    route("POST", paths::TOKEN, TOKEN_PARAMETERS),
    route("POST", paths::PUSH, PUSH_PARAMETERS),
    route("POST", paths::INTROSPECT, SHOWN_TOKEN_PARAMETERS),
    route("POST", paths::REVOKE, SHOWN_TOKEN_PARAMETERS),
    route("GET", paths::USERINFO, &[]),
    route("POST", paths::USERINFO, &["access_token"]),
    route("GET", paths::END_SESSION, END_SESSION_PARAMETERS),
    route("POST", paths::END_SESSION, END_SESSION_PARAMETERS),
    route("GET", paths::IDP_METADATA, &[]),
    route("GET", paths::SSO, SSO_PARAMETERS),
    route("POST", paths::SSO, SSO_FORM_PARAMETERS),
    route("GET", paths::START, START_PARAMETERS),
    route("GET", paths::SP_METADATA, &[]),
    route("GET", paths::SP_ENCRYPTION_METADATA, &[]),
    route("POST", paths::ACS, ACS_PARAMETERS),
    route("GET", paths::RP_CALLBACK, RP_CALLBACK_PARAMETERS),
    route("POST", paths::RP_BACKCHANNEL_LOGOUT, RP_BACKCHANNEL_LOGOUT_PARAMETERS),
    route("GET", ORGANIZATION, &["attempt"]),
    route("POST", ORGANIZATION, &["attempt", "email", "organization", "forget", "by"]),
    route("POST", SIGN_IN_CODE, SIGN_IN_CODE_PARAMETERS),
    route("POST", ACCOUNT, &["attempt", "account"]),
    route("POST", CONSENT, &["attempt", "decision"]),
    route("POST", FACTOR, FACTOR_PARAMETERS),
    route("GET", paths::REDEEM, &["ticket"]),
    route("POST", paths::REDEEM, &["ticket"]),
    route("POST", AGREE, &["attempt", "decision"]),
    route("GET", paths::PANEL, &[]),
    route("GET", paths::LEAVE, &[]),
    route("POST", paths::LEAVE, &["token"]),
    route("GET", paths::INVITE, &[]),
    route("POST", paths::INVITE, INVITE_PARAMETERS),
    route("GET", paths::INVITE_FILES, &[]),
    // A form with a file, which is no list of parameters.
    route("POST", paths::INVITE_FILES, &[]),
    route("GET", paths::INVITE_PREVIEW, &["upload"]),
    route("POST", paths::INVITE_PREVIEW, INVITE_PREVIEW_PARAMETERS),
    route("GET", paths::INVITE_JOB, &["job"]),
    route("POST", paths::INVITE_JOB, INVITE_JOB_PARAMETERS),
    route("GET", paths::INVITE_ROWS, INVITE_ROWS_PARAMETERS),
    route("POST", paths::INVITE_REPORT, INVITE_REPORT_PARAMETERS),
    route("GET", paths::SECURITY_INFO, &[]),
    route("POST", paths::SECURITY_INFO, SECURITY_INFO_PARAMETERS),
    route("GET", paths::MAIL_BLOCK, MAIL_BLOCK_PARAMETERS),
    route("POST", paths::MAIL_BLOCK, MAIL_BLOCK_FORM_PARAMETERS),
    route("POST", SIGN_OUT, &["token", "decision"]),
    route("GET", ASSETS, &["v"]),
    route("GET", FAVICON, &[]),
    route("GET", OPENAPI, &[]),
    route("GET", LIVE, &[]),
    route("GET", READY, &[]),
];
