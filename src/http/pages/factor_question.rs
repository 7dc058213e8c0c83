//! The pages that ask for another name of a factor, and whether to remove it.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// Another name is asked for. The form sends `label` and `action`: `save_label`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameFactor {
    /// Whose page it is.
    pub frame: Frame,
    /// The name as it is, or as it was typed.
    pub label: String,
    /// Whether what was typed is no name.
    pub is_malformed: bool,
    /// Where the form is sent, by POST, and where the way back leads.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
}

#[derive(Template)]
#[template(path = "rename_factor.html")]
struct RenameHtml<'a> {
    layout: Layout<'a>,
    page: &'a RenameFactor,
}

impl Page for RenameFactor {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let mut layout = Layout::new(&self.frame, say, say.text("security-rename-title"));
        if self.is_malformed {
            layout.tab = format!("{} {}", say.text("layout-error-prefix"), layout.tab);
        }
        write(&RenameHtml { layout, page: self })
    }
}

/// Whether to remove a factor. The button sends `action`: `confirm_remove`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveFactor {
    /// Whose page it is.
    pub frame: Frame,
    /// Its name.
    pub label: String,
    /// Whether it is the last one.
    pub is_last: bool,
    /// Where the form is sent, by POST, and where the way back leads.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
}

#[derive(Template)]
#[template(path = "remove_factor.html")]
struct RemoveHtml<'a> {
    layout: Layout<'a>,
    page: &'a RemoveFactor,
}

impl Page for RemoveFactor {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let layout = Layout::new(&self.frame, say, say.with("security-remove-title", "label", &self.label));
        write(&RemoveHtml { layout, page: self })
    }
}
