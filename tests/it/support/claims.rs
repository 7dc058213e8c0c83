//! Rules about claims, as an object file says them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use entente::domain::claims::names::Protocol;
use entente::domain::claims::set::{ClaimSet, NameTable};
use entente::objects::files;
use entente::objects::sources::Sources;

/// One object file.
struct Only(String);

impl Sources for Only {
    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Ok(self.0.clone().into_bytes())
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn variables(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The claims of an app of which an object file says `claims`, and `speaks` in the table of its protocol.
pub fn rules(protocol: Protocol, speaks: &str, claims: &str, names: &NameTable) -> Arc<ClaimSet> {
    let protocol_table = match protocol {
        Protocol::Oidc => "[app.oidc]\nclient_id = 'x'\npublic = true\nredirect_uris = ['https://a.example/']\n",
        Protocol::Account => panic!("no app speaks nothing"),
        Protocol::Saml => "[app.saml]\nentity_id = 'urn:x'\nacs = ['https://a.example/']\n",
    };
    let text = format!("[[app]]\nslug = 'x'\n{protocol_table}{speaks}\n{claims}");
    let mut contents = files::read(&[PathBuf::from("a.toml")], &Only(text));
    assert!(contents.faults.is_empty(), "{:?}", contents.faults);
    let terms = contents.definitions.apps.remove(0).value.claims.terms;
    Arc::new(ClaimSet::compile(terms, protocol, names).unwrap())
}

fn partner(claims: &str) -> files::Contents {
    let text = format!(
        "[[partner]]\nslug = 'x'\n[partner.oidc]\nissuer = 'https://op.example'\nclient_id = 'c'\nprivate_key_jwt = true\n\
         {claims}"
    );
    files::read(&[PathBuf::from("a.toml")], &Only(text))
}

/// The rules of a partner of which an object file says this.
pub fn inward(claims: &str) -> Arc<ClaimSet> {
    let mut contents = partner(claims);
    assert!(contents.faults.is_empty(), "{:?}", contents.faults);
    contents.definitions.partners.remove(0).value.attributes.rules.unwrap()
}

/// What is wrong with them.
pub fn inward_faults(claims: &str) -> Vec<String> {
    partner(claims).faults.into_iter().map(|fault| fault.message).collect()
}
