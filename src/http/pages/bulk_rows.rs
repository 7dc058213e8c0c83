//! The page of what became of the rows of a file: some of them at a time, by links alone.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, Layout, Say, write};
use crate::domain::bulk::job::RowStatus;
use crate::flows::bulk::rows::{ShownRow, Which};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// Rows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkRowsShown {
    /// Whose page it is.
    pub frame: Frame,
    /// Who looks.
    pub person: String,
    /// How the file is called.
    pub file_name: String,
    /// Which rows are shown.
    pub which: Which,
    /// Which others could be.
    pub choices: [Choice; 4],
    /// The rows.
    pub rows: Vec<ShownRow>,
    /// To the first rows, where these are others.
    pub first: Option<LocalPath>,
    /// To the next rows, where there are more.
    pub next: Option<LocalPath>,
    /// Back to the file.
    pub back: LocalPath,
}

/// Rows that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub which: Which,
    /// Where they are shown.
    pub link: LocalPath,
}

#[derive(Template)]
#[template(path = "bulk_rows.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a BulkRowsShown,
}

impl Html<'_> {
    fn name(&self, which: Which) -> String {
        self.layout.say.text(match which {
            Which::All => "bulk-rows-all",
            Which::Of(RowStatus::Invited) => "bulk-rows-invited",
            Which::Of(RowStatus::Skipped) => "bulk-rows-skipped",
            Which::Of(RowStatus::Failed) => "bulk-rows-failed",
        })
    }

    fn outcome(&self, row: &ShownRow) -> String {
        row.status.map_or_else(|| self.layout.say.text("bulk-rows-waiting"), |status| self.name(Which::Of(status)))
    }

    fn words(&self, choice: &Choice) -> String {
        self.name(choice.which)
    }

    fn is_chosen(&self, choice: &Choice) -> bool {
        choice.which == self.page.which
    }
}

impl Page for BulkRowsShown {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let layout = Layout::new(&self.frame, say, say.text("bulk-rows-title"));
        write(&Html { layout, page: self })
    }
}
