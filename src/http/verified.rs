//! What a verification of the audit has seen, as JSON and in words.

use serde_json::{Value, json};

use crate::domain::audit_chain::walk::ChainFault;
use crate::flows::audit_chain::verify::{Fault, HeadFault, Verified};

/// As JSON; of the faults the first hundred one by one.
#[must_use]
pub fn json(verified: &Verified) -> Value {
    let Verified { entries, nodes, heads, faults, told } = verified;
    json!({
        "holds": *faults == 0,
        "entries": entries,
        "nodes": nodes,
        "heads": heads,
        "faults": faults,
        "told": told.iter().map(fault_json).collect::<Value>(),
    })
}

fn fault_json(fault: &Fault) -> Value {
    let (node, sequence, serial) = match fault {
        Fault::Entry { node, sequence, .. } => (Some(node), Some(sequence), None),
        Fault::Head { node, sequence, serial, .. } => (Some(node), Some(sequence), Some(serial)),
        Fault::NoHeads => (None, None, None),
    };
    json!({ "fault": name(fault), "node": node, "sequence": sequence, "head": serial, "text": sentence(fault) })
}

const fn name(fault: &Fault) -> &'static str {
    match fault {
        Fault::Entry { fault, .. } => match fault {
            ChainFault::Altered(_) => "altered",
            ChainFault::Changed => "changed",
            ChainFault::Removed { .. } => "removed",
            ChainFault::OutOfPlace => "out_of_place",
            ChainFault::Unlinked => "unlinked",
            ChainFault::Missing { .. } => "missing",
            ChainFault::NotAsSigned { .. } => "not_as_signed",
        },
        Fault::Head { fault, .. } => match fault {
            HeadFault::NotSigned => "head_not_signed",
            HeadFault::Removed { .. } => "head_removed",
            HeadFault::OutOfPlace => "head_out_of_place",
            HeadFault::NotKept => "head_not_kept",
        },
        Fault::NoHeads => "no_heads",
    }
}

/// What is wrong, in words.
#[must_use]
pub fn sentence(fault: &Fault) -> String {
    match fault {
        Fault::Entry { node, sequence, fault } => {
            format!("entry {sequence} of node `{node}` {}", of_entry(*fault))
        }
        Fault::Head { serial, node, sequence, fault } => {
            let what = match fault {
                HeadFault::NotSigned => "is not signed by a key of this installation".to_owned(),
                HeadFault::Removed { count } => format!("stands behind {count} that were removed"),
                HeadFault::OutOfPlace => "does not follow the one before it".to_owned(),
                HeadFault::NotKept => "was kept elsewhere and is not here, or another one is".to_owned(),
            };
            format!("head {serial}, over entry {sequence} of node `{node}`, {what}")
        }
        Fault::NoHeads => "there are entries and no head: all of them were removed".to_owned(),
    }
}

fn of_entry(fault: ChainFault) -> String {
    match fault {
        ChainFault::Altered("canonical") => "was changed: its canonical bytes are unreadable".to_owned(),
        ChainFault::Altered(column) => {
            format!("was changed: its column `{column}` says something else than its canonical bytes")
        }
        ChainFault::Changed => "was changed: it does not fit its link".to_owned(),
        ChainFault::Removed { count: 1 } => "stands behind one of its chain that was removed".to_owned(),
        ChainFault::Removed { count } => format!("stands behind {count} of its chain that were removed"),
        ChainFault::OutOfPlace => "was put in or moved: its place in its chain is another".to_owned(),
        ChainFault::Unlinked => "was put in: it has no link, and is none of those from before the chains".to_owned(),
        ChainFault::Missing { signed_at } => {
            format!("was removed: a head was signed over it at {}", signed_at.to_rfc3339_millis())
        }
        ChainFault::NotAsSigned { signed_at } => {
            format!(
                "is not the one, or not as it was, when a head was signed over it at {}",
                signed_at.to_rfc3339_millis()
            )
        }
    }
}
