//! One statement on one connection: prepared once, kept, bound, run to its end.

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, Error};

use crate::store::value::Value;

/// How many prepared statements a connection keeps: more than the registry has.
pub(super) const KEPT_STATEMENTS: usize = 256;

/// A row, copied out.
pub(in crate::store) type Cells = Vec<Cell>;

/// Runs a statement and gives all its rows. One that writes and returns none gives an empty row for
/// each that it wrote.
///
/// **Shape**: `$n` is the n-th of `values`, in whatever order the text names them.
pub(super) fn run(connection: &Connection, text: &str, values: &[Value]) -> Result<Vec<Cells>, Error> {
    let mut statement = connection.prepare_cached(text)?;
    for at in 1..=statement.parameter_count() {
        let number = statement.parameter_name(at).and_then(|name| name.get(1..)?.parse::<usize>().ok());
        match number.and_then(|number| values.get(number.checked_sub(1)?)) {
            Some(Value::Text(text)) => statement.raw_bind_parameter(at, text.as_deref())?,
            Some(Value::Int(number)) => statement.raw_bind_parameter(at, number)?,
            Some(Value::Bytes(bytes)) => statement.raw_bind_parameter(at, bytes.as_deref())?,
            None => return Err(Error::InvalidParameterCount(values.len(), at)),
        }
    }
    let width = statement.column_count();
    let writes = !statement.readonly();
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut cells = Vec::with_capacity(width);
        for at in 0..width {
            cells.push(Cell::try_from(row.get_ref(at)?)?);
        }
        found.push(cells);
    }
    if width == 0 && writes {
        drop(rows);
        let written = usize::try_from(connection.changes()).unwrap_or(usize::MAX);
        found.resize(written, Cells::new());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_bound_by_their_numbers() {
        let connection = Connection::open_in_memory().unwrap();
        let values = [Value::Int(Some(1)), Value::Text(Some("b".to_owned())), Value::Bytes(None)];
        let rows = run(&connection, "select $2, $1, $3, $2", &values).unwrap();
        assert_eq!(rows, [[Cell::Text("b".to_owned()), Cell::Integer(1), Cell::Null, Cell::Text("b".to_owned())]]);
    }

    #[test]
    fn what_was_written_is_counted() {
        let connection = Connection::open_in_memory().unwrap();
        run(&connection, "create table t (id integer primary key)", &[]).unwrap();
        let count = |text| run(&connection, text, &[]).unwrap().len();
        assert_eq!(count("insert into t (id) values (1), (2) on conflict (id) do nothing"), 2);
        assert_eq!(count("insert into t (id) values (1), (3) on conflict (id) do nothing"), 1);
        assert_eq!(count("insert into t (id) values (1) on conflict (id) do nothing"), 0);
        assert_eq!(count("select id from t where id = 9"), 0);
        assert_eq!(count("delete from t where id < 3"), 2);
    }

    #[test]
    fn a_value_that_is_missing_is_an_error() {
        let connection = Connection::open_in_memory().unwrap();
        assert!(run(&connection, "select $1, $2", &[Value::Int(Some(1))]).is_err());
    }
}
