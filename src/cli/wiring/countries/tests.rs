use super::*;

/// Writes a file of the MaxMind DB format 2.0, as its specification has it: a search tree of 24-bit
/// records, a data section and the metadata. The tests make every file they need by it, so none of
/// another maker's is kept here.
struct Writer {
    nodes: Vec<[Record; 2]>,
    data: Vec<u8>,
    version: u16,
}

#[derive(Clone, Copy)]
enum Record {
    Nothing,
    Node(usize),
    Data(usize),
}

impl Writer {
    fn new(version: u16) -> Self {
        Self { nodes: vec![[Record::Nothing; 2]], data: Vec::new(), version }
    }

    /// Says of the addresses that begin with the first `length` bits of `address` what `data` says.
    fn network(mut self, address: &[u8], length: usize, data: &[u8]) -> Self {
        let offset = self.data.len();
        self.data.extend(data);
        let mut node = 0;
        for place in 0..length {
            let bit = usize::from(address[place / 8] >> (7 - place % 8) & 1);
            if place + 1 == length {
                self.nodes[node][bit] = Record::Data(offset);
                break;
            }
            node = match self.nodes[node][bit] {
                Record::Node(next) => next,
                _ => {
                    self.nodes.push([Record::Nothing; 2]);
                    self.nodes[node][bit] = Record::Node(self.nodes.len() - 1);
                    self.nodes.len() - 1
                }
            };
        }
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let count = self.nodes.len();
        let mut bytes = Vec::new();
        for record in self.nodes.iter().flatten() {
            let value = match record {
                Record::Nothing => count,
                Record::Node(node) => *node,
                Record::Data(offset) => count + 16 + offset,
            };
            bytes.extend(&u32::try_from(value).unwrap().to_be_bytes()[1..]);
        }
        bytes.extend([0; 16]);
        bytes.extend(&self.data);
        bytes.extend(b"\xab\xcd\xefMaxMind.com");
        bytes.extend(map(&[
            ("binary_format_major_version", number(5, 2)),
            ("binary_format_minor_version", number(5, 0)),
            ("build_epoch", vec![0x01, 0x02, 0x01]),
            ("database_type", text("Test-Country")),
            ("description", map(&[])),
            ("ip_version", number(5, u32::from(self.version))),
            ("languages", vec![0x00, 0x04]),
            ("node_count", number(6, u32::try_from(count).unwrap())),
            ("record_size", number(5, 24)),
        ]));
        bytes
    }
}

fn text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 29);
    [&[2 << 5 | length], text.as_bytes()].concat()
}

fn number(kind: u8, value: u32) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let digits = bytes.iter().skip_while(|byte| **byte == 0).copied().collect::<Vec<u8>>();
    [vec![kind << 5 | u8::try_from(digits.len()).unwrap()], digits].concat()
}

fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let size = u8::try_from(entries.len()).unwrap();
    entries.iter().fold(vec![7 << 5 | size], |mut bytes, (name, value)| {
        bytes.extend(text(name));
        bytes.extend(value);
        bytes
    })
}

fn country(code: &str) -> Vec<u8> {
    map(&[("country", map(&[("iso_code", text(code))]))])
}

fn register(bytes: &[u8]) -> (Result<MaxMindFile, RegisterError>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("countries.mmdb");
    std::fs::write(&path, bytes).unwrap();
    (MaxMindFile::open(path), folder)
}

fn found(register: &MaxMindFile, ip: &str) -> Fact<Option<String>> {
    match register.country(ip.parse().unwrap()) {
        Fact::Known(country) => Fact::Known(country.map(|country| country.as_str().to_owned())),
        Fact::Unknown => Fact::Unknown,
    }
}

fn known(code: &str) -> Fact<Option<String>> {
    Fact::Known(Some(code.to_owned()))
}

#[test]
fn f67_an_address_has_the_country_none_or_an_unknown_one() {
    let writer = Writer::new(4)
        .network(&[192, 0, 2, 0], 24, &country("DE"))
        .network(&[198, 51, 100, 128], 25, &country("FR"))
        .network(&[203, 0, 113, 0], 24, &map(&[("continent", map(&[]))]))
        .network(&[203, 0, 114, 0], 24, &country("narnia"));
    let (opened, _folder) = register(&writer.bytes());
    let register = opened.unwrap();
    assert_eq!(found(&register, "192.0.2.7"), known("DE"));
    assert_eq!(found(&register, "::ffff:192.0.2.7"), known("DE"));
    assert_eq!(found(&register, "198.51.100.200"), known("FR"));
    assert_eq!(found(&register, "198.51.100.1"), Fact::Known(None));
    assert_eq!(found(&register, "203.0.113.1"), Fact::Known(None), "a record without a country");
    assert_eq!(found(&register, "203.0.114.1"), Fact::Unknown, "no country of two letters");
    assert_eq!(found(&register, "2001:db8::1"), Fact::Unknown, "the file has nothing of this version");
}

#[test]
fn f67_a_file_of_both_versions_knows_both() {
    let mut mapped = [0; 16];
    mapped[12..15].copy_from_slice(&[192, 0, 2]);
    let writer =
        Writer::new(6).network(&[0x20, 0x01, 0x0d, 0xb8], 32, &country("DE")).network(&mapped, 120, &country("FR"));
    let (opened, _folder) = register(&writer.bytes());
    let register = opened.unwrap();
    assert_eq!(found(&register, "2001:db8::1"), known("DE"));
    assert_eq!(found(&register, "192.0.2.7"), known("FR"));
}

#[test]
fn a_file_that_cannot_answer_is_refused_with_the_reason() {
    let reason = |bytes: &[u8]| register(bytes).0.map(drop).unwrap_err().to_string();
    assert!(reason(b"no database").contains("countries.mmdb` is no database of MaxMind's format: "));
    let nothing = Writer::new(4).network(&[192, 0, 2, 0], 24, &map(&[("asn", number(6, 1))]));
    assert!(reason(&nothing.bytes()).ends_with("names no countries"));
    assert!(reason(&Writer::new(4).bytes()).ends_with("names no countries"));
    let damaged = Writer::new(4).network(&[192, 0, 2, 0], 24, &[7 << 5 | 1, 0xff]);
    assert!(reason(&damaged.bytes()).contains("is damaged: "), "{}", reason(&damaged.bytes()));
    let absent = MaxMindFile::open(PathBuf::from("/nowhere/countries.mmdb")).map(drop).unwrap_err().to_string();
    assert!(absent.starts_with("`/nowhere/countries.mmdb` cannot be read: "), "{absent}");
}

#[test]
fn a_file_that_is_read_again_and_broken_leaves_the_one_before() {
    let (opened, folder) = register(&Writer::new(4).network(&[192, 0, 2, 0], 24, &country("DE")).bytes());
    let register = opened.unwrap();
    let path = folder.path().join("countries.mmdb");
    std::fs::write(&path, Writer::new(4).network(&[192, 0, 2, 0], 24, &country("FR")).bytes()).unwrap();
    assert_eq!(found(&register, "192.0.2.7"), known("DE"));
    register.read_again().unwrap();
    assert_eq!(found(&register, "192.0.2.7"), known("FR"));
    std::fs::write(&path, b"no database").unwrap();
    assert!(register.read_again().is_err());
    assert_eq!(found(&register, "192.0.2.7"), known("FR"));
}
