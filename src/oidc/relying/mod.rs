//! OpenID Connect on paper where we are the relying party: the provider's documents, our question,
//! its answer, and the checks that an ID token must pass.
//!
//! Invariant: nothing here fetches or reads a clock; what a token says is believed only after
//! [`judge`](id_token::judge) has verified it with a key of the provider's own document and the one
//! algorithm that our record fixes.
//!
//! Start reading at [`question`], then [`callback`] and [`id_token`]; [`logout_token`] stands for itself.

pub mod callback;
pub mod id_token;
pub mod logout_token;
pub mod provider;
pub mod question;
pub mod token_reply;
pub mod userinfo;

#[cfg(test)]
mod tests;
