//! From an address or country to the named locations that contain it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::countries::Country;
use super::named_locations::{LocationId, LocationPlace, NamedLocation};

/// A location that contains an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Within {
    /// Which.
    pub(crate) id: LocationId,
    /// Whether it is trusted.
    pub(crate) is_trusted: bool,
}

/// All named locations, to be asked by address and country.
#[derive(Debug, Default)]
pub(crate) struct Geography {
    v4: Ranges,
    v6: Ranges,
    countries: HashMap<Country, Vec<LocationId>>,
    unknown_country: Vec<LocationId>,
    of_addresses: HashSet<LocationId>,
    of_countries: HashSet<LocationId>,
}

impl Geography {
    /// The index of `locations`.
    pub(crate) fn build(locations: &[NamedLocation]) -> Self {
        let mut geography = Self::default();
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for location in locations {
            match &location.place {
                LocationPlace::Networks { ranges, is_trusted } => {
                    let within = Within { id: location.id, is_trusted: *is_trusted };
                    geography.of_addresses.insert(location.id);
                    for range in ranges {
                        let family = if matches!(range, IpNet::V4(_)) { &mut v4 } else { &mut v6 };
                        family.push((number(range.network()), number(range.broadcast()), within));
                    }
                }
                LocationPlace::Countries { countries, includes_unknown } => {
                    geography.of_countries.insert(location.id);
                    for country in countries {
                        geography.countries.entry(*country).or_default().push(location.id);
                    }
                    if *includes_unknown {
                        geography.unknown_country.push(location.id);
                    }
                }
            }
        }
        (geography.v4, geography.v6) = (Ranges::build(v4), Ranges::build(v6));
        geography
    }

    /// The locations that contain an address. An IPv4 address written as IPv6 counts as what it is.
    pub(crate) fn of_address(&self, ip: IpAddr) -> &[Within] {
        match ip.to_canonical() {
            ip @ IpAddr::V4(_) => self.v4.at(number(ip)),
            ip @ IpAddr::V6(_) => self.v6.at(number(ip)),
        }
    }

    /// The locations that contain a country, or addresses of no known country.
    pub(crate) fn of_country(&self, country: Option<Country>) -> &[LocationId] {
        match country {
            Some(country) => self.countries.get(&country).map_or(&[], Vec::as_slice),
            None => &self.unknown_country,
        }
    }

    /// Whether the location is one of networks.
    pub(crate) fn is_of_addresses(&self, id: LocationId) -> bool {
        self.of_addresses.contains(&id)
    }

    /// Whether the location is one of countries.
    pub(crate) fn is_of_countries(&self, id: LocationId) -> bool {
        self.of_countries.contains(&id)
    }
}

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u128::from(u32::from(ip)),
        IpAddr::V6(ip) => u128::from(ip),
    }
}

/// The line of addresses of one family, cut where a network starts or ends, so that one search finds
/// all networks around an address.
#[derive(Debug, Default)]
struct Ranges {
    starts: Vec<u128>,
    sets: Vec<usize>,
    distinct: Vec<Vec<Within>>,
}

impl Ranges {
    /// Networks lie within each other or apart, never across, so a stack holds those around a point.
    fn build(mut networks: Vec<(u128, u128, Within)>) -> Self {
        networks.sort_unstable_by_key(|(start, end, within)| (*start, std::cmp::Reverse(*end), *within));
        let mut ranges = Self::default();
        let mut known = BTreeMap::new();
        let mut around: Vec<(u128, Within)> = Vec::new();
        for (start, end, within) in networks {
            ranges.leave(&mut around, Some(start), &mut known);
            around.push((end, within));
            ranges.cut(start, &around, &mut known);
        }
        ranges.leave(&mut around, None, &mut known);
        ranges
    }

    /// Takes the networks off the stack that end before `until`.
    fn leave(&mut self, around: &mut Vec<(u128, Within)>, until: Option<u128>, known: &mut Known) {
        while let Some((end, _)) = around.last().copied().filter(|(end, _)| until.is_none_or(|until| *end < until)) {
            around.pop();
            if let Some(next) = end.checked_add(1) {
                self.cut(next, around, known);
            }
        }
    }

    /// From `start` on, the networks are those `around`.
    fn cut(&mut self, start: u128, around: &[(u128, Within)], known: &mut Known) {
        let mut set: Vec<Within> = around.iter().map(|(_, within)| *within).collect();
        set.sort_unstable();
        set.dedup();
        let number = *known.entry(set).or_insert_with_key(|set| {
            self.distinct.push(set.clone());
            self.distinct.len() - 1
        });
        if self.starts.last() == Some(&start) {
            self.sets.pop();
        } else {
            self.starts.push(start);
        }
        self.sets.push(number);
    }

    fn at(&self, address: u128) -> &[Within] {
        let after = self.starts.partition_point(|start| *start <= address);
        let set = after.checked_sub(1).and_then(|index| self.sets.get(index));
        set.and_then(|set| self.distinct.get(*set)).map_or(&[], Vec::as_slice)
    }
}

type Known = BTreeMap<Vec<Within>, usize>;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::names::Slug;

    fn location(number: u128, place: LocationPlace) -> NamedLocation {
        let slug = Slug::parse(&format!("l{number}")).unwrap();
        NamedLocation {
            id: LocationId::from_uuid(Uuid::from_u128(number)),
            display_name: slug.as_str().to_owned(),
            slug,
            place,
        }
    }

    fn networks(number: u128, ranges: &[&str]) -> NamedLocation {
        let ranges = ranges.iter().map(|range| range.parse().unwrap()).collect();
        location(number, LocationPlace::Networks { ranges, is_trusted: number == 1 })
    }

    fn found(geography: &Geography, ip: &str) -> Vec<u128> {
        let within = geography.of_address(ip.parse().unwrap());
        within.iter().map(|within| Uuid::from_bytes(*within.id.as_bytes()).as_u128()).collect()
    }

    #[test]
    fn an_address_is_found_in_every_network_around_it() {
        let all = [
            networks(1, &["10.0.0.0/9", "2001:db8::/32"]),
            networks(2, &["10.0.0.0/16", "10.1.2.0/24", "10.1.2.128/25"]),
            networks(3, &["10.1.2.3/32", "255.255.255.255/32", "ffff:ffff::/32"]),
        ];
        let geography = Geography::build(&all);
        let table: [(&str, &[u128]); 14] = [
            ("9.255.255.255", &[]),
            ("10.0.0.0", &[1, 2]),
            ("10.0.255.255", &[1, 2]),
            ("10.1.0.0", &[1]),
            ("10.1.2.2", &[1, 2]),
            ("10.1.2.3", &[1, 2, 3]),
            ("10.1.2.255", &[1, 2]),
            ("10.1.3.0", &[1]),
            ("10.127.255.255", &[1]),
            ("10.128.0.0", &[]),
            ("255.255.255.255", &[3]),
            ("::ffff:10.1.2.3", &[1, 2, 3]),
            ("2001:db8:ffff::1", &[1]),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", &[3]),
        ];
        for (ip, expected) in table {
            assert_eq!(found(&geography, ip), expected, "{ip}");
        }
    }

    #[test]
    fn a_country_is_found_and_so_is_none() {
        let country = |text: &str| Country::parse(text).unwrap();
        let countries = |texts: &[&str], includes_unknown| LocationPlace::Countries {
            countries: texts.iter().map(|text| country(text)).collect(),
            includes_unknown,
        };
        let all = [location(1, countries(&["DE", "FR"], false)), location(2, countries(&["DE"], true))];
        let geography = Geography::build(&all);
        assert_eq!(geography.of_country(Some(country("DE"))).len(), 2);
        assert_eq!(geography.of_country(Some(country("FR"))), [all[0].id]);
        assert_eq!(geography.of_country(Some(country("US"))), []);
        assert_eq!(geography.of_country(None), [all[1].id]);
    }

    proptest! {
        #[test]
        fn the_search_finds_what_looking_at_each_network_finds(
            ranges in proptest::collection::vec((0_u32..64, 26_u8..=32, 0_u128..4), 0..30),
            address in 0_u32..70,
        ) {
            let all: Vec<NamedLocation> = (0..4).map(|number| {
                let own = ranges.iter().filter(|(_, _, of)| *of == number);
                let ranges = own.map(|(start, prefix, _)| {
                    IpNet::new(IpAddr::V4((*start).into()), *prefix).unwrap().trunc()
                });
                location(number, LocationPlace::Networks { ranges: ranges.collect(), is_trusted: false })
            }).collect();
            let ip = IpAddr::V4(address.into());
            let expected: Vec<LocationId> = all.iter().filter(|location| matches!(&location.place,
                LocationPlace::Networks { ranges, .. } if ranges.iter().any(|range| range.contains(&ip))
            )).map(|location| location.id).collect();
            let geography = Geography::build(&all);
            let found: Vec<LocationId> = geography.of_address(ip).iter().map(|within| within.id).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
