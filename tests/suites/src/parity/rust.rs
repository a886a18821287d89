//! Tags in Rust: comments between the tokens of tests.
//!
//! What lies between two tokens is white space and comments, so whatever a tag looks like inside a string or behind a
//! doc comment is never taken for one.

use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::{Book, Tag};

/// The tags of a Rust source. `invoked` has the names of macros that tests invoke; their definitions count as tests.
///
/// # Errors
/// The message of the lexer.
pub(super) fn tags(
    book: Book,
    source: &str,
    invoked: &BTreeSet<String>,
) -> Result<Vec<Tag>, String> {
    let stream = TokenStream::from_str(source).map_err(|e| e.to_string())?;
    let mut tests = Vec::new();
    let mut look = |name: Option<&str>, range| {
        if name.is_none_or(|name| invoked.contains(name)) {
            tests.push(range);
        }
    };
    visit(&stream, &mut look);
    let mut tokens = Vec::new();
    flatten(&stream, &mut tokens);
    let mut found = Vec::new();
    let mut end = 0;
    for token in tokens
        .into_iter()
        .chain(std::iter::once(source.len()..source.len()))
    {
        let gap = source.get(end..token.start).unwrap_or_default();
        for (at, comment) in line_comments(gap) {
            let at = end + at;
            let Some(ids) = book.ids(comment) else {
                continue;
            };
            // Above a test, the comment stands between the token before it and its own first one.
            let counts = tests
                .iter()
                .any(|test| test.contains(&at) || test.start == token.start);
            let line = source.get(..at).unwrap_or_default().matches('\n').count() + 1;
            found.push(Tag { line, ids, counts });
        }
        end = token.end;
    }
    Ok(found)
}

/// The names of the macros that the functions of a source invoke.
pub(super) fn invocations(source: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if let Ok(stream) = TokenStream::from_str(source) {
        collect_invocations(stream, &mut names);
    }
    names
}

fn collect_invocations(stream: TokenStream, names: &mut BTreeSet<String>) {
    let trees: Vec<_> = stream.into_iter().collect();
    for pair in trees.windows(3) {
        if let [
            TokenTree::Ident(name),
            TokenTree::Punct(mark),
            TokenTree::Group(_),
        ] = pair
            && mark.as_char() == '!'
        {
            names.insert(name.to_string());
        }
    }
    for tree in trees {
        if let TokenTree::Group(group) = tree {
            collect_invocations(group.stream(), names);
        }
    }
}

/// Reports the byte ranges of all test functions (without a name) and of all `macro_rules!` definitions (with theirs).
fn visit(stream: &TokenStream, report: &mut dyn FnMut(Option<&str>, Range<usize>)) {
    let trees: Vec<_> = stream.clone().into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        if let Some(end) = test_function(&trees, at) {
            report(None, range_of(&trees[at]).start..range_of(&trees[end]).end);
            at = end + 1;
            continue;
        }
        if let [
            TokenTree::Ident(word),
            TokenTree::Punct(mark),
            TokenTree::Ident(name),
            TokenTree::Group(body),
            ..,
        ] = &trees[at..]
            && word == "macro_rules"
            && mark.as_char() == '!'
        {
            report(Some(&name.to_string()), group_range(body));
            at += 4;
            continue;
        }
        if let TokenTree::Group(group) = &trees[at] {
            visit(&group.stream(), report);
        }
        at += 1;
    }
}

/// If attributes that begin at `at` make the function behind them a test, the index of its body.
fn test_function(trees: &[TokenTree], at: usize) -> Option<usize> {
    let (mut is_test, mut ignored) = (false, false);
    let mut next = at;
    while let [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] = trees.get(next..)?
        && hash.as_char() == '#'
        && attribute.delimiter() == Delimiter::Bracket
    {
        match attribute_name(attribute).as_deref() {
            Some("test") => is_test = true,
            Some("ignore") => ignored = true,
            _ => {}
        }
        next += 2;
    }
    if !is_test || ignored {
        return None;
    }
    // The name, the parameters and the result; then the first braces.
    let rest = trees.get(next..)?;
    let fun = rest.iter().position(|t| is_word(t, "fn"))?;
    let only_qualifiers = rest[..fun].iter().all(|t| !is_braces(t));
    let body = rest.iter().position(is_braces)?;
    (only_qualifiers && fun < body).then_some(next + body)
}

/// The last word of an attribute's path: `test` of `#[tokio::test(flavor = "…")]`.
fn attribute_name(attribute: &Group) -> Option<String> {
    let mut name = None;
    for tree in attribute.stream() {
        match tree {
            TokenTree::Ident(ident) => name = Some(ident.to_string()),
            TokenTree::Punct(p) if p.as_char() == ':' => {}
            _ => break,
        }
    }
    name
}

fn is_word(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == word)
}

fn is_braces(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// The ranges of all tokens in the order of the source; of a group, those of its two delimiters.
fn flatten(stream: &TokenStream, into: &mut Vec<Range<usize>>) {
    for tree in stream.clone() {
        match tree {
            TokenTree::Group(group) => {
                into.push(group.span_open().byte_range());
                flatten(&group.stream(), into);
                into.push(group.span_close().byte_range());
            }
            other => into.push(other.span().byte_range()),
        }
    }
}

fn range_of(tree: &TokenTree) -> Range<usize> {
    match tree {
        TokenTree::Group(group) => group_range(group),
        other => other.span().byte_range(),
    }
}

fn group_range(group: &Group) -> Range<usize> {
    group.span_open().byte_range().start..group.span_close().byte_range().end
}

/// The line comments of a text that has only comments and white space, each with its offset, without the slashes.
fn line_comments(gap: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = gap.get(at..)
        && let Some(slash) = rest.find('/')
    {
        at += slash;
        let rest = &rest[slash..];
        if let Some(comment) = rest.strip_prefix("//") {
            let line = comment.split('\n').next().unwrap_or_default();
            found.push((at, line));
            at += 2 + line.len();
        } else {
            at += block_comment(rest);
        }
    }
    found
}

/// The length of the block comment at the beginning of a text; block comments nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    at.max(1)
}
