//! A software authenticator and the browser around it: real P-256 keys, real CBOR. Everything that an
//! attacker could choose is a field, so that a hostile answer differs from a good one by one change.
//!
//! Names nothing of this crate, since the benchmark uses it too.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub const USER_PRESENT: u8 = 0x01;
pub const USER_VERIFIED: u8 = 0x04;
pub const BACKUP_ELIGIBLE: u8 = 0x08;
pub const BACKED_UP: u8 = 0x10;
const ATTESTED_DATA: u8 = 0x40;

/// One credential.
pub struct Authenticator {
    pub key: EcdsaKeyPair,
    pub credential_id: Vec<u8>,
}

/// What the browser and the authenticator say in one ceremony.
#[derive(Clone)]
pub struct Ceremony {
    pub kind: String,
    pub challenge: Vec<u8>,
    pub origin: String,
    pub cross_origin: Option<bool>,
    pub top_origin: Option<String>,
    pub rp_id: String,
    pub flags: u8,
    pub counter: u32,
    pub aaguid: [u8; 16],
    pub algorithm: i64,
    pub raw_id: Vec<u8>,
    pub user_handle: Option<Vec<u8>>,
}

impl Authenticator {
    pub fn new(credential_id: &[u8]) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { key, credential_id: credential_id.to_vec() }
    }

    /// An honest ceremony that answers `options`.
    pub fn ceremony(&self, kind: &str, options: &str, origin: &str, rp_id: &str) -> Ceremony {
        let options: Value = serde_json::from_str(options).unwrap();
        Ceremony {
            kind: kind.to_owned(),
            challenge: URL_SAFE_NO_PAD.decode(options["publicKey"]["challenge"].as_str().unwrap()).unwrap(),
            origin: origin.to_owned(),
            cross_origin: Some(false),
            top_origin: None,
            rp_id: rp_id.to_owned(),
            flags: USER_PRESENT | USER_VERIFIED,
            counter: 1,
            aaguid: [0; 16],
            algorithm: -7,
            raw_id: self.credential_id.clone(),
            user_handle: None,
        }
    }

    /// The answer to a registration, with an attestation statement of the given format.
    pub fn register_with(&self, ceremony: &Ceremony, fmt: &str, statement: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let client_data = ceremony.client_data();
        let mut data = ceremony.authenticator_data(ATTESTED_DATA);
        data.extend(ceremony.aaguid);
        data.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        data.extend(&self.credential_id);
        data.extend(self.cose_key(ceremony.algorithm));
        let signed = [data.as_slice(), sha256(&client_data).as_slice()].concat();
        let object =
            map(&[(text("fmt"), text(fmt)), (text("attStmt"), statement(&signed)), (text("authData"), bytes(&data))]);
        json!({
            "id": encoded(&ceremony.raw_id),
            "rawId": encoded(&ceremony.raw_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": { "clientDataJSON": encoded(&client_data), "attestationObject": encoded(&object) },
        })
        .to_string()
        .into_bytes()
    }

    /// The answer to a registration, without attestation.
    pub fn register(&self, ceremony: &Ceremony) -> Vec<u8> {
        self.register_with(ceremony, "none", |_| map(&[]))
    }

    /// The answer to an authentication.
    pub fn authenticate(&self, ceremony: &Ceremony) -> Vec<u8> {
        let client_data = ceremony.client_data();
        let data = ceremony.authenticator_data(0);
        let signature = self.sign(&[data.as_slice(), sha256(&client_data).as_slice()].concat());
        json!({
            "id": encoded(&ceremony.raw_id),
            "rawId": encoded(&ceremony.raw_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(&client_data),
                "authenticatorData": encoded(&data),
                "signature": encoded(&signature),
                "userHandle": ceremony.user_handle.as_ref().map(encoded),
            },
        })
        .to_string()
        .into_bytes()
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
    }

    /// COSE_Key (RFC 9053 7.1.1).
    fn cose_key(&self, algorithm: i64) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        map(&[
            (int(1), int(2)),
            (int(3), int(algorithm)),
            (int(-1), int(1)),
            (int(-2), bytes(&point[1..33])),
            (int(-3), bytes(&point[33..65])),
        ])
    }
}

impl Ceremony {
    fn client_data(&self) -> Vec<u8> {
        let mut data = json!({
            "type": self.kind,
            "challenge": encoded(&self.challenge),
            "origin": self.origin,
        });
        if let Some(cross_origin) = self.cross_origin {
            data["crossOrigin"] = json!(cross_origin);
        }
        if let Some(top_origin) = &self.top_origin {
            data["topOrigin"] = json!(top_origin);
        }
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, more_flags: u8) -> Vec<u8> {
        let mut data = sha256(self.rp_id.as_bytes());
        data.push(self.flags | more_flags);
        data.extend(self.counter.to_be_bytes());
        data
    }
}

pub fn sha256(message: &[u8]) -> Vec<u8> {
    digest(&SHA256, message).as_ref().to_vec()
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The head of a CBOR item (RFC 8949 3).
fn head(major: u8, value: usize) -> Vec<u8> {
    match (u8::try_from(value), u16::try_from(value)) {
        (Ok(small), _) if small < 24 => vec![major << 5 | small],
        (Ok(byte), _) => vec![major << 5 | 24, byte],
        (_, Ok(short)) => [vec![major << 5 | 25], short.to_be_bytes().to_vec()].concat(),
        _ => panic!("no test writes so much"),
    }
}

pub fn int(value: i64) -> Vec<u8> {
    match usize::try_from(value) {
        Ok(positive) => head(0, positive),
        Err(_) => head(1, usize::try_from(-1 - value).unwrap()),
    }
}

pub fn bytes(value: &[u8]) -> Vec<u8> {
    [head(2, value.len()), value.to_vec()].concat()
}

pub fn text(value: &str) -> Vec<u8> {
    [head(3, value.len()), value.as_bytes().to_vec()].concat()
}

pub fn list(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len()), items.concat()].concat()
}

pub fn map(pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let items: Vec<u8> = pairs.iter().flat_map(|(key, value)| [key.as_slice(), value].concat()).collect();
    [head(5, pairs.len()), items].concat()
}
