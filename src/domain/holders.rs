//! Which partner answers for a mail address: by the address itself, else by the longest domain that covers it.
//! A domain has one partner, or several that share it; then nothing but an address that is named, or an
//! invitation that is pinned, says whose somebody is.

use super::mail::{MailAddress, MailDomain};
use super::partners::PartnerId;

/// The most labels of the domain under `*.`; what is looked up for an address is bounded by it.
pub const MAX_WILD_LABELS: usize = 8;

/// How many texts are looked up for an address: itself, its domain, and the wild ones above it.
pub const LOOK_UPS: usize = MAX_WILD_LABELS + 1;

const WILD: &str = "*.";

/// A domain that a partner names: `fabrikam.example` for itself, `*.fabrikam.example` for all below it, at any
/// depth, and not itself. **Shape**: as [`MailDomain`]; under `*.` at most [`MAX_WILD_LABELS`] labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainPattern(String);

/// Why a domain cannot be a partner's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Not a DNS name, or none by the rules of internationalised names.
    #[error("not a mail domain of the form `fabrikam.example` or `*.fabrikam.example`")]
    Shape,
    /// One label.
    #[error("`{0}` is a single label; a partner's domain has two at least, as `fabrikam.example`")]
    SingleLabel(String),
    /// Under this name anyone can register one.
    #[error("`{0}` is a public suffix, under which anyone can have a name; name the domain that is the partner's own")]
    PublicSuffix(String),
    /// More labels under `*.` than are looked up.
    #[error("a domain under `*.` has at most {MAX_WILD_LABELS} labels")]
    TooDeep,
}

impl DomainPattern {
    /// Reads what is stored.
    ///
    /// # Errors
    /// [`PatternError::Shape`] and [`PatternError::TooDeep`].
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let (wild, name) = split(text);
        let domain = MailDomain::parse(name).map_err(|_| PatternError::Shape)?;
        if wild && labels(domain.as_str()) > MAX_WILD_LABELS {
            return Err(PatternError::TooDeep);
        }
        Ok(Self(if wild { format!("{WILD}{domain}") } else { domain.as_str().to_owned() }))
    }

    /// Reads what somebody wants to be a partner's: in any case and spelling (UTS 46), with or without the dot
    /// of the root. Nothing that is a public suffix (publicsuffix.org, its private part included) is anybody's.
    /// A name under a top-level domain that the list does not know, as `.example`, is like one under `.com`.
    ///
    /// # Errors
    /// [`PatternError`].
    pub fn claim(text: &str) -> Result<Self, PatternError> {
        let (wild, name) = split(text);
        let name = name.strip_suffix('.').unwrap_or(name);
        let ascii = idna::domain_to_ascii_strict(name).map_err(|_| PatternError::Shape)?;
        if !ascii.is_empty() && !ascii.contains('.') {
            return Err(PatternError::SingleLabel(ascii));
        }
        let pattern = Self::parse(&if wild { format!("{WILD}{ascii}") } else { ascii })?;
        let suffix = psl::suffix(pattern.name().as_bytes());
        if suffix.is_some_and(|suffix| suffix.as_bytes() == pattern.name().as_bytes()) {
            return Err(PatternError::PublicSuffix(pattern.name().to_owned()));
        }
        Ok(pattern)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain, without `*.`.
    #[must_use]
    pub fn name(&self) -> &str {
        split(&self.0).1
    }

    /// Whether it covers `domain`.
    #[must_use]
    pub fn covers(&self, domain: &MailDomain) -> bool {
        match split(&self.0) {
            (false, name) => domain.as_str() == name,
            (true, name) => {
                domain.as_str().strip_suffix(name).is_some_and(|head| head.len() > 1 && head.ends_with('.'))
            }
        }
    }

    /// How it reads where it is internationalised, for whoever must see what is meant. Letters of several
    /// scripts may look alike.
    #[must_use]
    pub fn in_letters(&self) -> Option<String> {
        let is_foreign = self.name().split('.').any(|label| label.starts_with("xn--"));
        is_foreign.then(|| idna::domain_to_unicode(self.name()).0)
    }
}

impl From<MailDomain> for DomainPattern {
    fn from(domain: MailDomain) -> Self {
        Self(domain.as_str().to_owned())
    }
}

impl std::fmt::Display for DomainPattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn split(text: &str) -> (bool, &str) {
    text.strip_prefix(WILD).map_or((false, text), |name| (true, name))
}

fn labels(name: &str) -> usize {
    name.split('.').count()
}

/// What is looked up for an address or a domain; empty texts are nobody's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LookUp([String; LOOK_UPS]);

impl LookUp {
    /// For an address.
    #[must_use]
    pub fn of_address(mail: &MailAddress) -> Self {
        let mut all = Self::of_domain(mail.domain());
        all.0[0] = mail.key().to_owned();
        all
    }

    /// For a domain.
    #[must_use]
    pub fn of_domain(domain: &MailDomain) -> Self {
        let mut all: [String; LOOK_UPS] = Default::default();
        all[1] = domain.as_str().to_owned();
        let mut above = domain.as_str();
        let mut at = 2;
        while let Some((_, parent)) = above.split_once('.') {
            if (2..=MAX_WILD_LABELS).contains(&labels(parent)) && at < LOOK_UPS {
                all[at] = format!("{WILD}{parent}");
                at += 1;
            }
            above = parent;
        }
        Self(all)
    }

    /// The texts.
    #[must_use]
    pub const fn texts(&self) -> &[String; LOOK_UPS] {
        &self.0
    }
}

/// What a partner holds that covers what was looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Who.
    pub partner: PartnerId,
    /// What.
    pub over: Over,
}

/// What is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// The very address.
    Address,
    /// A domain of one partner.
    Domain(DomainPattern),
    /// A domain that partners share.
    SharedDomain(DomainPattern),
}

/// Who answers for an address or a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Nobody here.
    Nobody,
    /// This partner, and no other.
    One(PartnerId),
    /// These partners share the domain, and nothing says which of them it is.
    Shared(Vec<PartnerId>),
}

impl Holder {
    /// By what is held: an address goes before every domain, and a longer domain before a shorter one. Where two
    /// hold the same, it is shared, whatever each of them says of it.
    #[must_use]
    pub fn of(holdings: &[Holding]) -> Self {
        let addresses: Vec<_> = holdings.iter().filter(|holding| holding.over == Over::Address).collect();
        let best = |holding: &&Holding| match &holding.over {
            Over::Address => 0,
            Over::Domain(pattern) | Over::SharedDomain(pattern) => pattern.name().len(),
        };
        let (held, is_shared) = if addresses.is_empty() {
            let longest = holdings.iter().map(|holding| best(&holding)).max().unwrap_or(0);
            let held: Vec<_> = holdings.iter().filter(|holding| best(holding) == longest).collect();
            let is_shared = held.iter().any(|holding| matches!(holding.over, Over::SharedDomain(_)));
            (held, is_shared)
        } else {
            (addresses, false)
        };
        let mut partners: Vec<PartnerId> = held.iter().map(|holding| holding.partner).collect();
        partners.sort_unstable();
        partners.dedup();
        match partners.as_slice() {
            [] => Self::Nobody,
            [one] if !is_shared => Self::One(*one),
            _ => Self::Shared(partners),
        }
    }

    /// The partners among which the person's is.
    #[must_use]
    pub fn partners(&self) -> &[PartnerId] {
        match self {
            Self::Nobody => &[],
            Self::One(partner) => std::slice::from_ref(partner),
            Self::Shared(partners) => partners,
        }
    }
}

#[cfg(test)]
mod tests;
