//! What shows that a domain is a partner's, where an administrator's word is not enough: a resolver of the test
//! answers over UDP and TCP.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use entente::domain::documents::MetadataSource;
use entente::domain::domain_proofs::DemandedProof;
use entente::domain::partners::{Network, Partner, Trust};
use entente::flows::domains::{Verdict, list, verify};
use entente::flows::operate::OperateError;
use entente::flows::services::{Services, Settings};
use entente::outbound::txt::{DnsResolver, TxtSource as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};

use super::{asks_organization, choose, woodgrove};
use crate::support::client::Client;
use crate::support::gateway::Gateway;
use crate::support::journey::{assert_refused, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

/// Where the partner's service is, outside its mail domain.
const ELSEWHERE: &str = "https://login.elsewhere.example/sso";

/// What a name has.
#[derive(Clone)]
enum Zone {
    /// TXT records, each of strings.
    Records(Vec<Vec<Vec<u8>>>),
    /// Another name, which has these.
    Alias(&'static str, Vec<Vec<Vec<u8>>>),
    /// No such name.
    Missing,
    /// The server fails.
    Fails,
    /// Nothing is answered.
    Silence,
}

type Zones = Arc<Mutex<BTreeMap<String, Zone>>>;

/// A resolver on loopback, by whose word alone names are known.
struct Responder {
    address: SocketAddr,
    zones: Zones,
}

fn one(text: &str) -> Zone {
    Zone::Records(vec![vec![text.as_bytes().to_vec()]])
}

fn wire(name: &str) -> Vec<u8> {
    let labels = name.split('.').flat_map(|label| [&[u8::try_from(label.len()).unwrap()], label.as_bytes()].concat());
    labels.chain([0]).collect()
}

fn answer(question: &[u8], zones: &Zones, limit: usize) -> Option<Vec<u8>> {
    let (mut labels, mut at) = (Vec::new(), 12);
    while question[at] != 0 {
        let length = usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..=at + length]).to_lowercase());
        at += length + 1;
    }
    let (asked, name) = (&question[12..at + 5], labels.join("."));
    let zone = zones.lock().unwrap().get(&name).cloned().unwrap_or(Zone::Missing);
    let (code, alias, records) = match zone {
        Zone::Silence => return None,
        Zone::Fails => (2, None, Vec::new()),
        Zone::Missing => (3, None, Vec::new()),
        Zone::Records(records) => (0, None, records),
        Zone::Alias(target, records) => (0, Some(target), records),
    };
    let mut rows: Vec<Vec<u8>> = Vec::new();
    let row = |name: Vec<u8>, kind: u8, data: Vec<u8>| {
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        [name, vec![0, kind, 0, 1, 0, 0, 0, 0], length.to_vec(), data].concat()
    };
    let own = vec![0xc0, 12];
    if let Some(target) = alias {
        rows.push(row(own.clone(), 5, wire(target)));
    }
    for strings in records {
        let data = strings.iter().flat_map(|text| [&[u8::try_from(text.len()).unwrap()], &text[..]].concat()).collect();
        rows.push(row(alias.map_or_else(|| own.clone(), wire), 16, data));
    }
    let count = u16::try_from(rows.len()).unwrap().to_be_bytes();
    let head = |flags: u8, count: [u8; 2]| {
        [&question[..2], &[0x81 | flags, 0x80 | code, 0, 1], &count, &[0, 0, 0, 0], asked].concat()
    };
    let whole = [head(0, count), rows.concat()].concat();
    Some(if whole.len() > limit { head(2, [0, 0]) } else { whole })
}

impl Responder {
    async fn start() -> Self {
        let zones = Zones::default();
        // The same port for both, which another test may hold for one of them.
        let (socket, listener, address) = loop {
            let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            let address = socket.local_addr().unwrap();
            if let Ok(listener) = TcpListener::bind(address).await {
                break (socket, listener, address);
            }
        };
        let (by_udp, by_tcp) = (zones.clone(), zones.clone());
        tokio::spawn(async move {
            let mut buffer = [0; 2048];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                if let Some(answer) = answer(&buffer[..length], &by_udp, 512) {
                    socket.send_to(&answer, from).await.unwrap();
                }
            }
        });
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let zones = by_tcp.clone();
                tokio::spawn(async move {
                    while let Ok(length) = stream.read_u16().await {
                        let mut question = vec![0; usize::from(length)];
                        stream.read_exact(&mut question).await.unwrap();
                        let Some(answer) = answer(&question, &zones, usize::from(u16::MAX)) else { return };
                        stream.write_u16(u16::try_from(answer.len()).unwrap()).await.unwrap();
                        stream.write_all(&answer).await.unwrap();
                    }
                });
            }
        });
        Self { address, zones }
    }

    fn set(&self, name: &str, zone: Zone) {
        self.zones.lock().unwrap().insert(name.to_owned(), zone);
    }
}

/// Services that demand more than a word, and ask this resolver.
fn strict(services: &Services, resolver: SocketAddr) -> Services {
    let settings = Settings { domain_proof: DemandedProof::DnsOrHost, ..(*services.settings).clone() };
    let dns = Arc::new(DnsResolver::at(Some(resolver)));
    Services { settings: Arc::new(settings), dns, ..services.clone() }
}

/// A strict gateway in front of the same database, and a browser at it.
async fn strict_gateway(gateway: &Gateway, resolver: SocketAddr) -> (Client, Services) {
    let (url, services, _) = gateway.second_address_with(|services| *services = strict(services, resolver)).await;
    (Client::new(&url), services)
}

async fn record(services: &Services) -> (String, String) {
    let view = list(services, "fabrikam").await.unwrap().remove(0);
    (view.record_name, view.record)
}

#[tokio::test]
async fn txt_records_are_read_as_they_stand_and_no_answer_is_no_no() {
    let responder = Responder::start().await;
    let resolver = DnsResolver::at(Some(responder.address));
    let long = vec![b'x'; 200];
    responder.set("one.example", one("a"));
    responder.set("parts.example", Zone::Records(vec![vec![b"a".to_vec(), b"b c".to_vec()], vec![b"d".to_vec()]]));
    responder.set("alias.example", Zone::Alias("other.example", vec![vec![b"of another".to_vec()]]));
    responder.set("other.example", one("of another"));
    responder.set("none.example", Zone::Records(Vec::new()));
    responder.set("fails.example", Zone::Fails);
    responder.set("silent.example", Zone::Silence);
    responder.set("bytes.example", Zone::Records(vec![vec![vec![0xff, 0xfe]], vec![b"e".to_vec()]]));
    // Past what goes over UDP, and records that are too long or too many to be looked at.
    responder.set("large.example", Zone::Records(vec![vec![long.clone()]; 5]));
    responder.set("long.example", Zone::Records(vec![vec![long; 3], vec![b"f".to_vec()]]));
    responder.set("many.example", Zone::Records(vec![vec![b"g".to_vec()]; 100]));
    let read = async |name: &str| resolver.txt(name).await;
    assert_eq!(read("one.example").await.unwrap(), ["a"]);
    assert_eq!(read("parts.example").await.unwrap(), ["ab c", "d"]);
    assert_eq!(read("alias.example").await.unwrap(), ["of another"]);
    assert_eq!(read("none.example").await.unwrap(), Vec::<String>::new());
    assert_eq!(read("missing.example").await.unwrap(), Vec::<String>::new());
    assert_eq!(read("bytes.example").await.unwrap(), ["e"]);
    assert_eq!(read("large.example").await.unwrap().len(), 5);
    assert_eq!(read("long.example").await.unwrap(), ["f"]);
    assert_eq!(read("many.example").await.unwrap().len(), 64);
    let impatient = DnsResolver::at(Some(responder.address)).with_patience(Duration::from_millis(200));
    for name in ["fails.example", "silent.example"] {
        assert!(impatient.txt(name).await.is_err(), "{name}");
    }
    let nobody = DnsResolver::at(Some(([127, 0, 0, 1], 1).into())).with_patience(Duration::from_millis(200));
    assert!(nobody.txt("one.example").await.is_err());
}

on_both_stores! {
    async fn a_domain_counts_from_when_the_dns_shows_it_until_the_dns_says_no(backend: Backend) {
        let gateway = Gateway::start_with(backend, host_elsewhere).await;
        let responder = Responder::start().await;
        let (mut client, services) = strict_gateway(&gateway, responder.address).await;
        let (name, record) = record(&services).await;
        assert_eq!(name, "_entente-challenge.fabrikam.example");
        let attempt = asks_organization(&client.get(&gateway.authorize(&[])).await);
        let leads = async |client: &mut Client| {
            services.directory.forget();
            choose(client, &attempt, "ana@fabrikam.example").await.status == 303
        };
        let ask = async || verify(&services, gateway.act(), "fabrikam", None).await.unwrap().remove(0).1;
        assert!(!leads(&mut client).await);
        for wrong in ["", "entente-domain-proof=", "entente-domain-proof=AAAA", &record[..record.len() - 1], &format!("x{record}")] {
            responder.set(&name, one(wrong));
            assert_eq!(ask().await, Verdict::Nothing, "{wrong}");
            assert!(!leads(&mut client).await, "{wrong}");
        }
        responder.set(&name, Zone::Records(vec![vec![b"v=spf1 -all".to_vec()], vec![record.clone().into_bytes()]]));
        assert_eq!(ask().await, Verdict::Dns);
        assert!(leads(&mut client).await);
        // No answer changes nothing, and a no ends it.
        responder.set(&name, Zone::Fails);
        assert!(matches!(ask().await, Verdict::Unanswered(_)));
        assert!(leads(&mut client).await);
        responder.set(&name, Zone::Missing);
        assert_eq!(ask().await, Verdict::Nothing);
        assert!(!leads(&mut client).await);
        // It may stand at the domain itself.
        responder.set("fabrikam.example", one(&record));
        assert_eq!(ask().await, Verdict::Dns);
        assert!(leads(&mut client).await);
        let unknown = verify(&services, gateway.act(), "fabrikam", Some("woodgrove.example")).await;
        assert!(matches!(unknown, Err(OperateError::NoSuchDomain { .. })));
    }

    async fn an_unproven_domain_binds_nobody_and_a_proven_one_does(backend: Backend) {
        let mut gateway = Gateway::start_with(backend, host_elsewhere).await;
        gateway.partner.sso = ELSEWHERE.to_owned();
        let responder = Responder::start().await;
        let (mut client, services) = strict_gateway(&gateway, responder.address).await;
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        services.refusals.flush().await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "mail_unproven").await;
        let (name, record) = record(&services).await;
        responder.set(&name, one(&record));
        verify(&services, gateway.act(), "fabrikam", Some("fabrikam.example")).await.unwrap();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
    }

    async fn the_record_is_good_for_one_partner_and_domain(backend: Backend) {
        let gateway = Gateway::start_with(backend, host_elsewhere).await;
        let published = |partner: &mut Partner, host: &str| {
            let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
            let url = format!("https://{host}/metadata.xml");
            trust.source = Some(MetadataSource { url, certificate: None, network: Network::Public });
        };
        gateway.add_partner("woodgrove", &woodgrove(), |partner| published(partner, "woodgrove.example")).await;
        let responder = Responder::start().await;
        let services = strict(&gateway.services, responder.address);
        let theirs = list(&services, "woodgrove").await.unwrap().remove(0);
        let (name, own) = record(&services).await;
        assert_ne!(theirs.record, own);
        responder.set(&name, one(&theirs.record));
        let verdicts = verify(&services, gateway.act(), "fabrikam", None).await.unwrap();
        assert_eq!(verdicts[0].1, Verdict::Nothing);
        // Woodgrove needs none: its metadata and its single sign-on service lie within its domain.
        assert!(theirs.by_host && theirs.is_in_force);
        let verdicts = verify(&services, gateway.act(), "woodgrove", None).await.unwrap();
        assert_eq!(verdicts[0].1, Verdict::Host);
    }

    async fn metadata_in_a_file_or_from_elsewhere_shows_no_host(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let responder = Responder::start().await;
        let services = strict(&gateway.services, responder.address);
        for host in [None, Some("metadata.example"), Some("login.fabrikam.example")] {
            gateway
                .alter_partner(&gateway.services, |partner| {
                    let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
                    assert!(trust.sso_redirect_url.starts_with("https://idp.fabrikam.example/"));
                    trust.source = host.map(|host| MetadataSource {
                        url: format!("https://{host}/metadata.xml"),
                        certificate: None,
                        network: Network::Public,
                    });
                })
                .await;
            let listed = list(&services, "fabrikam").await.unwrap().remove(0);
            let is_own = host == Some("login.fabrikam.example");
            assert_eq!((listed.by_host, listed.is_in_force), (is_own, is_own), "{host:?}");
        }
    }
}

/// The partner's services lie outside its mail domain.
fn host_elsewhere(partner: &mut entente::domain::partners::Partner) {
    let entente::domain::partners::Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
    assert!(trust.sso_redirect_url.starts_with("https://"));
    trust.sso_redirect_url = ELSEWHERE.to_owned();
}
