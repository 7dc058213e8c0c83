//! Named locations: networks, or countries by address.

use ipnet::IpNet;

use super::countries::Country;
use crate::domain::names::Slug;

crate::id_type!(
    /// Names a named location.
    LocationId
);

/// How many named locations there may be.
pub const MAX_LOCATIONS: usize = 195;

/// How many ranges one may have.
pub const MAX_RANGES: usize = 2000;

/// The prefix of a range is longer than this, so that none covers half of the internet by a slip.
pub const SHORTEST_PREFIX: u8 = 8;

/// A named location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedLocation {
    /// Its row.
    pub id: LocationId,
    /// Its name in files.
    pub slug: Slug,
    /// Its name on pages.
    pub display_name: String,
    /// Where it is.
    pub place: LocationPlace,
}

/// Where a named location is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocationPlace {
    /// Within these networks.
    Networks {
        /// The networks, in CIDR notation without host bits.
        ranges: Vec<IpNet>,
        /// Whether they count as trusted.
        is_trusted: bool,
    },
    /// Within these countries, by the address.
    Countries {
        /// The countries.
        countries: Vec<Country>,
        /// Whether addresses of no known country belong to it.
        includes_unknown: bool,
    },
}
