//! What `[[named_location]]` says.

use ipnet::IpNet;

use super::policy::note;
use super::shape::{Key, Kind, Presence, Shape};
use super::table::{Absent, Table};
use super::texts;
use crate::domain::definitions::Located;
use crate::domain::names::Slug;
use crate::domain::policy::countries::Country;
use crate::domain::policy::definitions::{LocationDefinition, Places};
use crate::domain::policy::named_locations::LocationPlace;

/// `[[named_location]]`.
pub static NAMED_LOCATION: Shape = Shape {
    name: "[[named_location]]",
    doc: "A place that policies name: networks, or countries. At most 195.",
    keys: &[
        texts::ID,
        texts::SLUG,
        texts::DISPLAY_NAME,
        Key {
            name: "ip_ranges",
            kind: Kind::Texts,
            presence: Presence::Optional,
            doc: "Networks as in `192.0.2.0/24` or `2001:db8::/32`, at most 2000, with a prefix longer than /8 and no \
                  bit set after it. This or countries.",
        },
        Key {
            name: "is_trusted",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether the networks belong to `AllTrusted`.",
        },
        Key {
            name: "countries_and_regions",
            kind: Kind::Texts,
            presence: Presence::Optional,
            doc: "Countries by two capital letters (ISO 3166-1), found by the address.",
        },
        Key {
            name: "include_unknown_countries_and_regions",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether addresses of no known country belong to it.",
        },
    ],
};

/// Reads a named location; every fault is noted, and `None` means that something essential is missing.
#[must_use]
pub fn read(table: &Table<'_>) -> Option<Located<LocationDefinition>> {
    let id = texts::id(table);
    let slug = table.parsed("slug", Slug::parse);
    let display_name = texts::display_name_of(table, slug.as_ref());
    let ranges = table.parsed_texts("ip_ranges", str::parse::<IpNet>);
    let countries = table.parsed_texts("countries_and_regions", Country::parse);
    let includes_unknown = table.is_set("include_unknown_countries_and_regions", Absent::IsFalse);
    let is_trusted = table.is_set("is_trusted", Absent::IsFalse);
    let mut places = Places::new();
    note(table, &["ip_ranges", "countries_and_regions"], &mut places);
    let of_countries = table.node("countries_and_regions").is_some() || includes_unknown;
    let place = match (table.node("ip_ranges").is_some(), of_countries) {
        (true, false) => Some(LocationPlace::Networks { ranges, is_trusted }),
        (false, true) if is_trusted => {
            table.fault("is_trusted", "only networks can be trusted; leave `is_trusted` out");
            None
        }
        (false, true) => Some(LocationPlace::Countries { countries, includes_unknown }),
        _ => {
            table.reader().fault(table.origin(), "`[[named_location]]` needs either `ip_ranges` or countries");
            None
        }
    };
    let value = LocationDefinition { id, slug: slug?, display_name: display_name?, place: place?, places };
    Some(Located { origin: table.origin().clone(), value })
}
