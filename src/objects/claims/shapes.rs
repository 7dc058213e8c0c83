//! The keys of claims.

use crate::objects::shape::{Key, Kind, Presence, Shape};

/// The names of facts, as they are in [`Fact::ALL`](crate::domain::claims::facts::Fact::ALL).
pub(super) const FACTS: &[&str] = &[
    "user.id",
    "user.mail",
    "user.name",
    "user.given_name",
    "user.family_name",
    "user.principal_name",
    "user.local_principal_name",
    "user.hashless_principal_name",
    "user.pairwise_id",
    "user.type",
    "user.groups",
    "identity_provider",
    "organization.id",
    "authentication.methods",
];

/// `[[app.claims]]`.
pub(in crate::objects) static CLAIM: Shape = Shape {
    name: "[[app.claims]]",
    doc: "A claim of ID tokens and userinfo, or an attribute of assertions, for this app. What it says without a \
          condition is asked first, then all conditions that give a fact or a text, then all that transform or \
          compute; the last that matches and has a value wins. Where a value cannot be made the claim is left out. An \
          app with such tables is sent nothing else of a person, except what every token of its protocol says.",
    keys: &[
        Key {
            name: "name",
            kind: Kind::Text,
            presence: Presence::Required,
            doc: "The name of the claim or attribute, once an app, at most 256 bytes. Names of the protocol (`sub`, \
                  `acr`, `tid` and the like) are refused; names of accounts, such as `email`, `upn` and `groups`, are \
                  made of their own facts only. Roles do not exist in this version.",
        },
        Key {
            name: "name_format",
            kind: Kind::Word(&["uri", "basic", "unspecified"]),
            presence: Presence::Default("\"uri\" for a name with a colon, else \"basic\""),
            doc: "The NameFormat of the attribute, for SAML apps only.",
        },
        SOURCE,
        VALUE,
        EXPRESSION,
        TRANSFORMS,
        Key {
            name: "multivalued",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether transformations take each value of a list; without it they take its first.",
        },
        Key {
            name: "conditions",
            kind: Kind::Tables(&CONDITION),
            presence: Presence::Default("[]"),
            doc: "Values for some people, at most 32.",
        },
    ],
};

static CONDITION: Shape = Shape {
    name: "[[app.claims.conditions]]",
    doc: "A value for people of a kind, of a group, or both. Where its source is empty the condition counts as not there.",
    keys: &[
        Key {
            name: "users",
            kind: Kind::Word(&["any", "members", "all_guests", "org_guests", "external_guests"]),
            presence: Presence::Default("\"any\""),
            doc: "`org_guests` are guests whose partner speaks OpenID Connect, `external_guests` the others: those of SAML \
                  partners, and those whom no partner vouches for yet.",
        },
        Key {
            name: "groups",
            kind: Kind::Texts,
            presence: Presence::Optional,
            doc: "Slugs or ids of groups, of which the person is in at least one. The claims of an app name at most 50.",
        },
        SOURCE,
        VALUE,
        EXPRESSION,
        TRANSFORMS,
    ],
};

const SOURCE: Key = Key {
    name: "source",
    kind: Kind::Word(FACTS),
    presence: Presence::Optional,
    doc: "The fact that is the value. `user.principal_name` is the mail address of our own people and of guests whose \
          partner speaks OpenID Connect, else the `#EXT#` name, which `user.local_principal_name` always is; \
          `user.hashless_principal_name` is that with `_EXT_`. `user.groups` are ids; \
          more than 200 in a token or 150 in an assertion are replaced by the claim `hasgroups`, and userinfo lists \
          up to 2048. One of this, `value` and `expression`.",
};

const VALUE: Key =
    Key { name: "value", kind: Kind::Text, presence: Presence::Optional, doc: "A fixed text of at most 1024 bytes." };

const EXPRESSION: Key = Key {
    name: "expression",
    kind: Kind::Text,
    presence: Presence::Optional,
    doc: "The value in the Common Expression Language, over the facts that `source` knows and `partner == \"SLUG\"`; \
          `\"SLUG\" in user.groups` asks for a group. It knows texts, lists of texts, whole numbers and true or false, \
          `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `+`, `-`, `&&`, `||`, `!`, `?:`, `has`, `size`, `startsWith`, \
          `endsWith`, `contains`, `matches`, `lowerAscii`, `upperAscii`, `trim`, `substring`, `replace`, `split`, \
          `join`, and `exists`, `all`, `filter` and `map` over one list. At most 2048 bytes; its cost is limited.",
};

const TRANSFORMS: Key = Key {
    name: "transforms",
    kind: Kind::Tables(&TRANSFORM),
    presence: Presence::Default("[]"),
    doc: "At most two transformations of the value, in this order.",
};

const TRANSFORM_DOC: &str = "A named transformation. `extract_mail_prefix`, `to_lowercase`, `to_uppercase`, `extract_alpha_prefix`, \
          `extract_alpha_suffix`, `extract_numeric_prefix` and `extract_numeric_suffix` need no other key.";

static TRANSFORM: Shape =
    Shape { name: "[[app.claims.transforms]]", doc: TRANSFORM_DOC, keys: &transform_keys(&OPERAND, &INPUT) };

/// The keys of a transformation whose operands are of these shapes.
const fn transform_keys(operand: &'static Shape, input: &'static Shape) -> [Key; 13] {
    [
        Key {
            name: "kind",
            kind: Kind::Word(super::transforms::KINDS),
            presence: Presence::Required,
            doc: "Which one.",
        },
        key("separator", Kind::Text, "`join`: what stands between both; nothing by default."),
        key("with", Kind::Table(operand), "`join`: what is put behind."),
        key("text", Kind::Text, "`contains`, `start_with`, `end_with`: what is looked for."),
        key(
            "output",
            Kind::Table(operand),
            "`contains`, `start_with`, `end_with`: the value where it is found. `if_empty`: the value where there is \
             none. `if_not_empty`: the value where there is one.",
        ),
        key(
            "otherwise",
            Kind::Table(operand),
            "`contains`, `start_with`, `end_with`: the value where nothing is found; none without it. `regex_replace`: \
             the value where nothing is found; without it the transformation is skipped.",
        ),
        key("after", Kind::Text, "`extract`: after the first of these."),
        key("before", Kind::Text, "`extract`: before the first of these."),
        key("start", Kind::Integer(0, 2048), "`substring`: the first character, counted from 0."),
        key("length", Kind::Integer(1, 2048), "`substring`: how many characters; to the end without it."),
        key(
            "pattern",
            Kind::Text,
            "`regex_replace`: a regular expression of at most 512 bytes, with named groups `(?<name>...)` and without \
             look-around and back-references.",
        ),
        key(
            "replacement",
            Kind::Text,
            "`regex_replace`: what takes the place of each match; `{name}` is a group of the pattern or one of the \
             `inputs`, `{{` and `}}` are braces.",
        ),
        key("inputs", Kind::Tables(input), "`regex_replace`: further inputs, at most five, each used."),
    ]
}

const fn key(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, presence: Presence::Optional, doc }
}

static OPERAND: Shape = Shape {
    name: "{ source = ... } or { value = ... }",
    doc: "A fact, of a list the first value, or a fixed text; exactly one of both.",
    keys: &[key("source", Kind::Word(FACTS), "The fact."), key("value", Kind::Text, "The text.")],
};

static INPUT: Shape = Shape {
    name: "{ name = ..., source = ... }",
    doc: "An input of `regex_replace`.",
    keys: &[
        Key { name: "name", kind: Kind::Text, presence: Presence::Required, doc: "Its name in the replacement." },
        Key { name: "source", kind: Kind::Word(FACTS), presence: Presence::Required, doc: "The fact." },
    ],
};

/// `[[partner.claims]]`.
pub(in crate::objects) static INWARD: Shape = Shape {
    name: "[[partner.claims]]",
    doc: "How a field of an account is made of what the partner states, in the place of the usual attributes. Where it \
          cannot be made the account has no such field. The subject is never made by a rule, and an address counts as \
          with any statement: within `domains`, and not where only verified ones do, since the partner's word is about \
          the address that it states.",
    keys: &[
        Key {
            name: "name",
            kind: Kind::Word(&["email", "name", "given_name", "family_name"]),
            presence: Presence::Required,
            doc: "The field, each once. `email` needs a `source`; fixed texts come to it by `join` alone.",
        },
        Key {
            name: "source",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The name of the attribute, or of the claim of ID token or UserInfo; of several values the first. One of \
                  this, `value` and `expression`.",
        },
        VALUE,
        Key {
            name: "expression",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The value in the Common Expression Language, as for apps, over `stated(\"NAME\")`, which is the list of \
                  what is stated under a name.",
        },
        Key {
            name: "transforms",
            kind: Kind::Tables(&INWARD_TRANSFORM),
            presence: Presence::Default("[]"),
            doc: "At most two transformations of the value, in this order.",
        },
    ],
};

static INWARD_TRANSFORM: Shape = Shape {
    name: "[[partner.claims.transforms]]",
    doc: TRANSFORM_DOC,
    keys: &transform_keys(&INWARD_OPERAND, &INWARD_INPUT),
};

static INWARD_OPERAND: Shape = Shape {
    name: "{ source = ... } or { value = ... }",
    doc: "What is stated under a name, or a fixed text; exactly one of both.",
    keys: &[key("source", Kind::Text, "The name."), key("value", Kind::Text, "The text.")],
};

static INWARD_INPUT: Shape = Shape {
    name: "{ name = ..., source = ... }",
    doc: "An input of `regex_replace`.",
    keys: &[
        Key { name: "name", kind: Kind::Text, presence: Presence::Required, doc: "Its name in the replacement." },
        Key { name: "source", kind: Kind::Text, presence: Presence::Required, doc: "The name of what is stated." },
    ],
};

/// `name_id` of `[app.saml]`.
pub(in crate::objects) static NAME_ID: Shape = Shape {
    name: "[app.saml.name_id]",
    doc: "The NameID where the app's request leaves it open or asks for this `format`. Where the account has no such \
          value it is the persistent one.",
    keys: &[
        Key {
            name: "source",
            kind: Kind::Word(&[
                "user.pairwise_id",
                "user.mail",
                "user.principal_name",
                "user.local_principal_name",
                "user.id",
            ]),
            presence: Presence::Required,
            doc: "What names the account; each of these names no other.",
        },
        Key {
            name: "format",
            kind: Kind::Word(&["persistent", "email", "unspecified"]),
            presence: Presence::Default("the source's own"),
            doc: "`persistent` is that of `user.pairwise_id` and `user.id`, `email` that of `user.mail`, `unspecified` \
                  fits all.",
        },
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::facts::{Fact, USERS};
    use crate::domain::claims::rule::{NAME_FORMATS, NAME_ID_FORMATS, NAME_ID_SOURCES};

    #[test]
    fn the_words_are_those_of_the_domain() {
        let of = |shape: &'static Shape, key: &str| match shape.key(key).unwrap().kind {
            Kind::Word(words) => words.to_vec(),
            _ => panic!("{key}"),
        };
        fn words<T>(table: &[(&'static str, T)]) -> Vec<&'static str> {
            table.iter().map(|(word, _)| *word).collect()
        }
        assert_eq!(FACTS, Fact::ALL.map(Fact::as_str));
        assert_eq!(of(&CONDITION, "users"), words(USERS));
        assert_eq!(of(&CLAIM, "name_format"), words(NAME_FORMATS));
        assert_eq!(of(&NAME_ID, "source"), words(NAME_ID_SOURCES));
        assert_eq!(of(&NAME_ID, "format"), words(NAME_ID_FORMATS));
    }
}
