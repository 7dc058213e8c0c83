//! The name of this process among the nodes of one installation.

use crate::base::encoding::hex;
use crate::base::random::Random;

/// The longest part that is taken from the name of the host. **Units**: bytes.
const MAX_HOST: usize = 48;

/// Host, process and four random bytes: another for each process, also where containers share both
/// name and number.
pub(super) fn name(random: &dyn Random) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let host: String = host.trim().chars().filter(plain).take(MAX_HOST).collect();
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    let host = if host.is_empty() { "node" } else { &host };
    format!("{host}-{}-{}", std::process::id(), hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemRandom;

    #[test]
    fn two_nodes_of_one_process_have_two_names() {
        let names = [name(&SystemRandom), name(&SystemRandom)];
        assert_ne!(names[0], names[1]);
        let process = format!("-{}-", std::process::id());
        assert!(names.iter().all(|name| name.contains(&process) && name.len() < 80), "{names:?}");
    }
}
