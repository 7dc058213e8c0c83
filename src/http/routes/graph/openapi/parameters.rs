//! Parameters of queries and headers, made of the rules by which lists read them.

use serde_json::{Value, json};

use crate::http::routes::graph::odata::filter::{Kind, MAX_FILTER};
use crate::http::routes::graph::odata::query::{DEFAULT_TOP, MAX_TOP, Rules, known};

/// The header that counting and searching need.
pub const CONSISTENCY: &str = "ConsistencyLevel";

/// What a query or the headers may say.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// `query` or `header`.
    pub place: &'static str,
    /// Whether it must stand.
    pub required: bool,
    /// Its schema.
    pub schema: Value,
    /// What it is for, where the name does not say it.
    pub about: Option<String>,
}

impl Parameter {
    /// As the document has it.
    pub fn json(&self) -> Value {
        let Self { name, place, required, schema, about } = self;
        let mut json = json!({ "name": name, "in": place, "required": required, "schema": schema });
        if let Some(about) = about {
            json["description"] = json!(about);
        }
        json
    }
}

/// A parameter of the query that may be left out.
pub fn named(name: &'static str, schema: Value) -> Parameter {
    Parameter { name, place: "query", required: false, schema, about: None }
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Which properties are to be shown.
pub fn select(properties: &[&str]) -> Parameter {
    let one = format!("({})", properties.join("|"));
    named("$select", json!({ "type": "string", "pattern": format!("^{one}(,{one})*$") }))
}

/// The options of a list.
pub fn of_list<P: Copy, O: Copy>(rules: &Rules<P, O>) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = known(rules).into_iter().map(|name| option(name, rules)).collect();
    if parameters.iter().any(|parameter| matches!(parameter.name, "$count" | "$search")) {
        parameters.push(consistency(false));
    }
    parameters
}

/// The header that counting and searching need.
pub fn consistency(required: bool) -> Parameter {
    let about = "`eventual`, which `$count` and `$search` need".to_owned();
    let schema = json!({ "type": "string" });
    Parameter { name: CONSISTENCY, place: "header", required, schema, about: Some(about) }
}

fn option<P, O>(name: &'static str, rules: &Rules<P, O>) -> Parameter {
    let about = |parameter: Parameter, about: String| Parameter { about: Some(about), ..parameter };
    match name {
        "$filter" => {
            let shown = rules.filterable.iter().map(|property| match property.kind {
                Kind::AnyText => property.name.replace("/any/", "/any(x:x/") + ")",
                _ => property.name.to_owned(),
            });
            let names = shown.collect::<Vec<_>>();
            let by = listed(names.iter().map(String::as_str));
            about(
                named(name, json!({ "type": "string", "minLength": 1, "maxLength": MAX_FILTER })),
                format!("By {by}."),
            )
        }
        "$search" => {
            let by = listed(rules.searchable.iter().map(|property| property.name));
            about(named(name, json!({ "type": "string", "minLength": 1 })), format!("What begins so, by {by}."))
        }
        "$orderby" => {
            let names: Vec<_> = rules.orders.iter().map(|(name, _)| *name).collect();
            let pattern = format!("^({})( (asc|desc))?$", names.join("|"));
            named(name, json!({ "type": "string", "pattern": pattern }))
        }
        "$select" => select(rules.selectable),
        "$top" => named(name, json!({ "type": "integer", "minimum": 1, "maximum": MAX_TOP, "default": DEFAULT_TOP })),
        "$count" => named(name, json!({ "type": "boolean" })),
        _ => about(
            named(name, json!({ "type": "string", "minLength": 1 })),
            "Where the page before ended: follow `@odata.nextLink`.".to_owned(),
        ),
    }
}
