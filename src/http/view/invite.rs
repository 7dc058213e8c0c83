//! The pages on which a person invites.

use super::{Rendered, frame, show};
use crate::flows::bulk::rows::Which;
use crate::flows::next::invite::{
    BulkJobPage, BulkRowsPage, FilesPage, GuestInvitedPage, Held, InvitationCameOut, InvitePage, PreviewPage,
};
use crate::flows::paths;
use crate::http::pages::addresses::LocalPath;
use crate::http::pages::bulk_job::{self, BulkJobShown};
use crate::http::pages::bulk_rows::{BulkRowsShown, Choice};
use crate::http::pages::invite::{AppChoice, CameOut, GuestInvited, Invite};
use crate::http::pages::invite_files::{InviteFiles, InvitePreview, ListedJob};
use crate::http::pages::layout::HiddenField;
use crate::http::state::State;
use crate::texts::language::Language;

fn token(token: &str) -> HiddenField {
    HiddenField { name: "token", value: token.to_owned() }
}

fn own(path: String, otherwise: &'static str) -> LocalPath {
    LocalPath::parse(&path).unwrap_or(LocalPath::own(otherwise))
}

pub(super) fn invite(state: &State, language: Language, page: &InvitePage) -> Rendered {
    let apps = page.apps.iter().map(|app| {
        let id = app.id.to_string();
        AppChoice { is_chosen: page.typed.apps.contains(&id), id, name: app.name.clone() }
    });
    let page = Invite {
        frame: frame(state, None),
        person: page.person.clone(),
        action: LocalPath::own(paths::INVITE),
        fields: vec![token(&page.token)],
        address: page.typed.address.clone(),
        name: page.typed.name.clone(),
        message: page.typed.message.clone(),
        language: page.typed.language.clone(),
        apps: apps.collect(),
        fault: page.fault.clone(),
        files: LocalPath::own(paths::INVITE_FILES),
        back: LocalPath::own(paths::PANEL),
    };
    show(state, language, &page)
}

pub(super) fn guest_invited(state: &State, language: Language, page: &GuestInvitedPage) -> Rendered {
    let page = GuestInvited {
        frame: frame(state, None),
        person: page.person.clone(),
        address: page.address.clone(),
        came_out: match page.came_out {
            InvitationCameOut::Invited => CameOut::Invited,
            InvitationCameOut::Again => CameOut::Again,
            InvitationCameOut::Accepted => CameOut::Accepted,
            InvitationCameOut::SentBefore => CameOut::SentBefore,
        },
        link: page.link.clone(),
        again: LocalPath::own(paths::INVITE),
        back: LocalPath::own(paths::PANEL),
    };
    show(state, language, &page)
}

pub(super) fn files(state: &State, language: Language, page: &FilesPage) -> Rendered {
    let jobs = page.jobs.iter().map(|job| ListedJob {
        day: super::factors::day(job.created_at),
        link: own(paths::invite_job(job.id), paths::INVITE_FILES),
        job: job.clone(),
    });
    let page = InviteFiles {
        frame: frame(state, None),
        person: page.person.clone(),
        action: LocalPath::own(paths::INVITE_FILES),
        fields: vec![token(&page.token)],
        fault: page.fault.clone(),
        jobs: jobs.collect(),
        one: LocalPath::own(paths::INVITE),
        back: LocalPath::own(paths::PANEL),
    };
    show(state, language, &page)
}

pub(super) fn preview(state: &State, language: Language, page: &PreviewPage) -> Rendered {
    let page = InvitePreview {
        frame: frame(state, None),
        person: page.person.clone(),
        action: LocalPath::own(paths::INVITE_PREVIEW),
        fields: vec![token(&page.token), HiddenField { name: "upload", value: page.upload.to_string() }],
        file_name: page.file_name.clone(),
        good: page.good,
        skipped: page.skipped,
        failed: page.failed,
        faults: page.faults.clone(),
    };
    show(state, language, &page)
}

pub(super) fn bulk_job(state: &State, language: Language, page: &BulkJobPage) -> Rendered {
    let page = BulkJobShown {
        frame: frame(state, None),
        person: page.person.clone(),
        held: match page.held {
            Held::ByOthers => bulk_job::Held::ByOthers,
            Held::IsAdministrator => bulk_job::Held::IsAdministrator,
        },
        action: LocalPath::own(paths::INVITE_JOB),
        report: LocalPath::own(paths::INVITE_REPORT),
        fields: vec![token(&page.token), HiddenField { name: "job", value: page.job.id.to_string() }],
        own: own(paths::invite_job(page.job.id), paths::INVITE_FILES),
        rows: own(paths::invite_rows(page.job.id, Which::All, None), paths::INVITE_FILES),
        back: LocalPath::own(paths::INVITE_FILES),
        job: page.job.clone(),
    };
    show(state, language, &page)
}

pub(super) fn bulk_rows(state: &State, language: Language, page: &BulkRowsPage) -> Rendered {
    let id = page.found.job.id;
    let to = |which, after| own(paths::invite_rows(id, which, after), paths::INVITE_FILES);
    let page = BulkRowsShown {
        frame: frame(state, None),
        person: page.person.clone(),
        choices: Which::ALL.map(|which| Choice { which, link: to(which, None) }),
        which: page.which,
        first: page.after.map(|_| to(page.which, None)),
        next: page.found.next.map(|after| to(page.which, Some(after))),
        back: own(paths::invite_job(id), paths::INVITE_FILES),
        file_name: page.found.job.file_name.clone(),
        rows: page.found.rows.clone(),
    };
    show(state, language, &page)
}
