//! The page on which an authenticator app is set up.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::fault::{Fault, note};
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// A picture of our own making, which stands in the page as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture(String);

impl Picture {
    /// The SVG element of a QR code; absent where anything else is in it. **Shape**: `svg`, `rect` and
    /// `path` elements alone, and no attribute that could load, style or run something.
    #[must_use]
    pub fn qr(svg: &str) -> Option<Self> {
        let is_known = |tag: &str| ["svg ", "rect ", "path ", "/svg>"].iter().any(|known| tag.starts_with(known));
        let is_plain = svg.starts_with("<svg ") && svg.split('<').skip(1).all(is_known);
        let is_active = [" on", "href", "style", "&"].iter().any(|part| svg.contains(part));
        (is_plain && !is_active).then(|| Self(svg.to_owned()))
    }
}

/// The QR code, the key for typing, and the first code. The form sends `code` and `label`; the buttons
/// send `action`: `check` or `ways`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorSetup {
    /// Whose page it is.
    pub frame: Frame,
    /// Who is signed in.
    pub person: String,
    /// The QR code; without it the key is typed.
    pub picture: Option<Picture>,
    /// The key for typing.
    pub key: String,
    /// What was wrong with the last answer.
    pub fault: Option<Fault>,
    /// The attempt, to quote.
    pub attempt: String,
    /// Whether there is another way.
    pub has_other_ways: bool,
    /// Where the forms are sent, by POST.
    pub action: LocalPath,
    /// What the forms carry back.
    pub fields: Vec<HiddenField>,
}

impl FactorSetup {
    /// An authenticator app, no passkey.
    #[expect(clippy::unused_self, reason = "the template that names a factor asks each page")]
    const fn is_made(&self) -> bool {
        false
    }

    /// The key in groups of four, as it is easily read and typed.
    fn grouped(&self) -> String {
        let letters: Vec<char> = self.key.chars().collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }
}

#[derive(Template)]
#[template(path = "factor_setup.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a FactorSetup,
    fault: Option<String>,
}

impl Page for FactorSetup {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let fault = self.fault.map(|fault| fault.text(say, &self.frame));
        let mut layout = Layout::new(&self.frame, say, say.text("factor-app-title"));
        note(&mut layout, fault.as_ref());
        write(&Html { layout, page: self, fault })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_picture_stands_in_a_page() {
        let plain = r##"<svg width="8"><rect fill="#fff"/><path d="M0"/></svg>"##;
        assert_eq!(Picture::qr(plain), Some(Picture(plain.to_owned())));
        for active in [
            "",
            "x<svg ></svg>",
            "<svg ><script >1</script></svg>",
            "<svg onload=\"x\"></svg>",
            "<svg ><path href=\"x\"/></svg>",
            "<svg ><a ></a></svg>",
            "<svg style=\"x\"></svg>",
        ] {
            assert_eq!(Picture::qr(active), None, "{active}");
        }
    }
}
