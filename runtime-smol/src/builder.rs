//! From a builder to a running client.

/// Writes the extension trait of the builder for the runtime that `$runtime::new()` makes.
macro_rules! builder_ext {
    ($executor:literal, $runtime:ident) => {
        #[doc = concat!("What a [`Builder`](telewire_core::client::Builder) can do on ", $executor, ".")]
        pub trait BuilderExt: Sized {
            /// The client, connected. Nobody needs to be signed in yet.
            ///
            /// # Errors
            /// As [`build`](Self::build) and [`Client::connect`](telewire_core::Client::connect).
            fn connect(
                self,
            ) -> impl Future<Output = Result<telewire_core::Client, telewire_core::Error>> + Send;

            #[doc = concat!("The client, not connected yet. Its driver is spawned on ", $executor, ".")]
            ///
            /// # Errors
            /// [`Error::Misuse`](telewire_core::Error::Misuse) when the `api_id` or `api_hash` cannot be one.
            fn build(self) -> Result<telewire_core::Client, telewire_core::Error>;

            /// Keeps the session in a file, which Telethon can open as well. `.session` is added where it is missing. The
            /// file is opened right here, so that what is wrong with it is known at once.
            ///
            /// # Errors
            /// [`Error::Store`](telewire_core::Error::Store) if the folder does not exist, the file cannot be used, or
            /// another process uses it; the text says what to do.
            #[cfg(feature = "sqlite")]
            fn session_file(
                self,
                path: impl AsRef<std::path::Path>,
            ) -> Result<Self, telewire_core::Error>;
        }

        impl BuilderExt for telewire_core::client::Builder {
            async fn connect(self) -> Result<telewire_core::Client, telewire_core::Error> {
                let client = self.build()?;
                client.connect().await?;
                Ok(client)
            }

            fn build(self) -> Result<telewire_core::Client, telewire_core::Error> {
                let runtime = $runtime::new();
                let (client, driver) = self
                    .platform(telewire_native::platform())
                    .with_driver(runtime.clone())?;
                telewire_core::runtime::Runtime::spawn(&runtime, driver);
                Ok(client)
            }

            #[cfg(feature = "sqlite")]
            fn session_file(
                self,
                path: impl AsRef<std::path::Path>,
            ) -> Result<Self, telewire_core::Error> {
                Ok(self.session(telewire_sqlite::SqliteSession::open(path)?))
            }
        }
    };
}

pub(crate) use builder_ext;
