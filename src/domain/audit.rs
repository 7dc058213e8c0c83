//! The audit: one entry for each decision, written in the transaction of what it records.

use uuid::Uuid;

use super::apps::AppId;
use super::attempts::AttemptId;
use super::guests::GuestId;
use super::partners::PartnerId;
use super::refusal::Refusal;
use super::sessions::SessionId;
use crate::base::clock::Timestamp;
use crate::base::trace::Checked;

crate::id_type!(
    /// Names an audit entry.
    AuditId
);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activity {
    /// A partner vouched for a person, who was let in.
    SignIn,
    /// A person with a session was let into an app.
    SessionUse,
    /// A person was asked for something more.
    StepAsked,
    /// A sign-in was refused.
    SignInRefused,
    /// An app redeemed a code.
    TokenIssued,
    /// An app was refused at the token endpoint.
    TokenRefused,
    /// A code was redeemed a second time; its tokens ended.
    CodeReplayed,
    /// A refresh token was used a second time; it and its tokens ended.
    RefreshTokenReplayed,
    /// An app gave back a token, which ended.
    TokenRevoked,
    /// A person signed out.
    SignOut,
    /// An account was made.
    GuestAdded,
    /// An account was changed.
    GuestChanged,
    /// An account was removed.
    GuestRemoved,
    /// An invited account was bound to an identity.
    GuestBound,
    /// Sessions of an account were ended.
    SessionsRevoked,
    /// A partner, app, group, policy or what policies name was added.
    ObjectAdded,
    /// A partner, app, group, policy or what policies name was changed.
    ObjectChanged,
    /// A partner, app, group, policy or what policies name was removed.
    ObjectRemoved,
    /// A key was made.
    KeyAdded,
    /// A second factor was enrolled.
    FactorEnrolled,
    /// A second factor was given another name.
    FactorRenamed,
    /// A second factor was removed by its owner.
    FactorRemoved,
    /// All second factors of an account were removed by an operator.
    FactorsReset,
    /// A second factor was passed.
    FactorPassed,
    /// A second factor was not accepted.
    FactorRefused,
    /// Recovery codes were made, in the place of those before.
    RecoveryCodesMade,
    /// A code was sent by mail.
    MailedCodeSent,
    /// What a partner or app publishes has changed, and is taken.
    MetadataChanged,
    /// What a partner or app publishes is kept out.
    MetadataRefused,
    /// What a partner or app publishes comes to its end.
    MetadataEnding,
    /// A partner began a sign-in that nobody had asked for.
    PartnerInitiated,
    /// A partner said that an account lives no more, which ended its session.
    PartnerWithdrew,
    /// An app was told that a session has ended.
    AppTold,
    /// An app was not told that a session has ended, and will not be.
    AppNotTold,
    /// A partner said that sessions have ended, which ended here too.
    PartnerSignOut,
    /// What a partner said of sessions that have ended was refused.
    PartnerSignOutRefused,
    /// Somebody was invited, anew or again.
    GuestInvited,
    /// The redemption of an account begins anew.
    RedemptionReset,
    /// An internal account was invited to be redeemed from elsewhere.
    InternalInvited,
    /// An account was removed and can be restored.
    GuestDeleted,
    /// An account that was removed was restored.
    GuestRestored,
    /// An account that was removed has gone for good.
    GuestPurged,
    /// The mail server has taken a mail.
    MailSent,
    /// A mail was given up.
    MailFailed,
    /// A mail was not sent, since the person wants none.
    MailUnwanted,
    /// A person wants no more invitations by mail.
    MailUnsubscribed,
    /// A person wants invitations by mail again.
    MailSubscribed,
    /// The rows of a file are to be invited.
    BulkInviteStarted,
    /// The rows of a file have been invited, as far as they could be.
    BulkInviteFinished,
    /// An account was given a role.
    RoleGranted,
    /// A role was taken from an account.
    RoleRevoked,
    /// An operator has a mail tried again.
    MailRetried,
    /// An invited person has agreed, and the account is theirs.
    InvitationRedeemed,
    /// An operator has seen to whom a mail goes.
    MailShown,
    /// The rows of a file that are left are not invited for now.
    BulkInviteStopped,
    /// They are invited after all.
    BulkInviteResumed,
    /// What is known of a file of invitations was removed.
    BulkInviteRemoved,
    /// What became of the rows of a file was read, with the links.
    BulkReportRead,
}

impl Activity {
    /// Every activity, for reading rows.
    pub const ALL: [Self; 58] = [
        Self::SignIn,
        Self::SessionUse,
        Self::StepAsked,
        Self::SignInRefused,
        Self::TokenIssued,
        Self::TokenRefused,
        Self::CodeReplayed,
        Self::RefreshTokenReplayed,
        Self::TokenRevoked,
        Self::SignOut,
        Self::GuestAdded,
        Self::GuestChanged,
        Self::GuestRemoved,
        Self::GuestBound,
        Self::SessionsRevoked,
        Self::ObjectAdded,
        Self::ObjectChanged,
        Self::ObjectRemoved,
        Self::KeyAdded,
        Self::FactorEnrolled,
        Self::FactorRenamed,
        Self::FactorRemoved,
        Self::FactorsReset,
        Self::FactorPassed,
        Self::FactorRefused,
        Self::RecoveryCodesMade,
        Self::MailedCodeSent,
        Self::MetadataChanged,
        Self::MetadataRefused,
        Self::MetadataEnding,
        Self::PartnerInitiated,
        Self::PartnerWithdrew,
        Self::AppTold,
        Self::AppNotTold,
        Self::PartnerSignOut,
        Self::PartnerSignOutRefused,
        Self::GuestInvited,
        Self::RedemptionReset,
        Self::InternalInvited,
        Self::GuestDeleted,
        Self::GuestRestored,
        Self::GuestPurged,
        Self::MailSent,
        Self::MailFailed,
        Self::MailUnwanted,
        Self::MailUnsubscribed,
        Self::MailSubscribed,
        Self::BulkInviteStarted,
        Self::BulkInviteFinished,
        Self::RoleGranted,
        Self::RoleRevoked,
        Self::MailRetried,
        Self::InvitationRedeemed,
        Self::MailShown,
        Self::BulkInviteStopped,
        Self::BulkInviteResumed,
        Self::BulkInviteRemoved,
        Self::BulkReportRead,
    ];

    /// The stable name in rows and output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SessionUse => "session_use",
            Self::StepAsked => "step_asked",
            Self::SignInRefused => "sign_in_refused",
            Self::TokenIssued => "token_issued",
            Self::TokenRefused => "token_refused",
            Self::CodeReplayed => "code_replayed",
            Self::RefreshTokenReplayed => "refresh_token_replayed",
            Self::TokenRevoked => "token_revoked",
            Self::SignOut => "sign_out",
            Self::GuestAdded => "guest_added",
            Self::GuestChanged => "guest_changed",
            Self::GuestRemoved => "guest_removed",
            Self::GuestBound => "guest_bound",
            Self::SessionsRevoked => "sessions_revoked",
            Self::ObjectAdded => "object_added",
            Self::ObjectChanged => "object_changed",
            Self::ObjectRemoved => "object_removed",
            Self::KeyAdded => "key_added",
            Self::FactorEnrolled => "factor_enrolled",
            Self::FactorRenamed => "factor_renamed",
            Self::FactorRemoved => "factor_removed",
            Self::FactorsReset => "factors_reset",
            Self::FactorPassed => "factor_passed",
            Self::FactorRefused => "factor_refused",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::MailedCodeSent => "mailed_code_sent",
            Self::MetadataChanged => "metadata_changed",
            Self::MetadataRefused => "metadata_refused",
            Self::MetadataEnding => "metadata_ending",
            Self::PartnerInitiated => "partner_initiated",
            Self::PartnerWithdrew => "partner_withdrew",
            Self::AppTold => "app_told",
            Self::AppNotTold => "app_not_told",
            Self::PartnerSignOut => "partner_sign_out",
            Self::PartnerSignOutRefused => "partner_sign_out_refused",
            Self::GuestInvited => "guest_invited",
            Self::RedemptionReset => "redemption_reset",
            Self::InternalInvited => "internal_invited",
            Self::GuestDeleted => "guest_deleted",
            Self::GuestRestored => "guest_restored",
            Self::GuestPurged => "guest_purged",
            Self::MailSent => "mail_sent",
            Self::MailFailed => "mail_failed",
            Self::MailUnwanted => "mail_unwanted",
            Self::MailUnsubscribed => "mail_unsubscribed",
            Self::MailSubscribed => "mail_subscribed",
            Self::BulkInviteStarted => "bulk_invite_started",
            Self::BulkInviteFinished => "bulk_invite_finished",
            Self::RoleGranted => "role_granted",
            Self::RoleRevoked => "role_revoked",
            Self::MailRetried => "mail_retried",
            Self::InvitationRedeemed => "invitation_redeemed",
            Self::MailShown => "mail_shown",
            Self::BulkInviteStopped => "bulk_invite_stopped",
            Self::BulkInviteResumed => "bulk_invite_resumed",
            Self::BulkInviteRemoved => "bulk_invite_removed",
            Self::BulkReportRead => "bulk_report_read",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The person at the browser.
    Visitor,
    /// An app at an endpoint.
    App,
    /// A partner at an endpoint.
    Partner,
    /// An operator at the command line, by the name of the system user.
    Operator(String),
    /// The gateway itself.
    System,
    /// A person who administers, or invites.
    Person(GuestId),
}

/// One entry, before it is written. Node and sequence are added by the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its row.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub activity: Activity,
    /// By whom.
    pub actor: Actor,
    /// The public code, for a refusal.
    pub code: Option<&'static str>,
    /// The fine cause, for a refusal.
    pub cause: Option<&'static str>,
    /// The attempt.
    pub attempt: Option<AttemptId>,
    /// The partner.
    pub partner: Option<PartnerId>,
    /// The app.
    pub app: Option<AppId>,
    /// The guest.
    pub guest: Option<GuestId>,
    /// The session.
    pub session: Option<SessionId>,
    /// The object of an administrative act, where it is none of the above.
    pub target: Option<Uuid>,
    /// The visitor's network address.
    pub address: Option<String>,
    /// The check table.
    pub checks: Vec<Checked>,
    /// More facts by stable name, none of them personal.
    pub details: Vec<(&'static str, String)>,
}

impl AuditEntry {
    /// An entry with everything optional absent.
    #[must_use]
    pub const fn new(id: AuditId, at: Timestamp, activity: Activity, actor: Actor) -> Self {
        Self {
            id,
            at,
            activity,
            actor,
            code: None,
            cause: None,
            attempt: None,
            partner: None,
            app: None,
            guest: None,
            session: None,
            target: None,
            address: None,
            checks: Vec::new(),
            details: Vec::new(),
        }
    }

    /// The entry with code, cause, checks and evidence of `refusal`.
    #[must_use]
    pub fn refused(mut self, refusal: &Refusal) -> Self {
        self.code = Some(refusal.code.as_str());
        self.cause = Some(refusal.cause);
        self.checks.clone_from(&refusal.checks);
        self.details.push(("side", refusal.side.as_str().to_owned()));
        if let Some(evidence) = &refusal.evidence {
            self.details.push(("evidence", evidence.clone()));
        }
        self.details.extend(refusal.details.iter().cloned());
        self
    }
}

/// An entry as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its row.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// The node that wrote it.
    pub node: String,
    /// Its place in that node's writing.
    pub sequence: i64,
    /// What, by stable name.
    pub activity: String,
    /// By whom: `visitor`, `app`, `partner`, `operator:NAME`, `system` or `person:ID`.
    pub actor: String,
    /// The public code, for a refusal.
    pub code: Option<String>,
    /// The fine cause, for a refusal.
    pub cause: Option<String>,
    /// The attempt.
    pub attempt: Option<AttemptId>,
    /// The partner and its slug while it exists.
    pub partner: Option<(PartnerId, Option<String>)>,
    /// The app and its slug while it exists.
    pub app: Option<(AppId, Option<String>)>,
    /// The guest.
    pub guest: Option<GuestId>,
    /// The session.
    pub session: Option<SessionId>,
    /// The object of an administrative act.
    pub target: Option<Uuid>,
    /// The visitor's network address.
    pub address: Option<String>,
    /// The check table: name, what was seen, and `passed`, `not judged` or the cause.
    pub checks: Vec<AuditedCheck>,
    /// More facts.
    pub details: Vec<(String, String)>,
}

/// A row of a check table as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedCheck {
    /// The stable name of the check.
    pub name: String,
    /// What it saw.
    pub saw: String,
    /// `passed`, `not_judged` or `failed`.
    pub outcome: String,
    /// The cause where it failed.
    pub cause: Option<String>,
}

/// Which entries are asked for; newest first, at most `limit`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Of this attempt.
    pub attempt: Option<AttemptId>,
    /// Of this guest.
    pub guest: Option<GuestId>,
    /// Of this partner.
    pub partner: Option<PartnerId>,
    /// Of this app.
    pub app: Option<AppId>,
    /// With this activity.
    pub activity: Option<String>,
    /// With this public code.
    pub code: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// At most so many.
    pub limit: u32,
}
