//! One download under way.

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use telewire_schema::{functions, types};

use super::Progress;
use super::locate::Place;
use super::what::Origin;
use crate::client::uploads::tell;
use crate::client::{Client, undecoded};
use crate::dc::DcId;
use crate::engine::{Request, Target, Value};
use crate::error::{Error, ProtocolError};
use crate::files::{self, Patience, Verdict};

/// So often a download is sent on to another data centre, or a stale reference renewed, before it fails.
const MAX_TURNS: u32 = 4;
const GET_FILE: &str = "upload.getFile";

/// What came back for the piece at an offset, by the location that was known when it was asked for.
type Landed = (u64, u32, Result<Value, Error>);

/// Asks for the pieces of a file and hands them on as they come, in any order.
pub(super) struct Run {
    client: Client,
    plan: files::Download,
    location: types::InputFileLocation,
    dc: DcId,
    origin: Option<Origin>,
    flights: FuturesUnordered<BoxFuture<'static, Landed>>,
    patience: Patience,
    progress: Option<Progress>,
    /// How often the location changed.
    turns: u32,
}

impl Run {
    pub(super) fn new(
        client: &Client,
        plan: files::Download,
        (location, dc): (types::InputFileLocation, DcId),
        origin: Option<Origin>,
        progress: Option<Progress>,
    ) -> Self {
        Self {
            client: client.clone(),
            plan,
            location,
            dc,
            origin,
            flights: FuturesUnordered::new(),
            patience: Patience::new(client.flood_sleep_threshold()),
            progress,
            turns: 0,
        }
    }

    /// The next piece that came, with its offset; `None` once all have. Says [`Run::taken`] when it is done with.
    pub(super) async fn next(&mut self) -> Result<Option<(u64, Bytes)>, Error> {
        loop {
            while let Some(piece) = self.plan.poll_piece() {
                self.launch(piece, None);
            }
            let Some((offset, turn, answer)) = self.flights.next().await else {
                return Ok(None);
            };
            let error = match answer {
                Ok(value) => {
                    let bytes = content(value)?;
                    self.plan.handle_piece(offset, bytes.len())?;
                    if bytes.is_empty() {
                        continue;
                    }
                    tell(self.progress.as_ref(), self.plan.progress());
                    return Ok(Some((offset, bytes)));
                }
                Err(error) => error,
            };
            self.mend(offset, turn, error).await?;
        }
    }

    /// A piece was written or handed on.
    pub(super) fn taken(&mut self, offset: u64) {
        self.plan.handle_taken(offset);
    }

    async fn mend(&mut self, offset: u64, turn: u32, error: Error) -> Result<(), Error> {
        match self.patience.judge(offset, &error) {
            Verdict::Again => self.plan.handle_failed(offset, false),
            Verdict::Wait(pause) => {
                self.plan.slow_down();
                let limit = self.plan.part_size();
                self.launch(files::Piece { offset, limit }, Some(pause));
            }
            // Pieces that were asked for at the same time fail for the same reason: only the first one mends it.
            Verdict::Migrate(_) | Verdict::Refresh if turn < self.turns => {
                self.plan.handle_failed(offset, false);
            }
            Verdict::Migrate(dc) if self.turns < MAX_TURNS => {
                self.dc = dc;
                self.turns = self.turns.saturating_add(1);
                self.plan.handle_failed(offset, false);
            }
            Verdict::Refresh if self.turns < MAX_TURNS => {
                let Some(Place::Remote { location, .. }) = self.fresh().await? else {
                    return Err(error);
                };
                self.location = *location;
                self.turns = self.turns.saturating_add(1);
                self.plan.handle_failed(offset, false);
            }
            _ => return Err(error),
        }
        Ok(())
    }

    /// Fetches the message again that the file came with.
    async fn fresh(&mut self) -> Result<Option<Place>, Error> {
        match &self.origin {
            Some(origin) => Ok(origin.locate_again(&self.client).await?.map(|l| l.place)),
            None => Ok(None),
        }
    }

    fn launch(&mut self, piece: files::Piece, pause: Option<std::time::Duration>) {
        let offset = i64::try_from(piece.offset).unwrap_or(i64::MAX);
        let limit = i32::try_from(piece.limit).unwrap_or(i32::MAX);
        let get = functions::upload::GetFile::new(self.location.clone(), offset, limit);
        let mut request = Request::new(&get);
        request.dc = Target::Media(self.dc);
        request.repeatable = true;
        request.cancel = true;
        let (client, turn) = (self.client.clone(), self.turns);
        self.flights.push(Box::pin(async move {
            if let Some(pause) = pause {
                client.sleep(pause).await;
            }
            (piece.offset, turn, client.send(request).await)
        }));
    }
}

fn content(value: Value) -> Result<Bytes, Error> {
    match value.decode().map_err(|error| undecoded(GET_FILE, error))? {
        types::upload::File::File(file) => Ok(file.bytes),
        // We say that we cannot follow one.
        types::upload::File::CdnRedirect(_) => {
            Err(ProtocolError::new("it sent a file to a CDN that was not asked for").into())
        }
    }
}
