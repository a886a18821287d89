use super::*;

fn rows(buttons: impl Into<Buttons>) -> Vec<Vec<String>> {
    let label = |b: &types::KeyboardButton| b.text.clone();
    let inline = |b: &types::KeyboardInlineButton| b.text.clone();
    match buttons.into().markup().unwrap() {
        Some(types::ReplyMarkup::ReplyInlineMarkup(markup)) => markup
            .rows
            .iter()
            .map(|row| row.buttons.iter().map(inline).collect())
            .collect(),
        Some(types::ReplyMarkup::ReplyKeyboardMarkup(markup)) => markup
            .rows
            .iter()
            .map(|row| row.buttons.iter().map(label).collect())
            .collect(),
        _ => Vec::new(),
    }
}

fn kind(button: Button) -> types::InlineButtonType {
    match button.kind {
        Kind::Inline(button) => button.type_,
        Kind::Keyboard(_) => panic!("{} is no inline button", button.label()),
    }
}

fn keyboard(buttons: impl Into<Buttons>) -> types::ReplyKeyboardMarkup {
    match buttons.into().markup().unwrap() {
        Some(types::ReplyMarkup::ReplyKeyboardMarkup(markup)) => *markup,
        other => panic!("{other:?}"),
    }
}

#[test]
fn callback_data_is_the_text_unless_other_data_is_given() {
    // parity: O-button.inline
    let data = |button| match kind(button) {
        types::InlineButtonType::Callback(callback) => callback.data,
        other => panic!("{other:?}"),
    };
    assert_eq!(&data(Button::inline("Yes"))[..], b"Yes");
    assert_eq!(&data(Button::inline("Yes").data("text"))[..], b"text");
    assert_eq!(&data(Button::inline("Yes").data([0, 255]))[..], [0, 255]);
    let long = |n: usize| Buttons::from(Button::inline("Yes").data(vec![b'x'; n])).markup();
    assert!(long(64).is_ok());
    let error = long(65).unwrap_err();
    assert!(matches!(error, Error::Misuse(_)), "{error}");
    assert!(error.to_string().contains("65 bytes"), "{error}");
    // The text counts in bytes, too.
    assert!(
        Buttons::from(Button::inline("é".repeat(33)))
            .markup()
            .is_err()
    );
}

#[test]
fn a_switch_leads_elsewhere_with_an_empty_query_unless_it_is_said_otherwise() {
    // parity: O-button.switch_inline
    let switch = |button| match kind(button) {
        types::InlineButtonType::SwitchInline(s) => (s.query, s.same_peer),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        switch(Button::switch_inline("Share")),
        (String::new(), false)
    );
    let here = Button::switch_inline("Share").query("cats").same_peer();
    assert_eq!(switch(here), ("cats".to_owned(), true));
}

#[test]
fn an_address_is_the_text_unless_another_is_given() {
    // parity: O-button.url
    let url = |button| match kind(button) {
        types::InlineButtonType::Url(link) => link.url,
        other => panic!("{other:?}"),
    };
    assert_eq!(url(Button::url("https://a.example")), "https://a.example");
    assert_eq!(
        url(Button::url("Docs").to("https://b.example")),
        "https://b.example"
    );
}

#[test]
fn keyboards_ask_for_texts_places_and_phones() {
    // parity: O-button.text, O-button.request_location, O-button.request_phone
    let markup = keyboard([
        Button::text("Hi"),
        Button::request_location("Here").resize(true),
        Button::request_phone("Me").single_use(true).selective(true),
    ]);
    let kinds: Vec<_> = markup.rows[0]
        .buttons
        .iter()
        .map(|b| b.type_.clone())
        .collect();
    assert_eq!(
        kinds,
        [
            types::ButtonType::Default,
            types::ButtonType::RequestGeoLocation,
            types::ButtonType::RequestPhone
        ]
    );
    assert!(markup.resize && markup.single_use && markup.selective);
    for one in [
        Button::text("x"),
        Button::request_location("x"),
        Button::request_phone("x"),
    ] {
        assert!(keyboard(one.clone().resize(true)).resize);
        assert!(keyboard(one.clone().single_use(true)).single_use);
        assert!(keyboard(one.clone().selective(true)).selective);
        let plain = keyboard(one);
        assert!(!(plain.resize || plain.single_use || plain.selective));
    }
}

#[test]
fn clearing_and_forcing_a_reply_stand_alone() {
    // parity: O-button.clear, O-button.force_reply
    let clear = Button::clear().markup().unwrap();
    assert!(matches!(
        clear,
        Some(types::ReplyMarkup::ReplyKeyboardHide(_))
    ));
    let force = Button::force_reply().markup().unwrap();
    assert!(matches!(
        force,
        Some(types::ReplyMarkup::ReplyKeyboardForceReply(_))
    ));
}

#[test]
fn one_button_a_row_or_rows_become_a_markup() {
    // parity: M-buttons.build_reply_markup, M-buttons.build_reply_markup.shape, M-buttons.build_reply_markup.static
    assert_eq!(rows(Button::inline("a")), [["a"]]);
    assert_eq!(rows([Button::text("a"), Button::text("b")]), [["a", "b"]]);
    assert_eq!(
        rows(vec![Button::url("a"), Button::inline("b")]),
        [["a", "b"]]
    );
    let uneven = vec![
        vec![Button::inline("a"), Button::inline("b")],
        vec![],
        vec![Button::inline("c")],
    ];
    assert_eq!(rows(uneven), [vec!["a", "b"], vec!["c"]]);
    let even = [["1", "2"], ["3", "4"]].map(|row| row.map(Button::text));
    assert_eq!(rows(even), [["1", "2"], ["3", "4"]]);
    let none: [Button; 0] = [];
    for nothing in [
        none.into(),
        Buttons::none(),
        vec![Vec::<Button>::new()].into(),
    ] {
        assert_eq!(nothing.markup().unwrap(), None);
    }
    let hide = types::ReplyKeyboardHide::new().selective(true);
    assert_eq!(
        Buttons::from(hide.clone()).markup().unwrap(),
        Some(hide.into())
    );
    let raw = types::KeyboardButton::new("Poll", types::ButtonTypeRequestPoll::new());
    assert_eq!(rows(raw), [["Poll"]]);
}

#[test]
fn families_are_not_mixed() {
    // parity: M-buttons.build_reply_markup.mix
    let error = Buttons::from([Button::inline("a"), Button::text("b")])
        .markup()
        .unwrap_err();
    assert!(matches!(error, Error::Misuse(_)), "{error}");
    let keyboard = Buttons::from(Button::text("b"));
    assert!(matches!(keyboard.inline_markup(), Err(Error::Misuse(_))));
    assert!(matches!(
        Button::clear().inline_markup(),
        Err(Error::Misuse(_))
    ));
    assert!(
        Buttons::from(Button::inline("a"))
            .inline_markup()
            .unwrap()
            .is_some()
    );
    assert_eq!(Buttons::none().inline_markup().unwrap(), None);
}

#[test]
fn the_last_button_that_says_something_decides() {
    // parity: M-buttons.build_reply_markup.opts
    let markup = keyboard([
        vec![Button::text("a").resize(true).single_use(true)],
        vec![
            Button::text("b").resize(false),
            Button::text("c").selective(true),
        ],
    ]);
    assert_eq!(
        (markup.resize, markup.single_use, markup.selective),
        (false, true, true)
    );
}
