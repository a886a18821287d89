//! Message text: trimming, and the entities that the server finds by itself.
//!
//! Offsets and lengths count UTF-16 code units, see [entities](https://core.telegram.org/api/entities).

use telewire_schema::types;

/// Where an entity lies, in UTF-16 units.
fn span(entity: &types::MessageEntity) -> Option<(i32, i32)> {
    Some(place_of(entity.clone(), |_, _| {}))
}

/// Runs `change` on an entity's offset and length and returns what they are then.
fn place_of(
    mut entity: types::MessageEntity,
    change: impl FnOnce(&mut i32, &mut i32),
) -> (i32, i32) {
    let (offset, length) = place(&mut entity);
    change(offset, length);
    (*offset, *length)
}

macro_rules! places {
    ($($variant:ident),* $(,)?) => {
        /// The offset and length inside an entity of any kind.
        fn place(entity: &mut types::MessageEntity) -> (&mut i32, &mut i32) {
            match entity {
                $(types::MessageEntity::$variant(e) => (&mut e.offset, &mut e.length),)*
                types::MessageEntity::InputMessageEntityMentionName(e) => (&mut e.offset, &mut e.length),
            }
        }
    };
}

places!(
    Unknown,
    Mention,
    Hashtag,
    BotCommand,
    Url,
    Email,
    Bold,
    Italic,
    Code,
    Pre,
    TextUrl,
    MentionName,
    Phone,
    Cashtag,
    Underline,
    Strike,
    BankCard,
    Spoiler,
    CustomEmoji,
    Blockquote,
    FormattedDate,
    DiffInsert,
    DiffReplace,
    DiffDelete,
    TonAddress,
);

/// The text without blanks at its ends, and what the client marked in it, moved along and cut to what is left.
pub(crate) fn trim(
    text: &str,
    entities: Vec<types::MessageEntity>,
) -> (String, Vec<types::MessageEntity>) {
    let kept = text.trim_end();
    let trimmed = kept.trim_start();
    let skipped = units(&kept[..kept.len() - trimmed.len()]);
    let total = units(trimmed);
    let moved = entities.into_iter().filter_map(|mut entity| {
        let (offset, length) = place(&mut entity);
        let from = offset.saturating_sub(skipped).clamp(0, total);
        let to = offset
            .saturating_add(*length)
            .saturating_sub(skipped)
            .clamp(0, total);
        (*offset, *length) = (from, to - from);
        (to > from).then_some(entity)
    });
    (trimmed.to_owned(), moved.collect())
}

/// The client's entities and those found in the text, by offset. Nothing is looked for inside code or a link.
pub(crate) fn parse(text: &str, marked: Vec<types::MessageEntity>) -> Vec<types::MessageEntity> {
    let closed: Vec<(i32, i32)> = marked
        .iter()
        .filter(|e| {
            use types::MessageEntity as E;
            matches!(
                e,
                E::Code(_)
                    | E::Pre(_)
                    | E::TextUrl(_)
                    | E::MentionName(_)
                    | E::Url(_)
                    | E::Email(_)
            ) || matches!(e, E::Mention(_) | E::Hashtag(_) | E::BotCommand(_))
        })
        .filter_map(span)
        .collect();
    let mut all = marked;
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if let Some((skip, length, make)) = find(bare) {
            let offset = at + skip;
            let free = closed
                .iter()
                .all(|(o, l)| offset + length <= *o || offset >= o + l);
            if free {
                all.push(make(offset, length));
            }
        }
        at += units(word);
    }
    all.sort_by_key(|entity| {
        let (offset, length) = span(entity).unwrap_or((0, 0));
        (offset, -length)
    });
    all
}

type Make = fn(i32, i32) -> types::MessageEntity;

/// What a word is: where in it the entity begins, its length, and how to make it.
fn find(word: &str) -> Option<(i32, i32, Make)> {
    let inner = word.trim_start_matches(['(', '[', '"', '\'', '«']);
    let skip = units(&word[..word.len() - inner.len()]);
    let core =
        inner.trim_end_matches(['.', ',', '!', '?', ';', ':', ')', ']', '"', '\'', '»', '…']);
    let name = |text: &str| {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .map(char::len_utf16)
            .sum::<usize>()
    };
    let run = |text: &str, least: usize, make: Make| {
        let length = name(text);
        let whole = i32::try_from(length).unwrap_or(0) + 1;
        (length >= least).then_some((skip, whole, make))
    };
    let mut rest = core.chars();
    match rest.next()? {
        '@' => {
            return run(rest.as_str(), 3, |o, l| {
                types::MessageEntityMention::new(o, l).into()
            });
        }
        '#' if !rest.as_str().starts_with(|c: char| c.is_ascii_digit()) => {
            return run(rest.as_str(), 1, |o, l| {
                types::MessageEntityHashtag::new(o, l).into()
            });
        }
        '/' if skip == 0 => {
            return run(rest.as_str(), 1, |o, l| {
                types::MessageEntityBotCommand::new(o, l).into()
            });
        }
        '$' if (3..=8).contains(&(core.len() - 1))
            && core[1..].bytes().all(|b| b.is_ascii_uppercase()) =>
        {
            return Some((skip, units(core), |o, l| {
                types::MessageEntityCashtag::new(o, l).into()
            }));
        }
        _ => {}
    }
    if is_email(core) {
        return Some((skip, units(core), |o, l| {
            types::MessageEntityEmail::new(o, l).into()
        }));
    }
    is_url(core).then_some((skip, units(core), |o, l| {
        types::MessageEntityUrl::new(o, l).into()
    }))
}

fn is_email(word: &str) -> bool {
    let Some((user, host)) = word.split_once('@') else {
        return false;
    };
    let plain = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(&b))
    };
    !user.is_empty() && plain(user) && is_host(host)
}

fn is_url(word: &str) -> bool {
    let (scheme, rest) = match word.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, word),
    };
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or("");
    match scheme {
        Some("http" | "https" | "ftp" | "tg" | "ton") => !host.is_empty(),
        Some(_) => false,
        None => {
            let end = host.rsplit('.').next().unwrap_or("");
            is_host(host)
                && ["com", "org", "net", "me", "io", "dev", "info", "de", "ru"].contains(&end)
        }
    }
}

fn is_host(host: &str) -> bool {
    let mut labels = host.split('.');
    let good = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.contains('.') && labels.all(good) && !host.ends_with(|c: char| c.is_ascii_digit())
}

/// UTF-16 code units.
fn units(text: &str) -> i32 {
    i32::try_from(text.encode_utf16().count()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use telewire_schema::Value as _;

    use super::*;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        let all: Vec<u16> = text.encode_utf16().collect();
        let parsed = parse(text, Vec::new());
        parsed
            .iter()
            .map(|e| {
                let (o, l) = span(e).unwrap();
                let part = &all[usize::try_from(o).unwrap()..usize::try_from(o + l).unwrap()];
                (e.constructor_name(), String::from_utf16(part).unwrap())
            })
            .collect()
    }

    // rule: updates.texts
    #[test]
    fn the_server_finds_links_and_names() {
        let text = "😀 see https://example.org/a?b=1, @ada_lovelace and #rust; mail me@example.org or /start";
        let want = [
            ("messageEntityUrl", "https://example.org/a?b=1"),
            ("messageEntityMention", "@ada_lovelace"),
            ("messageEntityHashtag", "#rust"),
            ("messageEntityEmail", "me@example.org"),
            ("messageEntityBotCommand", "/start"),
        ];
        assert_eq!(found(text), want.map(|(k, t)| (k, t.to_owned())));
        assert_eq!(found("version 1.2.3 of a.b and 10.0.0.1, not @x"), []);
    }

    #[test]
    fn nothing_is_found_inside_code() {
        let code = types::MessageEntityCode::new(0, 12).into();
        assert_eq!(parse("@ada_lovelac e", vec![code]).len(), 1);
    }

    // rule: updates.texts
    #[test]
    fn trimming_moves_and_cuts_entities() {
        let bold = |o, l| types::MessageEntity::from(types::MessageEntityBold::new(o, l));
        let (text, entities) = trim("  😀 hi \n", vec![bold(0, 5), bold(5, 9), bold(0, 1)]);
        assert_eq!(text, "😀 hi");
        assert_eq!(entities, [bold(0, 3), bold(3, 2)]);
        assert_eq!(trim(" \n", vec![bold(0, 2)]), (String::new(), vec![]));
    }
}
