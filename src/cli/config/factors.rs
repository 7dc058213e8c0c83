//! `[factors]`.

use std::path::Path;

use uuid::Uuid;

use crate::domain::factors::choice::MailedCodes;
use crate::factors::passkey::Discoverable;
use crate::factors::passkey::attestation::{Attestation, AttestationList, Model};
use crate::flows::services::{FactorSettings, Offer};
use crate::objects::files::read_text;
use crate::objects::table::{Absent, Table};

/// Reads the section; `None` where something in it cannot be read, which has been told.
pub(super) fn read(table: Option<&Table<'_>>) -> Option<FactorSettings> {
    let Some(table) = table else { return Some(FactorSettings::STANDARD) };
    let offer = |name: &str| if table.is_set(name, Absent::IsTrue) { Offer::On } else { Offer::Off };
    let required = table.text("discoverable") == Some("required");
    Some(FactorSettings {
        totp: offer("totp"),
        passkeys: offer("passkeys"),
        mailed_codes: if table.is_set("mailed_codes", Absent::IsTrue) { MailedCodes::On } else { MailedCodes::Off },
        passkey_attestation: attestation(table)?,
        discoverable: if required { Discoverable::Required } else { Discoverable::Discouraged },
    })
}

/// An empty list that was written accepts any model, as one that is absent does.
fn attestation(table: &Table<'_>) -> Option<Attestation> {
    let name = "passkey_attestation";
    let texts = table.texts(name);
    if texts.is_empty() {
        return Some(Attestation::None);
    }
    let mut models = Vec::new();
    for (origin, text) in &texts {
        match model(table, text) {
            Ok(model) => models.push(model),
            Err(problem) => table.reader().fault(origin, format!("`{name}`: {problem}")),
        }
    }
    if models.len() < texts.len() {
        return None;
    }
    let models: Vec<Model<'_>> =
        models.iter().map(|(aaguid, root)| Model { root: root.as_bytes(), aaguid: *aaguid }).collect();
    match AttestationList::new(&models) {
        Ok(list) => Some(Attestation::Listed(list)),
        Err(_) => {
            table.fault(name, format!("`{name}`: each file must hold one certificate in PEM"));
            None
        }
    }
}

fn model(table: &Table<'_>, text: &str) -> Result<(Uuid, String), String> {
    let (aaguid, path) = text.split_once('=').ok_or("each must be `AAGUID=PATH`")?;
    let aaguid = Uuid::try_parse(aaguid.trim()).map_err(|_| "the AAGUID must be a UUID")?;
    let reader = table.reader();
    let path = reader.folder.join(Path::new(path.trim()));
    let root = read_text(&path, reader.sources).map_err(|problem| format!("`{}` {problem}", path.display()))?;
    Ok((aaguid, root))
}
