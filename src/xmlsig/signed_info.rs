//! The strict shape of `ds:Signature`: every part once, in order, nothing else.
//!
//! # Source
//! XML Signature 1.1 4, narrowed to one Reference and no Object.

use roxmltree::{Node, NodeType};

use super::algorithms::{Digest, ENVELOPED, signature_algorithm};
use super::names::{DSIG, EXCLUSIVE_C14N, is_ncname};
use super::signature_error::{Part, SignatureError};
use crate::base::encoding::from_base64_lines;
use crate::keys::signing::SignatureAlgorithm;

/// More prefixes than any real signer lists.
const MAX_PREFIXES: usize = 32;

/// What a `ds:Signature` says, and nothing of what it proves.
pub(super) struct Signature<'doc, 'input> {
    pub(super) signed_info: Node<'doc, 'input>,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) inclusive: Vec<&'doc str>,
    pub(super) reference: Reference<'doc>,
    pub(super) value: Vec<u8>,
}

/// The one Reference.
pub(super) struct Reference<'doc> {
    pub(super) digest: Digest,
    pub(super) digest_value: Vec<u8>,
    pub(super) inclusive: Vec<&'doc str>,
}

/// Reads `signature`, whose Reference must name `id`.
pub(super) fn read<'doc, 'input>(
    signature: Node<'doc, 'input>,
    id: &str,
) -> Result<Signature<'doc, 'input>, SignatureError> {
    attributes(signature, &["Id"])?;
    let [signed_info, value, _key_info] =
        parts(signature, [Part::SignedInfo, Part::SignatureValue, Part::KeyInfo], Some(Part::KeyInfo))?;
    let signed_info = signed_info.ok_or(SignatureError::Missing(Part::SignedInfo))?;
    let value = value.ok_or(SignatureError::Missing(Part::SignatureValue))?;

    attributes(signed_info, &["Id"])?;
    let [c14n_method, signature_method, reference] =
        parts(signed_info, [Part::CanonicalizationMethod, Part::SignatureMethod, Part::Reference], None)?;
    let c14n_method = c14n_method.ok_or(SignatureError::Missing(Part::CanonicalizationMethod))?;
    let signature_method = signature_method.ok_or(SignatureError::Missing(Part::SignatureMethod))?;
    let reference = reference.ok_or(SignatureError::Missing(Part::Reference))?;

    if algorithm_of(c14n_method)? != EXCLUSIVE_C14N {
        return Err(SignatureError::CanonicalizationMethod);
    }
    let algorithm = signature_algorithm(algorithm_of(signature_method)?).ok_or(SignatureError::SignatureMethod)?;
    childless(signature_method)?;
    Ok(Signature {
        signed_info,
        algorithm,
        inclusive: prefix_list(c14n_method)?,
        reference: read_reference(reference, id)?,
        value: base64_text(value, Part::SignatureValue, &["Id"])?,
    })
}

fn read_reference<'doc>(reference: Node<'doc, '_>, id: &str) -> Result<Reference<'doc>, SignatureError> {
    attributes(reference, &["Id", "URI", "Type"])?;
    let uri = reference.attribute("URI").ok_or(SignatureError::ReferenceWithoutUri)?;
    if uri.is_empty() {
        return Err(SignatureError::ReferenceEmptyUri);
    }
    let fragment = uri.strip_prefix('#').ok_or(SignatureError::ReferenceExternal)?;
    if !is_ncname(fragment) {
        return Err(SignatureError::ReferenceNotAnId);
    }
    if fragment != id {
        return Err(SignatureError::ReferenceNotParent);
    }
    let [transforms, method, value] =
        parts(reference, [Part::Transforms, Part::DigestMethod, Part::DigestValue], None)?;
    let transforms = transforms.ok_or(SignatureError::Missing(Part::Transforms))?;
    let method = method.ok_or(SignatureError::Missing(Part::DigestMethod))?;
    let value = value.ok_or(SignatureError::Missing(Part::DigestValue))?;
    let inclusive = read_transforms(transforms)?;
    let digest = Digest::from_uri(algorithm_of(method)?).ok_or(SignatureError::DigestMethod)?;
    childless(method)?;
    Ok(Reference { digest, digest_value: base64_text(value, Part::DigestValue, &[])?, inclusive })
}

/// Exactly enveloped-signature and then exclusive canonicalisation; returns the prefixes of the
/// latter.
fn read_transforms<'doc>(transforms: Node<'doc, '_>) -> Result<Vec<&'doc str>, SignatureError> {
    attributes(transforms, &[])?;
    let mut found = Vec::with_capacity(2);
    for transform in elements(transforms)? {
        if !is_ds(transform, "Transform") {
            return Err(unexpected(transform));
        }
        match algorithm_of(transform)? {
            ENVELOPED => found.push((ENVELOPED, transform)),
            EXCLUSIVE_C14N => found.push((EXCLUSIVE_C14N, transform)),
            _ => return Err(SignatureError::Transform),
        }
    }
    match found.as_slice() {
        [(ENVELOPED, enveloped), (EXCLUSIVE_C14N, c14n)] => {
            childless(*enveloped)?;
            prefix_list(*c14n)
        }
        [(EXCLUSIVE_C14N, _), (ENVELOPED, _)] => Err(SignatureError::TransformOrder),
        [_, _, _, ..] => Err(SignatureError::TransformsTooMany),
        _ => Err(SignatureError::TransformMissing),
    }
}

/// The prefixes of the `InclusiveNamespaces` in `method`, `""` for `#default`; none without one.
fn prefix_list<'doc>(method: Node<'doc, '_>) -> Result<Vec<&'doc str>, SignatureError> {
    let mut children = elements(method)?;
    let Some(inclusive) = children.next() else { return Ok(Vec::new()) };
    if inclusive.tag_name().namespace() != Some(EXCLUSIVE_C14N)
        || inclusive.tag_name().name() != Part::InclusiveNamespaces.local()
    {
        return Err(unexpected(inclusive));
    }
    if let Some(second) = children.next() {
        return Err(match second.tag_name() == inclusive.tag_name() {
            true => SignatureError::Twice(Part::InclusiveNamespaces),
            false => unexpected(second),
        });
    }
    attributes(inclusive, &["PrefixList"])?;
    childless(inclusive)?;
    let list = inclusive.attribute("PrefixList").ok_or(SignatureError::PrefixList)?;
    let prefixes: Vec<_> = list
        .split_ascii_whitespace()
        .map(|prefix| match prefix {
            "#default" => Some(""),
            prefix => Some(prefix).filter(|prefix| is_ncname(prefix)),
        })
        .collect::<Option<_>>()
        .ok_or(SignatureError::PrefixList)?;
    if prefixes.len() > MAX_PREFIXES { Err(SignatureError::PrefixList) } else { Ok(prefixes) }
}

/// The children of `parent`, which must be `expected` in order, each at most once; `optional` may be
/// absent, another that is absent is named before one that is out of order.
fn parts<'doc, 'input, const N: usize>(
    parent: Node<'doc, 'input>,
    expected: [Part; N],
    optional: Option<Part>,
) -> Result<[Option<Node<'doc, 'input>>; N], SignatureError> {
    let mut found = [None; N];
    let mut misplaced = None;
    let mut last = 0;
    for child in elements(parent)? {
        let Some(at) = expected.iter().position(|part| is_ds(child, part.local())) else {
            return Err(unexpected(child));
        };
        if found[at].replace(child).is_some() {
            return Err(SignatureError::Twice(expected[at]));
        }
        if at < last {
            misplaced = Some(expected[at]);
        }
        last = at;
    }
    for (part, node) in expected.iter().zip(&found) {
        if node.is_none() && optional != Some(*part) {
            return Err(SignatureError::Missing(*part));
        }
    }
    misplaced.map_or(Ok(found), |part| Err(SignatureError::Order(part)))
}

/// The elements in `parent`; between them only white space may stand.
fn elements<'doc, 'input>(
    parent: Node<'doc, 'input>,
) -> Result<impl Iterator<Item = Node<'doc, 'input>>, SignatureError> {
    for node in parent.children() {
        let is_fine = match node.node_type() {
            NodeType::Element => true,
            NodeType::Text => node.text().is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_whitespace())),
            _ => false,
        };
        if !is_fine {
            return Err(SignatureError::Content);
        }
    }
    Ok(parent.children().filter(Node::is_element))
}

fn childless(node: Node<'_, '_>) -> Result<(), SignatureError> {
    elements(node)?.next().map_or(Ok(()), |child| Err(unexpected(child)))
}

fn algorithm_of<'doc>(node: Node<'doc, '_>) -> Result<&'doc str, SignatureError> {
    attributes(node, &["Algorithm"])?;
    Ok(node.attribute("Algorithm").unwrap_or_default())
}

/// Refuses an attribute that `known` does not name; those of a namespace are never known.
fn attributes(node: Node<'_, '_>, known: &[&str]) -> Result<(), SignatureError> {
    node.attributes()
        .find(|attribute| attribute.namespace().is_some() || !known.contains(&attribute.name()))
        .map_or(Ok(()), |found| Err(SignatureError::Attribute { found: found.name().to_owned() }))
}

/// The octets of a part that holds one piece of base64 and nothing else.
fn base64_text(node: Node<'_, '_>, part: Part, known: &[&str]) -> Result<Vec<u8>, SignatureError> {
    attributes(node, known)?;
    if let Some(child) = node.children().find(Node::is_element) {
        return Err(unexpected(child));
    }
    let mut texts = node.children();
    let text = match (texts.next(), texts.next()) {
        (Some(text), None) if text.is_text() => text.text().unwrap_or_default(),
        (None, _) => "",
        _ => return Err(SignatureError::Content),
    };
    from_base64_lines(text).filter(|octets| !octets.is_empty()).ok_or(SignatureError::NotBase64(part))
}

fn is_ds(node: Node<'_, '_>, local: &str) -> bool {
    node.tag_name().name() == local && node.tag_name().namespace() == Some(DSIG)
}

fn unexpected(node: Node<'_, '_>) -> SignatureError {
    if is_ds(node, "Object") {
        SignatureError::Object
    } else {
        SignatureError::Child { found: node.tag_name().name().to_owned() }
    }
}
