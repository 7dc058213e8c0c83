//! Why a mail could not be handed over.

/// Why a mail could not be handed over. None of it names a person: what a server says in words often
/// repeats the address, so only the number of its reply is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// The server refuses this message for good (RFC 5321 4.2.1, 5yz): sending it again is no use.
    #[error("the mail server refuses the message (reply {reply})")]
    Refused {
        /// The reply code.
        reply: u16,
    },
    /// The server refuses it at the moment (4yz): it may be sent again later.
    #[error("the mail server takes no message at the moment (reply {reply})")]
    Deferred {
        /// The reply code.
        reply: u16,
    },
    /// The server greets us with a refusal (5yz), whatever the message: it may be sent again when it serves us.
    #[error("the mail server does not serve us (reply {reply})")]
    TurnedAway {
        /// The reply code.
        reply: u16,
    },
    /// No server, no whole answer, or not in time. Whether the message arrived is not known.
    #[error("the mail server gives no answer")]
    Unreachable,
    /// The connection cannot be encrypted, or the certificate is not that of the server.
    #[error("the connection to the mail server cannot be secured")]
    Insecure,
    /// The server does not take our user name and password.
    #[error("the mail server refuses our user name and password")]
    LoginRefused,
    /// The folder of the outbox cannot be written.
    #[error("the outbox cannot be written: {0}")]
    OutboxUnwritable(std::io::ErrorKind),
    /// The message is no mail: a subject of several lines, a text that is too long.
    #[error("the message cannot be made a mail")]
    Malformed,
}

impl MailFault {
    /// The stable name, for audit, log and metrics.
    #[must_use]
    pub const fn cause(self) -> &'static str {
        match self {
            Self::Refused { .. } => "mail_refused",
            Self::Deferred { .. } => "mail_deferred",
            Self::TurnedAway { .. } => "mail_server_turned_us_away",
            Self::Unreachable => "mail_server_unreachable",
            Self::Insecure => "mail_server_insecure",
            Self::LoginRefused => "mail_login_refused",
            Self::OutboxUnwritable(_) => "mail_outbox_unwritable",
            Self::Malformed => "mail_malformed",
        }
    }
    /// Whether sending the same message again is no use.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Malformed)
    }

    /// Whether it is the trouble of the server or of our way to it, so that another message would fare alike.
    #[must_use]
    pub const fn is_of_server(self) -> bool {
        match self {
            // "Service not available, closing transmission channel" (RFC 5321 4.2.2).
            Self::Deferred { reply } => reply == 421,
            Self::TurnedAway { .. }
            | Self::Unreachable
            | Self::Insecure
            | Self::LoginRefused
            | Self::OutboxUnwritable(_) => true,
            Self::Refused { .. } | Self::Malformed => false,
        }
    }

    /// The reply code, where the server gave one.
    #[must_use]
    pub const fn reply(self) -> Option<u16> {
        match self {
            Self::Refused { reply } | Self::Deferred { reply } | Self::TurnedAway { reply } => Some(reply),
            _ => None,
        }
    }
}
