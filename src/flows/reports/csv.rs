//! CSV that spreadsheets may open: RFC 4180 in UTF-8, and no cell that is a formula.

/// Adds one record. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
///
/// # Source
/// RFC 4180 2; OWASP, "CSV Injection".
pub fn record<'c>(cells: impl IntoIterator<Item = &'c str>, out: &mut String) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        let is_quoted = cell.contains(['"', ',', '\r', '\n']);
        if is_quoted {
            out.push('"');
        }
        if is_formula {
            out.push('\'');
        }
        if is_quoted {
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_are_never_formulas() {
        for (cell, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("ana@fabrikam.example", "ana@fabrikam.example"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            ("Zoë", "Zoë"),
        ] {
            let mut out = String::new();
            record([cell, "end"], &mut out);
            assert_eq!(out, format!("{expected},end\r\n"));
        }
    }
}
