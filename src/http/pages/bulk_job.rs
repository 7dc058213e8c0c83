//! The page of a file that is being invited: how far it has come, what can be done with it, and its report. While rows are
//! done it loads itself again, without a script.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::invite_files::state_key;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use crate::domain::bulk::job::{BulkJob, JobState};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// How often the page loads itself again. **Units**: seconds.
const AGAIN: u32 = 5;

/// Whether whoever looks may let a job go on that an administrator has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// They may not.
    ByOthers,
    /// They are an administrator.
    IsAdministrator,
}

/// A file and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkJobShown {
    /// Whose page it is.
    pub frame: Frame,
    /// Who looks.
    pub person: String,
    /// The job.
    pub job: BulkJob,
    /// What a held job is to whoever looks.
    pub held: Held,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// Where the report is asked for, by POST.
    pub report: LocalPath,
    /// What the forms carry back.
    pub fields: Vec<HiddenField>,
    /// This page.
    pub own: LocalPath,
    /// What became of each row.
    pub rows: LocalPath,
    /// Back to one's files.
    pub back: LocalPath,
}

#[derive(Template)]
#[template(path = "bulk_job.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a BulkJobShown,
    state: String,
    done: String,
    again: u32,
}

impl Html<'_> {
    fn is_running(&self) -> bool {
        self.page.job.state == JobState::Running
    }

    fn may_resume(&self) -> bool {
        match self.page.job.state {
            JobState::Stopped => true,
            JobState::Held => self.page.held == Held::IsAdministrator,
            JobState::Running | JobState::Finished => false,
        }
    }

    fn is_held(&self) -> bool {
        self.page.job.state == JobState::Held
    }
}

impl Page for BulkJobShown {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let title = match self.job.state {
            JobState::Running => "bulk-job-running-title",
            JobState::Stopped | JobState::Held => "bulk-job-stopped-title",
            JobState::Finished => "bulk-job-finished-title",
        };
        let layout = Layout::new(&self.frame, say, say.text(title));
        let counts = [("done", self.job.next_row.to_string()), ("rows", self.job.total.to_string())];
        let done = say.with_all("bulk-job-done", &counts);
        write(&Html { layout, page: self, state: say.text(state_key(self.job.state)), done, again: AGAIN })
    }
}
