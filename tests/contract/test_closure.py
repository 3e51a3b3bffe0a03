"""gnutls_bye(3) and what data does around it."""

import pytest

from tests.contract.drivers.settings import TLS12
from tests.contract.drivers.wire import BLOCKED, Once, Weather, records, shapes
from tests.contract.pair import read

pytestmark = pytest.mark.manual("gnutls_bye(3)")


def test_it_sends_a_close_request_and_the_peer_reads_the_end(connect, version, role):
    pair = connect(version, role).established()

    assert pair.subject.bye() == "SUCCESS"

    assert read(pair.peer) == b""
    assert read(pair.peer) == b""
    if version == TLS12:
        assert [kind for kind, _ in records(pair.subject.wire.take_sent())] == [21]


def test_further_sends_are_disallowed(connect, version, role):
    pair = connect(version, role).established()
    pair.subject.bye()
    pair.subject.wire.take_sent()

    assert pair.subject.send(b"data") == "INVALID_SESSION"
    assert pair.subject.wire.take_sent() == b""


def test_reading_goes_on_until_the_peer_closes_too(connect, version, role):
    pair = connect(version, role).established()
    pair.subject.bye()
    pair.peer.send(b"last words")
    pair.peer.bye()

    assert read(pair.subject) == b"last words"
    assert read(pair.subject) == b""


@pytest.mark.manual("RFC 8446 section 6.1")
def test_the_close_request_is_sent_once(connect, version, role, expect):
    pair = connect(version, role).established()

    assert [pair.subject.bye() for _ in range(3)] == ["SUCCESS"] * 3

    assert len(shapes(pair.subject.wire)) == expect("close-sent-again", 1)


def test_one_that_has_been_told_of_the_end_may_still_send(connect, role, version):
    pair = connect(version, role).established()
    pair.peer.bye()
    assert read(pair.subject) == b""

    assert pair.subject.send(b"last words") == 10

    assert read(pair.peer) == b"last words"


@pytest.mark.manual("gnutls_record_send(3)")
def test_a_record_holds_at_most_16384_bytes_and_the_count_tells_what_was_taken(connect, version, role):
    pair = connect(version, role).established()
    data = bytes(range(256)) * 100

    taken = pair.subject.send(data)

    assert taken == 16384
    assert read(pair.peer) == data[:16384]


@pytest.mark.manual("gnutls_record_recv(3)")
def test_data_may_be_read_in_smaller_pieces(connect, version, role):
    pair = connect(version, role).established()
    pair.peer.send(b"abcdef")

    read_first = pair.subject.recv(2)
    while read_first == "AGAIN":
        read_first = pair.subject.recv(2)

    assert [read_first, pair.subject.recv(3), pair.subject.recv(100)] == [b"ab", b"cde", b"f"]
    assert pair.subject.recv() == "AGAIN"


@pytest.mark.manual("gnutls_record_recv(3)")
def test_nothing_to_read_is_again_with_direction_0(connect, version, role):
    pair = connect(version, role).established()

    assert pair.subject.recv() == "AGAIN"
    assert pair.subject.direction() == 0


@pytest.mark.manual("gnutls_record_send(3)")
def test_after_a_blocked_send_null_and_0_go_on_with_the_same_data(connect, version, role):
    """The form of the manual; `impl` takes the same data again, or none at all."""
    pair = connect(version, role).established()
    pair.subject.wire.writes = Once(BLOCKED)
    assert pair.subject.send(b"data") == "AGAIN"

    assert pair.subject.send_rest() == 4

    assert read(pair.peer) == b"data"


@pytest.mark.manual("gnutls_record_send(3)")
def test_a_blocked_send_of_one_side_does_not_stop_its_reading(connect, version, role):
    pair = connect(version, role).established()
    pair.subject.wire.writes = Once(BLOCKED)
    assert pair.subject.send(b"data") == "AGAIN"
    pair.peer.send(b"other")

    assert read(pair.subject) == b"other"
    pair.subject.wire.writes = Weather()
    assert pair.subject.send(b"data") == 4
    assert read(pair.peer) == b"data"


@pytest.mark.manual("gnutls_prf_rfc5705(3)", "RFC 8446 section 7.5")
def test_both_sides_export_the_same_keying_material(connect, version, role):
    pair = connect(version, role).established()
    one, other = (end.export(b"EXPERIMENTAL label", 48) for end in pair.ends)

    assert one == other
    assert len(one) == 48
    assert one != pair.subject.export(b"EXPERIMENTAL other", 48)
