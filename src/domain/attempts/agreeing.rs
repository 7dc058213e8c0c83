//! The second life of an attempt in which somebody was proven to whom an invited account is to belong: they are asked
//! whether they agree, and nothing is bound before they do.

use super::{Asked, read_uuid};
use crate::base::binary::{BinaryError, Reader, Writer};
use crate::base::clock::Timestamp;
use crate::base::secret::SecretBytes;
use crate::domain::assurance::{Assurance, AssuranceLevel};
use crate::domain::authentication::{Authentication, Identity, OnceKey};
use crate::domain::partners::PartnerId;
use crate::domain::policy::methods::{Method, MethodSet};

/// Never the first byte of another second life, so that none is taken for the other.
const FORMAT: u8 = 0x82;
const LEVELS: [AssuranceLevel; 4] = [
    AssuranceLevel::Unknown,
    AssuranceLevel::SingleFactor,
    AssuranceLevel::SeveralFactors,
    AssuranceLevel::PhishingResistant,
];

/// Somebody who was proven and is asked to agree.
#[derive(Debug, Clone)]
pub struct Agreeing {
    /// The attempt as its answer found it; something has been sent in it.
    pub asked: Asked,
    /// What was vouched for, judged and not to be accepted again.
    pub authentication: Authentication,
    /// What the partner gave to be asked again whether the account lives.
    pub kept: Option<SecretBytes>,
}

impl Agreeing {
    /// The compact form that is sealed into its row.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.byte(FORMAT).bytes(&self.asked.to_bytes());
        write_authentication(&mut writer, &self.authentication);
        match &self.kept {
            None => writer.byte(0),
            Some(kept) => writer.byte(1).bytes(kept.expose()),
        };
        writer.finish()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`BinaryError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BinaryError> {
        let mut reader = Reader::new(bytes);
        if reader.byte()? != FORMAT {
            return Err(BinaryError);
        }
        let asked = Asked::from_bytes(reader.bytes()?)?;
        let authentication = read_authentication(&mut reader)?;
        let kept = if super::read_flag(&mut reader)? { Some(SecretBytes::new(reader.bytes()?.to_vec())) } else { None };
        reader.finish()?;
        Ok(Self { asked, authentication, kept })
    }
}

fn write_authentication(writer: &mut Writer, authentication: &Authentication) {
    let Authentication {
        partner,
        partner_version,
        identity,
        attributes,
        assurance,
        home_methods,
        authenticated_at,
        session_ends,
        session_index,
        once,
    } = authentication;
    writer.fixed(partner.as_bytes()).number(*partner_version);
    writer.text(&identity.issuer).text(&identity.subject);
    writer.texts(attributes.iter().map(|(name, _)| name.as_str()));
    for (_, values) in attributes {
        writer.texts(values.iter().map(String::as_str));
    }
    let level = LEVELS.iter().position(|level| *level == assurance.level).unwrap_or_default();
    writer.byte(u8::try_from(level).unwrap_or_default());
    writer.texts(assurance.stated.iter().map(String::as_str)).texts(assurance.methods.iter().map(String::as_str));
    let methods: Vec<&str> = home_methods.methods().map(Method::as_str).collect();
    writer.texts(methods.into_iter());
    writer.number(authenticated_at.micros()).optional_number(session_ends.map(Timestamp::micros));
    writer.optional_text(session_index.as_deref());
    writer.text(&once.issuer).text(&once.id).number(once.until.micros());
}

fn read_authentication(reader: &mut Reader<'_>) -> Result<Authentication, BinaryError> {
    let partner = PartnerId::from_uuid(read_uuid(reader)?);
    let partner_version = reader.number()?;
    let identity = Identity { issuer: reader.text()?, subject: reader.text()? };
    let names = reader.texts()?;
    let attributes = names.into_iter().map(|name| Ok((name, reader.texts()?))).collect::<Result<Vec<_>, _>>()?;
    let level = *LEVELS.get(usize::from(reader.byte()?)).ok_or(BinaryError)?;
    let assurance = Assurance { level, stated: reader.texts()?, methods: reader.texts()? };
    let methods = reader.texts()?;
    let mut methods = methods.iter().map(|word| Method::parse(word).ok_or(BinaryError));
    let home_methods = methods.try_fold(MethodSet::EMPTY, |all, method| method.map(|method| all.with(method)));
    Ok(Authentication {
        partner,
        partner_version,
        identity,
        attributes,
        assurance,
        home_methods: home_methods?,
        authenticated_at: Timestamp::from_micros(reader.number()?),
        session_ends: reader.optional_number()?.map(Timestamp::from_micros),
        session_index: reader.optional_text()?,
        once: OnceKey { issuer: reader.text()?, id: reader.text()?, until: Timestamp::from_micros(reader.number()?) },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemRandom;
    use crate::domain::attempts::AttemptId;
    use crate::domain::requests::{AppRequest, FreshProof, HereReturn};
    use crate::domain::sessions::HandleHash;

    #[test]
    fn who_is_asked_to_agree_survives_writing_and_reading() {
        let now = Timestamp::from_seconds(1_790_000_000);
        let asked = Asked {
            id: AttemptId::new(now, &SystemRandom),
            started_at: now,
            request: AppRequest::here(HereReturn::Invitation(HandleHash::of("x")), Some("ana@x.example".to_owned())),
            replaces: None,
            proof: FreshProof::NotAsked,
            wanted: Vec::new(),
            sent: None,
            code: None,
            agreed: None,
        };
        let authentication = Authentication {
            partner: PartnerId::new(now, &SystemRandom),
            partner_version: 7,
            identity: Identity { issuer: "urn:i".to_owned(), subject: "s".to_owned() },
            attributes: vec![
                ("mail".to_owned(), vec!["ana@x.example".to_owned()]),
                ("none".to_owned(), Vec::new()),
                ("two".to_owned(), vec!["1".to_owned(), String::new()]),
            ],
            assurance: Assurance {
                level: AssuranceLevel::SeveralFactors,
                stated: vec!["urn:c".to_owned()],
                methods: vec!["pwd".to_owned(), "otp".to_owned()],
            },
            home_methods: MethodSet::of(&[Method::Password, Method::SoftwareOath]),
            authenticated_at: now,
            session_ends: Some(now),
            session_index: Some("i".to_owned()),
            once: OnceKey { issuer: "urn:i".to_owned(), id: "_1".to_owned(), until: now },
        };
        for kept in [None, Some(SecretBytes::new(vec![1, 2, 3]))] {
            let agreeing = Agreeing { asked: asked.clone(), authentication: authentication.clone(), kept };
            let read = Agreeing::from_bytes(&agreeing.to_bytes()).unwrap();
            assert_eq!((read.asked, read.authentication), (asked.clone(), authentication.clone()));
            assert_eq!(read.kept.map(|kept| kept.expose().to_vec()), agreeing.kept.map(|kept| kept.expose().to_vec()));
        }
        assert!(Agreeing::from_bytes(&asked.to_bytes()).is_err());
    }
}
