//! Data centres that can only be reached in disguise, and figures that lie in one of their own.

use telewire_core::functions;
use telewire_core::types;
use telewire_sandbox::{Disguise, Entrance};
use telewire_tests::account::{client, run};
use telewire_tests::sim::Sim;

use super::{FAR, executed, sign_up};

// rule: transport.option_flags
#[test]
fn a_data_centre_behind_obfuscation_or_a_secret_is_reached_as_its_flags_say() {
    for disguise in [Disguise::Obfuscated, Disguise::Secret([0x5c; 16])] {
        let sim = Sim::new(11);
        for entrance in [Entrance::main(FAR), Entrance::media(FAR)] {
            sim.server(|server, _| server.set_disguise(entrance, disguise));
        }
        sim.run(async {
            let client = client(&sim);
            let me = sign_up(&sim, &client, "9996641234").await;
            client.send_message("me", "hidden").await.unwrap();
            assert_eq!(sim.server(|server, _| server.home(me)), Some(FAR));
            let texts = sim.server(|server, _| server.texts(me, me));
            assert_eq!(texts, ["hidden"], "{disguise:?}");
        });
    }
}

#[test]
fn figures_of_a_channel_come_from_the_data_centre_that_keeps_them() {
    // parity: M-base.call.migrate
    run(12, async |sim, client| {
        let channel = client.get_input_entity("telewire_news").await.unwrap();
        let types::InputPeer::Channel(channel) = channel else {
            panic!("no channel")
        };
        let channel = types::InputChannelData::new(channel.channel_id, channel.access_hash);
        let ask = functions::stats::GetMessageStats::new(channel, 2);
        client.invoke(&ask).await.unwrap();
        assert_eq!(executed(sim, "auth.importAuthorization"), 1);
        client.invoke(&ask).await.unwrap();
        assert_eq!(executed(sim, "auth.importAuthorization"), 1);
        client.send_message("me", "at home").await.unwrap();
    });
}
