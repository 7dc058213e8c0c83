//! Tries, waits and lock-outs.

use proptest::prelude::*;

use super::*;
use crate::base::random::SystemRandom;

const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn guest() -> GuestId {
    GuestId::new(START, &SystemRandom)
}

fn network(text: &str) -> Network {
    Network::of(text.parse().unwrap())
}

/// The tallies of a kind after `count` tries, each as soon as it may be, and when the last one was.
fn tried(keys: &[TallyKey], count: usize) -> (Vec<(TallyKey, Tally)>, Timestamp) {
    let mut tallies: Vec<_> = keys.iter().map(|key| (*key, Tally::EMPTY)).collect();
    let mut now = START;
    for _ in 0..count {
        if let Err(wait) = count_try(&tallies, now) {
            now = wait.until;
        }
        tallies = count_try(&tallies, now).unwrap();
    }
    (tallies, now)
}

#[test]
fn waits_begin_after_the_free_tries_and_double_up_to_the_longest() {
    let key = TallyKey::Kind(guest(), FactorKind::MailedCode, Lane::Unknown);
    let mut tally = Tally::EMPTY;
    let mut waits = Vec::new();
    for _ in 0..15 {
        tally = Limit::FACTOR.counted(&tally, START);
        waits.push(key.limit().opens_at(&tally, START).map(|until| until.since(START).as_secs()));
    }
    let growing = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600].map(Some);
    assert_eq!(waits[..4], [None; 4]);
    assert_eq!(waits[4..], growing);
}

#[test]
fn a_wait_ends_at_its_end() {
    let (tallies, now) = tried(&[TallyKey::Account(guest(), Lane::Unknown)], 20);
    let wait = count_try(&tallies, now).unwrap_err();
    assert_eq!(wait.until, now.plus(seconds(60)));
    assert!(count_try(&tallies, wait.until.minus(Duration::from_micros(1))).is_err());
    assert!(count_try(&tallies, wait.until).is_ok());
}

#[test]
fn asking_while_waiting_makes_no_wait_longer() {
    let keys = tallies(
        guest(),
        FactorKind::Totp,
        Some(FactorId::new(START, &SystemRandom)),
        Lane::Unknown,
        network("192.0.2.1"),
    );
    let (tallies, now) = tried(&keys, 5);
    let first = count_try(&tallies, now).unwrap_err();
    assert_eq!(count_try(&tallies, now.plus(seconds(29))).unwrap_err(), first);
}

#[test]
fn a_level_sinks_with_time_and_not_before() {
    let tally = Tally { level: 5, last_at: START };
    let after = |duration| Limit::FACTOR.counted(&tally, START.plus(duration)).level;
    assert_eq!(after(seconds(6 * 3600) - Duration::from_micros(1)), 6);
    assert_eq!(after(seconds(6 * 3600)), 5);
    assert_eq!(after(seconds(60 * 3600)), 1);
}

#[test]
fn a_clock_that_goes_back_gives_no_new_tries() {
    let tally = Tally { level: 9, last_at: START };
    let earlier = START.minus(seconds(3600));
    assert!(Limit::FACTOR.opens_at(&tally, earlier).is_some());
    assert_eq!(Limit::FACTOR.counted(&tally, earlier), Tally { level: 10, last_at: START });
}

#[test]
fn an_attacker_elsewhere_locks_the_owner_out_of_nothing() {
    let guest = guest();
    let totp = Some(FactorId::new(START, &SystemRandom));
    let attacked = tallies(guest, FactorKind::Totp, totp, Lane::Unknown, network("198.51.100.7"));
    let (spent, now) = tried(&attacked, 200);
    assert!(count_try(&spent, now).is_err());

    // The owner's tallies are the attacker's where they have the same key, and else as they were.
    let owner = |kind, factor, lane| {
        let keys = tallies(guest, kind, factor, lane, network("192.0.2.1"));
        let own: Vec<_> = keys
            .into_iter()
            .map(|key| spent.iter().find(|(other, _)| *other == key).copied().unwrap_or((key, Tally::EMPTY)))
            .collect();
        count_try(&own, now)
    };
    assert!(owner(FactorKind::Totp, totp, Lane::Known).is_ok(), "the same factor, in the owner's browser");
    assert!(owner(FactorKind::Passkey, totp, Lane::Unknown).is_ok(), "a passkey anywhere");
    assert!(owner(FactorKind::RecoveryCode, None, Lane::Unknown).is_ok(), "a recovery code anywhere");
    assert!(owner(FactorKind::Totp, totp, Lane::Unknown).is_err(), "what is attacked waits");
}

#[test]
fn tries_of_others_on_a_shared_network_close_no_recovery_code() {
    let shared = network("192.0.2.1");
    let theirs = tallies(guest(), FactorKind::RecoveryCode, None, Lane::Known, shared);
    let own = tallies(GuestId::new(START, &SystemRandom), FactorKind::RecoveryCode, None, Lane::Known, shared);
    assert!(theirs.iter().all(|key| !own.contains(key)));
    let (spent, now) = tried(&theirs, 11);
    assert!(count_try(&spent, now).is_err(), "whoever tries waits");
}

#[test]
fn a_day_of_guessing_gives_few_tries() {
    let keys = [TallyKey::Factor(FactorId::new(START, &SystemRandom), Lane::Unknown)];
    let count = (1..).find(|count| tried(&keys, *count).1 >= START.plus(seconds(86_400))).unwrap();
    assert!((20..=36).contains(&count), "{count}");
}

#[test]
fn success_empties_all_but_the_network() {
    let guest = guest();
    let keys = tallies(guest, FactorKind::MailedCode, None, Lane::Known, network("192.0.2.1"));
    let kept: Vec<_> = keys.iter().filter(|key| !key.ends_with_success()).collect();
    assert_eq!(kept, [&TallyKey::Network(network("192.0.2.1"))]);
}

#[test]
fn a_network_is_what_one_subscriber_has() {
    assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
    assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    assert_eq!(TallyKey::Network(network("2001:db8:1:2::1")).to_text(), "network:2001:db8:1:2::");
}

#[test]
fn keys_of_rows_differ_where_keys_do() {
    let guest = guest();
    let factor = FactorId::from_uuid(uuid::Uuid::from_bytes(*guest.as_bytes()));
    let mut texts = Vec::new();
    for lane in [Lane::Known, Lane::Unknown] {
        texts.push(TallyKey::Factor(factor, lane).to_text());
        texts.push(TallyKey::Account(guest, lane).to_text());
        texts.push(TallyKey::Recovery(guest, lane, network("2001:db8:1111:2222::1")).to_text());
        texts.push(TallyKey::Address([u8::from(lane == Lane::Known); 32]).to_text());
        texts.extend(FactorKind::ALL.map(|kind| TallyKey::Kind(guest, kind, lane).to_text()));
    }
    assert!(texts.iter().all(|text| text.len() <= 96));
    let count = texts.len();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), count);
}

proptest! {
    #[test]
    fn no_wait_is_longer_than_its_limit_says(level: u32, micros in 0_i64..4_000_000_000_000_000) {
        let now = Timestamp::from_micros(micros);
        for limit in [Limit::FACTOR, Limit::RECOVERY, Limit::ACCOUNT, Limit::NETWORK, Limit::ADDRESS] {
            let until = limit.opens_at(&Tally { level, last_at: now }, now);
            prop_assert!(until.is_none_or(|until| until.since(now) <= limit.longest_wait));
            prop_assert_eq!(until.is_some(), level >= limit.free);
        }
    }
}
