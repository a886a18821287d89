//! Methods that macros write.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// What a macro with one rule makes of a call such as `iterator!(A of B)`: its first variable is the first name of the
/// call, the second one the last.
pub(crate) fn expand(rules: TokenStream, call: TokenStream) -> syn::File {
    let mut groups = rules.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    let (pattern, body) = (groups.next().unwrap(), groups.next().unwrap());
    let variables: Vec<String> = variables(pattern);
    let names: Vec<TokenTree> = call
        .into_iter()
        .filter(|token| match token {
            TokenTree::Ident(ident) => ident != "of",
            TokenTree::Literal(_) => true,
            _ => false,
        })
        .collect();
    syn::parse2(substitute(body, &variables, &names)).unwrap()
}

/// The names after `$` that stand for one thing each.
fn variables(pattern: TokenStream) -> Vec<String> {
    let tokens: Vec<_> = pattern.into_iter().collect();
    tokens
        .windows(2)
        .filter_map(|pair| match pair {
            [TokenTree::Punct(p), TokenTree::Ident(name)] if p.as_char() == '$' => {
                Some(name.to_string())
            }
            _ => None,
        })
        .collect()
}

fn substitute(body: TokenStream, variables: &[String], names: &[TokenTree]) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = body.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(p) if p.as_char() == '$' => match tokens.next().unwrap() {
                TokenTree::Ident(name) => {
                    match variables.iter().position(|v| name == v) {
                        Some(i) => names[i].to_tokens(&mut out),
                        None => name.to_tokens(&mut out), // $crate
                    }
                }
                // A repetition: of attributes, which do not matter here.
                _ => drop(tokens.next()),
            },
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                let inner = substitute(group.stream(), variables, names);
                proc_macro2::Group::new(group.delimiter(), inner).to_tokens(&mut out);
            }
            other => other.to_tokens(&mut out),
        }
    }
    out
}
