//! What the browser showed and what it should do next, free of HTTP.

pub mod factors;
pub mod invite;

use std::net::IpAddr;
use std::time::Duration;

use self::factors::{FactorPage, FactorQuestion, SecurityInfo};
use self::invite::{BulkJobPage, BulkRowsPage, FilesPage, GuestInvitedPage, InvitePage, PreviewPage};
use crate::domain::attempts::AttemptId;
use crate::domain::policy::words::Platform;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::Scopes;
use crate::downstream::Reply;
use crate::flows::mails::unwanted::MailChoice;
use crate::texts::language::Language;

/// What is known of the browser that asks: its address and what our cookies say.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The nearest network address that is known, by the trusted proxies' word: for limits and audit.
    pub address: Option<IpAddr>,
    /// The visitor's own network address: for decisions. Absent where a trusted proxy did not tell it.
    pub network: Option<IpAddr>,
    /// What the device runs, by its own word.
    pub platform: Option<Platform>,
    /// The language that the browser asks for, of those that are spoken here.
    pub language: Option<Language>,
    /// The handle in the session cookie.
    pub session: Option<String>,
    /// Sealed attempts by their ids, oldest first.
    pub attempts: Vec<(AttemptId, String)>,
    /// Handles of attempts in their second life.
    pub steps: Vec<(AttemptId, String)>,
    /// The sealed list of guests who passed a factor in this browser.
    pub known: Option<String>,
    /// The sealed partner that was chosen last in this browser.
    pub remembered: Option<String>,
    /// Whether cookies that stay within our site could be there.
    pub arrival: Arrival,
    /// Where the answer will stand.
    pub place: Place,
}

/// Where the answer to a request stands in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// In a tab or window of its own, or nothing is said of it.
    #[default]
    Window,
    /// In a frame of another page, which the person may not see.
    Frame,
}

/// How a request came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrival {
    /// From another site: `SameSite=Lax` cookies are missing from a POST.
    CrossSite,
    /// From our own site, or without a cross-site mark.
    #[default]
    SameSite,
}

impl Visitor {
    /// The sealed attempt of this id.
    #[must_use]
    pub fn attempt(&self, id: AttemptId) -> Option<&str> {
        self.attempts.iter().find(|(known, _)| *known == id).map(|(_, sealed)| sealed.as_str())
    }

    /// The handle of this attempt's second life.
    #[must_use]
    pub fn step(&self, id: AttemptId) -> Option<&str> {
        self.steps.iter().find(|(known, _)| *known == id).map(|(_, handle)| handle.as_str())
    }
}

/// What the browser should do, and which cookies change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// Where to go or what to show.
    pub view: View,
    /// Cookies to set and to clear.
    pub cookies: Vec<CookieChange>,
}

/// Where to go or what to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// Go to this address, with a GET.
    Redirect(String),
    /// Go to this path of ours, with a GET.
    Own(&'static str),
    /// Go to this path of ours with its query, with a GET.
    Here(String),
    /// Show this page.
    Page(Page),
    /// Post the same form again from our own site, so that all cookies come along.
    PostAgain,
    /// Post this form to an app.
    Post(Form),
}

/// A form for an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where to: an address of the app's record.
    pub action: String,
    /// Names and values.
    pub fields: Vec<(&'static str, String)>,
}

/// The way on which an app is told of a refusal, where the person takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayBack {
    /// A link.
    Link(String),
    /// A form.
    Form(Form),
}

impl From<Reply> for WayBack {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Redirect(url) => Self::Link(url),
            Reply::Form { action, fields } => Self::Form(Form { action, fields }),
        }
    }
}

impl Next {
    /// Go to `url`.
    #[must_use]
    pub const fn redirect(url: String) -> Self {
        Self { view: View::Redirect(url), cookies: Vec::new() }
    }

    /// Go to this path of ours.
    #[must_use]
    pub const fn own(path: &'static str) -> Self {
        Self { view: View::Own(path), cookies: Vec::new() }
    }

    /// Go to this path of ours with its query.
    #[must_use]
    pub const fn here(path: String) -> Self {
        Self { view: View::Here(path), cookies: Vec::new() }
    }

    /// Take the browser to the app in the app's way.
    #[must_use]
    pub fn to_app(reply: Reply) -> Self {
        let view = match WayBack::from(reply) {
            WayBack::Link(url) => View::Redirect(url),
            WayBack::Form(form) => View::Post(form),
        };
        Self { view, cookies: Vec::new() }
    }

    /// Show `page`.
    #[must_use]
    pub const fn page(page: Page) -> Self {
        Self { view: View::Page(page), cookies: Vec::new() }
    }

    /// The same, with one more cookie change.
    #[must_use]
    pub fn with(mut self, change: CookieChange) -> Self {
        self.cookies.push(change);
        self
    }
}

/// A change of one of our cookies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CookieChange {
    /// Keep this sealed attempt for so long.
    SetAttempt(AttemptId, String, Duration),
    /// Drop the sealed attempt.
    ClearAttempt(AttemptId),
    /// Keep the handle of an attempt in its second life.
    SetStep(AttemptId, String),
    /// Drop the handle of an attempt in its second life.
    ClearStep(AttemptId),
    /// Keep this session, until the browser is closed where nothing else is said beside it.
    SetSession(String),
    /// Keep the session that is set beside this for so long, also when the browser is closed.
    KeepSession(Duration),
    /// Drop the session.
    ClearSession,
    /// Keep the sealed list of guests who passed a factor in this browser.
    SetKnown(String),
    /// Keep the sealed partner that was chosen last.
    SetRemembered(String),
    /// Drop it.
    ClearRemembered,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// Which organisation are you from?
    HomeRealm {
        /// The attempt that goes on.
        attempt: AttemptId,
        /// The app's name.
        app_name: String,
        /// What was wrong with the last answer.
        fault: Option<HomeRealmFault>,
        /// What was typed.
        typed: String,
        /// The organisation that was chosen last in this browser.
        remembered: Option<Organisation>,
        /// Whether a code by mail may be had.
        by_mail: ByMail,
    },
    /// A code by mail is offered or asked for.
    MailedCode(CodePage),
    /// Which of the organisations that share a domain?
    OrganisationChoice {
        /// The attempt that goes on.
        attempt: AttemptId,
        /// The app's name.
        app_name: String,
        /// What was typed; empty where the app named the domain.
        typed: String,
        /// Between which.
        organisations: Vec<Organisation>,
        /// Whether a code by mail may be had beside them.
        by_mail: ByMail,
    },
    /// No organisation of that address can sign in here; the same for unknown and switched off ones.
    OrganisationUnavailable(UnavailablePage),
    /// Continue as this person or as another?
    SelectAccount {
        /// The attempt that goes on.
        attempt: AttemptId,
        /// The app's name.
        app_name: String,
        /// The person of the session.
        person: String,
    },
    /// Is the app to be told who you are?
    Consent {
        /// The attempt that goes on.
        attempt: AttemptId,
        /// The app's name.
        app_name: String,
        /// Who signs in.
        person: String,
        /// What is told.
        told: AppTold,
    },
    /// An invitation, before anything is done.
    Invited(InvitedPage),
    /// Is an invited account to be yours?
    Agree(AgreePage),
    /// Do you want to leave?
    Leave(LeavePage),
    /// You cannot end your account here yourself.
    LeaveRefused(Box<LeaveRefusedPage>),
    /// Your account here has ended.
    Left,
    /// What one may open.
    Panel(Box<PanelPage>),
    /// Whom do you invite?
    Invite(Box<InvitePage>),
    /// Somebody was invited.
    GuestInvited(Box<GuestInvitedPage>),
    /// Which file has those whom you invite?
    InviteFiles(Box<FilesPage>),
    /// Are those of the file to be invited?
    InvitePreview(Box<PreviewPage>),
    /// How far a file has come.
    BulkJob(Box<BulkJobPage>),
    /// What became of rows of a file.
    BulkRows(Box<BulkRowsPage>),
    /// A second factor is shown, chosen or enrolled.
    Factor(Box<FactorPage>),
    /// One's own factors.
    SecurityInfo(Box<SecurityInfo>),
    /// One's own factors cannot be shown, since nobody is signed in.
    SecurityInfoSignedOut,
    /// A question about one factor of one's own.
    FactorQuestion(Box<FactorQuestion>),
    /// No.
    Refused {
        /// Why.
        refusal: Box<Refusal>,
        /// The attempt, where its cookie was valid.
        attempt: Option<AttemptId>,
        /// On which the app would be told.
        back: Option<WayBack>,
    },
    /// You are signed in already.
    SignedInAlready {
        /// On to the app.
        back: Option<AppLink>,
    },
    /// Asked whether to sign out, the person stays.
    StillSignedIn,
    /// Do you want to sign out?
    SignOutConfirm {
        /// Sealed state of the question.
        token: String,
    },
    /// May invitations be sent to this address?
    MailBlock(BlockedMail),
    /// You are signed out here.
    SignedOut {
        /// Back to the app.
        back: Option<String>,
    },
}

/// An address that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnavailablePage {
    /// The attempt that goes on.
    pub attempt: AttemptId,
    /// What was typed.
    pub typed: String,
    /// What to pass on.
    pub code: Code,
    /// Whether the person came by the link of an invitation.
    pub has_link: bool,
}

/// An invitation whose link was opened.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitedPage {
    /// What the link has.
    pub ticket: String,
    /// Who invited, where that is a person or an app.
    pub inviter: Option<String>,
    /// The address that was invited.
    pub address: String,
}

impl std::fmt::Debug for InvitedPage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("InvitedPage").finish_non_exhaustive()
    }
}

/// The question whether an invited account is to be the person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreePage {
    /// The attempt that goes on.
    pub attempt: AttemptId,
    /// Who was invited.
    pub person: String,
    /// Who vouches for the person; nobody where a mailed code does.
    pub partner: Option<String>,
    /// This organisation's word on privacy.
    pub privacy_url: Option<String>,
    /// Whom to ask about it.
    pub privacy_contact: Option<String>,
}

/// The access panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelPage {
    /// Who is signed in.
    pub person: String,
    /// The apps, by name.
    pub tiles: Vec<Tile>,
    /// Whether they may invite.
    pub invites: Invites,
    /// Whether they may end their account themselves.
    pub leave: Leave,
}

/// Whether a person may invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invites {
    /// They may.
    Offered,
    /// They may not.
    NotOffered,
}

/// Whether a person may end their account here themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// They may.
    Offered,
    /// They may not.
    NotOffered,
}

/// The question whether a person wants to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeavePage {
    /// Binds the form to the session.
    pub token: String,
    /// Who is signed in.
    pub person: String,
}

/// Why a person cannot leave by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveRefusedPage {
    /// Why.
    pub refusal: Refusal,
    /// Whom to ask about privacy, where the settings name somebody.
    pub contact: Option<String>,
}

/// An app on the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Its name.
    pub name: String,
    /// How it is opened.
    pub way_in: WayIn,
}

/// How an app is opened from the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayIn {
    /// A sign-in to the app of this slug begins here.
    Here(String),
    /// The app begins it, at this address.
    AtApp(String),
    /// Not from here.
    Unknown,
}

/// Whether people may sign in by a code that is mailed to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByMail {
    /// They may.
    Offered,
    /// They may not.
    NotOffered,
}

/// A page of sign-in by a code that is mailed. It is the same whether the address has an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodePage {
    /// The attempt that goes on.
    pub attempt: AttemptId,
    /// The app's name.
    pub app_name: String,
    /// The address as it was entered.
    pub address: String,
    /// What is asked.
    pub asks: CodeAsks,
    /// What was wrong with the last answer.
    pub slip: Option<CodeSlip>,
}

/// What a page of sign-in by a mailed code asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeAsks {
    /// Whether one is to be sent.
    MayBeSent,
    /// The code.
    Code,
}

/// What was wrong with a typed code, as far as it is told: neither of it tells whether one was mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeSlip {
    /// It has not eight digits.
    Malformed,
    /// It is not the code, or was tried too often.
    Wrong,
    /// It was asked for too long ago.
    Expired,
    /// One was asked for a moment ago; another one may be so much later.
    SentAlready(Duration),
}

/// How it stands with invitations to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedMail {
    /// The token of the link.
    pub token: String,
    /// The address.
    pub address: String,
    /// What the person can say: the other of what holds.
    pub choice: MailChoice,
}

/// A partner on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// Its random handle, by which the page's form names it.
    pub handle: String,
}

/// The way to an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppLink {
    /// The app's name.
    pub name: String,
    /// Where it is.
    pub url: String,
}

/// What was wrong with the answer to the organisation page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeRealmFault {
    /// Not a mail address.
    NotAnAddress,
}

/// The answer to a request that an app makes by itself, at the token and userinfo endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectAnswer {
    /// The HTTP status that the protocol asks for.
    pub status: u16,
    /// JSON.
    pub body: String,
    /// What the app must show, by the protocol's challenge.
    pub challenge: Option<String>,
    /// How long the answer may be kept.
    pub cache_control: &'static str,
    /// The origins whose scripts may read it.
    pub readers: Readers,
}

/// Who may read an answer by a script in a browser. Nothing here is decided by cookies, so that a page of somebody else
/// could at most ask what it could ask from its own server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readers {
    /// Nobody: apps on servers need no leave.
    Nobody,
    /// Pages of these origins.
    Origins(Vec<String>),
    /// Every page, since what is shown opens the answer.
    Everybody,
}

/// What an app will be told of a person, for the person to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppTold {
    /// What these open.
    pub scopes: Scopes,
    /// And what its own rules give.
    pub by_rules: ByRules,
}

/// Whether an app has rules about claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByRules {
    /// It is told more by rules.
    More,
    /// It has none.
    Nothing,
}
