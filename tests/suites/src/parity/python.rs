//! Tags in Python: comments in the scenarios that a file lists in `SCENARIOS`.

use super::{Book, Tag};

/// The tags of a Python source.
pub(super) fn tags(book: Book, source: &str) -> Vec<Tag> {
    let scenarios = scenarios(source);
    let mut found = Vec::new();
    let mut function = String::new();
    let mut in_string = None;
    for (n, line) in source.lines().enumerate() {
        let quoted = in_string.is_some();
        in_string = after(line, in_string);
        if quoted {
            continue;
        }
        if !line.starts_with([' ', '\t', '#']) && !line.is_empty() {
            function = defined(line).unwrap_or_default().to_owned();
        }
        let comment = line.trim_start().strip_prefix('#');
        let Some(ids) = comment.and_then(|comment| book.ids(comment)) else {
            continue;
        };
        found.push(Tag {
            line: n + 1,
            ids,
            counts: line.starts_with([' ', '\t']) && scenarios.contains(&function),
        });
    }
    found
}

/// The names between the brackets behind `SCENARIOS = `.
fn scenarios(source: &str) -> Vec<String> {
    let mut lists = source.split("\nSCENARIOS = [").skip(1);
    let list = lists.next().and_then(|rest| rest.split(']').next());
    list.unwrap_or_default()
        .lines()
        .flat_map(|line| line.split('#').next().unwrap_or_default().split(','))
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

fn defined(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("async ").unwrap_or(line);
    rest.strip_prefix("def ")?.split('(').next()
}

/// The quotes of the long string that is open behind this line, if any.
fn after(line: &str, mut open: Option<&'static str>) -> Option<&'static str> {
    let mut rest = line;
    loop {
        if let Some(quotes) = open {
            let Some((_, behind)) = rest.split_once(quotes) else {
                return open;
            };
            rest = behind;
        }
        let (at, quotes) = ["\"\"\"", "'''"]
            .into_iter()
            .filter_map(|quotes| Some((rest.find(quotes)?, quotes)))
            .min()?;
        if rest.find('#').is_some_and(|comment| comment < at) {
            return None;
        }
        rest = rest.get(at + 3..)?;
        open = Some(quotes);
    }
}
