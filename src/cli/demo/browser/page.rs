//! What a browser reads of a page: its forms, where it refreshes to, and the text of elements by id.
//!
//! Forms are read as far as the pages of a sign-in use them: inputs, text areas and buttons; no
//! select, no file, no form owner by `form=`.
//!
//! # Source
//! HTML 4.10.21 (form submission), 4.2.5.3 (refresh).

use html5gum::{HtmlString, Spanned, StartTag, Token, Tokenizer};
use url::Url;

/// How a form is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Its fields become the query.
    Get,
    /// Its fields become the body.
    Post,
}

/// A form of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Its `id`.
    pub id: Option<String>,
    /// How it is sent.
    pub method: Method,
    /// Where it is sent.
    pub action: Url,
    /// What it sends, in order: hidden inputs, typed ones with what they hold, ticked boxes.
    pub fields: Vec<(String, String)>,
    /// Its submit buttons; the name is empty where the button sends nothing.
    pub buttons: Vec<(String, String)>,
}

impl Form {
    /// Whether the form has a field of this name.
    #[must_use]
    pub fn has_field(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// The value of the field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Types `value` into the field of this name; nothing where there is none.
    pub fn fill(&mut self, name: &str, value: &str) {
        for (_, held) in self.fields.iter_mut().filter(|(field, _)| field == name) {
            value.clone_into(held);
        }
    }

    /// Whether the form has a button that sends this pair.
    #[must_use]
    pub fn has_button(&self, name: &str, value: &str) -> bool {
        self.buttons.iter().any(|(button, sent)| button == name && sent == value)
    }

    /// Presses the button that sends this pair: it goes along with the fields.
    pub fn press(&mut self, name: &str, value: &str) {
        if self.has_button(name, value) {
            self.fields.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// What was read of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// Its forms.
    pub forms: Vec<Form>,
    /// Where `<meta http-equiv=refresh>` leads at once.
    pub refresh: Option<Url>,
    /// Where its links lead.
    pub links: Vec<Url>,
    /// Its title.
    pub title: String,
    /// The text of each element with an id, elements inside it included.
    pub texts: Vec<(String, String)>,
}

impl Read {
    /// The text of the element with this id.
    #[must_use]
    pub fn text(&self, id: &str) -> Option<&str> {
        self.texts.iter().find(|(found, _)| found == id).map(|(_, text)| text.trim())
    }
}

/// Elements without an end tag (HTML 13.1.2).
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Reads a page that came from `url`.
#[must_use]
pub fn read(html: &str, url: &Url) -> Read {
    let mut reader = Reader { url, read: Read::default(), open: Vec::new(), in_form: false };
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => reader.start(&Tag(&tag)),
            Token::EndTag(tag) => reader.end(&lossy(&tag.name)),
            Token::String(text) => reader.text(&lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    reader.read
}

struct Reader<'a> {
    url: &'a Url,
    read: Read,
    /// The open elements, each with the place of its text where it has an id.
    open: Vec<(String, Option<usize>)>,
    in_form: bool,
}

struct Tag<'a>(&'a StartTag<()>);

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<String> {
        let name = HtmlString(name.as_bytes().to_vec());
        self.0.attributes.get(&name).map(|value: &Spanned<HtmlString, ()>| lossy(value))
    }

    fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Reader<'_> {
    fn start(&mut self, tag: &Tag<'_>) {
        let name = lossy(&tag.0.name);
        match name.as_str() {
            "form" if !self.in_form => self.open_form(tag),
            "input" => self.input(tag),
            "button" => self.button(tag),
            "textarea" => self.field(tag, String::new()),
            "meta" => self.meta(tag),
            "a" => self.read.links.extend(tag.attribute("href").and_then(|href| self.url.join(&href).ok())),
            _ => {}
        }
        if VOID.contains(&name.as_str()) {
            return;
        }
        let place = tag.attribute("id").map(|id| {
            self.read.texts.push((id, String::new()));
            self.read.texts.len() - 1
        });
        self.open.push((name, place));
    }

    fn end(&mut self, name: &str) {
        if name == "form" {
            self.in_form = false;
        }
        if let Some(place) = self.open.iter().rposition(|(open, _)| open == name) {
            self.open.truncate(place);
        }
    }

    fn text(&mut self, text: &str) {
        match self.open.last().map(|(name, _)| name.as_str()) {
            Some("title") => self.read.title.push_str(text),
            Some("textarea") => {
                if let Some((_, value)) = self.form().and_then(|form| form.fields.last_mut()) {
                    // The first line end is no part of the value (HTML 13.2.6.4.7).
                    value.push_str(text.strip_prefix('\n').unwrap_or(text));
                }
            }
            _ => {}
        }
        for place in self.open.iter().filter_map(|(_, place)| *place) {
            self.read.texts[place].1.push_str(text);
        }
    }

    fn form(&mut self) -> Option<&mut Form> {
        if self.in_form { self.read.forms.last_mut() } else { None }
    }

    fn open_form(&mut self, tag: &Tag<'_>) {
        let action = tag.attribute("action").filter(|action| !action.is_empty());
        let Ok(action) = action.map_or_else(|| Ok(self.url.clone()), |action| self.url.join(&action)) else { return };
        let is_post = tag.attribute("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        self.in_form = true;
        self.read.forms.push(Form {
            id: tag.attribute("id"),
            method: if is_post { Method::Post } else { Method::Get },
            action,
            fields: Vec::new(),
            buttons: Vec::new(),
        });
    }

    fn input(&mut self, tag: &Tag<'_>) {
        match tag.attribute("type").unwrap_or_default().to_ascii_lowercase().as_str() {
            "submit" | "image" => self.button(tag),
            "checkbox" | "radio" if !tag.has("checked") => {}
            "checkbox" | "radio" => self.field(tag, tag.attribute("value").unwrap_or_else(|| "on".to_owned())),
            "button" | "reset" | "file" => {}
            _ => self.field(tag, tag.attribute("value").unwrap_or_default()),
        }
    }

    fn field(&mut self, tag: &Tag<'_>, value: String) {
        let Some(name) = tag.attribute("name").filter(|name| !name.is_empty() && !tag.has("disabled")) else { return };
        if let Some(form) = self.form() {
            form.fields.push((name, value));
        }
    }

    fn button(&mut self, tag: &Tag<'_>) {
        let kind = tag.attribute("type").unwrap_or_else(|| "submit".to_owned());
        if tag.has("disabled") || !kind.eq_ignore_ascii_case("submit") {
            return;
        }
        let pair = (tag.attribute("name").unwrap_or_default(), tag.attribute("value").unwrap_or_default());
        if let Some(form) = self.form() {
            form.buttons.push(pair);
        }
    }

    fn meta(&mut self, tag: &Tag<'_>) {
        let is_refresh = tag.attribute("http-equiv").is_some_and(|kind| kind.eq_ignore_ascii_case("refresh"));
        let Some(content) = tag.attribute("content").filter(|_| is_refresh) else { return };
        let Some((seconds, rest)) = content.split_once([';', ',']) else { return };
        let rest = rest.trim();
        let address = match rest.get(..3) {
            Some(start) if start.eq_ignore_ascii_case("url") => {
                rest[3..].trim_start().strip_prefix('=').unwrap_or(rest)
            }
            _ => rest,
        };
        let address = address.trim().trim_matches(['\'', '"']);
        if seconds.trim() == "0" && self.read.refresh.is_none() {
            self.read.refresh = self.url.join(address).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Read {
        read(html, &Url::parse("http://localhost:8080/sign-in/page?x=1").unwrap())
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_form_is_read_with_its_fields_and_buttons() {
        let read = page(
            r#"<form id="f" method="POST" action="/next?a=1&amp;b=2"><input type=hidden name=h value="1 &lt; 2 &#61;">
            <input type="email" name="email" value=""><input name=off value=x disabled><input value=nameless>
            <input type=checkbox name=no><input type=checkbox name=yes checked><textarea name=t>
a&amp;b</textarea><button name="person" value="ana"><b>Ana</b></button><button type=button name=x>No</button>
            <input type=submit value=Go></form><input name=outside value=1>"#,
        );
        let [form] = read.forms.as_slice() else { panic!("{read:?}") };
        assert_eq!(form.id.as_deref(), Some("f"));
        assert_eq!(form.method, Method::Post);
        assert_eq!(form.action.as_str(), "http://localhost:8080/next?a=1&b=2");
        assert_eq!(form.fields, pairs(&[("h", "1 < 2 ="), ("email", ""), ("yes", "on"), ("t", "a&b")]));
        assert_eq!(form.buttons, pairs(&[("person", "ana"), ("", "Go")]));
    }

    #[test]
    fn a_form_without_action_goes_to_its_page_by_get() {
        let read = page("<form><input name=q value=1></form><form method=post action=''></form>");
        assert_eq!(read.forms[0].method, Method::Get);
        assert_eq!(read.forms[1].method, Method::Post);
        for form in &read.forms {
            assert_eq!(form.action.as_str(), "http://localhost:8080/sign-in/page?x=1");
        }
    }

    #[test]
    fn typing_and_pressing_change_what_is_sent() {
        let mut form = page("<form><input name=email><button name=person value=ana></form>").forms.remove(0);
        form.fill("email", "ana@fabrikam.example");
        form.fill("absent", "x");
        form.press("person", "ana");
        form.press("person", "eve");
        assert_eq!(form.fields, pairs(&[("email", "ana@fabrikam.example"), ("person", "ana")]));
        assert_eq!(form.field("email"), Some("ana@fabrikam.example"));
        assert!(!form.has_field("absent"));
    }

    #[test]
    fn a_refresh_at_once_is_followed_and_a_later_one_is_not() {
        for (content, expected) in [
            ("0; url=http://localhost:8081/sso?a=1&amp;b=2", Some("http://localhost:8081/sso?a=1&b=2")),
            ("0;URL='/next'", Some("http://localhost:8080/next")),
            ("0, /next", Some("http://localhost:8080/next")),
            ("5; url=/next", None),
            ("0", None),
        ] {
            let read = page(&format!("<meta http-equiv=Refresh content=\"{content}\">"));
            assert_eq!(read.refresh.as_ref().map(Url::as_str), expected, "{content}");
        }
        assert_eq!(page("<meta name=refresh content='0; url=/x'>").refresh, None);
    }

    #[test]
    fn texts_are_found_by_id_and_comments_and_scripts_are_no_forms() {
        let read = page(
            "<title>A &amp; B</title><!-- <form></form> --><code id=refusal-code>SAML<b>_X</b></code><br id=y> \
             <p>z <a href='/out?x=1'>out</a>",
        );
        assert_eq!(read.title, "A & B");
        assert_eq!(read.text("refusal-code"), Some("SAML_X"));
        assert_eq!(read.text("absent"), None);
        assert!(read.forms.is_empty());
        assert_eq!(read.links[0].as_str(), "http://localhost:8080/out?x=1");
    }
}
