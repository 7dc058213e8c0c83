use super::*;
use crate::base::clock::Timestamp;
use crate::base::random::SystemRandom;

fn claim(text: &str) -> Result<String, PatternError> {
    DomainPattern::claim(text).map(|pattern| pattern.as_str().to_owned())
}

#[test]
fn a_domain_is_read_in_one_spelling() {
    for (text, read) in [
        ("fabrikam.example", "fabrikam.example"),
        ("FABRIKAM.Example", "fabrikam.example"),
        ("fabrikam.example.", "fabrikam.example"),
        ("*.Fabrikam.example", "*.fabrikam.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example.", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
        ("fabrikam。example", "fabrikam.example"),
        ("gmail.com", "gmail.com"),
        ("fabrikam.co.uk", "fabrikam.co.uk"),
        ("fabrikam.github.io", "fabrikam.github.io"),
        ("fabrikam.test", "fabrikam.test"),
        ("fabrikam.localhost", "fabrikam.localhost"),
        ("www.ck", "www.ck"),
    ] {
        assert_eq!(claim(text).as_deref(), Ok(read), "{text}");
    }
}

#[test]
fn public_suffixes_and_single_labels_are_nobodys() {
    for text in ["co.uk", "CO.UK.", "github.io", "*.co.uk", "*.github.io", "anything.ck", "xn--55qx5d.cn", "公司.cn"]
    {
        assert!(matches!(claim(text), Err(PatternError::PublicSuffix(_))), "{text} {:?}", claim(text));
    }
    for text in ["com", "example", "localhost", "*.com", "com."] {
        assert!(matches!(claim(text), Err(PatternError::SingleLabel(_))), "{text} {:?}", claim(text));
    }
    for text in [
        "",
        ".",
        "*",
        "*.",
        "*.*.example",
        "a.*.example",
        "**.example.org",
        "fabrikam..example",
        ".fabrikam.example",
        "fabrikam.example..",
        "-fabrikam.example",
        "fabri_kam.example",
        "fabrikam.example/x",
        "a b.example",
        "xn--a.example",
        "user@fabrikam.example",
        "fabrikam.example:25",
        "\u{0}.example",
    ] {
        assert_eq!(claim(text), Err(PatternError::Shape), "{text}");
    }
    assert_eq!(claim(&format!("{}.example", "a".repeat(64))), Err(PatternError::Shape));
    assert_eq!(claim("a.b.c.d.e.f.g.example").as_deref(), Ok("a.b.c.d.e.f.g.example"));
    assert_eq!(claim("*.b.c.d.e.f.g.h.example").as_deref(), Ok("*.b.c.d.e.f.g.h.example"));
    assert_eq!(claim("*.a.b.c.d.e.f.g.h.example"), Err(PatternError::TooDeep));
}

#[test]
fn names_of_other_scripts_are_told_in_letters() {
    let cyrillic = DomainPattern::claim("f\u{430}brikam.example").unwrap();
    assert_ne!(cyrillic.as_str(), "fabrikam.example");
    assert_eq!(cyrillic.in_letters().as_deref(), Some("f\u{430}brikam.example"));
    assert_eq!(DomainPattern::claim("fabrikam.example").unwrap().in_letters(), None);
}

#[test]
fn a_pattern_covers_whole_labels() {
    let covers = |pattern: &str, domain: &str| {
        DomainPattern::parse(pattern).unwrap().covers(&MailDomain::parse(domain).unwrap())
    };
    assert!(covers("fabrikam.example", "fabrikam.example"));
    assert!(covers("*.fabrikam.example", "eu.fabrikam.example"));
    assert!(covers("*.fabrikam.example", "a.b.fabrikam.example"));
    for (pattern, domain) in [
        ("fabrikam.example", "eu.fabrikam.example"),
        ("*.fabrikam.example", "fabrikam.example"),
        ("*.fabrikam.example", "notfabrikam.example"),
        ("*.fabrikam.example", "fabrikam.example.org"),
    ] {
        assert!(!covers(pattern, domain), "{pattern} {domain}");
    }
}

#[test]
fn what_is_looked_up_is_bounded_and_holds_every_pattern_that_covers() {
    let mail = MailAddress::parse("Ana@a.b.c.d.e.f.g.h.i.example").unwrap();
    let texts = LookUp::of_address(&mail).0;
    assert_eq!(texts[0], "ana@a.b.c.d.e.f.g.h.i.example");
    assert_eq!(texts[1], "a.b.c.d.e.f.g.h.i.example");
    assert_eq!(texts[2], "*.c.d.e.f.g.h.i.example");
    assert_eq!(texts[LOOK_UPS - 1], "*.i.example");
    let short = LookUp::of_domain(&MailDomain::parse("fabrikam.example").unwrap());
    assert_eq!(short.0.iter().filter(|text| !text.is_empty()).count(), 1);
}

#[test]
fn the_address_goes_first_then_the_longest_domain_and_what_two_hold_is_shared() {
    let [one, two, three] =
        std::array::from_fn(|_| PartnerId::new(Timestamp::from_seconds(1_790_000_000), &SystemRandom));
    let pattern = |text: &str| DomainPattern::parse(text).unwrap();
    let holding = |partner, over| Holding { partner, over };
    let domain = |partner, text: &str| holding(partner, Over::Domain(pattern(text)));
    let shared = |partner, text: &str| holding(partner, Over::SharedDomain(pattern(text)));
    let address = |partner| holding(partner, Over::Address);
    let both = |a: PartnerId, b: PartnerId| {
        let mut both = vec![a, b];
        both.sort_unstable();
        Holder::Shared(both)
    };
    assert_eq!(Holder::of(&[]), Holder::Nobody);
    assert_eq!(Holder::of(&[domain(one, "x.example")]), Holder::One(one));
    let wild = domain(one, "*.example.org");
    assert_eq!(Holder::of(&[wild.clone(), domain(two, "eu.example.org")]), Holder::One(two));
    assert_eq!(Holder::of(&[domain(two, "eu.example.org"), wild.clone()]), Holder::One(two));
    assert_eq!(Holder::of(&[wild, domain(two, "*.eu.example.org"), address(three)]), Holder::One(three));
    let group = [shared(one, "x.example"), shared(two, "x.example")];
    assert_eq!(Holder::of(&group), both(one, two));
    assert_eq!(Holder::of(&[group[0].clone(), group[1].clone(), address(two)]), Holder::One(two));
    // One that shares alone, and what cannot be: it is never more than shared.
    assert_eq!(Holder::of(&group[..1]), Holder::Shared(vec![one]));
    assert_eq!(Holder::of(&[shared(one, "x.example"), domain(two, "x.example")]), both(one, two));
    assert_eq!(Holder::of(&[address(one), address(two)]), both(one, two));
}
