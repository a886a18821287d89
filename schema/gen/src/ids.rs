//! The rule that a constructor's id is the CRC32 of its definition.

use crate::parse::Definition;

/// Definitions whose id does not follow the rule, with the reason.
pub const EXCEPTIONS: [(&str, &str); 3] = [
    (
        "ipPortSecret",
        "its id stems from a draft with other argument names, and is fixed in deployed clients",
    ),
    (
        "accessPointRule",
        "its bare vector was declared with other brackets when the id was taken",
    ),
    (
        "help.configSimple",
        "its bare vector was declared with other brackets when the id was taken",
    ),
];

/// The id that follows from the text: CRC32 (IEEE) of it without id, semicolon, angle brackets and `true` flags, and with
/// `bytes` written as `string`. See <https://core.telegram.org/mtproto/TL#combinator-identifiers>.
pub fn computed(definition: &Definition) -> u32 {
    let text = definition.text.trim_end_matches(';').trim();
    let mut words = Vec::new();
    for (index, word) in text.split_whitespace().enumerate() {
        if word.ends_with("?true") && word.contains(':') {
            continue;
        }
        let word = if index == 0 {
            word.split('#').next().unwrap_or(word)
        } else {
            word
        };
        let word = match word
            .strip_suffix(":bytes")
            .or_else(|| word.strip_suffix("?bytes"))
        {
            Some(head) => format!("{head}{}string", &word[head.len()..=head.len()]),
            None => word.to_owned(),
        };
        words.push(word.replace('<', " ").replace(['>', '{', '}'], ""));
    }
    crc32fast::hash(words.join(" ").as_bytes())
}

/// Checks every id, and that no two definitions share one.
pub fn check<'a>(definitions: impl Iterator<Item = &'a Definition>) -> Result<(), String> {
    let mut seen = std::collections::BTreeMap::new();
    for definition in definitions {
        let excepted = EXCEPTIONS.iter().any(|(name, _)| *name == definition.name);
        let expected = computed(definition);
        if (definition.id == expected) == excepted {
            let (name, id) = (&definition.name, definition.id);
            return Err(format!(
                "{name} has id {id:08x}, its text gives {expected:08x}"
            ));
        }
        if let Some(other) = seen.insert(definition.id, &definition.name) {
            return Err(format!("{} and {other} share an id", definition.name));
        }
    }
    Ok(())
}
