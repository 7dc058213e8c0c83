//! `[policy.grant_controls]` and `[policy.session_controls]`.

use super::note;
use crate::domain::policy::definitions::{ControlDefinition, GrantDefinition, Places};
use crate::domain::policy::object::{
    FrequencyOf, Interval, MAX_DAYS, MAX_HOURS, Operator, SessionControls, SignInFrequency,
};
use crate::domain::policy::words::PersistentBrowser;
use crate::objects::shape::{Key, Kind, Presence, Shape};
use crate::objects::table::{Absent, Table};

/// `[policy.grant_controls]`.
pub(super) static GRANT_CONTROLS: Shape = Shape {
    name: "[policy.grant_controls]",
    doc: "What a policy demands.",
    keys: &[
        Key {
            name: "operator",
            kind: Kind::Word(&["AND", "OR"]),
            presence: Presence::Default("\"AND\""),
            doc: "`AND`: all of the controls. `OR`: one of them.",
        },
        Key {
            name: "built_in_controls",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "`block`, alone: nothing is issued. `mfa`: several factors, the same as the strength `multifactor`.",
        },
        Key {
            name: "authentication_strength",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "An authentication strength by slug or id: one of your own, or `multifactor`, `passwordless` or \
                  `phishing-resistant`.",
        },
    ],
};

/// `[policy.session_controls]`.
pub(super) static SESSION_CONTROLS: Shape = Shape {
    name: "[policy.session_controls]",
    doc: "What a policy sets for the session. Where several policies apply, the strictest holds.",
    keys: &[
        Key {
            name: "sign_in_frequency",
            kind: Kind::Table(&SIGN_IN_FREQUENCY),
            presence: Presence::Optional,
            doc: "How often the person signs in again.",
        },
        Key {
            name: "persistent_browser",
            kind: Kind::Table(&PERSISTENT_BROWSER),
            presence: Presence::Optional,
            doc: "Whether the browser is remembered after it is closed. Only where the policy is about all apps.",
        },
    ],
};

const IS_ENABLED: Key = Key {
    name: "is_enabled",
    kind: Kind::Flag,
    presence: Presence::Default("true"),
    doc: "`false` is as if the table were not there.",
};

static SIGN_IN_FREQUENCY: Shape = Shape {
    name: "[policy.session_controls.sign_in_frequency]",
    doc: "How often the person signs in again.",
    keys: &[
        IS_ENABLED,
        Key {
            name: "frequency_interval",
            kind: Kind::Word(&["time_based", "every_time"]),
            presence: Presence::Default("\"time_based\""),
            doc: "`time_based`: after `value` hours or days. `every_time`: at each use, but for five minutes after \
                  the last time.",
        },
        Key {
            name: "type",
            kind: Kind::Word(&["hours", "days"]),
            presence: Presence::Optional,
            doc: "The unit of `value`.",
        },
        Key {
            name: "value",
            kind: Kind::Integer(1, MAX_DAYS as i64),
            presence: Presence::Optional,
            doc: "How many: 1 to 23 hours, or 1 to 365 days.",
        },
        Key {
            name: "authentication_type",
            kind: Kind::Word(&["primary_and_secondary_authentication", "secondary_authentication"]),
            presence: Presence::Default("\"primary_and_secondary_authentication\""),
            doc: "What is shown again: the sign-in at the partner and the second factor, or the latter only.",
        },
    ],
};

static PERSISTENT_BROWSER: Shape = Shape {
    name: "[policy.session_controls.persistent_browser]",
    doc: "Whether the browser is remembered after it is closed.",
    keys: &[
        IS_ENABLED,
        Key {
            name: "mode",
            kind: Kind::Word(PersistentBrowser::WORDS),
            presence: Presence::Required,
            doc: "`always`, or `never`, which is the stricter.",
        },
    ],
};

pub(super) fn grant(table: &Table<'_>, places: &mut Places) -> GrantDefinition {
    note(table, &["built_in_controls", "authentication_strength"], places);
    let mut controls = Vec::new();
    for (origin, word) in table.texts("built_in_controls") {
        match word {
            "block" => controls.push(ControlDefinition::Block),
            "mfa" => controls.push(ControlDefinition::Mfa),
            other => {
                let other = crate::base::trace::shorten(other.to_owned());
                table.reader().fault(
                    origin,
                    format!("`built_in_controls`: this version does not know `{other}`, only `block` and `mfa`"),
                );
            }
        }
    }
    controls.extend(table.text("authentication_strength").map(|text| ControlDefinition::Strength(text.to_owned())));
    let operator = if table.text("operator") == Some("OR") { Operator::Or } else { Operator::And };
    GrantDefinition { operator, controls }
}

pub(super) fn session(table: &Table<'_>, places: &mut Places) -> SessionControls {
    note(table, &["sign_in_frequency", "persistent_browser"], places);
    let is_on = |table: &Table<'_>| table.is_set("is_enabled", Absent::IsTrue);
    // A table that is switched off is read all the same, so that its faults are told.
    let frequency = table.table("sign_in_frequency").and_then(|table| frequency(&table).filter(|_| is_on(&table)));
    let mode = |table: Table<'_>| PersistentBrowser::parse(table.text("mode")?).filter(|_| is_on(&table));
    SessionControls {
        sign_in_frequency: frequency,
        persistent_browser: table.table("persistent_browser").and_then(mode),
    }
}

fn frequency(table: &Table<'_>) -> Option<SignInFrequency> {
    let of = match table.text("authentication_type") {
        Some("secondary_authentication") => FrequencyOf::Secondary,
        _ => FrequencyOf::PrimaryAndSecondary,
    };
    let value = table.integer("value").and_then(|value| u16::try_from(value).ok());
    let interval = match (table.text("frequency_interval"), table.text("type"), value) {
        (Some("every_time"), None, None) => Interval::EveryTime,
        (Some("every_time"), ..) => {
            let message = "`every_time` has neither `type` nor `value`";
            table.fault("frequency_interval", message);
            return None;
        }
        (_, Some("hours"), Some(hours)) if hours > MAX_HOURS => {
            table.fault("value", format!("`value` must be within 1 and {MAX_HOURS} hours; write longer ones in days"));
            return None;
        }
        (_, Some("hours"), Some(hours)) => Interval::Hours(hours),
        (_, Some("days"), Some(days)) => Interval::Days(days),
        _ => {
            table.reader().fault(table.origin(), "`sign_in_frequency` needs `type` and `value`, or `every_time`");
            return None;
        }
    };
    Some(SignInFrequency { interval, of })
}
