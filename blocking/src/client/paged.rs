//! Lists that the server gives out page by page.

/// A blocking twin of an asynchronous iterator.
macro_rules! iterator {
    ($(#[$doc:meta])* $name:ident of $item:ident) => {
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

            /// At most so many. With 0 one request is made that only tells the total.
            pub fn limit(self, limit: usize) -> Self {
                self.with(|i| i.limit(limit))
            }

            /// The pause between the requests for two pages. One second for more than 3,000 items, else none.
            pub fn wait_time(self, wait: std::time::Duration) -> Self {
                self.with(|i| i.wait_time(wait))
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
                Some(item.map(|item| $item::wrap(&self.client, item)))
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
