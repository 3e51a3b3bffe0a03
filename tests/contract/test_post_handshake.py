"""Post-handshake authentication and early data of TLS 1.3."""

import pytest

from tests.contract.drivers.settings import CLIENT, SERVER, TLS12, TLS13, ReplayGuard
from tests.contract.drivers.wire import BLOCKED, INTERRUPTED, Every
from tests.contract.pair import read

KEY = bytes(range(64))
reauth = pytest.mark.manual("gnutls_reauth(3)")
early = pytest.mark.manual("gnutls_record_send_early_data(3)", "gnutls_record_recv_early_data(3)")


@pytest.fixture
def authenticable(connect, people):
    """`authenticable(role, wanted)`: an established pair whose client may be asked for its certificate."""

    def opened(role, wanted="require", identity=people.client):
        server = {"trust": people.authority, "post_handshake_auth": True, "late_auth": wanted}
        return connect(
            TLS13, role, client={"identity": identity, "post_handshake_auth": True}, server=server
        ).established()

    return opened


def authenticate(pair):
    """Let the server ask, the client answer and the server read the answer."""
    answer = pair.server.reauth()
    while answer in ("AGAIN", "INTERRUPTED"):
        if pair.client.wire.readable and read(pair.client) == "REAUTH_REQUEST":
            replied = pair.client.reauth()
            while replied in ("AGAIN", "INTERRUPTED"):
                replied = pair.client.reauth()
            assert replied == "SUCCESS"
        answer = pair.server.reauth()
    return answer


@reauth
@pytest.mark.parametrize("wanted", ["request", "require"])
def test_a_server_may_ask_for_the_clients_certificate_after_the_handshake(authenticable, role, wanted):
    pair = authenticable(role, wanted)
    assert pair.server.peer_certificate() is None

    assert authenticate(pair) == "SUCCESS"

    assert pair.server.peer_certificate() is not None
    pair.assert_talks()


@reauth
def test_the_server_waits_and_the_clients_read_tells_of_the_request(authenticable, role):
    pair = authenticable(role)

    assert pair.server.reauth() == "AGAIN"
    assert pair.server.direction() == 0
    assert read(pair.client) == "REAUTH_REQUEST"
    assert pair.client.reauth() == "SUCCESS"
    assert pair.server.reauth() == "SUCCESS"


@reauth
def test_data_that_was_pending_is_read_before_the_answer(authenticable, role):
    pair = authenticable(role)
    pair.client.send(b"pending")

    assert pair.server.reauth() == "GOT_APPLICATION_DATA"
    assert read(pair.server) == b"pending"

    assert authenticate(pair) == "SUCCESS"
    pair.assert_talks()


@reauth
@pytest.mark.parametrize("weather", [(INTERRUPTED, None), (BLOCKED, None), (BLOCKED, 3)])
def test_it_may_be_interrupted_and_is_called_again(authenticable, role, weather):
    pair = authenticable(role)
    pair.subject.wire.reads, pair.subject.wire.writes = Every(*weather), Every(*weather)

    assert authenticate(pair) == "SUCCESS"

    assert pair.server.peer_certificate() is not None


@reauth
def test_under_tls12_it_is_an_invalid_request(connect, role):
    pair = connect(TLS12, role).established()

    assert pair.subject.reauth() == "INVALID_REQUEST"
    pair.assert_talks()


@reauth
def test_of_a_client_that_did_not_offer_it_it_is_an_invalid_request(connect, people):
    server = {"trust": people.authority, "post_handshake_auth": True, "late_auth": "require"}
    pair = connect(TLS13, SERVER, client={"identity": people.client}, server=server).established()

    assert pair.subject.reauth() == "INVALID_REQUEST"
    pair.assert_talks()


@reauth
def test_a_server_that_expects_nothing_makes_an_invalid_request(authenticable):
    pair = authenticable(SERVER, "none")

    assert pair.subject.reauth() == "INVALID_REQUEST"


@reauth
def test_a_client_that_was_not_asked_makes_an_invalid_request(authenticable):
    pair = authenticable(CLIENT)

    assert pair.subject.reauth() == "INVALID_REQUEST"


@reauth
def test_a_client_without_a_certificate_fails_where_one_is_required(authenticable):
    pair = authenticable(SERVER, "require", None)

    assert authenticate(pair) == "CERTIFICATE_REQUIRED"


@pytest.fixture
def early_pair(connect):
    """`early_pair(role, size, guard)`: a client with a session that allows early data, and a fresh server."""

    def opened(role, size=1000, guard=None, first_size=1000, **client):
        key = {"ticket_key": KEY}
        first = connect(
            TLS13,
            role,
            client={"early_data": 1},
            server={**key, "early_data": first_size, "replay_guard": guard or ReplayGuard()},
        ).established()
        data = first.client.session_data()
        server = {**key, "early_data": size, "replay_guard": guard or ReplayGuard()}
        return connect(TLS13, role, client={"early_data": 1, "resume": data, **client}, server=server)

    return opened


def early_data_of(end):
    """All early data that a server has got."""
    got, answer = b"", end.recv_early_data()
    while isinstance(answer, bytes) and answer:
        got += answer
        answer = end.recv_early_data()
    return got


@early
def test_early_data_arrives_with_the_handshake(early_pair, role):
    pair = early_pair(role)
    assert pair.client.send_early_data(b"early bird") == 10

    assert pair.handshake() == ("SUCCESS", "SUCCESS")

    assert early_data_of(pair.server) == b"early bird"
    assert pair.server.is_resumed()
    read(pair.client)
    pair.assert_talks()


@early
@pytest.mark.parametrize("weather", [(INTERRUPTED, None), (BLOCKED, 3)], ids=["signals", "cuts"])
def test_a_handshake_with_early_data_goes_on_after_disturbances(early_pair, role, weather, expect):
    pair = early_pair(role)
    pair.subject.wire.reads, pair.subject.wire.writes = Every(*weather), Every(*weather)
    assert pair.client.send_early_data(b"early bird") == 10

    answer = pair.handshake()[0]

    wanted = "SUCCESS"
    assert answer == (expect("early-data-interrupted", wanted) if role == CLIENT else wanted)
    if answer == "SUCCESS":
        assert early_data_of(pair.server) == b"early bird"


@early
def test_a_server_that_got_none_says_so(connect):
    pair = connect(TLS13, SERVER).established()

    assert pair.subject.recv_early_data() == "REQUESTED_DATA_NOT_AVAILABLE"


@early
def test_a_server_that_takes_none_completes_the_handshake_without_it(early_pair, role):
    pair = early_pair(role, size=0)
    assert pair.client.send_early_data(b"early bird") == 10

    assert pair.handshake() == ("SUCCESS", "SUCCESS")

    assert pair.server.recv_early_data() == "REQUESTED_DATA_NOT_AVAILABLE"
    read(pair.client)
    pair.assert_talks()


@early
@pytest.mark.manual("RFC 8446 section 8", "gnutls_anti_replay_enable(3)")
def test_early_data_that_is_replayed_is_not_taken_twice(early_pair):
    guard = ReplayGuard()
    pair = early_pair(SERVER, guard=guard)
    pair.client.send_early_data(b"once")
    pair.client.handshake()
    flight = b"".join(pair.server.wire.waiting)
    assert pair.handshake() == ("SUCCESS", "SUCCESS")
    assert early_data_of(pair.server) == b"once"

    again = early_pair(SERVER, guard=guard)
    again.server.wire.deliver(flight)

    assert again.server.handshake() == "AGAIN"
    assert again.server.recv_early_data() in ("REQUESTED_DATA_NOT_AVAILABLE", "UNAVAILABLE_DURING_HANDSHAKE")


@early
def test_more_than_the_limit_cannot_be_sent(early_pair):
    pair = early_pair(CLIENT, first_size=100)

    assert pair.subject.send_early_data(bytes(101)) == "RECORD_LIMIT_REACHED"


@early
@pytest.mark.manual("RFC 8446 section 4.2.10")
def test_a_retry_refuses_the_early_data_and_nothing_else(connect, role, expect):
    key, guard = {"ticket_key": KEY, "early_data": 1000}, ReplayGuard()
    first = connect(
        TLS13, role, client={"early_data": 1}, server={**key, "replay_guard": guard}
    ).established()
    data = first.client.session_data()
    client = {"early_data": 1, "resume": data, "groups": ("X25519", "SECP256R1", "SECP384R1")}
    server = {**key, "replay_guard": guard, "groups": ("SECP384R1",)}
    pair = connect(TLS13, role, client=client, server=server)
    assert pair.client.send_early_data(b"early bird") == 10

    stacks = {end.stack for end in pair.ends}
    goes_on = expect("early-data-and-retry", True, whose="gnutls" if "gnutls" in stacks else "impl")
    assert (pair.handshake() == ("SUCCESS", "SUCCESS")) is goes_on
    if goes_on:
        assert pair.server.recv_early_data() == "REQUESTED_DATA_NOT_AVAILABLE"
