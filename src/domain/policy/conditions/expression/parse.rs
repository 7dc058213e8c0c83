//! From text to tree: names resolved, types checked, size and depth held.

use std::net::IpAddr;

use cel::common::ast::operators as op;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};
use cel::parser::Parser;

use super::tree::{Comparison, Part, Tree, Wanted};
use super::vocabulary::{Field, FieldSet};
use super::{Expression, ExpressionError, MAX_DEPTH, MAX_LENGTH, MAX_NODES};
use crate::base::trace::shorten;
use crate::domain::policy::countries::Country;
use crate::domain::policy::directory::Directory;
use crate::domain::policy::methods::{Method, MethodSet};
use crate::domain::policy::references::Named;
use crate::domain::policy::words::{ClientAppType, Flow, GuestType, Platform};

/// The deepest nesting of brackets that is handed to the parser, so that it is spared what it would
/// refuse. Brackets in texts count too.
const MAX_BRACKETS: usize = 64;

pub(super) fn parse(source: &str, directory: &Directory) -> Result<Expression, ExpressionError> {
    if source.len() > MAX_LENGTH {
        return Err(ExpressionError::TooLong);
    }
    if source.bytes().filter(|b| matches!(b, b'(' | b'[' | b'{' | b'!' | b'-' | b'?')).count() > MAX_BRACKETS {
        return Err(ExpressionError::TooLarge);
    }
    let parser = Parser::new().max_recursion_depth(MAX_DEPTH).error_recovery_limit(1);
    let parsed = parser.parse(source).map_err(|errors| {
        let first = errors.errors.first().map(|error| error.msg.replace('\n', " "));
        ExpressionError::Syntax(shorten(first.unwrap_or_default()))
    })?;
    let mut lowering = Lowering { directory, nodes: 0, terms: 0, reads: FieldSet::EMPTY, names: Vec::new() };
    let tree = lowering.question(&parsed)?;
    let Lowering { terms, reads, names, .. } = lowering;
    Ok(Expression { source: source.to_owned(), tree, terms, reads, names })
}

struct Lowering<'d> {
    directory: &'d Directory,
    nodes: usize,
    terms: usize,
    reads: FieldSet,
    names: Vec<(String, Named)>,
}

type Lowered<T> = Result<T, ExpressionError>;

impl Lowering<'_> {
    fn count(&mut self) -> Lowered<()> {
        self.nodes += 1;
        if self.nodes > MAX_NODES { Err(ExpressionError::TooLarge) } else { Ok(()) }
    }

    fn question(&mut self, expr: &IdedExpr) -> Lowered<Tree> {
        self.count()?;
        match &expr.expr {
            Expr::Literal(LiteralValue::Boolean(answer)) => Ok(Tree::Constant(*answer.inner())),
            Expr::Call(call) => self.call(call),
            other => Err(unsupported(other)),
        }
    }

    fn call(&mut self, call: &CallExpr) -> Lowered<Tree> {
        let name = call.func_name.as_str();
        match (name, &call.target, call.args.as_slice()) {
            (op::LOGICAL_NOT, None, [inner]) => Ok(Tree::Not(Box::new(self.question(inner)?))),
            (op::LOGICAL_AND, None, [a, b]) => Ok(Tree::And(Box::new([self.question(a)?, self.question(b)?]))),
            (op::LOGICAL_OR, None, [a, b]) => Ok(Tree::Or(Box::new([self.question(a)?, self.question(b)?]))),
            (op::CONDITIONAL, None, [a, b, c]) => {
                Ok(Tree::If(Box::new([self.question(a)?, self.question(b)?, self.question(c)?])))
            }
            (op::IN, None, [left, right]) => self.membership(left, right),
            ("startsWith" | "endsWith" | "contains", Some(target), [text]) => self.part_of_mail(name, target, text),
            (_, None, [left, right]) => match comparison(name) {
                Some(comparison) => self.comparison(comparison, left, right),
                None => Err(ExpressionError::Unsupported(format!("`{name}`"))),
            },
            _ => Err(ExpressionError::Unsupported(format!("`{}`", shorten(name.to_owned())))),
        }
    }

    fn comparison(&mut self, comparison: Comparison, left: &IdedExpr, right: &IdedExpr) -> Lowered<Tree> {
        let (comparison, field, literal) = match (&left.expr, &right.expr) {
            (Expr::Literal(literal), _) => (comparison.mirrored(), self.field(right)?, literal),
            (_, Expr::Literal(literal)) => (comparison, self.field(left)?, literal),
            (_, other) => return Err(unsupported(other)),
        };
        self.count()?;
        self.terms += 1;
        match (field, comparison, literal) {
            (Field::AuthenticationAge, _, LiteralValue::Int(seconds)) => Ok(Tree::Age(comparison, *seconds.inner())),
            (Field::AuthenticationAge, ..) => Err(never(field, describe(literal))),
            _ if field.is_list() => Err(ExpressionError::Unsupported(format!(
                "`{}` with a single value (write `\"...\" in {0}`)",
                field.as_str()
            ))),
            (_, Comparison::Equal, LiteralValue::String(text)) => Ok(Tree::Is(self.wanted(field, &[text.inner()])?)),
            (_, Comparison::NotEqual, LiteralValue::String(text)) => {
                Ok(Tree::Not(Box::new(Tree::Is(self.wanted(field, &[text.inner()])?))))
            }
            (_, Comparison::Equal | Comparison::NotEqual, _) => Err(never(field, describe(literal))),
            _ => Err(ExpressionError::Unsupported(format!("an order of `{}`", field.as_str()))),
        }
    }

    /// `fact in ["...", ...]`, or `"..." in fact` where the fact is a list.
    fn membership(&mut self, left: &IdedExpr, right: &IdedExpr) -> Lowered<Tree> {
        match (&left.expr, &right.expr) {
            (Expr::Literal(LiteralValue::String(text)), _) => {
                let field = self.field(right)?;
                self.count()?;
                self.terms += 1;
                if !field.is_list() {
                    let message = format!("`in {}`, which is one value,", field.as_str());
                    return Err(ExpressionError::Unsupported(message));
                }
                Ok(Tree::Is(self.wanted(field, &[text.inner()])?))
            }
            (_, Expr::List(list)) => {
                let field = self.field(left)?;
                if field.is_list() || field == Field::AuthenticationAge {
                    return Err(ExpressionError::Unsupported(format!("`{} in [...]`", field.as_str())));
                }
                let mut texts = Vec::new();
                for element in &list.elements {
                    self.count()?;
                    match &element.expr {
                        Expr::Literal(LiteralValue::String(text)) => texts.push(text.inner()),
                        Expr::Literal(other) => return Err(never(field, describe(other))),
                        other => return Err(unsupported(other)),
                    }
                }
                self.terms += texts.len();
                Ok(Tree::Is(self.wanted(field, &texts)?))
            }
            (_, other) => Err(unsupported(other)),
        }
    }

    fn part_of_mail(&mut self, name: &str, target: &IdedExpr, text: &IdedExpr) -> Lowered<Tree> {
        let field = self.field(target)?;
        self.count()?;
        self.terms += 1;
        match (field, &text.expr) {
            (Field::UserMail, Expr::Literal(LiteralValue::String(text))) => {
                let part = match name {
                    "startsWith" => Part::Start,
                    "endsWith" => Part::End,
                    _ => Part::Anywhere,
                };
                Ok(Tree::Mail(part, lower_case(field, text.inner())?))
            }
            (Field::UserMail, other) => Err(unsupported(other)),
            _ => Err(ExpressionError::Unsupported(format!("`{}.{name}`", field.as_str()))),
        }
    }

    /// The fact that an expression names.
    fn field(&mut self, expr: &IdedExpr) -> Lowered<Field> {
        let mut names = Vec::new();
        let mut rest = &expr.expr;
        loop {
            self.count()?;
            match rest {
                Expr::Ident(name) => {
                    names.push(name.as_str());
                    break;
                }
                Expr::Select(select) if !select.test => {
                    names.push(select.field.as_str());
                    rest = &select.operand.expr;
                }
                other => return Err(unsupported(other)),
            }
        }
        names.reverse();
        let name = names.join(".");
        let found = Field::ALL.into_iter().find(|field| field.as_str() == name);
        let field = found.ok_or_else(|| ExpressionError::UnknownName(shorten(name)))?;
        self.reads = self.reads.with(field);
        Ok(field)
    }

    /// The objects of `texts`, which are kept beside their names.
    fn named<I: Copy>(
        &mut self,
        field: Field,
        texts: &[&str],
        find: impl Fn(&str) -> Option<I>,
        named: impl Fn(I) -> Named,
    ) -> Lowered<Vec<I>> {
        let found = each(field, texts, find)?;
        for (text, id) in texts.iter().zip(&found) {
            let name = ((*text).to_owned(), named(*id));
            if !self.names.contains(&name) {
                self.names.push(name);
            }
        }
        Ok(found)
    }

    fn wanted(&mut self, field: Field, texts: &[&str]) -> Lowered<Wanted> {
        let known = self.directory;
        Ok(match field {
            Field::UserId => {
                let find = |text: &str| known.guests.find(&text.to_ascii_lowercase());
                Wanted::Guests(self.named(field, texts, find, Named::Guest)?)
            }
            Field::UserMail => {
                Wanted::Mails(texts.iter().map(|text| lower_case(field, text)).collect::<Result<_, _>>()?)
            }
            Field::UserGroups => {
                Wanted::Groups(self.named(field, texts, |text| known.groups.find(text), Named::Group)?)
            }
            Field::UserRoles => Wanted::Roles(each(field, texts, |text| known.roles.get(text).cloned())?),
            Field::UserGuestType => Wanted::GuestTypes(each(field, texts, GuestType::parse)?),
            Field::Partner => {
                Wanted::Partners(self.named(field, texts, |text| known.partners.find(text), Named::Partner)?)
            }
            Field::App => Wanted::Apps(self.named(field, texts, |text| known.apps.find(text), Named::App)?),
            Field::AppGroups => {
                Wanted::AppGroups(self.named(field, texts, |text| known.app_groups.find(text), Named::AppGroup)?)
            }
            Field::ClientAppType => Wanted::ClientAppTypes(each(field, texts, ClientAppType::parse)?),
            Field::Platform => Wanted::Platforms(each(field, texts, Platform::parse)?),
            Field::Ip => {
                let address = |text: &str| text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical());
                Wanted::Addresses(each(field, texts, address)?)
            }
            Field::Country => Wanted::Countries(each(field, texts, |text| Country::parse(text).ok())?),
            Field::AuthenticationFlow => Wanted::Flows(each(field, texts, Flow::parse)?),
            Field::AuthenticationMethods => Wanted::Methods(MethodSet::of(&each(field, texts, Method::parse)?)),
            Field::AuthenticationAge => return Err(never(field, texts.concat())),
        })
    }
}

fn each<T>(field: Field, texts: &[&str], read: impl Fn(&str) -> Option<T>) -> Lowered<Vec<T>> {
    texts.iter().map(|text| read(text).ok_or_else(|| never(field, (*text).to_owned()))).collect()
}

/// Mail addresses are compared in lower case, so a capital letter would never match.
fn lower_case(field: Field, text: &str) -> Lowered<String> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) { Err(never(field, text.to_owned())) } else { Ok(text.to_owned()) }
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        op::EQUALS => Comparison::Equal,
        op::NOT_EQUALS => Comparison::NotEqual,
        op::LESS => Comparison::Less,
        op::LESS_EQUALS => Comparison::LessOrEqual,
        op::GREATER => Comparison::Greater,
        op::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn never(field: Field, literal: String) -> ExpressionError {
    ExpressionError::NeverEqual { field: field.as_str(), literal: shorten(literal), expected: field.expected() }
}

fn describe(literal: &LiteralValue) -> String {
    match literal {
        LiteralValue::String(text) => text.inner().to_owned(),
        LiteralValue::Int(number) => number.inner().to_string(),
        LiteralValue::Boolean(flag) => flag.inner().to_string(),
        LiteralValue::Bytes(_) => "bytes".to_owned(),
        LiteralValue::Double(_) => "a number with a fraction".to_owned(),
        LiteralValue::Null => "null".to_owned(),
        LiteralValue::UInt(_) => "an unsigned number".to_owned(),
    }
}

fn unsupported(expr: &Expr) -> ExpressionError {
    let what = match expr {
        Expr::Unspecified => "nothing".to_owned(),
        Expr::Call(call) => format!("`{}`", shorten(call.func_name.clone())),
        Expr::Comprehension(_) => "a loop".to_owned(),
        Expr::Ident(name) => format!("`{}` at this place", shorten(name.clone())),
        Expr::List(_) => "a list at this place".to_owned(),
        Expr::Literal(literal) => format!("`{}` at this place", shorten(describe(literal))),
        Expr::Map(_) => "a map".to_owned(),
        Expr::Select(select) => format!("`{}` at this place", shorten(select.field.clone())),
        Expr::Struct(_) => "a structure".to_owned(),
    };
    ExpressionError::Unsupported(what)
}
