//! What became of the rows of a file, on a page.

use entente::domain::roles::Role;

use super::scene::{MIXED, ana, ben, confirmed, jobs, worked_off};
use crate::support::client::{Page, between};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

/// The cells of the table, row by row, as text.
fn rows(page: &Page) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.body);
    let body = between(&page.body, "<tbody>", "</tbody>").unwrap_or_default().to_owned();
    let mut rows = Vec::new();
    for row in body.split("<tr>").skip(1) {
        let mut text = String::new();
        let mut is_tag = false;
        for c in row.chars() {
            match c {
                '<' => is_tag = true,
                '>' => {
                    is_tag = false;
                    text.push(' ');
                }
                c if !is_tag => text.push(c),
                _ => {}
            }
        }
        rows.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    rows
}

/// The address of a link by its words.
fn link(page: &Page, words: &str) -> Option<String> {
    let before = page.body.split(&format!(">{words}</a>")).next().filter(|before| before.len() < page.body.len())?;
    let href = before.rsplit("href=\"").next()?.split('"').next()?;
    Some(href.replace("&#38;", "&").replace("&amp;", "&"))
}

on_both_stores! {
    async fn f16_what_became_of_each_row_is_shown_and_those_that_failed_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let job = confirmed(&mut client, MIXED).await;
        let page = client.get(&job).await;
        let all = link(&page, "See each row").unwrap();
        let waiting = client.get(&all).await;
        assert_eq!(rows(&waiting)[0], "2 zoe@adatum.example Not done yet");
        worked_off(&gateway).await;
        let page = client.get(&all).await;
        let found = rows(&page);
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[0], "2 zoe@adatum.example Invited");
        assert!(found[1].starts_with("3 nobody Not invited CSV_ROW_EMAIL "), "{found:?}");
        assert!(found[3].starts_with("5 zoe@adatum.example Passed over CSV_ROW_DUPLICATE "), "{found:?}");
        let failed = client.get(&link(&page, "Not invited").unwrap()).await;
        assert_eq!(rows(&failed), found[1..2]);
        let skipped = client.get(&link(&page, "Passed over").unwrap()).await;
        assert_eq!(rows(&skipped), found[3..]);
        let invited = client.get(&link(&page, "Invited").unwrap()).await;
        assert_eq!(rows(&invited), [found[0].clone(), found[2].clone()]);
        // No link of an invitation stands there, and no script.
        for page in [&page, &failed, &invited] {
            assert!(!page.body.contains("ticket=") && !page.body.contains("<script"), "{}", page.body);
        }
        assert_eq!(link(&page, "Back to the file").as_deref(), Some(job.as_str()));
        assert!(link(&page, "Further rows").is_none() && link(&page, "To the first rows").is_none());
    }

    async fn f16_rows_are_shown_a_page_at_a_time(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let mut text = "Email,DisplayName\n".to_owned();
        for number in 0..201 {
            text.push_str(&format!("nobody-{number},Nobody\n"));
        }
        text.push_str("zoe@adatum.example,Zoe\n");
        let job = confirmed(&mut client, &text).await;
        worked_off(&gateway).await;
        let mut path = link(&client.get(&job).await, "See each row").unwrap().replace("which=all", "which=failed");
        let mut counts = Vec::new();
        loop {
            let page = client.get(&path).await;
            let found = rows(&page);
            assert!(found[0].starts_with(&format!("{} nobody-{} ", counts.iter().sum::<usize>() + 2, counts.iter().sum::<usize>())), "{found:?}");
            counts.push(found.len());
            match link(&page, "Further rows") {
                Some(next) => path = next,
                None => break,
            }
        }
        assert_eq!(counts, [100, 100, 1]);
        let first = link(&client.get(&path).await, "To the first rows").unwrap();
        assert_eq!(rows(&client.get(&first).await).len(), 100);
        let end = path.split("&after=").next().unwrap();
        assert!(client.get(&format!("{end}&after=9999")).await.body.contains("There are no such rows"));
    }

    async fn f16_rows_are_shown_to_who_may_have_the_report(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, mut other) = (ana(&gateway).await, ben(&gateway).await);
        let job = confirmed(&mut client, MIXED).await;
        let path = link(&client.get(&job).await, "See each row").unwrap();
        assert_eq!(client.get(&path).await.status, 200);
        assert_eq!(other.get(&path).await.refusal_code(), Some("BAD_REQUEST"));
        for wrong in ["which=x", "after=x", "after=-1", "after=99999", "which=failed&after=+1"] {
            let id = jobs(&gateway).await[0].id;
            let page = client.get(&format!("/invite/rows?job={id}&{wrong}")).await;
assert_eq!(page.refusal_code(), Some("BAD_REQUEST"), "{wrong}: {}", page.body);
        }
        assert_eq!(client.get("/invite/rows?job=x").await.refusal_code(), Some("BAD_REQUEST"));
        // Who administers accounts sees others' files.
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let found = unit.guest_by_mail_key("ben@fabrikam.example").await.unwrap().unwrap();
        unit.grant_role(found.value.guest.id, Role::UserAdministrator, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(rows(&other.get(&path).await).len(), 4);
    }
}
