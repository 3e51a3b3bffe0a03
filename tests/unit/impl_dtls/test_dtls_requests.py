"""A server that asks for another handshake over datagrams, and what comes in between."""

from dtls_sessions import START, Ends

from impl import Code, Received, Sent


def established():
    """A pair over a faultless network."""
    ends = Ends(lambda _, datagram: [datagram])
    ends.handshake()
    return ends


def test_data_before_the_clients_hello_is_read_and_the_handshake_goes_on():
    ends = established()
    client, server = ends.sessions["c"], ends.sessions["s"]
    assert client.record_send(b"late") == Sent(4)
    assert server.rehandshake() is Code.SUCCESS
    assert server.handshake() is Code.GOT_APPLICATION_DATA
    assert server.record_recv() == Received(b"late")
    assert server._memory.datagrams.message_sequence == 1, "the HelloRequest was number 0"
    assert server.handshake() is Code.AGAIN
    assert client.record_recv() is Code.REHANDSHAKE

    ends.handshake()
    assert ends.agreed()
    assert ends.now == START
    assert server.path.count("CONNECTED") == 3


def test_a_request_that_nobody_follows_is_given_up_and_the_connection_goes_on():
    ends = established()
    client, server = ends.sessions["c"], ends.sessions["s"]
    assert server.rehandshake() is Code.SUCCESS
    assert client.record_recv() is Code.REHANDSHAKE
    for _ in range(30):
        assert server.record_recv() is Code.AGAIN
        ends.now += server.get_timeout() or 0

    assert server.get_timeout() is None
    assert ends.now >= START + 120
    assert client.record_send(b"data") == Sent(4)
    assert server.record_recv() == Received(b"data")
