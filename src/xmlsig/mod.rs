//! The narrow XML security core: limit scan, DOM, exclusive canonicalisation, XML Signature, XML
//! Encryption.
//!
//! Owns one fixed profile and no options: UTF-8, no DOCTYPE, one Reference to the parent's `ID`,
//! enveloped-signature and Exclusive C14N 1.0, SHA-256 and SHA-512, RSA and ECDSA on P-256; AES-GCM under
//! RSA-OAEP, and AES-CBC for reading within a signature. Imports `base` and `keys`.
//!
//! Invariant: never knows SAML, the network or a clock; trusts only the keys that the caller hands
//! in, never what `ds:KeyInfo` says; and nobody else can make a
//! [`VerifiedElement`](verify::VerifiedElement).
//!
//! Start reading at [`dom`] for what comes in, [`verify`] for what may be believed, [`mod@decrypt`] for
//! what was encrypted, [`mod@write`], [`sign`] and [`mod@encrypt`] for what goes out.

pub mod algorithms;
pub mod c14n;
pub mod content_cipher;
pub mod decrypt;
pub mod dom;
pub mod encrypt;
mod encrypted_data;
pub mod encryption_error;
pub mod limits;
pub mod names;
mod scan;
pub mod sign;
pub mod signature_error;
mod signed_info;
pub mod verify;
pub mod write;
pub mod xml_error;

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod testing;
