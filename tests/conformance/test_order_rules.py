"""Which message follows which, as the hooks of both sides see it, and what comes out of its turn."""

import pytest
from conform_support import BOTH, alert_of, client, hello_of, server
from flow13_support import PSK, early, made, reauthenticating, ticket
from flow_certificates import NOW, certified_key, trust
from flow_support import TLS12, TLS13, established, handshake_record, of_version, pair, say

from impl import AlertDescription, ClientAuth, Code, MemoryStore, NamedGroup, TicketKeys
from impl.codec.enums import ContentType, HandshakeType
from impl.codec.messages import encode
from impl.codec.post_handshake import EndOfEarlyData, KeyUpdate
from impl.step import Send
from impl.tls13.client import protection

OLD = {"versions": (TLS12,)}
H = HandshakeType
CCS = ContentType.CHANGE_CIPHER_SPEC
ASKS = {"client_auth": ClientAuth.REQUEST, "trust": trust()}
SHOWS = {"certified_keys": (certified_key("rsa"),)}
LOOKUP = {"psk_lookup": {PSK.identity: PSK.key}.get}


def flights(both, steps=None):
    """What client and server send in a handshake, each in order."""
    told = {}
    for name in ("client", "server"):
        getattr(both, name).set_message_hook(told.setdefault(name, []).append)
    assert (steps or both.handshake)() == BOTH
    return tuple(
        [item.message_type if item.message_type is not None else item.content_type for item in told[name]
         if not item.incoming]
        for name in ("client", "server")
    )  # fmt: skip


def old(client_=(), server_=(), kind="ed25519"):
    return pair(client(**OLD, **dict(client_)), server(kind, **OLD, **dict(server_)))


def test_tls12_in_full():
    sent, answered = flights(old({}, {"tickets": TicketKeys()}))

    assert sent == [H.CLIENT_HELLO, H.CLIENT_KEY_EXCHANGE, CCS, H.FINISHED]
    hello = [H.SERVER_HELLO, H.CERTIFICATE, H.SERVER_KEY_EXCHANGE, H.SERVER_HELLO_DONE]
    assert answered == [*hello, H.NEW_SESSION_TICKET, CCS, H.FINISHED]


@pytest.mark.parametrize("shown", [SHOWS, {}], ids=["certificate", "none"])
def test_tls12_with_a_request_for_a_certificate(shown):
    sent, answered = flights(old(shown, ASKS))

    proof = [H.CERTIFICATE_VERIFY] if shown else []
    assert sent == [H.CLIENT_HELLO, H.CERTIFICATE, H.CLIENT_KEY_EXCHANGE, *proof, CCS, H.FINISHED]
    hello = [H.SERVER_HELLO, H.CERTIFICATE, H.SERVER_KEY_EXCHANGE, H.CERTIFICATE_REQUEST, H.SERVER_HELLO_DONE]
    assert answered == [*hello, CCS, H.FINISHED]


def test_tls12_resumed():
    store = {"store": MemoryStore(clock=lambda: NOW)}
    first = old({}, store)
    assert first.handshake() == BOTH

    sent, answered = flights(old({"resume": first.client.session_data()}, store))

    assert sent == [H.CLIENT_HELLO, CCS, H.FINISHED]
    assert answered == [H.SERVER_HELLO, CCS, H.FINISHED]


@pytest.mark.parametrize("shown", [SHOWS, {}], ids=["certificate", "none"])
def test_tls13_with_a_request_for_a_certificate(shown):
    sent, answered = flights(made({**shown, "compatible": False}, ASKS))

    proof = [H.CERTIFICATE_VERIFY] if shown else []
    assert sent == [H.CLIENT_HELLO, H.CERTIFICATE, *proof, H.FINISHED]
    middle = [H.CERTIFICATE_REQUEST, H.CERTIFICATE, H.CERTIFICATE_VERIFY]
    assert answered == [H.SERVER_HELLO, H.ENCRYPTED_EXTENSIONS, *middle, H.FINISHED]


def test_tls13_in_full_without_a_request_has_no_certificate_of_the_client():
    sent, answered = flights(made({**SHOWS, "compatible": False}))

    assert sent == [H.CLIENT_HELLO, H.FINISHED]
    assert answered == [
        *(H.SERVER_HELLO, H.ENCRYPTED_EXTENSIONS, H.CERTIFICATE, H.CERTIFICATE_VERIFY, H.FINISHED),
    ]


@pytest.mark.parametrize("compatible", [True, False])
def test_tls13_in_full_with_a_session_id_has_change_cipher_spec_behind_the_first_flights(compatible):
    sent, answered = flights(made({"compatible": compatible}))

    change = [CCS] if compatible else []
    assert sent == [H.CLIENT_HELLO, *change, H.FINISHED]
    assert answered[:2] == [H.SERVER_HELLO, *(change or [H.ENCRYPTED_EXTENSIONS])]


def test_tls13_with_a_pre_shared_key_has_neither_certificate_nor_request():
    sent, answered = flights(made({"psk": PSK, **SHOWS, "compatible": False}, {**LOOKUP, **ASKS}))

    assert sent == [H.CLIENT_HELLO, H.FINISHED]
    assert answered == [H.SERVER_HELLO, H.ENCRYPTED_EXTENSIONS, H.FINISHED]


def test_tls13_with_a_retry():
    sent, answered = flights(made({"compatible": False}, {"groups": (NamedGroup.SECP384R1,)}))

    assert sent[:2] == [H.CLIENT_HELLO, H.CLIENT_HELLO]
    assert answered[:3] == [H.SERVER_HELLO, H.SERVER_HELLO, H.ENCRYPTED_EXTENSIONS]


@pytest.mark.parametrize("size", [1000, 0], ids=["accepted", "refused"])
def test_tls13_with_early_data_has_its_end_behind_the_servers_finished_if_it_was_accepted(size):
    both, _, _ = early(early_data_size=size)
    both.client.record_send_early_data(b"early")
    told = []
    both.client.set_message_hook(told.append)
    assert both.handshake() == BOTH
    kinds = [item.message_type for item in told if item.content_type is ContentType.HANDSHAKE]

    end = [H.END_OF_EARLY_DATA] if size else []
    assert both.client.parameters.early_data is bool(size)
    expected = [H.CLIENT_HELLO, H.SERVER_HELLO, H.ENCRYPTED_EXTENSIONS, H.FINISHED, *end, H.FINISHED]
    assert kinds[: len(expected)] == expected


@pytest.mark.parametrize("shown", [SHOWS, {}], ids=["certificate", "none"])
def test_an_answer_after_the_handshake_is_one_run_of_messages(shown):
    both = reauthenticating(**shown)
    told = []
    both.server.set_message_hook(told.append)
    assert both.server.reauth() is Code.AGAIN
    both.client.record_send(b"before")
    assert both.client.record_recv() is Code.REAUTH_REQUEST
    assert both.client.reauth() is Code.SUCCESS
    both.client.record_send(b"behind")
    assert both.server.reauth() is Code.GOT_APPLICATION_DATA
    both.server.record_recv()
    assert both.server.reauth() is Code.SUCCESS
    kinds = [item.message_type for item in told if item.incoming]

    proof = [H.CERTIFICATE_VERIFY] if shown else []
    assert kinds == [None, H.CERTIFICATE, *proof, H.FINISHED]


def test_a_hello_is_unexpected_wherever_tls13_has_begun():
    hello = encode(hello_of(client(versions=(TLS13,))))
    both = established(TLS13)
    say(both.client, Send((hello,)))
    assert both.server.record_recv() is Code.UNEXPECTED_HANDSHAKE_PACKET
    assert alert_of(both.server) is AlertDescription.UNEXPECTED_MESSAGE

    begun = of_version(TLS13)
    begun.client.handshake()
    begun.server_wire.incoming += begun.server_wire.incoming[:]
    assert begun.server.handshake() is Code.UNEXPECTED_PACKET
    assert alert_of(begun.server) is AlertDescription.UNEXPECTED_MESSAGE


@pytest.mark.parametrize("message", [KeyUpdate(False), EndOfEarlyData()], ids=["KeyUpdate", "EndOfEarlyData"])
def test_a_message_of_another_moment_is_unexpected_before_the_peers_finished(message):
    both = made()
    both.client.handshake()
    both.server.handshake()
    assert both.server.path[-1] == "WAIT_FINISHED"
    both.client.handshake()
    both.server_wire.incoming.clear()
    memory = both.client._memory
    keyed = made()
    keyed.client.handshake()
    keyed.server.handshake()
    states = []
    keyed.client.set_message_hook(lambda _: states.append(keyed.client._memory.state))
    keyed.client.handshake()
    memory.channel.writer.use(protection_of(states))
    say(both.client, Send((encode(message),)))

    assert both.server.handshake() is Code.UNEXPECTED_HANDSHAKE_PACKET
    assert alert_of(both.server) is AlertDescription.UNEXPECTED_MESSAGE


def protection_of(states):
    """The client's handshake keys, which are the same in every pair because all that is random is fixed."""

    keyed = next(state.keyed for state in states if hasattr(state, "keyed"))
    return protection(keyed.suite, keyed.client_secret)


def test_a_client_takes_no_end_of_early_data():
    both = established(TLS13)
    say(both.server, Send((encode(EndOfEarlyData()),)))

    assert both.client.record_recv() is Code.UNEXPECTED_HANDSHAKE_PACKET
    assert alert_of(both.client) is AlertDescription.UNEXPECTED_MESSAGE


def test_a_server_asks_for_another_handshake_only_after_the_first():
    both = old()
    assert both.server.rehandshake() is Code.INVALID_REQUEST
    both.client.handshake()
    both.server.handshake()
    assert both.server.rehandshake() is Code.INVALID_REQUEST
    assert both.handshake() == BOTH
    assert both.server.rehandshake() is Code.SUCCESS


def test_requests_for_another_handshake_are_hashed_by_nobody():
    both = established(TLS12)
    assert both.server.rehandshake() is Code.SUCCESS
    assert both.client.record_recv() is Code.REHANDSHAKE
    assert both.client.handshake() is Code.AGAIN
    assert both.server.rehandshake() is Code.SUCCESS
    assert both.handshake() == BOTH
    assert both.client.path.count("CONNECTED") == 2


def test_data_waits_for_the_end_of_the_first_handshake_on_either_side():
    for version in (TLS12, TLS13):
        both = of_version(version)
        while both.client.handshake() is Code.AGAIN:
            assert both.client.record_send(b"data") is Code.UNAVAILABLE_DURING_HANDSHAKE
            assert both.server.record_send(b"data") is Code.UNAVAILABLE_DURING_HANDSHAKE
            both.server.handshake()


def test_finished_is_missed_where_a_key_exchange_should_be():
    both = old({}, ASKS)
    both.client.handshake()
    both.server.handshake()
    assert both.server.path[-1] == "WAIT_CERT"
    both.server_wire.incoming += handshake_record(b"\x10\0\0\x21\x20" + bytes(32))

    assert both.server.handshake() is Code.UNEXPECTED_HANDSHAKE_PACKET
    assert alert_of(both.server) is AlertDescription.UNEXPECTED_MESSAGE


def test_a_ticketed_session_shows_no_certificate_again():
    keys = TicketKeys()
    sent, answered = flights(
        made({"resume": ticket({"tickets": keys}), "compatible": False}, {"tickets": keys})
    )

    assert sent == [H.CLIENT_HELLO, H.FINISHED]
    assert answered[:3] == [H.SERVER_HELLO, H.ENCRYPTED_EXTENSIONS, H.FINISHED]
