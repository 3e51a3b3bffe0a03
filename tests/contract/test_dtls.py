"""DTLS 1.2: datagrams that are lost, too large or not to be believed; time goes on as the test wants."""

import pytest

from tests.contract.drivers.settings import CLIENT, DTLS12, SERVER
from tests.contract.drivers.wire import INTERRUPTED, TOO_LARGE, Every, Once
from tests.contract.pair import RESUMABLE, read


@pytest.fixture
def carry(clock):
    """`carry(pair)`: each calls `handshake` until it is done, and then reads; if nothing moves, time does."""

    def carried(pair):
        answers = dict.fromkeys(pair.ends, "AGAIN")
        for _ in range(60):
            before = [len(end.wire.sent) for end in pair.ends]
            for end in pair.ends:
                if answers[end] in RESUMABLE:
                    answers[end] = end.handshake()
                elif end.wire.readable:
                    assert end.recv() == "AGAIN"
            if not any(answer in RESUMABLE for answer in answers.values()):
                break
            if before == [len(end.wire.sent) for end in pair.ends]:
                clock.pass_time(0.55)
        return tuple(answers.values())

    return carried


@pytest.mark.manual("gnutls_handshake(3)")
def test_the_handshake_works_over_datagrams(connect, role, carry):
    pair = connect(DTLS12, role)

    assert carry(pair) == ("SUCCESS", "SUCCESS")
    pair.assert_talks()


@pytest.mark.manual("gnutls_dtls_set_mtu(3)")
@pytest.mark.parametrize("mtu", [200, 500, 1200])
def test_no_datagram_is_larger_than_the_mtu(connect, role, carry, mtu):
    pair = connect(DTLS12, role, **{role: {"mtu": mtu}})

    assert carry(pair) == ("SUCCESS", "SUCCESS")

    assert max(map(len, pair.subject.wire.sent)) <= mtu


@pytest.mark.manual("gnutls_dtls_get_data_mtu(3)", "gnutls_record_send(3)")
def test_data_of_more_than_the_data_mtu_is_too_large_and_less_is_not(connect, role, carry):
    pair = connect(DTLS12, role)
    assert carry(pair) == ("SUCCESS", "SUCCESS")
    limit = pair.subject.data_mtu()

    assert pair.subject.send(bytes(limit + 1)) == "LARGE_PACKET"
    assert pair.subject.send(bytes(limit)) == limit

    assert read(pair.peer) == bytes(limit)
    assert len(pair.subject.wire.sent[-1]) <= 1200


@pytest.mark.manual("gnutls_handshake(3)")
def test_a_datagram_that_the_transport_finds_too_large_is_not_fatal(connect, role, carry):
    """After LARGE_PACKET the caller lowers the MTU and calls again."""
    pair = connect(DTLS12, role)
    if role == SERVER:
        pair.client.handshake()
    pair.subject.wire.writes = Once(TOO_LARGE)

    assert pair.subject.handshake() == "LARGE_PACKET"

    pair.subject.set_mtu(400)
    assert carry(pair) == ("SUCCESS", "SUCCESS")
    assert max(map(len, pair.subject.wire.sent)) <= 400


@pytest.mark.manual("gnutls_handshake(3)")
def test_a_disturbed_handshake_goes_on(connect, role, carry):
    pair = connect(DTLS12, role)
    pair.subject.wire.reads, pair.subject.wire.writes = Every(INTERRUPTED), Every(INTERRUPTED)

    assert carry(pair) == ("SUCCESS", "SUCCESS")


@pytest.mark.manual("gnutls_dtls_set_timeouts(3)", "RFC 6347 section 4.2.4")
def test_a_flight_that_is_not_answered_is_sent_again_when_the_timer_expires(connect, clock):
    pair = connect(DTLS12, CLIENT)
    assert pair.subject.handshake() == "AGAIN"
    flight = pair.subject.wire.take_sent()
    pair.peer.wire.lose()

    clock.pass_time(0.9)
    assert pair.subject.handshake() == "AGAIN"
    assert pair.subject.wire.take_sent() == b""
    clock.pass_time(0.2)
    assert pair.subject.handshake() == "AGAIN"

    again = pair.subject.wire.take_sent()
    assert again[13:] == flight[13:]
    assert again[:13] != flight[:13]


@pytest.mark.manual("gnutls_dtls_set_timeouts(3)", "RFC 6347 section 4.2.4.1")
def test_the_timer_doubles_with_each_retransmission(connect, clock):
    pair = connect(DTLS12, CLIENT)
    pair.subject.handshake()
    sent, moments = 1, []
    for tenth in range(1, 320):
        clock.pass_time(0.1)
        assert pair.subject.handshake() == "AGAIN"
        if len(pair.subject.wire.sent) > sent:
            sent = len(pair.subject.wire.sent)
            moments.append(tenth / 10)

    gaps = [round(later - sooner) for sooner, later in zip([0, *moments], moments, strict=False)]
    assert gaps == [1, 2, 4, 8, 16]


@pytest.mark.manual("gnutls_dtls_set_timeouts(3)")
def test_after_the_total_time_the_handshake_is_given_up(connect, clock):
    pair = connect(DTLS12, CLIENT)
    begin = clock.now
    while (answer := pair.subject.handshake()) == "AGAIN":
        clock.pass_time(0.5)

    assert answer == "TIMEDOUT"
    assert clock.now - begin == pytest.approx(60, abs=1)


@pytest.mark.manual("gnutls_dtls_get_timeout(3)")
def test_the_time_left_until_the_retransmission_can_be_asked_for(connect, clock):
    pair = connect(DTLS12, CLIENT)
    pair.subject.handshake()

    assert pair.subject.get_timeout() == pytest.approx(1.0, abs=0.01)
    clock.pass_time(0.25)
    assert pair.subject.get_timeout() == pytest.approx(0.75, abs=0.01)
    clock.pass_time(5)
    assert pair.subject.get_timeout() == 0


@pytest.mark.manual("RFC 6347 section 4.2.4")
@pytest.mark.parametrize("lost", range(8))
def test_any_single_datagram_may_be_lost(connect, role, carry, lost):
    pair = connect(DTLS12, role)
    count = iter(range(1000))
    pair.subject.wire.tap = lambda data: b"" if next(count) == lost else data

    assert carry(pair) == ("SUCCESS", "SUCCESS")
    pair.subject.wire.tap = None
    pair.assert_talks()


@pytest.mark.manual("RFC 6347 section 4.1.2.7")
@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\x16",
        bytes((99, 254, 253)) + bytes(8) + b"\x00\x01\x00",
        bytes((22, 3, 3)) + bytes(8) + b"\x00\x01\x00",
        bytes((22, 254, 253, 0, 9)) + bytes(6) + b"\x00\x01\x00",
        bytes((23, 254, 253)) + bytes(8) + b"\x00\x01\x00",
        bytes((22, 254, 253)) + bytes(8) + b"\xff\xff\x00",
    ],
    ids=["empty", "short", "type", "version", "epoch", "data", "length"],
)
def test_a_datagram_that_cannot_be_is_dropped(connect, role, carry, datagram, expect):
    pair = connect(DTLS12, role)
    assert pair.subject.handshake() == "AGAIN"
    pair.subject.wire.deliver(datagram)

    answer = pair.subject.handshake()

    assert answer == ("AGAIN" if datagram else expect("empty-datagram", "AGAIN"))
    if answer == "AGAIN":
        assert carry(pair) == ("SUCCESS", "SUCCESS")


@pytest.mark.manual("RFC 6347 sections 4.1.2.6 and 4.1.2.7")
def test_data_that_was_changed_or_repeated_on_its_way_is_dropped(connect, role, carry):
    pair = connect(DTLS12, role)
    assert carry(pair) == ("SUCCESS", "SUCCESS")
    pair.assert_talks()
    pair.peer.send(b"one")
    datagram = pair.peer.wire.sent[-1]

    assert read(pair.subject) == b"one"
    pair.subject.wire.deliver(datagram)
    pair.subject.wire.deliver(datagram[:-1] + bytes((datagram[-1] ^ 1,)))
    assert read(pair.subject) == "AGAIN"

    pair.assert_talks()


@pytest.mark.manual("gnutls_rehandshake(3)")
def test_another_handshake_works_over_datagrams(connect, role, carry, expect):
    pair = connect(DTLS12, role)
    assert carry(pair) == ("SUCCESS", "SUCCESS")
    pair.assert_talks()
    asked = pair.server.rehandshake()
    assert asked == expect("request-over-datagrams", "SUCCESS", whose=pair.server.stack)
    assert read(pair.client) == "REHANDSHAKE"
    assert pair.client.handshake() == "AGAIN"
    if asked == "SUCCESS":
        assert read(pair.server) == "REHANDSHAKE"
    else:
        assert pair.server.rehandshake() == "SUCCESS"

    assert carry(pair) == ("SUCCESS", "SUCCESS")
    pair.assert_talks()


@pytest.mark.manual("gnutls_handshake(3)", "gnutls_session_ticket_enable_server(3)")
def test_a_session_is_resumed_over_datagrams(connect, role, carry):
    server = {"ticket_key": bytes(range(64))}
    first = connect(DTLS12, role, server=server)
    assert carry(first) == ("SUCCESS", "SUCCESS")

    pair = connect(DTLS12, role, client={"resume": first.client.session_data()}, server=server)

    assert carry(pair) == ("SUCCESS", "SUCCESS")
    assert pair.subject.is_resumed()
    pair.assert_talks()


@pytest.mark.manual("gnutls_bye(3)")
def test_closing_works_over_datagrams(connect, role, carry):
    pair = connect(DTLS12, role)
    assert carry(pair) == ("SUCCESS", "SUCCESS")

    assert pair.subject.bye() == "SUCCESS"
    assert read(pair.peer) == b""
