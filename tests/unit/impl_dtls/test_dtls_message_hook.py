"""What a message hook sees over datagrams: messages, not their transmissions."""

from collections import Counter

from dtls_sessions import Ends

from impl.codec.enums import ContentType, HandshakeType


def test_a_message_is_told_once_however_often_it_travels_and_in_however_many_pieces():
    sent = Counter()

    def lose_first_and_double_the_rest(side, datagram):
        sent[side] += 1
        return [] if sent[side] <= 2 else [datagram, datagram]

    ends = Ends(lose_first_and_double_the_rest, {"mtu": 100}, {"mtu": 100, "cookie_secret": bytes(32)})
    told = {side: [] for side in "cs"}
    for side, session in ends.sessions.items():
        session.set_message_hook(told[side].append)
    ends.handshake()

    for seen in told.values():
        assert len(
            {(item.incoming, item.content_type, item.message_type, item.body) for item in seen}
        ) == len(seen)
        changes = [item for item in seen if item.content_type is ContentType.CHANGE_CIPHER_SPEC]
        assert [item.incoming for item in changes] in ([True, False], [False, True])
    names = [HandshakeType(item.message_type) for item in told["c"] if item.message_type is not None]
    assert names[:4] == [
        HandshakeType.CLIENT_HELLO,
        HandshakeType.HELLO_VERIFY_REQUEST,
        HandshakeType.CLIENT_HELLO,
        HandshakeType.SERVER_HELLO,
    ]
