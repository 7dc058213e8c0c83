//! What somebody who invites asks for: read from texts, the same from every door.

use super::fault::InviteError;
use super::language::LanguageTag;
use super::message::CustomMessage;
use super::{Inviter, MAX_GIVEN};
use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guest_details::{MAX_SPONSORS, Sponsor, display_name};
use crate::domain::guests::{GuestId, UserType};
use crate::domain::mail::{MailAddress, MailError};
use crate::domain::organization::PublicUrl;
use crate::domain::web_address::WebAddress;

/// An invitation as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Who is invited.
    pub address: MailAddress,
    /// Where the browser goes afterwards.
    pub redirect_url: WebAddress,
    /// The name; where none is given, the partner's is taken at each sign-in.
    pub display_name: Option<String>,
    /// Guest or member.
    pub user_type: UserType,
    /// The language of the mail.
    pub language: Option<LanguageTag>,
    /// What the inviter has to say.
    pub message: Option<CustomMessage>,
    /// Who gets a copy.
    pub cc: Option<MailAddress>,
    /// Who answers for the account; the inviter where nobody is named.
    pub sponsors: Vec<Sponsor>,
    /// Apps that are given with it.
    pub apps: Vec<AppId>,
    /// Groups that are given with it.
    pub groups: Vec<GroupId>,
    /// The internal account that is to be redeemed from elsewhere.
    pub account: Option<GuestId>,
    /// How the link comes to the person.
    pub sending: Sending,
}

/// How a link comes to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// Whoever invites hands it over.
    ByHand,
    /// We mail it.
    ByMail,
}

/// The texts of an invitation, as they were typed or sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct WishTexts<'a> {
    /// The address.
    pub address: &'a str,
    /// Where the browser goes afterwards.
    pub redirect_url: &'a str,
    /// The name.
    pub display_name: Option<&'a str>,
    /// The language of the mail.
    pub language: Option<&'a str>,
    /// What the inviter has to say.
    pub message: Option<&'a str>,
    /// Who gets a copy: one at most.
    pub cc: &'a [&'a str],
}

impl WishTexts<'_> {
    /// The invitation of a guest that they ask for, without sponsors, apps and groups.
    ///
    /// # Errors
    /// The [`InviteError`] of the first text that is wrong.
    pub fn read(&self, ours: &PublicUrl) -> Result<Wish, InviteError> {
        let address = address(self.address)?;
        let redirect_url = WebAddress::parse_for(self.redirect_url, ours).map_err(InviteError::RedirectUrl)?;
        let language = self.language.map(LanguageTag::parse).transpose().map_err(InviteError::Language)?;
        let message = self.message.map(CustomMessage::parse).transpose().map_err(InviteError::Message)?;
        let cc = match self.cc {
            [] => None,
            [one] => Some(mailbox(one).map_err(InviteError::Cc)?),
            more => return Err(InviteError::CcTooMany { found: more.len() }),
        };
        Ok(Wish {
            address,
            redirect_url,
            display_name: self.display_name.map(display_name).transpose().map_err(InviteError::DisplayName)?,
            user_type: UserType::Guest,
            language,
            message: message.flatten(),
            cc,
            sponsors: Vec::new(),
            apps: Vec::new(),
            groups: Vec::new(),
            account: None,
            sending: Sending::ByHand,
        })
    }
}

/// An address to be invited; its domain may be an international name.
///
/// # Errors
/// [`InviteError::EmailChars`] and [`InviteError::EmailShape`].
pub fn address(text: &str) -> Result<MailAddress, InviteError> {
    Ok(mailbox(text)?)
}

/// An address that mail can be sent to.
fn mailbox(text: &str) -> Result<MailAddress, MailError> {
    let address = MailAddress::parse_typed(text)?;
    // No server takes two dots in a row (RFC 5321 4.1.2).
    if address.as_str().contains("..") { Err(MailError::Shape) } else { Ok(address) }
}

impl Wish {
    /// Judges how much is asked for at once, and leaves nothing twice.
    ///
    /// # Errors
    /// [`InviteError::SponsorsTooMany`] and [`InviteError::GivenTooMany`].
    pub fn bounded(mut self) -> Result<Self, InviteError> {
        self.sponsors.sort_unstable();
        self.sponsors.dedup();
        self.apps.sort_unstable();
        self.apps.dedup();
        self.groups.sort_unstable();
        self.groups.dedup();
        if self.sponsors.len() > MAX_SPONSORS {
            return Err(InviteError::SponsorsTooMany { found: self.sponsors.len() });
        }
        for (what, found) in [("apps", self.apps.len()), ("groups", self.groups.len())] {
            if found > MAX_GIVEN {
                return Err(InviteError::GivenTooMany { what, found });
            }
        }
        Ok(self)
    }

    /// Who answers for the account: those that are named, or else the inviter, where it is a person.
    #[must_use]
    pub fn sponsors_by(&self, inviter: &Inviter) -> Vec<Sponsor> {
        match inviter {
            Inviter::Guest(guest) if self.sponsors.is_empty() => vec![Sponsor::Guest(*guest)],
            _ => self.sponsors.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: WishTexts<'static> = WishTexts {
        address: "ana@fabrikam.example",
        redirect_url: "https://app.example/start",
        display_name: None,
        language: None,
        message: None,
        cc: &[],
    };

    fn code(texts: WishTexts<'_>) -> &'static str {
        let ours = PublicUrl::parse("https://gate.example").unwrap();
        texts.read(&ours).map_or_else(|error| error.code(), |_| "")
    }

    #[test]
    fn f02_each_field_is_judged() {
        assert_eq!(code(GOOD), "");
        let address = |address: &str| code(WishTexts { address, ..GOOD });
        for good in [
            "a.b-c_@x.example",
            "_a@x.example",
            "a_@x.example",
            "o'neil@x.example",
            "ANA@X.example",
            "ana@bücher.example",
        ] {
            assert_eq!(address(good), "", "{good}");
        }
        // Each character that is forbidden, in the middle of the local part.
        for forbidden in "~!#$%^&*()+=[]{}\\/|;:\"<>?, ".chars() {
            assert_eq!(address(&format!("a{forbidden}b@x.example")), "EMAIL_CHARS", "{forbidden}");
        }
        for bad in [".a@x.example", "a.@x.example", "-a@x.example", "a-@x.example", "a+b@x.example"] {
            assert_eq!(address(bad), "EMAIL_CHARS", "{bad}");
        }
        for bad in [
            "",
            "ana",
            "@x.example",
            "ana@",
            "a@b@x.example",
            "a..b@x.example",
            "ana@x",
            "аna@x.example",
            "a@x.example\r\n",
        ] {
            assert_eq!(address(bad), "EMAIL_INVALID", "{bad:?}");
        }
        let redirect = |redirect_url: &str| code(WishTexts { redirect_url, ..GOOD });
        for bad in [
            "",
            "app.example",
            "http://app.example",
            "javascript:alert(1)",
            "https://a@app.example/",
            "http://localhost/",
        ] {
            assert_eq!(redirect(bad), "REDIRECT_URL_INVALID", "{bad}");
        }
        assert_eq!(code(WishTexts { display_name: Some(" "), ..GOOD }), "DISPLAY_NAME_INVALID");
        assert_eq!(code(WishTexts { display_name: Some("Ana\r\nBcc: x"), ..GOOD }), "DISPLAY_NAME_INVALID");
        assert_eq!(code(WishTexts { language: Some("english"), ..GOOD }), "LANGUAGE_INVALID");
        assert_eq!(code(WishTexts { message: Some("a\0"), ..GOOD }), "MESSAGE_INVALID");
    }

    #[test]
    fn f05_one_copy_is_taken_and_two_are_refused() {
        assert_eq!(code(WishTexts { cc: &["otto@x.example"], ..GOOD }), "");
        assert_eq!(code(WishTexts { cc: &["otto"], ..GOOD }), "CC_INVALID");
        assert_eq!(code(WishTexts { cc: &["a@x.example", "b@x.example"], ..GOOD }), "CC_TOO_MANY");
    }

    #[test]
    fn f29_an_account_has_five_sponsors_at_most_and_else_its_inviter() {
        let ours = PublicUrl::parse("https://gate.example").unwrap();
        let id = |number| GuestId::from_uuid(uuid::Uuid::from_u128(number));
        let named = |count: u128| Wish {
            sponsors: (0..count).map(|number| Sponsor::Guest(id(number))).chain([Sponsor::Guest(id(0))]).collect(),
            ..GOOD.read(&ours).unwrap()
        };
        assert_eq!(named(5).bounded().unwrap().sponsors.len(), 5);
        assert_eq!(named(6).bounded(), Err(InviteError::SponsorsTooMany { found: 6 }));
        let nobody = GOOD.read(&ours).unwrap();
        assert_eq!(nobody.sponsors_by(&Inviter::Guest(id(9))), [Sponsor::Guest(id(9))]);
        assert_eq!(nobody.sponsors_by(&Inviter::Operator("olga".to_owned())), []);
        assert_eq!(named(1).bounded().unwrap().sponsors_by(&Inviter::Guest(id(9))), [Sponsor::Guest(id(0))]);
    }
}
