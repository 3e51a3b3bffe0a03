"""The extended master secret and resumption (RFC 7627 section 5)."""

from contextlib import suppress
from dataclasses import replace
from os import urandom

import pytest
from conform_support import (
    BOTH,
    alert_of,
    answers_of,
    client,
    hello_of,
    server,
    tampered,
    told,
    with_extension,
)
from cryptography import x509
from flow_certificates import NOW, certified_key
from flow_support import TLS12, Wire, pair
from OpenSSL import SSL

from impl import AlertDescription, Code, MemoryStore, Session
from impl.codec.enums import ExtensionType

OLD = {"versions": (TLS12,)}
EXTENDED = ExtensionType.EXTENDED_MASTER_SECRET
NO_EXTENDED_MASTER_SECRET = 1
"""SSL_OP_NO_EXTENDED_MASTER_SECRET of OpenSSL."""


def stored():
    """A store with a session that has an extended master secret, and the client's data of it."""
    store = MemoryStore(clock=lambda: NOW)
    both = pair(client(**OLD), server(**OLD, store=store))
    assert both.handshake() == BOTH
    saved = both.client.session_data()
    assert saved.extended
    return store, saved


def weakened():
    """The same, but the session was made without."""
    store, saved = stored()
    weak = replace(saved, extended=False)
    store.store(weak.session_id, weak.to_bytes(), NOW + 1000)
    return store, weak


def test_a_server_answers_the_extension_if_it_is_there_and_not_otherwise():
    hello = hello_of(client(**OLD))
    with_it, _ = told(hello, server(**OLD))
    without, code = told(with_extension(hello, EXTENDED, None), server(**OLD))

    assert answers_of(with_it)[0].extensions.get(EXTENDED) == b""
    assert code is Code.AGAIN
    assert EXTENDED not in answers_of(without)[0].extensions


@pytest.mark.parametrize("role", ["client", "server"])
def test_without_it_the_standard_master_secret_serves_a_real_peer(role):
    """OpenSSL without the extension; both export the same only if both derive the same."""
    session, peer = openssl(role)
    assert session.parameters.extended_master_secret is False

    assert session.export(b"EXPORTER-test", 20) == peer.export_keying_material(b"EXPORTER-test", 20)


def openssl(role):
    """A session that has completed a handshake with an OpenSSL that lacks the extension, and that OpenSSL."""
    wire = Wire(bytearray(), bytearray())
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(NO_EXTENDED_MASTER_SECRET)
    if role == "client":
        key = certified_key("ecdsa")
        context.use_certificate(x509.load_der_x509_certificate(key.chain[0]))
        context.use_privatekey(key.key)
    peer = SSL.Connection(context, None)
    (peer.set_accept_state if role == "client" else peer.set_connect_state)()
    session = Session(client(**OLD) if role == "client" else server("ecdsa", **OLD), wire)
    done = False
    for _ in range(6):
        code = session.handshake() if not done else Code.SUCCESS
        done = done or code is Code.SUCCESS
        peer.bio_write(bytes(wire.outgoing)) if wire.outgoing else None
        wire.outgoing.clear()
        with suppress(SSL.WantReadError):
            peer.do_handshake()
        with suppress(SSL.WantReadError):
            wire.incoming += peer.bio_read(2**16)
    assert done
    return session, peer


def test_a_client_that_resumes_offers_the_extension():
    _, saved = stored()

    assert hello_of(client(**OLD, resume=saved)).extensions.get(EXTENDED) == b""


def test_a_session_without_it_is_not_offered_for_resumption():
    _, weak = weakened()
    hello = hello_of(client(**OLD, resume=weak))

    assert hello.session_id == b""


def test_a_session_without_it_is_not_resumed_by_a_hello_with_it():
    store, weak = weakened()
    hello = replace(hello_of(client(**OLD)), session_id=weak.session_id)
    both, code = told(hello, server(**OLD, store=store, randomness=urandom))

    assert code is Code.AGAIN
    assert both.server.path[-1] == "WAIT_CKE"
    assert answers_of(both)[0].session_id != weak.session_id


def test_a_session_with_it_ends_a_handshake_whose_hello_lacks_it():
    store, saved = stored()
    hello = with_extension(hello_of(client(**OLD, resume=saved)), EXTENDED, None)
    both, code = told(hello, server(**OLD, store=store))

    assert code is Code.NO_CIPHER_SUITES
    assert alert_of(both.server) is AlertDescription.HANDSHAKE_FAILURE


def test_a_session_without_it_is_not_resumed_by_a_hello_without_it_either():
    store, weak = weakened()
    hello = with_extension(replace(hello_of(client(**OLD)), session_id=weak.session_id), EXTENDED, None)
    both, code = told(hello, server(**OLD, store=store))

    assert code is Code.AGAIN
    assert both.server.path[-1] == "WAIT_CKE"


def test_a_server_that_resumes_answers_the_extension():
    store, saved = stored()
    both = pair(client(**OLD, resume=saved), server(**OLD, store=store))
    assert both.handshake() == BOTH

    assert both.client.parameters.resumed
    assert answers_of(both)[0].extensions.get(EXTENDED) == b""


@pytest.mark.parametrize("change", [None, b""], ids=["missing", "there"])
def test_a_client_ends_a_resumption_whose_extension_is_not_as_it_was(change):
    store, saved = stored()
    resume = saved if change is None else replace(saved, extended=False)
    both = pair(client(**OLD, resume=saved), server(**OLD, store=store))
    both.client.handshake()
    memory = both.client._memory
    memory.state = replace(memory.state, session=resume)
    code = tampered(both, lambda hello: with_extension(hello, EXTENDED, change))

    assert code is Code.NO_CIPHER_SUITES
    assert alert_of(both.client) is AlertDescription.HANDSHAKE_FAILURE
