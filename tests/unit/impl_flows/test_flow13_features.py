"""TLS 1.3 beyond the plain full handshake: certificates of clients, retries, pre-shared keys, early data."""

from dataclasses import replace
from os import urandom

import pytest
from flow13_support import BOTH, DHE_KE, KE, PSK, early, made, reauthenticating, session_of, talk, ticket
from flow_certificates import HOST, NOW, certified_key, trust
from flow_support import TLS13, client_config, pair, say, server_config

from impl import (
    AlertDescription,
    CipherSuite,
    ClientAuth,
    Code,
    NamedGroup,
    Received,
    SavedSession,
    Sent,
    TicketKeys,
)
from impl.codec.certificate import Certificate13
from impl.codec.messages import encode
from impl.crypto.groups import generate
from impl.limits import MAX_EARLY_DATA_SKIPPED
from impl.step import Send
from impl.tls13 import post_handshake


@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
@pytest.mark.parametrize("auth", [ClientAuth.REQUEST, ClientAuth.REQUIRE])
def test_a_client_shows_its_certificate_and_proves_it(auth, kind):
    key = certified_key(kind)
    both = made({"certified_keys": (key,)}, {"client_auth": auth, "trust": trust()})

    assert both.handshake() == BOTH
    talk(both)
    assert both.server.parameters.peer_certificates == key.chain


def test_a_requested_certificate_may_be_missing():
    both = made({}, {"client_auth": ClientAuth.REQUEST, "trust": trust()})

    assert both.handshake() == BOTH
    talk(both)
    assert both.server.parameters.peer_certificates == ()


def test_a_required_certificate_may_not_be_missing():
    both = made({}, {"client_auth": ClientAuth.REQUIRE, "trust": trust()})

    assert both.handshake() == (Code.SUCCESS, Code.CERTIFICATE_REQUIRED)
    assert both.server.alert_send_appropriate(Code.CERTIFICATE_REQUIRED) is Code.SUCCESS
    assert both.client.record_recv() is Code.FATAL_ALERT_RECEIVED
    assert both.client.alert_get() == AlertDescription.CERTIFICATE_REQUIRED


def test_a_client_of_another_authority_shows_nothing():
    both = made(
        {"certified_keys": (certified_key("rsa"),)},
        {"client_auth": ClientAuth.REQUEST, "trust": trust("another authority")},
    )

    assert both.handshake() == BOTH
    assert both.server.parameters.peer_certificates == ()


def test_a_stapled_response_reaches_the_application():
    stapled = replace(certified_key("ecdsa"), ocsp_response=b"as good as new")
    both = made({"request_status": True}, {"certified_keys": (stapled,)})

    assert both.handshake() == BOTH
    assert both.client.parameters.ocsp_response == b"as good as new"


def test_the_record_size_limit_counts_the_hidden_content_type():
    """RFC 8449 section 4."""
    both = made({"record_size_limit": 101}, {"record_size_limit": 200})
    assert both.handshake() == BOTH

    start = len(both.server_wire.written)
    both.server.record_send(bytes(1000))
    first = both.server_wire.written[start : start + 5]
    assert int.from_bytes(first[3:5]) == 101 + 16


def test_a_retry_gets_the_share_that_was_missing():
    both = made({}, {"groups": (NamedGroup.SECP384R1,)})

    assert both.handshake() == BOTH
    talk(both)
    assert both.client.parameters.group is NamedGroup.SECP384R1
    assert both.server.path[:2] == ("START", "WAIT_CH")


def test_the_hybrid_group_works_with_and_without_a_retry():
    hybrid, curve = NamedGroup.X25519MLKEM768, NamedGroup.X25519
    for groups, path in (((hybrid,), "WAIT_FINISHED"), ((curve, hybrid), "WAIT_CH")):
        both = made(
            {"groups": groups, "make_key_share": generate}, {"groups": (hybrid,), "make_key_share": generate}
        )
        assert both.handshake() == BOTH
        talk(both)
        assert both.server.parameters.group is hybrid
        assert both.server.path[1] == path


def test_a_client_and_a_server_without_a_common_group_part():
    both = made({"groups": (NamedGroup.X25519,)}, {"groups": (NamedGroup.SECP256R1,)})

    assert both.handshake() == (Code.AGAIN, Code.NO_COMMON_KEY_SHARE)


def test_a_ticket_is_resumed_with_new_keys_and_brings_new_tickets():
    keys = TicketKeys()
    saved = ticket({"tickets": keys})
    second = made({"resume": SavedSession.from_bytes(saved.to_bytes())}, {"tickets": keys})

    assert second.handshake() == BOTH
    talk(second)
    assert second.client.parameters.resumed
    assert second.server.parameters.resumed
    assert second.client.parameters.group is NamedGroup.X25519
    assert second.client.parameters.peer_certificates == certified_key("ed25519").chain
    assert second.client.session_data().ticket != saved.ticket
    assert "WAIT_CERT_CR" not in second.client.path


def test_a_resumption_without_diffie_hellman_has_no_group():
    keys = TicketKeys()
    modes = {"psk_modes": (KE,)}
    saved = ticket({"tickets": keys, **modes}, modes)
    second = made({"resume": saved, **modes}, {"tickets": keys, **modes})

    assert second.handshake() == BOTH
    talk(second)
    assert second.client.parameters.group is None
    assert second.client.parameters.resumed


def test_a_resumption_survives_a_retry():
    keys = TicketKeys()
    saved = ticket({"tickets": keys})
    second = made({"resume": saved}, {"tickets": keys, "groups": (NamedGroup.SECP384R1,)})

    assert second.handshake() == BOTH
    talk(second)
    assert second.client.parameters.resumed


def test_no_tickets_go_to_a_client_that_cannot_use_them():
    both = made({"psk_modes": ()}, {"tickets": TicketKeys()})
    assert both.handshake() == BOTH

    assert both.client.record_recv() is Code.AGAIN
    assert both.client.session_data() is None


@pytest.mark.parametrize("seconds, resumed", [(0, True), (21_000, True), (50_000, False)])
def test_a_ticket_grows_old(seconds, resumed):
    keys = TicketKeys()
    saved = ticket({"tickets": keys})
    later = {"clock": lambda: NOW + seconds}
    second = made({"resume": saved, **later}, {"tickets": keys, **later})

    assert second.handshake() == BOTH
    assert second.client.parameters.resumed is resumed


def test_the_tickets_of_a_resumed_session_live_no_longer_than_the_first():
    keys = TicketKeys()
    saved = ticket({"tickets": keys})
    later = {"clock": lambda: NOW + 20_000}
    second = made({"resume": saved, **later}, {"tickets": keys, **later})
    assert second.handshake() == BOTH

    assert session_of(second).lifetime <= 1_600


def test_a_ticket_that_nobody_knows_leads_to_a_full_handshake():
    saved = ticket({"tickets": TicketKeys()})
    second = made({"resume": saved}, {"tickets": TicketKeys()})

    assert second.handshake() == BOTH
    assert not second.client.parameters.resumed


def test_a_wrong_binder_is_refused():
    keys = TicketKeys()
    saved = ticket({"tickets": keys})
    second = made({"resume": replace(saved, secret=bytes(len(saved.secret)))}, {"tickets": keys})

    assert second.handshake() == (Code.AGAIN, Code.RECEIVED_ILLEGAL_PARAMETER)
    second.server.alert_send_appropriate(Code.RECEIVED_ILLEGAL_PARAMETER)
    assert second.client.handshake() is Code.FATAL_ALERT_RECEIVED
    assert second.client.alert_get() == AlertDescription.DECRYPT_ERROR


@pytest.mark.parametrize("modes", [(DHE_KE,), (KE,), (KE, DHE_KE)])
def test_an_external_key_authenticates_without_certificates(modes):
    both = made(
        {"psk": PSK, "psk_modes": modes},
        {"psk_lookup": {PSK.identity: PSK.key}.get, "psk_modes": modes, "certified_keys": ()},
    )

    assert both.handshake() == BOTH
    talk(both)
    assert both.server.parameters.psk_identity == both.client.parameters.psk_identity == b"me"
    assert not both.client.parameters.resumed
    assert both.client.parameters.peer_certificates == ()
    assert (both.client.parameters.group is None) is (modes[0] is KE)


def test_an_unknown_external_key_falls_back_to_the_certificate_if_there_is_one():
    lookup = {"psk_lookup": {}.get}
    both = made({"psk": PSK}, lookup)
    assert both.handshake() == BOTH
    assert both.client.parameters.psk_identity is None

    without = made({"psk": PSK}, {**lookup, "certified_keys": ()})
    assert without.handshake() == (Code.AGAIN, Code.INSUFFICIENT_CREDENTIALS)


def test_a_key_of_another_hash_does_not_go_with_the_suite():
    suites = {"cipher_suites": (CipherSuite.TLS_AES_256_GCM_SHA384,)}
    both = made({"psk": PSK}, {"psk_lookup": {PSK.identity: PSK.key}.get, **suites})

    assert both.handshake() == BOTH
    assert both.client.parameters.psk_identity is None


def test_early_data_arrives_before_the_handshake_is_complete():
    both, _, _ = early()
    assert both.client.record_send_early_data(b"early ") == Sent(6)
    assert both.client.record_send_early_data(b"bird") == Sent(4)
    assert both.client.handshake() is Code.AGAIN
    assert both.server.handshake() is Code.AGAIN
    assert both.server.record_recv_early_data() == Received(b"early bird")
    assert both.server.record_recv_early_data() is Code.REQUESTED_DATA_NOT_AVAILABLE

    assert both.handshake() == BOTH
    talk(both)
    assert both.client.parameters.early_data
    assert both.server.parameters.early_data


@pytest.mark.parametrize(
    "change",
    [
        {"early_data_size": 0},
        {"anti_replay": None},
        {"alpn": (b"h2",)},
        {"groups": (NamedGroup.SECP384R1,)},
        {"tickets": TicketKeys()},
        {"clock": lambda: NOW + 60},
    ],
    ids=["not taken", "no guard", "another protocol", "retry", "unknown ticket", "wrong age"],
)
@pytest.mark.parametrize("compatible", [True, False])
def test_refused_early_data_is_dropped_and_the_handshake_goes_on(change, compatible):
    both, saved, _ = early(**change)
    both = pair(
        client_config(
            versions=(TLS13,), resume=saved, randomness=urandom, compatible=compatible, alpn=(b"h2",)
        ),
        both.server._memory.config,
    )
    assert both.client.record_send_early_data(bytes(1000)) == Sent(1000)

    assert both.handshake() == BOTH
    talk(both)
    assert not both.client.parameters.early_data
    assert not both.server.parameters.early_data
    assert both.server.record_recv_early_data() is Code.REQUESTED_DATA_NOT_AVAILABLE


def test_replayed_early_data_is_not_taken_again():
    both, _, settings = early()
    both.client.record_send_early_data(b"pay")
    assert both.client.handshake() is Code.AGAIN
    recorded = bytes(both.client_wire.written)
    assert both.handshake() == BOTH

    again = pair(client_config(versions=(TLS13,)), server_config(versions=(TLS13,), **settings))
    again.server_wire.incoming += recorded
    assert again.server.handshake() is Code.AGAIN
    assert again.server.record_recv_early_data() is Code.REQUESTED_DATA_NOT_AVAILABLE


def test_early_data_needs_a_session_that_allows_so_much():
    both, _, _ = early()
    assert both.client.record_send_early_data(bytes(1001)) is Code.RECORD_LIMIT_REACHED
    assert both.server.record_send_early_data(b"x") is Code.INVALID_REQUEST
    plain = made()
    assert plain.client.record_send_early_data(b"x") is Code.INVALID_REQUEST
    assert both.handshake() == BOTH
    assert both.client.record_send_early_data(b"x") is Code.INVALID_REQUEST


def test_more_early_data_than_allowed_ends_the_session():
    both, saved, _ = early()
    both = pair(
        client_config(versions=(TLS13,), resume=replace(saved, early_data_size=5000), randomness=urandom),
        both.server._memory.config,
    )
    assert both.client.record_send_early_data(bytes(1001)) == Sent(1001)

    assert both.handshake()[1] is Code.UNEXPECTED_PACKET


def test_refused_early_data_without_end_is_refused():
    both, saved, _ = early(early_data_size=0)
    size = MAX_EARLY_DATA_SKIPPED + 1
    both = pair(
        client_config(versions=(TLS13,), resume=replace(saved, early_data_size=size), randomness=urandom),
        both.server._memory.config,
    )
    assert both.client.record_send_early_data(bytes(size)) == Sent(size)

    assert both.handshake()[1] is Code.UNEXPECTED_PACKET


def test_a_client_is_authenticated_after_the_handshake():
    key = certified_key("rsa")
    both = reauthenticating(certified_keys=(key,))
    assert both.client.reauth() is Code.INVALID_REQUEST
    for _ in range(2):
        assert both.server.reauth() is Code.AGAIN
        assert both.client.record_recv() is Code.REAUTH_REQUEST
        assert both.client.reauth() is Code.SUCCESS
        assert both.server.reauth() is Code.SUCCESS
        assert both.server.parameters.peer_certificates == key.chain
        talk(both)


def test_data_and_key_updates_may_come_before_the_answer():
    both = reauthenticating(certified_keys=(certified_key("rsa"),))
    assert both.server.reauth() is Code.AGAIN
    both.client.record_send(b"first")
    assert both.client.record_recv() is Code.REAUTH_REQUEST
    assert both.client.key_update() is Code.SUCCESS
    assert both.client.reauth() is Code.SUCCESS

    assert both.server.reauth() is Code.GOT_APPLICATION_DATA
    assert both.server.record_recv() == Received(b"first")
    assert both.server.reauth() is Code.SUCCESS
    talk(both)


def test_a_client_may_have_nothing_to_show_afterwards_either():
    both = reauthenticating()
    assert both.server.reauth() is Code.AGAIN
    assert both.client.record_recv() is Code.REAUTH_REQUEST
    assert both.client.reauth() is Code.SUCCESS
    assert both.server.reauth() is Code.SUCCESS
    assert both.server.parameters.peer_certificates == ()


def test_a_client_that_does_not_offer_it_is_not_asked():
    both = made({}, {"trust": trust()})
    assert both.handshake() == BOTH
    assert both.server.reauth() is Code.INVALID_REQUEST
    talk(both)


@pytest.mark.parametrize("asked", [False, True])
def test_a_certificate_that_fits_no_request_is_refused(asked):
    both = reauthenticating()
    if asked:
        assert both.server.reauth() is Code.AGAIN
    say(both.client, Send((encode(Certificate13(request_context=b"another")),)))

    code = Code.RECEIVED_ILLEGAL_PARAMETER if asked else Code.UNEXPECTED_HANDSHAKE_PACKET
    assert (both.server.reauth if asked else both.server.record_recv)() is code


def test_keys_are_changed_before_they_have_protected_too_much(monkeypatch):
    """RFC 8446 section 5.5."""
    monkeypatch.setattr(post_handshake, "MAX_RECORDS_PER_KEY", 3)
    both = made()
    assert both.handshake() == BOTH
    secret = both.client._memory.state.write_secret
    for _ in range(3):
        talk(both)
    assert both.client._memory.state.write_secret == secret
    talk(both)
    assert both.client._memory.state.write_secret != secret
    assert both.server._memory.state.read_secret == both.client._memory.state.write_secret


def test_exported_material_is_the_same_on_both_sides():
    both = made()
    assert both.handshake() == BOTH
    exported = both.client.export(b"EXPORTER-test", 20, b"context")
    assert exported == both.server.export(b"EXPORTER-test", 20, b"context")
    assert exported != both.client.export(b"EXPORTER-test", 20)
    assert both.client.parameters.server_name == HOST
