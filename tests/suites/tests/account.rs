//! The suites' shared beginning gives the accounts that it promises.

use telewire_tests::account::{run, run_pair};

#[test]
fn one_account_is_signed_in() {
    run(1, async |sim, client| {
        let me = client.get_me().await.unwrap();
        assert!(sim.server(|s, _| {
            s.users()
                .iter()
                .any(|u| u.id == me.id && u.password.is_none())
        }));
    });
}

#[test]
fn a_pair_is_two_accounts() {
    run_pair(1, async |_, one, other| {
        assert_ne!(
            one.get_me().await.unwrap().id,
            other.get_me().await.unwrap().id
        );
    });
}
