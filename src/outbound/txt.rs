//! TXT records, asked of the system's resolver or of one that is named. What they mean is nobody's business here.

use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RData;

/// How long one question may take before it is asked once more.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The most records of a name that are looked at.
const MAX_RECORDS: usize = 64;
/// The longest record that is looked at. **Units**: bytes.
const MAX_RECORD: usize = 512;

/// Where TXT records come from.
#[async_trait]
pub trait TxtSource: Send + Sync {
    /// The TXT records of a name, each of its strings joined; none where the name or the records are not there.
    /// Aliases are followed. At most 64 of at most 512 bytes.
    ///
    /// # Errors
    /// [`TxtFault`], where nothing was learnt.
    async fn txt(&self, name: &str) -> Result<Vec<String>, TxtFault>;
}

/// The question was not answered: silence, a server that fails, or no resolver at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the DNS did not answer: {0}")]
pub struct TxtFault(pub String);

/// A resolver; nothing is kept between two questions.
pub struct DnsResolver {
    server: Option<SocketAddr>,
    patience: Duration,
}

impl DnsResolver {
    /// The one of the system, or the one at this address.
    #[must_use]
    pub const fn at(address: Option<SocketAddr>) -> Self {
        Self { server: address, patience: TIMEOUT }
    }

    /// The same, waiting for each answer as long as this.
    #[must_use]
    pub const fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    fn open(&self) -> Result<TokioResolver, TxtFault> {
        let told = |error: &dyn std::fmt::Display| TxtFault(error.to_string());
        let mut builder = match self.server {
            None => TokioResolver::builder_tokio().map_err(|error| told(&error))?,
            Some(address) => {
                let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
                for connection in &mut connections {
                    connection.port = address.port();
                }
                let server = NameServerConfig::new(address.ip(), true, connections.into());
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options: &mut ResolverOpts = builder.options_mut();
        options.timeout = self.patience;
        options.attempts = 1;
        options.cache_size = 0;
        builder.build().map_err(|error| told(&error))
    }
}

#[async_trait]
impl TxtSource for DnsResolver {
    async fn txt(&self, name: &str) -> Result<Vec<String>, TxtFault> {
        // With the dot of the root, no search list of the system is tried.
        let found = match self.open()?.txt_lookup(format!("{name}.")).await {
            Ok(found) => found,
            Err(NetError::Dns(DnsError::NoRecordsFound(no)))
                if matches!(no.response_code, ResponseCode::NXDomain | ResponseCode::NoError) =>
            {
                return Ok(Vec::new());
            }
            Err(error) => return Err(TxtFault(error.to_string())),
        };
        let records = found.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(txt) => Some(txt),
            _ => None,
        });
        let joined = records.take(MAX_RECORDS).map(|txt| txt.txt_data.concat());
        let short = joined.filter(|bytes| bytes.len() <= MAX_RECORD);
        Ok(short.filter_map(|bytes| String::from_utf8(bytes).ok()).collect())
    }
}
