//! Attempts: one sign-in under way, in two lives told apart by types. [`Asked`] lives sealed in a
//! cookie, so that an anonymous request writes nothing; [`Proven`] lives in the store once a
//! partner's answer has been verified and more is needed from the person, and the browser holds only
//! a handle that changes at every step. [`Managing`](managing::Managing) is such a second life without
//! an app.

pub mod agreed;
pub mod agreeing;
pub mod managing;
pub mod steps;

use std::time::Duration;

use self::agreed::Agreed;
use self::steps::Step;

use super::apps::AppId;
use super::factors::codes::MailedCodeId;
use super::guests::GuestId;
use super::mail::MailAddress;
use super::partners::PartnerId;
use super::policy::strengths::StrengthId;
use super::requests::{
    AcrWeight, AcrWish, AppRequest, AskAccount, AskConsent, FreshProof, HereReturn, Interaction, NameIdKind,
    OidcReturn, ResponseMode, ReturnTo, SamlReturn, Scopes, Scoping,
};
use super::sessions::{HandleHash, SessionId};
use super::terms::TokenTerms;
use crate::base::binary::{BinaryError, Reader, Writer};
use crate::base::clock::Timestamp;

crate::id_type!(
    /// Names an attempt; on refusal pages and in the audit.
    AttemptId
);

/// How long an attempt may take.
pub const ATTEMPT_LIFE: Duration = Duration::from_secs(15 * 60);
/// How many attempts one browser may have under way; the oldest gives way. People open what they need in
/// tabs, several at once.
pub const MAX_ATTEMPTS: usize = 8;
/// The most that the attempts of one browser may take in its cookies together, so that the one header in
/// which they come back passes proxies that take 8 kB a line. **Units**: bytes.
pub const MAX_KEPT: usize = 6_000;
/// The most bytes that a sealed attempt may take in its cookie; a larger one is kept as a row.
pub const MAX_SEALED: usize = 2_500;

/// How long after its beginning a code may be asked for in an attempt.
pub const CODES_WITHIN: Duration = Duration::from_secs(3600);
/// How long an attempt goes on after a code was sent: longer than the code is good, so that another one can be had.
const AFTER_CODE: Duration = Duration::from_secs(3600);
/// The longest that any attempt lives.
pub const MAX_ATTEMPT_LIFE: Duration = Duration::from_secs(2 * 3600);

const FORMAT: u8 = 6;
/// Of an attempt in which somebody has agreed already.
const WITH_AGREED: u8 = 7;
/// The form of the return alone, in the row of a code.
const RETURN_FORMAT: u8 = 4;
/// Of a release whose terms had no permissions.
const BEFORE_PERMISSIONS: u8 = 3;
/// Of a release that knew no terms.
const BEFORE_TERMS: u8 = 2;
/// Of a release whose answers went back in queries alone: a code of it that is redeemed twice must still end its
/// tokens.
const BEFORE_MODES: u8 = 1;

/// An attempt before a partner has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its name.
    pub id: AttemptId,
    /// When it began.
    pub started_at: Timestamp,
    /// What the app asks.
    pub request: AppRequest,
    /// The session that this browser had when it began, which a new sign-in replaces.
    pub replaces: Option<SessionId>,
    /// Whether the partner is asked for a fresh proof, also once it has been found out which partner.
    pub proof: FreshProof,
    /// The strengths that a trusted partner is asked for, any of which will do.
    pub wanted: Vec<StrengthId>,
    /// What has been sent to a partner, if anything.
    pub sent: Option<Sent>,
    /// The code by mail that the person was offered, if any.
    pub code: Option<AskedCode>,
    /// Who has agreed already that an invited account is to be theirs, where the partner is asked once more after that.
    pub agreed: Option<Agreed>,
}

/// A code by mail that a person is offered for an address, whoever has an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedCode {
    /// The address as it was entered.
    pub address: MailAddress,
    /// The last one that the person asked for.
    pub sent: Option<SentCode>,
}

/// A code that a person asked for. Whether one was mailed does not stand here, since it is the same for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentCode {
    /// Which.
    pub id: MailedCodeId,
    /// When.
    pub at: Timestamp,
}

/// A request that was sent to a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// To whom.
    pub partner: PartnerId,
    /// The ID of the message, which the answer must name.
    pub request_id: String,
    /// The secret of the question (RFC 7636 4.1), which proves that its answer is redeemed by who asked.
    pub verifier: String,
    /// When.
    pub at: Timestamp,
    /// Whether it is the second request of this attempt, without requested classes.
    pub turn: Turn,
    /// The strengths that this partner has been asked for in this attempt.
    pub strengths: Vec<StrengthId>,
}

/// Which request of an attempt it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The first.
    First,
    /// Asked once more without classes, after the partner knew none of them.
    WithoutClasses,
}

/// An attempt after a partner's answer or a session has been verified, while the person is asked
/// for something more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Its name, the same as in its first life.
    pub id: AttemptId,
    /// When it began.
    pub started_at: Timestamp,
    /// What the app asks.
    pub request: AppRequest,
    /// The account that has been proven.
    pub guest: GuestId,
    /// The session that the proof made or used.
    pub session: SessionId,
    /// What is asked of the person.
    pub step: Step,
}

impl Asked {
    /// Whether it may still be answered at `now`.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// When it ends: a code that was sent is waited for.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        let end = self.started_at.plus(ATTEMPT_LIFE);
        let code = self.code.as_ref().and_then(|code| code.sent);
        code.map_or(end, |sent| end.max(sent.at.plus(AFTER_CODE)))
    }

    /// Until when it is remembered that it was used: no other copy of it may live longer.
    #[must_use]
    pub fn remembered_until(&self) -> Timestamp {
        let life = if self.code.is_some() { MAX_ATTEMPT_LIFE } else { ATTEMPT_LIFE };
        self.started_at.plus(life)
    }

    /// The compact form that is sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer
            .byte(if self.agreed.is_some() { WITH_AGREED } else { FORMAT })
            .fixed(self.id.as_bytes())
            .number(self.started_at.micros());
        write_request(&mut writer, &self.request);
        write_id(&mut writer, self.replaces.as_ref().map(SessionId::as_bytes));
        writer.byte(match self.proof {
            FreshProof::NotAsked => 0,
            FreshProof::Asked => 1,
            FreshProof::WithinMaxAge => 2,
        });
        write_strengths(&mut writer, &self.wanted);
        match &self.sent {
            None => {
                writer.byte(0);
            }
            Some(sent) => {
                writer
                    .byte(1)
                    .fixed(sent.partner.as_bytes())
                    .text(&sent.request_id)
                    .text(&sent.verifier)
                    .number(sent.at.micros());
                writer.byte(u8::from(sent.turn == Turn::WithoutClasses));
                write_strengths(&mut writer, &sent.strengths);
            }
        }
        write_code(&mut writer, self.code.as_ref());
        if let Some(agreed) = &self.agreed {
            agreed.write(&mut writer);
        }
        writer.finish()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`BinaryError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BinaryError> {
        let mut reader = Reader::new(bytes);
        let has_agreed = match reader.byte()? {
            FORMAT => false,
            WITH_AGREED => true,
            _ => return Err(BinaryError),
        };
        let id = AttemptId::from_uuid(read_uuid(&mut reader)?);
        let started_at = Timestamp::from_micros(reader.number()?);
        let request = read_request(&mut reader)?;
        let replaces = read_optional_uuid(&mut reader)?.map(SessionId::from_uuid);
        let proof = read_proof(&mut reader)?;
        let wanted = read_strengths(&mut reader)?;
        let sent = if read_flag(&mut reader)? {
            Some(Sent {
                partner: PartnerId::from_uuid(read_uuid(&mut reader)?),
                request_id: reader.text()?,
                verifier: reader.text()?,
                at: Timestamp::from_micros(reader.number()?),
                turn: if read_flag(&mut reader)? { Turn::WithoutClasses } else { Turn::First },
                strengths: read_strengths(&mut reader)?,
            })
        } else {
            None
        };
        let code = read_code(&mut reader)?;
        let agreed = if has_agreed { Some(Agreed::read(&mut reader)?) } else { None };
        reader.finish()?;
        Ok(Self { id, started_at, request, replaces, proof, wanted, sent, code, agreed })
    }
}

impl Proven {
    /// The compact form that is sealed into its row.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.byte(FORMAT).fixed(self.id.as_bytes()).number(self.started_at.micros());
        write_request(&mut writer, &self.request);
        writer.fixed(self.guest.as_bytes()).fixed(self.session.as_bytes());
        self.step.write(&mut writer);
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
        let proven = Self {
            id: AttemptId::from_uuid(read_uuid(&mut reader)?),
            started_at: Timestamp::from_micros(reader.number()?),
            request: read_request(&mut reader)?,
            guest: GuestId::from_uuid(read_uuid(&mut reader)?),
            session: SessionId::from_uuid(read_uuid(&mut reader)?),
            step: Step::read(&mut reader)?,
        };
        reader.finish()?;
        Ok(proven)
    }
}

fn write_code(writer: &mut Writer, code: Option<&AskedCode>) {
    let Some(AskedCode { address, sent }) = code else {
        writer.byte(0);
        return;
    };
    // Of the same length whether one was mailed or not.
    writer.byte(1).text(address.as_str());
    match sent {
        None => writer.byte(0),
        Some(SentCode { id, at }) => writer.byte(1).fixed(id.as_bytes()).number(at.micros()),
    };
}

fn read_code(reader: &mut Reader<'_>) -> Result<Option<AskedCode>, BinaryError> {
    if !read_flag(reader)? {
        return Ok(None);
    }
    let address = MailAddress::parse(&reader.text()?).map_err(|_| BinaryError)?;
    let sent = if read_flag(reader)? {
        let id = MailedCodeId::from_uuid(read_uuid(reader)?);
        Some(SentCode { id, at: Timestamp::from_micros(reader.number()?) })
    } else {
        None
    };
    Ok(Some(AskedCode { address, sent }))
}

fn write_request(writer: &mut Writer, request: &AppRequest) {
    writer.fixed(request.app.as_bytes()).number(request.app_version);
    match &request.return_to {
        ReturnTo::Oidc(oidc) => {
            writer.byte(0);
            write_oidc_return(writer, oidc);
        }
        ReturnTo::Saml(saml) => {
            writer.byte(1);
            write_saml_return(writer, saml);
        }
        ReturnTo::Here(HereReturn::Panel) => {
            writer.byte(2);
        }
        ReturnTo::Here(HereReturn::Invitation(ticket)) => {
            writer.byte(3).fixed(ticket.as_bytes());
        }
    }
    writer.byte(interaction_bits(request.interaction));
    writer.optional_number(request.max_age.map(i64::from));
    writer.optional_text(request.login_hint.as_deref()).optional_text(request.domain_hint.as_deref());
    write_id(writer, request.expected_guest.as_ref().map(GuestId::as_bytes));
    write_acr(writer, &request.acr);
    writer.texts(request.ui_locales.iter().map(String::as_str));
}

fn read_request(reader: &mut Reader<'_>) -> Result<AppRequest, BinaryError> {
    let app = AppId::from_uuid(read_uuid(reader)?);
    let app_version = reader.number()?;
    let return_to = match reader.byte()? {
        0 => ReturnTo::Oidc(read_oidc_return(reader)?),
        1 => ReturnTo::Saml(read_saml_return(reader)?),
        2 => ReturnTo::Here(HereReturn::Panel),
        3 => ReturnTo::Here(HereReturn::Invitation(read_ticket(reader)?)),
        _ => return Err(BinaryError),
    };
    Ok(AppRequest {
        app,
        app_version,
        return_to,
        interaction: interaction_from(reader.byte()?)?,
        max_age: reader.optional_number()?.map(u32::try_from).transpose().map_err(|_| BinaryError)?,
        login_hint: reader.optional_text()?,
        domain_hint: reader.optional_text()?,
        expected_guest: read_optional_uuid(reader)?.map(GuestId::from_uuid),
        acr: read_acr(reader)?,
        ui_locales: reader.texts()?,
    })
}

fn read_ticket(reader: &mut Reader<'_>) -> Result<HandleHash, BinaryError> {
    Ok(HandleHash::from_bytes(reader.fixed(32)?.try_into().map_err(|_| BinaryError)?))
}

/// Writes what an app asks of `acr`.
pub(super) fn write_acr(writer: &mut Writer, wishes: &[AcrWish]) {
    writer.texts(wishes.iter().map(|wish| wish.value.as_str()));
    wishes.iter().for_each(|wish| {
        writer.byte(u8::from(wish.weight == AcrWeight::Essential));
    });
}

/// Reads what [`write_acr`] wrote.
///
/// # Errors
/// [`BinaryError`].
pub(super) fn read_acr(reader: &mut Reader<'_>) -> Result<Vec<AcrWish>, BinaryError> {
    let values = reader.texts()?;
    let wish = |value| {
        let weight = if read_flag(reader)? { AcrWeight::Essential } else { AcrWeight::Voluntary };
        Ok(AcrWish { value, weight })
    };
    values.into_iter().map(wish).collect()
}

fn write_oidc_return(writer: &mut Writer, oidc: &OidcReturn) {
    writer.text(&oidc.redirect_uri).optional_text(oidc.state.as_deref()).optional_text(oidc.nonce.as_deref());
    writer.byte(oidc.scopes.bits()).optional_text(oidc.code_challenge.as_deref());
    writer.byte(match oidc.mode {
        ResponseMode::Query => 0,
        ResponseMode::FormPost => 1,
    });
    writer.optional_text(oidc.pushed.as_deref());
    oidc.terms.write(writer);
    writer.texts(oidc.subjects.iter().map(String::as_str));
}

fn read_before_modes(reader: &mut Reader<'_>) -> Result<OidcReturn, BinaryError> {
    Ok(OidcReturn {
        redirect_uri: reader.text()?,
        state: reader.optional_text()?,
        nonce: reader.optional_text()?,
        scopes: Scopes::from_bits(reader.byte()?),
        code_challenge: reader.optional_text()?,
        mode: ResponseMode::Query,
        pushed: None,
        terms: TokenTerms::NONE,
        subjects: Vec::new(),
    })
}

fn read_before_terms(reader: &mut Reader<'_>) -> Result<OidcReturn, BinaryError> {
    let before = read_before_modes(reader)?;
    let mode = match reader.byte()? {
        0 => ResponseMode::Query,
        1 => ResponseMode::FormPost,
        _ => return Err(BinaryError),
    };
    Ok(OidcReturn { mode, pushed: reader.optional_text()?, ..before })
}

fn read_before_permissions(reader: &mut Reader<'_>) -> Result<OidcReturn, BinaryError> {
    let before = read_before_terms(reader)?;
    Ok(OidcReturn { terms: TokenTerms::read_before_permissions(reader)?, subjects: reader.texts()?, ..before })
}

fn read_oidc_return(reader: &mut Reader<'_>) -> Result<OidcReturn, BinaryError> {
    let before = read_before_terms(reader)?;
    Ok(OidcReturn { terms: TokenTerms::read(reader)?, subjects: reader.texts()?, ..before })
}

fn write_saml_return(writer: &mut Writer, saml: &SamlReturn) {
    writer.text(&saml.acs).optional_text(saml.request_id.as_deref()).optional_text(saml.relay_state.as_deref());
    writer.byte(match saml.name_id {
        NameIdKind::Persistent => 0,
        NameIdKind::Email => 1,
        NameIdKind::Transient => 2,
        NameIdKind::AsAgreed => 3,
    });
    writer.texts(saml.classes.iter().map(String::as_str));
    writer.optional_text(saml.signed_by.as_deref()).optional_text(saml.subject.as_deref());
    writer.texts(saml.issuers.iter().map(String::as_str));
    match &saml.scoping {
        None => {
            writer.byte(0);
        }
        Some(scoping) => {
            writer.byte(1).optional_number(scoping.proxy_count.map(i64::from));
            writer.texts(scoping.idps.iter().map(String::as_str));
            writer.texts(scoping.requesters.iter().map(String::as_str));
        }
    }
}

fn read_saml_return(reader: &mut Reader<'_>) -> Result<SamlReturn, BinaryError> {
    Ok(SamlReturn {
        acs: reader.text()?,
        request_id: reader.optional_text()?,
        relay_state: reader.optional_text()?,
        name_id: match reader.byte()? {
            0 => NameIdKind::Persistent,
            1 => NameIdKind::Email,
            2 => NameIdKind::Transient,
            3 => NameIdKind::AsAgreed,
            _ => return Err(BinaryError),
        },
        classes: reader.texts()?,
        signed_by: reader.optional_text()?,
        subject: reader.optional_text()?,
        issuers: reader.texts()?,
        scoping: if read_flag(reader)? { Some(read_scoping(reader)?) } else { None },
    })
}

fn read_scoping(reader: &mut Reader<'_>) -> Result<Scoping, BinaryError> {
    Ok(Scoping {
        proxy_count: reader.optional_number()?.map(u32::try_from).transpose().map_err(|_| BinaryError)?,
        idps: reader.texts()?,
        requesters: reader.texts()?,
    })
}

impl OidcReturn {
    /// The compact form for the row of a code.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.byte(RETURN_FORMAT);
        write_oidc_return(&mut writer, self);
        writer.finish()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`BinaryError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BinaryError> {
        let mut reader = Reader::new(bytes);
        let oidc = match reader.byte()? {
            RETURN_FORMAT => read_oidc_return(&mut reader)?,
            BEFORE_PERMISSIONS => read_before_permissions(&mut reader)?,
            BEFORE_TERMS => read_before_terms(&mut reader)?,
            BEFORE_MODES => read_before_modes(&mut reader)?,
            _ => return Err(BinaryError),
        };
        reader.finish()?;
        Ok(oidc)
    }
}

const SILENT: u8 = 8;

fn interaction_bits(interaction: Interaction) -> u8 {
    match interaction {
        Interaction::Silent => SILENT,
        Interaction::Shown { .. } => {
            u8::from(interaction.wants_fresh_proof())
                | u8::from(interaction.wants_consent()) << 1
                | u8::from(interaction.wants_account_choice()) << 2
        }
    }
}

fn interaction_from(bits: u8) -> Result<Interaction, BinaryError> {
    match bits {
        SILENT => Ok(Interaction::Silent),
        0..SILENT => Ok(Interaction::Shown {
            proof: if bits & 1 == 0 { FreshProof::NotAsked } else { FreshProof::Asked },
            consent: if bits & 2 == 0 { AskConsent::NotAsked } else { AskConsent::Asked },
            account: if bits & 4 == 0 { AskAccount::NotAsked } else { AskAccount::Asked },
        }),
        _ => Err(BinaryError),
    }
}

fn read_flag(reader: &mut Reader<'_>) -> Result<bool, BinaryError> {
    match reader.byte()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(BinaryError),
    }
}

fn read_proof(reader: &mut Reader<'_>) -> Result<FreshProof, BinaryError> {
    match reader.byte()? {
        0 => Ok(FreshProof::NotAsked),
        1 => Ok(FreshProof::Asked),
        2 => Ok(FreshProof::WithinMaxAge),
        _ => Err(BinaryError),
    }
}

fn write_strengths(writer: &mut Writer, strengths: &[StrengthId]) {
    // There are no more than `MAX_STRENGTHS`.
    writer.byte(u8::try_from(strengths.len()).unwrap_or(u8::MAX));
    strengths.iter().take(usize::from(u8::MAX)).for_each(|strength| {
        writer.fixed(strength.as_bytes());
    });
}

fn read_strengths(reader: &mut Reader<'_>) -> Result<Vec<StrengthId>, BinaryError> {
    let count = reader.byte()?;
    (0..count).map(|_| read_uuid(reader).map(StrengthId::from_uuid)).collect()
}

fn read_uuid(reader: &mut Reader<'_>) -> Result<uuid::Uuid, BinaryError> {
    uuid::Uuid::from_slice(reader.fixed(16)?).map_err(|_| BinaryError)
}

fn write_id(writer: &mut Writer, id: Option<&[u8; 16]>) {
    match id {
        Some(id) => writer.byte(1).fixed(id),
        None => writer.byte(0),
    };
}

fn read_optional_uuid(reader: &mut Reader<'_>) -> Result<Option<uuid::Uuid>, BinaryError> {
    if read_flag(reader)? { read_uuid(reader).map(Some) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemRandom;
    use crate::domain::authentication::Identity;

    fn asked() -> Asked {
        let now = Timestamp::from_seconds(1_790_000_000);
        Asked {
            id: AttemptId::new(now, &SystemRandom),
            started_at: now,
            request: AppRequest {
                app: AppId::new(now, &SystemRandom),
                app_version: 3,
                return_to: ReturnTo::Oidc(OidcReturn {
                    redirect_uri: "https://payroll.example/callback".to_owned(),
                    state: Some("s".to_owned()),
                    nonce: None,
                    scopes: Scopes::EMAIL.with(Scopes::GROUPS),
                    code_challenge: Some("c".to_owned()),
                    mode: ResponseMode::Query,
                    pushed: None,
                    terms: TokenTerms::NONE,
                    subjects: Vec::new(),
                }),
                interaction: Interaction::Shown {
                    proof: FreshProof::NotAsked,
                    consent: AskConsent::Asked,
                    account: AskAccount::NotAsked,
                },
                max_age: Some(60),
                login_hint: None,
                domain_hint: Some("fabrikam".to_owned()),
                expected_guest: Some(GuestId::new(now, &SystemRandom)),
                acr: vec![
                    AcrWish { value: "a".to_owned(), weight: AcrWeight::Essential },
                    AcrWish { value: "b".to_owned(), weight: AcrWeight::Voluntary },
                ],
                ui_locales: vec![],
            },
            replaces: None,
            proof: FreshProof::Asked,
            wanted: vec![StrengthId::MULTIFACTOR],
            sent: Some(Sent {
                partner: PartnerId::new(now, &SystemRandom),
                request_id: "_1".to_owned(),
                verifier: "v".to_owned(),
                at: now,
                turn: Turn::WithoutClasses,
                strengths: vec![StrengthId::MULTIFACTOR, StrengthId::PHISHING_RESISTANT],
            }),
            code: None,
            agreed: None,
        }
    }

    #[test]
    fn both_lives_survive_writing_and_reading() {
        let asked = asked();
        assert_eq!(Asked::from_bytes(&asked.to_bytes()), Ok(asked.clone()));
        let silent = Asked {
            request: AppRequest { interaction: Interaction::Silent, ..asked.request.clone() },
            proof: FreshProof::WithinMaxAge,
            sent: None,
            ..asked.clone()
        };
        assert_eq!(Asked::from_bytes(&silent.to_bytes()), Ok(silent));
        for sent in
            [None, Some(SentCode { id: MailedCodeId::new(asked.started_at, &SystemRandom), at: asked.started_at })]
        {
            let address = MailAddress::parse("Ana@elsewhere.example").unwrap();
            let offered = Asked { code: Some(AskedCode { address, sent }), ..asked.clone() };
            assert_eq!(Asked::from_bytes(&offered.to_bytes()), Ok(offered));
        }
        let identity = Identity { issuer: "urn:i".to_owned(), subject: "s".to_owned() };
        let guest = GuestId::new(asked.started_at, &SystemRandom);
        let agreed = Asked { agreed: Some(Agreed::to(guest, &identity)), ..asked.clone() };
        assert_eq!(Asked::from_bytes(&agreed.to_bytes()), Ok(agreed));
        let proven = Proven {
            id: asked.id,
            started_at: asked.started_at,
            guest: asked.request.expected_guest.unwrap(),
            session: SessionId::new(asked.started_at, &SystemRandom),
            request: asked.request,
            step: Step::Consent,
        };
        assert_eq!(Proven::from_bytes(&proven.to_bytes()), Ok(proven));
    }

    #[test]
    fn an_attempt_waits_for_the_code_that_was_sent_in_it() {
        let asked = asked();
        let at = |minutes: u64| asked.started_at.plus(Duration::from_secs(minutes * 60));
        let just_before = |end: Timestamp| end.minus(Duration::from_micros(1));
        assert!(asked.is_alive(just_before(at(15))) && !asked.is_alive(at(15)));
        let address = MailAddress::parse("ana@elsewhere.example").unwrap();
        let sent_after = |minutes| {
            let sent = SentCode { id: MailedCodeId::new(at(0), &SystemRandom), at: at(minutes) };
            Asked { code: Some(AskedCode { address: address.clone(), sent: Some(sent) }), ..asked.clone() }
        };
        assert!(sent_after(14).is_alive(just_before(at(74))) && !sent_after(14).is_alive(at(74)));
        let last = sent_after(60);
        assert!(last.ends_at() <= last.remembered_until() && last.ends_at() == asked.started_at.plus(MAX_ATTEMPT_LIFE));
        assert_eq!(asked.remembered_until(), at(15));
    }

    fn asked_by_saml(name_id: NameIdKind) -> Asked {
        let mut asked = asked();
        asked.request.return_to = ReturnTo::Saml(SamlReturn {
            acs: "https://travel.example/acs".to_owned(),
            request_id: (name_id != NameIdKind::AsAgreed).then(|| "_asked".to_owned()),
            relay_state: Some("r".to_owned()),
            name_id,
            classes: vec!["urn:c".to_owned()],
            signed_by: Some("ab".to_owned()),
            subject: Some("ana@fabrikam.example".to_owned()),
            issuers: vec!["urn:idp".to_owned(), "urn:other".to_owned()],
            scoping: (name_id != NameIdKind::Transient).then(|| Scoping {
                proxy_count: Some(1),
                idps: vec!["urn:idp".to_owned()],
                requesters: vec!["urn:travel".to_owned()],
            }),
        });
        asked
    }

    #[test]
    fn what_a_saml_app_asks_survives_too() {
        for name_id in [NameIdKind::Persistent, NameIdKind::Email, NameIdKind::Transient, NameIdKind::AsAgreed] {
            let asked = asked_by_saml(name_id);
            assert_eq!(Asked::from_bytes(&asked.to_bytes()), Ok(asked));
        }
    }

    #[test]
    fn every_cut_record_is_refused() {
        for bytes in [asked().to_bytes(), asked_by_saml(NameIdKind::Email).to_bytes()] {
            for end in 0..bytes.len() {
                assert_eq!(Asked::from_bytes(&bytes[..end]), Err(BinaryError), "{end}");
            }
        }
    }

    #[test]
    fn an_attempt_ends_after_its_life() {
        let asked = asked();
        assert!(asked.is_alive(asked.started_at.plus(ATTEMPT_LIFE - Duration::from_micros(1))));
        assert!(!asked.is_alive(asked.started_at.plus(ATTEMPT_LIFE)));
    }

    #[test]
    fn a_code_of_a_release_before_is_read_as_it_was_meant() {
        let ReturnTo::Oidc(oidc) = asked().request.return_to else { panic!("no OpenID Connect") };
        let mut before = Writer::new();
        before.byte(BEFORE_MODES).text(&oidc.redirect_uri).optional_text(oidc.state.as_deref());
        before.optional_text(oidc.nonce.as_deref()).byte(oidc.scopes.bits());
        before.optional_text(oidc.code_challenge.as_deref());
        assert_eq!(OidcReturn::from_bytes(&before.finish()), Ok(oidc.clone()));
        let mut before = Writer::new();
        before.byte(BEFORE_TERMS).text(&oidc.redirect_uri).optional_text(oidc.state.as_deref());
        before.optional_text(oidc.nonce.as_deref()).byte(oidc.scopes.bits());
        before.optional_text(oidc.code_challenge.as_deref()).byte(0).optional_text(None);
        assert_eq!(OidcReturn::from_bytes(&before.finish()), Ok(oidc.clone()));
        let terms = TokenTerms { resources: vec!["https://api.example".to_owned()], ..TokenTerms::NONE };
        let subjects = vec!["s".to_owned()];
        let by_form =
            OidcReturn { subjects, mode: ResponseMode::FormPost, pushed: Some("p".to_owned()), terms, ..oidc };
        assert_eq!(OidcReturn::from_bytes(&by_form.to_bytes()), Ok(by_form.clone()));
        assert_eq!(OidcReturn::from_bytes(&[4]), Err(BinaryError));
    }
}
