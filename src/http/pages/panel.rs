//! The access panel: what a person may open, and what is theirs here.

use askama::Template;

use super::Page;
use super::addresses::{LocalPath, WebLink};
use super::layout::{Frame, Layout, Say, write};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// Where a tile leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leads {
    /// To a path of ours, which begins the sign-in.
    Here(LocalPath),
    /// To the app, which begins it.
    ToApp(WebLink),
    /// Nowhere: the app is opened at its own address.
    Nowhere,
}

impl Leads {
    fn href(&self) -> Option<String> {
        match self {
            Self::Here(path) => Some(path.to_string()),
            Self::ToApp(link) => Some(link.to_string()),
            Self::Nowhere => None,
        }
    }
}

/// An app that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub leads: Leads,
}

/// The panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// Whose page it is.
    pub frame: Frame,
    /// Who is signed in.
    pub person: String,
    /// The apps.
    pub tiles: Vec<Tile>,
    /// Where they invite, where they may.
    pub invite: Option<LocalPath>,
    /// Where people manage their second factors.
    pub security: LocalPath,
    /// Where they sign out.
    pub sign_out: LocalPath,
    /// Where they end their account here, where they may.
    pub leave: Option<LocalPath>,
}

#[derive(Template)]
#[template(path = "panel.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a Panel,
}

impl Page for Panel {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let layout = Layout::new(&self.frame, say, say.text("panel-title"));
        write(&Html { layout, page: self })
    }
}
