"""TLS 1.2 beyond the plain full handshake: other key exchanges, resumption, client certificates, time."""

from dataclasses import replace
from os import urandom

import pytest
from flow_certificates import NOW, certified_key, trust
from flow_support import TLS12, client_config, pair, server_config

from impl import (
    AlertDescription,
    CipherSuite,
    ClientAuth,
    Code,
    MemoryStore,
    Psk,
    Received,
    SavedSession,
    Sent,
    SqliteStore,
    TicketKeys,
)

BOTH = (Code.SUCCESS, Code.SUCCESS)
RSA_SUITES = [suite for suite in CipherSuite if "DHE_RSA" in suite.name or "TLS_RSA" in suite.name]
PSK_SUITES = [suite for suite in CipherSuite if "PSK" in suite.name]
PSK = Psk(b"me", b"a key that both know")


def made(client=(), server=(), kind="ed25519"):
    """A pair of TLS 1.2 with changes to either configuration."""
    return pair(
        client_config(versions=(TLS12,), **dict(client)),
        server_config(kind, versions=(TLS12,), **dict(server)),
    )


def talk(both):
    """Data in both directions."""
    assert both.client.record_send(b"there") == Sent(5)
    assert both.server.record_recv() == Received(b"there")
    assert both.server.record_send(b"back") == Sent(4)
    assert both.client.record_recv() == Received(b"back")


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
@pytest.mark.parametrize("suite", RSA_SUITES, ids=lambda suite: suite.name)
def test_every_exchange_with_an_rsa_certificate_works(suite):
    chosen = {"cipher_suites": (suite,)}
    both = made(chosen, chosen, "rsa")

    assert both.handshake() == BOTH
    talk(both)
    assert both.client.parameters.cipher_suite is suite


@pytest.mark.parametrize("suite", PSK_SUITES, ids=lambda suite: suite.name)
def test_pre_shared_keys_authenticate_without_certificates(suite):
    lookup = {PSK.identity: PSK.key}.get
    both = made(
        {"cipher_suites": (suite,), "psk": PSK},
        {"cipher_suites": (suite,), "psk_lookup": lookup, "certified_keys": ()},
    )

    assert both.handshake() == BOTH
    talk(both)
    assert both.server.parameters.psk_identity == both.client.parameters.psk_identity == b"me"
    assert both.client.parameters.peer_certificates == ()


@pytest.mark.parametrize("known", [{}, {b"me": b"another key"}])
def test_a_wrong_or_unknown_pre_shared_key_fails_without_saying_which(known):
    suites = {"cipher_suites": (CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,)}
    both = made({**suites, "psk": PSK}, {**suites, "psk_lookup": known.get, "certified_keys": ()})

    assert both.handshake() == (Code.AGAIN, Code.DECRYPTION_FAILED)


def test_a_client_without_the_pre_shared_key_that_the_suite_needs_says_so():
    suites = {"cipher_suites": (CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,)}
    both = made(suites, {**suites, "psk_lookup": {}.get, "certified_keys": ()})

    assert both.handshake() == (Code.INSUFFICIENT_CREDENTIALS, Code.AGAIN)


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_a_session_is_resumed_by_its_id(store, tmp_path):
    kept = MemoryStore(clock=lambda: NOW) if store == "memory" else SqliteStore(tmp_path / "s", lambda: NOW)
    first = made({}, {"store": kept})
    assert first.handshake() == BOTH
    data = first.client.session_data()

    second = made({"resume": SavedSession.from_bytes(data.to_bytes())}, {"store": kept})

    assert second.handshake() == BOTH
    talk(second)
    assert second.client.parameters.resumed
    assert second.server.parameters.resumed
    assert second.client.parameters.peer_certificates == first.client.parameters.peer_certificates
    assert not set(second.server.path) & {"WAIT_CKE", "WAIT_CERT"}


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_a_session_that_the_store_has_forgotten_is_not_resumed(store, tmp_path):
    kept = MemoryStore(clock=lambda: NOW) if store == "memory" else SqliteStore(tmp_path / "s", lambda: NOW)
    first = made({}, {"store": kept})
    assert first.handshake() == BOTH
    kept.remove(first.client.session_data().session_id)

    second = made({"resume": first.client.session_data()}, {"store": kept, "randomness": urandom})

    assert second.handshake() == BOTH
    assert not second.client.parameters.resumed


def test_a_fatal_error_takes_the_session_out_of_the_store():
    kept = MemoryStore(clock=lambda: NOW)
    first = made({}, {"store": kept})
    assert first.handshake() == BOTH
    assert len(kept) == 1

    first.server_wire.incoming += bytes.fromhex("17 0303 0005 0000000000")
    assert first.server.record_recv() is Code.DECRYPTION_FAILED
    assert len(kept) == 0


class Broken:
    """A store whose disk is full and unreadable."""

    def store(self, key, data, expires):
        raise OSError(key, data, expires)

    def retrieve(self, key):
        raise OSError(key)

    def remove(self, key):
        raise OSError(key)


def test_a_broken_store_never_fails_a_handshake():
    first = made({}, {"store": Broken()})
    assert first.handshake() == BOTH
    second = made({"resume": first.client.session_data()}, {"store": Broken(), "randomness": urandom})

    assert second.handshake() == BOTH
    assert not second.client.parameters.resumed


def test_a_session_is_resumed_by_ticket_until_the_keys_have_rotated_twice():
    keys = TicketKeys(bytes(64), period=100)
    first = made({}, {"tickets": keys})
    assert first.handshake() == BOTH
    ticket = first.client.session_data()
    assert ticket.ticket

    for seconds, resumed in ((0, True), (100, True), (300, False)):
        later = {"clock": lambda seconds=seconds: NOW + seconds}
        second = made({"resume": ticket, **later}, {"tickets": keys, **later})
        assert second.handshake() == BOTH
        talk(second)
        assert second.client.parameters.resumed is resumed


def test_a_damaged_or_foreign_ticket_leads_to_a_full_handshake_and_a_new_ticket():
    keys = TicketKeys()
    first = made({}, {"tickets": keys})
    assert first.handshake() == BOTH
    good = first.client.session_data()
    damaged = replace(good, ticket=good.ticket[:-1] + bytes((good.ticket[-1] ^ 1,)))

    for ticket, server_keys in ((damaged, keys), (good, TicketKeys())):
        second = made({"resume": ticket}, {"tickets": server_keys})
        assert second.handshake() == BOTH
        assert not second.client.parameters.resumed
        assert second.client.session_data().ticket not in (good.ticket, damaged.ticket)


@pytest.mark.parametrize(
    "change",
    [{"server_name": "other.test", "trust": None}, {"clock": lambda: NOW + 21601}],
    ids=["other host", "too old"],
)
def test_a_session_that_does_not_fit_any_more_is_not_offered(change):
    kept = MemoryStore(clock=lambda: NOW)
    first = made({}, {"store": kept})
    assert first.handshake() == BOTH

    second = made({"resume": first.client.session_data(), **change}, {"store": kept})

    assert second.handshake() == BOTH
    assert not second.client.parameters.resumed


def test_saved_sessions_survive_as_bytes_and_damage_is_noticed():
    first = made({}, {"tickets": TicketKeys()})
    assert first.handshake() == BOTH
    data = first.client.session_data().to_bytes()

    assert SavedSession.from_bytes(data) == first.client.session_data()
    for damaged in (b"", data[:-1], data + b"\0", b"\xff" + data):
        with pytest.raises(ValueError):
            SavedSession.from_bytes(damaged)


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
    assert both.server.parameters.peer_certificates == ()


def test_a_required_certificate_may_not_be_missing():
    both = made({}, {"client_auth": ClientAuth.REQUIRE, "trust": trust()})

    assert both.handshake() == (Code.AGAIN, Code.NO_CERTIFICATE_FOUND)
    assert both.server.alert_send_appropriate(Code.NO_CERTIFICATE_FOUND) is Code.SUCCESS
    assert both.client.handshake() is Code.FATAL_ALERT_RECEIVED
    assert both.client.alert_get() == AlertDescription.HANDSHAKE_FAILURE


def test_a_client_of_another_authority_shows_nothing():
    """RFC 5246 section 7.4.4: the request names whom the server believes."""
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

    silent = made({"request_status": False}, {"certified_keys": (stapled,)})
    assert silent.handshake() == BOTH
    assert silent.client.parameters.ocsp_response is None


def test_the_record_size_limit_binds_both_sides():
    """RFC 8449."""
    both = made({"record_size_limit": 100}, {"record_size_limit": 200})
    assert both.handshake() == BOTH

    start = len(both.server_wire.written)
    assert both.server.record_send(bytes(1000)) == Sent(1000)
    records = bytes(both.server_wire.written[start:])
    sizes = []
    while records:
        size = int.from_bytes(records[3:5])
        sizes.append(size)
        records = records[5 + size :]
    assert max(sizes) == 100 + 24
    assert sum(sizes) == 1000 + 24 * len(sizes)


def test_exported_material_is_the_same_on_both_sides_and_not_there_before():
    both = made()
    assert both.client.export(b"EXPORTER-test", 20) is Code.UNAVAILABLE_DURING_HANDSHAKE
    assert both.handshake() == BOTH

    exported = both.client.export(b"EXPORTER-test", 20)
    assert exported == both.server.export(b"EXPORTER-test", 20)
    assert len(exported) == 20
    assert exported != both.client.export(b"EXPORTER-test", 20, b"")


def test_a_handshake_that_takes_too_long_is_over():
    now = [NOW]
    both = made({"handshake_timeout": 5.0, "clock": lambda: now[0]}, {})
    assert both.client.handshake() is Code.AGAIN
    now[0] += 4.9
    assert both.client.handshake() is Code.AGAIN
    now[0] += 0.2
    assert both.client.handshake() is Code.TIMEDOUT
    assert both.client.handshake() is Code.INVALID_SESSION
