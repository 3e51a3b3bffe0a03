"""What ends a session, by which code, and what calls after that do: fail, and send nothing."""

import pytest

from tests.contract.drivers.settings import CLIENT, SERVER, TLS13
from tests.contract.drivers.wire import BROKEN, RESET, TOO_LARGE, Always, Once, Weather, records
from tests.contract.pair import read

pytestmark = pytest.mark.manual("gnutls_handshake(3)", "gnutls_error_is_fatal(3)")

BAD_RECORDS = {
    "a type that does not exist": (bytes((99, 3, 3, 0, 1, 0)), "UNEXPECTED_PACKET"),
    "a major version that does not exist": (
        bytes((22, 9, 9, 0, 4, 14, 0, 0, 0)),
        "UNSUPPORTED_VERSION_PACKET",
    ),
    "an alert of one byte": (bytes((21, 3, 3, 0, 1, 2)), "UNEXPECTED_PACKET_LENGTH"),
    "application data": (bytes((23, 3, 3, 0, 1, 0)), "UNEXPECTED_PACKET"),
    "a message that does not exist": (bytes((22, 3, 3, 0, 4, 77, 0, 0, 0)), "UNEXPECTED_HANDSHAKE_PACKET"),
    "a message out of turn": (bytes((22, 3, 3, 0, 4, 14, 0, 0, 0)), "UNEXPECTED_HANDSHAKE_PACKET"),
    "an empty handshake record": (bytes((22, 3, 3, 0, 0)), "UNEXPECTED_PACKET"),
    "a record of more than 2^14 bytes": (bytes((22, 3, 3, 0x48, 1)) + bytes(0x4801), "RECORD_OVERFLOW"),
    "a message of 16 megabytes": (bytes((22, 3, 3, 0, 4, 2, 255, 255, 255)), "HANDSHAKE_TOO_LARGE"),
    "a fatal alert": (bytes((21, 3, 3, 0, 2, 2, 40)), "FATAL_ALERT_RECEIVED"),
    "close_notify": (bytes((21, 3, 3, 0, 2, 1, 0)), "SESSION_EOF"),
}


def waiting_for_the_peer(connect, version, role):
    """A pair whose subject has begun and waits."""
    pair = connect(version, role)
    assert pair.subject.handshake() == "AGAIN"
    pair.subject.wire.take_sent()
    return pair


def assert_dead(end, code, expect, key=None):
    """Every further call fails and writes nothing."""
    end.wire.take_sent()
    following = [end.handshake() for _ in range(3)]
    wanted = ["INVALID_SESSION"] * 3
    assert following == (expect(key, wanted) if key else wanted), code
    assert end.send(b"data") in ("INVALID_SESSION", "UNAVAILABLE_DURING_HANDSHAKE")
    assert end.recv() in ("INVALID_SESSION", "UNAVAILABLE_DURING_HANDSHAKE")
    assert end.wire.take_sent() == b""


@pytest.mark.parametrize("case", BAD_RECORDS)
def test_a_record_that_cannot_be_now_ends_the_handshake(connect, version, role, case, expect):
    data, code = BAD_RECORDS[case]
    pair = waiting_for_the_peer(connect, version, role)
    pair.subject.wire.deliver(data)

    answer = pair.subject.handshake()

    assert answer == (expect(_ELSEWISE[case], code) if case in _ELSEWISE else code)
    if answer != "AGAIN":
        assert_dead(pair.subject, answer, expect, _REPEATS.get(answer))


_ELSEWISE = {"an alert of one byte": "short-alert", "a message of 16 megabytes": "large-message"}
_REPEATS = {"UNEXPECTED_HANDSHAKE_PACKET": "wrong-message-repeats", "SESSION_EOF": "closed-repeats"}


@pytest.mark.manual("gnutls_transport_set_errno(3)")
@pytest.mark.parametrize("when", [0, 1, 2, 5])
def test_a_connection_reset_while_reading_is_a_pull_error(connect, version, role, when):
    pair = connect(version, role)
    pair.subject.wire.reads = Once(RESET, when)

    answer = pair.handshake()[0]

    if pair.subject.wire.reads.struck:
        assert answer in ("PULL_ERROR", "PREMATURE_TERMINATION")
    else:
        assert answer == "SUCCESS"


@pytest.mark.manual("gnutls_transport_set_errno(3)")
def test_an_error_of_the_transport_while_reading_is_a_pull_error(connect, version, role, expect):
    pair = connect(version, role)
    pair.subject.wire.reads = Once(BROKEN)

    assert pair.subject.handshake() == "PULL_ERROR"
    assert_dead(pair.subject, "PULL_ERROR", expect)


@pytest.mark.manual("gnutls_transport_set_errno(3)")
@pytest.mark.parametrize(
    "error, code",
    [(RESET, "PREMATURE_TERMINATION"), (BROKEN, "PUSH_ERROR"), (TOO_LARGE, "PUSH_ERROR")],
    ids=["reset", "broken", "too-large"],
)
def test_an_error_of_the_transport_while_writing_has_its_code_and_nothing_is_sent_afterwards(
    connect, version, role, error, code, expect
):
    pair = connect(version, role)
    if role == SERVER:
        pair.peer.handshake()
    pair.subject.wire.writes = Always(error)
    assert pair.subject.handshake() == code
    pair.subject.wire.writes = Weather()

    assert pair.subject.handshake() == "INVALID_SESSION"

    kept = version != TLS13 or role == CLIENT
    assert bool(pair.subject.wire.sent) is (expect("sends-after-a-write-error", False) if kept else False)


@pytest.mark.parametrize("size", [0, 1, 4, 5, 6, 40])
def test_an_end_of_the_stream_anywhere_is_a_premature_termination(connect, version, role, size, expect):
    pair = connect(version, role)
    if role == CLIENT:
        pair.subject.handshake()
    pair.peer.handshake()
    flight = b"".join(pair.subject.wire.waiting)
    pair.subject.wire.lose()
    if size:
        pair.subject.wire.deliver(flight[:size])
    pair.subject.wire.end()

    answers = [pair.subject.handshake(), pair.subject.handshake()]

    answer = next(answer for answer in answers if answer != "AGAIN")
    wanted = "PREMATURE_TERMINATION"
    assert answer == (expect("end-within-a-record", wanted) if size >= 5 else wanted)
    assert_dead(pair.subject, answer, expect)


@pytest.mark.manual("gnutls_record_recv(3)")
def test_an_end_of_the_stream_without_close_notify_is_told_from_a_proper_end(connect, version, role):
    pair = connect(version, role).established()
    pair.subject.wire.end()

    assert read(pair.subject) == "PREMATURE_TERMINATION"
    assert pair.subject.send(b"data") == "INVALID_SESSION"


@pytest.mark.manual("RFC 8446 section 5.2", "RFC 5246 section 7.2.2")
def test_a_record_that_was_changed_on_its_way_ends_the_session(connect, version, role):
    pair = connect(version, role).established()
    pair.peer.wire.tap = lambda data: data[:-1] + bytes((data[-1] ^ 1,))
    pair.peer.send(b"data")

    assert read(pair.subject) == "DECRYPTION_FAILED"
    assert pair.subject.send(b"data") == "INVALID_SESSION"


@pytest.mark.manual("RFC 8446 section 5.2", "RFC 5246 section 7.4.9")
def test_a_finished_record_changed_on_its_way_ends_the_handshake(connect, version, role):
    pair = connect(version, role)

    def tap(data):
        kinds = [kind for kind, _ in records(b"".join(pair.peer.wire.sent))]
        protected = 23 in kinds if version == TLS13 else kinds[-1] == 22 and 20 in kinds
        return data[:-1] + bytes((data[-1] ^ 1,)) if protected else data

    pair.peer.wire.tap = tap

    assert pair.handshake()[0] == "DECRYPTION_FAILED"


@pytest.mark.manual("gnutls_alert_send_appropriate(3)")
def test_a_dead_session_can_still_tell_the_peer_why(connect, version, role):
    pair = waiting_for_the_peer(connect, version, role)
    pair.subject.wire.deliver(bytes((23, 3, 3, 0, 1, 0)))
    answer = pair.subject.handshake()

    assert pair.subject.alert_send_appropriate(answer) == "SUCCESS"

    assert records(pair.subject.wire.take_sent()) == [(21, bytes((2, 10)))]


@pytest.mark.manual("gnutls_record_send(3)", "gnutls_record_recv(3)")
def test_data_can_neither_be_sent_nor_read_before_the_handshake_is_complete(connect, version, role):
    pair = connect(version, role)
    for _ in range(2):
        assert pair.subject.send(b"early") == "UNAVAILABLE_DURING_HANDSHAKE"
        assert pair.subject.recv() == "UNAVAILABLE_DURING_HANDSHAKE"
        pair.subject.handshake()

    assert pair.handshake() == ("SUCCESS", "SUCCESS")
    pair.assert_talks()


@pytest.mark.manual("RFC 8446 section 5")
@pytest.mark.parametrize("count", [200, 201])
def test_a_flood_of_records_that_carry_nothing_is_stopped(connect, count):
    """ChangeCipherSpec as middleboxes like it, at a server that waits for the client's Finished."""
    pair = connect(TLS13, SERVER)
    pair.peer.handshake()
    assert pair.subject.handshake() == "AGAIN"
    for _ in range(count):
        pair.subject.wire.deliver(bytes((20, 3, 3, 0, 1, 1)))

    assert pair.subject.handshake() == ("AGAIN" if count == 200 else "TOO_MANY_EMPTY_PACKETS")


@pytest.mark.manual("RFC 8446 section 4.6.3")
@pytest.mark.parametrize("count", [8, 9])
def test_key_updates_are_borne_up_to_eight_within_a_second(connect, clock, role, count):
    pair = connect(TLS13, role).established()
    answers = []
    for _ in range(count):
        assert pair.peer.key_update() == "SUCCESS"
        answers.append(read(pair.subject))

    assert answers[:8] == ["AGAIN"] * 8
    if count == 9:
        assert answers[8] == "TOO_MANY_HANDSHAKE_PACKETS"
    else:
        clock.pass_time(1.1)
        assert pair.peer.key_update() == "SUCCESS"
        assert read(pair.subject) == "AGAIN"
        pair.assert_talks()
