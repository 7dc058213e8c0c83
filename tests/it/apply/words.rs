//! The word of who applies, which is recorded of each domain that a partner gets by it.

use entente::flows::apply::{LockOut, Mode, Options, Pruning, apply};
use entente::flows::domains::list;
use entente::objects::files;

use super::{Environment, FILE, Gateway, NOW};

impl Gateway {
    async fn apply_by(&self, operator: &str, domains: &str, mode: Mode) {
        let (partner, _) = FILE.split_once("[[app]]").unwrap();
        let text = partner.replace("['fabrikam.example']", domains);
        let path = self.write("objects.toml", &text);
        let contents = files::read(&[path], &Environment);
        let operator = operator.to_owned();
        let options =
            Options { lock_out: LockOut::Refused, pruning: Pruning::Keep, mode, operator, found: contents.faults };
        apply(&self.services, &contents.definitions, &options).await.unwrap();
    }

    /// Each domain, and whose word there is of it.
    async fn words(&self) -> Vec<(String, String)> {
        let listed = list(&self.services, "fabrikam").await.unwrap();
        let word = |view: entente::flows::domains::DomainView| {
            let (at, by) = view.by_word.unwrap();
            assert_eq!(at, NOW);
            (view.domain.to_string(), by)
        };
        listed.into_iter().map(word).collect()
    }
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(domain, by)| ((*domain).to_owned(), (*by).to_owned())).collect()
}

#[tokio::test]
async fn f80_the_word_of_who_applies_stands_of_each_domain_and_goes_with_it() {
    let gateway = Gateway::start().await;
    let one = "['fabrikam.example']";
    let two = "['fabrikam.example', '*.eu.fabrikam.example']";
    gateway.apply_by("olga", one, Mode::Write).await;
    assert_eq!(gateway.words().await, pairs(&[("fabrikam.example", "olga")]));
    // Whoever adds a domain answers for that one alone, and a dry run records nothing.
    gateway.apply_by("pat", two, Mode::DryRun).await;
    assert_eq!(gateway.words().await, pairs(&[("fabrikam.example", "olga")]));
    gateway.apply_by("pat", two, Mode::Write).await;
    let expected = pairs(&[("fabrikam.example", "olga"), ("*.eu.fabrikam.example", "pat")]);
    assert_eq!(gateway.words().await, expected);
    gateway.apply_by("quinn", two, Mode::Write).await;
    assert_eq!(gateway.words().await, expected);
    // The word goes with the domain, so that who gives it back answers for it anew.
    gateway.apply_by("pat", "['*.eu.fabrikam.example']", Mode::Write).await;
    assert_eq!(gateway.words().await, pairs(&[("*.eu.fabrikam.example", "pat")]));
    gateway.apply_by("quinn", two, Mode::Write).await;
    let expected = pairs(&[("fabrikam.example", "quinn"), ("*.eu.fabrikam.example", "pat")]);
    assert_eq!(gateway.words().await, expected);
}
