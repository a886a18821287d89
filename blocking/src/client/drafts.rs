//! Messages that are begun and not sent.

use telewire_core::Error;

use crate::client::Client;
use crate::client::paged::iterator;
use crate::objects::Draft;

impl Client {
    /// The drafts of the account, one for each chat that has one.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// for draft in client.iter_drafts() {
    ///     println!("{}", draft?.text());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter_drafts(&self) -> DraftIter {
        DraftIter::wrap(self, self.as_async().iter_drafts())
    }

    /// All drafts of the account.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn get_drafts(&self) -> Result<Vec<Draft>, Error> {
        let drafts = self.wait(self.as_async().get_drafts())?;
        Ok(drafts
            .into_iter()
            .map(|draft| Draft::wrap(self, draft))
            .collect())
    }
}

iterator!(
    /// Drafts, all from one request; see [`Client::iter_drafts`].
    DraftIter of Draft
);
