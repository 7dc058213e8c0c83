//! Named locations.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::partner_rows::{PROVENANCES, read_slug};
use super::policy_rows::json;
use super::{Read as _, statements};
use crate::domain::policy::countries::Country;
use crate::domain::policy::named_locations::{LocationId, LocationPlace, NamedLocation};
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance};
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    LIST = "select id, slug, display_name, place, provenance
from named_locations
order by slug";
    UPSERT = "insert into named_locations (id, slug, display_name, place, provenance)
values ($1, $2, $3, $4, $5)
on conflict (id) do update set slug = excluded.slug, display_name = excluded.display_name, place = excluded.place,
    provenance = excluded.provenance";
    DELETE = "delete from named_locations
where id = $1";
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum PlaceForm {
    Networks { ranges: Vec<String>, is_trusted: bool },
    Countries { countries: Vec<String>, includes_unknown: bool },
}

pub(in crate::store) async fn list(unit: &mut Unit) -> Result<Vec<Kept<NamedLocation>>, StoreError> {
    unit.all(&LIST, values![]).await?.iter().map(|row| row.read("named_locations")).collect()
}

pub(in crate::store) async fn upsert(
    unit: &mut Unit,
    location: &NamedLocation,
    provenance: Provenance,
) -> Result<(), StoreError> {
    let NamedLocation { id, slug, display_name, place } = location;
    let form = match place {
        LocationPlace::Networks { ranges, is_trusted } => {
            PlaceForm::Networks { ranges: ranges.iter().map(ToString::to_string).collect(), is_trusted: *is_trusted }
        }
        LocationPlace::Countries { countries, includes_unknown } => PlaceForm::Countries {
            countries: countries.iter().map(|country| country.as_str().to_owned()).collect(),
            includes_unknown: *includes_unknown,
        },
    };
    let provenance = word_of(PROVENANCES, &provenance);
    unit.attempt(&UPSERT, values![*id, slug.as_str(), display_name.as_str(), json(&form), provenance]).await.map(drop)
}

pub(in crate::store) async fn delete(unit: &mut Unit, id: LocationId) -> Result<(), StoreError> {
    unit.write(&DELETE, values![id]).await
}

impl FromColumns for Kept<NamedLocation> {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = LocationId::from_uuid(columns.key()?);
        let slug = read_slug(columns)?;
        let display_name = columns.text("display_name")?;
        let place = place(columns.json("place")?).ok_or_else(|| columns.corrupt("place"))?;
        let provenance = columns.word("provenance", PROVENANCES)?;
        Ok(Self { value: NamedLocation { id, slug, display_name, place }, provenance })
    }
}

fn place(form: PlaceForm) -> Option<LocationPlace> {
    Some(match form {
        PlaceForm::Networks { ranges, is_trusted } => {
            let ranges = ranges.iter().map(|range| range.parse::<IpNet>().ok()).collect::<Option<_>>()?;
            LocationPlace::Networks { ranges, is_trusted }
        }
        PlaceForm::Countries { countries, includes_unknown } => {
            let countries = countries.iter().map(|text| Country::parse(text).ok()).collect::<Option<_>>()?;
            LocationPlace::Countries { countries, includes_unknown }
        }
    })
}
