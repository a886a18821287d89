//! The list of chats.

use telewire_core::client::{Archive, DateLike, EntityLike};
use telewire_core::objects::TotalList;
use telewire_core::{Error, types};

use crate::client::Client;
use crate::client::paged::iterator;
use crate::objects::Dialog;

impl Client {
    /// The dialogs of the account: private chats, groups and channels, pinned ones first, then by their last message.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// for dialog in client.iter_dialogs() {
    ///     println!("{}", dialog?.name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter_dialogs(&self) -> DialogIter {
        DialogIter::wrap(self, self.as_async().iter_dialogs())
    }

    /// The first dialogs, and how many there are in all.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn get_dialogs(&self, limit: usize) -> Result<TotalList<Dialog>, Error> {
        let dialogs = self.wait(self.as_async().get_dialogs(limit))?;
        Ok(dialogs.map(|dialog| Dialog::wrap(self, dialog)))
    }

    /// Moves chats to the archive, or back, and returns what the server says of it.
    ///
    /// # Errors
    /// [`Error::Misuse`] if no chat is named; [`Error::NotFound`] for an unknown one; `FOLDER_ID_INVALID` for a folder that
    /// does not exist.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// use telewire_blocking::Archive;
    ///
    /// client.archive("@telegram")?;
    /// client.archive(Archive::unpack(1))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn archive(&self, what: impl Into<Archive>) -> Result<types::Updates, Error> {
        self.wait(self.as_async().archive(what))
    }
}

iterator!(
    /// Dialogs, one page of a hundred at a time; see [`Client::iter_dialogs`].
    DialogIter of Dialog
);

impl DialogIter {
    /// Begins with dialogs whose last message is older than this.
    pub fn offset_date(self, date: impl Into<DateLike>) -> Self {
        self.with(|i| i.offset_date(date))
    }

    /// Begins with dialogs whose last message has a lower id.
    pub fn offset_id(self, id: i32) -> Self {
        self.with(|i| i.offset_id(id))
    }

    /// Begins after this dialog.
    pub fn offset_peer(self, peer: impl Into<EntityLike>) -> Self {
        self.with(|i| i.offset_peer(peer))
    }

    /// Leaves out groups that have become supergroups.
    pub fn ignore_migrated(self) -> Self {
        self.with(telewire_core::client::DialogIter::ignore_migrated)
    }

    /// Leaves out pinned dialogs.
    pub fn ignore_pinned(self) -> Self {
        self.with(telewire_core::client::DialogIter::ignore_pinned)
    }

    /// Only the dialogs of that folder; 1 is the archive.
    pub fn folder(self, folder: i32) -> Self {
        self.with(|i| i.folder(folder))
    }

    /// Only archived dialogs, or only the others.
    pub fn archived(self, yes: bool) -> Self {
        self.with(|i| i.archived(yes))
    }
}
