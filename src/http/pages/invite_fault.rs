//! What is wrong with an invitation, a file or a row, in words for whoever wrote it.

use super::layout::Say;
use crate::domain::bulk::{FileFault, MAX_FILE, MAX_ROWS, RowFault};
use crate::domain::invitations::MAX_GIVEN;
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::message::MAX_MESSAGE;
use crate::flows::bulk::BulkError;
use crate::flows::bulk::take::Fault;

/// What is wrong with an invitation.
pub(super) fn invitation(say: Say<'_>, fault: &InviteError) -> String {
    use InviteError as E;
    match fault {
        E::Disabled | E::DisabledForAll | E::DisabledForApps => say.text("invite-fault-disabled"),
        E::NotAllowed { .. } => say.text("invite-fault-not-allowed"),
        E::DomainBlocked { domain } => say.with("invite-fault-domain", "domain", domain.as_str()),
        E::ConsumerAddress { domain } => say.with("invite-fault-consumer", "domain", domain.as_str()),
        E::OwnDomain { domain } => say.with("invite-fault-own", "domain", domain.as_str()),
        E::AddressConflict { .. } | E::AddressInUse => say.text("invite-fault-conflict"),
        E::EmailChars => say.text("invite-fault-characters"),
        E::EmailShape(_) => say.text("invite-fault-address"),
        E::RedirectUrl(_) | E::RedirectUrlMissing { .. } => say.text("invite-fault-redirect"),
        E::DisplayName(_) => say.text("invite-fault-name"),
        E::Language(_) => say.text("invite-fault-language"),
        E::Message(_) => say.with("invite-fault-message", "most", &MAX_MESSAGE.to_string()),
        E::Cc(_) | E::CcTooMany { .. } => say.text("invite-fault-copy"),
        E::GivenTooMany { .. } => say.with("invite-fault-given", "most", &MAX_GIVEN.to_string()),
        E::AppUnknown { id } => say.with("invite-fault-app", "name", id),
        E::GroupUnknown { id } => say.with("invite-fault-group", "name", id),
        E::Blocked { .. } | E::BlockedUnnamed => say.text("invite-fault-blocked"),
        E::LinksTooMany { .. } | E::LinksTooManyUnnamed => say.text("invite-fault-links"),
        _ => say.text("invite-fault-other"),
    }
}

/// What is wrong with a row.
pub(super) fn row(say: Say<'_>, fault: &Fault) -> String {
    match fault {
        Fault::Known => say.text("row-fault-known"),
        Fault::Invite(error) => invitation(say, error),
        Fault::Row(fault) => match fault {
            RowFault::Cells { .. } => say.text("row-fault-cells"),
            RowFault::Missing { heading } => say.with("row-fault-missing", "heading", heading),
            RowFault::Example => say.text("row-fault-example"),
            RowFault::Mail { heading, .. } => say.with("row-fault-address", "heading", heading),
            RowFault::Name { .. } => say.text("invite-fault-name"),
            RowFault::Language { found, .. } => say.with("row-fault-language", "found", found),
            RowFault::Switch { found } => say.with("row-fault-switch", "found", found),
            RowFault::Message { .. } => say.with("invite-fault-message", "most", &MAX_MESSAGE.to_string()),
            RowFault::Duplicate { first } => say.with("row-fault-duplicate", "line", &first.to_string()),
        },
    }
}

/// What is wrong with a file as a whole, or with taking it.
pub(super) fn file(say: Say<'_>, error: &BulkError) -> String {
    let megabytes = || (MAX_FILE / (1024 * 1024)).to_string();
    let fault = match error {
        BulkError::File(fault) => fault,
        BulkError::Invite(error) => return invitation(say, error),
        BulkError::TooMany { .. } => return say.text("file-fault-too-many"),
        _ => return say.text("invite-fault-other"),
    };
    match fault {
        FileFault::Empty | FileFault::NoRows => say.text("file-fault-empty"),
        FileFault::TooLarge { .. } => say.with("file-fault-large", "most", &megabytes()),
        FileFault::NotText { .. } => say.text("file-fault-kind"),
        FileFault::NotUtf8 { line } => say.with("file-fault-encoding", "line", &line.to_string()),
        FileFault::ControlCharacter { line, .. } => say.with("file-fault-control", "line", &line.to_string()),
        FileFault::Table(fault) => say.with("file-fault-quoting", "line", &fault.line().to_string()),
        FileFault::Version { .. } => say.text("file-fault-version"),
        FileFault::MissingHeading { heading, .. } => say.with("file-fault-heading", "heading", heading),
        FileFault::UnknownHeading { found, .. } => say.with("file-fault-unknown", "heading", found),
        FileFault::DoubledHeading { heading } => say.with("file-fault-doubled", "heading", heading),
        FileFault::TooManyRows { .. } => say.with("file-fault-rows", "most", &MAX_ROWS.to_string()),
    }
}
