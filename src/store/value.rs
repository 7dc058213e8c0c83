//! Values on their way into a statement, the same for both databases. An absent value keeps its type,
//! since PostgreSQL wants to know it.

use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::attempts::AttemptId;
use crate::domain::audit::AuditId;
use crate::domain::bulk::job::BulkJobId;
use crate::domain::bulk::upload::UploadId;
use crate::domain::factors::FactorId;
use crate::domain::factors::codes::{MailedCodeId, RecoveryCodeId};
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;
use crate::domain::invitations::InvitationId;
use crate::domain::mails::MailId;
use crate::domain::partners::PartnerId;
use crate::domain::policy::facts::AppGroupId;
use crate::domain::policy::named_locations::LocationId;
use crate::domain::policy::object::PolicyId;
use crate::domain::policy::strengths::StrengthId;
use crate::domain::sessions::{CodeId, HandleHash, SessionId};
use crate::keys::signing::KeyId;

/// One value, owned by the statement that it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
}

/// What can be bound.
pub(super) trait ToValue {
    fn to_value(self) -> Value;
    /// The absent value of this type.
    fn absent() -> Value;
}

/// The values of a statement, in the order of its placeholders.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::value::ToValue::to_value($value)),*] };
}
pub(super) use values;

macro_rules! to_value {
    ($variant:ident: $($kind:ty => |$value:ident| $convert:expr),* $(,)?) => {$(
        impl ToValue for $kind {
            fn to_value(self) -> Value {
                let $value = self;
                Value::$variant(Some($convert))
            }
            fn absent() -> Value {
                Value::$variant(None)
            }
        }
    )*};
}

to_value!(Text: String => |text| text, &str => |text| text.to_owned());
to_value!(Int:
    i64 => |number| number,
    u32 => |number| i64::from(number),
    u8 => |number| i64::from(number),
    bool => |flag| i64::from(flag),
    Timestamp => |time| time.micros(),
);
to_value!(Bytes:
    Vec<u8> => |bytes| bytes,
    &[u8] => |bytes| bytes.to_vec(),
    &HandleHash => |hash| hash.as_bytes().to_vec(),
    uuid::Uuid => |id| id.as_bytes().to_vec(),
    PartnerId => |id| id.as_bytes().to_vec(),
    AppId => |id| id.as_bytes().to_vec(),
    GuestId => |id| id.as_bytes().to_vec(),
    GroupId => |id| id.as_bytes().to_vec(),
    SessionId => |id| id.as_bytes().to_vec(),
    CodeId => |id| id.as_bytes().to_vec(),
    AttemptId => |id| id.as_bytes().to_vec(),
    AuditId => |id| id.as_bytes().to_vec(),
    BulkJobId => |id| id.as_bytes().to_vec(),
    UploadId => |id| id.as_bytes().to_vec(),
    KeyId => |id| id.as_bytes().to_vec(),
    FactorId => |id| id.as_bytes().to_vec(),
    RecoveryCodeId => |id| id.as_bytes().to_vec(),
    MailedCodeId => |id| id.as_bytes().to_vec(),
    PolicyId => |id| id.as_bytes().to_vec(),
    LocationId => |id| id.as_bytes().to_vec(),
    StrengthId => |id| id.as_bytes().to_vec(),
    MailId => |id| id.as_bytes().to_vec(),
    AppGroupId => |id| id.as_bytes().to_vec(),
    InvitationId => |id| id.as_bytes().to_vec(),
);

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(self) -> Value {
        self.map_or_else(T::absent, T::to_value)
    }
    fn absent() -> Value {
        T::absent()
    }
}
