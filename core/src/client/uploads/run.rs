//! One upload under way.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use md5::{Digest as _, Md5};
use telewire_schema::{Identifiable as _, functions};

use super::{Progress, Source, tell, undecoded};
use crate::client::Client;
use crate::engine::{Request, Target, Value};
use crate::error::{Error, ProtocolError};
use crate::files::{self, Part, Patience, Verdict};

pub(super) type Landed = (u32, Result<Value, Error>);

/// One upload under way.
pub(super) struct Run<'a> {
    pub(super) client: &'a Client,
    pub(super) id: i64,
    pub(super) plan: files::Upload,
    pub(super) flights: FuturesUnordered<BoxFuture<'a, Landed>>,
    /// The parts under way: they may have to go again.
    pub(super) held: BTreeMap<u32, (Part, Bytes)>,
    pub(super) patience: Patience,
    pub(super) progress: Option<Progress>,
    pub(super) target: Target,
}

impl Run<'_> {
    /// Sends every part; the digest of the whole if one was begun.
    pub(super) async fn all(
        &mut self,
        mut source: Source,
        mut digest: Option<Md5>,
    ) -> Result<Option<[u8; 16]>, Error> {
        let streamed = source.size().is_none();
        let mut ended = !streamed;
        loop {
            while let Some(part) = self.plan.poll_part() {
                if self.held.contains_key(&part.index) {
                    self.launch(part.index, Duration::ZERO);
                    continue;
                }
                let data = source.read(part.offset, part.len).await?;
                if let Some(digest) = &mut digest {
                    digest.update(&data);
                }
                self.add(part, data)?;
            }
            while !ended && self.plan.has_room() {
                let (data, last) = source.read_on(self.plan.part_size()).await?;
                let len = u32::try_from(data.len()).unwrap_or(u32::MAX);
                let part = self.plan.push_part(len, last)?;
                ended = last;
                self.add(part, data)?;
            }
            if self.plan.is_done() {
                return Ok(digest.map(|d| d.finalize().into()));
            }
            let Some(landed) = self.flights.next().await else {
                return Err(ProtocolError::new("an upload stands still").into());
            };
            self.land(landed)?;
        }
    }

    fn add(&mut self, part: Part, data: Bytes) -> Result<(), Error> {
        self.held.insert(part.index, (part, data));
        self.launch(part.index, Duration::ZERO);
        // The part is queued at once, so that it travels while the next one is read.
        if let Some(Some(landed)) = self.flights.next().now_or_never() {
            self.land(landed)?;
        }
        Ok(())
    }

    fn launch(&mut self, index: u32, pause: Duration) {
        let Some((part, data)) = self.held.get(&index) else {
            return;
        };
        let request = save_part(
            self.id,
            *part,
            data.clone(),
            self.plan.is_big(),
            self.target,
        );
        let client = self.client;
        self.flights.push(Box::pin(async move {
            if !pause.is_zero() {
                client.sleep(pause).await;
            }
            (index, client.send(request).await)
        }));
    }

    fn land(&mut self, (index, answer): Landed) -> Result<(), Error> {
        let request = save_name(self.plan.is_big());
        match answer {
            Ok(value) => {
                let saved: bool = value.decode().map_err(|error| undecoded(request, error))?;
                if !saved {
                    return Err(
                        ProtocolError::new("it refused a file part without a reason").into(),
                    );
                }
                self.plan.handle_saved(index);
                self.held.remove(&index);
                tell(self.progress.as_ref(), self.plan.progress());
            }
            Err(error) => match self.patience.judge(u64::from(index), &error) {
                Verdict::Again => self.plan.handle_failed(index, false),
                Verdict::Wait(pause) => {
                    self.plan.slow_down();
                    self.launch(index, pause);
                }
                _ => return Err(error),
            },
        }
        Ok(())
    }
}

/// The request for one part: all but the part itself, which is not copied.
fn save_part(file: i64, part: Part, data: Bytes, big: bool, dc: Target) -> Request {
    use functions::upload::{SaveBigFilePart, SaveFilePart};
    let id = if big {
        SaveBigFilePart::ID
    } else {
        SaveFilePart::ID
    };
    let mut head = Vec::with_capacity(20);
    head.extend_from_slice(&id.to_le_bytes());
    head.extend_from_slice(&file.to_le_bytes());
    head.extend_from_slice(&part.index.to_le_bytes());
    if big {
        head.extend_from_slice(&part.total.to_le_bytes());
    }
    Request {
        name: save_name(big),
        head,
        tail: Some(data),
        dc,
        after: None,
        deadline: None,
        // The same part twice is the same file.
        repeatable: true,
        cancel: false,
        flood_sleep_threshold: None,
        takeout: None,
    }
}

fn save_name(big: bool) -> &'static str {
    if big {
        functions::upload::SaveBigFilePart::NAME
    } else {
        functions::upload::SaveFilePart::NAME
    }
}
