//! Hostile documents against the real assertion consumer service. Each is made from a good one by
//! changing one thing, is refused with its own code and cause, and has spent nothing; its twin, in which
//! that one thing is right, is accepted through the same door.
//!
//! [`attack`] says what an attack is, [`forge`] makes documents, [`range`] tries them; the families each
//! have a file, and `TABLE.md` is their table. [`holes`] lists the published faults of other kinds.

mod algorithms;
mod assertions;
mod attack;
mod audiences;
mod encodings;
mod encrypted;
mod entities;
mod foreign_keys;
mod forge;
mod forms;
mod holes;
mod identifiers;
mod issuers;
mod markup;
mod other_messages;
mod panics;
mod parsing;
mod parts;
mod places;
mod presenters;
mod published;
mod range;
mod references;
mod replays;
mod requests;
mod rows;
mod sizes;
mod statuses;
mod stripping;
mod subjects;
mod table;
mod tampering;
mod times;
mod transforms;
mod walks;
mod wrapping;

use attack::Family;
use range::Range;

use crate::support::stores::Backend;

/// Every family.
fn families() -> Vec<Family> {
    vec![
        wrapping::family(),
        assertions::family(),
        identifiers::family(),
        stripping::family(),
        parts::family(),
        places::family(),
        tampering::family(),
        references::family(),
        transforms::family(),
        algorithms::family(),
        foreign_keys::family(),
        markup::family(),
        entities::family(),
        parsing::family(),
        encodings::family(),
        sizes::family(),
        other_messages::family(),
        encrypted::family(),
        forms::family(),
        requests::family(),
        issuers::family(),
        presenters::family(),
        audiences::family(),
        times::family(),
        subjects::family(),
        statuses::family(),
        replays::family(),
    ]
}

/// Tries every attack of some families at one gateway.
async fn try_all(backend: Backend, families: Vec<Family>) {
    let range = Range::open(backend).await;
    for attack in families.iter().flat_map(|family| &family.attacks) {
        range.try_out(attack).await;
    }
}

/// A test for each family, on SQLite.
macro_rules! on_sqlite {
    ($($name:ident: $family:expr;)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                try_all(Backend::Sqlite, vec![$family]).await;
            }
        )+
    };
}

on_sqlite! {
    wrapping_is_refused: wrapping::family();
    every_number_of_assertions_but_one_is_refused: assertions::family();
    duplicate_and_moved_identifiers_are_refused: identifiers::family();
    stripped_signatures_are_refused: stripping::family();
    signatures_of_another_shape_are_refused: parts::family();
    signatures_at_odd_places_are_refused: places::family();
    what_was_changed_after_signing_is_refused: tampering::family();
    references_elsewhere_are_refused: references::family();
    transforms_outside_the_profile_are_refused: transforms::family();
    algorithms_outside_the_profile_are_refused: algorithms::family();
    foreign_keys_are_refused: foreign_keys::family();
    comments_and_instructions_are_refused: markup::family();
    document_types_and_entities_are_refused: entities::family();
    malformed_documents_are_refused: parsing::family();
    other_encodings_are_refused: encodings::family();
    documents_beyond_the_limits_are_refused: sizes::family();
    other_messages_are_refused: other_messages::family();
    encrypted_parts_are_refused: encrypted::family();
    forms_that_are_not_plain_are_refused: forms::family();
    answers_to_other_requests_are_refused: requests::family();
    answers_of_other_issuers_are_refused: issuers::family();
    answers_for_other_presenters_and_places_are_refused: presenters::family();
    answers_for_other_audiences_are_refused: audiences::family();
    answers_out_of_their_time_are_refused: times::family();
    subjects_that_do_not_last_are_refused: subjects::family();
    statuses_other_than_success_are_refused: statuses::family();
    what_was_spent_is_refused: replays::family();
}

/// The first attack of each family on the other database.
#[tokio::test]
async fn the_first_attack_of_each_family_is_refused_on_postgres() {
    if !crate::support::stores::is_there(Backend::Postgres) {
        return;
    }
    let mut families = families();
    families.iter_mut().for_each(|family| family.attacks.truncate(1));
    try_all(Backend::Postgres, families).await;
}
