//! The pages on which a person invites, in every state.

use crate::base::clock::Timestamp;
use crate::domain::bulk::job::{BulkJob, BulkJobId, Counts, JobState, Requester, RowStatus};
use crate::domain::bulk::{FileFault, Form, RowFault};
use crate::domain::guests::GuestId;
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::message::MessageError;
use crate::domain::mail::{MailDomain, MailError};
use crate::flows::bulk::BulkError;
use crate::flows::bulk::rows::{ShownRow, Which};
use crate::flows::bulk::take::Fault;
use crate::flows::next::invite::FilesFault;
use crate::http::pages::Page;
use crate::http::pages::addresses::LocalPath;
use crate::http::pages::bulk_job::{BulkJobShown, Held};
use crate::http::pages::bulk_rows::{BulkRowsShown, Choice};
use crate::http::pages::invite::{AppChoice, CameOut, GuestInvited, Invite};
use crate::http::pages::invite_files::{InviteFiles, InvitePreview, ListedJob};
use crate::http::pages::layout::{Frame, HiddenField};

fn job(text: &str, state: JobState) -> BulkJob {
    BulkJob {
        id: BulkJobId::from_uuid(uuid::Uuid::from_u128(1)),
        file_name: text.to_owned(),
        form: Form::Year2016,
        requester: Requester::Person(GuestId::from_uuid(uuid::Uuid::from_u128(2))),
        state,
        total: 5,
        next_row: 3,
        counts: Counts { invited: 1, skipped: 1, failed: 1 },
        created_at: Timestamp::from_seconds(1_790_000_000),
        ended_at: None,
    }
}

/// Every fault of a file.
fn file_faults(text: &str) -> Vec<FileFault> {
    vec![
        FileFault::Empty,
        FileFault::NoRows,
        FileFault::TooLarge { found: 9 },
        FileFault::NotText { kind: "a zip archive" },
        FileFault::NotUtf8 { line: 2 },
        FileFault::ControlCharacter { line: 2, character: 0 },
        FileFault::Table(crate::base::csv::CsvFault::Unclosed { line: 2 }),
        FileFault::Version { found: text.to_owned() },
        FileFault::MissingHeading { heading: "Email", lines: "line" },
        FileFault::UnknownHeading { found: text.to_owned(), known: String::new() },
        FileFault::DoubledHeading { heading: "Email" },
        FileFault::TooManyRows { found: 2_001 },
    ]
}

/// Every fault of a row, and of inviting somebody.
fn row_faults(text: &str) -> Vec<Fault> {
    let text = || text.to_owned();
    let domain = || MailDomain::parse("fabrikam.example").unwrap();
    let rows = [
        RowFault::Cells { found: 3, headings: 2 },
        RowFault::Missing { heading: "Email" },
        RowFault::Example,
        RowFault::Mail { heading: "Email", fault: MailError::Shape },
        RowFault::Name { most: 256 },
        RowFault::Language { found: text(), known: String::new() },
        RowFault::Switch { found: text() },
        RowFault::Message { found: 2_001 },
        RowFault::Duplicate { first: 2 },
    ];
    let invitations = [
        InviteError::Disabled,
        InviteError::NotAllowed { needed: "" },
        InviteError::DomainBlocked { domain: domain() },
        InviteError::ConsumerAddress { domain: domain() },
        InviteError::OwnDomain { domain: domain() },
        InviteError::AddressConflict { id: text() },
        InviteError::EmailChars,
        InviteError::EmailShape(MailError::Shape),
        InviteError::RedirectUrlMissing { id: text() },
        InviteError::Message(MessageError::Invisible),
        InviteError::CcTooMany { found: 2 },
        InviteError::GivenTooMany { what: "apps", found: 51 },
        InviteError::AppUnknown { id: text() },
        InviteError::GroupUnknown { id: text() },
        InviteError::Blocked { id: text() },
        InviteError::BlockedUnnamed,
        InviteError::LinksTooMany { id: text() },
        InviteError::LinksTooManyUnnamed,
        InviteError::Internal { id: text() },
    ];
    rows.into_iter().map(Fault::Row).chain(invitations.into_iter().map(Fault::Invite)).chain([Fault::Known]).collect()
}

/// The pages of inviting.
pub(super) fn gallery(
    text: &str,
    frame: &Frame,
    action: &LocalPath,
    fields: &[HiddenField],
) -> Vec<(&'static str, Box<dyn Page>)> {
    let bare = || Frame { app: None, ..frame.clone() };
    let (action, fields, owned) = (|| action.clone(), || fields.to_vec(), || text.to_owned());
    let invite = |fault| Invite {
        frame: bare(),
        person: owned(),
        action: action(),
        fields: fields(),
        address: owned(),
        name: owned(),
        message: owned(),
        language: "fr".to_owned(),
        apps: vec![AppChoice { id: owned(), name: owned(), is_chosen: true }],
        fault,
        files: action(),
        back: action(),
    };
    let invited = |came_out, link| GuestInvited {
        frame: bare(),
        person: owned(),
        address: owned(),
        came_out,
        link,
        again: action(),
        back: action(),
    };
    let files = |fault| InviteFiles {
        frame: bare(),
        person: owned(),
        action: action(),
        fields: fields(),
        fault,
        jobs: vec![ListedJob { job: job(text, JobState::Held), day: "2026-11-20".to_owned(), link: action() }],
        one: action(),
        back: action(),
    };
    let preview = |good, faults: Vec<Fault>| InvitePreview {
        frame: bare(),
        person: owned(),
        action: action(),
        fields: fields(),
        file_name: owned(),
        good,
        skipped: 1,
        failed: 300,
        faults: faults.into_iter().map(|fault| (3, fault)).collect(),
    };
    let shown = |state, held| BulkJobShown {
        frame: bare(),
        person: owned(),
        job: job(text, state),
        held,
        action: action(),
        report: action(),
        fields: fields(),
        own: action(),
        rows: action(),
        back: action(),
    };
    let row = |status: Option<RowStatus>| ShownRow {
        line: 3,
        address: owned(),
        status,
        code: status.map(|_| owned()),
        message: status.map(|_| owned()),
    };
    let rows = |rows: Vec<ShownRow>, link: Option<LocalPath>| BulkRowsShown {
        frame: bare(),
        person: owned(),
        file_name: owned(),
        which: Which::Of(RowStatus::Failed),
        choices: Which::ALL.map(|which| Choice { which, link: action() }),
        rows,
        first: link.clone(),
        next: link,
        back: action(),
    };
    let statuses = [None, Some(RowStatus::Invited), Some(RowStatus::Skipped), Some(RowStatus::Failed)];
    let mut pages: Vec<(&'static str, Box<dyn Page>)> = vec![
        ("invite", Box::new(invite(None))),
        ("guest_invited", Box::new(invited(CameOut::Invited, Some(owned())))),
        ("guest_invited_again", Box::new(invited(CameOut::Again, None))),
        ("guest_invited_here", Box::new(invited(CameOut::Accepted, None))),
        ("guest_invited_before", Box::new(invited(CameOut::SentBefore, None))),
        ("invite_files", Box::new(files(None))),
        ("invite_files_none", Box::new(files(Some(FilesFault::NoneChosen)))),
        ("invite_files_gone", Box::new(files(Some(FilesFault::Gone)))),
        ("invite_preview", Box::new(preview(2, row_faults(text)))),
        ("invite_preview_all", Box::new(InvitePreview { skipped: 0, failed: 0, ..preview(2, Vec::new()) })),
        ("invite_preview_nobody", Box::new(preview(0, row_faults(text)))),
        ("bulk_job_running", Box::new(shown(JobState::Running, Held::ByOthers))),
        ("bulk_job_stopped", Box::new(shown(JobState::Stopped, Held::ByOthers))),
        ("bulk_job_held", Box::new(shown(JobState::Held, Held::ByOthers))),
        ("bulk_job_held_administrator", Box::new(shown(JobState::Held, Held::IsAdministrator))),
        ("bulk_job_finished", Box::new(shown(JobState::Finished, Held::ByOthers))),
        ("bulk_rows", Box::new(rows(statuses.map(row).to_vec(), Some(action())))),
        ("bulk_rows_none", Box::new(rows(Vec::new(), None))),
    ];
    for fault in row_faults(text) {
        if let Fault::Invite(error) = fault {
            pages.push(("invite_fault", Box::new(invite(Some(error)))));
        }
    }
    let too_many = BulkError::TooMany { fault: String::new(), remedy: "" };
    let others = [too_many, BulkError::Invite(InviteError::Disabled), BulkError::Sealed];
    for error in file_faults(text).into_iter().map(BulkError::File).chain(others) {
        pages.push(("invite_files_refused", Box::new(files(Some(FilesFault::Refused(error))))));
    }
    pages
}
