//! Tells where a partner's `addresses` lie within a domain that another partner has alone: they come first all the
//! same, which whoever applies should have meant.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::partners::Held;
use super::plan::Draft;
use crate::domain::holders::{DomainPattern, Holder, Holding, LookUp, Over};
use crate::domain::mail::MailAddress;
use crate::domain::partners::PartnerId;

/// Warns of those that concern a partner with an entry.
pub(super) fn warn(draft: &mut Draft<'_>, is_defined: impl Fn(Uuid) -> bool) {
    let holdings = &draft.holdings;
    let mut of_text: HashMap<&str, Vec<Holding>> = HashMap::new();
    for (id, held) in holdings {
        let partner = PartnerId::from_uuid(*id);
        for domain in &held.domains {
            let over = Over::Domain(domain.clone());
            of_text.entry(domain.as_str()).or_default().push(Holding { partner, over });
        }
        for domain in &held.shared {
            let over = Over::SharedDomain(domain.clone());
            of_text.entry(domain.as_str()).or_default().push(Holding { partner, over });
        }
    }
    let mut warnings = Vec::new();
    for (id, held) in holdings {
        let mut beaten: BTreeMap<(Uuid, &DomainPattern), Vec<&MailAddress>> = BTreeMap::new();
        for mail in &held.addresses {
            let Some((other, domain)) = alone(&of_text, mail) else { continue };
            if other != *id && (is_defined(*id) || is_defined(other)) {
                beaten.entry((other, domain)).or_default().push(mail);
            }
        }
        let name = |id: &Uuid| holdings.get(id).map_or("", |held: &Held| held.slug.as_str());
        warnings.extend(beaten.iter().map(|((other, domain), mails)| {
            let (slug, other) = (name(id), name(other));
            let more = match mails.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            format!(
                "partner `{slug}`: its `addresses` take `{}`{more} out of the domain `{domain}`, which is that of `{other}` \
                 alone; their people are led to `{slug}`, and what `{other}` states of them proves nothing",
                mails[0]
            )
        }));
    }
    draft.plan.warnings.extend(warnings);
}

/// Who has the domain of an address alone, and which domain it is.
fn alone<'a>(of_text: &'a HashMap<&str, Vec<Holding>>, mail: &MailAddress) -> Option<(Uuid, &'a DomainPattern)> {
    let look_up = LookUp::of_address(mail);
    let found = look_up.texts()[1..].iter().filter_map(|text| of_text.get(text.as_str()));
    let found: Vec<&Holding> = found.flatten().collect();
    let Holder::One(partner) = Holder::of(&found.iter().map(|holding| (*holding).clone()).collect::<Vec<_>>()) else {
        return None;
    };
    let domains = found.into_iter().filter_map(|holding| match &holding.over {
        Over::Domain(domain) if holding.partner == partner => Some(domain),
        _ => None,
    });
    let longest = domains.max_by_key(|domain| domain.name().len())?;
    Some((Uuid::from_bytes(*partner.as_bytes()), longest))
}
