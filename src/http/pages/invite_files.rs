//! The pages on which a person invites those of a file: the form with one's own files, and what would be done.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::invite_fault::{file, row};
use super::layout::{Frame, HiddenField, Layout, Say, write};
use crate::domain::bulk::job::{BulkJob, JobState};
use crate::domain::bulk::{MAX_FILE, MAX_ROWS};
use crate::flows::bulk::take::Fault;
use crate::flows::next::invite::FilesFault;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// The name of the field of the file.
pub const FILE: &str = "file";

/// A file that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedJob {
    /// The file and how far it has come.
    pub job: BulkJob,
    /// The day on which it was handed in.
    pub day: String,
    /// Where more of it is told.
    pub link: LocalPath,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteFiles {
    /// Whose page it is.
    pub frame: Frame,
    /// Who hands in.
    pub person: String,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
    /// What was wrong with the last file.
    pub fault: Option<FilesFault>,
    /// One's own files, newest first.
    pub jobs: Vec<ListedJob>,
    /// Where one guest is invited.
    pub one: LocalPath,
    /// Back to the panel.
    pub back: LocalPath,
}

#[derive(Template)]
#[template(path = "invite_files.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a InviteFiles,
    fault: Option<String>,
    hint: String,
}

impl Html<'_> {
    fn state(&self, one: &ListedJob) -> String {
        self.layout.say.text(state_key(one.job.state))
    }
}

/// What a state is called.
pub(super) const fn state_key(state: JobState) -> &'static str {
    match state {
        JobState::Running => "job-running",
        JobState::Stopped => "job-stopped",
        JobState::Held => "job-held",
        JobState::Finished => "job-finished",
    }
}

impl Page for InviteFiles {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let mut layout = Layout::new(&self.frame, say, say.text("invite-files-title"));
        let fault = self.fault.as_ref().map(|fault| match fault {
            FilesFault::NoneChosen => say.text("file-fault-none"),
            FilesFault::Gone => say.text("file-fault-gone"),
            FilesFault::Refused(error) => file(say, error),
        });
        if fault.is_some() {
            layout.tab = format!("{} {}", say.text("layout-error-prefix"), layout.tab);
        }
        let limits = [("rows", MAX_ROWS.to_string()), ("size", (MAX_FILE / (1024 * 1024)).to_string())];
        write(&Html { layout, page: self, fault, hint: say.with_all("invite-files-hint", &limits) })
    }
}

/// What would be done with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitePreview {
    /// Whose page it is.
    pub frame: Frame,
    /// Who hands in.
    pub person: String,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
    /// How the file is called.
    pub file_name: String,
    /// How many would be invited.
    pub good: usize,
    /// How many would be passed over.
    pub skipped: usize,
    /// How many cannot be invited.
    pub failed: usize,
    /// The first rows that would not be invited, with their lines.
    pub faults: Vec<(usize, Fault)>,
}

/// A row that would not be invited.
struct Told {
    line: usize,
    said: String,
    is_skip: bool,
}

#[derive(Template)]
#[template(path = "invite_preview.html")]
struct PreviewHtml<'a> {
    layout: Layout<'a>,
    page: &'a InvitePreview,
    faults: Vec<Told>,
    more: usize,
}

impl Page for InvitePreview {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let layout = Layout::new(&self.frame, say, say.text("invite-preview-title"));
        let told =
            |(line, fault): &(usize, Fault)| Told { line: *line, said: row(say, fault), is_skip: fault.is_skip() };
        let faults: Vec<Told> = self.faults.iter().map(told).collect();
        let more = (self.skipped + self.failed).saturating_sub(faults.len());
        write(&PreviewHtml { layout, page: self, faults, more })
    }
}
