//! Any request of the schema.

use telewire_core::Error;
use telewire_core::client::InvokeOptions;
use telewire_core::schema::Request;

use crate::client::Client;

impl Client {
    /// Sends any request of the [schema](https://core.telegram.org/methods) and returns its result.
    ///
    /// Wherever the request takes an `InputPeer`, `InputUser` or `InputChannel`, its variant `Named` may hold a name, such
    /// as `"me"`, a username or a marked id: it is looked up first. Users and chats in the result are remembered.
    ///
    /// # Errors
    /// Whatever the server answers ([`Error::Rpc`]), and all that can go wrong on the way there.
    pub fn invoke<R: Request + Sync>(&self, request: &R) -> Result<R::Result, Error> {
        self.wait(self.as_async().invoke(request))
    }

    /// [`Client::invoke`] with a say in how the request travels.
    ///
    /// # Errors
    /// As [`Client::invoke`], and [`Error::Deadline`] when the timeout was too short.
    pub fn invoke_with<R: Request + Sync>(
        &self,
        request: &R,
        options: InvokeOptions,
    ) -> Result<R::Result, Error> {
        self.wait(self.as_async().invoke_with(request, options))
    }
}
