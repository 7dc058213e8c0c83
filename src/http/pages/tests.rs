//! What holds for every page: escaping, no inline script or style, structure, words.

mod factors;
mod invite;

use http::StatusCode;
use roxmltree::{Document, Node};

use super::Page;
use super::addresses::{LocalPath, WebLink};
use super::agree::Agree;
use super::assets;
use super::consent::{Consent, Shared};
use super::error::ErrorPage;
use super::handover::{AppForm, Handover};
use super::home_realm::{AddressFault, ByMail, Choice, HomeRealm};
use super::invited::Invited;
use super::layout::{Frame, HiddenField};
use super::leave::{Leave, Left};
use super::mail_block::{Invitations, MailBlock};
use super::onward::Onward;
use super::organization_choice::OrganizationChoice;
use super::organization_unavailable::{LinkHint, OrganizationUnavailable};
use super::panel::{Leads, Panel, Tile};
use super::policy::Scripts;
use super::refusal::{Again, Reference, RefusalPage};
use super::resubmit::Resubmit;
use super::select_account::SelectAccount;
use super::sign_in_code::{Asks, CodeFault, SignInCode};
use super::sign_out::{SignOutConfirm, SignedOut};
use super::signed_in_already::{Occasion, SignedInAlready};
use crate::texts::catalogue::Catalogue;
use crate::texts::invitation::WORDS;
use crate::texts::language::Language;
use crate::texts::refusals::REFUSALS;

const HOSTILE: &str = "\"'><script>alert(1)</script><b onclick=x>&amp;{{7*7}}{$app}";
const TARGET: &str = "https://payroll.contoso.example/cb?code=a'b&state=c;d";

/// Every page in every state, each free text in it being `text`.
fn gallery(text: &str) -> Vec<(&'static str, Box<dyn Page>)> {
    let frame = Frame { organization: text.to_owned(), app: Some(text.to_owned()) };
    let bare = Frame { organization: text.to_owned(), app: None };
    let fields = vec![
        HiddenField { name: "SAMLResponse", value: text.to_owned() },
        HiddenField { name: "RelayState", value: text.to_owned() },
    ];
    let action = LocalPath::own("/saml/sp/acs");
    let link = || Some(WebLink::parse(TARGET).unwrap());
    let text = || text.to_owned();
    let choice = || Choice { name: text(), handle: text() };
    let home_realm = |fault| HomeRealm {
        remembered: None,
        by_mail: ByMail::Offered,
        frame: frame.clone(),
        action: action.clone(),
        fields: fields.clone(),
        address: text(),
        fault,
    };
    let agree = |privacy, contact| Agree {
        frame: bare.clone(),
        person: text(),
        partner: Some(text()),
        privacy,
        contact,
        action: action.clone(),
        fields: fields.clone(),
    };
    let panel = |ways: Vec<Leads>| Panel {
        frame: bare.clone(),
        person: text(),
        tiles: ways.into_iter().map(|leads| Tile { name: text(), leads }).collect(),
        invite: Some(action.clone()),
        security: action.clone(),
        sign_out: action.clone(),
        leave: Some(action.clone()),
    };
    let sign_in_code = |asks, fault| SignInCode {
        frame: frame.clone(),
        address: text(),
        asks,
        fault,
        attempt: text(),
        action: action.clone(),
        fields: fields.clone(),
        again: action.clone(),
    };
    let refusal = |reference, again: Option<Again>| RefusalPage {
        frame: frame.clone(),
        code: text(),
        message: "refusal-signature".to_owned(),
        args: vec![("app", text())],
        contact: Some(text()),
        reference,
        again,
    };
    let confirm = |frame: &Frame, person| SignOutConfirm {
        frame: frame.clone(),
        person,
        action: action.clone(),
        fields: fields.clone(),
    };
    let consent = |shared| Consent {
        frame: frame.clone(),
        app: text(),
        person: text(),
        shared,
        action: action.clone(),
        fields: fields.clone(),
    };
    let select = |address| SelectAccount {
        frame: frame.clone(),
        person: text(),
        address,
        action: action.clone(),
        fields: fields.clone(),
    };
    let organization_choice = |by_mail| OrganizationChoice {
        frame: frame.clone(),
        address: text(),
        choices: vec![choice(), choice()],
        by_mail,
        action: action.clone(),
        fields: fields.clone(),
        again: action.clone(),
    };
    let mail_block = |invitations| MailBlock {
        frame: Frame { organization: text(), app: None },
        address: text(),
        invitations,
        action: action.clone(),
        fields: fields.clone(),
    };
    let everything = vec![Shared::Identity, Shared::Profile, Shared::Email, Shared::Groups, Shared::Chosen];
    let mut pages: Vec<(&'static str, Box<dyn Page>)> = vec![
        ("home_realm", Box::new(home_realm(None))),
        ("home_realm_remembered", Box::new(HomeRealm { remembered: Some(choice()), ..home_realm(None) })),
        ("organization_choice", Box::new(organization_choice(ByMail::NotOffered))),
        ("organization_choice_code", Box::new(organization_choice(ByMail::Offered))),
        ("home_realm_missing", Box::new(home_realm(Some(AddressFault::Missing)))),
        ("home_realm_malformed", Box::new(home_realm(Some(AddressFault::Malformed)))),
        (
            "invited",
            Box::new(Invited {
                frame: bare.clone(),
                ticket: text(),
                inviter: Some(text()),
                address: text(),
                action: action.clone(),
            }),
        ),
        ("agree", Box::new(agree(link(), Some(text())))),
        ("agree_without_privacy", Box::new(agree(None, None))),
        (
            "leave",
            Box::new(Leave {
                frame: bare.clone(),
                person: text(),
                action: action.clone(),
                fields: fields.clone(),
                back: action.clone(),
            }),
        ),
        ("left", Box::new(Left { frame: bare.clone() })),
        ("panel", Box::new(panel(vec![Leads::Here(action.clone()), Leads::ToApp(link().unwrap()), Leads::Nowhere]))),
        ("panel_empty", Box::new(panel(Vec::new()))),
        ("sign_in_code_offer", Box::new(sign_in_code(Asks::MayBeSent, None))),
        ("sign_in_code", Box::new(sign_in_code(Asks::Code, None))),
        ("sign_in_code_wrong", Box::new(sign_in_code(Asks::Code, Some(CodeFault::Wrong)))),
        (
            "organization_unavailable",
            Box::new(OrganizationUnavailable {
                frame: frame.clone(),
                address: text(),
                code: text(),
                attempt: text(),
                link: LinkHint::Given,
                again: action.clone(),
            }),
        ),
        ("refusal_attempt", Box::new(refusal(Reference::Attempt(text()), link().map(Again::Link)))),
        ("refusal_form", Box::new(refusal(Reference::Attempt(text()), Some(Again::Form(app_form(&fields)))))),
        ("refusal_request", Box::new(refusal(Reference::Request(text()), None))),
        ("sign_out_confirm_app", Box::new(confirm(&frame, Some(text())))),
        ("sign_out_confirm_bare", Box::new(confirm(&bare, None))),
        ("signed_out_back", Box::new(SignedOut { frame: frame.clone(), back: link() })),
        ("signed_out_bare", Box::new(SignedOut { frame: bare.clone(), back: link() })),
        (
            "signed_in_already_back",
            Box::new(SignedInAlready { frame: frame.clone(), occasion: Occasion::SentAgain, back: link() }),
        ),
        ("signed_in_already_bare", Box::new(SignedInAlready { frame: bare, occasion: Occasion::Stayed, back: None })),
        ("consent_all", Box::new(consent(everything))),
        ("consent_none", Box::new(consent(Vec::new()))),
        ("select_account", Box::new(select(Some(text())))),
        ("select_account_bare", Box::new(select(None))),
        ("mail_block", Box::new(mail_block(Invitations::Sent))),
        ("mail_block_blocked", Box::new(mail_block(Invitations::Blocked))),
        ("resubmit", Box::new(Resubmit { frame: frame.clone(), action: action.clone(), fields: fields.clone() })),
        ("handover", Box::new(Handover { frame: frame.clone(), name: text(), form: app_form(&fields) })),
        ("onward", Box::new(Onward { frame: frame.clone(), name: text(), target: WebLink::parse(TARGET).unwrap() })),
    ];
    pages.extend(factors::gallery(&text(), &frame, &action, &fields));
    pages.extend(invite::gallery(&text(), &frame, &action, &fields));
    for status in [400, 404, 405, 408, 413, 429, 500, 503] {
        let status = StatusCode::from_u16(status).unwrap();
        pages.push(("error", Box::new(ErrorPage { frame: frame.clone(), status, request_id: text() })));
    }
    pages
}

/// A form that goes to an app.
fn app_form(fields: &[HiddenField]) -> AppForm {
    AppForm { action: WebLink::parse(TARGET).unwrap(), fields: fields.to_vec() }
}

fn rendered(text: &str) -> Vec<(&'static str, Box<dyn Page>, String)> {
    let catalogue = Catalogue::new().unwrap();
    let render = |(name, page): (&'static str, Box<dyn Page>)| {
        let html = page.render(&catalogue, Language::English);
        (name, page, html)
    };
    gallery(text).into_iter().map(render).collect()
}

/// The document as a tree. Pages are also well-formed XML but for void elements, the attributes
/// without value and the document type, which are put right here, so that a stray quote or an
/// unclosed element fails the parse.
fn check(html: &str, judge: impl Fn(&Document<'_>)) {
    let mut text = html.replace("<!doctype html>", "");
    for flag in [" novalidate", " required", " autofocus", " defer", " checked", " selected"] {
        text = text.replace(flag, &format!("{flag}=\"\""));
    }
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(start) = ["<meta ", "<link ", "<input "].iter().filter_map(|tag| rest.find(tag)).min() {
        let end = start + rest[start..].find('>').unwrap();
        out.push_str(&rest[..end]);
        out.push('/');
        rest = &rest[end..];
    }
    out.push_str(rest);
    judge(&Document::parse(&out).unwrap_or_else(|fault| panic!("{fault} in {out}")));
}

fn elements<'a>(document: &'a Document<'_>, name: &'a str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.has_tag_name(name)).collect()
}

#[test]
fn hostile_values_are_shown_and_never_run() {
    for (name, _, html) in rendered(HOSTILE) {
        assert!(!html.contains("<script>") && !html.contains("<b onclick"), "{name}: {html}");
        check(&html, |document| {
            for node in document.descendants().filter(Node::is_element) {
                assert_ne!(node.tag_name().name(), "b", "{name}");
            }
            let organization = document.descendants().find(|node| node.attribute("class") == Some("organization"));
            assert_eq!(organization.and_then(|node| node.text()), Some(HOSTILE), "{name}");
        });
    }
}

#[test]
fn hidden_fields_arrive_as_they_came() {
    // The page of an invitation has nothing to carry but its ticket.
    let carrying = |(name, ..): &(&str, Box<dyn Page>, String)| *name != "invited";
    for (name, _, html) in rendered(HOSTILE).into_iter().filter(carrying) {
        check(&html, |document| {
            for form in elements(document, "form") {
                let hidden = form.descendants().filter(|node| node.attribute("type") == Some("hidden"));
                let fields = hidden.map(|node| (node.attribute("name"), node.attribute("value")));
                // A page may add fields of its own behind those that it was given.
                let fields: Vec<_> = fields.take(2).collect();
                let expected = [(Some("SAMLResponse"), Some(HOSTILE)), (Some("RelayState"), Some(HOSTILE))];
                assert_eq!(fields, expected, "{name}");
            }
        });
    }
}

#[test]
fn no_page_has_an_inline_script_or_style() {
    for (name, page, html) in rendered("Contoso") {
        check(&html, |document| {
            for node in document.descendants().filter(Node::is_element) {
                assert_ne!(node.tag_name().name(), "style", "{name}");
                for attribute in node.attributes() {
                    let inline = attribute.name() == "style" || attribute.name().starts_with("on");
                    assert!(!inline, "{name}: {}", attribute.name());
                    assert!(!attribute.value().starts_with("javascript:"), "{name}");
                }
            }
            let scripts = elements(document, "script");
            for script in &scripts {
                let file = script.attribute("src").unwrap();
                assert!([assets::RESUBMIT.href(), assets::PASSKEY.href()].iter().any(|own| own == file), "{name}");
                assert_eq!(script.text(), None, "{name}");
            }
            let expected = if page.policy().scripts == Scripts::OwnFile { 1 } else { 0 };
            assert_eq!(scripts.len(), expected, "{name}");
        });
    }
}

#[test]
fn every_page_loads_only_assets_that_are_served() {
    for (name, _, html) in rendered("Contoso") {
        check(&html, |document| {
            let loads = elements(document, "link").into_iter().chain(elements(document, "script"));
            for address in loads.filter_map(|node| node.attribute("href").or(node.attribute("src"))) {
                let (path, version) = address.split_once("?v=").unwrap();
                assert_eq!(assets::find(path).map(|asset| asset.version.as_str()), Some(version), "{name}");
            }
            assert!(elements(document, "img").is_empty(), "{name}");
        });
    }
}

#[test]
fn every_page_has_a_language_a_title_one_main_and_one_heading() {
    for (name, _, html) in rendered("Contoso") {
        check(&html, |document| {
            assert_eq!(document.root_element().attribute("lang"), Some("en"), "{name}");
            for (element, holder) in [("title", "head"), ("main", "body"), ("h1", "main")] {
                let found = elements(document, element);
                assert_eq!(found.len(), 1, "{name}: {element}");
                assert!(found[0].parent().is_some_and(|parent| parent.has_tag_name(holder)), "{name}: {element}");
            }
            let heading = elements(document, "h1")[0].text().unwrap().to_owned();
            let title = elements(document, "title")[0].text().unwrap().to_owned();
            assert!(title.ends_with(&format!("{heading} – Contoso")), "{name}: {title}");
        });
    }
}

#[test]
fn every_field_is_labelled_and_what_describes_it_is_there() {
    for (name, _, html) in rendered("Contoso") {
        check(&html, |document| {
            let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
            for (position, id) in ids.iter().enumerate() {
                assert!(!ids[..position].contains(id), "{name}: {id} twice");
            }
            let visible =
                elements(document, "input").into_iter().filter(|node| node.attribute("type") != Some("hidden"));
            for input in visible {
                let labels = elements(document, "label");
                assert!(labels.iter().any(|label| label.attribute("for") == input.attribute("id")), "{name}");
                for described in input.attribute("aria-describedby").unwrap().split(' ') {
                    assert!(ids.contains(&described), "{name}: {described}");
                }
            }
            for form in elements(document, "form") {
                assert_eq!(form.attribute("method"), Some("post"), "{name}");
                assert!(form.descendants().any(|node| node.attribute("type") == Some("submit")), "{name}");
            }
        });
    }
}

#[test]
fn a_fault_of_the_address_is_bound_to_its_field_and_said_in_the_title() {
    for (name, _, html) in rendered("ana").into_iter().filter(|(name, ..)| name.starts_with("home_realm")) {
        check(&html, |document| {
            let input = document.descendants().find(|node| node.attribute("id") == Some("email")).unwrap();
            let fault = document.descendants().find(|node| node.attribute("id") == Some("email-fault"));
            let faulty = !matches!(name, "home_realm" | "home_realm_remembered");
            assert_eq!(fault.is_some(), faulty, "{name}");
            assert_eq!(input.attribute("aria-invalid"), faulty.then_some("true"), "{name}");
            assert_eq!(input.attribute("aria-describedby").unwrap().contains("email-fault"), faulty, "{name}");
            assert_eq!(elements(document, "title")[0].text().unwrap().starts_with("Error:"), faulty, "{name}");
            assert_eq!(input.attribute("value"), Some("ana"), "{name}");
        });
    }
}

#[test]
fn a_fault_of_a_code_is_bound_to_its_field_and_said_in_the_title() {
    let pages = rendered("R-1").into_iter().filter(|(name, ..)| name.starts_with("code_"));
    for (name, _, html) in pages {
        check(&html, |document| {
            let input = document.descendants().find(|node| node.attribute("id") == Some("code")).unwrap();
            let is_faulty = !matches!(name, "code_app" | "code_mail" | "code_recovery" | "code_setup");
            let fault = document.descendants().find(|node| node.attribute("id") == Some("code-fault"));
            assert_eq!(fault.is_some(), is_faulty, "{name}");
            assert_eq!(input.attribute("aria-invalid"), is_faulty.then_some("true"), "{name}");
            assert_eq!(input.attribute("aria-describedby").unwrap().contains("code-fault"), is_faulty, "{name}");
            assert_eq!(elements(document, "title")[0].text().unwrap().starts_with("Error:"), is_faulty, "{name}");
            assert_eq!(html.contains(r#"<code id="attempt-id">R-1</code>"#), is_faulty, "{name}");
            let is_digits = !name.starts_with("code_recovery");
            assert_eq!(input.attribute("inputmode"), is_digits.then_some("numeric"), "{name}");
            assert_eq!(input.attribute("autocomplete") == Some("one-time-code"), is_digits, "{name}");
            assert_eq!(input.attribute("value"), Some(""), "{name}: a code is typed anew");
        });
    }
}

#[test]
fn passkeys_have_a_word_for_those_without_scripts() {
    for (name, page, html) in rendered("Contoso").into_iter().filter(|(name, ..)| name.starts_with("factor_passkey")) {
        assert_eq!(page.policy().scripts, Scripts::OwnFile, "{name}");
        check(&html, |document| {
            let said = elements(document, "noscript");
            assert_eq!(said.len(), 1, "{name}");
            assert!(said[0].descendants().any(|node| node.text().is_some_and(|text| text.contains("JavaScript"))));
        });
    }
}

#[test]
fn a_refusal_carries_its_code_and_its_reference() {
    for (name, _, html) in rendered("R-1").into_iter().filter(|(name, ..)| name.starts_with("refusal")) {
        assert!(html.contains(r#"<code id="refusal-code">R-1</code>"#), "{name}");
        assert!(html.contains(r#"<code id="attempt-id">R-1</code>"#), "{name}");
        assert_eq!(html.contains("Attempt"), name != "refusal_request");
        assert_eq!(html.contains("Back to the app</a>"), name == "refusal_attempt");
        assert_eq!(html.contains("Back to the app</button>"), name == "refusal_form");
    }
}

#[test]
fn a_refusal_as_json_says_the_same() {
    let page = RefusalPage {
        frame: Frame { organization: "Contoso".to_owned(), app: None },
        code: "SAML_SIGNATURE_REFUSED".to_owned(),
        message: "refusal-signature".to_owned(),
        args: Vec::new(),
        contact: None,
        reference: Reference::Request(HOSTILE.to_owned()),
        again: None,
    };
    let catalogue = Catalogue::new().unwrap();
    let json: serde_json::Value = serde_json::from_str(&page.json(&catalogue, Language::English)).unwrap();
    assert_eq!(json["refusal_code"], "SAML_SIGNATURE_REFUSED");
    assert_eq!(json["attempt_id"], HOSTILE);
    assert_eq!(json["message"], catalogue.text(Language::English, "refusal-signature", &[]));
    assert_eq!(json["advice"], catalogue.text(Language::English, "refusal-signature.advice", &[]));
}

#[test]
fn every_refusal_has_a_page_whose_words_are_all_there() {
    let catalogue = Catalogue::new().unwrap();
    for key in REFUSALS {
        let page = RefusalPage {
            frame: Frame { organization: "Contoso".to_owned(), app: None },
            code: "CODE".to_owned(),
            message: key.to_owned(),
            args: Vec::new(),
            contact: None,
            reference: Reference::Attempt("id".to_owned()),
            again: None,
        };
        let html = page.render(&catalogue, Language::English);
        assert!(!html.contains('⟦') && !html.contains("{$"), "{key}: {html}");
    }
}

#[test]
fn a_page_that_goes_on_by_itself_also_has_a_link() {
    for (name, _, html) in rendered("Payroll").into_iter().filter(|(name, ..)| *name == "onward") {
        check(&html, |document| {
            let refresh = elements(document, "meta").into_iter().find(|node| node.attribute("http-equiv").is_some());
            assert_eq!(refresh.and_then(|node| node.attribute("content")), Some(format!("0; url={TARGET}").as_str()));
            let links = elements(document, "a");
            assert_eq!(links.len(), 1, "{name}");
            assert_eq!(links[0].attribute("href"), Some(TARGET), "{name}");
        });
    }
}

#[test]
fn a_form_for_an_app_goes_to_it_and_the_policy_lets_it() {
    let found: Vec<_> = rendered("Payroll").into_iter().filter(|(name, ..)| *name == "handover").collect();
    assert!(!found.is_empty());
    for (_, _, html) in found {
        check(&html, |document| {
            let form = elements(document, "form")[0];
            assert_eq!((form.attribute("action"), form.attribute("method")), (Some(TARGET), Some("post")));
            assert_eq!(elements(document, "button").len(), 1, "it works without script");
        });
    }
    let targets = |action: &str| {
        let form = AppForm { action: WebLink::parse(action).unwrap(), fields: vec![] };
        let page = Handover { frame: Frame { organization: "C".to_owned(), app: None }, name: "x".to_owned(), form };
        let policy = page.policy().content_security_policy();
        policy.split("form-action ").nth(1).unwrap().to_owned()
    };
    assert_eq!(targets("https://travel.example:8443/acs;x?y"), "'self' https://travel.example:8443 https:");
    assert_eq!(targets("http://localhost:9/acs"), "'self' http://localhost:9");
}

#[test]
fn every_word_that_a_page_asks_for_is_in_the_catalogue() {
    for (name, _, html) in rendered("Contoso") {
        assert!(!html.contains('⟦') && !html.contains("{$") && !html.contains("{ $"), "{name}: {html}");
    }
}

#[test]
fn every_word_of_the_catalogue_is_asked_for() {
    let sources = page_sources();
    for key in Catalogue::new().unwrap().keys() {
        let message = key.split('.').next().unwrap_or_default();
        // Invitations name their words by the end of the key.
        let of_invitations = message.strip_prefix("mail-invite-").is_some_and(|word| {
            WORDS.contains(&word.replace('-', "_").as_str())
                || ["sender", "subject", "subject-organization"].contains(&word)
        });
        let used = sources.contains(&format!("\"{message}\"")) || REFUSALS.contains(&message) || of_invitations;
        assert!(used, "{key} is in the catalogue, on no page and in no mail");
    }
}

/// The text of all templates and view models and of the mails, tests left out.
fn page_sources() -> String {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let root = source.join("http/pages");
    let files =
        [root.clone(), root.join("templates")].into_iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let paths = files.map(|file| file.unwrap().path()).filter(|path| path.is_file() && !path.ends_with("tests.rs"));
    let paths = paths.chain([source.join("texts/mails.rs"), source.join("texts/bulk_mail.rs")]);
    paths.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}
