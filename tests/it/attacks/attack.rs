//! One attack: a hostile post, what it is refused with, and the twin that differs from it in one point.

use super::forge::{Good, swap};
use crate::support::partner::Signs;

/// Which of the two documents is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The hostile one.
    Wrong,
    /// Its twin, in which that one point is right.
    Right,
}

impl Point {
    /// One of two values.
    pub fn pick<T>(self, wrong: T, right: T) -> T {
        match self {
            Self::Wrong => wrong,
            Self::Right => right,
        }
    }

    /// The text where the point is wrong, and nothing where it is right.
    pub fn only(self, wrong: &str) -> &str {
        self.pick(wrong, "")
    }
}

/// What the browser is made to post.
pub enum Post {
    /// A message, beside the attempt's own relay state.
    Message(Vec<u8>),
    /// A whole form.
    Form(Vec<(&'static str, String)>),
}

impl From<String> for Post {
    fn from(text: String) -> Self {
        Self::Message(text.into_bytes())
    }
}

impl From<Vec<u8>> for Post {
    fn from(message: Vec<u8>) -> Self {
        Self::Message(message)
    }
}

/// Makes one of the two posts.
pub type Make = Box<dyn Fn(&Good, Point) -> Post + Send + Sync>;

/// How it is tried.
pub enum Way {
    /// The post is made, and the trial is the same for all of them.
    Post(Make),
    /// It takes more than one post; a test of its own walks it.
    Walk,
}

/// Where its cause is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// In the audit of its attempt.
    Audit,
    /// In the count of refusals alone, since it belongs to no attempt.
    Count,
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The person, on a page with the public code.
    Person,
    /// The app, by an error on the way back.
    App,
}

/// One attack.
pub struct Attack {
    /// What is wrong.
    pub name: String,
    /// Which published faults it repeats.
    pub holes: &'static [&'static str],
    /// The public code.
    pub code: &'static str,
    /// The cause that administrators see.
    pub cause: &'static str,
    /// Where the cause is to be seen.
    pub seen: Seen,
    /// Who is told.
    pub told: Told,
    /// How it is tried.
    pub way: Way,
}

impl Attack {
    /// The same, repeating published faults.
    pub fn holes(mut self, holes: &'static [&'static str]) -> Self {
        self.holes = holes;
        self
    }

    /// The same, of which the app is told.
    pub fn told_to_the_app(mut self) -> Self {
        self.told = Told::App;
        self
    }

    /// The same, belonging to no attempt.
    pub fn without_attempt(mut self) -> Self {
        self.seen = Seen::Count;
        self
    }
}

/// Attacks of one kind.
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// Its attacks.
    pub attacks: Vec<Attack>,
}

/// An attack that is one post.
pub fn attack(name: impl Into<String>, code: &'static str, cause: &'static str, make: Make) -> Attack {
    Attack { name: name.into(), holes: &[], code, cause, seen: Seen::Audit, told: Told::Person, way: Way::Post(make) }
}

/// An attack that a test of its own walks.
pub fn walk(name: &str, code: &'static str, cause: &'static str) -> Attack {
    Attack { name: name.to_owned(), holes: &[], code, cause, seen: Seen::Audit, told: Told::Person, way: Way::Walk }
}

/// Made by a function.
pub fn made<P: Into<Post>>(make: impl Fn(&Good, Point) -> P + Send + Sync + 'static) -> Make {
    Box::new(move |good, point| make(good, point).into())
}

/// `from` becomes `wrong` before the document is sealed, so that digest and signature cover it; the
/// twin is left as it is.
pub fn before(signs: Signs, from: &str, wrong: impl Into<String>) -> Make {
    before_either(signs, from, wrong, from)
}

/// `from` becomes `wrong` before the document is sealed, and `right` in the twin.
pub fn before_either(signs: Signs, from: &str, wrong: impl Into<String>, right: impl Into<String>) -> Make {
    let (from, wrong, right) = (from.to_owned(), wrong.into(), right.into());
    made(move |good, point| good.draft(signs).swap(&from, point.pick(&wrong, &right)).seal())
}

/// `from` becomes `wrong` after the document was sealed; the twin is left as it is.
pub fn after(signs: Signs, from: &str, wrong: impl Into<String>) -> Make {
    after_either(signs, from, wrong, from)
}

/// `from` becomes `wrong` after the document was sealed, and `right` in the twin.
pub fn after_either(signs: Signs, from: &str, wrong: impl Into<String>, right: impl Into<String>) -> Make {
    let (from, wrong, right) = (from.to_owned(), wrong.into(), right.into());
    made(move |good, point| {
        let to = good.expand(point.pick(&wrong, &right));
        swap(&good.draft(signs).seal(), &good.expand(&from), &to)
    })
}

/// Public codes.
pub mod codes {
    /// It cannot be read.
    pub const MALFORMED: &str = "SAML_RESPONSE_MALFORMED";
    /// No key of the partner covers it.
    pub const SIGNATURE: &str = "SAML_SIGNATURE_REFUSED";
    /// It does not fit the attempt, the time or us.
    pub const REFUSED: &str = "SAML_RESPONSE_REFUSED";
    /// It was accepted before.
    pub const REPLAYED: &str = "SAML_RESPONSE_REPLAYED";
    /// It answers no request.
    pub const UNSOLICITED: &str = "SAML_UNSOLICITED";
    /// It is encrypted.
    pub const ENCRYPTED: &str = "SAML_ENCRYPTED";
    /// It names the person in a way that is not accepted.
    pub const SUBJECT: &str = "SUBJECT_REFUSED";
    /// The partner said no.
    pub const PARTNER: &str = "PARTNER_REFUSED";
}
