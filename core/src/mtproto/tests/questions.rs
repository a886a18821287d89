//! What the server asks and announces.

use super::*;

#[test]
fn the_servers_questions_are_answered() {
    // parity: N-mt.stateforgotten
    let mut pair = Pair::up();
    let seen = pair.content(b"update!!");
    let unseen = pair.server_id();
    let ids = vec![seen, unseen, seen + (1 << 40)];
    let question = pair.service(&types::MsgsStateReq {
        msg_ids: ids.clone(),
    });
    let sent = pair.sent();
    let info: types::MsgsStateInfo = sent
        .iter()
        .find(|m| m.is::<types::MsgsStateInfo>())
        .unwrap()
        .read();
    assert_eq!(info.req_msg_id, question);
    assert_eq!(info.info.as_ref(), [4, 2, 3]);

    let question = pair.service(&types::MsgResendReqData { msg_ids: ids });
    let sent = pair.sent();
    let info: types::MsgsStateInfo = sent
        .iter()
        .find(|m| m.is::<types::MsgsStateInfo>())
        .unwrap()
        .read();
    assert_eq!(
        (info.req_msg_id, info.info.as_ref()),
        (question, &[1, 1, 1][..])
    );
}

#[test]
fn a_request_that_the_server_wants_again_runs_once_and_is_answered() {
    // The server lacks it, or has found it after all.
    for (status, again) in [(2, 1), (4, 0)] {
        let mut pair = Pair::up();
        let id = pair.invoke(b"request1");
        let first = pair.sent();
        let msg_ids = vec![first[0].msg_id];
        pair.service(&types::MsgResendReqData { msg_ids });
        let sent = pair.sent();
        let is_told = sent.iter().any(Msg::is::<types::MsgsStateInfo>);
        assert!(!is_told, "it is held: {sent:?}");
        assert!(sent.iter().all(|m| m.body != "request1"), "{sent:?}");
        let question = state_req(&sent);
        assert_eq!(
            question.read::<types::MsgsStateReq>().msg_ids,
            [first[0].msg_id]
        );
        pair.states(question, status);
        let sent = pair.sent();
        let requests: Vec<_> = sent.iter().filter(|m| m.body == "request1").collect();
        assert_eq!(requests.len(), again, "{sent:?}");
        if let [new] = requests[..] {
            assert_ne!(new.msg_id, first[0].msg_id);
        }
        pair.answer(requests.first().copied().unwrap_or(&first[0]), b"answer!!");
        assert_eq!(pair.told(), [format!("{id:?} = answer!!")]);
        assert_eq!(pair.session.pending(), 0);
    }
}

#[test]
fn only_what_is_not_held_is_told_to_be_gone() {
    let mut pair = Pair::up();
    pair.invoke(b"done....");
    let done = pair.sent()[0].clone();
    pair.answer(&done, b"answer!!");
    pair.invoke(b"request1");
    let held = carrying(&pair.sent(), b"request1").msg_id;
    let msg_ids = vec![done.msg_id, held];
    let question = pair.service(&types::MsgResendReqData { msg_ids });
    let sent = pair.sent();
    let info: types::MsgsStateInfo = sent
        .iter()
        .find(|m| m.is::<types::MsgsStateInfo>())
        .unwrap()
        .read();
    assert_eq!(info.req_msg_id, question);
    assert_eq!(info.info[0], 1);
    assert!([2, 3].contains(&info.info[1]), "{:?}", info.info);
    assert_eq!(
        state_req(&sent).read::<types::MsgsStateReq>().msg_ids,
        [held]
    );
}

#[test]
fn an_announced_answer_is_asked_for_or_acknowledged() {
    // parity: N-mt.detailed
    // rule: mtproto.detailed_info
    let mut pair = Pair::up();
    let id = pair.invoke(b"request1");
    let sent = pair.sent();
    let lost = pair.server_id();
    let (status, bytes) = (0, 100);
    pair.service(&types::MsgDetailedInfoData {
        msg_id: sent[0].msg_id,
        answer_msg_id: lost,
        bytes,
        status,
    });
    let resend: types::MsgResendReqData = pair.sent()[0].read();
    assert_eq!(resend.msg_ids, [lost]);
    let frame = pair.seal(lost, 1, &rpc_result(sent[0].msg_id, b"answer!!"));
    pair.deliver(vec![frame]);
    assert_eq!(pair.told(), [format!("{id:?} = answer!!")]);

    pair.run(11);
    assert_eq!(pair.sent()[0].read::<types::MsgsAck>().msg_ids, [lost]);
    pair.service(&types::MsgNewDetailedInfo {
        answer_msg_id: lost,
        bytes,
        status,
    });
    pair.run(11);
    assert_eq!(
        pair.sent()[0].read::<types::MsgsAck>().msg_ids,
        [lost],
        "came already: acknowledged again"
    );
}
