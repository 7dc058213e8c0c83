//! TLS of the listener: 1.2 and 1.3 by rustls on AWS-LC, and a certificate that is read again on
//! `SIGHUP`. A pair that cannot be used leaves the old one in its place.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};

use crate::base::secret::SecretBytes;
use crate::cli::config::Tls;
use crate::objects::secrets::SecretSource;

/// The versions that are spoken; nothing older than 1.2.
pub const VERSIONS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS13, &rustls::version::TLS12];

/// Why certificate and key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("`{path}` cannot be read: {error}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// No certificate in PEM.
    #[error("`tls.certificate` holds no certificate chain in PEM: {0}")]
    Certificate(pem::Error),
    /// No private key in PEM.
    #[error("`tls.key` holds no private key in PEM: {0}")]
    Key(pem::Error),
    /// They do not belong together, or are of a kind that is not known.
    #[error("`tls.certificate` and `tls.key` cannot be used together: {0}")]
    Pair(#[from] rustls::Error),
}

/// The files of certificate and key, and what is in use of them.
#[derive(Debug)]
pub struct TlsFiles {
    files: Tls,
    config: RustlsConfig,
}

impl TlsFiles {
    /// Reads both.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn open(files: Tls) -> Result<Self, TlsError> {
        let config = RustlsConfig::from_config(Arc::new(read(&files)?));
        Ok(Self { files, config })
    }

    /// What the listener uses; it follows a reload.
    #[must_use]
    pub fn config(&self) -> RustlsConfig {
        self.config.clone()
    }

    /// Reads both again; what cannot be used is logged and the old pair stays. Connections that stand
    /// are not touched.
    pub fn reload(&self) {
        match read(&self.files) {
            Ok(config) => {
                self.config.reload_from_config(Arc::new(config));
                tracing::info!("certificate and key were read again");
            }
            Err(error) => tracing::error!(%error, "certificate and key stay as they were"),
        }
    }
}

fn read(files: &Tls) -> Result<ServerConfig, TlsError> {
    let chain = bytes(&SecretSource::File(files.certificate.clone()))?;
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(chain.expose()).collect::<Result<_, _>>().map_err(TlsError::Certificate)?;
    if chain.is_empty() {
        return Err(TlsError::Certificate(pem::Error::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_slice(bytes(&files.key)?.expose()).map_err(TlsError::Key)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&VERSIONS)?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn bytes(source: &SecretSource) -> Result<SecretBytes, TlsError> {
    match source {
        SecretSource::Value(text) => Ok(SecretBytes::new(text.expose().as_bytes().to_vec())),
        SecretSource::File(path) => {
            let read = std::fs::read(path).map_err(|error| TlsError::File { path: path.clone(), error })?;
            Ok(SecretBytes::new(read))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate and its key in PEM, made anew.
    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["gate.example".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn files(folder: &std::path::Path, certificate: &str, key: &str) -> Tls {
        std::fs::write(folder.join("gate.pem"), certificate).unwrap();
        std::fs::write(folder.join("gate.key"), key).unwrap();
        Tls { certificate: folder.join("gate.pem"), key: SecretSource::File(folder.join("gate.key")) }
    }

    #[test]
    fn nothing_older_than_tls_1_2_is_spoken() {
        let versions = VERSIONS.map(|version| version.version);
        assert_eq!(versions, [rustls::ProtocolVersion::TLSv1_3, rustls::ProtocolVersion::TLSv1_2]);
    }

    #[test]
    fn a_good_pair_takes_over_and_a_bad_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = pair();
        let tls = TlsFiles::open(files(folder.path(), &certificate, &key)).unwrap();
        let first = tls.config().get_inner();
        let (other_certificate, other_key) = pair();
        for (certificate, key) in
            [(&other_certificate, &key), (&"nothing".to_owned(), &other_key), (&other_certificate, &String::new())]
        {
            files(folder.path(), certificate, key);
            tls.reload();
            assert!(Arc::ptr_eq(&first, &tls.config().get_inner()));
        }
        files(folder.path(), &other_certificate, &other_key);
        tls.reload();
        assert!(!Arc::ptr_eq(&first, &tls.config().get_inner()));
    }

    #[test]
    fn each_fault_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = pair();
        let open = |certificate: &str, key: &str| TlsFiles::open(files(folder.path(), certificate, key)).unwrap_err();
        assert!(matches!(open("", &key), TlsError::Certificate(_)));
        assert!(matches!(open(&certificate, ""), TlsError::Key(_)));
        assert!(matches!(open(&certificate, &pair().1), TlsError::Pair(_)));
        let missing = Tls {
            certificate: folder.path().join("missing.pem"),
            key: SecretSource::File(folder.path().join("gate.key")),
        };
        assert!(matches!(TlsFiles::open(missing).unwrap_err(), TlsError::File { .. }));
    }
}
