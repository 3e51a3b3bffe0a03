"""Cookies, numbers and fragments of DTLS 1.2 on the wire (RFC 6347 section 4.2)."""

from dataclasses import replace

import pytest
from dtls_sessions import Ends
from dtls_support import plain, records
from hypothesis import given
from hypothesis import strategies as st

from impl import Code
from impl.codec.datagram_hello import DatagramClientHello, HelloVerifyRequest
from impl.codec.enums import HandshakeType
from impl.codec.hello import ServerHello
from impl.codec.messages import encode
from impl.dtls12.channel import MIN_MTU, DatagramChannel
from impl.limits import MAX_DATAGRAM_SEQUENCE
from impl.record.reassembly import unfragmented

COOKIE = {"cookie_secret": b"secret"}
CLIENT_HELLO, SERVER_HELLO = HandshakeType.CLIENT_HELLO, HandshakeType.SERVER_HELLO
VERIFY = HandshakeType.HELLO_VERIFY_REQUEST


class Log:
    """A network that delivers all, and remembers the handshake messages in the clear.

    An entry is side, type, message_seq, record number and body of an unfragmented message.
    """

    def __init__(self):
        self.seen = []

    def __call__(self, side, datagram):
        for record in records(datagram):
            if record[0] == 22 and record[3:5] == b"\0\0":
                number, content = int.from_bytes(record[5:11]), record[13:]
                self.seen.append((side, content[0], int.from_bytes(content[4:6]), number, content[12:]))
        return [datagram]

    def of(self, side, kind):
        """Return the messages of a kind."""
        return [entry for entry in self.seen if entry[:2] == (side, kind)]


def ends(**server):
    log = Log()
    made = Ends(log, {}, server)
    return made, log


def replace_datagram(made, datagram):
    """Let the server get a datagram in the place of those on their way to it."""
    incoming = made.transports["s"].incoming
    incoming.clear()
    incoming.append(datagram)


def test_the_second_hello_repeats_the_first_with_the_cookie():
    made, log = ends(**COOKIE)
    made.handshake()
    first, second = (DatagramClientHello.parse(body) for *_, body in log.of("c", CLIENT_HELLO))
    ((*_, body),) = log.of("s", VERIFY)

    assert first.cookie == b""
    assert second.cookie == HelloVerifyRequest.parse(body).cookie
    assert replace(second, cookie=b"") == first


def test_the_version_of_the_request_has_nothing_to_do_with_the_version_that_is_chosen():
    made, log = ends(**COOKIE)
    made.handshake()
    ((*_, request),), ((*_, reply),) = log.of("s", VERIFY), log.of("s", SERVER_HELLO)

    assert request[:2] == b"\xfe\xff"
    assert ServerHello.parse(reply).legacy_version == 0xFEFD
    assert made.agreed()


def test_requests_and_the_first_server_hello_have_the_record_numbers_of_the_hellos_that_they_answer():
    made, log = ends(**COOKIE)
    client, server = made.sessions["c"], made.sessions["s"]
    client.handshake()
    made.transports["s"].incoming.clear()
    made.now += client.get_timeout()
    client.handshake()
    server.handshake()
    made.handshake()

    asked = [number for *_, number, _ in log.of("c", CLIENT_HELLO)]
    assert asked == [0, 1, 2]
    assert [number for *_, number, _ in log.of("s", VERIFY)] == asked[1:2]
    assert [number for *_, number, _ in log.of("s", SERVER_HELLO)] == asked[2:]


def test_a_hello_whose_record_number_is_beyond_reason_uses_none_up():
    made, log = ends()
    made.sessions["c"].handshake()
    (datagram,) = made.transports["s"].incoming
    replace_datagram(made, plain(22, datagram[13:], MAX_DATAGRAM_SEQUENCE))
    assert made.sessions["s"].handshake() is Code.AGAIN

    assert [number for *_, number, _ in log.of("s", SERVER_HELLO)] == [0]


def test_message_numbers_go_on_after_a_request_and_start_again_in_the_next_handshake():
    made, log = ends(**COOKIE)
    made.handshake()

    assert [number for _, _, number, *_ in log.of("c", CLIENT_HELLO)] == [0, 1]
    assert [number for _, _, number, *_ in log.of("s", VERIFY)] == [0]
    assert [number for _, _, number, *_ in log.of("s", SERVER_HELLO)] == [1]


@pytest.mark.parametrize("cookie", [b"", b"x", bytes(32)], ids=["none", "short", "wrong"])
def test_a_hello_with_an_invalid_cookie_is_asked_for_another_like_one_without(cookie):
    made, log = ends(**COOKIE)
    made.sessions["c"].handshake()
    (datagram,) = made.transports["s"].incoming
    hello = replace(DatagramClientHello.parse(datagram[13 + 12 :]), cookie=cookie)
    replace_datagram(made, plain(22, unfragmented(encode(hello), 0)))
    assert made.sessions["s"].handshake() is Code.AGAIN

    assert len(log.of("s", VERIFY)) == 1
    assert not log.of("s", SERVER_HELLO)


def test_a_client_answers_each_new_cookie_with_a_new_hello():
    made, log = ends()
    client = made.sessions["c"]
    client.handshake()
    for number in range(3):
        request = encode(HelloVerifyRequest(bytes((number,)) * 8))
        made.transports["c"].incoming.append(plain(22, unfragmented(request, number), number))
        assert client.handshake() is Code.AGAIN
    cookies = [DatagramClientHello.parse(body).cookie for *_, body in log.of("c", CLIENT_HELLO)]

    assert cookies == [b"", *(bytes((number,)) * 8 for number in range(3))]


def test_a_server_may_ask_for_a_cookie_in_a_later_handshake_too():
    made, _ = ends()
    made.handshake()
    client, server = made.sessions["c"], made.sessions["s"]
    assert client.handshake() is Code.AGAIN
    made.transports["s"].incoming.clear()
    request = encode(HelloVerifyRequest(b"again"))
    channel = server._memory.datagrams
    channel.begin_handshake()
    channel.send_messages([request])
    while channel:
        datagram = channel.waiting()
        channel.advance(len(datagram))
        made.transports["s"].push(datagram)
    assert client.handshake() is Code.AGAIN

    assert client._memory.state.hello.cookie == b"again"
    assert made.transports["s"].incoming


def test_a_handshake_with_a_cookie_hashes_neither_the_first_hello_nor_the_request():
    """The transcript begins with the second hello, and both sides agree."""
    made, log = ends(**COOKIE)
    client, server = made.sessions["c"], made.sessions["s"]
    for session in (client, server, client, server):
        assert session.handshake() is Code.AGAIN
    *_, (_, _, sequence, _, body) = log.of("c", CLIENT_HELLO)
    whole = bytes((CLIENT_HELLO,)) + len(body).to_bytes(3) + sequence.to_bytes(2) + bytes(3)

    assert sequence == 1
    assert server._memory.state.transcript.messages().startswith(whole + len(body).to_bytes(3) + body)
    made.handshake()
    assert made.agreed()


@given(size=st.integers(0, 3000), mtu=st.integers(MIN_MTU, 600))
def test_fragments_that_are_sent_follow_each_other_without_a_gap_or_an_overlap(size, mtu):
    channel = DatagramChannel(mtu=mtu)
    channel.send_messages([b"\x0b" + size.to_bytes(3) + bytes(size)])
    end = 0
    while channel:
        datagram = channel.waiting()
        channel.advance(len(datagram))
        assert len(datagram) <= mtu
        for record in records(datagram):
            offset, length = int.from_bytes(record[19:22]), int.from_bytes(record[22:25])
            assert offset == end
            assert len(record) == 25 + length
            end += length

    assert end == size
