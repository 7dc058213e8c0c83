//! Rows on their way out of a database, the same for both. A row is read from its first column to its
//! last; what it cannot mean is a contradiction that names table, column and row.

use rusqlite::types::Value as Cell;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::base::clock::Timestamp;
use crate::domain::mail::MailAddress;
use crate::domain::sessions::HandleHash;
use crate::domain::store::StoreError;
use crate::store::sqlite::Cells;

/// A row of either database.
pub(super) enum Row {
    Sqlite(Cells),
    Postgres(PgRow),
}

/// A column is missing or of another type.
struct Unfit;

/// Reads the columns of a row one after another.
pub(super) struct Columns<'row> {
    row: &'row Row,
    at: usize,
    table: &'static str,
    id: String,
}

/// A domain value that is read from the next columns.
pub(super) trait FromColumns: Sized {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError>;
}

impl Row {
    /// Starts reading what belongs to `table`.
    pub(super) const fn columns(&self, table: &'static str) -> Columns<'_> {
        Columns { row: self, at: 0, table, id: String::new() }
    }

    /// Reads the whole row as one value of `table`.
    pub(super) fn read<T: FromColumns>(&self, table: &'static str) -> Result<T, StoreError> {
        T::from_columns(&mut self.columns(table))
    }

    fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, Unfit> {
        match self {
            Self::Sqlite(cells) => match cells.get(at) {
                Some(Cell::Blob(bytes)) => Ok(Some(bytes.clone())),
                Some(Cell::Null) => Ok(None),
                _ => Err(Unfit),
            },
            Self::Postgres(row) => row.try_get(at).map_err(|_| Unfit),
        }
    }

    fn text(&self, at: usize) -> Result<Option<String>, Unfit> {
        match self {
            Self::Sqlite(cells) => match cells.get(at) {
                Some(Cell::Text(text)) => Ok(Some(text.clone())),
                Some(Cell::Null) => Ok(None),
                _ => Err(Unfit),
            },
            Self::Postgres(row) => row.try_get(at).map_err(|_| Unfit),
        }
    }

    fn int(&self, at: usize) -> Result<Option<i64>, Unfit> {
        match self {
            Self::Sqlite(cells) => match cells.get(at) {
                Some(Cell::Integer(number)) => Ok(Some(*number)),
                Some(Cell::Null) => Ok(None),
                _ => Err(Unfit),
            },
            Self::Postgres(row) => row.try_get(at).map_err(|_| Unfit),
        }
    }

    /// Whether the column holds nothing.
    fn is_null(&self, at: usize) -> bool {
        match self {
            Self::Sqlite(cells) => matches!(cells.get(at), Some(Cell::Null)),
            Self::Postgres(row) => row.try_get_raw(at).is_ok_and(|value| sqlx::ValueRef::is_null(&value)),
        }
    }
}

impl Columns<'_> {
    /// Goes on with the columns of another table.
    pub(super) fn enter(&mut self, table: &'static str) {
        self.table = table;
        self.id.clear();
    }

    /// The contradiction in `column` of the row being read.
    pub(super) fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt { table: self.table, column, row: self.id.clone() }
    }

    /// The id of the row being read, which later contradictions name.
    pub(super) fn key(&mut self) -> Result<Uuid, StoreError> {
        let id = self.uuid("id")?;
        self.id = id.hyphenated().to_string();
        Ok(id)
    }

    /// Passes over columns that say nothing of this row.
    pub(super) const fn pass(&mut self, width: usize) {
        self.at += width;
    }

    /// A value whose first column is never null, or nothing where a join found no row: then its `width`
    /// columns are passed over.
    pub(super) fn joined<T: FromColumns>(&mut self, width: usize) -> Result<Option<T>, StoreError> {
        if self.row.is_null(self.at) {
            self.at += width;
            return Ok(None);
        }
        T::from_columns(self).map(Some)
    }

    pub(super) fn optional_bytes(&mut self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.row.bytes(self.at).map_err(|_| self.corrupt(column))?;
        self.at += 1;
        Ok(value)
    }

    pub(super) fn optional_text(&mut self, column: &'static str) -> Result<Option<String>, StoreError> {
        let value = self.row.text(self.at).map_err(|_| self.corrupt(column))?;
        self.at += 1;
        Ok(value)
    }

    pub(super) fn optional_int(&mut self, column: &'static str) -> Result<Option<i64>, StoreError> {
        let value = self.row.int(self.at).map_err(|_| self.corrupt(column))?;
        self.at += 1;
        Ok(value)
    }

    pub(super) fn bytes(&mut self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        self.optional_bytes(column)?.ok_or_else(|| self.corrupt(column))
    }

    pub(super) fn text(&mut self, column: &'static str) -> Result<String, StoreError> {
        self.optional_text(column)?.ok_or_else(|| self.corrupt(column))
    }

    pub(super) fn int(&mut self, column: &'static str) -> Result<i64, StoreError> {
        self.optional_int(column)?.ok_or_else(|| self.corrupt(column))
    }

    pub(super) fn time(&mut self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.int(column).map(Timestamp::from_micros)
    }

    pub(super) fn optional_time(&mut self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.optional_int(column)?.map(Timestamp::from_micros))
    }

    pub(super) fn flag(&mut self, column: &'static str) -> Result<bool, StoreError> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.corrupt(column)),
        }
    }

    pub(super) fn uuid(&mut self, column: &'static str) -> Result<Uuid, StoreError> {
        self.optional_uuid(column)?.ok_or_else(|| self.corrupt(column))
    }

    pub(super) fn optional_uuid(&mut self, column: &'static str) -> Result<Option<Uuid>, StoreError> {
        let bytes = self.optional_bytes(column)?;
        bytes.map(|bytes| Uuid::from_slice(&bytes).map_err(|_| self.corrupt(column))).transpose()
    }

    pub(super) fn handle(&mut self, column: &'static str) -> Result<HandleHash, StoreError> {
        self.digest(column).map(HandleHash::from_bytes)
    }

    /// A hash or HMAC.
    pub(super) fn digest(&mut self, column: &'static str) -> Result<[u8; 32], StoreError> {
        self.bytes(column)?.try_into().map_err(|_| self.corrupt(column))
    }

    pub(super) fn optional_mail(&mut self, column: &'static str) -> Result<Option<MailAddress>, StoreError> {
        let text = self.optional_text(column)?;
        text.map(|text| MailAddress::parse(&text).map_err(|_| self.corrupt(column))).transpose()
    }

    /// A word of an enum, by its table of names.
    pub(super) fn word<T: Copy>(&mut self, column: &'static str, table: &[(&str, T)]) -> Result<T, StoreError> {
        let text = self.text(column)?;
        let found = table.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        found.ok_or_else(|| self.corrupt(column))
    }

    /// A value kept as JSON.
    pub(super) fn json<T: serde::de::DeserializeOwned>(&mut self, column: &'static str) -> Result<T, StoreError> {
        let text = self.text(column)?;
        serde_json::from_str(&text).map_err(|_| self.corrupt(column))
    }

    pub(super) fn optional_json<T: serde::de::DeserializeOwned>(
        &mut self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let text = self.optional_text(column)?;
        text.map(|text| serde_json::from_str(&text).map_err(|_| self.corrupt(column))).transpose()
    }
}

/// The name of an enum's value in its table. Every value is in its table; a test of each aggregate
/// writes and reads them all.
pub(super) fn word_of<T: PartialEq>(table: &[(&'static str, T)], value: &T) -> &'static str {
    table.iter().find(|(_, known)| known == value).map_or("", |(name, _)| name)
}
