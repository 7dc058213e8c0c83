//! What is asked of a person in the second life of an attempt, with what each step must remember, and
//! its compact form.

use crate::base::binary::{BinaryError, Reader, Writer};
use crate::base::clock::Timestamp;
use crate::base::secret::SecretText;
use crate::domain::factors::codes::MailedCodeId;
use crate::domain::factors::kinds::Kinds;
use crate::domain::factors::proof::{FactorProof, Means};
use crate::domain::factors::{FactorId, KeyProtection};

/// What is asked of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To agree that the app is told who they are.
    Consent,
    /// To pass a second factor.
    Challenge(Challenge),
    /// To confirm a factor that is being enrolled.
    Enrol(Enrolment),
    /// To keep the recovery codes that were made.
    RecoveryCodes(NewCodes),
}

/// To pass a second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The kinds that answer the need. Which of them the person may use, or must pass first, is found
    /// out anew from what they have each time.
    pub wanted: Kinds,
    /// The way that was chosen.
    pub way: Way,
}

/// By which way a factor is passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// None has been chosen.
    Open,
    /// By an authenticator app.
    Totp,
    /// By a passkey.
    Passkey {
        /// What the ceremony remembers, in the form of the room `factors`; good for one answer.
        ceremony: Vec<u8>,
    },
    /// By a code that is mailed.
    MailedCode {
        /// The last one that was sent in this attempt.
        sent: Option<MailedCodeId>,
    },
    /// By a recovery code.
    RecoveryCode,
}

/// To confirm a factor that is being enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The kinds that answer the need, for the way back to the choice.
    pub wanted: Kinds,
    /// What is enrolled.
    pub factor: Enrolling,
}

/// What is being enrolled. Nothing of it is kept elsewhere before it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolling {
    /// An authenticator app.
    Totp {
        /// The row that it will have.
        id: FactorId,
        /// Its secret, sealed for that row.
        sealed_secret: Vec<u8>,
    },
    /// A passkey.
    Passkey {
        /// What the ceremony remembers, in the form of the room `factors`; good for one answer.
        ceremony: Vec<u8>,
    },
}

/// Recovery codes that were made and are shown until the person has kept them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCodes {
    /// The codes as they are written.
    pub codes: Vec<SecretText>,
    /// The factor whose enrolment made them: what has been proven counts once they are kept, where the
    /// factor is still there.
    pub proof: Option<(FactorId, FactorProof)>,
}

const CONSENT: u8 = 0;
const CHALLENGE: u8 = 1;
const ENROL: u8 = 2;
const RECOVERY_CODES: u8 = 3;

impl Step {
    pub(super) fn write(&self, writer: &mut Writer) {
        match self {
            Self::Consent => {
                writer.byte(CONSENT);
            }
            Self::Challenge(challenge) => {
                writer.byte(CHALLENGE).byte(challenge.wanted.bits());
                write_way(writer, &challenge.way);
            }
            Self::Enrol(enrolment) => {
                writer.byte(ENROL).byte(enrolment.wanted.bits());
                match &enrolment.factor {
                    Enrolling::Totp { id, sealed_secret } => {
                        writer.byte(0).fixed(id.as_bytes()).bytes(sealed_secret);
                    }
                    Enrolling::Passkey { ceremony } => {
                        writer.byte(1).bytes(ceremony);
                    }
                }
            }
            Self::RecoveryCodes(new) => {
                writer.byte(RECOVERY_CODES).texts(new.codes.iter().map(|code| code.expose().as_str()));
                match new.proof {
                    None => {
                        writer.byte(0);
                    }
                    Some((factor, proof)) => {
                        writer.byte(1).fixed(factor.as_bytes());
                        writer.byte(means_tag(proof.means)).number(proof.at.micros());
                    }
                }
            }
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, BinaryError> {
        match reader.byte()? {
            CONSENT => Ok(Self::Consent),
            CHALLENGE => Ok(Self::Challenge(Challenge { wanted: read_kinds(reader)?, way: read_way(reader)? })),
            ENROL => {
                let wanted = read_kinds(reader)?;
                let factor = match reader.byte()? {
                    0 => Enrolling::Totp {
                        id: FactorId::from_uuid(super::read_uuid(reader)?),
                        sealed_secret: reader.bytes()?.to_vec(),
                    },
                    1 => Enrolling::Passkey { ceremony: reader.bytes()?.to_vec() },
                    _ => return Err(BinaryError),
                };
                Ok(Self::Enrol(Enrolment { wanted, factor }))
            }
            RECOVERY_CODES => {
                let codes = reader.texts()?.into_iter().map(SecretText::new).collect();
                let proof = if super::read_flag(reader)? {
                    let factor = FactorId::from_uuid(super::read_uuid(reader)?);
                    let means = read_means(reader)?;
                    Some((factor, FactorProof { means, at: Timestamp::from_micros(reader.number()?) }))
                } else {
                    None
                };
                Ok(Self::RecoveryCodes(NewCodes { codes, proof }))
            }
            _ => Err(BinaryError),
        }
    }
}

fn write_way(writer: &mut Writer, way: &Way) {
    match way {
        Way::Open => writer.byte(0),
        Way::Totp => writer.byte(1),
        Way::Passkey { ceremony } => writer.byte(2).bytes(ceremony),
        Way::MailedCode { sent: None } => writer.byte(3),
        Way::MailedCode { sent: Some(id) } => writer.byte(4).fixed(id.as_bytes()),
        Way::RecoveryCode => writer.byte(5),
    };
}

fn read_way(reader: &mut Reader<'_>) -> Result<Way, BinaryError> {
    Ok(match reader.byte()? {
        0 => Way::Open,
        1 => Way::Totp,
        2 => Way::Passkey { ceremony: reader.bytes()?.to_vec() },
        3 => Way::MailedCode { sent: None },
        4 => Way::MailedCode { sent: Some(MailedCodeId::from_uuid(super::read_uuid(reader)?)) },
        5 => Way::RecoveryCode,
        _ => return Err(BinaryError),
    })
}

fn read_kinds(reader: &mut Reader<'_>) -> Result<Kinds, BinaryError> {
    Kinds::from_bits(reader.byte()?).ok_or(BinaryError)
}

const fn means_tag(means: Means) -> u8 {
    match means {
        Means::Totp => 0,
        Means::MailedCode => 1,
        Means::RecoveryCode => 2,
        Means::Passkey(KeyProtection::Attested) => 3,
        Means::Passkey(KeyProtection::Synchronised) => 4,
        Means::Passkey(KeyProtection::Unstated) => 5,
    }
}

fn read_means(reader: &mut Reader<'_>) -> Result<Means, BinaryError> {
    Ok(match reader.byte()? {
        0 => Means::Totp,
        1 => Means::MailedCode,
        2 => Means::RecoveryCode,
        3 => Means::Passkey(KeyProtection::Attested),
        4 => Means::Passkey(KeyProtection::Synchronised),
        5 => Means::Passkey(KeyProtection::Unstated),
        _ => return Err(BinaryError),
    })
}

#[cfg(test)]
mod tests;
