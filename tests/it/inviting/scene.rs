//! A person at the pages of inviting.

use entente::domain::bulk::job::BulkJob;
use entente::domain::permissions::Caller;
use entente::flows::bulk::{list, run};

use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::partner::Person;

/// Where a sign-in is asked for, and what may be opened.
pub const PANEL: &str = "/";
const BOUNDARY: &str = "----WebKitFormBoundaryAbc";

/// Two good rows, one that is no address, and the first once more.
pub const MIXED: &str = "Email,DisplayName\nzoe@adatum.example,Zoe\nnobody,Nobody\nyan@adatum.example,=Yan\n\
                         zoe@adatum.example,Zoe\n";

/// Ana, signed in.
pub async fn ana(gateway: &Gateway) -> Client {
    let mut client = gateway.client();
    gateway.sign_in(&mut client, &Person::ana()).await;
    client
}

/// Ben, signed in.
pub async fn ben(gateway: &Gateway) -> Client {
    gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
    let mut client = gateway.client();
    gateway.sign_in(&mut client, &Person::ben()).await;
    client
}

/// The token of the form at an address.
pub async fn token(client: &mut Client, path: &str) -> String {
    let page = client.get(path).await;
    page.field("token").unwrap_or_else(|| panic!("no form at {path}: {} {}", page.status, page.body)).to_owned()
}

/// Fills and sends the form for one guest.
pub async fn invite(client: &mut Client, fields: &[(&str, &str)]) -> Page {
    let token = token(client, "/invite").await;
    let fields: Vec<_> = [("token", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
    client.post("/invite", &fields).await
}

/// The form with a file, as a browser writes it.
pub fn form(token: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--{BOUNDARY}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
    );
    [head.as_bytes(), bytes, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat()
}

/// Posts a form with a file.
pub async fn post_form(client: &mut Client, body: Vec<u8>) -> Page {
    let request = client.request(reqwest::Method::POST, "/invite/files");
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    client.send(request.header("content-type", content_type).body(body)).await
}

/// Hands in a file.
pub async fn hand_in(client: &mut Client, text: &str) -> Page {
    let token = token(client, "/invite/files").await;
    post_form(client, form(&token, "guests.csv", text.as_bytes())).await
}

/// Hands in a good file and follows to what would be done: the page, and its address.
pub async fn looked_through(client: &mut Client, text: &str) -> (Page, String) {
    let handed_in = hand_in(client, text).await;
    assert_eq!(handed_in.status, 303, "{}", handed_in.body);
    let path = handed_in.location().to_owned();
    let page = client.get(&path).await;
    assert!(page.body.contains("What would be done"), "{}", page.body);
    (page, path)
}

/// Answers the question of a preview.
pub async fn decide(client: &mut Client, preview: &Page, decision: &str) -> Page {
    let field = |name| preview.field(name).unwrap().to_owned();
    let (token, upload) = (field("token"), field("upload"));
    client.post("/invite/preview", &[("token", &token), ("upload", &upload), ("decision", decision)]).await
}

/// Asks for something of a job by its page.
pub async fn act(client: &mut Client, path: &str, page: &Page, action: &[(&str, &str)]) -> Page {
    let field = |name| page.field(name).unwrap().to_owned();
    let (token, job) = (field("token"), field("job"));
    let fields: Vec<_> =
        [("token", token.as_str()), ("job", job.as_str())].into_iter().chain(action.iter().copied()).collect();
    client.post(path, &fields).await
}

/// Hands in and confirms a file; the address of its job.
pub async fn confirmed(client: &mut Client, text: &str) -> String {
    let (page, _) = looked_through(client, text).await;
    let confirmed = decide(client, &page, "confirm").await;
    assert_eq!(confirmed.status, 303, "{}", confirmed.body);
    confirmed.location().to_owned()
}

/// Does the rows that wait.
pub async fn worked_off(gateway: &Gateway) {
    run::step(&gateway.services, &|| false).await.unwrap();
}

/// Every job that there is.
pub async fn jobs(gateway: &Gateway) -> Vec<BulkJob> {
    list(&gateway.services, &Caller::Operator("olga".to_owned()), None, 100).await.unwrap()
}
