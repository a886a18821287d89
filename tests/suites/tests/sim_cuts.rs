//! Connections cut before, during and after every frame of a script: no request runs twice, none hangs, every one is
//! answered.

use std::collections::BTreeMap;

use futures::future::join_all;
use telewire_core::client::SignIn;
use telewire_core::runtime::Runtime;
use telewire_core::session::MemorySession;
use telewire_core::transport::{Framing, Mode};
use telewire_core::{Client, Error, functions, types};
use telewire_tests::sim::{Cut, Direction, Place, Sim};

/// The methods of the script and how often it calls each.
const SCRIPT: [(&str, usize); 6] = [
    ("messages.sendMessage", 10),
    ("messages.editMessage", 3),
    ("messages.deleteMessages", 2),
    ("messages.getHistory", 2),
    ("users.getUsers", 2),
    ("account.updateStatus", 1),
];

const PLACES: [Place; 3] = [Place::Before, Place::During, Place::After];

/// Cuts that the two tests make at least, 500 together.
const CUTS_ONE_BY_ONE: usize = 120;
const CUTS_AT_ONCE: usize = 400;
const _: () = assert!(CUTS_ONE_BY_ONE + CUTS_AT_ONCE >= 500);

struct Run {
    sim: Sim,
    client: Client,
    next_id: i64,
}

impl Run {
    fn new(seed: u64, transport: Mode) -> Self {
        let sim = Sim::new(seed);
        let mut config = sim.config();
        config.transport = transport;
        config.connection_retries = Some(5);
        let (client, driver) = Client::with_driver(sim.runtime(), MemorySession::new(), config);
        sim.runtime().spawn(driver);
        let (user, code) = sim.server(|server, _| {
            let user = server.users().into_iter().find(|u| u.password.is_none());
            (user.unwrap(), server.options().code.clone())
        });
        sim.run(async {
            client.connect().await.unwrap();
            client.send_code_request(&user.phone).await.unwrap();
            let signed_in = client.sign_in(&user.phone, &code).await.unwrap();
            assert!(matches!(signed_in, SignIn::Done(_)));
        });
        Self {
            sim,
            client,
            next_id: 1000,
        }
    }

    fn random_id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }

    /// Twenty requests; every answer is a good one.
    fn script(&mut self, at_once: bool) {
        let ids: Vec<i64> = (0..10).map(|_| self.random_id()).collect();
        let (sim, client) = (&self.sim, &self.client);
        let answers = sim.run(async {
            if at_once {
                let (first, second) = ids.split_at(5);
                let mut sent = join_all(first.iter().map(|id| send(client, *id))).await;
                sent.extend(join_all(second.iter().map(|id| send(client, *id))).await);
                let sent: Result<Vec<i32>, Error> = sent.into_iter().collect();
                let sent = sent?;
                let edits = join_all(sent[..3].iter().map(|id| edit(client, *id)));
                let deletions = join_all(sent[3..5].iter().map(|id| delete(client, *id)));
                let reads = join_all((0..2).map(|_| read(client)));
                let (edits, deletions, reads, status) =
                    futures::join!(edits, deletions, reads, status(client));
                edits
                    .into_iter()
                    .chain(deletions)
                    .chain(reads)
                    .chain([status])
                    .collect::<Result<(), Error>>()
            } else {
                let mut sent = Vec::new();
                for id in &ids {
                    sent.push(send(client, *id).await?);
                }
                for id in &sent[..3] {
                    edit(client, *id).await?;
                }
                for id in &sent[3..5] {
                    delete(client, *id).await?;
                }
                read(client).await?;
                read(client).await?;
                status(client).await
            }
        });
        answers.expect("every request is answered");
    }
}

async fn send(client: &Client, random_id: i64) -> Result<i32, Error> {
    let text = format!("message {random_id}");
    let request = functions::messages::SendMessage::new(types::InputPeer::Self_, text, random_id);
    match client.invoke(&request).await? {
        types::Updates::UpdateShortSentMessage(sent) => Ok(sent.id),
        types::Updates::Updates(all) => {
            let id = all.updates.iter().find_map(|u| match u {
                types::Update::MessageId(u) => Some(u.id),
                _ => None,
            });
            Ok(id.expect("the answer names the message"))
        }
        other => panic!("an odd answer to a message: {other:?}"),
    }
}

async fn edit(client: &Client, id: i32) -> Result<(), Error> {
    let request = functions::messages::EditMessage::new(types::InputPeer::Self_, id)
        .message(format!("edited {id}"));
    client.invoke(&request).await.map(drop)
}

async fn delete(client: &Client, id: i32) -> Result<(), Error> {
    let affected = client
        .invoke(&functions::messages::DeleteMessages::new(vec![id]))
        .await?;
    assert_eq!(
        affected.pts_count, 1,
        "it was there, so it was deleted once"
    );
    Ok(())
}

async fn read(client: &Client) -> Result<(), Error> {
    let request =
        functions::messages::GetHistory::new(types::InputPeer::Self_, 0, 0, 0, 10, 0, 0, 0);
    client.invoke(&request).await?;
    let me = functions::users::GetUsers::new(vec![types::InputUser::Self_]);
    assert_eq!(client.invoke(&me).await?.len(), 1);
    Ok(())
}

async fn status(client: &Client) -> Result<(), Error> {
    client
        .invoke(&functions::account::UpdateStatus::new(false))
        .await
        .map(drop)
}

fn executed(sim: &Sim) -> BTreeMap<String, usize> {
    sim.server(|server, _| server.executed_all())
}

/// Cuts at every frame of both directions until one lies behind the script's end. Returns how many cuts there were.
fn cut_everywhere(run: &mut Run, at_once: bool, limit: usize) -> usize {
    let mut cuts = 0;
    for direction in [Direction::Up, Direction::Down] {
        for after in 0.. {
            assert!(after < 1000, "the script has no end");
            let mut happened = 0;
            for place in PLACES {
                let before = executed(&run.sim);
                run.sim.cut(Cut {
                    direction,
                    after,
                    place,
                });
                run.script(at_once);
                if !run.sim.withdraw_cut() {
                    happened += 1;
                }
                let after_all = executed(&run.sim);
                for (method, times) in SCRIPT {
                    let ran =
                        after_all.get(method).unwrap_or(&0) - before.get(method).unwrap_or(&0);
                    assert_eq!(
                        ran, times,
                        "{method} ran {ran} times, cut {place:?} {direction:?} frame {after}"
                    );
                }
            }
            cuts += happened;
            if happened == 0 || cuts >= limit {
                break;
            }
        }
    }
    let repeated = run
        .sim
        .server(|server, _| server.random_ids().iter().filter(|(_, n)| **n != 1).count());
    assert_eq!(repeated, 0, "no message was sent twice");
    cuts
}

#[test]
fn every_frame_of_a_script_one_request_after_the_other() {
    let mut run = Run::new(11, Mode::Full);
    let cuts = cut_everywhere(&mut run, false, usize::MAX);
    assert!(cuts >= CUTS_ONE_BY_ONE, "{cuts} cuts");
}

// rule: transport.closed_any_moment
#[test]
fn every_frame_of_a_script_with_requests_at_once() {
    let mut cuts = 0;
    let transports = [
        Mode::Abridged,
        Mode::Obfuscated(Framing::Padded),
        Mode::Intermediate,
    ];
    for (seed, transport) in (20..40).zip(transports.into_iter().cycle()) {
        let mut run = Run::new(seed, transport);
        cuts += cut_everywhere(&mut run, true, usize::MAX);
        if cuts >= CUTS_AT_ONCE {
            break;
        }
    }
    assert!(cuts >= CUTS_AT_ONCE, "{cuts} cuts");
}
