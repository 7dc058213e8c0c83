//! From text to tree: names resolved, types checked, size and depth held.

use std::cmp::Ordering;

use cel::common::ast::operators as op;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue};
use cel::parser::Parser;

use super::tree::{Node, Type};
use super::{Expression, ExpressionError, MAX_DEPTH, MAX_LENGTH, MAX_NODES, functions};
use crate::base::trace::shorten;
use crate::domain::claims::facts::Fact;
use crate::domain::claims::set::Names;

/// The deepest nesting of brackets that is handed to the parser, so that it is spared what it would
/// refuse. Brackets in texts count too.
const MAX_BRACKETS: usize = 64;

/// What the standard macros call the value that a loop builds up.
const RESULT: &str = "@result";

pub(super) fn parse(source: &str, names: &dyn Names) -> Result<Expression, ExpressionError> {
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
    let mut lowering = Lowering { names, nodes: 0, element: None, reads_groups: false };
    let (root, gives) = lowering.node(&parsed)?;
    Ok(Expression { root, gives, reads_groups: lowering.reads_groups })
}

pub(super) struct Lowering<'n> {
    names: &'n dyn Names,
    nodes: usize,
    /// What the loop around it calls its element.
    element: Option<String>,
    reads_groups: bool,
}

pub(super) type Lowered<T> = Result<T, ExpressionError>;

type Typed = (Node, Type);

/// The part, where it gives what belongs there.
pub(super) fn typed((node, found): Typed, expected: Type, place: &'static str) -> Lowered<Node> {
    if found == expected {
        return Ok(node);
    }
    Err(ExpressionError::Type { place, expected: expected.as_str(), found: found.as_str() })
}

impl Lowering<'_> {
    fn count(&mut self) -> Lowered<()> {
        self.nodes += 1;
        if self.nodes > MAX_NODES { Err(ExpressionError::TooLarge) } else { Ok(()) }
    }

    pub(super) fn node(&mut self, expr: &IdedExpr) -> Lowered<Typed> {
        self.count()?;
        match &expr.expr {
            Expr::Literal(LiteralValue::Boolean(flag)) => Ok((Node::Flag(*flag.inner()), Type::Flag)),
            Expr::Literal(LiteralValue::Int(number)) => Ok((Node::Number(*number.inner()), Type::Number)),
            Expr::Literal(LiteralValue::String(text)) => Ok((Node::Text(text.inner().to_owned()), Type::Text)),
            Expr::List(list) if list.optional_indices.is_empty() => self.list(&list.elements),
            Expr::Ident(name) if self.element.as_ref() == Some(name) => Ok((Node::Element, Type::Text)),
            Expr::Select(select) if select.test => {
                let fact = self.selected(&select.operand.expr, &select.field)?;
                Ok((Node::Has(fact), Type::Flag))
            }
            Expr::Select(select) => self.selected(&select.operand.expr, &select.field).map(of_fact),
            Expr::Ident(name) => self.fact(name).map(of_fact),
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            other => Err(unsupported(other)),
        }
    }

    fn typed(&mut self, expr: &IdedExpr, expected: Type, place: &'static str) -> Lowered<Node> {
        let part = self.node(expr)?;
        typed(part, expected, place)
    }

    fn pair(&mut self, a: &IdedExpr, b: &IdedExpr, expected: Type, place: &'static str) -> Lowered<Box<[Node; 2]>> {
        Ok(Box::new([self.typed(a, expected, place)?, self.typed(b, expected, place)?]))
    }

    /// Two parts of one type.
    fn alike(&mut self, a: &IdedExpr, b: &IdedExpr) -> Lowered<(Box<[Node; 2]>, Type)> {
        let (a, first) = self.node(a)?;
        let b = self.typed(b, first, "the right side")?;
        Ok((Box::new([a, b]), first))
    }

    fn path(&mut self, operand: &Expr, field: &str) -> Lowered<String> {
        self.count()?;
        match operand {
            Expr::Ident(name) if self.element.as_ref() != Some(name) => Ok(format!("{name}.{field}")),
            Expr::Select(select) if !select.test => {
                let front = self.path(&select.operand.expr, &select.field)?;
                Ok(format!("{front}.{field}"))
            }
            other => Err(unsupported(other)),
        }
    }

    fn fact(&mut self, name: &str) -> Lowered<Fact> {
        if name == "user.roles" {
            return Err(ExpressionError::Roles);
        }
        if self.names.is_of_statement() {
            return Err(beside_statement(name));
        }
        let fact = Fact::parse(name).ok_or_else(|| ExpressionError::UnknownName(shorten(name.to_owned())))?;
        self.reads_groups |= fact == Fact::Groups;
        Ok(fact)
    }

    fn selected(&mut self, operand: &Expr, field: &str) -> Lowered<Fact> {
        let name = self.path(operand, field)?;
        self.fact(&name)
    }

    fn list(&mut self, elements: &[IdedExpr]) -> Lowered<Typed> {
        let texts = elements.iter().map(|element| self.typed(element, Type::Text, "an element of a list"));
        Ok((Node::List(texts.collect::<Lowered<_>>()?), Type::Texts))
    }

    /// What is stated under a name, which is a literal.
    fn stated(&self, name: &IdedExpr) -> Lowered<Typed> {
        let Expr::Literal(LiteralValue::String(name)) = &name.expr else { return Err(unsupported(&name.expr)) };
        Ok(of_fact(Fact::stated(name.inner())))
    }

    fn conditional(&mut self, a: &IdedExpr, b: &IdedExpr, c: &IdedExpr) -> Lowered<Typed> {
        let condition = self.typed(a, Type::Flag, "what stands before `?`")?;
        let (parts, gives) = self.alike(b, c)?;
        let [then, otherwise] = *parts;
        Ok((Node::If(Box::new([condition, then, otherwise])), gives))
    }

    fn element_of(&mut self, list: &IdedExpr, place: &IdedExpr) -> Lowered<Typed> {
        let list = self.typed(list, Type::Texts, "what stands before `[`")?;
        let place = self.typed(place, Type::Number, "what stands in `[` and `]`")?;
        Ok((Node::Index(Box::new([list, place])), Type::Text))
    }

    fn function(&mut self, call: &CallExpr) -> Lowered<Typed> {
        let arguments: Vec<&IdedExpr> = call.target.iter().map(AsRef::as_ref).chain(&call.args).collect();
        functions::call(self, &call.func_name, &arguments)
    }

    // The kinds of calls have functions of their own, so that the frame of the longest chain stays small.
    fn call(&mut self, call: &CallExpr) -> Lowered<Typed> {
        let name = call.func_name.as_str();
        match (name, &call.target, call.args.as_slice()) {
            (op::LOGICAL_NOT, None, [inner]) => {
                Ok((Node::Not(Box::new(self.typed(inner, Type::Flag, "what `!` turns round")?)), Type::Flag))
            }
            (op::LOGICAL_AND, None, [a, b]) => {
                Ok((Node::And(self.pair(a, b, Type::Flag, "a side of `&&`")?), Type::Flag))
            }
            (op::LOGICAL_OR, None, [a, b]) => {
                Ok((Node::Or(self.pair(a, b, Type::Flag, "a side of `||`")?), Type::Flag))
            }
            (op::CONDITIONAL, None, [a, b, c]) => self.conditional(a, b, c),
            (op::IN, None, [left, right]) => self.membership(left, right),
            (op::EQUALS, None, [a, b]) => self.equality(a, b),
            (op::NOT_EQUALS, None, [a, b]) => {
                let (equal, _) = self.equality(a, b)?;
                Ok((Node::Not(Box::new(equal)), Type::Flag))
            }
            (op::LESS, None, [a, b]) => self.order(&[Ordering::Less], a, b),
            (op::LESS_EQUALS, None, [a, b]) => self.order(&[Ordering::Less, Ordering::Equal], a, b),
            (op::GREATER, None, [a, b]) => self.order(&[Ordering::Greater], a, b),
            (op::GREATER_EQUALS, None, [a, b]) => self.order(&[Ordering::Greater, Ordering::Equal], a, b),
            (op::ADD, None, [a, b]) => match self.alike(a, b)? {
                (_, Type::Flag) => Err(ExpressionError::Unsupported("`+` of true or false".to_owned())),
                (parts, gives) => Ok((Node::Add(parts), gives)),
            },
            (op::SUBSTRACT, None, [a, b]) => {
                Ok((Node::Subtract(self.pair(a, b, Type::Number, "a side of `-`")?), Type::Number))
            }
            (op::INDEX, None, [list, place]) => self.element_of(list, place),
            ("stated", None, [name]) if self.names.is_of_statement() => self.stated(name),
            _ => self.function(call),
        }
    }

    fn equality(&mut self, a: &IdedExpr, b: &IdedExpr) -> Lowered<Typed> {
        if let Some(node) = self.partner(a, std::slice::from_ref(b))? {
            return Ok((node, Type::Flag));
        }
        if let Some(node) = self.partner(b, std::slice::from_ref(a))? {
            return Ok((node, Type::Flag));
        }
        match self.alike(a, b)? {
            (_, Type::Texts) => Err(ExpressionError::Unsupported("`==` of lists".to_owned())),
            (parts, _) => Ok((Node::Equal(parts), Type::Flag)),
        }
    }

    fn order(&mut self, wanted: &'static [Ordering], a: &IdedExpr, b: &IdedExpr) -> Lowered<Typed> {
        match self.alike(a, b)? {
            (parts, Type::Text | Type::Number) => Ok((Node::Ordered(wanted, parts), Type::Flag)),
            (_, other) => Err(ExpressionError::Unsupported(format!("an order of {}", other.as_str()))),
        }
    }

    fn membership(&mut self, left: &IdedExpr, right: &IdedExpr) -> Lowered<Typed> {
        if let Expr::List(list) = &right.expr
            && let Some(node) = self.partner(left, &list.elements)?
        {
            return Ok((node, Type::Flag));
        }
        let texts = self.typed(right, Type::Texts, "the right side of `in`")?;
        if let (Expr::Literal(LiteralValue::String(name)), Node::Fact(Fact::Groups)) = (&left.expr, &texts) {
            self.count()?;
            let group = self.names.group(name.inner());
            let group = group.ok_or_else(|| ExpressionError::UnknownGroup(shorten(name.inner().to_owned())))?;
            return Ok((Node::InGroup(group), Type::Flag));
        }
        let text = self.typed(left, Type::Text, "the left side of `in`")?;
        Ok((Node::In(Box::new([text, texts])), Type::Flag))
    }

    /// A comparison of `partner` with slugs, where it is one.
    fn partner(&mut self, expr: &IdedExpr, slugs: &[IdedExpr]) -> Lowered<Option<Node>> {
        if !matches!(&expr.expr, Expr::Ident(name) if name == "partner" && self.element.as_ref() != Some(name)) {
            return Ok(None);
        }
        self.count()?;
        let mut partners = Vec::with_capacity(slugs.len());
        for slug in slugs {
            self.count()?;
            let Expr::Literal(LiteralValue::String(slug)) = &slug.expr else { return Err(unsupported(&slug.expr)) };
            let partner = self.names.partner(slug.inner());
            partners.push(partner.ok_or_else(|| ExpressionError::UnknownPartner(shorten(slug.inner().to_owned())))?);
        }
        Ok(Some(Node::IsPartner(partners)))
    }

    /// One loop over one list, by the shape that the standard macros give it.
    fn comprehension(&mut self, loops: &ComprehensionExpr) -> Lowered<Typed> {
        if self.element.is_some() {
            return Err(ExpressionError::Unsupported("a loop in a loop".to_owned()));
        }
        let unknown = || ExpressionError::Unsupported("this loop".to_owned());
        if loops.accu_var != RESULT || loops.iter_var2.is_some() || loops.iter_var.starts_with('@') {
            return Err(unknown());
        }
        let range = self.typed(&loops.iter_range, Type::Texts, "the list of a loop")?;
        self.element = Some(loops.iter_var.clone());
        let Expr::Call(step) = &loops.loop_step.expr else { return Err(unknown()) };
        let made = match (step.func_name.as_str(), step.args.as_slice(), &loops.accu_init.expr) {
            (op::LOGICAL_OR, [accu, body], Expr::Literal(LiteralValue::Boolean(_))) if is_result(accu) => {
                let body = self.typed(body, Type::Flag, "the condition of `exists`")?;
                (Node::Exists(Box::new([range, body])), Type::Flag)
            }
            (op::LOGICAL_AND, [accu, body], Expr::Literal(LiteralValue::Boolean(_))) if is_result(accu) => {
                let body = self.typed(body, Type::Flag, "the condition of `all`")?;
                (Node::All(Box::new([range, body])), Type::Flag)
            }
            (op::ADD, _, Expr::List(_)) => {
                let body = self.typed(added(step).ok_or_else(unknown)?, Type::Text, "what `map` makes")?;
                (Node::Collect(Box::new(range), None, Box::new(body)), Type::Texts)
            }
            (op::CONDITIONAL, [condition, then, otherwise], Expr::List(_)) if is_result(otherwise) => {
                let Expr::Call(then) = &then.expr else { return Err(unknown()) };
                let condition = self.typed(condition, Type::Flag, "the condition of `filter`")?;
                let body = self.typed(added(then).ok_or_else(unknown)?, Type::Text, "what `map` makes")?;
                (Node::Collect(Box::new(range), Some(Box::new(condition)), Box::new(body)), Type::Texts)
            }
            _ => return Err(ExpressionError::Unsupported("this loop, such as `exists_one`,".to_owned())),
        };
        self.element = None;
        Ok(made)
    }
}

const fn of_fact(fact: Fact) -> Typed {
    (Node::Fact(fact), if fact.is_list() { Type::Texts } else { Type::Text })
}

fn beside_statement(name: &str) -> ExpressionError {
    ExpressionError::Unsupported(format!("`{}` beside what is `stated(\"NAME\")`", shorten(name.to_owned())))
}

fn is_result(expr: &IdedExpr) -> bool {
    matches!(&expr.expr, Expr::Ident(name) if name == RESULT)
}

/// What a step adds to the result.
fn added(step: &CallExpr) -> Option<&IdedExpr> {
    match (step.func_name.as_str(), step.args.as_slice()) {
        (op::ADD, [accu, list]) if is_result(accu) => match &list.expr {
            Expr::List(list) if list.elements.len() == 1 => list.elements.first(),
            _ => None,
        },
        _ => None,
    }
}

fn unsupported(expr: &Expr) -> ExpressionError {
    let what = match expr {
        Expr::Unspecified => "nothing".to_owned(),
        Expr::Call(call) => format!("`{}` at this place", shorten(call.func_name.clone())),
        Expr::Comprehension(_) => "a loop at this place".to_owned(),
        Expr::Ident(name) => format!("`{}` at this place", shorten(name.clone())),
        Expr::List(_) => "a list at this place".to_owned(),
        Expr::Literal(_) => "a literal of this kind at this place".to_owned(),
        Expr::Map(_) => "a map".to_owned(),
        Expr::Select(select) => format!("`{}` at this place", shorten(select.field.clone())),
        Expr::Struct(_) => "a structure".to_owned(),
    };
    ExpressionError::Unsupported(what)
}
