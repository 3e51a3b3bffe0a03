"""Pairs of TLS 1.3 for tests: sessions to resume, early data, authentication after the handshake."""

from os import urandom

from flow_certificates import trust
from flow_support import TLS13, client_config, pair, server_config

from impl import AntiReplay, ClientAuth, Code, Psk, PskKeyExchangeMode, Received, Sent, TicketKeys

BOTH = (Code.SUCCESS, Code.SUCCESS)
PSK = Psk(b"me", b"a key that both know")
KE, DHE_KE = PskKeyExchangeMode.PSK_KE, PskKeyExchangeMode.PSK_DHE_KE


def made(client=(), server=(), kind="ed25519"):
    """A pair of TLS 1.3 with changes to either configuration."""
    return pair(
        client_config(versions=(TLS13,), **dict(client)),
        server_config(kind, versions=(TLS13,), **dict(server)),
    )


def talk(both):
    """Data in both directions."""
    assert both.client.record_send(b"there") == Sent(5)
    assert both.server.record_recv() == Received(b"there")
    assert both.server.record_send(b"back") == Sent(4)
    assert both.client.record_recv() == Received(b"back")


def session_of(both):
    """What the client may resume, once it has read the tickets."""
    assert both.client.record_recv() is Code.AGAIN
    return both.client.session_data()


def ticket(server=(), client=()):
    """A session that a server with these settings has given out."""
    first = made(client, server)
    assert first.handshake() == BOTH
    return session_of(first)


def early(**server):
    """A pair whose client may send early data, and the server's settings for it."""
    keys = TicketKeys()
    settings = {"tickets": keys, "early_data_size": 1000, "anti_replay": AntiReplay(), "randomness": urandom}
    saved = ticket(settings)
    assert saved.early_data_size == 1000
    return made({"resume": saved, "randomness": urandom}, {**settings, **server}), saved, settings


def reauthenticating(**client):
    """A pair that may authenticate the client after the handshake."""
    both = made(
        {"post_handshake_auth": True, **client}, {"trust": trust(), "late_client_auth": ClientAuth.REQUEST}
    )
    assert both.handshake() == BOTH
    return both
