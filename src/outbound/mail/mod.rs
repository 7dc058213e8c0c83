//! Mail: a message to one person, and the ways it can go.
//!
//! Addresses and all else that reaches a header are types of their own, so that nothing which was typed can
//! become a header. Whoever sends waits for the answer of the server, and holds no transaction while
//! waiting. Start reading at [`Mailer`].

mod compose;
pub mod fault;
pub mod line;
pub mod message;
pub mod outbox;
pub mod smtp;

use async_trait::async_trait;

pub use fault::MailFault;
pub use line::{LanguageTag, Line, Unsubscribe};
pub use message::{Address, Message, MessageId, Patience, Sender};

/// What the next server on its way has taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// The message, for all who are to get it.
    Whole,
    /// The message, but not for the one who was to get a copy.
    WithoutCopy {
        /// The reply code.
        reply: u16,
    },
}

/// A way to send mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one message and says whether the next server on its way has taken it over.
    ///
    /// # Errors
    /// [`MailFault`]; nothing of the message is in it.
    async fn send(&self, message: &Message) -> Result<Handed, MailFault>;
}
