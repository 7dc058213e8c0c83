//! Why rules are refused, and where.

use super::expression::ExpressionError;
use super::names::NameError;
use super::transforms::ReplaceError;

/// The most rules of one app.
pub const MAX_RULES: usize = 64;

/// The most conditions of one rule.
pub const MAX_CONDITIONS: usize = 32;

/// The most groups that the conditions of one app name.
pub const MAX_CONDITION_GROUPS: usize = 50;

/// The most transformations of one value.
pub const MAX_TRANSFORMS: usize = 2;

/// The longest text that a rule gives. **Units**: bytes.
pub const MAX_TEXT: usize = 1024;

/// A fault of the rules of one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFault {
    /// Which rule, from 0; absent where it is of all together.
    pub rule: Option<usize>,
    /// Which of its conditions, from 0; absent where it is of the rule itself.
    pub condition: Option<usize>,
    /// What is wrong.
    pub error: ClaimError,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// Too many rules.
    #[error("an app has at most {MAX_RULES} claims")]
    TooManyRules,
    /// Too many conditions.
    #[error("a claim has at most {MAX_CONDITIONS} conditions")]
    TooManyConditions,
    /// Too many groups.
    #[error("the claims of an app name at most {MAX_CONDITION_GROUPS} groups")]
    TooManyGroups,
    /// Too many transformations.
    #[error("a claim has at most {MAX_TRANSFORMS} transformations; write an `expression` instead")]
    TooManyTransforms,
    /// A rule that gives nothing.
    #[error("needs one of `source`, `value` and `expression`, or `conditions`")]
    Empty,
    /// A name that another rule has.
    #[error("another claim is called `{0}` too; put the cases of one claim into its `conditions`")]
    NameTwice(String),
    /// A name that is refused.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A text that is empty, too long, or holds control characters.
    #[error("a text that is sent or looked for is 1 to {MAX_TEXT} bytes without control characters")]
    Text,
    /// An `extract` that takes everything.
    #[error("`extract` needs `after`, `before`, or both")]
    ExtractNothing,
    /// A transformation of what an expression gives.
    #[error("an `expression` is not transformed; it can do so itself")]
    TransformedExpression,
    /// A group that is not there.
    #[error("there is no group `{0}`")]
    UnknownGroup(String),
    /// A NameID whose Format says what its source is not.
    #[error(
        "`format` says what the source is not: `persistent` is for `user.pairwise_id` and `user.id`, `email` for `user.mail`"
    )]
    NameIdFormat,
    /// A NameID for an app that has none.
    #[error("`name_id` belongs to SAML; leave it out")]
    NameIdOfOidc,
    /// A regular expression.
    #[error("`regex_replace`: {0}")]
    Replace(#[from] ReplaceError),
    /// An expression.
    #[error("`expression`: {0}")]
    Expression(#[from] ExpressionError),
}

impl ClaimError {
    /// Whether it is of a name that leads nowhere.
    #[must_use]
    pub const fn is_lost_name(&self) -> bool {
        matches!(
            self,
            Self::UnknownGroup(_)
                | Self::Expression(ExpressionError::UnknownGroup(_) | ExpressionError::UnknownPartner(_))
        )
    }
}
