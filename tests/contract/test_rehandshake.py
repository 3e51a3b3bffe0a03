"""Another handshake on a complete TLS 1.2 session: asked for, begun, refused, interleaved with data."""

import pytest

from impl import AlertDescription, AlertLevel
from tests.contract.drivers.settings import CLIENT, SERVER, TLS12, TLS13
from tests.contract.drivers.wire import BLOCKED, INTERRUPTED, Every, Weather
from tests.contract.pair import read

pytestmark = pytest.mark.manual("gnutls_rehandshake(3)", "gnutls_handshake(3)")
NO_RENEGOTIATION = AlertDescription.NO_RENEGOTIATION


def requested(pair):
    """Let the server ask and the client read the request."""
    assert pair.server.rehandshake() == "SUCCESS"
    assert read(pair.client) == "REHANDSHAKE"
    return pair


def begun(pair):
    """Let the client's ClientHello reach the server's application."""
    assert pair.client.handshake() == "AGAIN"
    assert read(pair.server) == "REHANDSHAKE"
    return pair


def test_a_client_cannot_ask_for_one_by_this_call(connect, version):
    pair = connect(version, CLIENT).established()

    assert pair.subject.rehandshake() == "INVALID_REQUEST"
    pair.assert_talks()


def test_the_request_makes_the_clients_read_say_so_and_both_then_negotiate(connect, role):
    pair = begun(requested(connect(TLS12, role).established()))

    assert pair.handshake() == ("SUCCESS", "SUCCESS")
    pair.assert_talks()


def test_a_client_may_begin_one_without_being_asked(connect, role):
    pair = begun(connect(TLS12, role).established())

    assert pair.handshake() == ("SUCCESS", "SUCCESS")
    pair.assert_talks()


def test_it_may_be_repeated_and_each_makes_new_keys(connect, role):
    pair = connect(TLS12, role).established()
    exported = set()
    for _ in range(4):
        exported.add(pair.subject.export(b"EXPERIMENTAL label", 32))
        assert pair.subject.export(b"EXPERIMENTAL label", 32) == pair.peer.export(b"EXPERIMENTAL label", 32)
        assert begun(requested(pair)).handshake() == ("SUCCESS", "SUCCESS")

    assert len(exported) == 4


def test_a_client_may_ignore_the_request(connect, role):
    pair = requested(connect(TLS12, role).established())

    assert pair.client.send(b"as if nothing had been") == 22
    assert read(pair.server) == b"as if nothing had been"
    pair.assert_talks()


def test_each_of_several_requests_is_told(connect):
    pair = connect(TLS12, CLIENT).established()
    for _ in range(2):
        requested(pair)

    assert begun(pair).handshake() == ("SUCCESS", "SUCCESS")


def test_a_client_that_does_not_wish_to_replies_with_an_alert_that_the_server_reads(connect, role):
    pair = requested(connect(TLS12, role).established())
    assert pair.client.alert_send_appropriate("REHANDSHAKE") == "SUCCESS"

    assert read(pair.server) == "WARNING_ALERT_RECEIVED"

    assert pair.server.alert_get() == NO_RENEGOTIATION
    pair.assert_talks()


def test_a_server_that_waits_in_handshake_learns_of_the_refusal_there(connect, role):
    pair = requested(connect(TLS12, role).established())
    pair.client.alert_send(AlertLevel.WARNING, NO_RENEGOTIATION)

    assert pair.server.handshake() == "WARNING_ALERT_RECEIVED"

    assert pair.server.alert_get() == NO_RENEGOTIATION
    pair.assert_talks()


def refused(pair, expect):
    """Let the server refuse, go on reading, and the client learn of it."""
    assert pair.server.alert_send_appropriate("REHANDSHAKE") == "SUCCESS"
    assert read(pair.server) == expect("refused-hello-stays", "AGAIN", whose=pair.server.stack)
    assert pair.client.handshake() == "WARNING_ALERT_RECEIVED"
    assert pair.client.alert_get() == NO_RENEGOTIATION
    return pair


def test_a_client_whose_renegotiation_is_refused_keeps_its_session(connect, role, expect):
    refused(begun(connect(TLS12, role).established()), expect).assert_talks()


def test_after_a_refusal_it_may_be_tried_again(connect, role, expect):
    pair = begun(refused(begun(connect(TLS12, role).established()), expect))

    answers = expect("hello-after-refusal", {"SUCCESS"}, whose=pair.client.stack)
    assert set(pair.handshake()) == answers
    if answers == {"SUCCESS"}:
        pair.assert_talks()


def test_a_server_gets_data_that_was_pending_before_the_peer_began(connect, role):
    pair = connect(TLS12, role).established()
    assert pair.server.rehandshake() == "SUCCESS"
    assert pair.client.send(b"pending") == 7
    assert read(pair.client) == "REHANDSHAKE"
    assert pair.client.handshake() == "AGAIN"

    assert pair.server.handshake() == "GOT_APPLICATION_DATA"
    assert pair.server.recv() == b"pending"

    assert pair.handshake() == ("SUCCESS", "SUCCESS")
    pair.assert_talks()


@pytest.mark.parametrize("pieces", [1, 5, 20])
def test_a_client_gets_data_that_was_pending_before_the_server_answered(connect, role, pieces, expect):
    pair = connect(TLS12, role).established()
    assert pair.client.handshake() == "AGAIN"
    for number in range(pieces):
        pair.server.send(bytes((number,)))
    got = []
    answer = pair.client.handshake()
    while answer == "GOT_APPLICATION_DATA":
        got.append(pair.client.recv())
        answer = pair.client.handshake()

    assert b"".join(got) == bytes(range(pieces))
    assert answer == "AGAIN"
    once = expect("hello-after-data", True, whose=pair.client.stack)
    assert len(pair.client.wire.sent) == (1 if once else 1 + pieces)
    assert read(pair.server) == "REHANDSHAKE"
    assert (pair.handshake() == ("SUCCESS", "SUCCESS")) is once


def test_a_server_that_has_asked_for_nothing_waits_for_a_client_hello(connect):
    pair = connect(TLS12, SERVER).established()

    assert pair.subject.handshake() == "AGAIN"

    assert pair.handshake() == ("SUCCESS", "SUCCESS")
    pair.assert_talks()


@pytest.mark.parametrize("weather", [(INTERRUPTED, None), (BLOCKED, None), (BLOCKED, 3)])
def test_it_goes_on_after_disturbances_as_the_first_handshake_does(connect, role, weather):
    pair = begun(connect(TLS12, role).established())
    pair.subject.wire.reads, pair.subject.wire.writes = Every(*weather), Every(*weather)

    assert pair.handshake() == ("SUCCESS", "SUCCESS")

    pair.subject.wire.reads, pair.subject.wire.writes = Weather(), Weather()
    pair.assert_talks()


@pytest.mark.parametrize("weather", [(INTERRUPTED, None), (BLOCKED, None), (BLOCKED, 3)])
def test_the_request_itself_may_be_interrupted_and_leaves_once(connect, weather):
    pair = connect(TLS12, SERVER).established()
    pair.subject.wire.writes = Every(*weather)

    answers = [pair.subject.rehandshake()]
    while answers[-1] in ("AGAIN", "INTERRUPTED"):
        assert pair.subject.direction() == 1
        answers.append(pair.subject.rehandshake())

    assert answers[-1] == "SUCCESS"
    assert len(answers) > 1
    assert read(pair.peer) == "REHANDSHAKE"
    assert read(pair.peer) == "AGAIN"


@pytest.mark.manual("RFC 5246 section 7.4.1.1")
def test_a_request_in_the_middle_of_a_handshake_is_ignored(connect, expect):
    pair = connect(TLS12, CLIENT).established()
    assert pair.client.handshake() == "AGAIN"
    assert pair.server.rehandshake() == "SUCCESS"

    assert pair.client.handshake() == expect("request-in-a-handshake", "AGAIN")


@pytest.mark.manual("gnutls_init(3)")
@pytest.mark.parametrize("peer_stack", ["gnutls"])  # the one whose certificate can be changed
@pytest.mark.parametrize("allowed", [False, True])
def test_the_peers_certificate_may_change_only_if_that_is_allowed(connect, role, people, allowed):
    """The peer shows another certificate of the same authority."""
    chosen = {"allow_identity_change": allowed}
    if role == CLIENT:
        pair = connect(TLS12, role, client=chosen).established()
    else:
        server = {**chosen, "client_auth": "require", "trust": people.authority}
        pair = connect(TLS12, role, client={"identity": people.client}, server=server).established()
    pair.peer.set_identity(people.other)

    answer = begun(requested(pair)).handshake()

    assert answer[0] == ("SUCCESS" if allowed else "SESSION_USER_ID_CHANGED")
    if allowed:
        pair.assert_talks()


@pytest.mark.manual("gnutls_session_key_update(3)")
def test_in_tls13_it_is_a_key_update_that_asks_the_peer(connect):
    pair = connect(TLS13, SERVER).established()

    assert pair.subject.rehandshake() == "SUCCESS"

    assert pair.subject.wire.sent
    assert read(pair.peer) == "AGAIN"
    pair.assert_talks()
    assert pair.subject.handshake() == "SUCCESS"
    pair.assert_talks()
