//! `invokeWithLayer`, `initConnection` and the other functions around a request.

use bytes::Bytes;
use telewire_schema::{Deserialize, Identifiable as _, Reader, functions};

use crate::fault::{Answer, Fault};
use crate::keys::Device;
use crate::server::Server;
use crate::session::unpack;

/// The layers whose requests are understood.
const LAYERS: std::ops::RangeInclusive<i32> = 200..=230;
/// Wrappers and packings around each other.
const MAX_DEPTH: usize = 8;

/// A request without its wrappers, and what they said.
pub(super) struct Unwrapped {
    pub(super) body: Bytes,
    layer: Option<i32>,
    device: Option<Device>,
    after: Vec<i64>,
    without_updates: bool,
    pub(super) takeout: Option<i64>,
}

impl Unwrapped {
    pub(super) fn id(&self) -> u32 {
        self.body
            .first_chunk()
            .map_or(0, |id| u32::from_le_bytes(*id))
    }
}

/// Takes everything off a request that stands around it.
pub(super) fn unwrap(body: &Bytes) -> Answer<Unwrapped> {
    let mut out = Unwrapped {
        body: body.clone(),
        layer: None,
        device: None,
        after: Vec::new(),
        without_updates: false,
        takeout: None,
    };
    for _ in 0..MAX_DEPTH {
        if crate::session::is_packed(&out.body) {
            out.body = unpack(&out.body).ok_or_else(malformed)?;
            continue;
        }
        match out.id() {
            functions::InvokeWithLayer::ID => {
                let w: functions::InvokeWithLayer = read(&out.body)?;
                out.layer = Some(w.layer);
                out.body = w.query;
            }
            functions::InitConnection::ID => {
                let w: functions::InitConnection = read(&out.body)?;
                out.device = Some(Device {
                    layer: 0,
                    api_id: w.api_id,
                    model: w.device_model,
                    system: w.system_version,
                    app: w.app_version,
                });
                out.body = w.query;
            }
            functions::InvokeAfterMsg::ID => {
                let w: functions::InvokeAfterMsg = read(&out.body)?;
                out.after.push(w.msg_id);
                out.body = w.query;
            }
            functions::InvokeAfterMsgs::ID => {
                let w: functions::InvokeAfterMsgs = read(&out.body)?;
                out.after.extend(w.msg_ids);
                out.body = w.query;
            }
            functions::InvokeWithoutUpdates::ID => {
                let w: functions::InvokeWithoutUpdates = read(&out.body)?;
                out.without_updates = true;
                out.body = w.query;
            }
            functions::InvokeWithTakeout::ID => {
                let w: functions::InvokeWithTakeout = read(&out.body)?;
                out.takeout = Some(w.takeout_id);
                out.body = w.query;
            }
            _ => return Ok(out),
        }
    }
    Err(malformed())
}

/// Checks what the wrappers said and remembers it with the key and the session.
pub(super) fn apply(
    server: &mut Server,
    at: (i64, i64),
    owner: i64,
    request: &Unwrapped,
) -> Answer<()> {
    if request.layer.is_some_and(|layer| !LAYERS.contains(&layer)) {
        return Err(Fault::bad("CONNECTION_LAYER_INVALID"));
    }
    let key = server
        .keys
        .get_mut(&owner)
        .ok_or_else(|| Fault::unauthorized("AUTH_KEY_UNREGISTERED"))?;
    if let Some(device) = &request.device {
        let known = key.device.as_ref().map(|d| d.layer);
        let layer = request
            .layer
            .or(known)
            .ok_or_else(|| Fault::bad("CONNECTION_LAYER_INVALID"))?;
        if device.api_id <= 0 {
            return Err(Fault::bad("CONNECTION_API_ID_INVALID"));
        }
        key.device = Some(Device {
            layer,
            ..device.clone()
        });
    } else if let (Some(device), Some(layer)) = (&mut key.device, request.layer) {
        device.layer = layer;
    }
    // A temporary key is bound before anything is said over it.
    if key.device.is_none() && request.id() != functions::auth::BindTempAuthKey::ID {
        return Err(Fault::bad("CONNECTION_NOT_INITED"));
    }
    if let Some(session) = server.sessions.get_mut(&at) {
        session.deaf = request.without_updates;
        for predecessor in &request.after {
            match session.has_succeeded(*predecessor) {
                Some(true) => {}
                Some(false) => return Err(Fault::bad("MSG_WAIT_FAILED")),
                None => return Err(Fault::bad("MSG_WAIT_TIMEOUT")),
            }
        }
    }
    Ok(())
}

fn read<T: Deserialize>(body: &Bytes) -> Answer<T> {
    T::deserialize(&mut Reader::new(body)).map_err(|_| malformed())
}

fn malformed() -> Fault {
    Fault::bad("INPUT_FETCH_FAIL")
}
