//! A script of requests over a line that is cut anywhere: none runs twice, none is lost, none hangs.

use std::collections::BTreeMap;

use super::*;
use crate::transport::{Codec, Frame, Framing, Mode};

/// The requests of the script. Every third waits for the one before.
const SCRIPT: usize = 20;

/// A server that keeps to the rules: it runs what it has not received yet, keeps answers until they are acknowledged, and
/// sends them again on every new connection.
struct Server {
    key: AuthKey,
    rng: Rng,
    /// Of each message that was received, whether it was a request, and its sequence number.
    received: BTreeMap<i64, (bool, i32)>,
    unacknowledged: BTreeMap<i64, (i32, Vec<u8>)>,
    session_id: i64,
    last_id: i64,
    content: i32,
    /// What was run, in order.
    ran: Vec<String>,
    /// Answers that take their time: how many steps yet, and what they are.
    late: Vec<(u32, Vec<u8>)>,
}

/// One connection, with the bytes that are under way.
struct Line {
    link: Link,
    codec: Codec,
    up: Vec<u8>,
    down: Vec<u8>,
    is_new: bool,
}

impl Line {
    fn new(mode: Mode, rng: &mut Rng) -> Self {
        Self {
            link: Link::new(mode, rng),
            codec: Codec::server(),
            up: Vec::new(),
            down: Vec::new(),
            is_new: true,
        }
    }
}

impl Server {
    fn new(key: AuthKey) -> Self {
        Self {
            key,
            rng: Rng::new(Seed::new([3; 32])),
            received: BTreeMap::new(),
            unacknowledged: BTreeMap::new(),
            session_id: 0,
            last_id: 0,
            content: 0,
            ran: Vec::new(),
            late: Vec::new(),
        }
    }

    fn id(&mut self, now: Now) -> i64 {
        self.last_id = ((now.wall.secs() << 32) | 1).max(self.last_id + 4);
        self.last_id
    }

    fn send(&mut self, line: &mut Line, msg_id: i64, seq_no: i32, body: &[u8]) {
        let header = envelope::Header {
            salt: SALT,
            session_id: self.session_id,
            msg_id,
            seq_no,
        };
        let mut packet = Packet::from(body);
        envelope::wrap(&mut packet, &header, &mut self.rng);
        envelope::seal_batch(&self.key, Side::Server, std::slice::from_mut(&mut packet));
        line.codec.encode(&mut packet, &mut self.rng).unwrap();
        line.down.extend_from_slice(packet.bytes());
    }

    fn service(&mut self, now: Now, line: &mut Line, body: &impl Serialize) {
        let id = self.id(now);
        self.send(line, id, self.content * 2, &body.to_bytes());
    }

    fn content(&mut self, now: Now, line: &mut Line, body: Vec<u8>) {
        let (id, seq) = (self.id(now), self.content * 2 + 1);
        self.content += 1;
        self.send(line, id, seq, &body);
        self.unacknowledged.insert(id, (seq, body));
    }

    fn read(&mut self, now: Now, line: &mut Line, bytes: &[u8]) {
        line.codec.receive_buffer()[..bytes.len()].copy_from_slice(bytes);
        line.codec.received(bytes.len());
        while let Some(frame) = line.codec.poll_frame().unwrap() {
            let Frame::Packet(packet) = frame else {
                panic!("{frame:?}")
            };
            let message =
                envelope::open_batch(&self.key, Side::Client, None, vec![packet]).remove(0);
            self.handle(now, line, message.unwrap());
        }
    }

    fn handle(&mut self, now: Now, line: &mut Line, message: envelope::Message) {
        let envelope::Message { header, body } = message;
        let is_container = wire::constructor(&body) == Some(wire::MSG_CONTAINER);
        let members = if is_container {
            container::members(wire::after_constructor(&body)).unwrap()
        } else {
            vec![container::Member {
                msg_id: header.msg_id,
                seq_no: header.seq_no,
                body,
            }]
        };
        let is_first = std::mem::replace(&mut self.session_id, header.session_id) == 0;
        if is_first {
            let first_msg_id = members.iter().map(|m| m.msg_id).min().unwrap();
            let new = types::NewSessionCreated {
                first_msg_id,
                unique_id: 9,
                server_salt: SALT,
            };
            self.content(now, line, new.to_bytes());
        }
        let unacknowledged = match std::mem::replace(&mut line.is_new, false) {
            true => self.unacknowledged.clone(),
            false => BTreeMap::new(),
        };
        // Before what else there is to say, or after it.
        let first = self.rng.u32().is_multiple_of(2);
        for (id, (seq, body)) in unacknowledged.iter().filter(|_| first) {
            self.send(line, *id, *seq, body);
        }
        for member in members {
            assert!(
                !self.received.contains_key(&member.msg_id),
                "an id is used once"
            );
            self.handle_member(now, line, member);
        }
        for (id, (seq, body)) in unacknowledged.iter().filter(|_| !first) {
            self.send(line, *id, *seq, body);
        }
    }

    /// Sends the answers whose time has come.
    fn step(&mut self, now: Now, line: &mut Line) {
        // Nothing can be sent to a connection on which nothing has come.
        if line.is_new {
            return;
        }
        for (steps, _) in &mut self.late {
            *steps = steps.saturating_sub(1);
        }
        let (due, late): (Vec<_>, _) = std::mem::take(&mut self.late)
            .into_iter()
            .partition(|(steps, _)| *steps == 0);
        self.late = late;
        for (_, body) in due {
            self.content(now, line, body);
        }
    }

    fn handle_member(&mut self, now: Now, line: &mut Line, member: container::Member) {
        let container::Member {
            msg_id, mut body, ..
        } = member;
        let msg = Msg {
            msg_id,
            seq_no: member.seq_no,
            outer: msg_id,
            body: body.clone(),
        };
        let mut is_request = false;
        match msg.id() {
            types::MsgsAck::ID => {
                for id in msg.read::<types::MsgsAck>().msg_ids {
                    self.unacknowledged.remove(&id);
                }
            }
            functions::PingDelayDisconnect::ID => {
                let ping_id = i64::from_le_bytes(body[4..12].try_into().unwrap());
                self.service(now, line, &types::Pong { msg_id, ping_id });
            }
            types::MsgsStateReq::ID => {
                let status = |id: &i64| match self.received.get(id) {
                    Some(_) => 4,
                    None if self
                        .received
                        .keys()
                        .next_back()
                        .is_some_and(|last| last < id) =>
                    {
                        3
                    }
                    None => 2,
                };
                let info = msg
                    .read::<types::MsgsStateReq>()
                    .msg_ids
                    .iter()
                    .map(status)
                    .collect();
                self.service(
                    now,
                    line,
                    &types::MsgsStateInfo {
                        req_msg_id: msg_id,
                        info,
                    },
                );
            }
            functions::GetFutureSalts::ID => {
                let salts = types::FutureSalts {
                    req_msg_id: msg_id,
                    now: 0,
                    salts: Vec::new(),
                };
                self.service(now, line, &salts);
            }
            id => {
                is_request = true;
                let mut answer = None;
                if id == wire::INVOKE_AFTER_MSG {
                    let after = i64::from_le_bytes(body[4..12].try_into().unwrap());
                    body = body.slice(12..);
                    if !self
                        .received
                        .get(&after)
                        .is_some_and(|(is_request, _)| *is_request)
                    {
                        answer = Some(rpc_error(400, "MSG_WAIT_FAILED"));
                    }
                }
                let text = String::from_utf8(body.to_vec()).unwrap();
                let answer = answer.unwrap_or_else(|| {
                    self.ran.push(text.clone());
                    text.replace("do", "ok").into_bytes()
                });
                let steps = self.rng.u32() % 40;
                self.late.push((steps, rpc_result(msg_id, &answer)));
            }
        }
        let seq_no = member.seq_no;
        if let Some((_, (_, before))) = self.received.range(..msg_id).next_back() {
            // What the server would answer with 32.
            assert!(
                seq_no > *before || (seq_no == *before && seq_no % 2 == 0),
                "{seq_no} after {before}"
            );
        }
        assert!(self.received.range(msg_id..).next().is_none(), "ids grow");
        assert_eq!(seq_no % 2 == 1, is_request);
        self.received.insert(msg_id, (is_request, seq_no));
    }
}

/// Runs the script, cutting the line each time that so many bytes more have been under way. The number of bytes in all.
fn run(mode: Mode, cuts: &[usize], seed: u8) -> usize {
    let mut pair = Pair::new();
    let mut rng = Rng::new(Seed::new([seed; 32]));
    let mut server = Server::new(pair.key.clone());
    let mut last = None;
    let script: BTreeMap<ReqId, String> = (0..SCRIPT)
        .map(|n| {
            let text = format!("do thing {n:03}");
            let mut body = RequestBody::new(text.clone().into_bytes());
            body.after = last.filter(|_| n % 3 == 2);
            last = Some(pair.session.invoke(body));
            (last.unwrap(), text)
        })
        .collect();
    let mut results = BTreeMap::new();
    let mut line = Line::new(mode, &mut rng);
    pair.session.handle_link_up(pair.now);
    let (mut total, mut since, mut cuts) = (0, 0, cuts.iter().copied().peekable());
    for step in 0.. {
        assert!(
            step < 100_000,
            "hangs with {} of {SCRIPT} answered",
            results.len()
        );
        if results.len() == SCRIPT
            && line.up.is_empty()
            && line.down.is_empty()
            && !pair.session.has_output()
        {
            break;
        }
        if cuts.peek().is_some_and(|at| since >= *at) {
            cuts.next();
            since = 0;
            pair.session.handle_link_lost(pair.now);
            line = Line::new(mode, &mut rng);
            pair.pass(1.0);
            pair.session.handle_link_up(pair.now);
        }
        if line.up.is_empty()
            && let Some(mut packet) = pair.session.poll_packet(pair.now)
        {
            line.link.encode(&mut packet).unwrap();
            line.up.extend_from_slice(packet.bytes());
        }
        let mut piece = |bytes: &mut Vec<u8>, rng: &mut Rng| -> Vec<u8> {
            let most = cuts
                .peek()
                .map_or(usize::MAX, |at| at - since)
                .min(bytes.len());
            bytes
                .drain(..most.min(1 + rng.u32() as usize % 300))
                .collect()
        };
        let going_up = rng.u32().is_multiple_of(2);
        let bytes = piece(
            if going_up {
                &mut line.up
            } else {
                &mut line.down
            },
            &mut rng,
        );
        since += bytes.len();
        total += bytes.len();
        if going_up {
            server.read(pair.now, &mut line, &bytes);
        } else {
            line.link.receive_buffer()[..bytes.len()].copy_from_slice(&bytes);
            line.link.handle_received(bytes.len()).unwrap();
        }
        server.step(pair.now, &mut line);
        while let Some(inbound) = line.link.poll_inbound() {
            let Inbound::Packets(packets) = inbound else {
                panic!("{inbound:?}")
            };
            pair.session.handle_frames(pair.now, packets);
        }
        for event in pair.events() {
            match event {
                Event::Result { id, result } => {
                    let answer = String::from_utf8(result.unwrap().to_vec()).unwrap();
                    assert_eq!(answer, script[&id].replace("do", "ok"));
                    assert!(results.insert(id, answer).is_none(), "answered twice");
                }
                Event::NewSession { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        pair.run(0);
        pair.pass(0.01);
    }
    let mut ran = server.ran.clone();
    ran.sort();
    assert_eq!(ran, script.into_values().collect::<Vec<_>>(), "each once");
    total
}

// rule: transport.closed_any_moment
#[test]
fn every_request_runs_once_and_is_answered_wherever_the_line_is_cut() {
    for mode in [Mode::Full, Mode::Obfuscated(Framing::Padded)] {
        let total = run(mode, &[], 1);
        assert!(total > 2000, "{total}");
        for n in 0..250 {
            // Once at each place, and then again soon after the reconnect.
            run(
                mode,
                &[1 + n * total / 250, 1 + (n * 37) % 400],
                u8::try_from(n).unwrap(),
            );
        }
    }
}

#[test]
fn a_line_that_is_cut_again_and_again_gets_there_in_the_end() {
    for seed in 0..20 {
        let mut rng = Rng::new(Seed::new([seed; 32]));
        let cuts: Vec<_> = (0..60).map(|_| 1 + rng.u32() as usize % 900).collect();
        run(Mode::Intermediate, &cuts, seed);
    }
}
