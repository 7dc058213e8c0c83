//! Statements that travel to SQLite's thread together. Each journey there and back costs more than the
//! statement itself, so writes that need no answer wait for the next statement that does.

use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, Executor as _, SqlSafeStr as _, SqlStr};

use crate::store::sql::Statement;
use crate::store::value::Value;

/// Statements in the order in which they will run.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// A lone statement, which needs no text of its own.
    lone: Option<&'static str>,
    /// Several statements.
    text: String,
    values: Vec<Value>,
}

impl Batch {
    pub(super) const fn is_empty(&self) -> bool {
        self.lone.is_none() && self.text.is_empty()
    }

    /// Adds a statement without values, as `begin immediate` is.
    pub(super) fn word(&mut self, statement: &'static str) {
        self.append(statement, Vec::new());
    }

    /// Adds a statement of the registry.
    pub(super) fn add(&mut self, statement: &'static Statement, values: Vec<Value>) {
        self.append(statement.sqlite, values);
    }

    /// Adds everything of another batch.
    pub(super) fn extend(&mut self, other: Self) {
        match other.lone {
            Some(statement) => self.append(statement, other.values),
            None if self.is_empty() => *self = other,
            None => self.append_text(&other.text, other.values),
        }
    }

    /// Runs all of it; the rows are those of all its statements.
    pub(super) async fn run(self, connection: &mut SqliteConnection) -> Result<Vec<SqliteRow>, sqlx::Error> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let text: SqlStr = match self.lone {
            Some(statement) => statement.into_sql_str(),
            // Made of statements of the registry and of numbers alone.
            None => AssertSqlSafe(self.text).into_sql_str(),
        };
        let mut arguments = SqliteArguments::default();
        arguments.reserve(self.values.len(), 0);
        for value in self.values {
            match value {
                Value::Text(text) => arguments.add(text),
                Value::Int(number) => arguments.add(number),
                Value::Bytes(bytes) => arguments.add(bytes),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        connection.fetch_all(sqlx::query_with(text, arguments)).await
    }

    fn append(&mut self, statement: &'static str, values: Vec<Value>) {
        if self.is_empty() {
            self.lone = Some(statement);
            self.values = values;
        } else {
            self.append_text(statement, values);
        }
    }

    fn append_text(&mut self, statements: &str, values: Vec<Value>) {
        if let Some(lone) = self.lone.take() {
            lone.clone_into(&mut self.text);
        }
        self.text.reserve(statements.len() + 16);
        self.text.push_str(";\n");
        renumber(&mut self.text, statements, self.values.len());
        self.values.extend(values);
    }
}

/// Appends `statement` with each placeholder `$n` as `$(n + offset)`.
fn renumber(text: &mut String, statement: &str, offset: usize) {
    let mut parts = statement.split('$');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = part[..digits].parse().unwrap_or_default();
        text.push('$');
        text.push_str(&(number + offset).to_string());
        text.push_str(&part[digits..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static ADD: Statement = Statement { name: "ADD", sqlite: "insert into t values ($1, $2)", postgres: "" };

    #[test]
    fn placeholders_of_later_statements_are_moved_on() {
        let one = |text: &str| Value::Text(Some(text.to_owned()));
        let mut queued = Batch::default();
        queued.add(&ADD, vec![one("a"), one("b")]);
        queued.add(&ADD, vec![one("c"), one("d")]);
        let mut batch = Batch::default();
        batch.word("begin immediate");
        batch.add(&ADD, vec![one("y"), one("z")]);
        batch.extend(queued);
        assert_eq!(
            batch.text,
            "begin immediate;\ninsert into t values ($1, $2);\ninsert into t values ($3, $4);\n\
             insert into t values ($5, $6)"
        );
        assert_eq!(batch.values, ["y", "z", "a", "b", "c", "d"].map(one));
    }

    #[test]
    fn a_lone_statement_keeps_its_own_text() {
        let mut queued = Batch::default();
        queued.add(&ADD, vec![Value::Int(None), Value::Int(None)]);
        let mut batch = Batch::default();
        batch.extend(queued);
        assert_eq!((batch.lone, batch.text.as_str()), (Some(ADD.sqlite), ""));
    }
}
