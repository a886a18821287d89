//! From TL names to Rust names.

/// Words that Rust keeps for itself, and the methods that every generated type has.
const TAKEN: [&str; 50] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while",
];

/// Namespace and own name: `messages.sendMessage` is in `messages`, `inputPeerSelf` in none.
pub fn split(name: &str) -> (Option<&str>, &str) {
    match name.split_once('.') {
        Some((space, own)) => (Some(space), own),
        None => (None, name),
    }
}

/// PascalCase with acronyms as words: `accountDaysTTL` becomes `AccountDaysTtl`, `p_q_inner_data` `PQInnerData`.
pub fn pascal(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for word in name.split('_') {
        let letters: Vec<char> = word.chars().collect();
        for (index, &letter) in letters.iter().enumerate() {
            let after_upper = index > 0 && letters[index - 1].is_ascii_uppercase();
            let before_lower = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
            out.push(if index == 0 {
                letter.to_ascii_uppercase()
            } else if letter.is_ascii_uppercase() && after_upper && !before_lower {
                letter.to_ascii_lowercase()
            } else {
                letter
            });
        }
    }
    out
}

/// A field's name, with an underscore after it if Rust keeps the word for itself.
pub fn field(name: &str) -> String {
    escaped(name.to_ascii_lowercase())
}

/// `name`, with an underscore after it if Rust keeps the word for itself.
pub fn escaped(mut name: String) -> String {
    if TAKEN.contains(&name.as_str()) || name == "Self" || name == "yield" {
        name.push('_');
    }
    name
}

/// Name of the variant for constructor `constructor` of type `union`, both in PascalCase.
pub fn variant(union: &str, constructor: &str) -> String {
    let rest = constructor.strip_prefix(union).unwrap_or_default();
    let name = if rest.starts_with(|c: char| c.is_ascii_uppercase()) {
        rest
    } else {
        constructor
    };
    escaped(name.to_owned())
}
