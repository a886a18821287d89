//! Moving chats between the main list and the archive.

use std::fmt;

use telewire_schema::{functions, types};

use crate::client::Client;
use crate::client::entity_like::EntityLike;
use crate::client::paged::PAGE;
use crate::error::Error;

/// The folder of archived chats.
const ARCHIVE: i32 = 1;
/// The list of all other chats.
const MAIN: i32 = 0;

impl Client {
    /// Moves chats to the archive, or back, by
    /// [`folders.editPeerFolders`](https://core.telegram.org/method/folders.editPeerFolders), and returns what the server
    /// says of it. See also [archived chats](https://core.telegram.org/api/folders#peer-folders).
    ///
    /// Whatever names a chat is archived; an [`Archive`] names several, or says where to.
    ///
    /// # Errors
    /// [`Error::Misuse`] if no chat is named; [`Error::NotFound`] for an unknown one; `FOLDER_ID_INVALID` for a folder that
    /// does not exist.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Archive;
    ///
    /// client.archive("@telegram").await?;
    /// // Both of them back to the main list.
    /// client.archive(Archive::all(["@telegram", "@durov"]).to(0)).await?;
    /// // Everything that is in the archive.
    /// client.archive(Archive::unpack(1)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn archive(&self, what: impl Into<Archive>) -> Result<types::Updates, Error> {
        let mut peers = Vec::new();
        let what = what.into().0;
        match what {
            What::Each(list) if list.is_empty() => {
                return Err(Error::misuse(
                    "no chat is named; name one, or unpack the folder with Archive::unpack()",
                ));
            }
            What::Each(list) => {
                for (chat, folder) in list {
                    let peer = self.get_input_entity(chat).await?;
                    peers.push(types::InputFolderPeer::new(peer, folder));
                }
            }
            What::Unpack(folder) => {
                let mut dialogs = self.iter_dialogs().folder(folder);
                while let Some(dialog) = dialogs.next().await? {
                    peers.push(types::InputFolderPeer::new(dialog.input_peer(), MAIN));
                }
            }
        }
        let mut answers = Vec::new();
        for peers in peers.chunks(PAGE) {
            let request = functions::folders::EditPeerFolders::new(peers.to_vec());
            answers.push(self.invoke(&request).await?);
        }
        Ok(together(answers))
    }
}

/// One answer as it is; several as one, as far as they say what has happened.
fn together(mut answers: Vec<types::Updates>) -> types::Updates {
    if answers.len() == 1
        && let Some(only) = answers.pop()
    {
        return only;
    }
    let mut all = types::UpdatesData::new(vec![], vec![], vec![], 0, 0);
    for answer in answers {
        let (updates, users, chats, date, seq) = match answer {
            types::Updates::Updates(u) => (u.updates, u.users, u.chats, u.date, u.seq),
            types::Updates::Combined(u) => (u.updates, u.users, u.chats, u.date, u.seq),
            types::Updates::UpdateShort(u) => (vec![u.update], vec![], vec![], u.date, all.seq),
            _ => continue,
        };
        all.updates.extend(updates);
        all.users.extend(users);
        all.chats.extend(chats);
        (all.date, all.seq) = (date, seq);
    }
    all.into()
}

/// Which chats are moved, and to which folder; see [`Client::archive`].
///
/// ```
/// use telewire_core::client::Archive;
///
/// let one = Archive::from("@telegram");
/// let several_back = Archive::all(["@telegram", "@durov"]).to(0);
/// let apart = Archive::each([("@telegram", 1), ("@durov", 0)]);
/// let everything_back = Archive::unpack(1);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Archive(What);

#[derive(Clone)]
enum What {
    Each(Vec<(EntityLike, i32)>),
    Unpack(i32),
}

impl Archive {
    /// These chats, to the archive unless [`Archive::to`] says otherwise.
    pub fn all<T: Into<EntityLike>>(chats: impl IntoIterator<Item = T>) -> Self {
        let chats = chats.into_iter().map(|chat| (chat.into(), ARCHIVE));
        Self(What::Each(chats.collect()))
    }

    /// Each chat to a folder of its own: 1 is the archive, 0 the main list.
    pub fn each<T: Into<EntityLike>>(chats: impl IntoIterator<Item = (T, i32)>) -> Self {
        let chats = chats.into_iter().map(|(chat, to)| (chat.into(), to));
        Self(What::Each(chats.collect()))
    }

    /// Everything that is in this folder, to the main list.
    pub fn unpack(folder: i32) -> Self {
        Self(What::Unpack(folder))
    }

    /// To this folder: 1 is the archive, 0 the main list. What is unpacked goes to the main list in any case.
    pub fn to(mut self, folder: i32) -> Self {
        if let What::Each(chats) = &mut self.0 {
            chats.iter_mut().for_each(|(_, to)| *to = folder);
        }
        self
    }
}

impl<T: Into<EntityLike>> From<T> for Archive {
    fn from(chat: T) -> Self {
        Self::all([chat])
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            What::Each(chats) => write!(f, "Archive({} chats)", chats.len()),
            What::Unpack(folder) => write!(f, "Archive(unpack {folder})"),
        }
    }
}
