//! The data of a session and the changes it goes through.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::crypto::AuthKey;
use crate::dc::DcId;
use crate::peers::PeerRecord;
use crate::session::{SentFile, SentFileKey};

/// So many addresses of data centres are kept; the oldest ones are forgotten.
const MAX_DC_OPTIONS: usize = 256;

/// Everything about an account that is small enough to be held in memory; peers are looked up one by one.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// The data centre the account lives in, once known.
    pub home: Option<DcId>,
    /// The known addresses, best first within a data centre.
    pub dcs: Vec<DcOption>,
    /// The permanent authorization key of each data centre.
    pub keys: BTreeMap<DcId, AuthKey>,
    /// Who is signed in.
    pub user: Option<SelfUser>,
    /// How far the account's own updates were taken.
    pub state: Option<UpdateState>,
    /// How far each channel's updates were taken: `pts` by channel id.
    pub channels: BTreeMap<i64, i32>,
    /// The running takeout session, if any.
    pub takeout: Option<i64>,
}

impl Session {
    /// Carries a change out in memory. Peers and files are not held here and pass by.
    pub fn apply(&mut self, change: &SessionChange) {
        match change {
            SessionChange::Home(dc) => self.home = Some(*dc),
            SessionChange::Dc(option) => {
                self.dcs.retain(|o| !o.is_replaced_by(option));
                let surplus = self.dcs.len().saturating_sub(MAX_DC_OPTIONS - 1);
                self.dcs.drain(..surplus);
                self.dcs.push(option.clone());
            }
            SessionChange::Dcs(options) => {
                self.dcs.clone_from(options);
                self.dcs.truncate(MAX_DC_OPTIONS);
            }
            SessionChange::Key(dc, Some(key)) => {
                self.keys.insert(*dc, key.clone());
            }
            SessionChange::Key(dc, None) => {
                self.keys.remove(dc);
            }
            SessionChange::User(user) => self.user.clone_from(user),
            SessionChange::State(state) => self.state = *state,
            SessionChange::Channel(id, Some(pts)) => {
                self.channels.insert(*id, *pts);
            }
            SessionChange::Channel(id, None) => {
                self.channels.remove(id);
            }
            SessionChange::Takeout(id) => self.takeout = *id,
            SessionChange::Peer(_) | SessionChange::SentFile(..) => {}
        }
    }

    /// The changes that lead from a blank session to this one, an order that every store can follow: the positions in the
    /// updates come last.
    #[must_use]
    pub fn changes(&self) -> Vec<SessionChange> {
        let keys = self.keys.iter();
        let channels = self.channels.iter();
        let mut changes = Vec::new();
        changes.extend(self.dcs.iter().cloned().map(SessionChange::Dc));
        changes.extend(self.home.map(SessionChange::Home));
        changes.extend(keys.map(|(dc, key)| SessionChange::Key(*dc, Some(key.clone()))));
        changes.extend(
            self.user
                .clone()
                .map(|user| SessionChange::User(Some(user))),
        );
        changes.extend(self.takeout.map(|id| SessionChange::Takeout(Some(id))));
        changes.extend(self.state.map(|state| SessionChange::State(Some(state))));
        changes.extend(channels.map(|(id, pts)| SessionChange::Channel(*id, Some(*pts))));
        changes
    }

    /// The address of the account's data centre for those who keep only one, such as Telethon: the first one for plain
    /// connections, else the first that is not for files only.
    #[must_use]
    pub fn home_address(&self) -> Option<&DcOption> {
        let usable = || {
            let home = self.dcs.iter().filter(|o| Some(o.id) == self.home);
            home.filter(|o| !o.media_only && !o.cdn)
        };
        let plain = usable().find(|o| !o.obfuscated_only && o.secret.is_none());
        plain.or_else(|| usable().next())
    }
}

/// One step in a session's life. A store applies a batch of them as one transaction.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SessionChange {
    /// The account lives in this data centre from now on.
    Home(DcId),
    /// A data centre listens at this address.
    Dc(DcOption),
    /// The data centres listen at these addresses, and at none of those that were known before.
    Dcs(Vec<DcOption>),
    /// The permanent key of a data centre was made, or forgotten.
    Key(DcId, Option<AuthKey>),
    /// Somebody signed in, or out.
    User(Option<SelfUser>),
    /// The account's updates were taken up to here; `None` forgets the state.
    State(Option<UpdateState>),
    /// A channel's updates were taken up to this `pts`; `None` forgets the channel.
    Channel(i64, Option<i32>),
    /// A takeout session began or ended.
    Takeout(Option<i64>),
    /// A peer was seen.
    Peer(PeerRecord),
    /// A file was uploaded and can be sent again.
    SentFile(SentFileKey, SentFile),
}

/// An address of a data centre, as in
/// [`dcOption`](https://core.telegram.org/constructor/dcOption).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DcOption {
    /// Which data centre it leads to.
    pub id: DcId,
    /// The IP address.
    pub ip: IpAddr,
    /// The TCP port.
    pub port: u16,
    /// Only media may be transferred over it.
    pub media_only: bool,
    /// Only obfuscated connections are accepted.
    pub obfuscated_only: bool,
    /// It belongs to a CDN.
    pub cdn: bool,
    /// It is the better one for connections by way of a proxy.
    pub for_proxies: bool,
    /// Nobody listens at other ports of that address.
    pub this_port_only: bool,
    /// It is reached through this secret.
    pub secret: Option<bytes::Bytes>,
}

impl DcOption {
    /// A plain address without restrictions.
    pub fn new(id: DcId, ip: IpAddr, port: u16) -> Self {
        Self {
            id,
            ip,
            port,
            media_only: false,
            obfuscated_only: false,
            cdn: false,
            for_proxies: false,
            this_port_only: false,
            secret: None,
        }
    }

    /// Whether both describe the same way in. One address may be listed several times, under different restrictions.
    fn is_replaced_by(&self, new: &Self) -> bool {
        let way = |o: &Self| {
            let flags = (o.media_only, o.obfuscated_only, o.cdn, o.secret.is_some());
            (o.id, o.ip, o.port, flags)
        };
        way(self) == way(new)
    }
}

/// The account that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfUser {
    /// The user's id.
    pub id: i64,
    /// The access hash of the user for itself.
    pub access_hash: i64,
    /// Whether it is a bot.
    pub bot: bool,
}

/// A position in the account's updates, see [working with updates](https://core.telegram.org/api/updates).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UpdateState {
    /// Events of private chats and basic groups.
    pub pts: i32,
    /// Events of secret chats and bots.
    pub qts: i32,
    /// The date of the last update, in Unix seconds.
    pub date: i32,
    /// The number of the last `updates` packet.
    pub seq: i32,
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn learn(session: &mut Session, option: &DcOption) {
        session.apply(&SessionChange::Dc(option.clone()));
    }

    #[test]
    fn one_address_may_be_known_under_several_restrictions() {
        let plain = DcOption::new(DcId(2), Ipv4Addr::LOCALHOST.into(), 443);
        let changes: [fn(&mut DcOption); 4] = [
            |o| o.media_only = true,
            |o| o.obfuscated_only = true,
            |o| o.cdn = true,
            |o| o.secret = Some(bytes::Bytes::from_static(b"s")),
        ];
        let mut options = vec![plain.clone()];
        for change in changes {
            let mut option = plain.clone();
            change(&mut option);
            options.push(option);
        }
        let mut session = Session::default();
        for option in options.iter().chain(&options) {
            learn(&mut session, option);
        }
        assert_eq!(session.dcs, options);
        // A new secret takes the place of the old one.
        let mut option = plain;
        option.secret = Some(bytes::Bytes::from_static(b"t"));
        learn(&mut session, &option);
        assert_eq!(session.dcs.len(), options.len());
        assert_eq!(session.dcs.last(), Some(&option));
    }

    #[test]
    fn a_whole_list_takes_the_place_of_what_was_known() {
        let option = |port| DcOption::new(DcId(2), Ipv4Addr::LOCALHOST.into(), port);
        let mut session = Session::default();
        learn(&mut session, &option(1));
        session.apply(&SessionChange::Dcs(vec![option(2), option(3)]));
        assert_eq!(session.dcs, [option(2), option(3)]);
        session.apply(&SessionChange::Dcs((0..1_000).map(option).collect()));
        assert_eq!(session.dcs.len(), MAX_DC_OPTIONS);
        assert_eq!(session.dcs[0], option(0), "the best ones are kept");
    }

    #[test]
    fn the_oldest_of_too_many_addresses_are_forgotten() {
        let mut session = Session::default();
        let option = |port| DcOption::new(DcId(2), Ipv4Addr::LOCALHOST.into(), port);
        for port in 0..1_000 {
            learn(&mut session, &option(port));
        }
        assert_eq!(session.dcs.len(), MAX_DC_OPTIONS);
        assert_eq!(session.dcs.last(), Some(&option(999)));
    }
}
