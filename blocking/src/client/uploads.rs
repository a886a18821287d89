//! Uploading files.

use telewire_core::Error;
use telewire_core::client::{Upload, UploadedFile};

use crate::client::Client;

impl Client {
    /// Uploads a file without sending it to anybody. The handle may then be sent once or several times, used as a profile
    /// photo, and so on, for less than a day. See
    /// [uploading files](https://core.telegram.org/api/files#uploading-files).
    ///
    /// Progress is reported on the calling thread. A [`std::io::Read`] becomes an [`Upload::reader`] by
    /// `futures::io::AllowStdIo`.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the file cannot be read or is too large, and whatever the server answers.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// use telewire_blocking::Upload;
    ///
    /// let video = client.upload_file(Upload::path("talk.mp4").progress(|sent, all| println!("{sent} of {all:?}")))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn upload_file(&self, file: impl Into<Upload>) -> Result<UploadedFile, Error> {
        self.wait(self.as_async().upload_file(file))
    }
}
