//! The protocol's own messages: `mtproto.tl`, and the ids of what is read by hand because its content depends on state.

#[allow(
    missing_docs,
    unused_imports,
    unused_qualifications,
    clippy::too_many_arguments,
    reason = "generated: each item links its page instead"
)]
pub mod functions;
#[allow(
    missing_docs,
    unused_imports,
    unused_qualifications,
    clippy::too_many_arguments,
    reason = "generated: each item links its page instead"
)]
pub mod types;

/// `rpc_result#f35c6d01 req_msg_id:long result:Object`
pub const RPC_RESULT: u32 = 0xf35c_6d01;
/// `msg_container#73f1f8dc messages:vector<%Message>`
pub const MSG_CONTAINER: u32 = 0x73f1_f8dc;
/// `msg_copy#e06046b2 orig_message:Message`
pub const MSG_COPY: u32 = 0xe060_46b2;
/// `gzip_packed#3072cfa1 packed_data:bytes`
pub const GZIP_PACKED: u32 = 0x3072_cfa1;
