//! Forms with a file (`multipart/form-data`), as browsers send them: bytes in, parts out. What browsers never write is
//! refused, so that nobody can be of two minds about where a part ends.

/// The most parts of one form.
pub const MAX_PARTS: usize = 16;
/// The longest head of a part. **Units**: bytes.
pub const MAX_HEAD: usize = 4 * 1024;
/// The longest boundary. **Units**: bytes.
///
/// # Source
/// RFC 2046 5.1.1.
pub const MAX_BOUNDARY: usize = 70;

/// What is wrong with a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MultipartError {
    /// The media type is another, or its boundary is none.
    #[error("the media type is not `multipart/form-data` with a boundary")]
    MediaType,
    /// The delimiters are not where they must be.
    #[error("the parts cannot be told apart")]
    Delimiter,
    /// A part has no head that names it.
    #[error("a part has no name")]
    Head,
    /// More than [`MAX_PARTS`] parts.
    #[error("more than {MAX_PARTS} parts")]
    TooMany,
}

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'b> {
    /// The name of its field.
    pub name: String,
    /// How the file is called, where it is one.
    pub file_name: Option<String>,
    /// What is in it.
    pub bytes: &'b [u8],
}

/// The parts of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multipart<'b>(Vec<Part<'b>>);

impl<'b> Multipart<'b> {
    /// Reads a form by its media type.
    ///
    /// # Errors
    /// [`MultipartError`].
    ///
    /// # Source
    /// RFC 7578 4, RFC 2046 5.1.1; names and file names as HTML has it in "multipart form data".
    pub fn read(content_type: &str, body: &'b [u8]) -> Result<Self, MultipartError> {
        let boundary = boundary(content_type).ok_or(MultipartError::MediaType)?;
        let first = format!("--{boundary}");
        let delimiter = format!("\r\n--{boundary}");
        let mut rest = body.strip_prefix(first.as_bytes()).ok_or(MultipartError::Delimiter)?;
        let mut parts = Vec::new();
        loop {
            if let Some(end) = rest.strip_prefix(b"--") {
                return if end.is_empty() || end == b"\r\n" { Ok(Self(parts)) } else { Err(MultipartError::Delimiter) };
            }
            if parts.len() == MAX_PARTS {
                return Err(MultipartError::TooMany);
            }
            rest = rest.strip_prefix(b"\r\n").ok_or(MultipartError::Delimiter)?;
            let within = &rest[..rest.len().min(MAX_HEAD)];
            let end = find(within, b"\r\n\r\n").ok_or(MultipartError::Head)?;
            let (name, file_name) = names(&rest[..end]).ok_or(MultipartError::Head)?;
            rest = &rest[end + 4..];
            let end = find(rest, delimiter.as_bytes()).ok_or(MultipartError::Delimiter)?;
            parts.push(Part { name, file_name, bytes: &rest[..end] });
            rest = &rest[end + delimiter.len()..];
        }
    }

    /// The part of this name where it stands once, `None` where it does not stand.
    ///
    /// # Errors
    /// [`MultipartError::Head`] where it stands twice.
    pub fn one(&self, name: &str) -> Result<Option<&Part<'b>>, MultipartError> {
        let mut found = self.0.iter().filter(|part| part.name == name);
        let first = found.next();
        if found.next().is_some() { Err(MultipartError::Head) } else { Ok(first) }
    }
}

fn boundary(content_type: &str) -> Option<&str> {
    let (media_type, parameters) = content_type.split_once(';')?;
    if !media_type.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim())
    })?;
    let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    (!value.is_empty() && value.len() <= MAX_BOUNDARY && value.bytes().all(is_plain)).then_some(value)
}

/// The name of a field and of its file, out of the one head that says so.
fn names(head: &[u8]) -> Option<(String, Option<String>)> {
    let head = std::str::from_utf8(head).ok()?;
    let mut dispositions = head.split("\r\n").filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then(|| value.trim())
    });
    let value = dispositions.next()?;
    if dispositions.next().is_some() {
        return None;
    }
    let mut rest = value.strip_prefix("form-data")?;
    let (mut name, mut file_name) = (None, None);
    while let Some(more) = rest.trim_start().strip_prefix(';') {
        let (key, quoted) = more.trim_start().split_once("=\"")?;
        let (text, after) = quoted.split_once('"')?;
        match key {
            "name" if name.is_none() => name = Some(unescaped(text)),
            "filename" if file_name.is_none() => file_name = Some(unescaped(text)),
            _ => return None,
        }
        rest = after;
    }
    rest.trim().is_empty().then_some((name?, file_name))
}

/// Browsers write three characters in another way, and nothing else.
fn unescaped(text: &str) -> String {
    text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

fn find(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    let first = *sought.first()?;
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(sought) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=----WebKitFormBoundaryx";
    const GOOD: &str = "------WebKitFormBoundaryx\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabc\r\n\
                        ------WebKitFormBoundaryx\r\nContent-Disposition: form-data; name=\"file\"; \
                        filename=\"a;%22b.csv\"\r\nContent-Type: text/csv\r\n\r\nE\r\n-\r\n\r\n\
                        ------WebKitFormBoundaryx--\r\n";

    fn fault(content_type: &str, body: &str) -> Option<MultipartError> {
        Multipart::read(content_type, body.as_bytes()).err()
    }

    #[test]
    fn a_form_of_a_browser_is_read() {
        let form = Multipart::read(TYPE, GOOD.as_bytes()).unwrap();
        assert_eq!(form.one("token").unwrap().unwrap().bytes, b"abc");
        let file = form.one("file").unwrap().unwrap();
        assert_eq!((file.file_name.as_deref(), file.bytes), (Some("a;\"b.csv"), b"E\r\n-\r\n".as_slice()));
        assert_eq!(form.one("nothing"), Ok(None));
        let quoted = "Multipart/Form-Data; charset=utf-8; boundary=\"----WebKitFormBoundaryx\"";
        assert_eq!(fault(quoted, GOOD), None);
        assert_eq!(fault("multipart/form-data; boundary=x", "--x--"), None);
    }

    #[test]
    fn what_no_browser_writes_is_refused() {
        use MultipartError::{Delimiter, Head, MediaType, TooMany};
        for other in
            ["", "text/csv", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x"]
        {
            assert_eq!(fault(other, GOOD), Some(MediaType), "{other}");
        }
        assert_eq!(fault(&format!("multipart/form-data; boundary={}", "a".repeat(71)), GOOD), Some(MediaType));
        assert_eq!(fault("multipart/form-data; boundary=a b", GOOD), Some(MediaType));
        for (from, to, expected) in [
            ("------WebKitFormBoundaryx\r\nContent-Disposition: form-data; name=\"token\"", "x", Delimiter),
            ("x--\r\n", "x--\r\nmore", Delimiter),
            ("x--\r\n", "x", Delimiter),
            ("\r\n\r\nabc", "\r\nabc", Head),
            ("name=\"token\"", "name=token", Head),
            ("name=\"token\"", "name=\"token\"; name=\"other\"", Head),
            ("name=\"token\"", "filename*=\"utf-8''x\"", Head),
            ("form-data; name=\"token\"", "attachment; name=\"token\"", Head),
            ("Content-Disposition: form-data; name=\"token\"", "X: y", Head),
        ] {
            let body = GOOD.replacen(from, to, 1);
            assert_ne!(body, GOOD, "{from}");
            assert_eq!(fault(TYPE, &body), Some(expected), "{from} -> {to}");
        }
        let twice = GOOD.replace("name=\"file\"", "name=\"token\"");
        let form = Multipart::read(TYPE, twice.as_bytes()).unwrap();
        assert_eq!(form.one("token"), Err(Head));
        let part = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n";
        let parts = |count: usize| format!("{}--x--", part.repeat(count));
        assert_eq!(fault("multipart/form-data; boundary=x", &parts(MAX_PARTS)), None);
        assert_eq!(fault("multipart/form-data; boundary=x", &parts(MAX_PARTS + 1)), Some(TooMany));
        let long = format!(
            "--x\r\nX: {}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--x--",
            "y".repeat(MAX_HEAD)
        );
        assert_eq!(fault("multipart/form-data; boundary=x", &long), Some(Head));
    }

    proptest! {
        #[test]
        fn reading_never_panics(body in proptest::collection::vec(any::<u8>(), 0..200), cut in 0..GOOD.len()) {
            let _ = Multipart::read("multipart/form-data; boundary=x", &body);
            let _ = Multipart::read(TYPE, &GOOD.as_bytes()[..cut]);
        }
    }
}
