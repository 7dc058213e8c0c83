//! What a page may do in the browser: the Content-Security-Policy.

use super::addresses::Origin;

/// Whether a page has our script file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// No script at all.
    None,
    /// The one file of ours.
    OwnFile,
}

/// Whether a window that opened the page may keep its handle to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    /// The handle is cut: the journey ends on this page.
    Severed,
    /// The handle stays: an app that opened the sign-in in a window of its own waits for it to
    /// come back, and a cut handle does not grow again.
    Kept,
}

/// Where a form's journey may lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormTarget {
    /// To this origin.
    Origin(Origin),
    /// Anywhere by https.
    AnyHttps,
}

/// What one page may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePolicy {
    /// Where beside our own origin a form's journey may lead.
    ///
    /// Chromium applies `form-action` to every redirect after a submit, the partner's and the
    /// app's own redirects included, which nobody can list. So a form is answered with the page
    /// of [`onward`](crate::http::pages::onward), a navigation of its own, and this stays empty;
    /// it is there for a form that goes to an app.
    pub form_targets: Vec<FormTarget>,
    /// The page's script.
    pub scripts: Scripts,
    /// What becomes of the window that opened it.
    pub opener: Opener,
}

impl PagePolicy {
    /// The policy of a page from which the journey goes on.
    #[must_use]
    pub const fn on_the_way() -> Self {
        Self { form_targets: Vec::new(), scripts: Scripts::None, opener: Opener::Kept }
    }

    /// The value of `Content-Security-Policy`.
    ///
    /// # Source
    /// CSP Level 3, 6.1 to 6.4.
    #[must_use]
    pub fn content_security_policy(&self) -> String {
        let script = match self.scripts {
            Scripts::None => "'none'",
            Scripts::OwnFile => "'self'",
        };
        let mut text = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; script-src {script}; base-uri 'none'; \
             frame-ancestors 'none'; form-action 'self'"
        );
        for target in &self.form_targets {
            text.push(' ');
            match target {
                FormTarget::Origin(origin) => text.push_str(&origin.to_string()),
                FormTarget::AnyHttps => text.push_str("https:"),
            }
        }
        text
    }
}

/// The strictest policy, that of a page on which the journey ends.
impl Default for PagePolicy {
    fn default() -> Self {
        Self { form_targets: Vec::new(), scripts: Scripts::None, opener: Opener::Severed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_allows_our_style_our_pictures_and_our_forms_only() {
        assert_eq!(
            PagePolicy::default().content_security_policy(),
            "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'none'; base-uri 'none'; \
             frame-ancestors 'none'; form-action 'self'"
        );
    }

    #[test]
    fn form_targets_and_our_script_are_added_where_asked() {
        let policy = PagePolicy {
            form_targets: vec![
                FormTarget::Origin(Origin::parse("https://idp.fabrikam.example/sso").unwrap()),
                FormTarget::AnyHttps,
            ],
            scripts: Scripts::OwnFile,
            opener: Opener::Kept,
        };
        let text = policy.content_security_policy();
        assert!(text.contains("; script-src 'self';"), "{text}");
        assert!(text.ends_with("; form-action 'self' https://idp.fabrikam.example https:"), "{text}");
        assert!(!text.contains("unsafe"));
    }
}
