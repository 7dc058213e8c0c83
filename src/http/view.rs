//! From what a journey wants shown to a page: words, fields and addresses.

mod factors;
mod invite;

use super::pages::addresses::{LocalPath, WebLink};
use super::pages::agree::Agree;
use super::pages::consent::{Consent, Shared};
use super::pages::handover::{AppForm, Handover};
use super::pages::home_realm::{ADDRESS_FIELD, AddressFault, ByMail, Choice, HomeRealm};
use super::pages::invited::Invited;
use super::pages::layout::{Frame, HiddenField};
use super::pages::leave::{Leave, Left};
use super::pages::mail_block::{Invitations, MailBlock};
use super::pages::onward::Onward;
use super::pages::organization_choice::OrganizationChoice;
use super::pages::organization_unavailable::{LinkHint, OrganizationUnavailable};
use super::pages::panel::{Leads, Panel, Tile};
use super::pages::policy::PagePolicy;
use super::pages::refusal::{Again, Reference, RefusalPage};
use super::pages::select_account::SelectAccount;
use super::pages::sign_in_code::{Asks, CodeFault, SignInCode};
use super::pages::sign_out::{SignOutConfirm, SignedOut};
use super::pages::signed_in_already::{Occasion, SignedInAlready};
use super::request::RequestId;
use super::routes::table;
use super::state::State;
use crate::base::params::encode;
use crate::domain::attempts::AttemptId;
use crate::domain::refusal::Refusal;
use crate::domain::requests::Scopes;
use crate::flows;
use crate::flows::mails::unwanted::MailChoice;
use crate::flows::next::{
    AppTold, ByRules, CodeAsks, CodeSlip, Form, HomeRealmFault, Organisation, Page, WayBack, WayIn,
};
use crate::flows::paths;
use crate::texts::language::Language;

/// The hidden field that names the attempt in our forms.
pub const ATTEMPT_FIELD: &str = "attempt";

/// A page as it is sent.
#[derive(Debug)]
pub struct Rendered {
    /// The document.
    pub html: String,
    /// What it may do.
    pub policy: PagePolicy,
}

/// Renders `page`.
#[must_use]
pub fn render(state: &State, language: Language, page: &Page, request_id: &RequestId) -> Rendered {
    let frame = |app: Option<&str>| frame(state, app);
    let fields = |attempt: &AttemptId| vec![HiddenField { name: ATTEMPT_FIELD, value: attempt.to_string() }];
    match page {
        Page::HomeRealm { attempt, app_name, fault, typed, remembered, by_mail } => show(
            state,
            language,
            &HomeRealm {
                frame: frame(Some(app_name)),
                action: LocalPath::own(table::ORGANIZATION),
                fields: fields(attempt),
                address: typed.clone(),
                fault: fault.map(
                    |HomeRealmFault::NotAnAddress| {
                        if typed.is_empty() { AddressFault::Missing } else { AddressFault::Malformed }
                    },
                ),
                remembered: remembered.as_ref().map(organization),
                by_mail: code_by_mail(*by_mail),
            },
        ),
        Page::MailedCode(page) => show(
            state,
            language,
            &SignInCode {
                frame: frame(Some(&page.app_name)),
                address: page.address.clone(),
                asks: match page.asks {
                    CodeAsks::MayBeSent => Asks::MayBeSent,
                    CodeAsks::Code => Asks::Code,
                },
                fault: page.slip.map(code_fault),
                attempt: page.attempt.to_string(),
                action: LocalPath::own(table::SIGN_IN_CODE),
                fields: fields(&page.attempt),
                again: again(page.attempt),
            },
        ),
        Page::OrganisationChoice { attempt, app_name, typed, organisations, by_mail } => show(
            state,
            language,
            &OrganizationChoice {
                frame: frame(Some(app_name)),
                address: typed.clone(),
                choices: organisations.iter().map(organization).collect(),
                by_mail: code_by_mail(*by_mail),
                action: LocalPath::own(table::ORGANIZATION),
                fields: fields(attempt)
                    .into_iter()
                    .chain([HiddenField { name: ADDRESS_FIELD, value: typed.clone() }])
                    .collect(),
                again: again(*attempt),
            },
        ),
        Page::OrganisationUnavailable(page) => show(
            state,
            language,
            &OrganizationUnavailable {
                frame: frame(None),
                address: page.typed.clone(),
                code: page.code.as_str().to_owned(),
                attempt: page.attempt.to_string(),
                link: if page.has_link { LinkHint::Unneeded } else { LinkHint::Given },
                again: again(page.attempt),
            },
        ),
        Page::SelectAccount { attempt, app_name, person } => show(
            state,
            language,
            &SelectAccount {
                frame: frame(Some(app_name)),
                person: person.clone(),
                address: None,
                action: LocalPath::own(table::ACCOUNT),
                fields: fields(attempt),
            },
        ),
        Page::Consent { attempt, app_name, person, told } => show(
            state,
            language,
            &Consent {
                frame: frame(Some(app_name)),
                app: app_name.clone(),
                person: person.clone(),
                shared: shared(*told),
                action: LocalPath::own(table::CONSENT),
                fields: fields(attempt),
            },
        ),
        Page::Invited(page) => show(
            state,
            language,
            &Invited {
                frame: frame(None),
                ticket: page.ticket.clone(),
                inviter: page.inviter.clone(),
                address: page.address.clone(),
                action: LocalPath::own(paths::REDEEM),
            },
        ),
        Page::Agree(page) => show(
            state,
            language,
            &Agree {
                frame: frame(None),
                person: page.person.clone(),
                partner: page.partner.clone(),
                privacy: page.privacy_url.as_deref().and_then(|url| WebLink::parse(url).ok()),
                contact: page.privacy_contact.clone(),
                action: LocalPath::own(table::AGREE),
                fields: fields(&page.attempt),
            },
        ),
        Page::Panel(page) => show(
            state,
            language,
            &Panel {
                frame: frame(None),
                person: page.person.clone(),
                tiles: page.tiles.iter().map(tile).collect(),
                invite: (page.invites == flows::next::Invites::Offered).then_some(LocalPath::own(paths::INVITE)),
                security: LocalPath::own(paths::SECURITY_INFO),
                sign_out: LocalPath::own(paths::END_SESSION),
                leave: (page.leave == flows::next::Leave::Offered).then_some(LocalPath::own(paths::LEAVE)),
            },
        ),
        Page::Leave(page) => show(
            state,
            language,
            &Leave {
                frame: frame(None),
                person: page.person.clone(),
                action: LocalPath::own(paths::LEAVE),
                fields: vec![HiddenField { name: "token", value: page.token.clone() }],
                back: LocalPath::own(paths::PANEL),
            },
        ),
        Page::LeaveRefused(page) => {
            let shown = refusal_page(state, &page.refusal, None, None, request_id);
            show(state, language, &RefusalPage { contact: page.contact.clone(), ..shown })
        }
        Page::Left => show(state, language, &Left { frame: frame(None) }),
        Page::Invite(page) => invite::invite(state, language, page),
        Page::GuestInvited(page) => invite::guest_invited(state, language, page),
        Page::InviteFiles(page) => invite::files(state, language, page),
        Page::InvitePreview(page) => invite::preview(state, language, page),
        Page::BulkJob(page) => invite::bulk_job(state, language, page),
        Page::BulkRows(page) => invite::bulk_rows(state, language, page),
        Page::Factor(page) => factors::factor(state, language, page),
        Page::SecurityInfo(info) => factors::security_info(state, language, info),
        Page::SecurityInfoSignedOut => factors::signed_out(state, language),
        Page::FactorQuestion(question) => factors::question(state, language, question),
        Page::Refused { refusal, attempt, back } => {
            show(state, language, &refusal_page(state, refusal, *attempt, back.as_ref(), request_id))
        }
        Page::SignedInAlready { back } => {
            let frame = frame(back.as_ref().map(|app| app.name.as_str()));
            let back = back.as_ref().and_then(|app| WebLink::parse(&app.url).ok());
            show(state, language, &SignedInAlready { frame, occasion: Occasion::SentAgain, back })
        }
        Page::StillSignedIn => {
            show(state, language, &SignedInAlready { frame: frame(None), occasion: Occasion::Stayed, back: None })
        }
        Page::SignOutConfirm { token } => show(
            state,
            language,
            &SignOutConfirm {
                frame: frame(None),
                person: None,
                action: LocalPath::own(table::SIGN_OUT),
                fields: vec![HiddenField { name: "token", value: token.clone() }],
            },
        ),
        Page::MailBlock(stands) => show(
            state,
            language,
            &MailBlock {
                frame: frame(None),
                address: stands.address.clone(),
                invitations: match stands.choice {
                    MailChoice::Block => Invitations::Sent,
                    MailChoice::Unblock => Invitations::Blocked,
                },
                action: LocalPath::own(paths::MAIL_BLOCK),
                fields: vec![HiddenField { name: "token", value: stands.token.clone() }],
            },
        ),
        Page::SignedOut { back } => {
            let back = back.as_deref().and_then(|url| WebLink::parse(url).ok());
            show(state, language, &SignedOut { frame: frame(None), back })
        }
    }
}

fn tile(tile: &flows::next::Tile) -> Tile {
    let leads = match &tile.way_in {
        WayIn::Here(slug) => LocalPath::parse(&format!("{}?app={}", paths::START, encode(slug))).ok().map(Leads::Here),
        WayIn::AtApp(url) => WebLink::parse(url).ok().map(Leads::ToApp),
        WayIn::Unknown => None,
    };
    Tile { name: tile.name.clone(), leads: leads.unwrap_or(Leads::Nowhere) }
}

const fn code_fault(slip: CodeSlip) -> CodeFault {
    match slip {
        CodeSlip::Malformed => CodeFault::Malformed,
        CodeSlip::Wrong => CodeFault::Wrong,
        CodeSlip::Expired => CodeFault::Expired,
        CodeSlip::SentAlready(wait) => CodeFault::SentAlready(wait),
    }
}

const fn code_by_mail(by_mail: flows::next::ByMail) -> ByMail {
    match by_mail {
        flows::next::ByMail::Offered => ByMail::Offered,
        flows::next::ByMail::NotOffered => ByMail::NotOffered,
    }
}

fn organization(organisation: &Organisation) -> Choice {
    Choice { name: organisation.name.clone(), handle: organisation.handle.clone() }
}

/// The page that asks for the organisation, of this attempt.
fn again(attempt: AttemptId) -> LocalPath {
    LocalPath::parse(&format!("{}?{ATTEMPT_FIELD}={attempt}", table::ORGANIZATION))
        .unwrap_or(LocalPath::own(table::ORGANIZATION))
}

/// The frame of every page.
#[must_use]
pub fn frame(state: &State, app: Option<&str>) -> Frame {
    Frame { organization: state.services.settings.organization.name.clone(), app: app.map(str::to_owned) }
}

/// Renders one page.
pub fn show(state: &State, language: Language, page: &impl super::pages::Page) -> Rendered {
    Rendered { html: page.render(&state.catalogue, language), policy: page.policy() }
}

/// The page of a refusal; also written as JSON.
#[must_use]
pub fn refusal_page(
    state: &State,
    refusal: &Refusal,
    attempt: Option<AttemptId>,
    back: Option<&WayBack>,
    request_id: &RequestId,
) -> RefusalPage {
    RefusalPage {
        frame: frame(state, None),
        code: refusal.code.as_str().to_owned(),
        message: refusal.code.message_key().to_owned(),
        args: Vec::new(),
        contact: None,
        reference: attempt
            .map_or_else(|| Reference::Request(request_id.0.clone()), |id| Reference::Attempt(id.to_string())),
        again: back.and_then(|back| match back {
            WayBack::Link(url) => WebLink::parse(url).ok().map(Again::Link),
            WayBack::Form(form) => app_form(form).map(Again::Form),
        }),
    }
}

fn app_form(form: &Form) -> Option<AppForm> {
    let fields = form.fields.iter().map(|(name, value)| HiddenField { name, value: value.clone() });
    Some(AppForm { action: WebLink::parse(&form.action).ok()?, fields: fields.collect() })
}

/// The page that hands a form over to an app.
#[must_use]
pub fn handover(state: &State, language: Language, form: &Form) -> Option<Rendered> {
    let name = host_of(&form.action).to_owned();
    Some(show(state, language, &Handover { frame: frame(state, None), name, form: app_form(form)? }))
}

/// The host and port of an address, for those who read it.
fn host_of(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default()
}

/// The page that leads a browser on from a form of ours, since browsers hold `form-action` against a
/// redirect after a submit and partners and apps are on other origins.
#[must_use]
pub fn onward(state: &State, language: Language, url: &str) -> Option<Rendered> {
    let target = WebLink::parse(url).ok()?;
    Some(show(state, language, &Onward { frame: frame(state, None), name: host_of(url).to_owned(), target }))
}

fn shared(told: AppTold) -> Vec<Shared> {
    let scopes = told.scopes;
    let mut shared = vec![Shared::Identity];
    let known = [(Scopes::PROFILE, Shared::Profile), (Scopes::EMAIL, Shared::Email), (Scopes::GROUPS, Shared::Groups)];
    shared.extend(known.into_iter().filter(|(scope, _)| scopes.has(*scope)).map(|(_, shared)| shared));
    shared.extend((told.by_rules == ByRules::More).then_some(Shared::Chosen));
    shared
}

#[cfg(test)]
mod tests {
    use crate::domain::refusal::Code;
    use crate::texts::refusals::REFUSALS;

    #[test]
    fn every_refusal_has_its_words_and_every_word_its_refusal() {
        for code in Code::ALL {
            assert!(REFUSALS.contains(&code.message_key()), "{}", code.as_str());
        }
        for key in REFUSALS {
            assert!(Code::ALL.iter().any(|code| code.message_key() == key), "{key}");
        }
    }
}
