//! What a file of policy cases says: questions, and the answers that a team expects.

use std::path::Path;

use super::files::read_text;
use super::shape::{Key, Kind, Presence, Shape};
use super::sources::Sources;
use super::table::{Completeness, Reader, Table};
use super::{texts, toml};
use crate::domain::definitions::{Fault, Located, Origin};
use crate::domain::policy::cases::{Case, Expected, Question, ShownBefore, Verdict, country, given};
use crate::domain::policy::what_if::Given;
use crate::domain::policy::words::{ClientAppType, Flow, Platform};

/// The top level of a file of cases.
pub static CASES: Shape = Shape {
    name: "",
    doc: "Cases that the policies are held against.",
    keys: &[Key {
        name: "case",
        kind: Kind::Tables(&CASE),
        presence: Presence::Required,
        doc: "A question and its answer.",
    }],
};

const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, presence: Presence::Required, doc }
}

const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, presence: Presence::Optional, doc }
}

/// `[[case]]`.
pub static CASE: Shape = Shape {
    name: "[[case]]",
    doc: "A question about a stored guest at a stored app, and the answer that is expected.",
    keys: &[
        required("name", Kind::Text, "What the case shows."),
        required("guest", Kind::Text, "The guest by mail address or id."),
        required("app", Kind::Text, "The app by slug or id."),
        required("platform", Kind::Word(Platform::WORDS), "What the device runs."),
        required("client_app_type", Kind::Word(ClientAppType::WORDS), "What the person uses."),
        optional("ip", Kind::Text, "The address, or `unknown`. Left out, a policy that asks for it does not apply."),
        optional("country", Kind::Text, "The country, `none` or `unknown`; the same holds."),
        optional("flow", Kind::Text, "One of the authentication flows, or `unknown`; the same holds."),
        Key {
            name: "shown",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "What was shown beside the sign-in at the partner: `home:METHOD` or `here:METHOD`, with `@SECONDS` \
                  where it was not just now.",
        },
        required("expect", Kind::Table(&EXPECT), "The answer."),
    ],
};

static EXPECT: Shape = Shape {
    name: "[case.expect]",
    doc: "The answer that is expected.",
    keys: &[
        required("decision", Kind::Word(Verdict::WORDS), "What is decided."),
        optional("cause", Kind::Text, "The cause of the refusal."),
        optional("applying", Kind::Texts, "Exactly the policies that apply, each a slug or `slug=result`."),
        Key {
            name: "not_applying",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Policies that do not apply, each a slug or `slug=condition`.",
        },
    ],
};

/// Reads a file of cases.
///
/// # Errors
/// All faults, by line.
pub fn read(path: &Path, sources: &dyn Sources) -> Result<Vec<Located<Case>>, Vec<Fault>> {
    let file = path.display().to_string();
    let text = read_text(path, sources)
        .map_err(|message| vec![Fault { origin: Origin { file: file.clone(), line: 1 }, message }])?;
    let parsed = toml::parse(&file, &text);
    let completeness = if parsed.faults.is_empty() { Completeness::Whole } else { Completeness::Partial };
    let reader = Reader::new(path.parent().unwrap_or_else(|| Path::new("")), sources, completeness);
    let root = Table::open(&reader, &CASES, &parsed.root);
    let cases = root.map(|root| root.tables("case").iter().filter_map(case).collect::<Vec<_>>());
    let mut faults = parsed.faults;
    faults.extend(reader.into_faults());
    faults.sort();
    match cases {
        Some(cases) if faults.is_empty() => Ok(cases),
        _ => Err(faults),
    }
}

fn case(table: &Table<'_>) -> Option<Located<Case>> {
    let name = table.parsed("name", texts::display_name);
    let text = |key: &str| table.text(key).map(str::to_owned);
    let ip = open(table, "ip", |text| text.parse().map_err(|_| "must be an IPv4 or IPv6 address, or `unknown`"));
    let country = open(table, "country", country);
    let flow = open(table, "flow", |text| Flow::parse(text).ok_or("must be one of the flows, or `unknown`"));
    let shown = table.parsed_texts("shown", |text| {
        ShownBefore::parse(text).ok_or("must be `home:METHOD` or `here:METHOD`, perhaps with `@SECONDS`")
    });
    let expected = table.table("expect").and_then(|table| expected(&table));
    let question = Question {
        guest: text("guest")?,
        app: text("app")?,
        platform: table.text("platform").and_then(Platform::parse)?,
        client_app_type: table.text("client_app_type").and_then(ClientAppType::parse)?,
        ip: ip?,
        country: country?,
        flow: flow?,
        shown,
    };
    let value = Case { name: name?, question, expected: expected? };
    Some(Located { origin: table.origin().clone(), value })
}

/// A fact that may be left open or unknown; `None` where it cannot be read.
fn open<T, E: std::fmt::Display>(
    table: &Table<'_>,
    key: &str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Option<Given<T>> {
    match table.node(key) {
        None => Some(Given::NotGiven),
        Some(_) => table.parsed(key, |text| given(text, &read)),
    }
}

fn expected(table: &Table<'_>) -> Option<Expected> {
    let list = |key: &str| table.texts(key).iter().map(|(_, text)| (*text).to_owned()).collect::<Vec<String>>();
    Some(Expected {
        verdict: table.text("decision").and_then(Verdict::parse)?,
        cause: table.text("cause").map(str::to_owned),
        applying: table.node("applying").map(|_| list("applying")),
        not_applying: list("not_applying"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::sources::memory::Memory;

    const CASE: &str = "[[case]]\nname = 'auditors'\nguest = 'ana@fabrikam.example'\napp = 'payroll'\n\
                        platform = 'linux'\nclient_app_type = 'browser'\nexpect.decision = 'step_up'\n";

    fn cases(text: &str) -> Result<Vec<Located<Case>>, Vec<String>> {
        let sources = Memory::default().file("/cases.toml", text);
        read(Path::new("/cases.toml"), &sources)
            .map_err(|faults| faults.iter().map(|fault| format!("{}: {}", fault.origin.line, fault.message)).collect())
    }

    #[test]
    fn what_is_left_out_is_not_given_and_what_is_unknown_is_said() {
        let found = cases(CASE).unwrap().remove(0);
        assert_eq!((found.origin.line, found.value.name.as_str()), (1, "auditors"));
        let question = found.value.question;
        assert_eq!((question.ip, question.country, question.flow), (Given::NotGiven, Given::NotGiven, Given::NotGiven));
        assert_eq!(found.value.expected.applying, None);
        let said = "ip = 'unknown'\ncountry = 'none'\nflow = 'direct'\nshown = ['here:fido2@60']\n\
                    expect.applying = []\nexpect.not_applying = ['p=users']\n";
        let found = cases(&format!("{CASE}{said}")).unwrap().remove(0).value;
        let question = found.question;
        assert_eq!(
            (question.ip, question.country, question.flow),
            (Given::Unknown, Given::Known(None), Given::Known(Flow::Direct))
        );
        assert_eq!((question.shown.len(), found.expected.applying), (1, Some(vec![])));
        assert_eq!(found.expected.not_applying, ["p=users"]);
    }

    #[test]
    fn every_fault_is_told_at_its_line() {
        let said = "ip = 'home'\ncountry = 'de'\nflow = 'slow'\nshown = ['fido2']\nexpect.decison = 'allow'\n";
        let told = cases(&format!("{CASE}{said}")).unwrap_err();
        let starts = ["8: `ip`", "9: `country`", "10: `flow`", "11: `shown`, `fido2`", "12: unknown key `decison`"];
        assert_eq!(told.len(), starts.len(), "{told:#?}");
        for (told, start) in told.iter().zip(starts) {
            assert!(told.starts_with(start), "{told}");
        }
        assert_eq!(cases("").unwrap_err(), ["1: the top level needs the key `case`"]);
        assert!(cases("[[case]]\nname = 'x'\n").unwrap_err().len() > 4);
    }
}
