//! The page for who is signed in and has nothing more to do here.

use askama::Template;

use super::Page;
use super::addresses::WebLink;
use super::layout::{Frame, Layout, NamedLink, Say, write};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// What brought the person here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// The browser sent an answer again and already holds the session made of it.
    SentAgain,
    /// Asked whether to sign out, the person stays.
    Stayed,
}

impl Occasion {
    const fn title(self) -> &'static str {
        match self {
            Self::SentAgain => "signed-in-title",
            Self::Stayed => "signed-in-stayed-title",
        }
    }

    const fn intro(self) -> &'static str {
        match self {
            Self::SentAgain => "signed-in-intro",
            Self::Stayed => "signed-in-stayed-intro",
        }
    }
}

/// Signed in before this request came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInAlready {
    /// Whose page it is.
    pub frame: Frame,
    /// Why it is shown.
    pub occasion: Occasion,
    /// To the app, named in the frame, only if the address was validated.
    pub back: Option<WebLink>,
}

#[derive(Template)]
#[template(path = "signed_in_already.html")]
struct Html<'a> {
    layout: Layout<'a>,
    intro: String,
    back: Option<NamedLink<'a>>,
}

impl Page for SignedInAlready {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let back = NamedLink::to_app(say, "signed-in-back", &self.frame, self.back.as_ref());
        let mut layout = Layout::new(&self.frame, say, say.text(self.occasion.title()));
        layout.on_the_way = false;
        write(&Html { layout, intro: say.text(self.occasion.intro()), back })
    }
}
