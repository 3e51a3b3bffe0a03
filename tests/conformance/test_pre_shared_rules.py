"""Pre-shared keys and early data (RFC 8446 sections 4.2.9 to 4.2.11)."""

from dataclasses import replace
from os import urandom

import pytest
from conform_support import BOTH, alert_of, client, hello_of, server, tampered, told, with_extension
from flow13_support import KE, PSK, early, made, talk, ticket
from flow_support import TLS13, pair

from impl import AlertDescription, CipherSuite, Code, SavedSession, TicketKeys
from impl.codec import extensions as ext
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ExtensionType, HandshakeType
from impl.codec.extensions import Extensions, OfferedPsks
from impl.codec.messages import encode
from impl.pre_shared import KnownPsk
from impl.record.joiner import Message
from impl.step import Refusal
from impl.tls13 import client as client13
from impl.tls13.psk import with_binders

E = ExtensionType
NEW = {"versions": (TLS13,)}
LOOKUP = {"psk_lookup": {PSK.identity: PSK.key}.get}
ILLEGAL = Code.RECEIVED_ILLEGAL_PARAMETER


def offered(hello):
    return ext.parse_pre_shared_key_client(hello.extensions.get(E.PRE_SHARED_KEY))


def test_keys_without_their_modes_are_refused():
    hello = with_extension(hello_of(client(**NEW, psk=PSK)), E.PSK_KEY_EXCHANGE_MODES, None, last=False)
    both, code = told(hello, server(**LOOKUP))

    assert code is Code.MISSING_EXTENSION
    assert alert_of(both.server) is AlertDescription.MISSING_EXTENSION


def test_keys_that_do_not_stand_last_are_refused():
    hello = hello_of(client(**NEW, psk=PSK))
    others = [entry for entry in hello.extensions if entry[0] != E.PRE_SHARED_KEY]
    first = (E.PRE_SHARED_KEY, hello.extensions.get(E.PRE_SHARED_KEY))
    both, code = told(replace(hello, extensions=Extensions.of(first, *others)), server(**LOOKUP))

    assert code is ILLEGAL
    assert alert_of(both.server) is AlertDescription.ILLEGAL_PARAMETER


def test_an_external_key_is_taken_whatever_its_age_says():
    config = client(**NEW)
    aged = replace(KnownPsk.external(PSK.identity, PSK.key), age=123_456)
    hello, _ = with_binders(hello_of(config), (aged,), None)
    both, code = told(hello, server(**LOOKUP))

    assert code is Code.AGAIN
    assert both.server.path[-1] == "WAIT_FINISHED"
    assert both.server._memory.state.pending.parameters.psk_identity == PSK.identity


def test_a_wrong_or_missing_binder_ends_the_handshake():
    hello = hello_of(client(**NEW, psk=PSK))
    shown = offered(hello)
    wrong = ext.build_pre_shared_key_client(OfferedPsks(shown.identities, (bytes(32),)))
    both, code = told(with_extension(hello, *wrong), server(**LOOKUP))
    assert code is ILLEGAL
    assert alert_of(both.server) is AlertDescription.DECRYPT_ERROR

    missing = ext.build_pre_shared_key_client(OfferedPsks(shown.identities, ()))
    both, code = told(with_extension(hello, *missing), server(**LOOKUP))
    assert code.is_fatal


def test_only_the_binder_of_the_key_that_is_chosen_is_looked_at():
    keys = TicketKeys()
    saved = ticket({"tickets": keys})
    for known, settings in ((1, {**LOOKUP}), (0, {"tickets": keys})):
        hello = hello_of(client(resume=saved, psk=PSK))
        shown = offered(hello)
        binders = [bytes(32), bytes(32)]
        binders[known] = shown.binders[known]
        changed = ext.build_pre_shared_key_client(OfferedPsks(shown.identities, tuple(binders)))
        both, code = told(with_extension(hello, *changed), server(**settings))
        assert code is Code.AGAIN
        assert both.server.path[-1] == "WAIT_FINISHED"


@pytest.mark.parametrize(
    "change",
    [
        lambda hello: with_extension(hello, *ext.build_pre_shared_key_server(1)),
        lambda hello: replace(hello, cipher_suite=CipherSuite.TLS_AES_256_GCM_SHA384),
        lambda hello: with_extension(hello, E.KEY_SHARE, None),
    ],
    ids=["index out of range", "suite of another hash", "no share"],
)
def test_a_choice_that_does_not_fit_the_keys_offered_is_refused(change):
    both = made({"psk": PSK}, LOOKUP)

    assert tampered(both, change) is ILLEGAL
    assert alert_of(both.client) is AlertDescription.ILLEGAL_PARAMETER


def test_a_share_is_refused_where_the_key_was_to_be_all():
    both = made({"psk": PSK, "psk_modes": (KE,)}, {**LOOKUP, "psk_modes": (KE,)})
    share = ext.build_key_share_server(ext.KeyShareEntry(0x1D, bytes(range(32))))

    assert tampered(both, lambda hello: with_extension(hello, *share)) is ILLEGAL


def test_early_data_that_does_not_decrypt_once_it_is_accepted_is_a_bad_record():
    both, _, _ = early()
    both.client.record_send_early_data(b"early")
    assert both.client.handshake() is Code.AGAIN
    both.server_wire.incoming[-1] ^= 1

    assert both.server.handshake() is Code.DECRYPTION_FAILED
    assert alert_of(both.server) is AlertDescription.BAD_RECORD_MAC


def refused_early(saved, client_=(), server_=()):
    """A pair whose client sends early data, after its handshake."""
    both = pair(
        client(**NEW, resume=saved, randomness=urandom, **dict(client_)), server(**NEW, **dict(server_))
    )
    assert both.client.record_send_early_data(b"early")
    assert both.handshake() == BOTH
    return both


def test_early_data_goes_with_the_first_key_only():
    _, saved, settings = early()
    other = {**settings, "tickets": TicketKeys(), **LOOKUP}
    both = refused_early(saved, {"psk": PSK}, other)

    assert both.server.parameters.psk_identity == PSK.identity
    assert not both.server.parameters.early_data
    talk(both)


def test_early_data_is_not_taken_under_another_suite_of_the_same_hash():
    _, saved, settings = early()
    assert saved.cipher_suite is CipherSuite.TLS_AES_128_GCM_SHA256
    both = refused_early(
        saved, {}, {**settings, "cipher_suites": (CipherSuite.TLS_CHACHA20_POLY1305_SHA256,)}
    )

    assert both.client.parameters.resumed
    assert not both.client.parameters.early_data
    talk(both)


def test_early_data_that_was_refused_is_not_sent_again():
    _, saved, settings = early()
    both = refused_early(saved, {}, {**settings, "early_data_size": 0})

    assert both.server.record_recv() is Code.AGAIN
    assert both.server.record_recv_early_data() is Code.REQUESTED_DATA_NOT_AVAILABLE


def test_a_server_answers_early_data_without_waiting_for_its_end():
    both, _, _ = early()
    both.client.record_send_early_data(b"early")
    assert both.client.handshake() is Code.AGAIN
    incoming = both.server_wire.incoming
    del incoming[5 + int.from_bytes(incoming[3:5]) :]

    sent = []
    both.server.set_message_hook(lambda item: sent.append(item.message_type))

    assert both.server.handshake() is Code.AGAIN
    assert both.server.path[-1] == "WAIT_EOED"
    assert sent[-1] == HandshakeType.FINISHED


@pytest.mark.parametrize(
    "change",
    [
        lambda keyed, other: replace(keyed, psk=other),
        lambda keyed, _: replace(keyed, psk=None),
        lambda keyed, _: replace(keyed, suite=replace(keyed.suite, number=0x1303)),
    ],
    ids=["second key", "no key", "another suite"],
)
def test_a_client_takes_acceptance_only_with_its_first_key_and_its_suite(change):
    both, _, _ = early()
    both.client.record_send_early_data(b"early")
    both.client.handshake()
    both.server.handshake()
    incoming = both.client_wire.incoming
    del incoming[5 + int.from_bytes(incoming[3:5]) :]
    assert both.client.handshake() is Code.AGAIN
    state, config = both.client._memory.state, both.client._memory.config
    raw = encode(EncryptedExtensions(Extensions.of((E.EARLY_DATA, b""))))
    message = Message(raw[0], raw[4:], raw)
    accepted = client13.on_encrypted_extensions(state, message, config).next
    assert accepted.answers.early_data
    other = KnownPsk.external(b"another", b"key")
    changed = replace(state, keyed=change(state.keyed, other))

    with pytest.raises(Refusal) as caught:
        client13.on_encrypted_extensions(changed, message, config)
    assert caught.value.code is ILLEGAL


def test_a_resumed_session_reports_the_host_that_was_asked_for_this_time():
    keys = TicketKeys()
    anybody = {"trust": None, "verify_callback": lambda *_: True}
    first = made({**anybody, "server_name": "first.test"}, {"tickets": keys})
    assert first.handshake() == BOTH
    assert first.client.record_recv() is Code.AGAIN
    saved = replace(first.client.session_data(), server_name="second.test")
    assert isinstance(saved, SavedSession)
    second = made({**anybody, "resume": saved, "server_name": "second.test"}, {"tickets": keys})
    assert second.handshake() == BOTH

    assert second.server.parameters.resumed
    assert first.server.parameters.server_name == "first.test"
    assert second.server.parameters.server_name == "second.test"
