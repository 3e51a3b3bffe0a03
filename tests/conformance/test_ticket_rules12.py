"""Session tickets of TLS 1.2 (RFC 5077 section 3)."""

from dataclasses import replace
from os import urandom

import pytest
from conform_support import (
    BOTH,
    answers_of,
    client,
    hello_of,
    messages,
    server,
    tampered,
    told,
    with_extension,
)
from flow_certificates import NOW
from flow_support import TLS12, handshake_record, pair

from impl import Code, MemoryStore, TicketKeys
from impl.codec.enums import ExtensionType, HandshakeType
from impl.codec.messages import encode
from impl.codec.post_handshake import NewSessionTicket12

OLD = {"versions": (TLS12,)}
TICKET = ExtensionType.SESSION_TICKET
KEYS = TicketKeys(bytes(64))


def first(**settings):
    """A pair whose server gives out tickets, after its handshake."""
    both = pair(client(**OLD), server(**OLD, tickets=KEYS, **settings))
    assert both.handshake() == BOTH
    return both


def test_a_client_asks_for_a_ticket_with_an_empty_extension_unless_it_has_one_or_wants_none():
    saved = first().client.session_data()

    assert hello_of(client(**OLD)).extensions.get(TICKET) == b""
    assert hello_of(client(**OLD, resume=saved)).extensions.get(TICKET) == saved.ticket
    assert TICKET not in hello_of(client(**OLD, session_tickets=False)).extensions
    still = hello_of(client(**OLD, session_tickets=False, resume=saved))
    assert still.extensions.get(TICKET) == saved.ticket


def test_a_server_that_answers_the_extension_sends_a_ticket_and_no_session_id():
    both = first(store=MemoryStore(clock=lambda: NOW))
    (reply,) = answers_of(both)

    assert reply.extensions.get(TICKET) == b""
    assert reply.session_id == b""
    assert "WAIT_TICKET" in both.client.path
    assert both.client.session_data().ticket


@pytest.mark.parametrize("settings", [{"session_tickets": False}, {}], ids=["not asked for", "no keys"])
def test_a_server_that_does_not_answer_it_sends_none(settings):
    keys = {} if not settings else {"tickets": KEYS}
    both = pair(client(**OLD, **settings), server(**OLD, **keys))
    assert both.handshake() == BOTH

    assert TICKET not in answers_of(both)[0].extensions
    assert "WAIT_TICKET" not in both.client.path
    assert HandshakeType.NEW_SESSION_TICKET not in dict(messages(bytes(both.server_wire.written)))


def test_a_ticket_that_was_not_announced_is_refused():
    both = pair(client(**OLD), server(**OLD, tickets=KEYS))
    code = tampered(both, lambda hello: with_extension(hello, TICKET, None))
    assert code is Code.AGAIN
    assert both.client.path[-1] == "WAIT_CCS"
    both.client_wire.incoming += handshake_record(encode(NewSessionTicket12(60, b"ticket")))

    assert both.client.handshake() is Code.UNEXPECTED_HANDSHAKE_PACKET


def test_a_ticket_that_was_announced_is_missed():
    both = pair(client(**OLD), server(**OLD))
    code = tampered(both, lambda hello: with_extension(hello, TICKET, b""))
    assert code is Code.AGAIN
    assert both.client.path[-1] == "WAIT_TICKET"
    both.client_wire.incoming += bytes.fromhex("14 0303 0001 01")

    assert both.client.handshake() is Code.UNEXPECTED_PACKET


def test_no_ticket_leaves_before_the_clients_finished_is_verified():
    both = pair(client(**OLD), server(**OLD, tickets=KEYS))
    both.client.handshake()
    both.server.handshake()
    both.client.handshake()
    memory = both.server._memory
    memory.state = replace(memory.state, agreed=replace(memory.state.agreed, server_random=bytes(32)))
    written = len(both.server_wire.written)

    assert both.server.handshake() is Code.DECRYPTION_FAILED
    assert len(both.server_wire.written) == written


def test_a_ticket_is_of_no_use_before_the_servers_finished_is_verified():
    both = pair(client(**OLD), server(**OLD, tickets=KEYS))
    for session in (both.client, both.server, both.client, both.server):
        session.handshake()
    flight = bytes(both.client_wire.incoming)
    finished = flight[flight.index(bytes.fromhex("14 0303 0001 01")) + 6 :]
    both.client_wire.incoming[:] = flight[: -len(finished)]
    assert both.client.handshake() is Code.AGAIN
    assert both.client.path[-1] == "WAIT_FINISHED"
    assert both.client.session_data() is None

    both.client_wire.incoming += finished
    assert both.client.handshake() is Code.SUCCESS
    assert both.client.session_data().ticket


def test_an_accepted_ticket_makes_the_server_echo_any_session_id():
    saved = first().client.session_data()
    hello = hello_of(client(**OLD, resume=saved, randomness=urandom))
    for session_id in (hello.session_id, b"x", bytes(32)):
        both, code = told(replace(hello, session_id=session_id), server(**OLD, tickets=KEYS))
        assert code is Code.AGAIN
        assert answers_of(both)[0].session_id == session_id
        assert both.server.path[-1] == "WAIT_CCS"


@pytest.mark.parametrize("keys", [KEYS, None], ids=["other keys", "no keys"])
def test_a_session_id_next_to_a_ticket_finds_no_stored_session(keys):
    store = MemoryStore(clock=lambda: NOW)
    stored = pair(client(**OLD), server(**OLD, store=store))
    assert stored.handshake() == BOTH
    hello = hello_of(client(**OLD, resume=stored.client.session_data()))
    resumed, _ = told(hello, server(**OLD, store=store))
    assert resumed.server.path[-1] == "WAIT_CCS"

    both, code = told(with_extension(hello, TICKET, b"unknown"), server(**OLD, store=store, tickets=keys))
    assert code is Code.AGAIN
    assert both.server.path[-1] == "WAIT_CKE"


def test_an_old_ticket_stays_good_after_a_new_one_was_given_out():
    both = first()
    saved = both.client.session_data()
    for _ in range(2):
        again = pair(client(**OLD, resume=saved, randomness=urandom), server(**OLD, tickets=KEYS))
        assert again.handshake() == BOTH
        assert again.client.parameters.resumed
