//! Which authenticators are accepted: any, without asking what they are, or those on a list, which
//! must prove their make by an attestation.

use std::collections::BTreeMap;

use uuid::Uuid;
use webauthn_rs_core::proto::{AttestationCaList, AttestationCaListBuilder};

use crate::factors::fault::PasskeyFault;

/// Which authenticators are accepted.
#[derive(Debug, Clone)]
pub enum Attestation {
    /// Any; nothing is asked, which keeps what a person owns their own business.
    None,
    /// Those on the list, bound to hardware.
    Listed(AttestationList),
}

/// One accepted model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model<'a> {
    /// The root certificate of its maker. **Shape**: one PEM certificate.
    pub root: &'a [u8],
    /// Its AAGUID.
    pub aaguid: Uuid,
}

/// Accepted models with the roots that vouch for them.
#[derive(Debug, Clone)]
pub struct AttestationList(AttestationCaList);

impl AttestationList {
    /// Reads the models.
    ///
    /// # Errors
    /// [`PasskeyFault::AttestationListUnusable`] where there is none, since an empty list would accept
    /// nothing or, misread, everything, or where a root is no certificate.
    pub fn new(models: &[Model<'_>]) -> Result<Self, PasskeyFault> {
        let mut builder = AttestationCaListBuilder::new();
        for model in models {
            builder
                .insert_device_pem(model.root, model.aaguid, model.aaguid.to_string(), BTreeMap::new())
                .map_err(|_| PasskeyFault::AttestationListUnusable)?;
        }
        let list = builder.build();
        if list.is_empty() { Err(PasskeyFault::AttestationListUnusable) } else { Ok(Self(list)) }
    }

    /// In the form of webauthn-rs.
    pub(super) const fn roots(&self) -> &AttestationCaList {
        &self.0
    }
}
