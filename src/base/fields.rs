//! Names of log fields, so that every room spells them alike.

/// The attempt under way.
pub const ATTEMPT_ID: &str = "attempt.id";
/// The request, for those without an attempt.
pub const REQUEST_ID: &str = "request.id";
/// The partner concerned.
pub const PARTNER_ID: &str = "partner.id";
/// The app concerned.
pub const APP_ID: &str = "app.id";
/// The guest concerned.
pub const GUEST_ID: &str = "guest.id";
/// The session concerned.
pub const SESSION_ID: &str = "session.id";
/// The public code of a refusal.
pub const REFUSAL_CODE: &str = "refusal.code";
/// The fine cause of a refusal.
pub const REFUSAL_CAUSE: &str = "refusal.cause";
/// The side to blame for a refusal.
pub const REFUSAL_SIDE: &str = "refusal.side";
/// How long the request took. **Units**: milliseconds.
pub const DURATION_MS: &str = "duration_ms";
