//! Sizes: what a few bytes of the server's may cost.

use telewire_core::transport::{MAX_INBOUND, Mode};
use telewire_schema::functions::help::GetNearestDc;
use telewire_schema::{Serialize, types};
use telewire_tests::evil::{HOME, Kind, World, answer, container, gzip, member, settings, typing};

const MIB: usize = 1024 * 1024;

/// `typing(5)` with zeros behind it, which nobody reads, packed.
fn packed_to(len: usize) -> Vec<u8> {
    let mut object = typing(5);
    object.resize(len, 0);
    gzip(&object)
}

fn typists_after(object: &[u8]) -> Vec<i64> {
    let mut world = World::ready();
    world.server.send(HOME, Kind::Push, object);
    world.settle();
    assert_eq!(world.closed, 0);
    world.typists()
}

// rule: mtproto.gzip_cap
#[test]
fn a_packed_object_unpacks_to_16_mib_at_most() {
    assert_eq!(typists_after(&packed_to(16 * MIB)), [5]);
    assert_eq!(typists_after(&packed_to(16 * MIB + 4)), [0; 0]);
    // One that is an answer fails its request.
    let mut world = World::ready();
    let (request, question) = world.ask(&GetNearestDc {});
    let body = answer(question, &gzip(&vec![0; 16 * MIB + 4]));
    world.server.send(HOME, Kind::Answer, &body);
    world.settle();
    let result = world.result(request).unwrap();
    assert!(
        matches!(result, Err(telewire_core::Error::Decode { .. })),
        "{result:?}"
    );
}

/// Otherwise 1,024 members of a container would make 16 GiB of 16 MiB.
#[test]
fn the_packed_messages_of_one_packet_unpack_to_64_mib_at_most() {
    let mut world = World::ready();
    let packed = packed_to(16 * MIB);
    let members = [0; 6].map(|_: i32| {
        let id = world.server.message_id(HOME, Kind::Push);
        member(id, &packed)
    });
    world.server.send(HOME, Kind::Push, &container(&members));
    world.settle();
    assert_eq!(world.typists(), [5; 4]);
}

/// Somebody is typing a text that is bold, and the bold is bold, and so on.
fn bold(depth: usize) -> Vec<u8> {
    let plain = types::RichText::from(types::TextPlain::new("deep"));
    let text = (0..depth).fold(plain, |text, _| types::TextBold::new(text).into());
    let block = types::PageBlockParagraph::new(text);
    let message = types::InputRichMessageData::new(vec![block.into()]);
    let action = types::InputSendMessageRichMessageDraftAction::new(1, message);
    let update = types::UpdateUserTyping::new(5, action);
    types::Updates::from(types::UpdateShort::new(update, 1)).to_bytes()
}

#[test]
fn values_are_nested_64_deep_at_most() {
    assert_eq!(typists_after(&bold(50)), [5]);
    assert_eq!(typists_after(&bold(70)), [0; 0]);
}

/// As deep as fits a frame. Reading it without a limit would overflow the stack.
#[test]
fn no_depth_overflows_the_stack() {
    let level = types::TextBold::new(types::RichText::TextEmpty).to_bytes();
    let level = &level[..4];
    let shallow = bold(1);
    let at = shallow.windows(4).position(|id| id == level).unwrap();
    let deep = [&shallow[..at], &level.repeat(500_000), &shallow[at..]].concat();
    assert_eq!(typists_after(&deep), [0; 0]);
}

/// How a frame of that many bytes begins.
fn announce(mode: Mode, len: usize) -> Vec<u8> {
    let number = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    match mode {
        Mode::Full => number(len + 12).to_vec(),
        Mode::Abridged => {
            let [a, b, c, _] = number(len / 4);
            vec![0x7f, a, b, c]
        }
        _ => number(len).to_vec(),
    }
}

/// Whether the engine waits for so long a frame.
fn waits_for(mode: Mode, len: usize) -> bool {
    let mut config = settings();
    config.transport = mode;
    let mut world = World::signed_in(config);
    world.connect();
    assert!(world.is_ready());
    world.server.raw(HOME, &announce(mode, len));
    world.settle();
    world.closed == 0
}

#[test]
fn a_frame_in_full_framing_has_4_mib_and_1_kib_at_most() {
    assert!(waits_for(Mode::Full, MAX_INBOUND));
    assert!(!waits_for(Mode::Full, MAX_INBOUND + 4));
    assert!(!waits_for(Mode::Full, 0xffff_fff0 - 12));
}

#[test]
fn a_frame_in_any_other_framing_has_4_mib_and_1_kib_at_most() {
    for mode in [Mode::Abridged, Mode::Intermediate, Mode::Padded] {
        assert!(waits_for(mode, MAX_INBOUND), "{mode:?}");
        assert!(!waits_for(mode, MAX_INBOUND + 4), "{mode:?}");
    }
}
