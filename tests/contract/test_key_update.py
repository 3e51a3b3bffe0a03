"""KeyUpdate by its three names: the call itself, `handshake` at a client, `rehandshake` at a server."""

import pytest

from tests.contract.drivers.settings import CLIENT, SERVER, TLS12, TLS13
from tests.contract.drivers.wire import BLOCKED, INTERRUPTED, Every, Weather, shapes
from tests.contract.pair import read

pytestmark = pytest.mark.manual("gnutls_session_key_update(3)")


def calls(end):
    """The names under which this end can ask for a key update."""
    return {
        "key_update": lambda: end.key_update(False),
        "key_update asking": lambda: end.key_update(True),
        "handshake": end.handshake,
        "rehandshake": end.rehandshake,
    }


BY_ROLE = {
    CLIENT: ("key_update", "key_update asking", "handshake"),
    SERVER: ("key_update", "key_update asking", "rehandshake"),
}


@pytest.mark.parametrize("number", range(3))
def test_the_keys_change_and_data_passes_under_the_new_ones(connect, role, number):
    pair = connect(TLS13, role).established()

    for _ in range(3):
        assert calls(pair.subject)[BY_ROLE[role][number]]() == "SUCCESS"
        assert pair.subject.wire.take_sent()
        pair.assert_talks()


@pytest.mark.manual("gnutls_handshake(3)")
def test_after_the_handshake_the_call_does_nothing_at_a_server(connect):
    pair = connect(TLS13, SERVER).established()

    assert [pair.subject.handshake() for _ in range(3)] == ["SUCCESS"] * 3
    assert pair.subject.wire.sent == []
    pair.assert_talks()


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("weather", [(INTERRUPTED, None), (BLOCKED, None), (BLOCKED, 3)])
def test_an_interrupted_update_is_finished_by_the_same_call_and_sent_once(connect, role, number, weather):
    pair = connect(TLS13, role).established()
    call = calls(pair.subject)[BY_ROLE[role][number]]
    assert call() == "SUCCESS"
    size = len(pair.subject.wire.take_sent())
    read(pair.peer)
    pair.subject.wire.writes = Every(*weather)

    answers = [call()]
    while answers[-1] in ("AGAIN", "INTERRUPTED"):
        assert pair.subject.direction() == 1
        answers.append(call())

    assert answers[-1] == "SUCCESS"
    assert len(answers) > 1
    assert len(pair.subject.wire.take_sent()) == size
    pair.subject.wire.writes = Weather()
    pair.assert_talks()


def test_under_tls12_it_is_an_invalid_request(connect, role):
    pair = connect(TLS12, role).established()

    assert pair.subject.key_update() == "INVALID_REQUEST"
    assert pair.subject.key_update(True) == "INVALID_REQUEST"
    pair.assert_talks()


@pytest.mark.manual("RFC 8446 section 4.6.3")
def test_an_update_that_asks_is_answered_before_the_next_data(connect, role):
    pair = connect(TLS13, role).established()
    assert pair.peer.key_update(True) == "SUCCESS"
    assert read(pair.subject) == "AGAIN"

    assert pair.subject.send(b"data") == 4

    assert read(pair.peer) == b"data"
    assert len(shapes(pair.subject.wire)) == 2
    pair.assert_talks()


@pytest.mark.manual("RFC 8446 section 4.6.3")
def test_both_sides_may_ask_at_once(connect, role, expect):
    pair = connect(TLS13, role).established()
    assert pair.subject.key_update(True) == "SUCCESS"
    assert pair.peer.key_update(True) == "SUCCESS"

    for end in pair.ends:
        assert read(end) == expect("crossing-key-updates", "AGAIN", whose=end.stack)

    if {end.stack for end in pair.ends} == {"impl"}:
        pair.assert_talks()


@pytest.mark.manual("RFC 8446 section 4.6.3")
def test_several_requests_before_any_data_are_answered_once(connect, role):
    pair = connect(TLS13, role).established()
    for _ in range(3):
        assert pair.peer.key_update(True) == "SUCCESS"
        assert read(pair.subject) == "AGAIN"

    assert pair.subject.send(b"data") == 4

    assert read(pair.peer) == b"data"
    assert len(shapes(pair.subject.wire)) == 2
