//! What a session has to tell.

use bytes::Bytes;

use super::request::ReqId;

/// What a session has to tell.
#[derive(Debug)]
pub enum Event {
    /// A request was answered: with a serialised object, unpacked, or with an error.
    Result {
        /// Which request.
        id: ReqId,
        /// What the server said.
        result: Result<Bytes, RpcFault>,
    },
    /// A request has ended without an answer.
    Failed {
        /// Which request.
        id: ReqId,
        /// Why.
        reason: Failure,
    },
    /// The server has received a request that asked for this notice.
    Acked(ReqId),
    /// A serialised object that is no service message: updates.
    Updates(Bytes),
    /// The server has begun to remember this session. Updates may have been lost.
    NewSession {
        /// The server's name for the event.
        unique_id: i64,
        /// Whether it had known the session before, and forgot it.
        again: bool,
    },
    /// This salt is to be used from now on, by other sessions of the key as well.
    SaltChanged(i64),
    /// The server's clock minus ours is so many seconds.
    TimeOffset(i64),
    /// The link is of no use any more. The session regards it as lost; close it and make another.
    Dead(Dead),
}

/// An [`rpc_error`](https://core.telegram.org/mtproto/service_messages#rpc-error).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcFault {
    /// Like an HTTP status.
    pub code: i32,
    /// A name in capitals, often with a number in it.
    pub message: String,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The session was lost before the answer came: the request may have run or not.
    OutcomeUnknown,
    /// It was forgotten, and has not reached the server.
    NotSent,
    /// It does not fit a packet; nothing was sent.
    TooLong,
    /// Too many requests wait; nothing was sent.
    TooMany,
    /// The server keeps refusing the message with this
    /// [code](https://core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message); it has not run.
    BadMessage(i32),
    /// It has run, but its answer does not unpack.
    Undecodable,
}

/// Why a link is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dead {
    /// Nothing was heard after a ping, or the socket takes no bytes.
    PingTimeout,
    /// A packet came that is no message of this session.
    BadPacket,
    /// Server and client do not agree about the session, which was begun anew.
    SessionStuck,
}

/// How many messages were sealed and opened at once, at most: several at a time make better use of the processor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batches {
    /// On their way out.
    pub sealed: usize,
    /// On their way in.
    pub opened: usize,
}
