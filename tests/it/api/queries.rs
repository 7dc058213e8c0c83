//! Lists: filters, orders, pages, counts.

use entente::domain::permissions::Permission;
use serde_json::Value;

use super::scene::{Scene, assert_fault, ids};
use crate::support::gateway::address;
use crate::support::stores::{Backend, on_both_stores};

const NAMES: [&str; 6] = ["Bea Berg", "anton abel", "Anna Zeller", "Clara", "\u{e4}nne", "Dora"];

async fn open(backend: Backend) -> (Scene, String) {
    let scene = Scene::start(backend).await;
    for (number, name) in NAMES.iter().enumerate() {
        let id = scene.gateway.invite(&format!("user{number}@fabrikam.example"), None, &[]).await;
        let mut unit = scene.gateway.services.store.unit_of_work().await.unwrap();
        let mut guest = unit.guest(id).await.unwrap().unwrap().value.guest;
        guest.display_name = Some((*name).to_owned());
        unit.write_names(&guest).await.unwrap();
        unit.commit().await.unwrap();
    }
    let token = scene.service_with(&[Permission::UserReadAll]).await;
    (scene, token)
}

fn names(list: &Value) -> Vec<String> {
    let value = list["value"].as_array().unwrap();
    value.iter().map(|one| one["displayName"].as_str().unwrap_or("-").to_owned()).collect()
}

async fn asked(scene: &Scene, token: &str, params: &[(&str, &str)]) -> Value {
    scene.read(token, &address("/v1.0/users", params)).await
}

/// All pages, one after the other.
async fn pages(scene: &Scene, token: &str, params: &[(&str, &str)]) -> Vec<Vec<String>> {
    let mut list = asked(scene, token, params).await;
    let mut all = vec![names(&list)];
    while let Some(link) = list["@odata.nextLink"].as_str() {
        assert!(link.starts_with(&format!("{}/v1.0/users?", scene.gateway.url)), "{link}");
        list = scene.read(token, link).await;
        all.push(names(&list));
        assert!(all.len() < 20, "{all:?}");
    }
    all
}

on_both_stores! {
    async fn filters_mean_what_they_say(backend: Backend) {
        let (scene, token) = open(backend).await;
        for (filter, mut expected) in [
            ("displayName eq 'clara'", vec!["Clara"]),
            ("startswith(displayName,'An')", vec!["Anna Zeller", "anton abel"]),
            ("startswith(displayName,'\u{c4}N')", vec!["\u{e4}nne"]),
            ("mail eq 'USER0@fabrikam.example'", vec!["Bea Berg"]),
            ("mail in ('user0@fabrikam.example','user3@fabrikam.example','x')", vec!["Bea Berg", "Clara"]),
            ("startswith(mail,'user') and displayName ne 'Clara'", vec!["Bea Berg", "anton abel", "Anna Zeller", "\u{e4}nne", "Dora"]),
            ("displayName eq 'Clara' or displayName eq 'Dora'", vec!["Clara", "Dora"]),
            ("(displayName eq 'Clara' or displayName eq 'Dora') and mail eq 'user5@fabrikam.example'", vec!["Dora"]),
            ("displayName eq null", vec!["-"]),
            ("userType eq 'Member'", vec![]),
            ("accountEnabled eq false", vec![]),
            ("userPrincipalName eq 'user1_fabrikam.example#EXT#@contoso.example'", vec!["anton abel"]),
            ("externalUserState eq 'PendingAcceptance' and startswith(displayName,'D')", vec!["Dora"]),
            ("id eq 'x'", vec![]),
        ] {
            let mut found = names(&asked(&scene, &token, &[("$filter", filter)]).await);
            found.sort();
            expected.sort_unstable();
            assert_eq!(found, expected, "{filter}");
            let counted = asked(&scene, &token, &[("$filter", filter), ("$count", "true")]).await;
            assert_eq!(counted["@odata.count"], expected.len(), "{filter}");
        }
        for (search, expected) in [("\"displayName:an\"", 2), ("\"mail:user3\"", 1), ("\"displayName:cl\" OR \"mail:user5\"", 2)] {
            assert_eq!(names(&asked(&scene, &token, &[("$search", search)]).await).len(), expected, "{search}");
        }
    }

    async fn orders_are_kept_over_pages(backend: Backend) {
        let (scene, token) = open(backend).await;
        let up = ["-", "Anna Zeller", "anton abel", "Bea Berg", "Clara", "Dora", "\u{e4}nne"];
        for size in ["1", "2", "3", "7", "999"] {
            let found = pages(&scene, &token, &[("$orderby", "displayName"), ("$top", size)]).await;
            assert_eq!(found.concat(), up, "{size}");
            let mut down = pages(&scene, &token, &[("$orderby", "displayName desc"), ("$top", size)]).await.concat();
            down.reverse();
            assert_eq!(down, up, "{size}");
            let filtered = [("$orderby", "displayName"), ("$top", size), ("$filter", "startswith(mail,'user')")];
            assert_eq!(pages(&scene, &token, &filtered).await.concat(), &up[1..], "{size}");
            for order in ["mail", "userPrincipalName desc"] {
                let found = pages(&scene, &token, &[("$orderby", order), ("$top", size)]).await.concat();
                assert_eq!(found.len(), 7, "{order} {size}: {found:?}");
            }
            assert_eq!(pages(&scene, &token, &[("$top", size)]).await.concat().len(), 7);
        }
        let counted = asked(&scene, &token, &[("$top", "2"), ("$count", "true")]).await;
        assert_eq!(counted["@odata.count"], 7);
    }

    async fn one_of_two_beginnings_is_found_once_whichever_it_is(backend: Backend) {
        let (scene, token) = open(backend).await;
        // By address `user0` and `user1`, by name `anton abel`, who is `user1`, and `Anna Zeller`.
        let search = "\"displayName:an\" OR \"mail:user0\"";
        let filter = "startswith(mail,'user0') or startswith(mail,'user1') or startswith(displayName,'an')";
        for (option, text, expected) in [
            ("$search", search, vec!["Anna Zeller", "Bea Berg", "anton abel"]),
            ("$filter", filter, vec!["Anna Zeller", "Bea Berg", "anton abel"]),
        ] {
            for size in ["1", "2", "3", "9"] {
                let mut found = pages(&scene, &token, &[(option, text), ("$top", size)]).await.concat();
                found.sort();
                assert_eq!(found, expected, "{text} {size}");
            }
            let counted = asked(&scene, &token, &[(option, text), ("$count", "true")]).await;
            assert_eq!(counted["@odata.count"], expected.len(), "{text}");
        }
        // A place in one list is none in another.
        let other = asked(&scene, &token, &[("$top", "1")]).await;
        let (_, place) = other["@odata.nextLink"].as_str().unwrap().split_once("$skiptoken=").unwrap();
        let asked = scene.get(&token, &address("/v1.0/users", &[("$search", search), ("$skiptoken", place)])).await;
        assert_fault(&asked, 400, "Request_BadRequest");
        assert!(asked.body.contains("$skiptoken"), "{}", asked.body);
    }

    async fn pages_do_not_move_when_accounts_come_and_go(backend: Backend) {
        let (scene, token) = open(backend).await;
        let first = asked(&scene, &token, &[("$top", "3")]).await;
        let seen = ids(&first);
        // Pages go by ids, which begin with the time: accounts of one moment stand in no order.
        scene.gateway.clock.advance(std::time::Duration::from_secs(1));
        scene.gateway.invited("late@adatum.example").await;
        let mut unit = scene.gateway.services.store.unit_of_work().await.unwrap();
        let gone = entente::domain::guests::GuestId::parse(&seen[1]).unwrap();
        unit.delete_guest(gone).await.unwrap();
        unit.commit().await.unwrap();
        let mut list = scene.read(&token, first["@odata.nextLink"].as_str().unwrap()).await;
        let mut rest = ids(&list);
        while let Some(link) = list["@odata.nextLink"].as_str() {
            list = scene.read(&token, link).await;
            rest.extend(ids(&list));
        }
        assert!(rest.iter().all(|id| !seen.contains(id)), "nobody twice");
        assert_eq!(rest.len(), 5, "the late one too");
    }

    async fn hostile_queries_are_named_and_refused(backend: Backend) {
        let (scene, token) = open(backend).await;
        let deep = format!("{}mail eq null{}", "(".repeat(200), ")".repeat(200));
        let wide = vec!["mail eq null"; 200].join(" or ");
        for (name, value) in [
            ("$filter", "'; drop table guests; --"),
            ("$filter", "password eq 'x'"),
            ("$filter", "displayName eq 'x' or 1 eq 1"),
            ("$filter", deep.as_str()),
            ("$filter", wide.as_str()),
            ("$filter", ""),
            ("$expand", "memberOf"),
            ("$skip", "10"),
            ("$apply", "aggregate(x)"),
            ("$format", "xml"),
            ("$orderby", "id; drop table guests"),
            ("$select", "passwordProfile"),
            ("$top", "1000"),
            ("$search", "ana"),
            ("$skiptoken", "AAAA"),
            ("$skiptoken", "\u{0}"),
            ("unheard", "1"),
        ] {
            let page = scene.get(&token, &address("/v1.0/users", &[(name, value)])).await;
            assert_eq!(page.status, 400, "{name}={value}: {}", page.body);
            assert!(page.body.contains(name.trim_start_matches('$')), "{name}: {}", page.body);
        }
        let mut client = scene.gateway.client();
        let request = client.request(reqwest::Method::GET, "/v1.0/users?$count=true").bearer_auth(&token);
        let page = client.send(request).await;
        assert_fault(&page, 400, "Request_BadRequest");
        assert!(page.body.contains("ConsistencyLevel: eventual"));
        let many: Vec<String> = (0..70).map(|number| format!("a{number}=1")).collect();
        assert_eq!(scene.get(&token, &format!("/v1.0/users?{}", many.join("&"))).await.status, 400);
    }
}
