//! Where the mails of a gateway under test arrive.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use entente::outbound::mail::{Handed, MailFault, Mailer, Message};
use tokio::sync::Notify;

/// Keeps what is sent, or refuses it.
#[derive(Default)]
pub struct Mailbox {
    messages: Mutex<Vec<Message>>,
    fault: Mutex<Option<MailFault>>,
    came: Notify,
}

impl Mailbox {
    /// Everything that was sent to `address`, oldest first.
    #[allow(dead_code, reason = "for the tests alone: the bench shares this folder")]
    pub fn to(&self, address: &str) -> Vec<Message> {
        let messages = self.messages.lock().unwrap();
        messages.iter().filter(|message| message.to.as_str() == address).cloned().collect()
    }

    /// Waits until as many mails have come to `address`, which go out beside the answers.
    #[allow(dead_code, reason = "for the tests alone: the bench shares this folder")]
    pub async fn wait(&self, address: &str, count: usize) {
        let all = async {
            loop {
                let came = self.came.notified();
                if self.to(address).len() >= count {
                    break;
                }
                came.await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), all).await;
        assert!(waited.is_ok(), "{} mails came to {address}, and not {count}", self.to(address).len());
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
        self.came.notify_waiters();
        Ok(Handed::Whole)
    }
}
