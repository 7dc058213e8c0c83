use proptest::prelude::*;

use super::*;

fn all(text: &str, separator: Separator) -> Result<Vec<Record>, CsvFault> {
    let mut reader = Reader::new(text, separator, 1);
    let mut records = Vec::new();
    while let Some(record) = reader.record()? {
        records.push(record);
    }
    Ok(records)
}

fn check(text: &str, expected: &[(usize, &[&str])]) {
    let found = all(text, Separator::Comma).unwrap();
    let found: Vec<(usize, Vec<&str>)> =
        found.iter().map(|record| (record.line, record.cells.iter().map(String::as_str).collect())).collect();
    let expected: Vec<(usize, Vec<&str>)> = expected.iter().map(|(line, cells)| (*line, cells.to_vec())).collect();
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn lines_end_either_way_and_the_last_may_have_no_end() {
    check("a,b\nc,d", &[(1, &["a", "b"]), (2, &["c", "d"])]);
    check("a,b\r\nc,d\r\n", &[(1, &["a", "b"]), (2, &["c", "d"])]);
    check("a,\r\n,d\r\n", &[(1, &["a", ""]), (2, &["", "d"])]);
}

#[test]
fn empty_lines_are_no_records_and_count_as_lines() {
    check("", &[]);
    check("\n\r\n\na\n\n", &[(4, &["a"])]);
    check("\"\"\n", &[]);
}

#[test]
fn quoted_cells_hold_separators_quotes_and_lines() {
    check("\"a,b\",\"say \"\"yes\"\"\"\nc,d\n", &[(1, &["a,b", "say \"yes\""]), (2, &["c", "d"])]);
    check("\"a\r\nb\",c\nd,e\n", &[(1, &["a\r\nb", "c"]), (3, &["d", "e"])]);
    check("\"\",\"\"", &[(1, &["", ""])]);
}

#[test]
fn semicolons_separate_where_they_are_said_to() {
    let found = all("a;b,c\n", Separator::Semicolon).unwrap();
    assert_eq!(found[0].cells, ["a", "b,c"]);
}

#[test]
fn broken_quotation_is_a_fault_with_its_line() {
    let refused = |text: &str| all(text, Separator::Comma).unwrap_err();
    assert_eq!(refused("a\n\"b,c\nd\n"), CsvFault::Unclosed { line: 2 });
    assert_eq!(refused("a\n\"b\" c,d\n"), CsvFault::AfterQuote { line: 2 });
    assert_eq!(refused("a\nb\"c\n"), CsvFault::StrayQuote { line: 2 });
    assert_eq!(refused("\"a\nb\"x"), CsvFault::AfterQuote { line: 2 });
    assert_eq!(refused("\"a\rb\"\rx"), CsvFault::AfterQuote { line: 1 });
}

#[test]
fn a_record_has_so_many_cells_and_no_more() {
    let cells = |count: usize| vec!["a"; count].join(",");
    assert_eq!(all(&cells(MAX_CELLS), Separator::Comma).unwrap()[0].cells.len(), MAX_CELLS);
    let refused = all(&cells(MAX_CELLS + 1), Separator::Comma).unwrap_err();
    assert_eq!(refused, CsvFault::TooManyCells { line: 1, most: MAX_CELLS });
}

#[test]
fn what_a_spreadsheet_would_compute_is_written_as_a_text() {
    let written = |cell: &str| {
        let mut out = String::new();
        write(&[cell, "x"], &mut out);
        out
    };
    assert_eq!(written("ana@fabrikam.example"), "ana@fabrikam.example,x\r\n");
    assert_eq!(written("a-b+c"), "a-b+c,x\r\n");
    for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "\u{ff1d}1", "|x"] {
        assert_eq!(written(formula), format!("\"'{formula}\",x\r\n"), "{formula:?}");
    }
    assert_eq!(written("say \"yes\", please"), "\"say \"\"yes\"\", please\",x\r\n");
}

proptest! {
    #[test]
    fn reading_never_panics(text in "\\PC*|[\",;\\r\\na]{0,40}") {
        let _ = all(&text, Separator::Comma);
        let _ = all(&text, Separator::Semicolon);
    }

    #[test]
    fn what_is_written_is_read_again(cells in proptest::collection::vec("[ab \",;\\r\\n]{0,6}x", 1..5)) {
        let mut out = String::new();
        let borrowed: Vec<&str> = cells.iter().map(String::as_str).collect();
        write(&borrowed, &mut out);
        let read = all(&out, Separator::Comma).unwrap();
        prop_assert_eq!(read.len(), 1);
        let unguarded: Vec<String> = read[0].cells.iter().map(|c| c.strip_prefix('\'').unwrap_or(c).to_owned()).collect();
        prop_assert_eq!(unguarded, cells);
    }
}
