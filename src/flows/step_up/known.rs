//! Which guests have passed a second factor in this browser: a sealed cookie, by which the tries of a
//! stranger elsewhere never make the owner wait here. It opens nothing.

use crate::base::binary::{BinaryError, Reader, Writer};
use crate::base::encoding::{base64url, from_base64url};
use crate::base::sealing::Purpose;
use crate::domain::factors::limits::Lane;
use crate::domain::guests::GuestId;
use crate::flows::next::CookieChange;

use super::Act;

const PLACE: &[u8] = b"known-browser";
const FORMAT: u8 = 1;
/// How many guests one browser remembers; the one that was there longest ago gives way.
const MAX_GUESTS: usize = 8;

/// In which lane this browser's tries of a guest's factors count.
pub(super) fn lane(act: Act<'_>, guest: GuestId) -> Lane {
    if remembered(act).contains(&guest) { Lane::Known } else { Lane::Unknown }
}

/// The cookie with `guest` in it; nothing changes where it cannot be sealed.
pub(super) fn remember(act: Act<'_>, guest: GuestId) -> Option<CookieChange> {
    let others = remembered(act).into_iter().filter(|known| *known != guest);
    let guests: Vec<GuestId> = std::iter::once(guest).chain(others).take(MAX_GUESTS).collect();
    let services = act.services;
    let sealed = services.sealer.seal(services.random.as_ref(), Purpose::KnownBrowser, PLACE, &write(&guests));
    sealed.ok().map(|sealed| CookieChange::SetKnown(base64url(sealed)))
}

fn remembered(act: Act<'_>) -> Vec<GuestId> {
    let sealed = act.visitor.known.as_deref().and_then(from_base64url);
    let plain = sealed.and_then(|sealed| act.services.sealer.open(Purpose::KnownBrowser, PLACE, &sealed).ok());
    plain.and_then(|plain| read(&plain).ok()).unwrap_or_default()
}

fn write(guests: &[GuestId]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.byte(FORMAT);
    guests.iter().for_each(|guest| {
        writer.byte(1).fixed(guest.as_bytes());
    });
    writer.byte(0);
    writer.finish()
}

fn read(bytes: &[u8]) -> Result<Vec<GuestId>, BinaryError> {
    let mut reader = Reader::new(bytes);
    if reader.byte()? != FORMAT {
        return Err(BinaryError);
    }
    let mut guests = Vec::new();
    while reader.byte()? == 1 {
        let uuid = uuid::Uuid::from_slice(reader.fixed(16)?).map_err(|_| BinaryError)?;
        guests.push(GuestId::from_uuid(uuid));
    }
    reader.finish()?;
    Ok(guests)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Timestamp;
    use crate::base::random::SystemRandom;

    #[test]
    fn guests_are_read_as_they_were_written_and_cut_lists_are_refused() {
        let now = Timestamp::from_seconds(1_790_000_000);
        for count in [0, 1, MAX_GUESTS] {
            let guests: Vec<GuestId> = (0..count).map(|_| GuestId::new(now, &SystemRandom)).collect();
            let bytes = write(&guests);
            assert_eq!(read(&bytes), Ok(guests));
            for end in 0..bytes.len() {
                assert_eq!(read(&bytes[..end]), Err(BinaryError), "{end}");
            }
        }
    }
}
