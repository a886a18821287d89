//! Serialised objects that the server sends.

use telewire_core::internals::mtproto::container::{self as containers, Builder};
use telewire_core::internals::mtproto::gzip as packing;
use telewire_schema::mtproto::{MSG_CONTAINER, RPC_RESULT};
use telewire_schema::{Serialize, types};

/// `rpc_result`
pub fn answer(question: i64, body: &[u8]) -> Vec<u8> {
    [
        &RPC_RESULT.to_le_bytes(),
        question.to_le_bytes().as_slice(),
        body,
    ]
    .concat()
}

/// An update without a number of its own, which is handed on as often as it is processed: that user is typing.
pub fn typing(user_id: i64) -> Vec<u8> {
    let action = types::SendMessageAction::SendMessageTypingAction;
    let update = types::UpdateUserTyping::new(user_id, action);
    types::Updates::from(types::UpdateShort::new(update, 1)).to_bytes()
}

/// `gzip_packed`
pub fn gzip(object: &[u8]) -> Vec<u8> {
    packing::pack(object).expect("an object that packs well")
}

/// One message of a container.
pub fn member(msg_id: i64, body: &[u8]) -> Vec<u8> {
    let mut builder = Builder::new(body.len());
    builder.push(msg_id, 1, &[body]);
    builder.push(0, 0, &[]);
    let (packet, ..) = builder.finish(|| (0, 0)).expect("two members");
    let bytes = packet.bytes();
    bytes[containers::HEADER..bytes.len() - containers::MEMBER_HEADER].to_vec()
}

/// `msg_container` of such messages, as many as there are.
pub fn container(members: &[Vec<u8>]) -> Vec<u8> {
    let count = u32::try_from(members.len()).expect("a count");
    let mut body = [MSG_CONTAINER.to_le_bytes(), count.to_le_bytes()].concat();
    body.extend(members.concat());
    body
}
