//! Lists that the server gives out page by page.

/// A blocking twin of an asynchronous iterator.
macro_rules! iterator {
    ($(#[$doc:meta])* $name:ident of $item:ty) => {
        $(#[$doc])*
        ///
        /// After an error it may be asked again, and asks for the same page.
        #[must_use]
        pub struct $name {
            inner: telewire_core::client::$name,
            client: $crate::client::Client,
        }

        impl $name {
            /// How many there are in all, not only within the limit; known once the first page is there.
            pub fn total(&self) -> Option<usize> {
                self.inner.total()
            }

            /// At most so many; `None` for all, as it is unless something is said. With 0 one request is made that only
            /// tells the total.
            pub fn limit(self, limit: impl Into<Option<usize>>) -> Self {
                self.with(|i| i.limit(limit))
            }

            /// The pause between the requests for two pages, less the time that has passed anyway. One second for no
            /// limit or one above 3,000, else none.
            pub fn wait_time(self, wait: std::time::Duration) -> Self {
                self.with(|i| i.wait_time(wait))
            }

            /// Begins anew, as if nothing had been asked for yet: the next item is the first one, asked for again.
            pub fn restart(&mut self) {
                self.inner.restart();
            }

            pub(crate) fn wrap(client: &$crate::client::Client, inner: telewire_core::client::$name) -> Self {
                Self { inner, client: client.clone() }
            }

            fn with(
                self,
                change: impl FnOnce(telewire_core::client::$name) -> telewire_core::client::$name,
            ) -> Self {
                Self { inner: change(self.inner), client: self.client }
            }
        }

        impl Iterator for $name {
            type Item = Result<$item, telewire_core::Error>;

            fn next(&mut self) -> Option<Self::Item> {
                let item = self.client.wait(self.inner.next()).transpose()?;
                Some(item.map(|item| $crate::objects::Twin::twin(&self.client, item)))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.inner.fmt(f)
            }
        }
    };
}

pub(super) use iterator;
