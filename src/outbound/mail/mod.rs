//! Mail: a message to one person, and the ways it can go.
//!
//! An address is a type of its own and a subject is one line, so that nothing which was typed can
//! become a header. Whoever sends waits for the answer of the server, and holds no transaction while
//! waiting. Start reading at [`Mailer`].

pub mod fault;
pub mod message;
pub mod outbox;
pub mod smtp;

use async_trait::async_trait;

pub use fault::MailFault;
pub use message::{Address, Message, Sender};

/// A way to send mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one message and says whether the next server on its way has taken it over.
    ///
    /// # Errors
    /// [`MailFault`]; nothing of the message is in it.
    async fn send(&self, message: &Message) -> Result<(), MailFault>;
}
