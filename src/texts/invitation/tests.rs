//! Invitations in words.

use super::*;

fn catalogue() -> Catalogue {
    Catalogue::new().unwrap()
}

fn sample(name: &str) -> Invitation {
    samples().into_iter().find(|(found, _)| *found == name).unwrap().1
}

/// A mail whose HTML part is there.
struct Both {
    sender: String,
    subject: String,
    text: String,
    html: String,
}

fn mail(said: &Invitation, language: Language) -> Both {
    let mail = invitation(&catalogue(), &Templates::default(), language, said).unwrap();
    Both { sender: mail.sender, subject: mail.subject, text: mail.text, html: mail.html.unwrap() }
}

/// Where these stand in `text`, each after the one before.
fn assert_order(text: &str, parts: &[&str]) {
    let mut from = 0;
    for part in parts {
        let at = text[from..].find(part).unwrap_or_else(|| panic!("`{part}` is not there, or too early, in {text}"));
        from += at + part.len();
    }
}

#[test]
fn f08_the_parts_of_an_invitation_come_in_their_order() {
    let mail = mail(&sample("invitation"), Language::English);
    assert_eq!(mail.sender, "Invitations on behalf of Contoso");
    assert_eq!(mail.subject, "Olga Okafor invited you to access applications within their organisation");
    assert_order(
        &mail.text,
        &[
            "Act on this mail only if",
            "Olga Okafor invites you to use applications of Contoso (contoso.example).",
            "olga.okafor@contoso.example",
            "Message from Olga Okafor:",
            "> Hello Ana,\n> \n> here are the <b>approvals</b>",
            "gate.contoso.example, where you sign in",
            "approvals.contoso.example",
            "\nhttps://gate.contoso.example/redeem?ticket=sample\n",
            "\n-- \n",
            "ana@fabrikam.example",
            "Privacy statement of Contoso: https://contoso.example/privacy",
            "\nhttps://gate.contoso.example/mail/block?token=sample\n",
        ],
    );
    assert_order(
        &mail.html,
        &[
            "<html lang=\"en\">",
            "Act on this mail only if",
            ">OO</div>",
            "Olga Okafor",
            "Contoso",
            "contoso.example",
            "Olga Okafor invites you",
            "Hello Ana,<br><br>here are the &lt;b&gt;approvals&lt;/b&gt;",
            "where you sign in",
            "Accept the invitation</a>",
            ">Privacy statement of Contoso</a>",
            ">Block future invitations</a>",
        ],
    );
}

#[test]
fn f04_a_custom_message_is_text_and_nothing_in_it_becomes_a_link() {
    let said = Invitation {
        message_lines: vec!["<b>x</b> <script>alert(1)</script> https://evil.example {{ link }} &amp; \"'".to_owned()],
        ..sample("invitation")
    };
    let mail = mail(&said, Language::English);
    assert!(mail.text.contains(&said.message_lines[0]), "{}", mail.text);
    assert!(!mail.html.contains("<b>") && !mail.html.contains("<script"), "{}", mail.html);
    assert!(mail.html.contains("{{ link }} &amp;amp;"), "{}", mail.html);
    let links: Vec<&str> = mail.html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(links.len(), 3, "{links:?}");
    assert!(links.iter().all(|link| !link.contains("evil")), "{links:?}");
}

#[test]
fn names_and_addresses_are_text_too() {
    let evil = "\"><img src=x onerror=alert(1)>";
    let said = Invitation {
        inviter: Some(evil.to_owned()),
        organization: evil.to_owned(),
        target: evil.to_owned(),
        ..sample("invitation")
    };
    let mail = mail(&said, Language::English);
    assert!(!mail.html.contains("<img"), "{}", mail.html);
}

#[test]
fn what_is_not_there_leaves_no_trace_and_no_hole() {
    let bare = mail(&sample("invitation-without-person"), Language::English);
    assert_eq!(bare.subject, "Contoso invited you to access its applications");
    assert!(bare.text.contains("Contoso has given no privacy statement."), "{}", bare.text);
    assert!(bare.html.contains("Contoso has given no privacy statement."), "{}", bare.html);
    assert!(!bare.text.contains("Message from") && !bare.text.contains("none"), "{}", bare.text);
    assert!(!bare.text.contains("\n\n\n") && bare.text.ends_with('\n'), "{}", bare.text);
    let accepted = mail(&sample("invitation-accepted"), Language::English);
    for part in [&accepted.text, &accepted.html] {
        assert!(part.contains("You need not accept anything"), "{part}");
        assert!(!part.contains("redeem?ticket") && !part.contains("Accept the invitation"), "{part}");
    }
}

#[test]
fn f06_an_invitation_is_whole_in_every_language() {
    for language in Language::ALL {
        for (name, said) in samples() {
            let mail = mail(&said, language);
            for part in [&mail.sender, &mail.subject, &mail.text, &mail.html] {
                assert!(
                    !part.contains('⟦') && !part.contains("{ $") && !part.contains("{$"),
                    "{name} {language:?}: {part}"
                );
            }
            assert!(mail.html.contains(&format!("<html lang=\"{}\">", language.tag())));
            assert!(!mail.html.contains("http-equiv") && !mail.html.contains("<img") && !mail.html.contains("src="));
            if language != Language::English {
                for english in ["Act on this mail", "invites you", "the application", "open this address"] {
                    assert!(!mail.text.contains(english), "{name} {language:?}: {}", mail.text);
                }
            }
        }
    }
}

#[test]
fn the_longest_message_fits() {
    for line in ["\"".repeat(4_000), "/\n".repeat(2_000), "\n".repeat(4_000), "\u{1f600}".repeat(4_000)] {
        let message_lines = line.split('\n').map(str::to_owned).collect();
        let said = Invitation { message_lines, ..sample("invitation") };
        let mail = mail(&said, Language::German);
        assert!(mail.html.len() < 60_000 && mail.text.len() < 60_000);
    }
}

#[test]
fn without_a_template_the_links_are_there() {
    for language in Language::ALL {
        let said = sample("invitation");
        let bare = bare(&catalogue(), language, &said);
        assert!(bare.text.contains(&said.link) && bare.text.contains(&said.block_link) && bare.html.is_none());
    }
}

#[test]
fn a_template_may_be_replaced_and_says_what_it_names() {
    let templates = Templates::default().with(Part::Text, "{{ words.who }}\n{{ link }}".to_owned()).unwrap();
    let mail = invitation(&catalogue(), &templates, Language::French, &sample("invitation")).unwrap();
    let expected = "Olga Okafor vous invite à utiliser des applications de Contoso (contoso.example).\n\
                    https://gate.contoso.example/redeem?ticket=sample\n";
    assert_eq!(mail.text, expected);
    let check = |source: &str, expected: &str| {
        let fault = Templates::default().with(Part::Html, source.to_owned()).unwrap_err().to_string();
        assert!(fault.contains(expected), "{source}: {fault}");
    };
    check("{{ ticket }}", "names `ticket`");
    check("{% if false %}{{ words.nothing }}{% endif %}", "names `words.nothing`");
    check("{{ inviter.mail }}", "names `inviter.mail`");
    check("a\n{% if %}", "line 2");
    check(&" ".repeat(MAX_TEMPLATE + 1), "longer than 65536 bytes");
    for source in ["{{ words.who", "{% endfor %}", "{% include 'x' %}{% endif %}"] {
        assert!(Templates::default().with(Part::Text, source.to_owned()).is_err(), "{source}");
    }
}

#[test]
fn a_template_can_do_nothing_but_write() {
    let run = |source: &str| {
        let templates = Templates::default().with(Part::Html, source.to_owned())?;
        invitation(&catalogue(), &templates, Language::English, &sample("invitation")).map(|mail| mail.html.unwrap())
    };
    for source in
        ["{{ link | safe }}", "{% include '/etc/passwd' %}", "{{ range(9) }}", "{% extends 'x' %}", "{{ link() }}"]
    {
        assert!(run(source).is_err(), "{source}");
    }
    let endless = "{% for a in message_lines %}{% for b in link %}".repeat(8) + &"{% endfor %}{% endfor %}".repeat(8);
    assert!(run(&endless).is_err());
    let long = "x".repeat(40_000);
    assert_eq!(run(&format!("{long}{long}")).unwrap_err(), TemplateFault::TooLong);
    assert_eq!(
        run(&format!("{{% for line in message_lines %}}{long}{{% endfor %}}")),
        Err(TemplateFault::OutputTooLong)
    );
    let escaped = run("{% autoescape false %}{% for line in message_lines %}{{ line }}{% endfor %}{% endautoescape %}");
    assert!(!escaped.unwrap().contains("<b>"), "what is escaped is not for the template to say");
}
