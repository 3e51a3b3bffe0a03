"""Who believes whom: certificates of servers and clients, callbacks, pre-shared keys."""

import pytest

from tests.contract.drivers.settings import CLIENT, SERVER, TLS12, TLS13

PSK = (b"someone", bytes(range(32)))


@pytest.mark.manual("gnutls_certificate_server_set_request(3)")
@pytest.mark.parametrize("wanted", ["request", "require"])
def test_a_client_that_is_asked_shows_its_certificate(connect, version, role, people, wanted):
    server = {"client_auth": wanted, "trust": people.authority}
    pair = connect(version, role, client={"identity": people.client}, server=server).established()

    assert pair.server.peer_certificate() is not None
    assert pair.client.peer_certificate() is not None
    pair.assert_talks()


@pytest.mark.manual("gnutls_certificate_server_set_request(3)")
def test_a_client_that_is_not_asked_shows_nothing(connect, version, role, people):
    pair = connect(version, role, client={"identity": people.client}).established()

    assert pair.server.peer_certificate() is None


@pytest.mark.manual("gnutls_certificate_server_set_request(3)")
def test_a_client_without_a_certificate_is_let_in_if_it_was_only_asked(connect, version, role, people):
    server = {"client_auth": "request", "trust": people.authority}
    pair = connect(version, role, server=server)

    answers = pair.handshake()

    assert answers == ("SUCCESS", "SUCCESS")
    assert pair.server.peer_certificate() is None
    pair.assert_talks()


@pytest.mark.manual("gnutls_certificate_server_set_request(3)")
def test_a_client_without_a_certificate_is_refused_if_one_is_required(connect, version, people):
    server = {"client_auth": "require", "trust": people.authority}
    pair = connect(version, SERVER, server=server)

    assert pair.handshake()[0] == {TLS12: "NO_CERTIFICATE_FOUND", TLS13: "CERTIFICATE_REQUIRED"}[version]
    assert pair.subject.handshake() == "INVALID_SESSION"


@pytest.mark.manual("RFC 8446 section 4.4.2.4")
def test_in_tls13_a_client_learns_only_after_its_handshake_that_a_certificate_was_required(connect, people):
    server = {"client_auth": "require", "trust": people.authority}
    pair = connect(TLS13, CLIENT, server=server)

    assert pair.handshake()[0] == "SUCCESS"

    assert pair.subject.recv() == "FATAL_ALERT_RECEIVED"
    assert pair.subject.alert_get() == 116


@pytest.mark.manual("gnutls_session_set_verify_cert(3)")
@pytest.mark.parametrize("fault", ["authority", "host"])
def test_a_server_that_does_not_verify_is_refused(connect, version, people, fault):
    chosen = {"authority": ({}, {"identity": people.stranger}), "host": ({"host": "other.test"}, {})}[fault]
    pair = connect(version, CLIENT, client=chosen[0], server=chosen[1])

    answer = pair.handshake()[0]

    assert answer == "CERTIFICATE_VERIFICATION_ERROR"


@pytest.mark.manual("gnutls_session_set_verify_cert(3)")
def test_a_client_that_does_not_verify_is_refused(connect, clock, version, people):
    clock.pass_time(400 * 86400)
    server = {"client_auth": "require", "trust": people.authority}
    client = {"identity": people.client, "trust": None, "verify": lambda: True}
    pair = connect(version, SERVER, client=client, server=server)

    assert pair.handshake()[0] == "CERTIFICATE_VERIFICATION_ERROR"


@pytest.mark.manual("gnutls_session_set_verify_cert(3)")
def test_a_certificate_that_has_expired_is_refused(connect, clock, version):
    clock.pass_time(400 * 86400)

    answer = connect(version, CLIENT).handshake()[0]

    assert answer == "CERTIFICATE_VERIFICATION_ERROR"


@pytest.mark.manual("gnutls_session_set_verify_function(3)")
@pytest.mark.parametrize("verdict", [True, False])
def test_the_callback_decides(connect, version, verdict):
    asked = []
    client = {"trust": None, "verify": lambda: asked.append(True) or verdict}
    pair = connect(version, CLIENT, client=client)

    answer = pair.handshake()[0]

    assert answer == ("SUCCESS" if verdict else "CERTIFICATE_ERROR")
    assert len(asked) == 1


@pytest.mark.manual("gnutls_session_set_verify_function(3)", "gnutls_error_is_fatal(3)")
def test_a_callbacks_no_is_final(connect, version, expect):
    verdicts = iter([False, True, True])
    client = {"trust": None, "verify": lambda: next(verdicts)}
    pair = connect(version, CLIENT, client=client)
    pair.subject.handshake()
    pair.peer.handshake()
    assert pair.subject.handshake() == "CERTIFICATE_ERROR"

    following = pair.handshake()[0]

    assert following == expect("callback-asked-again", "INVALID_SESSION")


@pytest.mark.manual("gnutls_session_set_verify_function(3)")
def test_a_server_asks_its_callback_about_the_client(connect, version, people):
    server = {"client_auth": "require", "trust": None, "verify": lambda: False}
    pair = connect(version, SERVER, client={"identity": people.client}, server=server)

    assert pair.handshake()[0] == "CERTIFICATE_ERROR"


def with_psk(connect, version, role, key=PSK, keys=(PSK,), **server):
    client = {"psk": key, "trust": None, "host": None}
    return connect(version, role, client=client, server={"identity": None, "psk_keys": keys, **server})


@pytest.mark.manual("gnutls_psk_set_client_credentials(3)")
def test_a_pre_shared_key_authenticates_both_sides(connect, version, role):
    pair = with_psk(connect, version, role).established()

    assert pair.client.peer_certificate() is None
    pair.assert_talks()


@pytest.mark.manual("gnutls_psk_set_server_credentials_function(3)")
@pytest.mark.parametrize(
    "keys", [((b"someone", bytes(32)),), ((b"another", bytes(range(32))),)], ids=["key", "name"]
)
def test_a_wrong_key_or_name_ends_the_handshake_at_the_server(connect, version, keys):
    pair = with_psk(connect, version, SERVER, keys=keys)

    answer = pair.handshake()[0]

    assert answer not in ("SUCCESS", "AGAIN")
    if version == TLS13 and keys[0][0] == b"someone":
        assert answer == "RECEIVED_ILLEGAL_PARAMETER"
    if version == TLS12 and keys[0][0] == b"someone":
        assert answer == "DECRYPTION_FAILED"
