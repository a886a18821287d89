//! Users, chats and channels: their ids, and what is remembered to reach them again.

mod id;
mod record;
mod table;

pub use id::PeerId;
pub use record::{PeerKey, PeerRecord};
pub use table::PeerTable;
