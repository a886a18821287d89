//! Users, chats and channels: their ids, and what is remembered to reach them again.

mod harvest;
mod id;
mod map;
mod record;
mod table;

pub use harvest::harvest;
pub(crate) use harvest::record as record_of;
pub use id::PeerId;
pub use map::PeerMap;
pub use record::{PeerKey, PeerRecord};
pub use table::PeerTable;
