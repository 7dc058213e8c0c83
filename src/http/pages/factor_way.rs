//! The page that asks which way a person shows a second factor, or which one they set up.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// Why it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A second factor is needed.
    Needed,
    /// One that the person has comes before another is set up.
    BeforeSetup,
    /// One is set up now.
    Setup,
}

/// A way that the person can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A passkey that they have.
    PassPasskey,
    /// An authenticator app that they have.
    PassTotp,
    /// A code by mail.
    PassMail,
    /// A recovery code.
    PassRecovery,
    /// A new passkey.
    NewPasskey,
    /// A new authenticator app.
    NewTotp,
}

impl Way {
    /// The words, and the words below them.
    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::PassPasskey => ("factor-pass-passkey", "factor-pass-passkey-hint"),
            Self::PassTotp => ("factor-pass-totp", "factor-pass-totp-hint"),
            Self::PassMail => ("factor-pass-mail", "factor-pass-mail-hint"),
            Self::PassRecovery => ("factor-pass-recovery", "factor-pass-recovery-hint"),
            Self::NewPasskey => ("factor-new-passkey", "factor-new-passkey-hint"),
            Self::NewTotp => ("factor-new-totp", "factor-new-totp-hint"),
        }
    }

    /// The value of `kind` that its button sends.
    const fn kind(self) -> &'static str {
        match self {
            Self::PassPasskey | Self::NewPasskey => "passkey",
            Self::PassTotp | Self::NewTotp => "totp",
            Self::PassMail => "mailed_code",
            Self::PassRecovery => "recovery_code",
        }
    }

    const fn is_new(self) -> bool {
        matches!(self, Self::NewPasskey | Self::NewTotp)
    }
}

/// The choice of a way. Its buttons send `kind`; what is to be done with it is in the hidden field
/// `action`: `pass` or `enrol`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorWay {
    /// Whose page it is.
    pub frame: Frame,
    /// Who is signed in.
    pub person: String,
    /// Why it is asked.
    pub occasion: Occasion,
    /// What the person can do, best first.
    pub ways: Vec<Way>,
    /// Where the forms are sent, by POST.
    pub action: LocalPath,
    /// What the forms carry back.
    pub fields: Vec<HiddenField>,
}

/// The buttons of one form.
struct Group {
    action: &'static str,
    heading: Option<String>,
    ways: Vec<Way>,
}

#[derive(Template)]
#[template(path = "factor_way.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a FactorWay,
    intro: String,
    groups: Vec<Group>,
    /// Whether the person could have lost what is asked for.
    is_had: bool,
}

impl Page for FactorWay {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let (title, app, plain) = match self.occasion {
            Occasion::Needed => ("factor-way-title", "factor-way-app", "factor-way-plain"),
            Occasion::BeforeSetup => ("factor-before-title", "factor-before-intro", "factor-before-intro"),
            Occasion::Setup => ("factor-setup-title", "factor-setup-app", "factor-setup-plain"),
        };
        let intro = match &self.frame.app {
            Some(name) => say.with(app, "app", name),
            None => say.text(plain),
        };
        let (new, had): (Vec<Way>, Vec<Way>) = self.ways.iter().partition(|way| way.is_new());
        let is_had = new.is_empty();
        let has_both = !new.is_empty() && !had.is_empty();
        let heading = |key| has_both.then(|| say.text(key));
        let groups = [
            Group { action: "pass", heading: heading("factor-way-have"), ways: had },
            Group { action: "enrol", heading: heading("factor-way-new"), ways: new },
        ];
        let groups = groups.into_iter().filter(|group| !group.ways.is_empty()).collect();
        let layout = Layout::new(&self.frame, say, say.text(title));
        write(&Html { layout, page: self, intro, groups, is_had })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
