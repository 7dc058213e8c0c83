//! Where the mails of a gateway under test arrive.

use std::sync::Mutex;

use async_trait::async_trait;
use entente::outbound::mail::{Handed, MailFault, Mailer, Message};

/// Keeps what is sent, or refuses it.
#[derive(Default)]
pub struct Mailbox {
    messages: Mutex<Vec<Message>>,
    fault: Mutex<Option<MailFault>>,
}

impl Mailbox {
    /// Everything that was sent to `address`, oldest first.
    #[allow(dead_code, reason = "for the tests alone: the bench shares this folder")]
    pub fn to(&self, address: &str) -> Vec<Message> {
        let messages = self.messages.lock().unwrap();
        messages.iter().filter(|message| message.to.as_str() == address).cloned().collect()
    }

    /// The code in the last mail to `address`.
    #[allow(dead_code, reason = "for the tests alone: the bench shares this folder")]
    pub fn code(&self, address: &str) -> String {
        let last = self.to(address).pop().unwrap();
        let is_code = |line: &&str| line.starts_with("    ") && line.chars().any(|c| c.is_ascii_digit());
        last.text.lines().find(is_code).unwrap().split_whitespace().collect()
    }

    /// From now on mail fails like that; or goes again.
    #[allow(dead_code, reason = "for the tests alone: the bench shares this folder")]
    pub fn fail(&self, fault: Option<MailFault>) {
        *self.fault.lock().unwrap() = fault;
    }
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, message: &Message) -> Result<Handed, MailFault> {
        if let Some(fault) = *self.fault.lock().unwrap() {
            return Err(fault);
        }
        self.messages.lock().unwrap().push(message.clone());
        Ok(Handed::Whole)
    }
}
