//! The outbox: a folder in which every message becomes one `.eml` file, for this user alone to read.
//! Nothing leaves the machine; another program may send what lies there.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use super::compose::compose;
use super::fault::MailFault;
use super::message::{Message, Sender};
use super::{Handed, Mailer};
use crate::base::encoding::hex;
use crate::base::random::Random;

/// Writes messages into a folder.
pub struct Outbox {
    folder: PathBuf,
    sender: Sender,
    random: Arc<dyn Random>,
}

impl Outbox {
    /// An outbox in `folder`, which is made with the first message.
    #[must_use]
    pub const fn new(folder: PathBuf, sender: Sender, random: Arc<dyn Random>) -> Self {
        Self { folder, sender, random }
    }
}

#[async_trait]
impl Mailer for Outbox {
    async fn send(&self, message: &Message) -> Result<Handed, MailFault> {
        let mail = compose(&self.sender, message, self.random.as_ref())?.formatted();
        let mut suffix = [0; 8];
        self.random.fill(&mut suffix);
        // Files sort by time; the suffix keeps two of one microsecond apart.
        let name = format!("{:020}-{}", message.sent_at.micros(), hex(&suffix));
        let folder = self.folder.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &mail)).await;
        match written {
            Ok(Ok(())) => Ok(Handed::Whole),
            Ok(Err(error)) => Err(MailFault::OutboxUnwritable(error.kind())),
            // The task neither panics nor is it aborted but by the end of the process.
            Err(_) => Err(MailFault::OutboxUnwritable(io::ErrorKind::Interrupted)),
        }
    }
}

/// Writes a file whole or not at all: whoever looks for `.eml` never sees half of one.
fn write(folder: &Path, name: &str, mail: &[u8]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let draft = folder.join(format!(".{name}.new"));
    let written = write_draft(&draft, mail).and_then(|()| std::fs::rename(&draft, folder.join(format!("{name}.eml"))));
    if written.is_err() {
        // What became of the message is told before what became of its draft.
        let _ = std::fs::remove_file(&draft);
    }
    written?;
    File::open(folder)?.sync_all()
}

fn write_draft(draft: &Path, mail: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    file.write_all(mail)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::base::clock::Timestamp;
    use crate::base::random::SystemRandom;
    use crate::outbound::mail::{Address, Line};

    fn outbox(folder: &Path) -> Outbox {
        let sender = Sender { address: Address::parse("no-reply@contoso.example").unwrap(), name: None };
        Outbox::new(folder.to_owned(), sender, Arc::new(SystemRandom))
    }

    fn message(text: &str) -> Message {
        let to = Address::parse("ana@fabrikam.example").unwrap();
        let sent_at = Timestamp::from_seconds(1_790_000_000);
        Message::plain(to, Line::parse("Your code").unwrap(), text.to_owned(), sent_at)
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    #[tokio::test]
    async fn each_message_becomes_one_file_for_this_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/outbox");
        let outbox = outbox(&path);
        for text in ["first", "second"] {
            outbox.send(&message(text)).await.unwrap();
        }
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let found = files(&path);
        assert_eq!(found.len(), 2);
        assert_eq!(mode(&path), 0o700);
        for file in found {
            assert_eq!((file.extension().unwrap().to_str(), mode(&file)), (Some("eml"), 0o600));
            assert!(std::fs::read_to_string(&file).unwrap().contains("To: ana@fabrikam.example\r\n"));
        }
    }

    #[tokio::test]
    async fn a_message_that_is_no_mail_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let refused = outbox(folder.path()).send(&message("a\rb")).await;
        assert_eq!(refused, Err(MailFault::Malformed));
        assert!(files(folder.path()).is_empty());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("file");
        std::fs::write(&taken, "x").unwrap();
        let refused = outbox(&taken.join("outbox")).send(&message("x")).await;
        assert_eq!(refused, Err(MailFault::OutboxUnwritable(io::ErrorKind::NotADirectory)));
        assert_eq!(refused.unwrap_err().cause(), "mail_outbox_unwritable");
    }
}
